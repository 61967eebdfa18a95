"""The variance of W2^2 over runs: exact, to leading order, as printed in equation (5), measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proofs.figures.drawing import Data, Drawing
from proofs.figures.drawn.page import SHADES, edged, exact_of, lettered
from proofs.figures.measured.risk_variance import NAME, PARAMETERS, measure

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.figure

#: Label, colour, dashes and width of each curve.
CURVES = {
    "printed": ("printed, equation (5)", "#b5651d", (0, (4.5, 1.8)), 1.3),
    "leading": (r"leading order $\frac{5}{2}(n/M)^2$", SHADES[2], (0, (1.0, 1.4)), 1.5),
    "variance": ("exact", SHADES[0], "solid", 1.1),
}


def draw(data: Data) -> matplotlib.figure.Figure:
    """Return the figure: the variance against n, and below it all over the exact one."""
    from matplotlib.figure import Figure

    figure = Figure()
    upper, lower = figure.subplots(2, sharex=True, height_ratios=(1.35, 1))
    exact = exact_of(NAME, data, "variance", f"M = {data['samples']}", len(data["places"]))
    _draw_curves(upper, data, [1.0] * len(exact))
    _draw_seen(upper, data, "variance")
    _draw_curves(lower, data, exact)
    _draw_seen(lower, data, "over-exact")
    upper.set(yscale="log", ylabel=r"$\mathrm{Var}\,W_2^2$  in units of $\sigma^4$")
    upper.legend(loc="upper left")
    lower.set(xscale="log", xlabel="generation n", ylabel="ratio", ylim=(0, 1.35))
    lower.set_xlim(0.9, data["places"][-1])
    lettered(upper, "a", f"How $W_2^2$ varies from run to run, $M$ = {data['samples']}")
    lettered(lower, "b", "The same over the exact variance")
    return figure


def _draw_curves(ax: matplotlib.axes.Axes, data: Data, unit: list[float]) -> None:
    """Draw the laws over a unit, given at each place."""
    for kind, (label, shade, dashes, width) in CURVES.items():
        curve = exact_of(NAME, data, kind, f"M = {data['samples']}", len(data["places"]))
        (line,) = ax.plot(
            data["places"], [value / one for value, one in zip(curve, unit, strict=True)],
            color=shade, linestyle=dashes, linewidth=width, label=label, path_effects=edged(),
        )  # fmt: skip
        line.set_gid(f"exact-{kind}")


def _draw_seen(ax: matplotlib.axes.Axes, data: Data, kind: str) -> None:
    """Draw means with the ends of their intervals."""
    seen = data["seen"][kind]
    means = [mean for mean, _, _ in seen]
    bars = [[mean - low for mean, low, _ in seen], [high - mean for mean, _, high in seen]]
    ax.errorbar(
        data["seen"]["places"], means, bars, fmt="o", color=SHADES[0], mfc="white",
        markersize=3.6, mew=0.8, elinewidth=0.8, label="measured",
    )  # fmt: skip


def caption(data: Data) -> str:
    """Return what a reader must know to read the figure."""
    last = max(data["seen"]["places"], default=0)
    size, first = data["samples"], data["places"][0]
    exact, printed = (data["exact"][kind][0] for kind in ("variance", "printed"))
    return (
        "Variance over runs of the squared Wasserstein distance from the normal law fitted in "
        f"generation n to the real one, where each generation is fitted to M = {size} points of "
        "the last and the variance is divided by M - 1. (a) Solid: exact (claim B13). Dotted: the "
        "right leading order, (5/2) sigma^4 (sum 1/M_i)^2 (B13b). Dashed: equation (5) as "
        "printed, (1/2) sigma^4 (3 sum 1/M_i^2 + 4 sum over i != j of 1/(M_i M_j)) (B13x). "
        f"Circles: measured in {data['runs']} runs, every point drawn: half the mean squared "
        "difference in pairs, with finite-sample 95 % intervals (Catoni) from its known second "
        f"moment. They stop at n = {last}, where the interval still lies within "
        f"{100 * data['widest']:g} % of the value: from n of the order of M on rare runs carry "
        "the variance, which grows like (1 + 2/(M - 1))^n. (b) The same over the exact "
        f"variance. At n = {first} the printed value is {printed:.4g} sigma^4 and the exact one "
        f"{exact:.4g}: it is below what the drift of the mean alone contributes, 2/M^2. For large "
        "n << M it is 4/5 of the leading order."
    )


RISK_VARIANCE = Drawing(
    NAME,
    PARAMETERS,
    measure,
    draw,
    caption,
)
