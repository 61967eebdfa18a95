"""A law at a point: an exact rational where there is one, and otherwise a ball.

Two evaluators walk the same SymPy tree with different arithmetic: rationals (`fmpq`) and Arb
balls. Neither uses SymPy's `evalf` or `simplify`; SymPy only holds the formula.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sympy as sp
from flint import arb, ctx, fmpq, fmpz

from theory import symbols as s
from theory.domain import COMPUTED, Domain, Kind, Point
from theory.equal_sizes import EqualSizes
from theory.errors import DomainError
from theory.node import Node
from theory.rational import NotRational, fits, whole
from theory.repeats import of_one_size, places, series_within

#: Sums and products with more terms than this, and no closed form, are refused: they take seconds.
MOST_TERMS = 250_000


@dataclass(frozen=True)
class Environment:
    """Values of symbols and of indexed families at one point."""

    scalars: dict[sp.Symbol, fmpq]
    families: dict[sp.Basic, tuple[fmpq, ...] | fmpq] = field(default_factory=dict)

    def symbols(self) -> set[sp.Basic]:
        """Return every symbol that has a value, with the labels of the indexed families."""
        return {*self.scalars, *(base.label for base in self.families)}

    def bind(self, symbol: sp.Symbol, value: int) -> Environment:
        """Return this environment with one more scalar."""
        return Environment({**self.scalars, symbol: fmpq(value)}, self.families)


def rational(value: Fraction | int) -> fmpq:
    """Return a python-flint rational."""
    value = Fraction(value)
    return fmpq(value.numerator, value.denominator)


def fraction(value: fmpq) -> Fraction:
    """Return a standard library rational."""
    return Fraction(int(value.p), int(value.q))


def environment(domain: Domain, point: Point) -> Environment:
    """Return the values of all symbols at a point, with defaults and what follows from others."""
    filled = dict(point)
    for parameter in domain.parameters:
        if parameter.name not in filled and parameter.default is not None:
            filled[parameter.name] = parameter.default
    scalars: dict[sp.Symbol, fmpq] = {}
    families: dict[sp.Basic, tuple[fmpq, ...] | fmpq] = {}
    for name, value in filled.items():
        parameter = domain.parameter(name)
        match parameter.kind, value:
            case Kind.CHOICE, _:
                continue
            case Kind.SCHEDULE, Fraction():
                families[s.sizes] = scalars[s.M] = rational(value)
            case Kind.SCHEDULE, tuple():
                families[s.sizes] = tuple(map(rational, value))
                if len(set(value)) == 1:
                    scalars[s.M] = rational(value[0])
                scalars.setdefault(s.n, fmpq(len(value)))
            case Kind.LAW | Kind.COUNTS | Kind.PARTITION, tuple():
                families[parameter.symbol] = (fmpq(0), *map(rational, value))
                scalars[s.K] = fmpq(len(value))
            case Kind.SPECTRUM, tuple():
                families[parameter.symbol] = (fmpq(0), *map(rational, value))
                scalars[s.d] = fmpq(len(value))
            case _, Fraction():
                scalars[parameter.symbol] = rational(value)
    for name, (other, compute) in COMPUTED.items():
        given = filled.get(other)
        if name not in filled and isinstance(given, tuple):
            scalars[sp.Symbol(name, nonnegative=True)] = rational(compute(given))
    for parameter in domain.parameters:
        rule = parameter.usual if parameter.follows is None else parameter.follows
        if rule is not None and rule.free_symbols <= scalars.keys() - {parameter.symbol}:
            scalars.setdefault(parameter.symbol, exact(rule, Environment(dict(scalars))))
    return Environment(scalars, families)


# --- the tree walk -------------------------------------------------------------------------------


def exact(expression: sp.Basic, values: Environment) -> fmpq:
    """Return the rational value of an expression; NotRational when there is none to be had."""
    return _walk(expression, values, _EXACT)


def ball(expression: sp.Basic, values: Environment, bits: int) -> arb:
    """Return an Arb ball, computed with `bits` of working precision, that holds the value."""
    before = ctx.prec
    ctx.prec = bits
    try:
        return _walk(expression, values, _BALL)
    finally:
        ctx.prec = before


@dataclass(frozen=True)
class _Arithmetic:
    """Numbers of one kind and the functions on them."""

    number: Callable[[fmpq], Any]
    power: Callable[[Any, Any], Any]
    functions: Mapping[type, Callable[..., Any]]


def _walk(expression: sp.Basic, values: Environment, on: _Arithmetic) -> Any:
    if isinstance(expression, sp.Rational):
        return on.number(fmpq(int(expression.p), int(expression.q)))
    if isinstance(expression, sp.Symbol):
        if expression not in values.scalars:
            raise DomainError(f"no value for {expression}")
        return on.number(values.scalars[expression])
    if isinstance(expression, sp.Indexed):
        return on.number(_entry(expression, values))
    if isinstance(expression, sp.Add):
        total, *rest = (_walk(part, values, on) for part in expression.args)
        for part in rest:
            total = total + part
        return total
    if isinstance(expression, sp.Mul):
        return _times(expression, values, on)
    if isinstance(expression, sp.Pow):
        base, power = expression.args[0], _walk(expression.args[1], values, on)
        if on is _EXACT and power == 0:
            return power + 1
        return on.power(_walk(base, values, on), power)
    if isinstance(expression, sp.Sum | sp.Product):
        return _series(expression, values, on)
    if isinstance(expression, EqualSizes):
        return _walk(expression.args[s.M in values.scalars], values, on)
    if isinstance(expression, sp.IndexedBase):
        return _family(expression, values, on)
    if isinstance(expression, sp.floor):  # it jumps: a ball around the argument would not do
        return on.number(fmpq(exact(expression.args[0], values).floor()))
    if isinstance(expression, Node):
        value = expression.exact_value if on is _EXACT else expression.ball_value
        return value(*(_walk(part, values, on) for part in expression.args))
    for kind, function in on.functions.items():
        if isinstance(expression, kind):
            parts: tuple[sp.Basic, ...] = getattr(expression, "args", ())
            return function(*(_walk(part, values, on) for part in parts))
    raise NotRational(f"no {'rational' if on is _EXACT else 'ball'} value for {expression}")


def _times(expression: sp.Mul, values: Environment, on: _Arithmetic) -> Any:
    """Return a product; 0 where a factor is 0, though another may have no rational value."""
    total, without = on.number(fmpq(1)), None
    for part in expression.args:
        try:
            total = total * _walk(part, values, on)
        except NotRational as reason:
            without = reason
    if without is not None and total != 0:
        raise without
    return total


def _entry(expression: sp.Indexed, values: Environment) -> fmpq:
    base, index = expression.args
    family = values.families.get(base)
    if family is None:
        raise DomainError(f"no value for {base}[...]")
    if isinstance(family, fmpq):
        return family
    where = int(exact(index, values).p)
    if not 0 <= where < len(family):
        raise DomainError(f"{base}[{where}] asked for, but {base} has {len(family)} entries")
    return family[where]


def _family(base: sp.IndexedBase, values: Environment, on: _Arithmetic) -> tuple[Any, ...]:
    """Return the entries 1..K of an indexed family."""
    family = values.families.get(base)
    if not isinstance(family, tuple):
        raise DomainError(f"no value for {base}[...]")
    return tuple(map(on.number, family[1:]))


def _series(expression: sp.Sum | sp.Product, values: Environment, on: _Arithmetic) -> Any:
    """Return a finite sum or product; one term is enough where every term is the same."""
    *within, (index, first, last) = expression.limits
    body = expression.func(expression.function, *within) if within else expression.function
    adding = isinstance(expression, sp.Sum)
    start, stop = (int(exact(end, values).p) for end in (first, last))
    same = frozenset(base for base, entry in values.families.items() if isinstance(entry, fmpq))
    body, free = of_one_size(body, same)
    if index not in free:
        count = on.number(fmpq(max(stop - start + 1, 0)))
        term = _walk(body, values, on)
        return count * term if adding else on.power(term, count)
    terms = max(stop - start + 1, 0)
    if terms > 1:
        terms *= max(_inner(body, values.bind(index, place)) for place in (start, stop))
    if terms > MOST_TERMS:
        kind = "sum" if adding else "product"
        raise ArithmeticError(f"a {kind} of {terms} terms takes too long (at most {MOST_TERMS})")
    join = operator.mul if adding else on.power
    return _fold(
        [
            _walk(body, values.bind(index, place), on)
            if count == 1
            else join(_walk(body, values.bind(index, place), on), on.number(fmpq(count)))
            for place, count in places(
                body, index, start, stop, lambda one, at: _entry(one, values.bind(index, at))
            )
        ],
        on.number(fmpq(0 if adding else 1)),
        operator.add if adding else operator.mul,
        on,
    )


def _inner(body: sp.Basic, values: Environment) -> int:
    """Return the length of the longest sum or product inside a term, at least 1."""
    longest = 1
    for part in series_within(body):
        _, first, last = part.limits[0]
        if part.limits[0][0] in part.function.free_symbols:
            try:
                longest = max(longest, int((exact(last, values) - exact(first, values)).p) + 1)
            except DomainError:  # its ends depend on a sum in between
                continue
    return longest


def _fold(terms: list[Any], empty: Any, join: Callable[[Any, Any], Any], on: _Arithmetic) -> Any:
    """Return all terms joined, neighbours first: the long rationals are formed last."""
    while len(terms) > 1:
        pairs = list(map(join, terms[::2], terms[1::2]))
        terms = [*pairs, terms[-1]] if len(terms) % 2 else pairs
        if on is _EXACT:
            for term in terms:
                fits(int(term.q.bit_length()))
    return terms[0] if terms else empty


# --- rationals -----------------------------------------------------------------------------------


def _exact_power(base: fmpq, exponent: fmpq) -> fmpq:
    if exponent == 0:
        return fmpq(1)
    if base == 0 and exponent < 0:
        raise ZeroDivisionError("0 to a negative power")
    if exponent.q == 2:
        base, exponent = _square_root(base), exponent * 2
    if exponent.q != 1:
        if base == 1:
            return fmpq(1)
        raise NotRational("fractional power")
    if base.q == 1 and abs(base.p) <= 1:
        return base if exponent.p % 2 == 1 else base * base
    length = max(int(base.p).bit_length(), int(base.q).bit_length())
    fits(length * abs(int(exponent.p)))
    return base ** int(exponent.p)


def _square_root(value: fmpq) -> fmpq:
    if value < 0:
        raise DomainError(f"square root of {value}")
    top, bottom = sp.integer_nthroot(int(value.p), 2), sp.integer_nthroot(int(value.q), 2)
    if not (top[1] and bottom[1]):
        raise NotRational("irrational square root")
    return fmpq(int(top[0]), int(bottom[0]))


def _exact_gamma(value: fmpq) -> fmpq:
    if value.q != 1 or not 0 < value <= 1000:
        raise NotRational("gamma")
    return fmpq(int(sp.factorial(int(value.p) - 1)))


def _exact_log(value: fmpq) -> fmpq:
    if value == 1:
        return fmpq(0)
    raise NotRational("log")


def _exact_rising(value: fmpq, steps: fmpq) -> fmpq:
    if steps.q != 1 or abs(steps) > 1000:
        raise NotRational("rising factorial")
    total = fmpq(1)
    for offset in range(abs(int(steps.p))):
        total *= value + offset if steps > 0 else value - offset - 1
    return total if steps >= 0 else 1 / total


def _exact_binomial(top: fmpq, bottom: fmpq) -> fmpq:
    n, k = int(top.p), int(bottom.p)
    fits(min(abs(k), abs(n - k)) * n.bit_length())
    return fmpq(fmpz.bin_uiui(n, k) if min(n, k) >= 0 else int(sp.binomial(n, k)))


def _not_rational(*_: fmpq) -> fmpq:
    raise NotRational("transcendental")


# --- balls ---------------------------------------------------------------------------------------


def _ball_power(base: arb, exponent: arb) -> arb:
    if exponent.is_exact() and exponent.is_integer():
        return _ball_whole_power(base, whole(exponent))
    if exponent == arb(1) / 2:
        return base.sqrt()
    if exponent == -arb(1) / 2:
        return base.rsqrt()
    return base**exponent


def _ball_whole_power(base: arb, exponent: int) -> arb:
    """Return a power; Arb's own has no value around 0, nor below 0 for a very long exponent."""
    if exponent > 0 and base.is_finite() and base.contains(arb(0)) and not base.is_zero():
        return arb(0, base.abs_upper() ** exponent)
    if base < 0:
        return (-base) ** exponent if exponent % 2 == 0 else -((-base) ** exponent)
    return base**exponent


