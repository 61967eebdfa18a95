"""Results to files and standard output; nothing half-written is ever left behind."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any


def write_text(target: str, text: str) -> None:
    """Write text to a file as a whole or not at all; `-` is standard output.

    A link is followed, and what is no regular file (a device, a pipe) is written to, not replaced.
    Raises OSError that names the target.
    """
    if target == "-":
        sys.stdout.write(text)
        return
    path = Path(target).resolve()
    if path.exists() and not path.is_file():
        with open(path, "w", encoding="utf-8") as device:
            device.write(text)
        return
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise OSError(error.errno, error.strerror, target) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_json(target: str, record: Any) -> None:
    """Write a record as indented JSON, keys in their own order, no nan or infinity."""
    write_text(target, json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
