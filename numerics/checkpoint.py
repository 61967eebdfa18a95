"""What is finished of a campaign, in a file that is always whole.

The file is JSON: what was asked, the software that answers, the sums so far, and a digest of all
this. It is written beside its place and moved there, so that a process killed at any moment leaves
the last whole file. It is read back only for the same question and the same software.
"""

import base64
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numerics.provenance import difference, software
from numerics.summary import Summary

__all__ = ["Checkpoint", "CheckpointError"]

FORMAT = 1
_KIND = "modelcollapse checkpoint"


class CheckpointError(ValueError):
    """A file that cannot be continued from; the message names the file and the reason."""


class Checkpoint:
    """The file of one campaign.

    Parameters: path; asked, everything that the result depends on, as texts and integers;
    every >= 0, seconds between two writings at least; required, whether a file that cannot be
    written is an error.
    """

    def __init__(
        self,
        path: Path,
        asked: Mapping[str, str | int],
        every: float = 1.0,
        required: bool = True,
    ) -> None:
        self.path = path
        self.asked = dict(asked)
        self.every = every
        self.required = required
        self.written = time.monotonic()

    def load(self) -> Summary | None:
        """The sums so far; None where there is no file.

        Raises CheckpointError for a file that is damaged, of another campaign or made by other
        software, and OSError for one that cannot be read.
        """
        try:
            text = self.path.read_text("utf-8")
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            raise CheckpointError(f"{self.path}: is no checkpoint") from None
        return self._decoded(text)

    def offer(self, sums: Summary) -> bool:
        """Whether the sums were written: they are unless the last writing is too recent."""
        if time.monotonic() - self.written < self.every:
            return False
        self.save(sums)
        return True

    def save(self, sums: Summary) -> None:
        """Nothing: the file now holds these sums. It is the old one or the new one, never half."""
        record: dict[str, Any] = {
            "kind": _KIND,
            "format": FORMAT,
            "asked": self.asked,
            "software": software(),
            "sums": _encoded(sums),
        }
        record["digest"] = _digest(record)
        try:
            _replace(self.path, json.dumps(record, indent=1) + "\n")
        except OSError:
            if self.required:
                raise
        self.written = time.monotonic()

    def remove(self) -> None:
        """Nothing: there is no such file any more."""
        self.path.unlink(missing_ok=True)

    def _decoded(self, text: str) -> Summary:
        """The sums in a file's text, once everything around them is as it must be."""
        try:
            record = json.loads(text)
        except ValueError:
            record = None
        if not isinstance(record, dict) or record.get("kind") != _KIND:
            raise CheckpointError(f"{self.path}: is no checkpoint")
        if record.get("format") != FORMAT:
            raise CheckpointError(
                f"{self.path}: format {record.get('format')} lies outside format {FORMAT}"
            )
        if record.pop("digest", None) != _digest(record):
            raise CheckpointError(f"{self.path}: its digest does not fit it; it was changed")
        for word, theirs, ours in (
            ("another run", record["asked"], self.asked),
            ("a run of other software", record["software"], software()),
        ):
            if found := difference(theirs, ours):
                raise CheckpointError(f"{self.path}: holds {word} ({found})")
        return _restored(record["sums"])


def _digest(record: Mapping[str, Any]) -> str:
    """SHA-256 over the record, the order of its keys aside."""
    plain = json.dumps(record, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def _encoded(sums: Summary) -> dict[str, Any]:
    """The sums as JSON values: integers as they are, floats bit for bit."""
    return {
        "replicates": sums.replicates,
        "total": [
            row.tolist() if isinstance(row[0], int) else _packed(row.astype(np.float64))
            for row in sums.total
        ],
        "mean": _packed(sums.mean),
        "spread": _packed(sums.spread),
        "largest": _packed(sums.largest),
        "histogram": sums.histogram.tolist(),
        "digest": sums.digest,
    }


def _restored(values: Mapping[str, Any]) -> Summary:
    """The sums from JSON values."""
    total = [row if isinstance(row, list) else _unpacked(row).tolist() for row in values["total"]]
    shape = (len(total), len(total[0]))
    return Summary(
        values["replicates"],
        np.array(total, dtype=object).reshape(shape),
        _unpacked(values["mean"]).reshape(shape),
        _unpacked(values["spread"]).reshape(shape),
        _unpacked(values["largest"]).reshape(shape),
        np.array(values["histogram"], dtype=np.int64),
        values["digest"],
    )


def _packed(values: NDArray[np.float64]) -> str:
    """The bytes of doubles, little end first, in base 64."""
    return base64.b64encode(np.ascontiguousarray(values, "<f8").tobytes()).decode()


def _unpacked(text: str) -> NDArray[np.float64]:
    """The doubles, in one dimension."""
    return np.frombuffer(base64.b64decode(text), "<f8").astype(np.float64)


def _replace(path: Path, text: str) -> None:
    """Nothing: the file holds the text, also after a power cut."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
