"""Balls around what M standard normal points share with their mean, by polar coordinates.

The points are a vector r u, with r the norm of M normals and u uniform on the sphere, independent.
Let a be the angle with cos^2 a = 1 - (u e)^2, e the unit vector along the diagonal. Then

    M mean^2 = r^2 sin^2 a,    sum (z_j - mean)^2 = r^2 cos^2 a,

and, as a circle of latitude has a radius cos a and dimension M - 2, a has a density proportional to
cos^(M-2) a on (-pi/2, pi/2). With sin a = tanh y, that is cosh^(1-M) y on the whole line, where
cos a = 1 / cosh y and everything is analytic. That the two sums are independent is not used.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from flint import acb, arb, ctx

__all__ = ["cosine_power", "log_cosine"]

GUARD = 40
"""Working bits beyond those asked for."""


@lru_cache(maxsize=256)
def cosine_power(samples: int, power: int, bits: int = 96) -> arb:
    """Return a ball around E (cos a)^power.

    samples: M, at least 2. power: above 1 - M, where the mean is finite. bits: at least 32; the
    width is about 2^-bits. ValueError outside.

    >>> print(cosine_power(5, 2, 64).str(10, radius=False))
    0.8000000000
    """
    if samples < 2 or power <= 1 - samples:
        raise ValueError(
            f"samples = {samples}, power = {power} lie outside samples >= 2, power > 1 - samples"
        )
    with ctx.workprec(bits + GUARD):
        small = arb(2) ** -(bits + 16)
        return _integral(samples - 1 + power, small) / _integral(samples - 1, small)


@lru_cache(maxsize=256)
def log_cosine(samples: int, bits: int = 96) -> arb:
    """Return a ball around E ln cos^2 a; arguments as in `cosine_power`.

    >>> print(log_cosine(2, 64).str(10, radius=False))
    -1.386294361
    """
    if samples < 2:
        raise ValueError(f"samples = {samples} lies outside samples >= 2")
    with ctx.workprec(bits + GUARD):
        small = arb(2) ** -(bits + 16)
        top = _integral(samples - 1, small, lambda y, analytic: y.cosh().log(analytic=analytic))
        return -2 * top / _integral(samples - 1, small)


def _integral(k: int, small: arb, weight: Callable[[acb, bool], acb] | None = None) -> arb:
    """Return a ball around the integral of weight(y) / cosh^k y over y > 0.

    The weight is at most max(y, 1): beyond B >= 1, cosh y > e^y / 2 leaves less than
    2^k e^(-k B) (B/k + 1/k^2).
    """

    def integrand(y: acb, analytic: bool) -> acb:
        value = 1 / y.cosh() ** k
        return value if weight is None else value * weight(y, analytic)

    end = arb(1)
    while not arb(2) ** k * (-k * end).exp() * (end / k + arb(1) / k**2) < small:
        end += arb(1) / 2
    body = arb(0)
    for left, right in ((arb(0), arb(1)), (arb(1), end)):
        body += acb.integral(integrand, left, right, rel_tol=small, abs_tol=small).real
    return body + arb(0, small)
