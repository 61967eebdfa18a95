"""n-gram types: what is left of a table of n-grams that is drawn again as a whole."""

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Expected, Order, Quantity, Relation, Source
from theory.coalescence import replace_factor
from theory.derivation import Citation, Derivation, Hypothesis, Identity, Premise
from theory.discrete.branching import FROM_ONE
from theory.discrete.collapse_time import LATER, over_categories
from theory.discrete.lineages import unfolded
from theory.discrete.tails import found
from theory.discrete.zipf import EXPONENT, SPREAD, VOCABULARY
from theory.domain import (
    ANY_LAW,
    DIVERSITY,
    GENERATIONS,
    LAW,
    RARE,
    SAMPLES,
    Domain,
    Kind,
    Parameter,
)
from theory.language.row_diversity import CONTEXTS, SOME_CONTEXTS, WIDTH, context_sum
from theory.lineages import LineagePower

TABLE_AGAIN = Premise(
    "table",
    "The law p over n-grams is one law over categories: generation n + 1 is the share of each "
    "n-gram among M independent draws from generation n. No text runs on from one n-gram to the "
    "next.",
)
#: Chance that an n-gram is not left; before the first generation each one is.
GONE = sp.Min(s.n, 1) * LineagePower(1 - s.p[s.i], s.M, s.M, sp.Max(s.n - 1, 0))
TYPES = over_categories(sp.sign(s.p[s.i]) * (1 - GONE))
DECAY = (1 - 1 / s.M) ** s.n
JOINT = s.H0 * DECAY
#: 1 minus the sum of the squared shares of the contexts.
CONTEXT_START = 1 - sp.Sum(context_sum(s.p, 1) ** 2, (s.i, 1, CONTEXTS))
CONTEXT = CONTEXT_START * DECAY

PART = Parameter("t", s.t, "part of one n-gram in its context", Kind.REAL, 0, 1, True, True)
DRAWN = Parameter("k", s.k, "draws of the context", Kind.INTEGER, low=0)


def _type_steps() -> tuple[Identity, Identity, Identity]:
    """Return the steps to the mean number of types."""
    still_there = unfolded(1 - LineagePower(1 - s.j / s.M, s.M, s.M, s.n - 2), s.p[s.i])
    return (
        Identity(
            "at the start",
            "Before the first generation all n-grams of positive chance are there,",
            TYPES.subs(s.n, 0),
            s.K,
            Domain((LAW, SAMPLES)),
        ),
        Identity(
            "one generation",
            "after one those that are among the M draws,",
            TYPES.subs(s.n, 1),
            over_categories(found(s.p[s.i])),
            Domain((LAW, SAMPLES)),
        ),
        Identity(
            "types",
            "and from then on a type is a category that is left (A15).",
            over_categories(still_there),
            TYPES,
            Domain((LAW, SAMPLES, LATER)),
            concludes=("types",),
            uses=("A15",),
        ),
    )


def derive_types() -> Derivation:
    """Return the derivation of the number of types and of both diversities."""
    return Derivation(
        (TABLE_AGAIN,),
        (
            *_type_steps(),
            Identity(
                "joint",
                "The diversity of the table decays like that of any law (A02).",
                s.H0 * replace_factor(s.M),
                JOINT,
                Domain((DIVERSITY, SAMPLES, GENERATIONS)),
                concludes=("joint-diversity",),
                uses=("A02",),
            ),
            Identity(
                "merged",
                "k draws fall on two n-grams of a context, in whatever parts, with the k-th power "
                "of the chance of the context; so the counts of contexts are those of M draws.",
                sp.Sum(
                    sp.binomial(s.k, s.j) * (s.q * s.t) ** s.j * (s.q * (1 - s.t)) ** (s.k - s.j),
                    (s.j, 0, s.k),
                ),
                s.q**s.k,
                Domain((RARE, PART, DRAWN)),
            ),
            Identity(
                "contexts",
                "The shares of the contexts lose the same share of their diversity (A02).",
                CONTEXT_START * replace_factor(s.M),
                CONTEXT,
                Domain((LAW, WIDTH, SAMPLES, GENERATIONS), (SOME_CONTEXTS,)),
                concludes=("context-diversity",),
                uses=("A02",),
            ),
        ),
    )


NGRAM_TYPES = Claim(
    code="E03",
    id="language.types",
    title="A table of n-grams loses types and diversity like any law, and its contexts as fast",
    statement=(
        "A joint table of n-grams that is drawn again with M independent n-grams a generation is "
        "one law over categories: sum_i (1 - E[(1 - p_i)^A]) types are left on average, A as in "
        "A15, and the diversity of the table and that of its contexts both keep the part "
        "(1 - 1/M)^n. From a Zipf start the types fall as in E03b."
    ),
    quantities=(
        Quantity(
            "types",
            "mean number of n-gram types left after n generations",
            r"\mathbb{E}\,\#\mathrm{types}_n",
            Relation.EQUALS,
            TYPES,
        ),
        Quantity(
            "joint-diversity",
            "mean diversity of the table of n-grams",
            r"\mathbb{E}[H_n]",
            Relation.EQUALS,
            JOINT,
        ),
        Quantity(
            "context-diversity",
            "mean diversity of the contexts, the blocks of V entries of p",
            r"\mathbb{E}[H^{\mathrm{context}}_n]",
            Relation.EQUALS,
            CONTEXT,
        ),
    ),
    domain=Domain((ANY_LAW, DIVERSITY, WIDTH, SAMPLES, GENERATIONS), (SOME_CONTEXTS,)),
    sources=(Source("derived here", "A02 and A15 on the joint table"),),
    derive=derive_types,
)


def derive_zipf_types() -> Derivation:
    """Return the derivation of the number of types from a Zipf start."""
    return Derivation(
        (
            TABLE_AGAIN,
            Premise("zipf", "The n-gram of rank i has chance i^(-b) / zeta(b), b > 1."),
        ),
        (
            Citation(
                "types",
                "The n-grams are the categories of A35, the types those that are left.",
                "renaming of the categories",
                "this catalogue, A35",
                (
                    Hypothesis("the table is one law over categories", "table"),
                    Hypothesis("a Zipf start", "zipf"),
                    Hypothesis("the number of categories left", "A35"),
                ),
                gives=VOCABULARY,
                concludes=("types",),
            ),
        ),
    )


ZIPF_TYPES = Claim(
    code="E03b",
    id="language.zipf-types",
    title="From a Zipf start the n-gram types fall like n^(-1/b) for 1 << n << M",
    statement=(
        "If the n-gram of rank i has chance i^(-b) / zeta(b), the mean number of types left of a "
        "table drawn again as a whole is within 1 + (s_0 + ... + s_{n-1}) / e of "
        "Gamma(1-1/b) (M s_{n-1} / zeta(b))^(1/b), s_k as in A18 and s_{n-1} ~ 2/n."
    ),
    quantities=(
        Quantity(
            "types",
            "mean number of n-gram types left after n generations",
            r"\mathbb{E}\,\#\mathrm{types}_n",
            Relation.TENDS_TO,
            VOCABULARY,
            order=Order(s.M, SPREAD, 1),
        ),
    ),
    domain=Domain((EXPONENT, SAMPLES, FROM_ONE)),
    sources=(Source("derived here", "A35 on the joint table"),),
    derive=derive_zipf_types,
    expected=Expected.ORDER_AND_RANGE,
)

CLAIMS = (NGRAM_TYPES, ZIPF_TYPES)
