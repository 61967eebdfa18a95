"""Evidence on weighing real means against synthetic ones."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import sympy as sp

from numerics import moments_mixed
from numerics.moments_mixed import Mixed
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian.accumulation import EXPANDED, RUNS
from proofs.gaussian.mixed import DRIFT, simulate
from proofs.spread import ROUNDING
from proofs.verdict import Enclosed, Exact, Sampled
from theory import symbols as s
from theory.gaussian import weighting as law

#: The best weight is looked for among the multiples of 1 / GRID.
GRID = 1000
LATE = 60


def weighted(setting: Setting) -> Mixed:
    """Return rounds that weigh means."""
    (weight,) = setting.numbers("w")
    return Mixed(setting.integer("n"), setting.integer("m"), weight=weight)


def enumerate_after(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the mean square of the estimate after g rounds."""
    return [Exact(moments_mixed.expected(DRIFT, weighted(setting), setting.integer("g")))]


def enumerate_late(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the mean square of the estimate after many rounds."""
    return [Exact(moments_mixed.expected(DRIFT, weighted(setting), LATE))]


@lru_cache(maxsize=4096)
def settled(real: int, made: int, weight: Fraction) -> Fraction:
    """Return the fixed point of the linear recursion through the first two rounds from 0."""
    mixed = Mixed(real, made, weight=weight)
    one, two = (moments_mixed.expected(DRIFT, mixed, n) for n in (1, 2))
    return one / (1 - (two - one) / one)


def enumerate_settled(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the fixed point at the setting's weight."""
    (weight,) = setting.numbers("w")
    return [Exact(settled(setting.integer("n"), setting.integer("m"), weight))]


def bracket_weight(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return two weights between which the fixed point is least.

    It is a convex function over a concave positive one, and so falls first and then rises.
    """
    (ratio,) = setting.numbers("k")
    low, high = 1, GRID

    def height(step: int) -> Fraction:
        return settled(ratio.numerator, ratio.denominator, Fraction(step, GRID))

    while high - low > 2:
        third = (high - low) // 3 or 1
        if height(low + third) <= height(high - third):
            high -= third
        else:
            low += third
    return [Enclosed(Fraction(low - 1, GRID), Fraction(high + 1, GRID))]


def measure_after(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean square of the estimate of simulated runs, its own square expanded."""
    rounds = setting.integer("g")
    timed = Setting(setting.fixed, (rounds,), setting.start)
    run = simulate("weighted", timed, bench, 100_000, weighted)
    second = moments_mixed.expected((4, 0), weighted(setting), rounds)
    return [sampled.known_second_moment(run.mean[:, 0] ** 2, float(second) * (1 + ROUNDING))]


WEIGHTS = (
    setting(n=1, m=1, w="3/5"),
    setting(n=1, m=2, w="1/2"),
    setting(n=4, m=3, w="2/3"),
    setting(n=2, m=3, w="9/10"),
    setting(n=3, m=1, w=1),
    setting(n=2, m=5, w="1/4"),
)
TIMED = (
    setting(n=1, m=1, w="3/5", g=1),
    setting(n=1, m=2, w="1/2", g=3),
    setting(n=4, m=3, w="2/3", g=0),
    setting(n=2, m=5, w="1/4", g=5),
    setting(n=3, m=2, w=1, g=4),
)

N_SHARE = law.N_REAL / (law.N_REAL + law.N_MADE)

WEIGHTING_CASE = Case(
    law.WEIGHTING,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "error",
            enumerate_late,
            WEIGHTS,
            f"{EXPANDED}, {LATE} rounds",
            quick=2,
            margin=1e-12,
        ),
        Witness(
            Route.ENUMERATED,
            "weight",
            bracket_weight,
            (setting(k=1), setting(k="1/2"), setting(k=3), setting(k="1/9")),
            "least of the exact fixed points",
            quick=3,
        ),
        Witness(Route.ENUMERATED, "error-after", enumerate_after, TIMED, EXPANDED, quick=2),
        Witness(
            Route.MEASURED,
            "error-after",
            measure_after,
            (setting(n=3, m=2, w="1/3", g=4), setting(n=2, m=6, w="1/2", g=10)),
            RUNS,
            margin=0.06,
        ),
        Witness(
            Route.ENUMERATED, "least", enumerate_settled, WEIGHTS, "exact fixed points", quick=2
        ),
    ),
    mutants=(
        Mutant("old error kept whole", "error", law.ADDED / law.W),
        Mutant(
            "errors weighed, not squared",
            "error",
            law.ERROR / law.ADDED * s.sigma**2 * (law.W / law.N_REAL + (1 - law.W) / law.N_MADE),
        ),
        Mutant("real points only", "error", s.sigma**2 / law.N_REAL),
        Mutant("pooled mean", "error", s.sigma**2 / (law.N_REAL + law.N_MADE)),
        Mutant("share of real points", "weight", law.RATIO / (1 + law.RATIO)),
        Mutant("golden ratio always", "weight", (sp.sqrt(5) - 1) / 2),
        Mutant("ratio upside down", "weight", law.BEST.subs(law.RATIO, 1 / law.RATIO)),
        Mutant("root of the ratio", "weight", sp.sqrt(law.RATIO) / (1 + sp.sqrt(law.RATIO))),
        Mutant("settled at once", "error-after", law.ERROR),
        Mutant("power not doubled", "error-after", law.ERROR * (1 - (1 - law.W) ** law.ROUNDS)),
        Mutant(
            "one round too many", "error-after", law.ERROR_AFTER.subs(law.ROUNDS, law.ROUNDS + 1)
        ),
        Mutant("pooled mean (least)", "least", s.sigma**2 / (law.N_REAL + law.N_MADE)),
        Mutant("share of real points (least)", "least", law.ERROR.subs(law.W, N_SHARE)),
        Mutant("real points only (least)", "least", s.sigma**2 / law.N_REAL),
    ),
)

CASES = (WEIGHTING_CASE,)
