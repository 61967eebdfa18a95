"""Expectation and maximisation for Gaussian mixtures with full covariances, in one core's cache.

Points are worked on in chunks, one loop over a chunk for each operation, so that the compiler makes
vector instructions of them; sums over a chunk keep sixteen partial sums, in an order of their own.
The covariance of a component is summed about its old mean, so that a component may be far narrower
than its mean is away from the origin.

Sources: Dempster, Laird and Rubin, J. R. Stat. Soc. B 39 (1977); the rules of convergence, of the
floor and of the smallest weight are scikit-learn's `GaussianMixture`.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from numerics.jitted import inlined, jitted, lean
from numerics.lane_sums import add_lanes, add_products, add_row, folded
from numerics.lanes import WIDTH, add_product, load, store, times

__all__ = [
    "CHUNK",
    "SINGULAR",
    "Law",
    "Room",
    "accumulate",
    "clear",
    "expect",
    "factorise",
    "gather",
    "iterate",
    "maximise",
    "new_law",
    "new_room",
]

Floats = NDArray[np.float64]

CHUNK = 128
SINGULAR = -1
"""What `iterate` returns where a covariance is not positive definite."""

_HALF_LOG_TWO_PI = 0.5 * math.log(2.0 * math.pi)
_TEN_EPSILON = 10.0 * float(np.finfo(np.float64).eps)

# Constants of the exponential: n = round(x / log 2) is read off the last bits of a sum.
_ROUNDING = 1.5 * 2.0**52
_PER_LOG_2 = 1.0 / math.log(2.0)
_LOG_2_HIGH = float.fromhex("0x1.62e42fee00000p-1")
_LOG_2_LOW = float.fromhex("0x1.a39ef35793c76p-33")
_LEAST = -700.0
_SHIFT = np.int64(52)
_BIAS = np.int64(1023)


class Law(NamedTuple):
    """A mixture of k Gaussians in d dimensions, and what its density needs; filled in place."""

    weight: Floats  # (k,)
    mean: Floats  # (k, d)
    covariance: Floats  # (k, d, d)
    root: Floats  # (k, d, d), lower Cholesky factor of the covariance
    inverse: Floats  # (k, d, d), of the root
    height: Floats  # (k,), logarithm of the weight times the density at the mean
    floored: NDArray[np.bool_]  # (k,), whether the floor is half of the smallest variance or more


class Room(NamedTuple):
    """Working space of one thread."""

    step: Floats  # (k, d, CHUNK), points less means
    share: Floats  # (k, CHUNK), log densities, then responsibilities
    top: Floats  # (CHUNK,)
    total: Floats  # (CHUNK,)
    work: Floats  # (CHUNK,)
    likelihood: Floats  # (WIDTH,), partial sums, like the next three
    masses: Floats  # (k, WIDTH)
    firsts: Floats  # (k, d * WIDTH)
    seconds: Floats  # (k, d, d * WIDTH)
    mass: Floats  # (k,), sums of the shares
    first: Floats  # (k, d), of the shares times the steps
    second: Floats  # (k, d, d), of the shares times products of steps; lower triangle
    root: Floats  # (d, d), of no further use


@jitted
def new_law(components: int, dimensions: int) -> Law:
    """Room for a mixture."""
    square = (components, dimensions, dimensions)
    return Law(
        np.zeros(components), np.zeros((components, dimensions)), np.zeros(square),
        np.zeros(square), np.zeros(square), np.zeros(components), np.zeros(components, np.bool_),
    )  # fmt: skip


@jitted
def new_room(components: int, dimensions: int) -> Room:
    """Working space for fits of that size."""
    k, d = components, dimensions
    return Room(
        np.zeros((k, d, CHUNK)), np.zeros((k, CHUNK)), np.zeros(CHUNK), np.zeros(CHUNK),
        np.zeros(CHUNK), np.zeros(WIDTH), np.zeros((k, WIDTH)), np.zeros((k, d * WIDTH)),
        np.zeros((k, d, d * WIDTH)), np.zeros(k), np.zeros((k, d)), np.zeros((k, d, d)),
        np.zeros((d, d)),
    )  # fmt: skip


@inlined
def _exp(x: float) -> float:
    """e**x for x <= 0, at least e**-700: the series to x**13 on |x| <= log(2)/2, times 2**n.

    Free of branches and calls, so that loops over it become vector instructions; the same bits on
    every machine.
    """
    bounded = x if x > _LEAST else _LEAST
    shifted = bounded * _PER_LOG_2 + _ROUNDING
    n = shifted - _ROUNDING
    r = (bounded - n * _LOG_2_HIGH) - n * _LOG_2_LOW
    p = 1.0 / 6227020800.0
    p = p * r + 1.0 / 479001600.0
    p = p * r + 1.0 / 39916800.0
    p = p * r + 1.0 / 3628800.0
    p = p * r + 1.0 / 362880.0
    p = p * r + 1.0 / 40320.0
    p = p * r + 1.0 / 5040.0
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    bits = (np.float64(shifted).view(np.int64) + _BIAS) << _SHIFT
    power: float = np.int64(bits).view(np.float64)
    return p * power


@lean
def _squared_lengths(room: Room, inverse: Floats, j: int, count: int) -> None:
    """Nothing: room.work now holds the squared length of inverse times the steps of component j."""
    step, work = room.step[j], room.work
    if inverse.shape[0] == 2:  # one pass instead of six
        a, b, c = inverse[0, 0], inverse[1, 0], inverse[1, 1]
        x, y = step[0], step[1]
        for i in range(count):
            u = a * x[i]
            v = b * x[i] + c * y[i]
            work[i] = u * u + v * v
        return
    for i in range(0, count, WIDTH):
        square = add_product(load(step[0], i), -1.0, load(step[0], i))  # 0
        for a in range(inverse.shape[0]):
            row = times(inverse[a, 0], load(step[0], i))
            for b in range(1, a + 1):
                row = add_product(row, inverse[a, b], load(step[b], i))
            square = add_lanes(square, row, row)
        store(work, i, square)


@lean
def _log_densities(points: Floats, begin: int, count: int, law: Law, room: Room) -> None:
    """Nothing: room.share and room.top now hold log densities of a chunk, and the largest."""
    top = room.top
    for j in range(law.weight.size):
        step, share, work = room.step[j], room.share[j], room.work
        for a in range(points.shape[0]):
            source, target, mean = points[a, begin:], step[a], law.mean[j, a]
            for i in range(count):
                target[i] = source[i] - mean
        _squared_lengths(room, law.inverse[j], j, count)
        height = law.height[j]
        for i in range(count):
            share[i] = height - 0.5 * work[i]
        if j == 0:
            for i in range(count):
                top[i] = share[i]
        else:
            for i in range(count):
                top[i] = share[i] if share[i] > top[i] else top[i]


@lean
def _log_product(total: Floats, work: Floats, count: int) -> float:
    """Sum of the logarithms of total[:count], numbers between 1 and k: of two products of 64.

    The logarithm is the dearest function here. Products of 64 numbers stay finite for k <= 65536.
    """
    for i in range(count):
        work[i] = total[i]
    for i in range(count, CHUNK):
        work[i] = 1.0
    half = CHUNK // 2
    while half >= 2:
        left, right = work[:half], work[half : 2 * half]
        for i in range(half):
            left[i] *= right[i]
        half //= 2
    return math.log(work[0]) + math.log(work[1])


@lean
def expect(points: Floats, begin: int, count: int, law: Law, room: Room) -> float:
    """Part of the log-likelihood of points[:, begin : begin + count], count in 1..CHUNK.

    The other part, of the largest densities, is added to room.likelihood. room.share now holds the
    responsibilities of the components for the points, room.step their steps.
    """
    _log_densities(points, begin, count, law, room)
    top, total = room.top, room.total
    for j in range(law.weight.size):
        share = room.share[j]
        if j == 0:
            for i in range(count):
                share[i] = _exp(share[i] - top[i])
                total[i] = share[i]
        else:
            for i in range(count):
                share[i] = _exp(share[i] - top[i])
                total[i] += share[i]
    for i in range(count, CHUNK):
        top[i] = 0.0
    add_row(top, room.likelihood)
    result = _log_product(total, room.work, count)
    for i in range(count):
        total[i] = 1.0 / total[i]
    for j in range(law.weight.size):
        share = room.share[j]
        for i in range(count):
            share[i] *= total[i]
    return result


@lean
def clear(room: Room) -> None:
    """Nothing: all partial sums are 0."""
    room.likelihood[:] = 0.0
    room.masses[:] = 0.0
    room.firsts[:] = 0.0
    room.seconds[:] = 0.0


@lean
def accumulate(room: Room, count: int) -> None:
    """Nothing: the chunk's responsibilities, weighted steps and their products are added up."""
    work = room.work
    for j in range(room.mass.size):
        share, step = room.share[j], room.step[j]
        for i in range(count, CHUNK):
            share[i] = 0.0
        add_row(share, room.masses[j])
        for a in range(step.shape[0]):
            one = step[a]
            for i in range(CHUNK):
                work[i] = share[i] * one[i]
            add_row(work, room.firsts[j, a * WIDTH :])
            add_products(work, step, a + 1, room.seconds[j, a])


