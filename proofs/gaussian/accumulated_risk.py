"""Evidence on the risk of a pool that keeps every batch."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache

import numpy as np
import sympy as sp
from flint import arb, fmpq

from numerics import quadrature, root_quadrature
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian.accumulation import EXPANDED, RUNS
from proofs.gaussian.pooled import KEEP_ALL, expanded, fourth, simulate
from proofs.gaussian.refitting import FREE_NORMALS
from proofs.spread import ROUNDING
from proofs.verdict import Enclosed, Exact, Sampled
from theory import symbols as s
from theory.claim import Order
from theory.gaussian import accumulated_risk as law
from theory.gaussian.accumulation import DRIFT
from theory.rounding import ends

BITS = 80
#: Rounds after which the limit is bracketed.
LATE = 40


@lru_cache(maxsize=1024)
def root(size: int, k: int) -> arb:
    """Return a ball around the mean root of what round k multiplies the variance by."""
    if k == size == 1:  # one point
        return arb(0)
    if k == 1:
        return quadrature.expected_power(size - 1, size, Fraction(1, 2), BITS)
    return root_quadrature.expected_root(*parts(size, k), BITS)


def parts(size: int, k: int) -> tuple[Fraction, tuple[tuple[Fraction, int], ...]]:
    """Return what round k >= 2 multiplies the variance by: a constant, weights of squared normals.

    There are k - 1 batches already. Of the new points M - 1 free normals spread about their own
    mean, and one moves it: the factor is (k-1)/k + S_{M-1}/(k M) + (k-1) S_1/(k^2 M).
    """
    spread, moved = Fraction(1, k * size), Fraction(k - 1, k * k * size)
    return Fraction(k - 1, k), ((spread, size - 1), (moved, 1))


def mean_root(size: int, rounds: int) -> arb:
    """Return a ball around E sigma_n / sigma, one integral a round."""
    return math.prod((root(size, k) for k in range(1, rounds + 1)), start=arb(1))


def around(size: int, rounds: int, mean: arb) -> arb:
    """Return E W2^2 = E mean^2 + E variance + 1 - 2 E root, the first two added up by rounds."""
    drift, variance = Fraction(1, size), Fraction(size - 1, size)
    for k in range(2, rounds + 1):
        constant, terms = parts(size, k)
        drift += variance / (size * k**2)
        variance *= constant + sum((w * nu for w, nu in terms), Fraction(0))
    total = drift + variance + 1
    return arb(fmpq(total.numerator, total.denominator)) - 2 * mean


def enclose_risk(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the risk, the mean root from the law of M - 1 free normals."""
    size = setting.integer("M")
    return [Enclosed(*ends(around(size, n, mean_root(size, n)))) for n in setting.generations]


def expanded_sum(setting: Setting, rounds: int) -> Fraction:
    """Return E mean^2 + E variance + 1, every draw expanded."""
    powers = ((2, 0, 0, 0), (0, 1, 0, 0))
    return 1 + sum((expanded(setting, rounds, p, KEEP_ALL, "mle") for p in powers), Fraction(0))


