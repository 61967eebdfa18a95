"""A claim: one frozen value that says what holds, where, and after whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

import sympy as sp
from flint import arb

from theory.derivation import Derivation
from theory.domain import Domain, Point, Value, show_value
from theory.errors import DomainError
from theory.evaluate import Environment, ball, environment, exact


class Relation(Enum):
    """How the quantity relates to the law."""

    EQUALS = "="
    AT_MOST = "<="
    AT_LEAST = ">="
    TENDS_TO = "->"


class Expected(Enum):
    """What a run should find."""

    SETTLED = "settled"
    ORDER_AND_RANGE = "confirmed to order and range"
    REFUTED = "refuted"


@dataclass(frozen=True)
class Quantity:
    """One quantity of a claim: its left side in LaTeX, the relation, and the law.

    mle: the law under the maximum likelihood estimator, where both estimators exist.
    extra: parameters that only this quantity needs a narrower domain for, by name.
    """

    name: str
    words: str
    latex: str
    relation: Relation
    law: sp.Expr
    mle: sp.Expr | None = None

    def laws(self) -> Mapping[str, sp.Expr]:
        """Return the law under each estimator that the quantity speaks of."""
        both = {"unbiased": self.law}
        return both if self.mle is None else {**both, "mle": self.mle}


@dataclass(frozen=True)
class Source:
    """Where a statement was made: work, place in it, and what the place says."""

    work: str
    place: str = ""

    def text(self) -> str:
        """Return the source in one line."""
        return f"{self.work}, {self.place}" if self.place else self.work


@dataclass(frozen=True)
class Claim:
    """A statement with its permanent code, quantities, domain, sources and derivation."""

    code: str
    id: str
    title: str
    statement: str
    quantities: tuple[Quantity, ...]
    domain: Domain
    sources: tuple[Source, ...]
    derive: Callable[[], Derivation]
    expected: Expected = Expected.SETTLED

    def quantity(self, name: str | None = None) -> Quantity:
        """Return the quantity of that name, or the first; DomainError names the choices."""
        if name is None:
            return self.quantities[0]
        for quantity in self.quantities:
            if quantity.name == name:
                return quantity
        names = ", ".join(quantity.name for quantity in self.quantities)
        raise DomainError(f"{self.id}: no quantity {name!r}; it has {names}")

    def law_at(self, quantity: Quantity, point: Point) -> tuple[sp.Expr, Environment]:
        """Return the law to evaluate at a point and the values in it; DomainError outside.

        Raises DomainError when the point lies outside the domain, lacks a parameter that the
        law needs, or asks for an estimator that the quantity does not speak of.
        """
        self.domain.check(self.id, point)
        estimator = point.get("estimator", "unbiased")
        laws = quantity.laws()
        if estimator not in laws:
            raise DomainError(
                f"{self.id}: {quantity.name} is stated for estimator = {', '.join(laws)}, "
                f"not {estimator}"
            )
        values = environment(self.domain, point)
        law = laws[str(estimator)]
        missing = needed(law) - values.symbols()
        if missing:
            raise DomainError(f"{self.id}: {quantity.name} needs {self._name_missing(missing)}")
        return law, values

    def _name_missing(self, missing: set[sp.Basic]) -> str:
        texts = []
        for symbol in sorted(missing, key=str):
            found = [
                parameter
                for parameter in self.domain.parameters
                if symbol in (parameter.symbol, getattr(parameter.symbol, "label", None))
                or str(symbol) == parameter.name
            ]
            if found:
                texts.append(f"{found[0].name} ({found[0].meaning}; {found[0].text()})")
            else:
                texts.append(str(symbol))
        return ", ".join(texts)

    def derivation(self) -> Derivation:
        """Return the derivation, built anew."""
        return self.derive()

    def uses(self) -> tuple[str, ...]:
        """Return the codes of the claims that the derivation rests on, in order of use."""
        return self.derivation().uses()


def needed(law: sp.Basic) -> set[sp.Basic]:
    """Return the symbols without which a law has no value; labels stand for indexed families."""
    bound: set[sp.Basic] = set()
    for part in law.atoms(sp.Sum, sp.Product):
        bound |= {limit[0] for limit in part.limits}
    free = {symbol for symbol in law.free_symbols if not isinstance(symbol, sp.Indexed)}
    return free - bound


def value_exact(claim: Claim, quantity: Quantity, point: Point) -> object:
    """Return the law's rational value at a point; NotRational when there is none."""
    law, values = claim.law_at(quantity, point)
    return exact(law, values)


def value_ball(claim: Claim, quantity: Quantity, point: Point, bits: int) -> arb:
    """Return a ball that holds the law's value at a point."""
    law, values = claim.law_at(quantity, point)
    return ball(law, values, bits)


__all__ = [
    "Claim",
    "Expected",
    "Quantity",
    "Relation",
    "Source",
    "Value",
    "needed",
    "show_value",
    "value_ball",
    "value_exact",
]
