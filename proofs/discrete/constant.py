"""Evidence on the constant of the collapse time, from chains that run forward."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import sympy as sp

from numerics import enumeration
from numerics.transition import binomial_law, transition_chain, transition_law
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.verdict import Enclosed, Exact
from theory import symbols as s
from theory.claim import Order
from theory.discrete.constant import CEILING, COLLAPSE_CONSTANT

#: After so many times M generations, runs are where they stay: the next rate is 1 - 3/M.
LONG = 16
#: Covers what is still to come, exp(-2 * LONG) of the value, and rounding, 1e-12 of it.
ROOM = Fraction(1, 10**10)


def around(value: Fraction) -> Enclosed:
    """Return a value with the room that it needs."""
    return Enclosed(value * (1 - ROOM), value * (1 + ROOM))


def run_two_categories(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return P(T > n) (1-1/M)^-n after LONG * M generations of the chain of two categories."""
    size, generations = setting.integer("M"), LONG * setting.integer("M")
    chain = transition_chain(np.arange(size + 1) / size)
    first = binomial_law(size, float(setting.numbers("p")[0]))
    law = transition_law(chain, first, generations - 1)
    alive = sum(map(Fraction, law[1:-1].tolist()), Fraction(0))
    return [around(alive / (1 - Fraction(1, size)) ** generations)]


def enumerate_constant(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the same for any number of categories, from all outcomes."""
    size, generations = setting.integer("M"), LONG * setting.integer("M")
    alive = enumeration.survival(setting.numbers("p"), size, generations)[-1]
    return [around(alive / (1 - Fraction(1, size)) ** generations)]


def enumerate_few(setting: Setting, bench: Bench) -> list[Exact]:
    """Return P(T > 1) / (1-1/M), which is the limit where P(T > n) decays by 1-1/M at once."""
    size = setting.integer("M")
    alive = enumeration.survival(setting.numbers("p"), size, 2)
    once, twice = (alive[n] / (1 - Fraction(1, size)) ** n for n in (1, 2))
    if once != twice:
        raise ArithmeticError(f"P(T > n) decays by {alive[2] / alive[1]} at M = {size}")
    return [Exact(once)]


THREE = ("1/2", "1/3", "1/6")
LADDER = tuple(
    setting(p=p, M=size)
    for p in (("1/2", "1/2"), ("1/5", "4/5"))
    for size in (10, 20, 40, 80, 160, 320)
)

COLLAPSE_CONSTANT_CASE = Case(
    COLLAPSE_CONSTANT,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "constant",
            enumerate_constant,
            tuple(setting(p=THREE, M=size) for size in (2, 4, 6, 8, 12)),
            "all outcomes, three categories",
            quick=4,
            order_margin=None,
        ),
        Witness(
            Route.ENCLOSED,
            "constant",
            run_two_categories,
            LADDER,
            "forward chain of two categories",
            quick=5,
        ),
        Witness(
            Route.ENUMERATED,
            "ceiling",
            enumerate_few,
            (
                setting(p=THREE, M=2),
                setting(p=("1/5", "4/5"), M=2),
                setting(p=("1/3", "2/3"), M=3),
            ),
            "all outcomes where the bound is attained",
            quick=3,
        ),
        Witness(
            Route.ENCLOSED,
            "ceiling",
            run_two_categories,
            (setting(p=("1/5", "4/5"), M=4), *LADDER[::5]),
            "forward chain of two categories",
        ),
    ),
    mutants=(
        Mutant("two for three", "constant", 2 * s.H0),
        Mutant("3 per cent below", "constant", sp.Rational(291, 100) * s.H0),
        Mutant("3 per cent above", "constant", sp.Rational(309, 100) * s.H0),
        Mutant("one of two orders of a pair", "constant", 3 * s.H0 / 2),
        Mutant(
            "error of order 1/M", "constant", 3 * s.H0, order=Order(s.M, s.H0 / s.M, Fraction(10))
        ),
        Mutant(
            "error of order ln(M)/M^2",
            "constant",
            3 * s.H0,
            order=Order(s.M, s.H0 * sp.log(s.M) / s.M**2, Fraction(1000)),
        ),
        Mutant(
            "error at most H_0 ln(M)/M",
            "constant",
            3 * s.H0,
            order=Order(s.M, s.H0 * sp.log(s.M) / s.M, Fraction(1), exact_order=False),
        ),
        Mutant("M - 1 for M", "ceiling", CEILING.subs(s.M, s.M - 1)),
        Mutant("the limit for its bound", "ceiling", 3 * s.H0),
        Mutant("two for three at most", "ceiling", 2 * s.H0 * s.M / (s.M + 1)),
        Mutant("from the coalescent alone", "ceiling", 3 * s.H0 * (s.M - 1) / (s.M + 1)),
    ),
)

CASES = (COLLAPSE_CONSTANT_CASE,)
