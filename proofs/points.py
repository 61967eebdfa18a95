"""Points inside a domain, the same in every run: small ones, where a wrong formula shows.

The first points lie in the lowest corner, where integers are smallest and conditions break.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction

from theory.domain import COMPUTED, Domain, Kind, Parameter, Point, Value
from theory.errors import DomainError

#: Integers are drawn from this many values above their lower end: sums stay short.
SPREAD = 24
#: So many points stay within 0, 1, ... of the lowest corner.
CORNERS = 3
#: Generations reached by the points; a schedule is one longer than that.
GENERATIONS = 7
#: Draws before a domain counts as empty.
TRIES = 2000


def points(domain: Domain, count: int, label: str) -> Iterator[Point]:
    """Yield `count` points of the domain, a function of `label` alone.

    Raises DomainError when the domain looks empty.
    """
    source = random.Random(label)
    names = {parameter.name for parameter in domain.parameters}
    found = 0
    for attempt in range(TRIES):
        if found == count:
            return
        spread = attempt if attempt < CORNERS else SPREAD
        point = {
            parameter.name: draw(parameter, source, spread)
            for parameter in domain.parameters
            if parameter.follows is None and COMPUTED.get(parameter.name, ("",))[0] not in names
        }
        try:
            domain.check(label, point)
        except DomainError:
            continue
        found += 1
        yield point
    if found < count:
        raise DomainError(f"{label}: no points found in {domain.text()}")


def draw(parameter: Parameter, source: random.Random, spread: int = SPREAD) -> Value:
    """Return one value of a parameter's domain, integers at most `spread` above their lower end."""
    match parameter.kind:
        case Kind.CHOICE:
            return source.choice(parameter.choices)
        case Kind.LAW:
            weights = [source.randint(1, 9) for _ in range(source.randint(2, 5))]
            return tuple(Fraction(weight, sum(weights)) for weight in weights)
        case Kind.COUNTS:
            return tuple(Fraction(source.randint(1, 9)) for _ in range(source.randint(2, 5)))
        case Kind.SCHEDULE:
            low = parameter.low or 1
            return tuple(
                Fraction(source.randint(low, low + spread)) for _ in range(GENERATIONS + 1)
            )
        case Kind.PARTITION:
            rows = (source.randint(1, min(4, 1 + spread)) for _ in range(source.randint(1, 4)))
            return tuple(map(Fraction, sorted(rows, reverse=True)))
        case Kind.SPECTRUM:
            sizes = (
                Fraction(source.randint(1, 40), source.randint(1, 9))
                for _ in range(source.randint(1, 5))
            )
            return tuple(sorted(sizes, reverse=True))
        case Kind.INTEGER:
            low = parameter.low or 0
            most = {"n": GENERATIONS, "i": 1, "d": 5}.get(parameter.name, SPREAD)
            return Fraction(source.randint(low, low + min(most, spread)))
        case Kind.REAL:
            low = parameter.low if parameter.low is not None else -3
            high = parameter.high if parameter.high is not None else low + 5
            parts = source.randint(2, 97)
            return low + (high - low) * Fraction(source.randint(0, parts), parts)
