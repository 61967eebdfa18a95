"""The recursions of `gaussian_variants` again, slow and plain."""

import numpy as np
from numpy.typing import NDArray

from numerics.gaussian import GaussianRun
from numerics.gaussian_variants import Variant
from numerics.plain import logarithm, schedule
from numerics.streams import new_stream
from numerics.variates import normal

__all__ = ["variant_by_words"]


def variant_by_words(
    samples: int | list[int], record: tuple[int, ...], key: int, first: int, last: int,
    variant: Variant,
) -> GaussianRun:  # fmt: skip
    """GaussianRun that equals that of `gaussian_variants.simulate`, up to rounding."""
    sizes = schedule(samples, record, 1 if variant.known_mean else 2)
    means: NDArray[np.float64] = np.zeros((last - first, len(sizes)))
    variances = np.zeros_like(means)
    for r in range(last - first):
        stream = new_stream(key, first + r)
        mean, variance = 0.0, 1.0
        for i, size in enumerate(sizes):
            kept: list[float] = []
            while len(kept) < size:
                z = normal(stream)
                if abs(z) < variant.cut:
                    kept.append(z)
            points = mean + np.sqrt(variance) * variant.spread * np.array(kept)
            if variant.known_mean:
                variance = variant.multiplier * float(np.mean(points**2))
            else:
                mean, variance = float(points.mean()), variant.multiplier * points.var(ddof=1)
            means[r, i], variances[r, i] = mean, variance
    seen = [generation - 1 for generation in record]
    return GaussianRun(means[:, seen], variances[:, seen], logarithm(variances[:, seen]))
