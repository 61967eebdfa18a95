"""Finite-sample confidence intervals: no normal approximation, no asymptotics.

Every interval holds at least `1 - alpha` for every number of replicates, under the conditions its
docstring names. The replicates must be independent draws of one law. The ends are computed in
double precision, whose rounding is far below the width of any interval met here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import betainccinv, betaincinv

Array = npt.NDArray[np.float64]

CHUNK = 1 << 15
"""Values handled at once, so that the scratch space stays in the processor's cache."""

PILOT_SHARE = 16
"""One part in so many of the replicates sets the scale for the others in `catoni_second_moment`."""


class Interval(NamedTuple):
    """A closed interval [low, high]."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """Return high - low."""
        return self.high - self.low

    def contains(self, value: float) -> bool:
        """Return whether low <= value <= high."""
        return self.low <= value <= self.high


class Distance(NamedTuple):
    """A distance between laws, and the value it exceeds with probability at most alpha."""

    statistic: float
    critical: float

    @property
    def within(self) -> bool:
        """Return whether the distance is one that chance explains."""
        return self.statistic <= self.critical


class _Part(NamedTuple):
    """Replicates that enter the score with one rate."""

    values: Array
    rate: float


def clopper_pearson(successes: int, trials: int, alpha: float) -> Interval:
    """Return the exact interval for a probability from a binomial count.

    successes: 0 <= successes <= trials. trials: at least 1. alpha: in (0, 1), the share of misses
    at most, half of it on each side. The ends are accurate to 1e-8 relatively for trials up to
    10^8 and alpha down to 1e-15. ValueError outside these domains.
    Source: Clopper and Pearson, Biometrika 26 (1934), the interval by beta quantiles.

    >>> low, high = clopper_pearson(8, 10, 0.05)
    >>> round(low, 4), round(high, 4)
    (0.4439, 0.9748)
    """
    _require(trials >= 1, "trials", trials, "trials >= 1")
    _require(0 <= successes <= trials, "successes", successes, f"0 <= successes <= {trials}")
    _check_alpha(alpha)
    failures = trials - successes
    low = float(betaincinv(successes, failures + 1, alpha / 2)) if successes else 0.0
    high = float(betainccinv(successes + 1, failures, alpha / 2)) if failures else 1.0
    return Interval(low, high)


def hoeffding(mean: float, replicates: int, low: float, high: float, alpha: float) -> Interval:
    """Return the interval for the mean of a variable with values in [low, high].

    mean: the average of the replicates, in [low, high]. replicates: at least 2. alpha: in (0, 1).
    The result is cut to [low, high]. ValueError outside these domains.
    Source: Hoeffding, JASA 58 (1963), Theorem 2, with alpha / 2 on each side.
    """
    _check_bounded(mean, replicates, low, high, alpha)
    half = (high - low) * math.sqrt(math.log(2 / alpha) / (2 * replicates))
    return Interval(max(low, mean - half), min(high, mean + half))


def empirical_bernstein(
    mean: float, variance: float, replicates: int, low: float, high: float, alpha: float
) -> Interval:
    """Return the interval for the mean of a variable in [low, high], from its sample variance.

    mean: the average of the replicates. variance: their sample variance, divisor replicates - 1.
    replicates: at least 2. low < high: a range known beforehand. alpha: in (0, 1). With R
    replicates and L = ln(3 / alpha) the half width is

        sqrt(2 variance L / R) + (high - low) (2 L / sqrt(R (R - 1)) + L / (3 R)),

    and the result is cut to [low, high]. ValueError outside these domains.
    Source: Maurer and Pontil, COLT 2009: Theorem 3 (Bennett) on both sides and Theorem 10 (the
    sample standard deviation), alpha / 3 each.
    """
    _check_bounded(mean, replicates, low, high, alpha)
    span = high - low
    largest = span * span / 4 * replicates / (replicates - 1)
    _require(0 <= variance <= largest * (1 + 1e-9), "variance", variance, f"[0, {largest:.6g}]")
    log = math.log(3 / alpha)
    half = math.sqrt(2 * variance * log / replicates)
    half += span * 2 * log / math.sqrt(replicates * (replicates - 1))
    half += span * log / (3 * replicates)
    return Interval(max(low, mean - half), min(high, mean + half))


def catoni(values: npt.ArrayLike, variance: float, alpha: float) -> Interval:
    """Return the interval for the mean of a variable whose variance has a known bound.

    values: one-dimensional and finite, at least 2 replicates. variance: positive, at least the
    true one. alpha: in (0, 1). Nothing is asked of the tail. ValueError outside these domains.

    Let psi(y) = sign(y) ln(1 + |y| + y^2/2), so that psi(y) <= ln(1 + y + y^2/2) and likewise for
    -y, and S(m) = sum psi(a (x_i - m)) for a fixed rate a. At the true mean m both
    E exp(S(m)) and E exp(-S(m)) are at most (1 + a^2 v / 2)^R. By Markov's inequality
    |S(m)| <= R ln(1 + a^2 v / 2) + ln(2 / alpha) with probability at least 1 - alpha. S falls in
    m, so the m that satisfy this form an interval, which is returned. It covers for every R; its
    half width is about sqrt(2 v L / R) with L = ln(2 / alpha) once R is far above L, and it is
    wide, though never wrong, where R is not.
    Source: Catoni, Annales de l'IHP 48 (2012), Section 2, with the bounds solved for m directly.

    >>> catoni([0.9, 1.1, 1.0, 1.2, 0.8] * 200, 0.02, 0.01).contains(1.0)
    True
    """
    points = _check_values(values)
    _check_alpha(alpha)
    _require(0 < variance < math.inf, "variance", variance, "0 < variance < infinity")
    part = _Part(points, math.sqrt(2 * _log_share(points.size, alpha) / variance))
    _check_rates([part])
    level = _level([part], variance, alpha)
    return Interval(_lower_end([part], level), _upper_end([part], level))


def catoni_second_moment(values: npt.ArrayLike, second_moment: float, alpha: float) -> Interval:
    """Return the interval for the mean of X >= 0 whose second moment is known.

    values: one-dimensional, finite, nonnegative, at least 2 replicates in the order they were
    drawn. second_moment: s > 0, at least E X^2. alpha: in (0, 1). ValueError outside.

    As in `catoni`, but the variance is at most s - m^2 at the mean m, and the rate may change from
    one replicate to the next as long as it depends only on earlier ones: the product of the
    factors exp(psi(a_i (x_i - m))) / (1 + a_i^2 (s - m^2) / 2) is then a supermartingale. The
    first replicates use a rate from s, the others one from the spread of the first. On the one
    event of probability 1 - alpha, a lower bound for m lowers the variance, which raises the lower
    bound, and so on: no share of alpha is spent on a first stage, and no rate depends on the
    values that it is used on. The result is cut to [0, sqrt(s)]. Its half width comes near
    sqrt(2 v L / R) where v / s is far above L / R; below that it is about 4 sqrt(s) L / R, since a
    rare large value can hide that much of s.
    Source: Catoni (2012); Wang and Ramdas, Stochastic Processes and their Applications 163
    (2023), for rates that depend on the past.
    """
    points = _check_values(values)
    _check_alpha(alpha)
    _require(0 < second_moment < math.inf, "second_moment", second_moment, "0 < s < infinity")
    smallest = float(points.min())
    _require(smallest >= 0, "values", smallest, "every value >= 0")
    parts = _two_rates(points, second_moment, alpha)
    _check_rates(parts)
    largest, centre, low = math.sqrt(second_moment), float(points.mean()), 0.0
    score = _scored(parts)
    for _ in range(60):
        raised = _lower_end(parts, _level(parts, second_moment - low * low, alpha), score)
        if not low < raised < largest:
            break
        settled = raised - low < 1e-3 * abs(centre - raised)
        low = raised
        if settled:
            break
    high = _upper_end(parts, _level(parts, second_moment - low * low, alpha))
    return Interval(low, max(low, min(high, largest)))


def dkw(probabilities: npt.ArrayLike, alpha: float) -> Distance:
    """Return the sup-distance of a sample from its law, and the value that chance stays below.

    probabilities: F(x_i) for the replicates x_i under the law tested, in [0, 1], one-dimensional,
    at least 2. F must be continuous: at an atom, give a point drawn uniformly over the jump.
    alpha: in (0, 1). The critical value is sqrt(ln(2 / alpha) / (2 R)). ValueError outside.
    Source: Massart, Annals of Probability 18 (1990), Corollary 1.

    >>> dkw([0.125, 0.375, 0.625, 0.875], 0.05).statistic
    0.125
    """
    points = np.sort(_check_values(probabilities))
    _check_alpha(alpha)
    for end in (float(points[0]), float(points[-1])):
        _require(0 <= end <= 1, "probabilities", end, "[0, 1]")
    steps = np.arange(points.size + 1) / points.size
    above = float(np.max(steps[1:] - points))
    below = float(np.max(points - steps[:-1]))
    critical = math.sqrt(math.log(2 / alpha) / (2 * points.size))
    return Distance(max(above, below), critical)


# ------------------------------------------------------------ Catoni's score


def _log_share(replicates: int, alpha: float) -> float:
    """Return q = L / R with L = ln(2 / alpha), kept below 1/2 where replicates are few."""
    log = math.log(2 / alpha)
    return log / (replicates + 2 * log)


def _two_rates(points: Array, second_moment: float, alpha: float) -> list[_Part]:
    """Return the pilot with a rate from s, and the rest with a rate from the pilot's spread.

    A centre d below the mean m is refused, to leading order, once a d exceeds
    a^2 (v + 2 m d) / 2 + q; the rate makes that d smallest, with m at its largest, sqrt(s).
    """
    share, root = _log_share(points.size, alpha), math.sqrt(second_moment)

    def rate(variance: float) -> float:
        drag = 2 * share * root
        return 2 * share / (drag + math.sqrt(drag * drag + 2 * share * variance))

    cautious = rate(second_moment)
    size = points.size // PILOT_SHARE
    if size < 8:
        return [_Part(points, cautious)]
    pilot, rest = points[:size], points[size:]
    mean = float(pilot.mean())
    spread = max(float(pilot.var(ddof=1)), second_moment - mean * mean)
    return [_Part(pilot, cautious), _Part(rest, rate(min(spread, second_moment)))]


def _level(parts: Sequence[_Part], variance: float, alpha: float) -> float:
    """Return the size of the score that the true mean exceeds with probability alpha / 2."""
    logs = (p.values.size * math.log1p(p.rate * p.rate * variance / 2) for p in parts)
    return math.fsum(logs) + math.log(2 / alpha)


def _score(parts: Sequence[_Part], centre: float) -> float:
    """Return sum psi(rate (value - centre)); it falls in the centre."""
    sums: list[float] = []
    scratch = np.empty((2, CHUNK))
    for values, rate in parts:
        for begin in range(0, values.size, CHUNK):
            chunk = values[begin : begin + CHUNK]
            y, size = scratch[:, : chunk.size]
            np.subtract(chunk, centre, out=y)
            y *= rate
            np.abs(y, out=size)
            np.multiply(size, 0.5 * size + 1, out=size)
            np.log1p(size, out=size)
            np.copysign(size, y, out=size)
            sums.append(float(size.sum()))
    return math.fsum(sums)


def _scored(parts: Sequence[_Part]) -> Callable[[float], float]:
    """Return the score as a function that remembers: a root is approached by the same centres."""
    return lru_cache(maxsize=None)(lambda centre: _score(parts, centre))


def _lower_end(
    parts: Sequence[_Part], level: float, score: Callable[[float], float] | None = None
) -> float:
    """Return a point just below the centre at which the score equals the level.

    Every centre below the result has a score of at least the level. score: that of the parts.
    """
    score = score or _scored(parts)

    def excess(centre: float) -> float:
        return score(centre) - level

    weight = math.fsum(p.rate * p.values.size for p in parts)
    reach = level / weight
    right = math.fsum(p.rate * float(p.values.sum()) for p in parts) / weight
    left = right - 1.25 * reach
    while excess(right) > 0:
        left, right = right, right + reach
        reach *= 4
    while excess(left) < 0:
        right, left = left, left - reach
        reach *= 4
    step = 1e-9 * (right - left)
    root = brentq(excess, left, right, xtol=step) - step
    while excess(root) < 0:
        step *= 2
        root -= step
    return root


def _upper_end(parts: Sequence[_Part], level: float) -> float:
    """Return the mirror image of `_lower_end`: every centre above it is refused."""
    return -_lower_end([_Part(-p.values, p.rate) for p in parts], level)


# ------------------------------------------------------------------- domains


def _require(holds: bool, name: str, value: object, domain: str) -> None:
    """Raise ValueError unless the condition holds; a NaN never satisfies one."""
    if not holds:
        raise ValueError(f"{name} = {value} lies outside {domain}")


def _check_alpha(alpha: float) -> None:
    _require(0 < alpha < 1, "alpha", alpha, "0 < alpha < 1")


def _check_bounded(mean: float, replicates: int, low: float, high: float, alpha: float) -> None:
    _check_alpha(alpha)
    _require(replicates >= 2, "replicates", replicates, "replicates >= 2")
    _require(-math.inf < low < high < math.inf, "range", (low, high), "low < high, both finite")
    slack = 1e-9 * (high - low)
    _require(low - slack <= mean <= high + slack, "mean", mean, f"[{low}, {high}]")


def _check_rates(parts: Sequence[_Part]) -> None:
    """Refuse values whose square, in units of the rate, leaves double precision."""
    for values, rate in parts:
        largest = max(abs(float(values.min())), abs(float(values.max())))
        _require(rate * largest < 1e150, "values", largest, "1e150 standard deviations")


def _check_values(values: npt.ArrayLike) -> Array:
    points = np.ascontiguousarray(values, dtype=np.float64)
    _require(points.ndim == 1, "dimensions of values", points.ndim, "one-dimensional arrays")
    _require(points.size >= 2, "replicates", points.size, "replicates >= 2")
    finite = np.isfinite(points)
    if not finite.all():
        _require(False, "values", float(points[~finite][0]), "the finite numbers")
    return points
