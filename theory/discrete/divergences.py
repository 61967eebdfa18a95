"""Distances between the fitted law and the real one: total variation, chi-square, KL."""

from dataclasses import replace

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import Citation, Derivation, Hypothesis, Identity, Inequality, Premise
from theory.discrete.diversity import BINOMIAL, RESAMPLING
from theory.discrete.lineages import unfolded
from theory.discrete.low_moments import COMPONENT
from theory.discrete.spectrum import CATEGORIES
from theory.discrete.tails import LOST_FOR_EVER
from theory.domain import (
    CATEGORY,
    DIVERSITY,
    GENERATIONS,
    LAW,
    RARE,
    SAMPLES,
    Condition,
    Domain,
    Kind,
    Parameter,
)

DRAWS = Parameter("j", s.j, "draws of the category, 0 to M", Kind.INTEGER, low=0)
SHARE = s.p[s.i]
BETWEEN = Parameter("x", s.x, "share of a category", Kind.REAL, 0, 1, True, True)
KINDS = replace(CATEGORIES, default=None)
BOUNDED_CONVERGENCE = "bounded convergence theorem"
BILLINGSLEY_16 = "Billingsley, Probability and Measure, section 16"


DIVERGENCES = Premise(
    "divergences",
    "KL(a || b) is the sum of a_i ln(a_i / b_i) over the i with a_i > 0: never negative, "
    "continuous in a where every b_i > 0, infinite where b_i = 0 < a_i.",
)


# --- total variation -----------------------------------------------------------------------------


def partial(draws: sp.Expr, share: sp.Expr) -> sp.Expr:
    """Return the mean of X - M share over X >= draws, for a binomial count X."""
    ways = sp.binomial(s.M, draws) * share**draws * (1 - share) ** (s.M - draws + 1)
    return draws * ways


def first_above(share: sp.Expr) -> sp.Expr:
    """Return the smallest number of draws above the mean."""
    return sp.floor(s.M * share) + 1


def distance(share: sp.Expr) -> sp.Expr:
    """Return |j / M - share|."""
    return sp.Max(s.j / s.M - share, share - s.j / s.M)


def deviation(share: sp.Expr) -> sp.Expr:
    """Return the mean of |X / M - share| for a binomial count X."""
    return 2 / s.M * partial(first_above(share), share)


DEVIATION = deviation(SHARE)
TOTAL_VARIATION = sp.Sum(deviation(SHARE) / 2, (s.i, 1, s.K))


def _one_generation_steps() -> tuple[Identity, ...]:
    """Return the steps to the mean absolute deviation and the mean total variation."""
    return (
        Identity(
            "one term",
            "(j - M q) P(X = j) is a difference of neighbours,",
            (s.j - s.M * s.q) * BINOMIAL,
            partial(s.j, s.q) - partial(s.j + 1, s.q),
            Domain((RARE, SAMPLES, DRAWS), (Condition(s.j, s.M + 1),)),
        ),
        Identity(
            "above the mean",
            "so that the sum from v = floor(M q) + 1 on, all its terms positive, is its first one.",
            sp.Sum((s.j - s.M * s.q) * BINOMIAL, (s.j, first_above(s.q), s.M)),
            partial(first_above(s.q), s.q),
            Domain((RARE, SAMPLES)),
        ),
        Identity(
            "both sides",
            "As much lies below the mean as above: the mean absolute deviation is twice that.",
            unfolded(distance(SHARE), SHARE),
            DEVIATION,
            Domain((LAW, CATEGORY, SAMPLES)),
            concludes=("deviation",),
        ),
        Identity(
            "total variation",
            "Half the sum over the categories.",
            sp.Sum(unfolded(distance(SHARE), SHARE) / 2, (s.i, 1, s.K)),
            TOTAL_VARIATION,
            Domain((LAW, SAMPLES)),
            concludes=("total-variation",),
        ),
    )


