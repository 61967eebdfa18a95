"""Lyapunov spectrum and anisotropy of a refitted covariance in d dimensions, from N(0, I) on.

Laws come from `theory` (B23, B24), runs from `numerics`, which draws every point and keeps the
triangular root of the covariance on a logarithmic scale, so that nothing underflows. The logarithm
of each squared pivot of the root grows by independent terms of one law; what pivot and eigenvalue
differ by at the end, over n, widens the interval.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from numerics import campaign, heights, intervals, quadrature, streams
from proofs.figures.drawing import Effort
from proofs.figures.measured.distance import ALPHA
from theory.lookup import law

NAME = "lyapunov-spectrum"
#: spectra: sizes M of the long runs, `long` generations each. shapes: sizes of the many short runs
#: of which the condition number is seen; band: the part of them that is shown.
PARAMETERS: Mapping[str, Any] = {
    "dimensions": 10,
    "spectra": [15, 30, 60],
    "long": 40_000,
    "replicates": 2,
    "shapes": [30, 60],
    "places": [1, 10, 25, 50, 100, 200, 300, 400],
    "runs": 40,
    "band": [0.05, 0.95],
}
#: Generations between two records of a long run.
STEP = 50
Floats = NDArray[np.float64]


class _Spectra(NamedTuple):
    """Growth a generation between two records (R, G, d), eigenvalues (R, d) over the last n."""

    growth: Floats
    eigenvalues: Floats
    error: Floats  # (R,) of the eigenvalues


class _Shapes(NamedTuple):
    """Logarithm of the condition number (R,)."""

    values: Floats


def _report(effort: Effort, done: int, total: int) -> None:
    if effort.progress is not None:
        effort.progress(done, total)


# --- long runs -----------------------------------------------------------------------------------


def spectra(dimensions: int, samples: int, long: int, key: int, first: int, last: int) -> _Spectra:
    """Return what replicates first..last-1 of a long run show; STEP divides long."""
    record = tuple(range(STEP, long + 1, STEP))
    run = heights.simulate(dimensions, samples, record, key, first, last)
    found = [heights.eigenvalues(*one) for one in zip(run.columns, run.powers, strict=True)]
    return _Spectra(
        np.diff(run.log_heights, axis=1, prepend=0.0) / STEP,
        np.array([logs for logs, _ in found]) / record[-1],
        np.array([error for _, error in found]) / record[-1],
    )


def rates(samples: int, seen: _Spectra) -> list[list[float]]:
    """Return the rate of each eigenvalue, largest first, and both ends of its interval."""
    found = []
    for place in range(seen.eigenvalues.shape[1]):
        growth = seen.growth[..., place]
        apart = np.abs(seen.eigenvalues[:, place] - growth.mean(axis=1)) + seen.error
        variance = float(quadrature.variance_log(samples - 1 - place, 64).upper()) / STEP
        low, high = intervals.catoni(growth.ravel(), variance, ALPHA)
        room = float(apart.max())
        found.append([float(seen.eigenvalues[:, place].mean()), low - room, high + room])
    return found


def _spectrum(parameters: Mapping[str, Any], samples: int, effort: Effort) -> dict[str, Any]:
    axes, long = int(parameters["dimensions"]), int(parameters["long"])
    key = streams.derive_key(NAME, "long", samples, effort.key)
    parts = campaign.run(
        partial(spectra, axes, samples, long, key), int(parameters["replicates"]), block=1,
        workers=effort.workers,
    )  # fmt: skip
    return {
        "rates": rates(samples, campaign.gather(parts)),
        "exact": {
            "spectrum": [law("B23", M=samples, d=axes, i=i) for i in range(1, axes + 1)]
        },
    }  # fmt: skip


# --- short runs ----------------------------------------------------------------------------------


def log_condition(columns: Floats, powers: NDArray[np.int64]) -> float:
    """Return ln of the condition number of the covariance whose root has these columns.

    The norm of the root times that of its inverse, whose rows are as far apart as the columns.
    """
    root = np.ldexp(columns, (powers - powers.max())[:, np.newaxis])
    inverse = np.ldexp(np.linalg.inv(columns.T), (powers.min() - powers)[:, np.newaxis])
    norms = (float(np.linalg.norm(each, 2)) for each in (root, inverse))
    apart = int(powers.max() - powers.min())
    return 2 * (sum(map(math.log, norms)) + apart * math.log(2))


def shapes(
    dimensions: int, samples: int, generation: int, key: int, first: int, last: int
) -> _Shapes:
    """Return the condition numbers of replicates first..last-1 after that generation."""
    run = heights.simulate(dimensions, samples, (generation,), key, first, last)
    pairs = zip(run.columns, run.powers, strict=True)
    return _Shapes(np.array([log_condition(*pair) for pair in pairs]))


def _shape(parameters: Mapping[str, Any], samples: int, effort: Effort) -> dict[str, Any]:
    """Return median and band of the condition number; the same runs at every generation."""
    axes, places = int(parameters["dimensions"]), list(parameters["places"])
    key = streams.derive_key(NAME, "short", samples, effort.key)
    levels = [0.5, *parameters["band"]]
    rows = []
    for n in places:
        work = partial(shapes, axes, samples, n, key)
        parts = campaign.run(work, int(parameters["runs"]), block=5, workers=effort.workers)
        rows.append(np.quantile(campaign.gather(parts).values, levels))
    median, low, high = np.array(rows).T.tolist()
    rate = law("B24", M=samples, d=axes)
    return {
        "median": median,
        "band": [low, high],
        "exact": {"line": [rate * n for n in (0, places[-1])]},
    }


def measure(parameters: Mapping[str, Any], effort: Effort) -> dict[str, Any]:
    """Return rates a generation, and logarithms of condition numbers, as JSON values."""
    work = [("spectra", _spectrum, size) for size in parameters["spectra"]]
    work += [("shapes", _shape, size) for size in parameters["shapes"]]
    found: dict[str, dict[str, Any]] = {"spectra": {}, "shapes": {}}
    for done, (panel, one, size) in enumerate(work):
        _report(effort, done, len(work))
        found[panel][str(size)] = one(parameters, int(size), effort)
    _report(effort, len(work), len(work))
    names = ("dimensions", "long", "replicates", "places", "runs", "band")
    return {**{name: parameters[name] for name in names}, **found}
