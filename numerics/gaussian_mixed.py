"""A Gaussian refitted on real points beside generated ones, which are spread, with a noisy fit.

Every point is drawn; the real law is the standard normal one. Points are counted from the last
mean, so that a fit may be far narrower than its mean is away from the real one.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from numerics.arguments import checked_record, checked_replicates
from numerics.gaussian import GaussianRun
from numerics.jitted import jitted
from numerics.streams import Stream, new_stream, restart, uniform
from numerics.variates import normal

__all__ = ["Mixed", "simulate"]


class Mixed(NamedTuple):
    """What one round is trained on, and how its fit differs from mean and variance."""

    real: int  # real points of each round
    synthetic: int  # points drawn from the last fit
    spread: float = 1.0  # variance of those over the fitted one
    lost: int = 1  # what the divisor of the variance lacks of the number of points
    points: tuple[float, ...] = ()  # the real points where they are the same in every round
    error: float = 0.0  # standard deviation of a normal error of the mean
    jolt: float = 0.0  # the variance is multiplied by 1 + jolt or 1 - jolt, equally likely
    weight: float = -1.0  # of the real mean, where means are weighted and the variance stays


@jitted
def _simulate(
    stream: Stream, real: int, synthetic: int, spread: float, lost: int,
    points: NDArray[np.float64], error: float, jolt: float, weight: float,
    record: NDArray[np.int64], first: int, run: GaussianRun,
) -> None:  # fmt: skip
    """Nothing: the run is filled, replicate after replicate."""
    size = real + synthetic
    training = np.empty(size)
    for r in range(run.mean.shape[0]):
        restart(stream, stream.key, np.uint64(first + r))
        mean, variance = 0.0, 1.0
        if points.size > 0:
            mean, variance = points.mean(), points.var()
        generation = 0
        for g in range(record.size):
            while generation < record[g]:
                root = math.sqrt(spread * variance)
                for k in range(size):
                    if k >= real:
                        training[k] = root * normal(stream)
                    elif points.size > 0:
                        training[k] = points[k] - mean
                    else:
                        training[k] = normal(stream) - mean
                if weight >= 0.0:
                    step = weight * training[:real].mean()
                    step += (1.0 - weight) * training[real:].mean()
                else:
                    step = training.mean()
                    variance = ((training - step) ** 2).sum() / (size - lost)
                mean += step
                if error > 0.0:
                    mean += error * normal(stream)
                if jolt > 0.0:
                    variance *= 1.0 + jolt if uniform(stream) < 0.5 else 1.0 - jolt
                generation += 1
            run.mean[r, g] = mean
            run.variance[r, g] = variance
            run.log_variance[r, g] = math.log(variance) if variance > 0.0 else -math.inf


def simulate(mixed: Mixed, record: tuple[int, ...], key: int, first: int, last: int) -> GaussianRun:
    """GaussianRun of R = last - first replicates at the G recorded generations.

    Generation 0 is N(0, 1), or the fit with divisor N to given real points. Parameters: mixed,
    with real and synthetic >= 0, more points than the divisor lacks, spread > 0, error >= 0,
    0 <= jolt < 1, weight <= 1, below 0 for pooled points and else with points of both kinds;
    record, increasing generations >= 1; key in 0..2**64-1; replicates first..last-1 of that key.
    Raises ValueError outside these domains.
    """
    size = mixed.real + mixed.synthetic
    if min(mixed.real, mixed.synthetic) < 0 or mixed.lost not in (0, 1) or size <= mixed.lost:
        raise ValueError(
            f"real = {mixed.real}, synthetic = {mixed.synthetic}, lost = {mixed.lost} lie outside "
            "counts >= 0, lost in {0, 1}, real + synthetic > lost"
        )
    if not (0 < mixed.spread < math.inf and 0 <= mixed.error < math.inf and 0 <= mixed.jolt < 1):
        raise ValueError(
            f"spread = {mixed.spread}, error = {mixed.error}, jolt = {mixed.jolt} lie outside "
            "0 < spread < inf, 0 <= error < inf, 0 <= jolt < 1"
        )
    if mixed.weight > 1 or (mixed.weight >= 0 and min(mixed.real, mixed.synthetic) == 0):
        raise ValueError(
            f"weight = {mixed.weight} lies outside weight <= 1, with points of both kinds if >= 0"
        )
    if mixed.points and len(mixed.points) != mixed.real:
        raise ValueError(f"points = {mixed.points} are not real = {mixed.real} numbers")
    recorded = checked_record(record)
    checked_replicates(key, first, last)
    shape = (last - first, recorded.size)
    run = GaussianRun(np.empty(shape), np.empty(shape), np.empty(shape))
    _simulate(
        new_stream(key, first), mixed.real, mixed.synthetic, float(mixed.spread), mixed.lost,
        np.array(mixed.points, np.float64), float(mixed.error), float(mixed.jolt),
        float(mixed.weight), recorded, first, run,
    )  # fmt: skip
    return run
