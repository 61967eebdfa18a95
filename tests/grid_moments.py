"""Moments of a Gaussian refit by Gauss-Hermite nodes of every draw: slow, plain, in doubles.

Nodes that are exact for polynomials of the order asked for stand in for each standard normal draw;
all combinations of draws are run through the recursion as it is defined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np

Rule = list[tuple[float, float]]
"""Places and weights that stand in for one draw."""

Fit = Callable[[float, float, tuple[float, ...]], tuple[float, float]]
"""Mean and variance of the next fit, given the present ones and the round's draws."""


def normal(order: int) -> Rule:
    """Nodes for a standard normal draw, exact for powers up to the order."""
    places, weights = np.polynomial.hermite_e.hermegauss(order // 2 + 1)
    return list(zip(places.tolist(), (weights / weights.sum()).tolist(), strict=True))


def _paths(
    rules: list[Rule], fit: Fit, generations: int, start: tuple[float, float]
) -> Iterator[tuple[float, float, float]]:
    """Yield (weight, mean, variance) of every path."""
    if generations == 0:
        yield 1.0, *start
        return
    for weight, mean, variance in _paths(rules, fit, generations - 1, start):
        for draws in product(*rules):
            share = weight * float(np.prod([w for _, w in draws]))
            yield share, *fit(mean, variance, tuple(z for z, _ in draws))


def expected(
    monomial: tuple[int, int], rules: list[Rule], fit: Fit, generations: int,
    start: tuple[float, float] = (0.0, 1.0),
) -> float:  # fmt: skip
    """E[mean^a variance^b] after some generations, every draw of a round with its rule."""
    a, b = monomial
    return sum(w * m**a * v**b for w, m, v in _paths(rules, fit, generations, start))
