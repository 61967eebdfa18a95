"""Claims about resampling categories."""

from theory.discrete import diversity

CLAIMS = (*diversity.CLAIMS,)
