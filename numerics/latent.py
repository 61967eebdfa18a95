"""A linear VAE (probabilistic PCA) refitted on its own points in closed form; every point is drawn.

The model: mu + W z + e, z of q and e of d independent normals, e of variance `noise`. The fit of
M. E. Tipping, C. M. Bishop, J. R. Statist. Soc. B 61 (1999), section 3.2: with l_1 >= ... >= l_d
the eigenvalues of the covariance of the points, W has the first q eigenvectors with lengths
sqrt(l_k - noise), and the noise is the mean of l_{q+1}, ..., l_d; where the noise is given
instead, the lengths are sqrt(max(l_k - noise, 0)).

Points are drawn in the frame of the last fit, where W z + e has independent coordinates: q of the
variances of the model, the others of the noise. So small variances keep their accuracy.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.arguments import checked_record, checked_replicates, checked_samples
from numerics.eigen import decompose
from numerics.gaussian import Estimator, lost_freedom
from numerics.jitted import jitted, lean
from numerics.start import Start, draw_unit
from numerics.streams import Stream, new_stream, restart
from numerics.variates import normal

__all__ = ["Fit", "LatentRun", "checked_model", "fit_covariance", "simulate"]

Floats = NDArray[np.float64]


class Fit(NamedTuple):
    """A fitted model without its mean; entries of latent may be 0."""

    latent: Floats  # (q,) variances of W z along its directions, the largest first
    noise: float  # variance of e along any direction
    frame: Floats  # (d, d) eigenvectors in columns, the first q those of W


class LatentRun(NamedTuple):
    """What was fitted in R replicates at G recorded generations."""

    mean: Floats  # (R, G, d)
    latent: Floats  # (R, G, q), the variances of W z along its directions, the largest first
    noise: Floats  # (R, G)
    along: Floats  # (R, G, q), variance of the model along the directions asked for


class _State(NamedTuple):
    """Working space, and the model: its mean, and variances along the columns of its frame."""

    mean: Floats  # (d,)
    frame: Floats  # (d, d)
    variances: Floats  # (d,)
    noise: Floats  # (1,)
    origin: Floats  # (d,), as are all up to `values`
    point: Floats
    total: Floats
    values: Floats
    square: Floats  # (d, d), as are all up to `turned`
    vectors: Floats
    turned: Floats
    order: NDArray[np.int64]  # (d,)


@lean
def _draw(
    stream: Stream, law: int, rows: Floats, root: Floats, state: _State, first: bool, point: Floats
) -> None:
    """Nothing: point (d,) is now one of the start, or of the model, in the frame, less the mean."""
    if first:
        draw_unit(stream, law, rows, state.values)
        for i in range(point.size):
            point[i] = 0.0
            for j in range(point.size):
                point[i] += root[i, j] * state.values[j]
    else:
        for i in range(point.size):
            point[i] = math.sqrt(state.variances[i]) * normal(stream)


@lean
def _sample(
    stream: Stream, samples: int, divisor: int, law: int, rows: Floats, root: Floats,
    first: bool, state: _State,
) -> None:  # fmt: skip
    """Nothing: total and square now are the mean and the covariance of fresh points.

    Sums are taken about the first point, in the frame and less the mean.
    """
    d = state.mean.size
    _draw(stream, law, rows, root, state, first, state.origin)
    state.total[:] = 0.0
    state.square[:] = 0.0
    for _ in range(samples - 1):
        _draw(stream, law, rows, root, state, first, state.point)
        for i in range(d):
            step = state.point[i] - state.origin[i]
            state.point[i] = step
            state.total[i] += step
            for j in range(i + 1):
                state.square[i, j] += step * state.point[j]
    for i in range(d):
        for j in range(i + 1):
            entry = state.square[i, j] - state.total[i] * state.total[j] / samples
            state.square[i, j] = entry / divisor
            state.square[j, i] = entry / divisor
    for i in range(d):
        state.total[i] = state.origin[i] + state.total[i] / samples


@lean
def _keep(values: Floats, latents: int, given: float, variances: Floats) -> float:
    """The noise of the fit with these eigenvalues; variances (d,) are now those of the model.

    Parameters: values (d,), the largest first; given, the noise, or below 0 where it is fitted.
    """
    noise = given
    if given < 0.0:
        noise = 0.0
        for k in range(latents, values.size):
            noise += values[k]
        noise /= values.size - latents
    for k in range(values.size):
        variances[k] = max(values[k], noise) if k < latents else noise
    return noise


@lean
def _refit(latents: int, given: float, state: _State) -> None:
    """Nothing: the model is now the fit to the mean `total` and the covariance `square`."""
    d = state.mean.size
    for i in range(d):
        for k in range(d):
            state.mean[i] += state.frame[i, k] * state.total[k]
    decompose(state.square, state.vectors, state.values, state.order)
    for i in range(d):
        for k in range(d):
            row = state.vectors[state.order[k]]
            entry = 0.0
            for j in range(d):
                entry += state.frame[i, j] * row[j]
            state.turned[i, k] = entry
    for i in range(d):
        for k in range(d):
            state.frame[i, k] = state.turned[i, k]
    state.noise[0] = _keep(state.values, latents, given, state.variances)


@lean
def _along(state: _State, direction: Floats) -> float:
    """Variance of the model along a direction (d,) of length 1."""
    total = 0.0
    for k in range(direction.size):
        overlap = 0.0
        for i in range(direction.size):
            overlap += state.frame[i, k] * direction[i]
        total += overlap * overlap * state.variances[k]
    return total


@jitted
def _simulate(
    stream: Stream, location: Floats, root: Floats, law: int, rows: Floats,
    sizes: NDArray[np.int64], record: NDArray[np.int64], lost: int, latents: int, given: float,
    directions: Floats, first: int, state: _State, run: LatentRun,
) -> None:  # fmt: skip
    """Nothing: the run is filled, replicate after replicate."""
    for r in range(run.mean.shape[0]):
        restart(stream, stream.key, np.uint64(first + r))
        state.mean[:] = location
        state.frame[:] = 0.0
        for i in range(location.size):
            state.frame[i, i] = 1.0
        generation = 0
        for g in range(record.size):
            while generation < record[g]:
                samples = sizes[min(generation, sizes.size - 1)]
                begins = generation == 0
                _sample(stream, samples, samples - lost, law, rows, root, begins, state)
                _refit(latents, given, state)
                generation += 1
            run.mean[r, g] = state.mean
            run.noise[r, g] = state.noise[0]
            for k in range(latents):
                run.latent[r, g, k] = state.variances[k] - state.noise[0]
                run.along[r, g, k] = _along(state, directions[:, k])


def _new_state(d: int) -> _State:
    """Working space for d dimensions."""
    origin, point, total, values = (np.zeros(d) for _ in range(4))
    square, vectors, turned = (np.zeros((d, d)) for _ in range(3))
    return _State(
        np.zeros(d), np.zeros((d, d)), np.zeros(d), np.zeros(1), origin, point, total, values,
        square, vectors, turned, np.zeros(d, np.int64),
    )  # fmt: skip


def fit_covariance(covariance: ArrayLike, latents: int, noise: float | None = None) -> Fit:
    """Fit of the model to a covariance (d, d), symmetric and positive semidefinite.

    Parameters: latents and noise as in `simulate`.
    Raises ValueError outside these domains.
    """
    matrix = np.array(covariance, np.float64, ndmin=2, order="C")
    d = matrix.shape[0]
    if matrix.shape != (d, d) or not np.isfinite(matrix).all() or (matrix != matrix.T).any():
        raise ValueError(f"covariance of shape {matrix.shape} is not symmetric and finite")
    given = checked_model(d, latents, noise)
    vectors, values, order = np.zeros((d, d)), np.zeros(d), np.zeros(d, np.int64)
    decompose(matrix, vectors, values, order)
    variances = np.zeros(d)
    fitted = float(_keep(values, latents, given, variances))
    return Fit(variances[:latents] - fitted, fitted, np.ascontiguousarray(vectors[order].T))


def checked_model(dimensions: int, latents: int, noise: float | None) -> float:
    """The noise, -1 where it is fitted; ValueError outside the domains of `simulate`."""
    most = dimensions - 1 if noise is None else dimensions
    if not 0 <= latents <= most:
        kind = "fitted" if noise is None else "given"
        raise ValueError(
            f"latents = {latents} lies outside 0..{most} "
            f"(dimensions = {dimensions}, the noise is {kind})"
        )
    if noise is not None and not 0.0 < noise < math.inf:
        raise ValueError(f"noise = {noise} lies outside noise > 0")
    return -1.0 if noise is None else noise


def simulate(
    start: Start, latents: int, samples: int | ArrayLike, record: tuple[int, ...],
    key: int, first: int, last: int, noise: float | None = None, estimator: Estimator = "mle",
    directions: ArrayLike | None = None,
) -> LatentRun:  # fmt: skip
    """LatentRun of R = last - first replicates at the G recorded generations.

    Parameters: start, of any dimension d; latents q, 0..d-1, or 0..d for a given noise; noise, the
    variance of e, above 0, or None where it is fitted; estimator, the divisor of the covariance;
    directions (d, q), columns of length 1, by default those of the fit to the covariance of the
    start. The others as in `gaussian.simulate`; a fitted noise needs q + 2 samples or more, or the
    likelihood has no maximum.
    Raises ValueError outside these domains.
    """
    lost, d = lost_freedom(estimator), start.dimensions
    given = checked_model(d, latents, noise)
    recorded = checked_record(record)
    least = 1 + lost if noise is not None else latents + 2
    sizes = checked_samples(samples, generations=int(recorded[-1]), least=least)
    checked_replicates(key, first, last)
    if directions is None:
        axes = fit_covariance(_symmetric(start.covariance), latents, noise).frame[:, :latents]
    else:
        axes = np.asarray(directions, np.float64)
    if axes.shape != (d, latents):
        raise ValueError(f"directions has shape {axes.shape}, not {(d, latents)}")
    shape = (last - first, recorded.size)
    run = LatentRun(
        np.empty((*shape, d)), np.empty((*shape, latents)), np.empty(shape),
        np.empty((*shape, latents)),
    )  # fmt: skip
    _simulate(
        new_stream(key, first), start.location, start.root, start.law, start.rows, sizes, recorded,
        lost, latents, given, np.ascontiguousarray(axes), first, _new_state(d), run,
    )  # fmt: skip
    return run


def _symmetric(matrix: Floats) -> Floats:
    """The matrix without the roundings that make it differ from its transpose."""
    return np.asarray((matrix + matrix.T) / 2)
