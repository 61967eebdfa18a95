"""Cases about refitting a Gaussian."""

from proofs.gaussian import variance

CASES = (*variance.CASES,)
