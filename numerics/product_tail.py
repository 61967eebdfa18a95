"""Balls around tails and densities of one or two fitted variances multiplied, by integration.

X is the norm of nu standard normals: its density is proportional to x^(nu - 1) exp(-x^2 / 2), and
a fitted variance is X^2 / divisor. By parts, the tail integral

    T_nu(L) = integral of x^(nu - 1) exp(-x^2 / 2) over x > L

is L^(nu - 2) exp(-L^2 / 2) + (nu - 2) T_{nu - 2}(L), down to T_1(L) = sqrt(pi / 2) erfc(L / sqrt 2)
or T_2(L) = exp(-L^2 / 2); the constant of proportionality is 1 / T_nu(0). The second factor is
integrated over. Nothing here evaluates a Gamma function or a Bessel function.

For fits of 2 and 3 points nu = 1 and 2, with no argument about degrees of freedom. Two points: the
sum of squares is (z_2 - z_1)^2 / 2, and z_2 - z_1 has variance 2. Three: (z_2 - z_1, z_3 - z_1) has
variances 2 and covariance 1, so a density proportional to exp(-q/2) in the plane, where
q = (2/3)(u^2 - u v + v^2) is the sum of squares u^2 + v^2 - (u + v)^2/3 itself; the area inside
q < s is a multiple of s, so P(q > s) = exp(-s/2), as for the square of X with nu = 2.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from flint import acb, arb, ctx, fmpq

__all__ = ["density", "survival"]

GUARD = 40
"""Working bits beyond those asked for."""


def survival(nu: int, divisor: int, generations: int, level: Fraction | int, bits: int = 96) -> arb:
    """Return a ball around P(Y_1 ... Y_n > level), Y_k = X_k^2 / divisor independent.

    nu, divisor: at least 1. generations: n = 1 or 2. level: an exact rational above 0. bits: at
    least 32; the width is about 2^-bits. ValueError outside these domains.

    >>> print(survival(2, 2, 1, 1, 64).str(12, radius=False))
    0.367879441171
    """
    _check(nu, divisor, generations, level)
    with ctx.workprec(bits + GUARD):
        product = (_ball(level) * arb(divisor) ** generations).sqrt()
        mass = _tail(nu, acb(0)).real
        if generations == 1:
            return _tail(nu, acb(product)).real / mass
        small = arb(2) ** -(bits + 16) * mass * mass

        def integrand(y: acb, _: bool) -> acb:
            x = y.exp()
            return (nu * y - x * x / 2).exp() * _tail(nu, product / x)

        left, right = arb(1), arb(1)
        while not left**nu / nu * _tail(nu, acb(product / left)).real < small:
            left /= 2
        while not _tail(nu, acb(right)).real * mass < small:
            right += 1
        body = _integral(integrand, left.log(), right.log(), small, 8 + nu)
        return (body + arb(0, 2 * small)) / (mass * mass)


def density(nu: int, divisor: int, generations: int, level: Fraction | int, bits: int = 96) -> arb:
    """Return a ball around the density of Y_1 ... Y_n at the level; arguments as in `survival`.

    >>> print(density(2, 2, 1, 1, 64).str(12, radius=False))
    0.367879441171
    """
    _check(nu, divisor, generations, level)
    with ctx.workprec(bits + GUARD):
        value = _ball(level)
        product = (value * arb(divisor) ** generations).sqrt()
        mass = _tail(nu, acb(0)).real
        slope = product / (2 * value)  # of the product of the norms, in the level
        if generations == 1:
            return product ** (nu - 1) * (-product * product / 2).exp() / mass * slope
        small = arb(2) ** -(bits + 16) * (-product).exp()

        def integrand(y: acb, _: bool) -> acb:
            square = (2 * y).exp()
            return (-(square + product * product / square) / 2).exp()

        right, left = arb(1), arb(1)
        while not (-right * right / 2).exp() / (right * right) < small:
            right += 1
        # the same end for the other factor, product / x
        while not (-left * left / 2).exp() / (left * left) < small:
            left += 1
        body = _integral(integrand, (product / left).log(), right.log(), small, 8 + nu)
        return product ** (nu - 1) * (body + arb(0, 2 * small)) * slope / (mass * mass)


def _integral(
    integrand: Callable[[acb, bool], acb], left: arb, right: arb, small: arb, pieces: int
) -> arb:
    """Return a ball around an integral, cut into pieces: balls of a short path stay tight."""
    total = arb(0)
    step = (right - left) / pieces
    for k in range(pieces):
        ends = left + k * step, left + (k + 1) * step
        total += acb.integral(integrand, *ends, rel_tol=small, abs_tol=small).real
    return total


def _tail(nu: int, level: acb) -> acb:
    """Return T_nu at a complex level: every step of the recursion is an entire function."""
    edge = (-level * level / 2).exp()
    if nu % 2:
        total, start = (acb.pi() / 2).sqrt() * (level / acb(2).sqrt()).erfc(), 3
    else:
        total, start = edge, 4
    for k in range(start, nu + 1, 2):
        total = level ** (k - 2) * edge + (k - 2) * total
    return total


def _ball(value: Fraction | int) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def _check(nu: int, divisor: int, generations: int, level: Fraction | int) -> None:
    if nu < 1 or divisor < 1:
        raise ValueError(f"nu = {nu}, divisor = {divisor} lie outside nu >= 1, divisor >= 1")
    if generations not in (1, 2):
        raise ValueError(f"generations = {generations} lies outside {{1, 2}}")
    if level <= 0:
        raise ValueError(f"level = {level} lies outside level > 0")
