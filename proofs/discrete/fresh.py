"""Evidence on fresh real data and on a real set that is reused."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from numerics.workflow import Workflow
from proofs.case import Case, Mutant, Route, Setting, Witness, setting
from proofs.discrete.distances import SETTLED, witnesses, wrong_balances
from proofs.discrete.loops import (
    DISTANCE,
    DIVERSITY,
    Loop,
    enumerated,
    measured,
    shares_of,
    squared_distance,
)
from proofs.discrete.resampling import geometric, uniform
from theory import symbols as s
from theory.discrete.distance import Balance
from theory.discrete.fresh import (
    AROUND_SET,
    AVERAGED,
    COUNTED,
    FIXED_SET,
    FRESH_POINTS,
    FRESH_SHARES,
    OFFSET,
    POINTS,
    SET_DIVERSITY,
    SET_GENERATIONS,
    SET_SAMPLES,
    SHARED,
)

PAIR, THREE = ("1/3", "2/3"), ("1/2", "1/3", "1/6")


def shared(setting: Setting) -> Loop:
    """Return the loop in which each point is real with chance g."""
    (share,) = setting.numbers("g")
    workflow = Workflow(fresh_share=share)
    return Loop(setting.numbers("p"), setting.integer("M"), setting.generations, workflow)


KEPT = (1 - s.g) ** 2
FRESH_SHARES_CASE = Case(
    FRESH_SHARES,
    witnesses(
        shared,
        few=(
            setting((0, 1, 2, 4), p=PAIR, M=2, g="1/4"),
            setting((1, 3), p=THREE, M=3, g="1/2"),
            setting((1, 2), p=("1/2", "1/2"), M=1, g="1/3"),
            setting((3,), p=PAIR, M=3, g=0),
            setting((2,), p=PAIR, M=2, g=1),
        ),
        settled=(
            setting((9,), p=PAIR, M=2, g="4/5"),
            setting((12,), p=PAIR, M=3, g="2/3"),
            setting((7,), p=THREE, M=2, g="9/10"),
        ),
        large=(
            setting((1, 6), p=("3/10", "7/10"), M=8, g="1/10"),
            setting((5,), p=geometric(5), M=12, g="1/20"),
        ),
        settled_large=(
            setting((15,), p=("3/10", "7/10"), M=8, g="1/4"),
            setting((8,), p=uniform(10), M=12, g="1/2"),
        ),
    ),
    wrong_balances(
        {
            "share not squared": Balance(SHARED.gain, (1 - 1 / s.M) * (1 - s.g)),
            "pair not doubled": Balance(SHARED.gain, KEPT),
            "M - 1 for M": Balance(s.H0 / (s.M - 1), SHARED.rate),
            "noise of synthetic points only": Balance((1 - s.g) * SHARED.gain, SHARED.rate),
            "real share squared": Balance(SHARED.gain, (1 - 1 / s.M) * (1 - s.g**2)),
        }
    ),
)


def counted(setting: Setting) -> Loop:
    """Return the loop in which each batch has m_r real points."""
    real = setting.integer("m_r")
    size = real + setting.integer("m_s")
    return Loop(setting.numbers("p"), size, setting.generations, Workflow(fresh=real))


SYNTHETIC = s.m_s / POINTS
FRESH_POINTS_CASE = Case(
    FRESH_POINTS,
    witnesses(
        counted,
        few=(
            setting((0, 1, 2, 4), p=PAIR, m_r=1, m_s=2),
            setting((1, 3), p=THREE, m_r=2, m_s=2),
            setting((1, 2), p=("1/2", "1/2"), m_r=1, m_s=1),
            setting((3,), p=PAIR, m_r=0, m_s=3),
            setting((2,), p=PAIR, m_r=2, m_s=0),
        ),
        settled=(
            setting((9,), p=PAIR, m_r=3, m_s=2),
            setting((12,), p=PAIR, m_r=3, m_s=3),
            setting((7,), p=THREE, m_r=5, m_s=2),
        ),
        large=(
            setting((1, 6), p=("3/10", "7/10"), m_r=1, m_s=7),
            setting((5,), p=geometric(5), m_r=2, m_s=10),
        ),
        settled_large=(
            setting((15,), p=("3/10", "7/10"), m_r=2, m_s=6),
            setting((8,), p=uniform(10), m_r=6, m_s=6),
        ),
    ),
    wrong_balances(
        {
            "real by chance": Balance(COUNTED.gain, (1 - 1 / POINTS) * SYNTHETIC**2),
            "share not squared": Balance(COUNTED.gain, SYNTHETIC * (s.m_s - 1) / s.m_s),
            "pair not doubled": Balance(COUNTED.gain, SYNTHETIC**2),
            "noise of real points only": Balance(s.m_r * s.H0 / POINTS**2, COUNTED.rate),
            "M - 1 for M": Balance(s.H0 / (POINTS - 1), COUNTED.rate),
        }
    ),
)


def around(setting: Setting) -> Loop:
    """Return the loop that starts from given real points; `start` holds their counts."""
    points = tuple(int(count) for count in setting.start.split(","))
    workflow, rounds = Workflow(real=sum(points)), (setting.integer("m"),)
    return Loop(shares_of(points), setting.integer("n"), rounds, workflow, points)


def drawn(setting: Setting) -> Loop:
    """Return the loop whose real points are drawn from p."""
    workflow, rounds = Workflow(real=setting.integer("N")), (setting.integer("m"),)
    return Loop(setting.numbers("p"), setting.integer("n"), rounds, workflow)


def after(rounds: tuple[int, ...], start: str = "", **fixed: object) -> tuple[Setting, ...]:
    """Return a setting for each number of rounds, which this claim calls m."""
    return tuple(setting(start=start, m=m, **fixed) for m in rounds)  # type: ignore[arg-type]


_n, _m, _H_r = SET_SAMPLES.symbol, SET_GENERATIONS.symbol, SET_DIVERSITY.symbol
AROUND = (
    *after((2, 4, 0, 1), start="1,2", N=3, n=2, H_r="4/9"),
    *after((1, 3), start="2,1,1", N=4, n=3, H_r="5/8"),
    *after((2,), start="3,0", N=3, n=2, H_r=0),
    *after((2,), start="1,1", N=2, n=1, H_r="1/2"),
)
AROUND_SETTLED = (
    *after((10,), start="2,3", N=5, n=2, H_r="12/25"),
    *after((13,), start="1,2", N=3, n=2, H_r="4/9"),
)
DRAWN = (
    *after((1, 2), p=PAIR, N=2, n=2),
    *after((2,), p=THREE, N=2, n=1),
    *after((3,), p=PAIR, N=3, n=2),
    *after((0,), p=PAIR, N=4, n=1),
    *after((2,), p=PAIR, N=1, n=2),
)
DRAWN_SETTLED = (
    *after((8,), p=PAIR, N=4, n=2),
    *after((7,), p=THREE, N=4, n=1),
)
LARGE = (
    *after((2,), p=("3/10", "7/10"), N=5, n=10),
    *after((3,), p=geometric(5), N=6, n=12),
)
LARGE_SETTLED = after((12,), p=("3/10", "7/10"), N=5, n=10)


TO_THE_POINTS = replace(
    DISTANCE, exact=lambda state, loop: squared_distance(state.law, shares_of(state.pool))
)
_a = _n / (s.N + _n)
WRONG = {
    "share not squared": (_a / _n, _a**2 * (1 - 1 / _n)),
    "pair not doubled": (_a**2 / _n, _a**2),
    "divided by the whole set": (_a**2 / (s.N + _n), _a**2 * (1 - 1 / _n)),
    "kept share not squared": (_a**2 / _n, _a * (1 - 1 / _n)),
}


def fixed_set_mutants() -> tuple[Mutant, ...]:
    """Return what wrong recursions around the set give, and what comes from p forgotten."""
    found = []
    averaged = (1 - 1 / s.N) * s.H0
    for name, (gain, rate) in WRONG.items():
        for suffix in ("", "-limit"):
            around = _law(Balance(gain * _H_r, rate, _m), suffix)
            mean = _law(Balance(gain * averaged, rate, _m), suffix)
            laws = {"distance": around, "mean-distance": mean}
            laws |= {"total-distance": mean + OFFSET, "diversity": s.H0 - (mean + OFFSET)}
            found += [
                Mutant(f"{quantity}{suffix}: {name}", f"{quantity}{suffix}", law)
                for quantity, law in laws.items()
            ]
    for suffix in ("", "-limit"):
        mean = _law(AVERAGED, suffix)
        whole = _law(replace(AROUND_SET, gain=AROUND_SET.gain.subs(_H_r, s.H0)), suffix)
        found += [
            Mutant(f"mean-distance{suffix}: H_0 for H_r", f"mean-distance{suffix}", whole),
            Mutant(f"total{suffix}: points forgotten", f"total-distance{suffix}", mean),
            Mutant(f"total{suffix}: H_0 for H_r", f"total-distance{suffix}", whole + OFFSET),
            Mutant(f"diversity{suffix}: points forgotten", f"diversity{suffix}", s.H0 - mean),
        ]
    return (
        *found,
        Mutant("real points: no loss", "real-diversity", s.H0),
        Mutant("real points: M + 1", "real-diversity", (1 - 1 / (s.N + 1)) * s.H0),
        Mutant("real points: without self-pairs", "real-diversity", s.H0 * (1 - 1 / (s.N - 1))),
    )


def _law(balance: Balance, suffix: str) -> sp.Expr:
    return balance.limit() if suffix else balance.after()


FIXED_SET_READINGS = {
    "mean-distance": TO_THE_POINTS, "total-distance": DISTANCE, "diversity": DIVERSITY,
}  # fmt: skip


def fixed_set_witnesses() -> tuple[Witness, ...]:
    """Return the exact and the simulated witnesses of all quantities."""
    found = []
    for suffix, given, few, large in (
        ("", AROUND, DRAWN, LARGE),
        ("-limit", AROUND_SETTLED, DRAWN_SETTLED, LARGE_SETTLED),
    ):
        room = SETTLED if suffix else 0.0
        found.append(
            Witness(
                Route.ENUMERATED, f"distance{suffix}", enumerated(around, TO_THE_POINTS), given,
                "all outcomes from given real points", quick=2, margin=room,
            )
        )  # fmt: skip
        for name, reading in FIXED_SET_READINGS.items():
            exact = enumerated(drawn, reading)
            found.append(
                Witness(
                    Route.ENUMERATED, f"{name}{suffix}", exact, few, "all outcomes",
                    quick=2, margin=room,
                )
            )  # fmt: skip
            if name == ("diversity" if suffix else "total-distance"):
                runs = measured(drawn, reading, 120_000)
                found.append(
                    Witness(
                        Route.MEASURED, f"{name}{suffix}", runs, large, "forward runs", margin=0.05
                    )
                )
    start = after((0,), p=PAIR, N=2, n=1) + after((0,), p=THREE, N=3, n=1)
    exact = enumerated(drawn, DIVERSITY)
    return (
        *found,
        Witness(Route.ENUMERATED, "real-diversity", exact, start, "all outcomes", quick=2),
    )


FIXED_SET_CASE = Case(FIXED_SET, fixed_set_witnesses(), fixed_set_mutants())

CASES = (FRESH_SHARES_CASE, FRESH_POINTS_CASE, FIXED_SET_CASE)
