"""E[1/X; X >= 1] for a binomial count X: the mean of 1/X where X is positive, and 0 where it is 0.

With q = 1 - p it is J(M) = sum_{k=1..M} (q^(M-k) - q^M) / k, so that J(M) = q J(M-1) + (1-q^M)/M.
A ball comes from this sum or from the sum over the count, whichever is shorter: both have positive
terms only, and both end where the rest is below the working precision.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from flint import arb, ctx, fmpq

from theory.node import Node
from theory.rational import NotRational, whole

#: A rational with more bits than this is not formed.
LONGEST = 1 << 15
#: More terms than this take more than half a minute.
MOST_TERMS = 10**7
#: Bits beyond the working precision at which a sum ends.
_GUARD = 8


class InverseCount(Node):
    """E[1/X; X >= 1] of (M, p), X binomial(M, p), for whole M >= 1 and 0 < p <= 1."""

    nargs = 2

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        samples, chance = map(printer._print, self.args)
        return (
            rf"\mathbb{{E}}\left[\tfrac{{1}}{{X}} \,;\, X \ge 1 \,\middle|\, "
            rf"X \sim \mathrm{{Bin}}({samples}, {chance})\right]"
        )

    @staticmethod
    def exact_value(*arguments: Any) -> fmpq:
        """Return the mean as a rational; NotRational where it is too long to write down."""
        samples, chance = arguments
        size, miss = int(samples.p), 1 - chance
        if size * (2 + int(chance.q).bit_length()) > LONGEST:
            raise NotRational("a long rational")
        mean, missed = fmpq(0), fmpq(1)
        for count in range(1, size + 1):
            missed *= miss
            mean = miss * mean + (1 - missed) / count
        return mean

    @staticmethod
    def ball_value(*arguments: Any) -> arb:
        """Return a ball that holds the mean."""
        samples, chance = arguments
        size, miss = whole(samples), 1 - chance
        if miss.is_zero():
            return 1 / samples
        close = float(ctx.prec + _GUARD) + size.bit_length()
        over_misses = min(size, close / float(chance.mid()))
        over_counts = min(size, 3 * size * float(chance.mid()) + close)
        if min(over_misses, over_counts) > MOST_TERMS:
            raise ArithmeticError(f"a sum of {min(over_misses, over_counts):.0f} terms is too long")
        if over_misses <= over_counts:
            return _over_misses(size, chance, miss)
        return _over_counts(size, chance, miss)


def _over_misses(size: int, chance: arb, miss: arb) -> arb:
    """Return the sum over j = M - k of q^j (1 - q^(M-j)) / (M-j): after j terms q^j is left."""
    total, power, never = arb(0), arb(1), miss**size
    small = arb(2) ** (-ctx.prec - _GUARD) / size
    for j in range(size):
        if power < small:
            return total + arb(power.upper() / 2, power.upper() / 2)
        total += (power - never) / (size - j)
        power *= miss
    return total


def _over_counts(size: int, chance: arb, miss: arb) -> arb:
    """Return the sum of P(X = x) / x, which falls at least by half a term past the mean."""
    weight, odds = size * chance * miss ** (size - 1), chance / miss
    total = arb(0)
    for x in range(1, size + 1):
        total += weight / x
        ratio = odds * (size - x) / (x + 1)
        weight *= ratio
        if 2 * ratio < 1 and weight < total * arb(2) ** (-ctx.prec - _GUARD):
            return total + arb(weight.upper(), weight.upper())
    return total
