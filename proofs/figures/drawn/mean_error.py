"""Fig. 12 of arXiv:2305.17493v3: how far the mean of M points lies from the real mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proofs.figures.drawing import Data, Drawing
from proofs.figures.drawn.page import lettered
from proofs.figures.measured.mean_error import FULL, KINDS, NAME, PARAMETERS, measure

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.figure

#: Half length of a bar, in standard errors.
ERRORS = 2.0
#: Label, colour, dashes, marker, and sideways shift (a factor) in the lower panel.
SHOWN = {
    "mean": ("mean", "#231942", (0, (4.5, 1.8)), "o", 0.9),
    "deviation": ("standard deviation", "#b5651d", (0, (1.0, 1.4)), "s", 1.1),
}


def sizes_of(data: Data) -> list[tuple[int, Any]]:
    """Return (M, what is known) by size; ValueError when one has lost an exact value."""
    found = [(int(size), each) for size, each in data["sizes"].items()]
    for size, each in found:
        for kind in KINDS:
            if kind not in each.get("exact", {}):
                raise ValueError(f"{NAME}: M = {size}: no exact {kind}")
    return found


def draw(data: Data) -> matplotlib.figure.Figure:
    """Return the figure: the distance against M, and below it measured over exact values."""
    from matplotlib.figure import Figure

    figure = Figure()
    upper, lower = figure.subplots(2, sharex=True, height_ratios=(1.7, 1))
    found = sizes_of(data)
    _draw_values(upper, found, data["band"])
    _draw_ratios(lower, found)
    for ax, letter, title in (
        (upper, "a", "How far a fitted mean is off"),
        (lower, "b", "Measured over exact"),
    ):
        lettered(ax, letter, title)
        ax.set_xscale("log")
    lower.set_xlabel("number of samples M")
    return figure


def _draw_values(ax: matplotlib.axes.Axes, found: list[tuple[int, Any]], band: list[float]) -> None:
    sizes = [size for size, _ in found]
    seen = {kind: [each["seen"][kind] for _, each in found] for kind in KINDS}
    laws = {kind: [each["exact"][kind] for _, each in found] for kind in KINDS}
    text = "\N{EN DASH}".join(f"{100 * level:g}" for level in band) + " %"
    ax.fill_between(
        sizes, laws["low"], laws["high"], color="black", alpha=0.12, label=f"exact {text}"
    )
    for kind, edge in (("low", "_"), ("high", f"measured {text}")):
        ax.plot(sizes, seen[kind], linestyle="none", marker="_", color="black", label=edge)
        (line,) = ax.plot(sizes, laws[kind], color="black", linewidth=0.3)
        line.set_gid(f"exact-{kind}")
    for kind, (label, shade, dashes, marker, _) in SHOWN.items():
        (line,) = ax.plot(sizes, laws[kind], color=shade, linestyle=dashes, label=f"exact {label}")
        line.set_gid(f"exact-{kind}")
        ax.plot(sizes, seen[kind], marker, markersize=3.5, mfc="white", color=shade, label=label)
    ax.set(yscale="log", ylabel=r"$|\hat\mu-\mu|$  in units of $\sigma$")
    ax.legend(loc="lower left")


def _draw_ratios(ax: matplotlib.axes.Axes, found: list[tuple[int, Any]]) -> None:
    ax.axhline(1, color="black", linewidth=0.6)
    for kind, (_, shade, _, marker, shift) in SHOWN.items():
        for size, each in found:
            law, error = each["exact"][kind], each["seen"][f"{kind}-error"]
            ax.errorbar(
                size * shift, each["seen"][kind] / law, ERRORS * error / law, color=shade,
                marker=marker, markersize=3.5, mfc="white", linewidth=0.9,
            )  # fmt: skip
    ax.set_ylabel("ratio")


def caption(data: Data) -> str:
    """Return what a reader must know to read the figure."""
    low, high = (f"{100 * level:g}" for level in data["band"])
    runs = ", ".join(
        f"{each['seen']['runs']} at M = {size}" for size, each in data["sizes"].items()
    )
    return (
        "Fig. 12 of arXiv:2305.17493v3, redrawn. Distance of the mean of M standard normal points "
        "from the real mean; both axes of a are logarithmic. Symbols: mean (circles) and standard "
        f"deviation (squares) over repeated samples, {runs}; --full takes 10,000 at each, as the "
        f"paper does. Short lines: measured {low} and {high} % quantiles. Lines and shade: exact, "
        "since the fitted mean is normal with the mean square sigma^2/M (claim B10): mean "
        "sqrt(2/(pi M)), standard deviation sqrt((1 - 2/pi)/M), half-normal quantiles. (b) "
        f"Measured over exact values, bars of {ERRORS:g} standard errors, drawn a little "
        "aside of their size. What the paper's text calls the mean at 10^7 samples is this mean "
        "distance, not an estimate of mu."
    )


MEAN_ERROR = Drawing(
    NAME,
    PARAMETERS,
    measure,
    draw,
    caption,
    full=FULL,
)
