"""Kernel densities of few points, enumerated: every outcome of every draw, in exact arithmetic.

The real law and the kernel are given by atoms. A fitted density is then a law of finitely many
atoms as well, and a generation is a sorted tuple of points with its probability. Nothing is used
but that a point is one of the points before, chosen uniformly, plus the bandwidth times an
independent variate of the kernel.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

__all__ = ["LARGEST_SPACE", "Atoms", "moments_after"]

Atoms = Sequence[tuple[Fraction, Fraction]]
"""Pairs (place, probability); the probabilities add up to 1."""

LARGEST_SPACE = 20_000
"""Samples at most that are kept apart."""

_Points = tuple[Fraction, ...]


def moments_after(
    start: Atoms, kernel: Atoms, samples: int, generations: int, bandwidth: Fraction,
    adaptive: bool = False,
) -> tuple[Fraction, Fraction]:  # fmt: skip
    """Return E of the fitted density's variance, and E of its squared mean, after n generations.

    start, kernel: atoms; the mean square of the fitted mean is taken about 0. samples: at least 1.
    generations: at least 0, the real law itself. bandwidth: times the kernel's variates; adaptive:
    and times the standard deviation (divisor M) of the points, which has to be rational, as it is
    for 2 points. ValueError outside, or where more than LARGEST_SPACE samples are to be kept.

    >>> two = ((Fraction(-1), Fraction(1, 2)), (Fraction(1), Fraction(1, 2)))
    >>> print(*moments_after(two, two, samples=2, generations=1, bandwidth=Fraction(1)))
    3/2 1/2
    """
    for name, atoms in (("start", start), ("kernel", kernel)):
        if sum(weight for _, weight in atoms) != 1:
            raise ValueError(f"{name}: the probabilities do not add up to 1")
    if samples < 1 or generations < 0:
        raise ValueError(
            f"samples = {samples}, generations = {generations} lie outside samples >= 1, "
            "generations >= 0"
        )
    if generations == 0:
        return _variance(start), _mean(start) ** 2
    law = _drawn(start, samples)
    for _ in range(generations - 1):
        after: dict[_Points, Fraction] = {}
        for points, weight in law.items():
            estimate = _estimate(points, kernel, bandwidth, adaptive)
            for drawn, share in _drawn(estimate, samples).items():
                after[drawn] = after.get(drawn, Fraction(0)) + weight * share
        if len(after) > LARGEST_SPACE:
            raise ValueError(f"{len(after)} samples lie outside sizes <= {LARGEST_SPACE}")
        law = after
    variance = drift = Fraction(0)
    for points, weight in law.items():
        estimate = _estimate(points, kernel, bandwidth, adaptive)
        variance += weight * _variance(estimate)
        drift += weight * _mean(estimate) ** 2
    return variance, drift


def _estimate(points: _Points, kernel: Atoms, bandwidth: Fraction, adaptive: bool) -> Atoms:
    """Return the atoms of the fitted law."""
    width = bandwidth * (_deviation(points) if adaptive else 1)
    found: dict[Fraction, Fraction] = {}
    for point, (place, weight) in itertools.product(points, kernel):
        at = point + width * place
        found[at] = found.get(at, Fraction(0)) + weight / len(points)
    return tuple(found.items())


def _drawn(atoms: Atoms, samples: int) -> dict[_Points, Fraction]:
    """Return the law of the sorted sample."""
    return dict(_samples(tuple(atoms), samples))


def _samples(atoms: tuple[tuple[Fraction, Fraction], ...], samples: int) -> Iterator[
    tuple[_Points, Fraction]
]:  # fmt: skip
    """Yield each sorted sample with its probability: the orders in which it can be drawn."""
    for chosen in itertools.combinations_with_replacement(sorted(atoms), samples):
        orders = math.factorial(samples)
        for _, group in itertools.groupby(chosen):
            orders //= math.factorial(len(list(group)))
        weight = Fraction(orders)
        for _, share in chosen:
            weight *= share
        yield tuple(place for place, _ in chosen), weight


def _mean(atoms: Atoms) -> Fraction:
    return sum((place * weight for place, weight in atoms), Fraction(0))


def _variance(atoms: Atoms) -> Fraction:
    mean = _mean(atoms)
    return sum((weight * (place - mean) ** 2 for place, weight in atoms), Fraction(0))


def _deviation(points: _Points) -> Fraction:
    """Return the standard deviation of points; ValueError where it is not rational."""
    share = Fraction(1, len(points))
    square = _variance(tuple((point, share) for point in points))
    top, bottom = math.isqrt(square.numerator), math.isqrt(square.denominator)
    if Fraction(top * top, bottom * bottom) != square:
        raise ValueError(f"the standard deviation of {len(points)} points is not rational")
    return Fraction(top, bottom)
