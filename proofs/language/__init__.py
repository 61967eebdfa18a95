"""Evidence for the claims about refitting n-gram language models."""

from proofs.case import Case
from proofs.language import memory, row_diversity, rows, running_text, types

CASES: tuple[Case, ...] = (
    *rows.CASES,
    *running_text.CASES,
    *types.CASES,
    *row_diversity.CASES,
    *memory.CASES,
)
