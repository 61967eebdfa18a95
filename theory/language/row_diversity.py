"""Conditional diversity of a table of pairs after one generation: each row counts by its draws."""

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import Derivation, Identity, Premise
from theory.discrete.diversity import BINOMIAL
from theory.domain import RARE, SAMPLES, Condition, Domain, Kind, Parameter

p_a = sp.Symbol("p_a", positive=True)
H_a = sp.Symbol("H_a", nonnegative=True)
V = sp.Symbol("V", integer=True, positive=True)
pairs = sp.IndexedBase("pairs", nonnegative=True)

CONTEXT = Parameter(
    "p_a", p_a, "chance that a draw is of context a", Kind.REAL, 0, 1, low_open=True, aliases=("p",)
)
ROW = Parameter(
    "H_a",
    H_a,
    "diversity of the row of context a (or give row, its law)",
    Kind.REAL,
    0,
    1,
    False,
    True,
    aliases=("H",),
)
TABLE = Parameter("pairs", pairs, "law of the pairs, context by context", Kind.LAW)
WIDTH = Parameter("V", V, "pairs of each context (the last may have fewer)", Kind.INTEGER, low=1)
SOME_CONTEXTS = Condition(V, s.K)

TABLES = Premise(
    "table",
    "M pairs of a context and a next value are drawn independently; N_a of them have context a, "
    "and the fitted row of a is the share of each next value among these. Its diversity H_a' "
    "counts with the share N_a / M of the draws, so an unseen row counts with 0.",
)

#: P(N_a = j), and the law of one row's part.
COUNT = BINOMIAL.subs(s.q, p_a)
ROW_PART = p_a * H_a - H_a * (1 - (1 - p_a) ** s.M) / s.M

#: Context i holds pairs (i-1) V + 1 to i V, as far as they go.
CONTEXTS = sp.floor((s.K - 1) / V) + 1


def context_sum(table: sp.IndexedBase, power: int) -> sp.Expr:
    """Return the sum of p_ab^power over the pairs of context i."""
    last = sp.Min(s.i * V, s.K)
    return sp.Sum(table[s.j] ** power, (s.j, (s.i - 1) * V + 1, last))


SHARE = context_sum(pairs, 1)
#: p_a H_a, from the pairs of context i.
WEIGHED = SHARE - context_sum(pairs, 2) / SHARE
TABLE_PART = sp.Sum(WEIGHED * (1 - (1 - (1 - SHARE) ** s.M) / (s.M * SHARE)), (s.i, 1, CONTEXTS))


def derive_conditional_diversity() -> Derivation:
    """Return the derivation of the conditional diversity after one generation."""
    row = (CONTEXT, ROW, SAMPLES)
    return Derivation(
        (TABLES,),
        (
            Identity(
                "second moment",
                "Given N_a = k >= 1, the share of a value has this mean square: the row keeps the "
                "part 1 - 1/k of its diversity.",
                sp.Sum((s.j / s.k) ** 2 * BINOMIAL.subs(s.M, s.k), (s.j, 0, s.k)),
                s.q**2 + s.q * (1 - s.q) / s.k,
                Domain((RARE, Parameter("k", s.k, "draws", Kind.INTEGER, low=1))),
            ),
            Identity(
                "one row",
                "Its weight is k/M, and k (1 - 1/k) = k - [k >= 1].",
                sp.Sum(COUNT * s.j / s.M * H_a * (1 - 1 / s.j), (s.j, 1, s.M)),
                ROW_PART,
                Domain(row),
                concludes=("row",),
            ),
            Identity(
                "all rows",
                "Each context takes its share of the table, whatever the others do.",
                sp.Sum(
                    ROW_PART.subs({p_a: SHARE, H_a: 1 - context_sum(pairs, 2) / SHARE**2}),
                    (s.i, 1, CONTEXTS),
                ),
                TABLE_PART,
                Domain((TABLE, WIDTH, SAMPLES), (SOME_CONTEXTS,)),
                concludes=("conditional",),
            ),
        ),
    )


CONDITIONAL_DIVERSITY = Claim(
    code="E04",
    id="language.conditional-diversity",
    title="One generation takes H_a times the chance of seeing context a, over M, from each row",
    statement=(
        "Of M independent pairs N_a have context a. Weighed with the share N_a / M of the draws, "
        "the fitted row of a has mean diversity p_a H_a - H_a (1 - (1-p_a)^M) / M; summed over the "
        "contexts this is the mean conditional diversity after one generation. It needs no premise "
        "on what happens to an unseen row, which weighs nothing."
    ),
    quantities=(
        Quantity(
            "row",
            "mean of N_a / M times the diversity of the fitted row of a",
            r"\mathbb{E}[(N_a / M) H_a']",
            Relation.EQUALS,
            ROW_PART,
        ),
        Quantity(
            "conditional",
            "mean conditional diversity of the fitted table",
            r"\mathbb{E}\sum_a (N_a / M) H_a'",
            Relation.EQUALS,
            TABLE_PART,
        ),
    ),
    domain=Domain((CONTEXT, ROW, TABLE, WIDTH, SAMPLES), (SOME_CONTEXTS,)),
    sources=(Source("derived here", "the row by conditioning on its count"),),
    derive=derive_conditional_diversity,
)

CLAIMS = (CONDITIONAL_DIVERSITY,)
