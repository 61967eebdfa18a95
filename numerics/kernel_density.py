"""A kernel density estimate, drawn from and estimated anew, generation after generation.

The fitted density is the average of kernels around M points. A point of it is one of the M points,
chosen uniformly, plus the bandwidth times a variate of the kernel. Every point is drawn.
"""

import math
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from numerics.arguments import checked_record, checked_replicates, checked_samples
from numerics.jitted import jitted
from numerics.start import Start, draw_unit
from numerics.streams import Stream, index_below, new_stream, restart, uniform
from numerics.variates import normal

__all__ = ["KERNELS", "Kernel", "KernelRun", "draw_kernel", "simulate"]

Kernel = Literal["gaussian", "rectangular", "epanechnikov"]
KERNELS: tuple[Kernel, ...] = get_args(Kernel)
_GAUSSIAN, _RECTANGULAR, _EPANECHNIKOV = range(len(KERNELS))

MOST_POINTS = 10**7  # in memory, in a replicate
_ROOT_3 = math.sqrt(3.0)
_ROOT_5 = math.sqrt(5.0)


class KernelRun(NamedTuple):
    """What was fitted in R replicates at G recorded generations."""

    mean: NDArray[np.float64]  # (R, G), of the fitted density; inf once it has overflowed
    variance: NDArray[np.float64]  # (R, G), of the fitted density; inf once it has overflowed
    log_variance: NDArray[np.float64]  # (R, G), without overflow; -inf where all points are tied


@jitted
def draw_kernel(stream: Stream, kernel: int) -> float:
    """Variate of a kernel, of mean 0 and variance 1.

    Parameters: place of the kernel in KERNELS. For the parabola on (-1, 1): of three uniform
    variates the last, or the second where the last is the largest in absolute value.
    Source: Devroye and Gyoerfi, Nonparametric Density Estimation: The L1 View (1985), page 236.
    """
    if kernel == _GAUSSIAN:
        return normal(stream)
    last = 2.0 * uniform(stream) - 1.0
    if kernel == _RECTANGULAR:
        return _ROOT_3 * last
    second = 2.0 * uniform(stream) - 1.0
    first = 2.0 * uniform(stream) - 1.0
    if abs(last) >= abs(second) and abs(last) >= abs(first):
        last = second
    return _ROOT_5 * last


@jitted
def _centre(points: NDArray[np.float64]) -> tuple[float, float]:
    """Mean and variance (divisor M) of the points, from which the mean is then subtracted.

    Sums are taken about the first point, so that tied points have variance 0.
    """
    origin = points[0]
    total = 0.0
    square = 0.0
    for i in range(points.size):
        step = points[i] - origin
        total += step
        square += step * step
    shift = total / points.size
    for i in range(points.size):
        points[i] = (points[i] - origin) - shift
    return origin + shift, max(square / points.size - shift * shift, 0.0)


@jitted
def _draw_points(
    stream: Stream, kernel: int, bandwidth: float,
    points: NDArray[np.float64], out: NDArray[np.float64],
) -> None:  # fmt: skip
    """Nothing: out (M,) now holds points of the estimate from points (M,)."""
    for i in range(out.size):
        chosen = points[index_below(stream, points.size)]
        out[i] = chosen + bandwidth * draw_kernel(stream, kernel)


@jitted
def _draw_start(
    stream: Stream, law: int, rows: NDArray[np.float64], location: float, root: float,
    out: NDArray[np.float64],
) -> None:  # fmt: skip
    """Nothing: out (M,) now holds points of the real law."""
    point = np.empty(1)
    for i in range(out.size):
        draw_unit(stream, law, rows, point)
        out[i] = location + root * point[0]


@jitted
def _simulate(
    stream: Stream, location: float, root: float, law: int, rows: NDArray[np.float64],
    samples: int, kernel: int, bandwidth: float, adaptive: bool, record: NDArray[np.int64],
    first: int, run: KernelRun,
) -> None:  # fmt: skip
    """Nothing: the run is filled. Points are kept about their mean, in units of their spread."""
    points, drawn = np.empty(samples), np.empty(samples)
    square = bandwidth * bandwidth
    for r in range(run.mean.shape[0]):
        restart(stream, stream.key, np.uint64(first + r))
        mean, unit, log_square, spread = 0.0, 1.0, 0.0, 0.0
        generation = 0
        for g in range(record.size):
            while generation < record[g]:
                if generation == 0:
                    _draw_start(stream, law, rows, location, root, drawn)
                else:
                    _draw_points(stream, kernel, bandwidth, points, drawn)
                points, drawn = drawn, points
                shift, spread = _centre(points)
                mean += unit * shift
                if not math.isfinite(mean):
                    mean = math.inf
                if adaptive:
                    log_square += math.log(spread) if spread > 0.0 else -math.inf
                    width = math.sqrt(spread)
                    unit *= width
                    for i in range(samples if width > 0.0 else 0):
                        points[i] /= width
                generation += 1
            run.mean[r, g] = mean
            if adaptive:
                run.variance[r, g] = unit * unit * (1.0 + square)
                run.log_variance[r, g] = log_square + math.log1p(square)
            else:
                variance = spread + square
                run.variance[r, g] = variance
                run.log_variance[r, g] = math.log(variance) if variance > 0.0 else -math.inf


def simulate(
    start: Start, samples: int, record: tuple[int, ...], key: int, first: int, last: int,
    bandwidth: float, kernel: Kernel = "gaussian", adaptive: bool = False,
) -> KernelRun:  # fmt: skip
    """KernelRun of R = last - first replicates at the G recorded generations.

    Parameters: start, one-dimensional; samples M in 1..10**7; record, increasing generations >= 1;
    key in 0..2**64-1; replicates first..last-1 of that key; bandwidth >= 0, the standard deviation
    of the kernel, or, if adaptive, that divided by the standard deviation (divisor M) of the M
    points; kernel, one of KERNELS.
    Raises ValueError outside these domains.
    """
    if kernel not in KERNELS:
        raise ValueError(f"kernel = {kernel!r} is none of {', '.join(KERNELS)}")
    if not 0.0 <= bandwidth < math.inf:
        raise ValueError(f"bandwidth = {bandwidth} lies outside bandwidth >= 0")
    if start.dimensions != 1:
        raise ValueError(f"start has dimensions = {start.dimensions}; 1 is needed")
    if samples > MOST_POINTS:
        raise ValueError(f"samples = {samples} lies outside 1..{MOST_POINTS}")
    recorded = checked_record(record)
    size = int(checked_samples(samples, int(recorded[-1]), least=1)[0])
    checked_replicates(key, first, last)
    shape = (last - first, recorded.size)
    run = KernelRun(np.empty(shape), np.empty(shape), np.empty(shape))
    _simulate(
        new_stream(key, first), float(start.location[0]), float(start.root[0, 0]), start.law,
        start.rows, size, KERNELS.index(kernel), float(bandwidth), adaptive, recorded, first, run,
    )  # fmt: skip
    return run
