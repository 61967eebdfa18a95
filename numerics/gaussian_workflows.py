"""A Gaussian refitted on what a workflow trains it on; every point is drawn.

All sums are in units of the start's root and about the newest fit, so that a fit may be far
narrower than its mean is away from the start.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.arguments import checked_record, checked_replicates, checked_samples
from numerics.gaussian import Estimator, lost_freedom
from numerics.jitted import inlined, jitted, lean
from numerics.scaled import BITS, Points, added, merged, normalised, recentred, shrunk
from numerics.start import LAWS, Start, draw_unit
from numerics.streams import Stream, index_below, new_stream, restart, uniform
from numerics.variates import normal
from numerics.workflow import KEEPS, Workflow

__all__ = ["LARGEST_POOL", "MOST_ROUNDS", "WorkflowRun", "checked_sizes", "simulate"]

LARGEST_POOL = 10_000_000
"""Points at most in a pool that `subsample` takes from: 80 MB a thread."""

MOST_ROUNDS = 10_000_000
"""Rounds at most, as one fit a round is kept: 320 MB a thread."""

_NORMAL = LAWS.index("normal")
_REPLACE, _ACCUMULATE, _SUBSAMPLE = range(len(KEEPS))


class WorkflowRun(NamedTuple):
    """What was fitted in R replicates after G recorded numbers of rounds.

    The pool is what is kept: the real points, and all batches unless they are replaced.
    """

    mean: NDArray[np.float64]  # (R, G)
    variance: NDArray[np.float64]  # (R, G), accurate to about 1e-300
    log_variance: NDArray[np.float64]  # (R, G), without underflow; -inf after tied points
    pool_mean: NDArray[np.float64]  # (R, G); nan where nothing is kept
    pool_variance: NDArray[np.float64]  # (R, G), divisor the number of points; nan likewise


class _Plan(NamedTuple):
    """A workflow in the words of the kernel."""

    law: int  # of the start
    lost: int  # degrees of freedom that the divisor lacks
    keep: int
    replacement: bool
    real: int
    given: bool  # whether the real points are a user's own
    fresh: int
    share: float
    beta: float
    edge: float  # 1 - gamma
    blends: bool


class _Past(NamedTuple):
    """Fits 1..n and, at 0, the fit to the real points; each number counts units of 2**-400u."""

    step: NDArray[np.float64]  # of the mean, from the fit before
    step_unit: NDArray[np.int64]
    scale: NDArray[np.float64]
    scale_unit: NDArray[np.int64]


@inlined
def _component(stream: Stream, plan: _Plan, past: _Past, fits: int) -> tuple[int, float, int]:
    """Part of the last law that a point comes from, its mean less the newest one's, and the unit.

    The law is a mixture: with chance beta the point comes from the law one round before, and so
    on backwards. Part -1 is the real law, and so is 0 without real points.
    """
    offset, unit, fit = 0.0, past.scale_unit[fits], fits
    while plan.blends and fit > 0:
        u = uniform(stream)
        if u >= plan.edge:
            return -1, 0.0, 0
        if u >= plan.beta:
            break
        offset, unit = added(offset, unit, -past.step[fit], past.step_unit[fit])
        fit -= 1
    return fit if fit > 0 or plan.real > 0 else -1, offset, unit


@lean
def _drawn(
    stream: Stream, plan: _Plan, rows: NDArray[np.float64], past: _Past, fits: int, mean: float,
    samples: int, point: NDArray[np.float64], kept: NDArray[np.float64],
) -> Points:  # fmt: skip
    """Statistics of a batch, or of its fresh points; they are put into kept, unless it is empty.

    Sums are taken about the first point, as in `gaussian`.
    """
    origin, total, square, unit = 0.0, 0.0, 0.0, 0
    for k in range(samples):
        part, x, other = -1, 0.0, 0
        if k >= plan.fresh and (plan.share == 0.0 or uniform(stream) >= plan.share):
            part, x, other = _component(stream, plan, past, fits)
        if part >= 0:
            x, other = added(x, other, past.scale[part] * normal(stream), past.scale_unit[part])
        elif plan.law == _NORMAL:
            x, other = normal(stream) - mean, 0
        else:
            draw_unit(stream, plan.law, rows, point)
            x, other = point[0] - mean, 0
        if kept.size > 0:
            kept[k] = mean + shrunk(x, other)
        if k == 0:
            origin, unit = x, other
        elif other < unit:
            coarser = unit - other
            origin, total, unit = shrunk(origin, coarser), shrunk(total, coarser), other
            square = shrunk(shrunk(square, coarser), coarser)
        step = shrunk(x, other - unit) - origin
        total += step
        square += step * step
    centred = max(square - total * total / samples, 0.0)
    return Points(samples, origin + total / samples, centred, unit)


@inlined
def _drawn_from_fit(stream: Stream, samples: int, scale: float, unit: int) -> Points:
    """Statistics of a batch that comes from the newest fit alone."""
    origin = normal(stream)
    total = 0.0
    square = 0.0
    for _ in range(samples - 1):
        step = normal(stream) - origin
        total += step
        square += step * step
    centred = max(square - total * total / samples, 0.0)
    return Points(samples, scale * (origin + total / samples), scale * scale * centred, unit)


@lean
def _taken(
    stream: Stream, replacement: bool, samples: int, pool: NDArray[np.float64]
) -> tuple[float, float]:
    """Mean, and sum of squared deviations from it, of points taken from the pool.

    Without replacement they move to its front, by the first steps of a Fisher-Yates shuffle.
    """
    origin, total, square = 0.0, 0.0, 0.0
    for k in range(samples):
        if replacement:
            x = pool[index_below(stream, pool.size)]
        else:
            place = k + index_below(stream, pool.size - k)
            x = pool[place]
            pool[place] = pool[k]
            pool[k] = x
        if k == 0:
            origin = x
        total += x - origin
        square += (x - origin) * (x - origin)
    return origin + total / samples, max(square - total * total / samples, 0.0)


@inlined
def _remember(past: _Past, fit: int, training: Points, lost: int) -> None:
    """Nothing: the fit to a training set is now in its place."""
    past.step[fit] = training.mean
    past.step_unit[fit] = training.unit
    scale = math.sqrt(training.square / (training.number - lost))
    past.scale[fit], past.scale_unit[fit] = normalised(scale, training.unit)


@lean
def _begin(
    stream: Stream, plan: _Plan, rows: NDArray[np.float64], past: _Past,
    point: NDArray[np.float64], real: NDArray[np.float64], pool: NDArray[np.float64],
) -> tuple[float, Points]:  # fmt: skip
    """Mean of the fit to the real points, 0 without them, and their statistics about it."""
    if real.size == 0:
        return 0.0, Points(0, 0.0, 0.0, 0)
    total, square = 0.0, 0.0
    for k in range(real.size):
        if not plan.given:
            draw_unit(stream, plan.law, rows, point)
            real[k] = point[0]
        total += real[k] - real[0]
        square += (real[k] - real[0]) * (real[k] - real[0])
        if plan.keep == _SUBSAMPLE:
            pool[k] = real[k]
    mean = total / real.size
    points = Points(real.size, 0.0, max(square - total * mean, 0.0), 0)
    _remember(past, 0, points, plan.lost)
    return real[0] + mean, points


@inlined
def _advance(
    stream: Stream, plan: _Plan, rows: NDArray[np.float64], past: _Past, fits: int, mean: float,
    samples: int, kept: Points, point: NDArray[np.float64], pool: NDArray[np.float64],
) -> tuple[float, Points]:  # fmt: skip
    """Mean of the fit of one more round, and the statistics of what is kept, about that mean."""
    same = plan.share == 0.0 and not plan.blends and (fits > 0 or plan.real > 0)
    if same and plan.keep != _SUBSAMPLE:
        batch = Points(0, 0.0, 0.0, 0)
        if plan.fresh > 0:
            batch = _drawn(stream, plan, rows, past, fits, mean, plan.fresh, point, pool)
        left = samples - plan.fresh
        if left > 0:
            rest = _drawn_from_fit(stream, left, past.scale[fits], past.scale_unit[fits])
            batch = merged(batch, rest)
    else:
        room = pool[kept.number : kept.number + samples] if plan.keep == _SUBSAMPLE else pool
        batch = _drawn(stream, plan, rows, past, fits, mean, samples, point, room)
    training = merged(kept, batch)
    if plan.keep != _REPLACE:
        kept = training
    moved = mean + shrunk(training.mean, training.unit)
    if plan.keep == _SUBSAMPLE:
        moved, square = _taken(stream, plan.replacement, samples, pool[: kept.number])
        training = Points(samples, moved - mean, square, 0)
    _remember(past, fits + 1, training, plan.lost)
    return moved, recentred(kept, training.mean, training.unit)


@inlined
def _record(
    run: WorkflowRun, r: int, g: int, location: float, root: float, mean: float,
    scale: float, unit: int, kept: Points,
) -> None:  # fmt: skip
    """Nothing: place (r, g) of the run now describes the newest fit and what is kept."""
    spread = shrunk(scale, unit) * root
    run.mean[r, g] = location + root * mean
    run.variance[r, g] = spread * spread
    logarithm = -math.inf
    if scale > 0.0 and root != 0.0:
        logarithm = math.log(scale) - unit * (BITS * math.log(2.0)) + math.log(abs(root))
    run.log_variance[r, g] = 2.0 * logarithm
    run.pool_mean[r, g] = math.nan
    run.pool_variance[r, g] = math.nan
    if kept.number > 0:
        variance = shrunk(shrunk(kept.square, kept.unit), kept.unit) / kept.number
        run.pool_mean[r, g] = location + root * (mean + shrunk(kept.mean, kept.unit))
        run.pool_variance[r, g] = variance * root * root


@jitted
def _simulate(
    stream: Stream, plan: _Plan, rows: NDArray[np.float64], location: float, root: float,
    sizes: NDArray[np.int64], record: NDArray[np.int64], first: int, past: _Past,
    real: NDArray[np.float64], pool: NDArray[np.float64], run: WorkflowRun,
) -> None:  # fmt: skip
    """Nothing: the run is filled, replicate after replicate."""
    point = np.empty(1)
    for r in range(run.mean.shape[0]):
        restart(stream, stream.key, np.uint64(first + r))
        mean, kept = _begin(stream, plan, rows, past, point, real, pool)
        fits = 0
        for g in range(record.size):
            while fits < record[g]:
                samples = sizes[min(fits, sizes.size - 1)]
                mean, kept = _advance(
                    stream, plan, rows, past, fits, mean, samples, kept, point, pool
                )
                fits += 1
            scale, unit = past.scale[fits], past.scale_unit[fits]
            _record(run, r, g, location, root, mean, scale, unit, kept)


def checked_sizes(
    samples: int | ArrayLike, rounds: int, workflow: Workflow, lost: int
) -> NDArray[np.int64]:
    """(1,) constant number of samples, or the schedule up to the last round.

    Parameters: as in `simulate`; lost, degrees of freedom that the divisor lacks.
    Raises ValueError where a batch, a training set or the pool does not fit the workflow.
    """
    if rounds > MOST_ROUNDS:
        raise ValueError(f"generations = {rounds} lies outside 1..{MOST_ROUNDS} under a workflow")
    sizes = checked_samples(samples, rounds, least=1)
    smallest = int(sizes.min())
    if workflow.smoothing:
        raise ValueError(f"smoothing = {workflow.smoothing} is not 0; categories alone know it")
    if workflow.fresh > smallest:
        raise ValueError(f"fresh = {workflow.fresh} lies outside 0..{smallest}, the smallest batch")
    if lost and workflow.real == 1:
        raise ValueError("real = 1 lies outside real = 0 or real >= 2 for unbiased fits")
    fewest = smallest + workflow.real
    if workflow.keep == "accumulate":
        fewest = int(sizes[0]) + workflow.real
    elif workflow.keep == "subsample":
        fewest = smallest
    if fewest < 1 + lost:
        raise ValueError(f"a training set has {fewest} points; unbiased fits need 2 or more")
    batches = int(sizes[0]) * rounds if sizes.size == 1 else int(sizes.sum())
    points = workflow.real + batches
    if workflow.real > LARGEST_POOL:
        raise ValueError(f"real = {workflow.real} lies outside 0..{LARGEST_POOL}")
    if workflow.keep == "subsample" and points > LARGEST_POOL:
        raise ValueError(f"the pool grows to {points} points, which lies outside 0..{LARGEST_POOL}")
    return sizes


def _standardised(points: ArrayLike | None, start: Start, real: int) -> NDArray[np.float64]:
    """(real,) given points in units of the start, or room for those to be drawn."""
    if points is None:
        return np.empty(real)
    values = np.asarray(points, np.float64)
    if values.shape != (real,) or not np.isfinite(values).all():
        raise ValueError(f"points = {points!r} are not real = {real} finite numbers")
    root = float(start.root[0, 0])
    if root == 0.0:
        raise ValueError("points were given beside a start with root = 0; a root != 0 is needed")
    return np.ascontiguousarray((values - start.location[0]) / root)


def simulate(
    start: Start, samples: int | ArrayLike, record: tuple[int, ...],
    key: int, first: int, last: int, workflow: Workflow, estimator: Estimator = "unbiased",
    points: ArrayLike | None = None,
) -> WorkflowRun:  # fmt: skip
    """WorkflowRun of R = last - first replicates after the G recorded numbers of rounds.

    Parameters: start, the real law D_0, one-dimensional; samples, M or a schedule M_0..M_{n-1},
    each in 1..10**9 and not below workflow.fresh; record, increasing numbers of rounds, each in
    1..MOST_ROUNDS; key in 0..2**64-1; replicates first..last-1 of that key; workflow, without
    smoothing; estimator, the divisor for every training set, which must have 2 points at least
    when unbiased, as must the real points; points (real,), where the real points are given and
    not drawn.
    Memory: `subsample` keeps all n M points of one replicate, LARGEST_POOL at most; the others
    keep sums and one fit a round. A round takes time in proportion to M, and a blended point to
    the rounds that it looks back, 1 / (1 - beta) on average.
    Raises ValueError outside these domains.
    """
    lost = lost_freedom(estimator)
    if start.dimensions != 1:
        raise ValueError(f"start has dimensions = {start.dimensions}; 1 is needed")
    recorded = checked_record(record)
    rounds = int(recorded[-1])
    sizes = checked_sizes(samples, rounds, workflow, lost)
    checked_replicates(key, first, last)
    real = _standardised(points, start, workflow.real)
    plan = _Plan(
        start.law, lost, KEEPS.index(workflow.keep), workflow.replacement, workflow.real,
        points is not None, workflow.fresh, float(workflow.fresh_share), float(workflow.beta),
        1.0 - float(workflow.gamma), bool(workflow.beta > 0 or workflow.gamma > 0),
    )  # fmt: skip
    past = _Past(
        np.zeros(rounds + 1), np.zeros(rounds + 1, np.int64), np.zeros(rounds + 1),
        np.zeros(rounds + 1, np.int64),
    )  # fmt: skip
    batches = int(sizes[0]) * rounds if sizes.size == 1 else int(sizes.sum())
    pool = np.empty(workflow.real + batches if workflow.keep == "subsample" else 0)
    shape = (last - first, recorded.size)
    run = WorkflowRun(*(np.empty(shape) for _ in WorkflowRun._fields))
    location, root = float(start.location[0]), float(start.root[0, 0])
    _simulate(
        new_stream(key, first), plan, start.rows, location, root, sizes, recorded, first, past,
        real, pool, run,
    )  # fmt: skip
    return run
