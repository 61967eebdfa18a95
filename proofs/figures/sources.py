"""What the data of a figure depend on: the digest of each source that its measuring imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from proofs.provenance import ROOT, source_digest

__all__ = ["digests"]

#: Always among them, as a whole.
PACKAGES = ("theory", "numerics")
#: How data are drawn and kept changes none of them.
DRAWN = (
    "proofs/figures/drawn/",
    "proofs/figures/drawing.py",
    "proofs/figures/pieces.py",
    "proofs/style.py",
    "proofs/output.py",
)


def digests(drawn: str, inputs: tuple[str, ...]) -> dict[str, str]:
    """Return a digest by place: packages, modules of `proofs` that measure, and inputs.

    drawn: the module that draws the figure, from the root of the project; what it imports, and
    what that imports in turn, is followed. inputs: other files, such as a text.
    """
    seen: set[str] = set()
    waiting = list(_imported(ROOT / drawn))
    while waiting:
        place = waiting.pop()
        if place not in seen and not place.startswith(DRAWN):
            seen.add(place)
            waiting += _imported(ROOT / place)
    return {place: source_digest((place,)) for place in (*PACKAGES, *sorted(seen | set(inputs)))}


def _imported(path: Path) -> Iterator[str]:
    """Yield the modules of `proofs` that a file imports anywhere, from the root of the project."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{name.name}" for name in node.names)]
        for name in names:
            place = f"{name.replace('.', '/')}.py"
            if name.startswith("proofs.") and (ROOT / place).is_file():
                yield place
