"""Moments of the one-dimensional Gaussian refit for any number of points, one point at a time.

The model is that of `moments`. The fitted mean and variance of standard normal points z_1..z_M are
functions of A = z_1 + ... + z_M and B = z_1^2 + ... + z_M^2. A point more adds independent terms:

    E (A + z)^i (B + z^2)^j = sum C(i, k) C(j, l) E[A^(i-k) B^(j-l)] E z^(k + 2l),

so that the joint moments follow point by point, or by doubling; nothing is expanded in M variables,
and high orders at large M stay cheap. As in `moments`, neither the law of the fitted variance is
used, nor that it is independent of the fitted mean. The first points may have any law with known
moments.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

from numerics.enumeration import schedule
from numerics.moments import Estimator, Monomial, Polynomial

__all__ = ["HIGHEST", "expected"]

HIGHEST = 16
"""Largest order a + 2 b of a monomial mean^a variance^b."""

_Sums = dict[tuple[int, int], Fraction | int]


def expected(
    monomial: Monomial,
    samples: int | Sequence[int],
    generations: int,
    estimator: Estimator = "unbiased",
    start: Sequence[Fraction] | None = None,
) -> Fraction:
    """Return E[mean^a variance^b] after some generations, from mean 0 and variance 1.

    monomial: (a, b), both at least 0, a + 2 b at most HIGHEST. samples: at least 2 (1 for `mle`),
    one number or one a generation. generations: at least 0 (1 with a start). estimator: `unbiased`
    or `mle`. start: E x^k of a point of D_0 for k = 0, 1, ..., a + 2 b at least, if D_0 is not the
    standard normal law. ValueError outside these domains.

    >>> expected((4, 0), samples=1000, generations=1)
    Fraction(3, 1000000)
    """
    if estimator not in ("unbiased", "mle"):
        raise ValueError(f"estimator = {estimator} lies outside {{unbiased, mle}}")
    a, b = monomial
    if min(a, b) < 0 or a + 2 * b > HIGHEST:
        raise ValueError(f"monomial = {monomial} lies outside a, b >= 0, a + 2 b <= {HIGHEST}")
    lost = 1 if estimator == "unbiased" else 0
    sizes = schedule(samples, generations, 1 + lost)
    if start is not None and (not sizes or len(start) <= a + 2 * b):
        raise ValueError(
            f"start = {start} lies outside moments up to {a + 2 * b}, generations >= 1"
        )
    moments: Polynomial = {monomial: Fraction(1)}
    for size in reversed(sizes if start is None else sizes[1:]):
        before: Polynomial = {}
        for powers, coefficient in moments.items():
            for power, weight in _image(*powers, size, size - lost).items():
                before[power] = before.get(power, Fraction(0)) + coefficient * weight
        moments = before
    if start is None:
        return sum((c for (power, _), c in moments.items() if power == 0), Fraction(0))
    sums = _sums(sizes[0], a + 2 * b, tuple(start))
    total = Fraction(0)
    for (a, b), c in moments.items():
        total += c * _weight(a, b, sizes[0], sums) / (sizes[0] - lost) ** b
    return total


@lru_cache(maxsize=4096)
def _image(a: int, b: int, samples: int, divisor: int) -> Mapping[Monomial, Fraction]:
    """Return E[mean^a variance^b] one generation later as a polynomial in the present ones.

    From mean mu and variance v they are mu + sqrt(v) A/M and v (B - A^2/M) / divisor.
    """
    sums = _sums(samples, a + 2 * b)
    return {
        (a - i, b + i // 2): math.comb(a, i) * _weight(i, b, samples, sums) / divisor**b
        for i in range(0, a + 1, 2)
    }


def _weight(i: int, b: int, samples: int, sums: _Sums) -> Fraction:
    """Return E (A/M)^i (B - A^2/M)^b."""
    weight = Fraction(0)
    for k in range(b + 1):
        term = (-1) ** k * math.comb(b, k) * sums[i + 2 * k, b - k]
        weight += Fraction(term) / samples ** (i + k)
    return weight


@lru_cache(maxsize=256)
def _sums(samples: int, order: int, start: tuple[Fraction, ...] | None = None) -> _Sums:
    """Return E A^i B^j of so many points, for all i + 2 j <= order; standard normal by default."""
    if samples == 1:
        return {
            (i, j): _normal_moment(i + 2 * j) if start is None else start[i + 2 * j]
            for j in range(order // 2 + 1)
            for i in range(order - 2 * j + 1)
        }
    half = _sums(samples // 2, order, start)
    total = _added(half, half)
    return _added(total, _sums(1, order, start)) if samples % 2 else total


def _normal_moment(power: int) -> int:
    """Return E z^power for a standard normal z."""
    return 0 if power % 2 else math.prod(range(1, power, 2))


def _added(one: _Sums, other: _Sums) -> _Sums:
    """Return the joint moments of the points of both sums together."""
    return {
        (i, j): sum(
            math.comb(i, k) * math.comb(j, m) * one[k, m] * other[i - k, j - m]
            for k in range(i + 1)
            for m in range(j + 1)
        )
        for i, j in one
    }
