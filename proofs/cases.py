"""All cases, in the order of the claims."""

from proofs import coalescence, discrete, families, gaussian, language, regression
from proofs.case import Case
from theory.claim import Claim

CASES: tuple[Case, ...] = (
    *gaussian.ONE_FIT,
    *coalescence.CASES,
    *discrete.CASES,
    *gaussian.CASES,
    *regression.CASES,
    *families.CASES,
    *language.CASES,
)


def case_of(claim: Claim) -> Case:
    """Return the case of a claim; KeyError when it has none."""
    for case in CASES:
        if case.claim.code == claim.code:
            return case
    raise KeyError(claim.code)
