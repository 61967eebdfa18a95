"""Moments of refitted exponential families, draw by draw, exactly.

A point of the member with mean m has a moment generating function that is written down from its
law, as a power series in t whose coefficients are polynomials in m. Points are added one draw at a
time (or by doubling): series are multiplied. The next mean is the sum over M, so that each
generation is a linear map on polynomials in m. Nothing is said about a variance.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

__all__ = ["Member", "expected", "fitted_variance", "point_moments", "power"]

ORDER = 8
"""Largest order of a moment."""

_Polynomial = tuple[Fraction, ...]
"""Coefficients of 1, m, m^2, ..."""
_Series = tuple[_Polynomial, ...]
"""Coefficients of 1, t, t^2, ..., t^ORDER."""


@dataclass(frozen=True)
class Member:
    """A family with its shape: variance of normal, trials of binomial, r of the others."""

    family: str
    shape: Fraction = Fraction(1)


def expected(
    polynomial: Sequence[Fraction | int], member: Member, mean: Fraction, samples: int,
    generations: int,
) -> Fraction:  # fmt: skip
    """Return the mean of a polynomial in the mean m_n fitted after some generations.

    polynomial: coefficients of 1, m, m^2, ..., up to ORDER. mean: m_0. samples: at least 1.
    generations: at least 0. ValueError outside these domains.

    >>> print(expected((0, 0, 1), Member("poisson"), Fraction(2), samples=4, generations=3))
    11/2
    """
    if len(polynomial) > ORDER + 1 or samples < 1 or generations < 0:
        raise ValueError(
            f"order = {len(polynomial) - 1}, samples = {samples}, generations = {generations} lie "
            f"outside order <= {ORDER}, samples >= 1, generations >= 0"
        )
    seen: _Polynomial = tuple(map(Fraction, polynomial))
    for _ in range(generations):
        images = _images(member, samples)
        seen = _sum(_scaled(images[k], weight) for k, weight in enumerate(seen))
    return sum((weight * mean**k for k, weight in enumerate(seen)), Fraction(0))


def point_moments(member: Member, mean: Fraction) -> tuple[Fraction, ...]:
    """Return E x^k of one point of the member with that mean, for k = 0..ORDER."""
    return tuple(
        math.factorial(k) * sum((weight * mean**j for j, weight in enumerate(entry)), Fraction(0))
        for k, entry in enumerate(_point(member))
    )


def fitted_variance(member: Member) -> tuple[Fraction, ...]:
    """Return the coefficients of 1, m, m^2 of the variance of the member with mean m.

    >>> print(*fitted_variance(Member("binomial", Fraction(3))))
    0 1 -1/3
    """
    square = _scaled(_point(member)[2], Fraction(2))
    return _sum((square, (Fraction(0), Fraction(0), Fraction(-1))))


@lru_cache(maxsize=256)
def _images(member: Member, samples: int) -> tuple[_Polynomial, ...]:
    """Return E of each power of the next mean, a polynomial in the present one."""
    one = _point(member)
    total = one
    for bit in bin(samples)[3:]:
        total = _times(total, total)
        if bit == "1":
            total = _times(total, one)
    return tuple(
        _scaled(entry, Fraction(math.factorial(k), samples**k)) for k, entry in enumerate(total)
    )


def power(polynomial: Sequence[Fraction | int], exponent: int) -> tuple[Fraction, ...]:
    """Return the coefficients of a power of a polynomial.

    >>> print(*power((-1, 1), 2))
    1 -2 1
    """
    total: _Polynomial = (Fraction(1),)
    for _ in range(exponent):
        total = _product(total, tuple(map(Fraction, polynomial)))
    return total


@lru_cache(maxsize=256)
def _point(member: Member) -> _Series:
    """Return the moment generating function of one point."""
    shape = member.shape
    grown = [Fraction(0), *(Fraction(1, math.factorial(k)) for k in range(1, ORDER + 1))]
    match member.family:
        case "normal":  # exp(m t + variance t^2 / 2)
            exponent = _series({1: (0, 1), 2: (shape / 2,)})
            return _exponential(exponent)
        case "poisson":  # exp(m (e^t - 1))
            return _exponential(tuple((Fraction(0), weight) for weight in grown))
        case "binomial":  # (1 + m (e^t - 1) / N)^N
            base = tuple((Fraction(0), weight / shape) for weight in grown)
            return _one_more_to_the(base, shape)
        case "gamma":  # (1 - m t / r)^-r
            return _one_more_to_the(_series({1: (0, -1 / shape)}), -shape)
        case "negative-binomial":  # (1 - m (e^t - 1) / r)^-r
            base = tuple((Fraction(0), -weight / shape) for weight in grown)
            return _one_more_to_the(base, -shape)
        case "hyperbolic-secant":  # (cos t - m sin t / r)^-r
            waves = [(-1) ** (k // 2) * weight for k, weight in enumerate(grown)]
            base = tuple(
                (wave * (1 - k % 2), -wave * (k % 2) / shape) for k, wave in enumerate(waves)
            )
            return _one_more_to_the(base, -shape)
    raise ValueError(f"family = {member.family!r} is not known")


# ---------------------------------------------------------- power series in t


def _series(entries: dict[int, Sequence[Fraction | int]]) -> _Series:
    return tuple(tuple(map(Fraction, entries.get(k, ()))) for k in range(ORDER + 1))


def _exponential(exponent: _Series) -> _Series:
    """Return exp of a series without constant term."""
    total = term = _series({0: (1,)})
    for k in range(1, ORDER + 1):
        term = tuple(_scaled(entry, Fraction(1, k)) for entry in _times(term, exponent))
        total = _plus(total, term)
    return total


def _one_more_to_the(base: _Series, power: Fraction) -> _Series:
    """Return (1 + base)^power of a series without constant term, by the binomial series."""
    total = term = _series({0: (1,)})
    for k in range(1, ORDER + 1):
        weight = (power - k + 1) / k
        term = tuple(_scaled(entry, weight) for entry in _times(term, base))
        total = _plus(total, term)
    return total


def _times(left: _Series, right: _Series) -> _Series:
    return tuple(
        _sum(_product(left[j], right[k - j]) for j in range(k + 1)) for k in range(ORDER + 1)
    )


def _plus(left: _Series, right: _Series) -> _Series:
    return tuple(_sum(pair) for pair in zip(left, right, strict=True))


# ---------------------------------------------------------- polynomials in m


def _sum(parts: Iterable[_Polynomial]) -> _Polynomial:
    total: list[Fraction] = []
    for part in parts:
        total += [Fraction(0)] * (len(part) - len(total))
        for k, weight in enumerate(part):
            total[k] += weight
    while total and total[-1] == 0:
        total.pop()
    return tuple(total)


def _product(left: _Polynomial, right: _Polynomial) -> _Polynomial:
    total = [Fraction(0)] * max(len(left) + len(right) - 1, 0)
    for (j, x), (k, y) in ((a, b) for a in enumerate(left) for b in enumerate(right)):
        total[j + k] += x * y
    return tuple(total)


def _scaled(part: _Polynomial, weight: Fraction) -> _Polynomial:
    return tuple(weight * entry for entry in part)
