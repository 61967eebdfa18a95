"""Refitting in d dimensions: the fitted mean walks away, and the W2 risk with it."""

import operator
from dataclasses import replace
from fractions import Fraction

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import PREVIOUS, Citation, Derivation, Hypothesis, Identity, Induction
from theory.domain import DIMENSIONS, GENERATIONS, SAMPLES, SCHEDULE, TRACE, Condition, Domain
from theory.gaussian.dimensions import ANY_START, REFITTING, divided
from theory.gaussian.drift import SCHEDULE_FROM_TWO, mean_stays
from theory.gaussian.variance import SAMPLES_FROM_TWO

SCHEDULED = replace(REFITTING, text=REFITTING.text + " M may be a schedule M_0, M_1, ...")
INVERSE_SIZES = sp.Sum(1 / s.sizes[s.i], (s.i, 0, s.n - 1))
DRIFT = s.trace * INVERSE_SIZES
CEILING = s.trace * (INVERSE_SIZES + 2)
WALK_DOMAIN = Domain((DIMENSIONS, SCHEDULE_FROM_TWO, GENERATIONS, TRACE))


def ones(last: sp.Expr) -> Condition:
    """Return that no M_i is 1, i up to `last`."""
    count = sp.Sum(1 - sp.sign(s.sizes[s.i] - 1), (s.i, 0, last))
    but = ", but for the last" if last == s.n - 2 else ""
    return Condition(count, sp.Integer(0), operator.le, words=f"every M_i >= 2{but}")


#: The last fit needs a mean alone.
TO_THE_LAST, ALL_FITS = ones(s.n - 2), ones(s.n - 1)
DRIFT_DOMAIN = Domain((DIMENSIONS, SCHEDULE, GENERATIONS, TRACE), (TO_THE_LAST,))


def _drift() -> tuple[Identity | Induction | Citation, ...]:
    """Return the steps to the mean squared drift."""
    return (
        Induction(
            "trace stays",
            "E tr Sigma_n = trace: pair coalescence leaves the share 1 - 1/M_n of each "
            "coordinate's variance, and the divisor M_n - 1 undoes it.",
            s.n,
            s.trace,
            divided(s.sizes[s.n]) * PREVIOUS,
            s.trace,
            Domain((SCHEDULE_FROM_TWO, GENERATIONS, TRACE)),
            uses=("B39",),
        ),
        Identity(
            "one mean",
            "Given generation n, the mean of M_n points lies off mu_n by independent errors of "
            "weight 1/M_n each: the squared step is tr Sigma_n / M_n on average.",
            sp.Sum(s.trace * (1 / s.M) ** 2, (s.k, 1, s.M)),
            s.trace / s.M,
            Domain((SAMPLES, TRACE)),
        ),
        *mean_stays(),
        Citation(
            "orthogonal steps",
            "mu_n is a martingale, so its steps are uncorrelated and their mean squares add "
            "up, whatever the dependence between them.",
            "orthogonality of martingale increments",
            "Williams, Probability with Martingales, section 12.1",
            (
                Hypothesis("mu_n is a martingale, by coordinates", "mean of the new mean"),
                Hypothesis("each step has a finite mean square", "one mean"),
                Hypothesis("the fitted trace has a finite mean", "trace stays"),
            ),
        ),
        Induction(
            "drift",
            "Step n adds trace / M_n; only the step after it needs a covariance, and M_n >= 2.",
            s.n,
            sp.Integer(0),
            PREVIOUS + s.trace / s.sizes[s.n],
            DRIFT,
            Domain((DIMENSIONS, SCHEDULE, GENERATIONS, TRACE)),
            concludes=("drift",),
        ),
    )


def _risk() -> tuple[Identity | Citation, ...]:
    """Return the steps from the drift to the two bounds on the risk."""
    return (
        Citation(
            "risk",
            "Under every coupling E norm(X - Y)^2 >= norm(E X - E Y)^2, so W2^2 is at least "
            "the squared distance of the means, even where D_0 is not Gaussian.",
            "Gelbrich's bound",
            "Gelbrich 1990, Math. Nachr. 147, 185-203",
            (
                Hypothesis("D_0 has a finite second moment", "any start"),
                Hypothesis("so has N(mu_n, Sigma_n), almost surely", "trace stays"),
                Hypothesis("the mean square of the drift", "drift"),
            ),
            gives=DRIFT,
            concludes=("risk",),
        ),
        Identity(
            "ceiling",
            "Independent X and Y are one coupling; it costs the squared distance of the means "
            "and both traces, so the risk stays bounded where sum 1/M_i is finite.",
            DRIFT + s.trace + s.trace,
            CEILING,
            WALK_DOMAIN,
            concludes=("ceiling",),
        ),
        Identity(
            "fixed size",
            "With M points in every generation the drift is trace n / M: it has no limit.",
            s.trace * sp.Sum(1 / s.M, (s.i, 0, s.n - 1)),
            s.trace * s.n / s.M,
            Domain((SAMPLES_FROM_TWO, GENERATIONS, TRACE)),
        ),
    )


def derive_walk() -> Derivation:
    """Return the derivation of E norm(mu_n - m_0)^2 and of the bounds on the W2 risk."""
    return Derivation((ANY_START, SCHEDULED), (*_drift(), *_risk()))


WALK = Claim(
    code="B44",
    id="gaussian.mean-walks-away",
    title="In d dimensions the fitted mean walks away, and the W2 risk grows with it",
    statement=(
        "Whatever the real law, if it has a finite second moment, the mean squared drift of the "
        "unbiased fit grows by trace / M_i a generation, and the mean squared W2 distance to the "
        "real law lies between that drift and the drift plus 2 trace. It tends to infinity exactly "
        "where sum 1/M_i does. The expectation alone diverges, carried by ever rarer runs. For the "
        "drift the last M_i may be 1; earlier ones need a covariance."
    ),
    quantities=(
        Quantity(
            "drift",
            "mean squared drift of the fitted mean",
            r"\mathbb{E}\lVert\mu_n-m_0\rVert^2",
            Relation.EQUALS,
            DRIFT,
        ),
        Quantity(
            "risk",
            "mean squared W2 distance to the real law",
            r"\mathbb{E}\,W_2^2(\mathcal{N}(\mu_n,\Sigma_n),D_0)",
            Relation.AT_LEAST,
            DRIFT,
            slack=Fraction(21, 20),
            conditions=(ALL_FITS,),
        ),
        Quantity(
            "ceiling",
            "mean squared W2 distance to the real law",
            r"\mathbb{E}\,W_2^2(\mathcal{N}(\mu_n,\Sigma_n),D_0)",
            Relation.AT_MOST,
            CEILING,
            conditions=(ALL_FITS,),
        ),
    ),
    domain=DRIFT_DOMAIN,
    sources=(
        Source("Shumailov et al. 2024, Nature 631", "Theorem 3.1, first half"),
        Source("Shumailov et al. 2023, arXiv:2305.17493v3", "equations (10)-(15)"),
        Source("Gelbrich 1990, Math. Nachr. 147", "the bound by the means"),
        Source("derived here", "the ceiling"),
    ),
    derive=derive_walk,
)

CLAIMS = (WALK,)
