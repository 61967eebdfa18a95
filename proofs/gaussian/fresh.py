"""Evidence on rounds with real points, fresh or the same for ever."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from numerics import moments_workflows
from numerics.moments_mixed import Mixed
from numerics.workflow import Workflow
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian.accumulation import EXPANDED, RUNS, SKEWED, TWO_POINTS
from proofs.gaussian.mixed import (
    DRIFT,
    VARIANCE,
    Observe,
    Plan,
    enumerate_after,
    enumerate_late,
    measure,
)
from proofs.gaussian.pooled import start_moments
from proofs.verdict import Exact
from theory import symbols as s
from theory.affine import PairAfter
from theory.gaussian import fresh as law

#: Rounds that stand for many: the contraction at the settings below leaves less than 1e-9.
LATE = 250
MARGIN = 1e-8
FIT = (("drift", DRIFT), ("variance", VARIANCE))


def fresh(setting: Setting) -> Mixed:
    """Return rounds with fresh real points and the unbiased fit."""
    (bias,) = setting.numbers("lam") if "lam" in setting.fixed else (Fraction(1),)
    return Mixed(setting.integer("n_r"), setting.integer("n_s"), bias)


def enumerate_shape(powers: tuple[int, int, int, int]) -> Observe:
    """Return the experiment that expands a moment for real points of any shape, lam = 1."""

    def observe(setting: Setting, bench: Bench) -> list[Exact]:
        real = setting.integer("n_r")
        size, moments = real + setting.integer("n_s"), start_moments(setting)
        return [
            Exact(
                moments_workflows.expected(
                    powers, size, n, Workflow(fresh=real), "unbiased", moments
                )
            )
            for n in setting.generations
        ]

    return observe


def witnesses(
    plan: Plan, small: tuple[Setting, ...], late: tuple[Setting, ...], large: tuple[Setting, ...]
) -> tuple[Witness, ...]:
    """Return the evidence on drift and variance, after n rounds and as n grows."""
    found = []
    for name, monomial in FIT:
        found += [
            Witness(Route.ENUMERATED, name, enumerate_after(plan, monomial), small, EXPANDED, 2),
            Witness(
                Route.ENUMERATED,
                f"{name}-limit",
                enumerate_late(plan, monomial, LATE),
                late,
                f"{EXPANDED}, {LATE} rounds",
                quick=2,
                margin=MARGIN,
            ),
            Witness(Route.MEASURED, name, measure(plan, monomial), large, RUNS, margin=0.05),
        ]
    return tuple(found)


FRESH_CASE = Case(
    law.FRESH_POINTS,
    witnesses=(
        *witnesses(
            fresh,
            (
                setting((1, 2, 3), n_r=1, n_s=1, lam="1/2"),
                setting((0, 1, 4), n_r=2, n_s=3, lam="9/10"),
                setting((3,), n_r=3, n_s=1, lam=1),
                setting((2,), n_r=2, n_s=0, lam=2),
                setting((1, 3), n_r=2, n_s=1, lam=0),
                setting((5, 20), n_r=1, n_s=4, lam="11/10"),
            ),
            (
                setting(n_r=1, n_s=1, lam="1/2"),
                setting(n_r=2, n_s=3, lam=1),
                setting(n_r=3, n_s=2, lam="5/4"),
                setting(n_r=1, n_s=4, lam="9/10"),
                setting(n_r=1, n_s=2, lam=0),
            ),
            (
                setting((1, 5), n_r=3, n_s=4, lam="9/10"),
                setting((10,), n_r=4, n_s=4, lam="6/5"),
            ),
        ),
        *(
            Witness(
                Route.ENUMERATED,
                name,
                enumerate_shape(powers),
                (
                    setting((1, 3), n_r=1, n_s=2, lam=1, start=TWO_POINTS),
                    setting((2,), n_r=3, n_s=2, lam=1, start=SKEWED),
                ),
                "every draw expanded, D_0 not normal",
            )
            for name, powers in (("drift", (2, 0, 0, 0)), ("variance", (0, 1, 0, 0)))
        ),
        Witness(
            Route.ENUMERATED,
            "effective",
            enumerate_late(fresh, DRIFT, LATE, lambda drift: 1 / drift),
            (setting(n_r=1, n_s=1), setting(n_r=3, n_s=2), setting(n_r=2, n_s=6)),
            f"{EXPANDED}, {LATE} rounds",
            quick=2,
            margin=MARGIN,
        ),
    ),
    mutants=(
        Mutant(
            "bias left out of the drift",
            "drift",
            PairAfter(
                law.MADE**2,
                law.MADE / law.POINTS,
                law.FRESH.drift[2],
                *law.FRESH.variance,
                0,
                s.sigma**2,
                s.n,
            ),
        ),
        Mutant("real points only", "drift", s.sigma**2 / law.NR),
        Mutant("one round too many", "drift", law.FRESH.drift_after().subs(s.n, s.n + 1)),
        Mutant(
            "one round too many (variance)",
            "variance",
            law.FRESH.variance_after().subs(s.n, s.n + 1),
        ),
        Mutant(
            "no spread of the means",
            "variance",
            PairAfter(law.MADE * law.LAM, 0, law.REAL * s.sigma**2, 0, 0, 0, s.sigma**2, 0, s.n),
        ),
        Mutant("variance stays", "variance", s.sigma**2),
        Mutant("all points real", "drift-limit", s.sigma**2 / law.POINTS),
        Mutant("real points only (limit)", "drift-limit", s.sigma**2 / law.NR),
        Mutant("variance kept", "drift-limit", law.TRAINED / (law.POINTS * (1 - law.MADE))),
        Mutant(
            "drift does not count",
            "variance-limit",
            law.REAL * s.sigma**2 / (1 - law.MADE * law.LAM),
        ),
        Mutant("divisor N", "variance-limit", law.FRESH_VARIANCE * (law.POINTS - 1) / law.POINTS),
        Mutant("trained points", "variance-limit", law.TRAINED),
        Mutant("all points", "effective", law.POINTS),
        Mutant("real points", "effective", law.NR),
        Mutant("the ceiling", "effective", 2 * law.NR - 1),
        Mutant("n_r for n_r - 1", "effective", law.NR + law.NR * law.NS / (law.POINTS - 1)),
    ),
)

# --- B34 ------------------------------------------------------------------------------------------


def fixed(setting: Setting) -> Mixed:
    """Return rounds with the same real points and the MLE."""
    points = tuple(Fraction(entry) for entry in setting.start.split(","))
    (bias,) = setting.numbers("lam")
    return Mixed(len(points), setting.integer("n_s"), bias, 0, points)


def kept(points: str, generations: tuple[int, ...] = (), **fixed: int | str) -> Setting:
    """Return a setting with given real points of average 0, and what the claim says of them."""
    values = [Fraction(entry) for entry in points.split(",")]
    square = sum((x * x for x in values), Fraction(0)) / len(values)
    return setting(generations, start=points, n_r=len(values), s_r2=square, **fixed)


PAIR, SKEW = "-1,1", "-1,-1,2"

FIXED_CASE = Case(
    law.FIXED_POINTS,
    witnesses=witnesses(
        fixed,
        (
            kept(PAIR, (0, 1, 3), n_s=1, lam="1/2"),
            kept(SKEW, (1, 2, 4), n_s=2, lam=1),
            kept(SKEW, (2, 10), n_s=4, lam="6/5"),
            kept("-3,-1,0,4", (3,), n_s=3, lam="9/10"),
            kept(SKEW, (1, 3), n_s=1, lam=0),
        ),
        (
            kept(PAIR, n_s=1, lam="1/2"),
            kept(SKEW, n_s=2, lam=1),
            kept(SKEW, n_s=3, lam="6/5"),
            kept("-3,-1,0,4", n_s=1, lam=2),
            kept(SKEW, n_s=2, lam=0),
        ),
        (kept(SKEW, (1, 6), n_s=4, lam="9/10"), kept("-3,-1,0,4", (3,), n_s=4, lam="6/5")),
    ),
    mutants=(
        Mutant("no drift", "drift", sp.Integer(0)),
        Mutant("one round too many", "drift", law.FIXED.drift_after().subs(s.n, s.n + 1)),
        Mutant(
            "bias left out of the drift",
            "drift",
            PairAfter(law.MADE**2, law.MADE**2 / law.NS, 0, *law.FIXED.variance, 0, law.SR2, s.n),
        ),
        Mutant("variance stays", "variance", law.SR2),
        Mutant("collapse", "variance", law.SR2 * (1 - 1 / law.POINTS) ** s.n),
        Mutant(
            "one round too many (variance)",
            "variance",
            law.FIXED.variance_after().subs(s.n, s.n + 1),
        ),
        Mutant("one round only", "drift-limit", law.MADE**2 * law.LAM * law.SR2 / law.NS),
        Mutant("s for s^2", "drift-limit", law.FIXED_DRIFT * (1 - law.MADE**2) / (1 - law.MADE)),
        Mutant("N for n_s", "drift-limit", law.FIXED_DRIFT * law.NS / law.POINTS),
        Mutant(
            "drift does not count",
            "variance-limit",
            law.REAL * law.SR2 / (1 - law.MADE * law.LAM * (1 - 1 / law.NS)),
        ),
        Mutant("unbiased batches", "variance-limit", law.REAL * law.SR2 / (1 - law.MADE * law.LAM)),
        Mutant("real share only", "variance-limit", law.REAL * law.SR2),
    ),
)

CASES = (FRESH_CASE, FIXED_CASE)
