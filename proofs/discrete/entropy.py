"""Evidence on entropy: all outcomes with logarithms in balls, and exact chains."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import sympy as sp
from flint import arb, ctx, fmpq

from numerics import enumeration, losses, transition, transition_limits
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.discrete.chains import Array, around, counts_after
from proofs.verdict import Enclosed
from theory import symbols as s
from theory.discrete.entropy import (
    DIVERGENCE,
    ENTROPY_DECAY,
    RATE,
    SHARE,
    START,
    TIMES,
)
from theory.rounding import ends

BITS = 160


def _ball(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def enclose_divergence(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean of sum X_i ln(X_i / p_i) over all outcomes, no entropy in between."""
    start, size = setting.numbers("p"), setting.integer("M")
    found = []
    with ctx.workprec(BITS):
        for n in setting.generations:
            total = arb(0)
            for counts, weight in enumeration.law_after(start, size, n).items():
                shares = [Fraction(count, size) for count in counts]
                parts = [
                    _ball(x) * _ball(x / p).log() for x, p in zip(shares, start, strict=True) if x
                ]
                total += _ball(weight) * sum(parts, arb(0))
            found.append(Enclosed(*ends(total)))
    return found


def mean_entropy(setting: Setting, generations: tuple[int, ...]) -> list[float]:
    """Return the mean entropy at each generation, from the chain of each category's count."""
    size = setting.integer("M")
    shares = np.arange(1, size + 1) / size
    parts: Array = np.concatenate([[0.0], -shares * np.log(shares)])
    laws = [counts_after(share, size, generations) for share in setting.numbers("p")]
    return [sum(float(law[place] @ parts) for law in laws) for place in range(len(generations))]


def enclose_entropy(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean entropy after one generation."""
    return [around(mean_entropy(setting, (1,))[0])]


def enclose_rate(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean entropy that the generation after each one takes."""
    found = []
    for n in setting.generations:
        before, after = mean_entropy(setting, (n, n + 1))
        room = Fraction(1, 10**11)  # of the entropies, not of their difference
        fall = Fraction(before) - Fraction(after)
        found.append(Enclosed(fall - room, fall + room))
    return found


def enclose_times(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the sum of the mean times: the chain for two categories, all counts for more."""
    start, size = setting.numbers("p"), setting.integer("M")
    if len(start) == 2:
        chain = transition.transition_chain(np.arange(size + 1) / size)
        mean = transition_limits.absorption(chain).mean
        return [around(1 + float(transition.binomial_law(size, float(start[0])) @ mean))]
    times = (losses.mean_until_fewer(start, size, left) for left in range(2, len(start) + 1))
    return [Enclosed(*ends(sum(times, arb(0))))]


PAIR, HALF = ("1/5", "4/5"), ("1/2", "1/2")
THREE, THIRDS = ("1/2", "3/10", "1/5"), ("1/3", "1/3", "1/3")

ENTROPY_CASE = Case(
    ENTROPY_DECAY,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "kl",
            enclose_divergence,
            (
                setting((1, 3), p=THREE, M=4),
                setting((1, 2, 6), p=PAIR, M=9),
                setting((2,), p=("2/5", "3/10", "1/5", "1/10"), M=5),
                setting((40,), p=PAIR, M=6),
            ),
            "all outcomes, logarithms in balls",
        ),
        Witness(
            Route.ENCLOSED,
            "entropy",
            enclose_entropy,
            tuple(
                setting(p=law, M=size)
                for law, size in ((THREE, 100), (THREE, 400), (PAIR, 10), (PAIR, 200), (PAIR, 800))
            ),
            "chain of each category",
            2,
        ),
        Witness(
            Route.ENCLOSED,
            "rate",
            enclose_rate,
            (
                setting((1, 20, 100), p=THREE, M=100),
                setting((2, 40, 300), p=PAIR, M=400),
                setting((5, 10), p=("1/10", "9/10"), M=200),
            ),
            "chain of each category",
        ),
        Witness(
            Route.ENCLOSED,
            "times",
            enclose_times,
            tuple(
                setting(p=law, M=size)
                for law, size in (
                    (HALF, 300), (HALF, 1000), (THIRDS, 10), (THIRDS, 20), (PAIR, 300),
                    (THREE, 16),
                )
            ),
            "chain, and all counts",
            2,
        ),
    ),
    mutants=(
        Mutant("from p_n to p", "kl", 2 * DIVERGENCE),
        Mutant("the entropy left", "kl", START - DIVERGENCE),
        Mutant("one generation less", "kl", DIVERGENCE.subs(s.n, s.n - 1)),
        Mutant("all of it", "kl", START),
        Mutant("first order", "kl", s.n * (s.K - 1) / (2 * s.M)),
        Mutant("K for K - 1", "entropy", START - s.K / (2 * s.M)),
        Mutant("1/M", "entropy", START - (s.K - 1) / s.M),
        Mutant("no loss", "entropy", START),
        Mutant("sign", "entropy", START + (s.K - 1) / (2 * s.M)),
        Mutant("all categories", "rate", (s.K - 1) / (2 * s.M)),
        Mutant("rate: 1/M", "rate", 2 * RATE),
        Mutant("rate: survivors, not one less", "rate", RATE + 1 / (2 * s.M)),
        Mutant("M S", "times", TIMES / 2),
        Mutant("2 M ln K", "times", 2 * s.M * sp.log(s.K) * (1 + 1 / s.M)),
        Mutant("4 M S", "times", 2 * TIMES),
        Mutant("2 M H", "times", 2 * s.M * (1 - sp.Sum(SHARE**2, (s.i, 1, s.K)))),
    ),
)  # fmt: skip

CASES = (ENTROPY_CASE,)
