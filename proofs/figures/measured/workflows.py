"""Beyond the paper: what replace, accumulate, subsample and fresh real data keep, over (n, share).

Map: at which share g of fresh real data a share of the diversity is kept after n generations; the
law of A22, solved for g. Beside it the g that keeps as much as a pool of all batches does (A26,
A29). The runs come from `numerics`, which draws every batch and knows no law.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from scipy.optimize import brentq

from numerics.workflow import Workflow
from proofs.figures.drawing import Effort
from proofs.figures.measured.kept import Case, exact, seen
from proofs.figures.measured.recursions import spread
from theory.domain import Value

NAME = "workflows"
#: categories: K, equally frequent. shares: of fresh real points, of which runs are made. levels:
#: share of the diversity kept.
PARAMETERS: Mapping[str, Any] = {
    "categories": 10,
    "samples": 50,
    "generations": 1000,
    "runs": 500,
    "shares": ["1/1000", "1/300", "1/100", "1/30", "1/10"],
    "levels": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95],
}
#: Places of curves, and generations at which runs are measured, over the logarithm.
PLACES, MEASURED = 31, 61
#: Half length of a bar, in standard errors.
ERRORS = 2.0
#: Workflow, claim, shares of fresh real points, whether the diversity is that of the pool.
WAYS: Mapping[str, tuple[Workflow, str, Mapping[str, Fraction], bool]] = {
    "replace": (Workflow(), "A02", {}, False),
    "fresh-1": (Workflow(fresh_share=Fraction(1, 100)), "A22", {"g": Fraction(1, 100)}, False),
    "fresh-10": (Workflow(fresh_share=Fraction(1, 10)), "A22", {"g": Fraction(1, 10)}, False),
    "subsample": (Workflow("subsample"), "A29", {}, True),
    "accumulate": (Workflow("accumulate"), "A26", {}, True),
}
POOLS = ("subsample", "accumulate")


def kept(way: str, samples: int, n: int) -> float:
    """Return the exact share of the diversity kept in a way after n generations."""
    _, code, more, _ = WAYS[way]
    place: dict[str, Value] = {"M": Fraction(samples), "n": Fraction(n), **more}
    return exact(code, "diversity", **place)


def share_keeping(wanted: float, samples: int, place: float) -> float | None:
    """Return the share g of fresh real points that keeps `wanted` at a place >= 1, exactly.

    Between two generations what is kept is linear over log n, as for runs. None where not even
    g = 1 is enough. The place must be one at which g = 0 is not.
    """
    before = int(place)
    part = math.log(place / before) / math.log(1 + 1 / before)

    def lacking(g: float) -> float:
        near, far = (
            exact("A22", "diversity", M=Fraction(samples), n=Fraction(n), g=Fraction(g))
            if weight
            else 0.0
            for n, weight in ((before, 1 - part), (before + 1, part))
        )
        return (1 - part) * near + part * far - wanted

    return None if lacking(1.0) < 0 else float(brentq(lacking, 0.0, 1.0, xtol=1e-9))


def measure(parameters: Mapping[str, Any], effort: Effort) -> dict[str, Any]:
    """Return contours and curves, exact and measured, as JSON values."""
    samples, generations = int(parameters["samples"]), int(parameters["generations"])
    law = np.full(int(parameters["categories"]), 1 / int(parameters["categories"]))
    places = spread(generations, PLACES)
    record, runs = tuple(spread(generations, MEASURED)), int(parameters["runs"])
    ways = {
        way: Case(workflow, samples, record, runs, pool)
        for way, (workflow, _, _, pool) in WAYS.items()
    }
    shares = {
        text: Case(Workflow(fresh_share=Fraction(text)), samples, record, runs)
        for text in parameters["shares"]
    }
    found = seen(NAME, law, ways | shares, effort)
    crossings = {float(Fraction(text)): found[text] for text in shares}
    exactly = {way: [kept(way, samples, n) for n in places] for way in WAYS}
    return {
        **{name: parameters[name] for name in ("categories", "samples", "generations", "runs")},
        "places": places,
        "contours": {
            str(level): {
                **contour(level, samples, generations),
                "seen": [
                    [share, *ends]
                    for share, run in {0.0: found["replace"], **crossings}.items()
                    if (ends := crossing(run, level)) is not None
                ],
            }
            for level in parameters["levels"]
        },
        "as-good-as": {way: equals(samples, places, exactly[way]) for way in POOLS},
        "ways": {way: {"exact": {"kept": exactly[way]}, "seen": found[way]} for way in WAYS},
    }


def contour(level: float, samples: int, generations: int) -> dict[str, Any]:
    """Return places and shares g at which a level is kept, from where g = 0 keeps it on."""
    free = 1
    while kept("replace", samples, free + 1) >= level:
        free += 1
    pair = [free, free + 1]
    first = falls_to(pair, [kept("replace", samples, n) for n in pair], level)
    assert first is not None
    points = [(first, 0.0)]
    for place in np.geomspace(1, generations, 2 * PLACES).tolist():
        share = share_keeping(level, samples, place) if place > first else None
        points += [] if share is None else [(place, share)]
    return {
        "places": [place for place, _ in points],
        "exact": {"share": [share for _, share in points]},
    }


def equals(samples: int, places: Sequence[int], wanted: Sequence[float]) -> dict[str, Any]:
    """Return generations >= 2 and the shares that keep as much as something else does there."""
    points = [
        (n, share_keeping(level, samples, n))
        for n, level in zip(places, wanted, strict=True)
        if n >= 2  # every share keeps the same after one generation
    ]
    return {
        "places": [n for n, _ in points],
        "exact": {"share": [share for _, share in points]},
    }


def crossing(run: Mapping[str, Any], level: float) -> tuple[float, float, float] | None:
    """Return the generation at which a measured mean falls to a level, and its two ends.

    The ends are where the mean less and plus ERRORS standard errors falls to it. None where one of
    the three does not within the run. Between generations: linear over log n.
    """
    mean, error = np.array(run["mean"]), np.array(run["error"])
    ends = [
        falls_to(run["places"], (mean + shift * error).tolist(), level)
        for shift in (0.0, -ERRORS, ERRORS)
    ]
    middle, low, high = ends
    if middle is None or low is None or high is None:
        return None
    return middle, low, high


def falls_to(places: Sequence[int], values: Sequence[float], level: float) -> float | None:
    """Return where values over generations fall below a level; None where they begin there."""
    last = next((i for i, value in enumerate(values) if value < level), 0)
    if last == 0:
        return None
    part = (values[last - 1] - level) / (values[last - 1] - values[last])
    return math.exp((1 - part) * math.log(places[last - 1]) + part * math.log(places[last]))
