"""Confronting an approximation: how far off it is at a point, and at what order along a ladder.

At a point, |value - law| <= constant * size either holds or does not. Along a ladder, settings that
differ in the growing variable alone, the order between the last two rungs is measured,

    log(error_2 / error_1) / log(size_2 / size_1),

and must be 1 within a margin. A wrong constant or a missing correction in the law leaves an error
of another order, which is seen there even where the stated constant is generous.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from proofs.verdict import (
    MISS,
    Enclosed,
    Exact,
    Outcome,
    Sampled,
    Verdict,
    decides,
    ratio,
    to_float,
)
from theory.claim import Order
from theory.domain import Domain, Point, Value

Ends = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Rung:
    """The error at one setting of a ladder, and the size that it should keep pace with."""

    at: Fraction
    error: Ends
    size: Ends


# --- at a point ----------------------------------------------------------------------------------


def confront_order(
    law: Ends,
    size: Ends,
    order: Order,
    seen: Exact | Enclosed | Sampled,
    share: float,
    margin: float,
) -> Verdict:
    """Return the verdict on |quantity - law| <= constant * size from one observation.

    law, size: both ends of their values. share, margin: as in `verdict.confront`; the margin is
    for samples, which are refuted without it.
    """
    if isinstance(seen, Sampled):
        return _sample(law, size, order, seen, share, margin)
    low, high = seen.ends()
    least, most = _distance(law, (low, high))
    smallest, largest = _scale(order, (low, high))
    room = (order.constant * size[0] * smallest, order.constant * size[1] * largest)
    middle, centre = (law[0] + law[1]) / 2, (low + high) / 2
    outcome = Outcome.CONSISTENT if most <= room[0] else Outcome.UNDECIDED
    return Verdict(
        outcome=Outcome.REFUTED if least > room[1] else outcome,
        law=to_float(middle),
        seen=to_float(centre),
        low=to_float(low),
        high=to_float(high),
        margin=ratio(room[1], abs(middle)),
        share=0.0,
        limit=ratio(room[1] + most, abs(middle)),
        slack=ratio(room[1], most),
    )


def _sample(
    law: Ends, size: Ends, order: Order, seen: Sampled, share: float, margin: float
) -> Verdict:
    value = float((law[0] + law[1]) / 2)
    bound = float(order.constant * (size[0] + size[1]) / 2)
    bound *= abs(seen.estimate) if order.relative else 1.0
    low, high = seen.ends(share)
    usual = seen.ends(2 * MISS)
    room = bound + margin * abs(value)
    reach = max(high - value, value - low)
    outcome = Outcome.CONSISTENT if reach <= room else Outcome.UNDECIDED
    upper = high - seen.estimate + max(seen.estimate - usual[0], 0.0)
    lower = seen.estimate - low + max(usual[1] - seen.estimate, 0.0)
    return Verdict(
        outcome=Outcome.REFUTED if not low - bound <= value <= high + bound else outcome,
        law=value,
        seen=seen.estimate,
        low=low,
        high=high,
        margin=ratio(room, abs(value)),
        share=share,
        limit=ratio(max(upper, lower) + bound + abs(seen.estimate - value), abs(value)),
        decides=decides(seen.replicates, reach, room) if outcome is Outcome.UNDECIDED else None,
    )


def _distance(one: Ends, other: Ends) -> Ends:
    """Return the smallest and the largest distance of two points of the intervals."""
    least = max(other[0] - one[1], one[0] - other[1], Fraction(0))
    return least, max(other[1] - one[0], one[1] - other[0])


def _scale(order: Order, seen: Ends) -> Ends:
    """Return the ends of what the error is measured by: 1, or the size of the value."""
    return _distance((Fraction(0), Fraction(0)), seen) if order.relative else (Fraction(1),) * 2


# --- along a ladder ------------------------------------------------------------------------------


def rung(at: Fraction, law: Ends, size: Ends, order: Order, seen: Exact | Enclosed) -> Rung:
    """Return the rung of one exact or enclosed observation."""
    least, most = _distance(law, seen.ends())
    smallest, largest = _scale(order, seen.ends())
    return Rung(at, (least / largest, most / smallest) if smallest else (Fraction(0), most), size)


Ladder = list[tuple[Fraction, int]]


def ladders(domain: Domain, order: Order, points: Sequence[Point]) -> list[Ladder]:
    """Return the ladders among points, two rungs or more each: the variable and the index."""
    name = variable_name(domain, order)
    found: dict[tuple[tuple[str, Value], ...], dict[Fraction, int]] = {}
    for index, point in enumerate(points):
        at = point.get(name)
        if isinstance(at, Fraction):
            rest = tuple(sorted((key, value) for key, value in point.items() if key != name))
            found.setdefault(rest, {})[at] = index
    return [sorted(rungs.items()) for rungs in found.values() if len(rungs) > 1]


def variable_name(domain: Domain, order: Order) -> str:
    """Return the name of the parameter that grows; a schedule is named after its label."""
    for parameter in domain.parameters:
        if order.variable in (parameter.symbol, getattr(parameter.symbol, "label", None)):
            return parameter.name
    return str(order.variable)


def confront_ladder(rungs: Sequence[Rung], margin: float) -> Verdict:
    """Return the verdict on the measured order between the last two rungs: 1 within the margin.

    Where the size stays the same, the error's exponent in the variable must be 0 instead, and 1
    is added to it.
    """
    first, last = rungs[-2:]
    sizes = _log(_middle(last.size)) - _log(_middle(first.size))
    scale = sizes or _log(last.at) - _log(first.at)
    ends = [
        1 + (growth - sizes) / scale
        for growth in (
            _log(last.error[0]) - _log(first.error[1]),
            _log(last.error[1]) - _log(first.error[0]),
        )
    ]
    low, high = min(ends), max(ends)
    vanished = not first.error[1] or not last.error[1]
    outcome = Outcome.CONSISTENT if 1 - margin <= low and high <= 1 + margin else Outcome.UNDECIDED
    if vanished or low > 1 + margin or high < 1 - margin:
        outcome = Outcome.REFUTED
    middles = _log(_middle(last.error)) - _log(_middle(first.error))
    return Verdict(
        outcome=outcome,
        law=1.0,
        seen=math.inf if vanished else 1 + (middles - sizes) / scale,
        low=low,
        high=high,
        margin=margin,
        share=0.0,
        limit=margin + (high - low),
    )


def _middle(ends: Ends) -> Fraction:
    return (ends[0] + ends[1]) / 2


def _log(value: Fraction) -> float:
    """Return the natural logarithm of a rational of any size; -oo at 0."""
    if value <= 0:
        return -math.inf
    return math.log(value.numerator) - math.log(value.denominator)


__all__ = ["Rung", "confront_ladder", "confront_order", "ladders", "rung", "variable_name"]
