"""Exponential families whose variance is a quadratic in the mean: one law for six of them."""

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
from theory.discrete.diversity import TOTAL_EXPECTATION
from theory.domain import GENERATIONS, SAMPLES, Condition, Domain, Kind, Parameter
from theory.geometric import GeometricSum

START = sp.Symbol("m0", real=True)
LEVEL, LINEAR, CURVED = (sp.Symbol(name, real=True) for name in ("v0", "v1", "v2"))
ANGLE = sp.Symbol("theta", positive=True)
SHAPE = sp.Symbol("r", positive=True)

MEAN = Parameter("m0", START, "mean of the real law", Kind.REAL, aliases=("m_0",))
COEFFICIENTS = (
    Parameter("v0", LEVEL, "V(m) = v0 + v1 m + v2 m^2", Kind.REAL, aliases=("v_0",)),
    Parameter("v1", LINEAR, "the coefficient of m", Kind.REAL, aliases=("v_1",)),
    Parameter("v2", CURVED, "the coefficient of m^2", Kind.REAL, -1, aliases=("v_2",)),
)
NATURAL = Parameter("theta", ANGLE, "size of the natural parameter", Kind.REAL, 0, 1, True)
NUMBER = Parameter("r", SHAPE, "shape of the family", Kind.REAL, 0, low_open=True, aliases=("k",))


def variance_at(mean: sp.Expr) -> sp.Expr:
    """Return V at a mean."""
    return LEVEL + LINEAR * mean + CURVED * mean**2


V0 = variance_at(START)
RATIO = 1 + CURVED / s.M
MEAN_VARIANCE = V0 * RATIO**s.n
VARIANCE = V0 * GeometricSum(RATIO, s.n) / s.M
SOME_VARIANCE = Condition(sp.Integer(0), V0)
OVER = Domain((*COEFFICIENTS, MEAN, SAMPLES, GENERATIONS), (SOME_VARIANCE,))

OVER_ONE = Domain((*COEFFICIENTS, MEAN, SAMPLES), (SOME_VARIANCE,))

FAMILY = Premise(
    "family",
    "A natural exponential family with densities exp(theta x - kappa(theta)) whose variance is "
    "V(m) = v0 + v1 m + v2 m^2 at the mean m.",
)
FITTED = Premise(
    "fitted",
    "M independent points are drawn from the member with mean m_n. The fitted member has their "
    "average as its mean m_{n+1}: that is the maximum of the likelihood, where it exists; a family "
    "is taken with its limits, such as the point 0.",
)


def six_families() -> tuple[Identity | Citation, ...]:
    """Return for each family that kappa'' = V(kappa'); theta is -ANGLE where it is negative."""
    families = (
        ("binomial", "r ln(1 + exp(theta)), r = N", SHAPE * sp.log(1 + sp.exp(ANGLE)), 1, 0, 1, -1),
        (
            "negative binomial", "-r ln(1 - exp(theta))",
            -SHAPE * sp.log(1 - sp.exp(-ANGLE)), -1, 0, 1, 1,
        ),
        (
            "hyperbolic secant", "-r ln cos(theta)",
            -SHAPE * sp.log(sp.cos(ANGLE)), 1, SHAPE, 0, 1,
        ),
    )  # fmt: skip
    steps: list[Identity | Citation] = [
        Identity(
            "gamma",
            "The gamma family has the moments r/(-theta) and r (r + 1)/theta^2: v2 = 1/r.",
            sp.RisingFactorial(SHAPE, 2) / ANGLE**2 - (SHAPE / ANGLE) ** 2,
            (SHAPE / ANGLE) ** 2 / SHAPE,
            Domain((NATURAL, NUMBER)),
        )
    ]
    for name, cumulants, kappa, sign, level, linear, curved in families:
        mean = sign * sp.diff(kappa, ANGLE)
        steps.append(
            Identity(
                name,
                f"The {name} family has kappa = {cumulants}; mean and variance are its first and "
                f"second derivative: v0 = {level}, v1 = {linear}, v2 = {curved}/r.",
                sp.diff(kappa, ANGLE, 2),
                level + linear * mean + curved * mean**2 / SHAPE,
                Domain((NATURAL, NUMBER)),
            )
        )
    steps.append(
        Citation(
            "six families",
            "With the normal family of known variance (v0) and the Poisson family (v1 = 1), up to "
            "a linear change of the variable, there are no others.",
            "Morris's classification",
            "Morris 1982, Annals of Statistics 10, 65-80",
            (
                Hypothesis("the variance is a quadratic in the mean", "family"),
                Hypothesis("gamma: its coefficients", "gamma"),
                *(Hypothesis(f"{name}: its coefficients", name) for name, *_ in families),
            ),
        )
    )
    return tuple(steps)


