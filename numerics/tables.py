"""Draws from tabled laws by Walker's alias method: one word, one look, no branch to guess.

A row is a law on consecutive integers. Its probabilities are made from ratios of neighbours,
outwards from a mode, and cut where one is 2**-60 of the mode's; each is kept to 2**-48 of a slot,
so a tabled law is within 2**-47 of the true one in total variation.
Source: A. J. Walker, ACM TOMS 3 (1977); M. D. Vose, IEEE Trans. Softw. Eng. 17 (1991).
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from numerics.jitted import inlined, jitted, lean
from numerics.streams import Stream, next_word

__all__ = [
    "LARGEST_LAW",
    "LARGEST_MEAN",
    "LARGEST_TRIALS",
    "Table",
    "binomial_half",
    "binomial_table",
    "draw",
    "law_table",
    "looked_up",
    "occupancy_table",
    "packed",
    "poisson_high",
    "poisson_table",
]

LARGEST_LAW = 2**16  # values in a row
LARGEST_MEAN = 4095  # of a tabled Poisson law
LARGEST_TRIALS = 1024  # of a tabled binomial law: all rows together then fit a core's cache
_CUT = 2.0**-60
_WIDEST = 1024  # values in a row that is made from ratios; the widest has 824

_ALIAS = np.uint64(16)  # bits of a slot that name the other value; the rest is the threshold
_OTHER = np.uint64(0xFFFF)
_PLACE = np.uint64(0xFFFFFFFF)
_BITS = np.uint64(0xFF)


class Table(NamedTuple):
    """Rows of laws; row r has 2**bits slots, and a slot holds its own value and another one."""

    slots: NDArray[np.uint64]  # threshold * 2**16 + the other value
    rows: NDArray[np.uint64]  # first value * 2**40 + bits * 2**32 + place of the first slot


@inlined
def looked_up(word: np.uint64, table: Table, row: int) -> int:
    """Integer that the word stands for in that row: its first bits choose the slot."""
    about = table.rows[row]
    bits = (about >> np.uint64(32)) & _BITS
    own = word >> (np.uint64(64) - bits)
    slot = table.slots[(about & _PLACE) + own]
    inside = (word << bits) >> _ALIAS < slot >> _ALIAS
    return int(np.int64(about >> np.uint64(40)) + np.int64(own if inside else slot & _OTHER))


@inlined
def draw(stream: Stream, table: Table, row: int) -> int:
    """Integer drawn from that row of the table."""
    return looked_up(next_word(stream), table, row)


@lean
def _pair_off(
    shares: NDArray[np.float64], small: NDArray[np.int64], large: NDArray[np.int64],
    slots: NDArray[np.uint64],
) -> None:  # fmt: skip
    """Nothing: the slots are filled from shares of mean 1, which are used up."""
    few, many = 0, 0
    for i in range(shares.size):
        slots[i] = i  # a slot that is never paired off gives its own value
        if shares[i] < 1.0:
            small[few] = i
            few += 1
        else:
            large[many] = i
            many += 1
    while few > 0 and many > 0:
        few -= 1
        i, j = small[few], large[many - 1]
        slots[i] = (np.uint64(shares[i] * 2.0**48) << _ALIAS) | np.uint64(j)
        shares[j] -= 1.0 - shares[i]
        if shares[j] < 1.0:
            many -= 1
            small[few] = j
            few += 1


@jitted
def _pack(
    weights: NDArray[np.float64], begins: NDArray[np.int64], values: NDArray[np.int64],
    bits: NDArray[np.int64], table: Table,
) -> None:  # fmt: skip
    """Nothing: the table is filled, row after row."""
    most = 1 << bits.max()
    shares = np.empty(most)
    small, large = np.empty(most, np.int64), np.empty(most, np.int64)
    place = 0
    for r in range(values.size):
        size, slots = begins[r + 1] - begins[r], 1 << bits[r]
        total = 0.0
        for i in range(begins[r], begins[r + 1]):
            total += weights[i]
        for i in range(slots):
            shares[i] = weights[begins[r] + i] * (slots / total) if i < size else 0.0
        _pair_off(shares[:slots], small, large, table.slots[place : place + slots])
        table.rows[r] = (values[r] << 40) | (bits[r] << 32) | place
        place += slots


def packed(
    weights: NDArray[np.float64], begins: NDArray[np.int64], values: NDArray[np.int64]
) -> Table:
    """Table whose row r has the weights from begins[r] to begins[r + 1], of values from values[r].

    Parameters: weights >= 0 of positive sum in each row, 1..LARGEST_LAW of them; values in
    0..2**24-1.
    """
    bits = np.ceil(np.log2(np.maximum(np.diff(begins), 2))).astype(np.int64)
    table = Table(np.empty(int((1 << bits).sum()), np.uint64), np.empty(values.size, np.uint64))
    _pack(weights, begins, values, bits, table)
    return table


@jitted
def _weigh(
    slopes: NDArray[np.float64], declines: NDArray[np.float64], modes: NDArray[np.int64],
    most: int, weights: NDArray[np.float64], begins: NDArray[np.int64], values: NDArray[np.int64],
) -> None:  # fmt: skip
    """Nothing: weights, begins and values describe, for each mode, the law on 0..most with
    w(k + 1) / w(k) = (slope - decline k) / (k + 1).
    """  # fmt: skip
    left = np.empty(_WIDEST)
    place = 0
    for r in range(modes.size):
        slope, decline = slopes[r], declines[r]
        weight, first = 1.0, modes[r]
        while weight >= _CUT and first > 0:
            weight *= first / (slope - decline * (first - 1.0))
            first -= 1
            left[modes[r] - first] = weight
        values[r], begins[r] = first, place
        for k in range(first, modes[r]):
            weights[place] = left[modes[r] - k]
            place += 1
        weight, last = 1.0, modes[r]
        weights[place] = weight
        place += 1
        while weight >= _CUT and last < most:
            weight *= (slope - decline * last) / (last + 1.0)
            last += 1
            weights[place] = weight
            place += 1
    begins[modes.size] = place


def _tabled(
    slopes: NDArray[np.float64], declines: NDArray[np.float64], modes: NDArray[np.int64], most: int
) -> Table:
    """Table of the laws with these ratios."""
    begins, values = np.empty(modes.size + 1, np.int64), np.empty(modes.size, np.int64)
    weights = np.empty(_WIDEST * modes.size)
    _weigh(slopes, declines, modes, most, weights, begins, values)
    return packed(weights, begins, values)


@lru_cache(maxsize=1)
def poisson_table() -> Table:
    """Table whose rows 0..255 are Poisson laws of that mean, then those of means 256, .., 2048."""
    means = np.concatenate([np.arange(256), 256 << np.arange(4)])
    return _tabled(means.astype(float), np.zeros(means.size), means, 2**20)


@lean
def poisson_high(stream: Stream, table: Table, mean: int) -> int:
    """Poisson variate whose mean is the given one without its last eight bits.

    Parameters: the `poisson_table`; mean in 0..LARGEST_MEAN. A sum of variates whose means are
    the binary parts is one whose mean is their sum; row mean & 255 has the rest of it.
    """
    drawn = 0
    row = 256
    high = mean >> 8
    while high > 0:
        if high & 1:
            drawn += draw(stream, table, row)
        high >>= 1
        row += 1
    return drawn


@lru_cache(maxsize=8)
def binomial_table(trials: int) -> Table:
    """Table whose row c is the binomial law of that many trials and probability c / trials.

    Parameters: trials in 1..LARGEST_TRIALS; rows c = 0..trials // 2 (see `binomial_half`).
    """
    counts = np.arange(trials // 2 + 1)
    odds = counts / (trials - counts)
    return _tabled(trials * odds, odds, counts, trials)


@inlined
def binomial_half(stream: Stream, table: Table, trials: int, count: int) -> int:
    """Binomial variate of probability count / trials, from the `binomial_table` of the trials."""
    lower = 2 * count <= trials
    drawn = draw(stream, table, count if lower else trials - count)
    return drawn if lower else trials - drawn


@lean
def _occupy(
    boxes: int, law: NDArray[np.float64], weights: NDArray[np.float64], begins: NDArray[np.int64],
    values: NDArray[np.int64],
) -> None:  # fmt: skip
    """Nothing: weights, begins and values describe the number of boxes hit by 0..boxes balls."""
    law[:] = 0.0
    law[0] = 1.0
    first, last, place = 0, 0, 0
    for balls in range(boxes + 1):
        begins[balls], values[balls] = place, first
        for k in range(first, last + 1):
            weights[place] = law[k]
            place += 1
        # The next ball hits a box that was hit before, or a new one.
        for k in range(min(last, boxes - 1), first - 1, -1):
            law[k + 1] += law[k] * (boxes - k) / boxes
            law[k] *= k / boxes
        last = min(last + 1, boxes)
        while law[first] < _CUT:
            first += 1
        while law[last] < _CUT:
            last -= 1
    begins[boxes + 1] = place


@lru_cache(maxsize=8)
def occupancy_table(boxes: int) -> Table:
    """Table whose row b is the law of the number of boxes that b balls hit, b = 0..boxes.

    Parameters: boxes in 1..LARGEST_TRIALS.
    """
    begins, values = np.empty(boxes + 2, np.int64), np.empty(boxes + 1, np.int64)
    weights = np.empty((boxes + 1) * (boxes + 2))
    _occupy(boxes, np.empty(boxes + 2), weights, begins, values)
    return packed(weights, begins, values)


def law_table(law: NDArray[np.float64]) -> Table:
    """Table with the one row `law` (K,), K in 1..LARGEST_LAW, whose values are 0..K-1."""
    return packed(law, np.array([0, law.size]), np.zeros(1, np.int64))
