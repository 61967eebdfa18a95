"""One-parameter exponential families refitted by maximum likelihood, generation after generation.

M points are drawn from the member of the family with mean m; the fitted member is the one whose
mean is the average of the points. Six families, one function each: it draws the sum of so many
points, in one go where the sum has a simple law of the same kind, and point by point on request.
"""

import math
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from numerics.arguments import checked_record, checked_replicates, checked_samples
from numerics.jitted import jitted
from numerics.poisson import poisson
from numerics.streams import Stream, new_stream, restart, uniform_open
from numerics.variates import binomial, gamma, normal

__all__ = [
    "FAMILIES",
    "SHAPES",
    "Family",
    "FamilyRun",
    "checked_family",
    "draw_sum",
    "simulate",
    "variance_at",
]

Family = Literal[
    "normal", "poisson", "binomial", "gamma", "negative-binomial", "hyperbolic-secant"
]  # fmt: skip
FAMILIES: tuple[Family, ...] = get_args(Family)
SHAPES = {
    "normal": "variance",
    "poisson": "nothing",
    "binomial": "trials N",
    "gamma": "shape r",
    "negative-binomial": "shape r",
    "hyperbolic-secant": "number r of added variates",
}
"""What the shape of each family is, besides its mean."""

_NORMAL, _POISSON, _BINOMIAL, _GAMMA, _NEGATIVE, _SECANT = range(len(FAMILIES))
_WHOLE = ("binomial", "hyperbolic-secant")
_POSITIVE = ("poisson", "binomial", "gamma", "negative-binomial")
MOST_TRIALS = 10**9  # in all, of binomial points that are added up
MOST_MEAN = 1e15  # of a Poisson variate


class FamilyRun(NamedTuple):
    """What was fitted in R replicates at G recorded generations."""

    mean: NDArray[np.float64]  # (R, G)
    variance: NDArray[np.float64]  # (R, G), of the fitted law
    log_mean: NDArray[np.float64]  # (R, G), without underflow; nan for families on the whole line


@jitted
def _log_gamma(stream: Stream, shape: float) -> float:
    """Logarithm of a gamma variate of a shape in (0, 1), which does not underflow."""
    return math.log(uniform_open(stream)) / shape + math.log(gamma(stream, shape + 1.0))


@jitted
def _secant_point(stream: Stream, slope: float) -> float:
    """Hyperbolic secant variate, tilted to the mean `slope`.

    The density is exp(theta x + ln cos theta) / (2 cosh(pi x / 2)) with tan theta = slope: pi x is
    the logarithm of the odds of a beta variate of shapes 1/2 + theta/pi and 1/2 - theta/pi.
    Source: C. N. Morris, "Natural exponential families with quadratic variance functions", Annals
    of Statistics 10 (1982), section 5.
    """
    light = math.atan2(1.0, abs(slope)) / math.pi
    odds = _log_gamma(stream, 1.0 - light) - _log_gamma(stream, light)
    return (odds if slope >= 0.0 else -odds) / math.pi


@jitted
def draw_sum(stream: Stream, family: int, mean: float, shape: float, points: int) -> float:
    """Sum of independent points of the member of a family that has the given mean.

    Parameters: family, its place in FAMILIES; mean and shape, in its domain; points >= 1.
    """
    if family == _NORMAL:
        return points * mean + math.sqrt(points * shape) * normal(stream)
    if family == _POISSON:
        return poisson(stream, points * mean)
    if family == _BINOMIAL:
        return float(binomial(stream, int(points * shape), mean / shape))
    if family == _GAMMA:
        return mean / shape * gamma(stream, points * shape)
    if family == _NEGATIVE:
        return poisson(stream, mean / shape * gamma(stream, points * shape))
    total = 0.0
    for _ in range(points * int(shape)):
        total += _secant_point(stream, mean / shape)
    return total


@jitted
def _average(
    stream: Stream, family: int, mean: float, shape: float, samples: int, by_points: bool
) -> float:
    """Average of so many points, drawn one by one or as a sum."""
    if not by_points:
        return draw_sum(stream, family, mean, shape, samples) / samples
    total = 0.0
    for _ in range(samples):
        total += draw_sum(stream, family, mean, shape, 1)
    return total / samples


