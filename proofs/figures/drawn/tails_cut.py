"""Fig. 3 of arXiv:2305.17493v3: a sample of M points cuts the tails of a histogram."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from proofs.figures.drawing import Data, Drawing
from proofs.figures.drawn.page import PAGE, edged, exact_of, lettered
from proofs.figures.measured.tails_cut import NAME, PARAMETERS, measure

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.figure

#: Label, colour, dashes, marker of each law, and the shade of its histogram.
LAWS: dict[str, tuple[str, str, Any, str, str]] = {
    "fat": ("fat-tailed", "#235089", (0, (4.5, 1.6)), "o", "#b9cbe4"),
    "normal": ("two normal laws", "#b5651d", (0, (1.0, 1.2)), "^", "#ecd2b8"),
}
#: Ends of the axis of counts: below 0, so that a bar for a single point has a height.
LOW, HIGH = -0.4, 7.4
EDGE = (0, (5, 1.2, 1, 1.2))


def draw(data: Data) -> matplotlib.figure.Figure:
    """Return the figure: two histograms, what M points make of them, and what they lose."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MultipleLocator

    figure = Figure(figsize=(PAGE, 4.6))
    axes = figure.subplots(2, 2, sharex=True)
    for ax, letter, name in zip(axes[0], "ab", LAWS, strict=True):
        _draw_histogram(ax, data, name)
        lettered(ax, letter, f"{data['points']:,} points, {LAWS[name][0]}")
    _draw_samples(axes[1, 0], data)
    lettered(axes[1, 0], "c", f"A model fitted to {data['samples']} points of each")
    _draw_losses(axes[1, 1], data)
    lettered(axes[1, 1], "d", f"Bins that {data['samples']} points miss")
    for ax in axes[1]:
        ax.set(xlim=(data["edges"][0], data["edges"][-1]), xlabel="x")
        ax.xaxis.set_major_locator(MultipleLocator(5))
    return figure


def middles(data: Data) -> NDArray[np.float64]:
    """Return the middles of the bins."""
    at_edges = np.array(data["edges"])
    return np.asarray((at_edges[1:] + at_edges[:-1]) / 2)


