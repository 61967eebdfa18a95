"""A row of the audit: one statement in print, and the evidence that judges it.

A row says what is printed, where the printed statement speaks, and which experiments confront it.
It says nothing of the outcome: the ruling is computed. `expected` is what the last run found, kept
so that a change is noticed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from proofs.case import Route, Witness
from theory.claim import Claim, Quantity, Relation
from theory.claims import find
from theory.derivation import Derivation
from theory.domain import Domain, Point, Value
from theory.errors import DomainError

NO_POINTS = Domain(())
#: The figure of a statement that is so or is not.
HOLDS = "holds"


class Seen(Enum):
    """How the statement is known."""

    TEXT = "read in the text"
    ABSTRACT = "only the abstract was read"
    SECOND_HAND = "second hand"
    NOWHERE = "not in print; put in its place here"


class Ruling(Enum):
    """What a run finds on a printed statement."""

    EXACT = "exact"
    BOUND = "true bound"
    CONFIRMED = "confirmed by evidence alone"
    ORDER = "true to the stated order"
    CONDITIONS = "true with conditions"
    REFUTED = "refuted"
    DEFINITION = "definition"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Range:
    """Where an approximation is good enough: its error, measured by the exact law, as n grows.

    law: CODE:QUANTITY of the exact law; its claim must be settled in the same run. places: the
    parameters but n, one mapping a line. levels: relative errors; for each, the last n up to which
    the error stays below is searched for. scale: the parameter that n is divided by, M by default.
    """

    law: str
    places: tuple[Mapping[str, Value], ...]
    levels: tuple[Fraction, ...] = (Fraction(1, 100), Fraction(1, 10))
    scale: str = "M"


@dataclass(frozen=True)
class Row:
    """One statement in print.

    id: permanent. reference: work and place. printed: the statement, in our own words. seen: how
    we know it. reading: how it is read where the print leaves room.
    quantity: relation and law as printed; its order is the stated remainder. None for definitions
    and for what nothing can confront.
    domain: where the printed statement speaks; points outside it are not confronted.
    against: CODE:QUANTITY of claims; the independent witnesses of that quantity confront the row.
    The printed statement is `exact` or a `true bound` only if one of these claims is settled in
    the same run and has the same law and relation.
    witnesses: experiments of the row's own, independent of any closed form for the quantity.
    condition: a narrower domain, in which the statement is expected to hold; the evidence must
    have points inside and outside. condition_printed: whether the statement itself names it.
    range: where an approximation is good enough.
    defined_by: CODE:QUANTITY of claims that give a definition its measurable form.
    corrected_by: code of the claim, or id of the row, that holds instead of a refuted statement.
    figure: what the printed and the true figure are, where that is not plain; HOLDS where they say
    whether the statement is so (1) or not (0).
    unconfronted: why nothing here can confront the statement; nothing else is then said of it.
    remark: what an author should know besides, in a sentence or two.
    """

    id: str
    reference: str
    printed: str
    seen: Seen
    expected: Ruling
    quantity: Quantity | None = None
    domain: Domain = NO_POINTS
    against: tuple[str, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    reading: str = ""
    condition: Domain | None = None
    condition_printed: bool = False
    range: Range | None = None
    defined_by: tuple[str, ...] = ()
    corrected_by: str = ""
    figure: str = ""
    unconfronted: str = ""
    remark: str = ""

    def __post_init__(self) -> None:
        if self.quantity is None and (self.against or self.witnesses):
            raise ValueError(f"{self.id}: evidence needs a quantity to confront")
        if self.unconfronted and (self.quantity is not None or self.defined_by):
            raise ValueError(f"{self.id}: evidence confronts it, or nothing does")
        if any(witness.route is Route.DERIVED for witness in self.witnesses):
            raise ValueError(f"{self.id}: a derivation is no experiment")

    def claim(self, quantity: str) -> Claim:
        """Return the printed statement as a claim without derivation, its quantity so named."""
        from dataclasses import replace

        assert self.quantity is not None
        return Claim(
            code=self.id,
            id=self.id,
            title=self.printed,
            statement=self.reading,
            quantities=(replace(self.quantity, name=quantity),),
            domain=self.domain,
            sources=(),
            derive=lambda: Derivation((), ()),
        )


def covers(domain: Domain, point: Point) -> bool:
    """Return whether a point lies inside a domain that knows all its parameters."""
    try:
        domain.check("", point)
    except (DomainError, KeyError):
        return False
    return True


def named(place: str) -> tuple[Claim, Quantity]:
    """Return the claim and the quantity that CODE:QUANTITY names; DomainError for unknown ones."""
    code, _, quantity = place.partition(":")
    claim = find(code)
    return claim, claim.quantity(quantity or None)


def printed(relation: Relation, law: object, **parts: object) -> Quantity:
    """Return the quantity of a row: relation and law as printed; mle= and order= as in Quantity."""
    return Quantity("printed", "", "", relation, law, **parts)  # type: ignore[arg-type]
