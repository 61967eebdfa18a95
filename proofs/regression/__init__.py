"""Evidence for the claims about refitting a linear regression on its own labels."""

from proofs.case import Case
from proofs.regression import (
    accumulate,
    augment,
    min_norm,
    real_and_synthetic,
    replace,
    ridge,
)

CASES: tuple[Case, ...] = (
    *replace.CASES,
    *accumulate.CASES,
    *min_norm.CASES,
    *ridge.CASES,
    *real_and_synthetic.CASES,
    *augment.CASES,
)
