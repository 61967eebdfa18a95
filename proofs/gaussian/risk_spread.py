"""Evidence on the variance of W2^2 over runs, exactly, to leading order, and as printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import sympy as sp
from flint import arb, ctx, fmpq

from numerics import point_moments, quadratic_form
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian.refitting import simulate, sizes
from proofs.spread import ROUNDING
from proofs.verdict import Enclosed, Sampled
from theory import symbols as s
from theory.claim import Order
from theory.gaussian import risk_spread as law
from theory.gaussian.risk import RISK, SHRINKING
from theory.rounding import ends

ENCLOSURE_BITS = 192

Powers = Mapping[tuple[int, int], int]
#: W2^2 = mean^2 + deviation^2 - 2 deviation + 1, by powers of mean and deviation.
DISTANCE: Powers = {(2, 0): 1, (0, 2): 1, (0, 1): -2, (0, 0): 1}


def times(one: Powers, other: Powers) -> Powers:
    """Return the product of two polynomials in mean and deviation."""
    found: Counter[tuple[int, int]] = Counter()
    for (a, b), first in one.items():
        for (c, d), second in other.items():
            found[a + c, b + d] += first * second
    return found


def mean(setting: Setting, generations: int, polynomial: Powers) -> arb:
    """Return the mean of a polynomial in mean and deviation after some generations.

    Even powers of the deviation are expanded point by point; odd ones are integrals.
    """
    schedule = sizes(setting, generations)
    rational, total = Fraction(0), arb(0)
    for (a, b), weight in polynomial.items():
        if b % 2 == 0:
            rational += weight * point_moments.expected((a, b // 2), schedule, generations)
        else:
            root = quadratic_form.mean_and_deviation((a, b), schedule, generations, ENCLOSURE_BITS)
            total += weight * root
    return total + fmpq(rational.numerator, rational.denominator)


def moments(setting: Setting, generations: int, orders: int) -> list[arb]:
    """Return E W2^2, E W2^4, ... up to so many orders."""
    power, found = DISTANCE, []
    with ctx.workprec(ENCLOSURE_BITS):
        for _ in range(orders):
            found.append(mean(setting, generations, power))
            power = times(power, DISTANCE)
    return found


def variance(setting: Setting, generations: int) -> arb:
    """Return a ball around the variance of W2^2."""
    first, second = moments(setting, generations, 2)
    with ctx.workprec(ENCLOSURE_BITS):
        return second - first**2


def enclose_variance(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the variance of W2^2."""
    return [Enclosed(*ends(variance(setting, n))) for n in setting.generations]


