"""Cases about resampling categories."""

from proofs.discrete import diversity

CASES = (*diversity.CASES,)
