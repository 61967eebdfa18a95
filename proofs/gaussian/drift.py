"""Evidence on the walk of the fitted mean and on the spread of generated points."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian.refitting import divisor, expanded, fourth, simulate, sizes
from proofs.verdict import Exact, Sampled
from theory import symbols as s
from theory.gaussian.drift import (
    DRIFT,
    DRIFT_MLE,
    KEPT,
    MEAN_DRIFT,
    SAMPLE_VARIANCE,
    TOTAL,
    TOTAL_MLE,
)

#: A skewed sample of variance 4: resampling it is a D_0 far from normal.
SKEWED = "0,0,0,0,5"

#: The same for both claims; each schedule is one entry longer than its last generation.
SMALL = (
    setting((1, 2, 4), M=2),
    setting((1, 3), M=3, estimator="mle"),
    setting((2, 3), M=(5, 2, 4, 3)),
    setting((1, 3), M=(2, 6, 3, 2), estimator="mle"),
    setting((1, 2), start=SKEWED, M=(3, 4, 2), sigma=2),
    setting((1, 2), start=SKEWED, M=3, sigma=2, estimator="mle"),
    setting((1, 20), M=40),
)
LARGE = (
    setting((1, 5), M=10),
    setting((1, 10), M=8, estimator="mle"),
    setting((3,), M=(10, 20, 40, 10)),
    setting((4,), M=(40, 20, 10, 5, 20), estimator="mle"),
    setting((1, 8), start="exponential", M=20),
    setting((10,), M=50),
)


def enumerate_drift(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the mean square of the mean, every point of every generation expanded."""
    return [Exact(expanded(setting, n, {(2, 0): 1})) for n in setting.generations]


def enumerate_total(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the mean square of the mean plus the mean variance, every point expanded."""
    return [Exact(expanded(setting, n, {(2, 0): 1, (0, 1): 1})) for n in setting.generations]


def inner_share(setting: Setting, n: int) -> Fraction:
    """Return the divisor over M_n: with it, mean^2 + share variance is the average of x_j^2."""
    size = sizes(setting, n + 1)[n]
    return Fraction(divisor(setting, size), size)


def enumerate_points(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the mean of x_j^2 over the points drawn from generation n, those expanded too."""
    return [
        Exact(expanded(setting, n + 1, {(2, 0): 1, (0, 1): inner_share(setting, n)}))
        for n in setting.generations
    ]


def measure_drift(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean square of the fitted mean over simulated runs."""
    run = simulate("drift", setting, bench, 200_000)
    return [
        sampled.known_second_moment(run.mean[:, g] ** 2, fourth(setting, n).mean)
        for g, n in enumerate(setting.generations)
    ]


def measure_total(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean of mean^2 + variance over simulated runs."""
    run = simulate("total", setting, bench, 200_000)
    found = []
    for g, n in enumerate(setting.generations):
        bound = fourth(setting, n)
        second = bound.mean + 2 * bound.mixed + bound.variance
        found.append(sampled.known_second_moment(run.mean[:, g] ** 2 + run.variance[:, g], second))
    return found


def measure_points(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the average of x_j^2 over the M_n points drawn from the law fitted n times.

    The kernel draws them to fit generation n + 1, and leaves their mean and variance.
    """
    run = simulate("points", setting, bench, 200_000, later=1)
    found = []
    for g, n in enumerate(setting.generations):
        share, bound = float(inner_share(setting, n)), fourth(setting, n + 1)
        second = bound.mean + 2 * share * bound.mixed + share**2 * bound.variance
        found.append(
            sampled.known_second_moment(run.mean[:, g] ** 2 + share * run.variance[:, g], second)
        )
    return found


def summed(term: sp.Expr, last: sp.Expr = s.n - 1) -> sp.Expr:
    """Return the sum of a term in i over the generations."""
    return sp.Sum(term, (s.i, 0, last))


SIZE = s.sizes[s.i]
FEWER = sp.Product(1 - 1 / (SIZE - 1), (s.i, 0, s.n - 1))

MEAN_DRIFT_CASE = Case(
    MEAN_DRIFT,
    witnesses=(
        Witness(Route.ENUMERATED, "drift", enumerate_drift, SMALL, "every point expanded", quick=4),
        Witness(Route.ENUMERATED, "total", enumerate_total, SMALL, "every point expanded", quick=4),
        Witness(
            Route.MEASURED,
            "drift",
            measure_drift,
            LARGE,
            "forward runs, all points drawn",
            quick=2,
            margin=0.05,
        ),
        Witness(
            Route.MEASURED,
            "total",
            measure_total,
            LARGE,
            "forward runs, all points drawn",
            quick=2,
            margin=0.05,
        ),
    ),
    mutants=(
        Mutant(
            "M - 1 for M", "drift", s.sigma**2 * summed(1 / (SIZE - 1)), s.sigma**2 * (1 - FEWER)
        ),
        Mutant("one generation too few", "drift", s.sigma**2 * summed(1 / SIZE, s.n - 2)),
        Mutant("estimators exchanged", "drift", DRIFT_MLE, DRIFT),
        Mutant(
            "steps shrink with the mean deviation",
            "drift",
            s.sigma**2 * summed(s.c4(SIZE) ** (2 * s.i) / SIZE),
        ),
        Mutant("mle without its loss", "drift", DRIFT, DRIFT),
        Mutant("conserved by both", "total", s.sigma**2, s.sigma**2),
        Mutant("M - 1 for M (total)", "total", s.sigma**2 * (1 + summed(1 / (SIZE - 1)))),
        Mutant("variance left out", "total", DRIFT, DRIFT_MLE),
        Mutant("conserved by none", "total", TOTAL, s.sigma**2 * (1 + KEPT)),
    ),
)

SAMPLE_VARIANCE_CASE = Case(
    SAMPLE_VARIANCE,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "variance",
            enumerate_points,
            (setting((0,), M=3), *SMALL[1:6], SMALL[0], SMALL[6]),
            "every point expanded",
            quick=4,
        ),
        Witness(
            Route.MEASURED,
            "variance",
            measure_points,
            LARGE,
            "forward runs, points of generation n drawn",
            quick=2,
            margin=0.05,
        ),
    ),
    mutants=(
        Mutant("M - 1 for M", "variance", s.sigma**2 * (1 + summed(1 / (SIZE - 1)))),
        Mutant("one generation too many", "variance", TOTAL + s.sigma**2 / s.sizes[0]),
        Mutant("estimators exchanged", "variance", TOTAL_MLE, TOTAL),
        Mutant(
            "products for sums",
            "variance",
            s.sigma**2 * sp.Product(1 + 1 / SIZE, (s.i, 0, s.n - 1)),
        ),
        Mutant("drift left out", "variance", s.sigma**2, s.sigma**2 * KEPT),
    ),
)

CASES = (MEAN_DRIFT_CASE, SAMPLE_VARIANCE_CASE)
