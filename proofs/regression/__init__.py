"""Evidence for the claims about refitting a linear regression on its own labels."""

from proofs.case import Case

CASES: tuple[Case, ...] = ()
