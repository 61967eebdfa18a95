"""One row of an n-gram table, enumerated draw by draw in exact arithmetic, and its random count.

A draw is of the context with a given chance, in every generation the same, and then falls on a
value with its share of the row. A row without a draw stays what it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction

from flint import acb, arb, ctx, fmpq, fmpz_poly

__all__ = ["fitted_rows", "inverse_mean", "inverse_mean_integral", "mean_diversities"]

Row = tuple[Fraction, ...]


def _checked(chance: Fraction, samples: int) -> None:
    if not 0 < chance <= 1:
        raise ValueError(f"chance = {chance} lies outside 0 < chance <= 1")
    if samples < 1:
        raise ValueError(f"samples = {samples} lies outside samples >= 1")


def fitted_rows(
    row: Sequence[Fraction], chance: Fraction, samples: int
) -> Iterator[tuple[tuple[int, ...], Fraction]]:
    """Yield the counts of the row's values among all draws, and the probability of each.

    row: a law. chance: of the context, in (0, 1]. samples: at least 1. ValueError outside.
    """
    _checked(chance, samples)
    if min(row) < 0 or sum(row) != 1:
        raise ValueError(f"row = {tuple(map(str, row))} is no law")
    law = {(0,) * len(row): Fraction(1)}
    for _ in range(samples):
        after: dict[tuple[int, ...], Fraction] = defaultdict(Fraction)
        for counts, weight in law.items():
            after[counts] += weight * (1 - chance)
            for k, share in enumerate(row):
                if share:
                    grown = (*counts[:k], counts[k] + 1, *counts[k + 1 :])
                    after[grown] += weight * chance * share
        law = after
    yield from law.items()


def mean_diversities(
    row: Sequence[Fraction], chance: Fraction, samples: int, generations: int
) -> list[Fraction]:
    """Return E[1 - sum of squared shares] of the row after 0, 1, ..., generations.

    row, chance, samples: as in `fitted_rows`. generations: at least 0; all rows are enumerated.
    """
    law: dict[Row, Fraction] = {tuple(row): Fraction(1)}
    found = [_mean(law)]
    for _ in range(generations):
        after: dict[Row, Fraction] = defaultdict(Fraction)
        for old, weight in law.items():
            for counts, part in fitted_rows(old, chance, samples):
                total = sum(counts)
                new = tuple(Fraction(count, total) for count in counts) if total else old
                after[new] += weight * part
        law = after
        found.append(_mean(law))
    return found


def _mean(law: dict[Row, Fraction]) -> Fraction:
    return sum(
        (weight * (1 - sum(share * share for share in row)) for row, weight in law.items()),
        Fraction(0),
    )


def inverse_mean(chance: Fraction, samples: int) -> Fraction:
    """Return E[1/X; X >= 1] for the number X of draws of the context, from the law of X.

    The law is the coefficients of (1 - chance + chance z)^samples, as whole numbers.
    """
    _checked(chance, samples)
    top, bottom = chance.numerator, chance.denominator
    weights = fmpz_poly([bottom - top, top]) ** samples
    total = sum((fmpq(weights[x], x) for x in range(1, samples + 1)), fmpq(0))
    return Fraction(int(total.p), int(total.q) * bottom**samples)


def inverse_mean_integral(chance: Fraction, samples: int, bits: int = 96) -> arb:
    """Return a ball that holds the integral of ((1-p+pt)^M - (1-p)^M) / t over 0 < t < 1.

    By Gauss-Legendre steps with a proven bound on the error. Around t = 0 the quotient is a mean
    of the derivative over a convex set. chance, samples: p and M, as in `fitted_rows`.
    """
    _checked(chance, samples)
    before = ctx.prec
    ctx.prec = bits
    try:
        p = acb(arb(chance.numerator) / chance.denominator)
        never = (1 - p) ** samples

        def integrand(t: acb, analytic: bool) -> acb:
            if t.contains(acb(0)):
                return samples * p * (1 - p + p * t) ** (samples - 1)
            return ((1 - p + p * t) ** samples - never) / t

        return acb.integral(integrand, acb(0), acb(1)).real
    finally:
        ctx.prec = before
