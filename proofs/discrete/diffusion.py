"""Evidence on the diffusion limits: exact mean times on ladders of growing samples.

Ladders take transition probabilities, not the recursion of A11 on which these claims rest: those of
the category that wins for any number of categories, all of them for two.
"""

from __future__ import annotations

import sympy as sp

from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.discrete.chains import mean_of_any
from proofs.discrete.collapse_time import follow_mean, measure_mean
from proofs.discrete.resampling import uniform
from proofs.verdict import Enclosed
from theory import symbols as s
from theory.abel import AbelConstant
from theory.discrete.collapse_time import over_categories
from theory.discrete.diffusion import (
    CONSTANT,
    CORRECTED,
    CORRECTED_TIME,
    DIFFUSION,
    DIFFUSION_AS_PRINTED,
    DIFFUSION_TIME,
    DIFFUSION_TIME_TWO,
    ENTROPY,
    LOGARITHM,
    TWO,
)

HALVES = ("1/2", "1/2")
UNEVEN_PAIR = ("3/10", "7/10")
UNEVEN = ("3/5", "3/10", "1/10")
RARE = (*("1/1000",) * 100, "9/10")
LOUD = ("19/20", "1/20")
RUNGS = (125, 250, 500, 1000)
FEW_RUNGS = (40, 80, 160)


def enclose_mean(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean collapse time, by the category that is left in the end."""
    return [mean_of_any(setting.numbers("p"), setting.integer("M"))]


def ladder(rungs: tuple[int, ...], law: tuple[object, ...]) -> tuple[Setting, ...]:
    """Return the settings of one start at growing samples."""
    return tuple(setting(p=law, M=size) for size in rungs)  # type: ignore[arg-type]


def by_winner(*settings: Setting) -> Witness:
    """Return the witness on ladders for any number of categories; the first ladder is quick."""
    return Witness(
        Route.ENCLOSED, "mean", enclose_mean, settings, "chain of the winner", len(FEW_RUNGS)
    )


def by_transitions(*settings: Setting) -> Witness:
    """Return the witness on ladders for two categories; the first ladder is quick."""
    return Witness(
        Route.ENCLOSED, "mean", follow_mean, settings, "two-category chain", len(FEW_RUNGS)
    )


#: Where a bound is tightest: few samples, and a start with hardly any diversity or with much.
EDGES = (
    setting(p=uniform(50), M=1),
    setting(p=uniform(49), M=7),
    setting(p=("1/1000", "999/1000"), M=2),
)
FORWARD = Witness(
    Route.MEASURED,
    "mean",
    measure_mean,
    (setting(p=UNEVEN, M=60),),
    "forward runs",
    margin=0.05,
    principles=frozenset({"A09"}),
)

DIFFUSION_TIME_CASE = Case(
    DIFFUSION_TIME,
    witnesses=(
        by_winner(
            *ladder(FEW_RUNGS, UNEVEN),
            *ladder(RUNGS, UNEVEN),
            *EDGES,
            setting(p=LOUD, M=1000),
            setting(p=RARE, M=200),
        ),
        FORWARD,
    ),
    mutants=(
        Mutant("diploid: 4M", "mean", 2 * DIFFUSION),
        Mutant("M for 2M", "mean", DIFFUSION / 2),
        Mutant("M - 1 for M", "mean", DIFFUSION.subs(s.M, s.M - 1) - 1),
        Mutant("entropy", "mean", -2 * s.M * over_categories(s.p[s.i] * sp.log(s.p[s.i]))),
        Mutant("with the correction", "mean", CORRECTED),
        Mutant("correction of the wrong sign", "mean", DIFFUSION + LOGARITHM),
    ),
)

DIFFUSION_TIME_TWO_CASE = Case(
    DIFFUSION_TIME_TWO,
    witnesses=(
        by_transitions(
            *ladder(FEW_RUNGS, HALVES), *ladder(RUNGS, HALVES), setting(p=LOUD, M=500), EDGES[-1]
        ),
    ),
    mutants=(
        Mutant("diploid: 4M", "mean", 2 * TWO),
        Mutant("M for 2M", "mean", TWO / 2),
        Mutant("logarithms to base 2", "mean", TWO / sp.log(2)),
        Mutant("one category only", "mean", -2 * s.M * s.p[1] * sp.log(s.p[1])),
        Mutant("twice the logarithm away", "mean", TWO - 2 * sp.log(s.M) / 3),
    ),
)

CORRECTED_TIME_CASE = Case(
    CORRECTED_TIME,
    witnesses=(
        by_winner(
            *ladder(FEW_RUNGS, UNEVEN),
            *ladder(RUNGS, UNEVEN),
            *ladder(RUNGS, LOUD),
            *ladder(RUNGS[:3], RARE),
            *EDGES,
        ),
        by_transitions(
            *ladder(FEW_RUNGS, HALVES), *ladder(RUNGS[:3], HALVES), *ladder(RUNGS[:3], LOUD)
        ),
    ),
    mutants=(
        Mutant("without the correction", "mean", DIFFUSION + CONSTANT),
        Mutant("without the constant", "mean", DIFFUSION - LOGARITHM),
        Mutant("A for 2", "mean", CORRECTED + AbelConstant() - 2),
        Mutant("gamma for gamma/3", "mean", CORRECTED - 2 * sp.EulerGamma / 3),
        Mutant("half the logarithm", "mean", DIFFUSION - 3 * LOGARITHM / 2 + CONSTANT),
        Mutant("logarithm of M alone", "mean", DIFFUSION - sp.log(s.M) / 3 + CONSTANT),
        Mutant("M - 1 for M", "mean", CORRECTED + 2 * ENTROPY),
        Mutant("constant -0.72", "mean", CORRECTED - CONSTANT - sp.Rational(18, 25)),
    ),
)

DIFFUSION_AS_PRINTED_CASE = Case(
    DIFFUSION_AS_PRINTED,
    witnesses=(by_transitions(*ladder((100, 200, 400), HALVES), *ladder(RUNGS, UNEVEN_PAIR)),),
)

CASES = (
    DIFFUSION_TIME_CASE,
    DIFFUSION_TIME_TWO_CASE,
    CORRECTED_TIME_CASE,
    DIFFUSION_AS_PRINTED_CASE,
)
