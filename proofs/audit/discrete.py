"""Rows on categories: the process and section 4.1 of the paper."""

from __future__ import annotations

import operator
from dataclasses import replace
from fractions import Fraction

import sympy as sp

from numerics import enumeration
from proofs.audit.gaussian import ARXIV
from proofs.audit.row import HOLDS, Row, Ruling, Seen, printed
from proofs.case import Bench, Route, Setting, Witness, setting
from proofs.discrete.blend import PAIR, THREE, blended
from proofs.discrete.loops import DIVERSITY, enumerated
from proofs.verdict import Exact
from theory import symbols as s
from theory.claim import Relation
from theory.discrete.blend import FIT_SHARE, REAL_SHARE
from theory.domain import (
    CATEGORY,
    GENERATIONS,
    LAW,
    RARE,
    SAMPLES,
    Condition,
    Domain,
)
from theory.domain import DIVERSITY as START

NATURE = "Nature 631, 755-759 (2024)"
CORRECTION = "Author Correction, Nature 640, E6 (2025)"
DECAY = s.H0 * (1 - 1 / s.M) ** s.n

DEFINITIONS = (
    Row(
        id="definition-early",
        reference=f"{NATURE}, definition 2.1 ({ARXIV}, definition 3.1)",
        printed="Model collapse, early: the model loses information about the tails.",
        seen=Seen.TEXT,
        reading="The chance that a rare category is lost by generation n; the number of "
        "categories that survive.",
        defined_by=("A17:lost", "A15"),
        expected=Ruling.DEFINITION,
    ),
    Row(
        id="definition-late",
        reference=f"{NATURE}, definition 2.1 ({ARXIV}, definition 3.1)",
        printed="Model collapse, late: the model converges to a law that carries little "
        "resemblance to the original one, often with very small variance.",
        seen=Seen.TEXT,
        reading="The chance that one category is left; the almost sure rate of ln sigma_n^2.",
        defined_by=("A05:certainty", "B04"),
        expected=Ruling.DEFINITION,
    ),
    Row(
        id="process",
        reference=f"{ARXIV}, section 4; {NATURE}",
        printed="p_{i+1} = alpha_i p_theta + beta_i p_i + gamma_i p_0, with weights that are not "
        "negative and sum to 1.",
        seen=Seen.TEXT,
        reading="The law after n rounds, and its mean squared distance to the real one.",
        defined_by=("A25:distance",),
        expected=Ruling.DEFINITION,
    ),
    Row(
        id="process-weights",
        reference=f"{ARXIV}, sections 4 and 5.1; {NATURE}",
        printed="The case alpha_i = gamma_i = 0 is considered.",
        seen=Seen.TEXT,
        reading="With these weights each generation is trained on the last one alone, so that the "
        "diversity decays by 1 - 1/M a generation.",
        quantity=printed(Relation.EQUALS, DECAY),
        domain=Domain((LAW, START, SAMPLES, GENERATIONS)),
        against=("A25x:diversity",),
        corrected_by="process-weights-corrected",
        expected=Ruling.REFUTED,
        remark="With alpha = gamma = 0 the new fit has no weight and the law never changes.",
    ),
    Row(
        id="process-weights-corrected",
        reference=CORRECTION,
        printed="The case is beta_i = gamma_i = 0.",
        seen=Seen.SECOND_HAND,
        reading="With these weights the diversity decays by 1 - 1/M a generation.",
        quantity=printed(Relation.EQUALS, DECAY),
        domain=Domain(
            (
                LAW,
                START,
                replace(FIT_SHARE, low=1),
                replace(REAL_SHARE, high=0),
                SAMPLES,
                GENERATIONS,
            )
        ),
        against=("A25:diversity",),
        witnesses=(
            Witness(
                Route.ENUMERATED,
                "diversity",
                enumerated(blended, DIVERSITY),
                tuple(
                    setting((1, 2, 3), p=law, M=size, al=1, g=0)
                    for size in (1, 2)
                    for law in (PAIR, THREE)
                ),
                "all outcomes",
                quick=2,
            ),
        ),
        expected=Ruling.EXACT,
    ),
)

# --- section 4.1 ---------------------------------------------------------------------------------


def few_draws(setting: Setting, bench: Bench) -> list[Exact]:
    """Return 1 if a category of probability q is expected in fewer than 1 of M draws, else 0."""
    rare, size = setting.numbers("q")[0], setting.integer("M")
    law = enumeration.law_after((rare, 1 - rare), size, 1)
    mean = sum(Fraction(counts[0]) * chance for counts, chance in law.items())
    return [Exact(Fraction(mean < 1))]


RARE_TO_ONE = Condition(s.q * s.M, sp.Integer(1), operator.le, "<=")
RARE_BELOW_ONE = Condition(s.q * s.M, sp.Integer(1), operator.lt, "<")

LOSSES = (
    Row(
        id="sec-4.1-expected-draws",
        reference=f"{ARXIV}, section 4.1",
        printed="A state of probability q <= 1/M has an expected number of samples below 1.",
        seen=Seen.TEXT,
        reading="The mean number of draws, all outcomes visited, is below 1.",
        figure=HOLDS,
        quantity=printed(Relation.EQUALS, sp.Integer(1)),
        domain=Domain((RARE, SAMPLES), (RARE_TO_ONE,)),
        condition=Domain((RARE, SAMPLES), (RARE_BELOW_ONE,)),
        witnesses=(
            Witness(
                Route.ENUMERATED,
                "draws",
                few_draws,
                tuple(
                    setting(M=size, q=Fraction(1, parts))
                    for size in (2, 3, 5)
                    for parts in (size, size + 1, 7)
                ),
                "all outcomes",
                quick=3,
            ),
        ),
        expected=Ruling.CONDITIONS,
        remark="At q = 1/M it is exactly 1: at most 1 is right.",
    ),
    Row(
        id="sec-4.1-loss",
        reference=f"{ARXIV}, section 4.1; {NATURE}",
        printed="The probability of losing information about a state of probability q is 1 - q.",
        seen=Seen.TEXT,
        reading="By any generation n.",
        quantity=printed(Relation.EQUALS, 1 - s.q),
        domain=Domain((RARE, SAMPLES, GENERATIONS.at_least(1))),
        against=("A17x:lost",),
        corrected_by="A17",
        expected=Ruling.REFUTED,
        remark="At finite n it is smaller, and 1 - q is the limit: the next row.",
    ),
    Row(
        id="sec-4.1-loss-limit",
        reference=f"{ARXIV}, section 4.1; {NATURE}",
        printed="The probability of losing information about a state of probability q is 1 - q.",
        seen=Seen.TEXT,
        reading="In the end.",
        quantity=printed(Relation.TENDS_TO, 1 - s.q),
        domain=Domain((RARE, SAMPLES, GENERATIONS.at_least(1))),
        against=("A17:limit",),
        expected=Ruling.EXACT,
    ),
    Row(
        id="sec-4.1-delta",
        reference=f"{ARXIV}, section 4.1",
        printed="The process ends in a delta function at state i with probability q_i.",
        seen=Seen.TEXT,
        quantity=printed(Relation.EQUALS, s.p[s.i]),
        domain=Domain((LAW, SAMPLES, CATEGORY)),
        against=("A05:absorption",),
        expected=Ruling.EXACT,
    ),
)

ROWS = (*DEFINITIONS, *LOSSES)
