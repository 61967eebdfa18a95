"""Evidence on the loss of rank with few points, and on what is left of the covariance."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import sympy as sp
from flint import arb
from scipy.special import polygamma

from numerics import gaussian, pairings, quadrature
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness
from proofs.gaussian import spectra
from proofs.gaussian.spectra import ENCLOSURE_BITS, Floats, diagonal
from proofs.spread import ROUNDING
from proofs.verdict import Enclosed, Exact, Sampled
from theory import symbols as s
from theory.gaussian import rank as law
from theory.gaussian.rank import NU, RANK_COLLAPSE
from theory.rounding import ends

Run = gaussian.MultivariateRun

#: Eigenvalues below this share of the largest are 0 up to rounding.
NOTHING = 1e-11


def ranked(generations: tuple[int, ...], variances: tuple[int, ...], M: int) -> Setting:
    """Return a setting whose start has these eigenvalues, some of them 0."""
    return diagonal(generations, variances, M=M, r=sum(v > 0 for v in variances))


def isotropic(generations: tuple[int, ...], d: int, M: int) -> Setting:
    """Return a setting that starts at N(0, I)."""
    return diagonal(generations, (1,) * d, M=M, d=d)


def enumerate_rank(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the largest k for which the principal minors of size k add up to more than 0.

    None of them is negative, so their mean is 0 exactly where the rank stays below k.
    """
    size = len(spectra.variances(setting))
    return [
        Exact(
            Fraction(
                max(
                    k
                    for k in range(1, size + 1)
                    if spectra.expected(setting, pairings.elementary(k, size), n) > 0
                )
            )
        )
        for n in setting.generations
    ]