def derive_total_variation() -> Derivation:
    """Return the derivation of the mean total variation after one generation and in the end."""
    vertex = (1 - SHARE + sp.Sum(s.p[s.j], (s.j, 1, s.K)) - SHARE) / 2
    return Derivation(
        (RESAMPLING,),
        (
            *_one_generation_steps(),
            Identity(
                "at a vertex",
                "Where category i holds everything, half of 1 - p_i plus the sum of the others is",
                vertex,
                1 - SHARE,
                Domain((LAW, CATEGORY)),
            ),
            Citation(
                "in the end",
                "Category i remains with probability p_i, so the mean tends to sum p_i (1 - p_i).",
                BOUNDED_CONVERGENCE,
                BILLINGSLEY_16,
                (
                    Hypothesis("one category remains, and it is i with probability p_i", "A05"),
                    Hypothesis("the distance is then 1 - p_i", "at a vertex"),
                    Hypothesis("it is at most 1: half the distance of two laws", "resampling"),
                ),
            ),
            Identity(
                "limit",
                "That is the diversity of the start.",
                sp.Sum(SHARE * (1 - SHARE), (s.i, 1, s.K)),
                s.H0,
                Domain((LAW, DIVERSITY)),
                concludes=("limit",),
            ),
        ),
    )


TOTAL_VARIATION_CLAIM = Claim(
    code="A30",
    id="discrete.total-variation",
    title="Total variation: de Moivre's deviation after one generation, H_0 in the end",
    statement=(
        "After one generation the share of a category lies on average (2/M) v C(M,v) p_i^v "
        "(1-p_i)^(M-v+1) away from p_i, v = floor(M p_i) + 1; half the sum over the categories is "
        "the mean total variation. As n grows, the mean total variation to the real law tends to "
        "the diversity H_0, whatever M."
    ),
    quantities=(
        Quantity(
            "deviation",
            "mean absolute deviation of category i after one generation",
            r"\mathbb{E}\lvert p_{1,i} - p_i\rvert",
            Relation.EQUALS,
            DEVIATION,
        ),
        Quantity(
            "total-variation",
            "mean total variation to the real law after one generation",
            r"\mathbb{E}\,\tfrac12\lVert p_1 - p\rVert_1",
            Relation.EQUALS,
            TOTAL_VARIATION,
        ),
        Quantity(
            "limit",
            "mean total variation to the real law as n grows",
            r"\mathbb{E}\,\tfrac12\lVert p_n - p\rVert_1",
            Relation.TENDS_TO,
            s.H0,
        ),
    ),
    domain=Domain((LAW, DIVERSITY, CATEGORY, SAMPLES)),
    sources=(
        Source("de Moivre 1730, Miscellanea Analytica", "mean absolute deviation"),
        Source("derived here", "the limit"),
    ),
    derive=derive_total_variation,
)


# --- chi-square ----------------------------------------------------------------------------------

CHI_SQUARE = (s.K - 1) * (1 - (1 - 1 / s.M) ** s.n)


def derive_chi_square() -> Derivation:
    """Return the derivation of E chi2(p_n || p)."""
    return Derivation(
        (RESAMPLING,),
        (
            Identity(
                "sum of variances",
                "chi2 is the sum of (p_{n,i} - p_i)^2 / p_i, whose means are the variances of A03 "
                "over p_i: p_i cancels.",
                sp.Sum(COMPONENT / SHARE, (s.i, 1, s.K)),
                CHI_SQUARE,
                Domain((LAW, SAMPLES, GENERATIONS)),
                concludes=("divergence",),
                uses=("A03",),
            ),
        ),
    )


CHI_SQUARE_CLAIM = Claim(
    code="A31",
    id="discrete.chi-square",
    title="The mean chi-square divergence depends on the number of categories alone",
    statement=(
        "The mean chi-square divergence of the fitted law from the real one is K - 1 times the "
        "share of the diversity that is lost: the same for every real law with K categories."
    ),
    quantities=(
        Quantity(
            "divergence",
            "mean chi-square divergence from the real law",
            r"\mathbb{E}\,\chi^2(p_n \,\|\, p)",
            Relation.EQUALS,
            CHI_SQUARE,
        ),
    ),
    domain=Domain((LAW, KINDS, SAMPLES, GENERATIONS)),
    sources=(Source("derived here", "from A03"),),
    derive=derive_chi_square,
)


