"""A number that a law needs to be positive: elsewhere the law is not defined, or infinite."""

from __future__ import annotations

from typing import Any

import sympy as sp
from flint import arb, fmpq

from theory.errors import DomainError
from theory.node import Node


class Positive(Node):
    """Its argument, where that is above 0; elsewhere there is no law."""

    nargs = 1

    def exact_value(self, *arguments: Any) -> fmpq:  # type: ignore[override]
        """Return the number; DomainError where it is not above 0."""
        self._check(arguments[0], arguments[0])
        return arguments[0]

    def ball_value(self, *arguments: Any) -> arb:  # type: ignore[override]
        """Return the number; DomainError where it is not above 0, nan where that is open."""
        self._check(arguments[0], arguments[0].str(10))
        return arguments[0] if arguments[0] > 0 else arb("nan")

    def _check(self, value: Any, shown: object) -> None:
        if value <= 0:
            raise DomainError(self._refusal(f"{self.args[0]} = {shown} lies outside numbers > 0"))

    def _refusal(self, where: str) -> str:
        return f"it is not defined: {where}"

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        return rf"\left({printer._print(self.args[0])}\right)_{{>0}}"


class Finite(Positive):
    """Its first argument, where that is above 0; elsewhere the law is infinite.

    The second argument counts generations: after none, the law does not depend on the number, and
    1 stands for it.
    """

    nargs = 2

    def exact_value(self, *arguments: Any) -> fmpq:  # type: ignore[override]
        """Return the number, or 1; DomainError where the law is infinite."""
        return fmpq(1) if arguments[1] == 0 else super().exact_value(*arguments)

    def ball_value(self, *arguments: Any) -> arb:  # type: ignore[override]
        """Return the number, or 1; DomainError where the law is infinite, nan where it is open."""
        return arb(1) if arguments[1] == 0 else super().ball_value(*arguments)

    def _refusal(self, where: str) -> str:
        return f"it is infinite: {where}"
