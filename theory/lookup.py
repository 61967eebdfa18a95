"""The law of a claim by its code: as a number at a point, and as a formula to be shown."""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory import symbols as s
from theory.claim import value_ball
from theory.claims import find
from theory.point import parse_point

__all__ = ["formula", "law"]

BITS = 128
SIGNS = {"<=": r"\le", ">=": r"\ge", "->": r"\to"}
NAMES = {s.trace: r"\operatorname{tr}\Sigma_0", s.H0: "H_0"}


def law(code: str, quantity: str | None = None, **point: Any) -> float:
    """Return the value of a claim's law at a point, to the accuracy of a float.

    code, quantity: as in `collapse value`; the first quantity where none is named. point: numbers,
    fractions or the words of `collapse value`, in its names. DomainError outside the domain.

    >>> law("A02", p="1/2,1/2", M=10, n=2)
    0.405
    """
    claim = find(code)
    words = [f"{name}={value}" for name, value in point.items()]
    return float(value_ball(claim, claim.quantity(quantity), parse_point(claim, words), BITS).mid())


def formula(code: str, quantity: str | None = None) -> str:
    r"""Return what a claim says of a quantity, in LaTeX.

    >>> print(formula("A01"))
    \mathbb{E}[p_{n,i}] \;=\; {p}_{i}
    """
    found = find(code).quantity(quantity)
    sign = SIGNS.get(found.relation.value, found.relation.value)
    written: str = sp.latex(found.law, symbol_names=NAMES)
    return rf"{found.latex} \;{sign}\; {written}"
