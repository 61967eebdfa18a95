"""Evidence on how resampling ends: which category wins, and how long that can take."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import sympy as sp

from numerics import discrete, enumeration
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.discrete import long_open
from proofs.discrete.constant import enumerate_constant, run_two_categories
from proofs.discrete.resampling import geometric, simulate, uniform
from proofs.verdict import Enclosed, Exact, Sampled
from theory import symbols as s
from theory.discrete.absorption import (
    ABSORPTION,
    COLLAPSE_RATE,
    COLLAPSE_TAIL,
    MEAN_DIVERSITY,
    TAIL_BOUND,
)
from theory.discrete.constant import CEILING
from theory.discrete.last_pair import CONSTANT
from theory.lineage_times import LastPair

#: Generations after which hardly a run of the settings below is still open.
ENUMERATED_GENERATIONS = 80
SIMULATED_GENERATIONS = 400

#: p = 5/8, 1/4, 1/8: no two probabilities alike, the largest above 1/2.
UNEVEN = ("5/8", "1/4", "1/8")
PAIRS = LastPair(s.M, s.M)


def enumerate_winner(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the probability that category i is the last, from the whole linear system."""
    ends = enumeration.absorption(setting.numbers("p"), setting.integer("M"))
    return [Exact(ends[setting.integer("i") - 1])]


