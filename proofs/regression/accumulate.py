"""Evidence on least squares fitted to all labels so far, with the same and with fresh inputs."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from numerics.inverse_moments import EigenvaluePair, inverse_trace, ratio, share_pair
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.regression import refitting
from proofs.regression.refitting import INTEGRATED, RUNS, number
from proofs.verdict import Enclosed, Exact, Sampled
from theory import symbols as s
from theory.regression import accumulate as law
from theory.regression.accumulate import (
    ACCUMULATE_FRESH,
    ACCUMULATE_SAME,
    FRESH_AS_PRINTED,
    SQUARES,
)
from theory.regression.model import NOISE, ONE_FIT, T

#: Rounds that are added one by one before the rest is bounded.
ROUNDS = 400
SQUARES_BOUNDED = f"{INTEGRATED}; rounds past {ROUNDS} bounded"


def rest() -> tuple[Fraction, Fraction]:
    """Return bounds on the sum of 1/i^2 past the rounds that are added, by integrals."""
    return Fraction(1, ROUNDS + 1), Fraction(1, ROUNDS)


def enclose_same_limit(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the limit: the weight of a round is that of a pool of two rows, solved."""
    one = number(setting, "sigma") ** 2 * inverse_trace(setting.integer("T"), setting.integer("d"))
    few = refitting.round_weights(1, True, 6)
    assert [few[i] - few[i - 1] for i in range(1, 7)] == [Fraction(1, i**2) for i in range(1, 7)]
    total = sum((Fraction(1, i**2) for i in range(1, ROUNDS + 1)), Fraction(0))
    low, high = (one * (total + part) for part in rest())
    return [Enclosed(low, high)]


def step(rows: int, d: int, round_number: int) -> Fraction:
    """Return the mean of tr(G^{-1} X'X G^{-1}), X the newest of that many equal rounds in G.

    Two dimensions: the share of X'X in G is independent of G, its eigenvectors in all directions.
    """
    earlier = (round_number - 1) * rows
    if d == 1:
        return ratio([(rows, 1), (earlier, 0)], 2)
    if round_number == 1:
        return inverse_trace(rows, d)
    share = share_pair(rows, earlier, 1, 0) + share_pair(rows, earlier, 0, 1)
    return share * EigenvaluePair(rows + earlier).inverse_trace() / 2


