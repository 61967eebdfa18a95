"""Evidence on the Kullback-Leibler divergence of the fitted from the real Gaussian."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import sympy as sp
from flint import arb, fmpq

from numerics import gaussian, moments, pairings
from proofs import sampled, spread
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness
from proofs.gaussian import spectra
from proofs.gaussian.spectra import Floats, diagonal
from proofs.verdict import Enclosed, Sampled
from theory import symbols as s
from theory.gaussian import divergence as law
from theory.gaussian.determinant import HEIGHTS, RATE_OF_LOG
from theory.gaussian.divergence import DIVERGENCE_CLAIM
from theory.rounding import ends


def shaped(generations: tuple[int, ...], variances: tuple[int, ...], M: int) -> Setting:
    """Return a setting whose start has these eigenvalues."""
    return diagonal(generations, variances, M=M, d=len(variances))


def enclose_divergence(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean divergence of d + 1 points.

    Drift and trace are expanded exactly, coordinate by coordinate, and the log-determinant is an
    integral.
    """
    size, axes = setting.integer("M"), setting.integer("d")
    found = []
    for n in setting.generations:
        known = sum(
            (moments.expected(monomial, size, n) for monomial in ((2, 0), (0, 1))), Fraction(-1)
        )
        ball = axes * arb(fmpq(known.numerator, known.denominator)) - n * spectra.corner_log(
            setting
        )
        found.append(Enclosed(*ends(ball / 2)))
    return found


def divergence(setting: Setting) -> spectra.Function:
    """Return the function of a run that is the divergence from the law it started at."""
    axes = np.array([float(v) for v in spectra.variances(setting)])
    growth = spectra.log_determinant_growth(setting)

    def found(run: gaussian.MultivariateRun) -> Floats:
        share = np.diagonal(run.covariance, axis1=2, axis2=3) / axes
        drift = (run.mean**2 / axes).sum(axis=-1)
        return np.asarray((share.sum(axis=-1) - axes.size + drift - growth(run)) / 2)

    return found


def divergence_variance(setting: Setting, generations: int) -> float:
    """Return a bound on the variance: deviations of the three parts add up at most.

    That of the trace is exact, from pairings at N(0, I).
    """
    size, axes = setting.integer("M"), setting.integer("d")
    trace = pairings.power_sum(1, axes)
    unit = [[int(j == k) for k in range(axes)] for j in range(axes)]
    square = pairings.expected(pairings.product(trace, trace), unit, size, generations)
    drift = spread.drift_second_moment(
        size, generations, [spread.Moments(1.0, 3.0) for _ in range(axes)]
    )
    deviations = (
        spectra.above(square - axes**2) ** 0.5,
        drift**0.5,
        (generations * spectra.logarithm_spread(setting)) ** 0.5,
    )
    return sum(deviations) ** 2 / 4


def measure_divergence(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean divergence in simulated runs."""
    values = spectra.simulate("divergence", setting, bench, 100_000, divergence(setting))
    return [
        sampled.known_variance(values[:, g], divergence_variance(setting, n))
        for g, n in enumerate(setting.generations)
    ]


def grows(drift: sp.Expr, rate: sp.Expr) -> sp.Expr:
    """Return n/2 times a drift less a rate."""
    return s.n / 2 * (drift - rate)


DIVERGENCE_CASE = Case(
    DIVERGENCE_CLAIM,
    witnesses=(
        Witness(
            Route.ENCLOSED,
            "divergence",
            enclose_divergence,
            (
                shaped((1, 6), (1, 1), 3),
                shaped((1, 20), (3,), 2),
                shaped((3,), (1, 9), 3),
            ),
            "expanded polynomials and ball quadrature, d + 1 points",
            quick=2,
        ),
        Witness(
            Route.MEASURED,
            "divergence",
            measure_divergence,
            (
                shaped((1, 4), (1, 4), 6),
                shaped((2,), (1, 1, 1), 8),
                shaped((3,), (1, 1, 9, 100), 12),
            ),
            "forward runs, all points drawn",
            margin=0.1,
        ),
    ),
    mutants=(
        Mutant("drift left out", "divergence", grows(sp.Integer(0), RATE_OF_LOG)),
        Mutant("determinant left out", "divergence", grows(s.d / s.M, sp.Integer(0))),
        Mutant("half forgotten", "divergence", 2 * law.DIVERGENCE),
        Mutant(
            "d lines",
            "divergence",
            grows(s.d / s.M, s.d * (sp.digamma((s.M - 1) / 2) - sp.log((s.M - 1) / 2))),
        ),
        Mutant(
            "logarithm of the mean determinant",
            "divergence",
            grows(s.d / s.M, sp.Sum(sp.log((s.M - s.i) / (s.M - 1)), HEIGHTS)),
        ),
        Mutant("first order", "divergence", s.n * s.d * (s.d + 3) / (4 * s.M)),
        Mutant("M - 1 in the drift", "divergence", grows(s.d / (s.M - 1), RATE_OF_LOG)),
    ),
)

CASES = (DIVERGENCE_CASE,)
