"""Bringing a law together with evidence: at a point, and along a ladder of settings."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import sympy as sp

from proofs.case import Mutant, Route, Witness
from proofs.order import confront_ladder, confront_order, ladders, rung
from proofs.verdict import Observation, Outcome, Sampled, Verdict, confront
from theory.claim import Claim, Quantity
from theory.domain import Point
from theory.errors import DomainError
from theory.evaluate import Environment, ball, exact
from theory.rational import NotRational
from theory.rounding import ends

#: Precision of a law that is not rational, in bits, when it meets evidence.
LAW_BITS = 256

#: Relative room for the rounding of a slack to double precision.
ROUNDING = 1e-9

Seen = Sequence[tuple[Point, Observation]]


@dataclass(frozen=True)
class Check:
    """One comparison of a quantity at one point, or of its order between two rungs of a ladder.

    rungs: the two values of the growing variable where an order was measured, at the point of the
    second; else empty.
    """

    quantity: str
    point: Point
    route: Route
    method: str
    verdict: Verdict
    independent: bool
    rungs: tuple[Fraction, ...] = ()

    @property
    def good(self) -> bool:
        """Return whether this confirms: independent, consistent, and it could have failed."""
        agrees = self.verdict.outcome is Outcome.CONSISTENT
        return self.independent and agrees and not self.verdict.vacuous


def at_points(
    claim: Claim, quantity: Quantity, witness: Witness, found: Seen, share: float, apart: bool
) -> Iterator[Check]:
    """Yield a comparison for each observation. apart: whether the witness is independent."""
    for point, seen in found:
        law, values = claim.law_at(quantity, point)
        rational = not witness.samples
        sides = law_ends(law, values, rational)
        if quantity.order is None:
            verdict = confront(quantity.relation, sides, seen, share, witness.margin)
        else:
            size = law_ends(quantity.order.size, values, rational)
            verdict = confront_order(sides, size, quantity.order, seen, share, witness.margin)
        yield Check(quantity.name, point, witness.route, witness.method, verdict, apart)


def along_ladders(
    claim: Claim, quantity: Quantity, witness: Witness, found: Seen, apart: bool
) -> Iterator[Check]:
    """Yield a comparison for each ladder among the observations that are no samples."""
    order = quantity.order
    margin = witness.order_margin
    if order is None or not order.exact_order or margin is None:
        return
    sharp = [(point, seen) for point, seen in found if not isinstance(seen, Sampled)]
    for ladder in ladders(claim.domain, order, [point for point, _ in sharp]):
        rungs = []
        for at, index in ladder[-2:]:
            point, seen = sharp[index]
            law, values = claim.law_at(quantity, point)
            size = law_ends(order.size, values, rational=True)
            rungs.append(rung(at, law_ends(law, values, rational=True), size, order, seen))
        verdict = confront_ladder(rungs, margin)
        places = tuple(step.at for step in rungs)
        yield Check(quantity.name, point, witness.route, witness.method, verdict, apart, places)


def refutes(
    claim: Claim, mutant: Mutant, witness: Witness, found: Seen, share: float, ladder: bool
) -> bool:
    """Return whether some observation refutes a wrong law; where it has no value, none does.

    ladder: whether to compare along the ladders instead of at the points.
    """
    quantity = claim.quantity(witness.quantity)
    order = mutant.order or quantity.order
    wrong = replace(quantity, law=mutant.law, mle=mutant.mle, order=order)
    parts: Sequence[Seen] = (found,) if ladder else [(one,) for one in found]
    for part in parts:
        try:
            checks = (
                along_ladders(claim, wrong, witness, part, True)
                if ladder
                else at_points(claim, wrong, witness, part, share, True)
            )
            if any(check.verdict.outcome is Outcome.REFUTED for check in checks):
                return True
        except (ZeroDivisionError, DomainError):
            continue
    return False


def sharpest(quantity: Quantity, checks: Iterable[Check]) -> float:
    """Return the least factor between a bound and what exact, independent evidence sees."""
    found = [
        check.verdict.surely_slack(quantity.relation)
        for check in checks
        if check.quantity == quantity.name and check.independent and not check.verdict.share
    ]
    return min(found, default=math.inf)


def loose(quantity: Quantity, checks: Iterable[Check]) -> bool:
    """Return whether a bound is nowhere as sharp as it is said to be."""
    return quantity.bounds and sharpest(quantity, checks) > float(quantity.slack) * (1 + ROUNDING)


def too_loose(claim: Claim, mutant: Mutant, heard: Iterable[tuple[Witness, Seen]]) -> Route | None:
    """Return the route that finds a wrong bound looser than it should be, if it is so anywhere.

    heard: independent witnesses with what they saw.
    """
    quantity = claim.quantity(mutant.quantity)
    wrong = replace(quantity, law=mutant.law, mle=mutant.mle)
    checks: list[Check] = []
    for witness, found in heard if quantity.bounds else ():
        for one in found if witness.quantity == quantity.name else ():
            try:
                checks += at_points(claim, wrong, witness, (one,), 0.0, True)
            except (ZeroDivisionError, DomainError):
                continue
    if not checks or not loose(wrong, checks):
        return None
    return min(checks, key=lambda check: check.verdict.surely_slack(quantity.relation)).route


def law_ends(law: sp.Expr, values: Environment, rational: bool) -> tuple[Fraction, Fraction]:
    """Return both ends of a law's value; the same end twice where it is rational.

    rational: whether to look for the rational value. Samples are compared with a double, and at
    the length of a text the rational value has millions of digits.
    """
    try:
        if rational:
            value = exact(law, values)
            number = Fraction(int(value.p), int(value.q))
            return number, number
    except NotRational:
        pass
    enclosure = ball(law, values, LAW_BITS)
    if not enclosure.is_finite():
        raise ZeroDivisionError(f"{law} has no finite value")
    return ends(enclosure)