def enumerate_fresh(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the error: the steps of the rounds, added."""
    rows, d = setting.integer("T"), setting.integer("d")
    noise, last = number(setting, "sigma") ** 2, max(setting.generations)
    steps = [noise * step(rows, d, i) for i in range(1, last + 1)]
    return [Exact(sum(steps[:n], Fraction(0))) for n in setting.generations]


def enclose_fresh_limit(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the limit. Of round i, i^2 times the step is at least d/T, and falls.

    For i times the trace of the inverse of i rounds is that of their average, whose mean falls
    with i and is at least that of the mean (Jensen); any of the i rounds may count as newest.
    """
    rows, d = setting.integer("T"), setting.integer("d")
    steps = [
        step(rows, 1, i) if d == 1 else inverse_trace(i * rows, d) / i for i in range(1, ROUNDS + 1)
    ]
    below, above = rest()
    total, last = sum(steps, Fraction(0)), steps[-1] * ROUNDS**2
    noise = number(setting, "sigma") ** 2
    return [Enclosed(noise * (total + below * Fraction(d, rows)), noise * (total + above * last))]


def measure_same(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the error in forward runs that label the same rows again."""
    seen = refitting.run("same", setting, bench, 90_000, keep="accumulate", inputs="same")
    one = refitting.second_inverse_moment(setting.integer("T"), setting.integer("d")) ** 0.5
    weights = refitting.round_weights(1, True, max(setting.generations))
    values = refitting.errors(seen, setting)
    return refitting.measured(
        values, lambda n: refitting.of_normal(float(weights[n]) * one), setting
    )


def measure_fresh(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the error in forward runs with fresh rows.

    A step's trace is at most tr G^{-1}, and those of the i rounds add up to it: its mean square is
    at most an i-th of that of tr G^{-1}.
    """
    rows, d = setting.integer("T"), setting.integer("d")
    seen = refitting.run("fresh", setting, bench, 90_000, keep="accumulate")
    each = [
        (refitting.second_inverse_moment(i * rows, d) / i) ** 0.5
        for i in range(1, max(setting.generations) + 1)
    ]
    values = refitting.errors(seen, setting)
    return refitting.measured(values, lambda n: refitting.of_normal(sum(each[:n])), setting)


MEASURED = (setting((1, 3), T=14, d=3), setting((2,), T=20, d=4), setting((4,), T=11, d=2))
EDGES = (setting(T=3, d=1), setting(T=4, d=2), setting(T=6, d=1, sigma=2), setting(T=11, d=2))

SAME_CASE = Case(
    ACCUMULATE_SAME,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "error",
            refitting.enumerate_same(keep=True),
            (
                setting((0, 1, 3), T=3, d=1),
                setting((2, 4), T=5, d=2, sigma="1/3"),
                setting((2, 6), T=9, d=4),
                setting((3,), T=12, d=2),
            ),
            INTEGRATED,
            quick=3,
        ),
        Witness(Route.MEASURED, "error", measure_same, MEASURED, RUNS, margin=0.06),
        Witness(Route.ENCLOSED, "limit", enclose_same_limit, EDGES, SQUARES_BOUNDED, quick=2),
    ),
    mutants=(
        Mutant("newest round alone", "error", s.n * ONE_FIT),
        Mutant("fresh inputs", "error", law.FRESH_INPUTS),
        Mutant("harmonic numbers", "error", ONE_FIT * sp.Sum(1 / s.i, (s.i, 1, s.n))),
        Mutant("no synthetic error", "error", ONE_FIT),
        Mutant("no loss of one", "error", NOISE**2 * s.d / (T - s.d) * SQUARES),
        Mutant("fresh inputs (limit)", "limit", law.FRESH_LIMIT),
        Mutant("twice one fit", "limit", 2 * ONE_FIT),
        Mutant("pi^2/8", "limit", ONE_FIT * sp.pi**2 / 8),
    ),
)

FRESH_CASE = Case(
    ACCUMULATE_FRESH,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "error",
            enumerate_fresh,
            (
                setting((0, 1, 3), T=3, d=1),
                setting((1, 2), T=5, d=2, sigma="1/3"),
                setting((2, 20), T=8, d=1),
                setting((2,), T=9, d=2),
            ),
            INTEGRATED,
            quick=3,
        ),
        Witness(Route.MEASURED, "error", measure_fresh, MEASURED, RUNS, margin=0.06),
        Witness(Route.ENCLOSED, "limit", enclose_fresh_limit, EDGES, SQUARES_BOUNDED, quick=2),
    ),
    mutants=(
        Mutant("same inputs", "error", law.SAME_INPUTS),
        Mutant("newest round alone", "error", s.n * ONE_FIT),
        Mutant("all rounds as one", "error", NOISE**2 * s.d / (s.n * T - s.d - 1)),
        Mutant(
            "no loss of one",
            "error",
            NOISE**2 * s.d * sp.Sum(1 / (s.i * (s.i * T - s.d)), (s.i, 1, s.n)),
        ),
        Mutant(
            "loss in every round",
            "error",
            NOISE**2 * s.d * sp.Sum(1 / (s.i * (s.i * T - s.i * s.d - 1)), (s.i, 1, s.n)),
        ),
        Mutant("same inputs (limit)", "limit", law.SAME_LIMIT),
        Mutant("loss of d alone", "limit", NOISE**2 * (-sp.EulerGamma - sp.digamma(1 - s.d / T))),
        Mutant("known inputs", "limit", NOISE**2 * s.d / T * sp.pi**2 / 6),
    ),
)

PRINTED_CASE = Case(
    FRESH_AS_PRINTED,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "error",
            enumerate_fresh,
            (setting((1, 2), T=3, d=1), setting((1, 2), T=4, d=1), setting((2,), T=5, d=2)),
            "densities integrated, the smallest first",
        ),
    ),
)

CASES = (SAME_CASE, FRESH_CASE, PRINTED_CASE)
