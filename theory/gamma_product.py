"""The law of ln(G_1 ... G_n), G_k independent gamma variables of one shape, by Mellin inversion.

E (G_1 ... G_n)^s = (Gamma(a + s)/Gamma(a))^n, so with S = ln(G_1 ... G_n) and any c > -a

    density of S at y = (1/2 pi) int f(c + i t) dt,  f(s) = e^(-s y) (Gamma(a + s)/Gamma(a))^n,

and with f(s)/s the same integral is P(S > y) for c > 0 and -P(S <= y) for c < 0.

The trapezoidal rule is a proof here. If |f(c + b + i t)| integrates to at most N over t for every
|b| < d, with no pole nearer than d, its error with step h is at most 2 N / (e^(2 pi d / h) - 1)
(Trefethen and Weideman 2014, theorem 5.1). With w = a + c + b,

    |Gamma(w + i t)/Gamma(w)| <= 1/(1 + t^2/(w + 1)^2),

the first two factors of Euler's product: N is at most pi (w + 1) times the value at t = 0, which is
log-convex in b, so largest at an end. Beyond T, Im psi(w + i t) >= arctan(t/w) makes |Gamma| fall
at least like e^(-(t - T) arctan(T/w)).

The lower the tail, the more nodes; that of one variable is an incomplete gamma function.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

from flint import acb, arb, ctx, fmpz

from theory.node import Node
from theory.rational import whole

#: Nodes of one rule at most.
MOST_NODES = 60_000
#: Below it the density of one variable is not integrated: it has a formula.
LOW = -64
GUARD = 24


class LogProductDensity(Node):
    """Density of ln(G_1 ... G_n) at y, of (a, n, y)."""

    nargs = 3

    @staticmethod
    def ball_value(a: arb, n: arb, y: arb) -> arb:
        """Return a ball around the density."""
        return density(a, n, y)


class LogProductBelow(Node):
    """Probability that ln(G_1 ... G_n) <= y, of (a, n, y)."""

    nargs = 3

    @staticmethod
    def ball_value(a: arb, n: arb, y: arb) -> arb:
        """Return a ball around the probability."""
        return below(a, n, y)


class LogProductAbove(Node):
    """Probability that ln(G_1 ... G_n) > y, of (a, n, y)."""

    nargs = 3

    @staticmethod
    def ball_value(a: arb, n: arb, y: arb) -> arb:
        """Return a ball around the probability."""
        return above(a, n, y)


class LogProductQuantile(Node):
    """The y that ln(G_1 ... G_n) stays below with probability q, of (a, n, q)."""

    nargs = 3

    @staticmethod
    def ball_value(a: arb, n: arb, q: arb) -> arb:
        """Return a ball around the quantile."""
        return quantile(a, n, q)


class _Rule(NamedTuple):
    """Abscissa c, half width d of the strip and step h of a trapezoidal rule, all exact.

    lost: bits by which the integrand's peak exceeds that at the saddle; they cancel.
    saddle: where the integrand's peak is smallest.
    """

    c: arb
    d: arb
    h: arb
    lost: int
    saddle: arb


def density(a: arb, n: arb, y: arb) -> arb:
    """Return a ball around the density of ln(G_1 ... G_n) at y."""
    with ctx.workprec(_working(a, n, y)):
        if n == 1 and y < LOW:
            return (a * y - y.exp()).exp() / a.gamma()
        return _contour(a, n, y, 0)


def above(a: arb, n: arb, y: arb) -> arb:
    """Return a ball around P(ln(G_1 ... G_n) > y)."""
    with ctx.workprec(_working(a, n, y)):
        return 1 - _low_tail(a, n, y) if _far_left(a, n, y) else _contour(a, n, y, 1)


def below(a: arb, n: arb, y: arb) -> arb:
    """Return a ball around P(ln(G_1 ... G_n) <= y)."""
    with ctx.workprec(_working(a, n, y)):
        return _low_tail(a, n, y) if _far_left(a, n, y) else 1 - _contour(a, n, y, 1)


def _low_tail(a: arb, n: arb, y: arb) -> arb:
    """Return P(S <= y) for a y far to the left."""
    if n == 1:
        return y.exp().gamma_lower(a, regularized=1)
    return _contour(a, n, y, -1)


def _far_left(a: arb, n: arb, y: arb) -> bool:
    """Return whether y lies so far left that P(S <= y) is small; elsewhere P(S > y) is easier."""
    mean, deviation = n * a.digamma(), (n * arb(2).zeta(a)).sqrt()
    return bool(y.mid() < (mean - 4 * deviation).mid())


def quantile(a: arb, n: arb, q: arb) -> arb:
    """Return a ball around the y with P(ln(G_1 ... G_n) <= y) = q, for 0 < q < 1.

    The law is log-concave, so ln P(S <= y) is concave and Newton's steps from the left stay there
    and rise to the root; likewise from the right for ln P(S > y). The last steps, each at twice
    the precision, are interval Newton steps: a ball that the step maps into itself holds the root.
    """
    upper = q.mid() > arb(1) / 2
    chance, aim, sign = (above, 1 - q, -1) if upper else (below, q, 1)
    with ctx.workprec(64):
        normal = -sign * (2 * aim.mid()).erfcinv()
        y = (n * a.digamma() + normal * (2 * n * arb(2).zeta(a)).sqrt()).mid()
        if upper:  # the tail is lighter than a normal one: Chernoff's bound holds the start back
            y = min([y, *(_ceiling(a, n, aim.mid(), arb(2) ** k) for k in range(-4, 40))])
        for _ in range(400):
            seen, slope = chance(a, n, y).mid(), density(a, n, y).mid()
            step = (sign * (aim.mid() / seen).log() * seen / slope).mid()
            y = (y + step).mid()
            if abs(step) < arb(2) ** -26 * (1 + abs(y)):  # the next would be about its square
                break
    reached = 40
    while reached > 0:
        wanted = min(ctx.prec, 2 * reached - 8)
        with ctx.workprec(wanted + 16):
            missing = sign * (aim - chance(a, n, y))
        with ctx.workprec(reached + 16):
            width = (4 * abs(missing) / slope.mid()).upper()
            slope = density(a, n, y + arb(0, width))
        with ctx.workprec(wanted + 16):
            step = missing / slope
            if not abs(step) < width:
                return arb("nan")
            found = y + step
        if wanted == ctx.prec:
            return found
        y, reached = found.mid(), wanted - 16
    return arb("nan")


def _ceiling(a: arb, n: arb, tail: arb, order: arb) -> arb:
    """Return Chernoff's bound, of this order, of the y that S exceeds with so small a chance."""
    return ((n * ((a + order).lgamma() - a.lgamma()) - tail.log()) / order).mid()


