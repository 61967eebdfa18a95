"""A d-dimensional Gaussian refitted on its own points, by the law of mean and covariance.

With M normal points the covariance is a Wishart matrix, whose triangular root has independent
entries: chi variates on the diagonal, normal ones below (M. S. Bartlett, Proc. Roy. Soc. Edinburgh
53 (1933)); the mean is independent of it. That shortcut is itself a claim: the kernel
`gaussian.simulate_multivariate` draws every point and is its witness.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.arguments import checked_record, checked_replicates, checked_samples
from numerics.gaussian import Estimator, lost_freedom
from numerics.jitted import jitted, lean
from numerics.lanes import WIDTH, add_product, load, store, times
from numerics.root import LOG_UNIT, State, begin, generations, new_state, power
from numerics.start import LAWS, Start
from numerics.streams import Stream, new_stream, restart
from numerics.triangular import fit_points, new_buffer, triangularise

__all__ = ["BartlettRun", "simulate"]

_NORMAL = LAWS.index("normal")


class BartlettRun(NamedTuple):
    """What was fitted in R replicates at G recorded generations, in d dimensions."""

    mean: NDArray[np.float64]  # (R, G, d)
    covariance: NDArray[np.float64]  # (R, G, d, d); entries below 1e-308 underflow
    log_diagonal: NDArray[np.float64]  # (R, G, d) of the triangular root; -inf from the rank on
    log_determinant: NDArray[np.float64]  # (R, G) of the covariance; -inf if its rank is below d
    log_trace: NDArray[np.float64]  # (R, G) of the covariance


@lean
def _write_covariance(state: State, rank: int, covariance: NDArray[np.float64]) -> None:
    """Nothing: covariance (d, d) is now that of the root."""
    d = covariance.shape[0]
    columns, scales = state.columns, state.pivots
    for j in range(rank):
        scales[j] = power(state.powers[j])
    for i in range(d):
        for lane in range(0, i + 1, WIDTH):
            weight = scales[0] * columns[0, i] * scales[0]
            total = times(weight, load(columns[0], lane))
            for j in range(1, min(rank, i + 1, lane + WIDTH)):
                weight = scales[j] * columns[j, i] * scales[j]
                total = add_product(total, weight, load(columns[j], lane))
            store(state.row, lane, total)
        for j in range(i + 1):
            covariance[i, j] = state.row[j]
            covariance[j, i] = state.row[j]


@lean
def _record(run: BartlettRun, r: int, g: int, state: State, rank: int) -> None:
    """Nothing: place (r, g) of the run now describes the state."""
    d = run.mean.shape[2]
    logarithm = 0.0
    least = 0
    for j in range(d):
        run.mean[r, g, j] = state.mean[j]
        size = abs(state.diagonal[j])
        entry = -math.inf
        if j < rank and size > 0.0:
            entry = math.log(size) + state.diagonal_powers[j] * LOG_UNIT
        run.log_diagonal[r, g, j] = entry
        logarithm += 2.0 * entry
        least = state.powers[j] if j == 0 or (j < rank and state.powers[j] < least) else least
    run.log_determinant[r, g] = logarithm
    _write_covariance(state, rank, run.covariance[r, g])
    trace = 0.0
    for j in range(rank):
        relative = power(state.powers[j] - least)
        for i in range(j, d):
            entry = relative * state.columns[j, i]
            trace += entry * entry
    run.log_trace[r, g] = (math.log(trace) if trace > 0.0 else -math.inf) + 2.0 * least * LOG_UNIT


@jitted
def _triangular(columns: NDArray[np.float64]) -> None:
    """Nothing: columns (d, d), the transpose of a root, become those of a lower triangular one.

    They are scaled by a power of two meanwhile, so that no square underflows.
    """
    largest = 0.0
    above = 0.0
    for j in range(columns.shape[0]):
        for i in range(columns.shape[0]):
            largest = max(largest, abs(columns[j, i]))
            if i < j:
                above = max(above, abs(columns[j, i]))
    if above > 0.0:
        unit = math.ldexp(1.0, math.frexp(largest)[1])
        columns /= unit
        triangularise(columns)
        columns *= unit


@jitted
def _fit_first(
    stream: Stream, root: NDArray[np.float64], law: int, rows: NDArray[np.float64], samples: int,
    divisor: int, state: State,
) -> None:  # fmt: skip
    """Nothing: the state is that fitted on the first points, which are drawn one by one."""
    d = root.shape[0]
    columns, shift, factor = np.zeros((d, d)), np.empty(d), np.empty((d, d))
    fit_points(stream, samples, divisor, law, rows, new_buffer(d), shift, factor)
    for i in range(d):
        for k in range(d):
            state.mean[i] += root[i, k] * shift[k]
            for j in range(k + 1):
                columns[j, i] += root[i, k] * factor[k, j]
    _triangular(columns)
    state.columns[:d, :d] = columns


@jitted
def _simulate(
    stream: Stream, location: NDArray[np.float64], root: NDArray[np.float64], law: int,
    rows: NDArray[np.float64], sizes: NDArray[np.int64], record: NDArray[np.int64], lost: int,
    first: int, state: State, run: BartlettRun,
) -> None:  # fmt: skip
    """Nothing: the run is filled, replicate after replicate.

    The recursion of normal points begins at generation 0 for a normal start, whose root is turned
    into a triangular one. Other points have no such law, so it begins at generation 1.
    """
    d = location.size
    begun = 0 if law == _NORMAL else 1
    lower = np.zeros((d, d))
    if begun == 0:
        lower[:] = root.T
        _triangular(lower)
    for r in range(run.mean.shape[0]):
        restart(stream, stream.key, np.uint64(first + r))
        state.mean[:d] = location
        state.columns[:] = 0.0
        state.columns[:d, :d] = lower
        rank = d
        if begun == 1:
            _fit_first(stream, root, law, rows, sizes[0], sizes[0] - lost, state)
            rank = min(d, sizes[0] - 1)
        begin(stream, begun, rank, state)
        generation = begun
        for g in range(record.size):
            rank = generations(stream, sizes, lost, generation, record[g], rank, state)
            generation = record[g]
            _record(run, r, g, state, rank)


def simulate(
    start: Start, samples: int | ArrayLike, record: tuple[int, ...],
    key: int, first: int, last: int, estimator: Estimator = "unbiased",
) -> BartlettRun:  # fmt: skip
    """BartlettRun of R = last - first replicates at the G recorded generations.

    Parameters: as in `gaussian.simulate_multivariate`, whose law this has. With M <= d points the
    root keeps M - 1 columns. The first points of a start other than the normal one are drawn one
    by one.
    Raises ValueError outside these domains.
    """
    lost = lost_freedom(estimator)
    recorded = checked_record(record)
    sizes = checked_samples(samples, generations=int(recorded[-1]), least=1 + lost)
    checked_replicates(key, first, last)
    d = start.dimensions
    shape = (last - first, recorded.size, d)
    run = BartlettRun(
        np.empty(shape), np.empty((*shape, d)), np.empty(shape), np.empty(shape[:2]),
        np.empty(shape[:2]),
    )  # fmt: skip
    _simulate(
        new_stream(key, first), start.location, start.root, start.law, start.rows, sizes, recorded,
        lost, first, new_state(d), run,
    )  # fmt: skip
    return run
