"""Beyond the paper: how much real data keeps 90, 95 and 99 % of the diversity, for ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from proofs.figures.drawing import Data, Drawing
from proofs.figures.drawn.page import PAGE, SHADES, exact_of, lettered, power
from proofs.figures.measured.real_data_needed import NAME, PARAMETERS, SETTLED, measure

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.figure

#: Half length of a bar, in standard errors.
ERRORS = 2.0
#: Colour, dashes and marker of each size M, and of each share that may be lost.
SIZES: Sequence[tuple[str, Any, str]] = (
    ("#b5651d", (0, (1.0, 1.4)), "o"),
    (SHADES[1], (0, (4.5, 1.8)), "s"),
    (SHADES[0], (0, (6, 1.2, 1, 1.2)), "D"),
)
KEPT = (0, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999)
FIXED = {
    "of-the-law": ("one set, of the law's diversity", "#b5651d", (0, (1.0, 1.4)), "s"),
    "of-its-own": ("one set, of its own diversity", "black", "-", ""),
}
#: Wide and light: the curve of one set's own diversity lies on it.
FRESH, WIDE = ("fresh in every batch", "#8fa3c4", "-", "D"), 4.0
NEEDED: Mapping[str, tuple[str, str, Any]] = {
    "points": ("fixed number (A23)", SHADES[1], "-"),
    "expected": ("by chance, mean $Mg$ (A22)", "black", (0, (2, 1.2))),
}


def draw(data: Data) -> matplotlib.figure.Figure:
    """Return the figure: fresh points, how many are needed, one set for ever, a fitted mean."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(PAGE, 5.2))
    (first, second), (third, fourth) = figure.subplots(2, 2)
    _draw_fresh(first, data)
    _draw_needed(second, data)
    _draw_fixed(third, data)
    _draw_mean(fourth, data)
    titles = (
        "Fresh real points in every batch",
        "How many keep 90, 95 and 99 %",
        f"The same points for ever, M = {data['largest']}",
        "Gaussian: error of the fitted mean",
    )
    for ax, letter, title in zip((first, second, third, fourth), "abcd", titles, strict=True):
        lettered(ax, letter, title)
        ax.set_xscale("log")
    for ax in (first, third):
        _label_kept(ax, data)
    return figure


def _draw_fresh(ax: matplotlib.axes.Axes, data: Data) -> None:
    for (size, found), (shade, dashes, marker) in zip(data["fresh"].items(), SIZES, strict=False):
        label = f"$M$ = {power(int(size))}"
        _draw_lost(ax, found, f"fresh-{size}", (label, shade, dashes, marker))
    ax.set_xlabel("real points in every batch")
    ax.legend(loc="lower right")


def _draw_fixed(ax: matplotlib.axes.Axes, data: Data) -> None:
    _draw_lost(ax, data["fresh"][str(data["largest"])], "fresh-beside", FRESH, WIDE)
    for kind, style in FIXED.items():
        _draw_lost(ax, data["fixed"][kind], f"fixed-{kind}", style)
    ax.set_xlabel("real points, in every batch or for ever")
    ax.legend(loc="lower right")


def _draw_mean(ax: matplotlib.axes.Axes, data: Data) -> None:
    for (size, found), (shade, dashes, marker) in zip(data["mean"].items(), SIZES, strict=False):
        label = f"$M$ = {power(int(size))}"
        _draw_lost(ax, found, f"mean-{size}", (label, shade, dashes, marker))
    ax.set_yscale("log")
    ax.set(
        xlabel="real points in every batch", ylabel=r"$\mathrm{E}(\mu_n-\mu)^2/\sigma^2$, lasting"
    )
    ax.legend(loc="upper right")


def _draw_lost(
    ax: matplotlib.axes.Axes,
    found: Mapping[str, Any],
    name: str,
    style: tuple[str, str, Any, str],
    width: float = 1.2,
) -> None:
    """Draw one exact curve and what was measured, with bars."""
    label, shade, dashes, marker = style
    places = found["places"]
    lost = exact_of(NAME, found, "lost", name, len(places))
    (line,) = ax.plot(places, lost, color=shade, linestyle=dashes, linewidth=width)
    line.set_gid(f"exact-{name}")
    for place, middle, error in found["seen"]:
        ax.errorbar(
            place, middle, ERRORS * error, color=shade, marker=marker, markersize=3.8,
            mfc="white", elinewidth=0.7,
        )  # fmt: skip
    ax.plot(
        [], [], color=shade, linestyle=dashes, linewidth=width, marker=marker, markersize=3.8,
        mfc="white", label=label,
    )  # fmt: skip


