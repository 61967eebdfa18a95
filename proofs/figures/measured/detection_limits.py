"""Beyond the paper: the relative error of a law that the checks of each claim would have caught.

Nothing is run here: the figures are those of the shipped record, `proofs/record.json`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from proofs.figures.drawing import Effort
from proofs.summary import RECORD, load

__all__ = ["KINDS", "NAME", "PARAMETERS", "kind_of", "measure"]

NAME = "detection-limits"
#: from: the record, by its path in the project.
PARAMETERS: Mapping[str, Any] = {"from": f"proofs/{RECORD.name}"}
#: How a claim was checked: what something equals or tends to, by chance or within a margin, whose
#: error has a size; sampled, but only for a bound or an order; without chance; a statement as
#: printed that fails.
KINDS = ("sized", "bounded", "certain", "refuted")


def measure(parameters: Mapping[str, Any], effort: Effort) -> dict[str, Any]:
    """Return what the record says of each claim, by chapter and in order of codes."""
    chapters: dict[str, list[dict[str, Any]]] = {}
    entries = sorted(load().values(), key=lambda entry: _in_order(entry["code"]))
    for entry in entries:
        chapters.setdefault(str(entry["id"]).partition(".")[0], []).append(
            {
                "code": entry["code"],
                "kind": kind_of(entry),
                "comparisons": entry["comparisons"].get("measured", 0),
                "bluntest": entry["limit"],
                "sharpest": entry.get("sharpest"),
            }
        )
    if effort.progress is not None:
        effort.progress(1, 1)
    return {"from": parameters["from"], "chapters": chapters}


def kind_of(entry: Mapping[str, Any]) -> str:
    """Return one of KINDS for an entry of the record."""
    if entry["expected"] == "refuted":
        return "refuted"
    if entry["limit"] is not None:
        return "sized"
    return "bounded" if entry["comparisons"].get("measured") else "certain"


def _in_order(code: str) -> tuple[str, int, str]:
    found = re.fullmatch(r"([A-Z]+)(\d+)(\w*)", code)
    return (found[1], int(found[2]), found[3]) if found else (code, 0, "")
