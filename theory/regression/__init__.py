"""Claims about refitting a linear regression on its own labels."""

from theory.claim import Claim
from theory.regression import accumulate, augment, min_norm, real_and_synthetic, replace, ridge

CLAIMS: tuple[Claim, ...] = (
    *replace.CLAIMS,
    *accumulate.CLAIMS,
    *min_norm.CLAIMS,
    *ridge.CLAIMS,
    *real_and_synthetic.CLAIMS,
    *augment.CLAIMS,
)
