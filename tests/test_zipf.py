"""Zipf's law: infinite sums in two ways, and the laws beside them."""

from collections.abc import Mapping
from fractions import Fraction

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerics import zipf
from theory.claims import find
from theory.domain import Value
from theory.evaluate import ball

Point = Mapping[str, Value]
EXPONENTS = st.sampled_from([1.5, 2.0, 2.5, 4.0])


def value(code: str, name: str, **point: Value) -> float:
    claim = find(code)
    return float(ball(*claim.law_at(claim.quantity(name), point), 128).mid())


@pytest.mark.parametrize(("b", "draws"), [(2, 1), (2, 7), (3, 40), (2, 30)])
def test_sums_equal_a_slow_summation(b: int, draws: int) -> None:
    scale = mpmath.zeta(b)

    def share(i: mpmath.mpf) -> mpmath.mpf:
        return i**-b / scale

    unseen = mpmath.nsum(lambda i: share(i) * (1 - share(i)) ** draws, [1, mpmath.inf])
    seen = mpmath.nsum(lambda i: 1 - (1 - share(i)) ** draws, [1, mpmath.inf])
    for found, right in (
        (zipf.unseen_mass(b, draws), unseen),
        (zipf.distinct(b, draws), seen),
        (zipf.distinct(b, [0.0] * draws + [1.0]), seen),
    ):
        assert found[0] - 1e-9 <= right <= found[1] + 1e-9
        assert found[1] - found[0] < 1e-5 * found[0]


@given(b=EXPONENTS, draws=st.integers(1, 3000))
def test_one_draw_more_adds_the_unseen_mass(b: float, draws: int) -> None:
    before, after = zipf.distinct(b, draws), zipf.distinct(b, draws + 1)
    low, high = zipf.unseen_mass(b, draws)
    assert after[0] - before[1] <= high
    assert after[1] - before[0] >= low


@given(b=EXPONENTS, draws=st.integers(1, 3000))
def test_both_laws_keep_their_error_at_any_number_of_draws(b: float, draws: int) -> None:
    here = {"b": Fraction(b), "T": Fraction(draws)}
    unseen, distinct = (value("A34", name, **here) for name in ("unseen-mass", "distinct"))
    low, high = zipf.unseen_mass(b, draws)
    assert low - 1 / draws < unseen < high + 1 / draws
    low, high = zipf.distinct(b, draws)
    assert low - 1 < distinct < high + 1


@given(b=EXPONENTS, draws=st.integers(1, 10**6))
def test_the_first_generation_is_one_sample(b: float, draws: int) -> None:
    one = value("A35", "categories", b=Fraction(b), M=Fraction(draws), n=Fraction(1))
    assert one == value("A34", "distinct", b=Fraction(b), T=Fraction(draws))


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="b > 1"):
        zipf.distinct(1.0, 5)
    with pytest.raises(ValueError, match=r"too close|takes more"):
        zipf.unseen_mass(1.01, 10**6)