def measure_rank(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean rank in simulated runs, from the eigenvalues."""

    def rank(run: Run) -> Floats:
        values = spectra.eigenvalues(run)
        return np.asarray((values > NOTHING * values[..., :1]).sum(axis=-1), np.float64)

    values = spectra.simulate("rank", setting, bench, 20_000, rank)
    size = len(spectra.variances(setting))
    return [sampled.bounded(column, 0.0, float(size)) for column in values.T]


def freedoms(setting: Setting, first: bool) -> tuple[int, ...]:
    """Return the degrees of freedom of base and height of 2 or 3 points, in the range of the law.

    2 points: their difference is the base. 3 points: turned into the base's frame, the height is a
    normal vector without its first coordinate.
    """
    size, axes = setting.integer("M"), setting.integer("d")
    assert size in (2, 3)
    space = axes if first else size - 1
    return (space,) if size == 2 else (space, space - 1)


def enclosed(
    one: Callable[[int, int], arb],
) -> Callable[[Setting, Bench], list[Enclosed]]:
    """Return the experiment that adds up integrals, given freedom and divisor, over the fits."""

    def observe(setting: Setting, bench: Bench) -> list[Enclosed]:
        over = setting.integer("M") - 1
        first, later = (
            sum((one(freedom, over) for freedom in freedoms(setting, which)), arb(0))
            for which in (True, False)
        )
        return [Enclosed(*ends(first + (n - 1) * later)) for n in setting.generations]

    return observe


def mean_of_log(freedom: int, divisor: int) -> arb:
    """Return a ball around the mean logarithm of so many squared normals over a divisor."""
    return quadrature.expected_log(freedom, divisor, ENCLOSURE_BITS)


def variance_of_log(freedom: int, divisor: int) -> arb:
    """Return a ball around the variance of that logarithm."""
    return quadrature.variance_log(freedom, ENCLOSURE_BITS)


def spans(setting: Setting, n: int) -> list[int]:
    """Return the degrees of freedom of all heights of n fits; they set widths alone."""
    size, axes = setting.integer("M") - 1, setting.integer("d")
    return [axes - i for i in range(size)] + (n - 1) * [size - i for i in range(size)]


def spread(setting: Setting, n: int) -> float:
    """Return the variance of the logarithm after n fits, rounded upwards."""
    return sum(float(variance_of_log(f, 1).upper()) for f in spans(setting, n)) * (1 + ROUNDING)


def log_product(setting: Setting) -> Callable[[Run], Floats]:
    """Return the function ln of the product of the largest M - 1 eigenvalues of a run."""
    kept = setting.integer("M") - 1
    return lambda run: np.log(spectra.eigenvalues(run)[..., :kept]).sum(axis=-1)


def measure_mean(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean logarithm in simulated runs."""
    values = spectra.simulate("mean-log", setting, bench, 60_000, log_product(setting))
    return [
        sampled.known_variance(values[:, g], spread(setting, n))
        for g, n in enumerate(setting.generations)
    ]


def measure_variance(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return half the mean squared difference of two independent runs."""
    values = spectra.simulate("variance-log", setting, bench, 200_000, log_product(setting))
    half = len(values) // 2
    found = []
    for g, n in enumerate(setting.generations):
        fourth = sum(float(polygamma(3, f / 2)) for f in spans(setting, n))
        second = (fourth / 2 + 3 * spread(setting, n) ** 2) * (1 + ROUNDING)
        squares = (values[:half, g] - values[half : 2 * half, g]) ** 2 / 2
        found.append(sampled.known_second_moment(squares, second))
    return found


SMALL = (isotropic((1, 5), 4, 3), isotropic((1, 20), 3, 2), isotropic((2,), 50, 3))
ALL = (s.i, 0, NU - 1)


def logs(first: sp.Expr, later: sp.Expr) -> sp.Expr:
    """Return the mean logarithm with other degrees of freedom for height i."""
    one, two = (sp.Sum(sp.digamma(f / 2) - sp.log(NU / 2), ALL) for f in (first, later))
    return one + (s.n - 1) * two


RANK_COLLAPSE_CASE = Case(
    RANK_COLLAPSE,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "rank",
            enumerate_rank,
            (
                ranked((1, 2), (1, 2, 3), 3),
                ranked((1, 4), (1, 3, 0), 4),
                ranked((2,), (1, 1, 2, 5), 2),
                ranked((1,), (1, 1, 2, 5), 6),
            ),
            "pairings: which minors vanish",
            quick=2,
        ),
        Witness(
            Route.MEASURED,
            "rank",
            measure_rank,
            (
                ranked((1, 3), (1, 2, 3, 4, 5), 4),
                ranked((2,), (1, 2, 0, 4, 0), 5),
                ranked((2,), (1, 2, 0), 7),
            ),
            "forward runs, all points drawn",
            margin=0.05,
        ),
        *(
            Witness(Route.ENCLOSED, name, enclosed(one), SMALL, "ball quadrature, 2 or 3 points", 2)
            for name, one in (("mean-log", mean_of_log), ("variance-log", variance_of_log))
        ),
        Witness(
            Route.MEASURED,
            "mean-log",
            measure_mean,
            (isotropic((1, 5), 6, 4), isotropic((3,), 20, 6), isotropic((2,), 4, 5)),
            "forward runs, all points drawn",
            margin=0.1,
        ),
        Witness(
            Route.MEASURED,
            "variance-log",
            measure_variance,
            (isotropic((1, 3), 6, 4),),
            "pairs of forward runs, all points drawn",
            margin=0.1,
        ),
    ),
    mutants=(
        Mutant("rank M", "rank", sp.Min(s.r, s.M)),
        Mutant("all directions kept", "rank", s.r),
        Mutant("always M - 1", "rank", NU),
        Mutant("one more lost in each fit", "rank", sp.Max(sp.Min(s.r, NU) - s.n + 1, 0)),
        Mutant("d for ever", "mean-log", logs(s.d - s.i, s.d - s.i)),
        Mutant("d forgotten at once", "mean-log", logs(NU - s.i, NU - s.i)),
        Mutant("M degrees of freedom later", "mean-log", logs(s.d - s.i, s.M - s.i)),
        Mutant("one generation too many", "mean-log", law.MEAN_LOG + law.LATER_FIT),
        Mutant("heights alike", "mean-log", logs(s.d, NU)),
        Mutant("d for ever (variance)", "variance-log", s.n * law.FIRST_SPREAD),
        Mutant("d forgotten at once (variance)", "variance-log", s.n * law.LATER_SPREAD),
        Mutant(
            "one generation too many (variance)",
            "variance-log",
            law.VARIANCE_LOG + law.LATER_SPREAD,
        ),
    ),
)

CASES = (RANK_COLLAPSE_CASE,)
