"""Evidence on the first category to disappear, from exact chains and direct integration."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import numpy as np
import sympy as sp

from numerics import lifetimes, losses, transition, transition_limits
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.discrete.chains import around, counts_after
from proofs.verdict import Enclosed
from theory import symbols as s
from theory.discrete.extinction import (
    FIRST_EXTINCTION,
    MEAN,
    MEAN_INTEGRAL,
    PRINTED_LAW,
    TAIL,
    TAU,
)
from theory.extinction_times import DiffusionTail
from theory.rounding import ends


@lru_cache(maxsize=8)
def all_left(start: tuple[Fraction, ...], samples: int) -> Enclosed:
    """Return the mean time until a category is missing, from the system over all counts."""
    return Enclosed(*ends(losses.mean_until_fewer(start, samples, len(start))))


def enclose_mean(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean first loss: the chain for two categories, all counts for more."""
    start, size = setting.numbers("p"), setting.integer("M")
    if len(start) == 2:
        chain = transition.transition_chain(np.arange(size + 1) / size)
        mean = transition_limits.absorption(chain).mean
        return [around(1 + float(transition.binomial_law(size, float(start[0])) @ mean))]
    return [all_left(start, size)]


def integrate_mean(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean of the product law, its tail integrated directly."""
    scales = [2 * setting.integer("M") * share for share in setting.numbers("p")]
    return [Enclosed(*ends(lifetimes.mean_of_smallest(scales)))]


def both_left(share: Fraction, samples: int, generations: tuple[int, ...]) -> list[Enclosed]:
    """Return the probability that both of two categories have draws at each generation."""
    laws = counts_after(share, samples, generations)
    return [around(float(law[1:-1].sum())) for law in laws]


def enclose_tail(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return P(T > tau M) for two categories."""
    size = setting.integer("M")
    return both_left(setting.numbers("q")[0], size, (int(setting.numbers("tau")[0] * size),))


def enclose_printed(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return P(T > n) for two categories."""
    return both_left(setting.numbers("p")[0], setting.integer("M"), setting.generations)


HALF, THIRDS = ("1/2", "1/2"), ("1/3", "1/3", "1/3")
TIMES = tuple(
    setting(p=law, M=size)
    for law, size in (
        (HALF, 300), (HALF, 1000), (THIRDS, 12), (("1/2", "3/10", "1/5"), 16),
        (("1/10", "9/10"), 500),
    )
)  # fmt: skip
TAILS = tuple(
    setting(q=q, tau=tau, M=M)
    for q, tau, M in (
        ("1/2", 1, 200), ("1/2", 1, 400), ("1/5", 2, 200), ("1/5", 2, 400), ("1/2", 5, 1000),
        ("1/20", "1/2", 300),
    )
)  # fmt: skip
SHARE = s.p[s.i]
LOGARITHMS = -2 * s.M * sp.Sum(SHARE * sp.log(SHARE), (s.i, 1, s.K))
COMPLEMENTS = -2 * s.M * sp.Sum((1 - SHARE) * sp.log(1 - SHARE), (s.i, 1, s.K))

FIRST_EXTINCTION_CASE = Case(
    FIRST_EXTINCTION,
    witnesses=(
        Witness(Route.ENCLOSED, "mean", enclose_mean, TIMES, "chain, and all counts", 3),
        Witness(Route.ENCLOSED, "mean-integral", enclose_mean, TIMES, "chain, and all counts", 3),
        Witness(
            Route.ENCLOSED,
            "product-mean",
            integrate_mean,
            (
                setting(p=THIRDS, M=10),
                setting(p=("1/10", "9/10"), M=3),
                setting(p=("1/2", "1/4", "1/8", "1/8"), M=100),
            ),
            "direct integration",
        ),
        Witness(Route.ENCLOSED, "tail", enclose_tail, TAILS, "chain of two categories", 2),
    ),
    mutants=(
        Mutant("entropy", "mean", LOGARITHMS),
        Mutant("the last one left", "mean", COMPLEMENTS),
        Mutant("M for 2M", "mean", MEAN / 2),
        Mutant("4M for 2M", "mean", 2 * MEAN),
        Mutant("integral: M for 2M", "mean-integral", MEAN_INTEGRAL / 2),
        Mutant("integral: entropy", "mean-integral", LOGARITHMS),
        Mutant("integral: the last one", "mean-integral", COMPLEMENTS),
        Mutant("product: entropy", "product-mean", LOGARITHMS),
        Mutant("product: the last one", "product-mean", COMPLEMENTS),
        Mutant("product: half", "product-mean", MEAN / 2),
        Mutant("product: a correction", "product-mean", MEAN - sp.log(s.M) / 3),
        Mutant("first term only", "tail", 6 * s.q * (1 - s.q) * sp.exp(-TAU)),
        Mutant("twice the time", "tail", TAIL.subs(TAU, 2 * TAU)),
        Mutant(
            "product law",
            "tail",
            (1 - sp.exp(-2 * s.q / TAU)) * (1 - sp.exp(-2 * (1 - s.q) / TAU)),
        ),
        Mutant("rounded time", "tail", DiffusionTail(s.q, TAU / (1 + 1 / TAU))),
        Mutant("exponential", "tail", sp.exp(-TAU)),
    ),
)

PRINTED_LAW_CASE = Case(
    PRINTED_LAW,
    witnesses=(
        Witness(
            Route.ENCLOSED,
            "tail",
            enclose_printed,
            (
                setting((200,), p=HALF, M=200),
                setting((2000,), p=HALF, M=400),
                setting((5000,), p=HALF, M=1000),
                setting((500,), p=("1/5", "4/5"), M=1000),
            ),
            "chain of two categories",
        ),
    ),
)

CASES = (FIRST_EXTINCTION_CASE, PRINTED_LAW_CASE)
