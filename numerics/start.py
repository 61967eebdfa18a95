"""Where generation 1's points come from: the law D_0, as a location, a root and unit points.

A point is x = location + root @ xi. For a named law the coordinates of xi are independent with
mean 0 and variance 1; for a sample, xi is a row of the standardised sample, drawn with
replacement, so that ties stay ties.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.jitted import jitted
from numerics.streams import Stream, index_below, next_word, uniform
from numerics.variates import exponential, normal

__all__ = ["LAWS", "Start", "draw_unit"]

LAWS = ("normal", "uniform", "exponential", "laplace", "bimodal", "two-point")
_NORMAL, _UNIFORM, _EXPONENTIAL, _LAPLACE, _BIMODAL, _TWO_POINT = range(len(LAWS))
_SAMPLE = len(LAWS)

_ROOT_3 = math.sqrt(3.0)
_ROOT_HALF = math.sqrt(0.5)
_MODE = 0.9  # of the bimodal law; its two parts keep the variance 1 - 0.81
_MODE_SPREAD = math.sqrt(1.0 - _MODE * _MODE)


@jitted
def _draw_coordinate(stream: Stream, law: int) -> float:
    """One coordinate of a named law, with mean 0 and variance 1."""
    if law == _NORMAL:
        return normal(stream)
    if law == _UNIFORM:
        return _ROOT_3 * (2.0 * uniform(stream) - 1.0)
    if law == _EXPONENTIAL:
        return exponential(stream) - 1.0
    sign = 1.0 if next_word(stream) >> np.uint64(63) else -1.0
    if law == _LAPLACE:
        return sign * _ROOT_HALF * exponential(stream)
    if law == _BIMODAL:
        return sign * _MODE + _MODE_SPREAD * normal(stream)
    return sign


@jitted
def draw_unit(
    stream: Stream, law: int, rows: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    """Nothing: out (d,) now holds one standardised point.

    Parameters: law and rows, the attributes of a Start.
    """
    if law == _SAMPLE:
        row = index_below(stream, rows.shape[0])
        for j in range(out.size):
            out[j] = rows[row, j]
    else:
        for j in range(out.size):
            out[j] = _draw_coordinate(stream, law)


class Start:
    """The law D_0 of d-dimensional points; made by `named` or `sample`, not changed afterwards.

    Attributes: law, its number for `draw_unit`; rows (N, d), the standardised sample, or (1, d)
    for a named law, unused; location (d,); root (d, d).
    """

    def __init__(
        self, law: int, rows: NDArray[np.float64],
        location: NDArray[np.float64], root: NDArray[np.float64],
    ) -> None:  # fmt: skip
        self.law = law
        self.rows = _copied(rows)
        self.location = _copied(location)
        self.root = _copied(root)

    @classmethod
    def named(cls, law: str, location: ArrayLike = 0.0, root: ArrayLike | None = None) -> "Start":
        """Start with x = location + root @ xi.

        Parameters: law, one of LAWS; location (d,), or a number for d = 1; root (d, d), or a
        number for d = 1, of any rank; by default the identity.
        Raises ValueError outside these domains.
        """
        if law not in LAWS:
            raise ValueError(f"start = {law!r} is none of {', '.join(LAWS)}")
        place = _finite("location", np.atleast_1d(np.asarray(location, np.float64)))
        if place.ndim != 1 or place.size == 0:
            raise ValueError(f"location has shape {place.shape}; a non-empty vector is needed")
        square = np.eye(place.size) if root is None else np.atleast_2d(np.asarray(root, np.float64))
        if square.shape != (place.size, place.size):
            raise ValueError(f"root has shape {square.shape}, not {(place.size, place.size)}")
        return cls(LAWS.index(law), np.zeros((1, place.size)), place, _finite("root", square))

    @classmethod
    def sample(cls, points: ArrayLike) -> "Start":
        """Start that draws the given points with replacement.

        Parameters: points (N, d), or (N,) for d = 1; finite, with no constant column.
        Raises ValueError outside this domain, naming the column.
        """
        table = np.asarray(points, np.float64)
        table = table[:, np.newaxis] if table.ndim == 1 else table
        if table.ndim != 2 or table.size == 0:
            raise ValueError(f"sample has shape {np.shape(points)}; rows of points are needed")
        _finite("sample", table)
        constant = np.flatnonzero((table == table[0]).all(axis=0))
        if constant.size:
            raise ValueError(f"sample column {constant[0]} is constant ({table[0, constant[0]]})")
        mean = table.mean(axis=0)
        spread = table.std(axis=0)
        return cls(_SAMPLE, (table - mean) / spread, mean, np.diag(spread))

    @property
    def dimensions(self) -> int:
        """Number d of coordinates."""
        return self.location.size

    @property
    def mean(self) -> NDArray[np.float64]:
        """(d,) mean of the law."""
        return self.location.copy()

    @property
    def covariance(self) -> NDArray[np.float64]:
        """(d, d) covariance of the law; for a sample of N points, with divisor N."""
        unit = np.eye(self.dimensions)
        if self.law == _SAMPLE:
            unit = self.rows.T @ self.rows / self.rows.shape[0]
        return self.root @ unit @ self.root.T


def _finite(name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values; ValueError if one is not a finite number."""
    outside = np.argwhere(~np.isfinite(values))
    if outside.size:
        place = ", ".join(str(i) for i in outside[0])
        raise ValueError(f"{name}[{place}] = {values[tuple(outside[0])]} is not finite")
    return values


def _copied(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Contiguous copy. Not marked read-only: Numba compiles such arrays a second time."""
    return np.array(values, dtype=np.float64, order="C")