# --- the contour ---------------------------------------------------------------------------------


def _working(a: arb, n: arb, y: arb) -> int:
    """Return a precision at which the exponents of the integrand keep what the caller asks for."""
    return int(ctx.prec) + GUARD + _size(a, n, y)


def _size(a: arb, n: arb, y: arb) -> int:
    """Return the bits of the largest terms of an exponent."""
    size = float((n * (1 + abs(a) + a * abs(a.log())) + abs(y) * (1 + a)).upper())
    return max(math.ceil(math.log2(size + 2)), 0)


def _contour(a: arb, n: arb, y: arb, side: int) -> arb:
    """Return the integral: the density (side 0), the tail above y (1) or below it (-1)."""
    if n < 1 or not a.is_exact() or not y.is_finite():
        return arb("nan")
    ends = tuple(part.man_exp() for part in (a, n, y.mid(), y.rad()))
    return _remembered(ends, side, int(ctx.prec))


@lru_cache(maxsize=4096)
def _remembered(parts: tuple[tuple[fmpz, fmpz], ...], side: int, bits: int) -> arb:
    """Return the integral at the working precision, given every number as m 2^e."""
    a, n, middle, radius = (arb(m) * arb(2) ** e for m, e in parts)
    y, digits = middle + arb(0, radius), bits * math.log(2)
    with ctx.workprec(64 + _size(a, n, y)):
        rule = _rule(a, n, middle, side, digits)
    with ctx.workprec(bits + rule.lost):
        found = (_sum(a, n, middle, side, rule) + _blur(a, n, y, side, rule)) / (2 * arb.pi())
    return -found if side < 0 else found


def _blur(a: arb, n: arb, y: arb, side: int, rule: _Rule) -> arb:
    """Return a ball around 0 for what the integral may change while y stays in its ball.

    The slope in y has one s more in the integrand. On the line through w > 0, by the arctan bound,
    ln |Gamma(w + i t)/Gamma(w)| is at most -(5/12) t^2/w up to t = w and falls by pi/4 and more
    per unit beyond.
    """
    c, w = rule.saddle, a + rule.saddle
    peak = (n * (w.lgamma() - a.lgamma()) - c * y).exp()
    fall, rest = n * arb.pi() / 4, 2 * (-5 * n * w / 12).exp()
    slope = (12 * arb.pi() * w / (5 * n)).sqrt() + rest / fall
    if side == 0:
        slope = abs(c) * slope + 12 * w / (5 * n) + rest * (w / fall + 1 / fall**2)
    return arb(0, (y.rad() * peak * slope).upper())


