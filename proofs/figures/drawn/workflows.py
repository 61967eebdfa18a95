"""Beyond the paper: the phase diagram of workflows, and what each keeps over the generations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from proofs.figures.drawing import Data, Drawing
from proofs.figures.drawn.page import PAGE, SHADES, edged, exact_of, lettered
from proofs.figures.measured.workflows import ERRORS, NAME, PARAMETERS, measure

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.figure

#: Below this share the axis of shares is linear, so that 0 is on it.
LINEAR = 1e-3
#: Label, colour, dashes, marker.
WAYS: dict[str, tuple[str, str, Any, str]] = {
    "accumulate": ("accumulate", SHADES[0], (0, (4.5, 1.8)), "v"),
    "subsample": ("subsample", SHADES[1], (0, (6, 1.2, 1, 1.2)), "D"),
    "fresh-10": ("10 % fresh", "#b5651d", (0, (1.0, 1.4)), "s"),
    "fresh-1": ("1 % fresh", "#b5651d", (0, (4.5, 1.2, 1, 1.2, 1, 1.2)), "o"),
    "replace": ("replace", "black", "-", "^"),
}
#: Shares kept that have a tick.
TICKS = (0, 0.5, 0.8, 0.9, 0.95, 0.98)
#: Every so many measured generations have a mark.
EVERY = 5


def draw(data: Data) -> matplotlib.figure.Figure:
    """Return the figure: the map, and beside it the share kept in each way."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(PAGE, 3.3))
    left, right = figure.subplots(1, 2, width_ratios=(1.15, 1))
    _draw_map(left, data)
    _draw_ways(right, data)
    for ax, letter, title in (
        (left, "a", "Diversity kept, by generation and fresh share"),
        (right, "b", "The workflows side by side"),
    ):
        lettered(ax, letter, title)
        ax.set(xscale="log", xlim=(1, data["generations"]), xlabel="generation n")
    return figure


def _draw_map(ax: matplotlib.axes.Axes, data: Data) -> None:
    ax.set_yscale("symlog", linthresh=LINEAR, linscale=0.5)
    for level, found in data["contours"].items():
        places = found["places"]
        shares = exact_of(NAME, found, "share", f"level {level}", len(places))
        (line,) = ax.plot(places, shares, color=SHADES[1], linewidth=0.9)
        line.set_gid(f"exact-share-{level}")
        ax.annotate(
            f"{100 * float(level):g} %", (1, shares[-1]), xycoords=("axes fraction", "data"),
            xytext=(3, 0), textcoords="offset points", va="center", fontsize=7,
        )  # fmt: skip
        for share, middle, low, high in found["seen"]:
            ax.errorbar(
                middle, share, xerr=[[middle - low], [high - middle]], color="black", marker="o",
                markersize=2.6, mfc="white", mew=0.7, linewidth=0.7, zorder=3, clip_on=False,
            )  # fmt: skip
    for way, found in data["as-good-as"].items():
        label, _, dashes, _ = WAYS[way]
        places = found["places"]
        shares = exact_of(NAME, found, "share", f"as good as {way}", len(places))
        (line,) = ax.plot(
            places, shares, color="black", linestyle=dashes, linewidth=1.4, path_effects=edged(),
            label=f"as {label}",
        )  # fmt: skip
        line.set_gid(f"exact-as-good-as-{way}")
    ax.set(ylim=(0, 1), ylabel="share of fresh real points g")
    ax.set_yticks([0, 0.001, 0.01, 0.1, 1], ["0", "0.001", "0.01", "0.1", "1"])
    ax.legend(loc="upper right", ncols=2, columnspacing=1.2)


def _draw_ways(ax: matplotlib.axes.Axes, data: Data) -> None:
    places = data["places"]
    for way, (label, shade, dashes, marker) in WAYS.items():
        found = data["ways"][way]
        kept = exact_of(NAME, found, "kept", way, len(places))
        (line,) = ax.plot(
            places, [1 - share for share in kept], color=shade, linestyle=dashes, linewidth=1.2
        )
        line.set_gid(f"exact-kept-{way}")
        ax.errorbar(
            *np.array(marks(found["seen"])).reshape(-1, 3).T, color=shade, marker=marker,
            markersize=3.5, mfc="white", linestyle="none", elinewidth=0.7,
        )  # fmt: skip
        ax.plot(
            [], [], color=shade, linestyle=dashes, marker=marker, markersize=3.5, mfc="white",
            label=label,
        )  # fmt: skip
    ax.set_yscale("log")
    ax.set(ylim=(1.1, 0.015), ylabel="share of the diversity kept")
    ax.set_yticks([1 - tick for tick in TICKS], [f"{100 * tick:g} %" for tick in TICKS])
    ax.set_yticks([], minor=True)
    ax.legend(loc="lower left")


def marks(seen: Mapping[str, list[float]]) -> list[tuple[float, float, float]]:
    """Return (generation, share lost, half bar) of every mark whose bar means something.

    Where a bar reaches 0 kept, hardly a run has diversity left: the others say nothing of it.
    """
    every = list(zip(seen["places"], seen["mean"], seen["error"], strict=True))[::EVERY]
    return [(n, 1 - mean, ERRORS * error) for n, mean, error in every if mean > ERRORS * error]


def caption(data: Data) -> str:
    """Return what a reader must know to read the figure."""
    samples = data["samples"]
    return (
        f"What is left of the diversity of {data['categories']} equally frequent categories that "
        f"are refitted on batches of M = {samples} points; none of the exact curves depends on "
        "the frequencies. (a) Each point is real with chance g and otherwise drawn from the last "
        "fit, and each fit sees the last batch alone. Lines: where the mean share of the diversity "
        "beside them is kept, exactly (claim A22, solved for g). "
        f"The axis is linear below {LINEAR:g}: its lower end, g = 0, is replace (A02), which loses "
        f"everything. Even g = 1 keeps no more than 1 - 1/M = {100 * (1 - 1 / samples):g} %. "
        "Heavy dashed and dash-dotted: the share at which a fresh batch keeps as much as a pool "
        "of all batches does without any new real point, fitted as a whole (accumulate, A26) or "
        "by M of its points (subsample with replacement, A29); above the line fresh data keep "
        "more, below it the pool does. In generation 1 all keep the same. Circles: the generation "
        f"at which the mean of {data['runs']} runs that draw every batch falls to the level; bars: "
        f"where the mean less and plus {ERRORS:g} standard errors does, shown where all three "
        "fall to it. (b) The exact mean share (lines: A26, A29, A22, A22, A02) and the mean of "
        f"{data['runs']} runs (symbols, bars of {ERRORS:g} standard errors); of the pool for "
        "accumulate and subsample. A symbol is left out where its bar would reach 0 %: hardly a "
        "run has diversity left there. The axis is logarithmic in what is lost."
    )


WORKFLOWS = Drawing(
    NAME,
    PARAMETERS,
    measure,
    draw,
    caption,
)
