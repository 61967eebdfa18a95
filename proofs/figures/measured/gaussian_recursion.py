"""Fig. 4 of arXiv:2305.17493v3, with the exact laws laid over the simulated runs.

A normal law is fitted to M of its own points, again and again, from N(0, 1). Panel a shows how
far the fitted mean has walked, panel b how far the fitted standard deviation has shrunk. The
curves come from `theory` (B10, B02, B03, and B05 for the exact band of the deviation), the runs and
measured bands from `numerics`, which draws every point; here they only meet. No exact law of
the mean is claimed beyond n = 1: its band is measured alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from flint import arb, ctx

from numerics import gaussian
from numerics.start import Start
from proofs.figures.drawing import Effort
from proofs.figures.measured.bands import departures
from proofs.figures.measured.recursions import Law, Seen, measured, spread
from theory.claim import value_ball
from theory.claims import find
from theory.domain import Point

NAME = "gaussian-recursion"
#: The theory's estimator divides by M - 1. The published code divides by M.
ESTIMATOR: gaussian.Estimator = "unbiased"
#: Precision of the laws, in bits: 1 - c4(M)^n cancels.
BITS = 128
#: Places on the axis of generations of the exact bands, whose quantiles take a tenth of a second
#: each; they bend little in between.
PLACES_OF_BANDS = 15
#: How many runs of each size M; a band needs many, and the largest sizes are dear.
PARAMETERS: Mapping[str, Any] = {
    "generations": 1000,
    "runs": {"100": 1000, "1000": 1, "10000": 100, "100000": 1},
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
