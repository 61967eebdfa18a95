"""Evidence on a start of distinct points: M categories of one point each in generation 1.

The mean itself is confirmed forward. Ladders towards its limits follow the point whose copies are
left in the end, one among M, and no lineages.
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from numerics import transition, transition_limits
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.discrete.chains import around, winner
from proofs.discrete.collapse_time import mean_time, measure_mean
from proofs.discrete.resampling import simulate, uniform
from proofs.verdict import Enclosed, Exact, Sampled
from theory import symbols as s
from theory.discrete.distinct import DISTINCT_START, LIMIT, MEAN
from theory.kingman import KingmanLaw
from theory.lineage_times import MeetingTime

RUNGS = (64, 128, 256, 512)


def one_each(setting: Setting) -> Setting:
    """Return the setting after generation 1: a uniform law over as many categories as points."""
    return Setting({**setting.fixed, "p": uniform(setting.integer("M"))}, setting.generations)


def solve_mean(setting: Setting, bench: Bench) -> list[Exact]:
    """Return E T from the linear system of all count vectors, one generation after the first."""
    size = setting.integer("M")
    return [Exact(1 + mean_time(uniform(size), size))]


def measure_distinct(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean of simulated collapse times, counted from generation 1."""
    seen = measure_mean(one_each(setting), bench)[0]

    def interval(alpha: float) -> tuple[float, float]:
        low, high = seen.interval(alpha)
        return 1 + low, 1 + high

    return [Sampled(1 + seen.estimate, seen.replicates, interval, seen.method)]


def enclose_mean(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean: one generation, and the time from one draw of M each."""
    size = setting.integer("M")
    if size == 1:
        return [Enclosed(Fraction(1), Fraction(1))]
    return [around(1 + float(transition_limits.absorption(winner(size)).mean[0]))]


def enclose_law(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return P(T <= tau M), the chance that the copies of the point that wins are all by then."""
    ended = transition.absorption_law(winner(setting.integer("M")), 0, _last(setting) - 1)[-1]
    return [around(float(ended))]


def measure_law(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the share of simulated runs with one point left, the first generation counted."""
    here = Setting(one_each(setting).fixed, (_last(setting) - 1,))
    left = simulate("law", here, bench, 20_000).survivors[:, 0]
    return [sampled.share(int((left == 1).sum()), len(left))]


def _last(setting: Setting) -> int:
    return int(setting.numbers("tau")[0] * setting.integer("M"))


DISTINCT_START_CASE = Case(
    DISTINCT_START,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "mean",
            solve_mean,
            (setting(M=3), setting(M=2), setting(M=4), setting(M=5)),
            "linear system",
            quick=3,
        ),
        Witness(
            Route.MEASURED,
            "mean",
            measure_distinct,
            (setting(M=10), setting(M=50)),
            "forward runs",
            margin=0.05,
            principles=frozenset({"A09"}),
        ),
        Witness(
            Route.ENCLOSED,
            "diffusion",
            enclose_mean,
            # At M = 1 the error equals its bound, which no enclosure decides.
            (*(setting(M=size) for size in RUNGS), setting(M=2), setting(M=3)),
            "chain of the winner",
            quick=3,
        ),
        Witness(
            Route.ENCLOSED,
            "law",
            enclose_law,
            tuple(setting(tau=tau, M=size) for tau in (1, 2, "1/2") for size in RUNGS),
            "chain of the winner",
            quick=3,
        ),
        Witness(
            Route.MEASURED,
            "law",
            measure_law,
            (setting(tau=2, M=100), setting(tau=4, M=60)),
            "forward runs",
            margin=0.05,
        ),
    ),
    mutants=(
        Mutant("one generation too few", "mean", MEAN - 1),
        Mutant("uniform law over M categories", "mean", MEAN + 1),
        Mutant("limit", "mean", 2 * s.M),
        Mutant("sum of the limits", "mean", 2 * s.M - 2),
        Mutant("M + 1 points", "mean", 1 + MeetingTime(s.M + 1, s.M)),
        Mutant("diploid: 4M", "diffusion", 4 * s.M),
        Mutant("one pair", "diffusion", s.M),
        Mutant("correction of the wrong size", "diffusion", 2 * s.M - 2 * sp.log(s.M) / 3),
        Mutant("one pair: exponential", "law", 1 - sp.exp(-s.tau)),
        Mutant("two terms", "law", 1 - 3 * sp.exp(-s.tau)),
        Mutant("time in units of 2M", "law", KingmanLaw(s.tau / 2)),
        Mutant("Jacobi without the cube", "law", LIMIT ** sp.Rational(1, 3)),
    ),
)

CASES = (DISTINCT_START_CASE,)
