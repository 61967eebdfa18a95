"""Balls around roots and the logarithm of the variance of M normal points, from one determinant.

Let z_1..z_M be standard normal, Q = sum (z_j - mean)^2 = z^T P z and Y = Q / divisor. The density
of z times exp(-t Y) is a Gaussian with precision I + c P, c = 2 t / divisor, so that

    E exp(-t Y) = det(I + c P)^(-1/2),   det(I + c P) = (1 + c)^(M - 1),

because I + c P = (1 + c) I - (c/M) 1 1^T has the determinant (1 + c)^M (1 - c / (1 + c)). No law of
Q is named and no freedom counted. As P 1 = 0, that Gaussian leaves the variance 1/M of the mean as
it is: a power of the mean inside any of these expectations of Y becomes its own expectation.

With Y^(-1/2) = (2 / sqrt(pi)) int exp(-x^2 Y) dx over x > 0, odd powers of the root are integrals
of derivatives of E exp(-t Y) at t = x^2; x = sqrt(divisor / 2) tan(f) turns them into integrals of
a power of cos(f). Even powers are derivatives at t = 0. The logarithm is
ln Y = -Euler - int Y exp(-t Y) ln(t) dt; with exp(-y) = 1 / (1 + c) its mean is one integral of
exp(-(M - 1) y / 2) ln(e^y - 1), whose part ln(y) is elementary.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from flint import acb, arb, ctx, fmpq

from numerics.enumeration import schedule

__all__ = ["expected_log", "expected_root", "mean_and_deviation"]

GUARD = 40
"""Working bits beyond those asked for."""

HIGHEST = 16
"""Largest power of the root."""


def mean_and_deviation(
    powers: tuple[int, int], samples: int | Sequence[int], generations: int, bits: int = 96
) -> arb:
    """Return a ball around E[mean^a deviation^b] after some generations, from mean 0, deviation 1.

    powers: (a, b), both at least 0, a + b at most HIGHEST; the deviation is the root of the
    unbiased variance. samples: at least 2, one number or one a generation. generations: at least 0.
    bits: at least 32, of working precision. ValueError outside these domains.

    >>> print(mean_and_deviation((2, 0), 4, 3).str(12, radius=False))
    0.750000000000
    """
    a, b = powers
    if min(a, b) < 0 or a + b > HIGHEST:
        raise ValueError(f"powers = {powers} lies outside a, b >= 0, a + b <= {HIGHEST}")
    sizes = schedule(samples, generations, 2)
    with ctx.workprec(bits + GUARD):
        found = {powers: arb(1)}
        for size in reversed(sizes):
            before: dict[tuple[int, int], arb] = {}
            for (high, root), weight in found.items():
                factor = weight * (expected_root(size, size - 1, root, bits) if root else 1)
                for i in range(0, high + 1, 2):  # mean + deviation times the points' own mean
                    own = fmpq(math.comb(high, i) * math.prod(range(1, i, 2)), size ** (i // 2))
                    key = high - i, root + i
                    before[key] = before.get(key, arb(0)) + factor * own
            found = before
        return sum((value for (high, _), value in found.items() if high == 0), arb(0))


@lru_cache(maxsize=4096)
def expected_root(samples: int, divisor: int, power: int = 1, bits: int = 96) -> arb:
    """Return a ball around E Y^(power/2), Y = sum (z_j - mean)^2 / divisor of normal points.

    samples: at least 2. divisor: at least 1. power: from 1 to HIGHEST. bits: at least 32; the
    relative width is about 2^-bits. ValueError outside these domains.

    >>> print(expected_root(3, 2, 1, 64).str(12, radius=False))
    0.886226925453
    """
    _check(samples, divisor, bits)
    if not 1 <= power <= HIGHEST:
        raise ValueError(f"power = {power} lies outside 1 <= power <= {HIGHEST}")
    free, derivatives = samples - 1, (power + 1) // 2
    scale = math.prod((fmpq(free + 2 * j, divisor) for j in range(derivatives)), start=fmpq(1))
    with ctx.workprec(bits + GUARD):
        if power % 2 == 0:
            return arb(scale)
        small, degree = arb(2) ** -(bits + 20), free + power - 1
        body = acb.integral(
            lambda f, _: f.cos() ** degree, 0, arb.pi() / 2, rel_tol=small, abs_tol=small
        ).real
        return _sharp(2 / arb.pi().sqrt() * scale * arb(fmpq(divisor, 2)).sqrt() * body, bits)


@lru_cache(maxsize=256)
def expected_log(samples: int, divisor: int, bits: int = 96) -> arb:
    """Return a ball around E ln Y; arguments as in `expected_root`.

    With n = M - 1 it is ln(n / divisor) - 1/n - int (n/2) exp(-n y/2) ln(sinh(y/2) / (y/2)) dy.

    >>> print(expected_log(3, 2, 64).str(12, radius=False))
    -0.577215664902
    """
    _check(samples, divisor, bits)
    half = arb(fmpq(samples - 1, 2))
    with ctx.workprec(bits + GUARD):
        small = arb(2) ** -(bits + 20)
        # ln(sinh(y/2) / (y/2)) < y/2, and int half y/2 exp(-half y) over y > cut is below the rest.
        cut = (arb(bits + 40) * arb(2).log() + 1) * 2 / half

        def integrand(y: acb, analytic: bool) -> acb:
            ratio = (y * acb(0, 1) / 2).sinc()
            return half * (-half * y).exp() * ratio.log(analytic=analytic)

        body = acb.integral(integrand, 0, cut, rel_tol=small, abs_tol=small).real
        tail = (-half * cut).exp() * (cut + 1 / half) / 2
        return arb(fmpq(samples - 1, divisor)).log() - 1 / (2 * half) - body - tail.union(arb(0))


def _sharp(ball: arb, bits: int) -> arb:
    """Return the ball, or raise ArithmeticError where it is far wider than was asked."""
    if not ball.is_finite() or ball.rel_accuracy_bits() < bits - 16:
        raise ArithmeticError(f"the integral reached {ball}, which is wider than {bits} bits")
    return ball


def _check(samples: int, divisor: int, bits: int) -> None:
    checks = (("samples", samples, 2), ("divisor", divisor, 1), ("bits", bits, 32))
    for name, value, least in checks:
        if not isinstance(value, int):
            raise TypeError(f"{name} = {value!r} is not an integer")
        if value < least:
            raise ValueError(f"{name} = {value} lies outside {name} >= {least}")
