"""When categories are lost: the mean time, from the linear system over all count vectors.

The chain runs over every way in which M draws fall into K categories, with multinomial steps
written out. The mean time m to fewer than j living categories solves (I - Q) m = 1 over the vectors
with j or more of them, in balls. Nothing else is used: no lineages, no diffusion, no symmetry.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

from flint import arb, arb_mat, ctx, fmpq

__all__ = ["mean_until_fewer"]

LARGEST_SYSTEM = 400
"""Count vectors at most: the dense system of as many unknowns takes a second."""

BITS = 192
"""Working precision."""


def _vectors(kinds: int, samples: int) -> Iterator[tuple[int, ...]]:
    """Yield every vector of as many counts with this sum."""
    if kinds == 1:
        yield (samples,)
        return
    for first in range(samples + 1):
        for rest in _vectors(kinds - 1, samples - first):
            yield (first, *rest)


def mean_until_fewer(start: Sequence[Fraction], samples: int, left: int) -> arb:
    """Return a ball around the mean first generation with fewer than `left` categories alive.

    start: K exact probabilities of sum 1, none of them 0; generation 1 is drawn from it. samples:
    at least 1. left: in 2..K. ValueError outside these domains or with more than `LARGEST_SYSTEM`
    vectors.

    >>> half = Fraction(1, 2)
    >>> print(mean_until_fewer([half, half], 2, 2).str(12, radius=False))
    2.00000000000
    """
    kinds = len(start)
    if not 2 <= left <= kinds:
        raise ValueError(f"left = {left} lies outside 2..{kinds}")
    if samples < 1 or math.comb(samples + kinds - 1, kinds - 1) > LARGEST_SYSTEM:
        raise ValueError(f"samples = {samples} with {kinds} categories lies outside the system")
    if min(start) <= 0 or sum(start) != 1:
        raise ValueError(f"start = {tuple(start)} lies outside laws without a 0, of sum 1")
    alive = [x for x in _vectors(kinds, samples) if sum(c > 0 for c in x) >= left]
    if not alive:
        return arb(1)
    with ctx.workprec(BITS):
        ways = [math.factorial(samples) // math.prod(map(math.factorial, x)) for x in alive]
        size = len(alive)
        system = arb_mat(size, size)
        for row, shares in enumerate(alive):
            powers = [[share**count for count in range(samples + 1)] for share in shares]
            for column, counts in enumerate(alive):
                chance = ways[column]
                for k, count in enumerate(counts):
                    chance *= powers[k][count]
                system[row, column] = int(row == column) - arb(chance) / samples**samples
        mean = system.solve(arb_mat(size, 1, [1] * size))
        total = arb(1)
        for row, counts in enumerate(alive):
            first = Fraction(ways[row])
            for share, count in zip(start, counts, strict=True):
                first *= share**count
            total += arb(fmpq(first.numerator, first.denominator)) * mean[row, 0]
        return total
