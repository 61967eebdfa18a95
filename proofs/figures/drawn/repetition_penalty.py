"""Fig. 14 of arXiv:2305.17493v3: perplexities where repeated words are held back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proofs.figures.drawing import Data, Drawing
from proofs.figures.drawn.histograms import drawings, explain, highest, overlaid, sizes, waterfall
from proofs.figures.drawn.page import PAGE, SHADES, lettered
from proofs.figures.measured.language import INPUTS
from proofs.figures.measured.repetition_penalty import FULL, NAME, PARAMETERS, SIDES, measure

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.figure

ENDS = (5.0, 900.0)
#: Shade, dashes and marker of a median: by the way of drawing, with the penalty and without.
LINES: dict[tuple[str, str], tuple[str, Any, str]] = {
    ("draws", "with"): (SHADES[0], "solid", "s"),
    ("draws", "without"): (SHADES[0], (0, (1.2, 1.2)), "o"),
    ("sharp", "with"): (SHADES[2], "solid", "s"),
    ("sharp", "without"): (SHADES[2], (0, (1.2, 1.2)), "o"),
}
#: What a way of drawing is called beside its end with the penalty: below it or above, in points.
NAMES = {"draws": ("plain draws", -24), "sharp": ("low temperature", 6)}


def draw(data: Data) -> matplotlib.figure.Figure:
    """Return the figure: overlaid, one behind the other, and what the penalty changes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(PAGE, 2.6))
    grid = figure.add_gridspec(1, 3, width_ratios=(1, 1.25, 0.9))
    left, right = figure.add_subplot(grid[0]), figure.add_subplot(grid[2])
    middle: Any = figure.add_subplot(grid[1], projection="3d")
    counts = data["histograms"]["sharp"]["with"]["counts"]
    overlaid(left, data, counts)
    left.set(xlim=ENDS, ylim=(0, 1.3 * left.get_ylim()[1]))
    left.set(xlabel="perplexity under model 0", ylabel="share of sequences")
    explain(left, data, loc="upper right")
    lettered(left, "a", f"penalty {data['penalty']:g}")
    waterfall(middle, data, counts, ENDS, "b", highest(data, [counts]))
    middle.set_title("the same", loc="center")
    middle.set_xlabel("perplexity", labelpad=-5)
    _draw_medians(right, data)
    lettered(right, "c", "with and without")
    return figure


def _draw_medians(ax: matplotlib.axes.Axes, data: Data) -> None:
    from matplotlib.lines import Line2D

    places = data["generations"][1:]
    for (drawn, side), (shade, dashes, marker) in LINES.items():
        ax.plot(
            places, data["histograms"][drawn][side]["median"], color=shade, linestyle=dashes,
            marker=marker, markersize=3.2, mfc="white", markeredgewidth=0.7,
        )  # fmt: skip
    for drawn, (name, up) in NAMES.items():
        end = places[-1], data["histograms"][drawn]["with"]["median"][-1]
        ax.annotate(
            name, end, xytext=(0, up), textcoords="offset points", color=LINES[drawn, "with"][0],
            ha="right", va="bottom", fontsize=7,
        )  # fmt: skip
    ax.set(yscale="log", xlabel="generation n", ylabel="median perplexity", xticks=places)
    low, high = ax.get_ylim()
    ax.set_ylim(low / 1.2, 3 * high)
    handles = [
        Line2D([], [], color="black", linestyle=dashes, marker=marker, markersize=3.2, mfc="white")
        for _, dashes, marker in (LINES["draws", side] for side in SIDES)
    ]
    ax.legend(handles, [f"penalty {data['penalty']:g}", "no penalty"], loc="upper left")


def caption(data: Data) -> str:
    """Return what a reader must know to read the figure."""
    at = {key: data["histograms"][key[0]][key[1]] for key in LINES}
    factors = [
        with_it / without
        for with_it, without in zip(
            at["sharp", "with"]["median"], at["sharp", "without"]["median"], strict=True
        )
    ]
    falling = at["sharp", "with"]["median"]
    ends = [(at[key]["real"][0][0], at[key]["real"][0][-1]) for key in LINES]
    return (
        "Fig. 14 of arXiv:2305.17493v3, redrawn. Perplexity, under model 0, of each sequence "
        f"generated for a generation, with a repetition penalty of {data['penalty']:g}: "
        "the probability of a word that the prompt or the sequence already holds is raised to that "
        "power, and all are scaled to the sum 1 again. Nothing real is kept. Share of "
        "sequences in bins of a twentieth of a decade; grey: "
        "held-out real sequences, which stand for generation 0; in print all are of "
        "generated text, the first of which is generation 1 here. Instead of OPT-125m on wikitext2 "
        f"and 5 beams: n-grams, {drawings(data['drawn']['sharp'])}, {sizes(data)}. Runs: "
        f"{data['runs']}. (a) One over the other, (b) one behind the other, (c) medians with the "
        "penalty (squares) and without (circles), also for plain draws "
        f"({drawings(data['drawn']['draws'])}). At low temperature the penalty makes the median "
        f"{min(factors):.2g} to {max(factors):.2g} times as high, and it still falls, from "
        f"{falling[0]:.3g} at generation {data['generations'][1]} to {falling[-1]:.3g} at "
        f"generation {data['generations'][-1]}. The real text's own perplexity, {ends[2][0]:.4g} "
        f"under model 0, ends at {ends[2][1]:.4g} with it and {ends[3][1]:.4g} without. Plain "
        "draws move right in either case; the real text's perplexity then ends at "
        f"{ends[0][1]:.4g} with it and {ends[1][1]:.4g} without. There is no "
        "exact law of any of these."
    )


REPETITION_PENALTY = Drawing(
    NAME,
    PARAMETERS,
    measure,
    draw,
    caption,
    full=FULL,
    inputs=INPUTS,
)
