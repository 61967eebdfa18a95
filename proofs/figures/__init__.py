"""The paper's figures, drawn from theory and numerics side by side: names and how to draw them."""

import difflib
from collections.abc import Sequence

from proofs.figures.drawing import STYLE, Drawing
from proofs.figures.drawn import gaussian_recursion, mean_error, pooled
from theory.errors import DomainError

__all__ = ["DRAWINGS", "STYLE", "chosen"]

DRAWINGS: dict[str, Drawing] = {
    drawing.name: drawing
    for drawing in (
        gaussian_recursion.GAUSSIAN_RECURSION,
        pooled.SUBSAMPLE,
        pooled.POOL,
        mean_error.MEAN_ERROR,
    )
}


def chosen(names: Sequence[str]) -> list[Drawing]:
    """Return the figures of those names, all of them for none; DomainError names the nearest."""
    for name in names:
        if name not in DRAWINGS:
            near = difflib.get_close_matches(name, DRAWINGS, 3, 0.3)
            hint = f"; nearest: {', '.join(near)}" if near else ""
            raise DomainError(f"unknown figure {name!r}{hint} (collapse figures --list shows all)")
    return [DRAWINGS[name] for name in dict.fromkeys(names or DRAWINGS)]
