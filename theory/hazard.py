"""The integral of phi^2 / (1 - Phi): how well normal and exponential quantiles go together."""

from __future__ import annotations

import sympy as sp
from flint import acb, arb, ctx


class MeanHazard(sp.Function):
    """Mean of phi(z) / (1 - Phi(z)) over a standard normal z; no argument."""

    nargs = 0

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        return r"\int \frac{\varphi(z)^2}{1-\Phi(z)}\,dz"


def mean_hazard() -> arb:
    """Return a ball around the integral, at the working precision.

    Left of -c the integrand is at most 2 phi^2, of integral at most exp(-c^2). Right of c >= 1
    the hazard is at most z + 1/z <= 2 z, and the integral of 2 z phi is at most exp(-c^2/2).
    """
    bits = int(ctx.prec)
    with ctx.workprec(2 * bits + 40):
        cut = (2 * arb(2).log() * (bits + 8)).sqrt()
        scale = 1 / (2 * arb.pi()).sqrt()

        def integrand(z: acb, analytic: bool) -> acb:
            density = (-z * z / 2).exp() * scale
            return 2 * density * density / (z / acb(2).sqrt()).erfc()

        fine = arb(2) ** -(bits + 8)
        body = acb.integral(integrand, -cut, cut, rel_tol=fine, abs_tol=fine).real
        return body + arb(0, (2 * (-cut * cut / 2).exp()).upper())
