"""One Gaussian or a mixture of two, fitted on a line with each of three errors switched on or off.

Statistical error: a fit sees M points; without it, the law itself, as a weighted grid that
integrates to rounding. Expressivity error: the family is one Gaussian; without it, two, fitted by
EM. Approximation error: the fitted law is smoothed, or its mean is missed, or EM is stopped.

Lengths are in standard deviations of the real law, distances in its variance.
"""

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from numerics.arguments import checked_record, checked_replicates, checked_samples
from numerics.jitted import jitted
from numerics.streams import Stream, index_below, new_stream, restart, uniform
from numerics.variates import normal

__all__ = [
    "APPROXIMATIONS", "FLOOR", "MOST", "MOST_POINTS", "TOLERANCE", "Approximation", "ErrorsRun",
    "RealLaw", "simulate",
]  # fmt: skip

Floats = NDArray[np.float64]

Approximation = Literal["none", "smoothing", "noise", "stopped"]
APPROXIMATIONS: tuple[Approximation, ...] = get_args(Approximation)
_NONE, _SMOOTHING, _NOISE, _STOPPED = range(len(APPROXIMATIONS))

FLOOR = 1e-6
"""Variance below which a component of two is held."""
TOLERANCE = 1e-7
"""EM has converged when an iteration moves no mean, deviation or weight by more, relatively."""
MOST = 1000
"""Iterations of EM at most."""
MOST_POINTS = 10**6

_REACH = 8.0
_NODES = np.linspace(-_REACH, _REACH, 129)
_MASSES = np.exp(-0.5 * _NODES**2) / np.exp(-0.5 * _NODES**2).sum()
_PER_WIDTH = 16  # places of the distance in one standard deviation of a part
_ROOT_HALF = math.sqrt(0.5)
_PER_ROOT_TWO_PI = 1.0 / math.sqrt(2.0 * math.pi)


@dataclass(frozen=True, eq=False)
class RealLaw:
    """D_0: the average of N(row, width^2) over the rows (N,); a sample where the width is 0.

    Brought to mean 0 and variance 1. Raises ValueError for fewer than 2 rows, numbers that are not
    finite, a width below 0, and a variance of 0.
    """

    rows: Floats
    width: float = 0.0

    def __post_init__(self) -> None:
        rows = np.sort(np.asarray(self.rows, np.float64))
        if rows.ndim != 1 or rows.size < 2 or not np.isfinite(rows).all():
            raise ValueError(f"rows of shape {rows.shape} are not 2 or more finite numbers")
        if not 0.0 <= self.width < math.inf:
            raise ValueError(f"width = {self.width} lies outside width >= 0")
        rows -= rows.mean()
        deviation = math.sqrt(float((rows**2).mean()) + self.width**2)
        if not deviation > 0.0:
            raise ValueError("all rows are the same: a variance above 0 is needed")
        object.__setattr__(self, "rows", rows / deviation)
        object.__setattr__(self, "width", self.width / deviation)

    def points(self) -> tuple[Floats, Floats]:
        """Places and masses of sum 1: the rows, or a grid around each that integrates to rounding.

        The trapezoidal rule errs by about exp(-2 pi^2 / step^2) on a normal density.
        """
        if self.width == 0.0:
            return self.rows, np.full(self.rows.size, 1.0 / self.rows.size)
        places = (self.rows[:, None] + self.width * _NODES).ravel()
        return places, np.tile(_MASSES / self.rows.size, self.rows.size)

    def grid(self) -> tuple[Floats, Floats]:
        """Lengths and normal quantiles z, (Q,) each: the integral of K(Phi(z(x))) dx is their sum.

        x runs over the line, Phi(z(x)) is the distribution function. Exact for a sample, whose
        distribution function is constant between rows; else the trapezoidal rule.
        """
        if self.width == 0.0:
            lengths, shares = np.diff(self.rows), np.arange(1, self.rows.size) / self.rows.size
            return lengths[lengths > 0.0], ndtri(shares[lengths > 0.0])
        reach = _REACH * self.width
        ends = float(self.rows[0]) - reach, float(self.rows[-1]) + reach
        number = math.ceil((ends[1] - ends[0]) / self.width * _PER_WIDTH) + 1
        x, step = np.linspace(*ends, number, retstep=True)
        apart = (x - self.rows[:, None]) / self.width
        below, above = ndtr(apart).mean(axis=0), ndtr(-apart).mean(axis=0)
        z = np.where(below < above, ndtri(below), -ndtri(above))
        return np.full(number, float(step)), z


