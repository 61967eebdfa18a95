"""Balls around scale moments: against constants, recurrences, SciPy's quadrature, simulation."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx, fmpq
from scipy.integrate import dblquad, quad

from numerics.intervals import catoni_second_moment
from numerics.quadrature import (
    expected_log,
    expected_power,
    expected_root_of_mixture,
    variance_log,
)

HALF = Fraction(1, 2)


def relative_width(ball: arb) -> float:
    return float(2 * ball.rad() / abs(ball).lower())


def test_constants() -> None:
    """One normal: the half-normal law. Two: the exponential law. Constants from textbooks."""
    with ctx.workprec(160):
        pi, euler = arb.pi(), arb.const_euler()
        assert expected_power(1, 1, HALF, 128).overlaps((2 / pi).sqrt())
        assert expected_power(2, 2, HALF, 128).overlaps(pi.sqrt() / 2)
        assert expected_power(2, 2, -HALF, 128).overlaps(pi.sqrt())
        assert expected_power(2, 2, 10, 128).overlaps(arb(3628800))
        assert expected_log(1, 1, 128).overlaps(-euler - arb(2).log())
        assert expected_log(2, 2, 128).overlaps(-euler)
        assert variance_log(1, 128).overlaps(pi**2 / 2)
        assert variance_log(2, 128).overlaps(pi**2 / 6)


@pytest.mark.parametrize("nu", [1, 2, 5, 17, 200])
@pytest.mark.parametrize("t", [Fraction(-1, 3), Fraction(-49, 100), Fraction(1, 2), Fraction(9, 4)])
def test_power_recurrence(nu: int, t: Fraction) -> None:
    """By parts, E Y^(t + 1) = (nu + 2 t) / divisor E Y^t."""
    divisor = nu + 3
    factor = (nu + 2 * t) / divisor
    ball = expected_power(nu, divisor, t) * fmpq(factor.numerator, factor.denominator)
    assert expected_power(nu, divisor, t + 1).overlaps(ball)
    assert expected_power(nu, divisor, 0).contains(1)


@pytest.mark.parametrize("nu", [1, 2, 5, 17, 200])
def test_log_recurrence(nu: int) -> None:
    """By parts, the mean of ln grows by 2/nu and its variance falls by 4/nu^2 from nu to nu + 2."""
    with ctx.workprec(128):
        step = arb(2) / nu
        assert expected_log(nu + 2, 7).overlaps(expected_log(nu, 7) + step)
        assert variance_log(nu + 2).overlaps(variance_log(nu) - step**2)


@pytest.mark.parametrize(("nu", "t"), [(1, 0.5), (1, -0.25), (4, 0.5), (9, -2.0), (9, 1.25)])
def test_power_by_floating_quadrature(nu: int, t: float) -> None:
    def weighted(power: float) -> float:
        return float(quad(lambda x: x ** (nu - 1 + power) * np.exp(-x * x / 2), 0, np.inf)[0])

    naive = weighted(2 * t) / weighted(0) / (nu + 1) ** t
    assert float(expected_power(nu, nu + 1, Fraction(t))) == pytest.approx(naive, rel=1e-7)


def test_every_width_is_below_1e_15() -> None:
    for nu in range(1, 201):
        for ball in (
            expected_power(nu, nu, HALF, 64),
            expected_power(nu, nu, Fraction(-nu, 2) + Fraction(1, 10), 64),
            expected_log(nu, nu, 64),
            variance_log(nu, 64),
            expected_root_of_mixture((1, 3), nu, 64),
        ):
            assert relative_width(ball) < 1e-15


def test_two_precisions_overlap() -> None:
    for nu in (1, 3, 40):
        for t in (HALF, Fraction(-2, 5), Fraction(7)):
            low, high = expected_power(nu, 2, t, 40), expected_power(nu, 2, t, 200)
            assert low.contains(high)
        assert expected_log(nu, 2, 40).overlaps(expected_log(nu, 2, 200))
        assert variance_log(nu, 40).overlaps(variance_log(nu, 200))
        low = expected_root_of_mixture((2, 5), nu, 40)
        assert low.overlaps(expected_root_of_mixture((2, 5), nu, 200))


@pytest.mark.parametrize("nu", [1, 2, 3, 10, 200])
def test_mixture_of_equal_weights_is_one_scale(nu: int) -> None:
    assert expected_root_of_mixture((3, 3), nu).overlaps(
        expected_power(2 * nu, nu, HALF) * arb(3).sqrt()
    )


@pytest.mark.parametrize("nu", [1, 2, 3, 10, 200])
def test_mixture_is_symmetric_and_scales(nu: int) -> None:
    ball = expected_root_of_mixture((Fraction(1, 7), 2), nu)
    assert ball.overlaps(expected_root_of_mixture((2, Fraction(1, 7)), nu))
    assert (3 * ball).overlaps(expected_root_of_mixture((Fraction(9, 7), 18), nu))
    zero = expected_root_of_mixture((0, 2), nu)
    tiny = expected_root_of_mixture((Fraction(1, 10**24), 2), nu)
    assert zero < tiny
    assert tiny - zero < arb(10) ** -12


@pytest.mark.parametrize("nu", [1, 4])
def test_mixture_by_floating_quadrature(nu: int) -> None:
    """Two plain dimensions, no polar coordinates."""

    def weight(x: float, y: float) -> float:
        return float((x * y) ** (nu - 1) * np.exp(-(x * x + y * y) / 2))

    top = dblquad(lambda y, x: weight(x, y) * np.hypot(x, 2 * y), 0, 12, 0, 12)[0]
    bottom = dblquad(lambda y, x: weight(x, y), 0, 12, 0, 12)[0]
    naive = top / bottom / np.sqrt(nu)
    assert float(expected_root_of_mixture((1, 4), nu)) == pytest.approx(naive, rel=1e-7)


def test_mixture_by_simulation() -> None:
    """An interval of level 1e-9 from squared normals; the mean square is 5, whatever nu."""
    z = np.random.default_rng(3).standard_normal((2, 3, 200_000))
    squares = (z**2).sum(axis=1) / 3
    interval = catoni_second_moment(np.sqrt(squares[0] + 4 * squares[1]), 5.0, 1e-9)
    assert interval.contains(float(expected_root_of_mixture((1, 4), 3)))
    assert not interval.contains(float(expected_root_of_mixture((1, 4), 4)))
    assert not interval.contains(float(expected_root_of_mixture((2, 3), 3)))


def test_wrong_inputs_differ() -> None:
    right = expected_power(5, 5, HALF)
    assert not right.overlaps(expected_power(4, 5, HALF))
    assert not right.overlaps(expected_power(5, 6, HALF))
    assert not right.overlaps(expected_power(5, 5, Fraction(501, 1000)))
    assert not expected_log(5, 5).overlaps(expected_log(5, 6))
    assert not variance_log(5).overlaps(variance_log(6))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: expected_power(0, 1, 1), "nu = 0 lies outside nu >= 1"),
        (lambda: expected_power(3, 0, 1), "divisor = 0 lies outside divisor >= 1"),
        (lambda: expected_power(3, 1, Fraction(-3, 2)), "t = -3/2 lies outside t > -nu/2 = -3/2"),
        (lambda: expected_power(3, 1, 1, 8), "bits = 8 lies outside bits >= 32"),
        (lambda: expected_log(-1, 1), "nu = -1 lies outside nu >= 1"),
        (lambda: variance_log(0), "nu = 0 lies outside nu >= 1"),
        (lambda: expected_root_of_mixture((1,), 1), r"weights = \(1,\) lies outside pairs"),
        (lambda: expected_root_of_mixture((1, -1), 1), "lies outside w >= 0, not both 0"),
        (lambda: expected_root_of_mixture((0, 0), 1), "lies outside w >= 0, not both 0"),
    ],
)
def test_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError, match=r"t contains 0.5, which is not an exact rational"):
        expected_power(3, 1, 0.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"nu = 2.0 is not an integer"):
        expected_power(2.0, 1, 1)  # type: ignore[arg-type]
