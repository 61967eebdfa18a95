"""Evidence on one row with a random number of draws: enumerated, integrated, and run forward."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import sympy as sp

from numerics import rows, rows_exact
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.verdict import Enclosed, Exact, Sampled
from theory import symbols as s
from theory.claim import Order
from theory.domain import gini_simpson
from theory.language.rows import ASYMPTOTE, KEPT, NEVER, ROW_DECAY, SEEN, SIZE, H, J, p
from theory.rounding import ends

Row = tuple[Fraction, ...]


def law_of(*weights: int) -> Row:
    """Return the law with these weights."""
    return tuple(Fraction(weight, sum(weights)) for weight in weights)


#: A row of each diversity that the settings speak of.
ROWS = {
    gini_simpson(row): row
    for row in (
        law_of(1, 1),
        law_of(1, 2),
        law_of(1, 4),
        law_of(1, 1, 1),
        law_of(2, 1, 1),
        law_of(1, 1, 1, 1, 1, 1, 1, 1),
        law_of(16, 8, 4, 2, 1, 1),
    )
}
HALF, NINTHS, QUARTER = (str(gini_simpson(law_of(1, k))) for k in (1, 2, 4))
EIGHT, HALVING = str(Fraction(7, 8)), str(gini_simpson(law_of(16, 8, 4, 2, 1, 1)))


def parts(setting: Setting, name: str = "H_row0", chance: str = "p") -> tuple[Row, Fraction, int]:
    """Return the row at the start, the chance of its context, and the samples."""
    return (
        ROWS[setting.numbers(name)[0]],
        setting.numbers(chance)[0],
        setting.integer("M"),
    )


def enumerate_row(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact mean diversity of the row over all draws of all generations."""
    found = rows_exact.mean_diversities(*parts(setting), max(setting.generations))
    return [Exact(found[n]) for n in setting.generations]


