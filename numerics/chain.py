"""The collapse time of resampled categories, exactly, by counting ancestral lineages.

The principle is duality. Generation n >= 2 is M draws with replacement from the M points of
generation n - 1, so the M points have as many distinct parents as M balls occupy boxes out of M;
k distinct parents have as many distinct parents as k balls occupy boxes. Let A be the number of
ancestors that the points of generation n have in generation 1. Those are independent draws from
the starting law, so that all points agree with probability f(A) = sum_i p_i^A:

    P(T <= n) = E f(A)  for n >= 1, A after n - 1 steps from M lineages,

whatever the number of categories. A claim that is itself derived by duality finds no independent
evidence here: use forward runs (`discrete`), `enumeration` or the two-category chain
(`transition`).

Throwing one ball more adds a box or does not. From k to k + 1 balls,

    P(k + 1, j) = P(k, j) j / M + P(k, j - 1) (M - j + 1) / M,

so rows of the lineage matrix are made one after another, without subtraction and in O(M) memory.
A row is a band: entries at its two ends below 5e-19 / M are dropped. At most 2 k entries are
dropped up to row k, so the mass missing there is below 1e-18 k / M, and a row is divided by its
own sum wherever it is used. The lineages stay at k for about 2 M / k^2 generations, so that a
mean moves relatively by less than about 2e-18 ln M: rounding, some 1e-15, is what is left.
"""

from __future__ import annotations

import math
import operator
from typing import NamedTuple, SupportsIndex

import numpy as np
import numpy.typing as npt

from numerics.jitted import jitted

__all__ = [
    "collapse_law",
    "collapse_mean",
    "collapse_mean_given",
    "collapse_tail",
    "collapse_variance",
    "lineage_law",
    "lineage_powers",
]

Array = npt.NDArray[np.float64]

MOST_SAMPLES = 10**7
"""A mean takes some 2 M^1.5 nanoseconds: seconds for 10^6, a minute or two for this many."""

MOST_GENERATIONS = 10**8
"""Entries of a law at most."""

DROPPED = 1e-18
"""Mass that the cuts take from a row at most."""

_UNSEEN = 1e-40  # probability of a number of lineages that is not carried on


class _Agreement(NamedTuple):
    """What a starting law says about k points drawn from it, for k = 0..M; entry 0 is unused."""

    same: Array  # P(all k fall into one category)
    differ: Array  # 1 - same, without cancellation


# ---------------------------------------------------------------- lineages


@jitted
def _next_row(
    old: Array, new: Array, levels: Array, low: int, high: int, cut: float
) -> tuple[int, int]:
    """Return where the next row begins and ends; new holds it, old the row on low..high."""
    boxes = levels.size - 2
    old[low - 1] = 0.0
    old[high + 1] = 0.0
    row = new[low : high + 2]
    stay = old[low : high + 2]
    grow = old[low - 1 : high + 1]
    level = levels[low : high + 2]
    more = boxes + 1.0
    scale = 1.0 / boxes
    for j in range(row.size):
        row[j] = (stay[j] * level[j] + grow[j] * (more - level[j])) * scale
    high += 1
    while new[low] < cut:
        low += 1
    while new[high] < cut:
        high -= 1
    return low, high


@jitted
def _sums(weights: Array, values: Array) -> tuple[float, float]:
    """Return sum weights and sum weights * values, each in four interleaved parts."""
    size = weights.size
    s0 = s1 = s2 = s3 = 0.0
    d0 = d1 = d2 = d3 = 0.0
    whole = size - size % 4
    for j in range(0, whole, 4):
        s0 += weights[j]
        s1 += weights[j + 1]
        s2 += weights[j + 2]
        s3 += weights[j + 3]
        d0 += weights[j] * values[j]
        d1 += weights[j + 1] * values[j + 1]
        d2 += weights[j + 2] * values[j + 2]
        d3 += weights[j + 3] * values[j + 3]
    for j in range(whole, size):
        s0 += weights[j]
        d0 += weights[j] * values[j]
    return (s0 + s1) + (s2 + s3), (d0 + d1) + (d2 + d3)


