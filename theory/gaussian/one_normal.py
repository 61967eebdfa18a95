"""The expressivity error of any law: how far the best normal law is, however large the samples."""

from fractions import Fraction

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import Citation, Derivation, Hypothesis, Identity, Inequality, Premise
from theory.domain import DEVIATION, GENERATIONS, TRACE, Domain, Kind, Parameter
from theory.gaussian.drift import REFITTING_ANY_START
from theory.gaussian.other_starts import COUPLING, KAP
from theory.gaussian.variance import SAMPLES_FROM_TWO

FITTED = Parameter("s", sp.Symbol("s", positive=True), "a deviation", Kind.REAL, 0, low_open=True)
FACTOR = Parameter(
    "f", sp.Symbol("f", positive=True), "mean fitted deviation over sigma", Kind.REAL, 0, 1, True
)
AXIS = sp.Symbol("kap2", nonnegative=True)
OTHER = Parameter("kap2", AXIS, "kap along a second axis", Kind.REAL, 0, 1)
PART = sp.Symbol("w", positive=True)
SHARE = Parameter("w", PART, "share of the first axis in the trace", Kind.REAL, 0, 1, True, True)

SHAPE = Premise(
    "shape",
    "D_0 has mean mu and the finite variance sigma^2; kap is the integral of "
    "(Q(u) - mu) Phi^(-1)(u) over (0, 1), over sigma, Q its quantiles. In d dimensions kap is the "
    "mean of those along d orthonormal axes, each with the share of the trace that lies along it.",
)
FIT = Premise("fit", "With infinite data the fit has the mean and the covariance of D_0.")

DISTANCE = 2 * s.sigma**2 * (1 - KAP)
FLOOR = s.sigma**2 * (1 - KAP**2)
DRIFT = s.sigma**2 * s.n / s.M
RISK = DRIFT + DISTANCE
AXES = 2 * s.trace * (1 - KAP)

LINE = Domain((DEVIATION, COUPLING))
REFITS = Domain((SAMPLES_FROM_TWO, GENERATIONS.at_least(1), DEVIATION, COUPLING))


def _on_a_line() -> tuple[Citation | Identity | Inequality, ...]:
    """Return the steps to the distance of the fit, of the best law, and of every refit."""
    deviation, factor = FITTED.symbol, FACTOR.symbol
    return (
        Citation(
            "quantiles",
            "W2^2 joins equal quantiles, m + t Phi^(-1)(u) and Q(u): it is (m - mu)^2 + t^2 + "
            "sigma^2 - 2 kap sigma t for N(m, t^2), with kap <= 1 by the inequality of Cauchy and "
            "Schwarz.",
            "optimal transport on the line",
            "Villani, Topics in Optimal Transportation, theorem 2.18",
            (Hypothesis("both laws have a finite second moment", "shape"),),
        ),
        Identity(
            "w2",
            "At m = mu and t = sigma.",
            s.sigma**2 + s.sigma**2 - 2 * KAP * s.sigma * s.sigma,
            DISTANCE,
            LINE,
            concludes=("w2",),
        ),
        Identity(
            "square completed",
            "At m = mu it is a square and a rest that t does not change.",
            deviation**2 + s.sigma**2 - 2 * KAP * s.sigma * deviation,
            (deviation - KAP * s.sigma) ** 2 + FLOOR,
            Domain((DEVIATION, COUPLING, FITTED)),
        ),
        Citation(
            "floor",
            "Both squares, (m - mu)^2 and (t - kap sigma)^2, vanish for one normal law alone.",
            "a square is not negative",
            "elementary",
            (Hypothesis("the distance is two squares and a rest", "square completed"),),
            gives=FLOOR,
            concludes=("floor",),
        ),
        Inequality(
            "narrower fits lie farther",
            "A mean deviation f sigma with f <= 1 cannot bring the mean distance down.",
            DISTANCE,
            2 * s.sigma**2 * (1 - KAP * factor),
            Domain((DEVIATION, COUPLING, FACTOR)),
        ),
        Citation(
            "risk",
            "E mu_n^2 and E sigma_n^2 do not depend on the shape (B10), and E sigma_n <= sigma, as "
            "E sigma_n^2 = sigma^2: the mean of (mu_n - mu)^2 + sigma_n^2 + sigma^2 - 2 kap sigma "
            "sigma_n is at least this, with equality as M grows, whatever n.",
            "Jensen's inequality",
            "Billingsley, Probability and Measure, section 5",
            (
                Hypothesis("the distance of a fit", "quantiles"),
                Hypothesis("a mean deviation below sigma costs more", "narrower fits lie farther"),
                Hypothesis("drift and mean variance", "B10"),
            ),
            gives=RISK,
            concludes=("risk",),
        ),
    )


