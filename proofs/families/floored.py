"""Evidence on a fixed decoder variance: integrals, and forward runs with every point drawn."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import sympy as sp

from numerics import intervals, latent, quadrature, reflected
from numerics.start import Start
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian.refitting import FREE_NORMALS, divisor, estimator
from proofs.verdict import Enclosed, Sampled
from theory import symbols as s
from theory.families import floored as law
from theory.families.floored import FLOORED
from theory.families.reflected_walk import AtFloor, CramerRoot
from theory.gamma_product import LogProductBelow
from theory.rounding import ends

ENCLOSURE_BITS = 128
#: Halvings of the interval around the tail index.
HALVINGS = 30
#: Levels, in units of the floor, between which the tail is fitted.
TAIL = {"unbiased": (8.0, 80.0), "mle": (3.0, 10.0)}
#: Generations after which runs from the floor are stationary, for the M looked at here.
LATE = 40


class Values(NamedTuple):
    """Variance over its floor for each replicate and each recorded generation, (R, G)."""

    values: npt.NDArray[np.float64]


def enclose_index(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the tail index between two exponents: E Y^k < 1 at one, > 1 at the other."""
    size = setting.integer("M")

    def above(k: Fraction) -> bool:
        value = quadrature.expected_power(size - 1, divisor(setting, size), k, 96)
        assert value > 1 or value < 1
        return bool(value > 1)

    low, high = Fraction(1, 3), Fraction(19, 3)  # whose bisection never meets a whole number
    assert above(high)
    assert not above(low)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if above(middle) else (middle, high)
    return [Enclosed(low, high)]


def enclose_dead(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the chance that the latent is dead after one or two generations, by integration."""
    size = setting.integer("M")
    return [
        Enclosed(*ends(reflected.at_one(size - 1, divisor(setting, size), n, ENCLOSURE_BITS)))
        for n in setting.generations
    ]


def simulate(
    experiment: str, setting: Setting, bench: Bench, replicates: int, record: tuple[int, ...]
) -> npt.NDArray[np.float64]:
    """Return variances of a linear VAE on a line, from its floor 1; every point is drawn."""
    key, start = bench.stream_key(experiment, setting), Start.named("normal", np.zeros(1))

    def work(first: int, last: int) -> Values:
        run = latent.simulate(
            start, 1, setting.integer("M"), record, key, first, last, 1.0, estimator(setting)
        )
        return Values(run.latent[:, :, 0] + run.noise)

    return bench.campaign(work, bench.replicates(replicates)).values


def measure_dead(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the share of simulated runs whose latent is dead."""
    values = simulate("dead", setting, bench, 40_000, setting.generations)
    return [sampled.share(int((column == 1.0).sum()), len(column)) for column in values.T]


def measure_index(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the slope of the tail between two levels of late variances, on logarithmic axes.

    Of the runs above the lower level, a binomial number is above the higher one.
    """
    lower, higher = TAIL[estimator(setting)]
    late = simulate("tail", setting, bench, 80_000, (LATE,))[:, 0]
    trials, hits = int((late > lower).sum()), int((late > higher).sum())
    scale = float(np.log(higher / lower))

    def interval(alpha: float) -> tuple[float, float]:
        low, high = intervals.clopper_pearson(hits, trials, alpha)
        return -float(np.log(high)) / scale, -float(np.log(low)) / scale

    slope = -float(np.log(hits / trials)) / scale
    return [Sampled(slope, len(late), interval, "Clopper-Pearson, slope of the tail")]


def both(*generations: int, M: int) -> tuple[Setting, Setting]:
    """Return the settings of both estimators."""
    return (
        setting(generations, M=M, estimator="unbiased"),
        setting(generations, M=M, estimator="mle"),
    )


SHAPE, ONE = law.SHAPE, sp.Integer(1)
UNBIASED, MLE = sp.log(SHAPE), sp.log(s.M / 2)


def chance(steps: sp.Expr, level: sp.Expr) -> sp.Expr:
    """Return the chance that so many factors multiply to 1 at most."""
    return LogProductBelow(SHAPE, steps, steps * level)


FLOORED_CASE = Case(
    FLOORED,
    witnesses=(
        Witness(
            Route.ENCLOSED,
            "kappa",
            enclose_index,
            (*both(M=3), *both(M=2)),
            "ball quadrature over 2 or 3 points, at exponents below and above",
            quick=2,
        ),
        Witness(
            Route.ENCLOSED,
            "kappa",
            enclose_index,
            (*both(M=10), *both(M=100)),
            "ball quadrature at exponents below and above",
            principles=FREE_NORMALS,
        ),
        Witness(
            Route.MEASURED,
            "kappa",
            measure_index,
            both(M=4),
            "forward runs, all points drawn; slope of the tail",
            margin=0.2,
        ),
        Witness(
            Route.ENCLOSED,
            "dead",
            enclose_dead,
            (*both(1, 2, M=3), *both(1, 2, M=2)),
            "ball quadrature over 2 or 3 points a generation",
            quick=2,
        ),
        Witness(
            Route.ENCLOSED,
            "dead",
            enclose_dead,
            both(1, 2, M=11),
            "ball quadrature",
            principles=FREE_NORMALS,
        ),
        Witness(
            Route.MEASURED,
            "dead",
            measure_dead,
            (*both(1, 3, M=4), *both(8, M=10)),
            "forward runs, all points drawn",
            margin=0.08,
            quick=2,
        ),
    ),
    mutants=(
        Mutant("as unbiased", "kappa", ONE, ONE),
        Mutant("limit of large M", "kappa", ONE, sp.Integer(2)),
        Mutant("as for the MLE", "kappa", law.KAPPA, law.KAPPA),
        Mutant("one degree of freedom more", "kappa", ONE, CramerRoot(s.M / 2, (s.M + 1) / 2)),
        Mutant("of the deviation", "kappa", sp.Integer(2), 2 * law.KAPPA),
        Mutant("diffusion", "kappa", ONE, 2 + 1 / s.M),
        Mutant("never comes back", "dead", chance(ONE, UNBIASED) ** s.n, chance(ONE, MLE) ** s.n),
        Mutant("free walk below", "dead", chance(s.n, UNBIASED), chance(s.n, MLE)),
        Mutant("last factor", "dead", chance(ONE, UNBIASED), chance(ONE, MLE)),
        Mutant("other divisor", "dead", law.DEAD_MLE, law.DEAD),
        Mutant("one generation later", "dead", law.DEAD.subs(s.n, s.n + 1),
               law.DEAD_MLE.subs(s.n, s.n + 1)),
        Mutant("M degrees of freedom", "dead", AtFloor(s.M / 2, s.M / 2, s.n),
               AtFloor(s.M / 2, s.M / 2, s.n)),
    ),
)  # fmt: skip

CASES = (FLOORED_CASE,)
