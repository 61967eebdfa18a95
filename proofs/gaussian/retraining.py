"""Evidence on retraining with infinite data: likelihoods maximised by comparison, no mean matched.

The real laws lie outside the families.
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from numerics.retraining import Family, shares_left
from proofs.case import Bench, Mutant, Route, Setting, Witness, setting
from proofs.verdict import Enclosed
from theory.gaussian.retraining import CONTRACTION, LAM
from theory.rounding import ends

#: Real law, statistic, weights of the family, and the parameter of the first model.
STARTS = {
    "binomial": ("1/2 1/4 1/8 1/8", "0 1 2 3", "1 3 3 1", "2"),
    "geometric": ("1/10 1/5 2/5 1/5 1/10", "0 1 2 3 4", "1 1 1 1 1", "-1"),
    "normal spread": ("1/3 1/6 1/2", "0 1 4", "1 2 2", "-1/2"),
}


def numbers(text: str) -> tuple[Fraction, ...]:
    """Return the numbers in a text."""
    return tuple(map(Fraction, text.split()))


def enclose_contraction(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the share of the error that the second round leaves, the first if lam = 0."""
    real, statistic, base, start = map(numbers, STARTS[setting.start])
    (weight,) = setting.numbers("lam")
    shares = shares_left(Family(base, statistic), real, start[0], weight, 2 if weight else 1)
    return [Enclosed(*ends(shares[-1]))]


CONTRACTION_WITNESS = Witness(
    Route.ENCLOSED,
    "contraction",
    enclose_contraction,
    (
        setting(start="binomial", lam="1/2"),
        setting(start="geometric", lam=3),
        setting(start="normal spread", lam=1),
        setting(start="binomial", lam=10),
        setting(start="geometric", lam="1/10"),
    ),
    "likelihoods of whole laws, maximised by comparison",
    quick=2,
)
CONTRACTION_MUTANTS = (
    Mutant("lam of all", "contraction", LAM),
    Mutant("share of the real data", "contraction", 1 / (1 + LAM)),
    Mutant("of the squared error", "contraction", CONTRACTION**2),
    Mutant("from the curvature", "contraction", LAM / (1 - LAM)),
    Mutant("all made", "contraction", sp.Integer(1)),
)
