"""Mean of the smallest of several independent lifetimes, by direct rigorous integration.

Lifetime i has ended by time t with probability exp(-a_i / t). The mean of the smallest is the
integral of prod (1 - exp(-a_i / t)) over t > 0. With t = e^v the integrand is entire and positive,
and both tails are elementary: it is at most e^v on the left, and at most the product of the a_i
times e^(-(K-1) v) on the right.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flint import acb, arb, ctx, fmpq

__all__ = ["mean_of_smallest"]

GUARD = 24
"""Working bits beyond those asked for."""


def mean_of_smallest(scales: Sequence[Fraction | int], bits: int = 96) -> arb:
    """Return a ball around the mean of the smallest lifetime.

    scales: the a_i, two or more exact rationals above 0; with a single one the mean is infinite.
    bits: at least 32; the width is about 2^-bits of the sum of the scales. ValueError outside.

    >>> print(mean_of_smallest([1, 1], 64).str(12, radius=False))
    1.38629436112
    """
    if len(scales) < 2 or min(scales) <= 0 or bits < 32:
        raise ValueError(
            f"scales = {tuple(map(str, scales))}, bits = {bits} lie outside two or more scales "
            "above 0, bits >= 32"
        )
    with ctx.workprec(bits + GUARD):
        sizes = [arb(fmpq(*Fraction(scale).as_integer_ratio())) for scale in scales]
        fine = sum(sizes, arb(0)) * arb(2) ** -bits
        product = arb(1)
        for size in sizes:
            product *= size
        slope = len(sizes) - 1
        left = fine.log()
        right = (product / (slope * fine)).log() / slope

        def integrand(v: acb, _: bool) -> acb:
            value = v.exp()
            for size in sizes:
                value *= -(-size * (-v).exp()).expm1()
            return value

        total, start = arb(0), left.lower()
        end = right.upper()
        while start < end:
            stop = (start + 4).min(end)
            total += acb.integral(integrand, start, stop, abs_tol=fine, rel_tol=fine).real
            start = stop
        return total + arb(fine, fine)
