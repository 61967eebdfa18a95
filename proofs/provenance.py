"""Where a result came from: versions of what made it, and a digest of the sources."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

__all__ = ["software", "source_digest"]

PACKAGES = ("sympy", "numpy", "scipy", "numba", "python-flint")
ROOT = Path(__file__).resolve().parent.parent


def software() -> dict[str, str]:
    """Return name and version of this project, of Python, and of what can change a result."""
    return {"modelcollapse": version("modelcollapse"), "python": platform.python_version()} | {
        package: version(package) for package in PACKAGES
    }


def source_digest(places: Sequence[str] = ("theory", "numerics", "proofs")) -> str:
    """Return a digest of files and of the Python files in folders, by default all packages."""
    digest = hashlib.sha256()
    for place in places:
        inside = sorted((ROOT / place).rglob("*.py"))
        for path in inside or [ROOT / place]:
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()
