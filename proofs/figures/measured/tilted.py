"""Means that rare runs carry, seen in runs that are not rare: a change of measure.

At n far above M the mean of W2^2 is carried by runs whose variance grew, which a simulation never
meets. A chi-square law with M - 1 degrees of freedom, weighted by its own value, has M + 1 of them.
So a run whose first k generations have M + 2 points each, their variance divided by M - 1 again, is
a run weighted by sigma_k^2. Runs are shared out over several k; each counts by one over the mean
of these weights, as in multiple importance sampling.

Taken for granted: that the variance of normal points is a chi-square, independent of their mean
(Cochran 1934). The points are drawn all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from numerics import campaign, gaussian, streams
from numerics.start import Start
from proofs.figures.drawing import Effort
from proofs.figures.measured.distance import distances

__all__ = ["Weighted", "mean_distances", "run"]

Floats = NDArray[np.float64]


class Weighted(NamedTuple):
    """W2^2 over its weight, of the runs of some k, at each generation recorded."""

    values: Floats  # (strata, R, G)


def run(
    samples: int, record: tuple[int, ...], turns: tuple[int, ...], runs: int, key: int, which: int
) -> Floats:
    """Return W2^2 over its weight (runs, G), of runs weighted up to generation turns[which].

    turns: from 0 to the last generation; all count alike in the weight.
    """
    last, turn = record[-1], turns[which]
    sizes = np.where(np.arange(last) < turn, samples + 2, samples)
    every = tuple(range(1, last + 1))
    seen = gaussian.simulate(Start.named("normal"), sizes, every, key, 0, runs)
    growth = np.log((samples + 1) / (samples - 1))
    raised = growth * np.minimum(np.arange(last + 1), turn)
    log_variance = np.pad(seen.log_variance, ((0, 0), (1, 0))) + raised
    steps = np.diff(seen.mean, axis=1, prepend=0.0)
    steps *= np.exp(raised[:-1] / 2) * np.sqrt(sizes / samples)
    mean = np.pad(np.cumsum(steps, axis=1), ((0, 0), (1, 0)))
    values = [
        distances(mean[:, n], np.exp(log_variance[:, n]))
        / np.exp(log_variance[:, np.minimum(turns, n)]).mean(axis=1)
        for n in record
    ]
    return np.stack(values, axis=1)


def mean_distances(
    name: str, samples: int, places: list[int], design: Mapping[str, int], effort: Effort
) -> dict[str, Any]:
    """Return E W2^2 at these generations and their standard errors.

    design: turns, how many values of k from 0 to the last generation; plain, how many times k = 0
    comes on top, so that no weight is far below 1; runs, how many runs of each.
    """
    spread = np.linspace(0, places[-1], design["turns"]).round().astype(int).tolist()
    turns = (*(0 for _ in range(design["plain"])), *spread)

    def work(first: int, last: int) -> Weighted:
        # By the number of the stratum: several have one k, and all must have runs of their own.
        keys = {
            at: streams.derive_key(name, "stratum", at, effort.key) for at in range(first, last)
        }
        found = [
            run(samples, tuple(places), turns, design["runs"], key, at) for at, key in keys.items()
        ]
        return Weighted(np.stack(found))

    parts = campaign.run(work, len(turns), block=1, workers=effort.workers)
    values = campaign.gather(parts).values
    error = np.sqrt((values.var(axis=1, ddof=1) / design["runs"]).mean(axis=0) / len(turns))
    return {
        "places": places,
        "mean": values.mean(axis=(0, 1)).tolist(),
        "error": error.tolist(),
        "runs": len(turns) * design["runs"],
    }
