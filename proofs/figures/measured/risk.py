"""The risk E W2^2 at one size M: exact, as printed in equation (4), and measured.

Laws come from `theory` (B11, B12, and B11x for what is printed), runs from `numerics`, which draws
every point. A plain mean of the unbiased estimator is kept only where a finite-sample interval
around it is narrow; further out the mean is seen under a change of measure (`tilted`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from numerics import campaign, gaussian, streams
from numerics.start import Start
from proofs.figures.drawing import Effort
from proofs.figures.measured.distance import distances, interval, variances, within
from proofs.figures.measured.recursions import PIECE, spread
from proofs.figures.measured.tilted import mean_distances
from theory.lookup import law

NAME = "risk"
#: widest: half width of an interval at most, as a share of the mean; from there on it is left out.
#: plain: how many runs, and their generations. tilted: see mean_distances.
PARAMETERS: Mapping[str, Any] = {
    "samples": 100,
    "generations": 1000,
    "plain": {"unbiased": 8000, "mle": 2400},
    "places": {"unbiased": [25, 50, 100, 150, 200], "mle": [50, 100, 200, 300, 400, 500]},
    "tilted": {"plain": 20, "turns": 31, "runs": 50,
               "places": [100, 300, 400, 500, 600, 700, 800, 900, 1000]},
    "widest": 0.15,
    "sizes": [2, 5, 15, 10000],
    "shares": [0.01, 0.1],
}  # fmt: skip
#: Curves: generations of the risk, and places of the relative error up to n = FARTHEST M.
PLACES, FARTHEST = 101, 100


class _Distances(NamedTuple):
    """W2^2 of R runs at G generations."""

    values: NDArray[np.float64]


# --- what holds ----------------------------------------------------------------------------------


def _curves(samples: int, generations: int) -> dict[str, Any]:
    """Return the exact curves in units of sigma^2, from generation 0 on."""
    places = np.unique(np.linspace(0, generations, PLACES).round().astype(int)).tolist()
    laws = {"risk": ("B11", "risk"), "printed": ("B11x", "risk"), "mle": ("B12", "risk")}
    return {
        "places": places,
        "exact": {
            **{kind: [law(*code, M=samples, n=n) for n in places] for kind, code in laws.items()},
            "ceiling": law("B12", "ceiling", M=samples, n=1),
        },
    }


def excess(samples: int, generations: int) -> float:
    """Return equation (4) over the exact risk, less 1."""
    printed, exact = (law(code, M=samples, n=generations) for code in ("B11x", "B11"))
    return printed / exact - 1


def parting(samples: int, share: float) -> int:
    """Return the first generation from which equation (4) exceeds the risk by that share."""
    low, high = 0, 1
    while excess(samples, high) < share:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if excess(samples, middle) >= share else (middle, high)
    return high


def _errors(samples: int, shares: list[float]) -> dict[str, Any]:
    """Return by how much equation (4) is off, against n / M."""
    places = spread(FARTHEST * samples, PLACES)
    return {
        "exact": {
            "per-size": [n / samples for n in places],
            "excess": [excess(samples, n) for n in places],
            "parting": [parting(samples, share) / samples for share in shares],
        }
    }


# --- what is seen --------------------------------------------------------------------------------


def _plain(
    parameters: Mapping[str, Any], estimator: gaussian.Estimator, effort: Effort
) -> dict[str, Any]:
    """Return means of W2^2 and the ends of their intervals, while these are narrow."""
    size, runs = int(parameters["samples"]), int(parameters["plain"][estimator])
    places = tuple(parameters["places"][estimator])
    work = partial(_distances, size, places, streams.derive_key(NAME, estimator, effort.key))
    parts = campaign.run(
        partial(work, estimator), runs, block=max(1, PIECE // (size * places[-1])),
        workers=effort.workers,
    )  # fmt: skip
    values = campaign.gather(parts).values
    known = variances(size, places, 1 - 1 / size if estimator == "mle" else 1.0)
    found = [interval(values[:, g], known[g]) for g in range(len(places))]
    kept = [
        (n, seen)
        for n, seen in zip(places, found, strict=True)
        if within(seen, parameters["widest"])
    ]
    return {"runs": runs, "places": [n for n, _ in kept], "seen": [seen for _, seen in kept]}


def _distances(
    size: int, places: tuple[int, ...], key: int, estimator: gaussian.Estimator, first: int,
    last: int,
) -> _Distances:  # fmt: skip
    run = gaussian.simulate(Start.named("normal"), size, places, key, first, last, estimator)
    return _Distances(distances(run.mean, run.variance))


def measure(parameters: Mapping[str, Any], effort: Effort) -> dict[str, Any]:
    """Return risk, means and relative errors, in units of sigma^2, as JSON values."""
    size, shares = int(parameters["samples"]), list(parameters["shares"])
    design = parameters["tilted"]

    def progress(done: int) -> None:
        if effort.progress is not None:
            effort.progress(done, 3)

    plain = {}
    estimators: tuple[gaussian.Estimator, ...] = ("unbiased", "mle")
    for done, estimator in enumerate(estimators):
        progress(done)
        plain[estimator] = _plain(parameters, estimator, effort)
    progress(2)
    tilted = mean_distances(NAME, size, list(design["places"]), design, effort)
    progress(3)
    return {
        "samples": size,
        "widest": parameters["widest"],
        "shares": shares,
        "risk": _curves(size, int(parameters["generations"])),
        "plain": plain,
        "tilted": tilted,
        "errors": {str(one): _errors(one, shares) for one in parameters["sizes"]},
    }
