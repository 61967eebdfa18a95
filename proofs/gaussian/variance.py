"""Evidence on the law of the fitted variance.

The enclosed route integrates the law of M - 1 free normals, so it is no independent evidence for
what rests on Cochran's reduction, but for 2 and 3 points, which it integrates over themselves. The
enumerated route expands all M points, and the measured one draws them.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import sympy as sp
from flint import arb

from numerics import quadrature
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian.refitting import FREE_NORMALS, divisor, expanded, fourth, simulate
from proofs.spread import ROUNDING
from proofs.verdict import Enclosed, Exact, Sampled
from theory import symbols as s
from theory.gaussian.variance import (
    COSINE,
    COSINE_MLE,
    DEVIATION_DECAY,
    MOMENT,
    MOMENT_MLE,
    VARIANCE_LAW,
    VARIANCE_MOMENTS,
    VARIANCE_OF_VARIANCE,
    VARIANCE_OF_VARIANCE_MLE,
)
from theory.rounding import ends

ENCLOSURE_BITS = 128


def factor(setting: Setting, order: Fraction) -> arb:
    """Return a ball around the moment of that order after one generation."""
    size = setting.integer("M")
    return quadrature.expected_power(size - 1, divisor(setting, size), order, ENCLOSURE_BITS)


# --- B01: moments of every order, and cosines -----------------------------------------------------


def enumerate_moment(setting: Setting, bench: Bench) -> list[Exact]:
    """Return moments of integer order by expanding the points of every generation."""
    order = int(setting.numbers("t")[0])
    return [Exact(expanded(setting, n, {(0, order): 1})) for n in setting.generations]


def enclose_moment(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return moments of any order: a power of one integral."""
    one = factor(setting, setting.numbers("t")[0])
    return [Enclosed(*ends(one**n)) for n in setting.generations]


def measure_moment(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return moments of simulated runs."""
    run = simulate("moment", setting, bench, 150_000)
    order = setting.numbers("t")[0]
    return [
        sampled.known_second_moment(
            run.variance[:, g] ** float(order), second_moment(setting, 2 * order, n)
        )
        for g, n in enumerate(setting.generations)
    ]


def second_moment(setting: Setting, order: Fraction, generations: int) -> float:
    """Return an upper bound for a moment: by Jensen up to order 1, every point of E v expanded.

    Of other orders it is an integral of the law that B01 derives, and no independent one.
    """
    if 0 <= order <= 1:
        mean = expanded(setting, generations, {(0, 1): 1})
        return float(mean) ** float(order) * (1 + ROUNDING)
    return float((factor(setting, order) ** generations).upper()) * (1 + ROUNDING)


def measure_cosine(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return mean cosines of simulated runs: bounded, so nothing need be known of the law."""
    run = simulate("cosine", setting, bench, 200_000)
    cosines = np.cos(float(setting.numbers("omega")[0]) * run.log_variance)
    return [sampled.bounded(cosines[:, g], -1.0, 1.0) for g in range(len(setting.generations))]


#: Moments of a chi-square with n (M - 1) degrees of freedom, as if all points were one sample.
ONE_SAMPLE = (2 / (s.n * (s.M - 1))) ** s.t * sp.RisingFactorial(s.n * (s.M - 1) / 2, s.t)
#: The logarithm's mean and variance, for the normal law that has them.
RATE = sp.digamma((s.M - 1) / 2) - sp.log((s.M - 1) / 2)
SPREAD = sp.polygamma(1, (s.M - 1) / 2)

VARIANCE_LAW_CASE = Case(
    VARIANCE_LAW,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "moment",
            enumerate_moment,
            (
                setting((1, 3), M=2, t=2),
                setting((1, 2), M=3, t=3, estimator="mle"),
                setting((1, 4), M=5, t=1, estimator="mle"),
                setting((2,), M=4, t=3),
                setting((1, 5), M=20, t=2),
            ),
            "every point expanded",
            quick=3,
        ),
        Witness(
            Route.ENCLOSED,
            "moment",
            enclose_moment,
            (
                setting((1, 3), M=2, t="-1/4"),
                setting((1, 10), M=5, t="1/3", estimator="mle"),
                setting((1, 20), M=10, t="-7/2"),
                setting((1, 100), M=101, t="5/2"),
                setting((50,), M=1000, t=-20),
            ),
            "ball quadrature",
            quick=2,
            principles=FREE_NORMALS,
        ),
        Witness(
            Route.MEASURED,
            "moment",
            measure_moment,
            (
                setting((1, 3), M=2, t="1/4"),
                setting((1, 4), M=5, t="1/2", estimator="mle"),
                setting((1, 10, 40), M=30, t="1/4"),
            ),
            "forward runs, all points drawn",
            quick=2,
            margin=0.03,
        ),
        Witness(
            Route.MEASURED,
            "moment",
            measure_moment,
            (setting((1, 5), M=5, t="-1/4"),),
            "forward runs, all points drawn; spread by quadrature",
            margin=0.03,
            principles=FREE_NORMALS,
        ),
        Witness(
            Route.MEASURED,
            "cosine",
            measure_cosine,
            (
                setting((1, 2), M=2, omega="1/4"),
                setting((1, 2), M=4, omega="1/2", estimator="mle"),
                setting((1, 3), M=10, omega=1),
                setting((10, 30), M=10, omega="1/4"),
            ),
            "forward runs, all points drawn",
            quick=2,
            margin=0.03,
        ),
    ),
    mutants=(
        Mutant("M for M - 1 in both", "moment", MOMENT.subs(s.M, s.M + 1)),
        Mutant("estimators exchanged", "moment", MOMENT_MLE, MOMENT),
        Mutant("one generation too many", "moment", MOMENT.subs(s.n, s.n + 1)),
        Mutant("powers of the mean", "moment", s.sigma ** (2 * s.t)),
        Mutant("one sample of n M points", "moment", s.sigma ** (2 * s.t) * ONE_SAMPLE),
        Mutant(
            "log-normal",
            "moment",
            s.sigma ** (2 * s.t) * sp.exp(s.n * (s.t * RATE + s.t**2 * SPREAD / 2)),
        ),
        Mutant("M for M - 1 in both (cosine)", "cosine", COSINE.subs(s.M, s.M + 1)),
        Mutant("estimators exchanged (cosine)", "cosine", COSINE_MLE, COSINE),
        Mutant("one generation too few (cosine)", "cosine", COSINE.subs(s.n, s.n - 1)),
        Mutant(
            "log-normal (cosine)",
            "cosine",
            sp.exp(-s.n * s.omega**2 * SPREAD / 2) * sp.cos(s.n * s.omega * RATE),
        ),
    ),
)


