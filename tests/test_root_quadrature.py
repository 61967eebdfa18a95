"""Mean roots of sums of squares: against mpmath over the density of each sum."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest

from numerics.root_quadrature import expected_root


def plain(constant: Fraction, weight: Fraction, nu: int) -> mpmath.mpf:
    """The mean root with one sum S = y^2, whose norm y has density y^(nu - 1) exp(-y^2 / 2)."""
    fixed, by = (mpmath.mpf(x.numerator) / x.denominator for x in (constant, weight))
    ends = [0, mpmath.sqrt(fixed / (by + fixed)), 1, 3, 6, 12, 20]

    def mass(y: mpmath.mpf) -> mpmath.mpf:
        return y ** (nu - 1) * mpmath.exp(-y * y / 2)

    total = mpmath.quad(lambda y: mpmath.sqrt(fixed + by * y * y) * mass(y), ends)
    return total / mpmath.quad(mass, ends)


@pytest.mark.parametrize(
    ("constant", "weight", "nu"),
    [("1", "1/3", 1), ("1/1000000", "2", 1), ("1000000", "1/1000000", 5), ("1/100", "1000", 40)],
)
def test_one_sum(constant: str, weight: str, nu: int) -> None:
    fixed, by = Fraction(constant), Fraction(weight)
    with mpmath.workdps(30):
        wanted = float(plain(fixed, by, nu))
    assert float(expected_root(fixed, [(by, nu)])) == pytest.approx(wanted, rel=1e-14, abs=0)


def test_two_sums() -> None:
    """Both norms on a grid of Gauss-Legendre nodes."""
    places, weights = np.polynomial.legendre.leggauss(120)
    y, w = 6 * (places + 1), weights * np.exp(-18 * (places + 1) ** 2)
    one, other = y * w, y**2 * w  # norms of two and of three normals
    roots = np.sqrt(0.5 + y[:, np.newaxis] ** 2 / 3 + 5 * y**2)
    wanted = one @ roots @ other / (one.sum() * other.sum())
    seen = expected_root(Fraction(1, 2), [(Fraction(1, 3), 2), (Fraction(5), 3)])
    assert float(seen) == pytest.approx(wanted, rel=1e-13, abs=0)


def test_a_weight_of_zero_and_no_terms() -> None:
    assert expected_root(Fraction(9), []).overlaps(expected_root(9, [(0, 10**6)]))