@jitted
def _variance(family: int, mean: float, shape: float) -> float:
    """Variance of the member with the given mean."""
    if family == _NORMAL:
        return shape
    if family == _POISSON:
        return mean
    if family == _BINOMIAL:
        return mean * (1.0 - mean / shape)
    if family == _GAMMA:
        return mean * mean / shape
    if family == _NEGATIVE:
        return mean + mean * mean / shape
    return shape + mean * mean / shape


@jitted
def _simulate(
    stream: Stream, family: int, start: float, shape: float, samples: int, by_points: bool,
    record: NDArray[np.int64], first: int, run: FamilyRun,
) -> None:  # fmt: skip
    """Nothing: the run is filled. A gamma mean is followed by its logarithm as well."""
    for r in range(run.mean.shape[0]):
        restart(stream, stream.key, np.uint64(first + r))
        mean = start
        logarithm = math.log(start) if start > 0.0 else -math.inf
        generation = 0
        for g in range(record.size):
            while generation < record[g]:
                if family == _GAMMA:
                    factor = _average(stream, family, 1.0, shape, samples, by_points)
                    mean *= factor
                    logarithm += math.log(factor)
                else:
                    mean = _average(stream, family, mean, shape, samples, by_points)
                generation += 1
            if family != _GAMMA:
                logarithm = math.log(mean) if mean > 0.0 else -math.inf
            run.mean[r, g] = mean
            run.variance[r, g] = _variance(family, mean, shape)
            run.log_mean[r, g] = logarithm


def variance_at(family: Family, mean: float, shape: float) -> float:
    """Variance of the member of a family with the given mean and shape."""
    return float(_variance(FAMILIES.index(family), float(mean), float(shape)))


def checked_family(family: str, mean: float, shape: float, samples: int) -> int:
    """Place of a family in FAMILIES; ValueError unless mean, shape and samples lie in its domain.

    Means are finite, above 0 for poisson, gamma and negative-binomial, and in (0, N) for binomial;
    shapes are above 0, whole for binomial and hyperbolic-secant, and with them samples * shape in
    1..10**9.
    """
    if family not in FAMILIES:
        raise ValueError(f"family = {family!r} is none of {', '.join(FAMILIES)}")
    if not 0.0 < shape < math.inf:
        raise ValueError(f"{family}: {SHAPES[family]} = {shape} lies outside numbers > 0")
    if family in _WHOLE and not (shape.is_integer() and samples * shape <= MOST_TRIALS):
        raise ValueError(
            f"{family}: {SHAPES[family]} = {shape} lies outside whole numbers with at most "
            f"{MOST_TRIALS} of them in all samples"
        )
    most = shape if family == "binomial" else math.inf
    least = 0.0 if family in _POSITIVE else -math.inf
    if not least < mean < most:
        raise ValueError(f"{family}: mean = {mean} lies outside {least} < mean < {most}")
    if samples * abs(mean) > MOST_MEAN:
        raise ValueError(f"{family}: samples * mean = {samples * mean} lies outside 0..{MOST_MEAN}")
    return FAMILIES.index(family)


def simulate(
    family: Family, mean: float, samples: int, record: tuple[int, ...], key: int, first: int,
    last: int, shape: float = 1.0, by_points: bool = False,
) -> FamilyRun:  # fmt: skip
    """FamilyRun of R = last - first replicates at the G recorded generations.

    Parameters: family, one of FAMILIES, with the mean m_0 of the real law and a shape (see
    `checked_family`; SHAPES says what it is); samples M in 1..10**9; record, increasing
    generations >= 1; key in 0..2**64-1; replicates first..last-1 of that key; by_points, to draw
    every point instead of the sum of all.
    Raises ValueError outside these domains.
    """
    recorded = checked_record(record)
    size = int(checked_samples(samples, int(recorded[-1]), least=1)[0])
    place = checked_family(family, float(mean), float(shape), size)
    checked_replicates(key, first, last)
    shape_of_run = (last - first, recorded.size)
    run = FamilyRun(np.empty(shape_of_run), np.empty(shape_of_run), np.empty(shape_of_run))
    _simulate(
        new_stream(key, first), place, float(mean), float(shape), size, by_points, recorded, first,
        run,
    )  # fmt: skip
    if family not in _POSITIVE:
        run.log_mean[:] = np.nan
    return run
