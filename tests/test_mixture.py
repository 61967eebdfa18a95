"""The mixture of two normal laws: against mpmath and SciPy, far apart, close together, one."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import mpmath
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.stats import norm

from numerics import mixture

PARTS = [("0", "2"), ("1/10", "1"), ("1", "1"), ("3/2", "1/2"), ("6", "1"), ("1000", "1")]


def density(a: float, s: float, x: float) -> float:
    return float(norm.pdf(x, a, s) + norm.pdf(x, -a, s)) / 2


def ends(a: float, s: float) -> list[float]:
    """Where the density lives, the right half, in pieces."""
    return sorted({0.0, max(a - 12 * s, 0.0), max(a - 3 * s, 0.0), a, a + 3 * s, a + 12 * s})


def whole(function: Callable[[float], float], a: float, s: float) -> float:
    """Twice the integral over the right half."""
    parts = (
        quad(function, low, high, epsabs=1e-14, epsrel=1e-12)[0]
        for low, high in pairwise(ends(a, s))
    )
    return 2 * float(sum(parts))


@pytest.mark.parametrize(("a", "s"), PARTS)
def test_moments_are_integrals(a: str, s: str) -> None:
    at, by = float(Fraction(a)), float(Fraction(s))
    for k, moment in enumerate(mixture.moments(Fraction(a), Fraction(s), 6)):

        def integrand(x: float, power: int = k) -> float:
            return x**power * density(at, by, x)

        wanted = 0.0 if k % 2 else whole(integrand, at, by)
        assert float(moment) == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize(("a", "s"), PARTS)
def test_relative_entropy_is_an_integral(a: str, s: str) -> None:
    at, by = float(Fraction(a)), float(Fraction(s))
    width = np.hypot(at, by)

    def integrand(x: float) -> float:
        f = density(at, by, x)
        return f * (np.log(f) - norm.logpdf(x, 0, width)) if f > 0 else 0.0

    seen = float(mixture.relative_entropy(Fraction(a), Fraction(s)))
    assert seen == pytest.approx(whole(integrand, at, by), rel=1e-8, abs=1e-12)


@pytest.mark.parametrize(("a", "s"), PARTS[::3] + PARTS[-1:])
def test_the_overlap_is_bracketed(a: str, s: str) -> None:
    """E q(U) z(U), over z, with q the quantile by bisection."""
    at, by = float(Fraction(a)), float(Fraction(s))

    def quantile(share: float) -> float:
        def missing(x: float) -> float:
            return 0.5 * float(norm.sf(x, at, by) + norm.sf(x, -at, by)) - share

        return float(brentq(missing, 0.0, at + 40 * by, xtol=1e-13, rtol=1e-13))

    def integrand(z: float) -> float:
        return quantile(float(norm.sf(z))) * z * float(norm.pdf(z))

    wanted = 2 * sum(quad(integrand, k, k + 1, epsrel=1e-9)[0] for k in range(9))
    low, high = mixture.overlap(Fraction(a), Fraction(s))
    assert low <= wanted * (1 + 1e-8)
    assert wanted * (1 - 1e-8) <= high
    # Cells are equally wide: the farther apart the parts, the fewer fall on them.
    assert high - low < 1e-4 * high * max(1.0, at / by / 50)


@pytest.mark.parametrize(("a", "s"), PARTS)
@pytest.mark.parametrize("M", [2, 3, 12])
def test_the_deviation_averages_noncentral_chis(a: str, s: str, M: int) -> None:
    """With k points about a: the mean root of a noncentral chi-square, a Laguerre function."""
    with mpmath.workdps(40):
        at, by = (mpmath.mpf(Fraction(x).numerator) / Fraction(x).denominator for x in (a, s))
        half = mpmath.mpf(1) / 2
        total = mpmath.mpf(0)
        for k in range(M + 1):
            spread = 4 * at**2 * k * (M - k) / (M * by**2)
            root = mpmath.sqrt(mpmath.pi / 2)
            root *= mpmath.laguerre(half, mpmath.mpf(M - 1) / 2 - 1, -spread / 2)
            total += mpmath.binomial(M, k) / mpmath.mpf(2) ** M * root
        wanted = float(total * by / mpmath.sqrt(M - 1))
    seen = mixture.expected_deviation(Fraction(a), Fraction(s), M)
    assert float(seen) == pytest.approx(wanted, rel=1e-13, abs=0)
