"""Fig. 7 of arXiv:2305.17493v3: points of a mixture that is fitted to points of the fit before.

The real law is one blob and two components are fitted, as in the code published with the paper.
Mean and total variance of the mixture are those of its points, whatever its components: their
means are exact (D05).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from numerics import streams
from numerics.gaussian_mixture import FLOOR
from numerics.mixture_workflows import MixtureRun
from proofs.figures.drawing import Effort
from proofs.figures.measured.mixture_runs import (
    DIMENSIONS,
    TOTAL,
    Floats,
    expected_drift,
    expected_total,
    moments_of,
    parts_of,
    round_to,
    simulated,
)

NAME = "mixture-scatter"
#: The paper's sizes: 2050 generations of 1000 points. More than one run, for their mean and band.
PARAMETERS: Mapping[str, Any] = {
    "samples": 1000,
    "generations": 2050,
    "shown": [0, 50, 100, 150, 200, 350, 2000],
    "runs": 10,
    "band": [0.1, 0.9],
}
FULL: Mapping[str, Any] | None = None
#: Places on the axis of generations: of the curves, and of the measured means.
PLACES, MEANS = 101, 12
LAWS = {"total": expected_total, "drift": expected_drift}


def measure(parameters: Mapping[str, Any], effort: Effort) -> dict[str, Any]:
    """Return points of one run, and moments of all of them beside their laws, as JSON values."""
    samples, last = int(parameters["samples"]), int(parameters["generations"]) - 1
    runs, band = int(parameters["runs"]), list(parameters["band"])
    run = simulated(NAME, samples, last, runs, effort, 0, samples * last * runs)
    mean, total = moments_of(parts_of(run))
    key = streams.derive_key(NAME, "shown points", effort.key)
    deviations = np.sqrt(np.trace(run.covariances[0], axis1=2, axis2=3) / DIMENSIONS)
    return {
        "samples": samples, "last": last, "runs": runs, "band": band, "floor": FLOOR,
        "clouds": _clouds(run, list(parameters["shown"]), samples, key),
        "deviations": round_to(deviations[[0, last]]),
        "moments": _moments({"total": total, "drift": (mean**2).sum(axis=-1)}, samples, band),
    }  # fmt: skip


def _clouds(run: MixtureRun, shown: list[int], samples: int, key: int) -> list[dict[str, Any]]:
    """Return points of the real law and of the fits of the first run, heavier component first."""
    generator = np.random.default_rng(key)
    real = generator.normal(size=(samples, DIMENSIONS))
    clouds: list[dict[str, Any]] = [
        {"points": [_flat(real)], "exact": {"deviation": math.sqrt(TOTAL / DIMENSIONS)}}
    ]
    for generation in shown:
        weights = run.weights[0, generation]
        counts = generator.multinomial(samples, weights)
        points = [
            generator.multivariate_normal(
                run.means[0, generation, j], run.covariances[0, generation, j], int(counts[j]),
                method="cholesky",
            )
            for j in np.argsort(-weights, kind="stable")
        ]  # fmt: skip
        expected = math.sqrt(expected_total(samples, generation) / DIMENSIONS)
        clouds.append(
            {
                "generation": generation,
                "points": [_flat(part) for part in points],
                "exact": {"deviation": expected},
            }
        )
    return clouds


def _flat(points: Floats) -> Any:
    """Return points (m, 2) as a list of first and one of second coordinates."""
    return points.T.round(4).tolist()


def _moments(seen: Mapping[str, Floats], samples: int, band: list[float]) -> dict[str, Any]:
    """Return one run, the band, means with standard errors, and the exact mean, by moment."""
    last = next(iter(seen.values())).shape[1] - 1
    places = np.linspace(0, last, PLACES).round().astype(int)
    means = np.linspace(0, last, MEANS + 2)[1:-1].round().astype(int)
    return {
        name: {
            "places": places.tolist(),
            "run": round_to(values[0, places]),
            "band": round_to(np.quantile(values[:, places], band, axis=0)),
            "mean-places": means.tolist(),
            "mean": round_to(values[:, means].mean(axis=0)),
            "error": round_to(values[:, means].std(axis=0, ddof=1) / math.sqrt(len(values))),
            "exact": {"mean": [LAWS[name](samples, int(n)) for n in places]},
        }
        for name, values in seen.items()
    }
