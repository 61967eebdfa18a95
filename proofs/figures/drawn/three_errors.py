"""Beyond the paper: the three errors of the paper told apart, generation by generation."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from proofs.figures.drawing import Data, Drawing
from proofs.figures.drawn.page import PAGE, SHADES, edged, exact_of, lettered
from proofs.figures.measured.three_errors import KINDS, NAME, PARAMETERS, measure

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.figure

#: Label, colour, marker, and where every third mark begins.
ROWS: Mapping[str, tuple[str, str, str, int]] = {
    "sampling": ("sampling alone", SHADES[2], "o", 0),
    "family": ("family alone", "black", "s", 1),
    "smoothing": ("smoothing alone", "#b5651d", "^", 2),
    "sampling-family": ("sampling and family", SHADES[1], "D", 1),
    "all": ("all three", SHADES[0], "v", 2),
}
EVERY = 4
#: How a band looks, told apart without colour: one filled, the other its outline.
BANDED: Mapping[str, dict[str, Any]] = {
    "sampling": {"facecolor": SHADES[2], "alpha": 0.3, "linewidth": 0},
    "all": {"facecolor": "none", "edgecolor": SHADES[0], "linewidth": 0.9, "linestyle": "dotted"},
}
LABELS = {"distance": r"mean $W_2^2$ / variance", "variance": "mean fitted variance"}
LIMITS = {"distance": (2e-4, 600), "variance": (0.07, 10)}
DASHES = (0, (4.5, 1.8))
#: Rows with an exact mean: by kind, for a pair of normals and for a sample.
EXACT: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "distance": (("family", "sampling-family"), ("family",)),
    "variance": (("sampling", "family", "smoothing", "sampling-family"),) * 2,
}


def draw(data: Data) -> matplotlib.figure.Figure:
    """Return the figure: a column for each start, distances above and variances below."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(PAGE, 5.4))
    axes = figure.subplots(2, len(data["starts"]), sharex=True, sharey="row", squeeze=False)
    for column, (start, rows) in enumerate(data["starts"].items()):
        for line, kind in enumerate(KINDS):
            ax = axes[line][column]
            for name in ROWS:
                _draw_row(ax, data, f"{start} {kind} {name}", rows[name][kind], name)
            for name in EXACT[kind][":" in start]:
                _draw_exact(ax, data, f"{start} {kind} {name}", rows[name][kind], name)
            lettered(ax, "abcdefgh"[line * len(data["starts"]) + column], title(start))
            ax.set(xscale="log", xlim=(1, data["generations"]))
            if column == 0:
                ax.set_ylabel(LABELS[kind])
    for line, kind in enumerate(KINDS):
        axes[line][0].set_yscale("log")
        axes[line][0].set_ylim(*LIMITS[kind])
    for ax in axes[-1]:
        ax.set_xlabel("generation n")
    _explain(axes[0][0], data)
    return figure


def title(start: str) -> str:
    """Return a start in words."""
    if ":" in start:
        return "Old Faithful, durations of eruptions"
    return f"Two normals, {start} deviations apart"


def _draw_row(
    ax: matplotlib.axes.Axes, data: Data, name: str, found: Mapping[str, Any], row: str
) -> None:
    """Draw what was measured: the band of runs, and their mean with marks."""
    _, shade, marker, first = ROWS[row]
    if row in BANDED:
        ax.fill_between(data["places"], *found["band"], zorder=0.5, **BANDED[row])
    ax.plot(
        data["places"], found["mean"], color=shade, linewidth=0.7, marker=marker,
        markevery=(first, EVERY), markersize=3.6, mfc="white", gid=f"seen-{name}", zorder=2,
    )  # fmt: skip


def _draw_exact(
    ax: matplotlib.axes.Axes, data: Data, name: str, found: Mapping[str, Any], row: str
) -> None:
    mean = exact_of(NAME, found, "mean", name, len(data["places"]))
    (line,) = ax.plot(
        data["places"], mean, color=ROWS[row][1], linestyle=DASHES, linewidth=1.6, zorder=1.5,
        path_effects=edged(),
    )  # fmt: skip
    line.set_gid(f"exact-{name}")


def _explain(ax: matplotlib.axes.Axes, data: Data) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    entries: list[tuple[Any, str]] = [
        (Line2D([], [], color=shade, linewidth=0.7, marker=marker, markersize=3.6, mfc="white"),
         label)
        for label, shade, marker, _ in ROWS.values()
    ]  # fmt: skip
    low, high = (f"{100 * level:g}" for level in data["band"])
    entries.append((Line2D([], [], color="black", linestyle=DASHES, linewidth=1.6), "exact mean"))
    entries += [
        (Patch(**look), f"{low}\N{EN DASH}{high} %, {ROWS[row][0]}") for row, look in BANDED.items()
    ]
    ax.legend(
        [handle for handle, _ in entries], [label for _, label in entries], loc="upper left",
        ncols=2, columnspacing=1.0,
    )  # fmt: skip


def caption(data: Data) -> str:
    """Return what a reader must know to read the figure."""
    low, high = (f"{100 * level:g}" for level in data["band"])
    size = float(Fraction(data["bandwidth"]))
    alone = "; ".join(f"{title(start)}: {value:.2g}" for start, value in data["without"].items())
    held = {
        start: rows["sampling"]["floored"] / data["runs"] for start, rows in data["starts"].items()
    }
    floored = " and ".join(f"{value:.1f}" for value in held.values())
    return (
        "The three errors of the paper told apart. Sampling (its statistical approximation error): "
        f"a fit sees M = {data['samples']} points, otherwise the law itself. Family (functional "
        "expressivity error): one Gaussian is fitted, otherwise two, by EM. Smoothing (functional "
        f"approximation error): every fitted law is widened by independent noise of deviation "
        f"{size:g}. Lengths in standard deviations of the real law, which is the column's. Upper "
        "row: squared Wasserstein distance from the real law, all axes logarithmic. Lower row: "
        f"variance of the fitted law. Symbols: mean of {data['runs']} runs, one where there is no "
        f"chance; shade and dotted outline: the middle {low} to {high} % of runs, with sampling "
        "alone and with all three. Dashed: exact means. Family alone misses the real law once and "
        "for ever (F01; for the durations, the correlation of their quantiles with normal ones). "
        "Sampling and family together grow from there (F02, two normals only). Variances: D05 "
        "(sampling, family), D06 with infinitely many points (smoothing), B02 (sampling and "
        "family). No exact law of the distance is claimed for sampling alone with two Gaussians, "
        "for smoothing alone, or for all three. With no error on, two Gaussians miss the "
        f"real law by themselves by ({alone}). EM holds variances above a floor, which "
        f"ends {floored} fits a run with a Gaussian at the floor where sampling is on alone; "
        "D05 does not count it. With sampling, one Gaussian divides by M - 1, EM by M."
    )


THREE_ERRORS = Drawing(
    NAME,
    PARAMETERS,
    measure,
    draw,
    caption,
    inputs=("proofs/data/faithful.csv",),
)
