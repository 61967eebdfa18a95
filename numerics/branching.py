"""Poisson resampling, as a chain of counts: each point has a Poisson number of children.

Given a count x, the next count is Poisson with mean x. Counts above a cut are set aside: they may
be alive or not, so every probability comes with a lower and an upper end. Nothing is used besides
the Poisson law; no generating function.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt

__all__ = ["poisson_lost"]

Array = npt.NDArray[np.float64]

CUT = 600
"""Counts above this are set aside."""

ROUNDING = 1e-10
"""Relative room for rounding: exponents up to some 10^4 lose about 1e-12, a sum hardly more."""


@lru_cache(maxsize=1)
def _step() -> Array:
    """Return the transition matrix of the counts up to the cut."""
    return _rows(np.arange(CUT + 1.0))


def _rows(means: Array) -> Array:
    """Return the Poisson weights (means, CUT + 1) of the counts up to the cut."""
    counts = np.arange(CUT + 1)
    logs = np.array([math.lgamma(count + 1.0) for count in counts])
    with np.errstate(divide="ignore"):
        slopes = np.maximum(np.log(means), -1e30)  # mean 0: count 0 for certain
    return np.asarray(np.exp(slopes[:, None] * counts - means[:, None] - logs))


def poisson_lost(mean: float | None, generations: int) -> list[tuple[float, float]]:
    """Return bounds on P(count 0 at generation n) for n = 0..generations.

    mean: the count of generation 1 is Poisson with this mean, above 0, and generation 0 is not
    empty; None: one point at generation 0. generations: at least 1. ValueError outside.

    >>> low, high = poisson_lost(None, 1)[1]
    >>> low < math.exp(-1) < high
    True
    """
    if generations < 1 or (mean is not None and not mean > 0):
        raise ValueError(
            f"mean = {mean}, generations = {generations} lie outside mean > 0, generations >= 1"
        )
    law = _rows(np.array([1.0 if mean is None else mean]))[0]
    found = [(0.0, 0.0)]
    for _ in range(generations):
        aside = max(1.0 - math.fsum(law), 0.0)
        low = float(law[0])
        high = min(low * (1 + ROUNDING) + aside + 1e-15, 1.0)
        found.append((low * (1 - ROUNDING), high))
        law = law @ _step()
    return found
