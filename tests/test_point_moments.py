"""Moments point by point, and roots from a determinant, beside other ways to the same numbers."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

import mpmath
import pytest
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from numerics import moments, point_moments, quadratic_form, quadrature

MONOMIALS = ((0, 1), (2, 0), (4, 0), (2, 1), (0, 2), (1, 0), (3, 1), (2, 2), (0, 3))


@given(
    st.sampled_from(MONOMIALS),
    st.lists(st.integers(2, 5), min_size=1, max_size=3),
    st.sampled_from(("unbiased", "mle")),
)
def test_point_by_point_agrees_with_the_expansion(
    monomial: tuple[int, int], sizes: list[int], estimator: moments.Estimator
) -> None:
    seen = point_moments.expected(monomial, sizes, len(sizes), estimator)
    assert seen == moments.expected(monomial, sizes, len(sizes), estimator)


@given(st.integers(2, 400), st.sampled_from((0, 1)), st.sampled_from((1, 3, 5)))
def test_roots_agree_with_the_density_of_free_normals(M: int, lost: int, power: int) -> None:
    ball = quadratic_form.expected_root(M, M - lost, power, 96)
    assert ball.overlaps(quadrature.expected_power(M - 1, M - lost, Fraction(power, 2), 96))
    assert ball.rel_accuracy_bits() > 80


@pytest.mark.parametrize("M", [2, 3])
def test_roots_agree_with_the_integral_over_the_points(M: int) -> None:
    ball = quadratic_form.expected_root(M, M - 1, 1, 128)
    assert ball.overlaps(quadrature.expected_root_of_points(M, M - 1, 128))


@given(st.integers(2, 400), st.sampled_from((0, 1)))
def test_the_logarithm_agrees_with_the_density_of_free_normals(M: int, lost: int) -> None:
    ball = quadratic_form.expected_log(M, M - lost, 96)
    assert ball.overlaps(quadrature.expected_log(M - 1, M - lost, 96))


@given(
    st.sampled_from(((0, 2), (2, 2), (4, 0), (4, 2), (2, 0), (0, 4), (6, 2))),
    st.lists(st.integers(2, 30), min_size=1, max_size=4),
)
def test_even_powers_of_the_deviation_are_those_of_the_points(
    powers: tuple[int, int], sizes: list[int]
) -> None:
    a, b = powers
    exact = point_moments.expected((a, b // 2), sizes, len(sizes))
    with ctx.workprec(128):
        ball = quadratic_form.mean_and_deviation(powers, sizes, len(sizes), 96)
        assert abs(ball - arb(fmpq(exact.numerator, exact.denominator))) < arb(2) ** -60 * ball


@given(
    st.sampled_from(MONOMIALS), st.integers(2, 4), st.integers(1, 2),
    st.sampled_from(("unbiased", "mle")),
)  # fmt: skip
def test_points_of_another_start_are_those_of_all_draws(
    monomial: tuple[int, int], size: int, generations: int, estimator: moments.Estimator
) -> None:
    """Points -1, 0, 3 with chances 1/2, 1/3, 1/6: all first samples in turn, then normal ones."""
    law = {-1: Fraction(1, 2), 0: Fraction(1, 3), 3: Fraction(1, 6)}
    start = [sum((p * x**k for x, p in law.items()), Fraction(0)) for k in range(9)]
    seen = point_moments.expected(monomial, size, generations, estimator, start)
    divisor = size - 1 if estimator == "unbiased" else size
    a, b = monomial
    later = [moments.expected((i, b), size, generations - 1, estimator) for i in range(a + 1)]
    wanted = Fraction(0)
    for drawn in product(law, repeat=size):
        mean = Fraction(sum(drawn), size)
        variance = sum(((x - mean) ** 2 for x in drawn), Fraction(0)) / divisor
        chance = math.prod((law[x] for x in drawn), start=Fraction(1))
        for i in range(0, a + 1, 2):  # from mean mu, variance v: mu + sqrt(v) m and v w
            rest = math.comb(a, i) * mean ** (a - i) * variance ** (b + i // 2) * later[i]
            wanted += chance * rest
    assert seen == wanted


@pytest.mark.parametrize("M", [10**3, 10**6])
def test_large_samples(M: int) -> None:
    """One generation: powers of sums of M squares, expanded by hand; roots near their expansion."""
    nu = M - 1
    assert point_moments.expected((0, 2), M, 1) == Fraction(nu + 2, nu)
    assert point_moments.expected((4, 0), M, 1, "mle") == Fraction(3, M**2)
    with mpmath.workdps(50):
        half = mpmath.mpf(nu) / 2
        root = mpmath.exp(mpmath.loggamma(half + 0.5) - mpmath.loggamma(half)) / mpmath.sqrt(half)
        log = mpmath.digamma(half) - mpmath.log(half)
        texts = [mpmath.nstr(value, 40) for value in (root, log)]
    balls = quadratic_form.expected_root(M, nu), quadratic_form.expected_log(M, nu)
    with ctx.workprec(160):
        for ball, text in zip(balls, texts, strict=True):
            assert abs(ball - arb(text)) < arb(10) ** -24 * abs(ball)


def test_arguments_outside_the_domain_are_named() -> None:
    with pytest.raises(ValueError, match=r"monomial = \(17, 0\) lies outside"):
        point_moments.expected((17, 0), 3, 1)
    with pytest.raises(ValueError, match="estimator = naive"):
        point_moments.expected((2, 0), 3, 1, "naive")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="samples = 1 lies outside"):
        quadratic_form.expected_root(1, 1)
    with pytest.raises(ValueError, match="power = 17"):
        quadratic_form.expected_root(3, 2, 17)
    with pytest.raises(TypeError, match=r"divisor = 1\.0"):
        quadratic_form.expected_log(3, 1.0)
    with pytest.raises(ValueError, match=r"powers = \(-1, 0\)"):
        quadratic_form.mean_and_deviation((-1, 0), 3, 1)
