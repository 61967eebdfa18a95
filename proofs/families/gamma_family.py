"""Evidence on refitted gamma families.

The enclosed route integrates the law of one factor: of a single point, or of the sum of M points,
whose law the claim derives, and which is then no independent evidence. Runs draw every point.
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import arb

from numerics import quadrature
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness
from proofs.families.quadratic_variance import enumerate_moments, measure
from proofs.families.refitted import EXPANDED, RUNS, mean, member, refitting, simulate
from proofs.spread import ROUNDING
from proofs.verdict import Enclosed, Sampled
from theory import symbols as s
from theory.families import gamma_family as law
from theory.families.poisson_family import START
from theory.rounding import ends

BITS = 128
ADDITIVE = frozenset({"D10"})


def gamma_setting(generations: tuple[int, ...], shape: str, M: int, m0: int | str = 1) -> Setting:
    """Return a setting with the shape as the claim's r, too."""
    return refitting(generations, "gamma", shape, r=Fraction(shape), M=M, m0=m0)


def mean_log(setting: Setting) -> arb:
    """Return a ball around the mean logarithm of a factor: half a chi-square, 2 r M an integer."""
    freedom = 2 * member(setting).shape * setting.integer("M")
    return quadrature.expected_log(int(freedom), int(freedom), BITS)


def enclose_rate(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean logarithm of one factor."""
    return [Enclosed(*ends(mean_log(setting)))]


def enclose_mean_log(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean logarithm of a product of independent factors."""
    return [Enclosed(*ends(n * mean_log(setting))) for n in setting.generations]


def square_log(setting: Setting) -> float:
    """Return an upper bound of the mean square of ln G, for r > 1 and any number of points.

    |ln x| <= |x - 1| / sqrt(x), so it is at most E 1/G - 1 for E G = 1; the reciprocal of an
    average is at most the average of reciprocals, whose mean is r / (r - 1).
    """
    return float(1 / (member(setting).shape - 1)) * (1 + ROUNDING)


def measure_rate(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return ln(m_n / m_0) / n, averaged over long runs."""
    return _logarithms("rate", setting, bench, True)


def measure_mean_log(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean of ln(m_n / m_0)."""
    return _logarithms("mean-log", setting, bench, False)


def _logarithms(experiment: str, setting: Setting, bench: Bench, rate: bool) -> list[Sampled]:
    run = simulate(experiment, setting, bench, 60_000)
    start = sp.log(sp.Rational(*mean(setting).as_integer_ratio())).evalf()
    found = []
    for g, n in enumerate(setting.generations):
        scale = n if rate else 1
        values = (run.log_mean[:, g] - float(start)) / scale
        found.append(sampled.known_variance(values, n * square_log(setting) / scale**2))
    return found


ONE_POINT = (
    gamma_setting((0, 1, 7), "1/2", 1),
    gamma_setting((1, 30), "3", 1),
    gamma_setting((5,), "20", 1),
)
SUMS = (gamma_setting((1, 100), "1/2", 9), gamma_setting((10,), "3/2", 100))
EXACT = (
    gamma_setting((0, 1, 5), "1", 2, 3),
    gamma_setting((2, 40), "3/2", 10, "1/2"),
    gamma_setting((3,), "1/4", 1),
)
DRAWN = (gamma_setting((3,), "2", 20, 2), gamma_setting((2,), "3", 8))
LATE = (gamma_setting((50,), "2", 2, 2), gamma_setting((60,), "3", 1))
RATES = (gamma_setting((100,), "2", 2), gamma_setting((100,), "4", 1))

GAMMA_FAMILY_CASE = Case(
    law.GAMMA_FAMILY,
    witnesses=(
        Witness(
            Route.ENCLOSED, "mean-log", enclose_mean_log, ONE_POINT,
            "ball quadrature over one point", 2,
        ),
        Witness(
            Route.ENCLOSED, "mean-log", enclose_mean_log, SUMS,
            "ball quadrature over the sum of all points", principles=ADDITIVE,
        ),
        Witness(Route.MEASURED, "mean-log", measure_mean_log, LATE, RUNS, margin=0.05),
        Witness(Route.ENUMERATED, "variance", enumerate_moments("variance"), EXACT, EXPANDED, 2),
        Witness(Route.MEASURED, "variance", measure("variance"), DRAWN, RUNS, margin=0.05),
        Witness(
            Route.ENCLOSED, "rate", enclose_rate,
            tuple(gamma_setting((), shape, 1) for shape in ("1/2", "2", "15/2")),
            "ball quadrature over one point", 2,
        ),
        Witness(
            Route.ENCLOSED, "rate", enclose_rate,
            (gamma_setting((), "1/2", 40), gamma_setting((), "10", 100)),
            "ball quadrature over the sum of all points", principles=ADDITIVE,
        ),
        Witness(Route.MEASURED, "rate", measure_rate, RATES, RUNS, margin=0.05),
    ),
    mutants=(
        Mutant("a martingale as well", "mean-log", sp.Integer(0)),
        Mutant("second order", "mean-log", -s.n / (2 * law.MASS)),
        Mutant("one shape", "mean-log", s.n * law.RATE.subs(s.M, 1)),
        Mutant("one sample of n M points", "mean-log", law.RATE.subs(s.M, s.n * s.M)),
        Mutant("chi-square freedom", "mean-log", s.n * law.RATE.subs(s.M, 2 * s.M)),
        Mutant("steps alike", "variance", START**2 * s.n / law.MASS),
        Mutant("shape forgotten", "variance", START**2 * ((1 + 1 / s.M) ** s.n - 1)),
        Mutant("second moment", "variance", law.VARIANCE + START**2),
        Mutant("m_0 for its square", "variance", law.VARIANCE / START),
        Mutant("one generation ahead", "variance", law.VARIANCE.subs(s.n, s.n + 1)),
        Mutant("sign of the drift", "rate", -law.RATE),
        Mutant("half the second moment", "rate", -sp.log(1 + 1 / law.MASS) / 2),
        Mutant("rate of one point", "rate", law.RATE.subs(s.M, 1) / s.M),
        Mutant("rate to second order", "rate", -1 / (2 * law.MASS)),
    ),
)  # fmt: skip

CASES = (GAMMA_FAMILY_CASE,)
