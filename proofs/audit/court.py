"""The ruling on a printed statement, computed from what the run finds.

The claims that a row names are judged first, and their experiments are remembered: the printed law
is confronted with the same observations that confronted the claim's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from statistics import NormalDist

from proofs.audit.range import Reach, reaches
from proofs.audit.row import Row, Ruling, covers, named
from proofs.case import Bench, Case, Setting, Witness
from proofs.cases import CASES
from proofs.comparison import Check, along_ladders, at_points, law_ends
from proofs.ledger import Finding, Run, foundations, status
from proofs.points import points
from proofs.verdict import Observation, Outcome
from theory.claim import Claim, Expected, Quantity
from theory.claims import find
from theory.domain import Point
from theory.errors import DomainError

#: Points at which the printed law is compared with the law of a claim.
POINTS = 16
#: Rulings under which a statement can stand in for a refuted one.
HOLDING = frozenset({Ruling.EXACT, Ruling.BOUND, Ruling.CONFIRMED, Ruling.ORDER, Ruling.CONDITIONS})


@dataclass(frozen=True)
class Judgement:
    """What a run finds on one row.

    inside, outside: comparisons where the statement is expected to hold, and where it is not.
    backing: the claim whose law the printed one is, if one is settled. reason: why undecided.
    """

    row: Row
    ruling: Ruling
    inside: tuple[Check, ...] = ()
    outside: tuple[Check, ...] = ()
    backing: str = ""
    reason: str = ""
    reaches: tuple[Reach, ...] = ()

    @property
    def expected(self) -> bool:
        """Return whether the ruling is the one on record."""
        return self.ruling is self.row.expected

    def against(self) -> tuple[Check, ...]:
        """Return the comparisons that refute the statement, or show that it needs a condition."""
        checks = self.inside if self.ruling is Ruling.REFUTED else self.outside
        return tuple(check for check in checks if _refutes(check))

    def counterexample(self) -> Check | None:
        """Return the smallest counterexample: exact, the point with the least parameters."""
        exact = [check for check in self.against() if not check.verdict.share and not check.rungs]
        return min(exact, key=lambda check: height(check.point), default=None)

    def farthest(self) -> Check | None:
        """Return the sampled comparison that lies most standard errors away."""
        return max(
            (check for check in self.against() if check.verdict.share),
            key=standard_errors,
            default=None,
        )


def height(point: Point) -> int:
    """Return the size of a point: all its numerators and denominators added up."""
    values = chain.from_iterable(
        value if isinstance(value, tuple) else (value,)
        for value in point.values()
        if not isinstance(value, str)
    )
    return sum(abs(value.numerator) + value.denominator for value in values)


def standard_errors(check: Check) -> float:
    """Return how many standard errors lie between the printed value and the one measured.

    The standard error is taken from the finite-sample interval as if that were a normal one. It is
    wider, so that the figure errs on the low side.
    """
    verdict = check.verdict
    normal = NormalDist().inv_cdf(1 - verdict.share / 2)
    return 2 * normal * abs(verdict.law - verdict.seen) / (verdict.high - verdict.low)


def _refutes(check: Check) -> bool:
    return check.verdict.outcome is Outcome.REFUTED


# --- the run -------------------------------------------------------------------------------------


class Remembered:
    """An experiment that looks once at each setting."""

    def __init__(self, observe: Callable[[Setting, Bench], Sequence[Observation]]) -> None:
        self.observe = observe
        self.seen: dict[str, Sequence[Observation]] = {}

    def __call__(self, setting: Setting, bench: Bench) -> Sequence[Observation]:
        """Return what the experiment sees, or saw, at a setting."""
        place = repr((sorted(setting.fixed.items()), setting.generations, setting.start))
        if place not in self.seen:
            self.seen[place] = self.observe(setting, bench)
        return self.seen[place]


@dataclass
class Audit:
    """One run: the claims that the rows name, then the rows.

    half of the false-alarm budget goes to the claims, and half to the rows.
    """

    run: Run
    rows: Sequence[Row]
    findings: dict[str, Finding] = field(default_factory=dict)
    judgements: dict[str, Judgement] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.claims = Run(
            key=self.run.key,
            false_alarm=self.run.false_alarm / 2,
            effort=self.run.effort,
            quick=self.run.quick,
            workers=self.run.workers,
        )
        self.cases = {case.claim.code: case for case in _cases(self.rows)}
        samples = sum(
            len(setting.points())
            for row in self.rows
            for _, witness in self.witnesses(row)
            if witness.samples
            for setting in self.run.settings(witness)
        )
        self.run.alpha = self.run.false_alarm / 2 / samples if samples else 0.0

    def judge_claims(self) -> Iterator[Finding]:
        """Yield the finding on each claim that a row names or that such a one rests on."""
        for finding in self.claims.examine(list(self.cases.values())):
            self.findings[finding.claim.code] = finding
            yield finding

    def judge_rows(self) -> Iterator[Judgement]:
        """Yield the judgement on each row, in their order."""
        for row in self.rows:
            yield self.judge(row)

    def judge(self, row: Row) -> Judgement:
        """Return the judgement on a row; what stands in for it is judged first."""
        if row.id not in self.judgements:
            if self.run.stopped:
                raise KeyboardInterrupt
            self.judgements[row.id] = self._judge(row)
        return self.judgements[row.id]

    def holds(self, name: str) -> bool:
        """Return whether a claim came out as well as it can, or a row as true."""
        if name in self.findings:
            claim = self.findings[name].claim
            best = claim.expected is not Expected.REFUTED
            return best and status(claim, self.findings) == claim.expected.value
        rows = {row.id: row for row in self.rows}
        return name in rows and self.judge(rows[name]).ruling in HOLDING

    def witnesses(self, row: Row) -> list[tuple[str, Witness]]:
        """Return the independent experiments that confront a row, each with where it belongs."""
        found = []
        for place in row.against:
            claim, quantity = named(place)
            basis = frozenset().union(*(foundations(find(code)) for code in _stands(claim)))
            found += [
                # Settings that were not chosen for a ladder make none.
                (claim.code, witness if quantity.order else replace(witness, order_margin=None))
                for witness in self.cases[claim.code].witnesses
                if witness.quantity == quantity.name and not witness.principles & basis
            ]
        return found + [(row.id, witness) for witness in row.witnesses]

    def _judge(self, row: Row) -> Judgement:
        if row.quantity is None:
            return self._define(row)
        inside: list[Check] = []
        outside: list[Check] = []
        for code, witness in self.witnesses(row):
            self.run.code = code
            for check, holds in self._confront(row, witness):
                (inside if holds else outside).append(check)
        found = Judgement(row, Ruling.UNDECIDED, tuple(inside), tuple(outside), self._backing(row))
        ruling, reason = self._rule(found)
        return replace(found, ruling=ruling, reason=reason, reaches=self._reaches(row))

    def _confront(self, row: Row, witness: Witness) -> Iterator[tuple[Check, bool]]:
        """Yield each comparison, and whether its point lies inside the row's condition."""
        claim = row.claim(witness.quantity)
        (quantity,) = claim.quantities
        found: dict[bool, list[tuple[Point, Observation]]] = {True: [], False: []}
        for setting in self.run.settings(witness):
            spoken = [point for point in setting.points() if covers(row.domain, point)]
            if self.run.stopped:
                raise KeyboardInterrupt
            if spoken:
                seen = witness.observe(setting, self.run)
                for point, one in zip(setting.points(), seen, strict=True):
                    if point in spoken:
                        holds = row.condition is None or covers(row.condition, point)
                        found[holds].append((point, one))
        for holds, places in found.items():
            for check in at_points(claim, quantity, witness, places, self.run.alpha, True):
                yield check, holds
        for check in along_ladders(claim, quantity, witness, found[True], True):
            yield check, True

    # --- the ruling ------------------------------------------------------------------------------

    def _define(self, row: Row) -> Judgement:
        """Return the judgement on a definition: whether its measurable form is settled."""
        missing = [place for place in row.defined_by if not self.holds(named(place)[0].code)]
        if missing or not row.defined_by:
            nothing = row.unconfronted or "nothing here can confront it"
            reason = f"{missing[0]} is not settled" if missing else nothing
            return Judgement(row, Ruling.UNDECIDED, reason=reason)
        return Judgement(row, Ruling.DEFINITION)

    def _rule(self, found: Judgement) -> tuple[Ruling, str]:
        """Return the ruling that the comparisons give, and why where it is undecided."""
        row, inside = found.row, found.inside
        for code in sorted(frozenset().union(*(each.principles for each in row.witnesses))):
            if self.findings and not self.holds(code):
                return Ruling.UNDECIDED, f"the evidence rests on {code}, which is not settled"
        if any(map(_refutes, inside)):
            if row.corrected_by and not self.holds(row.corrected_by):
                return Ruling.UNDECIDED, f"refuted, but {row.corrected_by} is not settled either"
            return Ruling.REFUTED, ""
        if any(check.verdict.outcome is Outcome.UNDECIDED for check in inside):
            return Ruling.UNDECIDED, "some comparison is undecided"
        if not any(check.good and not check.verdict.share for check in inside):
            return Ruling.UNDECIDED, "no exact evidence that could have refuted it"
        if row.condition is not None:
            if any(_refutes(check) and not check.verdict.share for check in found.outside):
                return Ruling.CONDITIONS, ""
            return Ruling.UNDECIDED, "nothing exact refutes it outside the condition"
        assert row.quantity is not None
        if row.quantity.order is not None:
            if any(check.rungs for check in inside):
                return Ruling.ORDER, ""
            return Ruling.UNDECIDED, "no ladder measures the order"
        if not found.backing:
            return Ruling.CONFIRMED, ""
        return (Ruling.BOUND if row.quantity.bounds else Ruling.EXACT), ""

    def _backing(self, row: Row) -> str:
        """Return the settled claim whose law is the printed one; empty where there is none."""
        for place in row.against:
            claim, quantity = named(place)
            if self.holds(claim.code) and same_law(row, claim, quantity):
                return claim.code
        return ""

    def _reaches(self, row: Row) -> tuple[Reach, ...]:
        if row.range is None or not self.holds(named(row.range.law)[0].code):
            return ()
        return reaches(row, row.range)


