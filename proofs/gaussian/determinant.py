"""Evidence on the determinant of the fitted covariance."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import sympy as sp
from flint import arb, fmpq
from scipy.special import polygamma

from numerics import pairings
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness
from proofs.gaussian import spectra
from proofs.gaussian.spectra import Number, diagonal
from proofs.spread import ROUNDING
from proofs.verdict import Enclosed, Exact, Sampled
from theory import symbols as s
from theory.gaussian import determinant as law
from theory.gaussian.determinant import DETERMINANT_LAW, HEIGHTS
from theory.rounding import ends


def shaped(
    generations: tuple[int, ...], variances: tuple[int, ...], M: int, **more: Number
) -> Setting:
    """Return a setting of the claim whose start has these eigenvalues."""
    det = math.prod(variances)
    return diagonal(generations, variances, M=M, d=len(variances), det=det, **more)


def order(setting: Setting) -> Fraction:
    """Return the order t of the moment."""
    return setting.numbers("t")[0]


def power(setting: Setting, times: int) -> pairings.Polynomial:
    """Return a power of the determinant, written in the entries of the covariance."""
    size = setting.integer("d")
    return pairings.product(*[pairings.elementary(size, size)] * times)


def enclose_mean(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean log-determinant of d + 1 points, n times."""
    return [Enclosed(*ends(n * spectra.corner_log(setting))) for n in setting.generations]


