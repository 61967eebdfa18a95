"""The family of estimators b s^2 on both sides of its critical point b = 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proofs.figures.drawing import Data, Drawing
from proofs.figures.drawn.page import SHADES, edged, exact_of, lettered, shade_at
from proofs.figures.measured.estimators import NAME, PARAMETERS, measure

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.figure

#: Label, colour, dashes and marker of each rate.
RATES = {
    "mean": ("mean ", "#b5651d", (0, (4.5, 1.8)), "s"),
    "typical": (" nearly\n every run", SHADES[0], "solid", "o"),
}
DASHES = ((0, (1.0, 1.4)), (0, (4.5, 1.8)), "solid")
MARKERS = "s^o"
#: Width of the limit: the curves lie on it where they have reached it.
WIDE = 4.6
#: Ends of the axis of the risk.
RISKS = (0.3, 3000.0)


def draw(data: Data) -> matplotlib.figure.Figure:
    """Return the figure: growth of the variance against b, and below it the risk."""
    from matplotlib.figure import Figure

    figure = Figure()
    upper, lower = figure.subplots(2, sharex=True, height_ratios=(1, 1.35))
    for ax in (upper, lower):
        _mark(ax, data)
    _draw_rates(upper, data)
    _draw_risks(lower, data)
    low, high = data["factors"][0], data["factors"][-1]
    room = 0.015 * (high - low)
    lower.set(xlabel="factor $b$ of the unbiased variance", xlim=(low - room, high + room))
    lettered(upper, "a", "Growth of the variance")
    lettered(lower, "b", "The risk")
    return figure


def _mark(ax: matplotlib.axes.Axes, data: Data) -> None:
    """Mark the MLE, the unbiased estimator, and where the typical run stops shrinking."""
    critical = exact_of(NAME, data, "critical", f"M = {data['samples']}")
    ax.axvspan(1, critical, color="black", alpha=0.09, zorder=0)
    for place, name in ((1 - 1 / data["samples"], "mle"), (1, "unbiased"), (critical, "critical")):
        line = ax.axvline(place, color="black", linewidth=0.5, zorder=0.5)
        line.set_gid(f"exact-{name}")


def _bars(
    ax: matplotlib.axes.Axes, places: list[float], seen: list[list[float]], shade: str, marker: str
) -> None:
    """Draw means with the ends of their intervals."""
    means = [mean for mean, _, _ in seen]
    bars = [[mean - low for mean, low, _ in seen], [high - mean for mean, _, high in seen]]
    ax.errorbar(
        places, means, bars, fmt=marker, color=shade, mfc="white", markersize=3.4, mew=0.8,
        elinewidth=0.8, zorder=3,
    )  # fmt: skip


def _draw_rates(ax: matplotlib.axes.Axes, data: Data) -> None:
    where = f"M = {data['samples']}"
    ax.axhline(0, color="black", linewidth=0.5, zorder=0.5)
    mle = 1 - 1 / data["samples"]
    for kind, (label, shade, dashes, marker) in RATES.items():
        curve = exact_of(NAME, data, kind, where, len(data["factors"]))
        (line,) = ax.plot(data["factors"], curve, color=shade, linestyle=dashes, linewidth=1.2)
        line.set_gid(f"exact-{kind}")
        above = label.endswith(" ")
        at = min(range(len(curve)), key=lambda place: abs(data["factors"][place] - mle))
        ax.annotate(
            label, (mle, curve[at]), xytext=(0, 6 if above else -9), textcoords="offset points",
            color=shade, ha="right" if above else "left", va="bottom" if above else "top",
            fontsize=7,
        )  # fmt: skip
        found = data["seen"]
        _bars(ax, [one["factor"] for one in found], [one[kind] for one in found], shade, marker)
    ax.set_ylabel("rate a generation")
    critical = exact_of(NAME, data, "critical", where)
    marks = ((mle, "MLE "), (1, "unbiased "), (critical, " $b^*$"))
    for place, name in marks:
        ax.annotate(
            name, (place, 1), xycoords=("data", "axes fraction"), va="top", fontsize=7,
            ha="left" if name.startswith(" ") else "right",
        )  # fmt: skip


def _draw_risks(ax: matplotlib.axes.Axes, data: Data) -> None:
    where, generations = f"M = {data['samples']}", data["generations"]
    ceiling = exact_of(NAME, data, "ceiling", where, len(data["below"]))
    (line,) = ax.plot(
        data["below"], ceiling, color="0.68", linewidth=WIDE, label=r"$n\to\infty$",
    )  # fmt: skip
    line.set_gid("exact-ceiling")
    for order, n in reversed(list(enumerate(generations))):
        shade = shade_at(len(generations) - 1 - order, len(generations))
        curve = exact_of(NAME, data, f"risk-{n}", where, len(data["factors"]))
        (line,) = ax.plot(
            data["factors"], curve, color=shade, linestyle=DASHES[order % len(DASHES)],
            linewidth=1.2, label=f"$n$ = {n}", path_effects=edged(),
        )  # fmt: skip
        line.set_gid(f"exact-risk-{n}")
        found = [(one["factor"], one["risk"][str(n)]) for one in data["seen"]
                 if str(n) in one["risk"]]  # fmt: skip
        _bars(
            ax, [place for place, _ in found], [seen for _, seen in found], shade,
            MARKERS[order % len(MARKERS)],
        )  # fmt: skip
    ax.set(yscale="log", ylim=RISKS, ylabel=r"$\mathrm{E}\,W_2^2$  in units of $\sigma^2$")
    ax.legend(loc="upper left")


def caption(data: Data) -> str:
    """Return what a reader must know to read the figure."""
    size, critical = data["samples"], data["exact"]["critical"]
    generations = ", ".join(map(str, data["generations"]))
    return (
        f"A normal law is fitted to M = {size} points of the last fit, again and again; the fitted "
        "variance is b times the unbiased one. Vertical lines: maximum likelihood, "
        f"b = 1 - 1/M = {1 - 1 / size:g}; unbiased, b = 1; b* = {critical:.4g}. (a) Rates of the "
        "logarithm. Dashed: of the mean variance, ln b; solid: of the variance in nearly every "
        "run, ln b + psi((M-1)/2) - ln((M-1)/2) (claim B33; for the variance a factor of the "
        "estimator acts as one of the points' spread). In the grey stretch 1 < b < b* the mean "
        "explodes while nearly every run collapses. (b) The risk E W2^2 after "
        f"n = {generations} generations, exact (B40), and its limit (wide, light, beneath the "
        "others), 1 + 1/(M (1 - b)) in units of sigma^2, which is finite "
        "for b < 1 alone: the risk converges below the unbiased estimator, grows like "
        "n/M at it and exponentially above. So Theorem 3.1, risk to infinity and "
        "variance to 0, holds from b = 1 up to b*, and its estimator sits on the edge. Symbols: "
        f"measured in {data['runs']} runs of each b, every point drawn, with finite-sample 95 % "
        "intervals (Catoni) from known second moments, mostly smaller than the symbol; the mean's "
        f"rate is read off at n = {data['growing']}. A risk is left out where its interval is "
        f"wider than {100 * data['widest']:g} % of it to either side: rare runs carry it there."
    )


ESTIMATORS = Drawing(
    NAME,
    PARAMETERS,
    measure,
    draw,
    caption,
)
