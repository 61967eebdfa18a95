"""Evidence on symmetric functions of the eigenvalues of the fitted covariance."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import combinations

import numpy as np
import sympy as sp

from numerics import gaussian, pairings
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness
from proofs.gaussian import spectra
from proofs.gaussian.spectra import Floats, Number, diagonal
from proofs.verdict import Exact, Sampled
from theory import symbols as s
from theory.gaussian import spectrum as law
from theory.gaussian.spectrum import KEPT, NU, SYMMETRIC_FUNCTIONS, TRACE_MOMENTS, minors

Run = gaussian.MultivariateRun


def total(setting: Setting, weights: tuple[int, int]) -> pairings.Polynomial:
    """Return a sum of tr Sigma^2 and (tr Sigma)^2 with these weights."""
    size = len(spectra.variances(setting))
    trace = pairings.power_sum(1, size)
    return pairings.total(
        (weights[0], pairings.power_sum(2, size)), (weights[1], pairings.product(trace, trace))
    )


#: Weights of tr Sigma^2 and (tr Sigma)^2 in each quantity.
WEIGHTS: Mapping[str, tuple[int, int]] = {
    "growing": (2, 1),
    "shrinking": (-1, 1),
    "square": (1, 0),
    "trace-square": (0, 1),
}


def traces(
    generations: tuple[int, ...], variances: tuple[int, ...], M: Number, **more: Number
) -> Setting:
    """Return a setting of the trace moments whose start has these eigenvalues."""
    squares = sum(v * v for v in variances)
    return diagonal(generations, variances, M=M, a0=squares, b0=sum(variances) ** 2, **more)


def enumerate_total(name: str) -> Callable[[Setting, Bench], list[Exact]]:
    """Return the experiment that finds the mean by pairings."""

    def observe(setting: Setting, bench: Bench) -> list[Exact]:
        polynomial = total(setting, WEIGHTS[name])
        return [Exact(spectra.expected(setting, polynomial, n)) for n in setting.generations]

    return observe


def measure_total(name: str) -> Callable[[Setting, Bench], list[Sampled]]:
    """Return the experiment that simulates; the second moment is exact, from pairings."""
    first, second = WEIGHTS[name]

    def combined(run: Run) -> Floats:
        trace = np.trace(run.covariance, axis1=2, axis2=3)
        return np.asarray(first * (run.covariance**2).sum(axis=(2, 3)) + second * trace**2)

    def observe(setting: Setting, bench: Bench) -> list[Sampled]:
        values = np.maximum(spectra.simulate(name, setting, bench, 60_000, combined), 0.0)
        polynomial = total(setting, WEIGHTS[name])
        squared = pairings.product(polynomial, polynomial)
        return [
            sampled.known_second_moment(
                values[:, g], spectra.above(spectra.expected(setting, squared, n))
            )
            for g, n in enumerate(setting.generations)
        ]

    return observe


def solved(growing: sp.Expr, shrinking: sp.Expr, first: bool) -> sp.Expr:
    """Return one of the two moments from two wrong or right combinations."""
    return law.apart(growing, shrinking)[0 if first else 1]


WRONG_GROWTH = (2 * s.a0 + s.b0) * (1 + 2 / s.M) ** s.n

TRACE_MOMENTS_CASE = Case(
    TRACE_MOMENTS,
    witnesses=(
        *(
            Witness(
                Route.ENUMERATED,
                name,
                enumerate_total(name),
                (
                    traces((0, 1, 3), (1, 4), 3),
                    traces((1, 10), (1, 2, 5), 4, estimator="mle"),
                    traces((2,), (2, 2, 2, 1), 2),
                    traces((5, 50), (3,), 12),
                ),
                "pairings",
                quick=3,
            )
            for name in WEIGHTS
        ),
        *(
            Witness(
                Route.MEASURED,
                name,
                measure_total(name),
                (traces((1, 3), (1, 4), 10), traces((2,), (1, 1, 2), 8, estimator="mle")),
                "forward runs, all points drawn",
                margin=0.1,
            )
            for name in WEIGHTS
        ),
    ),
    mutants=(
        Mutant("M for M - 1", "growing", WRONG_GROWTH),
        Mutant("half the growth", "growing", (2 * s.a0 + s.b0) * (1 + 1 / NU) ** s.n),
        Mutant("square counted once", "growing", (s.a0 + s.b0) * (1 + 2 / NU) ** s.n),
        Mutant("estimators exchanged", "growing", law.GROWING_MLE, law.GROWING),
        Mutant("M for M - 1 (falling)", "shrinking", (s.b0 - s.a0) * (1 - 1 / s.M) ** s.n),
        Mutant("falls twice as fast", "shrinking", (s.b0 - s.a0) * (1 - 2 / NU) ** s.n),
        Mutant("estimators exchanged (falling)", "shrinking", law.SHRINKING_MLE, law.SHRINKING),
        Mutant("no exchange with the trace", "square", s.a0 * (1 + 1 / NU) ** s.n),
        Mutant("as on a line", "square", s.a0 * (1 + 2 / NU) ** s.n),
        Mutant("M for M - 1 (square)", "square", solved(WRONG_GROWTH, law.SHRINKING, True)),
        Mutant("as on a line (trace)", "trace-square", s.b0 * (1 + 2 / NU) ** s.n),
        Mutant("trace conserved", "trace-square", s.b0),
        Mutant("roles exchanged", "trace-square", solved(law.GROWING, law.SHRINKING, True)),
    ),
)


# ------------------------------------------------------------- symmetric functions


def symmetric(
    generations: tuple[int, ...], variances: tuple[int, ...], M: Number, k: int, **more: Number
) -> Setting:
    """Return a setting of e_k whose start has these eigenvalues."""
    start = sum(math.prod(chosen) for chosen in combinations(variances, k))
    return diagonal(generations, variances, M=M, k=k, e=start, **more)


def whole(
    generations: tuple[int, ...], variances: tuple[int, ...], M: Number, **more: Number
) -> Setting:
    """Return a setting of the determinant whose start has these eigenvalues."""
    start = math.prod(variances)
    return diagonal(generations, variances, M=M, d=len(variances), det=start, **more)


def degree(setting: Setting) -> int:
    """Return the size of the minors."""
    return setting.integer("k" if "k" in setting.fixed else "d")


def enumerate_minors(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the mean sum of principal minors, each written out, by pairings."""
    polynomial = pairings.elementary(degree(setting), len(spectra.variances(setting)))
    return [Exact(spectra.expected(setting, polynomial, n)) for n in setting.generations]


