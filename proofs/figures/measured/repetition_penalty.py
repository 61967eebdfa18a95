"""Fig. 14 of arXiv:2305.17493v3: the same with a penalty on words that the text already holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proofs.figures.drawing import Effort
from proofs.figures.measured import language
from proofs.figures.measured.language import DRAWS, RECORD, SHARP_3, WHOLE, Chain

NAME = "repetition-penalty"
PARAMETERS: Mapping[str, Any] = {
    "sequences": WHOLE,
    "runs": 1,
    "record": list(RECORD),
    "drawn": {"sharp": SHARP_3, "draws": DRAWS},
    "penalty": 2.0,
}
FULL: Mapping[str, Any] = {**PARAMETERS, "runs": 5}
#: With the penalty and without.
SIDES = ("with", "without")


def measure(parameters: Mapping[str, Any], effort: Effort) -> dict[str, Any]:
    """Return histograms and medians by way of drawing, with the penalty and without, as JSON."""
    penalties = dict(zip(SIDES, (parameters["penalty"], 1.0), strict=True))
    sides = {
        Chain(drawn, penalty=penalty): side
        for drawn in parameters["drawn"]
        for side, penalty in penalties.items()
    }
    found: dict[str, dict[str, Any]] = {drawn: {} for drawn in parameters["drawn"]}
    for chain, seen in language.measured(parameters, effort, list(sides)):
        found[chain.drawn][sides[chain]] = language.series(parameters, chain, seen)
    return {
        **language.setting(parameters),
        "runs": parameters["runs"],
        "penalty": parameters["penalty"],
        "histograms": found,
    }
