"""Moments of varied refits: against every draw on a grid of nodes, and SciPy's integrals."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from numerics import moments_variants, point_moments
from tests import grid_moments

MONOMIALS = ((2, 0), (0, 1), (0, 2), (2, 1), (4, 0), (1, 1), (0, 3))
MULTIPLIERS = (Fraction(1, 1000), Fraction(1, 2), Fraction(9, 4), Fraction(1000))


def plain(
    monomial: tuple[int, int], samples: int, generations: int, multiplier: Fraction,
    known_mean: bool, spread: Fraction, points: grid_moments.Rule | None = None,
) -> float:  # fmt: skip
    """The same moment, all draws run through the refit on nodes."""

    def fit(mean: float, variance: float, draws: tuple[float, ...]) -> tuple[float, float]:
        x = mean + np.sqrt(float(spread) * variance) * np.array(draws)
        if known_mean:
            return mean, float(multiplier) * float((x**2).mean())
        return float(x.mean()), float(multiplier) * float(x.var(ddof=1))

    rule = points or grid_moments.normal(monomial[0] + 2 * monomial[1])
    return grid_moments.expected(monomial, [rule] * samples, fit, generations)


@given(
    st.sampled_from(MONOMIALS),
    st.sampled_from([(2, 1), (2, 2), (3, 1), (4, 1)]),
    st.sampled_from(MULTIPLIERS),
    st.booleans(),
    st.sampled_from([Fraction(1), Fraction(1, 100), Fraction(7, 3)]),
)
def test_moments_are_those_of_all_draws(
    monomial: tuple[int, int], size: tuple[int, int], b: Fraction, known: bool, spread: Fraction
) -> None:
    exact = moments_variants.expected(monomial, *size, b, known, spread=spread)
    wanted = plain(monomial, *size, b, known, spread)
    if monomial[0] % 2 or (known and monomial[0]):
        assert exact == 0
        assert abs(wanted) < 1e-12 * float(1 + b) ** 6
    else:
        assert float(exact) == pytest.approx(wanted, rel=1e-11, abs=0)


@given(st.sampled_from(MONOMIALS), st.integers(2, 7), st.integers(0, 2))
def test_without_a_variant_they_are_the_plain_ones(
    monomial: tuple[int, int], samples: int, generations: int
) -> None:
    seen = moments_variants.expected(monomial, samples, generations)
    assert seen == point_moments.expected(monomial, samples, generations)


@pytest.mark.parametrize("cut", [Fraction(1, 1000), Fraction(1, 2), Fraction(2), Fraction(30)])
def test_moments_of_a_cut_point(cut: Fraction) -> None:
    for power in (0, 2, 8):
        whole, part = (
            quad(lambda z, k=k: z**k * np.exp(-z * z / 2), 0, min(float(cut), 12.0), epsabs=0)[0]
            for k in (0, power)
        )
        seen = moments_variants.cut_moment(power, cut)
        assert float(seen) == pytest.approx(part / whole, rel=1e-10, abs=0)
        assert seen.rel_accuracy_bits() > 100


def test_moments_of_cut_points_are_those_of_all_draws() -> None:
    places, weights = np.polynomial.legendre.leggauss(24)
    weights = weights * np.exp(-places * places / 2)
    rule = list(zip(places.tolist(), (weights / weights.sum()).tolist(), strict=True))

    def moment(power: int) -> arb:
        return moments_variants.cut_moment(power, Fraction(1))

    for monomial in ((0, 1), (0, 2), (2, 1)):
        seen = moments_variants.expected(monomial, 2, 1, moment=moment)
        wanted = plain(monomial, 2, 1, Fraction(1), False, Fraction(1), rule)
        assert float(seen) == pytest.approx(wanted, rel=1e-11, abs=0)
