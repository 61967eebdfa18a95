"""Nature Fig. 1: the loop of models trained on generated data, and what becomes of the text."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from proofs.figures.drawing import Data, Drawing
from proofs.figures.drawn.histograms import drawings, explain, overlaid, percent, sizes
from proofs.figures.drawn.page import PAGE, SHADES, lettered
from proofs.figures.measured.feedback_loop import FULL, NAME, PARAMETERS, measure
from proofs.figures.measured.language import INPUTS

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.figure

ENDS = (5.0, 10_000.0)
#: Boxes of the loop from left to right; None leaves a gap. Width and height in units of the axes.
BOXES = ("data 0", "model 0", "data 1", "model 1", None, "data n", "model n")
WIDTH, HEIGHT, STEP, GAP = 0.8, 0.42, 1.42, 0.2
#: Height of the words beneath the boxes.
BENEATH = -0.26


def draw(data: Data) -> matplotlib.figure.Figure:
    """Return the figure: the loop; below it histograms, and perplexities of the real text."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(PAGE, 5.0))
    axes = figure.subplot_mosaic(
        [["loop", "loop"], ["none", "none-read"], ["some", "some-read"]],
        height_ratios=(0.75, 1, 1),
        width_ratios=(1.35, 1),
    )
    _draw_loop(axes["loop"])
    for row, letter, (kept, found) in zip(
        ("none", "some"), "bc", data["histograms"].items(), strict=True
    ):
        seen, read = axes[row], axes[f"{row}-read"]
        overlaid(seen, data, found["counts"])
        lettered(seen, letter, percent(kept))
        seen.set(xlim=ENDS, ylabel="share of sequences")
        _draw_read(read, data, found["real"])
    axes["some"].sharey(axes["none"])
    axes["none"].set_ylim(0, None)
    axes["some-read"].sharey(axes["none-read"])
    axes["some"].set_xlabel("perplexity of a sequence under model 0")
    axes["some-read"].set_xlabel("generation n")
    explain(axes["none"], data, loc="upper right")
    return figure


def _draw_read(ax: matplotlib.axes.Axes, data: Data, runs: list[list[float]]) -> None:
    places = data["generations"]
    for run in runs:
        ax.plot(
            places, run, color=SHADES[0], linewidth=0.6, marker="o", markersize=3.0, mfc="white",
            markeredgewidth=0.6,
        )  # fmt: skip
    ax.set(yscale="log", ylabel="perplexity of the\nreal test text")
    ax.set_xticks(places, ["real", *map(str, places[1:])])


def _draw_loop(ax: matplotlib.axes.Axes) -> None:
    """Draw boxes and arrows from left to right, and the real data that may be kept above them."""
    places = {box: place * STEP for place, box in enumerate(BOXES) if box}
    ax.set(xlim=(-0.6, STEP * (len(BOXES) - 1) + 0.6), ylim=(-0.5, 1.0))
    ax.set_axis_off()
    ax.set_title("a", weight="bold")
    for box, place in places.items():
        _box(ax, box, place)
    for left, (before, after) in enumerate(itertools.pairwise(BOXES)):
        start = left * STEP + (WIDTH / 2 if before else GAP)
        end = (left + 1) * STEP - (WIDTH / 2 if after else GAP)
        _arrow(ax, (start, 0.0), (end, 0.0))
        fits = before is not None and before.startswith("data")
        ax.text(
            (start + end) / 2,
            BENEATH,
            "fit" if fits else "generate",
            ha="center",
            va="top",
            fontsize=7,
        )
    ax.text(BOXES.index(None) * STEP, 0, r"$\cdots$", ha="center", va="center", fontsize=11)
    ax.text(0, BENEATH, "real", ha="center", va="top", fontsize=7)
    _draw_kept(ax, places)


def _draw_kept(ax: matplotlib.axes.Axes, places: dict[str, float]) -> None:
    """Draw the share of real data that goes into every generation."""
    height = 0.7
    ends = (places["data 1"], places["data n"])
    ax.plot(
        [0, 0, ends[-1]], [HEIGHT / 2, height, height], color="black", linewidth=0.7,
        linestyle=(0, (3, 2)),
    )  # fmt: skip
    for end in ends:
        _arrow(ax, (end, height), (end, HEIGHT / 2), linestyle=(0, (3, 2)))
    ax.text(
        places["model 0"], height + 0.05, "real data kept: none (b) or 10 % (c)", fontsize=7,
        ha="left", va="bottom",
    )  # fmt: skip


def _box(ax: matplotlib.axes.Axes, text: str, place: float) -> None:
    from matplotlib.patches import FancyBboxPatch

    model = text.startswith("model")
    kind, number = text.split()
    ax.add_patch(
        FancyBboxPatch(
            (place - WIDTH / 2, -HEIGHT / 2), WIDTH, HEIGHT, linewidth=0.8, edgecolor="black",
            boxstyle="round,pad=0,rounding_size=0.18" if model else "square,pad=0",
            facecolor="#e3e3ec" if model else "white",
        )
    )  # fmt: skip
    ax.text(place, 0, f"{kind} ${number}$", ha="center", va="center")


def _arrow(
    ax: matplotlib.axes.Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    linestyle: object = "solid",
) -> None:
    style = {
        "arrowstyle": "-|>", "color": "black", "linewidth": 0.8, "linestyle": linestyle,
        "shrinkA": 1, "shrinkB": 1, "mutation_scale": 7,
    }  # fmt: skip
    ax.annotate("", end, start, arrowprops=style)


def caption(data: Data) -> str:
    """Return what a reader must know to read the figure."""
    none, some = (
        sum(run[-1] for run in part["real"]) / len(part["real"]) / part["real"][0][0]
        for part in data["histograms"].values()
    )
    return (
        "Nature Fig. 1, redrawn. (a) The loop: model n is fitted to data n, and generates data "
        "n + 1, in which a share of the sequences may be real ones instead. (b) No real data kept, "
        "(c) 10 % of the sequences real. Left: perplexity, under model 0, of each generated "
        "sequence; share of sequences in bins of a twentieth of a decade; grey: held-out real "
        "sequences, "
        "which stand for generation 0; in print all are of generated text, the first "
        "of which is generation 1 here. Right: perplexity of the held-out real text under model n, "
        f"{data['runs']} runs. Instead of OPT-125m on wikitext2: n-grams, "
        f"{drawings(data['drawn']['sharp'])}, {sizes(data)}. This way of drawing was chosen since "
        "text moves left and grows a right tail with it, as in print; others behave otherwise "
        "(Fig. 11). The perplexity of real text rises far more than in print, to "
        f"{none:.3g} (b) and {some:.3g} (c) times that of model 0: pairs of words that "
        "are lost cost such a model much. There is no exact law of either."
    )


FEEDBACK_LOOP = Drawing(
    NAME,
    PARAMETERS,
    measure,
    draw,
    caption,
    full=FULL,
    inputs=INPUTS,
)
