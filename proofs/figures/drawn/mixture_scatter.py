"""Fig. 7 of arXiv:2305.17493v3: points of a mixture that is fitted to points of the fit before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from proofs.figures.drawing import Data, Drawing
from proofs.figures.drawn.page import PAGE, SHADES, edged, exact_of, lettered
from proofs.figures.measured.mixture_scatter import FULL, NAME, PARAMETERS, measure

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.figure

#: Ends of the axes, as printed.
WIDE, HIGH, TICKS = (-2.0, 2.0), (-3.0, 3.0), (-2, 0, 2)
#: Panels in a row, and the height of a row of clouds and of the last one, in inches.
COLUMNS, TALL, LOW = 4, 2.45, 2.1
#: Marker, size and colour of the heavier component and of the other, and of real points.
MARKERS = (("o", 1.8, SHADES[1]), ("x", 2.2, "#b5651d"))
REAL = (".", 1.8, "#555555")
#: Radius of the circle, in standard deviations, and half length of a bar, in standard errors.
DEVIATIONS, ERRORS = 2.0, 2.0
EXACT = (0, (4.5, 1.8))
MOMENTS: Mapping[str, tuple[str, str]] = {
    "total": ("The spread falls", "total variance"),
    "drift": ("The mean walks away", "squared distance"),
}


def draw(data: Data) -> matplotlib.figure.Figure:
    """Return the figure: a panel of points for each generation shown, and two of moments below."""
    from matplotlib.figure import Figure

    clouds = data["clouds"]
    rows = -(-len(clouds) // COLUMNS)
    figure = Figure(figsize=(PAGE, TALL * rows + LOW))
    heights = TALL * rows, LOW
    upper, lower = figure.subfigures(2, 1, squeeze=False, height_ratios=heights)[:, 0]
    for place, cloud in enumerate(clouds):
        ax = upper.add_subplot(rows, COLUMNS, place + 1)
        _draw_cloud(ax, cloud, chr(ord("a") + place))
        ax.tick_params(labelleft=place % COLUMNS == 0, labelbottom=place + COLUMNS >= len(clouds))
    upper.supxlabel("first coordinate", fontsize="medium")
    upper.supylabel("second coordinate", fontsize="medium")
    panels = lower.subplots(1, len(MOMENTS))
    for place, (name, ax) in enumerate(zip(MOMENTS, panels, strict=True)):
        _draw_moment(ax, data, name, chr(ord("a") + len(clouds) + place))
    panels[0].legend(loc="upper right")
    return figure


def _title(cloud: Mapping[str, Any]) -> str:
    return f"generation {cloud['generation']}" if "generation" in cloud else "real data"


def outside(cloud: Mapping[str, Any]) -> list[int]:
    """Return how many points of each component lie outside the axes."""
    ends = (*WIDE, *HIGH)

    def inside(x: float, y: float) -> bool:
        return ends[0] <= x <= ends[1] and ends[2] <= y <= ends[3]

    return [sum(not inside(*point) for point in zip(*xy, strict=True)) for xy in cloud["points"]]


def _cut(cloud: Mapping[str, Any], letter: str) -> str:
    """Return how many points of a panel are cut off; empty when none is."""
    counts = outside(cloud)
    if not sum(counts):
        return ""
    lost = ""
    if "generation" in cloud and 0 < counts[-1] == len(cloud["points"][-1][0]):
        lost = f", all {counts[-1]} crosses among them"
    return f"{sum(counts)} in {letter}{lost}"


def _draw_cloud(ax: matplotlib.axes.Axes, cloud: Mapping[str, Any], letter: str) -> None:
    """Draw the points of one generation, each component with its marker, and the exact circle."""
    real = "generation" not in cloud
    for points, shown in zip(cloud["points"], [REAL] if real else MARKERS, strict=True):
        marker, size, colour = shown
        ax.plot(
            *points, marker, markersize=size, mfc="none", color=colour, mew=0.35, rasterized=True,
        )  # fmt: skip
    radius = DEVIATIONS * float(exact_of(NAME, cloud, "deviation", _title(cloud)))
    angle = np.linspace(0, 2 * np.pi, 181)
    (line,) = ax.plot(
        radius * np.cos(angle), radius * np.sin(angle), color="black", linestyle=EXACT,
        linewidth=1.2, path_effects=edged(),
    )  # fmt: skip
    line.set_gid(f"exact-deviation-{letter}")
    cut = sum(outside(cloud))
    lettered(ax, letter, _title(cloud) + (f"\n{cut} outside" if cut else ""))
    ax.set(xlim=WIDE, ylim=HIGH, aspect="equal")
    ax.set(xticks=TICKS, yticks=TICKS)


def _draw_moment(ax: matplotlib.axes.Axes, data: Data, name: str, letter: str) -> None:
    """Draw one run, the band and the mean of all runs, and the exact mean."""
    found = data["moments"][name]
    places = found["places"]
    low, high = (f"{100 * level:g}" for level in data["band"])
    ax.fill_between(
        places, *found["band"], color="black", alpha=0.14,
        label=f"{low}\N{EN DASH}{high} % of {data['runs']} runs",
    )  # fmt: skip
    ax.plot(places, found["run"], color=SHADES[1], linewidth=0.7, label="the run shown")
    ax.errorbar(
        found["mean-places"], found["mean"], ERRORS * np.array(found["error"]), color="black",
        linestyle="none", marker="s", markersize=3, mfc="white", linewidth=0.8,
        label="mean of the runs",
    )  # fmt: skip
    (line,) = ax.plot(
        places, exact_of(NAME, found, "mean", name, len(places)), color="#b5651d",
        linestyle=EXACT, linewidth=1.4, path_effects=edged(), label="exact mean", zorder=3,
    )  # fmt: skip
    line.set_gid(f"exact-{name}")
    title, label = MOMENTS[name]
    lettered(ax, letter, title)
    ax.set(xlabel="generation", ylabel=label, xlim=(0, data["last"]))
    ax.set_ylim(bottom=0)


def caption(data: Data) -> str:
    """Return what a reader must know to read the figure."""
    shown = ", ".join(str(each["generation"]) for each in data["clouds"][1:])
    first, last = (
        " and ".join(f"{deviation:.2g}" for deviation in pair) for pair in data["deviations"]
    )
    samples, generations = data["samples"], data["last"] + 1
    clouds = len(data["clouds"])
    letters = [chr(ord("a") + place) for place in range(clouds + len(MOMENTS))]
    low, high = (f"{100 * level:g}" for level in data["band"])
    cut = [_cut(cloud, letter) for cloud, letter in zip(data["clouds"], letters, strict=False)]
    missing = "; ".join(each for each in cut if each) or "none"
    return (
        "Fig. 7 of arXiv:2305.17493v3, redrawn. A mixture of two Gaussians is fitted by EM, begun "
        f"anew from k-means with scikit-learn's rules, to {samples} points in the plane, {samples} "
        f"points are drawn from the fit, and so on, {generations} fits in all. As in the published "
        f"code, the real data are one blob, N(0, I), although two components are fitted. "
        f"(a\N{EN DASH}{letters[clouds - 1]}) {samples} points: real, then of the fits of "
        f"generations {shown}, where 0 is the fit to real points. Circles: points of the heavier "
        "component, crosses: of the other. Outside the axes, which end as printed, lie points that "
        f"are not drawn: {missing}. Dashed: the circle about the real mean whose radius is "
        f"{DEVIATIONS:g} exact deviations, the root of the mean variance per coordinate. "
        f"({letters[-2]}) Total variance of the mixture, inside and between its components, and "
        f"({letters[-1]}) squared distance of its mean from the real one: dashed, their exact "
        "means (claim D05, which holds however the components overlap; with "
        f"the {data['floor']:g} that every fit adds to each variance; without it the law is that "
        f"of one Gaussian). Squares: means of {data['runs']} runs, bars of "
        f"{ERRORS:g} standard errors; shaded, their middle {low} to {high} %; thin, the run of a"
        f"\N{EN DASH}{letters[clouds - 1]}. From about generation {samples} on rare runs carry the "
        "mean variance; so few runs seldom hold one, and their mean tends to lie below the line. "
        "The deviations of the two components of that run, per coordinate, are "
        f"{first} at first and {last} in the end; for single components that overlap no exact law "
        "is known."
    )


MIXTURE_SCATTER = Drawing(
    NAME,
    PARAMETERS,
    measure,
    draw,
    caption,
    full=FULL,
)
