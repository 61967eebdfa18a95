"""The recursion of `latent` again, slow and plain: in the coordinates of the data, by NumPy."""

import numpy as np
from numpy.typing import NDArray

from numerics.latent import LatentRun
from numerics.plain import schedule
from numerics.start import Start, draw_unit
from numerics.streams import Stream, new_stream
from numerics.variates import normal

__all__ = ["latent_by_words"]

Floats = NDArray[np.float64]


def _eigenvectors(covariance: Floats, frame: Floats) -> tuple[Floats, Floats]:
    """Eigenvalues, the largest first, and eigenvectors in columns.

    The largest entry of each, seen in the frame, is positive.
    """
    values, vectors = np.linalg.eigh(covariance)
    vectors = vectors[:, ::-1]
    seen = frame.T @ vectors
    largest = seen[np.abs(seen).argmax(axis=0), np.arange(seen.shape[1])]
    return values[::-1], vectors * np.sign(largest)


def _points(
    stream: Stream, number: int, start: Start, mean: Floats, frame: Floats, variances: Floats | None
) -> Floats:
    """Points (number, d) of the start, or of the model that has variances."""
    d = mean.size
    if variances is None:
        unit = np.zeros((number, d))
        for row in unit:
            draw_unit(stream, start.law, start.rows, row)
        return np.asarray(start.location + unit @ start.root.T)
    drawn = np.array([[normal(stream) for _ in range(d)] for _ in range(number)])
    return np.asarray(mean + (drawn * np.sqrt(variances)) @ frame.T)


def latent_by_words(
    start: Start, latents: int, samples: int | list[int], record: tuple[int, ...],
    key: int, first: int, last: int, noise: float | None, estimator: str, directions: Floats,
) -> LatentRun:  # fmt: skip
    """LatentRun that equals that of `latent.simulate`, up to rounding, where M > d."""
    d, shape = start.dimensions, (last - first, len(record))
    sizes = schedule(samples, record, 1)
    means, found = np.zeros((*shape, d)), np.zeros((*shape, latents))
    noises, along = np.zeros(shape), np.zeros((*shape, latents))
    for r in range(last - first):
        stream = new_stream(key, first + r)
        mean, frame = start.location, np.eye(d)
        variances: Floats | None = None
        for generation, size in enumerate(sizes, 1):
            points = _points(stream, size, start, mean, frame, variances)
            lost = 1 if estimator == "unbiased" else 0
            covariance = np.atleast_2d(np.cov(points.T, ddof=lost))
            mean = points.mean(axis=0)
            values, frame = _eigenvectors(covariance, frame)
            level = float(values[latents:].mean()) if noise is None else noise
            loadings = frame[:, :latents] * np.sqrt(np.maximum(values[:latents] - level, 0.0))
            lengths = (loadings**2).sum(axis=0)
            variances = np.concatenate([lengths, np.zeros(d - latents)]) + level
            if generation in record:
                at = record.index(generation)
                model = loadings @ loadings.T + level * np.eye(d)
                means[r, at], found[r, at], noises[r, at] = mean, lengths, level
                along[r, at] = np.diag(directions.T @ model @ directions)
    return LatentRun(means, found, noises, along)
