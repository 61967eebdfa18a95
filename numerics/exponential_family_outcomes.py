"""Refitted binomial families, enumerated: every outcome of every point, in exact arithmetic."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

__all__ = ["LARGEST_SUM", "binomial_means"]

LARGEST_SUM = 60
"""Largest sum of the points of a generation."""


def binomial_means(
    trials: int, mean: Fraction, samples: int, generations: int
) -> dict[Fraction, Fraction]:
    """Return the law of the mean fitted after some generations: value, probability.

    The law of the sum of a generation's points is formed point by point. trials: N >= 1 of a
    point. mean: m_0 in [0, N]. samples: at least 1, with N * samples at most LARGEST_SUM.
    generations: at least 0. ValueError outside these domains.

    >>> law = binomial_means(1, Fraction(1, 2), samples=2, generations=1)
    >>> print(*(f"{value}: {weight}" for value, weight in law.items()), sep="; ")
    0: 1/4; 1/2: 1/2; 1: 1/4
    """
    if min(trials, samples) < 1 or trials * samples > LARGEST_SUM or generations < 0:
        raise ValueError(
            f"trials = {trials}, samples = {samples}, generations = {generations} lie outside "
            f"trials, samples >= 1, trials * samples <= {LARGEST_SUM}, generations >= 0"
        )
    if not 0 <= mean <= trials:
        raise ValueError(f"mean = {mean} lies outside 0..{trials}")
    law = {mean: Fraction(1)}
    for _ in range(generations):
        after: dict[Fraction, Fraction] = {}
        for here, weight in law.items():
            for total, share in enumerate(_sum(trials, here, samples)):
                value = Fraction(total, samples)
                after[value] = after.get(value, Fraction(0)) + weight * share
        law = after
    return law


@lru_cache(maxsize=1024)
def _sum(trials: int, mean: Fraction, samples: int) -> Sequence[Fraction]:
    """Return the law of the sum of so many points."""
    p = mean / trials
    one = [math.comb(trials, k) * p**k * (1 - p) ** (trials - k) for k in range(trials + 1)]
    total = [Fraction(1)]
    for _ in range(samples):
        longer = [Fraction(0)] * (len(total) + trials)
        for j, x in enumerate(total):
            for k, y in enumerate(one):
                longer[j + k] += x * y
        total = longer
    return total
