"""Fig. 12 of arXiv:2305.17493v3: how far the mean of M points lies from the real mean.

The points are standard normal, and so the fitted mean is normal with mean 0 and the mean square
1/M (`theory`, B10 at n = 1). Its distance from 0 is half-normal: mean, standard deviation and
quantiles follow. The means themselves come from `numerics`, which draws every point.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import halfnorm

from numerics import gaussian
from numerics.start import Start
from proofs.figures.drawing import Data, Drawing, Effort
from proofs.figures.recursions import Seen, simulated
from theory.claim import value_ball
from theory.claims import find
from theory.domain import Point

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.figure

__all__ = ["MEAN_ERROR", "exact"]

NAME = "mean-error"
BITS = 128
#: How many means of each size M.
PARAMETERS: Mapping[str, Any] = {
    "generations": 1,
    "runs": {
        "10": 10_000, "100": 10_000, "1000": 10_000, "10000": 10_000, "100000": 2000,
        "1000000": 200, "10000000": 40,
    },
    "band": [0.05, 0.95],
}  # fmt: skip
FULL: Mapping[str, Any] = {**PARAMETERS, "runs": dict.fromkeys(PARAMETERS["runs"], 10_000)}
#: What is drawn of each size. The paper draws mean and standard deviation.
KINDS = ("mean", "deviation", "low", "high")
#: Half length of a bar, in standard errors.
ERRORS = 2.0


def exact(samples: int, band: list[float]) -> dict[str, float]:
    """Return mean, standard deviation and two quantiles of abs(mu_hat - mu), at sigma = 1."""
    claim = find("B10")
    point: Point = {
        "M": Fraction(samples),
        "n": Fraction(1),
        "sigma": Fraction(1),
        "estimator": "unbiased",
    }
    scale = float(value_ball(claim, claim.quantity("drift"), point, BITS).sqrt().mid())
    values = (
        math.sqrt(2 / math.pi),
        math.sqrt(1 - 2 / math.pi),
        *(float(halfnorm.ppf(level)) for level in band),
    )
    return {kind: scale * value for kind, value in zip(KINDS, values, strict=True)}


def measure(parameters: Mapping[str, Any], effort: Effort) -> dict[str, Any]:
    """Return what was measured and what holds, by size, in units of sigma, as JSON values."""
    band = list(parameters["band"])
    return {
        "band": band,
        "sizes": {
            str(size): {"seen": _seen(np.abs(run.mean[:, 0]), band), "exact": exact(size, band)}
            for size, run in simulated(NAME, parameters, effort, _simulate)
        },
    }


def _simulate(size: int, record: tuple[int, ...], key: int, first: int, last: int) -> Seen:
    run = gaussian.simulate(Start.named("normal"), size, record, key, first, last)
    return Seen(run.mean, run.variance)


def _seen(away: NDArray[np.float64], band: list[float]) -> dict[str, Any]:
    """Return the same as `exact`, measured, and the standard errors of the first two."""
    mean, deviation = float(away.mean()), float(away.std(ddof=1))
    fourth = float(((away - mean) ** 4).mean())
    low, high = (float(edge) for edge in np.quantile(away, band))
    return {
        "runs": len(away),
        **dict(zip(KINDS, (mean, deviation, low, high), strict=True)),
        "mean-error": deviation / math.sqrt(len(away)),
        "deviation-error": math.sqrt(max(fourth - deviation**4, 0) / len(away)) / (2 * deviation),
    }


# --- the drawing ---------------------------------------------------------------------------------

#: Label, colour, dashes, marker, and sideways shift (a factor) in the lower panel.
SHOWN = {
    "mean": ("mean", "#231942", (0, (4.5, 1.8)), "o", 0.9),
    "deviation": ("standard deviation", "#b5651d", (0, (1.0, 1.4)), "s", 1.1),
}


def sizes_of(data: Data) -> list[tuple[int, Any]]:
    """Return (M, what is known) by size; ValueError when one has lost an exact value."""
    found = [(int(size), each) for size, each in data["sizes"].items()]
    for size, each in found:
        for kind in KINDS:
            if kind not in each.get("exact", {}):
                raise ValueError(f"{NAME}: M = {size}: no exact {kind}")
    return found


def draw(data: Data) -> matplotlib.figure.Figure:
    """Return the figure: the distance against M, and below it measured over exact values."""
    from matplotlib.figure import Figure

    figure = Figure()
    upper, lower = figure.subplots(2, sharex=True, height_ratios=(1.7, 1))
    found = sizes_of(data)
    _draw_values(upper, found, data["band"])
    _draw_ratios(lower, found)
    for ax, letter, title in (
        (upper, "a", "How far a fitted mean is off"),
        (lower, "b", "Measured over exact"),
    ):
        ax.set_title(letter, weight="bold")
        ax.set_title(title, loc="center")
        ax.set_xscale("log")
    lower.set_xlabel("number of samples M")
    return figure


def _draw_values(ax: matplotlib.axes.Axes, found: list[tuple[int, Any]], band: list[float]) -> None:
    sizes = [size for size, _ in found]
    seen = {kind: [each["seen"][kind] for _, each in found] for kind in KINDS}
    laws = {kind: [each["exact"][kind] for _, each in found] for kind in KINDS}
    text = "\N{EN DASH}".join(f"{100 * level:g}" for level in band) + " %"
    ax.fill_between(
        sizes, laws["low"], laws["high"], color="black", alpha=0.12, label=f"exact {text}"
    )
    for kind, edge in (("low", "_"), ("high", f"measured {text}")):
        ax.plot(sizes, seen[kind], linestyle="none", marker="_", color="black", label=edge)
        (line,) = ax.plot(sizes, laws[kind], color="black", linewidth=0.3)
        line.set_gid(f"exact-{kind}")
    for kind, (label, shade, dashes, marker, _) in SHOWN.items():
        (line,) = ax.plot(sizes, laws[kind], color=shade, linestyle=dashes, label=f"exact {label}")
        line.set_gid(f"exact-{kind}")
        ax.plot(sizes, seen[kind], marker, markersize=3.5, mfc="white", color=shade, label=label)
    ax.set(yscale="log", ylabel=r"$|\hat\mu-\mu|$  in units of $\sigma$")
    ax.legend(loc="lower left")


def _draw_ratios(ax: matplotlib.axes.Axes, found: list[tuple[int, Any]]) -> None:
    ax.axhline(1, color="black", linewidth=0.6)
    for kind, (_, shade, _, marker, shift) in SHOWN.items():
        for size, each in found:
            law, error = each["exact"][kind], each["seen"][f"{kind}-error"]
            ax.errorbar(
                size * shift, each["seen"][kind] / law, ERRORS * error / law, color=shade,
                marker=marker, markersize=3.5, mfc="white", linewidth=0.9,
            )  # fmt: skip
    ax.set_ylabel("ratio")


def caption(data: Data) -> str:
    """Return what a reader must know to read the figure."""
    low, high = (f"{100 * level:g}" for level in data["band"])
    runs = ", ".join(
        f"{each['seen']['runs']} at M = {size}" for size, each in data["sizes"].items()
    )
    return (
        "Fig. 12 of arXiv:2305.17493v3, redrawn. Distance of the mean of M standard normal points "
        "from the real mean; both axes of a are logarithmic. Symbols: mean (circles) and standard "
        f"deviation (squares) over repeated samples, {runs}; --full takes 10,000 at each, as the "
        f"paper does. Short lines: measured {low} and {high} % quantiles. Lines and shade: exact, "
        "since the fitted mean is normal with the mean square sigma^2/M (claim B10): mean "
        "sqrt(2/(pi M)), standard deviation sqrt((1 - 2/pi)/M), half-normal quantiles. (b) "
        f"Measured over exact values, bars of {ERRORS:g} standard errors, drawn a little "
        "aside of their size. What the paper's text calls the mean at 10^7 samples is this mean "
        "distance, not an estimate of mu."
    )


MEAN_ERROR = Drawing(
    NAME,
    "The error of a mean of M points",
    PARAMETERS,
    measure,
    draw,
    caption,
    full=FULL,
    printed="Fig. 12",
)
