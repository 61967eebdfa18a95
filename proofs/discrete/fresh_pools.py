"""Evidence on pools that get real points as well: all outcomes, and two categories for long."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import sympy as sp

from numerics.workflow import Workflow
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.discrete.loops import DISTANCE, DIVERSITY, Loop, enumerated, measured
from proofs.discrete.pools import (
    ROUND_OFF,
    Array,
    at_first,
    grown,
    squared_distance,
    with_fresh,
)
from proofs.discrete.resampling import geometric
from proofs.verdict import Enclosed
from theory import symbols as s
from theory.claim import Order
from theory.discrete.fresh_pools import (
    DISTANCE_LAW,
    FRESH_POOL,
    HALF_LAW,
    HALF_REAL,
    MORE_REAL,
    MORE_SYNTHETIC,
    MOSTLY_REAL_LAW,
    POINTS,
    REAL_SHARE,
    PoolDistance,
)

PAIR, THREE = ("1/3", "2/3"), ("1/2", "1/3", "1/6")


def pool(setting: Setting) -> Loop:
    """Return the loop of a pool with fresh real points."""
    real = setting.integer("m_r")
    workflow = Workflow("accumulate", real=setting.integer("N0"), fresh=real)
    size = real + setting.integer("m_s")
    return Loop(setting.numbers("p"), size, setting.generations, workflow)


def along(setting: Setting, share: Fraction, rounds: tuple[int, ...]) -> list[float]:
    """Return the mean squared distance of a pool of two categories after increasing rounds."""
    batch = with_fresh(setting.integer("m_r"), setting.integer("m_s"), float(share))
    law: Array = at_first(share, setting.integer("N0"))
    found = []
    for before, after in pairwise((0, *rounds)):
        law = grown(law, after - before, batch)
        found.append(squared_distance(law, float(share)))
    return found


def around(value: float, scale: float) -> Enclosed:
    """Return a value with room for rounding, relative to a scale."""
    room = Fraction(scale) * ROUND_OFF
    return Enclosed(Fraction(value) - room, Fraction(value) + room)


def enclose_distance(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean squared distance after each of the rounds."""
    found = along(setting, setting.numbers("p")[0], setting.generations)
    return [around(value, value) for value in found]


