"""Decimals are correctly rounded, half to even, whether the number is exact or a ball."""

import decimal as python_decimal
from collections.abc import Callable
from fractions import Fraction

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from theory.rounding import decimal, ends, round_ball

digits_of = st.integers(1, 40)


def at_precision(compute: Callable[[], arb]) -> Callable[[int], arb]:
    def at(bits: int) -> arb:
        before = ctx.prec
        ctx.prec = bits
        try:
            return compute()
        finally:
            ctx.prec = before

    return at


def reference(value: Fraction, digits: int) -> python_decimal.Decimal:
    """Round with the standard library's own division."""
    context = python_decimal.Context(
        prec=digits, rounding=python_decimal.ROUND_HALF_EVEN, Emin=-(10**6), Emax=10**6
    )
    top, bottom = python_decimal.Decimal(value.numerator), python_decimal.Decimal(value.denominator)
    return context.divide(top, bottom)


@given(st.fractions(), st.integers(-400, 400), digits_of)
def test_decimal_agrees_with_the_standard_library(
    value: Fraction, exponent: int, digits: int
) -> None:
    value *= Fraction(10) ** exponent
    text = decimal(value, digits)
    assert python_decimal.Decimal(text) == reference(value, digits)
    if value:
        mantissa = text.lstrip("-").partition("e")[0].replace(".", "").lstrip("0")
        assert len(mantissa) >= digits
    assert decimal(fmpq(value.numerator, value.denominator), digits) == text


@given(st.integers(1, 10**12), st.integers(-40, 40))
def test_ties_go_to_the_even_neighbour(whole: int, exponent: int) -> None:
    digits = len(str(whole))
    tie = (Fraction(whole) + Fraction(1, 2)) * Fraction(10) ** exponent
    rounded = Fraction(decimal(tie, digits))
    assert rounded == (whole + whole % 2) * Fraction(10) ** exponent


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (Fraction(0), 5, "0"),
        (Fraction(1), 4, "1.000"),
        (Fraction(1), 1, "1"),
        (Fraction(1, 8), 2, "0.12"),
        (Fraction(999_999), 3, "1000000"),
        (Fraction(-2, 3), 3, "-0.667"),
        (Fraction(1, 10**7), 2, "0.00000010"),
        (Fraction(1, 10**8), 2, "1.0e-8"),
        (Fraction(10**20), 3, "100000000000000000000"),
        (Fraction(10**21), 3, "1.00e+21"),
        (Fraction(10**21), 1, "1e+21"),
    ],
)
def test_layout(value: Fraction, digits: int, text: str) -> None:
    assert decimal(value, digits) == text


def test_ten_thousand_digits() -> None:
    assert decimal(Fraction(1, 3), 10_000) == "0." + "3" * 10_000


@given(st.fractions(min_value=Fraction(1, 10**6), max_value=10**6), digits_of)
def test_a_ball_rounds_like_the_number_in_it(value: Fraction, digits: int) -> None:
    try:
        text, ball = round_ball(
            at_precision(lambda: arb(value.numerator) / value.denominator), digits
        )
    except ArithmeticError:
        # Only a tie that is no dyadic number cannot be decided by any ball.
        scaled = value * Fraction(10) ** (digits + 8)
        assert scaled.denominator == 1
        return
    assert text == decimal(value, digits)
    low, high = ends(ball)
    assert low <= value <= high


@pytest.mark.parametrize("exponent", [-(10**12), -5000, 5000, 10**12])
def test_far_exponents(exponent: int) -> None:
    text, _ = round_ball(at_precision(lambda: 3 * arb(10) ** exponent), 5)
    assert text == f"3.0000e{exponent:+d}"


@pytest.mark.parametrize("exponent", [-2000, -9, -1, 0, 1, 9, 2000])
def test_a_ball_around_a_power_of_ten(exponent: int) -> None:
    text, _ = round_ball(at_precision(lambda: (arb(10).log() * exponent).exp()), 7)
    assert Fraction(text) == Fraction(10) ** exponent


def test_precision_grows_until_the_rounding_is_decided() -> None:
    seen: list[int] = []

    def nearly_one() -> arb:
        seen.append(ctx.prec)
        return arb(1) - arb(10) ** -400

    assert round_ball(at_precision(lambda: nearly_one()), 400)[0] == "0." + "9" * 400
    assert round_ball(at_precision(lambda: (1 - nearly_one()) * 7), 3)[0] == "7.00e-400"
    assert len(seen) > 2


def test_a_ball_across_a_rounding_boundary_is_not_enough() -> None:
    assert round_ball(at_precision(lambda: arb(1) / 8 + arb(10) ** -200), 2)[0] == "0.13"
    assert round_ball(at_precision(lambda: arb(1) / 8 - arb(10) ** -200), 2)[0] == "0.12"
    with pytest.raises(ArithmeticError, match="digits are not decided"):
        round_ball(lambda bits: arb(0.125, 0.001), 2)
    assert round_ball(lambda bits: arb(0.125, 0.001), 1)[0] == "0.1"


def test_what_no_precision_decides_is_an_error() -> None:
    with pytest.raises(ArithmeticError, match="digits are not decided"):
        round_ball(at_precision(lambda: arb(1) / 3 * 3 - 1), 5)
    with pytest.raises(ArithmeticError, match="no finite value"):
        round_ball(at_precision(lambda: arb(0).digamma()), 5)
    with pytest.raises(ArithmeticError, match="too large or too small"):
        round_ball(at_precision(lambda: arb(2) ** (10**40)), 5)


def test_exact_zero_is_zero() -> None:
    assert round_ball(lambda bits: arb(0), 5)[0] == "0"
