"""Moments of the kernel density recursion up to the fourth order, draw by draw, exactly.

A generation is seen through the power sums p_k = sum of x_j^k of its M points, k = 1..4. Given
them, a point of the estimate has moments that are polynomials in the power sums: it is one of the
points plus the bandwidth times an independent, symmetric variate. Points are added to new power
sums one draw at a time (or by doubling), so that a generation is a linear map on polynomials of
degree 4. No formula for a mean variance is used.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

__all__ = ["Estimate", "expected"]

ORDER = 4
_Powers = tuple[int, ...]
"""Exponents of p_1, p_2, p_3, p_4."""

_CONTEXT = fmpq_mpoly_ctx.get(["p1", "p2", "p3", "p4"], "lex")
_SUMS = _CONTEXT.gens()
_MONOMIALS = tuple(
    powers
    for powers in itertools.product(range(ORDER + 1), repeat=ORDER)
    if sum(k * power for k, power in enumerate(powers, 1)) <= ORDER
)


@dataclass(frozen=True)
class Estimate:
    """A kernel density of M points.

    square: the square of the bandwidth; adaptive: divided by the points' variance (divisor M).
    fourth: fourth moment of the kernel's variate, which is symmetric and has variance 1.
    """

    samples: int
    square: Fraction
    adaptive: bool = False
    fourth: Fraction = Fraction(3)

    def __post_init__(self) -> None:
        if self.samples < 1 or self.square < 0 or self.fourth < 1:
            raise ValueError(f"{self} lies outside samples >= 1, square >= 0, fourth >= 1")


def expected(
    monomial: tuple[int, int], estimate: Estimate, generations: int, start: Sequence[Fraction]
) -> Fraction:
    """Return E[mean^a variance^b] of the density fitted after some generations.

    monomial: (a, b) with a + 2 b <= 4. generations: at least 0. start: E x^k of the real law for
    k = 0..4, whose mean is 0. ValueError outside these domains.

    >>> normal = (1, 0, 1, 0, 3)
    >>> print(expected((0, 1), Estimate(2, Fraction(1)), 1, normal))
    3/2
    """
    a, b = monomial
    if min(a, b) < 0 or a + 2 * b > ORDER or generations < 0:
        raise ValueError(
            f"monomial = {monomial}, generations = {generations} lie outside a, b >= 0, "
            f"a + 2 b <= {ORDER}, generations >= 0"
        )
    if len(start) <= ORDER or start[0] != 1 or start[1] != 0:
        raise ValueError(f"start = {start} lies outside moments 1, 0, m_2, m_3, m_4")
    if generations == 0:
        return Fraction(start[2]) ** b if a == 0 else Fraction(0)
    mean, bandwidth = _mean(estimate), _bandwidth(estimate)
    seen = mean**a * (_SUMS[1] / estimate.samples - mean**2 + bandwidth) ** b
    for _ in range(generations - 1):
        seen = _pulled_back(seen, estimate)
    first = _added_up(
        tuple(_CONTEXT.constant(fmpq(*Fraction(entry).as_integer_ratio())) for entry in start),
        estimate.samples,
    )
    total = Fraction(0)
    for powers, weight in seen.to_dict().items():
        value = first[tuple(map(int, powers))].to_dict().get((0, 0, 0, 0), fmpq(0)) * weight
        total += Fraction(int(value.p), int(value.q))
    return total


def _mean(estimate: Estimate) -> fmpq_mpoly:
    return _SUMS[0] / estimate.samples


def _bandwidth(estimate: Estimate) -> fmpq_mpoly:
    """Return the square of the bandwidth, a polynomial in the power sums."""
    square = _CONTEXT.constant(fmpq(estimate.square.numerator, estimate.square.denominator))
    if not estimate.adaptive:
        return square
    return square * (_SUMS[1] / estimate.samples - _mean(estimate) ** 2)


@lru_cache(maxsize=64)
def _images(estimate: Estimate) -> dict[_Powers, fmpq_mpoly]:
    """Return the mean of each monomial of the next power sums, given the present ones."""
    fourth = fmpq(estimate.fourth.numerator, estimate.fourth.denominator)
    even = (fmpq(1), fmpq(1), fourth)  # moments 0, 2 and 4 of the kernel
    averages = [_CONTEXT.constant(1), *(p / estimate.samples for p in _SUMS)]
    bandwidth = _bandwidth(estimate)
    point = []
    for k in range(ORDER + 1):
        moment = _CONTEXT.constant(0)
        for half in range(k // 2 + 1):
            weight = math.comb(k, 2 * half) * even[half]
            moment += weight * bandwidth**half * averages[k - 2 * half]
        point.append(moment)
    return _added_up(tuple(point), estimate.samples)


def _pulled_back(seen: fmpq_mpoly, estimate: Estimate) -> fmpq_mpoly:
    images = _images(estimate)
    total = _CONTEXT.constant(0)
    for powers, weight in seen.to_dict().items():
        total += weight * images[tuple(map(int, powers))]
    return total


def _added_up(point: Sequence[fmpq_mpoly], samples: int) -> dict[_Powers, fmpq_mpoly]:
    """Return E p_1^i p_2^j ... of so many independent points with the moments of one."""
    one = {
        powers: point[sum(k * power for k, power in enumerate(powers, 1))] for powers in _MONOMIALS
    }
    total = one
    for bit in bin(samples)[3:]:
        total = _together(total, total)
        if bit == "1":
            total = _together(total, one)
    return total


def _together(
    left: dict[_Powers, fmpq_mpoly], right: dict[_Powers, fmpq_mpoly]
) -> dict[_Powers, fmpq_mpoly]:
    """Return the moments of the sums of two independent groups of points."""
    found = {}
    for powers in _MONOMIALS:
        total = _CONTEXT.constant(0)
        for taken in itertools.product(*(range(power + 1) for power in powers)):
            ways = math.prod(map(math.comb, powers, taken))
            rest = tuple(power - part for power, part in zip(powers, taken, strict=True))
            total += ways * left[taken] * right[rest]
        found[powers] = total
    return found
