"""Confronting a law with one piece of evidence: consistent, refuted, or undecided.

A law arrives as an interval (a point when it is rational), evidence as an exact value, a rigorous
enclosure, or a sample with finite-sample confidence intervals. `share` is the part of the run's
false-alarm budget that this comparison may spend; only samples spend any.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import lru_cache

from theory.claim import Relation

#: A detection limit is the smallest relative error caught with probability 1 - MISS.
MISS = 1e-3


class Outcome(Enum):
    """What a comparison finds."""

    CONSISTENT = "consistent"
    REFUTED = "refuted"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Exact:
    """A value computed without error."""

    value: Fraction

    def ends(self) -> tuple[Fraction, Fraction]:
        """Return the value twice."""
        return self.value, self.value


@dataclass(frozen=True)
class Enclosed:
    """A value known to lie between two rationals, with certainty."""

    low: Fraction
    high: Fraction

    def ends(self) -> tuple[Fraction, Fraction]:
        """Return the two ends."""
        return self.low, self.high


@dataclass(frozen=True)
class Sampled:
    """A mean or a probability seen in `replicates` independent runs.

    interval: returns (low, high) that misses the truth with probability at most its argument.
    It may be slow, and is asked the same again for every mutant: use `ends`, which remembers.
    """

    estimate: float
    replicates: int
    interval: Callable[[float], tuple[float, float]]
    method: str

    def ends(self, alpha: float) -> tuple[float, float]:
        """Return the interval that misses the truth with probability at most alpha."""
        return _remembered(self, alpha)


@lru_cache(maxsize=64)
def _remembered(sample: Sampled, alpha: float) -> tuple[float, float]:
    return sample.interval(alpha)


Observation = Exact | Enclosed | Sampled


@dataclass(frozen=True)
class Verdict:
    """The outcome of one comparison, with the figures that let a reader weigh it.

    limit: the smallest relative error of the law that this comparison would have caught
    (with probability 0.999 for samples, with certainty otherwise); 1 or more means no power.
    slack: for bounds, the bound divided by what was seen; for orders, the bound on the error
    divided by the error seen; else None.
    decides: for undecided samples, the number of replicates that would decide.
    """

    outcome: Outcome
    law: float
    seen: float
    low: float
    high: float
    margin: float
    share: float
    limit: float
    slack: float | None = None
    decides: int | None = None

    def surely_slack(self, relation: Relation) -> float:
        """Return the most that the bound may exceed the value seen; for AT_LEAST, fall short."""
        if relation is Relation.AT_LEAST:
            return ratio(self.high, self.law)
        return ratio(self.law, self.low)

    @property
    def vacuous(self) -> bool:
        """Return whether the comparison could not have failed."""
        return not self.limit < 1


def confront(
    relation: Relation,
    law: tuple[Fraction, Fraction],
    seen: Observation,
    share: float,
    margin: float = 0.0,
) -> Verdict:
    """Return the verdict on `quantity RELATION law` from one observation.

    law: both ends of the law's value, margin: relative error that still counts as the same.
    """
    if isinstance(seen, Sampled):
        return _confront_sample(relation, float((law[0] + law[1]) / 2), seen, share, margin)
    return _confront_exact(relation, law, seen, Fraction(margin))


def _confront_exact(
    relation: Relation, law: tuple[Fraction, Fraction], seen: Exact | Enclosed, margin: Fraction
) -> Verdict:
    low, high = seen.ends()
    size = max(abs(law[0]), abs(law[1]))
    room = margin * size
    below = high < law[0] - room  # surely less than the law
    above = low > law[1] + room  # surely more
    refuted = {
        Relation.EQUALS: below or above,
        Relation.TENDS_TO: below or above,
        Relation.AT_MOST: above,
        Relation.AT_LEAST: below,
    }[relation]
    middle = (low + high) / 2
    width = (high - low) + (law[1] - law[0]) + room
    bound = relation in (Relation.AT_MOST, Relation.AT_LEAST)
    gap = abs((law[0] + law[1]) / 2 - middle) if bound else Fraction(0)
    return Verdict(
        outcome=Outcome.REFUTED if refuted else Outcome.CONSISTENT,
        law=to_float((law[0] + law[1]) / 2),
        seen=to_float(middle),
        low=to_float(low),
        high=to_float(high),
        margin=float(margin),
        share=0.0,
        limit=ratio(width + gap, size),
        slack=_slack(relation, (law[0] + law[1]) / 2, middle),
    )


def _confront_sample(
    relation: Relation, law: float, seen: Sampled, share: float, margin: float
) -> Verdict:
    low, high = seen.ends(share)
    room = margin * abs(law)
    refuted = {
        Relation.EQUALS: not low <= law <= high,
        Relation.TENDS_TO: not low - room <= law <= high + room,
        Relation.AT_MOST: low > law,
        Relation.AT_LEAST: high < law,
    }[relation]
    # How far the interval reaches past the law on the side(s) where it could be wrong.
    reach = {
        Relation.EQUALS: max(high - law, law - low),
        Relation.TENDS_TO: max(high - law, law - low),
        Relation.AT_MOST: high - law,
        Relation.AT_LEAST: law - low,
    }[relation]
    outcome = Outcome.CONSISTENT if reach <= room else Outcome.UNDECIDED
    usual = seen.ends(2 * MISS)
    upper = high - seen.estimate + max(seen.estimate - usual[0], 0.0)
    lower = seen.estimate - low + max(usual[1] - seen.estimate, 0.0)
    limit = {
        Relation.EQUALS: max(upper, lower),
        Relation.TENDS_TO: max(upper, lower) + room,
        Relation.AT_MOST: law - seen.estimate + lower,
        Relation.AT_LEAST: seen.estimate - law + upper,
    }[relation]
    bound = relation in (Relation.AT_MOST, Relation.AT_LEAST)
    return Verdict(
        outcome=Outcome.REFUTED if refuted else outcome,
        law=law,
        seen=seen.estimate,
        low=low,
        high=high,
        margin=margin,
        share=share,
        limit=ratio(limit, abs(law)),
        slack=_slack(relation, law, seen.estimate) if bound else None,
        decides=decides(seen.replicates, reach, room) if outcome is Outcome.UNDECIDED else None,
    )


def decides(replicates: int, reach: float, room: float) -> int | None:
    """Return the replicates at which an interval of this kind would fit into the margin."""
    if room <= 0 or not math.isfinite(reach):
        return None
    return math.ceil(replicates * (reach / room) ** 2)


def ratio(part: Fraction | float, whole: Fraction | float) -> float:
    """Return a quotient as a float: oo over 0, and 0 for 0 over 0."""
    if whole == 0:
        return 0.0 if part == 0 else math.inf
    return to_float(part / whole)


def _slack(relation: Relation, law: Fraction | float, seen: Fraction | float) -> float | None:
    if relation is Relation.AT_MOST:
        return ratio(law, seen)
    if relation is Relation.AT_LEAST:
        return ratio(seen, law)
    return None


def to_float(value: Fraction | float) -> float:
    """Return the nearest float, or an infinity where the value is too large for one."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
