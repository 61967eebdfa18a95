"""Evidence on M points taken from a growing pool: all draws expanded, and simulated runs."""

from __future__ import annotations

import sympy as sp

from numerics.workflow import Workflow
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian.accumulation import EXPANDED, RUNS, SKEWED, TWO_POINTS, Observe
from proofs.gaussian.pooled import Powers, expanded, simulate
from proofs.spread import ROUNDING
from proofs.verdict import Exact, Sampled
from theory import symbols as s
from theory.gaussian import accumulation
from theory.gaussian import subsampling as law

POOL, FIT = (0, 0, 0, 1), (0, 1, 0, 0)
SETS = {True: Workflow("subsample"), False: Workflow("subsample", replacement=False)}


def enumerate_moment(powers: Powers, replacement: bool) -> Observe:
    """Return the experiment that expands a moment of the pool or of the fit."""

    def observe(setting: Setting, bench: Bench) -> list[Exact]:
        return [
            Exact(expanded(setting, n, powers, SETS[replacement], "mle"))
            for n in setting.generations
        ]

    return observe


def enumerate_late(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the mean variance of the pool after many rounds."""
    return [Exact(expanded(setting, ROUNDS, POOL, SETS[True], "mle"))]


def measure_pool(replacement: bool) -> Observe:
    """Return the experiment that averages the pool's variance over simulated runs.

    Its second moment is expanded, draw by draw.
    """

    def observe(setting: Setting, bench: Bench) -> list[Sampled]:
        workflow = SETS[replacement]
        run = simulate("pool", setting, bench, 100_000, workflow, "mle")
        found = []
        for g, n in enumerate(setting.generations):
            second = expanded(setting, n, (0, 0, 0, 2), workflow, "mle")
            bound = float(second) * (1 + ROUNDING)
            found.append(sampled.known_second_moment(run.pool_variance[:, g], bound))
        return found

    return observe


#: Rounds that stand for many: at M = 2 the mean is then within 2 % of its limit.
ROUNDS = 20

SMALL = (
    setting((1, 2, 4), M=2),
    setting((2, 3), M=3),
    setting((2,), M=4, start=TWO_POINTS),
    setting((1, 3), M=2, start=SKEWED),
    setting((5,), M=5),
)


def rounds(term: sp.Expr) -> sp.Expr:
    """Return (1 - 1/M) sigma^2 times the product of a term in k over the rounds from 2 on."""
    return s.sigma**2 * law.KEPT * sp.Product(term, (s.k, 2, s.n))


SUBSAMPLING_CASE = Case(
    law.SUBSAMPLING,
    witnesses=(
        *(
            Witness(Route.ENUMERATED, name, enumerate_moment(powers, replaced), SMALL, EXPANDED, 2)
            for name, powers, replaced in (
                ("with-replacement", POOL, True),
                ("without-replacement", POOL, False),
                ("fit", FIT, True),
                ("fit-without", FIT, False),
            )
        ),
        Witness(
            Route.ENUMERATED,
            "limit",
            enumerate_late,
            (setting(M=2),),
            f"{EXPANDED}, {ROUNDS} rounds",
            margin=0.05,
        ),
        *(
            Witness(
                Route.MEASURED,
                name,
                measure_pool(replaced),
                (setting((1, 3), M=4), setting((2,), M=5)),
                RUNS,
                margin=0.05,
            )
            for name, replaced in (("with-replacement", True), ("without-replacement", False))
        ),
    ),
    mutants=(
        Mutant("whole pool fitted", "with-replacement", accumulation.VARIANCE),
        Mutant("2/M", "with-replacement", rounds(1 - 2 / (s.M * s.k**2))),
        Mutant("points taken lose nothing", "with-replacement", rounds(1 - 1 / (s.M * s.k**2))),
        Mutant("without replacement", "with-replacement", law.WITHOUT),
        Mutant("no pool", "with-replacement", s.sigma**2 * law.KEPT ** (2 * s.n - 1)),
        Mutant("with replacement", "without-replacement", law.WITH),
        Mutant("whole pool fitted (without)", "without-replacement", accumulation.VARIANCE),
        Mutant(
            "N for N - 1",
            "without-replacement",
            rounds(1 - (1 - law.KEPT**2 * (law.OLD + 1) / law.OLD) / s.k**2),
        ),
        Mutant("no finite pool", "without-replacement", rounds(1 - (1 - law.KEPT) / s.k**2)),
        Mutant("limit of the whole pool", "limit", accumulation.LIMIT),
        Mutant("first batch only", "limit", s.sigma**2 * law.KEPT),
        Mutant("first order", "limit", s.sigma**2 * (1 - (sp.pi**2 / 3 - 1) / s.M)),
        Mutant("fit keeps the pool's variance", "fit", law.WITH),
        Mutant("unbiased divisor", "fit", law.WITH * s.M / (s.M - 1)),
        Mutant("without replacement (fit)", "fit", law.FIT_WITHOUT),
        Mutant("fit keeps the pool's variance (without)", "fit-without", law.WITHOUT),
        Mutant("as with replacement", "fit-without", law.KEPT * law.WITHOUT),
        Mutant("pool of one batch less", "fit-without", law.FIT_WITHOUT.subs(s.n, s.n + 1)),
    ),
)

CASES = (SUBSAMPLING_CASE,)
