"""Kingman's coalescent: how long until all lines have met, in units of M generations."""

from __future__ import annotations

import sympy as sp
from flint import acb, arb

from theory.node import Node


class KingmanLaw(Node):
    """P(all lines have met by tau) = sum_{k >= 1} (-1)^(k-1) (2k-1) exp(-k(k-1) tau/2), tau > 0.

    By Jacobi's identity it is prod_{m >= 1} (1 - exp(-m tau))^3, a power of Dedekind's eta, which
    loses no digits however small tau is.
    Source: Kingman 1982; Tavare 1984. Jacobi: Hardy and Wright, theorem 357.
    """

    nargs = 1

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        tau = printer._print(self.args[0])
        return rf"1 - \sum_{{k \ge 2}} (-1)^k (2k-1) e^{{-k(k-1) {tau} / 2}}"

    @staticmethod
    def ball_value(tau: arb) -> arb:
        """Return a ball that holds the probability."""
        if not tau > 0:
            raise ArithmeticError("time is positive")
        eta = acb(0, tau / (2 * arb.pi())).modular_eta().real
        return eta**3 * (tau / 8).exp()
