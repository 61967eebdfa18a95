"""Evidence on the distances between the fitted law and the real one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
import sympy as sp
from flint import arb, ctx, fmpq

from numerics import enumeration
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.discrete.absorption import ENUMERATED_GENERATIONS, finished
from proofs.discrete.low_moments import FOUR, UNEVEN
from proofs.discrete.resampling import enumerate_counts, simulate, uniform
from proofs.discrete.tails import one_generation
from proofs.verdict import Enclosed, Exact, Sampled
from theory import symbols as s
from theory.discrete.divergences import (
    CHI_SQUARE,
    CHI_SQUARE_CLAIM,
    ENTROPY,
    KL_CLAIM,
    SHARE,
    TOTAL_VARIATION,
    TOTAL_VARIATION_CLAIM,
    deviation,
    first_above,
    partial,
)
from theory.rounding import ends

Law = Sequence[Fraction]
#: Working precision of logarithms.
BITS = 128


# --- in the end, for any function of the law at a vertex -----------------------------------------


def at_the_end(
    value: Callable[[Law, int], arb],
) -> Callable[[Setting, Bench], list[Enclosed]]:
    """Return the route by the linear system of who is last: the mean of value(p, last)."""

    def observe(setting: Setting, bench: Bench) -> list[Enclosed]:
        law = setting.numbers("p")
        chances = enumeration.absorption(law, setting.integer("M"))
        with ctx.workprec(BITS):
            mean = sum((ball(c) * value(law, i) for i, c in enumerate(chances)), arb(0))
        return [Enclosed(*ends(mean))] * len(setting.points())

    return observe


def after_many(
    value: Callable[[Law, int], arb],
) -> Callable[[Setting, Bench], list[Enclosed]]:
    """Return the route by finitely many generations; a run still open may end anywhere."""

    def observe(setting: Setting, bench: Bench) -> list[Enclosed]:
        law, size = setting.numbers("p"), setting.integer("M")
        seen = enumeration.law_after(law, size, ENUMERATED_GENERATIONS)
        chances = [seen[tuple(size * (k == i) for k in range(len(law)))] for i in range(len(law))]
        with ctx.workprec(BITS):
            values = [value(law, i) for i in range(len(law))]
            mean = sum((ball(c) * v for c, v in zip(chances, values, strict=True)), arb(0))
            most = ball(1 - sum(chances, Fraction(0))) * max(values, key=float)
            low, high = ends(mean)[0], ends(mean + most)[1]
        return [Enclosed(low, high)] * len(setting.points())

    return observe


def in_runs(
    experiment: str, value: Callable[[Law, int], arb]
) -> Callable[[Setting, Bench], list[Sampled]]:
    """Return the route by simulated runs; those still open count with 0 below, the most above."""

    def observe(setting: Setting, bench: Bench) -> list[Sampled]:
        law = setting.numbers("p")
        values = [float(value(law, i)) for i in range(len(law))]
        run = finished(experiment, setting, bench)
        low = np.array([*values, 0.0])[run.winner]
        high = np.array([*values, max(values)])[run.winner]
        below, above = (sampled.bounded(found, 0.0, max(values)) for found in (low, high))
        seen = Sampled(
            below.estimate,
            below.replicates,
            lambda alpha: (below.interval(alpha)[0], above.interval(alpha)[1]),
            below.method,
        )
        return [seen] * len(setting.points())

    return observe


def ball(number: Fraction) -> arb:
    """Return a ball around a rational."""
    return arb(fmpq(number.numerator, number.denominator))


def vertex_distance(law: Law, i: int) -> arb:
    """Return the total variation between a law and the one that is certain of category i."""
    moved = sum((p for k, p in enumerate(law) if k != i), 1 - law[i])
    return ball(moved / 2)


def vertex_kl(law: Law, i: int) -> arb:
    """Return KL from a law to the one that is certain of category i, in nats."""
    return -ball(law[i]).log()


def vertex_witnesses(value: Callable[[Law, int], arb]) -> tuple[Witness, ...]:
    """Return the three routes to a mean in the end."""
    small = (
        setting(p=UNEVEN, M=3),
        setting(p=("1/10", "9/10"), M=6),
        setting(p=FOUR, M=4),
        setting(p=("1/3", "2/3"), M=1),
    )
    large = (setting(p=UNEVEN, M=10), setting(p=FOUR, M=30))
    return tuple(
        Witness(route, "limit", observe, settings, method, quick=quick, margin=margin)
        for route, observe, settings, method, quick, margin in (
            (Route.ENCLOSED, at_the_end(value), small, "linear system of the last", 2, 0.0),
            (Route.ENCLOSED, after_many(value), small, "80 generations", 2, 0.0),
            (Route.MEASURED, in_runs("limit", value), large, "forward runs", 1, 0.05),
        )
    )


# --- total variation -----------------------------------------------------------------------------


def enumerate_deviation(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact mean absolute deviation of one share after one generation."""
    category = setting.integer("i") - 1
    start = setting.numbers("p")[category]
    return enumerate_counts(
        one_generation(setting),
        lambda counts, total: abs(Fraction(counts[category], total) - start),
    )


