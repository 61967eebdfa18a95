"""Names that a point may be given by although the claim has none of them: T for b = 1/T, or K."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import sympy as sp

from theory.domain import COMPUTED, RARE, Kind, Parameter, gini_simpson


@dataclass(frozen=True)
class StandIn:
    """A parameter that decides another one, `target`, perhaps together with a third, `beside`."""

    parameter: Parameter
    target: str
    value: Callable[..., Fraction]
    beside: tuple[str, ...] = ()


TEMPERATURE = Parameter("T", sp.Symbol("T"), "temperature", Kind.REAL, 0, low_open=True)
ROW = Parameter("row", sp.IndexedBase("row"), "law of the row's values", Kind.LAW, low=0)

#: What may be given in place of a parameter, by code of the claim and name.
STAND_INS: Mapping[tuple[str, str], StandIn] = {
    ("A38", "T"): StandIn(TEMPERATURE, "b", lambda temperature: 1 / temperature),
    ("E01", "row"): StandIn(ROW, "H_row0", gini_simpson),
    ("E04", "row"): StandIn(ROW, "H_a", gini_simpson),
    ("A33", "q"): StandIn(RARE, "lambda", lambda share, samples: share * samples, ("M",)),
}
#: What a law or counts decide; it may be said again, and then has to agree.
SAID_AGAIN: Mapping[str, tuple[str, Callable[[tuple[Fraction, ...]], Fraction]]] = {
    **COMPUTED,
    "N0": ("c", lambda counts: sum(counts, Fraction(0))),
}
