"""Balls around the chance that max(v Y, 1), iterated from 1, is at 1, by integration.

Y = X^2 / divisor with X the norm of nu standard normals, as in `product_tail`. After one step it is
P(Y <= 1), after two P(Y_1 <= 1 and Y_1 Y_2 <= 1): the later factor alone, and both. Nothing here
evaluates a Gamma function, and no theorem on random walks is used.
"""

from __future__ import annotations

from flint import acb, arb, ctx

from numerics.product_tail import GUARD, _check, _integral, _tail

__all__ = ["at_one"]


def at_one(nu: int, divisor: int, generations: int, bits: int = 96) -> arb:
    """Return a ball around the probability after n = 1 or 2 steps; arguments as in `survival`.

    >>> print(at_one(2, 2, 1, 64).str(12, radius=False))
    0.632120558829
    """
    _check(nu, divisor, generations, 1)
    with ctx.workprec(bits + GUARD):
        edge = arb(divisor).sqrt()
        mass = _tail(nu, acb(0)).real
        once = 1 - _tail(nu, acb(edge)).real / mass
        if generations == 1:
            return once
        small = arb(2) ** -(bits + 16) * mass * mass

        def integrand(y: acb, _: bool) -> acb:
            x = y.exp()
            return (nu * y - x * x / 2).exp() * _tail(nu, divisor / x)

        left = arb(1)
        while not left**nu / nu * _tail(nu, acb(divisor / left)).real < small:
            left /= 2
        above = _integral(integrand, left.log(), edge.log(), small, 8 + nu)
        return once - (above + arb(0, small)) / (mass * mass)
