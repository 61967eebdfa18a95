"""A mixture on a line whose points tell their component: all counts exactly, or every point drawn.

Each component is fitted to its own m points: weight m/M, their mean, their variance with divisor m;
one without points is gone. EM comes to the same fit where components do not overlap.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics import moments
from numerics.arguments import checked_record, checked_replicates, checked_samples
from numerics.jitted import jitted
from numerics.streams import Stream, new_stream, restart, uniform
from numerics.variates import normal

__all__ = ["Component", "LabelledRun", "by_words", "expected", "simulate"]

Floats = NDArray[np.float64]

_NONE = Fraction(0)
LARGEST = 200_000
"""Paths of counts at most in one enumeration."""


class Component(NamedTuple):
    """Moments of a component after a path of counts, given that path."""

    weight: Fraction
    mean: Fraction
    second: Fraction  # mean square of the fitted mean
    variance: Fraction  # mean fitted variance


def _compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Tuples of so many whole numbers >= 0 with that sum."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _compositions(total - first, parts - 1):
            yield (first, *rest)


def _paths(
    weights: Sequence[Fraction], samples: int, generations: int
) -> Iterator[tuple[Fraction, tuple[tuple[int, ...], ...]]]:
    """Every path of counts of the components with its probability."""
    if generations == 0:
        yield Fraction(1), ()
        return
    for counts in _compositions(samples, len(weights)):
        chance = Fraction(math.factorial(samples))
        for count, weight in zip(counts, weights, strict=True):
            chance *= Fraction(weight) ** count / math.factorial(count)
        if chance:
            shares = [Fraction(count, samples) for count in counts]
            for rest, path in _paths(shares, samples, generations - 1):
                yield chance * rest, (counts, *path)


@lru_cache(maxsize=65536)
def _moments(
    sizes: tuple[int, ...], variance: Fraction, floor: Fraction
) -> tuple[Fraction, Fraction]:
    """Mean square of the mean, and mean variance, of N(0, variance) refitted to so many points."""
    count = len(sizes)
    if floor or not sizes:
        second = Fraction(0)
        for size in sizes:
            second += variance * moments.expected((2, 0), size, 1, "mle")
            variance = variance * moments.expected((0, 1), size, 1, "mle") + floor
        return second, variance
    return (
        variance * moments.expected((2, 0), sizes, count, "mle"),
        variance * moments.expected((0, 1), sizes, count, "mle"),
    )


def expected(
    start: Sequence[tuple[Fraction, Fraction, Fraction]], samples: int, generations: int,
    function: Callable[[tuple[Component, ...]], Fraction], floor: Fraction = _NONE,
) -> Fraction:  # fmt: skip
    """Mean of a function of the components after some generations, an exact rational.

    Parameters: start, weight, mean and variance of each component, normal ones; samples M >= 1;
    generations >= 0; function, of the components that live, given the path of counts, along which
    they are independent; each point of each component is expanded (`moments`), over all
    generations at once or, with a floor added to every fitted variance, one after the other.
    Raises ValueError for more than LARGEST paths.
    """
    choices = math.comb(samples + len(start) - 1, len(start) - 1) ** generations
    if choices > LARGEST:
        raise ValueError(f"{choices} paths of counts lie outside 1..{LARGEST}")
    total = Fraction(0)
    for chance, path in _paths([weight for weight, _, _ in start], samples, generations):
        alive = []
        for j, (weight, mean, variance) in enumerate(start):
            sizes = tuple(counts[j] for counts in path)
            if 0 not in sizes:
                drift, kept = _moments(sizes, Fraction(variance), Fraction(floor))
                share = Fraction(sizes[-1], samples) if sizes else Fraction(weight)
                alive.append(Component(share, mean, mean * mean + drift, kept))
        total += chance * function(tuple(alive))
    return total


# ---------------------------------------------------------------------- drawn


class LabelledRun(NamedTuple):
    """What was fitted in R replicates at G recorded generations, k components.

    A component that is gone has weight 0 and keeps its last mean and variance.
    """

    weights: Floats  # (R, G, k)
    means: Floats  # (R, G, k)
    variances: Floats  # (R, G, k)


@jitted
def _simulate(
    stream: Stream, start: Floats, sizes: NDArray[np.int64], record: NDArray[np.int64], first: int,
    run: LabelledRun,
) -> None:  # fmt: skip
    """Nothing: the run is filled."""
    k = start.shape[1]
    weight, mean, variance = np.empty(k), np.empty(k), np.empty(k)
    count, total, square = np.empty(k), np.empty(k), np.empty(k)
    for r in range(run.weights.shape[0]):
        restart(stream, stream.key, np.uint64(first + r))
        weight[:], mean[:], variance[:] = start[0], start[1], start[2]
        generation = 0
        for g in range(record.size):
            while generation < record[g]:
                samples = sizes[min(generation, sizes.size - 1)]
                count[:], total[:], square[:] = 0.0, 0.0, 0.0
                for _ in range(samples):
                    j, left = 0, uniform(stream)
                    while j < k - 1 and left >= weight[j]:
                        left -= weight[j]
                        j += 1
                    step = math.sqrt(variance[j]) * normal(stream)
                    count[j] += 1.0
                    total[j] += step
                    square[j] += step * step
                for j in range(k):
                    weight[j] = count[j] / samples
                    if count[j] > 0.0:
                        moved = total[j] / count[j]
                        mean[j] += moved
                        variance[j] = max(square[j] / count[j] - moved * moved, 0.0)
                generation += 1
            run.weights[r, g], run.means[r, g], run.variances[r, g] = weight, mean, variance


def _checked(start: ArrayLike) -> Floats:
    """(3, k) weights, means, variances; ValueError outside their domain."""
    table = np.ascontiguousarray(np.asarray(start, np.float64).T)
    if table.ndim != 2 or table.shape[0] != 3 or not np.isfinite(table).all():
        raise ValueError(f"start = {start!r} is not (weight, mean, variance) a component")
    if (table[0] < 0).any() or abs(table[0].sum() - 1.0) > 1e-9 or (table[2] < 0).any():
        raise ValueError(f"start = {start!r} has other than weights of sum 1, variances >= 0")
    return table


def simulate(
    start: ArrayLike, samples: int | ArrayLike, record: tuple[int, ...], key: int, first: int,
    last: int,
) -> LabelledRun:  # fmt: skip
    """LabelledRun of R = last - first replicates at the G recorded generations.

    Parameters: start (k, 3), weight, mean and variance of each component; samples, M or a schedule,
    each in 1..10**9; record, increasing generations; key and replicates as everywhere.
    Raises ValueError outside these domains.
    """
    table = _checked(start)
    recorded = checked_record(record)
    sizes = checked_samples(samples, int(recorded[-1]), least=1)
    checked_replicates(key, first, last)
    shape = (last - first, recorded.size, table.shape[1])
    run = LabelledRun(np.empty(shape), np.empty(shape), np.empty(shape))
    _simulate(new_stream(key, first), table, sizes, recorded, first, run)
    return run


def by_words(
    start: ArrayLike, samples: int, record: tuple[int, ...], key: int, first: int, last: int
) -> LabelledRun:
    """LabelledRun that equals that of `simulate` up to rounding: lists of points, slow and plain.

    Parameters: as there, with one number of samples.
    """
    weights, means, variances = _checked(start)
    rows = []
    for replicate in range(first, last):
        stream = new_stream(key, replicate)
        law = [list(part) for part in (weights, means, variances)]
        for generation in range(1, record[-1] + 1):
            own: list[list[float]] = [[] for _ in weights]
            for _ in range(samples):
                cumulated = np.cumsum(law[0][:-1])
                j = int((uniform(stream) >= cumulated).sum())
                own[j].append(law[1][j] + math.sqrt(law[2][j]) * normal(stream))
            for j, points in enumerate(own):
                law[0][j] = len(points) / samples
                if points:
                    law[1][j], law[2][j] = float(np.mean(points)), float(np.var(points))
            if generation in record:
                rows.append([list(part) for part in law])
    columns = np.array(rows).reshape(last - first, len(record), 3, len(weights))
    return LabelledRun(*np.moveaxis(columns, 2, 0))