def measure_variance(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return half the mean square difference of W2^2 in pairs of runs, few generations only.

    Its second moment is (mu_4 + 3 mu_2^2)/2 with the central moments mu_k of W2^2.
    """
    run = simulate("spread", setting, bench, 300_000)
    distances = run.mean**2 + (np.sqrt(run.variance) - 1) ** 2
    found = []
    for g, n in enumerate(setting.generations):
        one, two, three, four = moments(setting, n, 4)
        with ctx.workprec(ENCLOSURE_BITS):
            fourth = four - 4 * three * one + 6 * two * one**2 - 3 * one**4
            second = (fourth + 3 * (two - one**2) ** 2) / 2
        half = len(distances) // 2
        squares = (distances[:half, g] - distances[half : 2 * half, g]) ** 2 / 2
        known = float(second.upper()) * (1 + ROUNDING)
        found.append(sampled.known_second_moment(squares, known))
    return found


STEPS, SIZE, SPAN = law.STEPS, law.SIZE, law.SPAN
SCALE = s.sigma**4


def wrong(**parts: sp.Expr) -> sp.Expr:
    """Return the law with some of its moments replaced."""
    right = {
        "fourth": law.FOURTH, "with_variance": law.WITH_VARIANCE,
        "with_deviation": law.WITH_DEVIATION, "drift": STEPS, "squared": law.SQUARED,
        "cubed": law.CUBED, "deviation": SHRINKING,
    }  # fmt: skip
    return SCALE * law.variance_of_risk(**{**right, **parts})


GRID = (
    setting((0, 1, 3), M=2),
    setting((2, 4), M=(3, 5, 2, 9)),
    setting((1, 10), M=10),
    setting((1, 2, 3), M=(40, 20, 10)),
    setting((1, 100), M=100),
)
MEASURED = (setting((1, 3), M=20), setting((3,), M=(10, 20, 40)), setting((1,), M=100))

RISK_VARIANCE_CASE = Case(
    law.RISK_VARIANCE,
    witnesses=(
        Witness(
            Route.ENCLOSED,
            "variance",
            enclose_variance,
            GRID,
            "moments point by point; ball quadrature from a determinant",
            quick=3,
        ),
        Witness(
            Route.MEASURED,
            "variance",
            measure_variance,
            MEASURED,
            "pairs of forward runs, all points drawn",
            margin=0.15,
        ),
    ),
    mutants=(
        Mutant("as printed", "variance", law.PRINTED),
        Mutant("leading order", "variance", law.LEADING),
        Mutant("M for M - 1", "variance", wrong(squared=sp.Product(1 + 2 / SIZE, SPAN))),
        Mutant("cube of the mean deviation", "variance", wrong(cubed=SHRINKING**3)),
        Mutant("second moment", "variance", wrong() + RISK**2),
        Mutant("normal drift", "variance", wrong(fourth=3 * STEPS**2)),
        Mutant(
            "later spread for the earlier", "variance", wrong(fourth=3 * law.SQUARED * STEPS**2)
        ),
        Mutant(
            "drift apart from the variance",
            "variance",
            wrong(with_variance=STEPS, with_deviation=STEPS * SHRINKING),
        ),
        Mutant("one generation too few", "variance", law.VARIANCE.subs(s.n, s.n - 1)),
    ),
)

LADDER = (
    *(setting((1, 4), M=size) for size in (50, 200, 1000, 4000)),
    setting((1, 4), M=2),
    setting((3,), M=(100, 50, 400)),
    setting((20, 60), M=30),
    setting((3,), M=(1000, 10, 100)),
)


def order(size: sp.Expr, constant: int, exact_order: bool = True) -> Order:
    """Return an order of the error in 1/M."""
    return Order(s.M, s.sigma**4 * size * law.SQUARED, constant, exact_order)


LEADING_SPREAD_CASE = Case(
    law.LEADING_SPREAD,
    witnesses=(
        Witness(
            Route.ENCLOSED,
            "leading",
            enclose_variance,
            LADDER,
            "moments point by point; ball quadrature from a determinant",
            quick=4,
        ),
        Witness(
            Route.MEASURED,
            "leading",
            measure_variance,
            (setting((1, 3), M=100),),
            "pairs of forward runs, all points drawn",
            margin=0.15,
        ),
    ),
    mutants=(
        Mutant("as printed", "leading", law.PRINTED),
        Mutant("drift alone", "leading", 2 * SCALE * STEPS**2),
        Mutant(
            "a generation not with itself",
            "leading",
            law.LEADING - SCALE * sp.Sum(1 / SIZE**2, SPAN) / 2,
        ),
        Mutant("a fiftieth more", "leading", law.LEADING * sp.Rational(51, 50)),
        Mutant("error of second order", "leading", law.LEADING, order=order(STEPS**2, 9)),
        Mutant("error of fourth order", "leading", law.LEADING, order=order(STEPS**4, 10**6)),
        Mutant("a smaller error", "leading", law.LEADING, order=order(STEPS**3, 1, False)),
    ),
)

SPREAD_AS_PRINTED_CASE = Case(
    law.SPREAD_AS_PRINTED,
    witnesses=(
        Witness(
            Route.ENCLOSED,
            "leading",
            enclose_variance,
            (
                *(setting((1,), M=size) for size in range(2, 13)),
                *(setting((1,), M=size) for size in (100, 1000)),
                setting((2, 3, 4), M=10),
                setting((10,), M=100),
            ),
            "moments point by point; ball quadrature from a determinant; the smallest first",
            quick=13,
        ),
        Witness(
            Route.MEASURED,
            "leading",
            measure_variance,
            (setting((1, 5), M=100),),
            "pairs of forward runs, all points drawn",
            margin=0.15,
        ),
    ),
)

CASES = (RISK_VARIANCE_CASE, LEADING_SPREAD_CASE, SPREAD_AS_PRINTED_CASE)
