"""Fig. 13 of arXiv:2305.17493v3: how far a refitted mixture lies from the first fit.

The squared L2 distance of two densities is (p_n, p_n) - 2 (p_n, p_0) + (p_0, p_0), with (p, q) the
integral of the product, in closed form for mixtures of Gaussians. Once nothing of p_0 is left under
p_n only (p_n, p_n) grows: the concentration, which is drawn too. Three laws stand beside it.

* Least: among the densities in the plane of total variance T the parabola (r^2 - |x|^2)_+ with
  r^2 = 3 T has the smallest (p, p), 4/(9 pi T). The mean of T is exact for mixtures, whatever their
  components (D05), and 1/T is convex: no mean concentration lies below 4/(9 pi E T).
* Typical: for one Gaussian (p_n, p_n) = 1/(4 pi sqrt(det Sigma_n)), and the mean of ln det Sigma_n
  is exact (B22): so is the geometric mean of the concentration.
* Sampling: for one Gaussian the mean squared distance is n/(2 pi N) to first order in n/N. Fitted
  mean and covariance are off by independent errors of size 1/N a generation; the first adds
  integral |grad p|^2 / N = 1/(4 pi N) for p = N(0, I), and so does the second,
  (1/2N) integral |x x^T - I|^2 p^2. Any regular covariance of the first fit gives the same, divided
  by the root of its determinant.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from numerics.gaussian_mixture import FLOOR, ITERATIONS, TOLERANCE
from numerics.mixture_workflows import MixtureRun
from proofs.figures.drawing import Effort
from proofs.figures.measured.mixture_runs import (
    DIMENSIONS,
    Parts,
    expected_total,
    overlap,
    parts_of,
    round_to,
    simulated,
    squared_distance,
)
from proofs.figures.measured.recursions import spread
from theory.lookup import law

NAME = "mixture-distance"
PARAMETERS: Mapping[str, Any] = {
    "generations": 2000,
    "runs": {"500": 4, "1000": 4, "10000": 1},
}
FULL: Mapping[str, Any] = {
    **PARAMETERS,
    "runs": {"500": 8, "1000": 8, "10000": 4, "50000": 1, "200000": 1},
}
#: Places on the axis of generations, of curves and bands: evenly spread, and over its logarithm.
PLACES, EARLY = 81, 41
#: The first order in n/N is drawn up to this share of N generations.
FIRST_ORDER = 10
#: What is drawn of each size.
KINDS = ("distance", "concentration")


def least(samples: int, generation: int) -> float:
    """Return a bound below the mean concentration of any mixture of any number of components."""
    return 4 / (9 * math.pi * expected_total(samples, generation))


def typical(samples: int, generation: int) -> float:
    """Return the geometric mean of the concentration of one refitted Gaussian, without a floor."""
    point = {"M": samples, "d": DIMENSIONS, "n": generation + 1, "estimator": "mle"}
    return math.exp(-law("B22", "mean-log", **point) / 2) / (4 * math.pi)


def sampling(samples: int, generation: int) -> float:
    """Return the mean squared distance of one refitted Gaussian, to first order in n/N."""
    return generation / (2 * math.pi * samples)


def measure(parameters: Mapping[str, Any], effort: Effort) -> dict[str, Any]:
    """Return distances and concentrations by size, for generations 1, 2, ..., as JSON values."""
    generations = int(parameters["generations"])
    counts = {int(size): int(runs) for size, runs in parameters["runs"].items()}
    total = generations * sum(size * runs for size, runs in counts.items())
    places = places_of(generations, list(counts))
    sizes, done = {}, 0
    for size, runs in counts.items():
        run = partial(simulated, NAME, size, generations, runs, effort, done, total)
        done += size * runs * generations
        first = [place for place in places if place * FIRST_ORDER <= size]
        sizes[str(size)] = {
            **effort.piece(str(size), partial(_seen, run, places)),
            "exact": {
                "least": [least(size, n) for n in places],
                "typical": [typical(size, n) for n in places],
                "sampling": [sampling(size, n) for n in first],
            },
        }
    rules = {"floor": FLOOR, "tolerance": TOLERANCE, "iterations": ITERATIONS}
    return {"generations": generations, "places": places, **rules, "sizes": sizes}


def places_of(generations: int, sizes: list[int]) -> list[int]:
    """Return places on both axes of generations; all ends of first orders are among them."""
    steps = np.linspace(1, generations, min(PLACES, generations)).round().astype(int).tolist()
    ends = [size // FIRST_ORDER for size in sizes if 1 <= size // FIRST_ORDER <= generations]
    return sorted({*steps, *spread(generations, EARLY), *ends})


def _seen(simulate: Callable[[], MixtureRun], places: list[int]) -> dict[str, Any]:
    """Return the first run, and the range of all of them where there are more."""
    run = simulate()
    parts = parts_of(run)
    start = Parts(*(each[:, :1] for each in parts))
    both = {
        "distance": squared_distance(parts, start)[:, 1:],
        "concentration": overlap(parts, parts)[:, 1:],
    }
    found: dict[str, Any] = {
        "runs": len(parts.weights),
        "unconverged": int(run.unconverged_fits[:, -1].sum()),
    }
    for kind, values in both.items():
        found[kind] = round_to(values[0])
        if len(values) > 1:
            there = values[:, np.array(places) - 1]
            found[f"{kind}-range"] = round_to(np.array([there.min(axis=0), there.max(axis=0)]))
    return found
