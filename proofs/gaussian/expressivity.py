"""Evidence on one Gaussian fitted to two: grids, integrals over the density, expanded points."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import arb, ctx, fmpq

from numerics import mixture, point_moments, quadratic_form
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.verdict import Enclosed, Exact
from theory import symbols as s
from theory.gaussian import expressivity as law
from theory.mixture import Overlap
from theory.rounding import ends

ENCLOSURE_BITS = 128


def shape(setting: Setting) -> tuple[Fraction, Fraction]:
    """Return a and s."""
    return setting.numbers("a")[0], setting.numbers("s")[0]


def overlap(setting: Setting) -> arb:
    """Return a ball around E q z, q and z the quantiles of mixture and normal law, from a grid."""
    low, high = mixture.overlap(*shape(setting))
    return arb((low + high) / 2, (high - low) / 2 * 1.000001)


def total(setting: Setting) -> arb:
    """Return the variance of the mixture, its second moment."""
    second = mixture.moments(*shape(setting), 2)[2]
    return arb(fmpq(second.numerator, second.denominator))


def enclose_distance(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the squared distance of mixture and fit: both variances less twice the overlap."""
    with ctx.workprec(ENCLOSURE_BITS):
        variance = total(setting)
        return [Enclosed(*ends(2 * variance - 2 * variance.sqrt() * overlap(setting)))]


def enclose_correlation(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the correlation of the quantiles."""
    with ctx.workprec(ENCLOSURE_BITS):
        return [Enclosed(*ends(overlap(setting) / total(setting).sqrt()))]


def enclose_entropy(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the relative entropy, integrated over the density."""
    return [Enclosed(*ends(mixture.relative_entropy(*shape(setting), ENCLOSURE_BITS)))]


def moment(setting: Setting, generations: int, monomial: tuple[int, int]) -> Fraction:
    """Return E mean^a variance^b with the first points drawn from the mixture, expanded."""
    start = mixture.moments(*shape(setting), 4)
    return point_moments.expected(monomial, setting.integer("M"), generations, start=start)


def enclose_risk(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return E mean^2 + E variance + sigma^2 less twice the overlap times the mean deviation."""
    size, found = setting.integer("M"), []
    for n in setting.generations:
        rational = moment(setting, n, (2, 0)) + moment(setting, n, (0, 1))
        with ctx.workprec(ENCLOSURE_BITS):
            deviation = mixture.expected_deviation(*shape(setting), size, ENCLOSURE_BITS)
            later = quadratic_form.mean_and_deviation((0, 1), size, n - 1, ENCLOSURE_BITS)
            known = total(setting) + fmpq(rational.numerator, rational.denominator)
            found.append(Enclosed(*ends(known - 2 * overlap(setting) * deviation * later)))
    return found


def enclose_first(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean deviation of M points of the mixture."""
    ball = mixture.expected_deviation(*shape(setting), setting.integer("M"), ENCLOSURE_BITS)
    return [Enclosed(*ends(ball)) for _ in setting.generations]


def enumerate_variance(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the variance of the fitted variance, every point expanded."""
    return [
        Exact(moment(setting, n, (0, 2)) - moment(setting, n, (0, 1)) ** 2)
        for n in setting.generations
    ]


A, S, SIGMA2 = law.A, law.S, law.SIGMA2
R = A / S
SHAPES = (
    setting(a=2, s=1),
    setting(a=1, s="1/2"),
    setting(a=1, s=1),
    setting(a=10, s=1),
)
REFITS = (
    setting((1, 3), a=2, s=1, M=2),
    setting((1, 2, 5), a=1, s="1/3", M=5),
    setting((4,), a=1, s=1, M=10),
)

EXPRESSIVITY_CASE = Case(
    law.EXPRESSIVITY,
    witnesses=tuple(
        Witness(Route.ENCLOSED, name, enclose, SHAPES, method, quick=2)
        for name, enclose, method in (
            ("w2", enclose_distance, "sums over a grid of quantiles, from below and above"),
            ("kl", enclose_entropy, "ball quadrature over the density"),
            ("kap", enclose_correlation, "sums over a grid of quantiles, from below and above"),
        )
    ),
    mutants=(
        Mutant("two points", "w2", 2 * SIGMA2 * (1 - sp.sqrt(2 / sp.pi))),
        Mutant("uniform", "w2", 2 * SIGMA2 * (1 - sp.sqrt(3 / sp.pi))),
        Mutant("once, not twice", "w2", law.DISTANCE / 2),
        Mutant("width of one part", "w2", (sp.sqrt(SIGMA2) - S) ** 2),
        Mutant("one bit", "kl", sp.log(2)),
        Mutant("variance alone", "kl", sp.log(SIGMA2 / S**2) / 2),
        Mutant("less one bit", "kl", sp.log(SIGMA2 / S**2) / 2 - sp.log(2)),
        Mutant("width over deviation", "kap", S / sp.sqrt(SIGMA2)),
        Mutant("two points (kap)", "kap", sp.sqrt(2 / sp.pi)),
        Mutant("one normal law", "kap", sp.Integer(1)),
    ),
)

AFTERWARDS_CASE = Case(
    law.AFTERWARDS,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "variance",
            enumerate_variance,
            (*REFITS, setting((3,), a="1/2", s=2, M=50)),
            "points expanded one by one",
            quick=2,
        ),
        Witness(
            Route.ENCLOSED,
            "first-deviation",
            enclose_first,
            (*REFITS, setting((1,), a=3, s=1, M=40)),
            "ball quadrature from a determinant",
            quick=2,
        ),
        Witness(
            Route.ENCLOSED,
            "risk",
            enclose_risk,
            REFITS,
            "points expanded one by one; a grid of quantiles",
            quick=2,
        ),
    ),
    mutants=(
        Mutant("normal kurtosis", "variance", SIGMA2**2 * (law.GROWTH**s.n - 1)),
        Mutant(
            "kurtosis in each generation",
            "variance",
            SIGMA2**2 * ((law.GROWTH + law.KURTOSIS / s.M) ** s.n - 1),
        ),
        Mutant(
            "kurtosis over M - 1",
            "variance",
            SIGMA2**2 * ((law.GROWTH + law.KURTOSIS / (s.M - 1)) * law.GROWTH ** (s.n - 1) - 1),
        ),
        Mutant("normal first points", "first-deviation", sp.sqrt(SIGMA2) * s.c4(s.M)),
        Mutant("width of one part", "first-deviation", S * s.c4(s.M)),
        Mutant("no bias", "first-deviation", sp.sqrt(SIGMA2)),
        Mutant("normal D_0", "risk", law.DRIFT + 2 * SIGMA2 * (1 - s.c4(s.M) ** s.n)),
        Mutant(
            "error added",
            "risk",
            law.DRIFT + 2 * SIGMA2 * (1 - s.c4(s.M) ** s.n) + law.DISTANCE,
        ),
        Mutant(
            "normal first points (risk)",
            "risk",
            law.DRIFT + 2 * SIGMA2 * (1 - Overlap(A / S) * s.c4(s.M) ** s.n),
        ),
    ),
)

CASES = (EXPRESSIVITY_CASE, AFTERWARDS_CASE)
