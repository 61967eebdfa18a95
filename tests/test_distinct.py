"""Distinct points: the same as a uniform law one generation on, and Kingman's law by itself."""

from fractions import Fraction

import pytest
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from theory.claims import find
from theory.domain import Value
from theory.evaluate import exact, fraction
from theory.kingman import KingmanLaw

DISTINCT, MEAN = map(find, ("A37", "A11"))


def distinct(size: int) -> Fraction:
    point = {"M": Fraction(size)}
    return fraction(exact(*DISTINCT.law_at(DISTINCT.quantity("mean"), point)))


def from_uniform(kinds: int, size: int) -> Fraction:
    point: dict[str, Value] = {"p": (Fraction(1, kinds),) * kinds, "M": Fraction(size)}
    return fraction(exact(*MEAN.law_at(MEAN.quantity(), point)))


@given(st.integers(2, 40))
def test_the_second_generation_draws_from_a_uniform_law(size: int) -> None:
    assert distinct(size) == 1 + from_uniform(size, size)


@given(st.integers(2, 20), st.integers(2, 60))
def test_any_law_with_atoms_ends_sooner(size: int, kinds: int) -> None:
    assert from_uniform(kinds, size) < distinct(size) < 2 * size
    assert from_uniform(kinds, size) < from_uniform(kinds + 1, size)


@given(st.fractions(Fraction(1, 10), 20, max_denominator=30))
def test_kingman_by_its_alternating_sum(tau: Fraction) -> None:
    with ctx.workprec(200):
        time = arb(tau.numerator) / tau.denominator
        terms = [
            (-1) ** (k - 1) * (2 * k - 1) * (-k * (k - 1) * time / 2).exp() for k in range(1, 90)
        ]
        found = KingmanLaw.ball_value(time)
        assert abs(found - sum(terms, arb(0))) < arb(2) ** -150
        assert found < KingmanLaw.ball_value(time + 1)
        assert 0 < found < 1


def test_time_is_positive() -> None:
    with pytest.raises(ArithmeticError, match="time is positive"):
        KingmanLaw.ball_value(arb(0))
