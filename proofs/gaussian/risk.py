"""Evidence on the mean squared Wasserstein distance from the fitted to the real Gaussian."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import sympy as sp
from flint import arb, fmpq

from numerics import quadrature
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian.refitting import FREE_NORMALS, divisor, expanded, fourth, simulate, sizes
from proofs.gaussian.variance import ENCLOSURE_BITS
from proofs.spread import ROUNDING
from proofs.verdict import Enclosed, Sampled
from theory import symbols as s
from theory.gaussian.risk import RISK, RISK_AS_PRINTED, SHRINKING, WASSERSTEIN_RISK
from theory.rounding import ends


def moment(setting: Setting, generations: int, order: Fraction) -> arb:
    """Return a ball around E sigma_n^(2 order): one integral a generation, multiplied."""
    product = arb(1)
    for size in sizes(setting, generations):
        product *= quadrature.expected_power(
            size - 1, divisor(setting, size), order, ENCLOSURE_BITS
        )
    return product


def enclose_risk(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the risk with E sqrt(variance) from the law of M - 1 free normals."""
    return [risk(setting, n, moment(setting, n, Fraction(1, 2))) for n in setting.generations]


def enclose_points(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the risk of 2 or 3 points a generation, E sqrt(variance) integrated over them."""
    found = []
    for n in setting.generations:
        root = arb(1)
        for size in sizes(setting, n):
            root *= quadrature.expected_root_of_points(size, divisor(setting, size), ENCLOSURE_BITS)
        found.append(risk(setting, n, root))
    return found


def risk(setting: Setting, generations: int, root: arb) -> Enclosed:
    """Return E mean^2 + E variance, every point expanded, + 1 - 2 E sqrt(variance), given."""
    rational = 1 + expanded(setting, generations, {(2, 0): 1, (0, 1): 1})
    value = fmpq(rational.numerator, rational.denominator)
    return Enclosed(*ends(value - 2 * root))


def risk_variance(setting: Setting, generations: int) -> float:
    """Return an upper bound for the variance of W2^2 = A + B, A = mean^2, B = (sigma_n - 1)^2.

    The standard deviation of a sum is at most the sum of the two, whatever their correlation.
    """
    bound = fourth(setting, generations)
    drift = float(expanded(setting, generations, {(2, 0): 1}))
    half, one, three = (moment(setting, generations, Fraction(k, 2)) for k in (1, 2, 3))
    square = bound.variance - 4 * three + 6 * one - 4 * half + 1
    centre = one - 2 * half + 1
    spreads = (bound.mean - drift**2, float((square - centre**2).upper()))
    return sum(map(math.sqrt, spreads)) ** 2 * (1 + ROUNDING)


def measure_risk(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean W2^2 of simulated runs, at n up to about M/2: later, rare runs carry it."""
    run = simulate("risk", setting, bench, 150_000)
    distances = run.mean**2 + (np.sqrt(run.variance) - 1) ** 2
    return [
        sampled.known_variance(distances[:, g], risk_variance(setting, n))
        for g, n in enumerate(setting.generations)
    ]


SIZE = s.sizes[s.i]
TERMS = sp.Sum(1 / SIZE, (s.i, 0, s.n - 1))
LOST = 2 * (1 - SHRINKING)

WASSERSTEIN_RISK_CASE = Case(
    WASSERSTEIN_RISK,
    witnesses=(
        Witness(
            Route.ENCLOSED,
            "risk",
            enclose_risk,
            (
                setting((1, 3), M=2),
                setting((2, 3), M=(3, 5, 2)),
                setting((1, 10), M=10),
                setting((1, 4), M=(10, 20, 40, 80)),
                setting((1, 200), M=50),
            ),
            "every point expanded; ball quadrature",
            quick=3,
            principles=FREE_NORMALS,
        ),
        Witness(
            Route.ENCLOSED,
            "risk",
            enclose_points,
            (
                setting((1, 3), M=2),
                setting((1, 4), M=3),
                setting((3,), M=(3, 2, 3)),
            ),
            "every point expanded; ball quadrature over the points",
            quick=2,
        ),
        Witness(
            Route.MEASURED,
            "risk",
            measure_risk,
            (
                setting((1, 5), M=10),
                setting((3,), M=(10, 20, 40)),
                setting((1, 2), M=4),
                setting((1, 10), M=100),
            ),
            "forward runs, all points drawn",
            quick=2,
            margin=0.05,
        ),
    ),
    mutants=(
        Mutant("printed leading order", "risk", sp.Rational(3, 2) * s.sigma**2 * TERMS),
        Mutant("mean deviation kept", "risk", s.sigma**2 * TERMS),
        Mutant("deviation lost at once", "risk", s.sigma**2 * (TERMS + 1)),
        Mutant(
            "M for M - 1 in c4",
            "risk",
            s.sigma**2 * (TERMS + 2 * (1 - sp.Product(s.c4(SIZE + 1), (s.i, 0, s.n - 1)))),
        ),
        Mutant(
            "M - 1 for M",
            "risk",
            s.sigma**2 * (sp.Sum(1 / (SIZE - 1), (s.i, 0, s.n - 1)) + LOST),
        ),
        Mutant(
            "exponential decay of the deviation",
            "risk",
            s.sigma**2 * (TERMS + 2 * (1 - sp.exp(-TERMS / 4))),
        ),
        Mutant("one generation too few", "risk", RISK.subs(s.n, s.n - 1)),
        Mutant(
            "next order",
            "risk",
            s.sigma**2
            * (
                sp.Rational(3, 2) * TERMS
                + sp.Sum(1 / SIZE**2, (s.i, 0, s.n - 1)) / 2
                - TERMS**2 / 16
            ),
        ),
    ),
)

RISK_AS_PRINTED_CASE = Case(
    RISK_AS_PRINTED,
    witnesses=(
        Witness(
            Route.ENCLOSED,
            "risk",
            enclose_points,
            (setting(range(1, 9), M=2), setting((1, *range(6, 11)), M=3)),
            "every point expanded; ball quadrature over the points; the smallest first",
            quick=2,
        ),
        Witness(
            Route.ENCLOSED,
            "risk",
            enclose_risk,
            (setting((*range(8, 13), 100), M=10), setting((10, 1000), M=100)),
            "every point expanded; ball quadrature",
        ),
    ),
)

CASES = (WASSERSTEIN_RISK_CASE, RISK_AS_PRINTED_CASE)
