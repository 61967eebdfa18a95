"""How far a refit can stray: fourth moments of the recursion, from the moments of the start.

One coordinate. From mean mu and variance v, the next mean is mu + sqrt(v) z / sqrt(M) with z
standard normal, and the next variance is v Y, with Y independent of z, E Y = 1 and
E Y^2 = (M + 1) / (M - 1) (divisor M - 1; divisor M multiplies Y by (M - 1) / M). Hence
(E mu^4, E mu^2 v, E v^2) follow an exact linear recursion. The first generation is fitted to
points of D_0, which need not be normal; there only the central moments m2 and m4 of D_0 enter.

These are second moments of the squared drift and of the variance, and so they bound the spread of
a sample mean. None of them is the mean that a claim speaks of.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from theory.errors import DomainError

_Number = TypeVar("_Number", float, Fraction)

#: Relative room left for the rounding of some hundred double-precision operations.
ROUNDING = 1e-9


class Moments(NamedTuple, Generic[_Number]):
    """Central moments of one coordinate of D_0: second (the variance) and fourth."""

    second: _Number
    fourth: _Number


class Fourth(NamedTuple, Generic[_Number]):
    """E mu_n^4, E mu_n^2 v_n and E v_n^2, the mean measured from that of D_0."""

    mean: _Number
    mixed: _Number
    variance: _Number


def moments_of(points: npt.NDArray[np.float64]) -> tuple[Moments[float], ...]:
    """Return the central moments of each column of a sample (N, d), with divisor N."""
    centred = points - points.mean(axis=0)
    return tuple(
        Moments(float((column**2).mean()), float((column**4).mean())) for column in centred.T
    )


def fourth_moments(
    samples: int | Sequence[int],
    generations: int,
    moments: Moments[_Number],
    estimator: str = "unbiased",
) -> Fourth[_Number]:
    """Return the three fourth moments of one coordinate after n >= 0 generations.

    samples: M, or a schedule M_0, ..., M_{n-1} at least n long, each at least 2 (1 for `mle`).
    moments: of that coordinate of D_0; fractions give fractions. DomainError outside.
    """
    sizes = _schedule(samples, generations, estimator)
    second, fourth = moments
    drift, mixed, spread = 0 * second, 0 * second, second * second
    for generation, size in enumerate(sizes):
        divisor = size if estimator == "mle" else size - 1
        if generation == 0:
            squares = spread * (size - 1) ** 2 - spread * ((size - 3) * (size - 1)) / size
            squares += fourth * (size - 1) ** 2 / size
            drift = (fourth + 3 * (size - 1) * spread) / size**3
            mixed = (spread / size + (fourth - 3 * spread) / size**2) * (size - 1) / divisor
            spread = squares / divisor**2
        else:
            drift += 6 * mixed / size + 3 * spread / size**2
            mixed = (mixed + spread / size) * (size - 1) / divisor
            spread = spread * (size**2 - 1) / divisor**2
    return Fourth(drift, mixed, spread)


def drift_second_moment(
    samples: int | Sequence[int],
    generations: int,
    moments: Sequence[Moments[float]],
    estimator: str = "unbiased",
) -> float:
    """Return an upper bound for E ||mu_n - m_0||^4, from the moments of each coordinate of D_0.

    It is (sum_j sqrt(E mu_{n,j}^4))^2, by Minkowski's inequality for the sum of the squares; for
    one coordinate it is exact up to rounding. Parameters and errors: as in `fourth_moments`.
    """
    fourth = (fourth_moments(samples, generations, one, estimator).mean for one in moments)
    return math.fsum(math.sqrt(value) for value in fourth) ** 2 * (1 + ROUNDING)


def trace_second_moment(
    samples: int | Sequence[int],
    generations: int,
    moments: Sequence[Moments[float]],
    estimator: str = "unbiased",
) -> float:
    """Return an upper bound for E (tr Sigma_n)^2, in the same way as `drift_second_moment`."""
    fourth = (fourth_moments(samples, generations, one, estimator).variance for one in moments)
    return math.fsum(math.sqrt(value) for value in fourth) ** 2 * (1 + ROUNDING)


def _schedule(samples: int | Sequence[int], generations: int, estimator: str) -> Sequence[int]:
    """Return the samples of each generation; DomainError outside the domain."""
    if estimator not in ("unbiased", "mle"):
        raise DomainError(f"estimator = {estimator} lies outside {{unbiased, mle}}")
    if generations < 0:
        raise DomainError(f"n = {generations} lies outside n >= 0")
    sizes = [samples] * generations if isinstance(samples, int) else list(samples)[:generations]
    if len(sizes) < generations:
        raise DomainError(f"M has {len(sizes)} entries; {generations} are needed")
    least = 1 if estimator == "mle" else 2
    for size in sizes:
        if size < least:
            raise DomainError(f"M = {size} lies outside M >= {least} ({estimator})")
    return sizes
