"""The mean standard deviation of M points drawn from a finite sample, without visiting them all.

With L(t) = E exp(-t V), V the unbiased variance of M draws, E V = 1, and H(t) the same of a
variable that is 0 as often as V, with the chance r, and else 1 / (1 - r),

    E sqrt(V) = sqrt(1 - r) + (1 / (2 sqrt(pi))) int_0^oo (H(t) - L(t)) t^(-3/2) dt.

The sum of squares about the mean is the least about any place y, and Gaussian integration over y
takes the mean out: with a = t / (M - 1) and A(y) the average of exp(-a (x - y)^2) over the sample,

    L(t) = sqrt(a M / pi) int A(y)^M dy.

Both integrals are sums with equal steps, the outer one in ln t: their error falls exponentially.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["expected_deviation"]

STEP = 0.1
"""Step of ln t."""

FIRST = 1e-7
"""Smallest t: the integrand is of order t^2 t^(-3/2) there."""

SETTLED = 1e-11
"""L(t) is followed until it is so near to the chance that all draws are equal."""

LARGEST = 1e7
"""Largest t: what is left there is at most L(t) less its limit, over sqrt(pi t)."""

BLOCK = 2_000_000
"""Numbers held at once."""


def expected_deviation(points: NDArray[np.float64], samples: int) -> float:
    """Return the mean unbiased standard deviation of M draws over the deviation of the sample.

    points (N,), not all equal, with replacement; their own deviation has the divisor N. samples: M,
    at least 2. The error is below 1e-7, and of order 1e-10 where hardly any draws are nearly equal.
    ValueError outside.

    >>> round(expected_deviation(np.array([-1.0, 1.0]), 2), 9)
    0.707106781
    """
    if samples < 2:
        raise ValueError(f"samples = {samples} lies outside samples >= 2")
    values, counts = np.unique(np.asarray(points, np.float64), return_counts=True)
    if values.size < 2:
        raise ValueError("points lie outside samples that are not constant")
    weights = counts / counts.sum()
    centred = values - weights @ values
    centred /= math.sqrt(float(weights @ centred**2))
    tied = float((weights**samples).sum())
    total, t = 0.0, FIRST
    while True:
        transform = _transform(centred, weights, samples, t)
        alike = tied + (1 - tied) * math.exp(-t / (1 - tied))
        total += (alike - transform) / math.sqrt(t)
        if (t > 40 and transform - tied < SETTLED) or t > LARGEST:
            return math.sqrt(1 - tied) + total * STEP / (2 * math.sqrt(math.pi))
        t *= math.exp(STEP)


def _transform(
    values: NDArray[np.float64], weights: NDArray[np.float64], samples: int, t: float
) -> float:
    """Return E exp(-t V)."""
    a = t / (samples - 1)
    step = 0.8 / math.sqrt(2 * a * samples)
    room = 10 / math.sqrt(2 * a * samples)
    nodes = np.arange(values[0] - room, values[-1] + room + step, step)
    total = 0.0
    block = max(1, BLOCK // values.size)
    for first in range(0, nodes.size, block):
        near = nodes[first : first + block, np.newaxis] - values
        total += float(((np.exp(-a * near * near) @ weights) ** samples).sum())
    return math.sqrt(a * samples / math.pi) * total * step
