"""The mean and triangular root of a fitted Gaussian, one generation after another, in place.

With M normal points the covariance is a Wishart matrix, whose triangular root A has independent
entries: chi variates on the diagonal, normal ones below (M. S. Bartlett, Proc. Roy. Soc. Edinburgh
53 (1933)); the mean is independent of it. The root L becomes L A column after column, a tile of
columns at a time.

A column is kept as numbers of ordinary size times 2**(200 power), so that nothing underflows; so
is the product of each diagonal.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from numerics.jitted import inlined, lean
from numerics.lanes import WIDTH, add_product, load, new_rows, store, times
from numerics.streams import Stream
from numerics.variates import fill_normals, gamma_constants, gamma_of

__all__ = ["LOG_UNIT", "State", "begin", "generations", "new_state", "power"]

_UNIT = 2.0**-200
LOG_UNIT = -200.0 * math.log(2.0)
_TILE = 4  # columns that become new ones together: each later column is read once for all
_HEAD = _TILE * (_TILE - 1) // 2  # weights among the columns of a tile
_PATIENCE = 32  # generations between two looks at the sizes of the columns
_TOGETHER = 8  # generations whose normal variates are drawn at once, at most
_NORMALS = 192  # and about so many variates


class State(NamedTuple):
    """A fitted Gaussian, and working space.

    The width is a multiple of WIDTH and the height one of _TILE. From the rank on the columns are
    0, so that any weights will do for them.
    """

    mean: NDArray[np.float64]  # (width,): d places, then 0
    columns: NDArray[np.float64]  # (height, width): row j is column j of the root, 0 before place j
    powers: NDArray[np.int64]  # (d,) of 2**-200, for each column
    diagonal: NDArray[np.float64]  # (d,)
    diagonal_powers: NDArray[np.int64]  # (d,)
    each: int  # normal variates of one generation: d (d + 3) / 2
    together: int  # generations whose normal variates are drawn at once
    normals: NDArray[np.float64]  # (together each + _HEAD,)
    pivots: NDArray[np.float64]  # (height,)
    constants: NDArray[np.float64]  # (3, d): shape, d and c of the gamma variate of each column
    scales: NDArray[np.float64]  # (2,): of the change of the mean, and of the root
    row: NDArray[np.float64]  # (width,): working space


def new_state(d: int) -> State:
    """Room for d dimensions."""
    width, height = -(-d // WIDTH) * WIDTH, -(-d // _TILE) * _TILE
    each = d * (d + 3) // 2
    together = min(max(_NORMALS // each, 1), _TOGETHER)
    return State(
        new_rows(1, width)[0], new_rows(height, width), np.zeros(d, np.int64), np.zeros(d),
        np.zeros(d, np.int64), each, together, np.zeros(together * each + _HEAD), np.zeros(height),
        np.zeros((3, d)), np.zeros(2), new_rows(1, width)[0],
    )  # fmt: skip


@inlined
def power(exponent: int) -> float:
    """2**(-200 exponent), or 0 if that is below 1e-300."""
    if exponent == 0:
        return 1.0
    result = 1.0
    for _ in range(min(abs(exponent), 5)):
        result *= _UNIT if exponent > 0 else 1.0 / _UNIT
    return result if exponent < 6 else 0.0


@lean
def _prepare(samples: int, divisor: int, state: State) -> None:
    """Nothing: the constants are now those of that many samples."""
    state.scales[0] = 1.0 / math.sqrt(samples)
    state.scales[1] = 1.0 / math.sqrt(divisor)
    for j in range(min(state.powers.size, samples - 1)):
        shape = 0.5 * (samples - 1 - j)
        state.constants[0, j] = shape
        state.constants[1, j], state.constants[2, j] = gamma_constants(shape)


@inlined
def _move_mean(state: State, rank: int, normals: NDArray[np.float64]) -> None:
    """Nothing: the mean is now that of points of the old law."""
    for j in range(rank):
        normals[j] *= state.scales[0] * power(state.powers[j])
    for lane in range(0, state.mean.size, WIDTH):
        total = load(state.mean, lane)
        for j in range(min(rank, lane + WIDTH)):
            total = add_product(total, normals[j], load(state.columns[j], lane))
        store(state.mean, lane, total)


@lean
def _match(state: State, rank: int, weights: NDArray[np.float64]) -> None:
    """Nothing: the weights of the later columns now apply in the unit of each column."""
    powers = state.powers
    for j in range(rank - 1, -1, -1):
        least = powers[j]
        for k in range(j + 1, rank):
            least = min(least, powers[k])
        if least < powers[j] - 2:  # a later column is larger by far: take over its unit
            for i in range(state.mean.size):
                state.columns[j, i] *= power(powers[j] - least)
            powers[j] = least
    place = 0
    for first in range(0, rank, _TILE):
        for k in range(first + 1, rank):
            for j in range(first, min(first + _TILE, k)):
                weights[place] *= power(powers[k] - powers[j])
                place += 1


@inlined
def _combine_tile(
    columns: NDArray[np.float64], first: int, rank: int, scale: float,
    pivots: NDArray[np.float64], head: NDArray[np.float64], rest: NDArray[np.float64],
) -> None:  # fmt: skip
    """Nothing: the columns of a tile become scale * (pivots * their own + weights * later ones).

    The head holds the weights among the four, the rest four for each column after them. Before
    its own place a column is 0, so it is not read there.
    """
    a, b, c, d = columns[first], columns[first + 1], columns[first + 2], columns[first + 3]
    for lane in range(first // WIDTH * WIDTH, columns.shape[1], WIDTH):
        second, third, fourth = load(b, lane), load(c, lane), load(d, lane)
        total_a = add_product(times(pivots[0], load(a, lane)), head[0], second)
        total_a = add_product(add_product(total_a, head[1], third), head[3], fourth)
        total_b = add_product(times(pivots[1], second), head[2], third)
        total_b = add_product(total_b, head[4], fourth)
        total_c = add_product(times(pivots[2], third), head[5], fourth)
        total_d = times(pivots[3], fourth)
        place = 0
        for k in range(first + _TILE, min(rank, lane + WIDTH)):
            column = load(columns[k], lane)
            total_a = add_product(total_a, rest[place], column)
            total_b = add_product(total_b, rest[place + 1], column)
            total_c = add_product(total_c, rest[place + 2], column)
            total_d = add_product(total_d, rest[place + 3], column)
            place += _TILE
        store(a, lane, times(scale, total_a))
        store(b, lane, times(scale, total_b))
        store(c, lane, times(scale, total_c))
        store(d, lane, times(scale, total_d))


@lean
def _normalise(state: State, rank: int) -> None:
    """Nothing: columns and diagonal of a small or large size are written in another unit.

    Sizes change by few bits in a generation and a double holds 2**-1000, so it can be done seldom.
    """
    for j in range(rank):
        largest = 0.0
        for i in range(j, state.powers.size):
            largest = max(largest, abs(state.columns[j, i]))
        while 0.0 < largest < _UNIT or largest > 1.0 / _UNIT:
            step = 1 if largest < 1.0 else -1
            largest *= power(-step)
            state.powers[j] += step
            for i in range(state.mean.size):
                state.columns[j, i] *= power(-step)
        while 0.0 < abs(state.diagonal[j]) < _UNIT or abs(state.diagonal[j]) > 1.0 / _UNIT:
            step = 1 if abs(state.diagonal[j]) < 1.0 else -1
            state.diagonal_powers[j] += step
            state.diagonal[j] *= power(-step)


@inlined
def _alike(state: State, rank: int) -> bool:
    """Whether all columns have one unit."""
    result = True
    for j in range(rank):
        result = result and state.powers[j] == state.powers[0]
    return result


@lean
def _draw(stream: Stream, rank: int, state: State) -> None:
    """Nothing: the normal variates of the next generations are drawn.

    A generation takes those of the mean, of the gamma variates, and of the entries below the
    diagonal: one tile of columns after the other, and in a tile row after row.
    """
    last = rank * (rank + 3) // 2
    fill_normals(stream, state.normals[: (state.together - 1) * state.each + last])


@inlined
def _advance(
    stream: Stream, samples: int, rank: int, alike: bool, state: State,
    normals: NDArray[np.float64],
) -> int:  # fmt: skip
    """Rank of the root one generation later; the constants are those of the samples."""
    later = min(rank, samples - 1)
    _move_mean(state, rank, normals)
    scale = state.scales[1]
    for j in range(later):
        shape, d, c = state.constants[0, j], state.constants[1, j], state.constants[2, j]
        pivot = math.sqrt(2.0 * gamma_of(stream, normals[rank + j], shape, d, c))
        state.pivots[j] = pivot
        state.diagonal[j] *= scale * pivot
    weights = normals[2 * rank :]
    if not alike:
        _match(state, rank, weights)
    for first in range(0, later, _TILE):
        rest = weights[_HEAD:]
        _combine_tile(state.columns, first, rank, scale, state.pivots[first:], weights, rest)
        weights = rest[_TILE * max(0, rank - first - _TILE) :]
    if later < rank:
        state.columns[later:rank] = 0.0
    return later


@lean
def begin(stream: Stream, generation: int, rank: int, state: State) -> None:
    """Nothing: the state, whose mean and columns are set, is ready for the recursion."""
    for j in range(state.powers.size):
        state.powers[j] = 0
        state.diagonal_powers[j] = 0
        state.diagonal[j] = state.columns[j, j]
    _normalise(state, rank)
    if generation % state.together != 0:
        _draw(stream, rank, state)


@lean
def generations(
    stream: Stream, sizes: NDArray[np.int64], lost: int, generation: int, last: int, rank: int,
    state: State,
) -> int:  # fmt: skip
    """Rank of the root at the last generation."""
    prepared = -1
    alike = _alike(state, rank)
    while generation < last:
        samples = sizes[min(generation, sizes.size - 1)]
        if samples != prepared:
            _prepare(samples, samples - lost, state)
            prepared = samples
        if generation % _PATIENCE == 0:
            _normalise(state, rank)
            alike = _alike(state, rank)
        turn = generation % state.together
        if turn == 0:
            _draw(stream, rank, state)
        normals = state.normals[turn * state.each :]
        rank = _advance(stream, samples, rank, alike, state, normals)
        generation += 1
    return rank
