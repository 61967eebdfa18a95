"""Slow, plain twins of the kernels that take a shortcut, on the same random words.

They must agree with the kernels to rounding, replicate by replicate. The witnesses of the law are
the kernels that draw every point, and their own twins in `plain`.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.bartlett import BartlettRun
from numerics.dual import DualRun, log_free, throws
from numerics.gaussian import Estimator, GaussianRun, lost_freedom
from numerics.plain import logarithm, lower_root, points_by_words, schedule
from numerics.start import LAWS, Start
from numerics.streams import Stream, fill_bulk, fill_indices, new_stream, uniform, uniform_open
from numerics.sufficient import BLOCK
from numerics.tables import LARGEST_TRIALS, draw, occupancy_table
from numerics.variates import (
    fill_normals,
    gamma,
    gamma_constants,
    gamma_from,
    gamma_of,
    normal_from,
)

__all__ = ["bartlett_by_words", "dual_by_words", "sufficient_by_words"]

_NORMAL = LAWS.index("normal")


def _normal_and_gamma(stream: Stream, generation: int, shape: float) -> tuple[float, float]:
    """A standard normal variate and a gamma variate, 0 for a shape of 0."""
    place = 3 * (generation % BLOCK)
    if place == 0:
        fill_bulk(stream, 3 * BLOCK)
    z = normal_from(stream, stream.bulk[place])
    if shape >= 1.0:
        words = stream.bulk[place + 1], stream.bulk[place + 2]
        return z, gamma_from(stream, *words, shape, *gamma_constants(shape))
    return z, gamma(stream, shape) if shape > 0.0 else 0.0


def sufficient_by_words(
    start: Start, samples: int | ArrayLike, record: tuple[int, ...],
    key: int, first: int, last: int, estimator: Estimator = "unbiased",
) -> GaussianRun:  # fmt: skip
    """GaussianRun that equals that of `sufficient.simulate` to rounding."""
    lost = lost_freedom(estimator)
    path = []
    for replicate in range(first, last):
        stream = new_stream(key, replicate)
        mean, variance = start.location[0], start.root[0, 0] ** 2
        for i, size in enumerate(schedule(samples, record, least=1 + lost)):
            if i == 0 and start.law != _NORMAL:
                x = mean + start.root[0, 0] * points_by_words(stream, start, size)
                mean, variance = x.mean(), x.var(ddof=lost)
                fill_bulk(stream, 3 * BLOCK)
            else:
                z, half = _normal_and_gamma(stream, i, (size - 1) / 2)
                mean += np.sqrt(variance / size) * z
                variance *= 2 * half / (size - lost)
            if i + 1 in record:
                path.append((mean, variance))
    means, variances = np.array(path).reshape(last - first, len(record), 2).transpose(2, 0, 1)
    return GaussianRun(means, variances, logarithm(variances))


def _factor(
    stream: Stream, normals: NDArray[np.float64], size: int, divisor: int, rank: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(r,) mean of standard normal points and (r, q) root of their covariance."""
    places = [
        (k, j)
        for first in range(0, rank, 4)
        for k in range(first + 1, rank)
        for j in range(first, min(first + 4, k))
    ]
    factor = np.zeros((rank, rank))
    for place, z in zip(places, normals[2 * rank :], strict=False):
        factor[place] = z
    later = min(rank, size - 1)
    for j in range(later):
        shape = (size - 1 - j) / 2
        given = normals[rank + j]
        factor[j, j] = np.sqrt(2 * gamma_of(stream, given, shape, *gamma_constants(shape)))
    return normals[:rank] / np.sqrt(size), factor[:, :later] / np.sqrt(divisor)


