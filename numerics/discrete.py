"""Resampling of categories: each generation is drawn from the counts of the one before."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.arguments import checked_record, checked_replicates, checked_samples
from numerics.jitted import inlined, jitted
from numerics.streams import STREAM, Stream, fill_indices, restart
from numerics.variates import binomial, conditional_probabilities

__all__ = ["DiscreteRun", "draws_by_index", "simulate"]

_CHUNK = 1024  # indices drawn at once; even, so that no half word is lost between chunks
_DRAWS_PER_BINOMIAL = 16  # an index costs about this many times less than a binomial


class DiscreteRun(NamedTuple):
    """What was measured in R replicates at G recorded generations; integers throughout."""

    pairs: NDArray[np.int64]  # (R, G) sum of squared counts
    tracked: NDArray[np.int64]  # (R, G) count of the tracked category
    survivors: NDArray[np.int64]  # (R, G) number of categories with a positive count
    absorbed_at: NDArray[np.int64]  # (R,) first generation with one category, or -1
    winner: NDArray[np.int64]  # (R,) that category, or -1


class _Work(NamedTuple):
    """Survivors of one replicate: the first of these places are in use."""

    labels: NDArray[np.int64]  # (K,)
    counts: NDArray[np.int64]  # (K,)
    owner: NDArray[np.uint32]  # (largest M,) position among the survivors of each point


@jitted
def draws_by_index(survivors: int, samples: int) -> bool:
    """Whether a generation draws one index per point, not one binomial per category."""
    return survivors * _DRAWS_PER_BINOMIAL > samples


@jitted
def _found(
    stream: Stream, trials: int, conditional: NDArray[np.float64],
    labels: NDArray[np.int64], counts: NDArray[np.int64],
) -> int:  # fmt: skip
    """Number of categories that the first generation draws; they fill labels and counts."""
    alive = 0
    left = trials
    for k in range(conditional.size):
        if left == 0:
            break
        drawn = binomial(stream, left, conditional[k])
        if drawn > 0:
            labels[alive] = k
            counts[alive] = drawn
            alive += 1
            left -= drawn
    return alive


@inlined
def _draw_binomials(stream: Stream, trials: int, total: int, counts: NDArray[np.int64]) -> None:
    """Nothing: counts that sum to total are replaced by multinomial ones that sum to trials."""
    left = trials
    rest = total
    for k in range(counts.size - 1):
        count = counts[k]
        drawn = binomial(stream, left, count / rest) if left > 0 else 0
        counts[k] = drawn
        left -= drawn
        rest -= count
    counts[counts.size - 1] = left


@jitted
def _draw_indices(
    stream: Stream, trials: int, total: int, counts: NDArray[np.int64], owner: NDArray[np.uint32]
) -> None:
    """Nothing: like _draw_binomials, by picking individuals; owner has room for total."""
    start = 0
    for k in range(counts.size):
        owner[start : start + counts[k]] = k
        start += counts[k]
        counts[k] = 0
    chunk = np.empty(_CHUNK, np.uint32)
    for first in range(0, trials, _CHUNK):
        picked = chunk[: min(_CHUNK, trials - first)]
        fill_indices(stream, total, picked)
        for i in range(picked.size):
            counts[owner[picked[i]]] += 1


@inlined
def _drop_dead(alive: int, labels: NDArray[np.int64], counts: NDArray[np.int64]) -> int:
    """Number of categories with a positive count, moved to the front in their old order."""
    kept = 0
    for k in range(alive):
        if counts[k] > 0:
            labels[kept] = labels[k]
            counts[kept] = counts[k]
            kept += 1
    return kept


@inlined
def _advance(
    stream: Stream, conditional: NDArray[np.float64], sizes: NDArray[np.int64],
    generation: int, alive: int, work: _Work,
) -> int:  # fmt: skip
    """Number of survivors one generation later; their labels and counts are in work."""
    trials = sizes[min(generation, sizes.size - 1)]
    if generation == 0:
        return _found(stream, trials, conditional, work.labels, work.counts)
    total = sizes[min(generation - 1, sizes.size - 1)]
    if draws_by_index(alive, trials):
        _draw_indices(stream, trials, total, work.counts[:alive], work.owner)
    else:
        _draw_binomials(stream, trials, total, work.counts[:alive])
    return _drop_dead(alive, work.labels, work.counts)


@jitted
def _measure(run: DiscreteRun, r: int, g: int, alive: int, tracked: int, work: _Work) -> None:
    """Nothing: place (r, g) of the run now describes the survivors."""
    pairs = 0
    count = 0
    for k in range(alive):
        pairs += work.counts[k] * work.counts[k]
        if work.labels[k] == tracked:
            count = work.counts[k]
    run.pairs[r, g] = pairs
    run.tracked[r, g] = count
    run.survivors[r, g] = alive


@jitted
def _simulate(
    conditional: NDArray[np.float64], possible: int, only: int, sizes: NDArray[np.int64],
    record: NDArray[np.int64], key: np.uint64, first: int, tracked: int, work: _Work,
    run: DiscreteRun,
) -> None:  # fmt: skip
    """Nothing: the run is filled, replicate after replicate.

    At first `possible` categories are alive; when it is one, `only` is its label.
    """
    stream = np.empty(1, STREAM)[0]
    for r in range(run.winner.size):
        restart(stream, key, np.uint64(first + r))
        alive = possible
        work.labels[0] = only
        ended = 0 if alive == 1 else -1
        generation = 0
        for g in range(record.size):
            while generation < record[g] and ended < 0:
                alive = _advance(stream, conditional, sizes, generation, alive, work)
                generation += 1
                if alive == 1:
                    ended = generation
            if ended >= 0:  # one category holds every point, and nothing is drawn any more
                work.counts[0] = sizes[min(record[g], sizes.size) - 1]
            _measure(run, r, g, alive, tracked, work)
        run.absorbed_at[r] = ended
        run.winner[r] = work.labels[0] if ended >= 0 else -1


def _checked_law(start: ArrayLike) -> NDArray[np.float64]:
    """(K,) the starting law; ValueError unless it is one."""
    law = np.ascontiguousarray(start, dtype=np.float64)
    if law.ndim != 1 or law.size == 0:
        raise ValueError(f"start has shape {law.shape}; a non-empty vector is needed")
    outside = np.flatnonzero(~((law >= 0.0) & (law <= 1.0 + 1e-9)))
    if outside.size:
        k = int(outside[0])
        raise ValueError(f"start[{k}] = {law[k]} lies outside [0, 1]")
    total = math.fsum(law)
    if abs(total - 1.0) > 1e-9:
        raise ValueError(f"start sums to {total!r}, which is not 1 within 1e-9")
    return law


def simulate(
    start: ArrayLike, samples: int | ArrayLike, record: tuple[int, ...],
    key: int, first: int, last: int, tracked: int = 0,
) -> DiscreteRun:  # fmt: skip
    """DiscreteRun of R = last - first replicates at the G recorded generations.

    Parameters: start (K,), a law on the categories 0..K-1 (generation 0); samples, M in
    1..10**9 or a schedule M_0..M_{n-1} whose M_i leads from generation i to i + 1; record,
    increasing generations >= 1 (generation 0 has no counts), the last within the schedule;
    key in 0..2**64-1; replicates first..last-1 of that key; tracked in 0..K-1.
    A start with a single possible category is absorbed at generation 0.
    Raises ValueError outside these domains.
    """
    law = _checked_law(start)
    recorded = checked_record(record)
    sizes = checked_samples(samples, generations=int(recorded[-1]), least=1)
    checked_replicates(key, first, last)
    if not 0 <= tracked < law.size:
        raise ValueError(f"tracked = {tracked} lies outside 0..{law.size - 1}")
    shape = (last - first, recorded.size)
    run = DiscreteRun(
        pairs=np.empty(shape, np.int64),
        tracked=np.empty(shape, np.int64),
        survivors=np.empty(shape, np.int64),
        absorbed_at=np.empty(last - first, np.int64),
        winner=np.empty(last - first, np.int64),
    )
    possible = np.flatnonzero(law)
    work = _Work(
        np.empty(law.size, np.int64), np.empty(law.size, np.int64),
        np.empty(int(sizes.max()), np.uint32),
    )  # fmt: skip
    _simulate(
        conditional_probabilities(law), possible.size, int(possible[0]), sizes, recorded,
        np.uint64(key), first, tracked, work, run,
    )  # fmt: skip
    return run
