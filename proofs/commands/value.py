"""`collapse value`: a law at a point, exactly where it is rational, and correctly rounded."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from flint import fmpq

    from theory.claim import Claim, Quantity
    from theory.domain import Point

MOST_DIGITS = 10_000
#: An exact rational is printed while numerator and denominator have at most this many digits.
LONGEST_EXACT = 1000


def value(
    name: Annotated[
        str,
        typer.Argument(metavar="CODE[:QUANTITY]", help="A claim by code or id, and a quantity."),
    ],
    words: Annotated[
        list[str] | None, typer.Argument(metavar="NAME=VALUE ...", help="The point.")
    ] = None,
    digits: Annotated[int, typer.Option(help="Significant digits of the decimal.")] = 17,
    json: Annotated[str | None, typer.Option(help="Write JSON to a file, - for stdout.")] = None,
) -> None:
    """Print a law at a point: the exact rational, where it has one, and the rounded decimal.

    Without a name, the quantity is the first that the point suffices for; standard error names it
    where it is not the first of all.
    Numbers are 3, 3/10, 0.3 (exactly 3/10) or 1e6; lists p=1/2,3/10,1/5 and M=10,20,40.
    """
    from proofs.output import write_json
    from theory.claims import find
    from theory.errors import DomainError
    from theory.point import check_one_size, parse_point, write_point

    if not 1 <= digits <= MOST_DIGITS:
        raise DomainError(f"--digits {digits} lies outside 1 <= digits <= {MOST_DIGITS}")
    code, colon, wanted = name.partition(":")
    claim = find(code)
    point = parse_point(claim, words or ())
    quantity = claim.quantity(wanted) if colon else _first(claim, point)
    note = "" if colon else _note(claim, quantity, point)
    check_one_size(claim, quantity, point)
    exact, decimal = evaluate(claim, quantity, point, digits)
    if note:
        print(note, file=sys.stderr)
    if json is not None:
        record = {
            "code": claim.code,
            "quantity": quantity.name,
            "point": write_point(point),
            "exact": exact,
            "decimal": decimal,
            "digits": digits,
        }
        write_json(json, record)
    if json != "-":
        for line in filter(None, (exact, decimal)):
            print(line)


def _first(claim: Claim, point: Point) -> Quantity:
    """Return the first quantity that speaks of the point's parameters and has all that it needs.

    One that takes no parameter as usual goes first. Else the first that speaks of some of them, or
    has all that it needs, or the first of all. Where its law does not hold it is refused: no other
    quantity stands in for it.
    """
    near = [each for each in claim.quantities if _about(claim, each) & point.keys()]
    decided = [each for each in claim.quantities if claim.decided(each, point)]
    both = [each for each in decided if each in near]
    given = [each for each in both if not _taken_as_usual(claim, each, point)]
    return next(iter((*given, *both, *near, *decided)), claim.quantity())


def _taken_as_usual(claim: Claim, quantity: Quantity, point: Point) -> bool:
    """Return whether a parameter that a quantity needs is not given, and follows as usual."""
    from theory.point import spoken_of

    names = spoken_of(claim, quantity) - point.keys()
    return any(claim.domain.parameter(name).usual is not None for name in names)


def _about(claim: Claim, quantity: Quantity) -> set[str]:
    """Return the parameters that a quantity speaks of, with those that decide them."""
    from theory.point import spoken_of

    names, symbols = spoken_of(claim, quantity), set()
    for parameter in claim.domain.parameters:
        rule = parameter.usual if parameter.follows is None else parameter.follows
        if rule is not None and parameter.name in names:
            symbols |= rule.free_symbols
    return names | {one.name for one in claim.domain.parameters if one.symbol in symbols}


def _note(claim: Claim, taken: Quantity, point: Point) -> str:
    """Return why a quantity was taken, in one line; empty where it is the first and the only one.

    It may lack what the first one needs, or leave a given parameter to another one.
    """
    first, about = claim.quantity(), f"{claim.id}: this is {taken.name}, {taken.words}"
    if taken is not first and not claim.decided(first, point):
        return f"{about}; {first.name} needs {claim.lacking(first, point)}"
    for other in claim.quantities:
        unused = _about(claim, other) & point.keys() - _about(claim, taken)
        if unused and claim.decided(other, point):
            names = ", ".join(sorted(unused))
            return f"{about}, without {names}; for {other.name} give {claim.code}:{other.name}"
    return "" if taken is first else f"{about}; for {first.name} give {claim.code}:{first.name}"


def evaluate(claim: Claim, quantity: Quantity, point: Point, digits: int) -> tuple[str | None, str]:
    """Return the exact rational as text, or None, and the correctly rounded decimal.

    Raises DomainError where the law has no value, or none that can be had in reasonable time.
    """
    from theory.errors import DomainError
    from theory.evaluate import ball, exact
    from theory.point import clip, write_point
    from theory.rational import NotRational
    from theory.rounding import decimal, round_ball

    law, values = claim.law_at(quantity, point)
    try:
        try:
            rational = exact(law, values)
        except NotRational:
            return None, round_ball(lambda bits: ball(law, values, bits), digits)[0]
        return _written(rational), decimal(rational, digits)
    except (ArithmeticError, DomainError) as reason:
        shown = ", ".join(f"{name} = {clip(text)}" for name, text in write_point(point).items())
        where = f" at {shown}" if shown else ""
        raise DomainError(f"{claim.id}: {quantity.name} is not computed{where}: {reason}") from None


def _written(value: fmpq) -> str | None:
    """Return a rational as text, or None when it is too long to be read."""
    # A number of that many digits has fewer bits; the digits themselves are then quick to count.
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > 4 * LONGEST_EXACT:
        return None
    top, bottom = str(abs(value.numerator)), str(value.denominator)
    return str(value) if len(top) + len(bottom) <= LONGEST_EXACT else None
