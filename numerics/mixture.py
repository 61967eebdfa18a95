"""The fair mixture of N(-a, s^2) and N(a, s^2): its overlap with a normal law, entropy, one fit.

Nothing here is a closed form. The overlap is enclosed between sums over a grid, the relative
entropy is a rigorous integral over the density, and the mean deviation of M points is averaged over
how many lie about a, each case an integral of a determinant (`quadratic_form`).
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from flint import acb, arb, ctx, fmpq
from scipy.special import ndtr, ndtri

__all__ = ["expected_deviation", "moments", "overlap", "relative_entropy"]

GRID = 400_000
"""Cells of the sums around the overlap."""

FAR = 8
"""Standard deviations of a part beyond which the tail is bounded."""

ROUNDING = 1e-9
"""Covers double precision, many times over."""


def moments(a: Fraction, s: Fraction, most: int) -> tuple[Fraction, ...]:
    """Return E x^k for k = 0, ..., most."""
    normal = [0 if j % 2 else math.prod(range(1, j, 2)) for j in range(most + 1)]
    return tuple(
        sum((math.comb(k, j) * a ** (k - j) * s**j * normal[j] for j in range(k + 1)), Fraction(0))
        if k % 2 == 0
        else Fraction(0)
        for k in range(most + 1)
    )


def overlap(a: Fraction, s: Fraction) -> tuple[float, float]:
    """Return two numbers around E q(U) z(U), U uniform, q, z the quantiles of mixture and normal.

    a >= 0, s > 0. By symmetry it is twice the part above the median, where both quantiles rise from
    0: over a cell of the grid in q, their product lies between its values at the ends. Beyond the
    grid q is at most a + s z, the quantile of the right part.
    """
    centre, width = float(a), float(s)
    ends = np.linspace(0.0, centre + FAR * width, GRID + 1)
    above = 0.5 * (ndtr((centre - ends) / width) + ndtr((-centre - ends) / width))
    product = ends * -ndtri(above)
    mass = above[:-1] - above[1:]
    last = -float(ndtri(above[-1]))
    density = math.exp(-last * last / 2) / math.sqrt(2 * math.pi)
    tail = (centre + width * last) * density + width * float(above[-1])
    low, high = 2 * float(product[:-1] @ mass), 2 * (float(product[1:] @ mass) + tail)
    return low * (1 - ROUNDING), high * (1 + ROUNDING)


def relative_entropy(a: Fraction, s: Fraction, bits: int = 96) -> arb:
    """Return a ball around the relative entropy of the mixture to the normal law of its moments.

    a >= 0, s > 0, bits >= 32. The integral of f ln(f / g), in units of s and with a for a/s.
    """
    with ctx.workprec(bits + 40):
        shift = arb(fmpq(a.numerator, a.denominator)) / arb(fmpq(s.numerator, s.denominator))
        square = 1 + shift * shift
        root = (2 * arb.pi()).sqrt()

        def integrand(x: acb, analytic: bool) -> acb:
            parts = (-((x - shift) ** 2) / 2).exp() + (-((x + shift) ** 2) / 2).exp()
            normal = -x * x / (2 * square) - square.log() / 2
            return parts / (2 * root) * ((parts / 2).log(analytic=analytic) - normal)

        small = arb(2) ** -(bits + 8)
        reach = shift + (2 * arb(bits + 40) * arb(2).log()).sqrt() + 4
        body = acb.integral(integrand, 0, reach, rel_tol=small, abs_tol=small).real
        # f ln(f/g): abs(ln) <= x^2 + 1 there, and f <= exp(-(x - shift)^2 / 2).
        rest = (reach + 1) ** 2 * 4 * (-((reach - shift) ** 2) / 2).exp()
        return 2 * body + arb(0, rest)


def expected_deviation(a: Fraction, s: Fraction, samples: int, bits: int = 96) -> arb:
    """Return a ball around the mean unbiased standard deviation of M points of the mixture.

    a >= 0, s > 0, samples >= 2, bits >= 32. With k of the M points about a, the centres have the
    sum of squares L = 4 a^2 k (M - k) / M about their mean, and the Gaussian integral of
    `quadratic_form` gains the factor exp(-t L / (divisor (1 + c))), c = 2 t s^2 / divisor. With
    t = x^2 and c = tan(f)^2 the mean root is an integral over f.
    """
    free = samples - 1
    with ctx.workprec(bits + 40):
        small = arb(2) ** -(bits + 20)
        width = arb(fmpq(s.numerator, s.denominator))
        total = arb(0)
        for k in range(samples // 2 + 1):
            weight = math.comb(samples, k) * (1 if 2 * k == samples else 2)
            spread = 4 * a * a * Fraction(k * (samples - k), samples) / (s * s)
            noncentral = arb(fmpq(spread.numerator, spread.denominator))

            def integrand(f: acb, _: bool, by: arb = noncentral) -> acb:
                drop = (-by / 2 * f.sin() ** 2).exp()
                return f.cos() ** free * drop * (free + by * f.cos() ** 2)

            part = acb.integral(integrand, 0, arb.pi() / 2, rel_tol=small, abs_tol=small).real
            total += part * fmpq(weight, 2**samples)
        return total * width * 2 / (arb.pi() * 2 * free).sqrt()
