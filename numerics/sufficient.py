"""A Gaussian refitted on its own points, by the law of its two sufficient statistics.

The mean and the variance of M normal points are independent, a normal and a chi-square variate
(W. G. Cochran, Proc. Camb. Phil. Soc. 30 (1934)). That shortcut is itself a claim: the kernel
in `gaussian` draws every point and is its witness.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.arguments import checked_record, checked_replicates, checked_samples
from numerics.gaussian import Estimator, GaussianRun, lost_freedom, moments_of_start
from numerics.jitted import inlined, jitted, lean
from numerics.start import LAWS, Start
from numerics.streams import Stream, fill_bulk, new_stream, restart
from numerics.variates import gamma_constants, gamma_from, gamma_prepared, normal_from

__all__ = ["BLOCK", "simulate"]

_NORMAL = LAWS.index("normal")
BLOCK = 80  # generations whose words are drawn together
_BITS = 400
_SMALL = 2.0**-_BITS  # a scale below this is written with a smaller unit


class _Fit(NamedTuple):
    """Constants of one number of samples."""

    shape: float  # half the degrees of freedom
    d: float
    c: float
    per_gamma: float  # turns a gamma variate into a factor of the variance
    per_mean: float  # standard deviation of the mean of standard normal points


@inlined
def _constants(samples: int, lost: int) -> _Fit:
    """Constants for that many samples."""
    shape = 0.5 * (samples - 1)
    d, c = gamma_constants(max(shape, 0.5))
    return _Fit(shape, d, c, 2.0 / (samples - lost), 1.0 / math.sqrt(samples))


@inlined
def _factor(stream: Stream, first: np.uint64, second: np.uint64, fit: _Fit) -> float:
    """Ratio of two standard deviations, one generation apart; 0 for a single point."""
    if fit.shape >= 1.0:
        return math.sqrt(fit.per_gamma * gamma_from(stream, first, second, fit.shape, fit.d, fit.c))
    if fit.shape == 0.0:
        return 0.0
    return math.sqrt(fit.per_gamma * gamma_prepared(stream, fit.shape, fit.d, fit.c))


@lean
def _generations(
    stream: Stream, sizes: NDArray[np.int64], lost: int, generation: int, last: int,
    mean: float, scale: float, unit: float, units: int,
) -> tuple[float, float, float, int]:  # fmt: skip
    """Mean, scale, unit and number of units after the last generation.

    The standard deviation is scale * unit with unit = 2**(-400 units), which may underflow;
    the scale does not. Each generation has three words of its own, drawn in bulk.
    """
    samples = -1
    fit = _constants(2, 0)
    words = stream.bulk
    while generation < last:
        if samples != sizes[min(generation, sizes.size - 1)]:
            samples = sizes[min(generation, sizes.size - 1)]
            fit = _constants(samples, lost)
        begin = generation % BLOCK
        if begin == 0:
            fill_bulk(stream, 3 * BLOCK)
        steps = min(BLOCK - begin, last - generation) if sizes.size == 1 else 1
        for i in range(begin, begin + steps):
            mean += scale * unit * (fit.per_mean * normal_from(stream, words[3 * i]))
            scale *= _factor(stream, words[3 * i + 1], words[3 * i + 2], fit)
            if 0.0 < scale < _SMALL:
                scale /= _SMALL
                unit *= _SMALL
                units += 1
        generation += steps
    return mean, scale, unit, units


@jitted
def _simulate(
    stream: Stream, location: float, root: float, law: int, rows: NDArray[np.float64],
    sizes: NDArray[np.int64], record: NDArray[np.int64], lost: int, first: int, run: GaussianRun,
) -> None:  # fmt: skip
    """Nothing: the run is filled, replicate after replicate."""
    for r in range(run.mean.shape[0]):
        restart(stream, stream.key, np.uint64(first + r))
        mean, scale, unit, units = location, abs(root), 1.0, 0
        generation = 0
        if law != _NORMAL:  # these points have no sufficient statistics
            shift, factor = moments_of_start(stream, sizes[0], sizes[0] - lost, law, rows)
            mean += root * shift
            scale *= math.sqrt(factor)
            generation = 1
            fill_bulk(stream, 3 * BLOCK)
        for g in range(record.size):
            mean, scale, unit, units = _generations(
                stream, sizes, lost, generation, record[g], mean, scale, unit, units
            )
            generation = record[g]
            run.mean[r, g] = mean
            run.variance[r, g] = (scale * unit) * (scale * unit)
            logarithm = math.log(scale) if scale > 0.0 else -math.inf
            run.log_variance[r, g] = 2.0 * (logarithm - units * (_BITS * math.log(2.0)))


def simulate(
    start: Start, samples: int | ArrayLike, record: tuple[int, ...],
    key: int, first: int, last: int, estimator: Estimator = "unbiased",
) -> GaussianRun:  # fmt: skip
    """GaussianRun of R = last - first replicates at the G recorded generations.

    Parameters: as in `gaussian.simulate`, whose law this has. The first points of a start other
    than the normal one are drawn one by one.
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
