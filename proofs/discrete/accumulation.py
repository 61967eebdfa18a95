"""Evidence on pools that keep every batch: all outcomes, two categories for long, forward runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache

import sympy as sp

from numerics import workflows
from numerics.workflow import Workflow
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.discrete.loops import POOL_DIVERSITY, Loop, diversity, enumerated, mean, measured
from proofs.discrete.pools import (
    at_first,
    enclosed,
    from_the_pool,
    grown,
    pool_diversity,
    still_to_lose,
    subsampled,
)
from proofs.discrete.resampling import geometric
from proofs.verdict import Enclosed, Exact
from theory import symbols as s
from theory.coalescence import ACCUMULATE
from theory.discrete.accumulation import (
    ACCUMULATED,
    ACCUMULATED_FROM_REAL,
    COMMON,
    GAMMA_SHARE,
    GROWN,
    KEPT_FOR_EVER,
    REAL_DIVERSITY,
    SUBSAMPLED,
    SUBSAMPLED_LIMIT,
    SUBSAMPLES,
    WITHOUT,
)
from theory.sinc import Sinc

PAIR, THREE = ("1/3", "2/3"), ("1/2", "1/3", "1/6")
#: Rounds after which a pool of two categories has hardly anything left to lose.
LONG = 1200


def plan(workflow: Workflow) -> Callable[[Setting], Loop]:
    """Return the plan of a workflow with a pool of N0 points, 0 without that parameter."""

    def loop(setting: Setting) -> Loop:
        real = setting.integer("N0") if "N0" in setting.fixed else 0
        whole = Workflow(workflow.keep, workflow.replacement, real)
        return Loop(setting.numbers("p"), setting.integer("M"), setting.generations, whole)

    return loop


ACCUMULATE_ALL = plan(Workflow("accumulate"))
WITH, WITHOUT_REPLACEMENT = (
    plan(Workflow("subsample", replacement)) for replacement in (True, False)
)


def enclose_pool(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return where the diversity of a pool of two categories ends."""
    return [_end(setting, subsample=False)]