def derive_quadratic_variance() -> Derivation:
    """Return the derivation of mean, mean variance and variance of the fitted mean."""
    return Derivation(
        (FAMILY, FITTED),
        (
            *six_families(),
            Identity(
                "average",
                "The average of M independent points has the mean m and the variance V(m)/M.",
                sp.Sum(V0 / s.M**2, (s.i, 1, s.M)),
                V0 / s.M,
                OVER_ONE,
            ),
            Identity(
                "one generation",
                "So E V(m') given m, from E m' = m and E m'^2 = m^2 + V(m)/M, is (1 + v2/M) V(m).",
                LEVEL + LINEAR * START + CURVED * (START**2 + V0 / s.M),
                RATIO * V0,
                OVER_ONE,
            ),
            Citation(
                "tower",
                "These hold for the means over all generations before.",
                TOTAL_EXPECTATION,
                "Billingsley, Probability and Measure, section 34",
                (Hypothesis("m and V(m), hence m^2, are integrable", "family"),),
            ),
            Induction(
                "mean",
                "The fitted mean is a martingale,",
                s.n,
                START,
                PREVIOUS,
                START,
                OVER,
                concludes=("mean",),
            ),
            Induction(
                "variance function",
                "the variance of the fitted law changes by 1 + v2/M a generation on average,",
                s.n,
                V0,
                RATIO * PREVIOUS,
                MEAN_VARIANCE,
                OVER,
                concludes=("variance-function",),
            ),
            Induction(
                "variance",
                "and the variance of the fitted mean gains E V(m_n)/M.",
                s.n,
                sp.Integer(0),
                PREVIOUS + MEAN_VARIANCE / s.M,
                VARIANCE,
                OVER,
                concludes=("variance",),
            ),
        ),
    )


QUADRATIC_VARIANCE = Claim(
    code="D08",
    id="families.quadratic-variance",
    title="Six exponential families, one law: E V(m_n) = V(m_0) (1 + v2/M)^n",
    statement=(
        "A family with V(m) = v0 + v1 m + v2 m^2, refitted by maximum likelihood: the fitted mean "
        "is a martingale, and the mean variance of the fitted law shrinks, stays or explodes with "
        "the sign of v2. v2 is 0 for the normal (known variance v0) and Poisson (v1 = 1) families, "
        "-1/N for binomial(N) (v1 = 1), and 1/r for gamma(r), negative binomial(r) (v1 = 1) and "
        "generalised hyperbolic secant(r) (v0 = r)."
    ),
    quantities=(
        Quantity(
            "variance-function",
            "mean variance of the fitted law",
            r"\mathbb{E} V(m_n)",
            Relation.EQUALS,
            MEAN_VARIANCE,
        ),
        Quantity(
            "variance",
            "variance of the fitted mean",
            r"\operatorname{Var} m_n",
            Relation.EQUALS,
            VARIANCE,
        ),
        Quantity("mean", "mean of the fitted mean", r"\mathbb{E}[m_n]", Relation.EQUALS, START),
    ),
    domain=OVER,
    sources=(
        Source("Morris 1982, Annals of Statistics 10", "the six families"),
        Source("Jangjoo, Marsili, Roudi 2026, arXiv:2506.20623", "the martingale"),
        Source("derived here", "the closed form for a quadratic variance"),
    ),
    derive=derive_quadratic_variance,
)

CLAIMS = (QUADRATIC_VARIANCE,)
