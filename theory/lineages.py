"""Ancestral lineages: how many parents have k draws, one generation back and n generations back.

k draws from counts over M earlier draws fall into A of the M parents; T[k, a] = P(A = a) is the
ancestral matrix S2(k, a) ff(M, a) / M^k. `LineagePower(x, k, M, n)` is E[x^A] for the number A of
ancestors of k draws after n steps back, the one function that the dual laws need.

The ball evaluator keeps only the lineage counts that still carry weight: A never grows, so the
mass above a cut can be dropped and put into the radius.
"""

from __future__ import annotations

import sympy as sp
from flint import arb, arb_mat, ctx, fmpq, fmpq_mat

from theory.rational import fits


class LineagePower(sp.Function):
    """E[x^A], A = number of ancestors of k draws, n generations of M draws back."""

    nargs = 4

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        power, draws, samples, generations = map(printer._print, self.args)
        return (
            rf"\mathbb{{E}}\left[\left({power}\right)^{{A_{{{generations}}}}} \,\middle|\, "
            rf"A_0 = {draws}, M = {samples}\right]"
        )


def occupancy_rows(draws: int, samples: int, one: fmpq | arb) -> list[list[fmpq | arb]]:
    """Return T[k][a] for k = 0..draws, a = 0..draws: the law of occupied boxes, ball by ball.

    `one` chooses the arithmetic. The (k+1)-th ball falls into an occupied box with probability
    a / M, otherwise it opens a new one.
    """
    rows = [[one] + [0 * one] * draws]
    for ball_number in range(draws):
        old, new = rows[-1], [0 * one] * (draws + 1)
        for occupied in range(1, min(ball_number + 1, samples, draws) + 1):
            new[occupied] = (
                old[occupied] * occupied + old[occupied - 1] * (samples - occupied + 1)
            ) / samples
        rows.append(new)
    return rows


def lineage_power_exact(power: fmpq, draws: fmpq, samples: fmpq, steps: fmpq) -> fmpq:
    """Return E[x^A] as a rational; NotRational when it would be too long."""
    k, size, n = int(draws.p), int(samples.p), int(steps.p)
    width = max(int(power.p).bit_length(), int(power.q).bit_length())
    # A rational result this long would not be printed; the square keeps the matrix work small.
    fits(min(k, size) * width + k * n * size.bit_length() * 64)
    lineages = min(k, size)
    powers = [power**a for a in range(lineages + 1)]
    if n == 0:
        return power**k
    rows = occupancy_rows(k, size, fmpq(1))
    matrix = fmpq_mat([row[: lineages + 1] for row in rows[: lineages + 1]])
    column = fmpq_mat([[value] for value in powers])
    for _ in range(n - 1):
        column = matrix * column
    first = fmpq_mat([rows[k][: lineages + 1]])
    return (first * column)[0, 0]


def lineage_power_ball(power: arb, draws: arb, samples: arb, steps: arb) -> arb:
    """Return E[x^A] as a ball, for 0 <= x <= 1; up to some thousands of draws."""
    k, size, n = (int(value.unique_fmpz()) for value in (draws, samples, steps))
    if n == 0:
        return power**k
    law, dropped = _first_step(k, size)
    rows = _matrix(len(law) - 1, size)
    left = n - 1
    while left and len(law) > _SMALL:
        law = (arb_mat([law]) * rows).entries()
        law, lost = _cut(law)
        dropped += lost
        rows = _corner(rows, len(law))
        left -= 1
    if left:
        law = (arb_mat([law]) * rows**left).entries()
    total = arb(0)
    for weight in reversed(law):
        total = total * power + weight
    # What was dropped has at least one ancestor, so it adds between 0 and its mass.
    return total + (dropped / 2) + arb(0, dropped / 2)


#: Below this many lineages, powers of the small matrix are cheaper than single steps.
_SMALL = 40


def _first_step(draws: int, samples: int) -> tuple[list[arb], arb]:
    """Return the law of the ancestors of `draws` draws one step back, with the dropped mass."""
    law = [arb(1)]
    for ball_number in range(draws):
        top = min(ball_number + 1, samples)
        padded = [*law, arb(0), arb(0)]
        law = [arb(0)] + [
            (padded[a] * a + padded[a - 1] * (samples - a + 1)) / samples for a in range(1, top + 1)
        ]
    return _cut(law)


def _cut(law: list[arb]) -> tuple[list[arb], arb]:
    """Drop the upper tail of a law while its mass stays below the working precision."""
    threshold = arb(2) ** (-ctx.prec)
    tail = arb(0)
    keep = len(law)
    while keep > 2 and (tail + law[keep - 1]).upper() < threshold:
        tail += law[keep - 1]
        keep -= 1
    return law[:keep], tail.upper()


def _matrix(largest: int, samples: int) -> arb_mat:
    rows = occupancy_rows(largest, samples, arb(1))
    return arb_mat(rows)


def _corner(matrix: arb_mat, size: int) -> arb_mat:
    if matrix.nrows() == size:
        return matrix
    table = matrix.table()
    return arb_mat([row[:size] for row in table[:size]])