def enclose_exponent(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return how fast it falls between n and 2n rounds, from p = 3/10 and 7/10."""
    rounds = tuple(sorted({place for n in setting.generations for place in (n, 2 * n)}))
    values = dict(zip(rounds, along(setting, Fraction(3, 10), rounds), strict=True))
    slopes = [math.log2(values[n] / values[2 * n]) for n in setting.generations]
    return [around(slope, 4.0) for slope in slopes]


FEW = (
    setting((0, 1, 2, 3), p=PAIR, N0=2, m_r=1, m_s=1),
    setting((2,), p=THREE, N0=1, m_r=1, m_s=2),
    setting((1, 2), p=THREE, N0=3, m_r=2, m_s=0),
    setting((2,), p=PAIR, N0=2, m_r=0, m_s=3),
    setting((12,), p=PAIR, N0=4, m_r=1, m_s=2),
)
LARGE = (
    setting((1, 5), p=("3/10", "7/10"), N0=3, m_r=1, m_s=4),
    setting((4,), p=geometric(5), N0=2, m_r=3, m_s=3),
)
OUTCOMES, RUNS, LONG_RUN = "all outcomes", "forward runs", "pools of two categories"
WRONG = {
    "all points real": s.H0 / (s.N0 + s.n * POINTS),
    "real and synthetic swapped": s.H0 * PoolDistance(s.N0, s.m_s, s.m_r, s.n),
    "one round fewer": DISTANCE_LAW.subs(s.n, s.n - 1),
    "N0 counted as synthetic": s.H0 * PoolDistance(s.N0 + s.m_s, s.m_r, s.m_s, s.n),
    "real points alone": s.H0 / (s.N0 + s.n * s.m_r),
}
FRESH_POOL_CASE = Case(
    FRESH_POOL,
    witnesses=(
        Witness(Route.ENUMERATED, "distance", enumerated(pool, DISTANCE), FEW, OUTCOMES, quick=2),
        Witness(
            Route.ENCLOSED,
            "distance",
            enclose_distance,
            (setting((10, 200), p=PAIR, N0=5, m_r=1, m_s=3),),
            LONG_RUN,
        ),
        Witness(
            Route.MEASURED, "distance", measured(pool, DISTANCE, 160_000), LARGE, RUNS, margin=0.05
        ),
        Witness(Route.ENUMERATED, "diversity", enumerated(pool, DIVERSITY), FEW, OUTCOMES, quick=2),
        Witness(Route.MEASURED, "diversity", measured(pool, DIVERSITY), LARGE, RUNS, margin=0.05),
    ),
    mutants=(
        *(Mutant(f"distance: {name}", "distance", law) for name, law in WRONG.items()),
        *(Mutant(f"diversity: {name}", "diversity", s.H0 - law) for name, law in WRONG.items()),
    ),
)

RUNGS = (100, 200, 400, 800)
SHORT = (100, 200, 400)
FAR = (400, 800, 1600)


def order(size: sp.Expr, constant: int = 1000, exact: bool = True) -> Order:
    """Return a wrong order with a generous constant, so that only its slope can be seen."""
    return Order(s.n, size, constant, exact)


MORE_REAL_CASE = Case(
    MORE_REAL,
    witnesses=(
        Witness(
            Route.ENCLOSED,
            "distance",
            enclose_distance,
            (
                setting(SHORT, p=PAIR, N0=5, m_r=2, m_s=0),
                setting(SHORT, p=PAIR, N0=2, m_r=2, m_s=1),
                setting(RUNGS, p=PAIR, N0=2, m_r=3, m_s=1),
                setting(RUNGS[1:], p=("1/10", "9/10"), N0=4, m_r=5, m_s=3),
            ),
            LONG_RUN,
            quick=2,
        ),
    ),
    mutants=(
        Mutant("real points alone", "distance", s.H0 / (s.m_r * s.n)),
        Mutant("all points", "distance", s.H0 / (POINTS * s.n)),
        Mutant("share doubled only", "distance", s.H0 / (2 * s.m_r * s.n)),
        Mutant("3 per cent above", "distance", MOSTLY_REAL_LAW * sp.Rational(103, 100)),
        Mutant("error 1/n^2", "distance", MOSTLY_REAL_LAW, order=order(s.H0 / s.n**2)),
        Mutant("error ln(n)/n", "distance", MOSTLY_REAL_LAW, order=order(s.H0 * sp.log(s.n) / s.n)),
    ),
)

HALF_REAL_CASE = Case(
    HALF_REAL,
    witnesses=(
        Witness(
            Route.ENCLOSED,
            "distance",
            enclose_distance,
            (
                setting(FAR, p=PAIR, N0=2, m_r=1, m_s=1),
                setting(FAR, p=PAIR, N0=6, m_r=2, m_s=2),
                setting((*FAR, 3200), p=("1/10", "9/10"), N0=3, m_r=1, m_s=1),
            ),
            LONG_RUN,
        ),
    ),
    mutants=(
        Mutant("no logarithm", "distance", s.H0 / (2 * s.m_s * s.n)),
        Mutant("real points alone", "distance", s.H0 / (s.m_s * s.n)),
        Mutant("per real point", "distance", 2 * HALF_LAW),
        Mutant("a tenth above", "distance", HALF_LAW * sp.Rational(11, 10)),
        Mutant("error 1/n^2", "distance", HALF_LAW, order=order(s.H0 / s.n**2, 10**6)),
    ),
)

MORE_SYNTHETIC_CASE = Case(
    MORE_SYNTHETIC,
    witnesses=(
        Witness(
            Route.ENCLOSED,
            "exponent",
            enclose_exponent,
            (
                setting(SHORT, N0=2, m_r=1, m_s=3),
                setting(SHORT, N0=3, m_r=1, m_s=4),
                setting((100, 200, 400, 800), N0=2, m_r=1, m_s=2),
            ),
            LONG_RUN,
            order_margin=0.15,
        ),
    ),
    mutants=(
        Mutant("real points alone", "exponent", sp.Integer(1)),
        Mutant("share not doubled", "exponent", REAL_SHARE),
        Mutant("synthetic share", "exponent", 2 * (1 - REAL_SHARE)),
        Mutant("ratio of the two", "exponent", s.m_r / s.m_s),
        Mutant("error 1/n", "exponent", 2 * REAL_SHARE, order=order(1 / s.n)),
    ),
)

CASES = (FRESH_POOL_CASE, MORE_REAL_CASE, HALF_REAL_CASE, MORE_SYNTHETIC_CASE)
