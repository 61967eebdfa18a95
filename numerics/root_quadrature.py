"""A ball around the mean root of a constant plus weighted sums of squared normals.

For R > 0 with E exp(-t R) = phi(t),

    E sqrt(R) = (1 / sqrt(pi)) times the integral of (1 - phi(e^(2y))) e^(-y) over the whole line,

which is sqrt(r) = (1 / sqrt(pi)) times that of (1 - exp(-e^(2y) r)) e^(-y), averaged. One squared
standard normal has E exp(-t z^2) = (1 + 2t)^(-1/2). The integrand is analytic where e^(2y) stays
away from the negative half-line.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flint import acb, arb, ctx, fmpq

__all__ = ["expected_root"]

GUARD = 40
"""Working bits beyond those asked for."""


def expected_root(
    constant: Fraction | int, terms: Sequence[tuple[Fraction | int, int]], bits: int = 96
) -> arb:
    """Return a ball around E sqrt(constant + sum w_i S_i), S_i a sum of nu_i squared normals.

    constant: above 0, an exact rational. terms: pairs (w_i, nu_i), exact rationals w_i >= 0 and
    integers nu_i >= 0; all normals are independent. bits: at least 32; the relative width is about
    2^-bits. ValueError outside these domains, ArithmeticError where the integral is far wider.

    >>> print(expected_root(4, [(0, 3)], 64).str(12, radius=False))
    2.00000000000
    """
    if constant <= 0 or bits < 32 or any(w < 0 or nu < 0 for w, nu in terms):
        raise ValueError(
            f"constant = {constant}, terms = {tuple(terms)}, bits = {bits} lie outside "
            "constant > 0, weights and numbers >= 0, bits >= 32"
        )
    with ctx.workprec(bits + GUARD):
        fixed = _ball(constant)
        weights = [(_ball(w), nu) for w, nu in terms]
        mean = fixed + sum((w * nu for w, nu in weights), arb(0))
        small = arb(2) ** -(bits + 16)

        def integrand(y: acb, analytic: bool) -> acb:
            t = (2 * y).exp()
            power = -fixed * t
            for w, nu in weights:
                inside = 2 * w * t
                if not inside.real > -1:  # the branch cut may be near
                    return acb("nan")
                power -= inside.log1p() * nu / 2
            return -power.expm1() * (-y).exp()

        # Left: (1 - phi(t)) <= t E R, so the tail below -cut is at most E R exp(-cut).
        left = -((mean / (small * mean.sqrt())).log())
        # Right: phi(t) <= exp(-constant t); without it the tail is exp(-y) exactly.
        right = (-(small.log()) / fixed).log() / 2 + 1
        rest = (-fixed * (2 * right).exp()).exp() * (-right).exp()
        fine = small * mean.sqrt()
        body, low = arb(0), left
        steps = int(float((right - left).upper()) / 2) + 1
        width = (right - left) / steps
        for k in range(steps):
            low, high = left + k * width, left + (k + 1) * width
            body += acb.integral(integrand, low, high, rel_tol=fine, abs_tol=fine).real
        tails = arb(0, (mean * left.exp()).upper()) + arb(0, rest.upper()) + (-right).exp()
        found = (body + tails) / arb.pi().sqrt()
        if not found.is_finite() or found.rel_accuracy_bits() < bits - 16:
            raise ArithmeticError(f"the integral reached {found}, wider than {bits} bits")
        return found


def _ball(value: Fraction | int) -> arb:
    value = Fraction(value)
    return arb(fmpq(value.numerator, value.denominator))
