"""Tails and densities of one or two fitted variances: against SciPy's and mpmath's integrals."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from numerics import product_tail

LEVELS = st.one_of(
    st.fractions(Fraction(1, 50), 9, max_denominator=50),
    st.sampled_from((Fraction(1, 10**6), Fraction(40))),
)


@given(st.integers(1, 60), st.integers(1, 60), LEVELS)
def test_one_variance_is_a_chi_square(nu: int, divisor: int, level: Fraction) -> None:
    x = float(level) * divisor
    seen = product_tail.survival(nu, divisor, 1, level, 160)
    assert float(seen) == pytest.approx(chi2.sf(x, nu), rel=1e-9, abs=1e-40)
    seen = product_tail.density(nu, divisor, 1, level)
    assert float(seen) == pytest.approx(chi2.pdf(x, nu) * divisor, rel=1e-9, abs=1e-40)


def plain(nu: int, divisor: int, level: Fraction, density: bool) -> mpmath.mpf:
    """P(X Y > x) or the density at x, integrated over ln X; X, Y chi-squares over the divisor."""
    half = mpmath.mpf(nu) / 2
    edge = mpmath.mpf(level.numerator) / level.denominator * divisor**2

    def one(x: mpmath.mpf) -> mpmath.mpf:
        return x ** (half - 1) * mpmath.exp(-x / 2) / (2**half * mpmath.gamma(half))

    def integrand(y: mpmath.mpf) -> mpmath.mpf:
        x = mpmath.exp(y)
        if density:
            return one(x) * one(edge / x) * divisor**2
        return x * one(x) * mpmath.gammainc(half, edge / x / 2, regularized=True)

    middle = mpmath.log(edge) / 2
    return mpmath.quad(integrand, [middle + k for k in (-60, -12, -4, 0, 4, 12, 60)])


@pytest.mark.parametrize("density", [False, True])
@pytest.mark.parametrize(
    ("nu", "divisor", "level"),
    [(1, 1, "1/1000000"), (1, 2, "40"), (2, 3, "3/2"), (11, 11, "4/5"), (40, 41, "1/10")],
)
def test_two_variances_are_an_integral_over_one(
    nu: int, divisor: int, level: str, density: bool
) -> None:
    function = product_tail.density if density else product_tail.survival
    seen = function(nu, divisor, 2, Fraction(level))
    with mpmath.workdps(25):
        wanted = float(plain(nu, divisor, Fraction(level), density))
    assert float(seen) == pytest.approx(wanted, rel=1e-12, abs=0)
