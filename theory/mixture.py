"""Two integrals of a fair mixture of N(-r, 1) and N(r, 1), as rigorous balls.

`Overlap(r)` is kap = (1/sigma) int_0^1 F^(-1)(u) Phi^(-1)(u) du, sigma^2 = 1 + r^2: how far the
quantiles of the mixture are those of a normal law. By parts it is

    (1/sigma) int phi(T(x)) dx,   T = Phi^(-1)(F(x)),

where T is found by Newton's method and enclosed by its interval form at the nodes of panels after
Gauss and Legendre, and by Picard's theorem on ellipses around them. The error of n nodes is at most
(64/15) M rho^(-2n) / (1 - rho^-2) times half the panel, M a bound on the ellipse of rho.
`LogCosh(r)` is E ln cosh(r^2 + r Z).

Source of the error bound: Trefethen, Approximation Theory and Approximation Practice, theorem 19.3.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import sympy as sp
from flint import acb, arb, ctx, fmpq, fmpz

from theory.node import Node
from theory.rational import NotRational

#: rho of the ellipses on which a panel's integrand is bounded.
ELLIPSE = 3


class Overlap(Node):
    """kap of (r,), r >= 0: the correlation of the quantiles of the mixture with normal ones."""

    nargs = 1

    @staticmethod
    def exact_value(r: fmpq) -> fmpq:
        """Return the value for one normal law, 1."""
        if r == 0:
            return fmpq(1)
        raise NotRational("an integral")

    @staticmethod
    def ball_value(r: arb) -> arb:
        """Return a ball, narrower with the working precision but not as narrow as it."""
        if r.is_zero():
            return arb(1)
        if not r.is_finite() or not r > 0:
            raise ArithmeticError(f"r = {r} lies outside r >= 0")
        return _overlap(r.mid().man_exp(), r.rad().man_exp(), ctx.prec)

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        return rf"\kappa\left({printer._print(self.args[0])}\right)"


class LogCosh(Node):
    """E ln cosh(r^2 + r Z) of (r,), Z standard normal, r >= 0."""

    nargs = 1

    @staticmethod
    def exact_value(r: fmpq) -> fmpq:
        """Return the mean for one normal law, 0."""
        if r == 0:
            return fmpq(0)
        raise NotRational("an integral")

    @staticmethod
    def ball_value(r: arb) -> arb:
        """Return a ball around the mean."""
        if r.is_zero():
            return arb(0)
        if not r.is_finite():
            raise ArithmeticError(f"r = {r} lies outside r >= 0")
        return _log_cosh(r.mid().man_exp(), r.rad().man_exp(), ctx.prec)

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        r = printer._print(self.args[0])
        return rf"\mathbb{{E}}\ln\cosh\left(({r})^2 + {r} Z\right)"


@lru_cache(maxsize=256)
def _log_cosh(middle: tuple[fmpz, fmpz], radius: tuple[fmpz, fmpz], bits: int) -> arb:
    """Return the mean at middle +- radius, each a mantissa and an exponent.

    By the trapezoidal rule of step h in z, |Im z| < d, r d < pi/2: with y = u + i v there,
    ln cos v <= ln |cosh y| <= |u| and |arg cosh y| <= |v|, so that the integrand integrates to at
    most N along each line, and the error is at most 2 N / (e^(2 pi d / h) - 1).
    """
    with ctx.workprec(bits + 20):
        r = arb(middle, arb(radius))
        small = arb(2) ** -bits
        # ln cosh y = y - ln 2 + ln(1 + exp(-2 y)), the last term at most exp(-2 y), and ln 2 - 2 y
        # where y = r (r + Z) < 0: its mean is at most this.
        beyond = 2 * _above(r) + 2 * _density(r) / r
        if beyond < small:
            return r * r - arb(2).log() + arb(0, arb(beyond.upper()))
        digits, scale = (bits + 20) * math.log(2), (2 * arb.pi()).sqrt()
        d = arb(min(1.5 / float(r.upper()), math.sqrt(2 * digits)))
        bound = (d * d / 2).exp() * (r * r + r - (r * d).cos().log() + arb.pi() / 2) * scale
        h = arb((2 * arb.pi() * d / (digits + bound.log())).mid())
        error = 2 * bound / (2 * arb.pi() * d / h).expm1()
        count = math.ceil(float((arb(2 * digits).sqrt() / h).upper()))
        body = (r * r).cosh().log()
        for k in range(1, count + 1):
            z = k * h
            body += (-z * z / 2).exp() * ((r * (r + z)).cosh() * (r * (r - z)).cosh()).log()
        # 0 <= ln cosh y <= r (r + abs(z)), and z exp(-z^2/2) falls where z >= 1
        rest = 2 * r * (r + 1) * (-((count * h) ** 2) / 2).exp()
        return (h * body + arb(0, arb((error + rest).upper()))) / scale


@lru_cache(maxsize=256)
def _overlap(middle: tuple[fmpz, fmpz], radius: tuple[fmpz, fmpz], bits: int) -> arb:
    """Return kap at middle +- radius, each a mantissa and an exponent."""
    tolerance = 40 + bits // 5
    with ctx.workprec(tolerance + 40):
        r = arb(middle, arb(radius))
        # T >= x - r, and phi falls: the rest is at most P(Z > reach - r).
        reach = arb((r + (2 * arb(tolerance) * arb(2).log()).sqrt()).upper())
        rest = _above(reach - r)
        body, left, half = arb(0, arb(rest.upper())), arb(0), arb(1) / 2
        while left < reach:
            half = min(half, (reach - left) / 2)
            part = _panel(left + half, half, r, tolerance)
            if part is None:
                half = arb((half * 4 / 5).mid())
                continue
            body, left, half = body + part, left + 2 * half, arb((half * 5 / 4).mid())
        return 2 * body / (1 + r * r).sqrt()


def _panel(middle: arb, half: arb, r: arb, tolerance: int) -> arb | None:
    """Return a ball around the integral of phi(T) over a panel; None where it is too long.

    Where phi(T) is small fewer nodes and fewer digits of it will do.
    """
    wide, high = half * (ELLIPSE + 1 / arb(ELLIPSE)) / 2, half * (ELLIPSE - 1 / arb(ELLIPSE)) / 2
    with ctx.workprec(64):
        around = _around(middle, arb(wide.upper()), arb(high.upper()), r)
    if around is None:
        return None
    largest = abs(_density(around)).upper()
    needed = tolerance + 8 + math.log2(float(largest) + 2.0**-tolerance)
    count = max(math.ceil(needed / (4 * math.log2(ELLIPSE))), 1)
    total, nodes = arb(0), _nodes(count, ctx.prec)
    with ctx.workprec(math.ceil(max(needed, 0)) + 40):
        for root, weight in nodes:
            for point in (middle + half * root, middle - half * root):
                total += weight * _density(_transported(point, r))
    error = 64 * largest / 15 * arb(ELLIPSE) ** (-4 * count) / (1 - arb(ELLIPSE) ** -2)
    return half * (total + arb(0, arb(error.upper())))


def _around(middle: arb, wide: arb, high: arb, r: arb) -> acb | None:
    """Return a ball around T on the rectangle middle +- wide +- i high; None where it fails.

    With T = shift + E, where shift is x - r to the right of r and 0 to the left, E' = g(x, E) for
    g = f(x) / phi(shift + E) - shift', f the density of the mixture. Where E(middle) + g(x, B) (x -
    middle) stays in the ball B for all x, Picard's theorem continues E, with values in B.
    """
    place = acb(middle + arb(0, wide), arb(0, high))
    right = bool(middle > r)
    shift = place - r if right else acb(0)
    centre = _transported(middle, r) - (middle - r if right else 0)

    def slope(error: acb) -> acb:
        if right:  # the exponent of f(x) / phi(T), x^2 / 2 cancelled
            tilt = (shift * error + error * error / 2).exp()
            return (1 + (-2 * r * place).exp()) / 2 * tilt - 1
        return (_density(place - r) + _density(place + r)) / (2 * _density(error))

    unit = abs(slope(acb(centre))).upper() * (wide + high)
    for factor in (1.5, 3, 6):
        room = arb(0, arb((factor * unit).upper()))
        about = centre + acb(room, room)
        found = centre + slope(about) * (place - middle)
        if found.is_finite() and about.contains(found):
            return shift + found
    return None


@lru_cache(maxsize=64)
def _nodes(count: int, bits: int) -> tuple[tuple[arb, arb], ...]:
    """Return the positive nodes of 2 * count points of Gauss and Legendre, with weights."""
    with ctx.workprec(bits):
        found = (arb.legendre_p_root(2 * count, k, weight=True) for k in range(count))
        return tuple((root, weight) for root, weight in found)


def _above(x: Any) -> Any:
    """Return P(Z > x)."""
    return (x / arb(2).sqrt()).erfc() / 2


def _density(x: Any) -> Any:
    return (-x * x / 2).exp() / (2 * arb.pi()).sqrt()


def _transported(x: arb, r: arb) -> arb:
    """Return a ball around T at a ball of real x.

    Interval Newton: where m + (P(Z > m) - w) / phi(B) lies inside the ball B about m, for all w in
    P(X > x), B holds T.
    """
    wanted = _above(x - r)
    # of the part that is exp(-2 r x) times as likely, or less, the first digits will do
    with ctx.workprec(max(ctx.prec - int(2.8 * float(r) * float(x)), 16)):
        rare = _above(x + r)
    wanted = (wanted + rare) / 2
    middle, good = _newton(x.mid(), r, wanted)
    unit = wanted.rad() / _density(middle) + (1 + abs(middle)) * arb(2) ** (12 - good)
    for factor in (2, 16, 256):
        about = middle + arb(0, arb((factor * unit).upper()))
        found = middle + (_above(middle) - wanted) / _density(about)
        if found.is_finite() and about.contains(found):
            return found
    raise ArithmeticError(f"Newton's method fails at x = {x}, r = {r}")


def _newton(x: arb, r: arb, wanted: arb) -> tuple[arb, int]:
    """Return T at one point, exact ball, nearly, and to how many bits: half of all, or more.

    In doubles first, then with all digits; the step of the interval form doubles them once more.
    """
    place, shift = float(x), float(r)
    aim = (
        math.erfc((place - shift) / math.sqrt(2)) + math.erfc((place + shift) / math.sqrt(2))
    ) / 4
    root = max(place - shift, 0.0)  # left of T, where Newton's method rises
    for _ in range(100):
        step = (math.erfc(root / math.sqrt(2)) / 2 - aim) * math.sqrt(2 * math.pi)
        step *= math.exp(root * root / 2)
        root += step
        if abs(step) < 1e-9:
            break
    fine, good = arb(root), 40
    while 2 * good < ctx.prec + 24:
        fine = (fine + (_above(fine) - wanted) / _density(fine)).mid()
        good = 2 * good - 4
    return fine, good
