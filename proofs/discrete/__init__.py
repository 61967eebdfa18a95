"""Cases about resampling categories."""

from proofs.discrete import absorption, diversity, lineages, tails

CASES = (*diversity.CASES, *absorption.CASES, *lineages.CASES, *tails.CASES)
