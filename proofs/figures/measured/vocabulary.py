"""Beyond the paper: how the vocabulary of a text shrinks when it is resampled word by word.

Exact means (A15) where they can be computed, the branching approximation (A18) and Zipf's law (A34,
A35) come from `theory`, the runs from `numerics`, which draws every word of every generation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from scipy.optimize import brentq

from numerics import streams
from proofs.figures.drawing import Effort
from proofs.figures.measured.categories import Meter, at, resampled
from proofs.inputs import Categories, read_counts

NAME = "vocabulary"
#: runs: how many, by the words M of a generation; the larger M is the length of the text.
#: exactly: the last generation with an exact mean, by M; later ones take long where M is large.
PARAMETERS: Mapping[str, Any] = {
    "text": "pride-and-prejudice",
    "generations": 2048,
    "runs": {"500": 400, "122141": 40},
    "exactly": {"500": 2048, "122141": 32},
    "band": [0.05, 0.95],
}
#: Precision of the exact means, in bits.
BITS = 53
#: Runs that a thread follows in one piece of work.
PIECE = 10


def record_until(last: int) -> tuple[int, ...]:
    """Return the generations 1, 2, 4, ... up to the last.

    >>> record_until(9)
    (1, 2, 4, 8)
    """
    return tuple(1 << power for power in range(last.bit_length()))


def left(text: Categories, samples: int, generation: int) -> float:
    """Return the exact mean number of words left (A15)."""
    point = {"M": Fraction(samples), "n": Fraction(generation)}
    return at("A15", "survivors", BITS, p=text.law(), **point)


def left_by_branching(text: Categories, samples: int, generation: int) -> float:
    """Return the mean number of words left if each branched alone (A18): never above the mean."""
    point = {"M": Fraction(samples), "n": Fraction(generation)}
    return sum(
        times * (1 - at("A18", "lost", q=Fraction(count, text.total), **point))
        for count, times in Counter(text.counts).items()
    )


def zipf_exponent(samples: int, kinds: float) -> float:
    """Return the b of the Zipf law of which M draws see so many words on average (A34)."""

    def surplus(b: float) -> float:
        return at("A34", "distinct", b=Fraction(b), T=Fraction(samples)) - kinds

    return float(brentq(surplus, 1.02, 6.0, xtol=1e-12))


def left_by_zipf(b: float, samples: int, generation: int) -> float:
    """Return the mean number of words left of a Zipf law of exponent b (A35)."""
    point = {"M": Fraction(samples), "n": Fraction(generation)}
    return at("A35", "categories", b=Fraction(b), **point)


def measure(parameters: Mapping[str, Any], effort: Effort) -> dict[str, Any]:
    """Return words left, measured and by each law, by size, as JSON values."""
    text = read_counts(str(parameters["text"]))
    record = record_until(int(parameters["generations"]))
    meter = Meter(sum(parameters["runs"].values()), effort.progress)
    sizes: dict[str, Any] = {}
    for size, runs in parameters["runs"].items():
        until = record_until(int(parameters["exactly"][size]))
        samples = int(size)
        mean = [left(text, samples, n) for n in until]
        b = zipf_exponent(samples, mean[0])
        sizes[size] = {
            "seen": seen(text, samples, runs, record, parameters["band"], effort, meter),
            "exact": {
                "mean": mean,
                "branching": [left_by_branching(text, samples, n) for n in record],
                "zipf": [left_by_zipf(b, samples, n) for n in record],
                "exponent": b,
            },
        }
    return {
        **{name: parameters[name] for name in ("text", "band")},
        "words": text.total,
        "kinds": len(text.counts),
        "places": list(record),
        "sizes": sizes,
    }


def seen(
    text: Categories, samples: int, runs: int, record: tuple[int, ...], band: list[float],
    effort: Effort, meter: Meter | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return mean, its standard error and quantiles of the words left, by generation."""
    law = np.array(text.counts) / text.total
    key = streams.derive_key(NAME, samples, effort.key)
    run = resampled(law, samples, record, runs, key, effort, meter, block=PIECE)
    return {
        "runs": runs,
        "mean": run.survivors.mean(axis=0).tolist(),
        "error": (run.survivors.std(axis=0, ddof=1) / np.sqrt(runs)).tolist(),
        "band": np.quantile(run.survivors, band, axis=0).tolist(),
    }
