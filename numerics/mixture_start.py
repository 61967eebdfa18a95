"""Where the fit of a mixture begins: k-means++, then Lloyd's rounds, then one maximisation.

Source: Arthur and Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007; Lloyd,
IEEE Trans. Inf. Theory 28 (1982).
"""

import numpy as np
from numpy.typing import NDArray

from numerics.jitted import lean
from numerics.mixture_em import CHUNK, Law, Room, accumulate, clear, gather, maximise
from numerics.streams import Stream, index_below, uniform

__all__ = ["ROUNDS", "begin", "seed"]

Floats = NDArray[np.float64]

ROUNDS = 100
"""Rounds of Lloyd's algorithm at most."""


@lean
def _nearer(points: Floats, number: int, centre: Floats, distance: Floats) -> float:
    """Sum of the squared distances (number,), each now to the centre if that is nearer."""
    total = 0.0
    for i in range(number):
        square = 0.0
        for a in range(points.shape[0]):
            step = points[a, i] - centre[a]
            square += step * step
        distance[i] = min(distance[i], square)
        total += distance[i]
    return total


@lean
def _picked(stream: Stream, number: int, distance: Floats, total: float) -> int:
    """Place of a point, in proportion to its squared distance; of any if all distances are 0."""
    if total == 0.0:
        return index_below(stream, number)
    left = uniform(stream) * total
    last = 0
    for i in range(number):
        if distance[i] > 0.0:
            last = i
            left -= distance[i]
            if left < 0.0:
                return i
    return last  # what rounding has left over


@lean
def seed(stream: Stream, points: Floats, number: int, mean: Floats, distance: Floats) -> None:
    """Nothing: mean (k, d) now holds k of the points, chosen by k-means++."""
    for i in range(number):
        distance[i] = np.inf
    place = index_below(stream, number)
    for j in range(mean.shape[0]):
        if j > 0:
            total = _nearer(points, number, mean[j - 1], distance)
            place = _picked(stream, number, distance, total)
        for a in range(points.shape[0]):
            mean[j, a] = points[a, place]


@lean
def _assign(points: Floats, first: int, count: int, mean: Floats, room: Room) -> None:
    """Nothing: room.share is 1 for the nearest centre, else 0; room.step and total (places) too."""
    top, label, work = room.top, room.total, room.work
    for j in range(mean.shape[0]):
        for i in range(count):
            work[i] = 0.0
        for a in range(points.shape[0]):
            source, target, centre = points[a, first:], room.step[j, a], mean[j, a]
            for i in range(count):
                target[i] = source[i] - centre
                work[i] += target[i] * target[i]
        for i in range(count):
            nearer = j == 0 or work[i] < top[i]
            label[i] = j if nearer else label[i]
            top[i] = work[i] if nearer else top[i]
    for j in range(mean.shape[0]):
        share = room.share[j]
        for i in range(count):
            share[i] = 1.0 if label[i] == j else 0.0


@lean
def begin(
    stream: Stream, points: Floats, number: int, law: Law, room: Room, label: Floats, floor: float
) -> bool:
    """Whether all covariances are positive definite; the law is that of the clusters.

    Parameters: points (d, N), of which the first number count; label (N,), working space. A cluster
    that has lost all its points keeps its centre.
    """
    k, d = law.mean.shape
    seed(stream, points, number, law.mean, label)
    for i in range(number):
        label[i] = -1.0
    for step in range(ROUNDS):
        clear(room)
        moved = 0
        for first in range(0, number, CHUNK):
            count = min(CHUNK, number - first)
            _assign(points, first, count, law.mean, room)
            accumulate(room, count)
            for i in range(count):
                moved += label[first + i] != room.total[i]
                label[first + i] = room.total[i]
        if moved == 0 or step == ROUNDS - 1:
            break
        gather(room)
        for j in range(k):
            for a in range(d):
                law.mean[j, a] += room.first[j, a] / max(room.mass[j], 1.0)
    return maximise(law, room, floor)