@lean
def gather(room: Room) -> None:
    """Nothing: room.mass, room.first and room.second now are the sums."""
    d = room.first.shape[1]
    for j in range(room.mass.size):
        room.mass[j] = folded(room.masses[j])
        for a in range(d):
            room.first[j, a] = folded(room.firsts[j, a * WIDTH :])
            for b in range(a + 1):
                room.second[j, a, b] = folded(room.seconds[j, a, b * WIDTH :])


@lean
def _cholesky(matrix: Floats, shift: float, root: Floats) -> bool:
    """Whether matrix - shift is positive definite; then root is its lower Cholesky factor."""
    d = matrix.shape[0]
    for a in range(d):
        for b in range(a + 1):
            total = matrix[a, b] - (shift if a == b else 0.0)
            for c in range(b):
                total -= root[a, c] * root[b, c]
            if a > b:
                root[a, b] = total / root[b, b]
            elif total > 0.0:
                root[a, a] = math.sqrt(total)
            else:
                return False
    return True


@lean
def factorise(law: Law, room: Room, floor: float) -> bool:
    """Whether all covariances are positive definite; then inverse, height, floored are theirs."""
    k, d = law.mean.shape
    for j in range(k):
        covariance, inverse, root = law.covariance[j], law.inverse[j], law.root[j]
        law.floored[j] = floor > 0.0 and not _cholesky(covariance, 2.0 * floor, room.root)
        if not _cholesky(covariance, 0.0, root):
            return False
        logarithm = 0.0
        for a in range(d):
            inverse[a, a] = 1.0 / root[a, a]
            logarithm += math.log(root[a, a])
            for b in range(a):
                total = 0.0
                for c in range(b, a):
                    total -= root[a, c] * inverse[c, b]
                inverse[a, b] = total * inverse[a, a]
        law.height[j] = math.log(law.weight[j]) - logarithm - d * _HALF_LOG_TWO_PI
    return True


