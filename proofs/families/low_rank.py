"""Evidence on too few latent variables: fits of dense covariances, again and again."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt
import sympy as sp

from numerics import latent
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.verdict import Enclosed
from theory import symbols as s
from theory.families import low_rank as law
from theory.families.latent import SIZE, Q
from theory.families.low_rank import EXPRESSIVITY

Floats = npt.NDArray[np.float64]
#: Room for the rounding of fits and determinants in double precision.
ROUNDING = 1e-11


def dense(setting: Setting) -> Floats:
    """Return a covariance with these eigenvalues that has no zero entry: it is reflected."""
    sizes = np.array([float(value) for value in setting.numbers("l")])
    normal = np.arange(1.0, sizes.size + 1)
    mirror = np.eye(sizes.size) - 2 * np.outer(normal, normal) / (normal @ normal)
    covariance = mirror @ np.diag(sizes) @ mirror
    return np.asarray((covariance + covariance.T) / 2)


def refitted(setting: Setting, generations: int) -> Floats:
    """Return W W^T + v I after so many fits of what the fit before says."""
    covariance = dense(setting)
    for _ in range(generations):
        fit = latent.fit_covariance(covariance, setting.integer("q"))
        loadings = fit.frame[:, : fit.latent.size] * np.sqrt(fit.latent)
        covariance = loadings @ loadings.T + fit.noise * np.eye(len(covariance))
    return covariance


def relative_entropy(first: Floats, second: Floats) -> float:
    """Return KL of two normal laws of one mean, in nats, by Cholesky factors."""
    left, right = np.linalg.cholesky(first), np.linalg.cholesky(second)
    change = np.linalg.solve(right, left)
    logarithm = np.log(np.diag(right)).sum() - np.log(np.diag(left)).sum()
    return float(logarithm + ((change**2).sum() - len(first)) / 2)


def _enclosed(value: float) -> Enclosed:
    return Enclosed(Fraction(value - ROUNDING), Fraction(value + ROUNDING))


def enclose_entropy(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the relative entropy of D_0 to the models."""
    start = dense(setting)
    return [_enclosed(relative_entropy(start, refitted(setting, n))) for n in setting.generations]


def enclose_noise(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the smallest eigenvalue of the models' covariances: there are d - q of them."""
    return [
        _enclosed(float(np.linalg.eigvalsh(refitted(setting, n))[0])) for n in setting.generations
    ]


POINTS = (
    setting((1, 2, 5), l=(4, 2, 1, "1/2"), q=1),
    setting((1, 3), l=(9, 1, "1/10"), q=1),
    setting((1,), l=(5, 3, 2, 1), q=0),
    setting((1, 2), l=(8, 5, 3, 2, 1, "1/3"), q=3),
)
FIRST = (s.j, 1, Q)
ALL = (s.j, 1, s.d)

EXPRESSIVITY_CASE = Case(
    EXPRESSIVITY,
    witnesses=(
        Witness(
            Route.ENCLOSED,
            "kl",
            enclose_entropy,
            POINTS,
            "closed-form fits of a dense covariance; determinants",
            quick=2,
        ),
        Witness(
            Route.ENCLOSED,
            "noise",
            enclose_noise,
            POINTS,
            "closed-form fits of a dense covariance; its smallest eigenvalue",
            quick=2,
        ),
    ),
    mutants=(
        Mutant("again in each generation", "kl", s.n * law.ENTROPY_GAP),
        Mutant("twice", "kl", 2 * law.ENTROPY_GAP),
        Mutant("in bits", "kl", law.ENTROPY_GAP / sp.log(2)),
        Mutant("mean of the logarithms", "kl", law.ENTROPY_GAP / (s.d - Q)),
        Mutant("noise from all eigenvalues", "kl", law._cost(sp.Sum(SIZE, ALL) / s.d)),
        Mutant("smallest eigenvalue as noise", "kl", law._cost(s.eigenvalues[s.d])),
        Mutant("geometric mean", "noise", sp.exp(sp.Sum(sp.log(SIZE), law.DISCARDED) / (s.d - Q))),
        Mutant("divisor d", "noise", sp.Sum(SIZE, law.DISCARDED) / s.d),
        Mutant("smallest eigenvalue", "noise", s.eigenvalues[s.d]),
        Mutant("one discarded too few", "noise", s.eigenvalues[Q + 1]),
    ),
)

CASES = (EXPRESSIVITY_CASE,)
