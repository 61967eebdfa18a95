"""The family of estimators b s^2: mean, typical run and risk on both sides of b = 1.

Laws come from `theory`: the risk and the critical factors (B40), the growth of the variance, for
which a factor of the estimator and one of the spread of the points act alike (B33). Runs come from
`numerics`, which draws every point; a mean is kept only where a finite-sample interval is narrow.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from numerics import campaign, gaussian_variants, intervals, quadrature, streams
from numerics.gaussian_variants import Variant
from proofs.figures.drawing import Effort
from proofs.figures.measured.distance import ALPHA, distances, interval, variances, within
from theory.lookup import law

NAME = "estimators"
#: factors: those that are simulated. growing: the generation at which the growth of the mean
#: variance is read off; later, rare runs carry it. widest: half width of an interval at most.
PARAMETERS: Mapping[str, Any] = {
    "samples": 10,
    "span": [0.75, 1.25],
    "factors": [0.75, 0.8, 0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.15, 1.2, 1.25],
    "generations": [5, 20, 80],
    "growing": 5,
    "runs": 12_000,
    "widest": 0.2,
}
PLACES = 101
#: How near to 1 the ceiling of the risk is drawn.
NEAREST = 5e-4


class _Runs(NamedTuple):
    """Means and variances of R runs at G generations, and the latter's logarithms."""

    mean: NDArray[np.float64]
    variance: NDArray[np.float64]
    log_variance: NDArray[np.float64]


# --- what holds ----------------------------------------------------------------------------------


def growth(samples: int, factor: float) -> dict[str, float]:
    """Return by what ln E sigma_n^2 and ln sigma_n^2 of nearly every run grow a generation."""
    mean, rate = (law("B33", kind, M=samples, n=1, lam=factor) for kind in ("mean", "rate"))
    return {"mean": math.log(mean), "typical": rate}  # fmt: skip


def _laws(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the exact curves against b, and the critical factors."""
    size = int(parameters["samples"])
    low, high = parameters["span"]
    places = np.linspace(low, high, PLACES).tolist()
    below = (1 - np.geomspace(1 - low, NEAREST, PLACES)).tolist()
    rates = [growth(size, b) for b in places]
    return {
        "factors": places,
        "below": below,
        "exact": {
            **{kind: [rate[kind] for rate in rates] for kind in ("mean", "typical")},
            **{
                f"risk-{n}": [law("B40", "risk", M=size, n=n, b=b) for b in places]
                for n in parameters["generations"]
            },
            "ceiling": [law("B40", "ceiling", M=size, n=1, b=b) for b in below],
            "critical": law("B40", "critical", M=size, n=1, b=1),
        },
    }


# --- what is seen --------------------------------------------------------------------------------


def simulated(parameters: Mapping[str, Any], factor: float, effort: Effort) -> _Runs:
    """Return the runs of one estimator at all generations."""
    size = int(parameters["samples"])
    record = tuple(sorted({*parameters["generations"], parameters["growing"]}))
    key = streams.derive_key(NAME, repr(factor), effort.key)
    parts = campaign.run(
        partial(_simulate, size, record, key, factor), int(parameters["runs"]),
        workers=effort.workers,
    )  # fmt: skip
    return campaign.gather(parts)


def _simulate(
    size: int, record: tuple[int, ...], key: int, factor: float, first: int, last: int
) -> _Runs:
    variant = Variant(multiplier=factor)
    return _Runs(*gaussian_variants.simulate(size, record, key, first, last, variant))


def _seen(parameters: Mapping[str, Any], factor: float, runs: _Runs) -> dict[str, Any]:
    """Return growth and risk of one estimator, each with the ends of its interval."""
    size, grown = int(parameters["samples"]), int(parameters["growing"])
    record = sorted({*parameters["generations"], grown})
    last, early = record[-1], record.index(grown)
    spread = float(quadrature.variance_log(size - 1, 64).upper()) / last
    typical = interval(runs.log_variance[:, -1] / last, spread)
    second = float(quadrature.expected_power(size - 1, size - 1, 2, 64).upper())
    square = (factor * factor * second) ** grown
    ends = intervals.catoni_second_moment(runs.variance[:, early], square, ALPHA)
    mean = [math.log(x) / grown for x in (float(runs.variance[:, early].mean()), *ends)]
    away = distances(runs.mean, runs.variance)
    known = variances(size, record, factor)
    risks = {
        str(n): interval(away[:, record.index(n)], known[record.index(n)])
        for n in parameters["generations"]
    }
    kept = {n: seen for n, seen in risks.items() if within(seen, parameters["widest"])}
    return {"factor": factor, "typical": typical, "mean": mean, "risk": kept}


def measure(parameters: Mapping[str, Any], effort: Effort) -> dict[str, Any]:
    """Return rates a generation, and risks in units of sigma^2, as JSON values."""
    factors, seen = list(parameters["factors"]), []
    for done, factor in enumerate(factors, 1):
        seen.append(_seen(parameters, factor, simulated(parameters, factor, effort)))
        if effort.progress is not None:
            effort.progress(done, len(factors))
    return {
        **{name: parameters[name] for name in ("samples", "generations", "growing", "runs")},
        "widest": parameters["widest"],
        **_laws(parameters),
        "seen": seen,
    }
