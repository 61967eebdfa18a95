"""Nature Fig. 1: the loop, and what it does to perplexities without real data and with a tenth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proofs.figures.drawing import Effort
from proofs.figures.measured import language
from proofs.figures.measured.language import SHARP, WHOLE

NAME = "feedback-loop"
PARAMETERS: Mapping[str, Any] = {
    "sequences": 1000,
    "runs": 5,
    "record": list(range(1, 10)),
    "drawn": {"sharp": SHARP},
}
FULL: Mapping[str, Any] = {**PARAMETERS, "sequences": WHOLE}


def measure(parameters: Mapping[str, Any], effort: Effort) -> dict[str, Any]:
    """Return histograms and perplexities by the share kept, as JSON values."""
    kept = {
        f"{chain.keep:g}": language.series(parameters, chain, seen)
        for chain, seen in language.measured(parameters, effort, language.both(["sharp"]))
    }
    return {**language.setting(parameters), "runs": parameters["runs"], "histograms": kept}
