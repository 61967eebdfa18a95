"""Moments of a refit on real points beside generated ones: against every draw on a grid."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from numerics.moments_mixed import Mixed, expected
from tests import grid_moments

HALF = Fraction(1, 2)
GIVEN = (Fraction(-1), Fraction(0), Fraction(4))
PLANS = (
    Mixed(1, 2),
    Mixed(2, 1, lost=0),
    Mixed(0, 2, Fraction(9, 10), error=Fraction(3, 10), jolt=HALF),
    Mixed(3, 1, Fraction(11, 10), 0, GIVEN),
    Mixed(1, 1, weight=Fraction(2, 5), error=Fraction(1, 7)),
    Mixed(1, 2, Fraction(1, 10**6)),
    Mixed(1, 1, Fraction(10**6), error=Fraction(1000), jolt=Fraction(999, 1000)),
    Mixed(3, 1, Fraction(1), 1, tuple(10**6 + x for x in GIVEN)),
)
MONOMIALS = ((1, 0), (2, 0), (0, 1), (2, 1), (0, 2), (1, 1))


def plain(monomial: tuple[int, int], mixed: Mixed, generations: int) -> float:
    """The same moment, all draws run through the round on nodes."""
    given = [float(x) for x in mixed.points]
    real = 0 if given else mixed.real

    def fit(mean: float, variance: float, draws: tuple[float, ...]) -> tuple[float, float]:
        own = np.array(given or draws[:real])
        made = mean + np.sqrt(float(mixed.spread) * variance) * np.array(draws[real:-2])
        if mixed.weight is not None:
            share = float(mixed.weight)
            mean = share * float(own.mean()) + (1 - share) * float(made.mean())
        else:
            points = np.concatenate((own, made))
            mean, variance = float(points.mean()), float(points.var(ddof=mixed.lost))
        return mean + float(mixed.error) * draws[-2], variance * (1 + float(mixed.jolt) * draws[-1])

    rule = grid_moments.normal(monomial[0] + 2 * monomial[1])
    still, both = [(0.0, 1.0)], [(-1.0, 0.5), (1.0, 0.5)]
    rules = [rule] * (real + mixed.synthetic)
    rules += [rule if mixed.error else still, both if mixed.jolt else still]
    start = (float(np.mean(given)), float(np.var(given))) if given else (0.0, 1.0)
    return grid_moments.expected(monomial, rules, fit, generations, start)


@pytest.mark.parametrize(("place", "generations"), list(product(range(len(PLANS)), (0, 1, 2))))
def test_moments_are_those_of_all_draws(place: int, generations: int) -> None:
    for monomial in MONOMIALS:
        if generations == 2 and sum(monomial) > 1:
            continue  # too many draws for the grid
        seen = float(expected(monomial, PLANS[place], generations))
        wanted = plain(monomial, PLANS[place], generations)
        assert seen == pytest.approx(wanted, rel=1e-9, abs=1e-12)
