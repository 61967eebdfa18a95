"""Evidence on lost categories, from forward enumeration and forward runs."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import sympy as sp

from numerics import discrete
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.discrete.resampling import enumerate_counts, geometric, simulate, uniform
from proofs.verdict import Exact, Sampled
from theory import symbols as s
from theory.discrete.tails import (
    BOTH_LOST,
    EXPECTED_LOST,
    LOSS_AS_PRINTED,
    LOSS_BY_GENERATION,
    LOST,
    LOST_BY,
    MISSING_MASS,
    TAIL_LOSS,
)
from theory.lineages import LineagePower

#: Up to this many samples, enumeration bears three other categories.
FEW = 6
FOUR = ("2/5", "3/10", "1/5", "1/10")
UNEVEN = ("1/7", "2/7", "4/7")
#: The second moment with each pair counted in one order only.
ONE_ORDER = sp.Sum((1 - s.p[s.i]) ** s.M + sp.Sum(BOTH_LOST, (s.j, s.i + 1, s.K)), (s.i, 1, s.K))


def with_others(setting: Setting, weights: tuple[int, ...] = (1, 2, 3)) -> Setting:
    """Return the setting with a law: one category of probability q, the rest by weights."""
    rare = setting.numbers("q")[0]
    law = (rare, *((1 - rare) * Fraction(weight, sum(weights)) for weight in weights))
    return Setting({"p": law, "M": setting.fixed["M"]}, setting.generations or (1,))


def one_generation(setting: Setting) -> Setting:
    """Return the setting observed at generation 1."""
    return replace(setting, generations=(1,))


def enumerate_lost(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact probability that the first category has no draw."""
    weights = (1, 2, 3) if setting.integer("M") <= FEW else (1,)
    filled = with_others(setting, weights)
    return enumerate_counts(filled, lambda counts, _: Fraction(counts[0] == 0))


