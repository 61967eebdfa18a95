"""Zipf's law, p_i proportional to i^-b over all i >= 1: sums over infinitely many categories.

The first categories are added up one by one. For the others, x = p_i is small, and a function that
alternates, such as (1 - x)^T with its binomial series, lies between any two successive partial sums
(Bonferroni); what is left are sums of powers of i from some place on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["Between", "distinct", "unseen_mass"]

Between = tuple[float, float]
"""A lower and an upper end."""

FIRST = 200_000
"""Categories added up one by one at most."""

SMALL = 0.02
"""The mean number of draws of a category that is treated as rare."""

TERMS = 4
"""Terms of the binomial series, an even number: the last one belongs to the lower end alone."""

ROUNDING = 1e-10
"""Relative room for rounding."""


def _power_tail(b: float, after: int) -> Between:
    """Return the ends of the sum of i^-b over i > after, b > 1.

    i^-b is completely monotone, so that the sum lies between any two successive partial sums of
    the Euler-Maclaurin series.
    """
    first = after + 1.0
    high = first ** (1.0 - b) / (b - 1.0) + 0.5 * first**-b + b / 12 * first ** (-b - 1)
    return high - b * (b + 1) * (b + 2) / 720 * first ** (-b - 3), high


def _law(b: float, most: float) -> tuple[npt.NDArray[np.float64], list[Between]]:
    """Return p_i while most * p_i is not small, and the ends of sums of p_i^j, j >= 1, after."""
    powers = np.arange(1.0, FIRST + 1.0) ** -b
    body, tail = math.fsum(powers), _power_tail(b, FIRST)
    kept = int(np.searchsorted(-powers * most / body, -SMALL))
    if kept >= FIRST:
        raise ValueError(f"b = {b} with {most} draws takes more than {FIRST} categories")
    total = (body + tail[0], body + tail[1])
    sums = [_power_tail(j * b, kept) for j in range(1, TERMS + 1)]
    after = [
        (low / total[1] ** j, high / total[0] ** j) for j, (low, high) in enumerate(sums, start=1)
    ]
    return powers[:kept] / total[0], after


def _ends(body: float, factors: Sequence[float], sums: Sequence[Between]) -> Between:
    """Return the ends of body + f_1 s_1 - f_2 s_2 + ..., the last term left out or not."""
    ends = [body, body]
    for place, (factor, between) in enumerate(zip(factors, sums, strict=True)):
        sign = (-1) ** place
        for side in (0, 1):
            # The last term, which is negative, belongs to the lower end alone.
            if place < TERMS - 1 or side == 0:
                ends[side] += sign * factor * between[side if sign > 0 else 1 - side]
    return ends[0] * (1 - ROUNDING), ends[1] * (1 + ROUNDING)


def unseen_mass(b: float, draws: int) -> Between:
    """Return the ends of sum_i p_i (1 - p_i)^draws.

    b: above 1, and not so close to 1 that the categories are too many. draws: at least 1.
    ValueError outside these domains.

    >>> [round(end, 4) for end in unseen_mass(2.0, 1)]
    [0.6, 0.6]
    """
    _check(b, draws)
    law, after = _law(b, draws)
    body = math.fsum(law * np.exp(draws * np.log1p(-law)))
    return _ends(body, [math.comb(draws, j) for j in range(TERMS)], after)


def distinct(b: float, draws: int | Sequence[float]) -> Between:
    """Return the ends of the mean number of categories among independent draws.

    b: as in `unseen_mass`. draws: their number, or the weights of 0, 1, 2, ... draws where the
    number is random. ValueError outside these domains.

    >>> [round(end, 4) for end in distinct(2.0, 1)]
    [1.0, 1.0]
    """
    weights = np.zeros(0) if isinstance(draws, int) else np.asarray(draws, dtype=np.float64)
    most = draws if isinstance(draws, int) else weights.size - 1
    _check(b, most)
    law, after = _law(b, most)
    if isinstance(draws, int):
        found = -np.expm1(draws * np.log1p(-law))
        factors = [float(math.comb(draws, j)) for j in range(1, TERMS + 1)]
    else:
        missed = np.zeros(law.size)
        for weight in weights[::-1]:
            missed = missed * (1 - law) + weight
        found = 1 - missed
        falling = np.ones(weights.size)
        factors = []
        for j in range(1, TERMS + 1):
            falling = falling * (np.arange(weights.size) - j + 1) / j
            factors.append(float(weights @ falling))
    return _ends(math.fsum(found), factors, after)


def _check(b: float, draws: int) -> None:
    if not b > 1 or draws < 1:
        raise ValueError(f"b = {b}, draws = {draws} lie outside b > 1, draws >= 1")
