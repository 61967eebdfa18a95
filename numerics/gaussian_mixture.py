"""Gaussian mixtures: a law that can be checked, and its maximum likelihood fit to points by EM."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.jitted import lean
from numerics.mixture_em import SINGULAR, Law, Room, factorise, iterate, new_law, new_room
from numerics.mixture_start import begin
from numerics.streams import Stream, new_stream

__all__ = ["FLOOR", "ITERATIONS", "TOLERANCE", "Mixture", "MixtureFit", "checked_rules", "fit"]

Floats = NDArray[np.float64]

FLOOR = 1e-6
TOLERANCE = 1e-3
ITERATIONS = 100


@dataclass(frozen=True, eq=False)
class Mixture:
    """Weights (k,) of sum 1, means (k, d) and covariances (k, d, d) of k Gaussians.

    Raises ValueError for other shapes, numbers that are not finite, weights below 0 or of another
    sum, and covariances that are not symmetric.
    """

    weights: Floats
    means: Floats
    covariances: Floats

    def __post_init__(self) -> None:
        for name in ("weights", "means", "covariances"):
            value = np.array(getattr(self, name), np.float64, order="C")
            if not np.isfinite(value).all():
                raise ValueError(f"{name} holds numbers that are not finite")
            object.__setattr__(self, name, value)
        k, d = self.weights.size, self.means.shape[-1]
        wanted = {"weights": (k,), "means": (k, d), "covariances": (k, d, d)}
        for name, shape in wanted.items():
            found = getattr(self, name).shape
            if found != shape or 0 in shape:
                raise ValueError(f"{name} has shape {found}; {shape} goes with k = {k}, d = {d}")
        if (self.weights < 0).any() or abs(self.weights.sum() - 1.0) > 1e-9:
            raise ValueError(f"weights = {self.weights.tolist()} are not >= 0 of sum 1")
        if not (self.covariances == self.covariances.transpose(0, 2, 1)).all():
            raise ValueError("a covariance is not symmetric")

    @property
    def components(self) -> int:
        """Number k of components."""
        return int(self.weights.size)

    @property
    def dimensions(self) -> int:
        """Number d of dimensions."""
        return int(self.means.shape[1])

    @property
    def mean(self) -> Floats:
        """(d,) mean of the mixture."""
        return np.asarray(self.weights @ self.means)

    @property
    def covariance(self) -> Floats:
        """(d, d) covariance of the mixture."""
        steps = self.means - self.mean
        inner = np.einsum("j,jab->ab", self.weights, self.covariances)
        return np.asarray(inner + np.einsum("j,ja,jb->ab", self.weights, steps, steps))

    def law(self) -> Law:
        """The mixture as the kernels hold it; ValueError unless weights and variances are > 0."""
        law = new_law(self.components, self.dimensions)
        for target, source in zip(law, (self.weights, self.means, self.covariances), strict=False):
            target[:] = source
        positive = (self.weights > 0).all()
        if not positive or not factorise(law, new_room(1, self.dimensions), 0.0):
            raise ValueError("a weight is 0 or a covariance is not positive definite")
        return law


class MixtureFit(NamedTuple):
    """What a fit came to."""

    mixture: Mixture
    log_likelihood: float  # mean over the points, before the last maximisation
    iterations: int
    converged: bool
    floored: NDArray[np.bool_]  # (k,), whether the floor is half of the smallest variance or more


def checked_rules(floor: float, tolerance: float, iterations: int) -> None:
    """Nothing; ValueError unless floor >= 0, tolerance > 0 and 1 <= iterations <= 10**6."""
    if not 0.0 <= floor < math.inf:
        raise ValueError(f"floor = {floor} lies outside 0 <= floor < inf")
    if not 0.0 < tolerance < math.inf:
        raise ValueError(f"tolerance = {tolerance} lies outside 0 < tolerance < inf")
    if not 1 <= iterations <= 10**6:
        raise ValueError(f"iterations = {iterations} lies outside 1..1000000")


@lean
def _fit(
    stream: Stream, points: Floats, law: Law, room: Room, label: Floats, given: bool,
    floor: float, tolerance: float, most: int,
) -> tuple[float, int, bool]:  # fmt: skip
    """What `iterate` returns, from the given law or from k-means++."""
    number = points.shape[1]
    if not given and not begin(stream, points, number, law, room, label, floor):
        return 0.0, SINGULAR, False
    return iterate(points, number, law, room, floor, tolerance, most)


def fit(
    points: ArrayLike, start: Mixture | int, key: int = 0, replicate: int = 0,
    floor: float = FLOOR, tolerance: float = TOLERANCE, iterations: int = ITERATIONS,
) -> MixtureFit:  # fmt: skip
    """Maximum likelihood fit of a mixture by EM, after at least one iteration.

    Parameters: points (N, d), or (N,) for d = 1, finite; start, the mixture to begin with, or the
    number k in 1..N of components, which then begin with k-means++ from the stream (key,
    replicate); floor >= 0, added to the diagonal of every covariance; tolerance > 0: EM ends when
    an iteration changes the mean log-likelihood by less, or after `iterations` >= 1.
    Raises ValueError outside these domains, and where a covariance is not positive definite, which
    a floor > 0 prevents.
    Source: the same rules as scikit-learn's `GaussianMixture`, which agrees from the same start.
    """
    table = np.asarray(points, np.float64)
    columns = np.ascontiguousarray(table.reshape(len(table), -1).T) if table.ndim else table
    if table.ndim not in (1, 2) or table.size == 0 or not np.isfinite(table).all():
        raise ValueError(f"points of shape {table.shape} are not rows of finite numbers")
    checked_rules(floor, tolerance, iterations)
    d, number = columns.shape
    if isinstance(start, Mixture):
        if start.dimensions != d:
            raise ValueError(f"start has dimensions = {start.dimensions}, the points have {d}")
        law = start.law()
    elif 1 <= start <= number:
        law = new_law(start, d)
    else:
        raise ValueError(f"components = {start} lies outside 1..{number}, the number of points")
    likelihood, done, converged = _fit(
        new_stream(key, replicate), columns, law, new_room(law.weight.size, d), np.empty(number),
        isinstance(start, Mixture), floor, tolerance, iterations,
    )  # fmt: skip
    if done == SINGULAR:
        raise ValueError(
            f"a covariance is not positive definite with floor = {floor}; a larger floor is needed"
        )
    mixture = Mixture(law.weight, law.mean, law.covariance)
    return MixtureFit(mixture, likelihood, done, converged, law.floored.copy())
