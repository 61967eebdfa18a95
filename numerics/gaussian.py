"""A Gaussian refitted on its own points, generation after generation; every point is drawn."""

import math
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.arguments import checked_record, checked_replicates, checked_samples
from numerics.jitted import jitted
from numerics.start import LAWS, Start, draw_unit
from numerics.streams import Stream, new_stream, restart
from numerics.triangular import fit_points, new_buffer
from numerics.variates import normal

__all__ = [
    "Estimator",
    "GaussianRun",
    "MultivariateRun",
    "lost_freedom",
    "moments_of_start",
    "simulate",
    "simulate_multivariate",
]

_NORMAL = LAWS.index("normal")

Estimator = Literal["unbiased", "mle"]


class GaussianRun(NamedTuple):
    """What was fitted in R replicates at G recorded generations."""

    mean: NDArray[np.float64]  # (R, G)
    variance: NDArray[np.float64]  # (R, G), accurate to about 1e-300
    log_variance: NDArray[np.float64]  # (R, G), without underflow; -inf after tied points


class MultivariateRun(NamedTuple):
    """What was fitted in R replicates at G recorded generations, in d dimensions."""

    mean: NDArray[np.float64]  # (R, G, d)
    covariance: NDArray[np.float64]  # (R, G, d, d)
    log_determinant: NDArray[np.float64]  # (R, G) of the covariance; -inf if its rank is below d


def lost_freedom(estimator: str) -> int:
    """1 for `unbiased` (divisor M - 1), 0 for `mle` (divisor M); ValueError otherwise."""
    if estimator not in ("unbiased", "mle"):
        raise ValueError(f"estimator = {estimator!r} is neither 'unbiased' nor 'mle'")
    return 1 if estimator == "unbiased" else 0


@jitted
def _moments_of_normals(stream: Stream, samples: int, divisor: int) -> tuple[float, float]:
    """Mean and variance of standard normal points.

    Sums are taken about the first point: the cancellation is then at most that of M roundings,
    however close together the points lie.
    """
    origin = normal(stream)
    total = 0.0
    square = 0.0
    for _ in range(samples - 1):
        step = normal(stream) - origin
        total += step
        square += step * step
    return origin + total / samples, max(square - total * total / samples, 0.0) / divisor


@jitted
def moments_of_start(
    stream: Stream, samples: int, divisor: int, law: int, rows: NDArray[np.float64]
) -> tuple[float, float]:
    """Mean and variance of standardised points of the start, summed in the same way."""
    point = np.empty(1)
    draw_unit(stream, law, rows, point)
    origin = point[0]
    total = 0.0
    square = 0.0
    for _ in range(samples - 1):
        draw_unit(stream, law, rows, point)
        step = point[0] - origin
        total += step
        square += step * step
    return origin + total / samples, max(square - total * total / samples, 0.0) / divisor


@jitted
def _simulate(
    stream: Stream, location: float, root: float, law: int, rows: NDArray[np.float64],
    sizes: NDArray[np.int64], record: NDArray[np.int64], lost: int, first: int, run: GaussianRun,
) -> None:  # fmt: skip
    """Nothing: the run is filled, replicate after replicate."""
    for r in range(run.mean.shape[0]):
        restart(stream, stream.key, np.uint64(first + r))
        mean = location
        scale = root
        variance = root * root
        log_variance = 2.0 * math.log(abs(root)) if root != 0.0 else -math.inf
        generation = 0
        for g in range(record.size):
            while generation < record[g]:
                samples = sizes[min(generation, sizes.size - 1)]
                if generation == 0:
                    shift, factor = moments_of_start(stream, samples, samples - lost, law, rows)
                else:
                    shift, factor = _moments_of_normals(stream, samples, samples - lost)
                mean += scale * shift
                variance *= factor
                scale = math.sqrt(variance)
                log_variance += math.log(factor) if factor > 0.0 else -math.inf
                generation += 1
            run.mean[r, g] = mean
            run.variance[r, g] = variance
            run.log_variance[r, g] = log_variance


def simulate(
    start: Start, samples: int | ArrayLike, record: tuple[int, ...],
    key: int, first: int, last: int, estimator: Estimator = "unbiased",
) -> GaussianRun:  # fmt: skip
    """GaussianRun of R = last - first replicates at the G recorded generations.

    Parameters: start, one-dimensional; samples, M or a schedule M_0..M_{n-1} whose M_i leads
    from generation i to i + 1, each in 1..10**9, and at least 2 when unbiased; record,
    increasing generations >= 1; key in 0..2**64-1; replicates first..last-1 of that key.
    Raises ValueError outside these domains.
    """
    lost = lost_freedom(estimator)
    if start.dimensions != 1:
        raise ValueError(f"start has dimensions = {start.dimensions}; 1 is needed")
    recorded = checked_record(record)
    sizes = checked_samples(samples, generations=int(recorded[-1]), least=1 + lost)
    checked_replicates(key, first, last)
    shape = (last - first, recorded.size)
    run = GaussianRun(np.empty(shape), np.empty(shape), np.empty(shape))
    location, root = float(start.location[0]), float(start.root[0, 0])
    _simulate(
        new_stream(key, first), location, root, start.law, start.rows, sizes, recorded, lost, first,
        run,
    )  # fmt: skip
    return run


