"""Poisson branching with mean 1 near its end, and the constant that it leaves behind.

s -> 1 - exp(-s) takes the chance s_n of being alive n generations before to the one after. It falls
like 2/n, and Abel's function alpha(s) = 2/s + ln(s)/3 + c_1 s + c_2 s^2 + ..., an asymptotic
series with alpha(1 - exp(-s)) = alpha(s) + 1, says by how much: alpha(s_n) - n never changes. With
s_0 = 1 it is the constant A = lim(2/s_n + ln(s_n)/3 - n).
Source: Szekeres, Acta Mathematica 100 (1958), for such functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import factorial

import sympy as sp
from flint import acb, arb, ctx, fmpq, fmpq_series

from theory.node import Node

#: The constant is not computed to more bits than this: seconds.
MOST_BITS = 4096
#: Arcs into which a circle is cut to bound a function on it.
_ARCS = 64


class AbelConstant(Node):
    """A = lim(2/s_n + ln(s_n)/3 - n), s_0 = 1, s_{n+1} = 1 - exp(-s_n): 2.0292972144..."""

    nargs = 0

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        return r"\mathcal{A}"

    @staticmethod
    def ball_value() -> arb:
        """Return a ball around the constant, of radius about 2^-precision."""
        return _constant(ctx.prec)


@lru_cache(maxsize=16)
def _constant(bits: int) -> arb:
    """Return A: the series, cut after some terms, at a late s_n, with what the cut leaves out.

    The cut series is off by the sum of its defects at s_n, s_{n+1}, ... Since 1/s grows by at least
    1/2 a generation, sum s_m^q over m >= n is at most s_n^q + 2 s_n^(q-1) / (q-1).
    """
    if bits > MOST_BITS:
        raise ArithmeticError(f"Abel's constant to {bits} bits takes too long")
    terms, steps = 16 + bits // 10, 200 + 4 * bits
    with ctx.workprec(bits + 64):
        series = _coefficients(terms)
        late = arb(1)
        for _ in range(steps):
            late = 1 - (-late).exp()
        power = len(series) + 2
        rest = late**power + 2 * late ** (power - 1) / (power - 1)
        off = (_largest_defect(series) * rest).upper()
        found = 2 / late + late.log() / 3 - steps
        for place, coefficient in enumerate(series, 1):
            found += arb(coefficient) * late**place
        return found + arb(0, off)


@lru_cache(maxsize=4)
def _coefficients(terms: int) -> tuple[fmpq, ...]:
    """Return c_1, c_2, ...: each removes the lowest power that is left of the defect.

    The defect is alpha(u) - alpha(s) - 1, and c (u^k - s^k) begins with -(c k / 2) s^(k+1),
    u = 1 - exp(-s).
    """
    before = ctx.cap
    ctx.cap = terms + 3
    try:
        s = fmpq_series([0, 1])
        over = fmpq_series([fmpq((-1) ** k, factorial(k + 1)) for k in range(terms + 3)])  # u/s
        pole = 1 / over - 1
        left = fmpq_series([2 * pole[k + 1] for k in range(terms + 2)]) + over.log() / 3 - 1
        found, image, power = [], over * s, s
        for k in range(1, terms + 1):
            found.append(left[k + 1] * fmpq(2, k))
            left += (image - power) * fmpq_series([found[-1]])
            image, power = image * over * s, power * s
    finally:
        ctx.cap = before
    return tuple(found)


def _largest_defect(series: Sequence[fmpq]) -> arb:
    """Return a bound of |D(s)| / s^(N+2) for 0 < s <= 1, D the defect of N terms of the series.

    D(z) / z^(N+2) is analytic for |z| < 2 pi, so that its modulus is largest on the unit circle.
    """
    largest = arb(0)
    for arc in range(_ARCS):
        angle = arb.pi() * 2 / _ARCS * (arb(arc) + arb(0, 1).union(arb(1)))
        z = acb(angle.cos(), angle.sin())
        image = 1 - (-z).exp()
        defect = 2 / image - 2 / z + (image / z).log() / 3 - 1
        power, other = acb(1), acb(1)
        for coefficient in series:
            power, other = power * z, other * image
            defect += acb(coefficient) * (other - power)
        largest = largest.max(defect.abs_upper())
    return largest
