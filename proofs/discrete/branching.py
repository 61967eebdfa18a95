"""Evidence on rare categories, from chains run forward and from the Poisson family itself."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

import sympy as sp

from numerics import branching
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.discrete.chains import between, lost_by, named
from proofs.discrete.tails import enumerate_lost, measure_lost
from proofs.verdict import Enclosed, Exact, Sampled
from theory import symbols as s
from theory.discrete.branching import LOST, LOST_FEW, LOWER, RARE_LOSS, UPPER, BranchingSurvival


def with_share(setting: Setting) -> Setting:
    """Return the setting with q = lambda / M in place of lambda."""
    fixed = dict(setting.fixed)
    fixed["q"] = Fraction(setting.numbers("lambda")[0], setting.integer("M"))
    del fixed["lambda"]
    return replace(setting, fixed=fixed)


def enclose_lost(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the probability that the category has no draw, from the chain of its count."""
    return lost_by(setting.numbers("q")[0], setting.integer("M"), setting.generations)


def enclose_few(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the same where lambda is given."""
    return enclose_lost(with_share(setting), bench)


def enumerate_few(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the same from all outcomes."""
    return enumerate_lost(with_share(setting), bench)


def measure_few(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the same from simulated runs."""
    return measure_lost(with_share(setting), bench)


@lru_cache(maxsize=8)
def poisson_lost(mean: Fraction | None, generations: int) -> tuple[Enclosed, ...]:
    """Return bounds on P(count 0) in the Poisson family at generations 0, 1, ..."""
    start = None if mean is None else float(mean)
    return tuple(between(*ends) for ends in branching.poisson_lost(start, generations))


def enclose_poisson(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return bounds on the probability that the Poisson family has lost the category by n."""
    found = poisson_lost(setting.numbers("lambda")[0], max(setting.generations))
    return [found[n] for n in setting.generations]


def survival(steps: int, longest: int) -> Enclosed:
    """Return bounds on the chance that one point has descendants some generations later."""
    lost = poisson_lost(None, longest)[steps]
    return Enclosed(1 - lost.high, 1 - lost.low)


def enclose_survival(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return bounds on s_k."""
    return [survival(setting.integer("k"), 80)]


def enclose_inverse(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return bounds on 1 / s_k."""
    alive = survival(setting.integer("k"), 80)
    return [Enclosed(1 / alive.high, 1 / alive.low)]


STEPS = tuple(setting(k=k) for k in (1, 2, 5, 40, 80))
RARE_SETTINGS = (
    setting((1, 2, 6), q="1/200", M=200),
    setting((3, 12), q="1/40", M=100),
    setting((40,), q="1/500", M=400),
)
LADDER = tuple(named({"lambda": 1, "M": M}, (1, 2, 5, 20)) for M in (100, 200))
LADDERS = (*LADDER, *(named({"lambda": "5/2", "M": M}, (3,)) for M in (50, 150, 300)))

RARE_LOSS_CASE = Case(
    RARE_LOSS,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "lost",
            enumerate_lost,
            (setting((1, 2, 4), q="1/20", M=20), setting((2,), q="1/5", M=6)),
            "all outcomes",
        ),
        Witness(Route.ENCLOSED, "lost", enclose_lost, RARE_SETTINGS, "chain of one category"),
        Witness(
            Route.ENUMERATED,
            "lost-at-most",
            enumerate_lost,
            (
                setting((1, 3), q="1/10", M=10),
                setting((1, 2, 5), q="1/3", M=4),
                setting((2,), q="9/10", M=3),
            ),
            "all outcomes",
        ),
        Witness(
            Route.ENCLOSED, "lost-at-most", enclose_lost, RARE_SETTINGS, "chain of one category"
        ),
        Witness(Route.ENCLOSED, "lost-few", enclose_few, LADDERS, "chain of one category", 2),
        Witness(
            Route.MEASURED,
            "lost-few",
            measure_few,
            (named({"lambda": 1, "M": 200}, (1, 5)),),
            "forward runs",
            margin=0.05,
        ),
        Witness(
            Route.ENCLOSED,
            "poisson",
            enclose_poisson,
            (
                named({"lambda": 2}, (1, 2, 5)),
                named({"lambda": "1/2"}, (1, 3, 20)),
                named({"lambda": 10}, (4,)),
            ),
            "chain of Poisson counts",
        ),
        Witness(Route.ENCLOSED, "survival", enclose_survival, STEPS, "chain of Poisson counts", 5),
        Witness(
            Route.ENCLOSED, "inverse-at-least", enclose_inverse, STEPS, "chain of Poisson counts", 5
        ),
        Witness(
            Route.ENCLOSED, "inverse-at-most", enclose_inverse, STEPS, "chain of Poisson counts", 5
        ),
        Witness(Route.ENCLOSED, "decay", enclose_survival, STEPS[2:], "chain of Poisson counts", 3),
    ),
    mutants=(
        Mutant("s_n for s_{n-1}", "lost", LOST.subs(s.n, s.n + 1)),
        Mutant("one generation for ever", "lost", sp.exp(-s.M * s.q)),
        Mutant("exponent 1/n", "lost", sp.exp(-s.M * s.q / s.n)),
        Mutant("half the samples", "lost", LOST.subs(s.M, s.M / 2)),
        Mutant("upper bound with 1/n^2 more", "lost-at-most", LOST * sp.exp(-s.M * s.q / s.n**2)),
        Mutant("upper bound at 2 M", "lost-at-most", LOST.subs(s.M, 2 * s.M)),
        Mutant("upper bound for ever", "lost-at-most", sp.exp(-s.M * s.q)),
        Mutant("few: exponent 2 / (n + 1)", "lost-few", sp.exp(-2 * s.rate / (s.n + 1))),
        Mutant("few: exponent 1/n", "lost-few", sp.exp(-s.rate / s.n)),
        Mutant("few: s_n for s_{n-1}", "lost-few", LOST_FEW.subs(s.n, s.n + 1)),
        Mutant("Poisson: s_n for s_{n-1}", "poisson", LOST_FEW.subs(s.n, s.n + 1)),
        Mutant("Poisson: exponent 2 / (n + 1)", "poisson", sp.exp(-2 * s.rate / (s.n + 1))),
        Mutant("Poisson: exponent 1/n", "poisson", sp.exp(-s.rate / s.n)),
        Mutant("geometric children", "survival", 1 / (1 + s.k)),
        Mutant("linear fractional", "survival", 2 / (s.k + 2)),
        Mutant("one step too many", "survival", BranchingSurvival(s.k + 1)),
        Mutant("half a step more", "inverse-at-least", LOWER + sp.Rational(1, 2)),
        Mutant("a whole step", "inverse-at-least", 1 + s.k),
        Mutant("the upper bound below", "inverse-at-least", UPPER),
        Mutant("no harmonic number", "inverse-at-most", LOWER),
        Mutant("a third less", "inverse-at-most", LOWER + (UPPER - LOWER) / 3),
        Mutant("a smaller start", "inverse-at-most", UPPER - sp.Rational(1, 6)),
        Mutant("variance 2", "decay", 1 / s.k),
        Mutant("no factor 2 in the variance", "decay", 4 / s.k),
        Mutant("a correction already in", "decay", 2 / (s.k + 2)),
    ),
)

CASES = (RARE_LOSS_CASE,)
