"""Triangular roots of sample covariances, by Householder reflections.

A root found from the points themselves keeps small spreads that forming the covariance first
would round away, and has exactly the rank that the number of points allows.
"""

import math

import numpy as np
from numpy.typing import NDArray

from numerics.jitted import jitted
from numerics.start import draw_unit
from numerics.streams import Stream

__all__ = ["fit_points", "new_buffer", "triangularise"]

_NEGLIGIBLE = 1e-13  # relative to its column: what rounding leaves of a column that depends


@jitted
def _reflect(rows: NDArray[np.float64], scale: float, projection: NDArray[np.float64]) -> None:
    """Nothing: the columns after the first are reflected along the first, which becomes 0.

    Loops run over slices from 0: with other bounds the compiler does not use vector instructions.
    """
    later = rows.shape[1] - 1
    for k in range(later):
        projection[k] = 0.0
    for i in range(rows.shape[0]):
        weight = rows[i, 0]
        row = rows[i, 1:]
        for k in range(later):
            projection[k] += weight * row[k]
    for i in range(rows.shape[0]):
        weight = scale * rows[i, 0]
        row = rows[i, 1:]
        for k in range(later):
            row[k] -= weight * projection[k]
        rows[i, 0] = 0.0


@jitted
def triangularise(rows: NDArray[np.float64]) -> None:
    """Nothing: rows (N, c) become upper triangular, or trapezoidal when N < c, with the same
    rows.T @ rows and a diagonal >= 0.

    A column that depends on earlier ones up to rounding gets an exact 0 on the diagonal.
    Source: A. S. Householder, J. ACM 5 (1958).
    """  # fmt: skip
    count, columns = rows.shape
    projection = np.empty(columns)
    for j in range(min(count, columns)):
        above = 0.0
        for i in range(j):
            above += rows[i, j] * rows[i, j]
        below = 0.0
        for i in range(j, count):
            below += rows[i, j] * rows[i, j]
        if below <= _NEGLIGIBLE * _NEGLIGIBLE * (above + below):
            for i in range(j, count):
                rows[i, j] = 0.0
            continue
        # The reflection sends the column to -sign(top) * length, which cannot cancel.
        length = math.copysign(math.sqrt(below), rows[j, j])
        rows[j, j] += length
        _reflect(rows[j:, j:], 1.0 / (length * rows[j, j]), projection)
        rows[j, j] = -length
        if length > 0.0:
            for k in range(j, columns):
                rows[j, k] = -rows[j, k]


@jitted
def new_buffer(dimensions: int) -> NDArray[np.float64]:
    """Room for the triangle and the block of points that `fit_points` works on."""
    columns = dimensions + 1
    return np.empty((columns + max(64, 4 * columns), columns))


@jitted
def fit_points(
    stream: Stream, samples: int, divisor: int, law: int, table: NDArray[np.float64],
    buffer: NDArray[np.float64], shift: NDArray[np.float64], root: NDArray[np.float64],
) -> None:  # fmt: skip
    """Nothing: shift (d,) is now the mean of fresh standardised points, root (d, d) the lower
    triangular root of their covariance, of rank min(d, M - 1) at most.

    Parameters: samples M >= 1; divisor > 0 of the covariance; law and table, attributes law and
    rows of a Start; a buffer for d dimensions.
    A column of ones before the points makes the first row of the triangle carry the mean and the
    others the centred points.
    """  # fmt: skip
    columns = shift.size + 1
    filled = 0
    for first in range(0, samples, buffer.shape[0] - columns):
        fresh = min(buffer.shape[0] - columns, samples - first)
        for i in range(filled, filled + fresh):
            buffer[i, 0] = 1.0
            draw_unit(stream, law, table, buffer[i, 1:])
        triangularise(buffer[: filled + fresh])
        filled = min(columns, filled + fresh)
    root[:] = 0.0
    scale = 1.0 / math.sqrt(divisor)
    for j in range(shift.size):
        shift[j] = buffer[0, j + 1] / buffer[0, 0]
        for i in range(min(j + 1, filled - 1)):
            root[j, i] = scale * buffer[i + 1, j + 1]
