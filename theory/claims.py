"""All claims, each after those it rests on.

The law of one fitted variance leads: its evidence needs one small kernel, so that the first verdict
of a cold run comes soon.
"""

import difflib
import fnmatch

from theory import coalescence, discrete, families, gaussian, language, regression
from theory.claim import Claim
from theory.errors import DomainError

CLAIMS: tuple[Claim, ...] = (
    *gaussian.ONE_FIT,
    *coalescence.CLAIMS,
    *discrete.CLAIMS,
    *gaussian.CLAIMS,
    *regression.CLAIMS,
    *families.CLAIMS,
    *language.CLAIMS,
)


def find(name: str) -> Claim:
    """Return the claim of that code or id; DomainError names the nearest ones."""
    for claim in CLAIMS:
        if name.casefold() in (claim.code.casefold(), claim.id.casefold()):
            return claim
    names = [known for claim in CLAIMS for known in (claim.code, claim.id)]
    near = difflib.get_close_matches(name, names, 3, 0.4)
    hint = f"; nearest: {', '.join(near)}" if near else ""
    raise DomainError(f"unknown claim {name!r}{hint} (collapse list shows all)")


def matching(pattern: str | None) -> tuple[Claim, ...]:
    """Return the claims whose code or id matches: a glob, a prefix, or a part of the id."""
    if pattern is None:
        return CLAIMS
    wanted = pattern.casefold()
    found = tuple(
        claim
        for claim in CLAIMS
        if any(
            fnmatch.fnmatchcase(name.casefold(), wanted) or wanted in name.casefold()
            for name in (claim.code, claim.id)
        )
    )
    return found or (find(pattern),)