@jitted
def _accumulated(cost: Array) -> Array:
    """Return g (M + 1,), the expected sum of cost over the lineages until one is left.

    g(k) = cost(k) + sum_{j <= k} P(k, j) g(j) and g(1) = 0. The row's own entry P(k, k) moves to
    the left as the sum of the others, which is 1 - P(k, k) without cancellation.
    """
    samples = cost.size - 1
    cut = DROPPED / (2.0 * samples)
    levels = np.arange(samples + 2).astype(np.float64)
    old = np.zeros(samples + 2)
    new = np.zeros(samples + 2)
    result = np.zeros(samples + 1)
    old[1] = 1.0
    low = high = 1
    for k in range(2, samples + 1):
        low, high = _next_row(old, new, levels, low, high, cut)
        last = min(high, k - 1)
        moved, carried = _sums(new[low : last + 1], result[low : last + 1])
        total = moved + new[k] if high == k else moved
        result[k] = (cost[k] * total + carried) / moved
        old, new = new, old
    return result


@jitted
def _one_generation(
    weights: Array, after: Array, rows: tuple[Array, Array, Array], top: int
) -> int:
    """Return the largest number of lineages kept; after holds their law one generation back.

    weights: their law on 1..top. What is dropped at the top is below 1e-18 of the mass on k >= 2
    over all generations together.
    """
    old, new, levels = rows
    cut = DROPPED / (2.0 * (levels.size - 2))
    after[: top + 1] = 0.0
    after[1] = weights[1]
    alive = weights[2 : top + 1].sum()
    old[1] = 1.0
    low = high = 1
    for k in range(2, top + 1):
        low, high = _next_row(old, new, levels, low, high, cut)
        if weights[k] > _UNSEEN * alive:
            row = new[low : high + 1]
            goal = after[low : high + 1]
            share = weights[k] / row.sum()
            for j in range(row.size):
                goal[j] += share * row[j]
        old, new = new, old
    alive = after[2 : top + 1].sum()
    while top > 1 and after[top] <= cut * alive:
        after[top] = 0.0
        top -= 1
    return top


@jitted
def _followed(same: Array, differ: Array, reached: Array, left: Array) -> Array:
    """Return the law (M + 1,) of the lineages in generation 1, seen from the last of N generations.

    reached and left (N,) are filled with the means of same and differ for every generation.
    """
    samples = same.size - 1
    levels = np.arange(samples + 2).astype(np.float64)
    rows = (np.zeros(samples + 2), np.zeros(samples + 2), levels)
    weights = np.zeros(samples + 1)
    after = np.zeros(samples + 1)
    weights[samples] = 1.0
    top = samples
    for n in range(reached.size):
        if n > 0 and top > 1:
            top = _one_generation(weights, after, rows, top)
            weights, after = after, weights
        law = weights[1 : top + 1]
        reached[n] = _sums(law, same[1 : top + 1])[1]
        left[n] = _sums(law, differ[1 : top + 1])[1]
    weights[top + 1 :] = 0.0  # what is there is of earlier generations
    return weights


# ------------------------------------------------------------ starting laws


@jitted
def _agreement(shares: Array, others: float, samples: int) -> tuple[Array, Array]:
    """Return P(k points agree) and P(they do not) for k = 0..samples.

    shares: positive, the largest first; others: the sum of the rest. Only the largest can exceed
    1/2, so that others - sum of their powers loses no digits.
    """
    same = np.zeros(samples + 1)
    differ = np.zeros(samples + 1)
    for i in range(1, shares.size):
        power = shares[i]
        for k in range(1, samples + 1):
            same[k] += power
            power *= shares[i]
            if power == 0.0:
                break
    slope = math.log1p(-others)
    for k in range(2, samples + 1):
        differ[k] = others - same[k] - (1.0 - others) * math.expm1((k - 1) * slope)
        same[k] += math.exp(k * slope)
    same[1] = 1.0
    return same, differ


