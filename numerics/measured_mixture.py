"""Blocks of refitted mixtures reduced to sums, by a function that can travel to other processes."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from numerics import campaign, mixture_workflows
from numerics.gaussian_mixture import FLOOR, ITERATIONS, TOLERANCE, Mixture
from numerics.mixture_workflows import Beginning, MixtureRun
from numerics.summary import Bins, Summary, counted, summarise
from numerics.workflow import REPLACE, Workflow

__all__ = ["MIXTURE", "RefittingMixture", "squared_distance"]

Floats = NDArray[np.float64]

MIXTURE: tuple[str, ...] = (
    "drift", "trace", "within", "smallest", "log_smallest", "diversity", "distance",
    "log_likelihood", "lost", "floored", "unconverged",
)  # fmt: skip


def _overlap(weights: Floats, means: Floats, covariances: Floats, other: Mixture | None) -> Floats:
    """Integral of the product of two densities; of a density with itself where there is no other.

    Parameters: weights (..., k), means (..., k, d), covariances (..., k, d, d).
    """
    if other is None:
        beside = weights, means, covariances
    else:
        beside = other.weights, other.means, other.covariances
    total = np.zeros(weights.shape[:-1])
    d = means.shape[-1]
    for i in range(weights.shape[-1]):
        for j in range(beside[0].shape[-1]):
            step = means[..., i, :] - beside[1][..., j, :]
            both = covariances[..., i, :, :] + beside[2][..., j, :, :]
            square = (step * np.linalg.solve(both, step[..., np.newaxis])[..., 0]).sum(axis=-1)
            logarithm = np.linalg.slogdet(both)[1] + d * np.log(2.0 * np.pi)
            density = np.exp(-0.5 * (square + logarithm))
            total += weights[..., i] * beside[0][..., j] * density
    return total


def squared_distance(run: MixtureRun, law: Mixture) -> Floats:
    """(R, G) integral of the squared difference of the fitted density and the law's."""
    fitted = run.weights, run.means, run.covariances
    own = _overlap(law.weights, law.means, law.covariances, None)
    return _overlap(*fitted, None) - 2.0 * _overlap(*fitted, law) + own


@dataclass(frozen=True, eq=False)
class RefittingMixture:
    """A mixture refitted; the fields are the arguments of `mixture_workflows.simulate`.

    A call with replicates first..last-1 returns the Summary of MIXTURE: squared distance of the
    mixture's mean from the start's; trace of its covariance, and what of it lies within components;
    smallest variance, averaged over the dimensions, of a component that is not lost, and its
    logarithm; 1 less the sum of squared
    weights; `squared_distance`; mean log-likelihood of the training set; components of weight below
    1/M, which are lost; share of the fits so far in which the floor was half of a component's
    smallest variance or more; share of the fits so far that ran out of iterations.
    """

    law: Mixture
    components: int
    samples: int | tuple[int, ...]
    record: tuple[int, ...]
    key: int
    workflow: Workflow = REPLACE
    beginning: Beginning = "k-means++"
    floor: float = FLOOR
    tolerance: float = TOLERANCE
    iterations: int = ITERATIONS
    bins: Bins | None = None

    def scales(self) -> tuple[int, ...]:
        """What the numbers of each column are divided by."""
        return (1,) * len(MIXTURE)

    def __call__(self, first: int, last: int) -> Summary:
        """Summary of replicates first..last-1."""
        run = mixture_workflows.simulate(
            self.law, self.components, self.samples, self.record, self.key, first, last,
            self.workflow, self.beginning, self.floor, self.tolerance, self.iterations,
        )  # fmt: skip
        columns = self._columns(run)
        digest = hashlib.sha256(f"{self.workflow!r}{campaign.digest(run)}".encode()).hexdigest()
        histogram = None
        if self.bins is not None:
            place = MIXTURE.index(self.bins.column)
            histogram = counted(np.asarray(columns[place][:, -1], np.float64), self.bins)
        return summarise(columns, self.scales(), digest, histogram)

    def _columns(self, run: MixtureRun) -> tuple[Floats, ...]:
        """The columns MIXTURE (R, G)."""
        mean = np.einsum("rgj,rgja->rga", run.weights, run.means)
        own = np.trace(run.covariances, axis1=3, axis2=4)
        apart = ((run.means - mean[:, :, np.newaxis]) ** 2).sum(axis=3)
        trace = (run.weights * (own + apart)).sum(axis=2)
        fits = np.array(self.record)
        sizes = np.asarray(self.samples)
        size = sizes if sizes.ndim == 0 else sizes[fits - 1]
        lost = run.weights * np.reshape(size, (-1, 1)) < 1.0
        smallest = np.where(lost, np.inf, own / run.means.shape[3]).min(axis=2)
        return (
            ((mean - self.law.mean) ** 2).sum(axis=2), trace, (run.weights * own).sum(axis=2),
            smallest, np.log(smallest),
            1.0 - (run.weights**2).sum(axis=2), squared_distance(run, self.law),
            run.log_likelihood, lost.sum(axis=2).astype(np.float64), run.floored_fits / fits,
            run.unconverged_fits / fits,
        )  # fmt: skip
