"""A Gaussian refitted with its variance multiplied, its mean known, or its points spread or cut.

Every point is drawn, as in `gaussian`; D_0 is the standard normal law.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.arguments import checked_record, checked_replicates, checked_samples
from numerics.gaussian import GaussianRun
from numerics.jitted import inlined, jitted
from numerics.streams import Stream, new_stream, restart
from numerics.variates import normal

__all__ = ["Variant", "simulate"]


class Variant(NamedTuple):
    """How a refit differs from mean and unbiased variance of all points."""

    multiplier: float = 1.0  # of the fitted variance
    known_mean: bool = False  # squares are taken about the true mean, and divided by M
    cut: float = math.inf  # points farther from the mean, in standard deviations, are redrawn
    spread: float = 1.0  # standard deviation of what is drawn over the fitted one


@inlined
def _point(stream: Stream, cut: float) -> float:
    """A standard normal point that lies within the cut."""
    z = normal(stream)
    while abs(z) >= cut:
        z = normal(stream)
    return z


@jitted
def _fit(
    stream: Stream, samples: int, multiplier: float, known_mean: bool, cut: float
) -> tuple[float, float]:
    """Shift of the mean and factor of the variance, of standardised points.

    Sums are taken about the first point, so that little cancels, or about a known mean.
    """
    origin = _point(stream, cut)
    total, square = 0.0, 0.0
    if known_mean:
        square = origin * origin
        for _ in range(samples - 1):
            z = _point(stream, cut)
            square += z * z
        return 0.0, multiplier * square / samples
    for _ in range(samples - 1):
        step = _point(stream, cut) - origin
        total += step
        square += step * step
    centred = max(square - total * total / samples, 0.0)
    return origin + total / samples, multiplier * centred / (samples - 1)


@jitted
def _simulate(
    stream: Stream, sizes: NDArray[np.int64], record: NDArray[np.int64], multiplier: float,
    known_mean: bool, cut: float, spread: float, first: int, run: GaussianRun,
) -> None:  # fmt: skip
    """Nothing: the run is filled, replicate after replicate."""
    for r in range(run.mean.shape[0]):
        restart(stream, stream.key, np.uint64(first + r))
        mean, variance, log_variance = 0.0, 1.0, 0.0
        generation = 0
        for g in range(record.size):
            while generation < record[g]:
                samples = sizes[min(generation, sizes.size - 1)]
                shift, factor = _fit(stream, samples, multiplier, known_mean, cut)
                factor *= spread * spread
                mean += math.sqrt(variance) * spread * shift
                variance *= factor
                log_variance += math.log(factor) if factor > 0.0 else -math.inf
                generation += 1
            run.mean[r, g] = mean
            run.variance[r, g] = variance
            run.log_variance[r, g] = log_variance


def simulate(
    samples: int | ArrayLike, record: tuple[int, ...], key: int, first: int, last: int,
    variant: Variant,
) -> GaussianRun:  # fmt: skip
    """GaussianRun of R = last - first replicates at the G recorded generations.

    Parameters: samples, M or a schedule M_0..M_{n-1}, each in 1..10**9, and at least 2 unless the
    mean is known; record, increasing generations >= 1; key in 0..2**64-1; replicates
    first..last-1 of that key; variant, with multiplier and spread in (0, inf) and cut > 0.
    Raises ValueError outside these domains.
    """
    for name, value in (("multiplier", variant.multiplier), ("spread", variant.spread)):
        if not 0 < value < math.inf:
            raise ValueError(f"{name} = {value} lies outside 0 < {name} < inf")
    if not variant.cut > 0:
        raise ValueError(f"cut = {variant.cut} lies outside cut > 0")
    recorded = checked_record(record)
    least = 1 if variant.known_mean else 2
    sizes = checked_samples(samples, generations=int(recorded[-1]), least=least)
    checked_replicates(key, first, last)
    shape = (last - first, recorded.size)
    run = GaussianRun(np.empty(shape), np.empty(shape), np.empty(shape))
    _simulate(
        new_stream(key, first), sizes, recorded, float(variant.multiplier),
        bool(variant.known_mean), float(variant.cut), float(variant.spread), first, run,
    )  # fmt: skip
    return run
