"""Functions of a random walk of ln(G/b), G gamma of shape a, that is kept from falling below 0."""

from __future__ import annotations

import math

import sympy as sp
from flint import arb, ctx

from theory.gamma_product import below
from theory.node import Node
from theory.rational import whole


class CramerRoot(Node):
    """The only k > 0 with E (G/b)^k = 1, of (a, b); it needs psi(a) < ln b."""

    nargs = 2

    @staticmethod
    def ball_value(a: arb, b: arb) -> arb:
        """Return a ball around the root.

        ln E (G/b)^k = ln Gamma(a+k) - ln Gamma(a) - k ln b is convex, 0 at k = 0 and falls there,
        so it is negative up to the root and positive beyond: signs at two ends are a proof.
        """
        lost = 2 * max(math.ceil(math.log2(float(a.upper()) + 2)), 4)  # cancelled, near 0
        with ctx.workprec(ctx.prec + lost):
            return _root(a, b)

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        a, b = map(printer._print, self.args)
        return rf"\kappa\left({a}, {b}\right)"


def _root(a: arb, b: arb) -> arb:
    """Return a ball around the root at the working precision."""
    slope, start = b.log(), a.lgamma()

    def power(k: arb) -> arb:
        return (a + k).lgamma() - start - k * slope

    if not a.digamma() < slope:
        return arb("nan")
    k = arb(1)
    while not power(k) > 0:
        k *= 2
        if k > 2**40:
            return arb("nan")
    for _ in range(200):  # from the right, Newton's steps stay there
        step = (power(k) / ((a + k).digamma() - slope)).mid()
        k = (k - step).mid()
        if abs(step) < abs(k) * arb(2) ** (8 - ctx.prec):
            break
    width = abs(power(k)) / ((a + k).digamma() - slope) + abs(k) * arb(2) ** (12 - ctx.prec)
    for _ in range(60):
        low, high = (k - width).mid(), (k + width).mid()
        if low > 0 and power(low) < 0 and power(high) > 0:
            return low.union(high)
        width *= 2
    return arb("nan")


class AtFloor(Node):
    """Probability that the walk from 0 is at 0 after n steps, of (a, b, n).

    It is that of the free walk never being above 0 up to step n; with p_k the probability that
    step k of the free walk is at most 0, n r_n = p_1 r_{n-1} + ... + p_n r_0 and r_0 = 1.
    """

    nargs = 3

    @staticmethod
    def ball_value(a: arb, b: arb, n: arb) -> arb:
        """Return a ball around the probability."""
        steps = whole(n)
        with ctx.workprec(ctx.prec + 16):
            chances = [below(a, arb(k), k * b.log()) for k in range(1, steps + 1)]
            found = [arb(1)]
            for k in range(1, steps + 1):
                terms = (chances[j - 1] * found[k - j] for j in range(1, k + 1))
                found.append(sum(terms, arb(0)) / k)
        return found[steps]

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        a, b, n = map(printer._print, self.args)
        return rf"r_{{{n}}}\left({a}, {b}\right)"
