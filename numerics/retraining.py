"""Retraining an exponential family on its own law beside the real one, with infinite data.

The fit is the parameter of the least cross-entropy, found by comparing values of it: no gradient
is set to zero and no mean is matched. The support is finite, so every sum is a ball.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import arb, ctx, fmpq

__all__ = ["Family", "fit", "law", "mean", "mixture", "shares_left"]

BITS = 320
"""Working precision. A comparison at distance w from the minimum needs about w^2."""

WIDTH = 2.0**-80
"""The search ends when it has the parameter to this width, or can decide no further."""

REACH = 64
"""The search begins with parameters up to this size."""

PLACES = ((0.375, 0.625), (0.25, 0.625))
"""Where an interval is tried; the second pair, where the minimum lies midway between the first."""


@dataclass(frozen=True)
class Family:
    """Laws proportional to base(x) exp(theta statistic(x)), x = 0, 1, ....

    base: above 0. statistic: not constant; one number for each x, as base.
    ValueError outside.
    """

    base: tuple[Fraction, ...]
    statistic: tuple[Fraction, ...]

    def __post_init__(self) -> None:
        if len(self.base) != len(self.statistic) or min(self.base, default=Fraction(0)) <= 0:
            raise ValueError(f"base = {self.base} lies outside one number above 0 for each value")
        if len(set(self.statistic)) < 2:
            raise ValueError(f"statistic = {self.statistic} lies outside: not constant")


def _ball(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def _weights(family: Family, theta: arb) -> list[arb]:
    """Return base(x) exp(theta statistic(x)) for all x."""
    return [
        _ball(base) * (theta * _ball(value)).exp()
        for base, value in zip(family.base, family.statistic, strict=True)
    ]


def _total(terms: Sequence[arb]) -> arb:
    return sum(terms, arb(0))


def law(family: Family, theta: arb) -> list[arb]:
    """Return the probabilities of all x at a parameter."""
    weights = _weights(family, theta)
    total = _total(weights)
    return [weight / total for weight in weights]


def mean(family: Family, chances: Sequence[arb]) -> arb:
    """Return the mean of the statistic under any law on the support."""
    return _total(
        [_ball(value) * chance for value, chance in zip(family.statistic, chances, strict=True)]
    )


def mixture(real: Sequence[arb], made: Sequence[arb], weight: Fraction) -> list[arb]:
    """Return the law of a point when `weight` made points come with each real one."""
    share = _ball(weight)
    return [(one + share * other) / (1 + share) for one, other in zip(real, made, strict=True)]


def _cross_entropy(family: Family, chances: Sequence[arb], theta: arb) -> arb:
    """Return minus the mean logarithm, under `chances`, of the law at theta."""
    logs = [chance.log() for chance in law(family, theta)]
    return -_total([chance * log for chance, log in zip(chances, logs, strict=True)])


def fit(family: Family, chances: Sequence[arb]) -> arb:
    """Return a ball around the parameter of the least cross-entropy from a law on the support.

    The cross-entropy is strictly convex: where it is smaller at one of two points, the minimum is
    not beyond the other. chances: not on one value alone. ArithmeticError where the least one may
    lie outside the first interval.
    """
    low, high = arb(-REACH), arb(REACH)
    first = low, high
    while float((high - low).mid()) > WIDTH:
        for place in PLACES:
            left, right = (low + x * (high - low) for x in place)
            at_left, at_right = (_cross_entropy(family, chances, x) for x in (left, right))
            if at_left < at_right:
                high = right
                break
            if at_left > at_right:
                low = left
                break
        else:
            break  # no pair of places can be told apart any more
    if low == first[0] or high == first[1]:
        raise ArithmeticError(f"the least cross-entropy lies outside -{REACH}..{REACH}")
    return low.union(high)


def shares_left(
    family: Family, real: Sequence[Fraction], start: Fraction, weight: Fraction, rounds: int
) -> list[arb]:
    """Return, for each round, the error of the fitted mean over that of the round before.

    The error is the mean of the statistic under the fit less that under the real law. real: the
    real law, in the family or not. start: parameter of the first model. weight: made points for
    each real one, at least 0. rounds: at least 1. Every round begins at the middle of the ball
    that the one before found.
    """
    if weight < 0 or rounds < 1:
        raise ValueError(f"weight = {weight}, rounds = {rounds} lie outside >= 0 and >= 1")
    with ctx.workprec(BITS):
        truth = [_ball(chance) for chance in real]
        aim, theta, left = mean(family, truth), _ball(start), []
        for _ in range(rounds):
            made = law(family, theta)
            ball = fit(family, mixture(truth, made, weight))
            after = mean(family, law(family, ball)) - aim
            left.append(after / (mean(family, made) - aim))
            theta = ball.mid()  # as good a first model as any other
        return left
