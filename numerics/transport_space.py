"""The squared W2 distance between a normal law and finitely many points in space, from both sides.

From above: draw K normal points and assign them to the sample at the least cost (each point of the
sample K/N times); that is W2 between the sample and the drawn points. The mean of its square is no
less than that of the normal law itself, as W2^2 is convex. As a function of the K standard normal
vectors behind it W2 moves by at most sqrt(l / K) times their distance, l the largest eigenvalue of
the covariance; so the Gaussian concentration inequality bounds how far it strays, and that of
Poincare bounds its variance by l / K.

From below: whatever the numbers g_j, the average of g plus E min_j (|X - x_j|^2 - g_j) is at most
W2^2 (Kantorovich), and so it is with every term cut off above. The g_j are fitted to points that
are not used again.

Source: Boucheron, Lugosi and Massart, Concentration Inequalities (2013), theorems 3.20 and 5.6.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment, minimize

from numerics.jitted import jitted
from numerics.streams import Stream, new_stream, restart
from numerics.variates import normal

__all__ = ["assigned", "highest", "normal_points", "potential", "reduced_cost"]

Floats = NDArray[np.float64]

SMOOTHING = 0.02
"""Of the least cost while a potential is fitted, in units of the mean variance."""


@jitted
def _fill(stream: Stream, out: Floats) -> None:
    """Nothing: out (K, d) now holds standard normal numbers."""
    for k in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[k, j] = normal(stream)


def normal_points(rows: Floats, count: int, key: int, replicate: int) -> Floats:
    """Return points (count, d) of the normal law with mean 0 and the covariance of the sample.

    rows (N, d), of mean 0, of full rank. The points are those of a replicate of a key.
    """
    root = np.linalg.cholesky(rows.T @ rows / rows.shape[0])
    drawn = np.empty((count, rows.shape[1]))
    stream = new_stream(key, replicate)
    restart(stream, stream.key, np.uint64(replicate))
    _fill(stream, drawn)
    return np.asarray(drawn @ root.T)


def assigned(rows: Floats, copies: int, key: int, replicate: int) -> float:
    """Return W2 between a sample (N, d) and as many normal points times `copies`."""
    drawn = normal_points(rows, rows.shape[0] * copies, key, replicate)
    cost = _costs(drawn, np.repeat(rows, copies, axis=0))
    return math.sqrt(float(np.mean(cost[linear_sum_assignment(cost)])))


def highest(mean: float, count: int, rows: Floats, copies: int, alpha: float) -> float:
    """Return a bound on W2^2 that is too low with probability alpha at most.

    mean: of `count` distances of `assigned`, with these rows and copies.
    """
    size = rows.shape[0]
    largest = float(np.linalg.eigvalsh(rows.T @ rows / size)[-1])
    drawn = size * copies
    radius = math.sqrt(2 * largest * math.log(1 / alpha) / (drawn * count))
    bound: float = (mean + radius) ** 2 + largest / drawn
    return bound


def potential(rows: Floats, drawn: Floats) -> Floats:
    """Return numbers (N,) of mean 0, nearly the best ones for the drawn points (K, d)."""
    costs = _costs(drawn, rows)
    size = rows.shape[0]
    width = SMOOTHING * float((rows**2).sum(axis=1).mean()) / rows.shape[1]

    def loss(g: Floats) -> tuple[float, Floats]:
        reduced = (g - costs) / width
        top = reduced.max(axis=1, keepdims=True)
        parts = np.exp(reduced - top)
        sums = parts.sum(axis=1, keepdims=True)
        value = width * float((top + np.log(sums)).mean()) - float(g.mean())
        return value, np.asarray((parts / sums).mean(axis=0) - 1 / size)

    found = minimize(loss, np.zeros(size), jac=True, method="L-BFGS-B", options={"maxiter": 60})
    return np.asarray(found.x - found.x.mean())


def reduced_cost(rows: Floats, g: Floats, drawn: Floats) -> Floats:
    """Return min_j (|X - x_j|^2 - g_j) for each drawn point, (K,)."""
    return np.asarray((_costs(drawn, rows) - g).min(axis=1))


def _costs(drawn: Floats, rows: Floats) -> Floats:
    """Return the squared distances (K, N)."""
    squares = (drawn**2).sum(axis=1)[:, np.newaxis] + (rows**2).sum(axis=1)
    return np.asarray(np.maximum(squares - 2 * drawn @ rows.T, 0.0))
