"""The risk E W2^2: exact, as printed in equation (4), and measured; where the two part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proofs.figures.drawing import Data, Drawing
from proofs.figures.drawn.page import SHADES, edged, exact_of, lettered, power, shade_at
from proofs.figures.measured.risk import NAME, PARAMETERS, measure

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.figure

#: Half length of a bar of the weighted runs, in standard errors; few large weights skew them.
ERRORS = 3.0
#: Label, colour, dashes and width of each curve.
CURVES = {
    "printed": ("printed, equation (4)", "#b5651d", (0, (4.5, 1.8)), 1.3),
    "risk": (r"exact, variance over $M-1$", SHADES[0], "solid", 1.1),
    "mle": (r"exact, variance over $M$", SHADES[2], (0, (6, 1.2, 1, 1.2)), 1.3),
}
DASHES = ((0, (1.0, 1.4)), (0, (6, 1.2, 1, 1.2)), (0, (4.5, 1.8)), "solid")
MARK: dict[str, Any] = {
    "linestyle": "none",
    "mfc": "white",
    "elinewidth": 0.8,
    "markersize": 3.6,
    "mew": 0.8,
}


def draw(data: Data) -> matplotlib.figure.Figure:
    """Return the figure: the risk against n, and below it by how much equation (4) is off."""
    from matplotlib.figure import Figure

    figure = Figure()
    upper, lower = figure.subplots(2, height_ratios=(1.35, 1))
    _draw_curves(upper, data)
    _draw_seen(upper, data)
    _draw_errors(lower, data)
    lettered(upper, "a", f"The risk at $M$ = {data['samples']}")
    lettered(lower, "b", "Equation (4) over the exact risk")
    return figure


def _draw_curves(ax: matplotlib.axes.Axes, data: Data) -> None:
    found = data["risk"]
    places = found["places"]
    for kind, (label, shade, dashes, width) in CURVES.items():
        curve = exact_of(NAME, found, kind, "risk", len(places))
        (line,) = ax.plot(
            places, curve, color=shade, linestyle=dashes, linewidth=width, label=label,
            path_effects=edged(),
        )  # fmt: skip
        line.set_gid(f"exact-{kind}")
    ceiling = ax.axhline(
        exact_of(NAME, found, "ceiling", "risk"), color=SHADES[2], linewidth=0.5, zorder=0.5
    )
    ceiling.set_gid("exact-ceiling")
    ax.set(xlim=(0, places[-1] * 1.03), ylim=(0, None), xlabel="generation n")
    ax.set_ylabel(r"$\mathrm{E}\,W_2^2$  in units of $\sigma^2$")


def _bars(seen: list[list[float]]) -> tuple[list[float], list[list[float]]]:
    """Return means, and how far the ends lie below and above them."""
    means = [mean for mean, _, _ in seen]
    return means, [[m - low for m, low, _ in seen], [high - m for m, _, high in seen]]


def _draw_seen(ax: matplotlib.axes.Axes, data: Data) -> None:
    for estimator, shade, marker, label in (
        ("unbiased", SHADES[0], "o", r"plain runs, over $M-1$"),
        ("mle", SHADES[2], "s", r"plain runs, over $M$"),
    ):
        found = data["plain"][estimator]
        means, bars = _bars(found["seen"])
        ax.errorbar(found["places"], means, bars, color=shade, fmt=marker, label=label, **MARK)
    tilted = data["tilted"]
    bars = [ERRORS * error for error in tilted["error"]]
    ax.errorbar(
        tilted["places"], tilted["mean"], bars, color=SHADES[1], fmt="D",
        label=r"weighted runs, over $M-1$", **{**MARK, "markersize": 3.2},
    )  # fmt: skip
    ax.legend(loc="upper left")


def _draw_errors(ax: matplotlib.axes.Axes, data: Data) -> None:
    sizes: list[tuple[str, Any]] = list(data["errors"].items())
    for order, (size, found) in enumerate(sizes):
        where, shade = f"M = {size}", shade_at(order, len(sizes))
        places = exact_of(NAME, found, "per-size", where)
        off = [100 * x for x in exact_of(NAME, found, "excess", where, len(places))]
        (line,) = ax.plot(
            places, off, color=shade, linestyle=DASHES[order % len(DASHES)], linewidth=1.2,
            label=f"$M$ = {size if len(size) < 4 else power(int(size))}",
        )  # fmt: skip
        line.set_gid(f"exact-excess-{size}")
        parting = exact_of(NAME, found, "parting", where, len(data["shares"]))
        (dots,) = ax.plot(
            parting, [100 * share for share in data["shares"]], "o", color=shade, markersize=3,
            mfc="white", zorder=3,
        )  # fmt: skip
        dots.set_gid(f"exact-parting-{size}")
    for share in (0, *data["shares"], 0.5):
        ax.axhline(100 * share, color="black", linewidth=0.4, zorder=0.5)
    ax.set(xscale="log", xlim=(0.009, 110), xlabel=r"generations over samples, $n/M$")
    ax.set(ylabel="excess in per cent", yticks=range(-20, 51, 10))
    ax.legend(loc="upper left")


def _parted(data: Data) -> str:
    """Return where equation (4) is off by each share, for the largest size."""
    size, found = list(data["errors"].items())[-1]
    places = exact_of(NAME, found, "parting", f"M = {size}")
    return (
        " and ".join(
            f"{100 * share:g} % at n = {place:.3g} M"
            for share, place in zip(data["shares"], places, strict=True)
        )
        + f" (M = {size})"
    )


def caption(data: Data) -> str:
    """Return what a reader must know to read the figure."""
    plain, tilted = data["plain"], data["tilted"]
    last = max(plain["unbiased"]["places"], default=0)
    sizes = ", ".join(data["errors"])
    return (
        "The risk of Theorem 3.1: mean squared Wasserstein distance from the normal law fitted in "
        "generation n to the real one, N(0, sigma^2), when each generation is fitted to "
        f"M = {data['samples']} points of the last. (a) Solid: exact for the unbiased variance "
        "(claim B11), sum 1/M_i + 2 (1 - prod c4(M_i)). Dashed: equation (4) as printed, "
        "(3/2) sum 1/M_i (B11x). Dash-dotted: exact for the maximum likelihood variance, which "
        "stays below two variances (B12, thin line). Circles: means of "
        f"{plain['unbiased']['runs']} runs, squares: of {plain['mle']['runs']} with maximum "
        "likelihood; every point is drawn. Their bars are finite-sample 95 % intervals (Catoni) "
        "from the known variance of W2^2. The circles "
        f"stop at n = {last}, where such an interval still lies within "
        f"{100 * data['widest']:g} % of its mean: further out runs that no simulation meets carry "
        "the mean, and a plain mean nearly always falls short, without a sign of it. Diamonds: "
        f"{tilted['runs']} runs drawn under a law that makes these common, each counted with its "
        f"weight; bars of {ERRORS:g} standard errors. That change of measure takes for granted "
        "that the variance of normal points is a chi-square, independent of their mean. (b) By "
        f"how much equation (4) exceeds the exact risk, at M = {sizes}; lines at "
        f"{', '.join(f'{100 * share:g}' for share in data['shares'])} and 50 %, the limit. Dots: "
        f"from where it is off by as much: {_parted(data)}. In the first few generations it falls "
        "short instead. No remainder of second order in 1/M holds for all n."
    )


RISK = Drawing(NAME, PARAMETERS, measure, draw, caption)
