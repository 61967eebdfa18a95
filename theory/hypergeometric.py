"""Gauss's hypergeometric function, for the evaluator of balls."""

from __future__ import annotations

import sympy as sp
from flint import arb

from theory.node import Node


class Gauss(Node):
    """2F1(a, b; c; z), real, for z < 1 and c > 0."""

    nargs = 4

    @staticmethod
    def ball_value(a: arb, b: arb, c: arb, z: arb) -> arb:
        """Return a ball around 2F1(a, b; c; z).

        By Pfaff's transformation where -1 <= z < 0: the series then runs in powers of at most 1/2.
        """
        if z < 0:
            return (1 - z) ** -a * (z / (z - 1)).hypgeom_2f1(a, c - b, c)
        return z.hypgeom_2f1(a, b, c)

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        a, b, c, z = (printer._print(part) for part in self.args)
        return rf"{{}}_2F_1\left({a}, {b}; {c}; {z}\right)"
