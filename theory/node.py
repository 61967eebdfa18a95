"""A function of the theory that brings its own arithmetic to the evaluators."""

from __future__ import annotations

from typing import Any

import sympy as sp
from flint import arb, fmpq

from theory.rational import NotRational


class Node(sp.Function):
    """A named function in a law: SymPy keeps the formula, `exact_value` and `ball_value` compute.

    An argument that is an indexed family without its index, such as the starting law p, arrives as
    the tuple of its entries 1..K.
    """

    @staticmethod
    def exact_value(*arguments: Any) -> fmpq:
        """Return the value as a rational; NotRational where there is none."""
        raise NotRational("transcendental")

    @staticmethod
    def ball_value(*arguments: Any) -> arb:
        """Return a ball that holds the value, at the working precision of the caller."""
        raise NotImplementedError