# --- B02: mean and variance -----------------------------------------------------------------------


def enumerate_mean(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the mean variance by expanding the points of every generation."""
    return [Exact(expanded(setting, n, {(0, 1): 1})) for n in setting.generations]


def enumerate_variance(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the variance of the variance by expanding the points of every generation."""
    return [
        Exact(expanded(setting, n, {(0, 2): 1}) - expanded(setting, n, {(0, 1): 1}) ** 2)
        for n in setting.generations
    ]


def enclose_variance(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the variance of the variance from integrals of order 1 and 2."""
    first, second = factor(setting, Fraction(1)), factor(setting, Fraction(2))
    return [Enclosed(*ends(second**n - first ** (2 * n))) for n in setting.generations]


def measure_mean(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean variance of simulated runs, at n up to about M/4.

    At n far above M rare runs carry the mean, and no affordable number of runs contains one.
    """
    run = simulate("mean", setting, bench, 150_000)
    return [
        sampled.known_second_moment(run.variance[:, g], fourth(setting, n).variance)
        for g, n in enumerate(setting.generations)
    ]


def measure_variance(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean square deviation of the variance, where its own spread is moderate.

    The mean and the fourth central moment are made of integrals of order 1 to 4.
    """
    run = simulate("variance", setting, bench, 400_000)
    one = [factor(setting, Fraction(order)) for order in range(5)]
    found = []
    for g, n in enumerate(setting.generations):
        mean = one[1] ** n
        central = one[4] ** n - 4 * one[3] ** n * mean + 6 * one[2] ** n * mean**2 - 3 * mean**4
        found.append(
            sampled.known_second_moment(
                (run.variance[:, g] - float(mean)) ** 2, float(central.upper()) * (1 + ROUNDING)
            )
        )
    return found


EXPANDED = (
    setting((1, 4), M=2),
    setting((1, 3), M=3, estimator="mle"),
    setting((0, 2), M=5),
    setting((1, 10), M=10, estimator="mle"),
    setting((1, 30), M=20),
)

VARIANCE_MOMENTS_CASE = Case(
    VARIANCE_MOMENTS,
    witnesses=(
        *(
            Witness(Route.ENUMERATED, name, enumerate_, EXPANDED, "every point expanded", quick=2)
            for name, enumerate_ in (("mean", enumerate_mean), ("variance", enumerate_variance))
        ),
        Witness(
            Route.ENCLOSED,
            "variance",
            enclose_variance,
            (setting((1, 7), M=11), setting((1, 300), M=1000, estimator="mle")),
            "ball quadrature",
            principles=FREE_NORMALS,
        ),
        Witness(
            Route.MEASURED,
            "mean",
            measure_mean,
            (
                setting((1, 2), M=8),
                setting((1, 10), M=40, estimator="mle"),
                setting((1, 10), M=40),
            ),
            "forward runs, all points drawn",
            quick=2,
            margin=0.03,
        ),
        Witness(
            Route.MEASURED,
            "variance",
            measure_variance,
            (setting((1,), M=20), setting((1,), M=40, estimator="mle")),
            "forward runs, all points drawn; spread by quadrature",
            margin=0.03,
            principles=FREE_NORMALS,
        ),
    ),
    mutants=(
        Mutant("estimators exchanged", "mean", s.sigma**2 * (1 - 1 / s.M) ** s.n, s.sigma**2),
        Mutant(
            "M - 1 for M",
            "mean",
            s.sigma**2 * (1 - 1 / (s.M - 1)) ** s.n,
            s.sigma**2 * (1 - 1 / (s.M - 1)) ** s.n,
        ),
        Mutant("square of the mean deviation", "mean", s.sigma**2 * s.c4(s.M) ** (2 * s.n)),
        Mutant("M for M - 1", "variance", s.sigma**4 * ((1 + 2 / s.M) ** s.n - 1)),
        Mutant("first order in n", "variance", 2 * s.n * s.sigma**4 / (s.M - 1)),
        Mutant("one generation too many", "variance", VARIANCE_OF_VARIANCE.subs(s.n, s.n + 1)),
        Mutant(
            "estimators exchanged (variance)",
            "variance",
            VARIANCE_OF_VARIANCE_MLE,
            VARIANCE_OF_VARIANCE,
        ),
    ),
)


# --- B03: mean standard deviation -----------------------------------------------------------------


def enclose_deviation(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean standard deviation: a power of one integral of the chi law."""
    one = factor(setting, Fraction(1, 2))
    return [Enclosed(*ends(one**n)) for n in setting.generations]


def enclose_points(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean standard deviation by integrating over the 2 or 3 points themselves."""
    size = setting.integer("M")
    one = quadrature.expected_root_of_points(size, divisor(setting, size), ENCLOSURE_BITS)
    return [Enclosed(*ends(one**n)) for n in setting.generations]


def measure_deviation(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean standard deviation of simulated runs that draw all M points.

    E[sigma_n^2] is found by expanding every point, so the variance of sigma_n is known up to its
    own mean.
    """
    run = simulate("deviation", setting, bench, 100_000)
    means = [expanded(setting, n, {(0, 1): 1}) for n in setting.generations]
    return [
        sampled.known_second_moment(np.sqrt(run.variance[:, g]), float(mean) * (1 + ROUNDING))
        for g, mean in enumerate(means)
    ]


DEVIATION_DECAY_CASE = Case(
    DEVIATION_DECAY,
    witnesses=(
        Witness(
            Route.ENCLOSED,
            "mean",
            enclose_deviation,
            (
                setting((0, 1, 5), M=2),
                setting((1, 3), M=3, estimator="mle"),
                setting((1, 100), M=10),
                setting((1, 7), M=101),
            ),
            "ball quadrature",
            quick=2,
            principles=FREE_NORMALS,
        ),
        Witness(
            Route.ENCLOSED,
            "mean",
            enclose_points,
            (
                setting((1, 4), M=3),
                setting((1, 3), M=2, estimator="mle"),
                setting((2,), M=3, estimator="mle"),
                setting((1, 6), M=2),
            ),
            "ball quadrature over the points",
            quick=2,
        ),
        Witness(
            Route.MEASURED,
            "mean",
            measure_deviation,
            (
                setting((1, 2), M=2),
                setting((1, 5), M=5, estimator="mle"),
                setting((1, 10), M=10),
                setting((1, 10), M=100),
            ),
            "forward runs, all points drawn",
            quick=2,
            margin=0.05,
        ),
    ),
    mutants=(
        Mutant("variance keeps its root", "mean", s.sigma),
        Mutant("M for M - 1 in c4", "mean", s.sigma * s.c4(s.M + 1) ** s.n),
        Mutant("first order of c4", "mean", s.sigma * (1 - 1 / (4 * s.M)) ** s.n),
        Mutant("exponential of the first order", "mean", s.sigma * sp.exp(-s.n / (4 * s.M))),
        Mutant("one generation too few", "mean", s.sigma * s.c4(s.M) ** (s.n - 1)),
        Mutant(
            "estimators exchanged",
            "mean",
            s.sigma * (s.c4(s.M) * sp.sqrt(1 - 1 / s.M)) ** s.n,
            s.sigma * s.c4(s.M) ** s.n,
        ),
    ),
)

CASES = (VARIANCE_LAW_CASE, VARIANCE_MOMENTS_CASE, DEVIATION_DECAY_CASE)
