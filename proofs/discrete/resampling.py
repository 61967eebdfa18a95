"""Running the resampling kernel, and enumerating its outcomes, at a setting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from numerics import discrete, enumeration
from proofs.case import Bench, Setting
from proofs.verdict import Exact


def simulate(
    experiment: str, setting: Setting, bench: Bench, replicates: int, tracked: int = 0
) -> discrete.DiscreteRun:
    """Return kernel runs from the law p with M samples, recorded at the setting's generations.

    tracked: the category, counted from 0, whose counts are kept.
    """
    start = np.array(setting.numbers("p"), dtype=np.float64)
    samples = schedule(setting)
    key = bench.stream_key(experiment, setting)

    def work(first: int, last: int) -> discrete.DiscreteRun:
        return discrete.simulate(start, samples, setting.generations, key, first, last, tracked)

    return bench.campaign(work, bench.replicates(replicates))


def schedule(setting: Setting) -> int | np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return M as the kernels take it: one number, or an array of them."""
    value = setting.fixed["M"]
    if isinstance(value, Fraction):
        return int(value)
    return np.array([int(size) for size in setting.numbers("M")], dtype=np.int64)


def enumerate_counts(
    setting: Setting, function: Callable[[tuple[int, ...], int], Fraction]
) -> list[Exact]:
    """Return the exact mean of a function of (counts, their total) at each generation >= 1."""
    found = []
    for n in setting.generations:
        sizes = _sizes(setting, n)
        law = enumeration.law_after(setting.numbers("p"), sizes, n)
        found.append(
            Exact(enumeration.expectation(law, lambda counts: function(counts, sum(counts))))
        )
    return found


def _sizes(setting: Setting, generations: int) -> int | Sequence[int]:
    value = setting.fixed["M"]
    if isinstance(value, Fraction):
        return int(value)
    return [int(size) for size in setting.numbers("M")][:generations]


def geometric(categories: int) -> tuple[Fraction, ...]:
    """Return a law whose probabilities halve, with the last one doubled: 1/2, 1/4, ..., same."""
    halves = [Fraction(1, 2**rank) for rank in range(1, categories)]
    return (*halves, halves[-1])


def uniform(categories: int) -> tuple[Fraction, ...]:
    """Return the uniform law."""
    return (Fraction(1, categories),) * categories
