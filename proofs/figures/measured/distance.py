"""How widely W2^2 spreads over runs: what an honest interval for its mean must know.

One factor Y of the variance enters with E Y^(k/2), an integral for odd k. The moments of mean and
deviation then follow one generation after the other, since mean and variance of normal points are
independent (Cochran 1934).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from numerics import intervals, quadrature

__all__ = ["ALPHA", "distances", "interval", "variances", "within"]

#: Share of misses of an interval.
ALPHA = 0.05
BITS = 96
Floats = NDArray[np.float64]


def distances(mean: Floats, variance: Floats) -> Floats:
    """Return W2^2 from the fitted normal law to N(0, 1)."""
    return np.asarray(mean**2 + (np.sqrt(variance) - 1) ** 2)


@lru_cache(maxsize=64)
def _powers(samples: int) -> tuple[float, ...]:
    """Return E Y^(k/2) for k = 0..4, Y one factor of the unbiased variance."""
    free = samples - 1
    found = (quadrature.expected_power(free, free, Fraction(k, 2), BITS) for k in range(1, 5))
    return 1.0, *(float(ball.mid()) for ball in found)


def variances(samples: int, generations: Sequence[int], factor: float = 1.0) -> list[float]:
    """Return Var W2^2 at rising generations, where `factor` times the unbiased variance is fitted.

    samples: M >= 2. generations: n >= 0. factor: b > 0; 1 - 1/M is the MLE.
    """
    scale = np.array(_powers(samples)) * factor ** (np.arange(5) / 2)
    alone = np.ones(5)  # E sigma_n^k
    square, fourth = np.zeros(3), 0.0  # E mu_n^2 sigma_n^k, E mu_n^4
    found: dict[int, float] = {}
    for n in range(max(generations) + 1):
        mean = square[0] + alone[2] - 2 * alone[1] + 1
        shrunk = alone[4] - 4 * alone[3] + 6 * alone[2] - 4 * alone[1] + 1
        second = fourth + 2 * (square[2] - 2 * square[1] + square[0]) + shrunk
        found[n] = max(float(second - mean**2), 0.0)
        fourth += 6 * square[2] / samples + 3 * alone[4] / samples**2
        square = scale[:3] * (square + alone[2:] / samples)
        alone = scale * alone
    return [found[n] for n in generations]


def interval(values: Floats, variance: float) -> list[float]:
    """Return mean and both ends of a finite-sample interval, by Catoni's method."""
    low, high = intervals.catoni(values, variance, ALPHA)
    return [float(values.mean()), low, high]


def within(seen: Sequence[float], widest: float) -> bool:
    """Return whether an interval departs from its mean by a share `widest` of it at most."""
    mean, low, high = seen
    return max(high - mean, mean - low) <= widest * mean
