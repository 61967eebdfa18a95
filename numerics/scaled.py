"""Sums over points whose spread may be far below what a float can hold beside a spread of 1.

A number is a float and a whole number u of units: it counts units of 2**(-400 u). Only the
exponent is carried by hand; sums are ordinary sums of floats.
"""

import math
from typing import NamedTuple

from numerics.jitted import inlined

__all__ = ["BITS", "Points", "added", "merged", "normalised", "recentred", "shrunk"]

BITS = 400
_SMALL = 2.0**-BITS


class Points(NamedTuple):
    """Sufficient statistics of some points, in units of 2**-400u."""

    number: int
    mean: float  # less that of the newest fit, unless another origin is named
    square: float  # sum of squared deviations from the mean
    unit: int  # u


@inlined
def shrunk(value: float, units: int) -> float:
    """Value times 2**(-400 units)."""
    return value if units == 0 else math.ldexp(value, -BITS * units)


@inlined
def added(one: float, unit: int, two: float, other: int) -> tuple[float, int]:
    """Sum of two numbers of different units, in the coarser one."""
    if unit == other:
        return one + two, unit
    if unit < other:
        return one + shrunk(two, other - unit), unit
    return shrunk(one, unit - other) + two, other


@inlined
def normalised(value: float, unit: int) -> tuple[float, int]:
    """The same number in units that are not far too coarse."""
    while 0.0 < abs(value) < _SMALL:
        value /= _SMALL
        unit += 1
    return value, unit


@inlined
def merged(one: Points, two: Points) -> Points:
    """Statistics of both sets together; the first may be empty."""
    if one.number == 0:
        return two
    unit = min(one.unit, two.unit)
    first, second = one.unit - unit, two.unit - unit
    mean = shrunk(one.mean, first)
    gap = shrunk(two.mean, second) - mean
    number = one.number + two.number
    share = two.number / number
    # Shrunk twice: the square of the factor alone could underflow.
    square = shrunk(shrunk(one.square, first), first)
    square += shrunk(shrunk(two.square, second), second)
    return Points(number, mean + gap * share, square + gap * gap * (one.number * share), unit)


@inlined
def recentred(points: Points, step: float, unit: int) -> Points:
    """The same points, seen from a mean that is a step further."""
    if points.number == 0:
        return points
    mean, coarser = added(points.mean, points.unit, -step, unit)
    if points.square == 0.0:  # nothing else depends on the unit
        mean, coarser = normalised(mean, coarser)
    return Points(points.number, mean, points.square, coarser)