def enumerate_seen(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the part of the diversity left where there is a draw, over all draws."""
    row, chance, size = parts(setting)
    seen = left = Fraction(0)
    for counts, weight in rows_exact.fitted_rows(row, chance, size):
        total = sum(counts)
        if total:
            seen += weight
            left += weight * (1 - sum(Fraction(count, total) ** 2 for count in counts))
    return [Exact(left / seen / gini_simpson(row))]


def count_inverse(setting: Setting, bench: Bench) -> list[Exact]:
    """Return E[1/X; X >= 1] from the exact law of X."""
    return [Exact(rows_exact.inverse_mean(setting.numbers("p")[0], setting.integer("M")))]


def integrate_inverse(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return bounds on the integral that the catalogue writes J as."""
    ball = rows_exact.inverse_mean_integral(setting.numbers("p")[0], setting.integer("M"))
    return [Enclosed(*ends(ball))]


def simulate(
    experiment: str,
    setting: Setting,
    bench: Bench,
    replicates: int,
    names: tuple[str, str] = ("H_row0", "p"),
) -> rows.RowRun:
    """Return kernel runs of the row, recorded at the setting's generations, or at the first."""
    row, chance, size = parts(setting, *names)
    start, key = np.array(row, dtype=np.float64), bench.stream_key(experiment, setting)
    record = setting.generations or (1,)

    def work(first: int, last: int) -> rows.RowRun:
        return rows.simulate(start, float(chance), size, record, key, first, last)

    return bench.campaign(work, bench.replicates(replicates))


def measure_row(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean diversity of simulated rows; what was never drawn is the row at the start."""
    run = simulate("row", setting, bench, 200_000)
    start = gini_simpson(parts(setting)[0])
    drawn = run.size > 0
    seen = np.where(drawn, 1 - run.pairs / np.where(drawn, run.size, 1) ** 2, float(start))
    return [sampled.bounded(seen[:, g], 0.0, 1.0) for g in range(len(setting.generations))]


def measure_seen(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the part of the diversity left in those simulated generations that have a draw."""
    run = simulate("seen", setting, bench, 200_000)
    drawn = run.visits[:, 0] > 0
    start = float(gini_simpson(parts(setting)[0]))
    left = (1 - run.pairs[drawn, 0] / run.visits[drawn, 0] ** 2) / start
    return [sampled.bounded(left, 0.0, 1 / start)]


SMALL = (
    setting((1, 2, 3), p="1/3", M=2, H_row0=HALF),
    setting((1, 2), p="1/5", M=4, H_row0=NINTHS),
    setting((1, 2), p="3/4", M=3, H_row0=str(Fraction(5, 8))),
    setting((1, 3), p=1, M=3, H_row0=QUARTER),
    setting((2,), p="1/2", M=1, H_row0=str(Fraction(2, 3))),
)
LARGE = (
    setting((1, 4), p="1/5", M=20, H_row0=HALVING),
    setting((2, 6), p="1/20", M=100, H_row0=EIGHT),
)
ONE = tuple(
    setting(p=chance, M=size, H_row0=start)
    for chance, size, start in (
        ("1/3", 2, HALF), ("1/5", 4, NINTHS), ("3/4", 3, str(Fraction(5, 8))), ("1/2", 1, QUARTER),
    )
)  # fmt: skip
COUNTS = tuple(
    setting(p=chance, M=size)
    for chance, size in (("1/3", 3), ("1/2", 1), ("1/20", 30), (1, 4), ("3/10", 400))
)
INTEGRALS = tuple(
    setting(p=chance, M=size)
    for chance, size in (("1/3", 5), ("1/100", 100), ("1/1000", 100), ("1/7", 10_000))
)
RUNGS = tuple(
    setting(p=chance, M=size)
    for chance, size in (
        ("1/2", 100), ("1/2", 1000), ("9/10", 1), ("1/2", 10_000), ("1/10", 100), ("1/10", 1000),
        ("1/10", 10_000), ("1/100", 5000), ("99/100", 7),
    )
)  # fmt: skip

ROW_DECAY_CASE = Case(
    ROW_DECAY,
    witnesses=(
        Witness(Route.ENUMERATED, "row-diversity", enumerate_row, SMALL, "all draws", quick=3),
        Witness(Route.MEASURED, "row-diversity", measure_row, LARGE, "forward runs", margin=0.05),
        Witness(Route.ENUMERATED, "J", count_inverse, COUNTS, "law of the count", quick=3),
        Witness(Route.ENCLOSED, "J", integrate_inverse, INTEGRALS, "the integral", quick=2),
        Witness(Route.ENUMERATED, "seen-factor", enumerate_seen, ONE, "all draws", quick=2),
        Witness(
            Route.MEASURED,
            "seen-factor",
            measure_seen,
            (
                setting(p="1/10", M=10, H_row0=EIGHT),
                setting(p="1/50", M=200, H_row0=HALVING),
            ),
            "forward runs",
            margin=0.05,
        ),
        Witness(Route.ENCLOSED, "asymptote", integrate_inverse, RUNGS, "the integral", quick=3),
    ),
    mutants=(
        Mutant("as many as expected", "row-diversity", H * (1 - ASYMPTOTE) ** s.n),
        Mutant("all M draws", "row-diversity", H * (1 - 1 / s.M) ** s.n),
        Mutant("unseen rows are lost", "row-diversity", H * (1 - J - NEVER) ** s.n),
        Mutant("every generation sees it", "row-diversity", H * SEEN**s.n),
        Mutant("one generation too many", "row-diversity", KEPT.subs(s.n, s.n + 1)),
        Mutant("inverse of the mean", "J", ASYMPTOTE),
        Mutant("mean of 1/(X+1)", "J", (1 - NEVER * (1 - p)) / ((s.M + 1) * p)),
        Mutant("given that it is seen", "J", J / (1 - NEVER)),
        Mutant("inverse of the mean where seen", "J", (1 - NEVER) / (s.M * p)),
        Mutant("unseen counted", "seen-factor", 1 - J),
        Mutant("seen: as many as expected", "seen-factor", 1 - ASYMPTOTE),
        Mutant("unseen rows are kept, where seen", "seen-factor", 1 - J * (1 - NEVER)),
        Mutant("mean count where seen", "seen-factor", 1 - (1 - NEVER) / (s.M * p)),
        Mutant("no p", "asymptote", 1 / s.M),
        Mutant("p above", "asymptote", p / s.M),
        Mutant("factor 1 - p", "asymptote", (1 - p) * ASYMPTOTE),
        Mutant("M - 2 for M", "asymptote", ASYMPTOTE * (1 + 8 / (s.M * p))),
        Mutant("constant 1/2", "asymptote", ASYMPTOTE, order=Order(s.M, SIZE, Fraction(1, 2))),
        Mutant(
            "error of order 1/M",
            "asymptote",
            ASYMPTOTE,
            order=Order(s.M, sp.sqrt(SIZE), 4),
        ),
    ),
)

CASES = (ROW_DECAY_CASE,)
