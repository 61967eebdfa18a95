"""One row of an n-gram table, generation after generation: its count is random, and may be 0."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.arguments import checked_record, checked_replicates, checked_samples
from numerics.discrete import checked_law
from numerics.jitted import lean
from numerics.streams import Stream, new_stream, restart
from numerics.variates import binomial

__all__ = ["RowRun", "checked_chance", "simulate"]


class RowRun(NamedTuple):
    """What was measured in R replicates at G recorded generations; integers throughout."""

    visits: NDArray[np.int64]  # (R, G) draws of the context in that generation
    size: NDArray[np.int64]  # (R, G) draws that the row was last fitted to; 0 before the first
    pairs: NDArray[np.int64]  # (R, G) sum of squared counts of the row; 0 before the first


@lean
def _refit(
    stream: Stream, visits: int, weights: NDArray[np.float64], counts: NDArray[np.int64]
) -> None:
    """Nothing: counts are of that many draws from the weights, which become the counts."""
    rest = 0.0
    for k in range(weights.size):
        rest += weights[k]
    left = visits
    for k in range(weights.size):
        last = k == weights.size - 1
        chance = 1.0 if last else min(weights[k] / rest, 1.0) if weights[k] > 0.0 else 0.0
        counts[k] = binomial(stream, left, chance) if left > 0 else 0
        left -= counts[k]
        rest -= weights[k]
    for k in range(weights.size):
        weights[k] = counts[k]


@lean
def _simulate(
    stream: Stream, row: NDArray[np.float64], chance: float, samples: int,
    record: NDArray[np.int64], first: int, weights: NDArray[np.float64],
    counts: NDArray[np.int64], run: RowRun,
) -> None:  # fmt: skip
    """Nothing: the run is filled, replicate after replicate."""
    for r in range(run.visits.shape[0]):
        restart(stream, stream.key, np.uint64(first + r))
        for k in range(row.size):
            weights[k] = row[k]
        generation = 0
        size = 0
        pairs = 0
        visits = 0
        for g in range(record.size):
            while generation < record[g]:
                visits = binomial(stream, samples, chance)
                generation += 1
                if visits > 0:
                    _refit(stream, visits, weights, counts)
                    size = visits
            if size > 0:
                pairs = 0
                for k in range(row.size):
                    pairs += counts[k] * counts[k]
            run.visits[r, g] = visits
            run.size[r, g] = size
            run.pairs[r, g] = pairs


def checked_chance(chance: float) -> float:
    """The chance of the context; ValueError unless 0 < chance <= 1."""
    if not 0.0 < chance <= 1.0:
        raise ValueError(f"chance = {chance} lies outside 0 < chance <= 1")
    return float(chance)


def simulate(
    row: ArrayLike, chance: float, samples: int, record: tuple[int, ...],
    key: int, first: int, last: int,
) -> RowRun:  # fmt: skip
    """RowRun of R = last - first replicates at the G recorded generations.

    Parameters: row (K,), the row's law at generation 0; chance in (0, 1] that a draw is of the
    context; samples, M in 1..10**9; record, increasing generations >= 1; key in 0..2**64-1;
    replicates first..last-1 of that key. In a generation without a draw of the context the row
    stays what it was. Raises ValueError outside these domains.
    """
    law = checked_law(row)
    recorded = checked_record(record)
    sizes = checked_samples(samples, generations=int(recorded[-1]), least=1)
    checked_replicates(key, first, last)
    shape = (last - first, recorded.size)
    run = RowRun(*(np.empty(shape, np.int64) for _ in RowRun._fields))
    _simulate(
        new_stream(key, first), law, checked_chance(chance), int(sizes[0]), recorded, first,
        np.empty(law.size), np.empty(law.size, np.int64), run,
    )  # fmt: skip
    return run
