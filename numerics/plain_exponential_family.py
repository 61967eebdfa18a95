"""The recursion of `exponential_family` again, slow and plain: every point is drawn and kept."""

import numpy as np

from numerics.exponential_family import FAMILIES, Family, FamilyRun, draw_sum
from numerics.plain import logarithm
from numerics.streams import new_stream

__all__ = ["family_by_words"]


def family_by_words(
    family: Family, mean: float, samples: int, record: tuple[int, ...], key: int, first: int,
    last: int, shape: float = 1.0,
) -> FamilyRun:  # fmt: skip
    """FamilyRun that equals that of `exponential_family.simulate` by points, up to rounding."""
    means = np.zeros((last - first, record[-1]))
    for r in range(last - first):
        stream = new_stream(key, first + r)
        here = mean
        for i in range(record[-1]):
            place = FAMILIES.index(family)
            points = [draw_sum(stream, place, here, shape, 1) for _ in range(samples)]
            here = means[r, i] = float(np.mean(points))
    seen = means[:, [generation - 1 for generation in record]]
    variance = {
        "normal": np.full_like(seen, shape),
        "poisson": seen,
        "binomial": seen * (shape - seen) / shape,
        "gamma": seen**2 / shape,
        "negative-binomial": seen * (shape + seen) / shape,
        "hyperbolic-secant": (shape**2 + seen**2) / shape,
    }[family]
    whole_line = family in ("normal", "hyperbolic-secant")
    return FamilyRun(seen, variance, np.full_like(seen, np.nan) if whole_line else logarithm(seen))