def enclose_subsampled(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the same where the model is trained on M points of the pool, each put back."""
    return [_end(setting, subsample=True)]


def enclose_share(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the same over the mean diversity of the real points."""
    first = pool_diversity(at_first(setting.numbers("p")[0], setting.integer("N0")))
    end = _end(setting, subsample=False)
    return [Enclosed(end.low / Fraction(first), end.high / Fraction(first))]


def _end(setting: Setting, subsample: bool) -> Enclosed:
    size, (share, _) = setting.integer("M"), setting.numbers("p")
    real = setting.integer("N0") if "N0" in setting.fixed else 0
    (rounds,) = setting.generations
    return _ended(share, real, rounds, size, subsample)


@lru_cache(maxsize=16)
def _ended(share: Fraction, real: int, rounds: int, size: int, subsample: bool) -> Enclosed:
    batch = subsampled(size) if subsample else from_the_pool(size)
    law = grown(at_first(share, real or size), rounds - (real == 0), batch)
    return enclosed(pool_diversity(law), still_to_lose(law.size - 1, size))


def enumerate_share(setting: Setting, bench: Bench) -> Sequence[Exact]:
    """Return the mean diversity of the pool over that of its real points, over all outcomes."""
    loop = ACCUMULATE_ALL(setting)
    first = mean(loop, 0, POOL_DIVERSITY)
    return [Exact(mean(loop, rounds, POOL_DIVERSITY) / first) for rounds in loop.rounds]


def enumerate_law(setting: Setting, bench: Bench) -> Sequence[Exact]:
    """Return the mean diversity of the law after all outcomes; of p itself before round 1."""
    loop = ACCUMULATE_ALL(setting)
    found = []
    for rounds in loop.rounds:
        law = workflows.after(loop.start, loop.samples, rounds, loop.workflow)
        found.append(Exact(sum((w * diversity(at.law) for at, w in law.items()), Fraction(0))))
    return found


def rounds(term: sp.Expr, first: int = 1) -> sp.Expr:
    """Return the product of a term in k over the rounds."""
    return sp.Product(term, (s.k, first, s.n))


FEW = (
    setting((0, 1, 2, 3), p=PAIR, M=2),
    setting((1, 2), p=THREE, M=3),
    setting((1, 3), p=PAIR, M=1),
    setting((3,), p=("1/10", "9/10"), M=4),
)
TWO = (
    setting((LONG,), p=PAIR, M=2),
    setting((LONG,), p=("1/10", "9/10"), M=5),
    setting((LONG // 3,), p=PAIR, M=3),
)
LARGE = (
    setting((3, 15), p=("3/10", "7/10"), M=8),
    setting((10,), p=geometric(5), M=5),
)
FAR = (setting((40,), p=("3/10", "7/10"), M=4),)

#: pi^2 / 6, the sum of 1/k^2.
FIRST_ORDER = sp.Rational(1645, 1000)
ACCUMULATED_CASE = Case(
    ACCUMULATED,
    witnesses=(
        Witness(Route.ENUMERATED, "diversity", enumerate_law, FEW, "all outcomes", quick=2),
        Witness(
            Route.MEASURED, "diversity", measured(ACCUMULATE_ALL, POOL_DIVERSITY), LARGE,
            "forward runs", margin=0.05,
        ),
        Witness(
            Route.ENCLOSED, "diversity-limit", enclose_pool, TWO, "pools of two categories",
            quick=2,
        ),
        Witness(
            Route.MEASURED, "diversity-limit", measured(ACCUMULATE_ALL, POOL_DIVERSITY), FAR,
            "forward runs", margin=0.05,
        ),
    ),
    mutants=(
        Mutant("last batch only", "diversity", s.H0 * (1 - 1 / s.M) ** s.n),
        Mutant("pool size for its square", "diversity", s.H0 * rounds(1 - 1 / (s.M * s.k))),
        Mutant("one batch more", "diversity", s.H0 * rounds(1 - 1 / (s.M * (s.k + 1) ** 2))),
        Mutant("one batch fewer", "diversity", s.H0 * ACCUMULATE.subs(s.n, s.n - 1)),
        Mutant("size squared", "diversity", s.H0 * rounds(1 - 1 / (s.M * s.k) ** 2)),
        Mutant("limit: 1/M for its root", "diversity-limit", s.H0 * Sinc(1 / s.M)),
        Mutant("limit: first order", "diversity-limit", s.H0 * (1 - FIRST_ORDER / s.M)),
        Mutant("limit: one batch more", "diversity-limit", KEPT_FOR_EVER / (1 - 1 / s.M)),
        Mutant("limit: half the angle", "diversity-limit", s.H0 * Sinc(1 / sp.sqrt(2 * s.M))),
        Mutant("limit: nothing is lost", "diversity-limit", s.H0),
    ),
)  # fmt: skip

REAL_FEW = (
    setting((1, 2, 3), p=PAIR, N0=2, M=2),
    setting((1, 2), p=THREE, N0=3, M=2),
    setting((0, 3), p=PAIR, N0=3, M=1),
    setting((2,), p=("1/10", "9/10"), N0=2, M=4),
)
REAL_TWO = (
    setting((LONG,), p=PAIR, N0=3, M=2),
    setting((LONG,), p=("1/10", "9/10"), N0=2, M=5),
    setting((LONG,), p=PAIR, N0=4, M=1),
)
REAL_LARGE = (
    setting((3, 15), p=("3/10", "7/10"), N0=6, M=8),
    setting((10,), p=geometric(5), N0=4, M=10),
)
REAL_FAR = (setting((60,), p=("3/10", "7/10"), N0=5, M=3),)
_a, _h = s.N0 / s.M, 1 / sp.sqrt(s.M)
WRONG_ROUNDS = {
    "M - 1 of M": rounds(1 - (s.M - 1) / (s.N0 + s.k * s.M) ** 2),
    "pool before the batch": rounds(1 - s.M / (s.N0 + (s.k - 1) * s.M) ** 2),
    "real points forgotten": ACCUMULATE,
    "share not squared": rounds(1 - 1 / (s.N0 + s.k * s.M)),
}
WRONG_LIMITS = {
    "real points forgotten": Sinc(_h),
    "1/M for its root": GAMMA_SHARE.subs(_h, 1 / s.M),
    "one real batch more": GAMMA_SHARE.subs(s.N0, s.N0 + s.M),
    "as if M = 1": s.N0 / (s.N0 + 1),
}


def from_real_mutants() -> tuple[Mutant, ...]:
    """Return what wrong rounds give, for the share and for the diversity."""
    found = []
    for suffix, right, wrong in (("", GROWN, WRONG_ROUNDS), ("-limit", GAMMA_SHARE, WRONG_LIMITS)):
        for name, share in wrong.items():
            found += [
                Mutant(f"ratio{suffix}: {name}", f"ratio{suffix}", share),
                Mutant(f"diversity{suffix}: {name}", f"diversity{suffix}", REAL_DIVERSITY * share),
            ]
        found += [
            Mutant(f"diversity{suffix}: H_pool0 is H_0", f"diversity{suffix}", s.H0 * right),
        ]
    return tuple(found)


ACCUMULATED_FROM_REAL_CASE = Case(
    ACCUMULATED_FROM_REAL,
    witnesses=(
        Witness(Route.ENUMERATED, "ratio", enumerate_share, REAL_FEW, "all outcomes", quick=2),
        Witness(
            Route.ENCLOSED, "ratio-limit", enclose_share, REAL_TWO, "pools of two categories",
            quick=2,
        ),
        Witness(
            Route.ENUMERATED, "diversity", enumerated(ACCUMULATE_ALL, POOL_DIVERSITY), REAL_FEW,
            "all outcomes", quick=2,
        ),
        Witness(
            Route.MEASURED, "diversity", measured(ACCUMULATE_ALL, POOL_DIVERSITY), REAL_LARGE,
            "forward runs", margin=0.05,
        ),
        Witness(
            Route.ENCLOSED, "diversity-limit", enclose_pool, REAL_TWO, "pools of two categories",
            quick=2,
        ),
        Witness(
            Route.MEASURED, "diversity-limit", measured(ACCUMULATE_ALL, POOL_DIVERSITY), REAL_FAR,
            "forward runs", margin=0.05,
        ),
    ),
    mutants=from_real_mutants(),
)  # fmt: skip

SUB_FEW = (
    setting((1, 2, 3), p=PAIR, M=2),
    setting((1, 2), p=THREE, M=2),
    setting((2,), p=PAIR, M=4),
    setting((3,), p=("1/10", "9/10"), M=3),
    setting((1, 2, 3), p=THREE, M=1),
)
SUB_LARGE = (
    setting((3, 12), p=("3/10", "7/10"), M=4),
    setting((8,), p=geometric(5), M=5),
)
SUB_FAR = (setting((40,), p=("3/10", "7/10"), M=4),)
FIRST = s.H0 * (1 - 1 / s.M)
SUBSAMPLES_CASE = Case(
    SUBSAMPLES,
    witnesses=(
        Witness(
            Route.ENUMERATED, "diversity", enumerated(WITH, POOL_DIVERSITY), SUB_FEW,
            "all outcomes", quick=2,
        ),
        Witness(
            Route.MEASURED, "diversity", measured(WITH, POOL_DIVERSITY), SUB_LARGE,
            "forward runs", margin=0.05,
        ),
        Witness(
            Route.ENCLOSED, "diversity-limit", enclose_subsampled, TWO,
            "pools of two categories", quick=2,
        ),
        Witness(
            Route.MEASURED, "diversity-limit", measured(WITH, POOL_DIVERSITY), SUB_FAR,
            "forward runs", margin=0.05,
        ),
        Witness(
            Route.ENUMERATED, "without-replacement",
            enumerated(WITHOUT_REPLACEMENT, POOL_DIVERSITY), SUB_FEW, "all outcomes", quick=2,
        ),
        Witness(
            Route.MEASURED, "without-replacement", measured(WITHOUT_REPLACEMENT, POOL_DIVERSITY),
            SUB_LARGE, "forward runs", margin=0.05,
        ),
    ),
    mutants=(
        Mutant("trained on the pool", "diversity", s.H0 * ACCUMULATE),
        Mutant("not put back", "diversity", WITHOUT),
        Mutant("2/M alone", "diversity", FIRST * rounds(1 - 2 / (s.M * s.k**2), 2)),
        Mutant("first batch forgotten", "diversity", SUBSAMPLED / (1 - 1 / s.M)),
        Mutant("first factor too", "diversity", SUBSAMPLED * (1 - COMMON)),
        Mutant("limit: trained on the pool", "diversity-limit", KEPT_FOR_EVER),
        Mutant("limit: first factor too", "diversity-limit", SUBSAMPLED_LIMIT * (1 - COMMON)),
        Mutant("limit: as from k = 1", "diversity-limit", s.H0 * Sinc(sp.sqrt(COMMON))),
        Mutant(
            "limit: 2/M alone", "diversity-limit",
            FIRST * Sinc(sp.sqrt(2 / s.M)) / (1 - 2 / s.M),
        ),
        Mutant("put back", "without-replacement", SUBSAMPLED),
        Mutant("as the pool", "without-replacement", s.H0 * ACCUMULATE),
        Mutant(
            "without: pool of this round", "without-replacement",
            FIRST * rounds(1 - (1 - (1 - 1 / s.M) ** 2 * s.k * s.M / (s.k * s.M - 1)) / s.k**2, 2),
        ),
        Mutant("without: first batch forgotten", "without-replacement", WITHOUT / (1 - 1 / s.M)),
    ),
)  # fmt: skip

CASES = (ACCUMULATED_CASE, ACCUMULATED_FROM_REAL_CASE, SUBSAMPLES_CASE)
