"""Evidence on the extinction of a refitted Poisson family: its chain of counts, and its points."""

from __future__ import annotations

import sympy as sp

from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness
from proofs.discrete.branching import poisson_lost
from proofs.families.refitted import RUNS, mean, refitting, simulate
from proofs.verdict import Enclosed, Sampled
from theory import symbols as s
from theory.claim import Order
from theory.discrete.branching import BranchingSurvival
from theory.families import poisson_family as law

CHAIN = "chain of Poisson counts"


def enclose_dead(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return bounds on the probability that the sum of all points is 0."""
    found = poisson_lost(mean(setting) * setting.integer("M"), max(setting.generations))
    return [found[n] for n in setting.generations]


def measure_dead(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the share of runs whose fitted mean is 0."""
    run = simulate("dead", setting, bench, 120_000)
    return [
        sampled.share(int((run.mean[:, g] == 0).sum()), len(run.mean))
        for g in range(len(setting.generations))
    ]


SETTINGS = (
    refitting((1, 2, 5), "poisson", m0="1/2", M=4),
    refitting((1, 30), "poisson", m0="1/4", M=2),
    refitting((1, 4, 40), "poisson", m0="1/8", M=50),
)
LADDERS = (
    refitting((10, 20, 40, 80), "poisson", m0="1/2", M=1),
    refitting((20, 40, 80), "poisson", m0="1/4", M=8),
)
DRAWN = (
    refitting((1, 3, 10), "poisson", m0="1/2", M=2),
    refitting((2, 8), "poisson", m0="1/2", M=3),
)
APART = (refitting((3, 10), "poisson", m0="1/2", M=4),)

EXTINCTION_CASE = Case(
    law.EXTINCTION,
    witnesses=(
        Witness(Route.ENCLOSED, "dead", enclose_dead, SETTINGS, CHAIN, 2),
        Witness(Route.MEASURED, "dead", measure_dead, DRAWN, RUNS, margin=0.05),
        Witness(Route.ENCLOSED, "dead-at-least", enclose_dead, SETTINGS, CHAIN, 2),
        Witness(Route.MEASURED, "dead-at-least", measure_dead, APART, RUNS),
        Witness(Route.ENCLOSED, "dead-late", enclose_dead, LADDERS, CHAIN),
    ),
    mutants=(
        Mutant("s_n for s_{n-1}", "dead", law.DEAD.subs(s.n, s.n + 1)),
        Mutant("exponent 2/(n+1)", "dead", law.FLOOR),
        Mutant("per point", "dead", sp.exp(-law.START * BranchingSurvival(s.n - 1))),
        Mutant("one generation for ever", "dead", sp.exp(-s.M * law.START)),
        Mutant("geometric children", "dead", sp.exp(-s.M * law.START / s.n)),
        Mutant("a bound at n + 1", "dead-at-least", law.FLOOR.subs(s.n, s.n + 1)),
        Mutant("half the exponent", "dead-at-least", sp.sqrt(law.FLOOR)),
        Mutant("twice the exponent", "dead-at-least", law.FLOOR**2),
        Mutant("late: variance 2", "dead-late", sp.exp(-s.M * law.START / s.n)),
        Mutant("late: no variance", "dead-late", sp.exp(-4 * s.M * law.START / s.n)),
        Mutant("late: certain", "dead-late", sp.Integer(1)),
        Mutant(
            "late: error of order 1/n", "dead-late", law.LATE,
            order=Order(s.n, s.M * law.START / s.n, 1),
        ),
        Mutant(
            "late: a quarter of the error", "dead-late", law.LATE,
            order=Order(s.n, law.LATE_ERROR / 4, 1, exact_order=False),
        ),
    ),
)  # fmt: skip

CASES = (EXTINCTION_CASE,)
