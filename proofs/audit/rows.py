"""All rows of the audit: the paper's, in its order, then those of later work."""

from __future__ import annotations

from proofs.audit import (
    chains,
    discrete,
    expansions,
    figures,
    gaussian,
    growing,
    later,
    noise,
    theorem,
)
from proofs.audit.row import Row

ROWS: tuple[Row, ...] = (
    *discrete.ROWS,
    *chains.ROWS,
    *gaussian.ROWS,
    *growing.ROWS,
    *expansions.ROWS,
    *noise.ROWS,
    *theorem.ROWS,
    *figures.ROWS,
    *later.ROWS,
)
