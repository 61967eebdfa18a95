"""Claims about refitting n-gram language models."""

from theory.claim import Claim

CLAIMS: tuple[Claim, ...] = ()
