"""The mean collapse time by counting lineages, as an exact rational and as a certified ball.

The recursion is that of `chain`, and so is its principle, duality: it is no independent evidence
for a claim derived by duality. Here nothing is rounded (integers over one common denominator), or
every rounding and every dropped entry is inside the radius of the ball (Arb).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from flint import arb, ctx, fmpq, fmpz

__all__ = ["collapse_mean_ball", "collapse_mean_exact"]

MOST_EXACT = 300
"""Samples at most for a rational: its length grows like M^2 ln M, 80,000 digits here."""

MOST_BALL = 20_000
"""Samples at most for a ball: the time grows like M^1.5, some ten seconds here."""

GUARD = 40
"""Working bits beyond those asked for."""


def collapse_mean_exact(start: Sequence[Fraction] | None, samples: int) -> Fraction:
    """Return E T in generations, T the first generation at which one category is left.

    start: probabilities of the categories, nonnegative rationals of sum 1, or None for a law
    without atoms. samples: M in 1..300. T is 0 where a single category is possible, otherwise at
    least 1. TypeError for an inexact start, ValueError outside these domains. Source: A11.

    >>> str(collapse_mean_exact((Fraction(1, 2), Fraction(3, 10), Fraction(1, 5)), 3))
    '643/175'
    """
    shares = _checked(start, samples, MOST_EXACT)
    if shares == {Fraction(1): 1}:
        return Fraction(0)
    scale = fmpz(samples)  # M^k, all the ways in which k balls fall into M boxes
    row = [fmpz(0), scale]  # those that occupy j boxes
    scaled, common = [fmpz(0), fmpz(0)], fmpz(1)  # result(j) = scaled[j] / common
    powers = {p: fmpq(p.numerator, p.denominator) for p in shares}
    factors = dict(powers)
    for k in range(2, samples + 1):
        row.append(fmpz(0))
        row[1:] = [j * row[j] + (samples - j + 1) * row[j - 1] for j in range(1, k + 1)]
        scale *= samples
        powers = {p: powers[p] * factors[p] for p in powers}
        differ = 1 - sum((powers[p] * shares[p] for p in powers), fmpq(0))
        carried = sum((row[j] * scaled[j] for j in range(2, k)), fmpz(0))
        value = (differ * scale + fmpq(carried, common)) / (scale - row[k])
        missing = value.q // common.gcd(value.q)
        if missing != 1:
            scaled = [missing * numerator for numerator in scaled]
            common *= missing
        scaled.append(value.p * (common // value.q))
    mean = 1 + fmpq(scaled[samples], common)
    return Fraction(int(mean.p), int(mean.q))


def collapse_mean_ball(start: Sequence[Fraction] | None, samples: int, bits: int = 128) -> arb:
    """Return a ball around E T, T as in `collapse_mean_exact`.

    start: as there. samples: M in 1..20,000. bits: at least 32; the relative width is about
    2^-bits. TypeError for an inexact start, ValueError outside these domains.

    The rows are cut to a band. A dropped entry stands for a nonnegative part of the sum over
    smaller numbers of lineages, of at most the mass ever dropped times the largest result there,
    so that the ball from 0 to that product is added to the sum.

    >>> print(collapse_mean_ball((Fraction(1, 2), Fraction(1, 2)), 1000).str(25, radius=False))
    1383.500977193913244260990
    """
    shares = _checked(start, samples, MOST_BALL)
    if bits < 32:
        raise ValueError(f"bits = {bits} lies outside bits >= 32")
    if shares == {Fraction(1): 1}:
        return arb(0)
    with ctx.workprec(bits + GUARD):
        return 1 + _certified(shares, samples)


def _certified(shares: Counter[Fraction], samples: int) -> arb:
    """Return a ball around the expected generations with more than one category, after the first.

    The working precision is the caller's.
    """
    zero, unit = arb(0), arb(1) / samples
    stay = [unit * j for j in range(samples + 1)]
    grow = [unit * (samples - j + 1) for j in range(samples + 1)]
    cut = arb(2) ** -ctx.prec / (2 * samples)
    row, low = [arb(1)], 1
    dropped = largest = zero
    result = [zero, zero]
    moves, stays, differ = zero, arb(1), zero  # 1 - P(k, k), P(k, k), 1 - f(k)
    factors = [_ball(p) for p in shares]
    steps = [_ball(p * (1 - p) * number) for p, number in shares.items()]  # f(k) - f(k + 1)
    if not shares:
        steps = [arb(1)]
    for k in range(2, samples + 1):
        moves += stays * stay[k - 1]
        stays *= grow[k]
        differ = sum(steps, differ)
        steps = [step * p for step, p in zip(steps, factors, strict=False)]
        kept = [x * y for x, y in zip(row, stay[low:], strict=False)]
        added = [x * y for x, y in zip(row, grow[low + 1 :], strict=False)]
        row = [kept[0], *(x + y for x, y in zip(kept[1:], added, strict=False)), added[-1]]
        first = next(i for i, x in enumerate(row) if not x < cut)
        last = next(i for i in range(len(row), 0, -1) if not row[i - 1] < cut)
        dropped = sum((*row[:first], *row[last:]), dropped)
        row, low = row[first:last], low + first
        carried = sum((x * y for x, y in zip(row, result[low:], strict=False)), zero)
        carried += (dropped * largest).union(zero)
        result.append((differ + carried) / moves)
        largest = largest.max(result[-1])
    return result[samples]


def _ball(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def _checked(start: Sequence[Fraction] | None, samples: int, most: int) -> Counter[Fraction]:
    """Return how many categories have each positive share, nothing for a law without atoms."""
    if not 1 <= samples <= most:
        raise ValueError(f"samples = {samples} lies outside 1..{most}")
    if start is None:
        return Counter()
    for p in start:
        if not isinstance(p, (int, Fraction)):
            raise TypeError(f"start contains {p!r}, which is not an exact rational")
        if p < 0:
            raise ValueError(f"start contains {p}, which lies outside p >= 0")
    if sum(start) != 1:
        raise ValueError(f"start of sum {sum(start)} lies outside laws of sum 1")
    return Counter(Fraction(p) for p in start if p > 0)
