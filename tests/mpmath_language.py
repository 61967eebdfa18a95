"""Functions of the language claims once more, by mpmath alone and by other sums."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath

from theory.inverse_count import InverseCount
from theory.language.running_text import FittedChance

Number = Any


def _inverse_count(samples: Number, chance: Number) -> Number:
    """Return sum P(X = x) / x, from the largest weight outwards until the weights vanish."""
    size, miss = int(samples), 1 - chance
    if miss == 0:
        return 1 / samples
    top = min(max(int((samples + 1) * chance), 1), size)
    peak = mpmath.binomial(samples, top) * chance**top * miss ** (size - top)
    total, small = peak / top, mpmath.mpf(10) ** -150
    weight = peak
    for x in range(top, size):
        weight *= (samples - x) / (x + 1) * chance / miss
        total += weight / (x + 1)
        if weight < small * peak:
            break
    weight = peak
    for x in range(top, 1, -1):
        weight *= x / (samples - x + 1) * miss / chance
        total += weight / (x - 1)
        if weight < small * peak:
            break
    return total


def _fitted_chance(ab: Number, ba: Number, first: Number, places: Number) -> Number:
    """Return E[N_ab / N_a | N_a > 0] from the law of (value, N_a, N_ab), place by place."""
    law = {(True, 0, 0): first, (False, 0, 0): 1 - first}
    for _ in range(int(places) - 1):
        after: dict[tuple[bool, int, int], Number] = {}
        for (at_a, visits, followed), weight in law.items():
            for to_a, chance in ((True, 1 - ab if at_a else ba), (False, ab if at_a else 1 - ba)):
                state = (to_a, visits + at_a, followed + (at_a and not to_a))
                after[state] = after.get(state, 0) + weight * chance
        law = after
    seen = [(mpmath.mpf(m) / n, weight) for (_, n, m), weight in law.items() if n]
    return mpmath.fsum(x * w for x, w in seen) / mpmath.fsum(w for _, w in seen)


LANGUAGE: dict[type, Callable[..., Number]] = {
    InverseCount: _inverse_count,
    FittedChance: _fitted_chance,
}