class ErrorsRun(NamedTuple):
    """What was fitted in R replicates at G recorded generations; (R, G) each."""

    distance: Floats  # squared W2 distance from the real law
    drift: Floats  # squared mean of the fitted law
    variance: Floats  # of the fitted law
    floored_fits: NDArray[np.int64]  # fits so far that end with a component at the floor
    unconverged_fits: NDArray[np.int64]  # fits so far by EM that ran out of iterations


@jitted
def _below(z: float) -> float:
    """P(Z <= z)."""
    return 0.5 * math.erfc(-z * _ROOT_HALF)


@jitted
def _lack(weight: Floats, mean: Floats, width: Floats, x: float, z: float) -> tuple[float, float]:
    """F(x) - Phi(z), accurate in the tail that z lies in; density at x."""
    side = -1.0 if z > 0.0 else 1.0
    tail, density = -_below(side * z), 0.0
    for j in range(weight.size):
        step = (x - mean[j]) / width[j]
        tail += weight[j] * _below(side * step)
        density += weight[j] * _PER_ROOT_TWO_PI * math.exp(-0.5 * step * step) / width[j]
    return side * tail, density


@jitted
def _quantile(
    weight: Floats, mean: Floats, width: Floats, z: float, x: float
) -> tuple[float, float]:
    """Place x with F(x) = Phi(z), nearly, and F(x) - Phi(z): by Newton, held between two bounds.

    The given x begins. The quantile lies between those of the components. What is missing is left
    to the caller, to second order.
    """
    low, high = math.inf, -math.inf
    for j in range(weight.size):
        own = mean[j] + width[j] * z
        if weight[j] > 0.0:
            low, high = min(low, own), max(high, own)
    x = min(max(x, low), high)
    lack = 0.0
    for _ in range(100):
        lack, density = _lack(weight, mean, width, x, z)
        if lack > 0.0:
            high = min(high, x)
        else:
            low = max(low, x)
        moved = x - lack / density if density > 0.0 else math.inf
        if not low <= moved <= high:
            moved = 0.5 * (low + high)
        if abs(moved - x) <= 1e-6 * (high - low) + 1e-12 * (1.0 + abs(x)):
            break
        x = moved
    return x, lack


@jitted
def _moments(weight: Floats, mean: Floats, variance: Floats) -> tuple[float, float]:
    """Mean and variance of the mixture."""
    centre, total = 0.0, 0.0
    for j in range(weight.size):
        centre += weight[j] * mean[j]
    for j in range(weight.size):
        total += weight[j] * (variance[j] + (mean[j] - centre) ** 2)
    return centre, total


@jitted
def _distance(
    weight: Floats, mean: Floats, variance: Floats, lengths: Floats, normals: Floats
) -> float:
    """Squared W2 distance from the real law, of mean 0 and variance 1.

    On a line W2 joins equal quantiles. By parts the covariance of q and the real quantile is the
    integral over the real line of K(F_0(x)) dx, K(u) the integral of (mean - q) up to u: a sum of
    w (s phi + (mean - m) Phi) over the components, at the quantile.
    """
    centre, total = _moments(weight, mean, variance)
    width = np.sqrt(variance)
    shared, x = 0.0, -math.inf
    for i in range(normals.size):
        z = normals[i]
        if weight.size == 1:
            shared += lengths[i] * width[0] * _PER_ROOT_TWO_PI * math.exp(-0.5 * z * z)
            continue
        x, lack = _quantile(weight, mean, width, z, x)
        part = (x - centre) * lack  # what the quantile misses, to second order
        for j in range(weight.size):
            step = (x - mean[j]) / width[j]
            density = _PER_ROOT_TWO_PI * math.exp(-0.5 * step * step)
            part += weight[j] * (width[j] * density + (centre - mean[j]) * _below(step))
        shared += lengths[i] * part
    return max(centre * centre + total + 1.0 - 2.0 * shared, 0.0)


