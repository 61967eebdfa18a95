"""Evidence on sample sizes that vary: what the variance loses, and where the mean ends."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import arb, ctx

from numerics import point_moments, quadratic_form
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian.refitting import simulate, sizes
from proofs.verdict import Enclosed, Sampled
from theory import symbols as s
from theory.gaussian import schedules as law
from theory.gaussian.rate import RATE
from theory.rounding import ends

ENCLOSURE_BITS = 128
#: Generations of M0 i^(1+delta) samples whose moments are expanded before the sum is closed.
LONG = 120


def mean_log(setting: Setting, generations: int) -> arb:
    """Return a ball around E ln(sigma_n^2 / sigma^2): an integral of a determinant a generation."""
    total = arb(0)
    for size in sizes(setting, generations):
        with ctx.workprec(ENCLOSURE_BITS):
            total += quadratic_form.expected_log(size, size - 1, ENCLOSURE_BITS)
    return total


def enclose_mean(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean of ln(sigma_n^2 / sigma^2)."""
    return [Enclosed(*ends(mean_log(setting, n))) for n in setting.generations]


def enclose_loss(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean of ln(sigma^2 / sigma_n^2)."""
    return [Enclosed(*ends(-mean_log(setting, n))) for n in setting.generations]


def measure_mean(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean logarithm of simulated runs."""
    run = simulate("mean-log", setting, bench, 60_000)
    return [
        sampled.known_variance(run.log_variance[:, g], spread(setting, n))
        for g, n in enumerate(setting.generations)
    ]


def spread(setting: Setting, generations: int) -> float:
    """Return an upper bound for the variance of the logarithm, for M >= 4.

    (ln y)^2 <= (y - 1)^2 / y = y - 2 + 1/y. A generation has E Y = 1 and E 1/Y = 1 + 2/(M - 3), the
    integral of the determinant's E exp(-t Y) over t.
    """
    return sum(2 / (size - 3) for size in sizes(setting, generations))


def enclose_final_drift(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return E mean^2 after many generations, and what the others can still add.

    Each generation adds E variance / M_i, and the mean variance stays; the rest of the sum lies
    between two integrals.
    """
    first, delta = setting.integer("M0"), setting.integer("delta")
    schedule = [first * i ** (1 + delta) for i in range(1, LONG + 1)]
    if point_moments.expected((0, 1), schedule, LONG) != 1:
        raise ArithmeticError("the mean variance does not stay")
    drift = point_moments.expected((2, 0), schedule, LONG)
    rest = [Fraction(1, first * delta * start**delta) for start in (LONG + 1, LONG)]
    return [Enclosed(drift + rest[0], drift + rest[1])]


SIZE, SPAN = law.SIZE, law.SPAN
SLOW = tuple(i * i.bit_length() for i in range(2, 40))
GRID = (
    setting((1, 3), M=2),
    setting((2, 4), M=(3, 9, 2, 5)),
    setting((1, 50), M=1000),
    setting((3, 6), M=(5, 20, 45, 80, 125, 180)),
    setting((10, 38), M=SLOW),
)


def summed(term: sp.Expr) -> sp.Expr:
    """Return the sum of a term in i over the generations."""
    return sp.Sum(term, SPAN)


DICHOTOMY_CASE = Case(
    law.DICHOTOMY,
    witnesses=(
        *(
            Witness(
                Route.ENCLOSED, name, enclose, GRID, "ball quadrature from a determinant", quick=3
            )
            for name, enclose in (
                ("mean-log", enclose_mean),
                ("lost-floor", enclose_loss),
                ("lost-ceiling", enclose_loss),
            )
        ),
        Witness(
            Route.MEASURED,
            "mean-log",
            measure_mean,
            (setting((3, 6), M=(6, 20, 45, 80, 125, 180)), setting((20,), M=10)),
            "forward runs, all points drawn",
            margin=0.1,
        ),
        Witness(
            Route.ENCLOSED,
            "final-drift",
            enclose_final_drift,
            tuple(
                setting(M0=first, delta=delta)
                for first, delta in ((2, 1), (5, 2), (10, 1), (100, 3))
            ),
            "moments point by point, the rest between two integrals",
            quick=2,
        ),
    ),
    mutants=(
        Mutant("first order", "mean-log", -law.FLOOR),
        Mutant("second order", "mean-log", -law.CEILING),
        Mutant("rate of the mean deviation", "mean-log", summed(2 * sp.log(s.c4(SIZE)))),
        Mutant("last size for all", "mean-log", s.n * RATE.subs(s.M, s.sizes[s.n - 1])),
        Mutant("M for M - 1", "mean-log", summed(law.RATE_OF_SIZE.subs(SIZE, SIZE + 1))),
        Mutant("4/3 of the floor", "lost-floor", law.FLOOR * sp.Rational(4, 3)),
        Mutant("second order for a floor", "lost-floor", law.CEILING),
        Mutant("half the floor", "lost-floor", law.FLOOR / 2),
        Mutant("first order for a ceiling", "lost-ceiling", law.FLOOR),
        Mutant(
            "a quarter for a third",
            "lost-ceiling",
            summed(1 / (SIZE - 1) + 1 / (4 * (SIZE - 1) ** 2)),
        ),
        Mutant("twice the floor", "lost-ceiling", 2 * law.FLOOR),
        Mutant("from the second fit", "final-drift", law.FINAL_DRIFT - s.sigma**2 / law.M0),
        Mutant("by an integral", "final-drift", s.sigma**2 * (1 + 1 / law.DELTA) / law.M0),
        Mutant("squares always", "final-drift", s.sigma**2 * sp.pi**2 / (6 * law.M0)),
        Mutant(
            "delta for 1 + delta", "final-drift", law.FINAL_DRIFT.subs(law.DELTA, law.DELTA + 1)
        ),
        Mutant(
            "M - 1 for M",
            "final-drift",
            s.sigma**2 * sp.zeta(1 + law.DELTA) / (law.M0 - 1),
        ),
    ),
)

CASES = (DICHOTOMY_CASE,)
