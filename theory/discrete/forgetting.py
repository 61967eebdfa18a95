"""How long a rare symbol lives: a published lower bound, and the sharp exponent."""

from dataclasses import replace
from fractions import Fraction

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Expected, Order, Quantity, Relation, Source
from theory.derivation import Citation, Derivation, Hypothesis, Identity, Inequality, Premise
from theory.discrete.branching import (
    EXPECTED_DRAWS,
    FEW,
    FEWER_THAN_SAMPLES,
    POISSON_FAMILY,
    SPENT,
    STEPS,
    BranchingSurvival,
)
from theory.discrete.diversity import RESAMPLING
from theory.domain import SAMPLES, Domain

ALIVE = Premise("alive", "A symbol is alive at generation k when one of its M draws is of it.")
GENERATION = STEPS.at_least(1)
DRAWS_OR_SHARE = replace(EXPECTED_DRAWS, meaning=f"{EXPECTED_DRAWS.meaning} (or give q and M)")

PRINTED = 1 - sp.exp(-s.rate / s.k)
SHARP = 1 - sp.exp(-s.rate * BranchingSurvival(s.k - 1))
RATIO_ERROR = (2 + 2 * sp.log(s.k) / 3) / s.k


def derive_symbol_survival() -> Derivation:
    """Return the derivation of both bounds and of the factor 2 between their exponents."""
    return Derivation(
        (RESAMPLING, FEW, ALIVE, POISSON_FAMILY),
        (
            Identity(
                "sharp bound",
                "Not lost: one generation of the Poisson family unfolded. Resampling loses the "
                "symbol with at most that probability (A18).",
                1 - sp.exp(-s.rate * (1 - sp.exp(-BranchingSurvival(s.k - 2)))),
                SHARP,
                Domain((EXPECTED_DRAWS, STEPS.at_least(2))),
                concludes=("sharp", "poisson", "order"),
                uses=("A18",),
            ),
            Inequality(
                "smaller exponent",
                "1 - exp(-1/k) >= 1/(k+1), so by induction s_{k-1} >= 1/k.",
                1 / (s.k + 1),
                1 - sp.exp(-1 / s.k),
                Domain((GENERATION,)),
                strict=True,
            ),
            Citation(
                "printed bound",
                "A smaller exponent gives a smaller probability.",
                "induction",
                "Rudin, Principles of Mathematical Analysis, chapter 1",
                (
                    Hypothesis("s_0 = 1, s_{k+1} = 1 - exp(-s_k)", "A18"),
                    Hypothesis("the step keeps s_{k-1} >= 1/k", "smaller exponent"),
                    Hypothesis("1 - exp(-lambda s_{k-1}) is a lower bound", "sharp bound"),
                ),
                gives=PRINTED,
                concludes=("alive",),
            ),
            Inequality(
                "ratio",
                "From 2 / (k + 1 + (H_k - 1) / 3) <= s_{k-1} <= 2 / (k + 1): the sharp exponent is "
                "nearly twice the printed one.",
                2 - s.k * BranchingSurvival(s.k - 1),
                RATIO_ERROR,
                Domain((GENERATION,)),
            ),
            Citation(
                "factor",
                "k s_{k-1}, the ratio of the two exponents, tends to 2.",
                "squeeze theorem",
                "Rudin, Principles of Mathematical Analysis, theorem 3.19",
                (
                    Hypothesis("2 - k s_{k-1} is bounded above by what vanishes", "ratio"),
                    Hypothesis("it is not negative: 1 / s_{k-1} >= (k + 1)/2", "A18"),
                ),
                gives=sp.Integer(2),
                concludes=("factor",),
            ),
        ),
    )


ALIVE_AT_K = r"\mathbb{P}(\text{alive at } k)"
SYMBOL_SURVIVAL = Claim(
    code="A33",
    id="discrete.symbol-survival",
    title="A symbol lives to generation k with 1 - exp(-lambda/k) at least; nearer 2 lambda/k",
    statement=(
        "A symbol of lambda = M q expected draws is alive at generation k with probability at "
        "least 1 - exp(-lambda / k), as printed, and at least 1 - exp(-lambda s_{k-1}) with the "
        "s_k of A18, which is exact in the Poisson family and off by O(1/M) for resampling. The "
        "ratio k s_{k-1} of the two exponents grows from 1 to 2: the printed one loses a factor 2."
    ),
    quantities=(
        Quantity(
            "alive",
            "probability that the symbol is alive at generation k, the printed bound",
            ALIVE_AT_K,
            Relation.AT_LEAST,
            PRINTED,
            slack=Fraction(101, 100),
        ),
        Quantity(
            "sharp",
            "the same probability, with the sharp exponent",
            ALIVE_AT_K,
            Relation.AT_LEAST,
            SHARP,
            slack=Fraction(101, 100),
        ),
        Quantity(
            "order",
            "the same probability for large M",
            ALIVE_AT_K,
            Relation.TENDS_TO,
            SHARP,
            order=Order(s.M, s.rate / s.M * SPENT.subs(s.n, s.k) * sp.exp(-1), Fraction(1)),
        ),
        Quantity(
            "poisson",
            "the same probability in the Poisson family",
            ALIVE_AT_K,
            Relation.EQUALS,
            SHARP,
        ),
        Quantity(
            "factor",
            "ratio of the sharp exponent to the printed one",
            r"k\,s_{k-1}",
            Relation.TENDS_TO,
            sp.Integer(2),
            order=Order(s.k, RATIO_ERROR, Fraction(1)),
        ),
    ),
    domain=Domain((DRAWS_OR_SHARE, SAMPLES, GENERATION), (FEWER_THAN_SAMPLES,)),
    sources=(
        Source("Suresh, Thangaraj & Khandavally 2024, arXiv:2412.17646", "the bound with lambda/k"),
        Source("derived here", "the sharp exponent and the factor 2"),
    ),
    derive=derive_symbol_survival,
    expected=Expected.ORDER_AND_RANGE,
)

CLAIMS = (SYMBOL_SURVIVAL,)
