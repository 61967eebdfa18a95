"""Evidence on pools of equal rounds: the mean of a Gaussian, and least squares."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import sympy as sp

from numerics import regression
from numerics.inverse_moments import inverse_trace
from numerics.linear_noise import expand
from numerics.regression import RegressionRun
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.regression.accumulate import ROUNDS, rest, step
from proofs.regression.refitting import INTEGRATED, RUNS
from proofs.spread import ROUNDING
from proofs.verdict import Enclosed, Exact, Sampled
from theory import symbols as s
from theory.claim import Order
from theory.regression import augment as law
from theory.regression.accumulate import SQUARES
from theory.regression.augment import AUGMENT_CLAIM
from theory.regression.model import T

POINTS = "every point followed exactly"


def ratios(samples: int, rounds: int, keep: bool) -> list[Fraction]:
    """Return the risk after 0..rounds rounds in units of that of one round: a mean, fitted."""
    found = expand([[1]] * samples, max(rounds, 1), 0, keep)
    return [found.spread(n) / found.spread(1) for n in range(rounds + 1)]


def enumerate_ratio(keep: bool) -> Callable[[Setting, Bench], list[Exact]]:
    """Return the experiment on the ratio, all points kept or the newest alone."""

    def observed(setting: Setting, bench: Bench) -> list[Exact]:
        found = ratios(setting.integer("M"), max(setting.generations), keep)
        return [Exact(found[n]) for n in setting.generations]

    return observed


def measure_ratio(keep: bool) -> Callable[[Setting, Bench], list[Sampled]]:
    """Return the experiment on the ratio in forward runs, all points drawn."""

    def observed(setting: Setting, bench: Bench) -> list[Sampled]:
        samples = setting.integer("M")
        key = bench.stream_key(f"mean, {keep}", setting)
        kept: regression.Keep = "accumulate" if keep else "replace"

        def work(first: int, last: int) -> RegressionRun:
            return regression.simulate(
                [0.0], samples, setting.generations, key, first, last, keep=kept,
                design=np.ones((samples, 1)),
            )  # fmt: skip

        seen = bench.campaign(work, bench.replicates(60_000)).weights[:, :, 0]
        exact = ratios(samples, max(setting.generations), keep)
        return [
            sampled.known_second_moment(
                seen[:, g] ** 2 * samples, 3 * float(exact[n]) ** 2 * (1 + ROUNDING)
            )
            for g, n in enumerate(setting.generations)
        ]

    return observed


def enclose_limit(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the limit: some rounds followed, as many as show their law, the rest bounded."""
    few = ratios(setting.integer("M"), 6, keep=True)
    assert [few[i] - few[i - 1] for i in range(1, 7)] == [Fraction(1, i**2) for i in range(1, 7)]
    total = sum((Fraction(1, i**2) for i in range(1, ROUNDS + 1)), Fraction(0))
    low, high = (total + part for part in rest())
    return [Enclosed(low, high)]


def enumerate_regression(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the ratio for least squares with fresh inputs."""
    rows, d = setting.integer("T"), setting.integer("d")
    one = inverse_trace(rows, d)
    steps = [step(rows, d, i) / one for i in range(1, max(setting.generations) + 1)]
    return [Exact(sum(steps[:n], Fraction(0))) for n in setting.generations]


MEANS = (setting((0, 1, 3), M=1), setting((2, 4), M=3), setting((6,), M=2))
LINE = tuple(setting((2, 4), T=rows, d=1) for rows in (12, 48, 96, 3))
PLANE = tuple(setting((2,), T=rows, d=2) for rows in (31, 61))
HARMONIC = sp.Sum(1 / s.i, (s.i, 1, s.n))

AUGMENT_CASE = Case(
    AUGMENT_CLAIM,
    witnesses=(
        *(
            Witness(Route.ENUMERATED, name, enumerate_ratio(keep), MEANS, POINTS, quick=2)
            for name, keep in (("augment", True), ("discard", False))
        ),
        *(
            Witness(
                Route.MEASURED,
                name,
                measure_ratio(keep),
                (setting((1, 4), M=4), setting((10,), M=3)),
                RUNS,
                margin=0.06,
            )
            for name, keep in (("augment", True), ("discard", False))
        ),
        Witness(
            Route.ENCLOSED,
            "limit",
            enclose_limit,
            (setting(M=1), setting(M=3)),
            f"{POINTS}; rounds past {ROUNDS} bounded",
        ),
        Witness(
            Route.ENUMERATED,
            "regression",
            enumerate_regression,
            (*LINE, *PLANE),
            INTEGRATED,
            quick=3,
        ),
    ),
    mutants=(
        Mutant("harmonic numbers", "augment", HARMONIC),
        Mutant("newest alone", "augment", s.n),
        Mutant("nothing lost", "augment", sp.Integer(1)),
        Mutant("one round too few", "augment", SQUARES.subs(s.n, s.n - 1)),
        Mutant("squares of n", "discard", s.n**2),
        Mutant("all kept", "discard", SQUARES),
        Mutant("one round too few (discard)", "discard", s.n - 1),
        Mutant("two", "limit", sp.Integer(2)),
        Mutant("pi^2/8", "limit", sp.pi**2 / 8),
        Mutant("zeta(3)", "limit", sp.zeta(3)),
        Mutant("all rounds as one", "regression", 1 / s.n),
        Mutant("newest round alone", "regression", s.n),
        Mutant("harmonic numbers (regression)", "regression", HARMONIC),
        Mutant(
            "of second order", "regression", SQUARES, order=Order(T, law.SIZE**2, Fraction(1, 2))
        ),
    ),
)

CASES = (AUGMENT_CASE,)
