"""When resampled categories collapse and which one is left, by ancestral duality.

Looked at backwards, the M points of a generation have ever fewer ancestors: A_0 = M, and A_n is
the number of boxes that A_{n-1} balls occupy when each falls into one of M. All points of
generation n agree when the ancestors at generation 0 carry one category. Given that the last
category is W, of probability p, and a uniform U, the collapse comes at the first n with
U <= p**(A_{n-1} - 1).

This sampler uses duality. It is no evidence for a claim that was derived by duality; the forward
kernel in `discrete` is.
Source: J. F. C. Kingman, "The coalescent", Stoch. Process. Appl. 13 (1982); P. Moehle, "The
concept of duality", Bernoulli 5 (1999).
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.arguments import checked_replicates, checked_samples
from numerics.discrete import checked_law
from numerics.jitted import inlined, lean
from numerics.streams import Stream, fill_indices, new_stream, restart, uniform, uniform_open
from numerics.tables import LARGEST_TRIALS, Table, draw, occupancy_table

__all__ = ["DualRun", "log_free", "simulate", "throws"]

_CHUNK = 1024  # balls thrown at once
_SKIPPED = 8  # so many balls or fewer are never thrown at once
_RARE = 16  # nor is a share of 1 in so many of the boxes


class DualRun(NamedTuple):
    """What was drawn in R replicates; integers throughout."""

    absorbed_at: NDArray[np.int64]  # (R,) first generation with one category
    winner: NDArray[np.int64]  # (R,) that category


class _Work(NamedTuple):
    """Boxes, and working space."""

    free: NDArray[np.float64]  # see log_free
    hit: NDArray[np.int64]  # (M,) last throw in which a box was hit
    picked: NDArray[np.uint32]  # (_CHUNK,) boxes of some balls
    table: Table  # of occupied boxes
    tabled: bool  # whether it is for this number of boxes


@inlined
def throws(balls: int, boxes: int) -> bool:
    """Whether all balls are thrown at once, rather than from collision to collision."""
    return balls > _SKIPPED and balls * _RARE > boxes


def log_free(boxes: int) -> NDArray[np.float64]:
    """Logarithm of the probability that so many balls meet no other, for 0, 1, .. balls."""
    most = max(_SKIPPED, boxes // _RARE)
    occupied = np.minimum(np.arange(most), boxes)
    with np.errstate(divide="ignore"):
        return np.concatenate([[0.0], np.cumsum(np.log1p(-occupied / boxes))])


@lean
def _thrown(stream: Stream, balls: int, boxes: int, throw: int, work: _Work) -> int:
    """Number of boxes that are hit; the throw has a number of its own."""
    hit = work.hit
    occupied = 0
    for first in range(0, balls, _CHUNK):
        picked = work.picked[: min(_CHUNK, balls - first)]
        fill_indices(stream, boxes, picked)
        for i in range(picked.size):
            occupied += int(hit[picked[i]] != throw)
            hit[picked[i]] = throw
    return occupied


@lean
def _collided(stream: Stream, balls: int, free: NDArray[np.float64]) -> int:
    """Number of boxes that are hit, given that fewer are than there are balls.

    With j boxes occupied, no collision in m more balls has probability
    exp(free[j + m] - free[j]): inversion leads from each collision to the next.
    """
    occupied, left = 0, balls
    goal = math.log1p(uniform_open(stream) * math.expm1(free[balls]))
    low, high = 1, balls  # the first collision is certain to come
    while left > 0:
        while low < high:
            middle = (low + high) // 2
            if free[occupied + middle] < goal:
                high = middle
            else:
                low = middle + 1
        if low > left:
            return occupied + left
        occupied += low - 1
        left -= low
        goal = free[occupied] + math.log(uniform_open(stream))
        low, high = 1, left + 1
    return occupied


@inlined
def _drawn(stream: Stream, cumulative: NDArray[np.float64]) -> int:
    """Category of the law with these cumulative sums."""
    goal = uniform(stream) * cumulative[cumulative.size - 1]
    low, high = 0, cumulative.size - 1
    while low < high:
        middle = (low + high) // 2
        if cumulative[middle] > goal:
            high = middle
        else:
            low = middle + 1
    return low


@lean
def _simulate(
    stream: Stream, law: NDArray[np.float64], cumulative: NDArray[np.float64], boxes: int,
    first: int, work: _Work, run: DualRun,
) -> None:  # fmt: skip
    """Nothing: the run is filled, replicate after replicate."""
    throw = 0
    for r in range(run.winner.size):
        restart(stream, stream.key, np.uint64(first + r))
        winner = _drawn(stream, cumulative)
        run.winner[r] = winner
        if law[winner] >= 1.0:
            run.absorbed_at[r] = 0
            continue
        enough = 1.0 + math.log(uniform_open(stream)) / math.log(law[winner])
        ancestors, generation = boxes, 1
        while ancestors > enough:
            if throws(ancestors, boxes):
                generation += 1
                if work.tabled:
                    ancestors = draw(stream, work.table, ancestors)
                else:
                    throw += 1
                    ancestors = _thrown(stream, ancestors, boxes, throw, work)
            else:  # generations without a collision change nothing
                wait = math.log(uniform_open(stream)) / work.free[ancestors]
                generation += 1 + int(wait)
                ancestors = _collided(stream, ancestors, work.free)
        run.absorbed_at[r] = generation


def simulate(start: ArrayLike, samples: int, key: int, first: int, last: int) -> DualRun:
    """DualRun of R = last - first replicates: collapse time and last category.

    Parameters: start (K,), a law on the categories 0..K-1; samples, M in 1..10**9, the same in
    every generation; key in 0..2**64-1; replicates first..last-1 of that key.
    A start with a single possible category is absorbed at generation 0.
    The law is that of absorbed_at and winner in `discrete.simulate`, but it is drawn by ancestral
    duality: no evidence for a claim that was derived so.
    Raises ValueError outside these domains.
    """
    law = checked_law(start)
    if np.ndim(samples) != 0:
        raise ValueError(f"samples = {samples!r} is not one number for all generations")
    boxes = int(checked_samples(samples, generations=1, least=1)[0])
    checked_replicates(key, first, last)
    possible = np.flatnonzero(law)
    run = DualRun(np.empty(last - first, np.int64), np.empty(last - first, np.int64))
    tabled = boxes <= LARGEST_TRIALS
    work = _Work(
        log_free(boxes), np.zeros(boxes, np.int64), np.empty(_CHUNK, np.uint32),
        occupancy_table(boxes if tabled else 1), tabled,
    )  # fmt: skip
    shares = np.ceil(law) if possible.size == 1 else law / math.fsum(law)
    cumulative = np.cumsum(law[: possible[-1] + 1])
    _simulate(new_stream(key, first), shares, cumulative, boxes, first, work, run)
    return run
