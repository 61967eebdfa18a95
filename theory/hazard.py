"""The integral of phi^2 / (1 - Phi): how well normal and exponential quantiles go together."""

from __future__ import annotations

from functools import lru_cache

import sympy as sp
from flint import acb, arb, ctx

from theory.node import Node


class MeanHazard(Node):
    """Mean of phi(z) / (1 - Phi(z)) over a standard normal z; no argument."""

    nargs = 0

    @staticmethod
    def ball_value() -> arb:
        """Return a ball around the integral, at the working precision."""
        return _integral(ctx.prec)

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        return r"\int \frac{\varphi(z)^2}{1-\Phi(z)}\,dz"


@lru_cache(maxsize=16)
def _integral(bits: int) -> arb:
    """Return a ball around the integral, good to about so many bits.

    Left of -c/sqrt(2) the integrand is at most 2 phi^2, of integral at most exp(-c^2/2). Right of
    c >= 1 the hazard is at most z + 1/z <= 2 z, and the integral of 2 z phi is at most that too.
    """
    with ctx.workprec(bits + 40):
        cut = (2 * arb(2).log() * (bits + 8)).sqrt()
        scale, root = 1 / (2 * arb.pi()).sqrt(), arb(2).sqrt()

        def integrand(z: acb, analytic: bool) -> acb:
            density = (-z * z / 2).exp() * scale
            return 2 * density * density / (z / root).erfc()

        fine = arb(2) ** -(bits + 8)
        body = acb.integral(integrand, -cut / root, cut, rel_tol=fine, abs_tol=fine).real
        return body + arb(0, (2 * (-cut * cut / 2).exp()).upper())
