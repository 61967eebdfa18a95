"""A point of a claim's domain, read from and written as `name=value` words.

Every error is a `DomainError` of one line that names the claim, the value and the domain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import product

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, needed
from theory.domain import COMPUTED, Kind, Parameter, Point, Value, show_value
from theory.errors import DomainError
from theory.stand_ins import SAID_AGAIN, STAND_INS

#: Numbers with more digits, or decimals with a larger exponent, are refused.
MOST_DIGITS = 1000

_RATIONAL = re.compile(r"[+-]?[0-9]+(/[0-9]+)?")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE](?P<exponent>[+-]?[0-9]+))?")


def parse_point(claim: Claim, words: Iterable[str]) -> dict[str, Value]:
    """Return the point that `name=value` words describe, by the claim's parameter names.

    Numbers are integers, rationals `3/10` or decimals read exactly; lists are separated by commas.
    One number for a law p means p,1-p. A schedule `M=10,20,40` sets n to its length.
    Raises DomainError for anything that is not a point of the claim's domain.
    """
    point: dict[str, Value] = {}
    others: list[tuple[str, str]] = []
    for word in words:
        name, equals, text = word.partition("=")
        if not equals:
            raise DomainError(f"{claim.id}: {word!r} is not of the form name=value")
        if _by_another_name(claim, name.strip()):
            others.append((name.strip(), text.strip()))
            continue
        parameter = _parameter(claim, name.strip())
        if parameter.name in point:
            raise DomainError(f"{claim.id}: {parameter.name} is given twice")
        point[parameter.name] = _value(claim, parameter, text.strip())
    for name, text in others:
        _take_other(claim, point, name, text)
    _turn_round(claim, point)
    _count_generations(claim, point)
    claim.domain.check(claim.id, point)
    _check_category(claim, point)
    _check_computed(claim, point)
    return point


def write_point(point: Point) -> dict[str, str]:
    """Return the values of a point as the command line writes them, none shortened."""
    return {
        name: ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
        for name, value in point.items()
    }


def _parameter(claim: Claim, name: str) -> Parameter:
    try:
        return claim.domain.parameter(name)
    except KeyError:
        names = ", ".join(parameter.name for parameter in claim.domain.parameters)
        raise DomainError(f"{claim.id}: no parameter {name!r}; it has {names}") from None


def _value(claim: Claim, parameter: Parameter, text: str) -> Value:
    if parameter.kind is Kind.CHOICE:
        return text
    try:
        numbers = tuple(_number(part.strip()) for part in text.split(","))
    except ValueError as reason:
        shown = f"{parameter.name} = {clip(text)}"
        raise DomainError(
            f"{claim.id}: {shown} lies outside {parameter.text()}: {reason}"
        ) from None
    if parameter.kind is Kind.LAW:
        law = numbers if len(numbers) > 1 else (numbers[0], 1 - numbers[0])
        if sum(law) != 1:
            raise DomainError(
                f"{claim.id}: {parameter.name} = {show_value(law)} sums to {sum(law)}, not 1; "
                f"it lies outside {parameter.text()}"
            )
        return law
    if parameter.kind in (Kind.PARTITION, Kind.SPECTRUM):
        return numbers
    return numbers if len(numbers) > 1 else numbers[0]


def _number(text: str) -> Fraction:
    """Return the exact value of an integer, a rational or a decimal; ValueError otherwise."""
    if len(text) > MOST_DIGITS:
        raise ValueError(f"more than {MOST_DIGITS} characters in one number")
    if _RATIONAL.fullmatch(text):
        top, _, bottom = text.partition("/")
        if bottom and int(bottom) == 0:
            raise ValueError("division by 0")
        return Fraction(int(top), int(bottom or "1"))
    found = _DECIMAL.fullmatch(text)
    if not found:
        raise ValueError(f"{clip(text)!r} is not a number like 3, 3/10, 0.3 or 1e6")
    if abs(int(found["exponent"] or "0")) > MOST_DIGITS:
        raise ValueError(f"an exponent beyond {MOST_DIGITS}")
    return Fraction(text)


def clip(text: str) -> str:
    """Return a text, shortened where it is too long for a message."""
    return text if len(text) <= 60 else f"{text[:57]}..."


def _count_generations(claim: Claim, point: dict[str, Value]) -> None:
    """Set n to the length of a schedule, or raise where a given n differs."""
    generations = _named(claim, s.n)
    for parameter in claim.domain.parameters:
        value = point.get(parameter.name)
        if parameter.kind is not Kind.SCHEDULE or not isinstance(value, tuple) or not generations:
            continue
        given = point.setdefault(generations, Fraction(len(value)))
        if given != len(value):
            raise DomainError(
                f"{claim.id}: {generations} = {show_value(given)} lies outside "
                f"{generations} = {len(value)}, the length of {parameter.name} = "
                f"{show_value(value)}"
            )


def _check_category(claim: Claim, point: Point) -> None:
    category = _named(claim, s.i)
    index = point.get(category) if category else None
    if not isinstance(index, Fraction):
        return
    for parameter in claim.domain.parameters:
        law = point.get(parameter.name)
        listed = parameter.kind in (Kind.LAW, Kind.COUNTS)
        if listed and isinstance(law, tuple) and index > len(law):
            raise DomainError(
                f"{claim.id}: {category} = {index} lies outside 1 <= {category} <= K = {len(law)}"
            )


def _check_computed(claim: Claim, point: Point) -> None:
    for name, (other, _) in COMPUTED.items():
        given = point.get(name)
        if given is not None and isinstance(point.get(other), tuple):
            _check_agrees(claim, point, name, given)


def _check_agrees(claim: Claim, point: Point, name: str, given: Value) -> None:
    """Raise DomainError unless a value is what the law or the counts of the point say."""
    other, compute = SAID_AGAIN[name]
    law = point[other]
    if isinstance(law, tuple) and compute(law) != given:
        raise DomainError(
            f"{claim.id}: {name} = {show_value(given)} lies outside {name} = {compute(law)}, "
            f"which follows from {other} = {show_value(law)}"
        )


def _by_another_name(claim: Claim, name: str) -> bool:
    """Return whether the claim has no such parameter, but one that the name speaks of."""
    names = {parameter.name for parameter in claim.domain.parameters}
    if name in names | {one for each in claim.domain.parameters for one in each.aliases}:
        return False
    decided_by = SAID_AGAIN[name][0] if name in SAID_AGAIN else None
    return (claim.code, name) in STAND_INS or decided_by in names


def _take_other(claim: Claim, point: dict[str, Value], name: str, text: str) -> None:
    """Set the parameter that the name stands in for, or check what follows from the others."""
    if name in SAID_AGAIN:
        parameter = Parameter(name, sp.Symbol(name), "", Kind.REAL)
        given = _value(claim, parameter, text)
        if SAID_AGAIN[name][0] not in point:
            raise DomainError(f"{claim.id}: {name} needs {SAID_AGAIN[name][0]}, which decides it")
        _check_agrees(claim, point, name, given)
        return
    stand_in = STAND_INS[claim.code, name]
    given, beside = _value(claim, stand_in.parameter, text), [*map(point.get, stand_in.beside)]
    if not stand_in.parameter.accepts(given):
        raise DomainError(
            f"{claim.id}: {name} = {show_value(given)} lies outside {stand_in.parameter.text()}"
        )
    if not all(isinstance(value, Fraction) for value in beside):
        raise DomainError(f"{claim.id}: {name} needs {', '.join(stand_in.beside)}")
    if stand_in.target in point:
        raise DomainError(f"{claim.id}: {name} and {stand_in.target} say the same: give one")
    point[stand_in.target] = stand_in.value(given, *beside)


def _turn_round(claim: Claim, point: dict[str, Value]) -> None:
    """Set what decides a given parameter, where one part of it is not given: g by al and be."""
    for parameter in claim.domain.parameters:
        given, rule = point.get(parameter.name), parameter.follows
        if rule is None or not isinstance(given, Fraction):
            continue
        names = {symbol: _named(claim, symbol) for symbol in rule.free_symbols}
        known = {symbol: point[name] for symbol, name in names.items() if name in point}
        missing = [symbol for symbol in names if symbol not in known]
        name = names[missing[0]] if len(missing) == 1 else None
        if name is None or not all(isinstance(value, Fraction) for value in known.values()):
            continue
        wanted = sp.Dummy()
        left = rule.subs({**known, missing[0]: wanted}) - sp.Rational(*given.as_integer_ratio())
        for found in sp.solve(left, wanted)[:1]:
            point[name] = Fraction(str(found))


def _named(claim: Claim, symbol: sp.Symbol) -> str | None:
    for parameter in claim.domain.parameters:
        if parameter.symbol == symbol:
            return parameter.name
    return None


def check_one_size(claim: Claim, quantity: Quantity, point: Point) -> None:
    """Raise DomainError where a law holds for one sample size and the point has several."""
    for parameter in claim.domain.parameters:
        value = point.get(parameter.name)
        if parameter.kind is not Kind.SCHEDULE or not isinstance(value, tuple):
            continue
        if len(set(value)) > 1 and any(_needs_one_size(law) for law in quantity.laws().values()):
            raise DomainError(
                f"{claim.id}: {parameter.name} = {show_value(value)} lies outside the domain of "
                f"{quantity.name}, which holds for one sample size: {parameter.name}=10 n=3"
            )


def _needs_one_size(law: sp.Expr) -> bool:
    scalars = law.xreplace({entry: sp.Integer(1) for entry in law.atoms(sp.Indexed)})
    return s.M in scalars.free_symbols


def example(claim: Claim, quantity: Quantity) -> dict[str, str]:
    """Return an ordinary point at which a law has a value, as words; nothing that has a default.

    Raises DomainError when none is found among the usual values.
    """
    chosen = [
        parameter
        for parameter in claim.domain.parameters
        if parameter.default is None and parameter.name in spoken_of(claim, quantity)
    ]
    for texts in product(*(tuple(_examples(parameter)) for parameter in chosen)):
        words = {parameter.name: text for parameter, text in zip(chosen, texts, strict=True)}
        try:
            claim.law_at(
                quantity, parse_point(claim, [f"{name}={text}" for name, text in words.items()])
            )
        except DomainError:
            continue
        return words
    raise DomainError(f"{claim.id}: no example found in {claim.domain.text()}")


def spoken_of(claim: Claim, quantity: Quantity) -> set[str]:
    """Return the names of the parameters that decide the laws of a quantity."""
    wanted: set[str] = set()
    for law in quantity.laws().values():
        wanted |= {str(symbol) for symbol in needed(law)}
        wanted |= {str(entry.base.label) for entry in law.atoms(sp.Indexed)}
    names = set()
    for parameter in claim.domain.parameters:
        symbol = str(getattr(parameter.symbol, "label", parameter.symbol))
        if {symbol, parameter.name} & wanted or (parameter.kind is Kind.LAW and "K" in wanted):
            names.add(parameter.name)
    given = {parameter.name for parameter in claim.domain.parameters}
    for name, (other, _) in COMPUTED.items():
        if name in names and other in given:
            names = names - {name} | {other}
    return names


def _examples(parameter: Parameter) -> Iterator[str]:
    """Yield texts of values to try, the most ordinary first."""
    usual = {"n": "5", "M": "10", "d": "3", "i": "1", "q": "1/20", "p": "1/2,3/10,1/5"}
    if parameter.name in usual:
        yield usual[parameter.name]
    match parameter.kind:
        case Kind.CHOICE:
            yield from parameter.choices
        case Kind.LAW:
            yield "3/10,7/10"
        case Kind.PARTITION:
            yield "2,1"
        case Kind.COUNTS:
            yield "3,2,1"
        case Kind.SPECTRUM:
            yield "9,7,5,4,3,2,1,1/2"
        case Kind.SCHEDULE | Kind.INTEGER:
            yield from map(str, (10, 5, 3, 2, 1, 0, 20, 50, 100))
        case Kind.REAL:
            yield from ("1/2", "1/10", "1", "2", "10", "0", "-1/10")
