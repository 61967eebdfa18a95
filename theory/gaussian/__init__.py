"""Claims about refitting a Gaussian."""

from theory.gaussian import variance

CLAIMS = (*variance.CLAIMS,)
