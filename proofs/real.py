"""Cases on a user's own input: which claims run on it, and which are skipped, by name and why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from proofs import real_counts, real_data, real_shape, real_space
from proofs.case import Case
from proofs.inputs import STANDARDISED, read_counts, read_sample
from proofs.real_grid import Experiment
from theory.claim import Claim
from theory.claims import CLAIMS
from theory.errors import DomainError

#: Why no experiment of a claim, or of one of its quantities, starts from a user's input.
REASONS = {
    "A08": "moments of a given order are confirmed at small M, where they can be told apart",
    "A10 constant": "a limit as n grows; `rate` is what finite n can show of it",
    "A16 missing-mass": "the kernel keeps the counts of one category, this needs all of them",
    "A16 second-moment-lost": "a sum over all pairs of categories",
    "B39 accumulate": "each generation is drawn from the last one only",
    "B39 mixture": "each generation is drawn from the last one only",
    "B28 distance": "at given numbers; B28b `w2` says it of the sample",
    "B43 gaussian": "needs a Gaussian D_0; `general` holds for any",
    "B43 rate": "needs equal eigenvalues",
    "B28 kap-uniform": "a constant of another law",
    "B28 kap-exponential": "a constant of another law",
}
#: What is checked on a sample, and the claims it speaks of.
ON_SAMPLES = (
    (real_data, frozenset({"B39", "B43", "B44"})),
    (real_shape, frozenset({"B28", "B28b", "B44"})),
    (real_space, frozenset({"B28b"})),
)
#: Claims that need no normal D_0, but other refits than those of a sample.
OTHER_REFITS = frozenset({"B29", "B30", "B31", "B32", "B36", "B38", "B42"})
MIXTURES = frozenset({"F01", "F02"})
NO_COUNTS = "about categories; no --counts given"
NO_DATA = "about a sample; no --data given"
IN_DIMENSIONS = "about one dimension; B44 says the same of a sample in any number of them"
NEEDS_NORMAL = "stated for a normal D_0; in a sample ties make a zero variance possible"
NO_EXPERIMENT = "no experiment starts from a user's counts"
NO_REFITS = "about pools, real points, weights or noise; here each fit is of the last one's points"
ONE_MIXTURE = "about one mixture of two normal laws; B28b says the same of any law"
NO_SAMPLE = "no experiment starts from a user's sample"


class InputCases(list[Case]):
    """Cases on an input, with the lines to show before them.

    notes: what was read and how. skipped: what is not checked on it, and why.
    """

    def __init__(self, cases: Sequence[Case], notes: Sequence[str], skipped: Sequence[str]) -> None:
        super().__init__(cases)
        self.notes = tuple(notes)
        self.skipped = tuple(skipped)


def cases_on_input(
    counts: str | None, data: str | None, columns: str | None, codes: Collection[str]
) -> list[Case]:
    """Return the cases that `read_cases` finds, which are `InputCases`."""
    return read_cases(counts, data, columns, codes)


def read_cases(
    counts: str | None, data: str | None, columns: str | None, codes: Collection[str]
) -> InputCases:
    """Return the cases, among the claims of these codes, whose witnesses start from the input.

    counts: as `read_counts` takes it. data, columns: as `read_sample` takes them. At least one
    of both. Raises DomainError for a bad input, and where no claim asked for can be checked on it.
    """
    experiments: list[Experiment] = []
    notes: list[str] = []
    weak: list[str] = []
    if counts is not None:
        categories = read_counts(counts)
        notes.append(f"counts: {counts}: {'; '.join(categories.notes)}")
        notes.append(f"  diversity H0 = {float(categories.diversity()):.6g}")
        found, without = real_counts.experiments(categories)
        experiments += found
        weak += without
    if data is not None:
        sample = read_sample(data, columns)
        notes.append(f"data: {data}: {'; '.join(sample.notes)}")
        notes.append(f"  {STANDARDISED}; Sigma_0 has divisor N; resampled with replacement")
        for part, speaks_of in ON_SAMPLES:
            if not speaks_of.isdisjoint(codes):
                found, without = part.experiments(sample)
                experiments += found
                weak += without
    wanted = [claim for claim in CLAIMS if claim.code in codes]
    cases = [
        case
        for claim in wanted
        if (case := _case(claim, [one for one in experiments if one.code == claim.code]))
    ]
    weak = [line for line in weak if line.replace(":", " ").split()[0] in codes]
    skipped = _skipped(wanted, cases, weak, counts is not None, data is not None)
    if not cases:
        raise DomainError("nothing to check on this input: " + "; ".join(skipped))
    return InputCases(cases, notes, skipped)


def _case(claim: Claim, experiments: Sequence[Experiment]) -> Case | None:
    """Return the case of a claim with these experiments, cut down to their quantities."""
    if not experiments:
        return None
    spoken = {one.quantity for one in experiments}
    kept = tuple(one for one in claim.quantities if one.name in spoken)
    witnesses = tuple(one.witness() for one in experiments)
    return Case(replace(claim, quantities=kept), witnesses, on_input=True)


def _skipped(
    wanted: Sequence[Claim], cases: Sequence[Case], weak: Sequence[str], counts: bool, data: bool
) -> list[str]:
    """Return a line for each reason, naming the claims and quantities that it keeps out."""
    checked = {case.claim.code: case.claim for case in cases}
    by_reason: dict[str, list[str]] = {}
    named = {line.split(":")[0] for line in weak}
    for claim in wanted:
        if claim.code not in checked and claim.code not in named:
            reason = _reason(claim.code, counts, data)
            by_reason.setdefault(reason, []).append(f"{claim.code} {claim.id}")
        for quantity in claim.quantities if claim.code in checked else ():
            name = f"{claim.code} {quantity.name}"
            if name in REASONS:
                by_reason.setdefault(REASONS[name], []).append(name)
    return [*weak, *(f"{', '.join(names)}: {reason}" for reason, names in by_reason.items())]


def _reason(code: str, counts: bool, data: bool) -> str:
    """Return why a claim as a whole is not checked."""
    if code.startswith("A"):
        return REASONS.get(code, NO_EXPERIMENT) if counts else NO_COUNTS
    if not data:
        return NO_DATA
    if code in ("B09", "B10"):
        return IN_DIMENSIONS
    if code in MIXTURES:
        return ONE_MIXTURE
    if code in OTHER_REFITS:
        return NO_REFITS
    return NEEDS_NORMAL if code.startswith("B") else NO_SAMPLE
