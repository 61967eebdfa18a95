"""A derivation: premises, then steps that someone else can re-check, down to the law.

Computed steps (`Identity`, `Inequality`, `Induction`, `Telescoping`) hold formulas only; the court
evaluates both sides at points of the step's domain and does not ask SymPy whether they agree.
A `Citation` rests on a named theorem and lists its hypotheses, each shown by a premise, an earlier
step or another claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy as sp

from theory.domain import Domain

#: Stands for the value one generation earlier in the step of an induction.
PREVIOUS = sp.Symbol("previous", real=True)


@dataclass(frozen=True)
class Premise:
    """What is assumed: the model, or a definition."""

    name: str
    text: str


@dataclass(frozen=True)
class Identity:
    """left = right at every point of the domain `over`."""

    name: str
    text: str
    left: sp.Expr
    right: sp.Expr
    over: Domain
    concludes: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()

    def result(self) -> sp.Expr:
        """Return the expression that the step arrives at."""
        return self.right


@dataclass(frozen=True)
class Inequality:
    """left <= right at every point of the domain `over`, or left < right when strict."""

    name: str
    text: str
    left: sp.Expr
    right: sp.Expr
    over: Domain
    strict: bool = False
    concludes: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()

    def result(self) -> sp.Expr:
        """Return the expression that the step arrives at."""
        return self.right


@dataclass(frozen=True)
class Induction:
    """The law is the only solution of: value(first) = start, value(index + 1) = step.

    `step` is written in PREVIOUS, the value at `index`, and may contain `index`.
    """

    name: str
    text: str
    index: sp.Symbol
    start: sp.Expr
    step: sp.Expr
    law: sp.Expr
    over: Domain
    first: int = 0
    concludes: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()

    def result(self) -> sp.Expr:
        """Return the expression that the step arrives at."""
        return self.law

    def base(self) -> tuple[sp.Expr, sp.Expr]:
        """Return both sides of the first case."""
        return self.law.subs(self.index, self.first), self.start

    def advance(self) -> tuple[sp.Expr, sp.Expr]:
        """Return both sides of the step from `index` to `index + 1`."""
        return self.law.subs(self.index, self.index + 1), self.step.subs(PREVIOUS, self.law)


@dataclass(frozen=True)
class Telescoping:
    """function(x) > 0 for every real x > 0, from its differences.

    With D(x) = function(x) - function(x + 1) = `difference`, elementary, and
    D'(x) = -numerator(x)/denominator(x) with integer coefficients of one sign: D falls, to 0, so
    D > 0, so `function` falls, to 0, so it is positive. That both tend to 0 is Stirling's series.
    """

    name: str
    text: str
    variable: sp.Symbol
    function: sp.Expr
    difference: sp.Expr
    concludes: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()

    def result(self) -> sp.Expr:
        """Return the function shown positive."""
        return self.function

    def slope(self) -> tuple[sp.Poly, sp.Poly]:
        """Return numerator and denominator of -D'(x) as integer polynomials."""
        slope = sp.together(-sp.diff(self.difference, self.variable))
        top, bottom = sp.fraction(sp.cancel(slope))
        return sp.Poly(top, self.variable), sp.Poly(bottom, self.variable)


@dataclass(frozen=True)
class Hypothesis:
    """One hypothesis of a cited theorem, and what shows it: a premise, a step or a claim code."""

    text: str
    shown_by: str


@dataclass(frozen=True)
class Citation:
    """A step that rests on a named theorem."""

    name: str
    text: str
    theorem: str
    reference: str
    hypotheses: tuple[Hypothesis, ...]
    gives: sp.Expr | None = None
    concludes: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()

    def result(self) -> sp.Expr | None:
        """Return the expression that the step arrives at, if it arrives at one."""
        return self.gives


Step = Identity | Inequality | Induction | Telescoping | Citation


@dataclass(frozen=True)
class Derivation:
    """Premises and steps; steps marked `concludes` arrive at the claim's laws.

    `concludes` names quantities: `mean`, or `mean/mle` for the law under that estimator.
    """

    premises: Sequence[Premise]
    steps: Sequence[Step]

    def uses(self) -> tuple[str, ...]:
        """Return the codes of the claims it rests on, in order of first use."""
        own = {premise.name for premise in self.premises} | {step.name for step in self.steps}
        found: dict[str, None] = {}
        for step in self.steps:
            found.update(dict.fromkeys(step.uses))
            if isinstance(step, Citation):
                shown = (hypothesis.shown_by for hypothesis in step.hypotheses)
                found.update(dict.fromkeys(name for name in shown if name not in own))
        return tuple(found)

    def cited(self) -> tuple[str, ...]:
        """Return the theorems cited, in order."""
        return tuple(
            dict.fromkeys(step.theorem for step in self.steps if isinstance(step, Citation))
        )
