"""Least squares on rows labelled by two weight vectors, the real one and another."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.arguments import checked_replicates
from numerics.jitted import jitted
from numerics.streams import Stream, new_stream, restart
from numerics.variates import normal

__all__ = ["MixtureRun", "simulate"]

Floats = NDArray[np.float64]


class MixtureRun(NamedTuple):
    """What was fitted in R replicates.

    With S the share G^{-1} G_2 of the synthetic rows in the matrix G = X'X of all rows.
    """

    error: Floats  # (R,), squared distance of the fitted weights from the real ones
    trace_of_square: Floats  # (R,), tr S^2
    square_of_trace: Floats  # (R,), (tr S)^2


@jitted
def _products(
    stream: Stream, shift: Floats, rows: int, noise: float, row: Floats, square: Floats
) -> None:
    """Nothing: square (d, d + 1) has gained the products of rows labelled by the shift (d,)."""
    d = shift.size
    for _ in range(rows):
        label = 0.0
        for j in range(d):
            row[j] = normal(stream)
            label += row[j] * shift[j]
        row[d] = label + noise * normal(stream)
        for i in range(d):
            for j in range(d + 1):
                square[i, j] += row[i] * row[j]


@jitted
def _eliminate(square: Floats, columns: Floats) -> None:
    """Nothing: columns (d, c) are now the inverse of square (d, d), symmetric and positive, times
    themselves; the lower half of square holds its Cholesky root.
    """
    d, width = columns.shape
    for i in range(d):
        for j in range(i + 1):
            total = square[i, j]
            for k in range(j):
                total -= square[i, k] * square[j, k]
            square[i, j] = math.sqrt(total) if i == j else total / square[j, j]
    for c in range(width):
        for i in range(d):
            for k in range(i):
                columns[i, c] -= square[i, k] * columns[k, c]
            columns[i, c] /= square[i, i]
        for i in range(d - 1, -1, -1):
            for k in range(i + 1, d):
                columns[i, c] -= square[k, i] * columns[k, c]
            columns[i, c] /= square[i, i]


@jitted
def _simulate(
    stream: Stream, shift: Floats, real: int, synthetic: int, noise: float, first: int,
    run: MixtureRun,
) -> None:  # fmt: skip
    """Nothing: the run is filled."""
    d = shift.size
    none, row = np.zeros(d), np.empty(d + 1)
    for r in range(run.error.size):
        restart(stream, stream.key, np.uint64(first + r))
        ours, theirs = np.zeros((d, d + 1)), np.zeros((d, d + 1))
        _products(stream, none, real, noise, row, ours)
        _products(stream, shift, synthetic, noise, row, theirs)
        ours += theirs
        columns = theirs.copy()
        columns[:, d] = ours[:, d]
        _eliminate(ours[:, :d], columns)
        error, square, trace = 0.0, 0.0, 0.0
        for i in range(d):
            error += columns[i, d] * columns[i, d]
            trace += columns[i, i]
            for j in range(d):
                square += columns[i, j] * columns[j, i]
        run.error[r] = error
        run.trace_of_square[r] = square
        run.square_of_trace[r] = trace * trace


def simulate(
    shift: ArrayLike, real: int, synthetic: int, noise: float, key: int, first: int, last: int
) -> MixtureRun:
    """MixtureRun of R = last - first replicates: real rows first, then synthetic ones.

    Parameters: shift (d,), synthetic less real weights; real and synthetic, rows >= 0 of standard
    normal inputs, d or more in all; noise >= 0, standard deviation of a label; key in 0..2**64-1;
    replicates first..last-1 of that key. Raises ValueError outside these domains.
    """
    delta = np.ascontiguousarray(shift, np.float64)
    if delta.ndim != 1 or not delta.size or not np.isfinite(delta).all():
        raise ValueError(f"shift of shape {delta.shape} is no vector of finite weights")
    if real < 0 or synthetic < 0 or real + synthetic < delta.size:
        raise ValueError(
            f"rows {real} and {synthetic} lie outside rows >= 0, {delta.size} or more in all"
        )
    if not (math.isfinite(noise) and noise >= 0.0):
        raise ValueError(f"noise = {noise} lies outside noise >= 0")
    checked_replicates(key, first, last)
    size = last - first
    run = MixtureRun(np.empty(size), np.empty(size), np.empty(size))
    _simulate(new_stream(key, first), delta, real, synthetic, noise, first, run)
    return run