def enumerate_end(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the probability that some category is the last, from the same system."""
    ends = enumeration.absorption(setting.numbers("p"), setting.integer("M"))
    return [Exact(sum(ends, Fraction(0)))]


def enclose_winner(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return bounds on the same from finitely many generations: runs still open may go any way."""
    start, size = setting.numbers("p"), setting.integer("M")
    corner = tuple(size * (k == setting.integer("i")) for k in range(1, len(start) + 1))
    law = enumeration.law_after(start, size, ENUMERATED_GENERATIONS)
    left = enumeration.survival(start, size, ENUMERATED_GENERATIONS)[-1]
    return [Enclosed(law[corner], law[corner] + left)]


def measure_winner(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the share of simulated runs that category i wins; open runs widen the interval."""
    run = finished("winner", setting, bench)
    won = int((run.winner == setting.integer("i") - 1).sum())
    return [between(won, won + int((run.winner < 0).sum()), len(run.winner))]


def measure_end(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the share of simulated runs that ended; open runs may end later."""
    run = finished("end", setting, bench)
    return [between(int((run.winner >= 0).sum()), len(run.winner), len(run.winner))]


def finished(experiment: str, setting: Setting, bench: Bench) -> discrete.DiscreteRun:
    """Return runs long enough for nearly all to end."""
    return simulate(
        experiment, replace(setting, generations=(SIMULATED_GENERATIONS,)), bench, 200_000
    )


def between(fewest: int, most: int, trials: int) -> Sampled:
    """Return the observation of a probability when the count is known between two numbers."""
    low, high = sampled.share(fewest, trials), sampled.share(most, trials)
    return Sampled(
        low.estimate,
        trials,
        lambda alpha: (low.interval(alpha)[0], high.interval(alpha)[1]),
        low.method,
    )


WINNERS = (
    setting(p=UNEVEN, M=3, i=1),
    setting(p=("2/5", "3/10", "1/5", "1/10"), M=4, i=4),
    setting(p=("1/3", "2/3"), M=9, i=1),
    setting(p=("1/6", "5/6"), M=1, i=1),
)
SIMULATED_WINNERS = (
    setting(p=UNEVEN, M=10, i=2),
    setting(p=geometric(8), M=20, i=2),
    setting(p=("3/10", "7/10"), M=30, i=1),
)

ABSORPTION_CASE = Case(
    ABSORPTION,
    witnesses=(
        Witness(Route.ENUMERATED, "absorption", enumerate_winner, WINNERS, "linear system", 2),
        Witness(Route.ENUMERATED, "certainty", enumerate_end, WINNERS, "linear system", 2),
        Witness(
            Route.ENCLOSED,
            "absorption",
            enclose_winner,
            WINNERS[:2],
            "all outcomes of 80 generations",
            margin=1e-9,
        ),
        Witness(
            Route.MEASURED,
            "absorption",
            measure_winner,
            SIMULATED_WINNERS,
            "forward runs",
            margin=0.05,
        ),
        Witness(
            Route.MEASURED,
            "certainty",
            measure_end,
            SIMULATED_WINNERS[:2],
            "forward runs",
            margin=0.001,
        ),
    ),
    mutants=(
        Mutant("uniform in the end", "absorption", 1 / s.K),
        Mutant(
            "the loudest wins",
            "absorption",
            s.p[s.i] ** 2 / sp.Sum(s.p[s.j] ** 2, (s.j, 1, s.K)),
        ),
        Mutant("all of the first sample", "absorption", s.p[s.i] ** s.M),
        Mutant("in the first sample", "absorption", 1 - (1 - s.p[s.i]) ** s.M),
        Mutant("in the first generation", "certainty", sp.Sum(s.p[s.j] ** s.M, (s.j, 1, s.K))),
        Mutant("diversity stays", "certainty", sp.Sum(s.p[s.j] ** 2, (s.j, 1, s.K))),
        Mutant("the wins of two categories", "certainty", s.p[1] + s.p[2] / 2),
    ),
)


def enumerate_survival(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact probability that more than one category is left."""
    last = max(setting.generations)
    alive = enumeration.survival(setting.numbers("p"), setting.integer("M"), last)
    return [Exact(alive[n]) for n in setting.generations]


def measure_survival(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the share of simulated runs in which more than one category is left."""
    run = simulate("survival", setting, bench, 200_000)
    return [
        sampled.share(int((run.survivors[:, g] > 1).sum()), len(run.survivors))
        for g in range(len(setting.generations))
    ]


COLLAPSE_TAIL_CASE = Case(
    COLLAPSE_TAIL,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "tail",
            enumerate_survival,
            (
                setting((1, 2, 5), p=("1/2", "1/3", "1/6"), M=2),
                setting((1, 4), p=("1/3", "2/3"), M=3),
                setting((1, 6), p=("2/5", "3/10", "1/5", "1/10"), M=4),
                setting((1, 10), p=("1/10", "9/10"), M=12),
            ),
            "all outcomes",
            quick=2,
        ),
        Witness(
            Route.MEASURED,
            "tail",
            measure_survival,
            (
                setting((1, 2), p=UNEVEN, M=2),
                setting((1, 4), p=("3/10", "7/10"), M=3),
                setting((5, 20), p=geometric(6), M=10),
                setting((20,), p=uniform(20), M=20),
            ),
            "forward runs",
            margin=0.05,
        ),
    ),
    mutants=(
        Mutant("smallest diversity 2/M", "tail", MEAN_DIVERSITY * s.M / 2),
        Mutant("M + 1 for M - 1", "tail", MEAN_DIVERSITY * s.M**2 / (2 * (s.M + 1))),
        Mutant("smallest diversity 1/2", "tail", 2 * MEAN_DIVERSITY),
        Mutant("mean diversity alone", "tail", MEAN_DIVERSITY),
        Mutant("one generation too many", "tail", TAIL_BOUND.subs(s.n, s.n + 1)),
        Mutant("1 - H_0 for H_0", "tail", TAIL_BOUND.subs(s.H0, 1 - s.H0)),
        Mutant("one generation too few", "tail", TAIL_BOUND.subs(s.n, s.n - 1)),
    ),
)


def enumerate_rate(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the ratio of the last two survival probabilities, which has the same limit."""
    alive = enumeration.survival(
        setting.numbers("p"), setting.integer("M"), max(setting.generations)
    )
    return [Exact(alive[n] / alive[n - 1]) for n in setting.generations]


def enclose_rate(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return bounds on the rate from n rounds of the transition matrix, for every start."""
    kinds, size = len(setting.numbers("p")), setting.integer("M")
    return [Enclosed(*enumeration.survival_rate(kinds, size, n)) for n in setting.generations]


def measure_rate(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the n-th root of the share of simulated runs with more than one category left."""
    shares = measure_survival(setting, bench)
    return [_root(share, n) for share, n in zip(shares, setting.generations, strict=True)]


def _root(share: Sampled, n: int) -> Sampled:
    """Return the observation of the n-th root of a probability."""

    def interval(alpha: float) -> tuple[float, float]:
        low, high = np.array(share.interval(alpha)) ** (1 / n)
        return float(low), float(high)

    return Sampled(share.estimate ** (1 / n), share.replicates, interval, share.method)


RATE_WITNESSES = (
    Witness(
        Route.ENUMERATED,
        "rate",
        enumerate_rate,
        (
            setting((90,), p=UNEVEN, M=5),
            setting((5,), p=("1/3", "2/3"), M=2),
            setting((80,), p=("2/5", "3/10", "1/5", "1/10"), M=4),
            setting((200,), p=("1/10", "9/10"), M=12),
        ),
        "ratio of survivals",
        margin=1e-12,
    ),
    Witness(
        Route.ENCLOSED,
        "rate",
        enclose_rate,
        (
            setting((60,), p=UNEVEN, M=5),
            setting((60,), p=("2/5", "3/10", "1/5", "1/10"), M=4),
            setting((250,), p=("1/2", "1/2"), M=20),
        ),
        "Collatz-Wielandt",
    ),
    Witness(
        Route.MEASURED,
        "rate",
        measure_rate,
        (
            setting((50,), p=("1/2", "1/2"), M=10),
            setting((100,), p=uniform(5), M=20),
        ),
        "forward runs",
        margin=0.02,
    ),
)


def solve_constant(setting: Setting, bench: Bench) -> list[Exact]:
    """Return lim P(T > n) (1-1/M)^(-n) from linear systems for all open count vectors."""
    return [Exact(long_open.weight(setting.numbers("p"), setting.integer("M")))]


CONSTANT_WITNESSES = (
    Witness(
        Route.ENUMERATED,
        "constant",
        solve_constant,
        (
            setting(p=UNEVEN, M=5),
            setting(p=("1/3", "2/3"), M=4),
            setting(p=UNEVEN, M=2),
            setting(p=("2/5", "3/10", "1/5", "1/10"), M=4),
            setting(p=UNEVEN, M=8),
            setting(p=("1/10", "9/10"), M=30),
        ),
        "eigenvectors of all open count vectors",
        quick=3,
    ),
    Witness(
        Route.ENUMERATED,
        "constant",
        enumerate_constant,
        (setting(p=UNEVEN, M=4), setting(p=UNEVEN, M=7)),
        "all outcomes of 16 M generations",
    ),
    Witness(
        Route.ENCLOSED,
        "constant",
        run_two_categories,
        (setting(p=("1/2", "1/2"), M=20), setting(p=("1/5", "4/5"), M=200)),
        "forward chain of two categories",
    ),
)

SANDWICH_WITNESSES = (
    Witness(
        Route.ENUMERATED,
        "lower",
        enumerate_survival,
        (
            setting((1, 2), p=uniform(5), M=5),
            setting((1,), p=("2/5", "3/10", "1/5", "1/10"), M=4),
            setting((1,), p=("1/2", "1/4", "1/4"), M=10),
        ),
        "all outcomes",
    ),
    Witness(
        Route.MEASURED,
        "lower",
        measure_survival,
        (
            setting((1, 6), p=uniform(50), M=40),
            setting((1, 3), p=geometric(8), M=12),
        ),
        "forward runs",
        margin=0.05,
    ),
    Witness(
        Route.ENUMERATED,
        "upper",
        enumerate_survival,
        (
            setting((1, 2, 5), p=("1/2", "1/3", "1/6"), M=2),
            setting((1, 3), p=("2/5", "3/10", "1/5", "1/10"), M=3),
            setting((20,), p=("1/10", "9/10"), M=12),
        ),
        "all outcomes",
    ),
    Witness(
        Route.MEASURED,
        "upper",
        measure_survival,
        (
            setting((1, 2), p=geometric(6), M=2),
            setting((20, 60), p=("3/10", "7/10"), M=10),
        ),
        "forward runs",
        margin=0.05,
    ),
)

COLLAPSE_RATE_CASE = Case(
    COLLAPSE_RATE,
    witnesses=(*CONSTANT_WITNESSES, *RATE_WITNESSES, *SANDWICH_WITNESSES),
    mutants=(
        Mutant("the limit for large M", "constant", 3 * s.H0),
        Mutant("open counts equally likely", "constant", CEILING),
        Mutant("from generation 1 on", "constant", CONSTANT * (1 - 1 / s.M)),
        Mutant("one lineage fewer", "constant", CONSTANT.subs(PAIRS, LastPair(s.M - 1, s.M))),
        Mutant("one sample more", "constant", CONSTANT.subs(PAIRS, LastPair(s.M + 1, s.M + 1))),
        Mutant("1 - H_0 for H_0 in front", "constant", CONSTANT.subs(s.H0, 1 - s.H0)),
        Mutant("all diversity", "constant", CONSTANT / s.H0),
        Mutant("M - 1 for M", "rate", 1 - 1 / (s.M - 1)),
        Mutant("M + 1 for M", "rate", 1 - 1 / (s.M + 1)),
        Mutant("two copies of each sample", "rate", 1 - 1 / (2 * s.M)),
        Mutant("exponential decay", "rate", sp.exp(-1 / s.M)),
        Mutant("three lineages", "rate", (1 - 1 / s.M) * (1 - 2 / s.M)),
        Mutant("upper half below", "lower", s.M * MEAN_DIVERSITY),
        Mutant("heterozygotes twice", "lower", 2 * MEAN_DIVERSITY),
        Mutant("constant of the diffusion below", "lower", 3 * MEAN_DIVERSITY),
        Mutant("half of it below", "lower", MEAN_DIVERSITY / 2),
        Mutant("one generation too many below", "lower", MEAN_DIVERSITY.subs(s.n, s.n + 1)),
        Mutant("M + 1 for M above", "upper", (s.M + 1) * MEAN_DIVERSITY),
        Mutant("lower half above", "upper", MEAN_DIVERSITY),
        Mutant("M/2 for M", "upper", s.M / 2 * MEAN_DIVERSITY),
        Mutant("M - 1 times", "upper", (s.M - 1) * MEAN_DIVERSITY),
        Mutant("one generation too many", "upper", s.M * MEAN_DIVERSITY.subs(s.n, s.n + 1)),
        Mutant("1 - H_0 for H_0", "upper", s.M * MEAN_DIVERSITY.subs(s.H0, 1 - s.H0)),
    ),
)

CASES = (ABSORPTION_CASE, COLLAPSE_TAIL_CASE, COLLAPSE_RATE_CASE)
