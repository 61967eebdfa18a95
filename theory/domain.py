"""A domain as data: parameters, what each may be, and points that lie inside.

A point maps parameter names to exact values: `Fraction` for numbers, a tuple of them for a law
or a schedule, `str` for a choice. Everything that reads or prints a domain reads this data, so
the error a user sees, the points a test draws and the page that `show` prints cannot disagree.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction
from functools import lru_cache

import sympy as sp
from flint import fmpq

from theory import symbols as s
from theory.errors import DomainError

Value = Fraction | tuple[Fraction, ...] | str
Point = Mapping[str, Value]


class Kind(Enum):
    """What a parameter holds."""

    INTEGER = "integer"
    REAL = "number"
    LAW = "law over categories"
    SCHEDULE = "sample size, or a schedule M_0,M_1,..."
    CHOICE = "choice"
    PARTITION = "partition of a whole number"
    COUNTS = "counts, one a category"
    SPECTRUM = "eigenvalues of a covariance"


@dataclass(frozen=True)
class Parameter:
    """One parameter of a claim: name, symbol, meaning, and the values it may take.

    follows: what it must be, and is where it is not given, once the others are that decide it.
    usual: what it is where it is not given, once the others are that decide it.
    """

    name: str
    symbol: sp.Basic
    meaning: str
    kind: Kind
    low: int | None = None
    high: int | None = None
    low_open: bool = False
    high_open: bool = False
    default: Value | None = None
    choices: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    follows: sp.Expr | None = None
    usual: sp.Expr | None = None

    def at_least(self, low: int) -> Parameter:
        """Return the same parameter with a higher lower end."""
        return replace(self, low=low)

    def text(self) -> str:
        """Return the domain in words, such as `M >= 2`."""
        if self.kind is Kind.CHOICE:
            return f"{self.name} in {{{', '.join(self.choices)}}}"
        if self.kind is Kind.LAW:
            least = ">" if self.low is None else ">="
            return f"{self.name} = p_1,...,p_K with p_i {least} 0 and sum 1 (one number: p,1-p)"
        if self.follows is not None:
            ends = self.low is not None or self.high is not None
            free = f"{replace(self, follows=None).text()}, and " if ends else ""
            return free + _rule(self)
        if self.kind is Kind.PARTITION:
            return f"{self.name} = k_1,k_2,... integers with k_1 >= k_2 >= ... >= 1"
        if self.kind is Kind.SPECTRUM:
            return f"{self.name} = l_1,l_2,...,l_d with l_1 >= l_2 >= ... >= l_d > 0"
        several = self.kind in (Kind.SCHEDULE, Kind.COUNTS)
        name = f"every {self.name}_i" if several else self.name
        below = "<" if self.low_open else "<="
        above = "<" if self.high_open else "<="
        integer = ", an integer" if several or self.kind is Kind.INTEGER else ""
        if self.low is not None and self.low == self.high:
            return f"{name} = {self.low}"
        if self.low is not None and self.high is not None:
            return f"{self.low} {below} {name} {above} {self.high}{integer}"
        if self.low is not None:
            return f"{name} {'>' if self.low_open else '>='} {self.low}{integer}"
        if self.high is not None:
            return f"{name} {above} {self.high}{integer}"
        return f"{name} real{integer}"

    def accepts(self, value: Value) -> bool:
        """Return whether the value lies in this parameter's domain."""
        match self.kind:
            case Kind.CHOICE:
                return value in self.choices
            case Kind.LAW:
                return (
                    isinstance(value, tuple)
                    and len(value) > 1
                    and all(0 < entry <= 1 or entry == self.low for entry in value)
                    and sum(value) == 1
                )
            case Kind.SCHEDULE:
                entries = value if isinstance(value, tuple) else (value,)
                return bool(entries) and all(self._in_range(entry, True) for entry in entries)
            case Kind.PARTITION:
                return (
                    isinstance(value, tuple)
                    and bool(value)
                    and all(self._in_range(part, True) for part in value)
                    and list(value) == sorted(value, reverse=True)
                )
            case Kind.COUNTS:
                return (
                    isinstance(value, tuple)
                    and len(value) > 1
                    and all(self._in_range(entry, True) for entry in value)
                )
            case Kind.SPECTRUM:
                return (
                    isinstance(value, tuple)
                    and bool(value)
                    and value[-1] > 0
                    and list(value) == sorted(value, reverse=True)
                )
            case Kind.INTEGER:
                return self._in_range(value, True)
            case Kind.REAL:
                return self._in_range(value, False)

    def _in_range(self, value: Value, integer: bool) -> bool:
        if not isinstance(value, Fraction) or (integer and value.denominator != 1):
            return False
        if self.low is not None and (value < self.low or (self.low_open and value == self.low)):
            return False
        return not (
            self.high is not None and (value > self.high or (self.high_open and value == self.high))
        )


@dataclass(frozen=True)
class Condition:
    """A condition on one parameter or several: `small < large`, or another comparison.

    words: what is printed, where the expressions are long.
    """

    small: sp.Expr
    large: sp.Expr
    holds: Callable[[fmpq, fmpq], bool] = operator.lt
    sign: str = "<"
    words: str = ""

    @lru_cache(maxsize=1024)  # noqa: B019 -- conditions are few, and last as long as the run
    def text(self) -> str:
        """Return the condition in words."""
        return self.words or f"{self.small} {self.sign} {self.large}"


