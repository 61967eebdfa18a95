"""Claims about refitting a linear regression on its own labels."""

from theory.claim import Claim

CLAIMS: tuple[Claim, ...] = ()
