"""One generation of resampled counts, by whichever of three exact ways is the cheapest.

individuals: pick each of the new points among the old ones; for many survivors.
poissons: independent Poisson counts, whose sum is then mended; for a number in between.
binomials: one after the other, each given those before; for few survivors.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from numerics.jitted import inlined, lean
from numerics.streams import BULK, Stream, fill_bulk, fill_indices
from numerics.tables import (
    LARGEST_MEAN,
    LARGEST_TRIALS,
    Table,
    binomial_half,
    binomial_table,
    looked_up,
    poisson_high,
    poisson_table,
)  # fmt: skip
from numerics.variates import binomial

__all__ = [
    "BINOMIALS",
    "INDIVIDUALS",
    "POISSONS",
    "Tables",
    "Work",
    "drop_dead",
    "new_work",
    "resample",
    "tables_for",
    "way",
]

INDIVIDUALS, POISSONS, BINOMIALS = range(3)
_COMPARE, _LOOK_UP, _ADD, _TAKE = range(4)

_CHUNK = 1024  # indices drawn at once
_CACHED = 2**13  # points whose owners are read from the nearest cache
_FEW_KINDS = 12  # so many categories are counted by comparisons, which the compiler vectorises


class Tables(NamedTuple):
    """The tabled laws of a run."""

    poisson: Table
    binomial: Table
    trials: int  # of the binomial table; 0 for none


class Work(NamedTuple):
    """Survivors of one replicate: the first of these places are in use."""

    labels: NDArray[np.int64]  # (K,)
    counts: NDArray[np.int64]  # (K,)
    begins: NDArray[np.int64]  # (K + 1,) sums of the counts before
    owner: NDArray[np.uint32]  # (largest M,) position among the survivors of each point
    picked: NDArray[np.uint32]  # (_CHUNK,) indices


def tables_for(sizes: NDArray[np.int64]) -> Tables:
    """Tables for this constant number of samples or schedule."""
    constant = int(sizes[0]) if (sizes == sizes[0]).all() else 0
    trials = constant if 2 <= constant <= LARGEST_TRIALS else 0
    return Tables(poisson_table(), binomial_table(max(trials, 2)), trials)


def new_work(categories: int, most: int) -> Work:
    """Room for that many categories and at most that many samples."""
    return Work(
        np.empty(categories, np.int64), np.empty(categories, np.int64),
        np.empty(categories + 1, np.int64), np.empty(most, np.uint32), np.empty(_CHUNK, np.uint32),
    )  # fmt: skip


@inlined
def way(survivors: int, samples: int, total: int) -> int:
    """The way in which counts of that many survivors and that total are resampled.

    The costs are in nanoseconds, as measured on one machine; they decide nothing but speed.
    """
    binomials = 42.0 * (survivors - 1)
    if binomials < 100.0:
        return BINOMIALS
    each = 1.4 if samples < _CACHED else 3.0
    individuals = 60.0 + each * samples
    poissons = 100.0 + 9.0 * (survivors + math.sqrt(samples)) + 6.0 * abs(samples - total)
    if binomials < min(individuals, poissons):
        return BINOMIALS
    return POISSONS if poissons < individuals else INDIVIDUALS


@inlined
def _category(begins: NDArray[np.int64], alive: int, point: np.int64) -> int:
    """Last category that begins at or before the point; by bisection.

    The sign of a difference takes the place of a branch, which could not be foretold.
    """
    k = 0
    size = alive
    while size > 1:
        half = size >> 1
        k += half & ~((point - begins[k + half]) >> 63)
        size -= half
    return k


@inlined
def _count_few(picked: NDArray[np.uint32], counts: NDArray[np.int64], begins: NDArray[np.int64],
    alive: int,
) -> None:  # fmt: skip
    """Nothing: the picked points are added to the counts, by counting those below each border."""
    before = 0
    for k in range(alive - 1):
        border = np.uint32(begins[k + 1])
        below = np.uint32(0)
        for i in range(picked.size):
            below += np.uint32(picked[i] < border)
        counts[k] += np.int64(below) - before
        before = int(np.int64(below))
    counts[alive - 1] += picked.size - before


@lean
def _pick(stream: Stream, points: int, how: int, work: Work, alive: int) -> None:
    """Nothing: counts change by that many points, picked among those that begins describes.

    Parameters: how, one of _COMPARE, _LOOK_UP (the owners of all points are known), _ADD, _TAKE.
    Points that are taken away are the last of their category, which is as good as any: one that
    is gone already is picked again.
    """
    counts, begins, owner = work.counts, work.begins, work.owner
    left = points
    while left > 0:
        picked = work.picked[: min(_CHUNK, left)]
        fill_indices(stream, begins[alive], picked)
        if how == _COMPARE:
            _count_few(picked, counts, begins, alive)
            left -= picked.size
        elif how == _LOOK_UP:
            for i in range(picked.size):
                counts[owner[picked[i]]] += 1
            left -= picked.size
        elif how == _ADD:
            for i in range(picked.size):
                counts[_category(begins, alive, np.int64(picked[i]))] += 1
            left -= picked.size
        else:
            for i in range(picked.size):
                point = np.int64(picked[i])
                k = _category(begins, alive, point)
                there = int(point - begins[k] < counts[k])
                counts[k] -= there
                left -= there


@lean
def _begin_individuals(work: Work, alive: int) -> int:
    """How to pick the new points among the old ones, which begins and owner now describe; the
    counts are 0.
    """  # fmt: skip
    counts, begins, owner = work.counts, work.begins, work.owner
    few = alive <= _FEW_KINDS
    begins[0] = 0
    for k in range(alive):
        begins[k + 1] = begins[k] + counts[k]
        counts[k] = 0
        if not few:
            owner[begins[k] : begins[k + 1]] = k
    return _COMPARE if few else _LOOK_UP


@inlined
def _by_binomials(
    stream: Stream, trials: int, total: int, counts: NDArray[np.int64], tables: Tables
) -> None:
    """Nothing: the counts are drawn again; the first of the binomials is tabled if it can be."""
    left, rest = trials, total
    begin = 0
    if trials == total and total == tables.trials:
        rest -= counts[0]
        counts[0] = binomial_half(stream, tables.binomial, total, counts[0])
        left -= counts[0]
        begin = 1
    for k in range(begin, counts.size - 1):
        count = counts[k]
        drawn = binomial(stream, left, count / rest) if left > 0 else 0
        counts[k] = drawn
        left -= drawn
        rest -= count
    counts[counts.size - 1] = left


@lean
def _draw_poissons(
    stream: Stream, means: NDArray[np.int64], counts: NDArray[np.int64], table: Table
) -> int:
    """Sum of the counts, which are drawn here wherever the mean is not -1."""
    largest = 0
    for k in range(means.size):
        largest = max(largest, means[k])
    drawn = 0
    for first in range(0, means.size, BULK):
        last = min(first + BULK, means.size)
        fill_bulk(stream, last - first)
        words = stream.bulk
        for k in range(first, last):
            if means[k] >= 0:
                counts[k] = looked_up(words[k - first], table, means[k] & 255)
                drawn += counts[k]
    if largest > 255:
        for k in range(means.size):
            if means[k] > 255:
                more = poisson_high(stream, table, means[k])
                counts[k] += more
                drawn += more
    return drawn


@lean
def _begin_poissons(
    stream: Stream, trials: int, total: int, work: Work, alive: int, tables: Tables
) -> int:
    """Number of points to add to the counts, or to take away if negative, where begins says.

    Given their sum, independent Poisson counts are multinomial. A multinomial of another size
    comes from it by adding independent points, or by taking points away at random. Counts that
    no table holds are drawn before, as binomials.
    """
    counts, begins = work.counts[:alive], work.begins
    means = begins[1 : alive + 1]
    left, rest = trials, total
    for k in range(alive):
        means[k] = counts[k]
        if means[k] > LARGEST_MEAN:
            counts[k] = binomial(stream, left, means[k] / rest)
            left -= counts[k]
            rest -= means[k]
            means[k] = -1
    change = left - _draw_poissons(stream, means, counts, tables.poisson)
    begins[0] = 0
    # Counts that are drawn already are no candidates for a change: nothing lies there.
    for k in range(alive):
        size = counts[k] if change < 0 and means[k] >= 0 else max(means[k], 0)
        begins[k + 1] = begins[k] + size
    return change


@inlined
def resample(
    stream: Stream, trials: int, total: int, work: Work, alive: int, tables: Tables
) -> None:
    """Nothing: the first `alive` counts, of sum total, are replaced by multinomial ones that sum
    to trials, with probabilities proportional to the old counts.
    """  # fmt: skip
    chosen = way(alive, trials, total)
    if chosen == BINOMIALS:
        _by_binomials(stream, trials, total, work.counts[:alive], tables)
        return
    if chosen == POISSONS:
        change = _begin_poissons(stream, trials, total, work, alive, tables)
        points, how = abs(change), _ADD if change > 0 else _TAKE
    else:
        points, how = trials, _begin_individuals(work, alive)
    _pick(stream, points, how, work, alive)


@inlined
def drop_dead(alive: int, labels: NDArray[np.int64], counts: NDArray[np.int64]) -> int:
    """Number of categories with a positive count, moved to the front in their old order."""
    kept = 0
    for k in range(alive):
        if counts[k] > 0:
            labels[kept] = labels[k]
            counts[kept] = counts[k]
            kept += 1
    return kept
