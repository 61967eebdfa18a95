"""How a chain of two categories ends or settles: absorption times and ends, stationary laws.

Counts are eliminated from the top, one by one, each by sending what enters it to where it leads
when it is left. Every step multiplies, divides or adds nonnegative numbers, so that no digit is
lost however slow the chain is. The elimination keeps to the band of the matrix.
Source: Grassmann, Taksar and Heyman, Operations Research 33 (1985), for stationary laws.

What the rows of the chain leave out has mass below 1e-18 a generation. It changes an answer
relatively by at most 1e-18 times the longest mean time that the answer rests on, and a chain for
which that time is above 10^9 generations is refused.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from numerics.jitted import jitted
from numerics.transition import TransitionChain, absorbing, transition_law

__all__ = ["Absorption", "absorption", "stationary_law"]

Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

LONGEST = 1e9
"""Mean generations at most on which an answer may rest."""

_WARM_UP = 100  # generations after which a chain without absorption is likely where it stays


class Absorption(NamedTuple):
    """How the chain ends from each count 0..M; 0 generations from a count that stays for ever."""

    mean: Array  # (M + 1,) generations until absorbed
    variance: Array  # (M + 1,) generations squared
    at_zero: Array  # (M + 1,) P(absorbed at count 0)
    at_all: Array  # (M + 1,) P(absorbed at count M)


class _Eliminated(NamedTuple):
    """The chain on N counts that are left in the end, as the elimination leaves it.

    Row k of band holds, for j below k, the chance that the step from k leads to j once the counts
    above k are skipped; above k, the factors with which count k receives from later ones.
    """

    lower: int
    band: Array  # (N, lower + upper + 1), entry lower + j - k of row k belongs to column j
    moved: Array  # (N,) chance that a step from k leads below k or out


@jitted
def _widths(chain: TransitionChain, place: Places) -> tuple[int, int]:
    """Return how far entries lie below and above the diagonal, among the counts kept."""
    lower = upper = 0
    for x in range(place.size):
        if place[x] >= 0:
            for j in range(min(chain.rows.shape[1], place.size - chain.first[x])):
                y = chain.first[x] + j
                if place[y] >= 0 and chain.rows[x, j] > 0.0:
                    lower = max(lower, place[x] - place[y])
                    upper = max(upper, place[y] - place[x])
    return lower, upper


@jitted
def _fill_band(chain: TransitionChain, place: Places, lower: int, band: Array) -> Array:
    """Return the chance (N,) of a step out of the counts kept; band receives the other steps."""
    out = np.zeros(band.shape[0])
    for x in range(place.size):
        if place[x] >= 0:
            for j in range(min(chain.rows.shape[1], place.size - chain.first[x])):
                to = place[chain.first[x] + j]
                if to < 0:
                    out[place[x]] += chain.rows[x, j]
                elif chain.rows[x, j] > 0.0:
                    band[place[x], lower + to - place[x]] = chain.rows[x, j]
    return out


@jitted
def _eliminate(band: Array, lower: int, out: Array) -> Array:
    """Return the chance (N,) that a step leads further down or out; band is eliminated in place.

    It is 0 at a count from which the way out is lost; the elimination stops there.
    """
    size = band.shape[0]
    upper = band.shape[1] - lower - 1
    moved = np.zeros(size)
    for k in range(size - 1, -1, -1):
        reach = min(lower, k)
        below = band[k, lower - reach : lower]
        moved[k] = below.sum() + out[k]
        if moved[k] == 0.0:
            break
        for x in range(max(0, k - upper), k):
            factor = band[x, lower + k - x] / moved[k]
            band[x, lower + k - x] = factor
            start = lower + k - reach - x
            row = band[x, start : start + reach]
            for j in range(reach):
                row[j] += factor * below[j]
            out[x] += factor * out[k]
    return moved


@jitted
def _costs(counts: _Eliminated, cost: Array) -> Array:
    """Return the expected sum (N,) of a cost a generation until the counts are left."""
    lower, band, moved = counts
    size = band.shape[0]
    upper = band.shape[1] - lower - 1
    total = cost.copy()
    for k in range(size - 1, -1, -1):
        for x in range(max(0, k - upper), k):
            total[x] += band[x, lower + k - x] * total[k]
    for k in range(size):
        reach = min(lower, k)
        for j in range(reach):
            total[k] += band[k, lower - reach + j] * total[k - reach + j]
        total[k] /= moved[k]
    return total


@jitted
def _visits(counts: _Eliminated, entry: Array) -> Array:
    """Return the expected visits (N,) to each count until the counts are left.

    entry (N,): the chance of entering at each count.
    """
    lower, band, moved = counts
    size = band.shape[0]
    upper = band.shape[1] - lower - 1
    visits = entry.copy()
    for k in range(size - 1, -1, -1):
        visits[k] /= moved[k]
        reach = min(lower, k)
        for j in range(reach):
            visits[k - reach + j] += band[k, lower - reach + j] * visits[k]
    for k in range(size):
        for x in range(max(0, k - upper), k):
            visits[k] += band[x, lower + k - x] * visits[x]
    return visits


def _eliminated(chain: TransitionChain, kept: npt.NDArray[np.bool_]) -> tuple[_Eliminated, Array]:
    """Return the elimination of the counts kept, and the mean generations until they are left."""
    place = np.where(kept, np.cumsum(kept) - 1, -1)
    lower, upper = _widths(chain, place)
    band = np.zeros((int(kept.sum()), lower + upper + 1))
    moved = _eliminate(band, lower, _fill_band(chain, place, lower, band))
    time = math.inf
    if moved.all():
        counts = _Eliminated(lower, band, moved)
        mean = _costs(counts, np.ones(moved.size))
        time = float(mean.max(initial=0.0))
        if time <= LONGEST:
            return counts, mean
    raise ValueError(f"mean generations = {time:.3g} lies outside 0..{LONGEST:.0e}")


def absorption(chain: TransitionChain) -> Absorption:
    """Return mean and variance of the time to absorption, and where it happens, from each count.

    chain: with success[0] = 0, success[M] = 1 or both. The mean m solves (I - Q) m = 1 over the
    counts that are not absorbing, E T^2 solves (I - Q) s = 2 m - 1, and the chance h of an end
    solves (I - Q) h = r, r the steps into it. ValueError without absorption, or where the mean
    time from some count is above 10^9 generations.

    >>> from numerics.transition import transition_chain
    >>> [float(round(m, 12)) for m in absorption(transition_chain([0, 1/2, 1])).mean]
    [0.0, 2.0, 0.0]
    """
    ends = absorbing(chain)
    size = chain.success.size
    kept = np.ones(size, dtype=np.bool_)
    kept[0], kept[-1] = not ends[0], not ends[1]
    mean, square = np.zeros(size), np.zeros(size)
    counts, mean[kept] = _eliminated(chain, kept)
    square[kept] = _costs(counts, 2.0 * mean[kept] - 1.0)
    chances = []
    for state, absorbs in zip((0, size - 1), ends, strict=True):
        chance = _into(chain, state) if absorbs else np.zeros(size)
        chance[kept] = _costs(counts, chance[kept])
        chances.append(chance)
    return Absorption(mean, square - mean**2, *chances)


def _into(chain: TransitionChain, state: int) -> Array:
    """Return the probability (M + 1,) of one step into a state, from each count."""
    offset = state - chain.first
    inside = (offset >= 0) & (offset < chain.rows.shape[1])
    column = np.zeros(chain.success.size)
    column[inside] = chain.rows[inside, offset[inside]]
    return column


def stationary_law(chain: TransitionChain) -> Array:
    """Return the law (M + 1,) that one generation leaves as it is.

    chain: without absorption, that is with success[0] > 0 and success[M] < 1. Then every count
    leads to 0 and to M, and the law is unique. One count is taken out; the law is proportional to
    the mean visits to the others between two visits to it. ValueError with absorption, or where
    the mean time back to that count is above 10^9 generations.

    >>> from numerics.transition import transition_chain
    >>> law = stationary_law(transition_chain([1/4, 1/2, 3/4]))
    >>> [float(round(p, 12)) for p in law]
    [0.285714285714, 0.428571428571, 0.285714285714]
    """
    low, high = float(chain.success[0]), float(chain.success[-1])
    if low == 0.0 or high == 1.0:
        end = 0 if low == 0.0 else chain.success.size - 1
        raise ValueError(
            f"success[{end}] = {chain.success[end]} lies outside chains without absorption"
        )
    size = chain.success.size
    home = int(np.argmax(transition_law(chain, np.full(size, 1.0 / size), _WARM_UP)))
    kept = np.arange(size) != home
    leaving = np.zeros(size)
    width = min(chain.rows.shape[1], size - int(chain.first[home]))
    leaving[chain.first[home] : chain.first[home] + width] = chain.rows[home, :width]
    law = np.ones(size)
    law[kept] = _visits(_eliminated(chain, kept)[0], leaving[kept])
    return law / math.fsum(law)
