"""Samples turned into observations, each with a finite-sample interval fit for its law."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from numerics import intervals
from proofs.verdict import Sampled

Floats = npt.NDArray[np.float64]


def share(successes: int, trials: int) -> Sampled:
    """Return the observation of a probability from a count (Clopper-Pearson)."""
    return Sampled(
        successes / trials,
        trials,
        lambda alpha: intervals.clopper_pearson(successes, trials, alpha),
        "Clopper-Pearson",
    )


def bounded(values: Floats, low: float, high: float) -> Sampled:
    """Return the observation of the mean of values in [low, high] (empirical Bernstein)."""
    mean, variance, count = float(values.mean()), float(values.var(ddof=1)), len(values)
    return Sampled(
        mean,
        count,
        lambda alpha: intervals.empirical_bernstein(mean, variance, count, low, high, alpha),
        "empirical Bernstein",
    )


def known_variance(values: Floats, variance: float) -> Sampled:
    """Return the observation of a mean whose variance is at most `variance` (Catoni)."""
    return Sampled(
        float(values.mean()),
        len(values),
        lambda alpha: intervals.catoni(values, variance, alpha),
        "Catoni, known variance",
    )


def known_second_moment(values: Floats, second: float) -> Sampled:
    """Return the observation of a mean when the second moment is known exactly (Catoni)."""
    return Sampled(
        float(values.mean()),
        len(values),
        lambda alpha: intervals.catoni_second_moment(values, second, alpha),
        "Catoni, known second moment",
    )
