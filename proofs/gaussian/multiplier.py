"""Evidence on refits whose variance is multiplied, by the estimator or by a sampling bias."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import sqrt

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
from theory.gaussian import multiplier as law
from theory.gaussian.multiplier import LAM, MULTIPLIER_FAMILY, SAMPLING_BIAS, B
from theory.gaussian.rate import RATE
from theory.geometric import GeometricSum

# --- B40: b times the unbiased variance -----------------------------------------------------------


def enclose_risk(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return E mean^2 + E variance + 1 - 2 E root: points expanded, and one root integrated."""
    size, factor = setting.integer("M"), setting.numbers("b")[0]
    found = []
    for n in setting.generations:
        drift, variance = (
            moments_variants.expected(monomial, size, n, factor) for monomial in ((2, 0), (0, 1))
        )
        with ctx.workprec(BITS):
            root = (ball(factor).sqrt() * varied.root_factor(size, size - 1)) ** n
            found.append(enclosed(ball(drift) + ball(variance) + 1 - 2 * root))
    return found


def measure_risk(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean W2^2 of simulated runs, while no rare runs carry it."""
    size, factor = setting.integer("M"), setting.numbers("b")[0]
    variant = Variant(multiplier=float(factor))
    values = varied.distances(varied.run("risk", setting, bench, 120_000, variant))
    return [
        sampled.known_variance(values[:, g], varied.distance_variance(size, n, factor))
        for g, n in enumerate(setting.generations)
    ]


def enclose_critical(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return exp(-E ln Y), Y one factor of the unbiased variance."""
    size = setting.integer("M")
    with ctx.workprec(BITS):
        return [enclosed((-varied.log_factor(size, size - 1)).exp())]


def measure_critical(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return 6/5 exp(-mean log / n) of long runs whose points are spread, and multiplied, to 6/5.

    The variance of the logarithm is an integral.
    """
    size, n = setting.integer("M"), 40
    variant = Variant(multiplier=1.5, spread=sqrt(0.8))
    long = Setting(setting.fixed, (n,))
    values = varied.run("critical", long, bench, 20_000, variant).log_variance[:, 0] / n
    spread = float(quadrature.variance_log(size - 1, 64).upper()) * (1 + ROUNDING) / n
    return [varied.transformed(sampled.known_variance(values, spread), 1.2, -1.0)]


RISKS = (
    setting((1, 4, 80), M=2, b="2/3"),
    setting((0, 3, 60), M=3, b="1/3"),
    setting((1, 20), M=5, b=1),
    setting((2, 9), M=4, b="6/5"),
    setting((5, 50), M=10, b="9/10"),
)
#: The ceiling says nothing of the start, where there is no risk.
BELOW = tuple(
    replace(one, generations=tuple(n for n in one.generations if n))
    for one in RISKS
    if one.numbers("b")[0] < 1
)
THRESHOLDS = (setting(M=2), setting(M=3), setting(M=10), setting(M=50))


def threshold_witnesses() -> tuple[Witness, Witness]:
    """Return the evidence on the factor at which the log-variance has no drift."""
    return (
        Witness(
            Route.ENCLOSED, "critical", enclose_critical, THRESHOLDS, "ball quadrature", quick=2
        ),
        Witness(
            Route.MEASURED,
            "critical",
            measure_critical,
            (setting(M=2), setting(M=5), setting(M=20)),
            "forward runs, all points drawn; spread by quadrature",
            margin=0.05,
        ),
    )


def threshold_mutants() -> tuple[Mutant, ...]:
    """Return wrong thresholds that look right."""
    return (
        Mutant("from the mean deviation", "critical", s.c4(s.M) ** -2),
        Mutant("first order", "critical", 1 + 1 / (s.M - 1)),
        Mutant("M for M - 1", "critical", law.CRITICAL.subs(s.M, s.M + 1)),
        Mutant("from the mean variance", "critical", sp.Integer(1)),
    )


GROWN = GeometricSum(B, s.n) / s.M
MULTIPLIER_FAMILY_CASE = Case(
    MULTIPLIER_FAMILY,
    witnesses=(
        Witness(
            Route.ENCLOSED,
            "risk",
            enclose_risk,
            RISKS,
            "every point expanded; ball quadrature over norm and angle",
            quick=3,
        ),
        Witness(
            Route.MEASURED,
            "risk",
            measure_risk,
            (
                setting((1, 5), M=8, b="7/8"),
                setting((2, 6), M=5, b="1/2"),
                setting((1, 3), M=10, b="11/10"),
            ),
            "forward runs, all points drawn",
            margin=0.05,
        ),
        Witness(
            Route.ENCLOSED,
            "ceiling",
            enclose_risk,
            BELOW,
            "every point expanded; ball quadrature over norm and angle",
            quick=2,
        ),
        *threshold_witnesses(),
    ),
    mutants=(
        Mutant("walk of the unbiased estimator", "risk", s.sigma**2 * (s.n / s.M + B**s.n + 1)
               - 2 * s.sigma**2 * law.LOST_ROOT),
        Mutant("walk at the multiplied variance", "risk", s.sigma**2 * (
            B * GROWN + B**s.n + 1 - 2 * law.LOST_ROOT)),
        Mutant("root of b left out", "risk", s.sigma**2 * (
            GROWN + B**s.n + 1 - 2 * s.c4(s.M) ** s.n)),
        Mutant("root of the mean variance", "risk", s.sigma**2 * (
            GROWN + B**s.n + 1 - 2 * B ** (s.n / 2))),
        Mutant("one generation too few", "risk", law.RISK.subs(s.n, s.n - 1)),
        Mutant("the MLE's, whatever b", "ceiling", 2 * s.sigma**2),
        Mutant("walk alone", "ceiling", s.sigma**2 / (s.M * sp.Max(1 - B, 0))),
        Mutant("twice the limit", "ceiling", 2 * law.CEILING),
        *threshold_mutants(),
    ),
)  # fmt: skip


# --- B33: points drawn lam times as widely --------------------------------------------------------


def moment(setting: Setting, monomial: tuple[int, int], generations: int) -> Fraction:
    """Return E[mean^a variance^b] exactly, every point expanded."""
    found = moments_variants.expected(
        monomial, setting.integer("M"), generations, spread=setting.numbers("lam")[0]
    )
    assert isinstance(found, Fraction)
    return found


def enumerate_mean(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the mean variance."""
    return [Exact(moment(setting, (0, 1), n)) for n in setting.generations]


def enumerate_drift(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the mean squared drift."""
    return [Exact(moment(setting, (2, 0), n)) for n in setting.generations]


def measure_moment(setting: Setting, bench: Bench, kind: str) -> list[Sampled]:
    """Return mean variance or drift of simulated runs; second moments by expansion."""
    variant = Variant(spread=sqrt(setting.numbers("lam")[0]))
    seen = varied.run(kind, setting, bench, 150_000, variant)
    values, order = (seen.variance, (0, 2)) if kind == "mean" else (seen.mean**2, (4, 0))
    return [
        sampled.known_second_moment(values[:, g], float(moment(setting, order, n)) * (1 + ROUNDING))
        for g, n in enumerate(setting.generations)
    ]


def measure_mean(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean variance of simulated runs."""
    return measure_moment(setting, bench, "mean")


def measure_drift(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean squared drift of simulated runs."""
    return measure_moment(setting, bench, "drift")


def enclose_rate(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean logarithm of one factor."""
    size, bias = setting.integer("M"), setting.numbers("lam")[0]
    with ctx.workprec(BITS):
        return [enclosed(ball(bias).log() + varied.log_factor(size, size - 1))]


def measure_rate(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return ln(sigma_n^2) / n, averaged over long runs."""
    size, n = setting.integer("M"), 200
    variant = Variant(spread=sqrt(setting.numbers("lam")[0]))
    seen = varied.run("rate", Setting(setting.fixed, (n,)), bench, 10_000, variant)
    spread = float(quadrature.variance_log(size - 1, 64).upper()) * (1 + ROUNDING) / n
    return [sampled.known_variance(seen.log_variance[:, 0] / n, spread)]


EXPANDED = (
    setting((1, 3), M=2, lam="1/2"),
    setting((0, 2, 30), M=3, lam="4/3"),
    setting((1, 7), M=6, lam=1),
    setting((5,), M=12, lam="9/10"),
)
RUNS = (setting((1, 4), M=10, lam="4/5"), setting((2, 4), M=12, lam="11/10"))

SAMPLING_BIAS_CASE = Case(
    SAMPLING_BIAS,
    witnesses=(
        *(
            Witness(Route.ENUMERATED, name, enumerate_, EXPANDED, "every point expanded", quick=2)
            for name, enumerate_ in (("mean", enumerate_mean), ("drift", enumerate_drift))
        ),
        *(
            Witness(
                Route.MEASURED, name, measure, RUNS, "forward runs, all points drawn", margin=0.05
            )
            for name, measure in (("mean", measure_mean), ("drift", measure_drift))
        ),
        Witness(
            Route.ENCLOSED,
            "rate",
            enclose_rate,
            (setting(M=2, lam=3), setting(M=3, lam="1/2"), setting(M=20, lam="21/20")),
            "ball quadrature over norm and angle",
            quick=2,
        ),
        Witness(
            Route.MEASURED,
            "rate",
            measure_rate,
            (setting(M=2, lam=2), setting(M=5, lam="3/4")),
            "forward runs, all points drawn; spread by quadrature",
            margin=0.05,
        ),
        *threshold_witnesses(),
    ),
    mutants=(
        Mutant("bias of the standard deviation", "mean", s.sigma**2 * LAM ** (2 * s.n)),
        Mutant("first sample unbiased", "mean", s.sigma**2 * LAM ** (s.n - 1)),
        Mutant("MLE", "mean", s.sigma**2 * (LAM * (1 - 1 / s.M)) ** s.n),
        Mutant("bias of the estimator", "drift", s.sigma**2 * GeometricSum(LAM, s.n) / s.M),
        Mutant("no bias", "drift", s.sigma**2 * s.n / s.M),
        Mutant("M - 1 for M", "drift", law.DRIFT * s.M / (s.M - 1)),
        Mutant("one generation too many", "drift", law.DRIFT.subs(s.n, s.n + 1)),
        Mutant("logarithm of the mean", "rate", sp.log(LAM)),
        Mutant("rate of the standard deviation", "rate", law.BIASED_RATE / 2),
        Mutant("bias squared", "rate", 2 * sp.log(LAM) + RATE),
        Mutant("MLE's divisor", "rate", law.BIASED_RATE + sp.log(1 - 1 / s.M)),
        *threshold_mutants(),
    ),
)

CASES = (MULTIPLIER_FAMILY_CASE, SAMPLING_BIAS_CASE)
