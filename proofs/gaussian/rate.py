"""Evidence on the almost sure rate: mean and variance of the logarithm of the fitted variance."""

from __future__ import annotations

import sympy as sp
from flint import arb
from scipy.special import polygamma

from numerics import quadrature
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian.refitting import FREE_NORMALS, divisor, simulate
from proofs.gaussian.variance import ENCLOSURE_BITS
from proofs.spread import ROUNDING
from proofs.verdict import Enclosed, Sampled
from theory import symbols as s
from theory.gaussian.rate import LYAPUNOV_RATE, RATE, RATE_MLE, SPREAD
from theory.rounding import ends


def mean_log(setting: Setting) -> arb:
    """Return a ball around the mean logarithm of one factor, an integral."""
    size = setting.integer("M")
    return quadrature.expected_log(size - 1, divisor(setting, size), ENCLOSURE_BITS)


def variance_log(setting: Setting) -> arb:
    """Return a ball around the variance of the logarithm of one factor, an integral."""
    return quadrature.variance_log(setting.integer("M") - 1, ENCLOSURE_BITS)


def spread(setting: Setting) -> float:
    """Return the variance of the logarithm of one factor, rounded upwards."""
    return float(variance_log(setting).upper()) * (1 + ROUNDING)


def enclose_rate(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean logarithm of one factor."""
    return [Enclosed(*ends(mean_log(setting)))]


def enclose_mean(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean logarithm of a product of independent factors."""
    return [Enclosed(*ends(n * mean_log(setting))) for n in setting.generations]


def enclose_variance(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the variance of the logarithm of a product of independent factors."""
    return [Enclosed(*ends(n * variance_log(setting))) for n in setting.generations]


def measure_rate(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return ln(sigma_n^2) / n, averaged over long runs."""
    run = simulate("rate", setting, bench, 10_000)
    return [
        sampled.known_variance(run.log_variance[:, g] / n, spread(setting) / n)
        for g, n in enumerate(setting.generations)
    ]


def measure_mean(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean logarithm; after one generation its spread is far above its mean."""
    run = simulate("mean-log", setting, bench, 2_400_000 if setting.generations == (1,) else 60_000)
    return [
        sampled.known_variance(run.log_variance[:, g], n * spread(setting))
        for g, n in enumerate(setting.generations)
    ]


def measure_variance(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean square deviation of the logarithm from its mean, an integral.

    The second moment of a squared deviation is the fourth cumulant plus three squared variances.
    """
    run = simulate("variance-log", setting, bench, 400_000)
    fourth = float(polygamma(3, (setting.integer("M") - 1) / 2))
    centre = float(mean_log(setting))
    return [
        sampled.known_second_moment(
            (run.log_variance[:, g] - n * centre) ** 2,
            (n * fourth + 3 * (n * spread(setting)) ** 2) * (1 + ROUNDING),
        )
        for g, n in enumerate(setting.generations)
    ]


GRID = (
    setting((1, 10), M=2),
    setting((1, 200), M=5, estimator="mle"),
    setting((1, 50), M=30),
    setting((1000,), M=1000),
)

LYAPUNOV_RATE_CASE = Case(
    LYAPUNOV_RATE,
    witnesses=(
        Witness(
            Route.ENCLOSED,
            "rate",
            enclose_rate,
            (
                setting(M=2),
                setting(M=3, estimator="mle"),
                setting(M=10),
                setting(M=101),
                setting(M=10_000, estimator="mle"),
            ),
            "ball quadrature",
            quick=2,
            principles=FREE_NORMALS,
        ),
        *(
            Witness(
                Route.ENCLOSED, name, enclose, GRID, "ball quadrature", 2, principles=FREE_NORMALS
            )
            for name, enclose in (("mean-log", enclose_mean), ("variance-log", enclose_variance))
        ),
        Witness(
            Route.MEASURED,
            "rate",
            measure_rate,
            (
                setting((200,), M=2),
                setting((200,), M=5, estimator="mle"),
                setting((1000,), M=30),
            ),
            "forward runs, all points drawn",
            quick=2,
            margin=0.03,
        ),
        Witness(
            Route.MEASURED,
            "mean-log",
            measure_mean,
            (
                setting((10, 200), M=2),
                setting((10, 200), M=5, estimator="mle"),
                setting((50,), M=30),
            ),
            "forward runs, all points drawn",
            margin=0.05,
        ),
        Witness(
            Route.MEASURED,
            "mean-log",
            measure_mean,
            (setting((1,), M=2), setting((1,), M=5, estimator="mle"), setting((1,), M=30)),
            "one generation, all points drawn",
            margin=0.1,
        ),
        Witness(
            Route.MEASURED,
            "variance-log",
            measure_variance,
            (
                setting((1, 10), M=2),
                setting((1, 20), M=5, estimator="mle"),
                setting((1, 5), M=30),
            ),
            "forward runs, all points drawn",
            quick=2,
            margin=0.05,
        ),
    ),
    mutants=(
        Mutant("logarithm left out", "rate", sp.digamma((s.M - 1) / 2)),
        Mutant(
            "M for M - 1 in psi",
            "rate",
            sp.digamma(s.M / 2) - sp.log((s.M - 1) / 2),
            sp.digamma(s.M / 2) - sp.log(s.M / 2),
        ),
        Mutant("first order", "rate", -1 / (s.M - 1)),
        Mutant("rate of the mean deviation", "rate", 2 * sp.log(s.c4(s.M))),
        Mutant("rate of the standard deviation", "rate", RATE / 2, RATE_MLE / 2),
        Mutant("estimators exchanged", "rate", RATE_MLE, RATE),
        Mutant("logarithm of the mean", "mean-log", sp.Integer(0), s.n * sp.log(1 - 1 / s.M)),
        Mutant("one generation too few", "mean-log", (s.n - 1) * RATE, (s.n - 1) * RATE_MLE),
        Mutant("estimators exchanged (mean)", "mean-log", s.n * RATE_MLE, s.n * RATE),
        Mutant("M for M - 1", "variance-log", s.n * sp.polygamma(1, s.M / 2)),
        Mutant("first order in 1/M", "variance-log", 2 * s.n / (s.M - 1)),
        Mutant("one generation too many", "variance-log", (s.n + 1) * SPREAD),
        Mutant("fully dependent generations", "variance-log", s.n**2 * SPREAD),
    ),
)

CASES = (LYAPUNOV_RATE_CASE,)