@jitted
def _advance(
    mean: NDArray[np.float64], root: NDArray[np.float64],
    shift: NDArray[np.float64], factor: NDArray[np.float64], row: NDArray[np.float64],
) -> float:  # fmt: skip
    """Growth of log det of the covariance as the mean moves by root @ shift, and then the root
    becomes root @ factor, with a lower triangular factor; row (d,) is working space.
    """  # fmt: skip
    growth = 0.0
    for i in range(mean.size):
        pivot = factor[i, i]
        growth += 2.0 * math.log(pivot) if pivot > 0.0 else -math.inf
        row[:] = 0.0
        for k in range(mean.size):
            mean[i] += root[i, k] * shift[k]
            for j in range(k + 1):
                row[j] += root[i, k] * factor[k, j]
        for j in range(mean.size):
            root[i, j] = row[j]
    return growth


@jitted
def _restore(
    location: NDArray[np.float64], start_root: NDArray[np.float64],
    mean: NDArray[np.float64], root: NDArray[np.float64],
) -> None:  # fmt: skip
    """Nothing: mean and root are now those of the start."""
    for i in range(mean.size):
        mean[i] = location[i]
        for j in range(mean.size):
            root[i, j] = start_root[i, j]


@jitted
def _record(
    run: MultivariateRun, r: int, g: int, mean: NDArray[np.float64], root: NDArray[np.float64]
) -> None:
    """Nothing: place (r, g) of the run now holds the mean and root @ root.T, symmetric."""
    for i in range(mean.size):
        run.mean[r, g, i] = mean[i]
        for j in range(i + 1):
            total = 0.0
            for k in range(mean.size):
                total += root[i, k] * root[j, k]
            run.covariance[r, g, i, j] = total
            run.covariance[r, g, j, i] = total


@jitted
def _simulate_multivariate(
    stream: Stream, location: NDArray[np.float64], start_root: NDArray[np.float64],
    log_determinant: float, law: int, rows: NDArray[np.float64], sizes: NDArray[np.int64],
    record: NDArray[np.int64], lost: int, first: int, run: MultivariateRun,
) -> None:  # fmt: skip
    """Nothing: the run is filled, replicate after replicate."""
    d = location.size
    buffer = new_buffer(d)
    shift, mean, row = np.empty(d), np.empty(d), np.empty(d)
    root, factor = np.empty((d, d)), np.empty((d, d))
    for r in range(run.mean.shape[0]):
        restart(stream, stream.key, np.uint64(first + r))
        _restore(location, start_root, mean, root)
        logarithm = log_determinant
        generation = 0
        for g in range(record.size):
            while generation < record[g]:
                samples = sizes[min(generation, sizes.size - 1)]
                drawn = law if generation == 0 else _NORMAL
                fit_points(stream, samples, samples - lost, drawn, rows, buffer, shift, factor)
                logarithm += _advance(mean, root, shift, factor, row)
                generation += 1
            _record(run, r, g, mean, root)
            run.log_determinant[r, g] = logarithm


def simulate_multivariate(
    start: Start, samples: int | ArrayLike, record: tuple[int, ...],
    key: int, first: int, last: int, estimator: Estimator = "unbiased",
) -> MultivariateRun:  # fmt: skip
    """MultivariateRun of R = last - first replicates at the G recorded generations.

    Parameters: start, of any dimension d; the others as in `simulate`. With M <= d points the
    covariance has rank M - 1. The next generation's points are mean + root @ z, the root being
    that of the last generation times the lower triangular one of its standardised points.
    Raises ValueError outside these domains.
    """
    lost = lost_freedom(estimator)
    recorded = checked_record(record)
    sizes = checked_samples(samples, generations=int(recorded[-1]), least=1 + lost)
    checked_replicates(key, first, last)
    shape = (last - first, recorded.size, start.dimensions)
    run = MultivariateRun(
        np.empty(shape), np.empty((*shape, start.dimensions)), np.empty(shape[:2])
    )
    _simulate_multivariate(
        new_stream(key, first), start.location, start.root,
        2.0 * float(np.linalg.slogdet(start.root)[1]), start.law, start.rows, sizes, recorded,
        lost, first, run,
    )  # fmt: skip
    return run
