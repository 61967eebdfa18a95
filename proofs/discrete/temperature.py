"""Evidence on sampling at a temperature: the map itself, applied again and again."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import sympy as sp
from flint import arb, ctx, fmpq

from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.verdict import Enclosed, Exact
from theory import symbols as s
from theory.discrete.temperature import LOG_ODDS, OTHERS, PROBABILITY, REST, TEMPERATURE
from theory.rounding import ends

#: Working precision of the iteration in balls.
BITS = 256


def sharpened(law: list[Fraction], power: int) -> list[Fraction]:
    """Return the law of a sample at temperature 1/power, in rationals."""
    weights = [share**power for share in law]
    total = sum(weights)
    return [weight / total for weight in weights]


def sharpened_balls(law: list[arb], power: arb) -> list[arb]:
    """Return the same in balls, for any power."""
    weights = [(power * share.log()).exp() for share in law]
    total = sum(weights[1:], weights[0])
    return [weight / total for weight in weights]


def iterate_exactly(
    quantity: Callable[[list[Fraction], int], Fraction],
) -> Callable[[Setting, Bench], list[Exact]]:
    """Return the exact route to a function of (law, category) at each generation; b an integer."""

    def observe(setting: Setting, bench: Bench) -> list[Exact]:
        laws = [list(setting.numbers("p"))]
        for _ in range(max(setting.generations)):
            laws.append(sharpened(laws[-1], setting.integer("b")))
        category = setting.integer("i") - 1
        return [Exact(quantity(laws[n], category)) for n in setting.generations]

    return observe


def iterate_balls(
    quantity: Callable[[list[arb], int], arb],
) -> Callable[[Setting, Bench], list[Enclosed]]:
    """Return the route in balls to a function of (law, category) at each generation."""

    def observe(setting: Setting, bench: Bench) -> list[Enclosed]:
        with ctx.workprec(BITS):
            (power,) = (ball(number) for number in setting.numbers("b"))
            laws = [[ball(number) for number in setting.numbers("p")]]
            for _ in range(max(setting.generations)):
                laws.append(sharpened_balls(laws[-1], power))
            category = setting.integer("i") - 1
            found = [quantity(laws[n], category) for n in setting.generations]
        return [Enclosed(*ends(value)) for value in found]

    return observe


def ball(number: Fraction) -> arb:
    """Return a ball around a rational."""
    return arb(fmpq(number.numerator, number.denominator))


WHOLE = (
    setting((0, 1, 2, 4), p=("1/2", "3/10", "1/5"), b=2, i=1),
    setting((1, 3), p=("2/5", "2/5", "1/5"), b=3, i=3),
    setting((1, 2), p=("1/10", "9/10"), b=5, i=1),
    setting((7,), p=("1/7", "2/7", "4/7"), b=1, i=2),
)
BROKEN = (
    setting((0, 1, 2, 5), p=("1/2", "3/10", "1/5"), b="1/2", i=3),
    setting((1, 4), p=("2/5", "3/10", "1/5", "1/10"), b="3/2", i=2),
    setting((1, 10), p=("1/10", "9/10"), b="9/10", i=1),
    setting((3,), p=("1/3", "1/3", "1/4", "1/12"), b="7/3", i=1),
)
AGAINST_THE_LAST = (
    setting((1, 2, 5), p=("1/2", "3/10", "1/5"), b="1/2", i=2),
    setting((1, 4), p=("2/5", "3/10", "1/5", "1/10"), b=2, i=1),
    setting((0, 1, 10), p=("1/10", "9/10"), b="9/10", i=1),
    setting((3,), p=("1/3", "1/3", "1/4", "1/12"), b="7/3", i=2),
)


def witnesses() -> tuple[Witness, ...]:
    """Return the map applied again and again, in rationals where b is whole, else in balls."""
    found = [
        Witness(
            Route.ENCLOSED,
            "log-odds",
            iterate_balls(lambda law, i: (law[i] / law[-1]).log()),
            AGAINST_THE_LAST,
            "iterated map, balls",
            quick=2,
        )
    ]
    for name, exact, enclosed in (
        ("probability", lambda law, i: law[i], lambda law, i: law[i]),
        ("others", lambda law, i: 1 - law[i], lambda law, i: 1 - law[i]),
    ):
        exactly, balls = iterate_exactly(exact), iterate_balls(enclosed)
        found += [
            Witness(Route.ENUMERATED, name, exactly, WHOLE, "iterated map, rationals", quick=2),
            Witness(Route.ENCLOSED, name, balls, BROKEN, "iterated map, balls", quick=2),
        ]
    return tuple(found)


def with_exponent(law: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    """Return a law with another exponent for b^n."""
    return law.subs(s.b**s.n, exponent)


TEMPERATURE_CASE = Case(
    TEMPERATURE,
    witnesses=witnesses(),
    mutants=(
        Mutant("b n for b^n", "probability", with_exponent(PROBABILITY, s.b * s.n)),
        Mutant("1 + n (b-1)", "probability", with_exponent(PROBABILITY, 1 + s.n * (s.b - 1))),
        Mutant("temperature for its inverse", "probability", PROBABILITY.subs(s.b, 1 / s.b)),
        Mutant("one generation too many", "probability", PROBABILITY.subs(s.n, s.n + 1)),
        Mutant("not normalised", "probability", s.p[s.i] ** (s.b**s.n)),
        Mutant("others: the sum of the odds", "others", OTHERS),
        Mutant("others: one generation too few", "others", REST.subs(s.n, s.n - 1)),
        Mutant("others: fixed power", "others", with_exponent(REST, s.b)),
        Mutant("log-odds: b n for b^n", "log-odds", with_exponent(LOG_ODDS, s.b * s.n)),
        Mutant("log-odds: base 2", "log-odds", LOG_ODDS / sp.log(2)),
        Mutant("log-odds: one generation too many", "log-odds", LOG_ODDS.subs(s.n, s.n + 1)),
    ),
)

CASES = (TEMPERATURE_CASE,)