def _ball_polygamma(order: arb, value: arb) -> arb:
    if order == 0:
        return value.digamma()
    m = whole(order)
    # psi^(m)(x) = (-1)^(m+1) m! zeta(m+1, x)
    return (-1) ** (m + 1) * arb(m).fac() * arb(m + 1).zeta(value)


_EXACT = _Arithmetic(
    number=lambda value: value,
    power=_exact_power,
    functions={
        sp.gamma: _exact_gamma,
        sp.log: _exact_log,
        sp.RisingFactorial: _exact_rising,
        sp.binomial: _exact_binomial,
        sp.Max: max,
        sp.Min: min,
        sp.polygamma: _not_rational,
        sp.zeta: _not_rational,
        type(sp.EulerGamma): _not_rational,
        sp.sign: lambda value: fmpq((value > 0) - (value < 0)),
        sp.exp: lambda value: _exact_power(fmpq(2), value) if value == 0 else _not_rational(),
    },
)

_BALL = _Arithmetic(
    number=lambda value: arb(value.p) if value.q == 1 else arb(value),
    power=_ball_power,
    functions={
        sp.gamma: arb.gamma,
        sp.log: arb.log,
        sp.exp: arb.exp,
        sp.cos: arb.cos,
        sp.sin: arb.sin,
        type(sp.pi): arb.pi,
        sp.erf: arb.erf,
        sp.erfinv: arb.erfinv,
        sp.besselk: lambda order, value: value.bessel_k(order),
        sp.RisingFactorial: lambda value, steps: (value + steps).gamma() / value.gamma(),
        sp.binomial: lambda top, bottom: arb.bin(top, whole(bottom)),
        sp.Max: lambda *parts: _extreme(arb.max, parts),
        sp.Min: lambda *parts: _extreme(arb.min, parts),
        sp.polygamma: _ball_polygamma,
        sp.zeta: arb.zeta,
        type(sp.EulerGamma): arb.const_euler,
        sp.sign: arb.sgn,
    },
)


def _extreme(choose: Callable[[arb, arb], arb], parts: tuple[arb, ...]) -> arb:
    best = parts[0]
    for part in parts[1:]:
        best = choose(best, part)
    return best
