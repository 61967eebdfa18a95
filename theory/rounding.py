"""Correct rounding: the decimal nearest to an exact value, or to a ball made tight enough."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from flint import arb

#: Working precision never grows beyond this many bits.
MOST_BITS = 1 << 20


def decimal(value: Fraction, digits: int) -> str:
    """Return `value` rounded half to even to `digits` significant digits.

    Plain notation for exponents from -7 to 20, otherwise `d.ddde+x`; no trailing zeros are cut.
    """
    if value == 0:
        return "0"
    sign, value = ("-", -value) if value < 0 else ("", value)
    exponent = _leading_exponent(value)
    scaled = value * Fraction(10) ** (digits - 1 - exponent)
    whole = round(scaled)
    if whole == 10**digits:
        whole, exponent = whole // 10, exponent + 1
    return sign + _layout(str(whole), exponent)


def _leading_exponent(value: Fraction) -> int:
    """Return the e with 10^e <= value < 10^(e+1)."""
    guess = int((value.numerator.bit_length() - value.denominator.bit_length()) * 0.30102999566)
    while value >= Fraction(10) ** (guess + 1):
        guess += 1
    while value < Fraction(10) ** guess:
        guess -= 1
    return guess


def _layout(numerals: str, exponent: int) -> str:
    if 0 <= exponent <= 20:
        padded = numerals.ljust(exponent + 1, "0")
        whole, rest = padded[: exponent + 1], padded[exponent + 1 :]
        return f"{whole}.{rest}" if rest else whole
    if -7 <= exponent < 0:
        return "0." + "0" * (-exponent - 1) + numerals
    body = f"{numerals[0]}.{numerals[1:]}" if len(numerals) > 1 else numerals
    return f"{body}e{exponent:+d}"


def ends(value: arb) -> tuple[Fraction, Fraction]:
    """Return the two ends of a finite ball as exact fractions."""
    middle, radius = _dyadic(value.mid()), _dyadic(value.rad())
    return middle - radius, middle + radius


def _dyadic(value: arb) -> Fraction:
    mantissa, exponent = value.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def round_ball(compute: Callable[[int], arb], digits: int) -> tuple[str, arb]:
    """Return the correctly rounded decimal of a real number, and the ball that proves it.

    compute: returns a ball holding the number, tighter as its argument (bits) grows.
    Raises ArithmeticError when no precision up to MOST_BITS decides the rounding.
    """
    bits = 64 + 4 * digits
    while bits <= MOST_BITS:
        value = compute(bits)
        if value.is_finite():
            low, high = ends(value)
            text = decimal(low, digits)
            if text == decimal(high, digits):
                return text, value
        bits *= 2
    raise ArithmeticError(f"{digits} digits are not decided with {MOST_BITS} bits")
