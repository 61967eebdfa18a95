"""Two quantities that feed each other linearly, after n steps: one formula, whatever the roots."""

from __future__ import annotations

from typing import Any

import sympy as sp
from flint import arb, fmpq

from theory.node import Node
from theory.rational import fits, whole

Matrix = list[list[Any]]


class PairAfter(Node):
    """x_n of (a, b, e, c, d, f, x_0, y_0, n): x' = a x + b y + e and y' = c x + d y + f, n times.

    For y_n write the arguments as (d, c, f, b, a, e, y_0, x_0, n). n is whole, n >= 0.
    """

    nargs = 9

    @staticmethod
    def exact_value(*arguments: fmpq) -> fmpq:
        """Return the value as a rational; NotRational where it is too long to write down."""
        *entries, n = arguments
        longest = max(max(int(x.p).bit_length(), int(x.q).bit_length()) for x in entries)
        fits(2 * int(n.p) * longest)
        return _after(entries, int(n.p), fmpq(1))

    @staticmethod
    def ball_value(*arguments: arb) -> arb:
        """Return a ball around the value."""
        *entries, n = arguments
        return _after(entries, whole(n), arb(1))

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        a, b, e, c, d, f, x, y, n = map(printer._print, self.args)
        return (
            rf"\left[\begin{{pmatrix}}{a}&{b}&{e}\\{c}&{d}&{f}\\0&0&1\end{{pmatrix}}^{{{n}}}"
            rf"\begin{{pmatrix}}{x}\\{y}\\1\end{{pmatrix}}\right]_1"
        )


def _after(entries: list[Any], n: int, one: Any) -> Any:
    a, b, e, c, d, f, x, y = entries
    zero = one - one
    square = [[a, b, e], [c, d, f], [zero, zero, one]]
    vector = [x, y, one]
    while n:
        if n % 2:
            vector = [
                sum((p * q for p, q in zip(row, vector, strict=True)), zero) for row in square
            ]
        n //= 2
        if n:
            square = _times(square, square, zero)
    return vector[0]


def _times(left: Matrix, right: Matrix, zero: Any) -> Matrix:
    columns = list(zip(*right, strict=True))
    return [
        [sum((p * q for p, q in zip(row, column, strict=True)), zero) for column in columns]
        for row in left
    ]
