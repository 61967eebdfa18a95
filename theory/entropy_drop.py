"""What entropy is made of: the mean fall of -x ln x of a fitted share, and the chance to live."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sympy as sp
from flint import arb, arb_mat, ctx, fmpq

from theory.lineages import lineage_power_ball, lineage_power_exact
from theory.node import Node
from theory.rational import NotRational, whole

#: One generation of more samples than this is refused: it takes seconds.
MOST_SAMPLES = 2_000_000
#: With more samples than this, the matrix of two generations or more takes seconds.
MOST_IN_MATRIX = 1000
#: Weights below 2^-(precision + this) are left out; what they add goes into the radius.
_GUARD = 40


class EntropyDrop(Node):
    """E[X ln X] - q ln q for the share X of a category after n generations of M draws, 0 <= q <= 1.

    The count is binomial(M, q) in generation 1 and binomial(M, X) after that.
    """

    nargs = 3

    @staticmethod
    def exact_value(*arguments: Any) -> fmpq:
        """Return 0 where nothing is random; NotRational elsewhere."""
        q, _, generations = arguments
        if generations != 0 and 0 < q < 1:
            raise NotRational("transcendental")
        return fmpq(0)

    @staticmethod
    def ball_value(*arguments: Any) -> arb:
        """Return a ball that holds the mean; ArithmeticError for too many samples."""
        q, samples, generations = arguments[0], whole(arguments[1]), whole(arguments[2])
        if samples < 1 or generations < 0:
            raise ArithmeticError(f"M = {samples}, n = {generations} lie outside M >= 1, n >= 0")
        if generations == 0 or q.is_zero() or (1 - q).is_zero():
            return arb(0)
        most = MOST_SAMPLES if generations == 1 else MOST_IN_MATRIX
        if samples > most:
            raise ArithmeticError(
                f"M = {samples} samples take too long; at most {MOST_SAMPLES} for n = 1 and "
                f"{MOST_IN_MATRIX} for n >= 2"
            )
        gains = _gains(samples, generations - 1, ctx.prec)
        return _binomial_mean(q, samples, gains) - q * q.log()

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        share, samples, generations = map(printer._print, self.args)
        return (
            rf"\mathbb{{E}}\bigl[X_{{{generations}}} \ln X_{{{generations}}} - X_0 \ln X_0 "
            rf"\,\big|\, X_0 = {share}, M = {samples}\bigr]"
        )


class Alive(Node):
    """P(a category of probability q has a draw in generation n) for M draws; 1 at n = 0."""

    nargs = 3

    @staticmethod
    def exact_value(*arguments: Any) -> fmpq:
        """Return the probability as a rational; NotRational where it would be long."""
        q, samples, generations = arguments
        if generations == 0:
            return fmpq(1)
        return 1 - lineage_power_exact(1 - q, samples, samples, generations - 1)

    @staticmethod
    def ball_value(*arguments: Any) -> arb:
        """Return a ball that holds the probability."""
        q, samples, generations = arguments
        if generations.is_zero():
            return arb(1)
        return 1 - lineage_power_ball(1 - q, samples, samples, generations - 1)

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        share, samples, generations = map(printer._print, self.args)
        given = rf"X_0 = {share}, M = {samples}"
        return rf"\mathbb{{P}}\bigl(X_{{{generations}}} > 0 \,\big|\, {given}\bigr)"


def _binomial_mean(q: arb, samples: int, gains: arb_mat | None) -> arb:
    """Return the mean of x ln x, or of the gains (values in [-1, 0]), over a binomial share."""
    odds, weight = q / (1 - q), (1 - q) ** samples
    tiny = arb(2) ** -(ctx.prec + _GUARD) / samples
    total = skipped = arb(0)
    for count in range(1, samples + 1):
        weight = weight * (samples - count + 1) / count * odds
        if weight < tiny:
            skipped += weight
        elif gains is None:
            share = arb(count) / samples
            total += weight * share * share.log()
        else:
            total += weight * gains[count, 0]
    half = skipped.upper() / 2
    return total + arb((-half).mid(), half.upper())


@lru_cache(maxsize=64)
def _gains(samples: int, generations: int, bits: int) -> arb_mat | None:
    """Return the mean of x ln x some generations on from every count (M + 1, 1); None for none."""
    if generations == 0:
        return None
    step = _matrix(samples, bits)
    shares = [arb(count) / samples for count in range(1, samples)]
    values = [[arb(0)], *([share * share.log()] for share in shares), [arb(0)]]
    column = arb_mat(values)
    # A product with a column costs M^2, a square M^3 and halves the generations left.
    while generations:
        if generations <= 2 * samples:
            for _ in range(generations):
                column = step * column
            break
        if generations % 2:
            column = step * column
        step, generations = step * step, generations // 2
    return column


@lru_cache(maxsize=2)
def _matrix(samples: int, bits: int) -> arb_mat:
    """Return the transition matrix (M + 1, M + 1) of the count."""
    rows = []
    for parent in range(samples + 1):
        if parent == samples:
            rows.append([arb(0)] * samples + [arb(1)])
            continue
        odds, weight = arb(parent) / (samples - parent), (1 - arb(parent) / samples) ** samples
        row = [weight]
        for count in range(1, samples + 1):
            weight = weight * (samples - count + 1) / count * odds
            row.append(weight)
        rows.append(row)
    return arb_mat(rows)
