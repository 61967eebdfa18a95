"""Fig. 4 of arXiv:2305.17493v3, with the exact laws laid over the simulated runs.

A normal law is fitted to M of its own points, again and again, from N(0, 1). Panel a shows how
far the fitted mean has walked, panel b how far the fitted standard deviation has shrunk. The
curves come from `theory` (B10, B02, B03, and B05 for the exact band of the deviation), the runs and
measured bands from `numerics`, which draws every point; here they only meet. No exact law of
the mean is claimed beyond n = 1: its band is measured alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import arb, ctx

from numerics import gaussian
from numerics.start import Start
from proofs.figures.bands import departures
from proofs.figures.drawing import Data, Drawing, Effort
from proofs.figures.panels import PLACES_OF_RUNS, Panel, draw_panels, levels
from proofs.figures.recursions import Law, Seen, measured, spread
from theory.claim import value_ball
from theory.claims import find
from theory.domain import Point

if TYPE_CHECKING:
    import matplotlib.figure

NAME = "gaussian-recursion"
#: The theory's estimator divides by M - 1. The published code divides by M.
ESTIMATOR: gaussian.Estimator = "unbiased"
#: Precision of the laws, in bits: 1 - c4(M)^n cancels.
BITS = 128
#: Places on the axis of generations of the exact bands, whose quantiles take a tenth of a second
#: each; they bend little in between.
PLACES_OF_BANDS = 31
#: How many runs of each size M; a band needs many, and the largest sizes are dear.
PARAMETERS: Mapping[str, Any] = {
    "generations": 1000,
    "runs": {"100": 2000, "1000": 1, "10000": 400, "100000": 1},
    "band": [0.05, 0.95],
}
#: The paper's sizes.
FULL: Mapping[str, Any] = {
    **PARAMETERS,
    "runs": {
        "100": 2000, "500": 1, "1000": 1, "10000": 400, "100000": 1, "1000000": 1, "10000000": 1
    },
}  # fmt: skip


# --- what holds ----------------------------------------------------------------------------------


def drift(samples: int, generations: int) -> float:
    """Return the root mean square of mu_n - mu, in units of sigma (B10)."""
    return float(_law("B10", samples, generations).sqrt().mid())


def shrinkage(samples: int, generations: int) -> float:
    """Return abs(E[sigma_n] - sigma), in units of sigma (B03)."""
    with ctx.workprec(BITS):
        return float(abs(_law("B03", samples, generations) - 1).mid())


def departure(samples: int, generations: int) -> float:
    """Return the root mean square of sigma_n - sigma, in units of sigma (B02 and B03)."""
    square, mean = (_law(code, samples, generations) for code in ("B02", "B03"))
    with ctx.workprec(BITS):
        return float((square - 2 * mean + 1).sqrt().mid())


#: The exact curves of each panel.
LAWS: Mapping[str, Mapping[str, Law]] = {
    "mean": {"rms": drift},
    "deviation": {"rms": departure, "of-mean": shrinkage},
}


def _law(code: str, samples: int, generations: int) -> arb:
    """Return the first quantity of a claim at sigma = 1."""
    claim = find(code)
    point: Point = {
        "M": Fraction(samples),
        "n": Fraction(generations),
        "sigma": Fraction(1),
        "estimator": ESTIMATOR,
    }
    return value_ball(claim, claim.quantity(), point, BITS)


# --- what is seen --------------------------------------------------------------------------------


def measure(parameters: Mapping[str, Any], effort: Effort) -> dict[str, Any]:
    """Return runs, bands and exact curves, in units of sigma, as JSON values."""
    data = measured(NAME, parameters, effort, _simulate, LAWS)
    data["band-places"] = spread(data["generations"], PLACES_OF_BANDS)
    for size, series in data["panels"]["deviation"].items():
        if "band" in series:
            series["exact-band"] = exact_band(parameters, int(size))
    return data


def exact_band(parameters: Mapping[str, Any], size: int) -> list[list[float]]:
    """Return the lower and the upper edge of the exact band of abs(sigma_n - sigma)."""
    places = spread(int(parameters["generations"]), PLACES_OF_BANDS)
    rows = [departures(parameters["band"], size, n, ESTIMATOR) for n in places]
    return [list(edge) for edge in zip(*rows, strict=True)]


def _simulate(size: int, record: tuple[int, ...], key: int, first: int, last: int) -> Seen:
    run = gaussian.simulate(Start.named("normal"), size, record, key, first, last, ESTIMATOR)
    return Seen(run.mean, run.variance)


# --- the drawing ---------------------------------------------------------------------------------

#: Ends of the axes up to the size LARGEST; the lower one falls with its root beyond,
#: and the upper one makes room for the legend.
LIMITS, LARGEST = (4e-4, 16.0), 100_000
PANELS: Mapping[str, Panel] = {
    "mean": Panel("The mean walks away", {"rms": "exact root mean square"}, LIMITS),
    "deviation": Panel(
        "The standard deviation shrinks",
        {"rms": "exact root mean square", "of-mean": r"exact $|\mathbb{E}\,\sigma_n-\sigma|$"},
        LIMITS,
        banded=True,
    ),
}


def draw(data: Data) -> matplotlib.figure.Figure:
    """Return the figure: both panels, one above the other, on one axis of generations."""
    largest = max(int(size) for panel in PANELS for size in data["panels"][panel])
    wider = math.sqrt(max(LARGEST, largest) / LARGEST)
    limits = (LIMITS[0] / wider, LIMITS[1] * math.sqrt(wider))
    panels = {name: replace(panel, limits=limits) for name, panel in PANELS.items()}
    return draw_panels(NAME, data, panels)


def caption(data: Data) -> str:
    """Return what a reader must know to read the figure."""
    low, high = levels(data)
    bands = " and ".join(
        f"{series['runs']} runs at M = {size}"
        for size, series in data["panels"]["mean"].items()
        if "band" in series
    )
    return (
        "Fig. 4 of arXiv:2305.17493v3, redrawn. A normal law is fitted to M points, M points are "
        f"drawn from the fit, and so on for {data['generations']} generations, starting from "
        "N(0, 1); both axes are logarithmic. (a) Distance of the fitted mean from the real one; "
        "(b) the same for the standard deviation. Thin lines: one run of each size, the first of "
        f"its random stream, shown at {len(spread(data['generations'], PLACES_OF_RUNS))} "
        f"generations. Shaded: the middle {low} to {high} % of {bands}. Dashed: the exact root "
        "mean square (claim B10 in a, B02 and B03 in b). Dotted: the exact distance of the mean "
        "standard deviation (B03), the part that is not noise. Dash-dotted, in b: the exact "
        f"{low} and {high} % quantiles, from the law of the fitted variance (B05) inverted at "
        f"{len(data['band-places'])} generations without approximation; no exact law of the "
        "mean beyond the first generation is claimed. Where the dashed curve of b exceeds 1 it "
        "is carried by rare runs that grow: none can shrink by more than sigma. The "
        "variance is divided by M - 1, as the theory assumes; the code published with the paper "
        "divides by M, and its figure also has other sizes up to 10^7, which --full draws."
    )


GAUSSIAN_RECURSION = Drawing(
    NAME,
    "A normal law refitted on its own points",
    PARAMETERS,
    measure,
    draw,
    caption,
    full=FULL,
    printed="Fig. 4",
)
