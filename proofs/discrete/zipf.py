"""Evidence on Zipf's law: infinite sums between two bounds, mixed over ancestors."""

from __future__ import annotations

import sympy as sp

from numerics import chain, zipf
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.discrete.chains import between
from proofs.verdict import Enclosed
from theory import symbols as s
from theory.discrete.branching import BranchingSurvival
from theory.discrete.zipf import (
    CONSTANT,
    DISTINCT,
    SCALE,
    UNSEEN,
    VOCABULARY,
    VOCABULARY_DECAY,
    VOCABULARY_SHRINKS,
    ZIPF_SAMPLE,
)

#: The ancestors are counted backward: no evidence for a claim that rests on duality.
DUALITY = frozenset({"A08"})


def enclose_unseen(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return bounds on sum p_i (1 - p_i)^T, category by category."""
    return [between(*zipf.unseen_mass(float(setting.numbers("b")[0]), setting.integer("T")))]


def enclose_distinct(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return bounds on sum 1 - (1 - p_i)^T, category by category."""
    return [between(*zipf.distinct(float(setting.numbers("b")[0]), setting.integer("T")))]


def enclose_left(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return bounds on the mean number of categories among the ancestors of M draws."""
    b, size = float(setting.numbers("b")[0]), setting.integer("M")
    found = []
    for n in setting.generations:
        law = chain.lineage_law(size, n - 1)
        found.append(between(*zipf.distinct(b, [float(weight) for weight in law])))
    return found


SAMPLES = tuple(
    setting(b=b, T=T) for b, T in ((2, 100), (2, 10**5), ("3/2", 10), ("3/2", 10**4), (4, 10**4))
)
WITH_LADDER = tuple(
    setting(b=b, T=T) for b, T in ((2, 10**3), (2, 10**4), (2, 5), ("3/2", 10**3), ("3/2", 10**4))
)

ZIPF_SAMPLE_CASE = Case(
    ZIPF_SAMPLE,
    witnesses=(
        Witness(Route.ENCLOSED, "unseen-mass", enclose_unseen, SAMPLES, "sum of the series", 3),
        Witness(Route.ENCLOSED, "distinct", enclose_distinct, WITH_LADDER, "sum of the series", 2),
    ),
    mutants=(
        Mutant("no 1/b", "unseen-mass", s.b * UNSEEN),
        Mutant("Gamma(2 - 1/b)", "unseen-mass", UNSEEN * (1 - 1 / s.b)),
        Mutant("unnormalized", "unseen-mass", UNSEEN / SCALE ** (1 / s.b)),
        Mutant("exponent 1/b", "unseen-mass", UNSEEN * s.M ** (1 - 2 / s.b)),
        Mutant("all of it", "distinct", (SCALE * s.M) ** (1 / s.b)),
        Mutant("half a category less", "distinct", DISTINCT - sp.Rational(1, 2)),
        Mutant("distinct: unnormalized", "distinct", CONSTANT * s.M ** (1 / s.b)),
        Mutant("Gamma(1 + 1/b)", "distinct", sp.gamma(1 + 1 / s.b) / CONSTANT * DISTINCT),
    ),
)

VOCABULARY_CASE = Case(
    VOCABULARY_SHRINKS,
    witnesses=(
        Witness(
            Route.ENCLOSED,
            "categories",
            enclose_left,
            (
                setting((1, 2, 5), b=2, M=400),
                setting((1, 2, 5), b=2, M=1600),
                setting((3, 20), b="3/2", M=300),
                setting((3,), b="3/2", M=1200),
                setting((1, 4), b=3, M=50),
            ),
            "sum over ancestors",
            2,
            principles=DUALITY,
        ),
        Witness(
            Route.ENCLOSED,
            "decay",
            enclose_left,
            (setting((10, 40), b="3/2", M=1000), setting((20,), b=2, M=1000)),
            "sum over ancestors",
            principles=DUALITY,
        ),
    ),
    mutants=(
        Mutant("one generation for ever", "categories", DISTINCT),
        Mutant("s_n for s_{n-1}", "categories", VOCABULARY.subs(s.n, s.n + 1)),
        Mutant("exponent 1/n", "categories", DISTINCT / s.n ** (1 / s.b)),
        Mutant("no root", "categories", DISTINCT * BranchingSurvival(s.n - 1)),
        Mutant("1/n", "decay", VOCABULARY_DECAY * s.n ** (1 / s.b - 1)),
        Mutant("no decay", "decay", DISTINCT),
        Mutant("unnormalized", "decay", VOCABULARY_DECAY / SCALE ** (1 / s.b)),
    ),
)

CASES = (ZIPF_SAMPLE_CASE, VOCABULARY_CASE)