def _in_space() -> tuple[Citation | Identity, ...]:
    """Return the steps to the distance of the fit in d dimensions."""
    return (
        Identity(
            "two axes",
            "The distances along the axes add up, each variance with its own kap: twice the trace "
            "less twice the trace times the mean kap.",
            2 * PART * s.trace * (1 - KAP) + 2 * (1 - PART) * s.trace * (1 - AXIS),
            2 * s.trace * (1 - (PART * KAP + (1 - PART) * AXIS)),
            Domain((TRACE, COUPLING, OTHER, SHARE)),
        ),
        Citation(
            "axes",
            "A coupling in space couples the coordinates along each axis, and its cost is the sum "
            "of theirs, each at least the distance of two laws on a line. The coordinates of the "
            "fit are normal with those variances. Where the coordinates are independent the best "
            "couplings fit together.",
            "optimal transport on the line",
            "Villani, Topics in Optimal Transportation, theorem 2.18",
            (
                Hypothesis("the distance along one axis", "w2"),
                Hypothesis("distances with weights add up", "two axes"),
                Hypothesis("the fit has the covariance of D_0", "fit"),
            ),
            gives=AXES,
            concludes=("axes",),
        ),
    )


def derive_one_normal() -> Derivation:
    """Return the derivation of the four distances."""
    return Derivation((REFITTING_ANY_START, SHAPE, FIT), (*_on_a_line(), *_in_space()))


ONE_NORMAL = Claim(
    code="B28b",
    id="gaussian.expressivity-error",
    title="A Gaussian fitted to any law misses it at generation 1, and no sample size mends it",
    statement=(
        "The fit with infinite data lies 2 sigma^2 (1 - kap) off in W2^2, no normal law comes "
        "nearer than sigma^2 (1 - kap^2), and the mean over refits exceeds the fit's distance by "
        "sigma^2 n/M at least, an excess that vanishes as M grows: the error is there at "
        "generation 1 and is paid once. kap = 1 for a normal D_0 alone. In space, the errors "
        "along any orthonormal axes bound it from below. Unbiased, finite variance, n >= 1, M >= 2."
    ),
    quantities=(
        Quantity(
            "w2",
            "squared W2 distance of D_0 from the normal law with its mean and variance",
            r"W_2^2(\mathcal{N}(\mu,\sigma^2), D_0)",
            Relation.EQUALS,
            DISTANCE,
        ),
        Quantity(
            "floor",
            "squared W2 distance of D_0 from any normal law",
            r"W_2^2(\mathcal{N}(m,t^2), D_0)",
            Relation.AT_LEAST,
            FLOOR,
        ),
        Quantity(
            "risk",
            "mean squared W2 distance of the n-th fit from D_0",
            r"\mathbb{E}\,W_2^2(\mathcal{N}(\mu_n,\sigma_n^2), D_0)",
            Relation.AT_LEAST,
            RISK,
            slack=Fraction(103, 100),
        ),
        Quantity(
            "axes",
            "squared W2 distance of D_0 in space from the normal law with its mean and covariance",
            r"W_2^2(\mathcal{N}(m_0,\Sigma_0), D_0)",
            Relation.AT_LEAST,
            AXES,
        ),
    ),
    domain=Domain((*REFITS.parameters, TRACE)),
    sources=(
        Source("Shumailov et al. 2024, Nature 631", "functional expressivity error"),
        Source("derived here", "values"),
    ),
    derive=derive_one_normal,
)

CLAIMS = (ONE_NORMAL,)