def logarithms(counts: list[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return natural logarithms of counts, with a gap for 0."""
    found = np.array(counts, dtype=float)
    found[found <= 0] = np.nan
    return np.log(found)


def _curve(data: Data, name: str, kind: str) -> NDArray[np.float64]:
    bins = len(data["edges"]) - 1
    return np.array(exact_of(NAME, data["laws"][name], kind, name, bins))


def _draw_cut(ax: matplotlib.axes.Axes, data: Data) -> None:
    """Draw where bins of probability 1/M lie on the axis of counts."""
    ax.axhline(math.log(data["points"] / data["samples"]), color="black", linewidth=0.7)
    ax.set(ylim=(LOW, HIGH), yticks=range(int(HIGH) + 1), ylabel="log(count)")


def _draw_histogram(ax: matplotlib.axes.Axes, data: Data, name: str) -> None:
    """Draw the histogram, the expected counts, and the cut."""
    _, shade, dashes, _, light = LAWS[name]
    heights = logarithms(data["laws"][name]["histogram"])
    ax.stairs(heights, data["edges"], baseline=LOW, fill=True, color=light)
    (line,) = ax.plot(
        middles(data), logarithms(_curve(data, name, "expected")), color=shade, linestyle=dashes,
        linewidth=1.3, path_effects=edged(),
    )  # fmt: skip
    line.set_gid(f"exact-expected-{name}")
    _draw_cut(ax, data)


def _draw_samples(ax: matplotlib.axes.Axes, data: Data) -> None:
    """Draw the counts of one sample of each law on the scale of the histograms."""
    scale = data["points"] / data["samples"]
    for name, (label, shade, dashes, marker, _) in LAWS.items():
        ax.plot(
            middles(data), logarithms(scale * np.array(data["laws"][name]["sample"])), marker,
            color=shade, markersize=3.2, mfc="white", mew=0.8, zorder=3,
            label=f"{label}, measured",
        )  # fmt: skip
        (line,) = ax.plot(
            middles(data), logarithms(_curve(data, name, "surviving")), color=shade,
            linestyle=dashes, linewidth=1.3, path_effects=edged(), label=f"{label}, exact",
        )  # fmt: skip
        line.set_gid(f"exact-surviving-{name}")
    _draw_cut(ax, data)
    ax.plot([], [], color="black", linewidth=0.7, label=rf"cut: $\log M$, $M = {data['samples']}$")
    ax.plot([], [], color="black", linewidth=0.8, linestyle=EDGE, label="d: probability $1/M$")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 0.06))


def _draw_losses(ax: matplotlib.axes.Axes, data: Data) -> None:
    """Draw the chance that a bin is lost, exact and measured."""
    for name, (_, shade, dashes, marker, _) in LAWS.items():
        ax.plot(
            middles(data), data["laws"][name]["lost"], marker, color=shade, markersize=3.2,
            mfc="white", mew=0.8, zorder=3,
        )  # fmt: skip
        (line,) = ax.plot(
            middles(data), _curve(data, name, "lost"), color=shade, linestyle=dashes,
            linewidth=1.3, path_effects=edged(),
        )  # fmt: skip
        line.set_gid(f"exact-lost-{name}")
    line = ax.axhline(
        exact_of(NAME, data, "at-edge", "a bin of probability 1/M"), color="black", linewidth=0.8,
        linestyle=EDGE,
    )  # fmt: skip
    line.set_gid("exact-at-edge")
    ax.set(ylim=(0, 1.03), ylabel="probability of loss")


def caption(data: Data) -> str:
    """Return what a reader must know to read the figure."""
    samples, points = data["samples"], data["points"]
    bins = len(data["edges"]) - 1
    centres = " and ".join(map(str, data["centres"]))
    left = "; ".join(
        f"{bins - sum(exact_of(NAME, data['laws'][name], 'lost', name)):.2f} exactly and "
        f"{data['laws'][name]['bins-left']:.2f} measured for the {label} law"
        for name, label in (("fat", "fat-tailed"), ("normal", "normal"))
    )
    edge = exact_of(NAME, data, "at-edge", "a bin of probability 1/M")
    return (
        "Fig. 3 of arXiv:2305.17493v3, redrawn. (a, b) Shaded: histograms of "
        f"N = {points} points of two laws around the centres {centres}, {bins} bins, natural "
        f"logarithms of the counts: (a) Student's law with {data['freedom']} degrees of freedom "
        "and scale 1, (b) normal laws of variance 1. Dashed and dotted: N times the probability "
        "of each bin, from the law itself. Solid line: log M. The paper cuts the counts at log M, "
        "for states of probability 1/M or less are at risk in a sample of M points. The two hold "
        "together only if the histogram has N = M^2 points, since a bin of probability 1/M then "
        f"has N/M = M of them; here M = {samples} and N/M = {points / samples:g}. M, N, the bins, "
        "the fat-tailed law and the base of the logarithm are chosen here so that the paper's axes "
        "fit. (c) Symbols: the shares of one sample of M points of each law, times N; a bin "
        "without a point has no symbol, and one point is worth N/M, so that nothing can lie below "
        "the cut. Lines: exact mean of the same, given that the bin is not lost, "
        "N q / (1 - (1 - q)^M) for a bin of probability q: the tails of both laws end on the cut. "
        "What still tells them apart is how many bins are left. (d) Probability that M points miss "
        "a bin: exact, "
        f"(1 - q)^M (lines, claim A16), and in {data['runs']} samples (symbols). The cut is not "
        f"sharp: a bin of probability 1/M is lost with probability {edge:.3f} (dash-dotted), and "
        f"rarer ones are often kept. Of the {bins} bins a sample leaves on average {left}."
    )


TAILS_CUT = Drawing(
    NAME,
    PARAMETERS,
    measure,
    draw,
    caption,
)
