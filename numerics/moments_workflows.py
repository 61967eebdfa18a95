"""Moments of the one-dimensional Gaussian refit under any workflow, draw by draw, exactly.

A fit, its square and what is kept are polynomials in the points drawn so far. The points are
averaged out from the last one back: given the points before it, power k of a point has a mean that
is again a polynomial in those points. That mean is the definition of the draw: a moment of the real
law; for a synthetic point, the mean over its component of E (m + s z)^k with z a standard normal;
for a point taken from the pool, the average of x^k over the points still there. No law of a fit is
used, nor any closed form of a moment.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from flint import fmpq, fmpq_mpoly_ctx

from numerics.enumeration import schedule
from numerics.moments import LARGEST_EXPANSION, Estimator
from numerics.workflow import Workflow

__all__ = ["expected"]

Powers = tuple[int, int, int, int]
"""(a, b, c, d) for mean^a variance^b pool_mean^c pool_variance^d."""

Polynomial = Any
"""Of python-flint, with rational coefficients, in all points that are drawn."""


class _Component(NamedTuple):
    """Part of a mixture: a normal law, whose moments are polynomials, or the real law."""

    weight: Fraction
    mean: Polynomial  # None for the real law
    variance: Polynomial


class _Draws:
    """The points drawn so far, and how the powers of each are averaged given those before it."""

    def __init__(self, number: int, moments: Callable[[int], Fraction]) -> None:
        names = [f"x{i}" for i in range(number)]
        self.ring = fmpq_mpoly_ctx.get(names, "lex")
        self.variables = self.ring.gens()
        self.one = self.variables[0] ** 0
        self.moments = moments
        self.averages: list[Callable[[int], Polynomial]] = []

    def add(self, average: Callable[[int], Polynomial]) -> Polynomial:
        """Return a new point, of which power k has the given average."""
        self.averages.append(average)
        return self.variables[len(self.averages) - 1]

    def real_power(self, k: int) -> Polynomial:
        """Return the mean of power k of a real point."""
        return self.one * _exact(self.moments(k))

    def mixed_power(self, law: Sequence[_Component], k: int) -> Polynomial:
        """Return the mean of power k of a point of a mixture."""
        total = self.one * 0
        for weight, mean, variance in law:
            if mean is None:
                total += self.real_power(k) * _exact(weight)
                continue
            for j in range(0, k + 1, 2):
                times = weight * math.comb(k, j) * _normal_moment(j)
                total += mean ** (k - j) * variance ** (j // 2) * _exact(times)
        return total

    def expectation(self, polynomial: Polynomial) -> Fraction:
        """Return the mean of a polynomial in the points, which are averaged from the last one."""
        terms = polynomial.to_dict()
        for i in reversed(range(len(self.averages))):
            parts: dict[int, dict[tuple[int, ...], fmpq]] = {}
            for exponents in [found for found in terms if found[i]]:
                others = (*exponents[:i], 0, *exponents[i + 1 :])
                parts.setdefault(int(exponents[i]), {})[others] = terms.pop(exponents)
            averaged = self.one * 0
            for k, rest in parts.items():
                averaged += self.ring.from_dict(rest) * self.averages[i](k)
            for exponents, coefficient in averaged.to_dict().items():
                terms[exponents] = terms.get(exponents, 0) + coefficient
        constant = sum(terms.values(), fmpq(0))
        return Fraction(int(constant.p), int(constant.q))


def expected(
    powers: Powers,
    samples: int | Sequence[int],
    rounds: int,
    workflow: Workflow,
    estimator: Estimator = "unbiased",
    moments: Callable[[int], Fraction] | None = None,
    points: Sequence[Fraction] | None = None,
) -> Fraction:
    """Return E[mean^a variance^b pool_mean^c pool_variance^d] after some rounds.

    powers: (a, b, c, d), at least 0, the last two 0 where nothing is kept; the pool's variance has
    the number of its points as divisor. samples: one number or one a round, at least 1. rounds: at
    least 1. workflow: its weights and shares are taken as they are, floats too. moments: E xi^k of
    the real law for k = 0, 1, ...; by default those of the standard normal law. points: the real
    points where they are given. ValueError outside these domains, where a training set is too
    small for the estimator, or where an expansion exceeds `LARGEST_EXPANSION` terms.

    >>> expected((0, 1, 0, 0), 2, 2, Workflow("accumulate"), "mle")
    Fraction(7, 16)
    """
    sizes = schedule(samples, rounds)
    taken = sum(sizes) if workflow.keep == "subsample" else 0
    number = workflow.real + sum(sizes) + taken
    degree = powers[0] + 2 * powers[1] + powers[2] + 2 * powers[3]
    if workflow.smoothing:
        raise ValueError(f"smoothing = {workflow.smoothing} is not 0; categories alone know it")
    if rounds < 1 or min(powers) < 0:
        raise ValueError(
            f"rounds = {rounds}, powers = {powers} lie outside rounds >= 1, powers >= 0"
        )
    terms = math.comb(number + degree, degree)
    if terms > LARGEST_EXPANSION:
        raise ValueError(
            f"powers = {powers} of {number} points may need {terms} terms, "
            f"which lies outside sizes <= {LARGEST_EXPANSION}"
        )
    draws = _Draws(number, moments or _normal_moment)
    fit, pool = _rounds(draws, sizes, workflow, estimator, points)
    polynomial = fit[0] ** powers[0] * fit[1] ** powers[1]
    if any(powers[2:]):
        mean, variance = _fit(pool, 0)
        polynomial *= mean ** powers[2] * variance ** powers[3]
    return draws.expectation(polynomial)


def _rounds(
    draws: _Draws, sizes: Sequence[int], workflow: Workflow, estimator: Estimator,
    points: Sequence[Fraction] | None,
) -> tuple[tuple[Polynomial, Polynomial], list[Polynomial]]:  # fmt: skip
    """Return the last fit and the points that are kept."""
    lost = _lost(estimator)
    alpha, beta = Fraction(workflow.alpha), Fraction(workflow.beta)
    pool = _real_points(draws, workflow.real, points)
    law = [_Component(Fraction(1), None, None)]
    if pool:
        law = [_Component(Fraction(1), *_fit(pool, lost))]
    fit = (draws.one * 0, draws.one)
    for size in sizes:
        training = pool + _batch(draws, law, size, workflow)
        if workflow.keep != "replace":
            pool = training
        if workflow.keep == "subsample":
            training = _take(draws, pool, size, workflow.replacement)
        fit = _fit(training, lost)
        law = [part._replace(weight=beta * part.weight) for part in law]
        law += [_Component(alpha, *fit), _Component(Fraction(workflow.gamma), None, None)]
        law = [part for part in law if part.weight]
    return fit, pool


def _real_points(draws: _Draws, real: int, points: Sequence[Fraction] | None) -> list[Polynomial]:
    """Return the real points that are there from the start."""
    if points is None:
        return [draws.add(draws.real_power) for _ in range(real)]
    if len(points) != real:
        raise ValueError(f"points = {points} are not real = {real} numbers")
    return [draws.one * _exact(Fraction(x)) for x in points]


def _batch(
    draws: _Draws, law: Sequence[_Component], size: int, workflow: Workflow
) -> list[Polynomial]:
    """Return the points of one batch: the fresh ones, and then the others."""
    if workflow.fresh > size:
        raise ValueError(f"fresh = {workflow.fresh} lies outside 0..{size}")
    share = Fraction(workflow.fresh_share)
    other = [part._replace(weight=(1 - share) * part.weight) for part in law]
    other.append(_Component(share, None, None))
    batch = [draws.add(draws.real_power) for _ in range(workflow.fresh)]
    while len(batch) < size:
        batch.append(draws.add(lambda k: draws.mixed_power(other, k)))
    return batch


def _take(
    draws: _Draws, pool: Sequence[Polynomial], size: int, replacement: bool
) -> list[Polynomial]:
    """Return points taken from the pool, one after the other."""
    taken: list[Polynomial] = []
    for _ in range(size):
        gone = [] if replacement else list(taken)
        left = len(pool) - len(gone)

        def average(k: int, gone: list[Polynomial] = gone, left: int = left) -> Polynomial:
            there = sum((x**k for x in pool), draws.one * 0)
            return (there - sum((y**k for y in gone), draws.one * 0)) / left

        taken.append(draws.add(average))
    return taken


def _fit(points: Sequence[Polynomial], lost: int) -> tuple[Polynomial, Polynomial]:
    """Return the mean and the variance of the points, with divisor their number less `lost`."""
    if len(points) <= lost:
        raise ValueError(f"points = {len(points)} lies outside sets of {lost + 1} points or more")
    mean = sum(points[1:], points[0]) / len(points)
    squares = sum(((x - mean) ** 2 for x in points), mean * 0)
    return mean, squares / (len(points) - lost)


def _lost(estimator: Estimator) -> int:
    """Return what the divisor lacks of the number of points."""
    if estimator not in ("unbiased", "mle"):
        raise ValueError(f"estimator = {estimator!r} lies outside {{unbiased, mle}}")
    return 1 if estimator == "unbiased" else 0


def _normal_moment(power: int) -> Fraction:
    """Return E z^power for a standard normal z: 0 if odd, and else (power - 1)(power - 3)...1."""
    return Fraction(0 if power % 2 else math.prod(range(1, power, 2)))


def _exact(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)
