"""What a component of a mixture keeps: h_n(w), the mean of its weight times its variance.

h_0(w) = w and h_n(w) = E[(1 - 1/m) h_{n-1}(m/M); m >= 1] for a binomial count m of M. As it stands
that is a recursion over all counts. Every later weight carries two draws of the component that have
not met, and k draws of the others:

    h_1(w) = w^2 sum_{k=0}^{M-2} (1 - (k+1)/M) (1 - w)^k,
    E[(m/M)^2 (1 - 1/m) (1 - m/M)^k] = w^2 (1 - 1/M) sum_a P(k, a) (1 - w)^a,

where P(k, a) is the chance that k balls, thrown into M boxes, miss two given boxes and fall into a
of the others. So h_n is w^2 (1 - 1/M)^(n-1) times a polynomial in 1 - w whose coefficients are all
positive, and its coefficients are found ball by ball. Rounded down to a fixed point they are never
too large, and what is missing is at most a unit for each rounding of each. Of many draws only the
first terms of the sum are followed: more balls fall into more boxes, so that each later term ends
below that of k = reach.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import sympy as sp
from flint import arb, ctx, fmpq, fmpz, fmpz_poly

from theory.node import Node
from theory.rational import NotRational, fits, whole

#: A rational with more bits than this is not formed, nor one of more throws times draws times bits.
LONGEST = 1 << 16
MOST_EXACT_WORK = 1 << 31
#: Of so many samples every term is followed.
ALL_TERMS = 4000
#: Squared terms times generations at most: some seconds.
MOST_WORK = 10**8
#: More generations than this are refused.
MOST_GENERATIONS = 1_000_000
#: Bits of the fixed point beyond the working precision.
_GUARD = 64
#: Balls thrown between two roundings.
_BALLS = 4


class Within(Node):
    """h_n(w): mean of weight times variance after n generations of M draws, variance 1 at first."""

    nargs = 3

    @staticmethod
    def exact_value(*arguments: Any) -> fmpq:
        """Return the mean as a rational; NotRational where it would be long."""
        share, samples, generations = arguments
        size, n = _counts(share, samples.p, generations.p)
        if n == 0 or share == 0:
            return share
        long = max(int(share.p).bit_length(), int(share.q).bit_length())
        if n == 1:
            fits(size * long)
            return share - (1 - (1 - share) ** size) / size
        bits = n * size * size.bit_length() + size * long
        if bits > LONGEST or n * size**2 * bits > MOST_EXACT_WORK:
            raise NotRational("a long rational")
        law, scale = _law(size, n - 1)
        return share**2 * (1 - fmpq(1, size)) ** (n - 1) * law(1 - share) / scale

    @staticmethod
    def ball_value(*arguments: Any) -> arb:
        """Return a ball that holds the mean; ArithmeticError for too many samples."""
        share = arguments[0]
        size, n = _counts(share, whole(arguments[1]), whole(arguments[2]))
        if n == 0 or share.is_zero():
            return share
        if n == 1:
            return share - (1 - (1 - share) ** size) / size
        law, missing = _followed(1 - share, size, n - 1)
        total = arb(0)
        for weight in reversed(law):
            total = total * (1 - share) + weight
        half = missing.upper() / 2
        return share**2 * (1 - arb(1) / size) ** (n - 1) * (total + half + arb(0, half))

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        share, samples, generations = map(printer._print, self.args)
        return rf"h_{{{generations}}}\left({share};\, M = {samples}\right)"


def _counts(share: fmpq | arb, samples: Any, generations: Any) -> tuple[int, int]:
    size, n = int(samples), int(generations)
    if share < 0 or share > 1 or size < 1 or not 0 <= n <= MOST_GENERATIONS:
        raise ArithmeticError(
            f"M = {size}, n = {n}: h is computed for 0 <= w <= 1, M >= 1, 0 <= n <= "
            f"{MOST_GENERATIONS}"
        )
    return size, n


def _throw(law: fmpz_poly, samples: int) -> fmpz_poly:
    """Return the law of occupied boxes after one more ball, times M; two boxes must be missed."""
    slope = law.derivative()
    return (slope + (law * (samples - 2) - slope.left_shift(1))).left_shift(1)


@lru_cache(maxsize=16)
def _law(samples: int, steps: int) -> tuple[fmpz_poly, fmpz]:
    """Return the coefficients of the polynomial in 1 - w times a number, and that number."""
    law, total = fmpz_poly([samples - 1 - k for k in range(samples - 1)]), fmpz(samples)
    for _ in range(steps):
        weights = law.coeffs()
        found, scale = fmpz_poly([0]), fmpz(1)
        for left in range(len(weights) - 1, 0, -1):
            found = _throw(found + weights[left] * scale, samples)
            scale *= samples
        law = found + (weights[0] if weights else 0) * scale
        total *= scale
    return law, total


def _followed(other: arb, samples: int, steps: int) -> tuple[list[arb], arb]:
    """Return coefficients, none too large, and a bound on all that is missing at 1 - w = other.

    ArithmeticError where more terms would have to be followed than is quick.
    """
    if samples <= ALL_TERMS:
        return _rounded(samples, steps, ctx.prec, samples - 1)
    reach = _reach(float(other), samples, steps)
    if 0 < reach < samples - 1 and reach**2 * steps <= MOST_WORK:
        law, missing = _rounded(samples, steps, ctx.prec, reach)
        left_out, also = _rounded(samples, steps, ctx.prec, reach, alone=True)
        rest = samples * (sum((c * other**a for a, c in enumerate(left_out)), arb(0)) + also)
        if rest < arb(2) ** -ctx.prec:
            return law, missing + rest
    raise ArithmeticError(f"M = {samples} samples, n = {steps + 1} generations take too long")


def _reach(other: float, samples: int, steps: int) -> int:
    """Return about how many terms matter; 0 where they coalesce before they cease to matter.

    k draws have about k / (1 + k t / (2 M)) ancestors after t steps.
    """
    if other <= 0.0 or other >= 1.0:
        return 1
    lineages = (ctx.prec + 2 * samples.bit_length()) / -math.log2(other) + 8
    left = 1 - 1.1 * lineages * steps / (2 * samples)
    return int(1.3 * lineages / left) + 1 if left > 0.05 else 0


@lru_cache(maxsize=64)
def _rounded(
    samples: int, steps: int, bits: int, reach: int, alone: bool = False
) -> tuple[list[arb], arb]:
    """Return coefficients, none too large, and a bound on all that they lack together.

    reach: terms of the sum that are followed; alone: the first one left out instead, of weight 1.
    No throw makes the sum of coefficients larger, so a unit that is lost stays a unit at most.
    """
    one = fmpz(1) << (bits + _GUARD)
    law = fmpz_poly([one * (samples - 1 - k) // samples for k in range(reach)])
    if alone:
        law = fmpz_poly([0] * reach + [one])
    lost = reach
    for _ in range(steps):
        weights = law.coeffs()
        if len(weights) < 2:  # no ball is left to be thrown
            break
        found, scale = fmpz_poly([0]), fmpz(1)
        for left in range(len(weights) - 1, 0, -1):
            found = _throw(found + weights[left] * scale, samples)
            scale *= samples
            if left % _BALLS == 1:
                found, scale = found // scale, fmpz(1)
                lost += len(weights)
        law = found + weights[0] * scale
    return [arb(weight) / arb(one) for weight in law.coeffs()], arb(lost) / arb(one)
