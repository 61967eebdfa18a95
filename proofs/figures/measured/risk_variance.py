"""The variance of W2^2 over runs: exact, to leading order, as printed in equation (5), measured.

Laws come from `theory` (B13, B13b, and B13x for what is printed), runs from `numerics`, which draws
every point. Half the squared difference of W2^2 in a pair of runs has the variance as its mean; an
interval for that mean follows from its second moment, which is known from E W2^4 ... E W2^8, point
by point and by quadrature.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from numerics import campaign, gaussian, intervals, streams
from numerics.start import Start
from proofs.case import setting
from proofs.figures.drawing import Effort
from proofs.figures.measured.distance import ALPHA, distances, within
from proofs.figures.measured.recursions import PIECE, spread
from proofs.gaussian.risk_spread import moments
from theory.lookup import law

NAME = "risk-variance"
#: widest: half width of an interval at most, as a share of the variance; wider ones are left out.
PARAMETERS: Mapping[str, Any] = {
    "samples": 100,
    "generations": 1000,
    "runs": 60_000,
    "places": [1, 2, 3, 5, 8, 14, 25, 50],
    "widest": 0.3,
}
PLACES = 61
LAWS = {"variance": "B13", "leading": "B13b", "printed": "B13x"}


class _Distances(NamedTuple):
    """W2^2 of R runs at G generations."""

    values: NDArray[np.float64]


def second_moment(samples: int, generations: int) -> float:
    """Return the second moment of half the squared difference of W2^2 in two runs."""
    one, two, three, four = (
        float(ball.mid()) for ball in moments(setting((generations,), M=samples), generations, 4)
    )
    fourth = four - 4 * three * one + 6 * two * one**2 - 3 * one**4
    return (fourth + 3 * (two - one**2) ** 2) / 2


def variance(values: NDArray[np.float64], second: float) -> list[float]:
    """Return the variance of independent values, and both ends of a finite-sample interval."""
    half = len(values) // 2
    squares = (values[:half] - values[half : 2 * half]) ** 2 / 2
    low, high = intervals.catoni_second_moment(squares, second, ALPHA)
    return [float(squares.mean()), low, high]


def simulated(parameters: Mapping[str, Any], effort: Effort) -> NDArray[np.float64]:
    """Return W2^2 of all runs at all places."""
    size, places = int(parameters["samples"]), tuple(parameters["places"])
    parts = campaign.run(
        partial(_simulate, size, places, streams.derive_key(NAME, effort.key)),
        int(parameters["runs"]),
        block=max(1, PIECE // (size * places[-1])),
        workers=effort.workers,
        progress=effort.progress,
    )
    return campaign.gather(parts).values


def _simulate(size: int, places: tuple[int, ...], key: int, first: int, last: int) -> _Distances:
    run = gaussian.simulate(Start.named("normal"), size, places, key, first, last)
    return _Distances(distances(run.mean, run.variance))


def measure(parameters: Mapping[str, Any], effort: Effort) -> dict[str, Any]:
    """Return laws and measured variances, in units of sigma^4, as JSON values."""
    size, widest = int(parameters["samples"]), float(parameters["widest"])
    values, places = simulated(parameters, effort), list(parameters["places"])
    found = [
        (n, variance(values[:, g], second_moment(size, n)), law("B13", M=size, n=n))
        for g, n in enumerate(places)
    ]
    kept = [each for each in found if within(each[1], widest)]
    wide = spread(int(parameters["generations"]), PLACES)
    return {
        "samples": size,
        "runs": int(parameters["runs"]),
        "widest": widest,
        "places": wide,
        "exact": {
            kind: [law(code, M=size, n=n) for n in wide] for kind, code in LAWS.items()
        },
        "seen": {
            "places": [n for n, _, _ in kept],
            "variance": [seen for _, seen, _ in kept],
            "over-exact": [[x / wanted for x in seen] for _, seen, wanted in kept],
        },
    }  # fmt: skip
