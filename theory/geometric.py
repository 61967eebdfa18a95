"""1 + b + ... + b^(n-1): one formula for every b > 0, b = 1 included."""

from __future__ import annotations

import sympy as sp
from flint import arb, fmpq

from theory.node import Node
from theory.rational import fits, whole


class GeometricSum(Node):
    """1 + b + ... + b^(n-1) of (b, n), for b > 0 and whole n >= 0."""

    nargs = 2

    @staticmethod
    def exact_value(b: fmpq, n: fmpq) -> fmpq:
        """Return the sum as a rational; NotRational where it is too long to write down."""
        if b == 1:
            return n
        count = int(n.p)
        fits(count * max(int(b.p).bit_length(), int(b.q).bit_length()))
        return (b**count - 1) / (b - 1)

    @staticmethod
    def ball_value(b: arb, n: arb) -> arb:
        """Return a ball around the sum."""
        if b == 1:
            return n
        return (b ** whole(n) - 1) / (b - 1)

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        b, n = map(printer._print, self.args)
        return rf"\sum_{{k=0}}^{{{n}-1}} {{{b}}}^{{k}}"