# --- Kullback-Leibler ----------------------------------------------------------------------------

ENTROPY = -sp.Sum(SHARE * sp.log(SHARE), (s.i, 1, s.K))
SOME_LOST = (1 - SHARE) ** s.M + SHARE**s.M


def _limit_steps() -> tuple[Inequality | Citation | Identity, ...]:
    """Return the steps to lim E KL(p_n || p) = S(p)."""
    return (
        Inequality(
            "bounded",
            "x ln x < 0, so KL(p_n || p), the sum of p_{n,i} ln p_{n,i} + p_{n,i} ln(1 / p_i), is "
            "at most the largest ln(1 / p_i).",
            s.x * sp.log(s.x),
            sp.Integer(0),
            Domain((BETWEEN,)),
            strict=True,
        ),
        Citation(
            "in the end",
            "Category i holds everything with probability p_i, and KL is then ln(1 / p_i).",
            BOUNDED_CONVERGENCE,
            BILLINGSLEY_16,
            (
                Hypothesis("one category remains, and it is i with probability p_i", "A05"),
                Hypothesis("KL(p_n || p) is bounded above", "bounded"),
                Hypothesis("KL is not negative and continuous in p_n", "divergences"),
            ),
        ),
        Identity(
            "limit",
            "The mean of that is the entropy of the start.",
            sp.Sum(SHARE * sp.log(1 / SHARE), (s.i, 1, s.K)),
            ENTROPY,
            Domain((LAW,)),
            concludes=("limit",),
        ),
    )


def derive_kl() -> Derivation:
    """Return the derivation of lim E KL(p_n || p) and of how often KL(p || p_n) is infinite."""
    return Derivation(
        (RESAMPLING, LOST_FOR_EVER, DIVERGENCES),
        (
            *_limit_steps(),
            Identity(
                "none or all",
                "No draw is of category i, or all are and every other category is lost.",
                1 - sp.Sum(BINOMIAL.subs(s.q, SHARE), (s.j, 1, s.M - 1)),
                SOME_LOST,
                Domain((LAW, CATEGORY, SAMPLES)),
            ),
            Citation(
                "infinite",
                "Whatever else is lost, now or later, only adds to the probability. It is "
                "positive, so the mean of KL(p || p_n) is infinite.",
                "monotonicity of probability",
                "Billingsley, Probability and Measure, section 2",
                (
                    Hypothesis("a category is lost in generation 1", "none or all"),
                    Hypothesis("and stays lost", "lost for ever"),
                    Hypothesis("KL(p || p_n) is then infinite", "divergences"),
                ),
                gives=SOME_LOST,
                concludes=("infinite",),
            ),
        ),
    )


KL_CLAIM = Claim(
    code="A32",
    id="discrete.kl-divergence",
    title="KL to the real law tends to its entropy; the reverse is infinite in the mean at once",
    statement=(
        "As n grows, the mean of KL(p_n || p) tends to the entropy S(p) in nats. From the first "
        "generation on, KL(p || p_n) is infinite whenever a category is lost: with probability "
        "(1-p_i)^M + p_i^M > 0 or more, for any category i (an equality for two categories and "
        "n = 1). So E KL(p || p_n) is infinite for every n >= 1, whatever M."
    ),
    quantities=(
        Quantity(
            "limit",
            "mean KL divergence from the real law as n grows, in nats",
            r"\mathbb{E}\,\mathrm{KL}(p_n \,\|\, p)",
            Relation.TENDS_TO,
            ENTROPY,
        ),
        Quantity(
            "infinite",
            "probability that KL(p || p_n) is infinite, n >= 1",
            r"\mathbb{P}(\mathrm{KL}(p \,\|\, p_n) = \infty)",
            Relation.AT_LEAST,
            SOME_LOST,
        ),
    ),
    domain=Domain((LAW, CATEGORY, SAMPLES, GENERATIONS.at_least(1))),
    sources=(Source("derived here", "from A05"),),
    derive=derive_kl,
)

CLAIMS = (TOTAL_VARIATION_CLAIM, CHI_SQUARE_CLAIM, KL_CLAIM)
