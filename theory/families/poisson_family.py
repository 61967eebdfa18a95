"""The Poisson family refitted: a critical branching process, extinct for certain."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Expected, Order, Quantity, Relation, Source
from theory.derivation import (
    Citation,
    Derivation,
    Hypothesis,
    Identity,
    Inequality,
    Premise,
)
from theory.discrete.branching import BranchingSurvival
from theory.domain import GENERATIONS, SAMPLES, Domain, Kind, Parameter
from theory.families.quadratic_variance import FAMILY, FITTED

START = sp.Symbol("m0", positive=True)
MEAN = Parameter("m0", START, "mean of the real law", Kind.REAL, 0, low_open=True, aliases=("m_0",))
FROM_ONE = GENERATIONS.at_least(1)
OVER = Domain((MEAN, SAMPLES, FROM_ONE))

POISSON = Premise("poisson", "D_0 is Poisson with mean m_0, and the fitted family is Poisson.")

DEAD = sp.exp(-s.M * START * BranchingSurvival(s.n - 1))
FLOOR = sp.exp(-2 * s.M * START / (s.n + 1))
LATE = sp.exp(-2 * s.M * START / s.n)
#: 2 delta / n with 1 / s_{n-1} <= (n / 2) (1 + delta).
LATE_ERROR = 2 * s.M * START * (1 + sp.log(s.n) / 3) / s.n**2


def derive_extinction() -> Derivation:
    """Return the derivation of the probability that all points are 0, its bound and its limit."""
    inverse = s.n / 2 * (1 + (1 + sp.log(s.n) / 3) / s.n)
    return Derivation(
        (FAMILY, FITTED, POISSON),
        (
            Citation(
                "branching",
                "The sum M m_{n+1} of M points of mean m_n is Poisson with mean M m_n: as if each "
                "of the M m_n units had an independent Poisson(1) number of children. M m_1 is "
                "Poisson with mean M m_0.",
                "additivity of Poisson variables",
                "Kingman, Poisson Processes, section 1.2",
                (Hypothesis("the points are independent and Poisson", "fitted"),),
            ),
            Identity(
                "dead",
                "The Poisson family of a rare category is this one, with lambda = M m_0 (A18); "
                "one generation unfolded:",
                sp.exp(-s.M * START * (1 - sp.exp(-BranchingSurvival(s.n - 2)))),
                DEAD,
                Domain((MEAN, SAMPLES, FROM_ONE.at_least(2))),
                concludes=("dead",),
                uses=("A18",),
            ),
            Inequality(
                "floor",
                "1/s_k is at least 1 + k/2 (A18); here k = n - 1.",
                BranchingSurvival(s.n - 1),
                2 / (s.n + 1),
                Domain((FROM_ONE,)),
                uses=("A18",),
            ),
            Identity(
                "dead by n at least",
                "So the exponent is at most M m_0 over (n + 1)/2.",
                sp.exp(-s.M * START / (1 + (s.n - 1) / 2)),
                FLOOR,
                OVER,
                concludes=("dead-at-least",),
            ),
            Inequality(
                "ceiling",
                "1/s_k is at most 1 + k/2 + (H_{k+1} - 1)/6 (A18), and H_n <= 1 + ln n.",
                1 + (s.n - 1) / 2 + (sp.Sum(1 / s.j, (s.j, 1, s.n)) - 1) / 6,
                inverse,
                Domain((FROM_ONE,)),
                uses=("A18",),
            ),
            Inequality(
                "late",
                "Exponents M m_0 s_{n-1} and 2 M m_0 / n, both positive, differ by at most M m_0 "
                "times 2/n less that reciprocal.",
                s.M * START * (2 / s.n - 1 / inverse),
                LATE_ERROR,
                OVER,
                strict=True,
            ),
            Citation(
                "dead late",
                "So exp(-2 M m_0 / n) is off by at most that, for |e^-x - e^-y| <= |x - y|.",
                "mean value theorem",
                "Rudin, Principles of Mathematical Analysis, theorem 5.10",
                (
                    Hypothesis("the exponents are that close", "late"),
                    Hypothesis("s is bounded below by that reciprocal", "ceiling"),
                    Hypothesis("and above by 2/(n+1)", "floor"),
                ),
                gives=LATE,
                concludes=("dead-late",),
            ),
        ),
    )


DEAD_BY = r"\mathbb{P}(m_n = 0)"
EXTINCTION = Claim(
    code="D09",
    id="families.poisson-extinction",
    title="A refitted Poisson family is a critical branching process: it dies, exp(-2 M m_0 / n)",
    statement=(
        "The sum of the M points is a branching process in which each unit has a Poisson(1) number "
        "of children. All points are 0 from generation n on with probability "
        "exp(-M m_0 s_{n-1}), s_0 = 1, s_{k+1} = 1 - exp(-s_k), although the fitted mean keeps its "
        "mean m_0. That is at least exp(-2 M m_0/(n+1)) and tends to exp(-2 M m_0/n), with an "
        "error of at most 2 M m_0 (1 + ln(n)/3)/n^2, and of that order in n."
    ),
    quantities=(
        Quantity("dead", "probability that the fitted mean is 0", DEAD_BY, Relation.EQUALS, DEAD),
        Quantity(
            "dead-at-least",
            "the same, bounded below; attained at n = 1",
            DEAD_BY,
            Relation.AT_LEAST,
            FLOOR,
            slack=Fraction(101, 100),
        ),
        Quantity(
            "dead-late",
            "the same for large n",
            DEAD_BY,
            Relation.TENDS_TO,
            LATE,
            order=Order(s.n, LATE_ERROR, Fraction(1)),
        ),
    ),
    domain=OVER,
    sources=(
        Source("Suresh, Thangaraj and Khandavally 2024, arXiv:2412.17646", "Poisson models"),
        Source("Kolmogorov 1938", "2/k for a critical family of variance 1"),
        Source("derived here", "the exact identity, the bound and the error"),
    ),
    derive=derive_extinction,
    expected=Expected.ORDER_AND_RANGE,
)

CLAIMS = (EXTINCTION,)
