"""Fig. 13 of arXiv:2305.17493v3: how far a refitted mixture lies from the first fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from proofs.figures.drawing import Data, Drawing
from proofs.figures.drawn.page import COLUMN, edged, exact_of, lettered, power, shade_at
from proofs.figures.measured.mixture_distance import (
    FIRST_ORDER,
    FULL,
    KINDS,
    NAME,
    PARAMETERS,
    measure,
)

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.figure


class Panel(NamedTuple):
    """A panel: its title, the label of its axis, and its exact curves with what they are called."""

    title: str
    label: str
    curves: Mapping[str, str]


PANELS: Mapping[str, Panel] = {
    "distance": Panel(
        "Squared L2 distance",
        r"integral of $(p_n-p_0)^2$",
        {"sampling": "one Gaussian, first order"},
    ),
    "concentration": Panel(
        "Concentration",
        r"integral of $p_n^2$",
        {"typical": "one Gaussian, geometric mean", "least": "bound below the mean"},
    ),
}
DASHES = {"sampling": (0, (1.0, 1.4)), "typical": (0, (4.5, 1.8)), "least": (0, (1.0, 1.4))}
#: One size from another without colour: dashes are kept for the exact curves. Markers on a line.
MARKS = 8
SYMBOLS = ("o", "s", "^", "D", "v")


def draw(data: Data) -> matplotlib.figure.Figure:
    """Return the figure: distance and concentration, one above the other."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(COLUMN, 5.4))
    axes = dict(zip(KINDS, figure.subplots(2), strict=True))
    for letter, (kind, ax) in zip("ab", axes.items(), strict=True):
        panel = PANELS[kind]
        for order, (size, found) in enumerate(data["sizes"].items()):
            _draw_size(ax, data, kind, order, size, found)
        lettered(ax, letter, panel.title)
        ax.set(yscale="log", ylabel=panel.label, xlim=(0, data["generations"]))
        ax.set_xlabel("generation n")
        _explain(ax, kind)
    axes["distance"].set(xscale="log", xlim=(1, data["generations"]))
    _sizes(figure, data)
    return figure


def _draw_size(
    ax: matplotlib.axes.Axes, data: Data, kind: str, order: int, size: str, found: Mapping[str, Any]
) -> None:
    """Draw one run of a size, the range of more, and the exact curves over them."""
    shade, places = shade_at(order, len(data["sizes"])), data["places"]
    run, shift = found[kind], (order + 1) / (len(data["sizes"]) + 1)
    if f"{kind}-range" in found:
        ax.fill_between(places, *found[f"{kind}-range"], color=shade, alpha=0.14, zorder=0.5)
    ax.plot(
        range(1, len(run) + 1), run, color=shade, linewidth=0.7, marker=SYMBOLS[order],
        markevery=_marked(kind, len(run), shift), markersize=3.2, mfc="white",
    )  # fmt: skip
    for curve in PANELS[kind].curves:
        values = exact_of(NAME, found, curve, f"N = {size}")
        (line,) = ax.plot(
            places[: len(values)], values, color=shade, linestyle=DASHES[curve], linewidth=1.3,
            path_effects=edged(), zorder=3,
        )  # fmt: skip
        line.set_gid(f"exact-{curve}-{size}")


def _marked(kind: str, values: int, shift: float) -> list[int]:
    """Return the places of a line's markers, evenly spread over the axis of its panel."""
    shares = (np.arange(MARKS) + shift) / MARKS
    found = values**shares if kind == "distance" else values * shares
    return np.unique(found.astype(int).clip(1, values) - 1).tolist()


def _explain(ax: matplotlib.axes.Axes, kind: str) -> None:
    """Say what the exact curves of a panel are, in black: they differ without colour."""
    from matplotlib.lines import Line2D

    curves = PANELS[kind].curves
    handles = [
        Line2D([], [], color="black", linestyle=DASHES[curve], linewidth=1.3) for curve in curves
    ]
    place: Literal["lower right", "upper left"] = (
        "lower right" if kind == "distance" else "upper left"
    )
    ax.legend(handles, list(curves.values()), loc=place)


def _sizes(figure: matplotlib.figure.Figure, data: Data) -> None:
    """Say below both panels which run is of which size."""
    from matplotlib.lines import Line2D

    count = len(data["sizes"])
    handles = [
        Line2D([], [], color=shade_at(order, count), marker=symbol, markersize=3.2, mfc="white")
        for order, symbol in zip(range(count), SYMBOLS, strict=False)
    ]
    labels = [f"$N$ = {power(int(size))}" for size in data["sizes"]]
    figure.legend(handles, labels, loc="outside lower center", ncols=3)


def caption(data: Data) -> str:
    """Return what a reader must know to read the figure."""
    sizes = {int(size): found for size, found in data["sizes"].items()}
    ranges = " and ".join(
        f"{found['runs']} runs at N = {size}" for size, found in sizes.items() if found["runs"] > 1
    )
    shaded = f"Shaded: the range of {ranges}. " if ranges else ""
    return (
        "Fig. 13 of arXiv:2305.17493v3, redrawn. A mixture of two Gaussians is fitted to N points "
        f"of N(0, I) in the plane, as in the published code, then for {data['generations']} "
        "generations to N points of the fit before; generation 0 is the fit to real points. (a) "
        "Integral of the squared difference of the densities of generations n and 0, in closed "
        "form, from generation 1 on; (b) integral of the squared density of generation n, which "
        "the distance follows once the real region is left. Vertical axes are logarithmic, and in "
        f"a that of generations, too. Lines: one run. {shaded}"
        "Dotted in a: n/(2 pi N), what sampling alone does to one Gaussian, to first order in "
        f"n/N, drawn up to n = N/{FIRST_ORDER}, where it is about a quarter too small. Dashed in "
        "b: exact geometric mean for one Gaussian without a floor (claim B22). Dotted in b: "
        "4/(9 pi) over the exact mean of the total variance (claim D05); no mean concentration "
        "lies below, whatever the components. No exact law is known for the distance of "
        "overlapping components. Every fit begins anew from k-means, ends when an iteration "
        f"changes the mean log-likelihood by less than {data['tolerance']:g}, and adds "
        f"{data['floor']:g} to each variance, as scikit-learn does. Two components, not one, "
        "lift a two to five times above its dotted lines in the first ten generations, even where "
        "fits end later; at large N most of the gap is that they end so soon. The floor stops the "
        "rise at small N."
    )


MIXTURE_DISTANCE = Drawing(
    NAME,
    PARAMETERS,
    measure,
    draw,
    caption,
    full=FULL,
)
