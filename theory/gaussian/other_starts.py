"""A real law that is not normal: only the first generation is different."""

from fractions import Fraction

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import (
    PREVIOUS,
    Citation,
    Derivation,
    Hypothesis,
    Identity,
    Induction,
    Premise,
)
from theory.domain import DEVIATION, GENERATIONS, Domain, Kind, Parameter
from theory.gaussian.drift import REFITTING_ANY_START
from theory.gaussian.variance import SAMPLES_FROM_TWO
from theory.hazard import MeanHazard

KAP = sp.Symbol("kap", nonnegative=True)
S1 = sp.Symbol("s1", positive=True)
KURT = sp.Symbol("kurt", real=True)

COUPLING = Parameter(
    "kap", KAP, "correlation of the quantiles of D_0 and of a normal law", Kind.REAL, 0, 1,
    default=Fraction(1), aliases=("kappa",),
)  # fmt: skip
FIRST = Parameter(
    "s1", S1, "mean standard deviation of M points of D_0, over sigma", Kind.REAL, 0, 1,
    low_open=True, aliases=("Es1", "E_s1"),
)  # fmt: skip
KURTOSIS = Parameter(
    "kurt", KURT, "excess kurtosis of D_0", Kind.REAL, -2, default=Fraction(0),
    aliases=("kurtosis",),
)  # fmt: skip

MEAN = sp.Symbol("m", real=True)
REAL_MEAN = sp.Symbol("mu", real=True)
FITTED = sp.Symbol("v", nonnegative=True)
NORMAL = (
    Parameter("m", MEAN, "mean of the normal law", Kind.REAL),
    Parameter("mu", REAL_MEAN, "mean of D_0", Kind.REAL, default=Fraction(0)),
    Parameter("v", FITTED, "variance of the normal law", Kind.REAL, 0),
)

SHAPE = Premise(
    "shape",
    "D_0 has quantiles Q and the finite variance sigma^2. kap is the integral of "
    "(Q(u) - mu) Phi^(-1)(u) over (0, 1), over sigma; s1 sigma is the mean unbiased standard "
    "deviation of M points of D_0. Where the kurtosis is asked for, it is finite.",
)
TIMES = GENERATIONS.at_least(1)
OVER = Domain((SAMPLES_FROM_TWO, TIMES, DEVIATION, COUPLING, FIRST))
SPREAD_OVER = Domain((SAMPLES_FROM_TWO, TIMES, DEVIATION, KURTOSIS))

APART = Domain((*NORMAL, DEVIATION, COUPLING))

MATCH = sp.sqrt(FITTED) * s.sigma * KAP
DISTANCE = (MEAN - REAL_MEAN) ** 2 + FITTED + s.sigma**2 - 2 * MATCH
LATER = S1 * s.c4(s.M) ** (s.n - 1)
RISK = s.sigma**2 * s.n / s.M + 2 * s.sigma**2 * (1 - KAP * LATER)
GROWTH = 1 + 2 / (s.M - 1)
VARIANCE = s.sigma**4 * ((GROWTH + KURT / s.M) * GROWTH ** (s.n - 1) - 1)
UNIFORM = sp.sqrt(3 / sp.pi)
EXPONENTIAL = MeanHazard()


def _risk_steps() -> tuple[Citation | Identity | Induction, ...]:
    """Return the steps to the distance and to the risk."""
    return (
        Citation(
            "quantiles",
            "W2^2 is the mean squared difference of the quantiles, m + sqrt(v) Phi^(-1)(u) and "
            "Q(u), with kap <= 1 by the inequality of Cauchy and Schwarz, and kap = 1 for a normal "
            "D_0 alone.",
            "optimal transport on the line",
            "Villani, Topics in Optimal Transportation, theorem 2.18",
            (Hypothesis("both laws have a finite second moment", "shape"),),
        ),
        Identity(
            "distance",
            "Multiplied out: the squares have the means m^2 + v and sigma^2 + mu^2, the product "
            "has m mu + sqrt(v) sigma kap.",
            MEAN**2 + FITTED + s.sigma**2 + REAL_MEAN**2 - 2 * (MEAN * REAL_MEAN + MATCH),
            DISTANCE,
            APART,
            concludes=("distance",),
        ),
        Induction(
            "mean deviation",
            "From generation 1 on the points are normal: c4(M) a generation.",
            s.n,
            s.sigma * S1,
            s.c4(s.M) * PREVIOUS,
            s.sigma * LATER,
            Domain((SAMPLES_FROM_TWO, TIMES, DEVIATION, FIRST)),
            first=1,
            uses=("B03",),
        ),
        Identity(
            "risk",
            "The drift and the mean variance do not depend on the shape.",
            s.sigma**2 * sp.Sum(1 / s.M, (s.i, 0, s.n - 1))
            + s.sigma**2
            + s.sigma**2
            - 2 * KAP * s.sigma * (s.sigma * LATER),
            RISK,
            OVER,
            concludes=("risk",),
            uses=("B10",),
        ),
    )


