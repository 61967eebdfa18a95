"""Categories trained on their own output, under any workflow of the vocabulary.

The model law is kept as weights: counts wherever it is a ratio of counts, exact below 2**53, and
probabilities after a blend. Memory is a few numbers a category, whatever the pool has grown to.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.arguments import MOST_SAMPLES, checked_record, checked_replicates, checked_samples
from numerics.discrete import checked_law
from numerics.jitted import jitted, lean
from numerics.streams import Stream, index_below, new_stream, restart
from numerics.variates import binomial, multinomial
from numerics.workflow import KEEPS, Workflow

__all__ = ["MOST_POINTS", "MOST_TAKEN", "WorkflowRun", "checked_sizes", "simulate"]

MOST_POINTS = 2**53  # in a pool: counts are also weights, which are floats
MOST_TAKEN = 2**32  # in a pool from which points are taken without replacement

_REPLACE, _ACCUMULATE, _SUBSAMPLE = range(3)


class WorkflowRun(NamedTuple):
    """What was measured in R replicates after G recorded rounds.

    The pool is what is kept: the real points, and all batches unless they are replaced. A
    probability that a float cannot hold, below 2**-1074, counts as 0.
    """

    squares: NDArray[np.float64]  # (R, G) sum of squared probabilities of the model law
    pool_squares: NDArray[np.float64]  # (R, G) the same for the pool; nan where nothing is kept
    distance: NDArray[np.float64]  # (R, G) squared distance of the model law from the real law
    tracked: NDArray[np.float64]  # (R, G) probability of the tracked category
    survivors: NDArray[np.int64]  # (R, G) number of categories of positive probability
    absorbed: NDArray[np.int64]  # (R, G) 1 where one category alone can ever occur again, else 0


class _Rules(NamedTuple):
    """A Workflow, for compiled code."""

    keep: int
    replacement: bool
    real: int
    fresh: int
    fresh_share: float
    alpha: float
    beta: float
    gamma: float


class _Work(NamedTuple):
    """Laws and counts of one replicate, (K,) each; `begins` has K + 1 entries."""

    law: NDArray[np.float64]  # the real one
    pseudo: NDArray[np.float64]  # pseudo-counts
    inflow: NDArray[np.bool_]  # whether a category can come from outside for ever
    points: NDArray[np.int64]  # real points that are given; all 0 where they are drawn
    weights: NDArray[np.float64]  # of the model law
    pool: NDArray[np.int64]
    batch: NDArray[np.int64]
    part: NDArray[np.int64]
    floats: NDArray[np.float64]
    begins: NDArray[np.int64]  # sums of the counts in the pool before


@lean
def _category(begins: NDArray[np.int64], categories: int, point: int) -> int:
    """Last category that begins at or before the point; by bisection."""
    low, high = 0, categories
    while high - low > 1:
        middle = (low + high) >> 1
        if begins[middle] <= point:
            low = middle
        else:
            high = middle
    return low


@lean
def _take(stream: Stream, count: int, work: _Work) -> None:
    """Nothing: work.part now counts points taken from the pool without replacement.

    The points of one category are alike, so that those gone already may be called its first ones:
    a point drawn among all is drawn again where it is gone. Taken are the points wanted, or the
    others if they are fewer, so that at most half are gone.
    """
    for k in range(work.pool.size):
        work.begins[k + 1] = work.begins[k] + work.pool[k]
        work.part[k] = 0
    total = work.begins[work.pool.size]
    left = min(count, total - count)
    while left > 0:
        point = index_below(stream, total)
        k = _category(work.begins, work.pool.size, point)
        if point - work.begins[k] >= work.part[k]:
            work.part[k] += 1
            left -= 1
    if count > total - count:
        for k in range(work.pool.size):
            work.part[k] = work.pool[k] - work.part[k]


@jitted
def _begin(stream: Stream, rules: _Rules, work: _Work) -> None:
    """Nothing: the model law is the fit to the real points, or the real law without them."""
    given = 0
    for k in range(work.law.size):
        work.pool[k] = work.points[k]
        given += work.points[k]
    if given < rules.real:
        multinomial(stream, rules.real, work.law, work.pool)
    for k in range(work.law.size):
        work.weights[k] = work.pool[k] if rules.real > 0 else work.law[k]


@jitted
def _draw_batch(stream: Stream, size: int, rules: _Rules, work: _Work) -> None:
    """Nothing: work.batch now counts the points of a batch."""
    real = rules.fresh + binomial(stream, size - rules.fresh, rules.fresh_share)
    multinomial(stream, size - real, work.weights, work.batch)
    if real > 0:
        multinomial(stream, real, work.law, work.part)
        for k in range(work.batch.size):
            work.batch[k] += work.part[k]


@jitted
def _gather(stream: Stream, size: int, rules: _Rules, work: _Work) -> None:
    """Nothing: work.part now counts the points to train on, and the pool has grown."""
    if rules.keep == _REPLACE:
        for k in range(work.pool.size):
            work.part[k] = work.pool[k] + work.batch[k]
        return
    for k in range(work.pool.size):
        work.pool[k] += work.batch[k]
        work.part[k] = work.pool[k]
        work.floats[k] = work.pool[k]
    if rules.keep == _SUBSAMPLE and rules.replacement:
        multinomial(stream, size, work.floats, work.part)
    elif rules.keep == _SUBSAMPLE:
        _take(stream, size, work)


@lean
def _blend(rules: _Rules, work: _Work) -> None:
    """Nothing: the weights are now those of the law that the round ends with."""
    before, total = 0.0, 0.0
    for k in range(work.weights.size):
        before += work.weights[k]
        work.floats[k] = work.part[k] + work.pseudo[k]
        total += work.floats[k]
    for k in range(work.weights.size):
        if rules.alpha == 1.0:
            work.weights[k] = work.floats[k]
        else:
            kept = rules.beta * (work.weights[k] / before) + rules.gamma * work.law[k]
            work.weights[k] = rules.alpha * (work.floats[k] / total) + kept


@lean
def _possible(work: _Work) -> int:
    """Number of categories that can still occur."""
    count = 0
    for k in range(work.law.size):
        if work.weights[k] > 0.0 or work.pool[k] > 0 or work.inflow[k]:
            count += 1
    return count


@lean
def _measure(run: WorkflowRun, r: int, g: int, tracked: int, work: _Work) -> None:
    """Nothing: place (r, g) of the run now describes the model law and the pool."""
    total, kept, survivors = 0.0, 0.0, 0
    for k in range(work.law.size):
        total += work.weights[k]
        kept += work.pool[k]
        survivors += 1 if work.weights[k] > 0.0 else 0
    squares, pool_squares, distance = 0.0, 0.0, 0.0
    for k in range(work.law.size):
        p, share = work.weights[k] / total, work.pool[k] / kept
        squares += p * p
        pool_squares += share * share
        distance += (p - work.law[k]) * (p - work.law[k])
    run.squares[r, g] = squares
    run.pool_squares[r, g] = pool_squares if kept > 0.0 else np.nan
    run.distance[r, g] = distance
    run.tracked[r, g] = work.weights[tracked] / total
    run.survivors[r, g] = survivors
    run.absorbed[r, g] = 1 if _possible(work) == 1 else 0


@jitted
def _simulate(
    stream: Stream, sizes: NDArray[np.int64], record: NDArray[np.int64], first: int,
    rules: _Rules, tracked: int, work: _Work, run: WorkflowRun,
) -> None:  # fmt: skip
    """Nothing: the run is filled, replicate after replicate."""
    for r in range(run.survivors.shape[0]):
        restart(stream, stream.key, np.uint64(first + r))
        _begin(stream, rules, work)
        done = 0
        for g in range(record.size):
            # Where one category alone can occur, every later law and pool is the first one again.
            while done < record[g] and (done == 0 or _possible(work) > 1):
                size = sizes[min(done, sizes.size - 1)]
                _draw_batch(stream, size, rules, work)
                _gather(stream, size, rules, work)
                _blend(rules, work)
                done += 1
            _measure(run, r, g, tracked, work)


def checked_sizes(
    samples: int | ArrayLike, rounds: int, workflow: Workflow
) -> NDArray[np.int64]:  # fmt: skip
    """(1,) constant number of samples, or the schedule up to the last round.

    Parameters: as in `simulate`; rounds >= 1.
    Raises ValueError where a batch or the pool does not fit the workflow.
    """
    sizes = checked_samples(samples, generations=rounds, least=1)
    if workflow.real > MOST_SAMPLES:
        raise ValueError(f"real = {workflow.real} lies outside 0..{MOST_SAMPLES}")
    least = int(sizes.min())
    if workflow.fresh > least:
        raise ValueError(f"fresh = {workflow.fresh} lies outside 0..{least}, the smallest batch")
    batches = int(sizes[0]) * rounds if sizes.size == 1 else sum(map(int, sizes))
    points = workflow.real + (0 if workflow.keep == "replace" else batches)
    most = MOST_POINTS if workflow.replacement else MOST_TAKEN
    if points > most:
        raise ValueError(f"the pool grows to {points} points, which lies outside 0..{most}")
    return sizes


def _given(points: ArrayLike | None, categories: int, real: int) -> NDArray[np.int64]:
    """(K,) counts of the real points, all 0 where they are drawn; ValueError unless they fit."""
    if points is None:
        return np.zeros(categories, np.int64)
    counts = np.ascontiguousarray(points, dtype=np.int64)
    if counts.shape != (categories,) or (counts != np.asarray(points)).any():
        raise ValueError(f"points = {points} are not {categories} whole counts")
    if counts.min() < 0 or counts.sum() != real:
        raise ValueError(f"points = {points} lie outside counts of sum real = {real}")
    return counts


def _pseudo(workflow: Workflow, categories: int) -> NDArray[np.float64]:
    """(K,) pseudo-counts; ValueError unless the law that they follow is one of the categories."""
    if not workflow.toward:
        return float(workflow.smoothing) * np.full(categories, 1 / categories)
    if len(workflow.toward) != categories:
        raise ValueError(
            f"toward has {len(workflow.toward)} entries; one a category, {categories}, are needed"
        )
    law = [float(q) for q in workflow.toward]
    if min(law) < 0.0 or abs(math.fsum(law) - 1.0) > 1e-9:
        raise ValueError(f"toward = {workflow.toward} lies outside laws of sum 1, q >= 0")
    return float(workflow.smoothing) * np.array(law)


def _prepared(
    law: NDArray[np.float64], workflow: Workflow, points: ArrayLike | None
) -> tuple[_Rules, _Work]:
    """The workflow for compiled code, and room for a replicate."""
    rules = _Rules(
        KEEPS.index(workflow.keep), workflow.replacement, workflow.real, workflow.fresh,
        float(workflow.fresh_share), float(workflow.alpha), float(workflow.beta),
        float(workflow.gamma),
    )  # fmt: skip
    pseudo = _pseudo(workflow, law.size)
    flows = workflow.fresh > 0 or rules.fresh_share > 0.0 or rules.gamma > 0.0
    pool, batch, part = np.zeros((3, law.size), np.int64)
    return rules, _Work(
        law / math.fsum(law), pseudo, (pseudo > 0.0) | ((law > 0.0) & flows),
        _given(points, law.size, workflow.real), np.empty(law.size), pool, batch, part,
        np.empty(law.size), np.zeros(law.size + 1, np.int64),
    )  # fmt: skip


def simulate(
    start: ArrayLike, samples: int | ArrayLike, record: tuple[int, ...],
    key: int, first: int, last: int, workflow: Workflow, tracked: int = 0,
    points: ArrayLike | None = None,
) -> WorkflowRun:  # fmt: skip
    """WorkflowRun of R = last - first replicates after the G recorded rounds.

    Parameters: start (K,), the real law on the categories 0..K-1; samples, M in 1..10**9 or a
    schedule M_0..M_{n-1}, none below workflow.fresh; record, increasing numbers of rounds >= 1,
    the last within the schedule; key in 0..2**64-1; replicates first..last-1 of that key;
    workflow, with real <= 10**9 and, if it smooths toward a law, K entries; tracked in 0..K-1;
    points (K,), counts of sum workflow.real, where the real points are given and not drawn.
    A pool holds 2**53 points at most, 2**32 where they are taken without replacement.
    Raises ValueError outside these domains.
    """
    law = checked_law(start)
    recorded = checked_record(record)
    sizes = checked_sizes(samples, int(recorded[-1]), workflow)
    checked_replicates(key, first, last)
    if not 0 <= tracked < law.size:
        raise ValueError(f"tracked = {tracked} lies outside 0..{law.size - 1}")
    rules, work = _prepared(law, workflow, points)
    shape = (last - first, recorded.size)
    run = WorkflowRun(
        np.empty(shape), np.empty(shape), np.empty(shape), np.empty(shape),
        np.empty(shape, np.int64), np.empty(shape, np.int64),
    )  # fmt: skip
    _simulate(new_stream(key, first), sizes, recorded, first, rules, tracked, work, run)
    return run
