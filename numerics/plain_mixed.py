"""The recursion of `gaussian_mixed` again, slow and plain."""

import numpy as np

from numerics.gaussian import GaussianRun
from numerics.gaussian_mixed import Mixed
from numerics.plain import logarithm
from numerics.streams import new_stream, uniform
from numerics.variates import normal

__all__ = ["mixed_by_words"]


def mixed_by_words(
    mixed: Mixed, record: tuple[int, ...], key: int, first: int, last: int
) -> GaussianRun:
    """GaussianRun that equals that of `gaussian_mixed.simulate`, up to rounding."""
    means = np.zeros((last - first, record[-1]))
    variances = np.zeros_like(means)
    for r in range(last - first):
        stream = new_stream(key, first + r)
        given = np.array(mixed.points)
        mean, variance = (float(given.mean()), float(given.var())) if mixed.points else (0.0, 1.0)
        for i in range(record[-1]):
            real = given if mixed.points else np.array([normal(stream) for _ in range(mixed.real)])
            steps = np.array([normal(stream) for _ in range(mixed.synthetic)])
            drawn = mean + np.sqrt(mixed.spread * variance) * steps
            if mixed.weight >= 0:
                mean = mixed.weight * float(real.mean())
                mean += (1 - mixed.weight) * float(drawn.mean())
            else:
                points = np.concatenate((real, drawn))
                mean, variance = float(points.mean()), float(points.var(ddof=mixed.lost))
            if mixed.error > 0:
                mean += mixed.error * normal(stream)
            if mixed.jolt > 0:
                variance *= 1 + mixed.jolt * (1 if uniform(stream) < 0.5 else -1)
            means[r, i], variances[r, i] = mean, variance
    seen = [generation - 1 for generation in record]
    return GaussianRun(means[:, seen], variances[:, seen], logarithm(variances[:, seen]))
