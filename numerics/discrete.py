"""Resampling of categories: each generation is drawn from the counts of the one before."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.arguments import checked_record, checked_replicates, checked_samples
from numerics.jitted import lean
from numerics.resampling import Tables, Work, drop_dead, new_work, resample, tables_for
from numerics.streams import Stream, new_stream, restart
from numerics.tables import LARGEST_LAW, Table, binomial_half, draw, law_table
from numerics.variates import binomial, conditional_probabilities

__all__ = ["DiscreteRun", "checked_law", "first_table", "simulate", "tabled"]


class DiscreteRun(NamedTuple):
    """What was measured in R replicates at G recorded generations; integers throughout."""

    pairs: NDArray[np.int64]  # (R, G) sum of squared counts
    tracked: NDArray[np.int64]  # (R, G) count of the tracked category
    survivors: NDArray[np.int64]  # (R, G) number of categories with a positive count
    absorbed_at: NDArray[np.int64]  # (R,) first generation with one category, or -1
    winner: NDArray[np.int64]  # (R,) that category, or -1


class _First(NamedTuple):
    """The starting law, in the forms that the first generation is drawn from."""

    conditional: NDArray[np.float64]  # (K,)
    table: Table  # used only if `tabled` says so
    possible: int  # number of categories of positive probability
    only: int  # the first of these


@lean
def tabled(samples: int, categories: int) -> bool:
    """Whether the first generation is drawn point by point, from a table of the law."""
    return categories <= LARGEST_LAW and samples <= 8 * categories


def first_table(law: NDArray[np.float64], samples: int) -> Table:
    """Table of the law if the first generation uses one, or another table."""
    return law_table(law if tabled(samples, law.size) else np.ones(1))


@lean
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


@lean
def _counted(
    stream: Stream, trials: int, law: Table, labels: NDArray[np.int64], counts: NDArray[np.int64]
) -> int:
    """Number of categories that the first generation draws, point by point; as in _found."""
    for k in range(counts.size):
        labels[k] = k
        counts[k] = 0
    for _ in range(trials):
        counts[draw(stream, law, 0)] += 1
    return drop_dead(counts.size, labels, counts)


@lean
def _two_left(
    stream: Stream, generation: int, last: int, counts: NDArray[np.int64], tables: Tables
) -> int:
    """Generation reached when one of two counts is 0, or the last one. They sum to the trials."""
    trials, count = tables.trials, counts[0]
    while generation < last and 0 < count < trials:
        count = binomial_half(stream, tables.binomial, trials, count)
        generation += 1
    counts[0], counts[1] = count, trials - count
    return generation


@lean
def _drawn_first(stream: Stream, start: _First, samples: int, work: Work) -> int:
    """Number of categories alive in generation 1; their labels and counts are in work."""
    if tabled(samples, start.conditional.size):
        return _counted(stream, samples, start.table, work.labels, work.counts)
    return _found(stream, samples, start.conditional, work.labels, work.counts)


@lean
def _measure(run: DiscreteRun, r: int, g: int, alive: int, tracked: int, work: Work) -> None:
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


@lean
def _simulate(
    stream: Stream, start: _First, sizes: NDArray[np.int64], record: NDArray[np.int64],
    first: int, tracked: int, work: Work, tables: Tables, run: DiscreteRun,
) -> None:  # fmt: skip
    """Nothing: the run is filled, replicate after replicate."""
    for r in range(run.winner.size):
        restart(stream, stream.key, np.uint64(first + r))
        alive = start.possible
        work.labels[0] = start.only
        generation = 0
        for g in range(record.size):
            while generation < record[g] and alive > 1:
                trials = sizes[min(generation, sizes.size - 1)]
                if generation == 0:
                    alive = _drawn_first(stream, start, trials, work)
                    generation = 1
                    continue
                if alive == 2 and tables.trials > 0:
                    generation = _two_left(stream, generation, record[g], work.counts, tables)
                else:
                    total = sizes[min(generation - 1, sizes.size - 1)]
                    resample(stream, trials, total, work, alive, tables)
                    generation += 1
                alive = drop_dead(alive, work.labels, work.counts)
            if alive == 1:  # it holds every point, and nothing is drawn any more
                work.counts[0] = sizes[min(record[g], sizes.size) - 1]
            _measure(run, r, g, alive, tracked, work)
        run.absorbed_at[r] = generation if alive == 1 else -1
        run.winner[r] = work.labels[0] if alive == 1 else -1


def checked_law(start: ArrayLike) -> NDArray[np.float64]:
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
    law = checked_law(start)
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
    start_of = _First(
        conditional_probabilities(law), first_table(law, int(sizes[0])), possible.size,
        int(possible[0]),
    )  # fmt: skip
    work = new_work(law.size, int(sizes.max()))
    _simulate(
        new_stream(key, first), start_of, sizes, recorded, first, tracked, work,
        tables_for(sizes), run,
    )  # fmt: skip
    return run
