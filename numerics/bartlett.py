"""A d-dimensional Gaussian refitted on its own points, by the law of mean and covariance.

With M normal points the covariance is a Wishart matrix, whose triangular root has independent
entries: chi variates on the diagonal, normal ones below (M. S. Bartlett, Proc. Roy. Soc. Edinburgh
53 (1933)); the mean is independent of it. That shortcut is itself a claim: the kernel
`gaussian.simulate_multivariate` draws every point and is its witness.

The root L becomes L A in place, column after column. A column is kept as numbers of ordinary size
times 2**(200 power), so that nothing underflows; so is the product of each diagonal.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.arguments import checked_record, checked_replicates, checked_samples
from numerics.gaussian import Estimator, lost_freedom
from numerics.jitted import inlined, jitted, lean
from numerics.start import LAWS, Start
from numerics.streams import Stream, new_stream, restart
from numerics.triangular import fit_points, new_buffer, triangularise
from numerics.variates import fill_normals, gamma_constants, gamma_prepared

__all__ = ["BartlettRun", "simulate"]

_NORMAL = LAWS.index("normal")
_UNIT = 2.0**-200
_LOG_UNIT = -200.0 * math.log(2.0)
_FEW = 12  # dimensions that are not worth vector instructions
_LANES = 32  # numbers in one round of a loop of vector instructions
_PATIENCE = 8  # generations between two looks at the sizes of the columns


class BartlettRun(NamedTuple):
    """What was fitted in R replicates at G recorded generations, in d dimensions."""

    mean: NDArray[np.float64]  # (R, G, d)
    covariance: NDArray[np.float64]  # (R, G, d, d); entries below 1e-308 underflow
    log_diagonal: NDArray[np.float64]  # (R, G, d) of the triangular root; -inf from the rank on
    log_determinant: NDArray[np.float64]  # (R, G) of the covariance; -inf if its rank is below d
    log_trace: NDArray[np.float64]  # (R, G) of the covariance


class _State(NamedTuple):
    """A fitted Gaussian, and working space.

    The width is a multiple of _LANES, so that vector instructions leave no rest of a loop.
    """

    mean: NDArray[np.float64]  # (width,): d places, then 0
    columns: NDArray[np.float64]  # (d, width): row j is column j of the root, 0 before place j
    powers: NDArray[np.int64]  # (d,) of 2**-200, for each column
    diagonal: NDArray[np.float64]  # (d,)
    diagonal_powers: NDArray[np.int64]  # (d,)
    normals: NDArray[np.float64]  # (d (d + 1) / 2,)
    constants: NDArray[np.float64]  # (3, d): shape, d and c of the gamma variate of each column


@inlined
def _power(exponent: int) -> float:
    """2**(-200 exponent), or 0 if that is below 1e-300."""
    if exponent == 0:
        return 1.0
    result = 1.0
    for _ in range(min(abs(exponent), 5)):
        result *= _UNIT if exponent > 0 else 1.0 / _UNIT
    return result if exponent < 6 else 0.0


@lean
def _prepare(samples: int, state: _State) -> None:
    """Nothing: the constants are now those of that many samples."""
    for j in range(min(state.powers.size, samples - 1)):
        shape = 0.5 * (samples - 1 - j)
        state.constants[0, j] = shape
        state.constants[1, j], state.constants[2, j] = gamma_constants(shape)


@inlined
def _add(weight: float, row: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """Nothing: out becomes out + weight * row."""
    for i in range(out.size):
        out[i] += weight * row[i]


@inlined
def _add_four(
    weights: NDArray[np.float64], k: int, columns: NDArray[np.float64], begin: int,
    out: NDArray[np.float64],
) -> None:  # fmt: skip
    """Nothing: out becomes out + weights @ four columns, from column k and place begin on.

    Each slice is of the last index alone, which keeps it contiguous in the compiler's eyes.
    """
    a, b, c, d = weights[0], weights[1], weights[2], weights[3]
    first, second = columns[k, begin:], columns[k + 1, begin:]
    third, fourth = columns[k + 2, begin:], columns[k + 3, begin:]
    for i in range(out.size):
        out[i] += (a * first[i] + b * second[i]) + (c * third[i] + d * fourth[i])


@inlined
def _move_mean(state: _State, rank: int, samples: int) -> None:
    """Nothing: the mean is now that of points of the old law; the first normals are used."""
    scale = 1.0 / math.sqrt(samples)
    for j in range(rank):
        if state.powers[j] < 6:  # beyond it a double cannot hold the change
            weight = state.normals[j] * scale * _power(state.powers[j])
            if state.powers.size <= _FEW:
                for i in range(j, state.powers.size):
                    state.mean[i] += weight * state.columns[j, i]
            else:
                _add(weight, state.columns[j], state.mean)


@lean
def _match(state: _State, j: int, rank: int, weights: NDArray[np.float64]) -> None:
    """Nothing: the weights of the later columns now apply in the unit of column j."""
    columns, powers = state.columns, state.powers
    for k in range(j + 1, rank):
        if powers[k] < powers[j] - 2:  # a later column is larger by far: take over its unit
            for i in range(state.mean.size):
                columns[j, i] *= _power(powers[j] - powers[k])
            powers[j] = powers[k]
    for k in range(j + 1, rank):
        weights[k - j - 1] *= _power(powers[k] - powers[j])


@inlined
def _combine(state: _State, j: int, rank: int, pivot: float, place: int, alike: bool) -> None:
    """Nothing: column j becomes pivot times itself plus the later columns times the normals
    from place on.
    """  # fmt: skip
    columns = state.columns
    weights = state.normals[place : place + rank - 1 - j]
    if not alike:
        _match(state, j, rank, weights)
    if state.powers.size <= _FEW:
        for i in range(j, state.powers.size):
            total = pivot * columns[j, i]
            for k in range(j + 1, min(i + 1, rank)):
                total += weights[k - j - 1] * columns[k, i]
            columns[j, i] = total
        return
    row = columns[j, j // _LANES * _LANES :]
    for i in range(row.size):
        row[i] *= pivot
    k = j + 1
    while k + 3 < rank:
        begin = k // _LANES * _LANES
        _add_four(weights[k - j - 1 :], k, columns, begin, columns[j, begin:])
        k += 4
    while k < rank:
        begin = k // _LANES * _LANES
        _add(weights[k - j - 1], columns[k, begin:], columns[j, begin:])
        k += 1


@lean
def _normalise(state: _State, rank: int) -> None:
    """Nothing: columns and diagonal of a small or large size are written in another unit."""
    for j in range(rank):
        largest = 0.0
        for i in range(state.mean.size):
            largest = max(largest, abs(state.columns[j, i]))
        while 0.0 < largest < _UNIT or largest > 1.0 / _UNIT:
            step = 1 if largest < 1.0 else -1
            largest *= _power(-step)
            state.powers[j] += step
            for i in range(state.mean.size):
                state.columns[j, i] *= _power(-step)
        while 0.0 < abs(state.diagonal[j]) < _UNIT or abs(state.diagonal[j]) > 1.0 / _UNIT:
            step = 1 if abs(state.diagonal[j]) < 1.0 else -1
            state.diagonal_powers[j] += step
            state.diagonal[j] *= _power(-step)


@inlined
def _advance(stream: Stream, samples: int, divisor: int, rank: int, state: _State) -> int:
    """Rank of the root one generation later; the constants are those of the samples."""
    later = min(rank, samples - 1)
    used = rank + later * (rank - 1) - later * (later - 1) // 2
    normals = state.normals
    fill_normals(stream, normals[:used])
    _move_mean(state, rank, samples)
    scale = 1.0 / math.sqrt(divisor)
    for i in range(rank, used):
        normals[i] *= scale
    alike = True
    for j in range(rank):
        alike = alike and state.powers[j] == state.powers[0]
    place = rank
    for j in range(later):
        shape, d, c = state.constants[0, j], state.constants[1, j], state.constants[2, j]
        pivot = scale * math.sqrt(2.0 * gamma_prepared(stream, shape, d, c))
        _combine(state, j, rank, pivot, place, alike)
        state.diagonal[j] *= pivot
        place += rank - 1 - j
    return later


@lean
def _generations(
    stream: Stream, sizes: NDArray[np.int64], lost: int, generation: int, last: int, rank: int,
    state: _State,
) -> int:  # fmt: skip
    """Rank of the root at the last generation."""
    prepared = -1
    while generation < last:
        samples = sizes[min(generation, sizes.size - 1)]
        if samples != prepared:
            _prepare(samples, state)
            prepared = samples
        if generation % _PATIENCE == 0:
            _normalise(state, rank)
        rank = _advance(stream, samples, samples - lost, rank, state)
        generation += 1
    return rank


@lean
def _record(run: BartlettRun, r: int, g: int, state: _State, rank: int) -> None:
    """Nothing: place (r, g) of the run now describes the state."""
    d = run.mean.shape[2]
    logarithm = 0.0
    least = 0
    for j in range(d):
        run.mean[r, g, j] = state.mean[j]
        size = abs(state.diagonal[j])
        entry = -math.inf
        if j < rank and size > 0.0:
            entry = math.log(size) + state.diagonal_powers[j] * _LOG_UNIT
        run.log_diagonal[r, g, j] = entry
        logarithm += 2.0 * entry
        least = state.powers[j] if j == 0 or (j < rank and state.powers[j] < least) else least
    run.log_determinant[r, g] = logarithm
    covariance = run.covariance[r, g]
    covariance[:] = 0.0
    trace = 0.0
    for j in range(rank):
        row, scale = state.columns[j], _power(state.powers[j])
        relative = _power(state.powers[j] - least)
        for i in range(j, d):
            trace += (relative * row[i]) * (relative * row[i])
            _add(scale * row[i] * scale, row[: i + 1], covariance[i, : i + 1])
    for i in range(d):
        for j in range(i):
            covariance[j, i] = covariance[i, j]
    run.log_trace[r, g] = (math.log(trace) if trace > 0.0 else -math.inf) + 2.0 * least * _LOG_UNIT


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
def _begin(
    stream: Stream, location: NDArray[np.float64], root: NDArray[np.float64], law: int,
    rows: NDArray[np.float64], samples: int, divisor: int, state: _State,
) -> tuple[int, int]:  # fmt: skip
    """Generation and rank at which the recursion of normal points begins.

    It is generation 0 for a normal start, whose root may be turned into a triangular one. Other
    points have no such law, and the first of them are drawn one by one.
    """
    d = location.size
    state.mean[:] = 0.0
    state.mean[:d] = location
    state.columns[:] = 0.0
    columns = np.zeros((d, d))
    generation, rank = 0, d
    if law == _NORMAL:
        columns[:] = root.T
    else:
        shift, factor = np.empty(d), np.empty((d, d))
        fit_points(stream, samples, divisor, law, rows, new_buffer(d), shift, factor)
        for i in range(d):
            for k in range(d):
                state.mean[i] += root[i, k] * shift[k]
                for j in range(k + 1):
                    columns[j, i] += root[i, k] * factor[k, j]
        generation, rank = 1, min(d, samples - 1)
    _triangular(columns)
    state.columns[:, :d] = columns
    state.powers[:] = 0
    state.diagonal_powers[:] = 0
    for j in range(d):
        state.diagonal[j] = state.columns[j, j]
    return generation, rank


@jitted
def _simulate(
    stream: Stream, location: NDArray[np.float64], root: NDArray[np.float64], law: int,
    rows: NDArray[np.float64], sizes: NDArray[np.int64], record: NDArray[np.int64], lost: int,
    first: int, state: _State, run: BartlettRun,
) -> None:  # fmt: skip
    """Nothing: the run is filled, replicate after replicate."""
    for r in range(run.mean.shape[0]):
        restart(stream, stream.key, np.uint64(first + r))
        generation, rank = _begin(
            stream, location, root, law, rows, sizes[0], sizes[0] - lost, state
        )
        for g in range(record.size):
            rank = _generations(stream, sizes, lost, generation, record[g], rank, state)
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
    width = -(-d // _LANES) * _LANES
    state = _State(
        np.empty(width), np.empty((d, width)), np.empty(d, np.int64), np.empty(d),
        np.empty(d, np.int64), np.empty(d * (d + 1) // 2), np.empty((3, d)),
    )  # fmt: skip
    _simulate(
        new_stream(key, first), start.location, start.root, start.law, start.rows, sizes, recorded,
        lost, first, state, run,
    )  # fmt: skip
    return run