def enclose_points(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the risk of one batch of 2 or 3 points, its root integrated over the points."""
    size = setting.integer("M")
    root = quadrature.expected_root_of_points(size, size, BITS)
    total = expanded_sum(setting, 1)
    value = arb(fmpq(total.numerator, total.denominator)) - 2 * root
    return [Enclosed(*ends(value))]


def enclose_limit(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return a bracket of the limit: the risk after many rounds, and what may still come.

    sqrt(R) >= 1 - (1-R)/2 - (1-R)^2/2, of means 1/(2 M k^2) and at most 1/(M k^2) in round k, and
    the sum of 1/k^2 beyond n is below 1/n.
    """
    size = setting.integer("M")
    mean = mean_root(size, LATE)
    here = around(size, LATE, mean)
    rest = 2 * mean * fmpq(3, 2 * size * LATE)
    return [Enclosed(ends(here)[0], ends(here + rest)[1])]


def enumerate_conserved(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the mean of mean^2 + variance + 1, which is W2^2 plus twice the root."""
    return [Exact(expanded_sum(setting, n)) for n in setting.generations]


def distances(setting: Setting, bench: Bench, experiment: str, twice: float) -> list[Sampled]:
    """Return the mean of W2^2 + twice sigma_n over simulated runs.

    With B = (sigma_n - 1)^2, B^2 <= (V - 1)^2, whose mean is expanded; the standard deviation of
    a sum is at most the sum of the two. For twice = 2 the second part is V + 1 instead.
    """
    run = simulate(experiment, setting, bench, 100_000, KEEP_ALL, "mle")
    found = []
    for g, n in enumerate(setting.generations):
        far = fourth(setting, n)
        variance = float(expanded(setting, n, (0, 1, 0, 0), KEEP_ALL, "mle"))
        drift = float(expanded(setting, n, (2, 0, 0, 0), KEEP_ALL, "mle"))
        square = far.variance - 2 * variance + 1 if twice == 0 else far.variance - variance**2
        bound = (math.sqrt(far.mean - drift**2) + math.sqrt(square)) ** 2 * (1 + ROUNDING)
        root = np.sqrt(run.variance[:, g])
        values = run.mean[:, g] ** 2 + (root - 1) ** 2 + twice * root
        found.append(sampled.known_variance(values, bound))
    return found


def measure_risk(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean W2^2 of simulated runs."""
    return distances(setting, bench, "risk", 0.0)


def measure_conserved(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean of W2^2 + 2 sigma_n over simulated runs."""
    return distances(setting, bench, "conserved", 2.0)


QUADRATURE = "ball quadrature"
LADDER = tuple(setting((1, 10), M=M) for M in (40, 80, 160, 320))
SMALL = (
    setting((1, 3), M=2),
    setting((1, 4), M=3),
    setting((1, 3), M=1),
    setting((2, 12), M=10),
)
RUN_SETTINGS = (setting((1, 5), M=3), setting((4,), M=6))

ACCUMULATED_RISK_CASE = Case(
    law.ACCUMULATED_RISK,
    witnesses=(
        Witness(
            Route.ENCLOSED, "risk", enclose_risk, SMALL, QUADRATURE, 3, principles=FREE_NORMALS
        ),
        Witness(
            Route.ENCLOSED,
            "risk",
            enclose_points,
            (setting((1,), M=2), setting((1,), M=3)),
            "one batch expanded; ball quadrature over the points",
        ),
        Witness(Route.MEASURED, "risk", measure_risk, RUN_SETTINGS, RUNS, margin=0.1),
        Witness(
            Route.ENUMERATED,
            "conserved",
            enumerate_conserved,
            (setting((1, 4), M=2), setting((3,), M=4), setting((2,), M=1), setting((8,), M=3)),
            EXPANDED,
        ),
        Witness(Route.MEASURED, "conserved", measure_conserved, RUN_SETTINGS, RUNS, margin=0.05),
        Witness(
            Route.ENCLOSED,
            "limit",
            enclose_limit,
            (setting(M=2), setting(M=5), setting(M=1), setting(M=100)),
            f"{QUADRATURE}, {LATE} rounds and a bound on the rest",
            quick=3,
            principles=FREE_NORMALS,
        ),
        Witness(
            Route.ENCLOSED,
            "leading",
            enclose_risk,
            (setting((20,), M=40), setting((20,), M=5), setting((60,), M=100)),
            QUADRATURE,
            principles=FREE_NORMALS,
        ),
        Witness(
            Route.ENCLOSED,
            "leading-so-far",
            enclose_risk,
            LADDER,
            QUADRATURE,
            quick=2,
            principles=FREE_NORMALS,
        ),
    ),
    mutants=(
        Mutant("no pool", "risk", 2 * s.sigma**2 * (1 - (1 - 1 / s.M) ** (s.n / 2))),
        Mutant("mean deviation kept", "risk", DRIFT / 2),
        Mutant("twice the bound", "risk", 2 * law.BOUND),
        Mutant("drift and nothing else, twice", "risk", 2 * DRIFT),
        Mutant("drift lost", "conserved", s.sigma**2),
        Mutant("variance kept", "conserved", 2 * s.sigma**2 + DRIFT),
        Mutant("unbiased pool", "conserved", 2 * s.sigma**2 * (1 + 1 / (s.n * s.M))),
        Mutant("collapse", "limit", 2 * s.sigma**2),
        Mutant("first order, doubled", "limit", sp.pi**2 * s.sigma**2 / (3 * s.M)),
        Mutant("half the limit", "limit", law.BOUND_LIMIT / 2),
        Mutant("mean variance only", "leading", sp.pi**2 * s.sigma**2 / (6 * s.M)),
        Mutant("slope 3/2 of one round", "leading", 3 * s.sigma**2 / (2 * s.M)),
        Mutant("third", "leading", sp.pi**2 * s.sigma**2 / (3 * s.M)),
        Mutant("mean variance only, so far", "leading-so-far", law.LEADING_SO_FAR * 2 / 3),
        Mutant(
            "M - 1 for M",
            "leading-so-far",
            law.LEADING_SO_FAR * s.M / (s.M - 1),
        ),
        Mutant(
            "error of order 1/M^3",
            "leading-so-far",
            law.LEADING_SO_FAR,
            order=Order(s.M, s.sigma**2 / s.M**3, 1),
        ),
    ),
)

CASES = (ACCUMULATED_RISK_CASE,)
