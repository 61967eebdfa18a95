"""Evidence on the number of surviving categories, from forward enumeration and forward runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import sympy as sp

from numerics import transition
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.discrete.absorption import UNEVEN
from proofs.discrete.chains import around
from proofs.discrete.collapse_time import CLOSE, FOUR, two_categories
from proofs.discrete.resampling import enumerate_counts, geometric, simulate, uniform
from proofs.verdict import Enclosed, Exact, Sampled
from theory import symbols as s
from theory.discrete.collapse_time import over_categories
from theory.discrete.survivors import EXPECTED_SURVIVORS, SEEN_ONCE, SURVIVORS
from theory.lineages import LineagePower

#: Beyond this many samples the chance that one draw has descendants is not computed.
LARGEST_CHAIN = 5000
#: Up to so many generations the number left is told apart from its mean draw by draw.
FEW = 10
#: Shares of a run's interval that go to its two parts, the mean and the count of long runs.
PART = 0.5


def enumerate_survivors(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact mean number of categories with a draw."""
    return enumerate_counts(setting, lambda counts, _: Fraction(sum(count > 0 for count in counts)))


def follow_survivors(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the same for two categories, from all transition probabilities of their counts."""
    chain, first = two_categories(setting)
    ended = transition.absorption_law(chain, first, max(setting.generations) - 1)
    return [around(float(2 - ended[n - 1])) for n in setting.generations]


def measure_survivors(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean number of categories left in simulated runs.

    After a few generations its variance is at most n M/2 (Efron-Stein inequality: one draw changed
    for another, in any generation, changes it by at most 1), and at most (K-1)^2/4. Later what was
    left half-way bounds it, since it never rises: see `_bounded_half_way`.
    """
    between = sorted({*setting.generations, *map(_half, setting.generations)} - {0})
    run = simulate("survivors", replace(setting, generations=tuple(between)), bench, 40_000)
    left = {n: run.survivors[:, g].astype(float) for g, n in enumerate(between)}
    kinds, size = len(setting.numbers("p")), setting.integer("M")
    found = []
    for n in setting.generations:
        if n <= FEW:
            most = min(n * size / 2, (kinds - 1) ** 2 / 4)
            found.append(sampled.known_variance(left[n], most))
        else:
            found.append(_bounded_half_way(left[_half(n)], left[n], min(kinds, size), size, n))
    return found


def _half(generation: int) -> int:
    return generation // 2


def _bounded_half_way(
    half: sampled.Floats, left: sampled.Floats, most: int, samples: int, generation: int
) -> Sampled:
    """Return the observation of a mean in 1..most that is far from `most` in nearly every run.

    The runs fall into two halves. From the first a bound B is read off: half as much again as the
    most that was left half-way, so that hardly a run of the second half exceeds it. On those that
    do not, the number left is in 1..B. Those that do add to the mean at most their chance times
    the most that can be left on average from any state half-way: M times the chance that one draw
    has descendants.
    """
    first, second = half[: len(half) // 2], half[len(half) // 2 :]
    bound = float(min(most, math.ceil(1.5 * first.max())))
    kept = np.where(second <= bound, left[len(half) // 2 :], 0.0)
    seen = sampled.bounded(kept, 0.0, bound)
    long = sampled.share(int((second > bound).sum()), len(second))
    ceiling = 0.0 if bound == most else _ceiling(samples, generation - _half(generation), most)

    def interval(alpha: float) -> tuple[float, float]:
        low, high = seen.interval(alpha * PART)
        return low, high + ceiling * long.interval(alpha * PART)[1]

    return Sampled(seen.estimate, len(second), interval, f"{seen.method}, cut half-way")


def _ceiling(samples: int, generations: int, most: int) -> float:
    """Return what can be left on average so many generations later, whatever there is now."""
    if samples > LARGEST_CHAIN:
        return float(most)
    chain = transition.transition_chain(np.arange(samples + 1) / samples)
    law = transition.transition_law(chain, 1, generations)
    return min(float(most), samples * float(1 - law[0]))


LAWS: Sequence[Setting] = (
    setting((1, 2, 5), p=UNEVEN, M=3),
    setting((1, 4), p=FOUR, M=5),
    setting((2, 6), p=("1/2", 0, "1/2"), M=6),
    setting((1, 3), p=FOUR, M=1),
    setting((1, 10), p=("1/20", "19/20"), M=15),
    setting((1, 2), p=(0, 1), M=4),
)

EXPECTED_SURVIVORS_CASE = Case(
    EXPECTED_SURVIVORS,
    witnesses=(
        Witness(Route.ENUMERATED, "survivors", enumerate_survivors, tuple(LAWS), "all outcomes", 3),
        Witness(
            Route.ENCLOSED,
            "survivors",
            follow_survivors,
            (
                setting((1, 10, 100), p=("1/50", "49/50"), M=60),
                setting((5, 500), p=("1/3", "2/3"), M=300),
            ),
            "two-category chain",
            margin=CLOSE,
        ),
        Witness(
            Route.MEASURED,
            "survivors",
            measure_survivors,
            (
                setting((1, 5, 20), p=geometric(10), M=30),
                setting((1, 10, 100), p=uniform(200), M=200),
            ),
            "forward runs",
            margin=0.05,
        ),
    ),
    mutants=(
        Mutant("n generations back", "survivors", SURVIVORS.subs(s.n, s.n + 1)),
        Mutant("one generation for ever", "survivors", SEEN_ONCE),
        Mutant(
            "a share of them each time",
            "survivors",
            s.K * (SEEN_ONCE / s.K) ** s.n,
        ),
        Mutant(
            "M + 1 lineages",
            "survivors",
            over_categories(1 - LineagePower(1 - s.p[s.i], s.M + 1, s.M, s.n - 1)),
        ),
        Mutant(
            "exponential loss",
            "survivors",
            over_categories(1 - sp.exp(-2 * s.M * s.p[s.i] / (s.n + 1))),
        ),
        Mutant(
            "an effective number",
            "survivors",
            1 / (1 - s.H0 * (1 - 1 / s.M) ** s.n),
        ),
    ),
)

CASES = (EXPECTED_SURVIVORS_CASE,)
