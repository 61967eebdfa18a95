"""Other ways to train on one's own output, enumerated draw by draw in exact arithmetic.

`pooled`: every generation draws from the pool of all earlier batches, which keeps growing.
`mixed`: every generation blends the fit to its draws with the law it drew from. The only facts
used are that a draw picks category k with the share of k and that draws are independent; no
quantity is computed here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from numerics.enumeration import Counts

Shares = tuple[Fraction, ...]
"""A law over the categories."""

LARGEST_LAW = 20_000
"""States at most in one law: beyond it, enumeration is the wrong tool."""


def pooled(start: Sequence[Fraction], samples: int, rounds: int) -> dict[Counts, Fraction]:
    """Return the exact law of the counts in the pool after some rounds.

    start: probabilities of the categories, nonnegative rationals of sum 1; round 1 draws from it,
    and it is no part of the pool. samples: draws a round, at least 1. rounds: at least 1.
    ValueError outside these domains or where there are more than `LARGEST_LAW` pools.

    >>> law = pooled((Fraction(1, 2), Fraction(1, 2)), samples=1, rounds=2)
    >>> print(*(f"{counts}: {weight}" for counts, weight in sorted(law.items())), sep="; ")
    (0, 2): 1/2; (2, 0): 1/2
    """
    _check("rounds", rounds, 1)
    _check("samples", samples, 1)
    _check_states(math.comb(samples * rounds + len(start) - 1, samples * rounds))
    law: dict[Counts, Fraction] = {(0,) * len(start): Fraction(1)}
    for number in range(rounds):
        grown: dict[Counts, Fraction] = {}
        for pool, weight in law.items():
            size = sum(pool)
            shares = tuple(Fraction(c, size) for c in pool) if number else tuple(start)
            for batch, chance in batches(shares, samples).items():
                after = tuple(map(int.__add__, pool, batch))
                grown[after] = grown.get(after, Fraction(0)) + weight * chance
        law = grown
    return law


def mixed(
    start: Sequence[Fraction], samples: int, share: Fraction, generations: int
) -> dict[Shares, Fraction]:
    """Return the exact law of the current law when each generation blends fit and law before.

    start: as in `pooled`. samples: draws a generation, at least 1. share: weight of the fit, in
    [0, 1]; the law before has the rest. generations: at least 0. ValueError outside these domains
    or where there are more than `LARGEST_LAW` laws.

    >>> half = Fraction(1, 2)
    >>> law = mixed((half, half), samples=1, share=half, generations=1)
    >>> print(*(f"{float(shares[0])}: {weight}" for shares, weight in law.items()), sep="; ")
    0.75: 1/2; 0.25: 1/2
    """
    _check("generations", generations, 0)
    if not 0 <= share <= 1:
        raise ValueError(f"share = {share} lies outside 0 <= share <= 1")
    law: dict[Shares, Fraction] = {tuple(start): Fraction(1)}
    for _ in range(generations):
        grown: dict[Shares, Fraction] = {}
        for shares, weight in law.items():
            for batch, chance in batches(shares, samples).items():
                after = tuple(
                    share * Fraction(c, samples) + (1 - share) * p
                    for c, p in zip(batch, shares, strict=True)
                )
                grown[after] = grown.get(after, Fraction(0)) + weight * chance
            _check_states(len(grown))
        law = grown
    return law


def batches(shares: Sequence[Fraction], samples: int) -> dict[Counts, Fraction]:
    """Return the exact law of the counts of independent draws, one draw at a time.

    shares: nonnegative rationals of sum 1. samples: at least 1. ValueError outside.

    >>> batches((Fraction(1, 3), Fraction(2, 3)), 2)[1, 1]
    Fraction(4, 9)
    """
    _check("samples", samples, 1)
    for p in shares:
        if not isinstance(p, (int, Fraction)):
            raise TypeError(f"shares contain {p!r}, which is not an exact rational")
    if sum(shares) != 1 or min(shares) < 0:
        shown = ", ".join(map(str, shares))
        raise ValueError(f"shares = ({shown}) lie outside laws of sum 1, p >= 0")
    _check_states(math.comb(samples + len(shares) - 1, samples))
    law: dict[Counts, Fraction] = {(0,) * len(shares): Fraction(1)}
    for _ in range(samples):
        grown: dict[Counts, Fraction] = {}
        for counts, weight in law.items():
            for k, p in enumerate(shares):
                if p:
                    after = (*counts[:k], counts[k] + 1, *counts[k + 1 :])
                    grown[after] = grown.get(after, Fraction(0)) + weight * p
        law = grown
    return law


def _check_states(states: int) -> None:
    if states > LARGEST_LAW:
        raise ValueError(f"states = {states} lies outside states <= {LARGEST_LAW}")


def _check(name: str, value: int, least: int) -> None:
    if value < least:
        raise ValueError(f"{name} = {value} lies outside {name} >= {least}")
