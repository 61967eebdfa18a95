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
from functools import partial
from typing import Any

from flint import arb, ctx

from numerics import gaussian_workflows
from numerics.start import Start
from numerics.workflow import Workflow
from proofs.figures.drawing import Data, Drawing
from proofs.figures.panels import PLACES_OF_RUNS, Panel, draw_panels, levels
from proofs.figures.recursions import Law, Seen, measured, spread
from theory.claim import value_ball
from theory.claims import find
from theory.domain import Point

__all__ = ["POOL", "SUBSAMPLE"]

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


def _simulate(
    workflow: Workflow, size: int, record: tuple[int, ...], key: int, first: int, last: int
) -> Seen:
    run = gaussian_workflows.simulate(
        Start.named("normal"), size, record, key, first, last, workflow, "mle"
    )
    return Seen(run.mean, run.variance)


BOUND = r"exact $\sigma-\sqrt{\mathbb{E}\,\sigma_n^2}$, at most $\sigma-\mathbb{E}\,\sigma_n$"
FIRST = "root mean square, first order in $1/M$"


def _caption(what: str, laws: str, figure: str, data: Data) -> str:
    """Return what a reader must know to read the figure."""
    low, high = levels(data)
    bands = " and ".join(
        f"{series['runs']} runs at M = {size}"
        for size, series in data["panels"]["mean"].items()
        if "band" in series
    )
    return (
        f"{figure} of arXiv:2305.17493v3, redrawn. Every generation adds M points to a pool that "
        f"keeps all, {what}, with the variance divided by the number of points, and the next M "
        f"points are drawn from the fit: {data['generations']} generations, starting from N(0, 1); "
        "both axes are logarithmic. (a) Distance of the fitted mean from the real one; (b) the "
        "same for the standard deviation. Thin lines: one run of each size, the first of its "
        f"random stream, shown at {len(spread(data['generations'], PLACES_OF_RUNS))} generations. "
        f"Shaded: the middle {low} to {high} % of {bands}, measured; no exact law of the band is "
        f"claimed. {laws}"
    )


def _drawing(
    name: str, title: str, printed: str, workflow: Workflow, laws: Mapping[str, Mapping[str, Law]],
    panels: Mapping[str, Panel], what: str, said: str,
) -> Drawing:  # fmt: skip
    """Return the figure of one workflow."""
    return Drawing(
        name,
        title,
        PARAMETERS,
        lambda parameters, effort: measured(
            name, parameters, effort, partial(_simulate, workflow), laws
        ),
        lambda data: draw_panels(name, data, panels),
        partial(_caption, what, said, printed),
        full=FULL,
        printed=printed,
    )


_WALK = Panel(
    "The mean stays near", {"rms": "exact root mean square"}, (4e-4, 4.0), legend="upper right"
)
_TITLE = "The standard deviation stays"
_LIMITS = (2e-5, 4.0)

SUBSAMPLE = _drawing(
    "gaussian-subsample",
    "A normal law refitted on M points of all generations",
    "Fig. 5",
    Workflow("subsample", replacement=False),
    {"mean": {"rms": subsample_drift}, "deviation": {"bound": subsample_bound}},
    {"mean": _WALK, "deviation": Panel(_TITLE, {"bound": BOUND}, _LIMITS)},
    "M points of it, none taken twice, are fitted",
    "Dashed, in a: the exact root mean square (the mean variance of claim B31 and the drift add up "
    "to sigma^2). Dotted, in b: sigma less the root of the exact mean variance (B31); the mean "
    "standard deviation is at least that far from sigma. No exact law of the standard deviation "
    "itself is claimed. The paper does not say whether points are taken twice.",
)

POOL = _drawing(
    "gaussian-pool",
    "A normal law refitted on the points of all generations",
    "Fig. 6",
    Workflow("accumulate"),
    {
        "mean": {"rms": pool_drift},
        "deviation": {"first-order": pool_departure, "bound": pool_bound},
    },
    {"mean": _WALK, "deviation": Panel(_TITLE, {"first-order": FIRST, "bound": BOUND}, _LIMITS)},
    "the whole of which is fitted",
    "Dashed, in a: the exact root mean square (claim B29). Dash-dotted, in b: the root mean square "
    "to first order in 1/M (B41 less B29). Dotted, in b: sigma less the root of the exact mean "
    "variance (B29); the mean standard deviation is at least that far from sigma.",
)
