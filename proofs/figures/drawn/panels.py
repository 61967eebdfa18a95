"""Two panels over generations: how far the fitted mean and standard deviation are from the real.

Runs and bands that were measured, with exact curves over them; the kinds of lines differ without
colour. Drawn from the data alone: nothing is computed here but what is on the page.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from proofs.figures.drawing import Data
from proofs.figures.drawn.page import edged, exact_of, lettered, power, shade_at
from proofs.figures.measured.recursions import PANELS, spread

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.figure

__all__ = ["PLACES_OF_RUNS", "Panel", "curves_of", "draw_panels", "levels", "runs_of_bands"]

#: How many generations of a run are drawn; the data hold all.
PLACES_OF_RUNS = 151
LABELS = {
    "mean": r"$|\mu_n-\mu|$  in units of $\sigma$",
    "deviation": r"$|\sigma_n-\sigma|$  in units of $\sigma$",
}
#: Height of a line of text, as a part of the axis.
LINE = 0.062
DASHES = {
    "rms": (0, (4.5, 1.8)),
    "of-mean": (0, (1.0, 1.4)),
    "band": (0, (6, 1.2, 1, 1.2)),
    "first-order": (0, (4.5, 1.2, 1, 1.2, 1, 1.2)),
    "bound": (0, (1.0, 1.4)),
}


@dataclass(frozen=True)
class Panel:
    """One panel: its title, what its curves are called by kind, and the ends of its axis.

    The size of the samples is written at the end of the first curve. banded: whether sizes with a
    measured band must have an exact one; then a size has its band or its run on the page, not
    both. What hides beneath `limits` is a run that crosses its target: it dips to 0, minus infinity
    here. legend: its place.
    """

    title: str
    curves: Mapping[str, str]
    limits: tuple[float, float]
    banded: bool = False
    legend: Literal["upper left", "upper right"] = "upper left"


def curves_of(name: str, data: Data, panel: str, wanted: Panel) -> Iterator[tuple[int, Any]]:
    """Yield (M, series) of a panel; ValueError when one has lost an exact curve or band."""
    for size, series in data["panels"][panel].items():
        for kind in wanted.curves:
            exact_of(name, series, kind, f"{panel}, M = {size}", len(data["places"]))
        if wanted.banded and "band" in series:
            edges = series.get("exact-band", ((),))
            if any(len(edge) != len(data["band-places"]) for edge in edges):
                raise ValueError(f"{name}: {panel}, M = {size}: no exact band")
        yield int(size), series


def draw_panels(name: str, data: Data, panels: Mapping[str, Panel]) -> matplotlib.figure.Figure:
    """Return the figure: both panels, one above the other, on one axis of generations."""
    from matplotlib.figure import Figure

    figure = Figure()
    axes = dict(zip(PANELS, figure.subplots(2, sharex=True), strict=True))
    for letter, (panel, ax) in zip("ab", axes.items(), strict=True):
        shown = panels[panel]
        found = list(curves_of(name, data, panel, shown))
        shades = [shade_at(order, len(found)) for order in range(len(found))]
        for order, (size, series) in enumerate(found):
            shade = shades[order]
            _draw_seen(ax, data, series, shade, order, both=not shown.banded)
            _draw_exact(ax, data, panel, size, series["exact"], shade)
            _draw_exact_band(ax, data, size, series.get("exact-band", ()), shade)
        lettered(ax, letter, shown.title)
        ax.set(xscale="log", yscale="log", ylabel=LABELS[panel])
        ax.set(xlim=(1, data["generations"]), ylim=shown.limits)
        _draw_sizes(ax, found, shades)
        _explain(ax, data, shown, seen=panel == "mean")
    axes["mean"].annotate(
        "$M$ =", (1, 1), xycoords="axes fraction", xytext=(4, 0), textcoords="offset points",
        va="top",
    )  # fmt: skip
    axes["deviation"].set_xlabel("generation n")
    return figure


def _draw_seen(
    ax: matplotlib.axes.Axes, data: Data, series: Mapping[str, Any], shade: str, order: int,
    both: bool,
) -> None:  # fmt: skip
    """Draw the band of many runs where there is one, and one run: there too, if both are wanted."""
    if "band" in series:
        ax.fill_between(data["places"], *series["band"], color=shade, alpha=0.16, zorder=0.5)
        if not both:
            return
    shown = spread(data["generations"], PLACES_OF_RUNS)
    run = [series["run"][n - 1] for n in shown]
    ax.plot(shown, run, color=shade, linewidth=0.6, zorder=2 - order / 10)


def _draw_exact(
    ax: matplotlib.axes.Axes,
    data: Data,
    panel: str,
    size: int,
    exact: Mapping[str, list[float]],
    shade: str,
) -> None:
    """Draw the exact curves over everything, edged in white."""
    for kind, curve in exact.items():
        (line,) = ax.plot(
            data["places"], curve, color=shade, linestyle=DASHES[kind], linewidth=1.3, zorder=3,
            path_effects=edged(),
        )  # fmt: skip
        line.set_gid(f"exact-{panel}-{kind}-{size}")


def _draw_sizes(ax: matplotlib.axes.Axes, found: list[tuple[int, Any]], shades: list[str]) -> None:
    """Write each size at the end of its first curve, moved down where two would meet."""
    low, high = ax.get_ylim()
    room = 1.0
    ends = {size: next(iter(series["exact"].values()))[-1] for size, series in found}
    shade_of = dict(zip(ends, shades, strict=True))
    for size in sorted(ends, key=lambda size: -ends[size]):
        place = min(math.log(ends[size] / low) / math.log(high / low), room)
        room = place - LINE
        ax.annotate(
            power(size), (1, place), xycoords="axes fraction", xytext=(4, 0),
            textcoords="offset points", va="center", color=shade_of[size],
        )  # fmt: skip


def _draw_exact_band(
    ax: matplotlib.axes.Axes, data: Data, size: int, edges: list[list[float]], shade: str
) -> None:
    """Draw the edges of the exact band."""
    for name, edge in zip(("low", "high"), edges, strict=False):
        (line,) = ax.plot(
            data["band-places"], edge, color=shade, linestyle=DASHES["band"], linewidth=0.9,
            zorder=2.5,
        )  # fmt: skip
        line.set_gid(f"exact-deviation-band-{name}-{size}")


def levels(data: Data) -> tuple[str, str]:
    """Return the two levels of the band, in per cent."""
    low, high = (f"{100 * share:g}" for share in data["band"])
    return low, high


def runs_of_bands(data: Data) -> str:
    """Return how many runs the band of each size that has one rests on."""
    return " and ".join(
        f"{series['runs']} runs at M = {size}"
        for size, series in data["panels"]["mean"].items()
        if "band" in series
    )


def _banded(data: Data) -> str:
    """Return the levels and the sizes of the bands."""
    banded = [size for size, series in data["panels"]["mean"].items() if "band" in series]
    sizes = ", ".join(power(int(size)) for size in banded)
    low, high = levels(data)
    return f"{low}\N{EN DASH}{high} % of runs, $M$ = {sizes}"


def _explain(ax: matplotlib.axes.Axes, data: Data, shown: Panel, seen: bool) -> None:
    """Say what the kinds of lines are, in black: they differ without colour."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    entries: list[tuple[Any, str]] = [
        (Line2D([], [], color="black", linestyle=DASHES[kind], linewidth=1.3), label)
        for kind, label in shown.curves.items()
    ]
    if seen:
        entries.insert(0, (Patch(color="black", alpha=0.16), _banded(data)))
        entries.append((Line2D([], [], color="black", linewidth=0.6), "one run"))
    if shown.banded:
        line = Line2D([], [], color="black", linestyle=DASHES["band"], linewidth=0.9)
        entries.append((line, f"exact {_banded(data)}"))
    ax.legend(
        handles=[handle for handle, _ in entries],
        labels=[label for _, label in entries],
        loc=shown.legend,
    )
