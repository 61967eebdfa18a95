"""Moments of a refit, its variance multiplied, its mean known, or its points spread or cut.

As in `moments`: a monomial in the next mean and variance is multiplied out as a polynomial in the
present mean, the root of the present variance and M standardised points, and the powers of each
point are averaged one by one. Those averages are the definition of a point: 1, 3, 15, ... for a
standard normal one, ratios of two integrals where the points beyond a cut are redrawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache

from flint import acb, arb, ctx, fmpq, fmpq_mpoly_ctx

from numerics.moments import LARGEST_EXPANSION, Monomial

__all__ = ["cut_moment", "expected"]

Image = Mapping[tuple[int, int, tuple[int, ...]], Fraction]
"""Weight by (power of the mean, of the variance, even powers of the points in falling order)."""


def expected(
    monomial: Monomial,
    samples: int,
    generations: int,
    multiplier: Fraction | int = 1,
    known_mean: bool = False,
    moment: Callable[[int], Fraction | arb] | None = None,
    spread: Fraction | int = 1,
) -> Fraction | arb:
    """Return E[mean^a variance^b] after some generations, from mean 0 and variance 1.

    monomial: (a, b), both at least 0. samples: at least 2, or 1 where the mean is known.
    generations: at least 0. multiplier: of the variance, which is unbiased, or the mean square
    about a known mean. moment: E z^k of a standardised point for even k, by default that of a
    standard normal one; odd ones are 0. spread: variance of what is drawn over the fitted one. The
    result is exact, or a ball where `moment` gives balls.
    ValueError outside these domains or where an expansion exceeds `LARGEST_EXPANSION` terms.

    >>> expected((2, 0), 4, 2, multiplier=Fraction(1, 2))
    Fraction(3, 8)
    """
    least = 1 if known_mean else 2
    if samples < least or generations < 0 or min(monomial) < 0:
        raise ValueError(
            f"samples = {samples}, generations = {generations}, monomial = {monomial} lie outside "
            f"samples >= {least}, generations >= 0, exponents >= 0"
        )
    average = moment or _normal_moment
    moments: dict[Monomial, Fraction | arb] = {monomial: Fraction(1)}
    for _ in range(generations):
        before: dict[Monomial, Fraction | arb] = {}
        for (a, b), coefficient in moments.items():
            scale = Fraction(multiplier) ** b
            for (power, root, normals), weight in _image(a, b, samples, known_mean).items():
                # a power of sigma comes with as many standardised points
                term = _times(coefficient, scale * weight * Fraction(spread) ** root)
                for k in normals:
                    term = _times(term, average(k))
                key = (power, root)
                before[key] = _plus(before.get(key, Fraction(0)), term)
        moments = before
    total: Fraction | arb = Fraction(0)
    for (a, _), coefficient in moments.items():
        total = _plus(total, coefficient) if a == 0 else total
    return total


def cut_moment(power: int, cut: Fraction, bits: int = 128) -> arb:
    """Return a ball around E z^power of a standard normal point with abs(z) < cut.

    power: even and at least 0. cut: an exact rational above 0. bits: at least 32; the width is
    about 2^-bits. Two integrals of z^k exp(-z^2/2) over (-cut, cut). ValueError outside.
    """
    if power < 0 or power % 2 or cut <= 0:
        raise ValueError(f"power = {power}, cut = {cut} lie outside even power >= 0, cut > 0")
    with ctx.workprec(bits + 40):
        end = arb(fmpq(cut.numerator, cut.denominator))
        fine = arb(2) ** -(bits + 12)

        def integral(k: int) -> arb:
            def integrand(z: acb, _: bool) -> acb:
                return z**k * (-z * z / 2).exp()

            return acb.integral(integrand, 0, end, rel_tol=fine, abs_tol=fine * fine).real

        return integral(power) / integral(0)


@lru_cache(maxsize=1024)
def _image(a: int, b: int, samples: int, known_mean: bool) -> Image:
    """Return the expanded mean^a variance^b of the next fit, its points not yet averaged."""
    terms = math.comb(samples + 1 + a + 2 * b, samples + 1)
    if terms > LARGEST_EXPANSION:
        raise ValueError(
            f"monomial = {(a, b)} at samples = {samples} may need {terms} terms, "
            f"which lies outside sizes <= {LARGEST_EXPANSION}"
        )
    names = ["mu", "sigma", *(f"z{j}" for j in range(samples))]
    mu, sigma, *normals = fmpq_mpoly_ctx.get(names, "lex").gens()
    points = [mu + sigma * z for z in normals]
    average = sum(points[1:], points[0]) / samples
    mean = mu if known_mean else average
    divisor = samples if known_mean else samples - 1
    variance = sum(((x - mean) ** 2 for x in points), mu * 0) / divisor
    image: dict[tuple[int, int, tuple[int, ...]], Fraction] = {}
    for exponents, coefficient in (mean**a * variance**b).to_dict().items():
        power, root, *powers = map(int, exponents)
        if any(k % 2 for k in powers):
            continue
        key = (power, root // 2, tuple(sorted((k for k in powers if k), reverse=True)))
        weight = Fraction(int(coefficient.p), int(coefficient.q))
        image[key] = image.get(key, Fraction(0)) + weight
    return image


def _normal_moment(power: int) -> Fraction:
    """Return E z^power for a standard normal z and even power: (power - 1)(power - 3)...1."""
    return Fraction(math.prod(range(1, power, 2)))


def _times(one: Fraction | arb, other: Fraction | arb) -> Fraction | arb:
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one * other
    return _ball(one) * _ball(other)


def _plus(one: Fraction | arb, other: Fraction | arb) -> Fraction | arb:
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one + other
    return _ball(one) + _ball(other)


def _ball(value: Fraction | arb) -> arb:
    return value if isinstance(value, arb) else arb(fmpq(value.numerator, value.denominator))
