"""Evidence for the claims about refitting n-gram language models."""

from proofs.case import Case

CASES: tuple[Case, ...] = ()
