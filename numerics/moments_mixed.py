"""Moments of a refit on real points beside generated ones, draw by draw, exactly.

As in `moments`: a monomial in the next mean and variance is multiplied out as a polynomial in the
present mean, the root of the present variance and all points and errors that are drawn, and the
powers of each are averaged one by one: those of a standard normal for a real point, a
standardised generated one, and the error of the mean; two values for the error of the variance.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from flint import fmpq, fmpq_mpoly_ctx

from numerics.moments import LARGEST_EXPANSION, Monomial

__all__ = ["Mixed", "expected"]

Polynomial = Any
"""Of python-flint, with rational coefficients, in all that is drawn."""


@dataclass(frozen=True)
class Mixed:
    """What one round is trained on, and how its fit differs from mean and variance.

    real, synthetic: points of each kind. spread: variance of the generated points over the fitted
    one. lost: what the divisor lacks of the number of points. points: the real points where they
    are the same in every round. error: standard deviation of a normal error of the mean. jolt: the
    variance is multiplied by 1 + jolt or 1 - jolt, equally likely. weight: of the real mean, where
    means are weighted and the variance stays.
    """

    real: int
    synthetic: int
    spread: Fraction = Fraction(1)
    lost: int = 1
    points: tuple[Fraction, ...] = ()
    error: Fraction = Fraction(0)
    jolt: Fraction = Fraction(0)
    weight: Fraction | None = None

    def __post_init__(self) -> None:
        size = self.real + self.synthetic
        if min(self.real, self.synthetic) < 0 or self.lost not in (0, 1) or size <= self.lost:
            raise ValueError(
                f"real = {self.real}, synthetic = {self.synthetic}, lost = {self.lost} lie outside "
                "counts >= 0, lost in {0, 1}, real + synthetic > lost"
            )
        if self.points and len(self.points) != self.real:
            raise ValueError(f"points = {self.points} are not real = {self.real} numbers")


def expected(monomial: Monomial, mixed: Mixed, generations: int) -> Fraction:
    """Return E[mean^a variance^b] after some generations.

    Generation 0 has mean 0 and variance 1, or the fit with divisor N to given real points.
    monomial: (a, b), both at least 0. generations: at least 0. ValueError outside these domains or
    where an expansion exceeds `LARGEST_EXPANSION` terms.

    >>> expected((2, 0), Mixed(1, 1), 1), expected((0, 1), Mixed(1, 1), 1)
    (Fraction(1, 2), Fraction(1, 1))
    """
    if generations < 0 or min(monomial) < 0:
        raise ValueError(
            f"generations = {generations}, monomial = {monomial} lie outside generations >= 0, "
            "exponents >= 0"
        )
    moments: dict[Monomial, fmpq] = {monomial: fmpq(1)}
    for _ in range(generations):
        before: dict[Monomial, fmpq] = {}
        for (a, b), coefficient in moments.items():
            for power, weight in _image(a, b, mixed).items():
                before[power] = before.get(power, fmpq(0)) + coefficient * weight
        moments = before
    mean, variance = _start(mixed)
    total = fmpq(0)
    for (a, b), coefficient in moments.items():
        total += coefficient * mean**a * variance**b
    return Fraction(int(total.p), int(total.q))


def _start(mixed: Mixed) -> tuple[fmpq, fmpq]:
    """Return the mean and the variance of generation 0."""
    if not mixed.points:
        return fmpq(0), fmpq(1)
    points = [_exact(x) for x in mixed.points]
    mean = sum(points, fmpq(0)) / len(points)
    return mean, sum(((x - mean) ** 2 for x in points), fmpq(0)) / len(points)


@lru_cache(maxsize=1024)
def _image(a: int, b: int, mixed: Mixed) -> Mapping[Monomial, fmpq]:
    """Return E[mean^a variance^b] one round later as a polynomial in the present ones."""
    real = 0 if mixed.points else mixed.real
    number = real + mixed.synthetic + 4
    terms = math.comb(number + a + 3 * b, number)
    if terms > LARGEST_EXPANSION * 10:
        raise ValueError(
            f"monomial = {(a, b)} of {number} draws may need {terms} terms, "
            f"which lies outside sizes <= {LARGEST_EXPANSION * 10}"
        )
    names = ["mu", "root", "error", "jolt", *(f"x{i}" for i in range(number - 4))]
    ring = fmpq_mpoly_ctx.get(names, "lex")
    mu, root, error, jolt, *drawn = ring.gens()
    one = mu**0
    points = [one * _exact(x) for x in mixed.points] or drawn[:real]
    made = [mu + root * z for z in drawn[real:]]
    if mixed.weight is None:
        mean, variance = _pooled(points + made, mixed.lost)
    else:
        share = _exact(mixed.weight)
        mean = share * _average(points) + (1 - share) * _average(made)
        variance = root * root / _exact(mixed.spread)
    if mixed.error:
        mean += error
    if mixed.jolt:
        variance *= 1 + jolt
    image: dict[Monomial, fmpq] = {}
    for exponents, coefficient in (mean**a * variance**b).to_dict().items():
        power, half, noise, jolts, *normal = map(int, exponents)
        weight = coefficient * math.prod(map(_normal_moment, (noise, *normal)))
        weight *= 0 if jolts % 2 else _exact(mixed.jolt**jolts)
        weight *= _exact(mixed.error**noise)
        if weight:
            key = (power, half // 2)
            scale = _exact(mixed.spread ** (half // 2))
            image[key] = image.get(key, fmpq(0)) + weight * scale
    return image


def _pooled(points: list[Polynomial], lost: int) -> tuple[Polynomial, Polynomial]:
    """Return the mean and the variance of the points, with divisor their number less `lost`."""
    mean = _average(points)
    squares = sum(((x - mean) ** 2 for x in points), mean * 0)
    return mean, squares / (len(points) - lost)


def _average(points: list[Polynomial]) -> Polynomial:
    return sum(points[1:], points[0]) / len(points)


def _normal_moment(power: int) -> int:
    """Return E z^power for a standard normal z: 0 if odd, and else (power - 1)(power - 3)...1."""
    return 0 if power % 2 else math.prod(range(1, power, 2))


def _exact(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)
