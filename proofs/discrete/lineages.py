"""Evidence on the moments of a fitted probability, won by running forward only."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import sympy as sp

from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.discrete.resampling import enumerate_counts, simulate
from proofs.verdict import Exact, Sampled
from theory import symbols as s
from theory.discrete.lineages import ALL_DIFFERENT, MOMENT, MOMENTS_BY_LINEAGES, PRODUCT, START
from theory.lineages import LineagePower

UNEVEN = ("1/7", "2/7", "4/7")
FOUR = ("2/5", "3/10", "1/5", "1/10")


def enumerate_moment(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact mean of the k-th power of a share over all outcomes."""
    category, order = setting.integer("i") - 1, setting.integer("k")
    return enumerate_counts(
        setting, lambda counts, total: Fraction(counts[category], total) ** order
    )


def measure_moment(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean of the k-th power of a share in simulated runs."""
    run = simulate("moment", setting, bench, 200_000, tracked=setting.integer("i") - 1)
    size, order = setting.integer("M"), setting.integer("k")
    return [
        sampled.bounded((run.tracked[:, g] / size) ** order, 0.0, 1.0)
        for g in range(len(setting.generations))
    ]


def enumerate_product(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact mean product of all shares over all outcomes."""
    return enumerate_counts(
        setting, lambda counts, total: Fraction(math.prod(counts), total ** len(counts))
    )


def measure_product(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean product of three shares, told from one count and the sum of squares."""
    assert len(setting.numbers("p")) == 3
    run = simulate("product", setting, bench, 200_000)
    size = setting.integer("M")
    others = (size - run.tracked) ** 2 - (run.pairs - run.tracked**2)
    product = run.tracked * others / (2 * size**3)
    return [
        sampled.bounded(np.ascontiguousarray(product[:, g]), 0.0, 1 / 27)
        for g in range(len(setting.generations))
    ]


def stirling(draws: sp.Expr, kinds: sp.Expr) -> sp.Expr:
    """Return S2(draws, kinds) by inclusion and exclusion."""
    choices = sp.binomial(kinds, s.i) * (-1) ** (kinds - s.i) * s.i**draws
    return sp.Sum(choices, (s.i, 0, kinds)) / sp.gamma(kinds + 1)


#: S2(k,j) / M^k with M^j for the falling factorial, on the first category.
WITHOUT_FALLING = sp.Sum(stirling(s.k, s.j) * s.M ** (s.j - s.k) * s.p[1] ** s.j, (s.j, 1, s.k))

MOMENTS_BY_LINEAGES_CASE = Case(
    MOMENTS_BY_LINEAGES,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "moment",
            enumerate_moment,
            (
                setting((1, 2, 4), p=UNEVEN, M=3, i=1, k=3),
                setting((1, 3), p=("1/3", "2/3"), M=5, i=1, k=7),
                setting((1, 2), p=FOUR, M=6, i=2, k=4),
                setting((6,), p=("1/10", "9/10"), M=12, i=2, k=12),
                setting((3,), p=UNEVEN, M=1, i=3, k=2),
            ),
            "all outcomes",
        ),
        Witness(
            Route.MEASURED,
            "moment",
            measure_moment,
            (
                setting((1, 5, 20), p=("3/10", "7/10"), M=10, i=1, k=3),
                setting((1, 10), p=FOUR, M=20, i=1, k=4),
                setting((30,), p=UNEVEN, M=60, i=2, k=2),
            ),
            "forward runs",
            margin=0.05,
        ),
        Witness(
            Route.ENUMERATED,
            "product",
            enumerate_product,
            (
                setting((1, 2, 4), p=UNEVEN, M=3),
                setting((1, 2), p=FOUR, M=6),
                setting((1, 5), p=("1/3", "2/3"), M=9),
                setting((1,), p=FOUR, M=3),
            ),
            "all outcomes",
        ),
        Witness(
            Route.MEASURED,
            "product",
            measure_product,
            (
                setting((1, 4), p=("1/2", "3/10", "1/5"), M=10),
                setting((1, 20), p=UNEVEN, M=100),
            ),
            "forward runs",
            margin=0.05,
        ),
    ),
    mutants=(
        Mutant("moment: M + 1 for M", "moment", LineagePower(s.p[s.i], s.k, s.M + 1, s.n)),
        Mutant("moment: one generation too many", "moment", MOMENT.subs(s.n, s.n + 1)),
        Mutant("one lineage too many", "moment", MOMENT.subs(s.k, s.k + 1)),
        Mutant("no drift", "moment", s.p[s.i] ** s.k),
        Mutant("already absorbed", "moment", s.p[s.i]),
        Mutant(
            "one rate for every order",
            "moment",
            s.p[s.i] + (s.p[s.i] ** s.k - s.p[s.i]) * (1 - 1 / s.M) ** s.n,
        ),
        Mutant("M^j for the falling factorial", "moment", WITHOUT_FALLING),
        Mutant("product: M - 1 for M", "product", PRODUCT.subs(s.M, s.M - 1)),
        Mutant("one pair only", "product", START * (1 - 1 / s.M) ** s.n),
        Mutant("product: one generation too many", "product", ALL_DIFFERENT * PRODUCT),
        Mutant(
            "one factor too many",
            "product",
            START * sp.Product(1 - s.j / s.M, (s.j, 0, s.K)) ** s.n,
        ),
    ),
)

CASES = (MOMENTS_BY_LINEAGES_CASE,)
