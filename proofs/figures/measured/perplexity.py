"""Fig. 10 of arXiv:2305.17493v3: perplexity of the real test text under each generation's model.

Beside it what has an exact law: words drawn one by one are resampled categories, and the chance
that a word of probability q = k/M is lost by generation n is that of `theory`, A17. The texts come
from `numerics`, which draws every word.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from proofs.figures.drawing import Effort
from proofs.figures.measured import language
from proofs.figures.measured.language import BEAMS, DRAWS, RUNNING, SINGLE, TIMES, WHOLE, Chain
from theory.claim import value_ball
from theory.claims import find
from theory.domain import Point

#: Precision of a chance, in bits.
BITS = 48
NAME = "perplexity"
PARAMETERS: Mapping[str, Any] = {
    "sequences": 500,
    "runs": 5,
    "record": list(range(1, 10)),
    "drawn": {"draws": DRAWS, "beams": BEAMS, "single": SINGLE, "running": RUNNING},
}
FULL: Mapping[str, Any] = {**PARAMETERS, "sequences": WHOLE}
#: Whose perplexity is drawn, and whose losses of words.
READ, COUNTED = ("draws", "beams"), ("single", "running")


def lost_by(times: int, samples: int, generations: int) -> float:
    """Return the chance that a word seen so many times among M is lost by generation n (A17)."""
    claim = find("A17")
    point: Point = {
        "q": Fraction(times, samples),
        "M": Fraction(samples),
        "n": Fraction(generations),
    }
    return float(value_ball(claim, claim.quantity(None), point, BITS).mid())


def measure(parameters: Mapping[str, Any], effort: Effort) -> dict[str, Any]:
    """Return perplexities by share kept and way of drawing, and shares of words lost, as JSON."""
    found = language.setting(parameters)
    perplexities: dict[str, dict[str, Any]] = {}
    lost: dict[str, Any] = {}
    chains = [*language.both(READ), *map(Chain, COUNTED)]
    for chain, seen in language.measured(parameters, effort, chains):
        if chain.drawn in COUNTED:
            means = np.swapaxes(seen.lost.mean(axis=0), 0, 1)
            lost[chain.drawn] = {
                str(k): row.round(8).tolist() for k, row in zip(TIMES, means, strict=True)
            }
        else:
            part = language.series(parameters, chain, seen)
            kept = perplexities.setdefault(f"{chain.keep:g}", {})
            kept[chain.drawn] = {name: part[name] for name in ("runs", "real")}
    del found["edges"]
    # One generation after the other: what all words share is then worked out once.
    laws = [[lost_by(k, found["samples"], n) for k in TIMES] for n in parameters["record"]]
    return {
        **found,
        "runs": parameters["runs"],
        "perplexities": perplexities,
        "words": dict(zip(map(str, TIMES), _words(parameters), strict=True)),
        "lost": {
            "seen": lost,
            "exact": {
                str(k): list(row) for k, row in zip(TIMES, zip(*laws, strict=True), strict=True)
            },
        },
    }


def _words(parameters: Mapping[str, Any]) -> list[int]:
    """Return how many words the real text holds once, twice, ..., as in TIMES."""
    times = np.bincount(language.real_text(parameters["sequences"]).train.ravel())
    return [int((times == k).sum()) for k in TIMES]