@jitted
def _begin(points: Floats, masses: Floats, weight: Floats, mean: Floats, variance: Floats) -> None:
    """Nothing: the law is one of equal parts with the mean and the variance of the points.

    One part has them; two have half of the variance each, and lie a deviation times 2^(1/2) apart.
    """
    centre, total = 0.0, 0.0
    for i in range(points.size):
        centre += masses[i] * points[i]
    for i in range(points.size):
        total += masses[i] * (points[i] - centre) ** 2
    k = weight.size
    for j in range(k):
        weight[j] = 1.0 / k
        variance[j] = total / k
        mean[j] = centre + (0.0 if k == 1 else (2 * j - 1) * math.sqrt(0.5 * total))


@jitted
def _improve(
    points: Floats, masses: Floats, weight: Floats, mean: Floats, variance: Floats
) -> float:
    """Largest relative change of the law of two parts in one iteration of EM."""
    height, slope = np.empty(2), np.empty(2)
    for j in range(2):
        height[j] = math.log(weight[j] / math.sqrt(variance[j]))
        slope[j] = -0.5 / variance[j]
    sums = np.zeros((2, 3))
    for i in range(points.size):
        first, second = points[i] - mean[0], points[i] - mean[1]
        other = height[1] + slope[1] * second * second - height[0] - slope[0] * first * first
        share = masses[i] / (1.0 + math.exp(other))
        rest = masses[i] - share
        sums[0, 0] += share
        sums[0, 1] += share * first
        sums[0, 2] += share * first * first
        sums[1, 0] += rest
        sums[1, 1] += rest * second
        sums[1, 2] += rest * second * second
    change = 0.0
    for j in range(2):
        before, width = weight[j], math.sqrt(variance[j])
        weight[j] = sums[j, 0] / (sums[0, 0] + sums[1, 0])
        change = max(change, abs(weight[j] - before))
        if sums[j, 0] > 0.0:
            step = sums[j, 1] / sums[j, 0]
            mean[j] += step
            variance[j] = max(sums[j, 2] / sums[j, 0] - step * step, FLOOR)
            change = max(change, abs(step) / width, abs(math.sqrt(variance[j]) / width - 1.0))
    return change


@jitted
def _fit(
    points: Floats, masses: Floats, weight: Floats, mean: Floats, variance: Floats,
    unbiased: bool, most: int,
) -> tuple[bool, bool]:  # fmt: skip
    """Whether EM ends with a component at the floor; whether it has converged within `most`."""
    _begin(points, masses, weight, mean, variance)
    if weight.size == 1:
        variance[0] *= points.size / (points.size - 1.0) if unbiased else 1.0
        return False, True
    if variance[0] < FLOOR:
        variance[:] = FLOOR
        return True, True
    converged = False
    for _ in range(most):
        converged = _improve(points, masses, weight, mean, variance) < TOLERANCE
        if converged or weight.min() == 0.0:
            break
    return variance.min() <= FLOOR, converged or weight.min() == 0.0


@jitted
def _draw(
    stream: Stream, rows: Floats, width: float,
    weight: Floats, mean: Floats, variance: Floats, begun: bool, points: Floats,
) -> None:  # fmt: skip
    """Nothing: points (M,) now are drawn from the fitted law; from the real one before that."""
    for i in range(points.size):
        if not begun:
            points[i] = rows[index_below(stream, rows.size)]
            if width > 0.0:
                points[i] += width * normal(stream)
            continue
        j = 0
        if weight.size == 2 and uniform(stream) >= weight[0]:
            j = 1
        points[i] = mean[j] + math.sqrt(variance[j]) * normal(stream)


@jitted
def _spread_out(
    weight: Floats, mean: Floats, variance: Floats, points: Floats, masses: Floats
) -> None:
    """Nothing: points and masses are those of the fitted law, a grid around each component."""
    for j in range(weight.size):
        for i in range(_NODES.size):
            place = j * _NODES.size + i
            points[place] = mean[j] + math.sqrt(variance[j]) * _NODES[i]
            masses[place] = weight[j] * _MASSES[i]


