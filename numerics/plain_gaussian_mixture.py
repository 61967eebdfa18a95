"""Gaussian mixtures under any workflow again, slow and plain: a second opinion on the kernels.

One array of responsibilities, SciPy's log-sum-exp and NumPy's inverse; covariances are summed about
the new means. Words are drawn from the kernel's streams in the same order.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logsumexp

from numerics.gaussian_mixture import FLOOR, ITERATIONS, TOLERANCE, Mixture, MixtureFit
from numerics.mixture_start import ROUNDS
from numerics.mixture_workflows import MixtureRun
from numerics.plain import schedule
from numerics.streams import Stream, index_below, new_stream, uniform
from numerics.variates import normal
from numerics.workflow import Workflow

__all__ = ["by_words", "clusters", "fit", "seeds"]

Floats = NDArray[np.float64]
_SMALL = 10 * np.finfo(np.float64).eps


def _log_densities(points: Floats, mixture: Mixture) -> Floats:
    """(N, k) logarithms of weight times density."""
    columns = []
    for weight, mean, covariance in zip(
        mixture.weights, mixture.means, mixture.covariances, strict=True
    ):
        steps = points - mean
        squares = np.einsum("ia,ab,ib->i", steps, np.linalg.inv(covariance), steps)
        logarithm = np.linalg.slogdet(2 * math.pi * covariance)[1]
        columns.append(math.log(weight) - 0.5 * (logarithm + squares))
    return np.stack(columns, axis=1)


def _maximised(points: Floats, shares: Floats, floor: float) -> Mixture:
    """The mixture that responsibilities (N, k) lead to."""
    mass = shares.sum(axis=0) + _SMALL
    means = shares.T @ points / mass[:, None]
    covariances = []
    for j, mean in enumerate(means):
        steps = points - mean
        square = (shares[:, j] * steps.T) @ steps / mass[j]
        covariances.append((square + square.T) / 2 + floor * np.eye(points.shape[1]))
    return Mixture(mass / mass.sum(), means, np.array(covariances))


def seeds(points: Floats, components: int, stream: Stream) -> list[Floats]:
    """The k points that k-means++ chooses."""
    centres = [points[index_below(stream, len(points))]]
    while len(centres) < components:
        squares = np.min([((points - one) ** 2).sum(axis=1) for one in centres], axis=0)
        if squares.sum() == 0.0:
            centres.append(points[index_below(stream, len(points))])
            continue
        left = uniform(stream) * squares.sum()
        centres.append(points[int(np.flatnonzero(np.cumsum(squares) > left)[0])])
    return centres


def clusters(points: Floats, components: int, stream: Stream) -> Floats:
    """(N, k) responsibilities 0 and 1 after k-means++ and Lloyd's rounds."""
    centres = seeds(points, components, stream)
    labels = np.full(len(points), -1)
    for _ in range(ROUNDS):
        squares = np.array([((points - one) ** 2).sum(axis=1) for one in centres])
        new = squares.argmin(axis=0)
        if (new == labels).all():
            break
        labels = new
        centres = [
            points[labels == j].mean(axis=0) if (labels == j).any() else one
            for j, one in enumerate(centres)
        ]
    return np.asarray(np.eye(components)[labels])


def fit(
    points: ArrayLike, start: Mixture | Floats, floor: float = FLOOR,
    tolerance: float = TOLERANCE, iterations: int = ITERATIONS,
) -> MixtureFit:  # fmt: skip
    """MixtureFit that equals that of `gaussian_mixture.fit`, up to the order of its sums.

    Parameters: as there; start, a mixture or the responsibilities (N, k) to begin with.
    """
    table = np.asarray(points, np.float64)
    mixture = start if isinstance(start, Mixture) else _maximised(table, start, floor)
    before, done, converged = -math.inf, 0, False
    while done < iterations and not converged:
        logarithms = _log_densities(table, mixture)
        totals = logsumexp(logarithms, axis=1)
        mixture = _maximised(table, np.exp(logarithms - totals[:, None]), floor)
        mean = float(totals.mean())
        converged, before = abs(mean - before) < tolerance, mean
        done += 1
    floored = np.linalg.eigvalsh(mixture.covariances)[:, 0] <= 2 * floor
    return MixtureFit(mixture, before, done, converged, floored)


def _drawn(stream: Stream, mixture: Mixture) -> Floats:
    """(d,) point of the mixture."""
    u, j = uniform(stream), 0
    while j < mixture.components - 1 and u >= mixture.weights[j]:
        u -= float(mixture.weights[j])
        j += 1
    normals = np.array([normal(stream) for _ in range(mixture.dimensions)])
    return np.asarray(mixture.means[j] + np.linalg.cholesky(mixture.covariances[j]) @ normals)


def _batch(
    stream: Stream, real: Mixture, model: Mixture, workflow: Workflow, size: int
) -> list[Floats]:
    """Points of one round."""
    batch = []
    for i in range(size):
        fresh = i < workflow.fresh
        if not fresh and workflow.fresh_share > 0:
            fresh = uniform(stream) < workflow.fresh_share
        batch.append(_drawn(stream, real if fresh else model))
    return batch


def _taken(stream: Stream, pool: list[Floats], size: int, replacement: bool) -> list[Floats]:
    """Points of the pool; without replacement the pool is put into another order."""
    if replacement:
        return [pool[index_below(stream, len(pool))] for _ in range(size)]
    for i in range(size):
        place = i + index_below(stream, len(pool) - i)
        pool[i], pool[place] = pool[place], pool[i]
    return pool[:size]


def by_words(
    start: Mixture, components: int, samples: int | ArrayLike, record: tuple[int, ...],
    key: int, first: int, last: int, workflow: Workflow, beginning: str = "k-means++",
    floor: float = FLOOR, tolerance: float = TOLERANCE, iterations: int = ITERATIONS,
) -> MixtureRun:  # fmt: skip
    """MixtureRun that equals that of `mixture_workflows.simulate`, up to the order of its sums.

    Parameters: as there.
    """
    rows = []
    for replicate in range(first, last):
        stream = new_stream(key, replicate)
        pool = [_drawn(stream, start) for _ in range(workflow.real)]
        model: Mixture | None = None
        if pool:
            shares = clusters(np.array(pool), components, stream)
            model = fit(np.array(pool), shares, floor, tolerance, iterations).mixture
        floored = unconverged = 0
        for i, size in enumerate(schedule(samples, record, least=1)):
            training = pool + _batch(stream, start, model or start, workflow, size)
            if workflow.keep != "replace":
                pool = training
            if workflow.keep == "subsample":
                training = _taken(stream, pool, size, workflow.replacement)
            points = np.array(training)
            again = beginning == "warm" and model is not None
            begin = model if again and model else clusters(points, components, stream)
            found = fit(points, begin, floor, tolerance, iterations)
            model = found.mixture
            floored += bool(found.floored.any())
            unconverged += not found.converged
            if i + 1 in record:
                rows.append(
                    (model.weights, model.means, model.covariances, found.log_likelihood,
                     found.iterations, found.floored, floored, unconverged)
                )  # fmt: skip
    shape = (last - first, len(record))
    arrays = (np.array(column) for column in zip(*rows, strict=True))
    return MixtureRun(*(array.reshape(*shape, *array.shape[1:]) for array in arrays))