@lean
def maximise(law: Law, room: Room, floor: float) -> bool:
    """Whether all covariances are positive definite; the law is the one that the sums lead to.

    The sums were taken about law.mean. A covariance is the weighted one plus floor on its diagonal.
    """
    k, d = law.mean.shape
    gather(room)
    total = 0.0
    for j in range(k):
        room.mass[j] += _TEN_EPSILON
        total += room.mass[j]
    for j in range(k):
        mass = room.mass[j]
        law.weight[j] = mass / total
        for a in range(d):
            room.first[j, a] /= mass
        for a in range(d):
            for b in range(a + 1):
                value = room.second[j, a, b] / mass - room.first[j, a] * room.first[j, b]
                value = max(value, 0.0) + floor if a == b else value
                law.covariance[j, a, b] = value
                law.covariance[j, b, a] = value
        for a in range(d):
            law.mean[j, a] += room.first[j, a]
    return factorise(law, room, floor)


@lean
def iterate(
    points: Floats, number: int, law: Law, room: Room, floor: float, tolerance: float, most: int
) -> tuple[float, int, bool]:
    """Mean log-likelihood of the last expectation, iterations, and whether it has converged.

    Parameters: points (d, N), of which the first `number` are meant; law, factorised, changed in
    place; tolerance > 0: an iteration that changes the mean log-likelihood by less is the last;
    most >= 1 iterations. SINGULAR iterations where a covariance is not positive definite.
    """
    before = -math.inf
    for iteration in range(1, most + 1):
        clear(room)
        total = 0.0
        for begin in range(0, number, CHUNK):
            count = min(CHUNK, number - begin)
            total += expect(points, begin, count, law, room)
            accumulate(room, count)
        mean = (total + folded(room.likelihood)) / number
        if not maximise(law, room, floor):
            return mean, SINGULAR, False
        if abs(mean - before) < tolerance:
            return mean, iteration, True
        before = mean
    return before, most, False
