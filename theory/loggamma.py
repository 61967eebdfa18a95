"""ln Gamma on a vertical line a + i omega, as two real functions of (a, omega).

Moments of imaginary order are means of cosines: they stay bounded where real orders explode.
"""

from __future__ import annotations

import sympy as sp
from flint import acb, arb

from theory.node import Node


class RealLogGamma(Node):
    """ln |Gamma(a + i omega)|, for a > 0."""

    nargs = 2

    @staticmethod
    def ball_value(a: arb, omega: arb) -> arb:
        """Return a ball around the value."""
        return _log_gamma(a, omega).real

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        return _latex("Re", self, printer)


class ImaginaryLogGamma(Node):
    """The argument of Gamma(a + i omega), continuous in omega and 0 at omega = 0, for a > 0."""

    nargs = 2

    @staticmethod
    def ball_value(a: arb, omega: arb) -> arb:
        """Return a ball around the value."""
        return _log_gamma(a, omega).imag

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        return _latex("Im", self, printer)


def _log_gamma(a: arb, omega: arb) -> acb:
    """Return a ball around ln Gamma(a + i omega), for a > 0, on the branch that is real on a."""
    return acb(a, omega).lgamma()


def _latex(part: str, function: sp.Function, printer: sp.printing.latex.LatexPrinter) -> str:
    a, omega = map(printer._print, function.args)
    return rf"\operatorname{{{part}}}\ln\Gamma\left({a} + i {omega}\right)"
