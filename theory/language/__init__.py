"""Claims about refitting n-gram language models."""

from theory.claim import Claim
from theory.language import memory, row_diversity, rows, running_text, types

CLAIMS: tuple[Claim, ...] = (
    *rows.CLAIMS,
    *running_text.CLAIMS,
    *types.CLAIMS,
    *row_diversity.CLAIMS,
    *memory.CLAIMS,
)
