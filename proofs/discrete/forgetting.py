"""Evidence on how long a rare symbol lives."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.discrete.branching import enclose_few, enumerate_few, poisson_lost, survival
from proofs.discrete.chains import named
from proofs.verdict import Enclosed, Exact
from theory import symbols as s
from theory.discrete.branching import BranchingSurvival
from theory.discrete.forgetting import PRINTED, SHARP, SYMBOL_SURVIVAL

LONGEST = 80


def at_generation(setting: Setting) -> Setting:
    """Return the setting with k, the generation, as the generation to observe."""
    fixed = {name: value for name, value in setting.fixed.items() if name != "k"}
    return replace(setting, fixed=fixed, generations=(setting.integer("k"),))


def enumerate_alive(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact probability that the symbol has a draw, from all outcomes."""
    return [Exact(1 - lost.value) for lost in enumerate_few(at_generation(setting), bench)]


def enclose_alive(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the same from the chain of its count."""
    lost = enclose_few(at_generation(setting), bench)
    return [Enclosed(1 - one.high, 1 - one.low) for one in lost]


def enclose_poisson(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return bounds on the same in the Poisson family."""
    k = setting.integer("k")
    lost = poisson_lost(setting.numbers("lambda")[0], k)[k]
    return [Enclosed(1 - lost.high, 1 - lost.low)]


def enclose_factor(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return bounds on k s_{k-1}, s_{k-1} from the Poisson family."""
    k = setting.integer("k")
    alive = survival(k - 1, LONGEST)
    return [Enclosed(k * alive.low, k * alive.high)]


def chain(k: int, rate: int | str, samples: int) -> Setting:
    """Return the setting of one symbol."""
    return named({"lambda": rate, "M": samples, "k": k})


SMALL = (chain(1, 1, 10), chain(3, "1/2", 12), chain(4, 2, 8))
LARGE = (
    chain(1, "1/2", 200),
    chain(2, 1, 200),
    chain(5, "3/2", 100),
    chain(20, 4, 200),
    chain(60, 10, 300),
)
LADDER = (chain(5, 1, 100), chain(5, 1, 200), chain(2, 3, 60), chain(2, 3, 240), chain(20, 1, 300))

SYMBOL_SURVIVAL_CASE = Case(
    SYMBOL_SURVIVAL,
    witnesses=(
        Witness(Route.ENUMERATED, "alive", enumerate_alive, SMALL, "all outcomes", 2),
        Witness(Route.ENCLOSED, "alive", enclose_alive, LARGE, "chain of one category", 2),
        Witness(Route.ENUMERATED, "sharp", enumerate_alive, SMALL, "all outcomes", 2),
        Witness(Route.ENCLOSED, "sharp", enclose_alive, LARGE, "chain of one category", 2),
        Witness(Route.ENCLOSED, "order", enclose_alive, LADDER, "chain of one category", 2),
        Witness(
            Route.ENCLOSED,
            "poisson",
            enclose_poisson,
            tuple(
                named({"lambda": rate, "k": k}) for rate, k in ((1, 2), (2, 5), ("1/2", 1), (5, 20))
            ),
            "chain of Poisson counts",
            2,
        ),
        Witness(
            Route.ENCLOSED,
            "factor",
            enclose_factor,
            tuple(setting(k=k) for k in (2, 10, 40, 80)),
            "chain of Poisson counts",
            4,
        ),
    ),
    mutants=(
        Mutant("twice the exponent", "alive", PRINTED.subs(s.k, s.k / 2)),
        Mutant("printed: first generation", "alive", 1 - sp.exp(-s.rate)),
        Mutant("without the exponential", "alive", s.rate / s.k),
        Mutant("exponent 2 / (k + 1)", "sharp", 1 - sp.exp(-2 * s.rate / (s.k + 1))),
        Mutant("one generation less", "sharp", SHARP.subs(s.k, s.k - 1)),
        Mutant("asymptotic exponent", "sharp", 1 - sp.exp(-2 * s.rate / s.k)),
        Mutant("order: printed exponent", "order", PRINTED),
        Mutant("order: asymptotic exponent", "order", 1 - sp.exp(-2 * s.rate / s.k)),
        Mutant("order: one generation more", "order", SHARP.subs(s.k, s.k + 1)),
        Mutant("Poisson: printed exponent", "poisson", PRINTED),
        Mutant("Poisson: 2 / (k + 1)", "poisson", 1 - sp.exp(-2 * s.rate / (s.k + 1))),
        Mutant("Poisson: two generations", "poisson", 1 - sp.exp(-s.rate * BranchingSurvival(s.k))),
        Mutant("no loss", "factor", sp.Integer(1)),
        Mutant("factor 3/2", "factor", sp.Rational(3, 2)),
        Mutant("factor 5/2", "factor", sp.Rational(5, 2)),
    ),
)

CASES = (SYMBOL_SURVIVAL_CASE,)
