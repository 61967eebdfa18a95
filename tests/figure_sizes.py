"""Sizes of each figure at which the tests measure it: a second each at most."""

from dataclasses import replace
from typing import Any

from proofs.figures import DRAWINGS
from proofs.figures.drawing import Drawing

BAND = [0.05, 0.95]
SIZES: dict[str, dict[str, Any]] = {
    "gaussian-recursion": {"generations": 12, "runs": {"10": 30, "100": 1}, "band": BAND},
    "gaussian-subsample": {"generations": 12, "runs": {"10": 30, "100": 1}, "band": BAND},
    "gaussian-pool": {"generations": 12, "runs": {"10": 30, "100": 1}, "band": BAND},
    "mean-error": {"generations": 1, "runs": {"10": 200, "100": 100}, "band": BAND},
}


def small(name: str) -> Drawing:
    """The figure of that name, at its small size; KeyError for one that has none."""
    return replace(DRAWINGS[name], parameters=SIZES[name], full=DRAWINGS[name].parameters)
