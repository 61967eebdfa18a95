"""Evidence on how far the fitted probabilities wander."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
import sympy as sp

from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.discrete.resampling import enumerate_counts, simulate, uniform
from proofs.sampled import Floats
from proofs.verdict import Exact, Sampled
from theory import symbols as s
from theory.discrete.low_moments import (
    ADDED,
    COMPONENT,
    DIVERSITY_VARIANCE,
    DRIFT,
    L2,
    L3,
    L4,
    LOW_MOMENTS,
    MEAN_SQUARED_DRIFT,
    PRODUCT_MEAN,
    PRODUCT_SQUARE,
    SECOND,
    SHARE,
    SPREAD,
    START,
    THIRD,
    VARIANCE,
)

UNEVEN = ("1/7", "2/7", "4/7")
FOUR = ("2/5", "3/10", "1/5", "1/10")

#: A function of the share of one category and its starting probability.
OfShare = Callable[[Fraction, Fraction], Fraction]


def enumerate_drift(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact mean squared distance to the starting law."""
    start = setting.numbers("p")

    def distance(counts: tuple[int, ...], total: int) -> Fraction:
        shares = (Fraction(count, total) for count in counts)
        return sum(((x - p) ** 2 for x, p in zip(shares, start, strict=True)), Fraction(0))

    return enumerate_counts(setting, distance)


