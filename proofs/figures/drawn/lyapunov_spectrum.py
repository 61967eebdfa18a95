"""Lyapunov spectrum of a refitted covariance, and how its condition number grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proofs.figures.drawing import Data, Drawing
from proofs.figures.drawn.page import COLUMN, edged, exact_of, lettered, shade_at
from proofs.figures.measured.lyapunov_spectrum import NAME, PARAMETERS, measure

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.figure

HEIGHT = 6.0  # inches
#: Dashes and marker of each size.
KINDS = (((0, (1.0, 1.4)), "o"), ((0, (4.5, 1.8)), "s"), ((0, (6, 1.2, 1, 1.2)), "^"))
#: Sideways shift of a size in the panel of ratios.
ASIDE = 0.22


def draw(data: Data) -> matplotlib.figure.Figure:
    """Return the figure: rates against the place, and the condition number against n."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(COLUMN, HEIGHT))
    upper, middle, lower = figure.subplots(3, height_ratios=(1.3, 0.8, 1.2))
    middle.sharex(upper)
    _draw_spectra(upper, data)
    _draw_ratios(middle, data)
    _draw_shapes(lower, data)
    lettered(upper, "a", f"Rates of the eigenvalues, $d$ = {data['dimensions']}")
    lettered(middle, "b", "Measured over exact rates")
    lettered(lower, "c", "The shape degenerates too")
    return figure


def _draw_spectra(ax: matplotlib.axes.Axes, data: Data) -> None:
    places = range(1, data["dimensions"] + 1)
    for order, (size, found) in enumerate(data["spectra"].items()):
        shade = shade_at(order, len(data["spectra"]))
        dashes, marker = KINDS[order % len(KINDS)]
        curve = exact_of(NAME, found, "spectrum", f"M = {size}", len(places))
        (line,) = ax.plot(places, curve, color=shade, linestyle=dashes, linewidth=1.2)
        line.set_gid(f"exact-spectrum-{size}")
        means = [mean for mean, _, _ in found["rates"]]
        ax.plot(
            places, means, marker, color=shade, mfc="white", markersize=3.6, mew=0.8,
            label=f"$M$ = {size}",
        )  # fmt: skip
    ax.axhline(0, color="black", linewidth=0.5, zorder=0.5)
    ax.tick_params(labelbottom=False)
    ax.set_ylabel(r"rate of $\ln\lambda_i$ a generation")
    ax.legend(loc="lower left")


def _draw_ratios(ax: matplotlib.axes.Axes, data: Data) -> None:
    """Draw measured over exact rates with the ends of their intervals, a little aside."""
    places = range(1, data["dimensions"] + 1)
    ax.axhline(1, color="black", linewidth=0.5, zorder=0.5)
    for order, (size, found) in enumerate(data["spectra"].items()):
        curve = exact_of(NAME, found, "spectrum", f"M = {size}", len(places))
        shift = ASIDE * (order - (len(data["spectra"]) - 1) / 2)
        pairs = list(zip(found["rates"], curve, strict=True))
        # Rates are negative: the lower end of the rate is the upper end of the ratio.
        means, tops, feet = ([seen[at] / law for seen, law in pairs] for at in range(3))
        bars = [
            [mean - foot for mean, foot in zip(means, feet, strict=True)],
            [top - mean for mean, top in zip(means, tops, strict=True)],
        ]
        ax.errorbar(
            [place + shift for place in places], means, bars, fmt=KINDS[order % len(KINDS)][1],
            color=shade_at(order, len(data["spectra"])), mfc="white", markersize=2.6, mew=0.8,
            elinewidth=0.8,
        )  # fmt: skip
    ax.set(xticks=places, xlabel="place $i$ of the eigenvalue, the largest first", ylabel="ratio")


def _draw_shapes(ax: matplotlib.axes.Axes, data: Data) -> None:
    sizes, places = list(data["spectra"]), data["places"]
    for size, found in data["shapes"].items():
        order = sizes.index(size) if size in sizes else 0
        shade = shade_at(order, len(sizes))
        dashes, marker = KINDS[order % len(KINDS)]
        ax.fill_between(places, *found["band"], color=shade, alpha=0.2, zorder=0.5)
        ax.plot(
            places, found["median"], marker, color=shade, mfc="white", markersize=3.2, mew=0.8,
            label=f"$M$ = {size}, median",
        )  # fmt: skip
        where = f"M = {size}"
        ends = exact_of(NAME, found, "line", where, 2)
        (line,) = ax.plot(
            (0, places[-1]), ends, color=shade, linestyle=dashes, linewidth=1.3,
            label=f"exact slope {ends[1] / places[-1]:.3f}", path_effects=edged(),
        )  # fmt: skip
        line.set_gid(f"exact-line-{size}")
    ax.set(xlim=(0, places[-1] * 1.02), ylim=(0, None), xlabel="generation n")
    ax.set_ylabel("ln of the condition number")
    ax.legend(loc="upper left")


def caption(data: Data) -> str:
    """Return what a reader must know to read the figure."""
    low, high = (f"{100 * level:g}" for level in data["band"])
    axes = data["dimensions"]
    slopes = " and ".join(
        f"{found['exact']['line'][1] / data['places'][-1]:.4f} at M = {size}"
        for size, found in data["shapes"].items()
    )
    ends = ", ".join(
        f"{found['exact']['spectrum'][0]:.4f} to {found['exact']['spectrum'][-1]:.4f} at M = {size}"
        for size, found in data["spectra"].items()
    )
    return (
        f"A normal law in {axes} dimensions is fitted to M points of the last fit, again and "
        "again, from N(0, I) on, with the unbiased covariance. (a) Rate at which the logarithm of "
        "eigenvalue i changes a generation. Broken lines, which join the places i: exact, "
        "psi((M-i)/2) - ln((M-1)/2) "
        f"(claim B23), {ends}. Symbols: measured in {data['replicates']} runs of {data['long']} "
        "generations, every point drawn, eigenvalues kept on a logarithmic scale. Every direction "
        "collapses, each at its own rate, though the real law is round. (b) Measured over exact "
        "rates, drawn a little aside of their place, with finite-sample 95 % intervals (Catoni, "
        "known variance of the logarithm of a pivot), widened by the distance of pivot and "
        "eigenvalue. (c) Logarithm "
        f"of the largest over the smallest eigenvalue in {data['runs']} runs: median and the "
        f"middle {low} to {high} % (shaded). Broken lines: the exact slope of its growth, "
        f"psi((M-1)/2) - psi((M-d)/2) (B24), {slopes}, drawn from 0. Only the slope is claimed: "
        "the first generations, in which the order of the axes is still open, add a constant."
    )


LYAPUNOV_SPECTRUM = Drawing(
    NAME,
    PARAMETERS,
    measure,
    draw,
    caption,
)