def _checked_start(start: npt.ArrayLike) -> Array:
    """Return the starting law, its sum 1 up to rounding; ValueError unless it is one."""
    law = np.asarray(start, dtype=np.float64)
    if law.ndim != 1 or law.size == 0:
        raise ValueError(f"start of shape {law.shape} lies outside non-empty vectors")
    outside = np.flatnonzero(~((law >= 0.0) & (law <= 1.0 + 1e-9)))
    if outside.size:
        k = int(outside[0])
        raise ValueError(f"start[{k}] = {law[k]} lies outside [0, 1]")
    total = math.fsum(law)
    if abs(total - 1.0) > 1e-9:
        raise ValueError(f"start of sum {total!r} lies outside laws of sum 1 within 1e-9")
    return law / total


def _checked_count(name: str, value: SupportsIndex, least: int, most: int) -> int:
    """Return the integer; ValueError unless it is one in least..most."""
    try:
        count = operator.index(value)
    except TypeError:
        raise ValueError(f"{name} = {value!r} lies outside the integers") from None
    if not least <= count <= most:
        raise ValueError(f"{name} = {count} lies outside {least}..{most}")
    return count


def _checked_samples(samples: SupportsIndex) -> int:
    return _checked_count("samples", samples, 1, MOST_SAMPLES)


def _agreement_of(start: npt.ArrayLike | None, samples: int) -> _Agreement | None:
    """Return how points drawn from the start agree; None where a single category is possible."""
    if start is None:
        same, differ = np.zeros(samples + 1), np.ones(samples + 1)
        same[1], differ[1] = 1.0, 0.0
        return _Agreement(same, differ)
    shares = np.sort(_checked_start(start))[::-1]
    shares = np.ascontiguousarray(shares[shares > 0.0])
    if shares.size == 1:
        return None
    return _Agreement(*_agreement(shares, math.fsum(shares[1:]), samples))


# ------------------------------------------------------------------- results


def collapse_mean(start: npt.ArrayLike | None, samples: int) -> float:
    """Return E T in generations, T the first generation at which one category is left.

    start: (K,) probabilities of sum 1, or None for a law without atoms, where no two draws are
    equal. samples: M in 1..10^7. T is 0 where a single category is possible, otherwise at least 1.
    Time grows like M^1.5, memory like M. ValueError outside these domains.
    Source: A11, for k lineages g(k) = 1 - f(k) + sum_j P(k, j) g(j) and E T = 1 + g(M).

    >>> collapse_mean([0.5, 0.5], 2)
    2.0
    """
    size = _checked_samples(samples)
    agreement = _agreement_of(start, size)
    return 0.0 if agreement is None else 1.0 + float(_accumulated(agreement.differ)[-1])


def collapse_variance(start: npt.ArrayLike | None, samples: int) -> float:
    """Return Var T in generations squared; T, start, samples and errors as in `collapse_mean`.

    With g as there and u(k) = sum_j P(k, j) (g(j) + u(j)), E (T - 1)^2 = g(M) + 2 u(M).

    >>> collapse_variance([0.5, 0.5], 2)
    2.0
    """
    size = _checked_samples(samples)
    agreement = _agreement_of(start, size)
    if agreement is None:
        return 0.0
    mean = _accumulated(agreement.differ)
    later = _accumulated(mean - agreement.differ)
    return float(mean[-1] + 2.0 * later[-1] - mean[-1] ** 2)


