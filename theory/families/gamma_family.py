"""The gamma family refitted: every run collapses, while the variance of the mean explodes."""

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
    Inequality,
    Premise,
    Telescoping,
)
from theory.domain import GENERATIONS, SAMPLES, Condition, Domain, Kind, Parameter
from theory.families.poisson_family import MEAN, START
from theory.families.quadratic_variance import FAMILY, FITTED, NUMBER, SHAPE

MASS = SHAPE * s.M
RATE = sp.digamma(MASS) - sp.log(MASS)
VARIANCE = START**2 * ((1 + 1 / MASS) ** s.n - 1)

GAMMA = Premise("gamma", "D_0 is gamma with shape r and mean m_0, and r is known.")
STEP = Parameter("h", s.x, "step of a difference quotient", Kind.REAL, 0, 1, True)
SHAPES = Domain((NUMBER, SAMPLES))
OVER = Domain((NUMBER, SAMPLES, GENERATIONS))
NARROW = Condition(s.x, MASS)


def cumulant(order: sp.Expr) -> sp.Expr:
    """Return ln E[X^order] of a gamma variable X of shape rM and scale 1."""
    return sp.log(sp.gamma(MASS + order)) - sp.log(sp.gamma(MASS))


def derive_gamma_family() -> Derivation:
    """Return the derivation of rate, mean logarithm and variance."""
    steps = Domain((NUMBER, SAMPLES, STEP), (NARROW,))
    return Derivation(
        (FAMILY, FITTED, GAMMA),
        (
            Citation(
                "factors",
                "The sum of M points of mean m_n is m_n / r times a gamma variable of shape rM: "
                "m_{n+1} = m_n G with G of that law over rM, independent of all before.",
                "additivity of gamma variables",
                "Feller, An Introduction to Probability Theory, volume 2, section II.2",
                (Hypothesis("the points are independent, gamma of one scale", "gamma"),),
            ),
            Identity(
                "second moment",
                "E G^2, from the integral of Euler,",
                sp.RisingFactorial(MASS, 2) / MASS**2,
                1 + 1 / MASS,
                SHAPES,
            ),
            Induction(
                "variance",
                "so that E m_n^2 is multiplied by 1 + 1/(rM) a generation, and E m_n stays.",
                s.n,
                sp.Integer(0),
                (1 + 1 / MASS) * (PREVIOUS + START**2) - START**2,
                VARIANCE,
                Domain((NUMBER, SAMPLES, GENERATIONS, MEAN)),
                concludes=("variance",),
            ),
            Inequality(
                "secant below",
                "ln E[X^t] is convex: its slope at 0, the mean logarithm, is at least its left "
                "secant,",
                -cumulant(-s.x) / s.x,
                sp.digamma(MASS),
                steps,
            ),
            Inequality(
                "secant above",
                "and at most its right secant.",
                sp.digamma(MASS),
                cumulant(s.x) / s.x,
                steps,
            ),
            Identity(
                "rate",
                "E ln G, one unit of shape more: psi(x + 1) = psi(x) + 1/x.",
                sp.digamma(MASS + 1) - 1 / MASS - sp.log(MASS),
                RATE,
                SHAPES,
                concludes=("rate",),
            ),
            Induction(
                "mean logarithm",
                "The factors are independent, of one law: means add.",
                s.n,
                sp.Integer(0),
                PREVIOUS + RATE,
                s.n * RATE,
                OVER,
                concludes=("mean-log",),
            ),
            Citation(
                "almost surely",
                "ln(m_n) / n tends to the rate almost surely.",
                "strong law of large numbers",
                "Kolmogorov 1933",
                (
                    Hypothesis("the factors are independent and of one law", "factors"),
                    Hypothesis("ln G has a mean: from below", "secant below"),
                    Hypothesis("and from above", "secant above"),
                ),
            ),
            Telescoping(
                "negative",
                "ln x - psi(x) > 0 at every real x = rM > 0: almost every run collapses to 0.",
                s.x,
                sp.log(s.x) - sp.digamma(s.x),
                sp.log(s.x / (s.x + 1)) + 1 / s.x,
            ),
        ),
    )


GAMMA_FAMILY = Claim(
    code="D10",
    id="families.gamma-collapse",
    title="A refitted gamma family collapses almost surely, and its variance explodes",
    statement=(
        "The mean of a gamma family with known shape r is multiplied by independent factors "
        "Gamma(rM)/(rM): ln m_n is a random walk with the negative drift psi(rM) - ln(rM), about "
        "-1/(2rM), so m_n tends to 0 almost surely, while E m_n stays m_0 and the variance grows "
        "without end. r = 1 is the exponential family."
    ),
    quantities=(
        Quantity(
            "mean-log",
            "mean of ln(m_n / m_0)",
            r"\mathbb{E}\ln(m_n/m_0)",
            Relation.EQUALS,
            s.n * RATE,
        ),
        Quantity(
            "variance",
            "variance of the fitted mean",
            r"\operatorname{Var} m_n",
            Relation.EQUALS,
            VARIANCE,
        ),
        Quantity(
            "rate",
            "almost sure limit of ln(m_n) / n",
            r"\lim_n \tfrac1n \ln m_n",
            Relation.EQUALS,
            RATE,
        ),
    ),
    domain=Domain((NUMBER, SAMPLES, GENERATIONS, MEAN)),
    sources=(
        Source("classical cumulants of ln gamma"),
        Source("derived here", "the gamma family refitted"),
    ),
    derive=derive_gamma_family,
)

CLAIMS = (GAMMA_FAMILY,)
