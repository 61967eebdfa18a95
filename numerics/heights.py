"""A d-dimensional Gaussian refitted on its own points, its eigenvalues on a logarithmic scale.

Every point is drawn, as in `gaussian.simulate_multivariate`, from N(0, I) on. The triangular root L
of the covariance becomes L A, A the triangular root of M standardised points. Its diagonal is a
product, whose logarithm is a sum. Column j of L is kept as numbers of ordinary size times 2**e_j,
so nothing underflows, however many generations.

Once the columns lie far apart, so do the eigenvalues, and one orthogonalisation finds them all:
with L = Q R and R = D (I + E), D the diagonal of R, each singular value is one of D times a factor
within 1 +- |E| (Horn and Johnson, Topics in Matrix Analysis (1991), Theorem 3.3.16).
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from numerics.arguments import checked_record, checked_replicates, checked_samples
from numerics.gaussian import Estimator, lost_freedom
from numerics.jitted import jitted
from numerics.start import Start
from numerics.streams import Stream, new_stream, restart
from numerics.triangular import fit_points, new_buffer

__all__ = ["HeightsRun", "eigenvalues", "simulate"]

_FAR = 1000  # powers of two between two columns beyond which the smaller one is lost in rounding


class HeightsRun(NamedTuple):
    """What was fitted in R replicates at G recorded generations, in d dimensions."""

    log_heights: NDArray[np.float64]  # (R, G, d): of the squared diagonal of the triangular root
    columns: NDArray[np.float64]  # (R, d, d): row j is column j of the last root, over 2**powers
    powers: NDArray[np.int64]  # (R, d)


@jitted
def _advance(
    columns: NDArray[np.float64], powers: NDArray[np.int64], factor: NDArray[np.float64]
) -> None:
    """Nothing: columns are those of the root times the factor, the largest entry about 1."""
    d = powers.size
    for j in range(d):
        column = columns[j]
        for i in range(j, d):
            column[i] *= factor[j, j]
        for k in range(j + 1, d):
            apart = powers[k] - powers[j]
            if apart > -_FAR and factor[k, j] != 0.0:
                weight = math.ldexp(factor[k, j], apart)
                tail, other = column[k:], columns[k, k:]  # from 0: so the loop is vectorised
                for i in range(d - k):
                    tail[i] += weight * other[i]
        largest = 0.0
        for i in range(j, d):
            largest = max(largest, abs(column[i]))
        if largest > 0.0 and not 2.0**-100 < largest < 2.0**100:
            shift = math.frexp(largest)[1]
            for i in range(j, d):
                column[i] = math.ldexp(column[i], -shift)
            powers[j] += shift


@jitted
def _simulate(
    stream: Stream, law: int, rows: NDArray[np.float64], samples: int, record: NDArray[np.int64],
    lost: int, first: int, run: HeightsRun,
) -> None:  # fmt: skip
    """Nothing: the run is filled, replicate after replicate."""
    replicates, recorded, d = run.log_heights.shape
    buffer = new_buffer(d)
    shift, factor, logs = np.empty(d), np.empty((d, d)), np.empty(d)
    for r in range(replicates):
        restart(stream, stream.key, np.uint64(first + r))
        columns, powers = run.columns[r], run.powers[r]
        columns[:] = 0.0
        powers[:] = 0
        logs[:] = 0.0
        for j in range(d):
            columns[j, j] = 1.0
        generation = 0
        for g in range(recorded):
            while generation < record[g]:
                fit_points(stream, samples, samples - lost, law, rows, buffer, shift, factor)
                for j in range(d):
                    pivot = factor[j, j]
                    logs[j] += 2.0 * math.log(pivot) if pivot > 0.0 else -math.inf
                _advance(columns, powers, factor)
                generation += 1
            run.log_heights[r, g, :] = logs


def simulate(
    dimensions: int, samples: int, record: tuple[int, ...], key: int, first: int, last: int,
    estimator: Estimator = "unbiased",
) -> HeightsRun:  # fmt: skip
    """HeightsRun of R = last - first replicates at the G recorded generations, from N(0, I).

    Parameters: dimensions d, below samples; samples M in 2..10**9; record, increasing generations
    >= 1; key in 0..2**64-1; replicates first..last-1 of that key. Raises ValueError outside.
    """
    lost = lost_freedom(estimator)
    recorded = checked_record(record)
    checked_samples(samples, generations=int(recorded[-1]), least=2)
    checked_replicates(key, first, last)
    if not 1 <= dimensions < samples:
        raise ValueError(f"dimensions = {dimensions} lies outside 1..samples - 1 = {samples - 1}")
    start = Start.named("normal", np.zeros(dimensions))
    shape = (last - first, dimensions)
    run = HeightsRun(
        np.empty((shape[0], recorded.size, dimensions)), np.empty((*shape, dimensions)),
        np.empty(shape, np.int64),
    )  # fmt: skip
    _simulate(new_stream(key, first), start.law, start.rows, samples, recorded, lost, first, run)
    return run


def eigenvalues(
    columns: NDArray[np.float64], powers: NDArray[np.int64]
) -> tuple[NDArray[np.float64], float]:
    """Logarithms (d,) of the eigenvalues of L L^T, the largest first, and a bound of their error.

    columns, powers: of one replicate of a HeightsRun. The bound leaves out rounding, which is about
    1e-14 beside the columns' condition. Raises ArithmeticError where the columns are too close.
    """
    triangle = np.linalg.qr(columns.T, mode="r")
    pivots = np.diagonal(triangle)
    apart = np.clip(powers[np.newaxis, :] - powers[:, np.newaxis], -_FAR, _FAR)
    rest = np.triu(np.ldexp(triangle / pivots[:, np.newaxis], apart), 1)
    size = float(np.linalg.norm(rest))
    if not size < 0.5:
        raise ArithmeticError(f"columns are too close: the remainder is {size:.3g}, not below 0.5")
    logs = 2.0 * (np.log(np.abs(pivots)) + powers * math.log(2.0))
    return np.sort(logs)[::-1], -2.0 * math.log1p(-size)
