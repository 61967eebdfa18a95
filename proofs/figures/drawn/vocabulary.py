"""Beyond the paper: how the vocabulary of a text shrinks when it is resampled word by word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from proofs.figures.drawing import Data, Drawing
from proofs.figures.drawn.page import PAGE, SHADES, exact_of, lettered
from proofs.figures.measured.vocabulary import NAME, PARAMETERS, measure

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.figure

#: Half length of a bar, in standard errors.
ERRORS = 2.0
#: Label, dashes, width and colour of each law.
CURVES: dict[str, tuple[str, Any, float, str]] = {
    "zipf": ("Zipf's law (A35)", (0, (6, 1.2, 1, 1.2)), 1.1, "#b5651d"),
    "branching": ("words branch alone (A18)", "-", 0.6, "black"),
    "mean": ("exact mean (A15)", (0, (3.0, 1.4)), 1.8, SHADES[1]),
}
MARKERS = ("o", "^")


def draw(data: Data) -> matplotlib.figure.Figure:
    """Return the figure: words left by generation, and the power with which they go."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(PAGE, 3.5))
    # An empty column keeps the label of b away from a.
    left, apart, right = figure.subplots(1, 3, width_ratios=(1.2, 0.08, 1))
    apart.remove()
    _draw_left(left, data)
    _draw_powers(right, data)
    figure.legend(loc="outside lower center", ncols=3)
    for ax, letter, title in (
        (left, "a", "Different words left"),
        (right, "b", "Power with which they go"),
    ):
        lettered(ax, letter, title)
        ax.set(xscale="log", xlim=(0.9, 1.1 * data["places"][-1]), xlabel="generation n")
    return figure


def sizes_of(data: Data) -> list[tuple[int, str, Any]]:
    """Return order, M and what is known of it, by size; a figure has two at most."""
    return [(order, size, found) for order, (size, found) in enumerate(data["sizes"].items())]


def _draw_left(ax: matplotlib.axes.Axes, data: Data) -> None:
    """Draw words left: the band and the mean of the runs, and the laws."""
    places = data["places"]
    for order, size, found in sizes_of(data):
        seen = found["seen"]
        ax.fill_between(places, *seen["band"], color="black", alpha=0.2, linewidth=0)
        for kind, (_, dashes, width, shade) in CURVES.items():
            curve = exact_of(NAME, found, kind, f"M = {size}")
            (line,) = ax.plot(
                places[: len(curve)], curve, color=shade, linestyle=dashes, linewidth=width
            )
            line.set_gid(f"exact-{kind}-{size}")
        ax.plot(
            places, seen["mean"], MARKERS[order], color="black", markersize=3.5, mfc="white",
            mew=0.8, zorder=3, label=f"mean of {seen['runs']} runs, $M = {size}$",
        )  # fmt: skip
    for label, dashes, width, shade in CURVES.values():
        ax.plot([], [], color=shade, linestyle=dashes, linewidth=width, label=label)
    low, high = (f"{100 * level:g}" for level in data["band"])
    ax.fill_between([], [], [], color="black", alpha=0.2, label=f"{low} to {high} % of runs")
    ax.set(yscale="log", ylim=(0.7, None), ylabel="different words")


def powers(values: Sequence[float], places: Sequence[int]) -> NDArray[np.float64]:
    """Return -d ln(value) / d ln(place) between neighbours."""
    return np.asarray(-np.diff(np.log(values)) / np.diff(np.log(places[: len(values)])))


def _draw_powers(ax: matplotlib.axes.Axes, data: Data) -> None:
    """Draw the local power of the decay, measured and by each law, and the 1/b of Zipf's."""
    places = data["places"]
    middles = np.sqrt(np.array(places[1:], float) * np.array(places[:-1], float))
    for order, size, found in sizes_of(data):
        for kind, (_, dashes, width, shade) in CURVES.items():
            curve = powers(exact_of(NAME, found, kind, f"M = {size}"), places)
            (line,) = ax.plot(
                middles[: len(curve)], curve, color=shade, linestyle=dashes, linewidth=width
            )
            line.set_gid(f"exact-power-{kind}-{size}")
        ax.plot(
            middles, powers(found["seen"]["mean"], places), MARKERS[order], color="black",
            markersize=3.5, mfc="white", mew=0.8, zorder=3,
        )  # fmt: skip
        b = exact_of(NAME, found, "exponent", f"M = {size}")
        line = ax.axhline(1 / b, color=CURVES["zipf"][3], linestyle=":", linewidth=0.9)
        line.set_gid(f"exact-exponent-{size}")
        ax.annotate(
            f"$1/b$,\n$M = {size}$", (1, 1 / b), xycoords=("axes fraction", "data"),
            xytext=(3, 0), textcoords="offset points", va="center", fontsize=7,
        )  # fmt: skip
    ax.set(ylim=(0, None), ylabel=r"$-d\,\ln K_n\,/\,d\,\ln n$")


def caption(data: Data) -> str:
    """Return what a reader must know to read the figure."""
    exponents = " and ".join(
        f"b = {exact_of(NAME, found, 'exponent', f'M = {size}'):.3f} for M = {size}"
        for _, size, found in sizes_of(data)
    )
    low, high = (f"{100 * level:g}" for level in data["band"])
    sizes = " and ".join(
        f"{found['seen']['runs']} runs with M = {size}" for _, size, found in sizes_of(data)
    )
    exactly = "; ".join(
        f"generation {data['places'][len(found['exact']['mean']) - 1]} for M = {size}"
        for _, size, found in sizes_of(data)
    )
    return (
        f"The {data['words']:,} words of a text ({data['text']}), of {data['kinds']:,} kinds, as "
        "categories: each generation is M words drawn from the frequencies of the one before. "
        f"(a) Kinds left after n generations. Symbols: mean of {sizes}; shaded: their middle {low} "
        f"to {high} %. Heavy dashed: exact mean (claim A15), up to {exactly}; beyond, only its "
        "cost is in the way. Thin: each word branches alone (A18), a lower bound that is at most "
        "(s_0 + ... + s_{n-1})/e too small, s_k the survival probability of A18; it parts from the "
        "exact mean where few words are left, as it lets the last one die. Dash-dotted: the Zipf "
        "law p_i = c i^(-b) (A35), of which M draws see as many kinds in generation 1 as of the "
        f"text (A34): {exponents}; nothing else is fitted. (b) Local power of the decay: "
        "the slope of a between neighbours, with the same lines and symbols. For a Zipf law it "
        "tends to 1/b (dotted) while 1 << n << M. The words of a text follow no single power: the "
        "slope starts lower, since rare words are fewer than in an endless vocabulary, and rises "
        "through 1/b; it falls to 0 where one word is left."
    )


VOCABULARY = Drawing(
    NAME,
    PARAMETERS,
    measure,
    draw,
    caption,
    inputs=("proofs/data/pride_and_prejudice.txt.gz",),
)