def measure_deviation(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean absolute deviation of one share in simulated runs."""
    category = setting.integer("i") - 1
    start = float(setting.numbers("p")[category])
    run = simulate("deviation", one_generation(setting), bench, 200_000, tracked=category)
    found = np.abs(run.tracked[:, 0] / setting.integer("M") - start)
    return [sampled.bounded(found, 0.0, max(start, 1 - start))]


def enumerate_distance(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact mean total variation after one generation."""
    start = setting.numbers("p")

    def distance(counts: tuple[int, ...], total: int) -> Fraction:
        shares = (Fraction(count, total) for count in counts)
        # The largest gain of any set of categories, which is the definition.
        return sum(
            (max(x - p, Fraction(0)) for x, p in zip(shares, start, strict=True)), Fraction(0)
        )

    return enumerate_counts(one_generation(setting), distance)


def measure_distance(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean total variation of two categories in simulated runs."""
    start = float(setting.numbers("p")[0])
    run = simulate("distance", one_generation(setting), bench, 200_000)
    found = np.abs(run.tracked[:, 0] / setting.integer("M") - start)
    return [sampled.bounded(found, 0.0, max(start, 1 - start))]


#: sqrt(2/pi), the mean absolute deviation of a normal variable over its standard deviation.
NORMAL = sp.Rational(79788456, 10**8)

TOTAL_VARIATION_CASE = Case(
    TOTAL_VARIATION_CLAIM,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "deviation",
            enumerate_deviation,
            (
                setting(p=UNEVEN, M=4, i=3),
                setting(p=("1/3", "2/3"), M=9, i=1),  # M p is whole
                setting(p=("1/10", "9/10"), M=12, i=2),
                setting(p=FOUR, M=1, i=1),
            ),
            "all outcomes",
            quick=2,
        ),
        Witness(
            Route.MEASURED,
            "deviation",
            measure_deviation,
            (setting(p=("3/10", "7/10"), M=1000, i=1), setting(p=FOUR, M=25, i=4)),
            "forward runs",
            margin=0.05,
        ),
        Witness(
            Route.ENUMERATED,
            "total-variation",
            enumerate_distance,
            (
                setting(p=UNEVEN, M=3),
                setting(p=FOUR, M=5),
                setting(p=("1/2", "1/4", "1/8", "1/8"), M=4),
                setting(p=("1/10", "9/10"), M=20),
            ),
            "all outcomes",
            quick=2,
        ),
        Witness(
            Route.MEASURED,
            "total-variation",
            measure_distance,
            (setting(p=("1/5", "4/5"), M=333),),
            "forward runs",
            margin=0.05,
        ),
        *vertex_witnesses(vertex_distance),
    ),
    mutants=(
        Mutant("v = floor(M p)", "deviation", 2 / s.M * partial(first_above(SHARE) - 1, SHARE)),
        Mutant("one side only", "deviation", deviation(SHARE) / 2),
        Mutant("standard deviation", "deviation", sp.sqrt(SHARE * (1 - SHARE) / s.M)),
        Mutant("normal approximation", "deviation", NORMAL * sp.sqrt(SHARE * (1 - SHARE) / s.M)),
        Mutant("power M - v", "deviation", deviation(SHARE) / (1 - SHARE)),
        Mutant("not halved", "total-variation", 2 * TOTAL_VARIATION),
        Mutant("divided by K", "total-variation", 2 * TOTAL_VARIATION / s.K),
        Mutant(
            "root of the mean square",
            "total-variation",
            sp.Sum(sp.sqrt(SHARE * (1 - SHARE) / s.M) / 2, (s.i, 1, s.K)),
        ),
        Mutant(
            "total variation: M + 1 for M", "total-variation", TOTAL_VARIATION.subs(s.M, s.M + 1)
        ),
        Mutant("limit: not halved", "limit", 2 * s.H0),
        Mutant("limit: halved twice", "limit", s.H0 / 2),
        Mutant("limit: a uniform winner", "limit", 1 - 1 / s.K),
        Mutant("limit: the least likely wins", "limit", 1 - s.p[1]),
        Mutant("limit: one generation early", "limit", s.H0 * (1 - 1 / s.M)),
    ),
)


# --- chi-square ----------------------------------------------------------------------------------


def enumerate_chi_square(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact mean chi-square divergence over all outcomes."""
    start = setting.numbers("p")

    def divergence(counts: tuple[int, ...], total: int) -> Fraction:
        shares = (Fraction(count, total) for count in counts)
        return sum(((x - p) ** 2 / p for x, p in zip(shares, start, strict=True)), Fraction(0))

    return enumerate_counts(setting, divergence)


def measure_chi_square(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean chi-square divergence of runs from two categories, or a uniform law."""
    law = [float(p) for p in setting.numbers("p")]
    run = simulate("chi-square", setting, bench, 200_000)
    if len(law) == 2:
        found = (run.tracked / setting.integer("M") - law[0]) ** 2 / (law[0] * law[1])
    else:
        assert len(set(law)) == 1
        found = len(law) * run.pairs / setting.integer("M") ** 2 - 1
    return [
        sampled.bounded(np.ascontiguousarray(found[:, g]), 0.0, 1 / min(law) - 1)
        for g in range(len(setting.generations))
    ]


CHI_SQUARE_CASE = Case(
    CHI_SQUARE_CLAIM,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "divergence",
            enumerate_chi_square,
            (
                setting((1, 2, 3), p=UNEVEN, M=3),
                setting((1, 4), p=("1/10", "9/10"), M=6),
                setting((1, 3), p=("1/2", "1/4", "1/8", "1/8"), M=4),
                setting((1, 2), p=FOUR, M=1),
            ),
            "all outcomes",
            quick=2,
        ),
        Witness(
            Route.MEASURED,
            "divergence",
            measure_chi_square,
            (
                setting((1, 5, 20), p=("3/10", "7/10"), M=10),
                setting((10,), p=uniform(30), M=100),
            ),
            "forward runs",
            margin=0.05,
        ),
    ),
    mutants=(
        Mutant("K for K - 1", "divergence", s.K * (1 - (1 - 1 / s.M) ** s.n)),
        Mutant("M - 1 for M", "divergence", CHI_SQUARE.subs(s.M, s.M - 1)),
        Mutant("independent steps", "divergence", (s.K - 1) * s.n / s.M),
        Mutant("one generation too many", "divergence", CHI_SQUARE.subs(s.n, s.n + 1)),
        Mutant("as from a uniform law", "divergence", s.K * s.H0 * (1 - (1 - 1 / s.M) ** s.n)),
    ),
)


# --- Kullback-Leibler ----------------------------------------------------------------------------


def enumerate_infinite(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact probability that some category has no draw."""
    return enumerate_counts(setting, lambda counts, _: Fraction(0 in counts))


def measure_infinite(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the share of simulated runs in which some category has no draw."""
    run = simulate("infinite", setting, bench, 200_000)
    lost = run.survivors < len(setting.numbers("p"))
    return [
        sampled.share(int(lost[:, g].sum()), len(lost)) for g in range(len(setting.generations))
    ]


KL_CASE = Case(
    KL_CLAIM,
    witnesses=(
        *vertex_witnesses(vertex_kl),
        Witness(
            Route.ENUMERATED,
            "infinite",
            enumerate_infinite,
            (
                setting((1, 2, 3), p=("1/10", "9/10"), M=6, i=1),
                setting((1, 2), p=UNEVEN, M=3, i=1),
                setting((1, 3), p=FOUR, M=5, i=4),
                setting((1, 2), p=FOUR, M=1, i=2),
            ),
            "all outcomes",
            quick=2,
        ),
        Witness(
            Route.MEASURED,
            "infinite",
            measure_infinite,
            (setting((1,), p=("3/10", "7/10"), M=5, i=1),),
            "forward runs",
            margin=0.08,
        ),
    ),
    mutants=(
        Mutant("in bits", "limit", ENTROPY / sp.log(2)),
        Mutant("logarithm of K", "limit", sp.log(s.K)),
        Mutant("a uniform winner", "limit", -sp.Sum(sp.log(SHARE), (s.i, 1, s.K)) / s.K),
        Mutant("diversity for entropy", "limit", s.H0),
        Mutant("entropy lost after one generation", "limit", (s.K - 1) / (2 * s.M)),
        Mutant(
            "number of lost categories", "infinite", sp.Sum((1 - s.p[s.j]) ** s.M, (s.j, 1, s.K))
        ),
        Mutant("one draw less", "infinite", (1 - SHARE) ** (s.M - 1) + SHARE ** (s.M - 1)),
        Mutant("every generation anew", "infinite", s.n * ((1 - SHARE) ** s.M + SHARE**s.M)),
        Mutant("certain at once", "infinite", sp.Integer(1)),
    ),
)

CASES = (TOTAL_VARIATION_CASE, CHI_SQUARE_CASE, KL_CASE)