def _normals(stream: Stream, d: int, rank: int) -> NDArray[np.float64]:
    """(n, d (d + 3) / 2) normal variates of the next n generations, the last of this rank."""
    each = d * (d + 3) // 2
    together = min(max(192 // each, 1), 8)
    normals = np.zeros(together * each)
    fill_normals(stream, normals[: (together - 1) * each + rank * (rank + 3) // 2])
    return normals.reshape(together, each)


def bartlett_by_words(
    start: Start, samples: int | ArrayLike, record: tuple[int, ...],
    key: int, first: int, last: int, estimator: Estimator = "unbiased",
) -> BartlettRun:  # fmt: skip
    """BartlettRun that equals that of `bartlett.simulate` to rounding."""
    lost = lost_freedom(estimator)
    d = start.dimensions
    means, roots = [], []
    for replicate in range(first, last):
        stream = new_stream(key, replicate)
        mean, root = start.location, lower_root(start.root.T)
        normals = np.empty((0, 0))
        for i, size in enumerate(schedule(samples, record, least=1 + lost)):
            if i == 0 and start.law != _NORMAL:
                z = points_by_words(stream, start, size)
                mean = mean + start.root @ z.mean(axis=0)
                fitted = start.root @ lower_root((z - z.mean(axis=0)) / np.sqrt(size - lost))
                root = lower_root(fitted.T)[:, : min(d, size - 1)]
            else:
                if normals.size == 0 or i % len(normals) == 0:
                    normals = _normals(stream, d, root.shape[1])
                turn = normals[i % len(normals)]
                shift, factor = _factor(stream, turn, size, size - lost, root.shape[1])
                mean, root = mean + root @ shift, root @ factor
            if i + 1 in record:
                means.append(mean)
                roots.append(np.pad(root, ((0, 0), (0, d - root.shape[1]))))
    return _described(means, roots, (last - first, len(record)))


def _described(
    means: list[NDArray[np.float64]], roots: list[NDArray[np.float64]], shape: tuple[int, int]
) -> BartlettRun:
    """BartlettRun of means and lower triangular roots listed replicate by replicate."""
    d = means[0].size
    root = np.array(roots).reshape(*shape, d, d)
    covariance = root @ root.swapaxes(-1, -2)
    diagonal = logarithm(np.abs(np.diagonal(root, axis1=-2, axis2=-1)))
    trace = np.trace(covariance, axis1=-2, axis2=-1)
    return BartlettRun(
        np.array(means).reshape(*shape, d), covariance, diagonal, 2 * diagonal.sum(axis=-1),
        logarithm(trace),
    )  # fmt: skip


def _occupied(stream: Stream, balls: int, boxes: int) -> int:
    """Number of boxes that are hit, given a collision where the balls are not thrown."""
    if throws(balls, boxes) and boxes <= LARGEST_TRIALS:
        return draw(stream, occupancy_table(boxes), balls)
    if throws(balls, boxes):
        parts = [np.empty(min(1024, balls - i), np.uint32) for i in range(0, balls, 1024)]
        for part in parts:
            fill_indices(stream, boxes, part)
        return len(np.unique(np.concatenate(parts)))
    free = log_free(boxes)
    goal = np.log1p(uniform_open(stream) * np.expm1(free[balls]))
    occupied = ball = 0
    while ball < balls:
        ball += 1
        # The balls so far met no other since the last collision if free stays above the goal.
        if free[occupied + 1] >= goal:
            occupied += 1
        else:
            goal = free[occupied] + np.log(uniform_open(stream))
    return occupied


def dual_by_words(start: ArrayLike, samples: int, key: int, first: int, last: int) -> DualRun:
    """DualRun that equals that of `dual.simulate`."""
    law = np.asarray(start, float)
    drawn = []
    for replicate in range(first, last):
        stream = new_stream(key, replicate)
        share = uniform(stream) * law.cumsum()[-1]
        winner = int(np.searchsorted(law.cumsum(), share, side="right"))
        generation = 0
        if (law > 0).sum() > 1:
            enough = 1 + np.log(uniform_open(stream)) / np.log(law[winner] / law.sum())
            ancestors, generation = samples, 1
            while ancestors > enough:
                generation += 1
                if not throws(ancestors, samples):
                    wait = np.log(uniform_open(stream)) / log_free(samples)[ancestors]
                    generation += int(wait)
                ancestors = _occupied(stream, ancestors, samples)
        drawn.append((generation, winner))
    times, winners = np.array(drawn, np.int64).T
    return DualRun(times, winners)
