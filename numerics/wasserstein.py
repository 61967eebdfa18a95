"""Squared Wasserstein distance between Gaussians, from matrix square roots."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["covariance_root", "gaussian_distance"]


def covariance_root(covariance: ArrayLike) -> NDArray[np.float64]:
    """(..., d, d) symmetric square roots of symmetric positive semidefinite matrices.

    Parameters: covariance (..., d, d), whose eigenvalues below 0 count as rounding of 0.
    """
    values, vectors = np.linalg.eigh(np.asarray(covariance, np.float64))
    roots = np.sqrt(np.maximum(values, 0.0))
    return np.asarray((vectors * roots[..., np.newaxis, :]) @ np.swapaxes(vectors, -1, -2))


def gaussian_distance(
    means: ArrayLike, covariances: ArrayLike, mean: ArrayLike, covariance: ArrayLike
) -> NDArray[np.float64]:
    """(...) squared W2 distances of N(means, covariances) from N(mean, covariance).

    Parameters: means (..., d); covariances (..., d, d), symmetric positive semidefinite, of any
    rank; mean (d,); covariance (d, d). Raises ValueError when the shapes do not fit.
    With R the root of the fixed covariance S, the distance is
    ||m - mean||^2 + tr(C + S) - 2 tr (R C R)^(1/2), accurate to about 1e-7 times the traces where a
    covariance is singular, and far better elsewhere.
    Source: Gelbrich, Math. Nachr. 147 (1990), 185-203.

    >>> gaussian_distance([[3.0, 0.0]], [[[4.0, 0.0], [0.0, 1.0]]], [0.0, 0.0], np.eye(2)).tolist()
    [10.0]
    """
    m, c = np.asarray(means, np.float64), np.asarray(covariances, np.float64)
    centre, fixed = np.asarray(mean, np.float64), np.asarray(covariance, np.float64)
    d = centre.size
    if centre.shape != (d,) or fixed.shape != (d, d):
        raise ValueError(f"mean {centre.shape} and covariance {fixed.shape} do not fit together")
    if m.shape[-1:] != (d,) or c.shape != (*m.shape, d):
        raise ValueError(f"means {m.shape} and covariances {c.shape} do not fit d = {d}")
    root = covariance_root(fixed)
    shared = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ c @ root), 0.0)).sum(axis=-1)
    apart = ((m - centre) ** 2).sum(axis=-1)
    traces = np.trace(c, axis1=-2, axis2=-1) + np.trace(fixed)
    return np.asarray(np.maximum(apart + traces - 2.0 * shared, 0.0))