def _variance_steps() -> tuple[Identity | Induction, ...]:
    """Return the steps to the variance of the fitted variance."""
    fourth, squares = s.M * (KURT + 3), s.M * (s.M - 1)
    second = fourth + squares - 2 * (fourth + squares) / s.M + (fourth + 3 * squares) / s.M**2
    return (
        Identity(
            "one fit of any law",
            "The sum of squares less the square of the sum over M, squared: with x_j in units of "
            "sigma about mu, terms x_j^4 and pairs x_i^2 x_j^2 have a mean, all others none.",
            s.sigma**4 * second / (s.M - 1) ** 2,
            s.sigma**4 * (GROWTH + KURT / s.M),
            Domain((SAMPLES_FROM_TWO, DEVIATION, KURTOSIS)),
        ),
        Induction(
            "second moment",
            "Later fits are of normal points, where the excess kurtosis is 0.",
            s.n,
            s.sigma**4 * (GROWTH + KURT / s.M),
            GROWTH * PREVIOUS,
            s.sigma**4 * (GROWTH + KURT / s.M) * GROWTH ** (s.n - 1),
            SPREAD_OVER,
            first=1,
            uses=("B02",),
        ),
        Identity(
            "variance",
            "Less the square of the mean, which is sigma^2.",
            s.sigma**4 * (GROWTH + KURT / s.M) * GROWTH ** (s.n - 1) - s.sigma**4,
            VARIANCE,
            SPREAD_OVER,
            concludes=("variance",),
        ),
    )


def derive_other_starts() -> Derivation:
    """Return the derivation of risk and spread from a D_0 that need not be normal."""
    return Derivation(
        (REFITTING_ANY_START, SHAPE),
        (
            *_risk_steps(),
            *_variance_steps(),
            *(
                Citation(
                    name,
                    text,
                    "integration by parts",
                    "Rudin, Principles of Mathematical Analysis, theorem 6.22",
                    (Hypothesis("kap is the integral of Q Phi^(-1)", "shape"),),
                    gives=law,
                    concludes=(name,),
                )
                for name, text, law in (
                    (
                        "kap-uniform",
                        "Uniform: sqrt(12) times the integral of z Phi(z) phi(z), which is that of "
                        "phi^2, 1/(2 sqrt(pi)).",
                        UNIFORM,
                    ),
                    (
                        "kap-exponential",
                        "Exponential: the integral of -ln(1 - Phi(z)) z phi(z).",
                        EXPONENTIAL,
                    ),
                )
            ),
        ),
    )


OTHER_STARTS = Claim(
    code="B28",
    id="gaussian.other-starts",
    title="From a real law that is not normal the risk starts higher, and then grows the same way",
    statement=(
        "N(m, v) lies (m - mu)^2 + v + sigma^2 - 2 sqrt(v) sigma kap off any D_0 of mean mu and "
        "finite variance, in W2^2. With the unbiased estimator E W2^2 is "
        "sigma^2 n/M + 2 sigma^2 (1 - kap s1 c4(M)^(n-1)): the shape enters through the "
        "correlation kap <= 1 of its quantiles with normal ones and through s1, the mean first "
        "standard deviation over sigma. For M = 2, s1 is sqrt(2/3) for a uniform law and "
        "sqrt(1/2) for an exponential one. The kurtosis enters the spread of the variance. A "
        "finite variance is needed and not implied. n >= 1, M >= 2."
    ),
    quantities=(
        Quantity(
            "distance",
            "squared W2 distance from the normal law N(m, v) to D_0",
            r"W_2^2(\mathcal{N}(m,v), D_0)",
            Relation.EQUALS,
            DISTANCE,
        ),
        Quantity(
            "risk",
            "mean squared W2 distance from the fitted normal law to D_0",
            r"\mathbb{E}\,W_2^2(\mathcal{N}(\mu_n,\sigma_n^2), D_0)",
            Relation.EQUALS,
            RISK,
        ),
        Quantity(
            "variance",
            "variance of the fitted variance",
            r"\operatorname{Var}\sigma_n^2",
            Relation.EQUALS,
            VARIANCE,
        ),
        Quantity("kap-uniform", "kap of a uniform law", r"\kappa", Relation.EQUALS, UNIFORM),
        Quantity(
            "kap-exponential", "kap of an exponential law", r"\kappa", Relation.EQUALS, EXPONENTIAL
        ),
    ),
    domain=Domain((*OVER.parameters, KURTOSIS, *NORMAL)),
    sources=(
        Source("Shumailov et al. 2024, Nature 631", "Theorem 3.1, D_0 not necessarily Gaussian"),
        Source("derived here"),
    ),
    derive=derive_other_starts,
)

CLAIMS = (OTHER_STARTS,)
