"""A slow and plain twin of `three_errors`: the same draws, array by array, another distance.

The distance is integrated as it is defined, over squared differences of equal quantiles, which are
found by Brent's method; nothing is integrated by parts.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from numerics.streams import Stream, index_below, new_stream, uniform
from numerics.three_errors import FLOOR, MOST, TOLERANCE, Approximation, RealLaw
from numerics.variates import normal

__all__ = ["distance", "fit", "simulate"]

Floats = NDArray[np.float64]
Law = tuple[Floats, Floats, Floats]  # weights, means, variances, (k,) each

CELLS = 20_000
"""Of the midpoint rule over a real law that has a density."""


def _quantile(law: Law, z: float) -> float:
    """Place below which the law has the share Phi(z)."""
    weight, mean, variance = law
    width = np.sqrt(variance)
    ends = mean + width * z
    side = -1.0 if z > 0 else 1.0

    def lack(x: float) -> float:
        return float(side * (weight @ ndtr(side * (x - mean) / width) - ndtr(side * z)))

    low, high = float(ends.min()) - 1e-9, float(ends.max()) + 1e-9
    return float(brentq(lack, low, high, xtol=1e-13, rtol=1e-14))


def _density(law: Law, x: Floats) -> Floats:
    weight, mean, variance = law
    steps = (x[..., None] - mean) ** 2 / variance
    return np.asarray((np.exp(-0.5 * steps) / np.sqrt(2 * math.pi * variance)) @ weight)


def distance(law: Law, real: RealLaw, cells: int = CELLS) -> float:
    """Squared W2 distance of a mixture (weights, means, variances) from the real law."""
    if real.width == 0.0:
        return _distance_of_rows(law, real.rows)
    ends = real.rows[0] - 8.5 * real.width, real.rows[-1] + 8.5 * real.width
    step = (ends[1] - ends[0]) / cells
    x = ends[0] + step * (np.arange(cells) + 0.5)
    equal = np.full(real.rows.size, 1.0 / real.rows.size)
    own = _density((equal, real.rows, np.full(real.rows.size, real.width**2)), x)
    apart = (x - real.rows[:, None]) / real.width
    below, above = ndtr(apart).mean(axis=0), ndtr(-apart).mean(axis=0)
    z = np.where(below < above, ndtri(below), -ndtri(above))
    carried = np.array([_quantile(law, float(one)) for one in z])
    return float((own * (carried - x) ** 2).sum() * step)


def _distance_of_rows(law: Law, rows: Floats) -> float:
    """The same, from a sample: every row takes the next 1/N of the law."""
    number = rows.size
    edges = [_quantile(law, float(ndtri(i / number))) for i in range(1, number)]
    far = 12.0 * float(np.sqrt(law[2]).max())
    edges = [float(law[1].min()) - far, *edges, float(law[1].max()) + far]
    total = 0.0
    for row, low, high in zip(rows, edges, edges[1:], strict=False):

        def cost(x: float, row: float = row) -> float:
            return float((x - row) ** 2 * _density(law, np.array(x)))

        total += quad(cost, low, high, points=_inside(law, low, high), limit=200)[0]
    return total


def _inside(law: Law, low: float, high: float) -> list[float] | None:
    """Means between two places, where a density may be steep."""
    return [float(mean) for mean in law[1] if low < mean < high] or None


def fit(
    points: Floats, masses: Floats, components: int, unbiased: bool, most: int
) -> tuple[Law, bool, bool]:
    """The fitted law; whether a component is at the floor; whether EM has converged."""
    centre = float(masses @ points)
    total = float(masses @ (points - centre) ** 2)
    if components == 1:
        grown = total * points.size / (points.size - 1.0) if unbiased else total
        return (np.ones(1), np.array([centre]), np.array([grown])), False, True
    weight, variance = np.full(2, 0.5), np.full(2, total / 2)
    mean = centre + np.array([-1.0, 1.0]) * math.sqrt(total / 2)
    if total / 2 < FLOOR:
        return (weight, mean, np.full(2, FLOOR)), True, True
    done = False
    for _ in range(most):
        before = weight, mean, np.sqrt(variance)
        parts = weight * np.exp(-0.5 * (points[:, None] - mean) ** 2 / variance)
        parts = parts / np.sqrt(variance)
        share = masses[:, None] * parts / parts.sum(axis=1, keepdims=True)
        mass = share.sum(axis=0)
        weight = mass / mass.sum()
        mean = (share * points[:, None]).sum(axis=0) / mass
        variance = (share * (points[:, None] - mean) ** 2).sum(axis=0) / mass
        variance = np.maximum(variance, FLOOR)
        changes = weight - before[0], (mean - before[1]) / before[2], variance**0.5 / before[2] - 1
        done = float(np.abs(changes).max()) < TOLERANCE
        if done:
            break
    return (weight, mean, variance), bool(variance.min() <= FLOOR), done


def _drawn(stream: Stream, real: RealLaw, law: Law | None, samples: int) -> Floats:
    points = np.empty(samples)
    for i in range(samples):
        if law is None:
            points[i] = real.rows[index_below(stream, real.rows.size)]
            points[i] += real.width * normal(stream) if real.width > 0.0 else 0.0
        else:
            j = int(law[0].size == 2 and uniform(stream) >= law[0][0])
            points[i] = law[1][j] + math.sqrt(law[2][j]) * normal(stream)
    return points


def _spread_out(law: Law) -> tuple[Floats, Floats]:
    """Places and masses of a grid around each component."""
    steps = np.arange(-64, 65) / 8.0
    height = np.exp(-0.5 * steps**2)
    places = law[1][:, None] + np.sqrt(law[2])[:, None] * steps
    return places.ravel(), (law[0][:, None] * height / height.sum()).ravel()


def simulate(
    real: RealLaw, samples: int | None, components: int, generations: int,
    key: int, replicate: int, approximation: Approximation = "none", size: float = 0.0,
) -> tuple[list[Law], int, int]:  # fmt: skip
    """Fitted laws of generations 1, 2, ... of one replicate; fits at the floor, unconverged."""
    stream = new_stream(key, replicate)
    law: Law | None = None
    laws: list[Law] = []
    floored = unconverged = 0
    stopped = approximation == "stopped"
    for _ in range(generations):
        if samples is not None:
            points, masses = _drawn(stream, real, law, samples), np.full(samples, 1.0 / samples)
        else:
            points, masses = real.points() if law is None else _spread_out(law)
        most = int(size) if stopped else MOST
        law, held, done = fit(points, masses, components, samples is not None, most)
        floored, unconverged = floored + held, unconverged + (not done and not stopped)
        weight, mean, variance = law
        if approximation == "smoothing":
            variance = variance + size**2
        if approximation == "noise":
            mean = mean + size * normal(stream)
        law = weight, mean, variance
        laws.append(law)
    return laws, floored, unconverged
