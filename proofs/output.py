"""Results to files and standard output; nothing half-written is ever left behind."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from theory.errors import DomainError


def check_targets(targets: Mapping[str, str | None]) -> None:
    """Refuse, before any work is done, targets that cannot be written; options to targets.

    `-` is standard output. Raises DomainError for an empty name, a folder, a missing folder, and
    two options with one target.
    """
    taken: dict[str | Path, str] = {}
    for option, target in targets.items():
        if target is None:
            continue
        if not target:
            raise DomainError(f"{option} '': a file is needed, or - for standard output")
        path = target if target == "-" else Path(target).resolve()
        if isinstance(path, Path) and path.is_dir():
            raise DomainError(f"{option} {target}: is a folder; a file is needed")
        if isinstance(path, Path) and not path.parent.is_dir():
            raise DomainError(f"{option} {target}: there is no folder {Path(target).parent}")
        if path in taken:
            raise DomainError(f"{taken[path]} and {option} both ask for {_named(target)}")
        taken[path] = option


def _named(target: str) -> str:
    return "standard output" if target == "-" else target


def write_text(target: str, text: str) -> None:
    """Write text to a file as a whole or not at all; `-` is standard output."""
    if target == "-":
        sys.stdout.write(text)
    else:
        write_bytes(target, text.encode())


def write_bytes(target: str | Path, content: bytes) -> None:
    """Write bytes to a file as a whole or not at all.

    A link is followed, and what is no regular file (a device, a pipe) is written to, not replaced.
    Raises OSError that names the target.
    """
    if os.path.exists(target) and not os.path.isfile(target):
        # By its own name: what /dev/stdout leads to need not have one.
        with open(target, "wb") as device:
            device.write(content)
        return
    path = Path(target).resolve()
    try:
        _replace(path, content)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from None


def _replace(path: Path, content: bytes) -> None:
    """Write a file beside the path, and put it in its place when it is whole."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
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
