"""Evidence on the conditional diversity of a table of pairs after one generation."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import sympy as sp

from numerics import enumeration
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.discrete.diversity import diversity
from proofs.language.rows import EIGHT, HALF, HALVING, NINTHS, QUARTER, parts, simulate
from proofs.verdict import Exact, Sampled
from theory import symbols as s
from theory.inverse_count import InverseCount
from theory.language.row_diversity import (
    CONDITIONAL_DIVERSITY,
    CONTEXTS,
    ROW_PART,
    SHARE,
    TABLE_PART,
    WEIGHED,
    H_a,
    p_a,
)


def weighed(counts: tuple[int, ...], samples: int) -> Fraction:
    """Return N_a / M times the diversity of the counts of one row."""
    total = sum(counts)
    return Fraction(total, samples) * diversity(counts, total) if total else Fraction(0)


def enumerate_row(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact mean part of one row; the last category is any other context."""
    row, chance, size = parts(setting, "H_a", "p_a")
    law = enumeration.law_after((*(chance * q for q in row), 1 - chance), size, 1)
    return [Exact(enumeration.expectation(law, lambda counts: weighed(counts[:-1], size)))]


def enumerate_table(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact mean of all rows' parts."""
    width, size = setting.integer("V"), setting.integer("M")

    def parts_of(counts: tuple[int, ...]) -> Fraction:
        blocks = (counts[k : k + width] for k in range(0, len(counts), width))
        return sum((weighed(block, size) for block in blocks), Fraction(0))

    law = enumeration.law_after(setting.numbers("pairs"), size, 1)
    return [Exact(enumeration.expectation(law, parts_of))]


def measure_row(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean part of one row in simulated generations."""
    run = simulate("part", setting, bench, 100_000, ("H_a", "p_a"))
    visits = run.visits[:, 0].astype(np.float64)
    drawn = visits > 0
    part = np.where(drawn, visits - run.pairs[:, 0] / np.where(drawn, visits, 1.0), 0.0)
    return [sampled.bounded(part / setting.integer("M"), 0.0, 1.0)]


ROWS = tuple(
    setting(p_a=chance, M=size, H_a=start)
    for chance, size, start in (
        ("1/3", 3, HALF), ("1/5", 5, NINTHS), ("3/4", 4, QUARTER), ("1/2", 1, HALF), (1, 4, NINTHS),
    )
)  # fmt: skip
RUNS = (
    setting(p_a="1/4", M=10, H_a=EIGHT),
    setting(p_a="1/10", M=60, H_a=HALVING),
)
TABLES = (
    setting(pairs=("1/2", "1/6", "1/12", "1/4"), V=2, M=3),
    setting(pairs=("1/3", "1/3", "1/6", "1/12", "1/12"), V=3, M=4),
    setting(pairs=("1/4", "1/4", "1/8", "1/8", "1/8", "1/8"), V=2, M=2),
    setting(pairs=("1/7", "2/7", "4/7"), V=2, M=6),
    setting(pairs=("1/10", "2/10", "3/10", "4/10"), V=2, M=1),
)

CONDITIONAL_CASE = Case(
    CONDITIONAL_DIVERSITY,
    witnesses=(
        Witness(Route.ENUMERATED, "row", enumerate_row, ROWS, "all outcomes", quick=3),
        Witness(Route.MEASURED, "row", measure_row, RUNS, "forward runs", margin=0.05),
        Witness(Route.ENUMERATED, "conditional", enumerate_table, TABLES, "all outcomes", quick=2),
    ),
    mutants=(
        Mutant("like the whole table", "row", p_a * H_a * (1 - 1 / s.M)),
        Mutant("always seen", "row", p_a * H_a - H_a / s.M),
        Mutant("unseen rows are kept", "row", p_a * H_a * (1 - InverseCount(s.M, p_a))),
        Mutant("exponential", "row", p_a * H_a - H_a * (1 - sp.exp(-s.M * p_a)) / s.M),
        Mutant("weighed by p_a twice", "row", p_a * ROW_PART),
        Mutant(
            "table: like the whole table",
            "conditional",
            sp.Sum(WEIGHED, (s.i, 1, CONTEXTS)) * (1 - 1 / s.M),
        ),
        Mutant("table: nothing lost", "conditional", sp.Sum(WEIGHED, (s.i, 1, CONTEXTS))),
        Mutant(
            "table: always seen",
            "conditional",
            sp.Sum(WEIGHED * (1 - 1 / (s.M * SHARE)), (s.i, 1, CONTEXTS)),
        ),
        Mutant("table: one draw more", "conditional", TABLE_PART.subs(s.M, s.M + 1)),
    ),
)

CASES = (CONDITIONAL_CASE,)
