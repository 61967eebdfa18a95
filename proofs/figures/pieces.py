"""Parts of a long measurement, kept as they are finished: an interrupted one goes on from there."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from proofs.output import write_json

__all__ = ["Piece", "at_once", "kept_in"]

Piece = Callable[[str, Callable[[], Any]], Any]
"""Returns the JSON value of a part by its name, measured where it is not kept."""


def at_once(name: str, measure: Callable[[], Any]) -> Any:
    """Measure the part, and keep nothing."""
    return measure()


def kept_in(path: Path, stamp: Mapping[str, Any]) -> Piece:
    """Return what keeps parts in a file, beside the stamp of what they depend on.

    Parts under another stamp are measured again. Whoever has all of them removes the file.
    """
    mark = json.loads(json.dumps(stamp))
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        parts = record["parts"] if record["stamp"] == mark else {}
    except (OSError, ValueError, TypeError, KeyError):
        parts = {}

    def piece(name: str, measure: Callable[[], Any]) -> Any:
        if name not in parts:
            parts[name] = json.loads(json.dumps(measure()))
            write_json(str(path), {"stamp": mark, "parts": parts})
        return parts[name]

    return piece
