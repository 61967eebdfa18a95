"""Rare categories: their draws branch like a critical Poisson family, or nearly so."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

import sympy as sp
from flint import arb, ctx, fmpq

from theory import symbols as s
from theory.claim import Claim, Expected, Order, Quantity, Relation, Source
from theory.derivation import (
    PREVIOUS,
    Citation,
    Derivation,
    Hypothesis,
    Identity,
    Induction,
    Inequality,
    Premise,
)
from theory.discrete.diversity import BINOMIAL, RESAMPLING, total_expectation
from theory.discrete.tails import LOST_FOR_EVER
from theory.domain import GENERATIONS, RARE, SAMPLES, Condition, Domain, Kind, Parameter
from theory.errors import DomainError
from theory.node import Node
from theory.rational import NotRational, whole

#: Steps of the iteration at most: a second or two.
MOST_STEPS = 2_000_000


class BranchingSurvival(Node):
    """s_k: s_0 = 1 and s_{k+1} = 1 - exp(-s_k), for an integer k >= 0.

    The probability that one point has descendants k generations later when every point has a
    Poisson(1) number of children.
    """

    nargs = 1

    @staticmethod
    def exact_value(*arguments: Any) -> fmpq:
        """Return 1 at k = 0; NotRational later."""
        if arguments[0] != 0:
            raise NotRational("transcendental")
        return fmpq(1)

    @staticmethod
    def ball_value(*arguments: Any) -> arb:
        """Return a ball around s_k; DomainError for k < 0 or k > MOST_STEPS."""
        steps = whole(arguments[0])
        if not 0 <= steps <= MOST_STEPS:
            raise DomainError(f"s_k with k = {steps} lies outside 0 <= k <= {MOST_STEPS}")
        return _survival(steps, ctx.prec)

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        return f"s_{{{printer._print(self.args[0])}}}"


@lru_cache(maxsize=1024)
def _survival(steps: int, bits: int) -> arb:
    """Return s_k at a precision of so many bits; the iteration does not amplify roundings."""
    value = arb(1)
    for _ in range(steps):
        value = -(-value).expm1()
    return value


STEPS = Parameter("k", s.k, "generations of the branching family", Kind.INTEGER, low=0)
EXPECTED_DRAWS = Parameter(
    "lambda", s.rate, "expected draws M q of the category", Kind.REAL, 0, low_open=True
)
#: q = lambda / M is a probability below 1.
FEWER_THAN_SAMPLES = Condition(s.rate, s.M)
FROM_ONE = GENERATIONS.at_least(1)
SURVIVAL_RANGE = Parameter("x", s.x, "a survival probability", Kind.REAL, 0, 1, low_open=True)

POISSON_FAMILY = Premise(
    "poisson family",
    "In the Poisson family generation 1 has a Poisson(lambda) number of draws of the category, and "
    "given x of them the next generation has a Poisson(x) number.",
)
FEW = Premise("few", "The category starts with q = lambda / M.")

LOST = sp.exp(-s.M * s.q * BranchingSurvival(s.n - 1))
LOST_FEW = sp.exp(-s.rate * BranchingSurvival(s.n - 1))
#: Sum of s_0 .. s_{n-1}, about 2 ln n.
SPENT = sp.Sum(BranchingSurvival(s.j), (s.j, 0, s.n - 1))
LOWER = 1 + s.k / 2
UPPER = 1 + s.k / 2 + (sp.Sum(1 / s.j, (s.j, 1, s.k + 1)) - 1) / 6
DECAY_ERROR = (2 + sp.log(s.k + 1) / 3) / s.k
HIT = 1 - sp.exp(-s.x)


def _comparison() -> tuple[Identity | Inequality | Citation, ...]:
    """Return the steps from the multinomial to the Poisson family, one generation at a time."""
    one = Domain((RARE, SAMPLES, SURVIVAL_RANGE))
    missed = (1 - s.q * s.x) ** s.M
    return (
        Identity(
            "binomial generation",
            "Of X draws, binomial(M, q), none has offspring when each has some with probability "
            "1 - e^(-x), x the exponent for the generations after.",
            sp.Sum(BINOMIAL * sp.exp(-s.x * s.j), (s.j, 0, s.M)),
            (1 - s.q * HIT) ** s.M,
            one,
        ),
        Inequality(
            "Poisson loses more",
            "That is below the Poisson value;",
            missed,
            sp.exp(-s.M * s.q * s.x),
            one,
            strict=True,
        ),
        Inequality(
            "by little",
            "but by at most q x / e, for e^(-y) (1 - y^2 / M) <= (1 - y / M)^M with y = M q x, and "
            "y e^(-y) <= 1 / e.",
            sp.exp(-s.M * s.q * s.x) - missed,
            s.q * s.x * sp.exp(-1),
            one,
            strict=True,
        ),
        total_expectation(
            "tower",
            "Replace the generations by Poisson ones from the last to the first. Each replacement "
            "raises the probability, by at most E[p_i] s_{n-1-i} / e = q s_{n-1-i} / e (A01).",
            "resampling",
        ),
        Citation(
            "added up",
            "So exp(-M q s_{n-1}) exceeds P(lost by n) by something between 0 and (q / e) times "
            "the sum of s_0 .. s_{n-1}.",
            "monotonicity of expectation",
            "Billingsley, Probability and Measure, section 15",
            (
                Hypothesis("a replacement never lowers the probability", "Poisson loses more"),
                Hypothesis("nor raises it by more than q x / e", "by little"),
                Hypothesis("E[p_i] = q", "A01"),
                Hypothesis("lost is X = 0 at generation n", "lost for ever"),
            ),
            gives=LOST,
            concludes=("lost", "lost-at-most"),
        ),
    )


def _sandwich() -> tuple[Inequality | Identity | Induction | Citation, ...]:
    """Return the steps to the two bounds on 1/s_k."""
    here, one = Domain((STEPS,)), Domain((SURVIVAL_RANGE,))
    return (
        Inequality(
            "half a step at least",
            "1 / s_{k+1} - 1 / s_k is at least 1/2,",
            1 / s.x + sp.Rational(1, 2),
            1 / HIT,
            one,
            strict=True,
        ),
        Inequality(
            "and little more",
            "and at most 1/2 + s_k / 12.",
            1 / HIT,
            1 / s.x + sp.Rational(1, 2) + s.x / 12,
            one,
            strict=True,
        ),
        Induction(
            "lower bound",
            "Adding 1/2 a step to 1 / s_0 = 1 bounds 1 / s_k from below;",
            s.k,
            sp.Integer(1),
            PREVIOUS + sp.Rational(1, 2),
            LOWER,
            here,
            concludes=("inverse-at-least",),
        ),
        Induction(
            "upper bound",
            "and s_k <= 1 / (1 + k/2), so 1 / s_k gains at most 1/2 + 1 / (6 (k + 2)) a step.",
            s.k,
            sp.Integer(1),
            PREVIOUS + sp.Rational(1, 2) + 1 / (12 * LOWER),
            UPPER,
            here,
            concludes=("inverse-at-most",),
        ),
        Inequality(
            "half k",
            "The harmonic number H_{k+1} is at most 1 + ln(k+1), so 2 / (k s_k) - 1 lies between 0 "
            "and (2 + ln(k+1) / 3) / k.",
            2 / s.k * UPPER - 1,
            DECAY_ERROR,
            Domain((STEPS.at_least(1),)),
        ),
        Citation(
            "decay",
            "Hence k s_k tends to 2.",
            "squeeze theorem",
            "Rudin, Principles of Mathematical Analysis, theorem 3.19",
            (
                Hypothesis("1 / s_k is bounded below", "lower bound"),
                Hypothesis("and above", "upper bound"),
                Hypothesis("both bounds over k/2 tend to 1", "half k"),
            ),
            gives=2 / s.k,
            concludes=("decay",),
        ),
    )


def derive_rare_loss() -> Derivation:
    """Return the derivation of the branching approximation, its error and the size of s_k."""
    family = Domain((EXPECTED_DRAWS, FROM_ONE.at_least(2)))
    return Derivation(
        (RESAMPLING, LOST_FOR_EVER, POISSON_FAMILY, FEW),
        (
            Induction(
                "iteration",
                "A point has no descendants after k + 1 generations when none of its Poisson(1) "
                "children has any after k: 1 - s_{k+1} = exp(-s_k).",
                s.k,
                sp.Integer(1),
                1 - sp.exp(-PREVIOUS),
                BranchingSurvival(s.k),
                Domain((STEPS,)),
                concludes=("survival",),
            ),
            Identity(
                "Poisson family",
                "None of Poisson(lambda) points has descendants n - 1 generations later, one "
                "generation unfolded: the mean of z^X is exp(-lambda (1 - z)).",
                sp.exp(-s.rate * (1 - sp.exp(-BranchingSurvival(s.n - 2)))),
                LOST_FEW,
                family,
                concludes=("poisson",),
            ),
            *_comparison(),
            Citation(
                "fixed expected draws",
                "With q = lambda / M the error is at most a constant over M.",
                "squeeze theorem",
                "Rudin, Principles of Mathematical Analysis, theorem 3.19",
                (Hypothesis("q = lambda / M", "few"), Hypothesis("error O(q)", "added up")),
                gives=LOST_FEW,
                concludes=("lost-few",),
            ),
            *_sandwich(),
        ),
    )


def _about(name: str, words: str, latex: str, law: sp.Expr, order: Order) -> Quantity:
    return Quantity(name, words, latex, Relation.TENDS_TO, law, order=order)


def _bound(name: str, words: str, relation: Relation, law: sp.Expr) -> Quantity:
    """Return a bound on 1 / s_k: both are attained at k = 0, and as k grows up to a ratio of 1."""
    return Quantity(name, words, "1 / s_k", relation, law, slack=Fraction(26, 25))


ONE = Fraction(1)
PROBABILITY_LOST = r"\mathbb{P}(\text{lost by } n)"
RARE_LOSS = Claim(
    code="A18",
    id="discrete.rare-loss",
    title="A rare category dies out like a critical Poisson family: exp(-M q s_{n-1}), s_k ~ 2/k",
    statement=(
        "A category of probability q is lost by generation n with probability exp(-M q s_{n-1}), "
        "s_0 = 1, s_{k+1} = 1 - exp(-s_k): exactly in the Poisson family; for resampling it is an "
        "upper bound, never more than (q / e) (s_0 + ... + s_{n-1}) too large, whatever M and n. "
        "For fixed M q and n the error is of the order 1/M. 1 + k/2 <= 1/s_k <= 1 + k/2 + "
        "(H_{k+1} - 1)/6, so s_k ~ 2/k."
    ),
    quantities=(
        _about(
            "lost",
            "probability that a category of probability q is lost by generation n",
            PROBABILITY_LOST,
            LOST,
            Order(s.M, s.q * SPENT * sp.exp(-1), ONE, exact_order=False),
        ),
        Quantity(
            "lost-at-most",
            "the same probability, bounded above for every M, q and n",
            PROBABILITY_LOST,
            Relation.AT_MOST,
            LOST,
            slack=Fraction(101, 100),
        ),
        _about(
            "lost-few",
            "the same probability for q = lambda / M",
            PROBABILITY_LOST,
            LOST_FEW,
            Order(s.M, s.rate / s.M * SPENT * sp.exp(-1), ONE),
        ),
        Quantity(
            "poisson",
            "probability that the category is lost by generation n in the Poisson family",
            PROBABILITY_LOST,
            Relation.EQUALS,
            LOST_FEW,
        ),
        Quantity(
            "survival",
            "probability s_k that one point of the Poisson family has descendants k later",
            "s_k",
            Relation.EQUALS,
            BranchingSurvival(s.k),
        ),
        _bound("inverse-at-least", "1 / s_k, bounded below", Relation.AT_LEAST, LOWER),
        _bound("inverse-at-most", "1 / s_k, bounded above", Relation.AT_MOST, UPPER),
        _about(
            "decay", "s_k for large k", "s_k", 2 / s.k, Order(s.k, DECAY_ERROR, ONE, relative=True)
        ),
    ),
    domain=Domain(
        (RARE, EXPECTED_DRAWS, SAMPLES, FROM_ONE, STEPS.at_least(1)), (FEWER_THAN_SAMPLES,)
    ),
    sources=(
        Source("Haldane 1927, Proceedings of the Cambridge Philosophical Society 23", "survival"),
        Source("Kolmogorov 1938", "2/k for a critical family of variance 1"),
        Source("derived here", "both bounds on 1/s_k, and the error for resampling"),
    ),
    derive=derive_rare_loss,
    expected=Expected.ORDER_AND_RANGE,
)

CLAIMS: tuple[Claim, ...] = (RARE_LOSS,)
