"""Exact chains of two categories: counts 0..M, with any chance of success from each count.

From count x the next count is binomial, M draws with success[x]. Resampling is success[x] = x / M;
fresh data, mutation, selection or temperature are other functions of x / M. Nothing is used
besides the binomial law and linear algebra, so that the results are evidence for claims derived by
duality, by martingales or from eigenvectors.

A row starts from weight 1 at its mode, multiplies by ratios of neighbouring terms and is divided
by its sum. (Terms from log-factorials, not divided, are off by 3e-9 at M = 1000.) What lies beyond
both ends of a row has mass below 1e-18, by the geometric series of the last ratio. How a chain ends
or settles is in `transition_limits`.
"""

from __future__ import annotations

import math
import operator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from numerics.jitted import jitted

__all__ = [
    "TransitionChain",
    "absorbing",
    "absorption_law",
    "binomial_law",
    "transition_chain",
    "transition_law",
]

Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

MOST_SAMPLES = 20_000
"""Samples at most: the rows then take 0.2 GB, and eliminating counts as much again."""

DROPPED = 1e-18
"""Mass that a row loses at most."""

_UNSEEN = 1e-60  # probability of a count that is not carried on


class TransitionChain(NamedTuple):
    """The transition matrix of counts 0..M, as one band a row."""

    success: Array  # (M + 1,) chance of success from each count
    first: Places  # (M + 1,) where the row of each count begins
    rows: Array  # (M + 1, width) its entries from there on, padded with 0


# -------------------------------------------------------------------- rows


@jitted
def _fill_row(success: float, row: Array) -> tuple[int, int]:
    """Return the first and the last count of a binomial row (M + 1,), which is filled there."""
    samples = row.size - 1
    if success == 0.0 or success == 1.0:
        end = samples if success == 1.0 else 0
        row[end] = 1.0
        return end, end
    odds = success / (1.0 - success)
    mode = min(int((samples + 1) * success), samples)
    row[mode] = 1.0
    last = mode
    while last < samples:
        ratio = (samples - last) * odds / (last + 1)
        if ratio < 1.0 and row[last] * ratio <= 0.5 * DROPPED * (1.0 - ratio):
            break
        row[last + 1] = row[last] * ratio
        last += 1
    first = mode
    while first > 0:
        ratio = first / ((samples - first + 1) * odds)
        if ratio < 1.0 and row[first] * ratio <= 0.5 * DROPPED * (1.0 - ratio):
            break
        row[first - 1] = row[first] * ratio
        first -= 1
    total = missed = 0.0  # Neumaier's sum
    for y in range(first, last + 1):
        longer = total + row[y]
        missed += (total - longer) + row[y] if total >= row[y] else (row[y] - longer) + total
        total = longer
    for y in range(first, last + 1):
        row[y] /= total + missed
    return first, last


@jitted
def _ends(success: Array) -> tuple[Places, Places]:
    """Return the first and the last count of every row."""
    first = np.empty(success.size, np.int64)
    last = np.empty(success.size, np.int64)
    row = np.empty(success.size)
    for x in range(success.size):
        first[x], last[x] = _fill_row(success[x], row)
    return first, last


@jitted
def _fill_rows(success: Array, first: Places, last: Places, rows: Array) -> None:
    """Fill the band of every row, which is zero beforehand."""
    row = np.empty(success.size)
    for x in range(success.size):
        _fill_row(success[x], row)
        for y in range(first[x], last[x] + 1):
            rows[x, y - first[x]] = row[y]


def transition_chain(success: npt.ArrayLike) -> TransitionChain:
    """Return the chain of counts 0..M in which count x leads to a binomial(M, success[x]) count.

    success: (M + 1,) chances in [0, 1], M in 1..20,000. Count 0 is absorbing where success[0] is
    0, count M where success[M] is 1. ValueError outside these domains.

    >>> chain = transition_chain([0, 1/2, 1])
    >>> chain.rows[1]
    array([0.25, 0.5 , 0.25])
    """
    chances = np.ascontiguousarray(success, dtype=np.float64)
    if chances.ndim != 1 or not 2 <= chances.size <= MOST_SAMPLES + 1:
        raise ValueError(
            f"success of shape {chances.shape} lies outside vectors of 2..{MOST_SAMPLES + 1}"
        )
    outside = np.flatnonzero(~((chances >= 0.0) & (chances <= 1.0)))
    if outside.size:
        x = int(outside[0])
        raise ValueError(f"success[{x}] = {chances[x]} lies outside [0, 1]")
    first, last = _ends(chances)
    rows = np.zeros((chances.size, int((last - first).max()) + 1))
    _fill_rows(chances, first, last, rows)
    return TransitionChain(chances, first, rows)


