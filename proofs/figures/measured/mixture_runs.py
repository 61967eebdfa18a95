"""A mixture of two Gaussians refitted to its own points in the plane: runs, moments, overlaps.

As in the code published with arXiv:2305.17493v3 the real law is one blob at (0, 0), here N(0, I),
although the mixture that is fitted to it has two components, and every fit is made anew by EM from
k-means, with scikit-learn's rules. Generation 0 is the fit to the real points, so that generation
n is the result of n + 1 fits.
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from numerics import campaign, mixture_workflows, streams
from numerics.gaussian_mixture import FLOOR, Mixture
from numerics.mixture_workflows import MixtureRun
from proofs.figures.drawing import Effort
from theory.lookup import law

__all__ = [
    "COMPONENTS",
    "DIMENSIONS",
    "TOTAL",
    "Parts",
    "expected_drift",
    "expected_total",
    "moments_of",
    "overlap",
    "parts_of",
    "round_to",
    "simulated",
    "squared_distance",
]

Floats = NDArray[np.float64]

COMPONENTS, DIMENSIONS = 2, 2
#: Total variance of the real law.
TOTAL = DIMENSIONS
#: What scikit-learn's `reg_covar` adds to the total variance in every fit.
ADDED = DIMENSIONS * Fraction(str(FLOOR))


class Parts(NamedTuple):
    """The components of mixtures in the plane, any number of mixtures in any arrangement."""

    weights: Floats  # (..., k)
    means: Floats  # (..., k, 2)
    covariances: Floats  # (..., k, 2, 2)


def simulated(
    name: str, samples: int, generations: int, runs: int, effort: Effort, done: int, total: int
) -> MixtureRun:
    """Return that many runs at generations 0, ..., `generations`; every point is drawn.

    done, total: points of generation that were drawn before, and that will be in all, to report.
    """
    blob = Mixture(np.ones(1), np.zeros((1, DIMENSIONS)), np.eye(DIMENSIONS)[np.newaxis])
    record = tuple(range(1, generations + 2))
    key = streams.derive_key(name, samples, effort.key)

    def report(finished: int, _: int) -> None:
        if effort.progress is not None:
            effort.progress(done + finished * samples * generations, total)

    work = partial(mixture_workflows.simulate, blob, COMPONENTS, samples, record, key)
    parts = campaign.run(work, runs, block=1, workers=effort.workers, progress=report)
    return campaign.gather(parts)


def expected_total(samples: int, generation: int) -> float:
    """Return the mean total variance of a generation (D05, with the floor of every fit)."""
    return law("D05", "floored", M=samples, n=generation + 1, total=TOTAL, floor=ADDED)


def expected_drift(samples: int, generation: int) -> float:
    """Return the mean squared distance of the mixture's mean from (0, 0).

    Step n of the mean adds 1/M of the mean total variance that was there (D05). The total variance
    loses just that, and gains the floor: what is lost in all is the total, less what is left, and
    all floors.
    """
    fits = generation + 1
    return float(TOTAL - expected_total(samples, generation) + fits * ADDED)


def parts_of(run: MixtureRun) -> Parts:
    """Return the components of all runs and generations."""
    return Parts(run.weights, run.means, run.covariances)


def moments_of(parts: Parts) -> tuple[Floats, Floats]:
    """Return the mean (..., 2) of each mixture and its total variance (...)."""
    mean = np.einsum("...j,...ja->...a", parts.weights, parts.means)
    inside = np.trace(parts.covariances, axis1=-2, axis2=-1)
    apart = ((parts.means - mean[..., np.newaxis, :]) ** 2).sum(axis=-1)
    return mean, np.asarray((parts.weights * (inside + apart)).sum(axis=-1))


def overlap(one: Parts, other: Parts) -> Floats:
    """Return the integral of the product of two densities.

    The product of two normal densities integrates to the density of the sum of their noises at the
    difference of their means: N(a - b; 0, A + B), in the plane.
    """
    both = one.covariances[..., :, np.newaxis, :, :] + other.covariances[..., np.newaxis, :, :, :]
    step = one.means[..., :, np.newaxis, :] - other.means[..., np.newaxis, :, :]
    a, b, c = both[..., 0, 0], both[..., 0, 1], both[..., 1, 1]
    x, y = step[..., 0], step[..., 1]
    determinant = a * c - b * b
    square = (c * x * x - 2 * b * x * y + a * y * y) / determinant
    density = np.exp(-square / 2) / (2 * np.pi * np.sqrt(determinant))
    return np.asarray(np.einsum("...i,...j,...ij->...", one.weights, other.weights, density))


def squared_distance(one: Parts, other: Parts) -> Floats:
    """Return the integral of the squared difference of two densities, in closed form."""
    return overlap(one, one) - 2 * overlap(one, other) + overlap(other, other)


def round_to(values: Floats, digits: int = 6) -> Any:
    """Return the numbers as nested lists, with so many significant digits."""
    flat = [float(f"{value:.{digits}g}") for value in np.ravel(values)]
    return np.reshape(np.array(flat), np.shape(values)).tolist()
