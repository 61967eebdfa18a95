"""Evidence on refits about a known mean: expansions, norms of M normals, and simulation."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import ctx

from numerics import moments_variants, quadrature
from numerics.gaussian_variants import Variant
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian import varied
from proofs.gaussian.varied import BITS, ball, enclosed
from proofs.spread import ROUNDING
from proofs.verdict import Enclosed, Exact, Sampled
from theory import symbols as s
from theory.gaussian import known_mean as law
from theory.gaussian.known_mean import KNOWN_MEAN
from theory.gaussian.variance import MOMENT as FITTED_MOMENT

KNOWN = Variant(known_mean=True)


def expanded(setting: Setting, order: int, generations: int) -> Fraction:
    """Return E variance^order, every point expanded."""
    size = setting.integer("M")
    found = moments_variants.expected((0, order), size, generations, known_mean=True)
    assert isinstance(found, Fraction)
    return found


def enumerate_moment(setting: Setting, bench: Bench) -> list[Exact]:
    """Return moments of integer order."""
    order = int(setting.numbers("t")[0])
    return [Exact(expanded(setting, order, n)) for n in setting.generations]


def enumerate_variance(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the variance of the variance."""
    return [
        Exact(expanded(setting, 2, n) - expanded(setting, 1, n) ** 2) for n in setting.generations
    ]


def enclose_moment(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return moments of any order: the norm of M normals, integrated."""
    size = setting.integer("M")
    one = quadrature.expected_power(size, size, setting.numbers("t")[0], BITS)
    with ctx.workprec(BITS):
        return [enclosed(one**n) for n in setting.generations]


def enclose_deviation(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean standard deviation."""
    size = setting.integer("M")
    one = quadrature.expected_power(size, size, Fraction(1, 2), BITS)
    with ctx.workprec(BITS):
        return [enclosed(one**n) for n in setting.generations]


def enclose_risk(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return E variance + 1 - 2 E root, the variance expanded and the root integrated."""
    size = setting.integer("M")
    one = quadrature.expected_power(size, size, Fraction(1, 2), BITS)
    with ctx.workprec(BITS):
        return [
            enclosed(ball(expanded(setting, 1, n)) + 1 - 2 * one**n) for n in setting.generations
        ]


def enclose_rate(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean logarithm of one factor."""
    size = setting.integer("M")
    return [enclosed(quadrature.expected_log(size, size, BITS))]


def measure_risk(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean W2^2 of simulated runs; the mean must not have moved."""
    seen = varied.run("risk", setting, bench, 250_000, KNOWN)
    assert not seen.mean.any()
    size, values = setting.integer("M"), varied.distances(seen)
    return [
        sampled.known_variance(values[:, g], varied.distance_variance(size, n, known_mean=True))
        for g, n in enumerate(setting.generations)
    ]


def measure_deviation(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean standard deviation of simulated runs."""
    seen = varied.run("deviation", setting, bench, 60_000, KNOWN)
    return [
        sampled.known_second_moment(
            seen.variance[:, g] ** 0.5, float(expanded(setting, 1, n)) * (1 + ROUNDING)
        )
        for g, n in enumerate(setting.generations)
    ]


def measure_rate(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return ln(sigma_n^2) / n, averaged over long runs."""
    n = 200
    seen = varied.run("rate", Setting(setting.fixed, (n,)), bench, 5_000, KNOWN)
    spread = float(quadrature.variance_log(setting.integer("M"), 64).upper()) / n
    return [sampled.known_variance(seen.log_variance[:, 0] / n, spread * (1 + ROUNDING))]


GRID = (
    setting((0, 1, 3), M=1),
    setting((1, 9), M=2),
    setting((2, 30), M=7),
    setting((1, 100), M=40),
)
RUNS = (setting((1, 2), M=1), setting((2, 8), M=8), setting((10,), M=20))
FIT = s.c4(s.M)

KNOWN_MEAN_CASE = Case(
    KNOWN_MEAN,
    witnesses=(
        *(
            Witness(Route.ENCLOSED, name, enclose, GRID, "ball quadrature over the norm", quick=2)
            for name, enclose in (("risk", enclose_risk), ("deviation", enclose_deviation))
        ),
        *(
            Witness(
                Route.MEASURED, name, measure, RUNS, "forward runs, all points drawn", margin=0.05
            )
            for name, measure in (("risk", measure_risk), ("deviation", measure_deviation))
        ),
        Witness(
            Route.ENUMERATED,
            "variance",
            enumerate_variance,
            (setting((1, 3), M=1), setting((2, 10), M=5), setting((4,), M=15)),
            "every point expanded",
            quick=2,
        ),
        Witness(
            Route.ENUMERATED,
            "moment",
            enumerate_moment,
            (setting((1, 3), M=1, t=2), setting((2,), M=4, t=3), setting((7,), M=6, t=1)),
            "every point expanded",
            quick=2,
        ),
        Witness(
            Route.ENCLOSED,
            "moment",
            enclose_moment,
            (setting((1, 4), M=2, t="-3/4"), setting((3, 20), M=9, t="5/2")),
            "ball quadrature over the norm",
        ),
        Witness(
            Route.ENCLOSED,
            "rate",
            enclose_rate,
            (setting(M=1), setting(M=6), setting(M=101)),
            "ball quadrature over the norm",
            quick=2,
        ),
        Witness(
            Route.MEASURED,
            "rate",
            measure_rate,
            (setting(M=1), setting(M=8)),
            "forward runs, all points drawn; spread by quadrature",
            margin=0.05,
        ),
    ),
    mutants=(
        Mutant("fitted mean", "risk", 2 * s.sigma**2 * (1 - (FIT * sp.sqrt(1 - 1 / s.M)) ** s.n)),
        Mutant("mean walks", "risk", law.RISK + s.sigma**2 * s.n / s.M),
        Mutant("one variance", "risk", law.RISK / 2),
        Mutant("first order", "risk", 2 * s.sigma**2 * (1 - sp.exp(-s.n / (4 * s.M)))),
        Mutant("M + 1 degrees of freedom", "risk", 2 * s.sigma**2 * (1 - s.c4(s.M + 2) ** s.n)),
        Mutant("M + 1 degrees of freedom (deviation)", "deviation", s.sigma * s.c4(s.M + 2) ** s.n),
        Mutant("deviation kept", "deviation", s.sigma),
        Mutant("one generation too few", "deviation", law.DEVIATION_LAW.subs(s.n, s.n - 1)),
        Mutant("fitted mean (variance)", "variance", s.sigma**4 * ((1 + 2 / (s.M + 1)) ** s.n - 1)),
        Mutant("first order in n", "variance", 2 * s.n * s.sigma**4 / s.M),
        Mutant("square of the mean kept", "variance", law.VARIANCE + s.sigma**4),
        Mutant("fitted mean (moment)", "moment", FITTED_MOMENT),
        Mutant("M + 1 degrees of freedom (moment)", "moment", law.MOMENT.subs(s.M, s.M + 1)),
        Mutant("powers of the mean", "moment", s.sigma ** (2 * s.t)),
        Mutant("logarithm left out", "rate", sp.digamma(s.M / 2)),
        Mutant("M + 1 degrees of freedom (rate)", "rate", law.RATE.subs(s.M, s.M + 1)),
        Mutant("first order (rate)", "rate", -1 / s.M),
    ),
)

CASES = (KNOWN_MEAN_CASE,)
