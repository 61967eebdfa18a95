"""How long lineages take to meet, and draws to agree, counted in generations back.

k lineages have as many parents as k balls occupy boxes out of M, so that a cost c(k) for every
generation that begins with k lineages, c(1) = 0, adds up to

    g(k) = (c(k) + sum_{j < k} T[k,j] g(j)) / (1 - T[k,k]),   g(1) = 0,

T[k,j] = S2(k,j) ff(M,j) / M^k. How often two of them are left in the end is the same recursion
from g(2) = 1 on, without a cost and with T[2,2] in place of the 1. Rows of T come one after
another, a ball at a time. Exactly: whole numbers over one denominator. As a ball: every weight is
rounded down to a fixed point, which cuts a row to the band where it weighs anything, and the weight
that a row misses is in the radius.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable
from typing import Any

import sympy as sp
from flint import arb, ctx, fmpq, fmpz, fmpz_poly

from theory.node import Node
from theory.rational import NotRational, whole

#: A rational for more draws or samples than this is not formed: it has 30,000 bits and more.
MOST_EXACT = 128
#: More draws than this take more than half a minute.
MOST_DRAWS = 20_000
#: Bits of the fixed point beyond the working precision.
_GUARD = 96

Cost = Callable[[int], Any]
#: What g is for 0, 1, ... lineages before the recursion begins.
ALONE, PAIR = (0, 0), (0, 0, 1)


class AgreementTime(Node):
    """sum over n >= 0 of E[sum_x (x - x^A_n)], A_n the ancestors of k draws n generations back.

    Arguments: shares x in [0, 1], a law p or one share; k draws; M samples. For a law the bracket
    is the chance that the ancestors' categories differ.
    """

    nargs = 3

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        shares, draws, samples = map(printer._print, self.args)
        law = isinstance(self.args[0], sp.IndexedBase)
        agree = rf"1 - \sum_i {shares}_i^{{A_m}}" if law else rf"{shares} - {shares}^{{A_m}}"
        return (
            rf"\sum_{{m \ge 0}} \mathbb{{E}}\left[{agree} \,\middle|\, "
            rf"A_0 = {draws}, M = {samples}\right]"
        )

    @staticmethod
    def exact_value(shares: Any, draws: fmpq, samples: fmpq) -> fmpq:
        """Return the total as a rational; NotRational where it would be long."""
        return _exact(_differ(shares), draws, samples)

    @staticmethod
    def ball_value(shares: Any, draws: arb, samples: arb) -> arb:
        """Return a ball that holds the total."""
        return _ball(_differ(shares), draws, samples)


class MeetingTime(Node):
    """Mean number of generations back until k draws have one ancestor, M samples a generation."""

    nargs = 2

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        draws, samples = map(printer._print, self.args)
        return (
            rf"\mathbb{{E}}\left[\min\{{m : A_m = 1\}} \,\middle|\, "
            rf"A_0 = {draws}, M = {samples}\right]"
        )

    @staticmethod
    def exact_value(draws: fmpq, samples: fmpq) -> fmpq:
        """Return the mean as a rational; NotRational where it would be long."""
        return _exact(lambda _: fmpq(1), draws, samples)

    @staticmethod
    def ball_value(draws: arb, samples: arb) -> arb:
        """Return a ball that holds the mean."""
        return _ball(lambda _: arb(1), draws, samples)


class LastPair(Node):
    """Limit of P(A_n = 2) / (1-1/M)^n, A_n the ancestors of k draws n generations back, M >= 2.

    It is u(k) with u(1) = 0, u(2) = 1, u(k) = sum_{2<=j<k} T[k,j] u(j) / (1-1/M - T[k,k]): the
    vector with T u = (1-1/M) u, 1 - 1/M = T[2,2] being the largest eigenvalue below 1.
    """

    nargs = 2

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        draws, samples = map(printer._print, self.args)
        return (
            rf"\lim_{{m}} (1 - 1/{samples})^{{-m}}\, \mathbb{{P}}\left[A_m = 2 \,\middle|\, "
            rf"A_0 = {draws}, M = {samples}\right]"
        )

    @staticmethod
    def exact_value(draws: fmpq, samples: fmpq) -> fmpq:
        """Return the limit as a rational; NotRational where it would be long."""
        _check_apart(samples)
        return _exact(lambda _: fmpq(0), draws, samples, PAIR)

    @staticmethod
    def ball_value(draws: arb, samples: arb) -> arb:
        """Return a ball that holds the limit."""
        _check_apart(samples)
        return _ball(lambda _: arb(0), draws, samples, PAIR)


def _check_apart(samples: fmpq | arb) -> None:
    if samples < 2:
        raise ArithmeticError("two lineages can stay apart for M >= 2")


def _differ(shares: Any) -> Cost:
    """Return the cost sum_x (x - x^k), each distinct share once."""
    given = shares if isinstance(shares, tuple) else (shares,)
    if any(x < 0 or x > 1 for x in given):
        raise ArithmeticError("shares lie in [0, 1]")
    if isinstance(given[0], fmpq):
        numbers = [(x, count) for x, count in Counter(given).items() if x not in (0, 1)]
    else:
        numbers = [(x, 1) for x in given]
    return lambda k: sum((count * x * (1 - x ** (k - 1)) for x, count in numbers), 0 * given[0])


def _counts(draws: int, samples: int) -> tuple[int, int]:
    if draws < 1 or samples < 1:
        raise ArithmeticError("lineages of 1 or more draws, M >= 1")
    return draws, samples


def _exact(cost: Cost, draws: fmpq, samples: fmpq, known: tuple[int, ...] = ALONE) -> fmpq:
    if draws.q != 1 or samples.q != 1:
        raise ArithmeticError("lineages are counted in integers")
    k, size = _counts(int(draws.p), int(samples.p))
    if max(k, size) > MOST_EXACT:
        raise NotRational("a long rational")
    return total_exact(cost, k, size, known)


def _ball(cost: Cost, draws: arb, samples: arb, known: tuple[int, ...] = ALONE) -> arb:
    return total_ball(cost, *_counts(whole(draws), whole(samples)), known)


def total_exact(cost: Cost, draws: int, samples: int, known: tuple[int, ...] = ALONE) -> fmpq:
    """Return g(draws) as a rational, for a cost of 2, 3, ... lineages.

    known: g(0), ..., g(l); from there on the divisor is T[l,l] - T[k,k].
    """
    row, scale = fmpz_poly([0, samples]), fmpz(samples)  # weights of 1 ball, and their sum
    scaled, common = [fmpz(value) for value in known], fmpz(1)  # g(j) = scaled[j] / common
    level = fmpq(1)  # T[l,l]
    for k in range(2, draws + 1):
        row, _ = _thrown(row, 0, samples)
        scale *= samples
        weights = row.coeffs()
        stay = weights[k] if k < len(weights) else fmpz(0)
        if k < len(known):
            level = fmpq(stay, scale)
            continue
        carried = sum(map(operator.mul, weights[2:k], scaled[2:]), fmpz(0))
        value = (cost(k) * scale + fmpq(carried, common)) / (level * scale - stay)
        more = value.q // common.gcd(value.q)
        if more != 1:
            scaled = [more * one for one in scaled]
            common *= more
        scaled.append(value.p * (common // value.q))
    return fmpq(scaled[draws], common)


def total_ball(cost: Cost, draws: int, samples: int, known: tuple[int, ...] = ALONE) -> arb:
    """Return a ball around g(draws), of a relative radius of about 2^-precision.

    known: as in `total_exact`. Raises ArithmeticError for more than MOST_DRAWS draws.
    """
    if draws > MOST_DRAWS:
        raise ArithmeticError(f"{draws} lineages take too long to follow (at most {MOST_DRAWS})")
    bits = ctx.prec + _GUARD + 2 * samples.bit_length()
    with ctx.workprec(bits):
        return _total_rounded(cost, draws, samples, bits, known)


def _total_rounded(cost: Cost, draws: int, samples: int, bits: int, known: tuple[int, ...]) -> arb:
    one = fmpz(1) << bits
    row, low = fmpz_poly([one]), 1  # fixed-point weights of low, low + 1, ... lineages
    found = [value * one for value in known]  # lower bounds of g in fixed point,
    error, largest = arb(0), arb(max(known))  # all too small by at most `error`
    value = arb(known[min(draws, len(known) - 1)])
    moves, gap, stays = arb(0), arb(0), arb(1)  # 1 - T[k,k], T[l,l] - T[k,k] and T[k,k]
    for k in range(2, draws + 1):
        grow = max(samples - k + 1, 0)
        merge = stays * min(k - 1, samples) / samples
        moves, gap = moves + merge, gap + (merge if k >= len(known) else 0)
        stays *= arb(grow) / samples
        row, low = _thrown(row, low, samples, rounded=True)
        if k < len(known):
            continue
        weights = row.coeffs()
        missing = arb(one - sum(weights, fmpz(0))) / one
        carried = sum(map(operator.mul, weights[: max(k - low, 0)], found[low:]), fmpz(0))
        base = (cost(k) + arb(carried) / one / one) / gap
        room = (error * moves + missing * largest) / gap
        value = base + arb(0).union(room.upper())
        largest = largest.max(value.upper())
        found.append((base.lower() * one).floor().unique_fmpz())
        error = error.max((value.upper() - arb(found[-1]) / one).upper())
    return value


def _thrown(row: fmpz_poly, low: int, samples: int, rounded: bool = False) -> tuple[fmpz_poly, int]:
    """Return the weights z^low row(z) of occupied boxes after one more ball, times M, and low.

    rounded: divide by M instead, every weight rounded down, and cut zeros at the lower end.
    """
    level = low * row + row.derivative().left_shift(1)
    after = level + (samples * row - level).left_shift(1)
    if not rounded:
        return after, low
    after = after // samples
    zeros = next(place for place, weight in enumerate(after.coeffs()) if weight != 0)
    return after.right_shift(zeros), low + zeros
