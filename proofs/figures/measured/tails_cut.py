"""Fig. 3 of arXiv:2305.17493v3: a sample of M points cuts the tails of a histogram.

The categories are the bins of the histogram, and one more for all points outside it. Counts come
from `numerics`, which draws them from the probabilities of the bins; the chance that a sample
misses a bin from `theory` (A16).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

from numerics import streams
from proofs.figures.drawing import Effort
from proofs.figures.measured.categories import Meter, at, at_ball, resampled

NAME = "tails-cut"
#: samples: M. points: of the histogram. runs: samples by which losses are counted. The paper
#: prints none of them, nor its fat-tailed law; with these its axes fit. freedom: of the Student law
#: around each centre that stands for it.
PARAMETERS: Mapping[str, Any] = {
    "samples": 100,
    "points": 10_000,
    "runs": 5000,
    "bins": 80,
    "reach": 10,
    "centres": [-4, 4],
    "freedom": 3,
}

Cumulative = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def laws(parameters: Mapping[str, Any]) -> dict[str, Cumulative]:
    """Return the distribution functions around a centre, by name."""
    return {"fat": lambda x: np.asarray(t.cdf(x, parameters["freedom"])), "normal": norm.cdf}


def edges(parameters: Mapping[str, Any]) -> NDArray[np.float64]:
    """Return the edges of the bins (bins + 1,)."""
    reach = float(parameters["reach"])
    return np.linspace(-reach, reach, int(parameters["bins"]) + 1)


def shares(cumulative: Cumulative, parameters: Mapping[str, Any]) -> NDArray[np.float64]:
    """Return the probabilities of the bins and, last, of everything outside them."""
    centres, at_edges = parameters["centres"], edges(parameters)
    below = sum((cumulative(at_edges - centre) for centre in centres), np.zeros(at_edges.size))
    inside = np.diff(below / len(centres))
    return np.append(inside, 1 - inside.sum())


def measure(parameters: Mapping[str, Any], effort: Effort) -> dict[str, Any]:
    """Return histograms, samples and losses, measured and exact, bin by bin, as JSON values."""
    samples, runs = int(parameters["samples"]), int(parameters["runs"])
    found = laws(parameters)
    meter = Meter(len(found) * int(parameters["bins"]) * (runs + 1), effort.progress)
    return {
        **{name: parameters[name] for name in ("samples", "points", "runs", "centres", "freedom")},
        "edges": edges(parameters).tolist(),
        "exact": {"at-edge": _missed(1 / samples, samples)},
        "laws": {
            name: {
                **_seen(name, shares(cumulative, parameters), parameters, effort, meter),
                "exact": exact(shares(cumulative, parameters)[:-1], parameters),
            }
            for name, cumulative in found.items()
        },
    }


def exact(bins: NDArray[np.float64], parameters: Mapping[str, Any]) -> dict[str, list[float]]:
    """Return what holds of each bin: expected count, the same given that M points hit it, loss.

    expected: of the histogram. surviving: the count of M points where it is positive, on average,
    scaled up to the histogram. lost: the probability that M points miss the bin.
    """
    samples, points = int(parameters["samples"]), int(parameters["points"])
    balls = [
        at_ball("A16", "lost", q=Fraction(float(share)), M=Fraction(samples)) for share in bins
    ]
    expected = [points * float(share) for share in bins]
    return {
        "expected": expected,
        "surviving": [
            count / float((1 - ball).mid()) for count, ball in zip(expected, balls, strict=True)
        ],
        "lost": [float(ball.mid()) for ball in balls],
    }


def _missed(share: float, samples: int) -> float:
    return at("A16", "lost", q=Fraction(share), M=Fraction(samples))


def _seen(
    name: str, law: NDArray[np.float64], parameters: Mapping[str, Any], effort: Effort, meter: Meter
) -> dict[str, Any]:
    """Return a histogram, a sample of M points, and how often M points missed each bin.

    The same runs are drawn for every bin, as their key is the same, and another bin is followed.
    """
    counts: dict[str, list[NDArray[np.int64]]] = {"points": [], "samples": []}
    kept = np.zeros(0, np.int64)
    for kind, runs in (("points", 1), ("samples", int(parameters["runs"]))):
        key, size = streams.derive_key(NAME, name, kind, effort.key), int(parameters[kind])
        for place in range(law.size - 1):
            run = resampled(law, size, (1,), runs, key, effort, meter, place)
            counts[kind].append(run.tracked[:, 0])
            kept = run.survivors[:, 0]
    drawn = np.array(counts["samples"])
    outside = drawn.sum(axis=0) < int(parameters["samples"])
    return {
        "histogram": [int(count[0]) for count in counts["points"]],
        "sample": drawn[:, 0].tolist(),
        "lost": (drawn == 0).mean(axis=1).tolist(),
        "bins-left": float((kept - outside).mean()),
    }