def binomial_law(samples: int, success: float) -> Array:
    """Return the law (M + 1,) of the count in generation 1: M draws from the starting law.

    samples: M in 1..20,000. success: in [0, 1]. ValueError outside these domains.

    >>> binomial_law(2, 0.5)
    array([0.25, 0.5 , 0.25])
    """
    if not 1 <= samples <= MOST_SAMPLES:
        raise ValueError(f"samples = {samples} lies outside 1..{MOST_SAMPLES}")
    if not 0.0 <= success <= 1.0:
        raise ValueError(f"success = {success} lies outside [0, 1]")
    law = np.zeros(samples + 1)
    _fill_row(float(success), law)
    return law


def absorbing(chain: TransitionChain) -> tuple[bool, bool]:
    """Return whether count 0 and whether count M is absorbing; ValueError where neither is."""
    low, high = float(chain.success[0]), float(chain.success[-1])
    if low > 0.0 and high < 1.0:
        raise ValueError(
            f"success[0] = {low} and success[{chain.success.size - 1}] = {high} lie outside "
            "chains with absorption: success[0] = 0 or success[M] = 1"
        )
    return low == 0.0, high == 1.0


# --------------------------------------------------------------- generations


@jitted
def _advance(first: Places, rows: Array, law: Array, ended: Array) -> Array:
    """Return the law after as many generations as ended has rows, less one.

    ended (generations + 1, 2) is filled with the mass on counts 0 and M.
    """
    after = np.empty(law.size)
    width = rows.shape[1]
    for n in range(ended.shape[0]):
        if n > 0:
            after[:] = 0.0
            for x in range(law.size):
                if law[x] > _UNSEEN:
                    size = min(width, law.size - first[x])
                    row = rows[x, :size]
                    goal = after[first[x] : first[x] + size]
                    for j in range(size):
                        goal[j] += law[x] * row[j]
            law, after = after, law
        ended[n, 0] = law[0]
        ended[n, 1] = law[law.size - 1]
    return law


def transition_law(chain: TransitionChain, start: npt.ArrayLike, generations: int) -> Array:
    """Return the law (M + 1,) of the count some generations after the start.

    start: a count in 0..M, or the law (M + 1,) of the count, of sum 1. generations: at least 0.
    Probabilities below 1e-60 are not carried on. ValueError outside these domains.

    >>> transition_law(transition_chain([0, 1/2, 1]), 1, 2)
    array([0.375, 0.25 , 0.375])
    """
    return _advance(chain.first, chain.rows, *_prepared(chain, start, generations))


def absorption_law(chain: TransitionChain, start: npt.ArrayLike, generations: int) -> Array:
    """Return P(absorbed by generation n) for n = 0..generations, the start being generation 0.

    Parameters and errors: as in `transition_law`; ValueError too where no count is absorbing. A
    start drawn from a law on the categories is `binomial_law`, and is generation 1.

    >>> absorption_law(transition_chain([0, 1/2, 1]), 1, 2)
    array([0.  , 0.5 , 0.75])
    """
    ends = absorbing(chain)
    law, ended = _prepared(chain, start, generations)
    _advance(chain.first, chain.rows, law, ended)
    return np.minimum(ended @ np.array(ends, dtype=np.float64), 1.0)


def _prepared(
    chain: TransitionChain, start: npt.ArrayLike, generations: int
) -> tuple[Array, Array]:
    """Return the starting law, and room for what is recorded of every generation."""
    if generations < 0:
        raise ValueError(f"generations = {generations} lies outside generations >= 0")
    return _checked_start(start, chain.success.size), np.empty((generations + 1, 2))


def _checked_start(start: npt.ArrayLike, size: int) -> Array:
    """Return a new array with the law of the count; ValueError unless it is one."""
    if np.ndim(start) == 0:
        try:
            count = operator.index(np.asarray(start).item())
        except TypeError:
            raise ValueError(f"start = {start!r} lies outside the integers") from None
        if not 0 <= count < size:
            raise ValueError(f"start = {count} lies outside 0..{size - 1}")
        law = np.zeros(size)
        law[count] = 1.0
        return law
    law = np.array(start, dtype=np.float64)
    if law.shape != (size,):
        raise ValueError(f"start of shape {law.shape} lies outside vectors of {size} entries")
    outside = np.flatnonzero(~(law >= 0.0))
    if outside.size:
        x = int(outside[0])
        raise ValueError(f"start[{x}] = {law[x]} lies outside [0, 1]")
    total = math.fsum(law)
    if not abs(total - 1.0) <= 1e-9:
        raise ValueError(f"start of sum {total!r} lies outside laws of sum 1 within 1e-9")
    return law / total
