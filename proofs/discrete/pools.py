"""The exact law of a growing pool of two categories, and what it still can lose."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from numerics.transition import binomial_law
from proofs.verdict import Enclosed

Array = npt.NDArray[np.float64]
Batch = Callable[[int], Array]

#: Covers the rounding of some thousand rounds, relative to the value.
ROUND_OFF = Fraction(1, 10**10)


def binomial_rows(draws: int, chances: Array) -> Array:
    """Return the law of a binomial count for each chance: (chances, draws + 1)."""
    counts = np.arange(draws + 1)
    ways = np.array([math.comb(draws, count) for count in counts], dtype=np.float64)
    return np.asarray(
        ways * chances[:, None] ** counts * (1 - chances[:, None]) ** (draws - counts)
    )


def from_the_pool(draws: int) -> Batch:
    """Return the batch of draws of the pool's own law."""
    return lambda size: binomial_rows(draws, np.arange(size + 1) / size)


def with_fresh(real: int, synthetic: int, share: float) -> Batch:
    """Return the batch of real points, of which `share` is of the category, and of draws."""
    fresh = binomial_rows(real, np.array([share]))[0]

    def rows(size: int) -> Array:
        own = from_the_pool(synthetic)(size)
        both = np.zeros((size + 1, real + synthetic + 1))
        for count, chance in enumerate(fresh):
            both[:, count : count + synthetic + 1] += chance * own
        return both

    return rows


def subsampled(draws: int) -> Batch:
    """Return the batch of draws of the fit to as many points of the pool, each put back."""
    fit = binomial_rows(draws, np.arange(draws + 1) / draws)
    return lambda size: from_the_pool(draws)(size) @ fit


def grown(first: Array, rounds: int, batch: Batch) -> Array:
    """Return the law of the count of one category in the pool after some rounds.

    first: its law at the start, one entry a count. batch: given the size of the pool, the law of
    the count in the next batch, a row for each count in the pool.
    """
    law = first
    for _ in range(rounds):
        rows = batch(law.size - 1)
        later = np.zeros(law.size + rows.shape[1] - 1)
        for count in range(rows.shape[1]):
            later[count : count + law.size] += law * rows[:, count]
        law = later
    return law


def at_first(share: Fraction, points: int) -> Array:
    """Return the law of the count among points drawn from the real law."""
    return np.asarray(binomial_law(points, float(share)))


def pool_diversity(law: Array) -> float:
    """Return the mean diversity of the pool."""
    shares = np.arange(law.size) / (law.size - 1)
    return float(law @ (2 * shares * (1 - shares)))


def squared_distance(law: Array, share: float) -> float:
    """Return the mean squared distance of the pool from the real law, over both categories."""
    shares = np.arange(law.size) / (law.size - 1)
    return float(law @ (2 * (shares - share) ** 2))


def enclosed(value: float, still: float) -> Enclosed:
    """Return where the limit of a value lies that can fall by `still` at most, and not rise."""
    seen = Fraction(value)
    room = seen * ROUND_OFF
    return Enclosed(seen - Fraction(still) - room, seen + room)


def still_to_lose(size: int, batch: int) -> float:
    """Return how much diversity a pool of two categories can still lose on average.

    The shares of the pool are a martingale, so a round loses the mean square of their change, and
    a batch of M in a pool of N changes each of both shares by at most M / N.
    """
    return 2 * batch / size
