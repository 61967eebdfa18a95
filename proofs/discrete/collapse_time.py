"""Evidence on the collapse time: linear systems, the two-category chain, and forward runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import sympy as sp
from flint import fmpq, fmpq_mat

from numerics import enumeration, transition, transition_limits
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.discrete.absorption import UNEVEN, enumerate_survival
from proofs.discrete.chains import around
from proofs.discrete.resampling import geometric, simulate, uniform
from proofs.verdict import Enclosed, Exact, Sampled
from theory import symbols as s
from theory.discrete.collapse_time import (
    AGREEING,
    COLLAPSE_LAW,
    COLLAPSED,
    MEAN_COLLAPSE_TIME,
    MEAN_TIME,
    STARTED,
    over_categories,
)
from theory.lineage_times import AgreementTime
from theory.lineages import LineagePower

FOUR = ("2/5", "3/10", "1/5", "1/10")
#: Relative difference between a law and what encloses it that still counts as agreement.
CLOSE = 1e-9
#: Generations of enumeration after which little of the mean is left to enclose.
ENUMERATED = 60
#: Forward runs end after generation M (ln M + this) at the latest: P(still open) < M exp(-this).
LATEST = 20


def enumerate_collapsed(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact probability that one category is left."""
    return [Exact(1 - seen.value) for seen in enumerate_survival(setting, bench)]


