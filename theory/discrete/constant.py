"""The constant in front of the collapse rate: below 3 H_0, which it tends to."""

from fractions import Fraction

import sympy as sp

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
from theory.discrete.absorption import COLLAPSE_TIME, SAMPLES_FROM_TWO, SOME_DIVERSITY
from theory.discrete.diversity import RESAMPLING
from theory.discrete.last_pair import LINEAGES, THREE_LEFT, TWO_LEFT, mean_over_parents
from theory.domain import GENERATIONS, LAW, Domain

CEILING = 3 * s.H0 * s.M / (s.M + 1)

START = Premise("two categories", "p gives two categories or more a chance, so H_0 > 0.")


def _ceiling_steps() -> tuple[Citation | Inequality | Induction, ...]:
    """Return the steps to the constant's upper bound."""
    back = Domain((LINEAGES, SAMPLES_FROM_TWO))
    return (
        Citation(
            "ancestors",
            "With A ancestors of the M draws, n - 1 generations back, all draws are of one "
            "category just when their ancestors are: P(T > n) = E[1 - sum p_i^A].",
            "law of total expectation",
            "Billingsley, Probability and Measure, section 34",
            (
                Hypothesis("all but i are lost with probability E[p_i^A]", "A17"),
                Hypothesis("T is the first time that some i is alone", "collapse time"),
            ),
        ),
        Inequality(
            "one generation back",
            "1 - 2/(A+1) shrinks on average at least by the rate 1 - 1/M,",
            mean_over_parents(1 - 2 / (s.j + 1)),
            TWO_LEFT * (1 - 2 / (s.k + 1)),
            back,
        ),
        Induction(
            "all generations back",
            "so 3 E[1 - 2/(A+1)], which is 1 for two lineages, bounds P(A = 2) from M lineages on.",
            s.n,
            3 * (1 - 2 / (s.M + 1)),
            TWO_LEFT * PREVIOUS,
            3 * (s.M - 1) / (s.M + 1) * TWO_LEFT**s.n,
            Domain((SAMPLES_FROM_TWO, GENERATIONS)),
        ),
        Inequality(
            "three are rarer",
            "Three lineages stay three with a smaller probability than two stay two, and more "
            "lineages with a smaller one still: in the end P(T > n) is H_0 P(A = 2).",
            THREE_LEFT,
            TWO_LEFT,
            Domain((SAMPLES_FROM_TWO,)),
            strict=True,
        ),
        Citation(
            "ceiling",
            "P(A = 2) n - 1 generations back, divided by (1-1/M)^n, stays below 3 M / (M+1).",
            "limits keep inequalities",
            "Rudin, Principles of Mathematical Analysis, theorem 3.19",
            (
                Hypothesis("P(T > n) is a mean over the ancestors", "ancestors"),
                Hypothesis("in which only two lineages count", "three are rarer"),
                Hypothesis("and their probability is bounded", "all generations back"),
            ),
            gives=CEILING,
            concludes=("ceiling",),
        ),
    )


def derive_constant() -> Derivation:
    """Return the derivation of the bound and of the limit; the speed is measured, not derived."""
    return Derivation(
        (RESAMPLING, COLLAPSE_TIME, START),
        (
            *_ceiling_steps(),
            Identity(
                "one merger at a time",
                "Three lineages merge into one with probability 1/M^2, a pair with 1/M.",
                1 - THREE_LEFT - 3 * (s.M - 1) / s.M**2,
                1 / s.M**2,
                Domain((SAMPLES_FROM_TWO,)),
            ),
            Identity(
                "coalescent",
                "Where pairs merge one at a time, j (j-1)/2 of them to choose from, the same "
                "limit from k lineages is the product of the ratios to the rate of the last pair.",
                sp.Product(s.j * (s.j - 1) / (s.j * (s.j - 1) - 2), (s.j, 3, s.k)),
                3 * (s.k - 1) / (s.k + 1),
                Domain((LINEAGES,)),
            ),
            Citation(
                "limit",
                "M tends to infinity, then k: the coalescent comes down from infinitely many "
                "lineages, and 3 (k-1)/(k+1) tends to 3.",
                "convergence to the coalescent, and bounded convergence",
                "Kingman 1982, Journal of Applied Probability 19A; Moehle 2000, Advances in "
                "Applied Probability 32",
                (
                    Hypothesis("mergers of more than a pair are rarer by 1/M", "resampling"),
                    Hypothesis("in numbers", "one merger at a time"),
                    Hypothesis("the limit from k lineages", "coalescent"),
                    Hypothesis("it is bounded, by 3, whatever M", "ceiling"),
                    Hypothesis("the constant is not 0", "two categories"),
                ),
                gives=3 * s.H0,
                concludes=("constant",),
            ),
        ),
    )


COLLAPSE_CONSTANT = Claim(
    code="A10b",
    id="discrete.collapse-constant",
    title="The collapse time's tail is C (1 - 1/M)^n with C below 3 H_0, and near it for large M",
    statement=(
        "P(T > n) divided by (1-1/M)^n tends to a constant C as n grows. It is at most "
        "3 H_0 M/(M+1), with equality for M = 2 and M = 3, and tends to 3 H_0 with an error of "
        "order H_0 ln(M)/M."
    ),
    quantities=(
        Quantity(
            "constant",
            "limit of P(T > n) (1-1/M)^(-n) as n grows",
            r"\lim_n \mathbb{P}(T > n) (1 - 1/M)^{-n}",
            Relation.TENDS_TO,
            3 * s.H0,
            order=Order(s.M, s.H0 * sp.log(s.M) / s.M, Fraction(3)),
        ),
        Quantity(
            "ceiling",
            "the same limit, bounded above",
            r"\lim_n \mathbb{P}(T > n) (1 - 1/M)^{-n}",
            Relation.AT_MOST,
            CEILING,
        ),
    ),
    domain=Domain((LAW, SOME_DIVERSITY, SAMPLES_FROM_TWO)),
    sources=(
        Source("Kimura 1955, Proceedings of the National Academy of Sciences 41", "6 p (1-p)"),
        Source("derived here", "any number of categories, the bound; the order is measured"),
    ),
    derive=derive_constant,
    expected=Expected.ORDER_AND_RANGE,
)

CLAIMS = (COLLAPSE_CONSTANT,)