def _label_kept(ax: matplotlib.axes.Axes, data: Data) -> None:
    """Turn the axis of what is lost over, and write on it what is kept."""
    ax.set_yscale("log")
    ax.set(ylim=(1.15, 0.0008), ylabel="share of the diversity kept")
    ax.set_yticks([1 - kept for kept in KEPT], [f"{100 * kept:g} %" for kept in KEPT])
    ax.set_yticks([], minor=True)
    for text in data["lost"]:
        ax.axhline(float(Fraction(text)), color="black", linewidth=0.4, alpha=0.5, zorder=0)


def _draw_needed(ax: matplotlib.axes.Axes, data: Data) -> None:
    for text, found in data["needed"].items():
        sizes = found["sizes"]
        for kind, (_, shade, dashes) in NEEDED.items():
            number = exact_of(NAME, found, kind, f"lost {text}", len(sizes))
            (line,) = ax.plot(
                sizes, number, color=shade, linestyle=dashes, linewidth=1.1,
                drawstyle="steps-post" if kind == "points" else "default",
            )  # fmt: skip
            line.set_gid(f"exact-{kind}-{text}")
        ax.annotate(
            f"{100 * float(1 - Fraction(text)):g} %", (1, number[-1]),
            xycoords=("axes fraction", "data"), xytext=(3, 0), textcoords="offset points",
            va="center",
        )  # fmt: skip
    for label, shade, dashes in NEEDED.values():
        ax.plot([], [], color=shade, linestyle=dashes, label=label)
    ax.set(
        yscale="log", ylim=(3, 250), xlabel="points of a batch M", ylabel="real points in a batch"
    )
    ax.legend(loc="upper right")


def caption(data: Data) -> str:
    """Return what a reader must know to read the figure."""
    size = data["largest"]
    ends = {text: found["exact"]["points"][-1] for text, found in data["needed"].items()}
    largest = next(iter(data["needed"].values()))["sizes"][-1]
    starts = ", ".join(
        f"{found['exact']['points'][0]} of {found['sizes'][0]}" for found in data["needed"].values()
    )
    numbers = ", ".join(
        f"{points} for {100 * float(1 - Fraction(text)):g} %" for text, points in ends.items()
    )
    return (
        "How much real data keeps the diversity for ever. Diversity: the chance that two draws of "
        "the law that a generation ends with differ; its mean, over that of the real law, of which "
        "all exact curves but the last one of c are shares. (a) Exact share kept when so many "
        "points of every batch of M are fresh real ones and the others are drawn from the last "
        "fit (claim A23); the axis is logarithmic in what is lost. A whole batch of real points "
        f"loses 1/M. Symbols: mean of {data['runs']} runs of {data['categories']} equally frequent "
        "categories that draw every batch, after enough generations for the start to weigh "
        f"about exp(-{SETTLED}); bars of {ERRORS:g} standard errors. (b) The least number of "
        "fresh real points a batch that keeps 90, 95, 99 %: a number, not a share. At M = "
        f"{largest} it is {numbers}. Where each point is real with chance g, the mean number M g "
        "that does (A22). The curves begin at M = 1 / (share lost): in a smaller batch not even "
        "real points alone are enough. There every point must be real where chance decides, and "
        f"all but one where the number is fixed ({starts}), since a single drawn point costs "
        f"nothing. (c) The points of a at M = {size} beside one real set that joins every batch "
        f"of {size} drawn points for ever (A24). As long as the points are few beside M, "
        "one set keeps of the law's diversity what a third as many fresh points a generation do, "
        "since it has its own sampling error for ever; of its own diversity it keeps as much as "
        "they do of the law's. "
        "(d) Not a diversity: the lasting mean squared error of the mean of a Gaussian fitted to "
        "fresh real points and points drawn from the "
        f"last fit, in units of sigma^2 (B32), and {data['runs']} runs each."
    )


REAL_DATA_NEEDED = Drawing(
    NAME,
    PARAMETERS,
    measure,
    draw,
    caption,
)
