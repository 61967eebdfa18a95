"""Balls around means of fitted Gaussian scales, by direct rigorous integration.

For Y = (sum of nu squared standard normals) / divisor, the norm X of nu standard normals has a
density proportional to x^(nu - 1) exp(-x^2 / 2) (polar coordinates in nu dimensions; the constant
is integrated too, never named), and Y = X^2 / divisor. With x = sqrt(k) e^y,

    integral of x^(k - 1) exp(-x^2 / 2) over x > 0  =  (k / e)^(k / 2) J(k),
    J(k) = integral of exp(k (y - (e^(2y) - 1) / 2)) over the whole line,

for every real k > 0. The integrand is analytic everywhere, whatever k, so that no singularity at
x = 0 is left to care for; it is 1 at its peak y = 0; and its two tails are bounded by elementary
estimates, written where they are used. Nothing here evaluates a Gamma function.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from flint import acb, arb, ctx, fmpq

GUARD = 40
"""Working bits beyond those asked for."""


def expected_power(nu: int, divisor: int, t: Fraction | int, bits: int = 96) -> arb:
    """Return a ball around E Y^t, Y the sum of nu squared standard normals over a divisor.

    nu: at least 1. divisor: at least 1. t: an exact rational above -nu/2, where the mean is
    finite. bits: at least 32; the relative width is about 2^-bits. ValueError outside these
    domains.

    >>> print(expected_power(3, 3, 1, 64).str(12, radius=False))
    1.00000000000
    """
    _check(nu, divisor, bits)
    _check_rational("t", t)
    if 2 * t <= -nu:
        raise ValueError(f"t = {t} lies outside t > -nu/2 = {Fraction(-nu, 2)}")
    shifted = nu + 2 * Fraction(t)
    with ctx.workprec(bits + GUARD):
        scale = _ball(shifted).log() * _ball(shifted / 2) - arb(nu).log() * fmpq(nu, 2)
        scale -= _ball(t) * (1 + arb(divisor).log())
        ratio = _integral(shifted, 0, bits) / _integral(Fraction(nu), 0, bits)
        return _sharp(scale.exp() * ratio, bits)


def expected_log(nu: int, divisor: int, bits: int = 96) -> arb:
    """Return a ball around E ln Y, Y the sum of nu squared standard normals over a divisor.

    nu: at least 1. divisor: at least 1. bits: at least 32; the width is about 2^-bits. ValueError
    outside these domains.

    >>> print(expected_log(2, 2, 64).str(12, radius=False))
    -0.577215664902
    """
    _check(nu, divisor, bits)
    with ctx.workprec(bits + GUARD):
        mean = _integral(Fraction(nu), 1, bits) / _integral(Fraction(nu), 0, bits)
        return arb(fmpq(nu, divisor)).log() + 2 * mean


def variance_log(nu: int, bits: int = 96) -> arb:
    """Return a ball around Var ln Y, Y the sum of nu squared standard normals (any divisor).

    nu: at least 1. bits: at least 32; the width is about 2^-bits. ValueError outside these domains.

    >>> print(variance_log(2, 64).str(12, radius=False))
    1.64493406685
    """
    _check(nu, 1, bits)
    with ctx.workprec(bits + GUARD):
        mass, first, second = (_integral(Fraction(nu), degree, bits) for degree in range(3))
        return 4 * (second / mass - (first / mass) ** 2)


def expected_root_of_mixture(weights: Sequence[Fraction | int], nu: int, bits: int = 96) -> arb:
    """Return a ball around E sqrt(w_1 S_1 + w_2 S_2), S_k independent (sum of nu squares) / nu.

    weights: two exact rationals, nonnegative, not both 0. nu: at least 1. bits: at least 32; the
    relative width is about 2^-bits. ValueError outside these domains.

    Let X_1 = r cos(f), X_2 = r sin(f) be the norms of two independent vectors of nu standard
    normals. Their joint density is proportional to
    (r cos f)^(nu-1) (r sin f)^(nu-1) exp(-r^2/2) r dr df, a function of r times one of f: r and f
    are independent, r is the norm of 2 nu normals, and f has a density proportional to
    sin(2f)^(nu-1) on (0, pi/2). Since w_1 S_1 + w_2 S_2 = (r^2/nu) (w_1 cos^2 f + w_2 sin^2 f),
    the mean is that of sqrt(r^2/nu) times that of the angular root.
    """
    _check(nu, nu, bits)
    if len(weights) != 2:
        raise ValueError(f"weights = {tuple(weights)} lies outside pairs")
    for w in weights:
        _check_rational("weights", w)
    first, second = weights
    if min(first, second) < 0 or first + second == 0:
        raise ValueError(f"weights = {tuple(weights)} lies outside w >= 0, not both 0")
    half = Fraction(1, 2)
    with ctx.workprec(bits + GUARD):
        if first == 0 or second == 0:
            return _ball(first + second).sqrt() * expected_power(nu, nu, half, bits)
        left, right = _ball(first), _ball(second)

        def mass(angle: acb, _: bool) -> acb:
            return (2 * angle).sin() ** (nu - 1)

        def root(angle: acb, analytic: bool) -> acb:
            square = left * angle.cos() ** 2 + right * angle.sin() ** 2
            return mass(angle, analytic) * square.sqrt(analytic=analytic)

        quarter, fine = arb.pi() / 2, arb(2) ** -(bits + 12)
        unit = fine * ((left + right) / 2).sqrt()
        top = acb.integral(root, 0, quarter, rel_tol=fine, abs_tol=unit).real
        bottom = acb.integral(mass, 0, quarter, rel_tol=fine, abs_tol=fine).real
        return _sharp(expected_power(2 * nu, nu, half, bits) * top / bottom, bits)


@lru_cache(maxsize=256)
def expected_root_of_points(samples: int, divisor: int, bits: int = 96) -> arb:
    """Return a ball around E sqrt(sum (z_j - mean)^2 / divisor) of 2 or 3 standard normal points.

    samples: 2 or 3. divisor: at least 1. bits: at least 32; the relative width is about 2^-bits.
    ValueError outside these domains.

    The points' differences are integrated over, with no argument about degrees of freedom. Two
    points: u = z_2 - z_1 is normal with variance 2 and the sum of squares is u^2 / 2. Three:
    (u, v) = (z_2 - z_1, z_3 - z_1) has variances 2 and covariance 1, so its density is proportional
    to exp(-q/2) with q = (2/3)(u^2 - u v + v^2), and the sum of squares is u^2 + v^2 - (u + v)^2/3;
    in polar coordinates both are r^2 times a function of the angle.

    >>> print(expected_root_of_points(3, 2, 64).str(12, radius=False))
    0.886226925453
    """
    _check(samples, divisor, bits)
    half = Fraction(1, 2)
    if samples == 2:
        return expected_power(1, divisor, half, bits)
    if samples != 3:
        raise ValueError(f"samples = {samples} lies outside {{2, 3}}")

    def density(angle: acb) -> acb:
        return (1 - angle.cos() * angle.sin()) * 2 / 3

    def squares(angle: acb) -> acb:
        return 1 - (angle.cos() + angle.sin()) ** 2 / 3

    def root(angle: acb, analytic: bool) -> acb:
        radial = density(angle)
        return squares(angle).sqrt(analytic=analytic) / (radial * radial.sqrt(analytic=analytic))

    def mass(angle: acb, _: bool) -> acb:
        return 1 / density(angle)

    with ctx.workprec(bits + GUARD):
        fine = arb(2) ** -(bits + 12)
        around = 2 * arb.pi()
        top = acb.integral(root, 0, around, rel_tol=fine, abs_tol=fine).real
        bottom = acb.integral(mass, 0, around, rel_tol=fine, abs_tol=fine).real
        # The radius: r^2 exp(-r^2/2) against r exp(-r^2/2).
        return _sharp(expected_power(2, divisor, half, bits) * top / bottom, bits)


# ------------------------------------------------------------------ integration


@lru_cache(maxsize=4096)
def _integral(k: Fraction, degree: int, bits: int) -> arb:
    """Return a ball around the integral of y^degree exp(k (y - (e^(2y) - 1) / 2)).

    k > 0 and degree is 0, 1 or 2. The working precision is the caller's.
    """
    rate = _ball(k)

    def integrand(y: acb, _: bool) -> acb:
        return y**degree * (rate * (y - (2 * y).expm1() / 2)).exp()

    small = arb(2) ** -(bits + 16)
    left = -_left_cut(rate, degree, small)
    right = _right_cut(rate, degree, small)
    body, end = arb(0), arb(-1)
    while left < end:
        body += acb.integral(integrand, end, right, rel_tol=small, abs_tol=small).real
        end, right = 2 * end, end
    body += acb.integral(integrand, left, right, rel_tol=small, abs_tol=small).real
    return body + arb(0, 2 * small)


def _left_cut(rate: arb, degree: int, small: arb) -> arb:
    """Return A such that the integral over y < -A is at most `small` in absolute value.

    With k the rate, e^(2y) > 0 bounds the exponential by e^(k/2) e^(k y), and by parts the integral
    of x^d e^(-k x) over x > A is e^(-k A) times the sum over i = 0..d of
    d!/(d - i)! A^(d - i) / k^(i + 1).
    """
    cut = arb(1)
    while True:
        terms = (
            math.perm(degree, i) * cut ** (degree - i) / rate ** (i + 1) for i in range(degree + 1)
        )
        if (rate / 2 - rate * cut).exp() * sum(terms, arb(0)) <= small:
            return cut
        cut *= fmpq(5, 4)


def _right_cut(rate: arb, degree: int, small: arb) -> arb:
    """Return B such that the integral over y > B is at most `small`.

    For y > 0, y^d < e^(d y). With k the rate, the exponent g(y) = (k + d) y - k (e^(2y) - 1)/2 has
    g'(y) = k + d - k e^(2y) <= -k e^(2B)/2 for y > B as soon as k e^(2B) >= 2 (k + d), so that the
    tail is at most e^g(B) / (k e^(2B)/2).
    """
    cut = arb(fmpq(1, 4))
    while True:
        steep = rate * (2 * cut).exp()
        exponent = (rate + degree) * cut - rate * (2 * cut).expm1() / 2
        if steep >= 2 * (rate + degree) and exponent.exp() * 2 / steep <= small:
            return cut
        cut += fmpq(1, 8)


def _sharp(ball: arb, bits: int) -> arb:
    """Return the ball, or raise ArithmeticError where it is far wider than was asked."""
    if not ball.is_finite() or ball.rel_accuracy_bits() < bits - 16:
        raise ArithmeticError(f"the integral reached {ball}, which is wider than {bits} bits")
    return ball


# ---------------------------------------------------------------------- domains


def _ball(value: Fraction | int) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def _check_rational(name: str, value: object) -> None:
    if not isinstance(value, (int, Fraction)):
        raise TypeError(f"{name} contains {value!r}, which is not an exact rational")


def _check(nu: int, divisor: int, bits: int) -> None:
    _check_integer("nu", nu, 1)
    _check_integer("divisor", divisor, 1)
    _check_integer("bits", bits, 32)


def _check_integer(name: str, value: object, least: int) -> None:
    if not isinstance(value, int):
        raise TypeError(f"{name} = {value!r} is not an integer")
    if value < least:
        raise ValueError(f"{name} = {value} lies outside {name} >= {least}")
