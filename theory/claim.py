"""A claim: one frozen value that says what holds, where, and after whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import lru_cache

import sympy as sp
from flint import arb

from theory import symbols as s
from theory.derivation import Derivation
from theory.domain import Condition, Domain, Kind, Parameter, Point, Value, show_value
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
class Order:
    """How far off a law is: |value - law| <= constant * size, all over the claim's domain.

    variable: the symbol that grows. size: the order of the absolute error, an expression in the
    claim's parameters (relative: of the error divided by the value). constant: bounds error / size.
    exact_order: whether the error is of this order, so that its measured order must agree; else
    `size` is only an upper bound.
    """

    variable: sp.Symbol
    size: sp.Expr
    constant: Fraction | int
    exact_order: bool = True
    relative: bool = False

    def __post_init__(self) -> None:
        constant = Fraction(self.constant)
        if constant <= 0:
            raise ValueError(f"constant = {constant} lies outside constant > 0")
        object.__setattr__(self, "constant", constant)

    def text(self) -> str:
        """Return the order in words."""
        share = " times the value" if self.relative else ""
        size = f"({self.size})" if self.size.is_Add else str(self.size)
        factors = [text for text in (str(self.constant), size) if text != "1"]
        return f"error <= {' * '.join(factors) or '1'}{share}, as {self.variable} grows"


@dataclass(frozen=True)
class Quantity:
    """One quantity of a claim: its left side in LaTeX, the relation, and the law.

    mle: the law under the maximum likelihood estimator, where both estimators exist.
    order: how far off the law is, for a law that is only approached (TENDS_TO).
    slack: how many times, at most, a bound exceeds the value (AT_LEAST: falls short of it) at the
    sharpest point with exact evidence; 1 where it is attained. A looser bound is not confirmed.
    conditions: what the law needs beyond the domain of its claim.
    """

    name: str
    words: str
    latex: str
    relation: Relation
    law: sp.Expr
    mle: sp.Expr | None = None
    order: Order | None = None
    slack: Fraction | int = 1
    conditions: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        if self.order is not None and self.relation is not Relation.TENDS_TO:
            raise ValueError(f"{self.name}: an order needs TENDS_TO, not {self.relation.name}")
        if self.slack < 1 or (self.slack > 1 and not self.bounds):
            raise ValueError(
                f"{self.name}: slack = {self.slack} lies outside slack >= 1 of a bound"
            )

    @property
    def bounds(self) -> bool:
        """Return whether the law is a bound."""
        return self.relation in (Relation.AT_MOST, Relation.AT_LEAST)

    @property
    def pinned(self) -> bool:
        """Return whether the law is the value or its limit: no bound, and not off by an order."""
        return not self.bounds and self.order is None

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
    """A statement with its permanent code, quantities, domain, sources and derivation.

    expected: what a run should find; `ORDER_AND_RANGE` where a quantity has an order, or where the
    derivation rests on such a claim. replaced_by: the code of the claim that holds instead, for a
    statement as printed that must come out refuted, and only for such a one.
    """

    code: str
    id: str
    title: str
    statement: str
    quantities: tuple[Quantity, ...]
    domain: Domain
    sources: tuple[Source, ...]
    derive: Callable[[], Derivation]
    expected: Expected = Expected.SETTLED
    replaced_by: str = ""

    def __post_init__(self) -> None:
        if (self.expected is Expected.REFUTED) != bool(self.replaced_by):
            raise ValueError(
                f"{self.code}: replaced_by = {self.replaced_by!r} does not go with the expected "
                f"outcome {self.expected.value!r}; a refuted claim, and no other, is replaced"
            )

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
        if quantity.conditions:
            here = Domain(self.domain.parameters, quantity.conditions)
            here.check(f"{self.id}: {quantity.name}", point)
        usual = [each.default for each in self.domain.parameters if each.name == "estimator"]
        estimator = point.get("estimator", *(usual or ["unbiased"]))
        laws = quantity.laws()
        if estimator not in laws:
            raise DomainError(
                f"{self.id}: {quantity.name} is stated for estimator = {', '.join(laws)}, "
                f"not {estimator}"
            )
        law = laws[str(estimator)]
        values = environment(self.domain, point)
        if needed(law) - values.symbols():
            raise DomainError(f"{self.id}: {quantity.name} needs {self.lacking(quantity, point)}")
        return law, values

    def decided(self, quantity: Quantity, point: Point) -> bool:
        """Return whether the point has all that the law needs, inside its domain or not."""
        law = quantity.laws().get(str(point.get("estimator", "unbiased")))
        return law is not None and needed(law) <= environment(self.domain, point).symbols()

    def lacking(self, quantity: Quantity, point: Point) -> str:
        """Return in words which parameters a law needs beyond those of a point."""
        law = quantity.laws().get(str(point.get("estimator", "unbiased")))
        if law is None:
            return f"estimator = {', '.join(quantity.laws())}"
        texts: dict[str, None] = {}
        for symbol in sorted(needed(law) - environment(self.domain, point).symbols(), key=str):
            found = self._giving(symbol)
            text = f"{found.name} ({found.meaning}; {found.text()})" if found else str(symbol)
            texts[text] = None
        return ", ".join(texts)

    def _giving(self, symbol: sp.Basic) -> Parameter | None:
        """Return the parameter that gives a symbol its value; K is the length of a list."""
        listed = (Kind.LAW, Kind.COUNTS, Kind.PARTITION)
        for parameter in self.domain.parameters:
            label = getattr(parameter.symbol, "label", None)
            if symbol in (parameter.symbol, label) or str(symbol) == parameter.name:
                return parameter
        lists = [one for one in self.domain.parameters if one.kind in listed]
        return lists[0] if symbol == s.K and lists else None

    def derivation(self) -> Derivation:
        """Return the derivation, built anew."""
        return self.derive()

    def uses(self) -> tuple[str, ...]:
        """Return the codes of the claims that the derivation rests on, in order of use."""
        return _uses(self.derive)


@lru_cache(maxsize=1024)
def _uses(derive: Callable[[], Derivation]) -> tuple[str, ...]:
    return derive().uses()


def needed(law: sp.Basic) -> set[sp.Basic]:
    """Return the symbols without which a law has no value; labels stand for indexed families."""
    return set(_needed(law))


@lru_cache(maxsize=1024)
def _needed(law: sp.Basic) -> frozenset[sp.Basic]:
    bound: set[sp.Basic] = set()
    for part in law.atoms(sp.Sum, sp.Product):
        bound |= {limit[0] for limit in part.limits}
    free = {symbol for symbol in law.free_symbols if not isinstance(symbol, sp.Indexed)}
    return frozenset(free - bound)


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
    "Order",
    "Quantity",
    "Relation",
    "Source",
    "Value",
    "needed",
    "show_value",
    "value_ball",
    "value_exact",
]