def same_law(row: Row, claim: Claim, quantity: Quantity) -> bool:
    """Return whether the printed law is that of a claim, compared at points of the row's domain."""
    own = row.claim(quantity.name)
    if own.quantities[0].relation is not quantity.relation:
        return False
    for point in points(row.domain, POINTS, row.id):
        try:
            sides = [
                law_ends(*each.law_at(each.quantity(quantity.name), point), rational=True)
                for each in (own, claim)
            ]
        except (DomainError, KeyError):
            return False
        if max(low for low, _ in sides) > min(high for _, high in sides):
            return False
    return True


def _stands(claim: Claim) -> tuple[str, ...]:
    """Return the claim, and what holds instead of it where it is one that fails."""
    return (claim.code, claim.replaced_by) if claim.replaced_by else (claim.code,)


def _cases(rows: Iterable[Row]) -> list[Case]:
    """Return the cases of all claims that rows name or that those rest on, foundations first.

    Experiments that confront a row remember what they saw. Mutants are left to `collapse verify`.
    """
    rows = tuple(rows)
    own = {row.id for row in rows}
    codes = {code for row in rows for code in _named_by(row) if code not in own}
    needed = frozenset().union(
        *(foundations(find(stands)) for code in codes for stands in _stands(find(code)))
    )
    return [
        replace(
            case,
            mutants=(),
            witnesses=tuple(
                replace(witness, observe=Remembered(witness.observe)) for witness in case.witnesses
            ),
        )
        for case in CASES
        if case.claim.code in needed
    ]


def _named_by(row: Row) -> list[str]:
    """Return the codes of claims, and perhaps the id of a row, that a row or its evidence names."""
    places = [*row.against, *row.defined_by, *([row.range.law] if row.range else [])]
    codes = [place.partition(":")[0] for place in places]
    codes += [code for witness in row.witnesses for code in sorted(witness.principles)]
    return [*codes, *([row.corrected_by] if row.corrected_by else [])]


def with_corrections(asked: Sequence[Row], all_rows: Mapping[str, Row]) -> list[Row]:
    """Return the rows asked for, and those that stand in for them."""
    found = {row.id: row for row in asked}
    for row in asked:
        if row.corrected_by in all_rows:
            found.setdefault(row.corrected_by, all_rows[row.corrected_by])
    return list(found.values())
