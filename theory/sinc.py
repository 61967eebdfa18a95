"""sin(pi x) / (pi x), which Euler's product tends to: prod_{k>=1} (1 - x^2/k^2)."""

from __future__ import annotations

import sympy as sp
from flint import arb, fmpq

from theory.node import Node
from theory.rational import NotRational


class Sinc(Node):
    """sin(pi x) / (pi x), and 1 at x = 0."""

    nargs = 1

    @staticmethod
    def exact_value(x: fmpq) -> fmpq:
        """Return the value at an integer."""
        if x.q != 1:
            raise NotRational("sine")
        return fmpq(int(x == 0))

    @staticmethod
    def ball_value(x: arb) -> arb:
        """Return a ball that holds the value."""
        return x.sinc_pi()

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        x = printer._print(self.args[0])
        return rf"\operatorname{{sinc}}\left(\pi {x}\right)"
