"""The mean root of a noncentral chi-square whose centre is drawn: M points about two centres.

If k of M points lie about the right centre, the sum of squares over its central mean has a root of
mean 1F1(-1/2; b; -x), b = (M-1)/2, x = 2 r^2 k (M-k)/M. By Kummer's transformation that is

    e^(-x) 1F1(b + 1/2; b; x) = sum_j P(J = j) (b+1/2)_j / (b)_j,   J of Poisson's law of mean x,

whose terms are all positive. k is binomial. With v = (2 k/M - 1)^2, x = r^2 M (1 - v)/2: for large
M only small v matter, and Taylor's series at v = 0 is averaged term by term. Derivative m of 1F1 by
its argument is (-1/2)_m/(b)_m times a 1F1 between 0 and 1 (m >= 1), and E v^m <= (2m-1)!!/M^m.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil

import sympy as sp
from flint import arb, arb_series, ctx, fmpq, fmpz

from theory.node import Node
from theory.rational import NotRational, whole

#: Terms of all series together at most: some ten seconds.
MOST_TERMS = 5_000_000
#: Terms of Taylor's series at most.
MOST_ORDERS = 150


class MixedRoot(Node):
    """Mean of 1F1(-1/2; (M-1)/2; -2 r^2 k (M-k)/M) of (M, r) over binomial(M, 1/2) k, r >= 0."""

    nargs = 2

    @staticmethod
    def exact_value(samples: fmpq, r: fmpq) -> fmpq:
        """Return the value for one normal law, 1."""
        if r == 0:
            return fmpq(1)
        raise NotRational("a series")

    @staticmethod
    def ball_value(samples: arb, r: arb) -> arb:
        """Return a ball around the mean; ArithmeticError where it takes too many terms."""
        if r.is_zero():
            return arb(1)
        if not r.is_finite() or not r > 0:
            raise ArithmeticError(f"r = {r} lies outside r >= 0")
        return _mixed_root(whole(samples), r.mid().man_exp(), r.rad().man_exp(), ctx.prec)

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        size, r = map(printer._print, self.args)
        return (
            rf"\sum_{{k=0}}^{{{size}}} \binom{{{size}}}{{k}} 2^{{-{size}}} {{}}_1F_1\left("
            rf"-\tfrac12; \tfrac{{{size}-1}}2; -2 \left({r}\right)^2 \tfrac{{k({size}-k)}}"
            rf"{{{size}}}\right)"
        )


@lru_cache(maxsize=64)
def _mixed_root(size: int, middle: tuple[fmpz, fmpz], radius: tuple[fmpz, fmpz], bits: int) -> arb:
    with ctx.workprec(bits + 30):
        square = arb(middle, arb(radius)) ** 2
        orders = _orders(size, square, bits)
        wide = 30 * ceil((bits / 90 * (1 + float(square.upper()) * size / 2)) ** 0.5)
        each = orders or 10 * ceil((bits / 90 * size) ** 0.5)
        if min(each, size) * wide > MOST_TERMS:
            raise ArithmeticError(
                f"M = {size} points about two centres that lie this far apart take too long"
            )
        return _by_taylor(size, square, orders) if orders else _by_weights(size, square, bits)


def _orders(size: int, square: arb, bits: int) -> int:
    """Return after how many terms the rest of Taylor's series is negligible; 0 if never."""
    for orders in range(1, MOST_ORDERS):
        if _rest(size, square, orders) < arb(2) ** -bits:
            return orders
    return 0


def _rest(size: int, square: arb, orders: int) -> arb:
    """Return a bound of what Taylor's series lacks on average after so many terms.

    Lagrange's remainder: at most |(-1/2)_n| / (b)_n E (r^2 M v/2)^n / n!.
    """
    half, n = arb(1) / 2, arb(orders)
    derivative = abs((-half).rising(n)) / (arb(size - 1) / 2).rising(n)
    # E (r^2 M v / 2)^n <= r^(2n) (2n-1)!! / 2^n = r^(2n) (1/2)_n
    return derivative * square**orders * half.rising(n) / arb.fac_ui(orders)


def _by_taylor(size: int, square: arb, orders: int) -> arb:
    half, b, x = arb(1) / 2, arb(size - 1) / 2, square * size / 2
    with ctx.workprec(2 * ctx.prec + 8 * orders):
        before, ctx.cap = ctx.cap, 2 * orders + 1
        try:
            cosh = arb_series([arb(0), arb(1)]).exp()
            moments = (size * ((cosh + 1 / cosh) / 2).log()).exp().coeffs()
        finally:
            ctx.cap = before
    total = arb(0)
    for m in range(orders):
        # E (x v)^m: (2m)! times the coefficient of cosh^M is the moment 2m of the sum of M signs
        power = (x / size**2) ** m * moments[2 * m] * arb.fac_ui(2 * m)
        factor = (-half).rising(arb(m)) / b.rising(arb(m)) / arb.fac_ui(m)
        total += factor * power * _poisson_mean(b, m, x)
    return total + arb(0, _rest(size, square, orders).upper())


def _by_weights(size: int, square: arb, bits: int) -> arb:
    """Return the mean over k, from the middle outwards; the largest value is the middle one."""
    k = size // 2
    b, scale = arb(size - 1) / 2, 2 * square / size
    weight = arb.bin_uiui(size, k) / arb(2) ** size
    total, seen, largest = arb(0), arb(0), _poisson_mean(b, 0, square * size / 2)
    while k >= 0 and 1 - seen > arb(2) ** -bits:
        both = weight if 2 * k == size else 2 * weight
        total += both * _poisson_mean(b, 0, scale * k * (size - k))
        seen += both
        weight, k = weight * k / (size - k + 1), k - 1
    rest = 0 if k < 0 else (1 - seen).upper() * largest
    return total + arb(0, arb(rest).upper())


def _poisson_mean(b: arb, m: int, x: arb) -> arb:
    """Return 1F1(m - 1/2; b + m; -x) = E (b+1/2)_J / (b+m)_J, J of Poisson's law of mean x.

    From the largest terms both ways; the ratio of neighbours falls, so that what is left out stays
    below a geometric series.
    """
    half, small = arb(1) / 2, arb(2) ** -ctx.prec
    if x.is_zero():
        return arb(1)
    mode = int(float(x.mid()))
    start = (b + half).rising(arb(mode)) / (b + m).rising(arb(mode))
    start *= (mode * x.log() - x - (arb(mode) + 1).lgamma()).exp()
    total, term, j = start, start, mode
    while True:
        ratio = x / (j + 1) * (b + half + j) / (b + m + j)
        bound = x / (j + 1) * (b + half + j) / (b + j)
        if bound < 1 and term * bound < small * (1 - bound):
            total += arb(0, (term * bound / (1 - bound)).upper())
            break
        term, j = term * ratio, j + 1
        total += term
    term, j = start, mode
    while j > 0:
        ratio = j * (b + m + j - 1) / (x * (b - half + j))
        if ratio < 1 and term * ratio < small * (1 - ratio):
            return total + arb(0, (term * ratio / (1 - ratio)).upper())
        term, j = term * ratio, j - 1
        total += term
    return total
