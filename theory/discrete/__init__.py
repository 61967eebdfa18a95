"""Claims about resampling categories."""

from theory.discrete import absorption, diversity, lineages, tails

CLAIMS = (*diversity.CLAIMS, *absorption.CLAIMS, *lineages.CLAIMS, *tails.CLAIMS)
