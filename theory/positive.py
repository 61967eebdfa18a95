"""A number that a law needs to be positive: elsewhere the law is infinite, or not defined."""

from __future__ import annotations

import sympy as sp
from flint import arb, fmpq

from theory.errors import DomainError


class Positive(sp.Function):
    """Its argument, where that is above 0."""

    nargs = 1

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        return rf"\left({printer._print(self.args[0])}\right)_{{>0}}"


def positive_exact(value: fmpq) -> fmpq:
    """Return the value; DomainError where it is not above 0."""
    if value <= 0:
        raise DomainError(f"the law needs a number above 0 where it has {value}")
    return value


def positive_ball(value: arb) -> arb:
    """Return the value; DomainError where it is not above 0, nan where the ball does not tell."""
    if value <= 0:
        raise DomainError(f"the law needs a number above 0 where it has {value.str(10)}")
    return value if value > 0 else arb("nan")