@jitted
def _simulate(
    stream: Stream, rows: Floats, width: float, nodes: Floats, node_masses: Floats,
    lengths: Floats, normals: Floats, samples: int, components: int, approximation: int,
    size: float, record: NDArray[np.int64], first: int, run: ErrorsRun,
) -> None:  # fmt: skip
    """Nothing: the run is filled; samples = 0 stands for infinitely many."""
    weight, mean, variance = np.empty(components), np.empty(components), np.empty(components)
    number = samples if samples > 0 else components * _NODES.size
    points, masses = np.empty(number), np.full(number, 1.0 / number)
    most = int(size) if approximation == _STOPPED else MOST
    for r in range(run.distance.shape[0]):
        restart(stream, stream.key, np.uint64(first + r))
        generation, floored, unconverged = 0, 0, 0
        for g in range(record.size):
            while generation < record[g]:
                if samples > 0:
                    _draw(stream, rows, width, weight, mean, variance, generation > 0, points)
                elif generation > 0:
                    _spread_out(weight, mean, variance, points, masses)
                if samples == 0 and generation == 0:
                    held, done = _fit(nodes, node_masses, weight, mean, variance, False, most)
                else:
                    held, done = _fit(points, masses, weight, mean, variance, samples > 0, most)
                floored += held
                unconverged += not done and approximation != _STOPPED
                if approximation == _SMOOTHING:
                    variance += size * size
                elif approximation == _NOISE:
                    mean += size * normal(stream)
                generation += 1
            centre, total = _moments(weight, mean, variance)
            run.drift[r, g] = centre * centre
            run.variance[r, g] = total
            run.distance[r, g] = _distance(weight, mean, variance, lengths, normals)
            run.floored_fits[r, g] = floored
            run.unconverged_fits[r, g] = unconverged


def simulate(
    real: RealLaw, samples: int | None, components: int, record: tuple[int, ...],
    key: int, first: int, last: int, approximation: Approximation = "none", size: float = 0.0,
) -> ErrorsRun:  # fmt: skip
    """ErrorsRun of R = last - first replicates at the G recorded generations.

    Parameters: real, D_0; samples M in 2..10**6 (unbiased variance of one Gaussian, maximum
    likelihood of two), or None for the law itself; components 1 or 2 of the fitted family; record,
    increasing generations >= 1; key in 0..2**64-1; replicates first..last-1 of that key;
    approximation: none, smoothing (every fitted law gets independent normal noise of deviation
    `size`), noise (every fitted mean is missed by a normal variate of deviation `size`) or stopped
    (EM ends after `size` iterations, an integer >= 1; one Gaussian needs none).
    EM begins with two equal parts that have the mean and the variance of the points.
    Raises ValueError outside these domains.
    """
    if components not in (1, 2):
        raise ValueError(f"components = {components} lies outside 1..2")
    if approximation not in APPROXIMATIONS:
        raise ValueError(f"approximation {approximation!r} is none of {', '.join(APPROXIMATIONS)}")
    if not 0.0 <= size < math.inf:
        raise ValueError(f"size = {size} lies outside size >= 0")
    if approximation == "stopped" and not (1.0 <= size <= MOST and size == int(size)):
        raise ValueError(f"iterations = {size:g} is no integer in 1..{MOST}")
    if samples is not None and samples > MOST_POINTS:
        raise ValueError(f"samples = {samples} lies outside 2..{MOST_POINTS}")
    recorded = checked_record(record)
    number = 0
    if samples is not None:
        number = int(checked_samples(samples, int(recorded[-1]), least=2)[0])
    checked_replicates(key, first, last)
    shape = (last - first, recorded.size)
    counts: tuple[ArrayLike, ...] = np.empty(shape, np.int64), np.empty(shape, np.int64)
    run = ErrorsRun(np.empty(shape), np.empty(shape), np.empty(shape), *counts)  # type: ignore[arg-type]
    _simulate(
        new_stream(key, first), real.rows, real.width, *real.points(), *real.grid(), number,
        components, APPROXIMATIONS.index(approximation), float(size), recorded, first, run,
    )  # fmt: skip
    return run
