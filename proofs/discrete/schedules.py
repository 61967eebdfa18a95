"""Evidence on sample sizes that change."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import sympy as sp
from flint import arb

from numerics import discrete
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.discrete.diversity import enumerate_diversity
from proofs.discrete.loops import diversity
from proofs.discrete.resampling import geometric, simulate
from proofs.verdict import Exact, Sampled
from theory import symbols as s
from theory.discrete.schedules import (
    LEFT,
    LOWER,
    SCHEDULE_AS_PRINTED,
    SCHEDULES,
    SPENT,
    SUPERLINEAR,
    UPPER,
)
from theory.domain import Value
from theory.rational import whole

Experiment = Callable[[Setting, Bench], list[Exact]]


def size_at(place: arb) -> arb:
    """Return the superlinear size x ln x at a place x of the schedule, not yet rounded up."""
    return place * place.log()


def superlinear(generations: int) -> tuple[Fraction, ...]:
    """Return ceil((i+2) ln(i+2)), i = 0..generations-1, from balls that decide the rounding."""
    places = map(arb, range(2, generations + 2))
    return tuple(Fraction(whole(size_at(place).ceil())) for place in places)


def grown(setting: Setting) -> Setting:
    """Return a setting with the superlinear schedule as its M, and its start as p if it has one."""
    fixed: dict[str, Value] = {"M": superlinear(max(*setting.generations, 1)), **setting.fixed}
    if "p" not in fixed:
        fixed["p"] = tuple(Fraction(entry) for entry in setting.start.split(","))
    return Setting(fixed, setting.generations)


def from_the_start(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the mean diversity over all outcomes, H_0 at generation 0."""
    later = tuple(n for n in setting.generations if n)
    found = enumerate_diversity(Setting(setting.fixed, later, setting.start), bench)
    first = [Exact(diversity(setting.numbers("p")))] * (0 in setting.generations)
    return [*first, *found]


def enumerate_superlinear(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the same for the superlinear schedule."""
    return from_the_start(grown(setting), bench)


def enumerate_share(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the same over H_0."""
    scheduled = grown(setting)
    first = diversity(scheduled.numbers("p"))
    return [Exact(seen.value / first) for seen in from_the_start(scheduled, bench)]


def multiply_share(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the product of 1 - 1/M_i, far beyond what can be enumerated."""
    return [
        Exact(
            Fraction(
                math.prod(int(size) - 1 for size in superlinear(n)),
                math.prod(int(size) for size in superlinear(n)),
            )
        )
        for n in setting.generations
    ]


def measure(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean diversity of simulated runs."""
    run: discrete.DiscreteRun = simulate("schedule", setting, bench, 60_000)
    sizes = [int(size) for size in setting.numbers("M")]
    found = []
    for place, n in enumerate(setting.generations):
        size = sizes[min(n, len(sizes)) - 1]
        values = 1 - np.asarray(run.pairs[:, place], dtype=np.float64) / size**2
        found.append(sampled.bounded(values, 0.0, 1 - 1 / min(size, len(setting.numbers("p")))))
    return found


def measure_superlinear(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the same for the superlinear schedule."""
    return measure(grown(setting), bench)


PAIR, THREE = ("1/3", "2/3"), ("1/2", "1/3", "1/6")
FEW = (
    setting((0, 1, 2, 3), p=PAIR, M=(2, 5, 20)),
    setting((2, 4), p=THREE, M=(2, 3, 5, 2)),
    setting((2,), p=PAIR, M=(4, 1)),
    setting((5,), p=PAIR, M=6),
)
#: Where the sum of 1/M_i is well below 1.
GENTLE = (
    setting((0, 1, 2, 3), p=PAIR, M=(40, 10, 8)),
    setting((1, 2), p=THREE, M=(12, 9)),
    setting((4,), p=PAIR, M=14),
)
LARGE = (
    setting((2, 4), p=("3/10", "7/10"), M=(40, 20, 10, 5)),
    setting((5,), p=geometric(5), M=(5, 10, 20, 40, 80)),
)
FIRST_SIZE = s.n / s.sizes[0]
TIGHTER = sp.Sum(1 / (s.sizes[s.i] - 1), (s.i, 0, s.n - 1))
OUTCOMES, RUNS = "all outcomes", "forward runs"

SCHEDULES_CASE = Case(
    SCHEDULES,
    witnesses=(
        Witness(Route.ENUMERATED, "diversity", from_the_start, FEW, OUTCOMES, quick=2),
        Witness(Route.ENUMERATED, "lower", from_the_start, GENTLE, OUTCOMES),
        Witness(Route.ENUMERATED, "upper", from_the_start, (*FEW[:2], FEW[3]), OUTCOMES, quick=2),
        Witness(Route.MEASURED, "diversity", measure, LARGE, RUNS, margin=0.05),
        Witness(
            Route.ENUMERATED,
            "superlinear",
            enumerate_superlinear,
            (setting((0, 1, 2, 4, 8), p=PAIR), setting((2, 4), p=THREE)),
            OUTCOMES,
        ),
        Witness(
            Route.MEASURED,
            "superlinear",
            measure_superlinear,
            (setting((30,), p=PAIR), setting((100,), p=PAIR)),
            RUNS,
        ),
    ),
    mutants=(
        Mutant("exponential decay", "diversity", UPPER),
        Mutant("first order", "diversity", LOWER),
        Mutant("last generation forgotten", "diversity", LEFT.subs(s.n, s.n - 1)),
        Mutant("first size throughout", "diversity", s.H0 * (1 - 1 / s.sizes[0]) ** s.n),
        Mutant("half of it is lost", "lower", s.H0 * (1 - SPENT / 2)),
        Mutant("lower: exponential", "lower", UPPER),
        Mutant("lower: first size", "lower", s.H0 * (1 - FIRST_SIZE)),
        Mutant("upper: M - 1", "upper", s.H0 * sp.exp(-TIGHTER)),
        Mutant("upper: first order", "upper", LOWER),
        Mutant("upper: first size", "upper", s.H0 * sp.exp(-FIRST_SIZE)),
        Mutant("upper: twice", "upper", 2 * UPPER),
        Mutant("superlinear: as if linear", "superlinear", s.H0 * 3 / (s.n + 3)),
        Mutant("superlinear: one logarithm", "superlinear", s.H0 / sp.log(s.n + 3)),
        Mutant("superlinear: from 2 on", "superlinear", s.H0 * sp.log(2) / sp.log(s.n + 3)),
        Mutant("superlinear: twice", "superlinear", 2 * SUPERLINEAR),
    ),
)

SCHEDULE_AS_PRINTED_CASE = Case(
    SCHEDULE_AS_PRINTED,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "share",
            enumerate_share,
            (
                setting((1, 2), start="1/2,1/2", c="1/2"),
                setting((2, 6), start="1/2,1/2", c="1/4"),
                setting((6, 10), start="1/3,2/3", c="1/5"),
            ),
            "all outcomes, the smallest first",
            quick=2,
        ),
        Witness(
            Route.ENUMERATED,
            "share",
            multiply_share,
            (setting((112,), c="1/10"), setting((12_682,), c="1/20")),
            "exact products",
            principles=frozenset({"A21"}),
        ),
    ),
)

CASES = (SCHEDULES_CASE, SCHEDULE_AS_PRINTED_CASE)