@dataclass(frozen=True)
class Domain:
    """The parameters of a claim and the conditions that tie them."""

    parameters: tuple[Parameter, ...]
    conditions: tuple[Condition, ...] = ()

    def parameter(self, name: str) -> Parameter:
        """Return the parameter of that name or alias; KeyError when there is none."""
        for parameter in self.parameters:
            if name == parameter.name or name in parameter.aliases:
                return parameter
        raise KeyError(name)

    def text(self) -> str:
        """Return the whole domain in words."""
        parts = [parameter.text() for parameter in self.parameters]
        return "; ".join(parts + [condition.text() for condition in self.conditions])

    def check(self, who: str, point: Point) -> None:
        """Raise DomainError, naming `who`, the value and the domain, unless the point lies inside.

        Only parameters present in the point are checked; conditions whose parameters are all
        present are checked too.
        """
        from theory.evaluate import environment, exact

        for name, value in point.items():
            parameter = self.parameter(name)
            if not parameter.accepts(value):
                shown = show_value(value)
                raise DomainError(f"{who}: {name} = {shown} lies outside {parameter.text()}")
        self._check_lengths(who, point)
        rules = [*self.conditions, *self._follow(point)]
        if not rules:
            return
        values = environment(self, point)
        for rule in rules:
            both = rule.small.free_symbols | rule.large.free_symbols
            names = {symbol for symbol in both if not isinstance(symbol, sp.Indexed)}
            if names <= values.symbols() and not rule.holds(
                exact(rule.small, values), exact(rule.large, values)
            ):
                shown = ", ".join(f"{name} = {show_value(value)}" for name, value in point.items())
                raise DomainError(f"{who}: {shown} lies outside {rule.text()}")

    def _follow(self, point: Point) -> list[Condition]:
        """Return that the parameters of a point that follow from others are what they must be."""
        return [
            Condition(parameter.symbol, parameter.follows, operator.eq, words=_rule(parameter))
            for parameter in self.parameters
            if parameter.follows is not None and parameter.name in point
        ]

    def _check_lengths(self, who: str, point: Point) -> None:
        """Raise DomainError unless all laws of a point are over the same categories."""
        laws = {
            parameter.name: len(value)
            for parameter in self.parameters
            if parameter.kind is Kind.LAW and isinstance(value := point.get(parameter.name), tuple)
        }
        if len(set(laws.values())) > 1:
            shown = ", ".join(f"{name} has {length} categories" for name, length in laws.items())
            raise DomainError(f"{who}: {shown}, which lies outside laws over the same categories")


def _rule(parameter: Parameter) -> str:
    """Return in words what a parameter must be that follows from others."""
    return f"{parameter.name} = {parameter.follows}"


def show_value(value: Value) -> str:
    """Return a value as the command line writes it: `3/10`, `1/2,1/2`, `mle`."""
    if isinstance(value, tuple):
        shown = ",".join(map(str, value[:8]))
        return shown if len(value) <= 8 else f"{shown},... ({len(value)} entries)"
    return str(value)


def gini_simpson(law: tuple[Fraction, ...]) -> Fraction:
    """Return H_0 = 1 - sum p_i^2 of a law over categories."""
    return 1 - sum((entry * entry for entry in law), Fraction(0))


#: A parameter that another can stand in for: H0 and K are known once p is.
COMPUTED: Mapping[str, tuple[str, Callable[[tuple[Fraction, ...]], Fraction]]] = {
    "H0": ("p", gini_simpson),
    "K": ("p", lambda law: Fraction(len(law))),
    "d": ("l", lambda eigenvalues: Fraction(len(eigenvalues))),
}

SAMPLES = Parameter("M", s.M, "samples per generation", Kind.INTEGER, low=1, aliases=("samples",))
SCHEDULE = Parameter(
    "M", s.sizes, "samples per generation, constant or a schedule", Kind.SCHEDULE, low=1
)
GENERATIONS = Parameter("n", s.n, "generations", Kind.INTEGER, low=0, aliases=("generations",))
DIMENSIONS = Parameter("d", s.d, "dimensions", Kind.INTEGER, low=1, aliases=("dimensions",))
LAW = Parameter("p", s.p, "starting law over the categories", Kind.LAW)
#: Categories of probability 0 are allowed, and so is a single one of probability 1.
ANY_LAW = replace(LAW, low=0)
CATEGORY = Parameter("i", s.i, "category, counted from 1", Kind.INTEGER, 1, default=Fraction(1))
RARE = Parameter("q", s.q, "starting probability of the category", Kind.REAL, 0, 1, True, True)
DIVERSITY = Parameter(
    "H0", s.H0, "diversity of the starting law (or give p)", Kind.REAL, 0, 1, False, True,
    aliases=("H_0",),
)  # fmt: skip
DEVIATION = Parameter(
    "sigma", s.sigma, "standard deviation of D_0", Kind.REAL, 0, low_open=True,
    default=Fraction(1), aliases=("sigma0", "sigma_0"),
)  # fmt: skip
TRACE = Parameter(
    "trace", s.trace, "trace of the covariance of D_0", Kind.REAL, 0, low_open=True,
    default=Fraction(1), aliases=("tr", "trSigma0", "tr_Sigma_0", "trace0"),
)  # fmt: skip
DETERMINANT = Parameter(
    "det", s.det, "determinant of the covariance of D_0", Kind.REAL, 0, low_open=True,
    default=Fraction(1), aliases=("det0", "detSigma0", "det_Sigma_0"),
)  # fmt: skip
ESTIMATOR = Parameter(
    "estimator", sp.Symbol("estimator"), "variance divided by M - 1 (unbiased) or M (mle)",
    Kind.CHOICE, default="unbiased", choices=("unbiased", "mle"),
)  # fmt: skip