def _sum(a: arb, n: arb, y: arb, side: int, rule: _Rule) -> arb:
    """Return a ball around the integral over t; the smaller a term, the fewer bits it needs."""
    count, base = whole(n), a.lgamma()
    bits, fewest = int(ctx.prec), 64 + _size(a, n, y)

    def value(t: arb) -> acb:
        s = acb(rule.c, t)
        found = (count * ((a + s).lgamma() - base) - s * y).exp()
        return found / s if side else found

    term = value(arb(0))
    total, floor, k = term.real, abs(term) * arb(2) ** -bits, 0
    largest = _exponent(term)
    while not abs(term) < floor:
        k += 1
        if k > MOST_NODES:
            raise ArithmeticError(_too_far(a, n, y))
        place = k * rule.h
        with ctx.workprec(min(bits, max(bits + _exponent(term) - largest, fewest))):
            term = value(place)
        total += 2 * term.real
    rest = 2 * abs(term) / (n * (k * rule.h / (a + rule.c)).atan())
    rest += _error(a, n, y, side, rule)
    return rule.h * total + arb(0, rest.upper())


def _too_far(a: arb, n: arb, y: arb) -> str:
    """Return why there are too many nodes: how far out the value lies."""
    mean, deviation = n * a.digamma(), (n * arb(2).zeta(a)).sqrt()
    shown = int(float(((y - mean) / deviation).mid()))
    return (
        f"its logarithm lies {abs(shown)} standard deviations {'below' if shown < 0 else 'above'} "
        f"its mean, where more than {MOST_NODES} nodes of the contour are needed"
    )


def _exponent(term: acb) -> int:
    """Return the e of the least 2^e above a modulus, about."""
    mantissa, exponent = abs(term).mid().man_exp()
    return int(mantissa.bit_length() + exponent)


def _error(a: arb, n: arb, y: arb, side: int, rule: _Rule) -> arb:
    """Return a bound of the error of the whole trapezoidal sum."""
    bound = _log_bound(a, n, y, side, rule.c, rule.d).exp()
    return 2 * bound / (2 * arb.pi() * rule.d / rule.h).expm1()


def _log_bound(a: arb, n: arb, y: arb, side: int, c: arb, d: arb) -> arb:
    """Return ln N for the strip of half width d around c."""
    ends = [n * ((a + at).lgamma() - a.lgamma()) - at * y for at in (c - d, c + d)]
    bound = ends[0].max(ends[1]) + (arb.pi() * (a + c + d + 1)).log()
    return bound - (abs(c) - d).log() if side else bound


def _rule(a: arb, n: arb, y: arb, side: int, digits: float) -> _Rule:
    """Return the abscissa, strip and step that need the fewest nodes, as far as seen.

    Any choice gives the right value; floats only guide it.
    """
    saddle = _saddle(a, n, y, side)
    best, least = _Rule(saddle, saddle, saddle, 0, saddle), math.inf
    lowest = _log_value(a, n, y, side, saddle)
    shift = a + saddle  # distance of the saddle from the poles
    for rise in range(16):
        c = (saddle * 2**rise if side > 0 else shift * 2**rise - a).mid()
        if rise and (c > -a / 4 if side < 0 else a + c > 64):
            break
        lost = float((_log_value(a, n, y, side, c) - lowest).mid())
        bits = max(math.ceil(lost / math.log(2)), 0)
        extent = _extent(float((a + c).mid()), float(n.mid()), digits + lost)
        reach = abs(c).min(a + c) if side else a + c
        before = least
        for halving in range(40):
            d = (reach * 9 / 10 / 2**halving).mid()
            rise_of_bound = float((_log_bound(a, n, y, side, c, d) - lowest).mid())
            steps = 2 * math.pi / (digits + max(rise_of_bound, 0) + 4)
            nodes = extent / (float(d) * steps)
            if nodes < least:
                best, least = _Rule(c, d, (d * steps).mid(), bits, saddle), nodes
            elif rise_of_bound < digits:
                break
        if least == before:
            break
    return best


def _log_value(a: arb, n: arb, y: arb, side: int, c: arb) -> arb:
    """Return ln |f(c)|."""
    value = n * ((a + c).lgamma() - a.lgamma()) - c * y
    return value - abs(c).log() if side else value


def _saddle(a: arb, n: arb, y: arb, side: int) -> arb:
    """Return about the point of the real axis where the integrand is smallest, by bisection."""

    def slope(c: arb) -> arb:
        found = n * (a + c).digamma() - y
        return found - 1 / c if side else found

    low, high = (arb(0), a) if side > 0 else (-a, arb(0) if side < 0 else a)
    while side >= 0 and slope(high) < 0:
        low, high = high, 2 * high
    for _ in range(60):
        middle = ((low + high) / 2).mid()
        if slope(middle) < 0:
            low = middle
        else:
            high = middle
    # near a pole the middle is as good as any
    return ((low + high) / 2).mid()


def _extent(w: float, n: float, digits: float) -> float:
    """Return about the t beyond which the integrand is e^(-digits) of its peak."""
    t = w
    while n * (t * math.atan(t / w) - w / 2 * math.log1p((t / w) ** 2)) < digits:
        t *= 1.3
    while n * (t * math.atan(t / w) - w / 2 * math.log1p((t / w) ** 2)) > digits:
        t /= 1.1
    return t * 1.1
