"""Balls by polar coordinates: against mpmath's integral over the angle, and Beta functions."""

from __future__ import annotations

import mpmath
import pytest
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from numerics import sphere


def near(ball: arb, wanted: mpmath.mpf, digits: int = 25) -> bool:
    with ctx.workprec(192):
        text = mpmath.nstr(wanted, 40)
        return bool(abs(ball - arb(text)) < abs(arb(text)) * arb(10) ** -digits)


@pytest.mark.parametrize(("M", "power"), [(2, 1), (2, 3), (3, -1), (5, 2), (9, -4), (30, 1)])
def test_powers_are_averages_over_the_angle(M: int, power: int) -> None:
    """The angle has a density proportional to cos^(M - 2)."""
    with mpmath.workdps(40):
        whole, part = (
            mpmath.quad(lambda a, k=k: mpmath.cos(a) ** k, [0, mpmath.pi / 4, mpmath.pi / 2])
            for k in (M - 2, M - 2 + power)
        )
        assert near(sphere.cosine_power(M, power), part / whole)


@pytest.mark.parametrize("M", [2, 3, 4, 17])
def test_the_logarithm_is_an_average_over_the_angle(M: int) -> None:
    with mpmath.workdps(40):
        ends = [0, mpmath.pi / 4, mpmath.pi / 2]
        whole = mpmath.quad(lambda a: mpmath.cos(a) ** (M - 2), ends)
        part = mpmath.quad(lambda a: mpmath.cos(a) ** (M - 2) * 2 * mpmath.log(mpmath.cos(a)), ends)
        assert near(sphere.log_cosine(M), part / whole)


@given(st.one_of(st.integers(2, 60), st.just(1000)), st.integers(-3, 9))
def test_powers_are_quotients_of_beta_functions(M: int, power: int) -> None:
    if power <= 1 - M:
        with pytest.raises(ValueError, match="power > 1 - samples"):
            sphere.cosine_power(M, power)
        return
    with mpmath.workdps(50):
        a = mpmath.mpf(M - 1) / 2
        half = mpmath.mpf(1) / 2
        wanted = mpmath.beta(a + mpmath.mpf(power) / 2, half) / mpmath.beta(a, half)
        assert near(sphere.cosine_power(M, power), wanted, 20)
