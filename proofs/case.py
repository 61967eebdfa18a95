"""A case: a claim, the evidence that could refute it, and the mutants that must fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import NamedTuple, Protocol, TypeVar

import sympy as sp

from proofs.verdict import Observation
from theory.claim import Claim, Order
from theory.domain import Point, Value

Rows = TypeVar("Rows", bound=NamedTuple)


class Route(Enum):
    """How a piece of evidence was won."""

    DERIVED = "derived"
    ENUMERATED = "enumerated"
    ENCLOSED = "enclosed"
    MEASURED = "measured"


def exactly(value: int | str | Fraction | Sequence[int | str | Fraction]) -> Value:
    """Return a parameter value from a Python one: numbers become fractions, lists tuples."""
    if isinstance(value, str):
        return Fraction(value) if value[:1].isdigit() or value[:1] == "-" else value
    if isinstance(value, int | Fraction):
        return Fraction(value)
    return tuple(Fraction(entry) for entry in value)


@dataclass(frozen=True)
class Setting:
    """Parameters of one experiment, observed at one or several generations.

    start: what the real law D_0 is, where the claim's parameters do not say it.
    """

    fixed: Mapping[str, Value]
    generations: tuple[int, ...] = ()
    start: str = "normal"

    def points(self) -> tuple[Point, ...]:
        """Return the points of the claim's domain that the experiment speaks about."""
        if not self.generations:
            return (self.fixed,)
        return tuple({**self.fixed, "n": Fraction(n)} for n in self.generations)

    def integer(self, name: str) -> int:
        """Return a parameter as an int."""
        value = self.fixed[name]
        assert isinstance(value, Fraction)
        return int(value)

    def numbers(self, name: str) -> tuple[Fraction, ...]:
        """Return a parameter as a tuple of fractions."""
        value = self.fixed[name]
        return value if isinstance(value, tuple) else (Fraction(value),)

    def text(self, name: str, default: str = "") -> str:
        """Return a parameter as a string."""
        return str(self.fixed.get(name, default))


def setting(
    generations: Sequence[int] = (),
    /,
    start: str = "normal",
    **fixed: int | str | Fraction | Sequence[int | str | Fraction],
) -> Setting:
    """Return a setting from plain Python values, observed at the given generations."""
    exact = {name: exactly(value) for name, value in fixed.items()}
    return Setting(exact, tuple(generations), start)


class Bench(Protocol):
    """What an experiment may ask of the run it belongs to."""

    def stream_key(self, experiment: str, setting: Setting) -> int:
        """Return the key of the random streams of this experiment at this setting."""

    def replicates(self, usual: int) -> int:
        """Return the number of replicates, given the usual one."""

    def campaign(
        self, work: Callable[[int, int], Rows], replicates: int, block: int = 4096
    ) -> Rows:
        """Return the rows of all replicates, computed block by block."""


@dataclass(frozen=True)
class Witness:
    """An experiment: where it looks, and how it turns a setting into observations.

    observe returns one observation for each of `setting.points()`.
    quick: how many of the settings belong to the quick grid.
    margin: relative difference that still counts as agreement.
    principles: codes of claims that the experiment takes for granted; it is no independent
    evidence for a claim that is one of them or rests on one of them.
    order_margin: how far a measured order may lie from the claimed one, relative to it; None where
    the settings are too small to measure an order.
    """

    route: Route
    quantity: str
    observe: Callable[[Setting, Bench], Sequence[Observation]]
    settings: tuple[Setting, ...]
    method: str
    quick: int = 1
    margin: float = 0.0
    principles: frozenset[str] = frozenset()
    order_margin: float | None = 0.1

    @property
    def samples(self) -> bool:
        """Return whether the experiment spends false-alarm budget."""
        return self.route is Route.MEASURED


@dataclass(frozen=True)
class Mutant:
    """A wrong law that looks right.

    order: a wrong order of the error, where the claim's own is not meant.
    """

    name: str
    quantity: str
    law: sp.Expr
    mle: sp.Expr | None = None
    order: Order | None = None

    def laws(self) -> Mapping[str, sp.Expr]:
        """Return the wrong law under each estimator that it speaks of."""
        both = {"unbiased": self.law}
        return both if self.mle is None else {**both, "mle": self.mle}


@dataclass(frozen=True)
class Case:
    """A claim with its witnesses and mutants.

    on_input: the witnesses look at a user's input, not at the built-in grid.
    """

    claim: Claim
    witnesses: tuple[Witness, ...]
    mutants: tuple[Mutant, ...] = ()
    on_input: bool = False
