"""Evidence on the law of the fitted variance."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import sympy as sp

from numerics import quadrature
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian.refitting import estimator, simulate
from proofs.verdict import Enclosed, Sampled
from theory import symbols as s
from theory.gaussian.variance import DEVIATION_DECAY
from theory.rounding import ends

ENCLOSURE_BITS = 128


def divisor(setting: Setting) -> int:
    """Return the divisor of the fitted variance: M - 1, or M for the MLE."""
    size = setting.integer("M")
    return size - 1 if estimator(setting) == "unbiased" else size


def enclose_deviation(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean standard deviation by integrating the density of the chi law.

    One factor is an integral; the factors of different generations are independent.
    """
    one = quadrature.expected_power(
        setting.integer("M") - 1, divisor(setting), Fraction(1, 2), ENCLOSURE_BITS
    )
    return [Enclosed(*ends(one**n)) for n in setting.generations]


def measure_deviation(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean standard deviation of simulated runs that draw all M points.

    E[sigma_n^2] is known exactly (it is the trace of total variance), so the variance of sigma_n
    is known up to its own mean.
    """
    run = simulate("deviation", setting, bench, 100_000)
    ratio = divisor(setting) / (setting.integer("M") - 1)
    second = [(1 / ratio) ** n for n in setting.generations]
    return [
        sampled.known_second_moment(np.sqrt(run.variance[:, g]), second[g])
        for g in range(len(setting.generations))
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

CASES = (DEVIATION_DECAY_CASE,)
