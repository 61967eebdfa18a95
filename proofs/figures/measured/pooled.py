"""Fig. 5 and 6 of arXiv:2305.17493v3: a normal law refitted on the points of all generations.

Every generation adds M points to a pool that keeps all. The fit takes M points of the pool (Fig.
5) or the whole of it (Fig. 6), divides the variance by their number, and the next M points are
drawn from the fit. Curves come from `theory` (B29, B31, B41), runs from `numerics`.

Drift in Fig. 5: each point has the mean square sigma^2 about mu in every generation, and the mean
square of the points taken is their variance plus the squared distance of their mean. So the drift
is sigma^2 less the mean variance of the fit (B31), as B29 says of the whole pool.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

from flint import arb, ctx

from numerics import gaussian_workflows
from numerics.start import Start
from numerics.workflow import Workflow
from proofs.figures.measured.recursions import Seen
from theory.claim import value_ball
from theory.claims import find
from theory.domain import Point

#: Precision of the laws, in bits: 1 - E V_n cancels.
BITS = 128
#: The paper's sizes; it shows one run of each, a band needs many.
PARAMETERS: Mapping[str, Any] = {
    "generations": 1000,
    "runs": {"100": 400, "500": 1, "1000": 1, "10000": 1},
    "band": [0.05, 0.95],
}
FULL: Mapping[str, Any] = {
    **PARAMETERS,
    "runs": {"100": 4000, "500": 1, "1000": 400, "10000": 40},
}


@lru_cache(maxsize=1 << 12)  # two curves of a figure may rest on one law
def _law(code: str, quantity: str, samples: int, generations: int) -> arb:
    """Return a quantity of a claim at sigma = 1."""
    claim = find(code)
    point: Point = {
        "M": Fraction(samples),
        "n": Fraction(generations),
        "sigma": Fraction(1),
    }
    return value_ball(claim, claim.quantity(quantity), point, BITS)


def pool_drift(samples: int, generations: int) -> float:
    """Return the root mean square of mu_n - mu where the whole pool is fitted (B29)."""
    return float(_law("B29", "drift", samples, generations).sqrt().mid())


def pool_departure(samples: int, generations: int) -> float:
    """Return the root mean square of sigma_n - sigma to first order in 1/M (B41 less B29)."""
    risk = _law("B41", "leading-so-far", samples, generations)
    with ctx.workprec(BITS):
        return float((risk - _law("B29", "drift", samples, generations)).sqrt().mid())


def pool_bound(samples: int, generations: int) -> float:
    """Return 1 - sqrt(E V_n), at most what E sigma_n lacks (B29)."""
    with ctx.workprec(BITS):
        return float((1 - _law("B29", "variance", samples, generations).sqrt()).mid())


def subsample_drift(samples: int, generations: int) -> float:
    """Return the root mean square of mu_n - mu where M points of the pool are fitted (B31)."""
    with ctx.workprec(BITS):
        return float((1 - _law("B31", "fit-without", samples, generations)).sqrt().mid())


def subsample_bound(samples: int, generations: int) -> float:
    """Return 1 - sqrt(E sigma_n^2), at most what E sigma_n lacks (B31)."""
    with ctx.workprec(BITS):
        return float((1 - _law("B31", "fit-without", samples, generations).sqrt()).mid())


def simulate(
    workflow: Workflow, size: int, record: tuple[int, ...], key: int, first: int, last: int
) -> Seen:
    """Return one block of runs of a workflow, fitted by maximum likelihood."""
    run = gaussian_workflows.simulate(
        Start.named("normal"), size, record, key, first, last, workflow, "mle"
    )
    return Seen(run.mean, run.variance)
