"""Fig. 11 and 15 of arXiv:2305.17493v3: perplexities of single generated sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proofs.figures.drawing import Data, Drawing
from proofs.figures.drawn.histograms import (
    drawings,
    explain,
    highest,
    label_of,
    overlaid,
    percent,
    sizes,
    waterfall,
)
from proofs.figures.drawn.page import PAGE, edged, exact_of, lettered
from proofs.figures.measured.language import INPUTS
from proofs.figures.measured.perplexity_histograms import (
    FULL,
    FULL_3D,
    NAME,
    NAME_3D,
    PARAMETERS,
    PARAMETERS_3D,
    measure,
)

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.figure

#: What each row of panels shows, and the ends of the axis.
ROWS = {
    "single": "words drawn singly",
    "draws": "text drawn",
    "beams": "5-beam search",
    "sharp": "drawn at low temperature",
}
ENDS = (3.0, 6000.0)
DEEP = (5.0, 6000.0)


def draw(data: Data) -> matplotlib.figure.Figure:
    """Return the figure: a row for each way of drawing; nothing kept on the left."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(PAGE, 6.6))
    panels = figure.subplots(len(ROWS), 2, sharex=True, sharey="row")
    letters = iter("abcdefgh")
    for row, (drawn, title) in zip(panels, ROWS.items(), strict=True):
        for ax, (kept, found) in zip(row, data["histograms"][drawn].items(), strict=True):
            overlaid(ax, data, found["counts"])
            lettered(ax, next(letters), f"{title}, {percent(kept)}")
            if drawn == "single":
                _draw_mean(ax, data, found)
        row[0].set_ylim(0, None)
        row[0].set_ylabel("share of sequences")
    for ax in panels[-1]:
        ax.set(xlim=ENDS, xlabel="perplexity of a sequence under model 0")
    explain(panels[1, 1], data, loc="upper left")
    return figure


def _draw_mean(ax: matplotlib.axes.Axes, data: Data, found: dict[str, Any]) -> None:
    """Draw the exact geometric mean, and those measured beneath it."""
    law = exact_of(NAME, data, "mean", "words drawn singly")
    line = ax.axvline(law, color="black", linestyle=(0, (4.5, 1.8)), path_effects=edged())
    line.set_gid("exact-mean")
    ax.annotate(
        "dashed: exact mean (A01)", (0.52, 0.9), xycoords="axes fraction", ha="right", va="top",
        fontsize=7,
    )  # fmt: skip


def caption(data: Data) -> str:
    """Return what a reader must know to read the figure."""
    drawn = data["drawn"]
    names = ", ".join(map(label_of, data["generations"]))
    at = data["histograms"]
    means = at["single"]["0"]["generated"]
    low, high = min(means), max(means)
    none, some = (at["sharp"][kept]["tail"] for kept in at["sharp"])
    beams = [*at["beams"]["0"]["tail"], *at["beams"]["0.1"]["tail"]]
    return (
        "Fig. 11 of arXiv:2305.17493v3, redrawn. Perplexity, under model 0, of each sequence "
        f"generated for generations {names}, drawn from the model before; left none, right 10 % of "
        "the sequences real in every generation, which are not counted. The share of sequences is "
        f"that in bins of a twentieth of a decade. Runs in each panel: {data['runs']}. "
        f"Instead of OPT-125m on wikitext2: n-grams, {sizes(data)}. Grey: the "
        "held-out real sequences, which stand for generation 0; in print all are of "
        "generated text, the first of which is generation 1 here. "
        f"(a, b) Words drawn singly ({drawings(drawn['single'])}): over all runs the mean "
        "of ln perplexity stays exactly where it is, dashed (A01); exp of it measured in the "
        f"generations on the left {low:.4g} to {high:.4g}, exact "
        f"{exact_of(NAME, data, 'mean', 'words drawn singly'):.4g}, about which a run wanders by "
        f"{100 * data['wandering']:.2g} % (one standard deviation, A03) until generation "
        f"{data['generations'][-1]}. (c, d) Plain draws "
        f"({drawings(drawn['draws'])}) move right from generation 1 on, with a growing tail. "
        f"(e, f) The paper's search ({drawings(drawn['beams'])}) falls at once to few phrases: the "
        f"99 % quantile is {max(beams):.3g} at most. (g, h) "
        f"{drawings(drawn['sharp']).capitalize()}: the bulk moves "
        f"left as in print; the 99 % quantile goes from {none[0]:.3g} to {none[-1]:.3g} with "
        f"nothing kept, a tail as in print, and from {some[0]:.3g} to {some[-1]:.3g} with 10 % "
        "kept. So the shape depends on how text is drawn. The axis in print runs from 1 to 100. "
        "There is no exact law of the histograms."
    )


def draw_3d(data: Data) -> matplotlib.figure.Figure:
    """Return the figure: two panels, histograms one behind the other."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(PAGE, 2.7))
    top = highest(data, [found["counts"] for found in data["histograms"]["sharp"].values()])
    for place, (kept, found) in enumerate(data["histograms"]["sharp"].items()):
        ax: Any = figure.add_subplot(1, 2, place + 1, projection="3d")
        waterfall(ax, data, found["counts"], DEEP, "ab"[place], top)
        ax.set_title(percent(kept), loc="center")
        ax.set_xlabel("perplexity under model 0", labelpad=-5)
    return figure


def caption_3d(data: Data) -> str:
    """Return what a reader must know to read the figure."""
    return (
        "Fig. 15 of arXiv:2305.17493v3, redrawn: the last row of Fig. 11, one histogram behind the "
        "other. Perplexity, under model 0, of the sequences generated for each generation, "
        "logarithmic axis; upwards the share of the sequences in bins of a twentieth of a decade; "
        f"(a) none, (b) 10 % of the sequences real. Runs: {data['runs']}. Instead of OPT-125m on "
        f"wikitext2: n-grams, {drawings(data['drawn']['sharp'])}, {sizes(data)}. "
        "Generation 0, grey, are the held-out real sequences; in print all are of generated "
        "text, the first of which is generation 1 here. Other ways of drawing give other "
        "shapes (see Fig. 11). There is no exact law of the histograms."
    )


PERPLEXITY_HISTOGRAMS = Drawing(
    NAME,
    PARAMETERS,
    measure,
    draw,
    caption,
    full=FULL,
    inputs=INPUTS,
)
PERPLEXITY_HISTOGRAMS_3D = Drawing(
    NAME_3D,
    PARAMETERS_3D,
    measure,
    draw_3d,
    caption_3d,
    full=FULL_3D,
    inputs=INPUTS,
)
