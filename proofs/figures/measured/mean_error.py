"""Fig. 12 of arXiv:2305.17493v3: how far the mean of M points lies from the real mean.

The points are standard normal, and so the fitted mean is normal with mean 0 and the mean square
1/M (`theory`, B10 at n = 1). Its distance from 0 is half-normal: mean, standard deviation and
quantiles follow. The means themselves come from `numerics`, which draws every point.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from scipy.stats import halfnorm

from numerics import gaussian
from numerics.start import Start
from proofs.figures.drawing import Effort
from proofs.figures.measured.recursions import Seen, simulated
from theory.claim import value_ball
from theory.claims import find
from theory.domain import Point

NAME = "mean-error"
BITS = 128
#: How many means of each size M.
PARAMETERS: Mapping[str, Any] = {
    "generations": 1,
    "runs": {
        "10": 10_000, "100": 10_000, "1000": 10_000, "10000": 2000, "100000": 400,
        "1000000": 60, "10000000": 40,
    },
    "band": [0.05, 0.95],
}  # fmt: skip
FULL: Mapping[str, Any] = {**PARAMETERS, "runs": dict.fromkeys(PARAMETERS["runs"], 10_000)}
#: What is drawn of each size. The paper draws mean and standard deviation.
KINDS = ("mean", "deviation", "low", "high")


def exact(samples: int, band: list[float]) -> dict[str, float]:
    """Return mean, standard deviation and two quantiles of abs(mu_hat - mu), at sigma = 1."""
    claim = find("B10")
    point: Point = {
        "M": Fraction(samples),
        "n": Fraction(1),
        "sigma": Fraction(1),
        "estimator": "unbiased",
    }
    scale = float(value_ball(claim, claim.quantity("drift"), point, BITS).sqrt().mid())
    values = (
        math.sqrt(2 / math.pi),
        math.sqrt(1 - 2 / math.pi),
        *(float(halfnorm.ppf(level)) for level in band),
    )
    return {kind: scale * value for kind, value in zip(KINDS, values, strict=True)}


def measure(parameters: Mapping[str, Any], effort: Effort) -> dict[str, Any]:
    """Return what was measured and what holds, by size, in units of sigma, as JSON values."""
    band = list(parameters["band"])
    return {
        "band": band,
        "sizes": {
            str(size): {
                "seen": effort.piece(str(size), partial(_seen, run, band)),
                "exact": exact(size, band),
            }
            for size, run in simulated(NAME, parameters, effort, _simulate)
        },
    }


def _simulate(size: int, record: tuple[int, ...], key: int, first: int, last: int) -> Seen:
    run = gaussian.simulate(Start.named("normal"), size, record, key, first, last)
    return Seen(run.mean, run.variance)


def _seen(run: Callable[[], Seen], band: list[float]) -> dict[str, Any]:
    """Return the same as `exact`, measured, and the standard errors of the first two."""
    away = np.abs(run().mean[:, 0])
    mean, deviation = float(away.mean()), float(away.std(ddof=1))
    fourth = float(((away - mean) ** 4).mean())
    low, high = (float(edge) for edge in np.quantile(away, band))
    return {
        "runs": len(away),
        **dict(zip(KINDS, (mean, deviation, low, high), strict=True)),
        "mean-error": deviation / math.sqrt(len(away)),
        "deviation-error": math.sqrt(max(fourth - deviation**4, 0) / len(away)) / (2 * deviation),
    }
