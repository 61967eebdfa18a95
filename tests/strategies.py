"""Hypothesis strategies that draw points of a claim's own domain, never seeds."""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache

from hypothesis import strategies as st

from theory.domain import COMPUTED, Domain, Kind, Parameter, Value
from theory.errors import DomainError

#: Largest distance of an integer from the lower end of its domain, by parameter name.
SPREAD: Mapping[str, int] = {"n": 6, "d": 4, "T": 8, "i": 0, "r": 2}


#: A multiple of every number of categories, so that each category is as likely.
TURNS = 60


@cache
def points_of(domain: Domain, spread: int = 15) -> st.SearchStrategy[dict[str, Value]]:
    """Return a strategy for points at which every parameter has a value.

    A schedule brings as many generations as it has entries; a category is one of the law's; of a
    law and what is computed from it (p and H0) only the law is drawn.
    """
    names = {parameter.name for parameter in domain.parameters}
    computed = {name for name, (other, _) in COMPUTED.items() if other in names}
    parts = {
        parameter.name: values_of(parameter, spread)
        for parameter in domain.parameters
        if parameter.name not in computed and parameter.follows is None
    }
    if "i" in parts and any(parameter.kind is Kind.LAW for parameter in domain.parameters):
        parts["i"] = st.integers(0, TURNS - 1).map(Fraction)
    return (
        st.fixed_dictionaries(parts)
        .map(lambda point: _fitted(domain, point))
        .filter(lambda point: _inside(domain, point))
    )


def values_of(parameter: Parameter, spread: int = 15) -> st.SearchStrategy[Value]:
    """Return a strategy for values of one parameter."""
    low = parameter.low if parameter.low is not None else -3
    high = parameter.high if parameter.high is not None else low + 6
    integers = st.integers(low, low + SPREAD.get(parameter.name, spread)).map(Fraction)
    match parameter.kind:
        case Kind.CHOICE:
            return st.sampled_from(parameter.choices)
        case Kind.LAW:
            return st.lists(st.integers(1, 30), min_size=2, max_size=5).map(
                lambda weights: tuple(Fraction(weight, sum(weights)) for weight in weights)
            )
        case Kind.COUNTS:
            return st.lists(st.integers(1, 9).map(Fraction), min_size=2, max_size=5).map(tuple)
        case Kind.SCHEDULE:
            return st.one_of(integers, st.lists(integers, min_size=2, max_size=6).map(tuple))
        case Kind.PARTITION:
            return st.lists(st.integers(1, 5), min_size=1, max_size=4).map(
                lambda parts: tuple(map(Fraction, sorted(parts, reverse=True)))
            )
        case Kind.SPECTRUM:
            sizes = st.fractions(Fraction(1, 9), 40, max_denominator=9)
            return st.lists(sizes, min_size=1, max_size=5).map(
                lambda values: tuple(sorted(values, reverse=True))
            )
        case Kind.INTEGER:
            return integers
        case Kind.REAL:
            return st.fractions(low, high, max_denominator=60).filter(parameter.accepts)


def _fitted(domain: Domain, point: dict[str, Value]) -> dict[str, Value]:
    """Return the point with generations that fit the schedule and a category of the law."""
    fitted = dict(point)
    for parameter in domain.parameters:
        value = point.get(parameter.name)
        if parameter.kind is Kind.SCHEDULE and isinstance(value, tuple) and "n" in point:
            fitted["n"] = Fraction(len(value))
        if parameter.kind is Kind.LAW and isinstance(value, tuple) and "i" in point:
            turn = point["i"]
            assert isinstance(turn, Fraction)
            fitted["i"] = 1 + turn % len(value)
    return fitted


def _inside(domain: Domain, point: dict[str, Value]) -> bool:
    try:
        domain.check("", point)
    except DomainError:
        return False
    return True
