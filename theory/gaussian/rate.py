"""The almost sure rate at which the fitted variance shrinks: its logarithm is a random walk."""

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import PREVIOUS as BEFORE
from theory.derivation import (
    Citation,
    Derivation,
    Hypothesis,
    Identity,
    Induction,
    Inequality,
    Telescoping,
)
from theory.domain import (
    ESTIMATOR,
    GENERATIONS,
    Condition,
    Domain,
    Kind,
    Parameter,
)
from theory.gaussian.variance import REFITTING, SAMPLES_FROM_TWO

RATE = sp.digamma((s.M - 1) / 2) - sp.log((s.M - 1) / 2)
RATE_MLE = sp.digamma((s.M - 1) / 2) - sp.log(s.M / 2)
SPREAD = sp.polygamma(1, (s.M - 1) / 2)
STEP_WIDTH = Parameter("h", s.x, "step of a difference quotient", Kind.REAL, 0, low_open=True)
NARROW = Condition(s.x, sp.Rational(1, 2))


def derive_lyapunov_rate() -> Derivation:
    """Return the derivation of the almost sure rate and of mean and variance of ln sigma_n^2."""

    def cumulants(order: sp.Expr) -> sp.Expr:
        start = (s.M - 1) / 2
        return sp.log(sp.gamma(start + order)) - sp.log(sp.gamma(start))

    start = (s.M - 1) / 2
    shape = Domain((SAMPLES_FROM_TWO, STEP_WIDTH), (NARROW,))
    return Derivation(
        (REFITTING,),
        (
            Inequality(
                "secant below",
                "ln Gamma is convex, so the slope of ln E[Y^t] at 0 is at least its left secant.",
                -cumulants(-s.x) / s.x - sp.log(start),
                RATE,
                shape,
                concludes=("rate",),
                uses=("B01",),
            ),
            Inequality(
                "secant above",
                "And at most its right secant: the slope is psi((M-1)/2) - ln((M-1)/2).",
                RATE,
                cumulants(s.x) / s.x - sp.log(start),
                shape,
            ),
            Identity(
                "divisor M",
                "The MLE multiplies each factor by (M-1)/M.",
                RATE + sp.log((s.M - 1) / s.M),
                RATE_MLE,
                Domain((SAMPLES_FROM_TWO,)),
                concludes=("rate/mle",),
            ),
            Inequality(
                "curvature below",
                "The second difference of ln E[Y^t] at 0 lies above its second derivative, "
                "because the fourth is positive,",
                sp.polygamma(1, start),
                (cumulants(s.x) + cumulants(-s.x)) / s.x**2,
                shape,
            ),
            Inequality(
                "curvature above",
                "and below the largest second derivative on the way, at the left end.",
                (cumulants(s.x) + cumulants(-s.x)) / s.x**2,
                sp.polygamma(1, start - s.x),
                shape,
            ),
            *(
                Induction(
                    labels[0],
                    text,
                    s.n,
                    sp.Integer(0),
                    BEFORE + one,
                    s.n * one,
                    Domain((SAMPLES_FROM_TWO, GENERATIONS)),
                    concludes=labels,
                    uses=("B01",),
                )
                for labels, text, one in (
                    (("mean-log",), "Independent factors: the means add,", RATE),
                    (("mean-log/mle",), "for either divisor,", RATE_MLE),
                    (
                        ("variance-log", "variance-log/mle"),
                        "and so do the variances, which a constant factor does not change.",
                        SPREAD,
                    ),
                )
            ),
            Citation(
                "almost surely",
                "(1/n) ln sigma_n^2 tends to the rate almost surely.",
                "strong law of large numbers",
                "Kolmogorov 1933",
                (
                    Hypothesis("the factors of different generations are independent", "B01"),
                    Hypothesis("they have one law", "B01"),
                    Hypothesis("ln Y has a mean", "secant below"),
                ),
            ),
            Telescoping(
                "negative",
                "ln x - psi(x) > 0 at every real x = (M-1)/2 > 0: the rate is negative, so "
                "sigma_n^2 tends to 0 almost surely.",
                s.x,
                sp.log(s.x) - sp.digamma(s.x),
                sp.log(s.x / (s.x + 1)) + 1 / s.x,
            ),
        ),
    )


LYAPUNOV_RATE = Claim(
    code="B04",
    id="gaussian.lyapunov-rate",
    title="Almost every run shrinks at the Lyapunov rate psi((M-1)/2) - ln((M-1)/2) < 0",
    statement=(
        "ln sigma_n^2 is a random walk with negative drift: (1/n) ln sigma_n^2 tends to the rate "
        "almost surely, so the variance tends to 0 although its mean stays."
    ),
    quantities=(
        Quantity(
            "rate",
            "almost sure limit of ln(sigma_n^2) / n",
            r"\lim_{n} \tfrac1n \ln \sigma_n^2",
            Relation.EQUALS,
            RATE,
            RATE_MLE,
        ),
        Quantity(
            "mean-log",
            "mean of ln(sigma_n^2 / sigma^2)",
            r"\mathbb{E}\ln(\sigma_n^2/\sigma^2)",
            Relation.EQUALS,
            s.n * RATE,
            s.n * RATE_MLE,
        ),
        Quantity(
            "variance-log",
            "variance of ln(sigma_n^2 / sigma^2)",
            r"\operatorname{Var}\ln(\sigma_n^2/\sigma^2)",
            Relation.EQUALS,
            s.n * SPREAD,
            s.n * SPREAD,
        ),
    ),
    domain=Domain((SAMPLES_FROM_TWO, GENERATIONS, ESTIMATOR)),
    sources=(Source("classical cumulants of ln chi-square"),),
    derive=derive_lyapunov_rate,
)

CLAIMS = (LYAPUNOV_RATE,)
