"""The derived route: every step of a derivation, checked without asking SymPy whether it holds.

Both sides of a computed step are evaluated at points of the step's domain, as exact rationals
where they are rational and otherwise as balls at two precisions. A cited step is checked for its
hypotheses: each must be a premise, an earlier step, or a claim.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import sympy as sp
from flint import arb, fmpq

from proofs.points import points
from theory.claim import Claim, Expected
from theory.derivation import (
    Citation,
    Derivation,
    Identity,
    Induction,
    Inequality,
    Step,
    Telescoping,
)
from theory.domain import Domain, Kind, Parameter, Point, show_value
from theory.evaluate import Environment, ball, environment, exact
from theory.rational import NotRational

#: Points at which a computed step is tried.
POINTS = 16
#: Working precisions of the ball checks, in bits.
PRECISIONS = (128, 384)
#: A ball check counts only if it pins both sides down to this relative width.
SHARP = 2.0**-60


@dataclass(frozen=True)
class StepReport:
    """What the court found on one step; `fault` is empty when it holds."""

    name: str
    kind: str
    checked: int
    fault: str = ""


def check(claim: Claim, codes: frozenset[str]) -> tuple[StepReport, ...]:
    """Return a report for each step of a claim's derivation, and one for its conclusions.

    A claim that is expected to be refuted has premises only, and no conclusions.
    codes: codes of all claims, which a step may rest on.
    """
    derivation = claim.derivation()
    shown = {premise.name for premise in derivation.premises}
    reports = []
    for step in derivation.steps:
        label = f"{claim.id}/{step.name}"
        unknown = [code for code in step.uses if code not in codes]
        if unknown:
            reports.append(StepReport(step.name, "uses", 0, f"unknown claim {unknown[0]}"))
        reports.append(_check_step(step, label, shown, codes))
        shown.add(step.name)
    if claim.expected is Expected.REFUTED:  # nothing arrives at a law that fails
        return tuple(reports)
    return (*reports, _check_conclusions(claim, derivation))


def _check_conclusions(claim: Claim, derivation: Derivation) -> StepReport:
    """Every law of the claim must be the expression that some step arrives at."""
    reached = {label: step.result() for step in derivation.steps for label in step.concludes}
    checked = 0
    for quantity in claim.quantities:
        for estimator, law in quantity.laws().items():
            label = quantity.name if estimator == "unbiased" else f"{quantity.name}/{estimator}"
            if label not in reached:
                return StepReport("conclusion", "law", checked, f"no step concludes {label}")
            if reached[label] != law:
                return StepReport("conclusion", "law", checked, f"{label} is not the claim's law")
            checked += 1
    return StepReport("conclusion", "law", checked)


def _check_step(step: Step, label: str, shown: set[str], codes: frozenset[str]) -> StepReport:
    kind = type(step).__name__.lower()
    try:
        match step:
            case Identity():
                checked = _check_pair(step.left, step.right, step.over, label, _equal)
            case Inequality():
                holds = _less if step.strict else _at_most
                checked = _check_pair(step.left, step.right, step.over, label, holds)
            case Induction():
                checked = _check_induction(step, label)
            case Telescoping():
                checked = _check_telescoping(step)
            case Citation():
                checked = _check_citation(step, shown, codes)
    except Fault as fault:
        return StepReport(step.name, kind, 0, str(fault))
    return StepReport(step.name, kind, checked)


class Fault(Exception):
    """A step that does not hold, or a check without power."""


Comparison = Callable[[fmpq | arb, fmpq | arb], bool]


def _equal(left: fmpq | arb, right: fmpq | arb) -> bool:
    if isinstance(left, arb) or isinstance(right, arb):
        return bool(arb(left).overlaps(arb(right)))
    return bool(left == right)


def _at_most(left: fmpq | arb, right: fmpq | arb) -> bool:
    # Balls decide `<`; an equality that balls cannot decide is not shown by them.
    return bool(left <= right)


def _less(left: fmpq | arb, right: fmpq | arb) -> bool:
    return bool(left < right)


def _check_pair(left: sp.Expr, right: sp.Expr, over: Domain, label: str, holds: Comparison) -> int:
    if left == right:
        raise Fault("both sides are the same expression: nothing was computed")
    checked = 0
    for point in points(over, POINTS, label):
        values = environment(over, point)
        for first, second in _both(left, right, values):
            if not holds(first, second):
                raise Fault(f"fails at {_show(point)}: {_number(first)} against {_number(second)}")
        checked += 1
    return checked


def _both(
    left: sp.Expr, right: sp.Expr, values: Environment
) -> Iterator[tuple[fmpq | arb, fmpq | arb]]:
    """Yield both sides: once as rationals, or as balls at each precision."""
    try:
        yield exact(left, values), exact(right, values)
    except NotRational:
        for bits in PRECISIONS:
            pair = ball(left, values, bits), ball(right, values, bits)
            if not all(_sharp(side) for side in pair):
                raise Fault("the balls are too wide to tell anything") from None
            yield pair


def _sharp(value: arb) -> bool:
    if not value.is_finite():
        return False
    scale = max(abs(float(value.mid())), 1e-300)
    return float(value.rad()) <= SHARP * max(scale, 1e-30) or value.rel_accuracy_bits() > 60


def _check_induction(step: Induction, label: str) -> int:
    checked = _agree(*step.base(), step.over, f"{label}/first")
    return checked + _agree(*step.advance(), step.over, f"{label}/next", step.first)


def _agree(left: sp.Expr, right: sp.Expr, over: Domain, label: str, first: int = 0) -> int:
    """Compare without refusing equal expressions: the base case of an induction may be one."""
    checked = 0
    for point in points(over, POINTS, label):
        generation = point.get("n")
        if isinstance(generation, Fraction) and generation < first:
            continue
        for pair in _both(left, right, environment(over, point)):
            if not _equal(*pair):
                raise Fault(f"fails at {_show(point)}: {_number(pair[0])}, {_number(pair[1])}")
        checked += 1
    return checked


def _check_telescoping(step: Telescoping) -> int:
    over = Domain((Parameter(str(step.variable), step.variable, "", Kind.REAL, 0, low_open=True),))
    shifted = step.function.subs(step.variable, step.variable + 1)
    checked = _agree(step.function - shifted, step.difference, over, step.name)
    top, bottom = step.slope()
    for polynomial in (top, bottom):
        if any(
            not coefficient.is_Integer or coefficient < 0 for coefficient in polynomial.coeffs()
        ):
            raise Fault(f"{polynomial.as_expr()} has a coefficient of the wrong sign")
    if top.is_zero:
        raise Fault("the difference is constant")
    # The slope is a rational function: agreement at more points than its degree is a proof.
    slope = -sp.diff(step.difference, step.variable)
    wanted = top.degree() + bottom.degree() + 8
    for place in range(1, wanted + 1):
        values = Environment({step.variable: fmpq(place, 3)})
        quotient = exact(top.as_expr(), values) / exact(bottom.as_expr(), values)
        if exact(slope, values) != quotient:
            raise Fault(f"-D' differs from its certificate at {place}/3")
    for function in (step.function, step.difference):
        _check_vanishes(function, step.variable)
    return checked + wanted


def _check_vanishes(function: sp.Expr, variable: sp.Symbol) -> None:
    """The limit 0 is cited; that the values fall towards it is seen here."""
    sizes = [
        abs(float(ball(function, Environment({variable: fmpq(10**exponent)}), 512).mid()))
        for exponent in (1, 4, 7, 10)
    ]
    if any(later > earlier / 100 for earlier, later in pairwise(sizes)):
        raise Fault(f"{function} does not fall to 0: {sizes}")


def _check_citation(step: Citation, shown: set[str], codes: frozenset[str]) -> int:
    for hypothesis in step.hypotheses:
        if hypothesis.shown_by not in shown | codes:
            raise Fault(f"nothing shows: {hypothesis.text} ({hypothesis.shown_by})")
    if not step.hypotheses:
        raise Fault(f"{step.theorem} is cited without its hypotheses")
    return len(step.hypotheses)


def _show(point: Point) -> str:
    return ", ".join(f"{name} = {show_value(value)}" for name, value in point.items())


def _number(value: fmpq | arb) -> str:
    return str(value) if isinstance(value, fmpq) else value.str(12)