def enclose_variance(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the variance of the log-determinant of d + 1 points, n times."""
    return [Enclosed(*ends(n * spectra.corner_log_variance(setting))) for n in setting.generations]


def enclose_moment(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the moment of d + 1 points, one factor a generation."""
    t = order(setting)
    start = arb(math.prod(map(int, spectra.variances(setting)))) ** arb(
        fmpq(t.numerator, t.denominator)
    )
    one = spectra.corner_power(setting, t)
    return [Enclosed(*ends(start * one**n)) for n in setting.generations]


def enumerate_moment(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the moment of whole order from pairings."""
    polynomial = power(setting, int(order(setting)))
    return [Exact(spectra.expected(setting, polynomial, n)) for n in setting.generations]


def measure_mean(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean growth of the log-determinant."""
    growth = spectra.log_determinant_growth(setting)
    values = spectra.simulate("mean-log", setting, bench, 60_000, growth)
    spread = spectra.logarithm_spread(setting)
    return [
        sampled.known_variance(values[:, g], n * spread) for g, n in enumerate(setting.generations)
    ]


def measure_variance(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean product of the deviations of two runs from each other, halved.

    The difference of two independent runs has mean 0 whatever the law, and half its mean square is
    the variance. Its fourth moment, which sets the width, is 2 k + 12 v^2 with the fourth cumulant
    k and the variance v.
    """
    growth = spectra.log_determinant_growth(setting)
    values = spectra.simulate("variance-log", setting, bench, 400_000, growth)
    half = len(values) // 2
    size, axes = setting.integer("M"), setting.integer("d")
    fourth = sum(float(polygamma(3, (size - i) / 2)) for i in range(1, axes + 1))
    spread = spectra.logarithm_spread(setting)
    return [
        sampled.known_second_moment(
            (values[:half, g] - values[half : 2 * half, g]) ** 2 / 2,
            (n * fourth / 2 + 3 * (n * spread) ** 2) * (1 + ROUNDING),
        )
        for g, n in enumerate(setting.generations)
    ]


def measure_moment(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean root of the determinant; its second moment is exact, from pairings."""
    assert order(setting) == Fraction(1, 2)
    values = spectra.simulate(
        "moment", setting, bench, 60_000, lambda run: np.exp(run.log_determinant / 2)
    )
    return [
        sampled.known_second_moment(
            values[:, g], spectra.above(spectra.expected(setting, power(setting, 1), n))
        )
        for g, n in enumerate(setting.generations)
    ]


HALF = Fraction(1, 2)
CORNERS = (
    shaped((1, 6), (1, 1), 3),
    shaped((1, 10), (3,), 2, estimator="mle"),
    shaped((1, 10), (1,), 2),
    shaped((3,), (1, 9), 3, estimator="mle"),
)


def moment_of(factor: sp.Expr) -> sp.Expr:
    """Return the moment with this factor for height i."""
    return s.det**s.t * sp.Product(factor, HEIGHTS) ** s.n


def height(freedom: sp.Expr, divisor: sp.Expr) -> sp.Expr:
    """Return the moment of a chi-square over a divisor."""
    return (2 / divisor) ** s.t * sp.RisingFactorial(freedom / 2, s.t)


DETERMINANT_LAW_CASE = Case(
    DETERMINANT_LAW,
    witnesses=(
        *(
            Witness(Route.ENCLOSED, name, enclose, CORNERS, "ball quadrature, d + 1 points", 2)
            for name, enclose in (("mean-log", enclose_mean), ("variance-log", enclose_variance))
        ),
        Witness(
            Route.MEASURED,
            "mean-log",
            measure_mean,
            (
                shaped((1, 10), (1, 4), 5),
                shaped((5,), (1, 1, 1), 4, estimator="mle"),
                shaped((20,), (1, 1, 9, 100), 12),
            ),
            "forward runs, all points drawn",
            margin=0.05,
        ),
        Witness(
            Route.MEASURED,
            "variance-log",
            measure_variance,
            (shaped((1, 4), (1, 1), 5), shaped((2,), (1, 1, 1), 4, estimator="mle")),
            "pairs of forward runs, all points drawn",
            margin=0.1,
        ),
        Witness(
            Route.ENUMERATED,
            "moment",
            enumerate_moment,
            (
                shaped((0, 1, 3), (1, 4), 4, t=1),
                shaped((2,), (1, 3), 5, t=2, estimator="mle"),
                shaped((1, 2), (1, 1, 2), 5, t=1),
                shaped((1,), (1, 1, 1), 6, t=2),
                shaped((2,), (2,), 3, t=3),
            ),
            "pairings",
            quick=3,
        ),
        Witness(
            Route.ENCLOSED,
            "moment",
            enclose_moment,
            (
                shaped((1, 5), (1, 1), 3, t=HALF),
                shaped((2,), (2, 3), 3, t=Fraction(-1, 4), estimator="mle"),
                shaped((4,), (5,), 2, t=Fraction(7, 3)),
            ),
            "ball quadrature, d + 1 points",
        ),
        Witness(
            Route.MEASURED,
            "moment",
            measure_moment,
            (shaped((1, 3), (1, 4), 6, t=HALF), shaped((2,), (1, 1, 1), 8, t=HALF)),
            "forward runs, all points drawn",
            margin=0.1,
        ),
    ),
    mutants=(
        Mutant(
            "all heights alike",
            "mean-log",
            s.n * s.d * (sp.digamma((s.M - 1) / 2) - sp.log((s.M - 1) / 2)),
        ),
        Mutant(
            "logarithm of the mean",
            "mean-log",
            s.n * sp.Sum(sp.log((s.M - s.i) / (s.M - 1)), HEIGHTS),
        ),
        Mutant(
            "degrees of freedom one too many",
            "mean-log",
            s.n * sp.Sum(sp.digamma((s.M - s.i + 1) / 2) - sp.log((s.M - 1) / 2), HEIGHTS),
        ),
        Mutant(
            "each height over its own degrees of freedom",
            "mean-log",
            s.n * sp.Sum(sp.digamma((s.M - s.i) / 2) - sp.log((s.M - s.i) / 2), HEIGHTS),
        ),
        Mutant(
            "estimators exchanged",
            "mean-log",
            s.n * law.RATE_OF_LOG_MLE,
            s.n * law.RATE_OF_LOG,
        ),
        Mutant("one generation too few", "mean-log", (s.n - 1) * law.RATE_OF_LOG),
        Mutant(
            "all heights alike (variance)",
            "variance-log",
            s.n * s.d * sp.polygamma(1, (s.M - 1) / 2),
        ),
        Mutant("first order", "variance-log", 2 * s.n * s.d / (s.M - 1)),
        Mutant("dependent heights", "variance-log", s.n * s.d**2 * sp.polygamma(1, (s.M - 1) / 2)),
        Mutant("dependent generations", "variance-log", s.n**2 * law.SPREAD_OF_LOG),
        Mutant("all heights alike (moment)", "moment", moment_of(height(s.M - 1, s.M - 1))),
        Mutant("M degrees of freedom", "moment", moment_of(height(s.M - s.i + 1, s.M - 1))),
        Mutant(
            "estimators exchanged (moment)",
            "moment",
            law.DETERMINANT_MOMENT_MLE,
            law.DETERMINANT_MOMENT,
        ),
        Mutant("start left out", "moment", law.DETERMINANT_MOMENT / s.det**s.t),
        Mutant(
            "power of the mean",
            "moment",
            moment_of(((s.M - s.i) / (s.M - 1)) ** s.t),
        ),
    ),
)

CASES = (DETERMINANT_LAW_CASE,)
