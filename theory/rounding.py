"""Correct rounding: the decimal nearest to an exact value, or to a ball made tight enough."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import floor

from flint import arb, ctx, fmpq, fmpz

#: Working precision never grows beyond this many bits, or MOST_BITS_A_DIGIT for each digit.
MOST_BITS = 1 << 16
MOST_BITS_A_DIGIT = 16
#: Balls whose exponent (base 10) is larger are scaled before their ends become fractions.
_FAR = 1000
#: Beyond this exponent (base 2) no decimal is written.
_FARTHEST = 10**15
_LOG10_2 = 0.30102999566398120


def decimal(value: Fraction | fmpq, digits: int) -> str:
    """Return `value` rounded half to even to `digits` significant digits.

    Plain notation for exponents from -7 to 20, otherwise `d.ddde+x`; no trailing zeros are cut.

    >>> decimal(Fraction(1, 3), 5), decimal(Fraction(-5, 2), 1), decimal(Fraction(10) ** 30, 3)
    ('0.33333', '-2', '1.00e+30')
    """
    if value == 0:
        return "0"
    return _layout(*_significant(fmpz(value.numerator), fmpz(value.denominator), digits))


def _significant(top: fmpz, bottom: fmpz, digits: int) -> tuple[fmpz, int]:
    """Return (w, e), top/bottom rounded to the sign and `digits` digits of w, times 10^e, w = d.dd.

    The numbers are integers throughout: no common divisor is looked for.
    """
    size = abs(top)
    exponent = floor((size.bit_length() - bottom.bit_length()) * _LOG10_2)
    while True:
        shift = digits - 1 - exponent
        over = size * fmpz(10) ** max(shift, 0)
        under = bottom * fmpz(10) ** max(-shift, 0)
        whole, rest = divmod(over, under)
        if whole >= fmpz(10) ** digits:
            exponent += 1
        elif whole < fmpz(10) ** (digits - 1):
            exponent -= 1
        else:
            break
    if 2 * rest > under or (2 * rest == under and whole % 2 == 1):
        whole += 1
    if whole == fmpz(10) ** digits:
        whole, exponent = fmpz(10) ** (digits - 1), exponent + 1
    return (whole if top > 0 else -whole), exponent


def _layout(whole: fmpz, exponent: int) -> str:
    sign, numerals = ("-" if whole < 0 else ""), str(abs(whole))
    if 0 <= exponent <= 20:
        padded = numerals.ljust(exponent + 1, "0")
        before, after = padded[: exponent + 1], padded[exponent + 1 :]
        return sign + (f"{before}.{after}" if after else before)
    if -7 <= exponent < 0:
        return sign + "0." + "0" * (-exponent - 1) + numerals
    body = f"{numerals[0]}.{numerals[1:]}" if len(numerals) > 1 else numerals
    return f"{sign}{body}e{exponent:+d}"


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
    Raises ArithmeticError when no precision up to the largest decides the rounding.
    """
    bits = 64 + 4 * digits
    most = max(MOST_BITS, MOST_BITS_A_DIGIT * digits)
    finite = False
    while bits <= most:
        value = compute(bits)
        if value.is_finite():
            finite = True
            text = _round_both_ends(value, digits, bits)
            if text is not None:
                return text, value
        bits *= 2
    if not finite:
        raise ArithmeticError("the law has no finite value here")
    raise ArithmeticError(f"{digits} digits are not decided with {bits // 2} bits")


def _round_both_ends(value: arb, digits: int, bits: int) -> str | None:
    """Return the decimal that both ends of a ball round to, or None where they differ."""
    if value.is_zero():
        return "0"
    if value.contains(arb(0)):
        return None
    mantissa, exponent = value.mid().man_exp()
    if abs(exponent) > _FARTHEST:
        raise ArithmeticError("the value is too large or too small to be written")
    size = floor((mantissa.bit_length() + int(exponent)) * _LOG10_2)
    shift = size if abs(size) > _FAR else 0
    if shift:
        before = ctx.prec
        ctx.prec = bits
        try:
            value = value / arb(10) ** shift
        finally:
            ctx.prec = before
    if not value.is_exact():  # the exponent of a tiny radius may be too long to write down
        value = arb(value, value.abs_upper() * arb(2) ** (-4 * bits))
    low, high = (
        _significant(fmpz(end.numerator), fmpz(end.denominator), digits) for end in ends(value)
    )
    return _layout(low[0], low[1] + shift) if low == high else None
