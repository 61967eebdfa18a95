"""When a run ends: the law of the collapse time and its mean, for any number of categories."""

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import Citation, Derivation, Hypothesis, Identity, Inequality
from theory.discrete.absorption import COLLAPSE_TIME, GINI_SIMPSON, MEAN_DIVERSITY
from theory.discrete.diversity import RESAMPLING, total_expectation
from theory.discrete.lineages import ANCESTORS, ORDER, unfolded
from theory.domain import ANY_LAW, GENERATIONS, LAW, SAMPLES, Domain
from theory.lineage_times import AgreementTime
from theory.lineages import LineagePower

LATER = GENERATIONS.at_least(2)
EVERYWHERE = Domain((LAW, SAMPLES))


def over_categories(term: sp.Expr) -> sp.Expr:
    """Return the sum of a term over the categories i."""
    return sp.Sum(term, (s.i, 1, s.K))


COLLAPSED = over_categories(LineagePower(s.p[s.i], s.M, s.M, s.n - 1))
AGREEING = over_categories(s.p[s.i] ** s.M)


def derive_collapse_law() -> Derivation:
    """Return the derivation of P(T <= n) = E[sum_i p_i^A]."""
    return Derivation(
        (RESAMPLING, COLLAPSE_TIME, ANCESTORS),
        (
            total_expectation(
                "tower",
                "Given the law of generation n - 1, all M draws are of category i with probability "
                "p_{n-1,i}^M, and these events exclude each other: P(T <= n) is the sum of the "
                "moments E[p_{n-1,i}^M].",
                "resampling",
            ),
            Identity(
                "M lineages",
                "They are moments of order M (A08): M draws are of category i when their A "
                "ancestors are. From n = 2 on, unfolding the first generation gives the same;",
                over_categories(unfolded(LineagePower(s.j / s.M, s.M, s.M, s.n - 2), s.p[s.i])),
                COLLAPSED,
                Domain((LAW, SAMPLES, LATER)),
                concludes=("collapsed",),
                uses=("A08",),
            ),
            Identity(
                "one generation",
                "for n = 1 it is the chance that one sample is all of one category.",
                COLLAPSED.subs(s.n, 1),
                AGREEING,
                EVERYWHERE,
            ),
        ),
    )


COLLAPSE_LAW = Claim(
    code="A14",
    id="discrete.collapse-law",
    title="P(T <= n) = E[sum p_i^A]: a run has ended when the ancestors of its draws agree",
    statement=(
        "Only one category is left at generation n with probability E[sum_i p_i^A], A the "
        "ancestors of M draws n - 1 generations back, for any number of categories. A start with "
        "a single category has ended at once."
    ),
    quantities=(
        Quantity(
            "collapsed",
            "probability that one category is left by generation n",
            r"\mathbb{P}(T \le n)",
            Relation.EQUALS,
            COLLAPSED,
        ),
    ),
    domain=Domain((ANY_LAW, SAMPLES, GENERATIONS.at_least(1))),
    sources=(
        Source("Kingman 1982, Stochastic Processes and their Applications 13", "duality"),
        Source("derived here", "the sum over categories"),
    ),
    derive=derive_collapse_law,
)

#: P(T > 0): 1, or 0 where p is a single category.
STARTED = sp.sign(GINI_SIMPSON)
#: The first generation, and those after it.
MEAN_TIME = STARTED + AgreementTime(s.p, s.M, s.M)


def one_step(lineages: sp.Expr, function: sp.Expr) -> sp.Expr:
    """Return sum_j T[k,j] function(j) for k lineages, with T[k,j] written out."""
    onto = sp.Sum(
        (-1) ** (s.j - s.i) * sp.binomial(s.j, s.i) * (s.i / s.M) ** lineages, (s.i, 0, s.j)
    )
    return sp.Sum(sp.binomial(s.M, s.j) * function * onto, (s.j, 1, lineages))


def derive_mean_collapse_time() -> Derivation:
    """Return the derivation of E T by the triangular recursion."""
    differing = sp.Sum(
        1 - over_categories(LineagePower(s.p[s.i], s.M, s.M, s.j)), (s.j, 0, s.n - 1)
    )
    whole = AgreementTime(s.p, s.M, s.M)
    return Derivation(
        (RESAMPLING, COLLAPSE_TIME, ANCESTORS),
        (
            Citation(
                "sum of tails",
                "E T = P(T > 0) + sum over m >= 1 of P(T > m), and P(T > 0) = 1 unless p is a "
                "single category.",
                "mean of a nonnegative integer as the sum of its tails",
                "Billingsley, Probability and Measure, section 21",
                (
                    Hypothesis("T counts generations", "collapse time"),
                    Hypothesis("T is finite almost surely", "A05"),
                ),
            ),
            Inequality(
                "tails add up",
                "P(T > m + 1) = 1 - E[sum_i p_i^(A_m)] (A14): any number of these terms adds up "
                "to no more than g(M),",
                differing,
                whole,
                Domain((LAW, SAMPLES.at_least(2), GENERATIONS.at_least(1))),
                uses=("A14",),
            ),
            Inequality(
                "nothing is left out",
                "and what is missing is at most the sum of M E[H_m] from m = n + 1 on (A10), which "
                "falls to 0.",
                whole,
                differing + s.M**2 * MEAN_DIVERSITY,
                Domain((LAW, SAMPLES.at_least(2), GENERATIONS.at_least(1))),
                uses=("A10",),
            ),
            Identity(
                "one step back",
                "The recursion: k lineages differ with probability 1 - f(k), and are j lineages a "
                "generation further back.",
                1 - over_categories(s.p[s.i] ** s.k)
                + one_step(s.k, AgreementTime(s.p, s.j, s.M)),
                AgreementTime(s.p, s.k, s.M),
                Domain((LAW, ORDER, SAMPLES)),
            ),
            Identity(
                "all draws",
                "It begins with M lineages in generation 1, of which every run needs one.",
                STARTED + 1 - AGREEING + one_step(s.M, AgreementTime(s.p, s.j, s.M)),
                MEAN_TIME,
                EVERYWHERE,
                concludes=("mean",),
            ),
        ),
    )  # fmt: skip


MEAN_COLLAPSE_TIME = Claim(
    code="A11",
    id="discrete.mean-collapse-time",
    title="The mean collapse time is one triangular recursion, whatever the categories",
    statement=(
        "E T = 1 + g(M) with g(1) = 0 and g(k) = (1 - f(k) + sum_{j<k} T[k,j] g(j)) / "
        "(1 - T[k,k]), f(k) = sum_i p_i^k: as many unknowns as draws, not as count vectors. "
        "By convention E T = 0 where p is a single category."
    ),
    quantities=(
        Quantity(
            "mean",
            "mean number of generations until one category is left",
            r"\mathbb{E}\,T",
            Relation.EQUALS,
            MEAN_TIME,
        ),
    ),
    domain=Domain((ANY_LAW, SAMPLES)),
    sources=(Source("derived here", "ancestral duality turns K categories into one recursion"),),
    derive=derive_mean_collapse_time,
)

CLAIMS = (COLLAPSE_LAW, MEAN_COLLAPSE_TIME)
