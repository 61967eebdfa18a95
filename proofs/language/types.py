"""Evidence on tables of n-grams that are drawn again as a whole."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import sympy as sp

from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.discrete.diversity import diversity, measure_diversity
from proofs.discrete.resampling import enumerate_counts, geometric, simulate, uniform
from proofs.discrete.zipf import DUALITY, enclose_left
from proofs.verdict import Exact, Sampled
from theory import symbols as s
from theory.discrete.survivors import SEEN_ONCE
from theory.discrete.zipf import DISTINCT, SCALE, VOCABULARY
from theory.language.row_diversity import V
from theory.language.types import CONTEXT, CONTEXT_START, JOINT, NGRAM_TYPES, TYPES, ZIPF_TYPES


def enumerate_types(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact mean number of n-grams that are left."""
    return enumerate_counts(setting, lambda counts, total: Fraction(sum(c > 0 for c in counts)))


def enumerate_joint(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact mean diversity of the table."""
    return enumerate_counts(setting, diversity)


def enumerate_contexts(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact mean diversity of the contexts, blocks of V n-grams."""
    width = setting.integer("V")

    def of_contexts(counts: tuple[int, ...], total: int) -> Fraction:
        blocks = (sum(counts[k : k + width]) for k in range(0, len(counts), width))
        return diversity(tuple(blocks), total)

    return enumerate_counts(setting, of_contexts)


def measure_types(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean number of n-grams left in simulated runs."""
    run = simulate("types", setting, bench, 100_000)
    most = min(len(setting.numbers("p")), setting.integer("M"))
    return [
        sampled.bounded(run.survivors[:, g].astype(np.float64), 1.0, float(most))
        for g in range(len(setting.generations))
    ]


TABLES = (
    setting((1, 2, 3), p=("1/2", "1/6", "1/12", "1/4"), V=2, M=3),
    setting((1, 3), p=("1/3", "1/3", "1/6", "1/6"), V=3, M=4),
    setting((1, 2), p=("1/4", "1/4", "0", "1/8", "1/8", "1/4"), V=2, M=3),
    setting((2,), p=("1/2", "1/4", "1/4"), V=1, M=5),
    setting((1, 2), p=("1/7", "2/7", "4/7"), V=2, M=1),
)
LARGE = (
    setting((1, 10), p=uniform(36), M=50),
    setting((3, 30), p=geometric(9), M=200),
)
MANY = (
    setting((2, 20), p=uniform(36), M=50),
    setting((5, 30), p=geometric(9), M=100),
)

NGRAM_TYPES_CASE = Case(
    NGRAM_TYPES,
    witnesses=(
        Witness(Route.ENUMERATED, "types", enumerate_types, TABLES, "all outcomes", quick=2),
        Witness(Route.MEASURED, "types", measure_types, LARGE, "forward runs", margin=0.05),
        Witness(
            Route.ENUMERATED, "joint-diversity", enumerate_joint, TABLES, "all outcomes", quick=2
        ),
        Witness(
            Route.MEASURED,
            "joint-diversity",
            measure_diversity,
            MANY,
            "forward runs",
            margin=0.05,
        ),
        Witness(
            Route.ENUMERATED,
            "context-diversity",
            enumerate_contexts,
            TABLES,
            "all outcomes",
            quick=2,
        ),
    ),
    mutants=(
        Mutant("one generation for ever", "types", SEEN_ONCE),
        Mutant("n generations back", "types", TYPES.subs(s.n, s.n + 1)),
        Mutant("as if uniform", "types", TYPES.xreplace({s.p[s.i]: 1 / s.K})),
        Mutant("exponential loss", "types", SEEN_ONCE * sp.exp(-(s.n - 1) / s.M)),
        Mutant("M - 1 for M", "joint-diversity", JOINT.subs(s.M, s.M + 1)),
        Mutant("one generation too many", "joint-diversity", JOINT.subs(s.n, s.n + 1)),
        Mutant("as fast as its contexts lose theirs", "joint-diversity", CONTEXT),
        Mutant("exponential decay", "joint-diversity", s.H0 * sp.exp(-s.n / s.M)),
        Mutant("the table's diversity", "context-diversity", JOINT),
        Mutant("V times as slow", "context-diversity", CONTEXT_START * (1 - 1 / (s.M * V)) ** s.n),
        Mutant("twice as fast", "context-diversity", CONTEXT.subs(s.n, 2 * s.n)),
        Mutant("constant", "context-diversity", CONTEXT_START),
    ),
)

ZIPF_TYPES_CASE = Case(
    ZIPF_TYPES,
    witnesses=(
        Witness(
            Route.ENCLOSED,
            "types",
            enclose_left,
            (
                setting((1, 3, 6), b=2, M=300),
                setting((1, 3, 6), b=2, M=1200),
                setting((2, 15), b="3/2", M=250),
                setting((2,), b="3/2", M=1000),
                setting((1, 4), b="5/2", M=60),
            ),
            "sum over ancestors",
            2,
            principles=DUALITY,
        ),
    ),
    mutants=(
        Mutant("one generation for ever", "types", DISTINCT),
        Mutant("s_n for s_{n-1}", "types", VOCABULARY.subs(s.n, s.n + 1)),
        Mutant("exponent 1/n", "types", DISTINCT / s.n ** (1 / s.b)),
        Mutant("unnormalized", "types", VOCABULARY / SCALE ** (1 / s.b)),
    ),
)

CASES = (NGRAM_TYPES_CASE, ZIPF_TYPES_CASE)