def collapse_mean_given(start: npt.ArrayLike, samples: int, winner: int) -> float:
    """Return E[T | one category wins] in generations, T as in `collapse_mean`.

    start: (K,) probabilities of sum 1. samples: M in 1..10^7. winner: in 0..K-1, with a positive
    probability. ValueError outside these domains. P(T <= n, i wins) = E p_i^A, with A as above.

    >>> collapse_mean_given([0.5, 0.5], 2, 0)
    2.0
    """
    size = _checked_samples(samples)
    law = _checked_start(start)
    place = _checked_count("winner", winner, 0, law.size - 1)
    share, others = float(law[place]), math.fsum(np.delete(law, place))
    if share == 0.0:
        raise ValueError(f"start[{place}] = 0.0 lies outside (0, 1]: the winner must be possible")
    if others == 0.0:
        return 0.0
    slope = math.log1p(-others) if share > 0.5 else math.log(share)
    return 1.0 + float(_accumulated(-np.expm1(slope * np.arange(-1.0, size)))[-1])


def collapse_law(start: npt.ArrayLike | None, samples: int, generations: int) -> Array:
    """Return P(T <= n) for n = 1..generations, T and start as in `collapse_mean`.

    samples: M in 1..10^7. generations: in 1..10^8. Small values keep their relative accuracy; for
    those near 1 see `collapse_tail`. The result never falls. ValueError outside these domains.
    Source: A14.

    >>> collapse_law([0.5, 0.5], 2, 3)
    array([0.5  , 0.75 , 0.875])
    """
    reached, left = _laws(start, samples, generations)
    return np.maximum.accumulate(np.where(left < 0.5, 1.0 - left, reached))


def collapse_tail(start: npt.ArrayLike | None, samples: int, generations: int) -> Array:
    """Return P(T > n) for n = 1..generations, relatively accurate however small.

    Parameters and errors: as in `collapse_law`. The result never rises.

    >>> collapse_tail([0.5, 0.5], 2, 3)
    array([0.5  , 0.25 , 0.125])
    """
    reached, left = _laws(start, samples, generations)
    return np.minimum.accumulate(np.where(reached < 0.5, 1.0 - reached, left))


def lineage_powers(base: float, samples: int, generations: int) -> Array:
    """Return E base^A for n = 1..generations, A the ancestors in generation 1 of generation n.

    base: in [0, 1]; with 1 - p_i the result is P(category i is lost by n), with p_i it is
    P(category i is alone by n). samples: M in 1..10^7. generations: in 1..10^8. ValueError outside
    these domains. Source: A17.

    >>> lineage_powers(0.5, 2, 3)
    array([0.25  , 0.375 , 0.4375])
    """
    if not 0.0 <= base <= 1.0:
        raise ValueError(f"base = {base} lies outside [0, 1]")
    size = _checked_samples(samples)
    count = _checked_count("generations", generations, 1, MOST_GENERATIONS)
    powers = base ** np.arange(size + 1.0)
    means, unused = np.empty(count), np.empty(count)
    _followed(powers, powers, means, unused)
    return means


def lineage_law(samples: int, generations: int) -> Array:
    """Return the law (M + 1,) of the number of ancestors that M points have some generations back.

    samples: M in 1..10^7. generations: steps back, in 0..10^8. Entry k is P(k ancestors).
    ValueError outside these domains.

    >>> lineage_law(2, 1)
    array([0. , 0.5, 0.5])
    """
    size = _checked_samples(samples)
    count = _checked_count("generations", generations, 0, MOST_GENERATIONS) + 1
    nothing = np.zeros(size + 1)
    return _followed(nothing, nothing, np.empty(count), np.empty(count))


def _laws(start: npt.ArrayLike | None, samples: int, generations: int) -> tuple[Array, Array]:
    """Return P(T <= n) and P(T > n) for n = 1..generations."""
    size = _checked_samples(samples)
    count = _checked_count("generations", generations, 1, MOST_GENERATIONS)
    agreement = _agreement_of(start, size)
    if agreement is None:
        return np.ones(count), np.zeros(count)
    reached, left = np.empty(count), np.empty(count)
    _followed(agreement.same, agreement.differ, reached, left)
    return reached, left
