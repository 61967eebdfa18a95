"""Beyond the paper: the relative error of a law that the checks of each claim would have caught."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from proofs.figures.drawing import Data, Drawing
from proofs.figures.drawn.page import PAGE, SHADES
from proofs.figures.measured.detection_limits import NAME, PARAMETERS, measure

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.figure

#: Ends of the axis, where its marks for what has no size are, and its ticks.
ENDS, CERTAIN, BOUNDED = (0.00001, 2.0), 0.00002, 1.0
TICKS = (0.0001, 0.001, 0.01, 0.1)
#: Inches of a row, and of what is above and below the rows.
ROW, MARGINS = 0.118, 1.1
#: Label, place, marker, colour, and face.
MARKS: Mapping[str, tuple[str, float, str, str, str]] = {
    "sized": ("bluntest comparison", 0, "o", SHADES[0], SHADES[0]),
    "certain": ("nothing sampled: exact", CERTAIN, "s", SHADES[2], "white"),
    "refuted": ("fails as printed", CERTAIN, "x", "#b5651d", "#b5651d"),
    "bounded": ("sampled: bound or order only", BOUNDED, "D", SHADES[1], "white"),
}


def draw(data: Data) -> matplotlib.figure.Figure:
    """Return the figure: two columns of claims, by chapter."""
    from matplotlib.figure import Figure

    columns = halves(data["chapters"])
    rows = max(sum(len(claims) + 1 for _, claims in column) for column in columns)
    figure = Figure(figsize=(PAGE, rows * ROW + MARGINS))
    axes = figure.subplots(1, len(columns), squeeze=False)[0]
    for ax, column in zip(axes, columns, strict=True):
        _draw_column(ax, column, rows)
        ax.set_xlabel("relative error of the law that is seen")
    axes[0].set_ylabel("claim, by its code")
    _explain(figure)
    return figure


def halves(
    chapters: Mapping[str, Sequence[Mapping[str, Any]]],
) -> list[list[tuple[str, Sequence[Mapping[str, Any]]]]]:
    """Return the chapters in two columns, the largest one beside all the others' rows."""
    ordered = sorted(chapters.items(), key=lambda item: -len(item[1]))
    columns: list[list[tuple[str, Sequence[Mapping[str, Any]]]]] = [[], []]
    lengths = [0, 0]
    for item in ordered:
        place = lengths.index(min(lengths))
        columns[place].append(item)
        lengths[place] += len(item[1]) + 1
    return [column for column in columns if column]


def _draw_column(
    ax: matplotlib.axes.Axes, column: Sequence[tuple[str, Sequence[Mapping[str, Any]]]], rows: int
) -> None:
    height, labels = 0, {}
    for name, claims in column:
        ax.text(ENDS[0], height, f" {name.capitalize()}", va="center", weight="bold", fontsize=7)
        height += 1
        for claim in claims:
            labels[height] = str(claim["code"])
            _draw_claim(ax, claim, height)
            height += 1
    ax.set_xscale("log")
    ax.set(xlim=ENDS, ylim=(rows - 0.4, -0.6))
    ax.set_yticks(list(labels), list(labels.values()), fontsize=6.5)
    ax.set_xticks(
        [CERTAIN, *TICKS, BOUNDED],
        ["exact", *(f"{100 * tick:g} %" for tick in TICKS), "no size"],
        fontsize=6.5,
    )  # fmt: skip
    ax.set_xticks([], minor=True)
    ax.tick_params(axis="y", length=0)
    for tick in TICKS:
        ax.axvline(tick, color="black", linewidth=0.3, alpha=0.35, zorder=0)


def _draw_claim(ax: matplotlib.axes.Axes, claim: Mapping[str, Any], height: int) -> None:
    """Draw the mark of a claim; a line from the sharpest comparison."""
    _, place, marker, shade, face = MARKS[claim["kind"]]
    if claim["kind"] == "sized":
        place = claim["bluntest"]
        ax.plot([CERTAIN * 1.25, place], [height] * 2, color="black", linewidth=0.3, zorder=0)
        ax.plot([claim["sharpest"], place], [height] * 2, color=shade, linewidth=1.8)
    ax.plot(
        place, height, linestyle="none", marker=marker, markersize=3.2, color=shade, mfc=face,
        mew=0.8,
    )  # fmt: skip


def _explain(figure: matplotlib.figure.Figure) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], linestyle="none", marker=marker, markersize=3.6, color=shade, mfc=face)
        for _, _, marker, shade, face in MARKS.values()
    ]
    figure.legend(
        handles, [label for label, *_ in MARKS.values()], loc="outside upper center", ncols=4,
        handlelength=1.0, columnspacing=1.4,
    )  # fmt: skip


def caption(data: Data) -> str:
    """Return what a reader must know to read the figure."""
    claims = [claim for each in data["chapters"].values() for claim in each]
    kinds = Counter(claim["kind"] for claim in claims)
    sized = sorted(claim["bluntest"] for claim in claims if claim["kind"] == "sized")
    comparisons = sum(claim["comparisons"] for claim in claims)
    middle = sized[len(sized) // 2]
    blunt = next(claim["code"] for claim in claims if claim["bluntest"] == sized[-1])
    return (
        "No exact law: these are limits of the checks, taken from the last full run on record. For "
        f"each of {len(claims)} claims: by how much, relatively, a law would have to be wrong for "
        "a sampled comparison to catch it with probability 0.999, or one of a limit, whose "
        "margin is known, for certain. Dots: the bluntest comparison of a claim that says what "
        f"something equals or tends to ({kinds['sized']} claims, median {100 * middle:.2g} %, "
        f"worst {100 * sized[-1]:.2g} % at {blunt}); a heavy line begins at what its sharpest one "
        f"would have caught. The axis is logarithmic. Squares ({kinds['certain']} claims): nothing "
        "is sampled; rationals and balls catch any error of an equality at the points that were "
        f"tried. Crosses ({kinds['refuted']}): statements as printed, refuted. Diamonds "
        f"({kinds['bounded']}): what is sampled confirms a bound or an order, and the error of an "
        f"equality has no size. {comparisons} sampled comparisons share one budget of false alarms."
    )


DETECTION_LIMITS = Drawing(
    NAME,
    PARAMETERS,
    measure,
    draw,
    caption,
    inputs=("proofs/record.json",),
)
