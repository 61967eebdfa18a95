"""Histograms of perplexity, one for each generation: one over the other, or one behind the other.

Each is the share of the sequences in bins that are evenly spread over the logarithm.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from proofs.figures.drawing import Data
from proofs.figures.drawn.page import shade_at

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.legend

__all__ = [
    "SHOWN",
    "drawings",
    "explain",
    "highest",
    "label_of",
    "overlaid",
    "percent",
    "sizes",
    "waterfall",
]

#: Generations that are drawn, of those measured. They are the paper's.
SHOWN = (0, 1, 2, 3, 5, 9)
DASHES: tuple[Any, ...] = (
    "solid",
    (0, (5, 1.2)),
    (0, (3, 1.2, 1, 1.2)),
    (0, (1.2, 1.2)),
    (0, (5, 1.2, 1, 1.2)),
)
REAL = "#d2d2d2"


def percent(kept: str) -> str:
    """Return a share as a heading names it."""
    return "no real data kept" if float(kept) == 0 else f"{100 * float(kept):g} % real data kept"


def sizes(data: Data) -> str:
    """Return what a caption says of the text."""
    return (
        f"{data['sequences']} training sequences of {data['length']} words of Pride and Prejudice "
        f"({data['samples']} words) and {data['held-out']} held out"
    )


def drawings(recipe: Mapping[str, Any]) -> str:
    """Return how a text is drawn, from the arguments of the recipe."""
    smoothing = {
        "kneser-ney": "Kneser-Ney smoothing",
        "add-k": f"{recipe.get('added', 0):g} added to each count",
        "none": "no smoothing",
    }["none" if recipe.get("unsmoothed") else recipe["smoothing"]]
    drawn = "drawn from the model"
    if recipe.get("beams"):
        drawn = f"{recipe['beams']}-beam search"
    if "temperature" in recipe:
        drawn = f"drawn at temperature {recipe['temperature']:g}"
    return f"order {recipe['order']}, {smoothing}, {drawn}"


def shares(data: Data, counts: Sequence[Sequence[int]]) -> dict[int, Any]:
    """Return the share of the sequences in each bin, by generation, of those to be drawn."""
    by_generation = dict(zip(data["generations"], counts, strict=True))
    return {
        generation: np.array(by_generation[generation][1:-1]) / sum(by_generation[generation])
        for generation in SHOWN
        if generation in by_generation
    }


def overlaid(ax: matplotlib.axes.Axes, data: Data, counts: Sequence[Sequence[int]]) -> None:
    """Draw one over the other: real text filled, generated ones as lines of different dashes."""
    edges = np.array(data["edges"])
    centres = np.sqrt(edges[1:] * edges[:-1])
    found = shares(data, counts)
    for order, (generation, values) in enumerate(found.items()):
        if generation == 0:
            ax.stairs(values, edges, fill=True, color=REAL, zorder=0)
            continue
        ax.plot(
            centres, values, color=shade_at(order - 1, len(found) - 1), zorder=3 - order / 10,
            linestyle=DASHES[(order - 1) % len(DASHES)],
        )  # fmt: skip
    ax.set_xscale("log")


def label_of(generation: int) -> str:
    """Return what a generation is called in a key."""
    return "0 (real)" if generation == 0 else str(generation)


def explain(figure_or_ax: Any, data: Data, **where: Any) -> matplotlib.legend.Legend:
    """Return the key of the generations, which is now in a figure or a panel."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    shown = [generation for generation in SHOWN if generation in data["generations"]]
    handles: list[Any] = [
        Patch(color=REAL),
        *(
            Line2D(
                [], [], color=shade_at(order, len(shown) - 1), linestyle=DASHES[order % len(DASHES)]
            )
            for order in range(len(shown) - 1)
        ),
    ]
    labels = [label_of(generation) for generation in shown]
    legend: matplotlib.legend.Legend = figure_or_ax.legend(
        handles=handles, labels=labels, title="generation", title_fontsize=7, **where
    )
    return legend


def highest(data: Data, panels: Sequence[Sequence[Sequence[int]]]) -> float:
    """Return the largest share of the sequences that a bin holds in any of the panels."""
    return max(float(each.max()) for counts in panels for each in shares(data, counts).values())


def waterfall(
    ax: Any, data: Data, counts: Sequence[Sequence[int]], limits: tuple[float, float], letter: str,
    top: float,
) -> None:  # fmt: skip
    """Draw one behind the other, generation 0 at the back; letter: of the panel; top: its share."""
    from matplotlib.ticker import MaxNLocator
    from mpl_toolkits.mplot3d.art3d import Poly3DCollection  # type: ignore[import-untyped]

    low, high = (math.log10(limit) for limit in limits)
    edges = np.log10(np.array(data["edges"]))
    centres = (edges[1:] + edges[:-1]) / 2
    found = shares(data, counts)
    for order, (generation, values) in enumerate(found.items()):
        inside = np.flatnonzero((values > 0) & (centres > low) & (centres < high))
        line = centres[inside[0] : inside[-1] + 1], values[inside[0] : inside[-1] + 1]
        corners = [(x, order, float(z)) for x, z in zip(*line, strict=True)]
        ends = (corners[-1][0], order, 0.0), (corners[0][0], order, 0.0)
        shade = REAL if generation == 0 else shade_at(order - 1, len(found) - 1)
        ax.add_collection3d(
            Poly3DCollection(
                [[*corners, *ends]], facecolors=shade, edgecolors="black",
                linewidths=0.5, alpha=0.9,
            )
        )  # fmt: skip
    ax.set(xlim=(low, high), ylim=(len(found) - 1, 0), zlim=(0, 1.05 * top))
    ticks = range(math.ceil(low), math.floor(high) + 1)
    ax.set_xticks(list(ticks), [f"$10^{{{tick}}}$" for tick in ticks])
    ax.set_yticks(range(len(found)), list(map(str, found)))
    ax.zaxis.set_major_locator(MaxNLocator(4, prune="lower"))
    ax.text(high, 0, 1.12 * top, "share of\nsequences", ha="center", va="bottom", fontsize=7)
    ax.set_ylabel("generation", labelpad=-2)
    ax.text2D(0, 1, letter, transform=ax.transAxes, weight="bold", va="bottom")
    _tidy(ax)


def _tidy(ax: Any) -> None:
    """Take away what three dimensions bring along: grey walls, wide pads, crossing grids."""
    for axis in (ax.xaxis, ax.yaxis, ax.zaxis):
        axis.set_pane_color((1, 1, 1, 0))
        axis._axinfo["grid"].update(color="#dddddd", linewidth=0.4)
    for name, pad in (("x", -4), ("y", -5), ("z", -2)):
        ax.tick_params(axis=name, pad=pad, labelsize=7)
    ax.set_box_aspect((1.5, 1.3, 0.8), zoom=1.0)
    ax.view_init(elev=28, azim=-62)
