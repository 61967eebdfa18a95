"""Exact bands: between which values a refitted standard deviation departs from the real one.

P(abs(sigma_n - sigma) <= t sigma) = F((1 + t)^2) - F((1 - t)^2) for t < 1, and F((1 + t)^2) beyond,
where F is the distribution function of sigma_n^2 / sigma^2 (B05), a contour integral in balls. It
is inverted by bisection and secants, without any approximation of the law.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from scipy.optimize import brentq
from scipy.stats import halfnorm

from theory.claim import value_ball
from theory.claims import find
from theory.domain import Point

__all__ = ["chance_within", "departures"]

#: Precision of a probability, in bits.
BITS = 64
#: Radius of a probability's ball at most. The quantiles are about a million times wider.
WIDEST = 1e-9
#: Relative accuracy of the root, given the probabilities.
ACCURACY = 1e-14
#: The first bracket reaches from a guess over this to the guess times this.
NEAR = 1.25


def chance_within(t: float, samples: int, generations: int, estimator: str = "unbiased") -> float:
    """Return P(abs(sigma_n - sigma) <= t sigma), for t > 0."""
    below = _chance((1 + Fraction(t)) ** 2, samples, generations, estimator)
    return below - (
        _chance((1 - Fraction(t)) ** 2, samples, generations, estimator) if t < 1 else 0
    )


def departures(
    levels: Sequence[float], samples: int, generations: int, estimator: str = "unbiased"
) -> list[float]:
    """Return the quantiles of abs(sigma_n - sigma), in units of sigma, at rising levels in (0, 1).

    samples: M >= 2. generations: n >= 1.
    """
    found: list[float] = []
    for level in levels:

        def missing(t: float, level: float = level) -> float:
            return chance_within(t, samples, generations, estimator) - level

        # Half-normal of the mean square n / 2M, where that is small: a start for the search.
        guess = float(halfnorm.ppf(level)) * min(math.sqrt(generations / (2 * samples)), 1.0)
        low, high = guess / NEAR, guess * NEAR
        while missing(low) > 0:
            low, high = low / 2, low
        while missing(high) < 0:
            low, high = high, 2 * high
        found.append(float(brentq(missing, low, high, xtol=1e-15, rtol=ACCURACY)))
    return found


@lru_cache(maxsize=1 << 14)
def _chance(x: Fraction, samples: int, generations: int, estimator: str) -> float:
    """Return P(sigma_n^2 <= x sigma^2)."""
    claim = find("B05")
    point: Point = {
        "M": Fraction(samples),
        "n": Fraction(generations),
        "x": x,
        "sigma": Fraction(1),
        "estimator": estimator,
    }
    ball = value_ball(claim, claim.quantity("cdf"), point, BITS)
    if not ball.rad() < WIDEST:
        raise ArithmeticError(f"M = {samples}, n = {generations}: the probability is {ball}")
    return float(ball.mid())