def follow_collapsed(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the same for two categories, from all transition probabilities of their counts."""
    chain, first = two_categories(setting)
    ended = transition.absorption_law(chain, first, max(setting.generations) - 1)
    return [around(float(ended[n - 1])) for n in setting.generations]


def two_categories(setting: Setting) -> tuple[transition.TransitionChain, sampled.Floats]:
    """Return the chain of the count of the first of two categories, and its law in generation 1."""
    size, share = setting.integer("M"), float(setting.numbers("p")[0])
    chain = transition.transition_chain(np.arange(size + 1) / size)
    return chain, transition.binomial_law(size, share)


def measure_collapsed(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the share of simulated runs with one category left."""
    run = simulate("collapsed", setting, bench, 50_000)
    return [sampled.share(int((column == 1).sum()), len(column)) for column in run.survivors.T]


def solve_mean(setting: Setting, bench: Bench) -> list[Exact]:
    """Return E T from the linear system of all count vectors with two categories or more."""
    return [Exact(mean_time(setting.numbers("p"), setting.integer("M")))]


def mean_time(start: Sequence[Fraction], samples: int) -> Fraction:
    """Return E T: m = 1 + Q m over the open count vectors, entered from generation 1."""
    spread = (Fraction(1, len(start)),) * len(start)
    states = [x for x in enumeration.law_after(spread, samples, 1) if max(x) < samples]
    place = {x: row for row, x in enumerate(states)}
    if not states:
        return Fraction(1)
    matrix = [[fmpq(x == y) for y in states] for x in states]
    for x in states:
        shares = tuple(Fraction(count, samples) for count in x)
        for y, chance in enumeration.law_after(shares, samples, 1).items():
            if y in place:
                matrix[place[x]][place[y]] -= fmpq(chance.numerator, chance.denominator)
    means = fmpq_mat(matrix).solve(fmpq_mat([[1]] * len(states)))
    first = enumeration.law_after(start, samples, 1)
    later = (
        chance * Fraction(int(means[place[x], 0].p), int(means[place[x], 0].q))
        for x, chance in first.items()
        if x in place
    )
    return 1 + sum(later, Fraction(0))


def enclose_mean(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return bounds on the sum of P(T > n): all outcomes, then geometric series on both sides."""
    start, size = setting.numbers("p"), setting.integer("M")
    alive = enumeration.survival(start, size, ENUMERATED)
    slow, fast = enumeration.survival_rate(len(start), size, ENUMERATED)
    seen = sum(alive[:-1], Fraction(0))
    return [Enclosed(seen + alive[-1] / (1 - slow), seen + alive[-1] / (1 - fast))]


def follow_mean(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return E T for two categories, from the mean generations left at every count."""
    chain, first = two_categories(setting)
    left = transition_limits.absorption(chain).mean
    return [around(1 + float(first @ left))]


def measure_mean(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean of simulated collapse times, cut off late.

    Beyond the cut P(T > n) adds at most M^3 (1-1/M)^last / (2 (M-1)) (A09).
    """
    size = setting.integer("M")
    last = math.ceil(size * (math.log(size) + LATEST))
    run = simulate("mean", replace(setting, generations=(last,)), bench, 40_000)
    times = np.where(run.absorbed_at < 0, last, run.absorbed_at).astype(float)
    seen = sampled.bounded(times, 0.0, float(last))
    beyond = size**3 * (1 - 1 / size) ** last / (2 * (size - 1))

    def interval(alpha: float) -> tuple[float, float]:
        low, high = seen.interval(alpha)
        return low, high + beyond

    return [Sampled(seen.estimate, seen.replicates, interval, seen.method)]


COLLAPSE_LAW_CASE = Case(
    COLLAPSE_LAW,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "collapsed",
            enumerate_collapsed,
            (
                setting((1, 2, 5), p=UNEVEN, M=3),
                setting((1, 4), p=FOUR, M=4),
                setting((2, 7), p=("1/2", 0, "1/2"), M=6),
                setting((1, 9), p=("1/10", "9/10"), M=12),
                setting((1, 3), p=FOUR, M=1),
                setting((1, 2), p=(0, 1), M=5),
            ),
            "all outcomes",
            quick=3,
        ),
        Witness(
            Route.ENCLOSED,
            "collapsed",
            follow_collapsed,
            (
                setting((1, 5, 100), p=("3/10", "7/10"), M=50),
                setting((20, 400, 2000), p=("1/50", "49/50"), M=300),
            ),
            "two-category chain",
            margin=CLOSE,
        ),
        Witness(
            Route.MEASURED,
            "collapsed",
            measure_collapsed,
            (
                setting((10, 30), p=FOUR, M=10),
                setting((80, 160), p=uniform(50), M=50),
                setting((40, 80), p=geometric(8), M=40),
            ),
            "forward runs",
            margin=0.05,
        ),
    ),
    mutants=(
        Mutant("n generations back", "collapsed", COLLAPSED.subs(s.n, s.n + 1)),
        Mutant("one sample for ever", "collapsed", AGREEING),
        Mutant("a fresh start each time", "collapsed", 1 - (1 - AGREEING) ** s.n),
        Mutant(
            "M + 1 lineages",
            "collapsed",
            over_categories(LineagePower(s.p[s.i], s.M + 1, s.M, s.n - 1)),
        ),
        Mutant("a pair of draws agrees", "collapsed", 1 - s.H0 * (1 - 1 / s.M) ** s.n),
    ),
)

MEAN_COLLAPSE_TIME_CASE = Case(
    MEAN_COLLAPSE_TIME,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "mean",
            solve_mean,
            (
                setting(p=UNEVEN, M=3),
                setting(p=FOUR, M=4),
                setting(p=("1/2", "3/10", "1/5"), M=6),
                setting(p=("1/3", "2/3"), M=20),
                setting(p=UNEVEN, M=1),
            ),
            "linear system",
            quick=2,
        ),
        Witness(
            Route.ENCLOSED,
            "mean",
            enclose_mean,
            (
                setting(p=(0, "1/4", "3/4"), M=4),
                setting(p=(0, 1, 0), M=3),
                setting(p=FOUR, M=5),
            ),
            "all outcomes of 60 generations",
            quick=2,
            margin=CLOSE,
        ),
        Witness(
            Route.ENCLOSED,
            "mean",
            follow_mean,
            (
                setting(p=("3/10", "7/10"), M=40),
                setting(p=("1/2", "1/2"), M=200),
                setting(p=("1/100", "99/100"), M=400),
            ),
            "two-category chain",
            margin=CLOSE,
        ),
        Witness(
            Route.MEASURED,
            "mean",
            measure_mean,
            (setting(p=FOUR, M=10), setting(p=uniform(50), M=60)),
            "forward runs",
            margin=0.05,
            principles=frozenset({"A09"}),
        ),
    ),
    mutants=(
        Mutant("counted from generation 1", "mean", AgreementTime(s.p, s.M, s.M)),
        Mutant("one generation too many", "mean", MEAN_TIME + 1),
        Mutant("a pair of draws", "mean", STARTED + AgreementTime(s.p, 2, s.M)),
        Mutant("M - 1 lineages", "mean", STARTED + AgreementTime(s.p, s.M - 1, s.M)),
        Mutant("M + 1 samples", "mean", MEAN_TIME.subs(s.M, s.M + 1)),
        Mutant(
            "diffusion value",
            "mean",
            -2 * s.M * over_categories((1 - s.p[s.i]) * sp.log(1 - s.p[s.i])),
        ),
        Mutant("the rate alone", "mean", s.M * STARTED),
    ),
)

CASES = (COLLAPSE_LAW_CASE, MEAN_COLLAPSE_TIME_CASE)
