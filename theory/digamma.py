"""The inverse of the digamma function on the positive half-line."""

from __future__ import annotations

import sympy as sp
from flint import arb, ctx

from theory.node import Node


class InverseDigamma(Node):
    """The only s > 0 with psi(s) = y, for real y."""

    nargs = 1

    @staticmethod
    def ball_value(y: arb) -> arb:
        """Return a ball around the root."""
        return inverse_digamma(y)

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        return rf"\psi^{{-1}}\left({printer._print(self.args[0])}\right)"


def inverse_digamma(y: arb) -> arb:
    """Return a ball around the s > 0 with psi(s) = y.

    psi is concave and increases from -oo to oo. Newton's steps from the left of the root stay
    there and rise to it; the ball returned reaches from s to a point where psi is seen to be above.
    """
    if not y.is_finite():
        return arb("nan")
    target = y.mid()
    s = _start(target)
    for _ in range(200):
        step = (target - s.digamma()).mid() / _slope(s).mid()
        s = (s + step).mid() if s + step > 0 else (s / 2).mid()
        if abs(step) < abs(s) * arb(2) ** (8 - ctx.prec):
            break
    return _bracketed(s, y)


def _start(y: arb) -> arb:
    """Return a rough root: e^y + 1/2 for large y, -1/(y - psi(1)) for small."""
    if y > -2:
        return (y.exp() + arb(1) / 2).mid()
    return (-1 / (y - arb(1).digamma())).mid()


def _slope(s: arb) -> arb:
    """Return psi'(s)."""
    return arb(2).zeta(s)


def _bracketed(s: arb, y: arb) -> arb:
    """Return a ball around s at whose ends psi is surely below and above all of y."""
    width = y.rad() / _slope(s).mid() * 2 + abs(s) * arb(2) ** (12 - ctx.prec)
    for _ in range(60):
        low, high = s - width, s + width
        if low > 0 and low.digamma() < y < high.digamma():
            return low.union(high)
        width *= 2
    return arb("nan")
