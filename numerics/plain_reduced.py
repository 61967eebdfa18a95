"""Slow, plain twins of the kernels that draw a sufficient statistic, on the same random words.

They must agree with the kernels to rounding, replicate by replicate. The witnesses of the law are
the kernels that draw every point, and their own twins in `plain`.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.gaussian import Estimator, GaussianRun, lost_freedom
from numerics.plain import logarithm, points_by_words, schedule
from numerics.start import LAWS, Start
from numerics.streams import Stream, fill_bulk, new_stream
from numerics.sufficient import BLOCK
from numerics.variates import (
    gamma,
    gamma_constants,
    gamma_from,
    normal_from,
)

__all__ = ["sufficient_by_words"]

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