def measure_minors(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean product of k eigenvalues, summed; second moments are exact, from pairings."""
    size, k = len(spectra.variances(setting)), degree(setting)

    def products(run: Run) -> Floats:
        values = np.maximum(spectra.eigenvalues(run), 0.0)
        chosen = [
            values[..., list(places)].prod(axis=-1) for places in combinations(range(size), k)
        ]
        return np.asarray(sum(chosen))

    values = spectra.simulate("minors", setting, bench, 60_000, products)
    polynomial = pairings.elementary(k, size)
    squared = pairings.product(polynomial, polynomial)
    return [
        sampled.known_second_moment(
            values[:, g], spectra.above(spectra.expected(setting, squared, n))
        )
        for g, n in enumerate(setting.generations)
    ]


ENUMERATED_MINORS = (
    symmetric((0, 1, 3), (1, 2, 3), 4, 2),
    symmetric((2,), (1, 2, 3), 4, 3, estimator="mle"),
    symmetric((2,), (1, 1, 2, 4), 6, 3),
    symmetric((1, 4), (1, 5), 2, 2),
    symmetric((1,), (1, 2, 1, 1), 3, 4),
    symmetric((20,), (1, 3, 5), 9, 2, estimator="mle"),
    symmetric((3,), (4, 3), 5, 1),
)
ENUMERATED_DETERMINANTS = (
    whole((0, 1, 3), (1, 4), 4),
    whole((2,), (1, 2, 3), 5, estimator="mle"),
    whole((1,), (1, 2, 3), 3),
    whole((2,), (1, 1, 2, 3), 7),
)


def decays(factor: sp.Expr) -> sp.Expr:
    """Return e_k that decays by a factor."""
    return s.e * factor**s.n


SYMMETRIC_FUNCTIONS_CASE = Case(
    SYMMETRIC_FUNCTIONS,
    witnesses=(
        *(
            Witness(Route.ENUMERATED, name, enumerate_minors, settings, "pairings", quick=3)
            for name, settings in (
                ("mean", ENUMERATED_MINORS),
                ("determinant", ENUMERATED_DETERMINANTS),
            )
        ),
        Witness(
            Route.MEASURED,
            "mean",
            measure_minors,
            (symmetric((1, 3), (1, 1, 2), 8, 2), symmetric((2,), (1, 4), 6, 2, estimator="mle")),
            "forward runs, all points drawn",
            margin=0.1,
        ),
        Witness(
            Route.MEASURED,
            "determinant",
            measure_minors,
            (whole((1, 3), (1, 4), 10), whole((2,), (1, 1, 1), 12, estimator="mle")),
            "forward runs, all points drawn",
            margin=0.1,
        ),
    ),
    mutants=(
        Mutant("M for M - 1", "mean", decays(sp.Product(1 - s.i / s.M, (s.i, 0, s.k - 1)))),
        Mutant("one factor too many", "mean", decays(minors(s.k + 1))),
        Mutant("one factor too few", "mean", decays(minors(s.k - 1))),
        Mutant("conserved, as the mean covariance is", "mean", s.e, decays(KEPT**s.k)),
        Mutant("power of the first factor", "mean", decays((1 - 1 / NU) ** (s.k - 1))),
        Mutant("estimators exchanged", "mean", law.SYMMETRIC_MEAN_MLE, law.SYMMETRIC_MEAN),
        Mutant("conserved", "determinant", s.det),
        Mutant(
            "M for M - 1 (determinant)",
            "determinant",
            s.det * sp.Product(1 - s.i / s.M, (s.i, 0, s.d - 1)) ** s.n,
        ),
        Mutant("one dimension too many", "determinant", s.det * minors(s.d + 1) ** s.n),
        Mutant("one generation too few", "determinant", s.det * minors(s.d) ** (s.n - 1)),
    ),
)

CASES = (TRACE_MOMENTS_CASE, SYMMETRIC_FUNCTIONS_CASE)
