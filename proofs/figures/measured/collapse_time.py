"""Beyond the paper: the law of the collapse time, its diffusion value and the corrected one.

T is the first generation that has a single category. Exact laws (A14, A11) and what they tend to
(A13, A13b, and for the whole law A20 with two categories, A37 with ever more) come from `theory`,
times of runs from `numerics`, which draws every generation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numerics import streams
from proofs.figures.drawing import Effort
from proofs.figures.measured.categories import Meter, at, resampled

NAME = "collapse-time"
#: categories: K, equally frequent. samples, generations, few: M, the last n and the number of runs
#: in the panel of the law. sizes: M of the exact means. runs: of the measured means, by M.
PARAMETERS: Mapping[str, Any] = {
    "categories": [2, 10, 100],
    "samples": 10,
    "generations": 60,
    "few": 300,
    "sizes": [2, 3, 4, 6, 10, 20, 30, 60, 100, 200, 300, 600, 1000],
    "runs": {"3": 300_000, "10": 300_000, "30": 100_000, "60": 60_000},
}
#: Precision of the means, in bits: the corrected value is off by 1e-4 in 2000 and less.
BITS = 80
#: Runs are followed for so many times M generations: all but one in e^50 have ended.
LONGEST = 60


def even(categories: int) -> tuple[Fraction, ...]:
    """Return the law of K equally frequent categories."""
    return (Fraction(1, categories),) * categories


def collapsed(categories: int, samples: int, generation: int) -> float:
    """Return P(T <= n), exactly (A14)."""
    point = {"M": Fraction(samples), "n": Fraction(generation)}
    return at("A14", "collapsed", p=even(categories), **point)


def two_by_diffusion(tau: Fraction) -> float:
    """Return P(T <= tau M) as M grows, of two equally frequent categories (A20)."""
    return 1 - at("A20", "tail", q=Fraction(1, 2), tau=tau)


def many_by_diffusion(tau: Fraction) -> float:
    """Return P(T <= tau M) as M grows, of a start without equal points (A37)."""
    return at("A37", "law", tau=tau)


def mean_time(code: str, categories: int, samples: int) -> float:
    """Return E T in generations by the claim of that code: A11 exactly, A13, A13b for large M."""
    return at(code, "mean", BITS, p=even(categories), M=Fraction(samples))


def measure(parameters: Mapping[str, Any], effort: Effort) -> dict[str, Any]:
    """Return laws and means, exact and measured, by K, as JSON values."""
    counts = {int(size): int(runs) for size, runs in parameters["runs"].items()}
    kinds = [int(categories) for categories in parameters["categories"]]
    meter = Meter(len(kinds) * sum(size * runs for size, runs in counts.items()), effort.progress)
    samples, generations = int(parameters["samples"]), int(parameters["generations"])
    places = list(range(1, generations + 1))
    scaled = [Fraction(n, samples) for n in places]
    return {
        **{name: parameters[name] for name in ("samples", "few", "sizes")},
        "places": places,
        "exact": {
            "two-diffusion": [two_by_diffusion(tau) for tau in scaled],
            "many-diffusion": [many_by_diffusion(tau) for tau in scaled],
        },
        "categories": {
            str(kind): _of_kind(kind, parameters, places, counts, effort, meter) for kind in kinds
        },
    }


def _of_kind(
    kind: int, parameters: Mapping[str, Any], places: list[int], counts: Mapping[int, int],
    effort: Effort, meter: Meter,
) -> dict[str, Any]:  # fmt: skip
    """Return what was measured and what holds of K categories."""
    samples, sizes = int(parameters["samples"]), parameters["sizes"]
    times = ended(kind, samples, int(parameters["few"]), "law", effort)
    return {
        "share": [float((times <= n).mean()) for n in places],
        "seen": {
            str(size): _mean_and_error(ended(kind, size, runs, "means", effort, meter))
            for size, runs in counts.items()
        },
        "at": {str(size): mean_time("A13", kind, size) for size in counts},
        "exact": {
            "collapsed": [collapsed(kind, samples, n) for n in places],
            "mean": [mean_time("A11", kind, size) for size in sizes],
            "diffusion": [mean_time("A13", kind, size) for size in sizes],
            "corrected": [mean_time("A13b", kind, size) for size in sizes],
        },
    }


def ended(
    kind: int, samples: int, runs: int, use: str, effort: Effort, meter: Meter | None = None
) -> NDArray[np.int64]:
    """Return the collapse times of runs (R,), in generations; ArithmeticError for an open run."""
    key = streams.derive_key(NAME, use, kind, samples, effort.key)
    law = np.full(kind, 1 / kind)
    report = None if meter is None else lambda more: meter(samples * more)
    run = resampled(law, samples, (LONGEST * samples,), runs, key, effort, report)
    if (run.absorbed_at < 0).any():
        raise ArithmeticError(f"{NAME}: a run of M = {samples} is open after {LONGEST} M")
    return run.absorbed_at


def _mean_and_error(times: NDArray[np.int64]) -> dict[str, Any]:
    """Return the mean of collapse times and its standard error."""
    error = float(times.std(ddof=1)) / math.sqrt(times.size)
    return {"runs": times.size, "mean": float(times.mean()), "error": error}