def measure_drift(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean squared distance to a uniform starting law in simulated runs."""
    law = setting.numbers("p")
    assert len(set(law)) == 1
    run = simulate("drift", setting, bench, 200_000)
    least = 1 / len(law)
    return [
        sampled.bounded(run.pairs[:, g] / setting.integer("M") ** 2 - least, 0.0, 1 - least)
        for g in range(len(setting.generations))
    ]


def enumerate_share(function: OfShare) -> Callable[[Setting, Bench], list[Exact]]:
    """Return the exact route to the mean of a function of one share and its start."""

    def observe(setting: Setting, bench: Bench) -> list[Exact]:
        category = setting.integer("i") - 1
        start = setting.numbers("p")[category]
        return enumerate_counts(
            setting, lambda counts, total: function(Fraction(counts[category], total), start)
        )

    return observe


def measure_share(
    experiment: str, function: Callable[[Floats, float], Floats]
) -> Callable[[Setting, Bench], list[Sampled]]:
    """Return the sampled route to the mean of a function of one share, between 0 and 1."""

    def observe(setting: Setting, bench: Bench) -> list[Sampled]:
        category = setting.integer("i") - 1
        run = simulate(experiment, setting, bench, 200_000, tracked=category)
        shares, start = run.tracked / setting.integer("M"), float(setting.numbers("p")[category])
        return [
            sampled.bounded(function(shares[:, g], start), 0.0, 1.0)
            for g in range(len(setting.generations))
        ]

    return observe


SMALL = (
    setting((1, 2, 3), p=UNEVEN, M=3, i=3),
    setting((1, 4), p=("1/10", "9/10"), M=6, i=1),
    setting((1, 3), p=("1/2", "1/4", "1/8", "1/8"), M=4, i=2),
    setting((1, 2), p=("1/2", "1/2"), M=1, i=2),
)
LARGE = (
    setting((1, 5, 20), p=("3/10", "7/10"), M=10, i=1),
    setting((10, 50), p=FOUR, M=100, i=2),
)
DRIFT_SMALL = (
    setting((1, 2, 3), p=UNEVEN, M=3),
    setting((1, 4), p=("1/10", "9/10"), M=6),
    setting((1, 3), p=("1/2", "1/4", "1/8", "1/8"), M=4),
    setting((1, 2), p=("1/2", "1/2"), M=1),
)

MEAN_SQUARED_DRIFT_CASE = Case(
    MEAN_SQUARED_DRIFT,
    witnesses=(
        Witness(Route.ENUMERATED, "drift", enumerate_drift, DRIFT_SMALL, "all outcomes", quick=2),
        Witness(
            Route.MEASURED,
            "drift",
            measure_drift,
            (setting((1, 5, 20), p=uniform(5), M=20), setting((10,), p=uniform(50), M=100)),
            "forward runs",
            margin=0.05,
        ),
        Witness(
            Route.ENUMERATED,
            "component",
            enumerate_share(lambda share, start: (share - start) ** 2),
            SMALL,
            "all outcomes",
            quick=2,
        ),
        Witness(
            Route.MEASURED,
            "component",
            measure_share("component", lambda share, start: (share - start) ** 2),
            LARGE,
            "forward runs",
            margin=0.08,
        ),
    ),
    mutants=(
        Mutant("M - 1 for M", "drift", s.H0 * (1 - (1 - 1 / (s.M - 1)) ** s.n)),
        Mutant("independent steps", "drift", s.H0 * s.n / s.M),
        Mutant("one generation too many", "drift", DRIFT.subs(s.n, s.n + 1)),
        Mutant("exponential approach", "drift", s.H0 * (1 - sp.exp(-s.n / s.M))),
        Mutant("what is left of the diversity", "drift", s.H0 * L2**s.n),
        Mutant("component: M + 1 for M", "component", COMPONENT.subs(s.M, s.M + 1)),
        Mutant("component: independent steps", "component", SPREAD * s.n / s.M),
        Mutant("component: of a Poisson count", "component", SHARE * (1 - L2**s.n)),
        Mutant("component: three lineages", "component", SPREAD * (1 - L3**s.n)),
    ),
)


def moment_witnesses(quantity: str, order: int) -> tuple[Witness, Witness]:
    """Return both routes to the mean of a power of one share."""
    enumerated = enumerate_share(lambda share, _: share**order)
    measured = measure_share(quantity, lambda share, _: share**order)
    return (
        Witness(Route.ENUMERATED, quantity, enumerated, SMALL, "all outcomes", quick=2),
        Witness(Route.MEASURED, quantity, measured, LARGE, "forward runs", margin=0.08),
    )


LOW_MOMENTS_CASE = Case(
    LOW_MOMENTS,
    witnesses=(*moment_witnesses("second-moment", 2), *moment_witnesses("third-moment", 3)),
    mutants=(
        Mutant("second: M - 1 for M", "second-moment", SECOND.subs(s.M, s.M - 1)),
        Mutant("second: one generation too many", "second-moment", SECOND.subs(s.n, s.n + 1)),
        Mutant("second: already absorbed", "second-moment", SHARE),
        Mutant("second: no drift", "second-moment", SHARE**2),
        Mutant("third: M - 1 for M", "third-moment", THIRD.subs(s.M, s.M - 1)),
        Mutant("third: one generation too many", "third-moment", THIRD.subs(s.n, s.n + 1)),
        Mutant(
            "third: one rate for both parts",
            "third-moment",
            SHARE - (SHARE - SHARE**3) * L2**s.n,
        ),
        Mutant(
            "third: skewness of the wrong sign",
            "third-moment",
            SHARE - SPREAD * (sp.Rational(3, 2) * L2**s.n + (1 - 2 * SHARE) / 2 * L3**s.n),
        ),
        Mutant(
            "third: 1 - 2/M alone",
            "third-moment",
            SHARE - SPREAD * (3 * L2**s.n - (1 - 2 * SHARE) * (1 - 2 / s.M) ** s.n) / 2,
        ),
    ),
)


def product(counts: Sequence[int], total: int) -> Fraction:
    """Return y = p_1 p_2 at a pair of counts."""
    return Fraction(counts[0] * counts[1], total * total)


def enumerate_mean(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact mean of y."""
    return enumerate_counts(setting, product)


def enumerate_square(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact mean of y^2."""
    return enumerate_counts(setting, lambda counts, total: product(counts, total) ** 2)


def enumerate_variance(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact variance of the diversity 1 - p_1^2 - p_2^2."""

    def diversity(counts: tuple[int, ...], total: int) -> Fraction:
        return 1 - Fraction(sum(count * count for count in counts), total * total)

    means = enumerate_counts(setting, diversity)
    squares = enumerate_counts(setting, lambda counts, total: diversity(counts, total) ** 2)
    return [Exact(b.value - a.value**2) for a, b in zip(means, squares, strict=True)]


def measure_product(
    experiment: str, function: Callable[[Floats], Floats], most: float
) -> Callable[[Setting, Bench], list[Sampled]]:
    """Return the sampled route to the mean of a function of y, between 0 and `most`."""

    def observe(setting: Setting, bench: Bench) -> list[Sampled]:
        run = simulate(experiment, setting, bench, 200_000)
        shares = run.tracked / setting.integer("M")
        found = shares * (1 - shares)
        return [
            sampled.bounded(np.ascontiguousarray(function(found[:, g])), 0.0, most)
            for g in range(len(setting.generations))
        ]

    return observe


def half_squared_differences(found: Floats) -> Floats:
    """Return (H - H')^2 / 2 for pairs of independent runs: its mean is the variance of H."""
    pairs = len(found) // 2
    return 2 * (found[:pairs] - found[pairs : 2 * pairs]) ** 2


def square(four: sp.Expr, added: sp.Expr = ADDED) -> sp.Expr:
    """Return E[y^2] with another factor for four lineages, or another source."""
    return START**2 * four**s.n + added * START * (L2**s.n - four**s.n) / (L2 - four)


PAIRS = (
    setting((1, 2, 4), p=("1/3", "2/3"), M=4),
    setting((1, 3), p=("1/10", "9/10"), M=7),
    setting((1, 2, 9), p=("2/5", "3/5"), M=2),
    setting((1, 2), p=("1/4", "3/4"), M=3),
    setting((20,), p=("1/2", "1/2"), M=15),
)
LARGE_PAIRS = (
    setting((1, 5, 20), p=("3/10", "7/10"), M=10),
    setting((30,), p=("1/5", "4/5"), M=60),
)

DIVERSITY_VARIANCE_CASE = Case(
    DIVERSITY_VARIANCE,
    witnesses=(
        Witness(Route.ENUMERATED, "variance", enumerate_variance, PAIRS, "all outcomes", quick=2),
        Witness(
            Route.MEASURED,
            "variance",
            measure_product("variance", half_squared_differences, 0.125),
            LARGE_PAIRS,
            "forward runs in pairs",
            margin=0.1,
        ),
        Witness(Route.ENUMERATED, "mean", enumerate_mean, PAIRS, "all outcomes", quick=2),
        Witness(
            Route.MEASURED,
            "mean",
            measure_product("mean", lambda found: found, 0.25),
            LARGE_PAIRS,
            "forward runs",
            margin=0.08,
        ),
        Witness(
            Route.ENUMERATED, "second-moment", enumerate_square, PAIRS, "all outcomes", quick=2
        ),
    ),
    mutants=(
        Mutant("M - 1 for M", "variance", VARIANCE.subs(s.M, s.M - 1)),
        Mutant("one generation too many", "variance", VARIANCE.subs(s.n, s.n + 1)),
        Mutant("of y", "variance", VARIANCE / 4),
        Mutant("three lineages for four", "variance", 4 * (square(L3) - PRODUCT_MEAN**2)),
        Mutant("nothing added", "variance", 4 * START**2 * (L4**s.n - L2 ** (2 * s.n))),
        Mutant("mean: M - 1 for M", "mean", PRODUCT_MEAN.subs(s.M, s.M - 1)),
        Mutant("mean: of the diversity", "mean", 2 * PRODUCT_MEAN),
        Mutant("mean: one generation too many", "mean", L2 * PRODUCT_MEAN),
        Mutant("second: M - 1 for M", "second-moment", PRODUCT_SQUARE.subs(s.M, s.M - 1)),
        Mutant("second: no variance", "second-moment", PRODUCT_MEAN**2),
        Mutant(
            "second: one draw too many",
            "second-moment",
            PRODUCT_SQUARE.subs(START, START * (1 + 1 / s.M)),
        ),
        Mutant("second: 1/M for (M-1)^2/M^3", "second-moment", square(L4, added=1 / s.M)),
    ),
)

CASES = (MEAN_SQUARED_DRIFT_CASE, LOW_MOMENTS_CASE, DIVERSITY_VARIANCE_CASE)
