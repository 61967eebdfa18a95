"""One formula for every schedule, and a shorter one where all sizes are equal."""

from __future__ import annotations

import sympy as sp


class EqualSizes(sp.Function):
    """A value for any schedule, with its closed form in M where all M_i are equal.

    The first argument is the formula; the second one is evaluated instead where M has one value.
    A claim that uses it shows that both agree.
    """

    nargs = 2

    @property
    def free_symbols(self) -> set[sp.Basic]:
        """Return what the formula for any schedule needs."""
        return set(self.args[0].free_symbols)

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        return rf"\left({printer._print(self.args[0])}\right)"