def measure_lost(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the share of simulated runs in which the first category has no draw."""
    run = simulate("lost", with_others(setting), bench, 200_000)
    return [
        sampled.share(int((run.tracked[:, g] == 0).sum()), len(run.tracked))
        for g in range(run.tracked.shape[1])
    ]


def enumerate_missing_mass(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact mean probability of the categories without a draw."""
    law = setting.numbers("p")

    def missing(counts: tuple[int, ...], total: int) -> Fraction:
        lost = (p for p, count in zip(law, counts, strict=True) if count == 0)
        return sum(lost, Fraction(0))

    return enumerate_counts(one_generation(setting), missing)


def measure_missing_mass(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the sum of p_i times the share of runs without category i, each i from its own runs.

    The intervals of the shares hold together, each with its part of the false-alarm share.
    """
    law = setting.numbers("p")
    shares = []
    for category in range(len(law)):
        name = f"missing mass {category}"
        run = simulate(name, one_generation(setting), bench, 200_000, tracked=category)
        shares.append(sampled.share(int((run.tracked == 0).sum()), len(run.tracked)))
    weights = [float(p) for p in law]

    def interval(alpha: float) -> tuple[float, float]:
        ends = [share.interval(alpha / len(law)) for share in shares]
        low, high = (
            sum(weight * end[side] for weight, end in zip(weights, ends, strict=True))
            for side in (0, 1)
        )
        return low, high

    mean = sum(weight * share.estimate for weight, share in zip(weights, shares, strict=True))
    return [Sampled(mean, shares[0].replicates, interval, "Clopper-Pearson, one a category")]


def enumerate_number(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact mean number of categories without a draw."""
    return enumerate_counts(one_generation(setting), lambda counts, _: Fraction(counts.count(0)))


def enumerate_square(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact mean square of that number."""
    return enumerate_counts(
        one_generation(setting), lambda counts, _: Fraction(counts.count(0) ** 2)
    )


def measure_number(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean number of categories without a draw in simulated runs."""
    lost, most = _lost_in_runs("number", setting, bench)
    return [sampled.bounded(lost, 0.0, most)]


def measure_square(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean square of that number."""
    lost, most = _lost_in_runs("square", setting, bench)
    return [sampled.bounded(lost**2, 0.0, most**2)]


def _lost_in_runs(experiment: str, setting: Setting, bench: Bench) -> tuple[sampled.Floats, float]:
    """Return the number of lost categories in each run, and the most there can be."""
    run: discrete.DiscreteRun = simulate(experiment, one_generation(setting), bench, 200_000)
    kinds = len(setting.numbers("p"))
    return (kinds - run.survivors[:, 0]).astype(float), float(kinds - 1)


ONE_GENERATION = (
    setting(q="1/10", M=5),
    setting(q="1/3", M=2),
    setting(q="1/50", M=40),
)
SMALL_LAWS = (
    setting(p=FOUR, M=5),
    setting(p=UNEVEN, M=3),
    setting(p=("1/10", "9/10"), M=12),
    setting(p=UNEVEN, M=1),
)
LARGE_LAWS = (
    setting(p=FOUR, M=10),
    setting(p=geometric(8), M=30),
    setting(p=uniform(50), M=100),
)

LOST_WITNESSES = (
    Witness(Route.ENUMERATED, "lost", enumerate_lost, ONE_GENERATION, "all outcomes"),
    Witness(
        Route.MEASURED,
        "lost",
        measure_lost,
        (setting(q="1/10", M=10), setting(q="1/50", M=60)),
        "forward runs",
        margin=0.05,
    ),
)
MISSING_MASS_WITNESSES = (
    Witness(Route.ENUMERATED, "missing-mass", enumerate_missing_mass, SMALL_LAWS, "all outcomes"),
    Witness(
        Route.MEASURED,
        "missing-mass",
        measure_missing_mass,
        (setting(p=FOUR, M=6), setting(p=geometric(6), M=20)),
        "forward runs",
        margin=0.05,
    ),
)
NUMBER_WITNESSES = (
    Witness(Route.ENUMERATED, "expected-lost", enumerate_number, SMALL_LAWS, "all outcomes"),
    Witness(
        Route.MEASURED, "expected-lost", measure_number, LARGE_LAWS, "forward runs", margin=0.05
    ),
    Witness(Route.ENUMERATED, "second-moment-lost", enumerate_square, SMALL_LAWS, "all outcomes"),
    Witness(
        Route.MEASURED,
        "second-moment-lost",
        measure_square,
        LARGE_LAWS,
        "forward runs",
        margin=0.05,
    ),
)

TAIL_LOSS_CASE = Case(
    TAIL_LOSS,
    witnesses=(*LOST_WITNESSES, *MISSING_MASS_WITNESSES, *NUMBER_WITNESSES),
    mutants=(
        Mutant("exponential loss", "lost", sp.exp(-s.M * s.q)),
        Mutant("lost: M - 1 draws", "lost", (1 - s.q) ** (s.M - 1)),
        Mutant("expected draws", "lost", 1 - s.M * s.q),
        Mutant("the limit of many generations", "lost", 1 - s.q),
        Mutant("share of draws seen once", "missing-mass", MISSING_MASS.subs(s.M, s.M - 1)),
        Mutant("not weighted", "missing-mass", EXPECTED_LOST / s.K),
        Mutant(
            "exponential missing mass",
            "missing-mass",
            sp.Sum(s.p[s.i] * sp.exp(-s.M * s.p[s.i]), (s.i, 1, s.K)),
        ),
        Mutant("as if uniform", "expected-lost", s.K * (1 - 1 / s.K) ** s.M),
        Mutant("number: M - 1 draws", "expected-lost", EXPECTED_LOST.subs(s.M, s.M - 1)),
        Mutant(
            "exponential number", "expected-lost", sp.Sum(sp.exp(-s.M * s.p[s.i]), (s.i, 1, s.K))
        ),
        Mutant("square of the mean", "second-moment-lost", EXPECTED_LOST**2),
        Mutant("Poisson count", "second-moment-lost", EXPECTED_LOST + EXPECTED_LOST**2),
        Mutant(
            "independent losses",
            "second-moment-lost",
            EXPECTED_LOST + EXPECTED_LOST**2 - EXPECTED_LOST.subs(s.M, 2 * s.M),
        ),
        Mutant(
            "each pair once",
            "second-moment-lost",
            ONE_ORDER,
        ),
    ),
)

LOSS_BY_GENERATION_CASE = Case(
    LOSS_BY_GENERATION,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "lost",
            enumerate_lost,
            (
                setting((1, 2, 5), q="1/10", M=4),
                setting((1, 3), q="1/3", M=3),
                setting((2, 8), q="1/20", M=20),
                setting((4,), q="9/10", M=2),
                setting((3,), q="1/4", M=1),
            ),
            "all outcomes",
        ),
        Witness(
            Route.MEASURED,
            "lost",
            measure_lost,
            (
                setting((1, 5, 20), q="1/10", M=10),
                setting((2, 10), q="1/50", M=100),
            ),
            "forward runs",
            margin=0.05,
        ),
        Witness(
            Route.ENUMERATED,
            "limit",
            enumerate_lost,
            (setting((80,), q="3/10", M=4), setting((200,), q="1/20", M=10)),
            "all outcomes of many generations",
            margin=1e-8,
        ),
        Witness(
            Route.MEASURED,
            "limit",
            measure_lost,
            (setting((200,), q="3/10", M=10), setting((400,), q="1/4", M=30)),
            "forward runs",
            margin=0.02,
        ),
    ),
    mutants=(
        Mutant("the limit at once", "lost", 1 - s.q),
        Mutant("n generations back", "lost", LOST_BY.subs(s.n, s.n + 1)),
        Mutant("one generation for ever", "lost", LOST),
        Mutant("independent generations", "lost", 1 - (1 - LOST) ** s.n),
        Mutant("M + 1 lineages", "lost", LineagePower(1 - s.q, s.M + 1, s.M, s.n - 1)),
        Mutant("certain", "limit", sp.Integer(1)),
        Mutant("one generation", "limit", LOST),
        Mutant("kept, not lost", "limit", s.q),
        Mutant("at least one draw of another", "limit", 1 - s.q**s.M),
    ),
)

LOSS_AS_PRINTED_CASE = Case(
    LOSS_AS_PRINTED,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "lost",
            enumerate_lost,
            tuple(
                setting((1, 2, 3), q=rare, M=samples)
                for samples in (1, 2, 3)
                for rare in ("1/2", "1/3")
            ),
            "all outcomes, the smallest first",
            quick=3,
        ),
    ),
)

CASES = (TAIL_LOSS_CASE, LOSS_BY_GENERATION_CASE, LOSS_AS_PRINTED_CASE)
