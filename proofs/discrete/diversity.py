"""Evidence on what resampling keeps on average and on the diversity it loses."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.discrete.resampling import enumerate_counts, geometric, simulate, uniform
from proofs.verdict import Exact, Sampled
from theory import symbols as s
from theory.discrete.diversity import DIVERSITY_DECAY, PROBABILITIES_MARTINGALE

SMALL = (
    setting((1, 2, 3), p=("1/3", "2/3"), M=2),
    setting((1, 2, 5), p=("1/7", "2/7", "4/7"), M=3),
    setting((1, 4), p=("1/10", "9/10"), M=6),
    setting((1, 3), p=("1/2", "1/4", "1/8", "1/8"), M=4),
    setting((1, 2), p=("1/2", "1/2"), M=1),
)
LARGE = (
    setting((1, 5, 20), p=("3/10", "7/10"), M=10),
    setting((1, 10, 50), p=geometric(8), M=100),
    setting((1, 3, 8), p=uniform(50), M=5),
    setting((1, 20), p=uniform(200), M=1000),
)


def enumerate_diversity(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact mean diversity over all outcomes."""
    return enumerate_counts(setting, diversity)


def diversity(counts: tuple[int, ...], total: int) -> Fraction:
    """Return 1 - sum of squared shares."""
    return 1 - Fraction(sum(count * count for count in counts), total * total)


def measure_diversity(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean diversity of simulated runs, a variable between 0 and 1 - 1/min(K, M)."""
    run = simulate("diversity", setting, bench, 500_000)
    size = setting.integer("M")
    ceiling = 1 - 1 / min(size, len(setting.numbers("p")))
    return [
        sampled.bounded(1 - run.pairs[:, g] / size**2, 0.0, ceiling)
        for g in range(len(setting.generations))
    ]


DIVERSITY_DECAY_CASE = Case(
    DIVERSITY_DECAY,
    witnesses=(
        Witness(Route.ENUMERATED, "diversity", enumerate_diversity, SMALL, "all outcomes", quick=3),
        Witness(
            Route.MEASURED, "diversity", measure_diversity, LARGE, "forward runs", 2, margin=0.05
        ),
    ),
    mutants=(
        Mutant("M - 1 for M", "diversity", s.H0 * (1 - 1 / (s.M - 1)) ** s.n),
        Mutant("M + 1 for M", "diversity", s.H0 * (1 - 1 / (s.M + 1)) ** s.n),
        Mutant("one generation too many", "diversity", s.H0 * (1 - 1 / s.M) ** (s.n + 1)),
        Mutant("two copies of each sample", "diversity", s.H0 * (1 - 1 / (2 * s.M)) ** s.n),
        Mutant("exponential decay", "diversity", s.H0 * sp.exp(-s.n / s.M)),
    ),
)


def enumerate_share(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact mean share of category i over all outcomes."""
    category = setting.integer("i") - 1
    return enumerate_counts(setting, lambda counts, total: Fraction(counts[category], total))


def measure_share(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean share of category i in simulated runs."""
    run = simulate("share", setting, bench, 200_000, tracked=setting.integer("i") - 1)
    totals = setting.numbers("M")
    return [
        sampled.bounded(run.tracked[:, g] / int(totals[min(n, len(totals)) - 1]), 0.0, 1.0)
        for g, n in enumerate(setting.generations)
    ]


PROBABILITIES_MARTINGALE_CASE = Case(
    PROBABILITIES_MARTINGALE,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "mean",
            enumerate_share,
            (
                setting((1, 2, 3), p=("1/3", "2/3"), M=2, i=1),
                setting((1, 4), p=("1/7", "2/7", "4/7"), M=3, i=3),
                setting((3,), p=("1/5", "4/5"), M=(5, 2, 4), i=1),
            ),
            "all outcomes",
            quick=2,
        ),
        Witness(
            Route.MEASURED,
            "mean",
            measure_share,
            (
                setting((1, 5, 30), p=("3/10", "7/10"), M=10, i=1),
                setting((4,), p=("1/5", "4/5"), M=(40, 20, 10, 5), i=2),
            ),
            "forward runs",
            margin=0.05,
        ),
    ),
    mutants=(
        Mutant("uniform in the end", "mean", 1 / s.K),
        Mutant("add-one smoothing", "mean", (s.p[s.i] * s.M + 1) / (s.M + s.K)),
        Mutant("the loudest wins", "mean", s.p[s.i] ** 2 / sp.Sum(s.p[s.j] ** 2, (s.j, 1, s.K))),
    ),
)

CASES = (PROBABILITIES_MARTINGALE_CASE, DIVERSITY_DECAY_CASE)
