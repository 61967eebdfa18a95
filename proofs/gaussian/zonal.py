"""Evidence on zonal polynomials of the fitted covariance."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import sympy as sp

from numerics import gaussian, pairings
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness
from proofs.gaussian import spectra
from proofs.gaussian.spectra import Floats, Number, diagonal
from proofs.verdict import Exact, Sampled
from theory import symbols as s
from theory.gaussian import zonal as law
from theory.gaussian.spectrum import KEPT, NU
from theory.gaussian.zonal import DEGREE, EIGENVALUE, ZONAL_POLYNOMIALS, boxes

Powers = tuple[int, ...]

#: Zonal polynomials up to a constant, in power sums: weights by their powers, such as p1 p2.
#: James, Ann. Math. Statist. 35 (1964), table 2.
TABLE: Mapping[Powers, Mapping[Powers, int]] = {
    (1,): {(1,): 1},
    (2,): {(1, 1): 1, (2,): 2},
    (1, 1): {(1, 1): 1, (2,): -1},
    (3,): {(1, 1, 1): 1, (1, 2): 6, (3,): 8},
    (2, 1): {(1, 1, 1): 1, (1, 2): 1, (3,): -2},
    (1, 1, 1): {(1, 1, 1): 1, (1, 2): -3, (3,): 2},
    (4,): {(1, 1, 1, 1): 1, (1, 1, 2): 12, (2, 2): 12, (1, 3): 32, (4,): 48},
    (3, 1): {(1, 1, 1, 1): 1, (1, 1, 2): 5, (2, 2): -2, (1, 3): 4, (4,): -8},
    (2, 2): {(1, 1, 1, 1): 1, (1, 1, 2): 2, (2, 2): 7, (1, 3): -8, (4,): -2},
    (2, 1, 1): {(1, 1, 1, 1): 1, (1, 1, 2): -1, (2, 2): -2, (1, 3): -2, (4,): 4},
}


def at_start(kappa: Powers, variances: tuple[int, ...]) -> Fraction:
    """Return the zonal polynomial of a diagonal covariance."""
    total = Fraction(0)
    for powers, weight in TABLE[kappa].items():
        term = Fraction(weight)
        for power in powers:
            term *= sum(v**power for v in variances)
        total += term
    return total


def polynomial(kappa: Powers, dimensions: int) -> pairings.Polynomial:
    """Return the zonal polynomial written in the entries of a matrix."""
    return pairings.total(
        *(
            (weight, pairings.product(*(pairings.power_sum(p, dimensions) for p in powers)))
            for powers, weight in TABLE[kappa].items()
        )
    )


def shaped(
    generations: tuple[int, ...], variances: tuple[int, ...], M: int, kappa: Powers, **more: Number
) -> Setting:
    """Return a setting of a partition whose start has these eigenvalues."""
    start = at_start(kappa, variances)
    return diagonal(generations, variances, M=M, kappa=kappa, c0=start, **more)


def partition(setting: Setting) -> Powers:
    """Return the partition as whole numbers."""
    return tuple(map(int, setting.numbers("kappa")))


def enumerate_zonal(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the mean zonal polynomial by pairings."""
    written = polynomial(partition(setting), len(spectra.variances(setting)))
    return [Exact(spectra.expected(setting, written, n)) for n in setting.generations]


def measure_zonal(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean zonal polynomial in simulated runs; second moments are exact, by pairings."""
    kappa = partition(setting)

    def zonal(run: gaussian.MultivariateRun) -> Floats:
        values = spectra.eigenvalues(run)
        total = np.zeros(values.shape[:-1])
        for powers, weight in TABLE[kappa].items():
            term = np.full(total.shape, float(weight))
            for power in powers:
                term *= (values**power).sum(axis=-1)
            total += term
        return np.maximum(total, 0.0)  # a zonal polynomial is nowhere negative: rounding

    values = spectra.simulate("zonal", setting, bench, 60_000, zonal)
    written = polynomial(kappa, len(spectra.variances(setting)))
    squared = pairings.product(written, written)
    return [
        sampled.known_second_moment(
            values[:, g], spectra.above(spectra.expected(setting, squared, n))
        )
        for g, n in enumerate(setting.generations)
    ]


def grows(factor: sp.Expr) -> sp.Expr:
    """Return a zonal polynomial that grows by a factor."""
    return s.c0 * factor**s.n


ZONAL_POLYNOMIALS_CASE = Case(
    ZONAL_POLYNOMIALS,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "zonal",
            enumerate_zonal,
            (
                shaped((0, 1, 3), (1, 4), 4, (2,)),
                shaped((1, 2), (1, 2, 4), 3, (2, 1)),
                shaped((2,), (1, 3), 5, (3,), estimator="mle"),
                shaped((5,), (1, 1, 2), 6, (1, 1)),
                shaped((1,), (1, 2, 2), 9, (1, 1, 1), estimator="mle"),
                shaped((2,), (1, 2), 4, (4,)),
                shaped((2,), (1, 3), 3, (3, 1)),
                shaped((1,), (2, 3), 6, (2, 2), estimator="mle"),
                shaped((1,), (1, 2, 1), 5, (2, 1, 1)),
                shaped((30,), (2, 5), 12, (2, 1)),
                shaped((4,), (3, 1), 2, (1,)),
            ),
            "pairings",
            quick=4,
        ),
        Witness(
            Route.MEASURED,
            "zonal",
            measure_zonal,
            (
                shaped((1, 2), (1, 1), 12, (2,)),
                shaped((2,), (1, 2, 2), 9, (1, 1), estimator="mle"),
                shaped((1,), (1, 3), 20, (2, 1)),
            ),
            "forward runs, eigenvalues",
            margin=0.15,
        ),
    ),
    mutants=(
        Mutant(
            "M for M - 1",
            "zonal",
            grows(boxes(1 + (2 * (s.j - 1) - (s.i - 1)) / s.M)),
        ),
        Mutant("complex covariances", "zonal", grows(boxes(1 + ((s.j - 1) - (s.i - 1)) / NU))),
        Mutant(
            "rows and columns exchanged", "zonal", grows(boxes(1 + (2 * (s.i - 1) - s.j + 1) / NU))
        ),
        Mutant("columns left out", "zonal", grows(boxes(1 + 2 * (s.j - 1) / NU))),
        Mutant("rows left out", "zonal", grows(boxes(1 - (s.i - 1) / NU))),
        Mutant("estimators exchanged", "zonal", law.ZONAL_MLE, law.ZONAL),
        Mutant(
            "divisor M once",
            "zonal",
            grows(EIGENVALUE + 1 / NU),
            grows(KEPT * EIGENVALUE),
        ),
        Mutant("one generation too many", "zonal", law.ZONAL * EIGENVALUE),
        Mutant("power of the degree", "zonal", grows((1 + 2 / NU) ** (DEGREE - 1))),
    ),
)

CASES = (ZONAL_POLYNOMIALS_CASE,)
