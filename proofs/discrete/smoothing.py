"""Evidence on pseudo-counts."""

from __future__ import annotations

from fractions import Fraction

from numerics.workflow import Workflow
from proofs.case import Case, Mutant, Route, Setting, Witness, setting
from proofs.discrete.distances import SETTLED
from proofs.discrete.loops import Loop, Reading, enumerated, measured, squared_distance
from proofs.discrete.resampling import geometric, uniform
from theory import symbols as s
from theory.discrete.smoothing import (
    COUNTED,
    DISTANCE,
    FIRST,
    GEOMETRIC,
    LEAN,
    LIMIT,
    MEAN,
    NOISE,
    RATE,
    SMOOTHED,
    TARGET_DIVERSITY,
)

PAIR, THREE = ("1/3", "2/3"), ("1/2", "1/3", "1/6")


def smoothed(setting: Setting) -> Loop:
    """Return the loop with A pseudo-counts that follow q."""
    (pseudo,) = setting.numbers("A")
    workflow = Workflow(smoothing=pseudo, toward=setting.numbers("q"))
    return Loop(setting.numbers("p"), setting.integer("M"), setting.generations, workflow)


def _exact_target(loop: Loop) -> list[Fraction]:
    return [Fraction(share) for share in loop.workflow.toward]


#: Simulated runs keep sum p_i^2, which is the distance from a uniform q but for a constant.
TO_TARGET = Reading(
    lambda state, loop: squared_distance(state.law, _exact_target(loop)),
    lambda run, loop: run.squares - 1 / len(loop.start),
    lambda loop: (0.0, 1 - 1 / len(loop.start)),
)
FIRST_SHARE = Reading(
    lambda state, loop: state.law[0], lambda run, loop: run.tracked, lambda loop: (0.0, 1.0)
)

FEW = (
    setting((1, 2, 4, 0), p=PAIR, q=("1/5", "4/5"), A="3/2", M=2),
    setting((1, 3), p=THREE, q=("1/6", "1/6", "2/3"), A=1, M=3),
    setting((3,), p=PAIR, q=("9/10", "1/10"), A="1/4", M=1),
)
LARGE = (
    setting((2, 10), p=("9/10", "1/10"), q=("1/2", "1/2"), A=2, M=10),
    setting((4,), p=geometric(5), q=uniform(5), A=1, M=12),
)
SETTLED_FEW = (
    setting((16,), p=PAIR, q=("1/4", "3/4"), A=5, M=2),
    setting((20,), p=THREE, q=("1/6", "1/6", "2/3"), A=3, M=1),
)
SETTLED_LARGE = (setting((12,), p=("9/10", "1/10"), q=("1/2", "1/2"), A=2, M=6),)
RUNS = "forward runs"

SMOOTHED_CASE = Case(
    SMOOTHED,
    witnesses=(
        Witness(Route.ENUMERATED, "mean", enumerated(smoothed, FIRST_SHARE), FEW, "all outcomes"),
        Witness(Route.MEASURED, "mean", measured(smoothed, FIRST_SHARE), LARGE, RUNS, margin=0.05),
        Witness(Route.ENUMERATED, "distance", enumerated(smoothed, TO_TARGET), FEW, "all outcomes"),
        Witness(
            Route.MEASURED,
            "distance",
            measured(smoothed, TO_TARGET, 100_000),
            LARGE,
            RUNS,
            margin=0.05,
        ),
        Witness(
            Route.ENUMERATED,
            "distance-limit",
            enumerated(smoothed, TO_TARGET),
            SETTLED_FEW,
            "all outcomes",
            margin=SETTLED,
        ),
        Witness(
            Route.MEASURED,
            "distance-limit",
            measured(smoothed, TO_TARGET, 100_000),
            SETTLED_LARGE,
            RUNS,
            margin=0.05,
        ),
    ),
    mutants=(
        Mutant("mean: forgotten at once", "mean", s.toward[s.i]),
        Mutant("mean: nothing forgotten", "mean", s.p[s.i]),
        Mutant("mean: one generation fewer", "mean", MEAN.subs(s.n, s.n - 1)),
        Mutant("mean: A for a share of M", "mean", MEAN.subs(s.A, 2 * s.A)),
        Mutant("M for the root", "distance", DISTANCE.subs(s.M, s.M + 1)),
        Mutant("as if p were q", "distance", NOISE * TARGET_DIVERSITY * GEOMETRIC),
        Mutant(
            "cross term forgotten",
            "distance",
            RATE**s.n * FIRST + NOISE * TARGET_DIVERSITY * GEOMETRIC,
        ),
        Mutant(
            "cross term once",
            "distance",
            DISTANCE + NOISE * LEAN * (COUNTED**s.n - RATE**s.n) / (COUNTED - RATE),
        ),
        Mutant("pair not doubled", "distance", COUNTED ** (2 * s.n) * FIRST),
        Mutant("limit: share not squared", "distance-limit", COUNTED * LIMIT),
        Mutant(
            "limit: pair not doubled", "distance-limit", NOISE * TARGET_DIVERSITY / (1 - COUNTED**2)
        ),
        Mutant("limit: twice the pseudo-counts", "distance-limit", LIMIT.subs(s.A, 2 * s.A)),
        Mutant("limit: no pseudo-counts", "distance-limit", TARGET_DIVERSITY / s.M),
        Mutant("limit: as if collapsed", "distance-limit", TARGET_DIVERSITY),
    ),
)

CASES = (SMOOTHED_CASE,)
