"""Ancestral lineages: how many parents have k draws, one generation back and n generations back.

k draws from counts over M earlier draws fall into A of the M parents, like k balls into M boxes:
P(A = a) = S2(k, a) ff(M, a) / M^k. `LineagePower(x, k, M, n)` is E[x^A] for the number A of
ancestors of k draws after n steps back, the one function that the dual laws need.

The law of A is a polynomial whose coefficient a is the weight of a lineages, and one more ball
turns u(z) into z (u' + M u - z u') / M: the next ball falls into one of the a occupied boxes or
into one of the M - a others. Integer coefficients keep every weight exact, or, rounded down to a
fixed point, never too large. Then the weight that is missing in the end is the whole error.
"""

from __future__ import annotations

from functools import lru_cache

import sympy as sp
from flint import arb, arb_mat, ctx, fmpq, fmpz, fmpz_poly

from theory.forward import forward_power
from theory.node import Node
from theory.rational import NotRational, whole

#: A rational E[x^A] with more bits than this is not formed.
LONGEST = 1 << 16
#: Nor is one that takes more than this: draws times lineages times bits, over all steps.
MOST_EXACT_WORK = 1 << 33
#: Lineages are followed back up to so many draws times lineages,
MOST_WORK = 10**8
#: and so many times lineages squared, over all generations (10,000 among 10,000: half a minute).
MOST_STEP_WORK = 10**9
#: More steps than this are refused.
MOST_STEPS = 1 << 62
#: From so few lineages on, powers of their small matrix are cheaper than single steps.
_SMALL = 40
#: Balls thrown between two roundings.
_BALLS = 4
#: Bits of the fixed point beyond the working precision: what rounding down loses stays below it.
_GUARD = 64


class LineagePower(Node):
    """E[x^A], A = number of ancestors of k draws, n generations of M draws back, 0 <= x <= 1."""

    nargs = 4

    @staticmethod
    def exact_value(x: fmpq, draws: fmpq, samples: fmpq, generations: fmpq) -> fmpq:
        """Return the mean as a rational; NotRational where it is too long to write down."""
        return lineage_power_exact(x, draws, samples, generations)

    @staticmethod
    def ball_value(x: arb, draws: arb, samples: arb, generations: arb) -> arb:
        """Return a ball that holds the mean."""
        return lineage_power_ball(x, draws, samples, generations)

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
    """Return E[x^A] as a rational; NotRational when it would be long, or long in the making.

    Raises ArithmeticError for arguments that are not counts.
    """
    if any(value.q != 1 for value in (draws, samples, steps)):
        raise ArithmeticError("lineages are counted in integers")
    k, size, n = int(draws.p), int(samples.p), int(steps.p)
    _check(power.p >= 0 and power <= 1, k, size, n)
    if k == 0 or n == 0 or power in (0, 1):
        return power**k if k * _bits(power) <= LONGEST or power in (0, 1) else _too_long()
    lineages = min(k, size)
    bits = (k + (n - 1) * lineages) * size.bit_length() + k * _bits(power)
    work = (k + (n - 1) * lineages) * lineages * bits
    if bits > LONGEST or work > MOST_EXACT_WORK:
        _too_long()
    law, total = _law_exact(k, size, n)
    return law(power) / total


def lineage_power_ball(power: arb, draws: arb, samples: arb, steps: arb) -> arb:
    """Return a ball that holds E[x^A], of radius about 2^-precision.

    Raises ArithmeticError for arguments that are not counts, and for too many draws.
    """
    k, size, n = (whole(value) for value in (draws, samples, steps))
    _check(not (power < 0 or power > 1), k, size, n)
    if n == 0 or k == 0:
        return power**k
    if power.is_zero():
        return arb(0)
    lineages = min(k, size)
    if k * lineages > MOST_WORK or _step_work(lineages, size, n) > MOST_STEP_WORK:
        return forward_power(power, k, size, n)
    law, missing = _law_rounded(k, size, n, ctx.prec)
    total = arb(0)
    for weight in reversed(law):
        total = total * power + weight
    # Whatever is missing has at least one ancestor: it adds something between 0 and x times it.
    most = (power * missing).upper()
    return total + arb(most / 2, most / 2)


def _check(inside: bool, draws: int, samples: int, steps: int) -> None:
    if not inside:
        raise ArithmeticError("E[x^A] is computed for 0 <= x <= 1")
    if draws < 0 or samples < 1 or not 0 <= steps <= MOST_STEPS:
        raise ArithmeticError("ancestors of 0 or more draws, M >= 1, 0 to 2^62 steps back")


def _bits(value: fmpq) -> int:
    return max(int(value.p).bit_length(), int(value.q).bit_length())


def _too_long() -> fmpq:
    raise NotRational("a long rational")


def _step_work(lineages: int, samples: int, steps: int) -> int:
    """Return about the squares of the lineages at every step: those of a few halve in 2M/k."""
    return 2 * samples * lineages**2 * steps // (2 * samples + steps * lineages)


def _powers_pay(lineages: int, samples: int, steps: int) -> bool:
    """Return whether a matrix power is cheaper than the steps that are left."""
    if lineages <= _SMALL:
        return True
    overhead = 75 * 2 * samples * lineages * steps // (2 * samples + steps * lineages)
    power = lineages**3 * steps.bit_length()
    return power < _step_work(lineages, samples, steps) + overhead


@lru_cache(maxsize=16)
def _law_exact(draws: int, samples: int, steps: int) -> tuple[fmpz_poly, fmpz]:
    """Return the law of A times its denominator, and the denominator."""
    law, total = fmpz_poly([0] * draws + [1]), fmpz(1)
    for _ in range(steps):
        law, scale = _step(law, samples, rounded=False)
        total *= scale
    return law, total


@lru_cache(maxsize=16)
def _law_rounded(draws: int, samples: int, steps: int, bits: int) -> tuple[list[arb], arb]:
    """Return weights of 0, 1, ... lineages, none too large, and the weight that is missing.

    bits: the working precision. When few lineages remain, the steps left are one matrix power.
    """
    one = fmpz(1) << (bits + _GUARD)
    law = fmpz_poly([0] * draws + [1]) * one
    left = steps
    while left and not _powers_pay(law.degree(), samples, left):
        law, _ = _step(law, samples, rounded=True)
        left -= 1
    weights = law.coeffs()
    missing = arb(one - sum(weights, fmpz(0))) / arb(one)
    rounded = [arb(weight) / arb(one) for weight in weights]
    if left:
        one_step = arb_mat(occupancy_rows(len(rounded) - 1, samples, arb(1)))
        rounded = (arb_mat([rounded]) * one_step**left).entries()
    return rounded, missing


def _step(law: fmpz_poly, samples: int, rounded: bool) -> tuple[fmpz_poly, fmpz]:
    """Return the law one generation back times a number, and that number.

    All counts of lineages are thrown in one pass: weight enters when as many balls are left.
    rounded: divide on the way, every weight rounded down; then the number is 1.
    """
    weights, balls = law.coeffs(), law.degree()
    found, scale = fmpz_poly([0]), fmpz(1)
    for left in range(balls, 0, -1):
        found = _throw(found + weights[left] * scale, samples)
        scale *= samples
        if rounded and left % _BALLS == 1:
            found, scale = found // scale, fmpz(1)
    return found + weights[0] * scale, scale


def _throw(law: fmpz_poly, samples: int) -> fmpz_poly:
    """Return the law of occupied boxes after one more ball, times the number of boxes."""
    slope = law.derivative()
    return (slope + (law * samples - slope.left_shift(1))).left_shift(1)
