"""How resampling ends: where, for certain, and how long it can take."""

from dataclasses import replace
from fractions import Fraction

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import (
    PREVIOUS,
    Citation,
    Derivation,
    Hypothesis,
    Induction,
    Inequality,
    Premise,
)
from theory.discrete.diversity import RESAMPLING
from theory.discrete.last_pair import CONSTANT, constant_steps
from theory.domain import (
    CATEGORY,
    DIVERSITY,
    GENERATIONS,
    LAW,
    SAMPLES,
    Condition,
    Domain,
    Kind,
    Parameter,
)

SAMPLES_FROM_TWO = SAMPLES.at_least(2)
GENERATIONS_FROM_ONE = GENERATIONS.at_least(1)
#: More than one category at the start: with H_0 = 0 there is nothing to lose.
SOME_DIVERSITY = replace(DIVERSITY, low_open=True)
COUNT = Parameter("j", s.j, "draws of one category", Kind.INTEGER, low=1)
POSITIVE = Parameter("x", s.x, "any positive number", Kind.REAL, 0, low_open=True)
NOT_MORE_THAN_DRAWS = Condition(s.K, s.M + 1)

COLLAPSE_TIME = Premise(
    "collapse time",
    "T is the first generation in which one category holds all M draws: the run is absorbed, the "
    "law never moves again, and H_n = 0 from there on.",
)

ONE_STEP = s.M ** (1 - s.M)
SMALLEST_DIVERSITY = 2 * (s.M - 1) / s.M**2
MEAN_DIVERSITY = s.H0 * (1 - 1 / s.M) ** s.n
TAIL_BOUND = MEAN_DIVERSITY / SMALLEST_DIVERSITY
GINI_SIMPSON = 1 - sp.Sum(s.p[s.j] ** 2, (s.j, 1, s.K))


def derive_absorption() -> Derivation:
    """Return the derivation that absorption is certain and hits category i with p_i."""
    return Derivation(
        (RESAMPLING, COLLAPSE_TIME),
        (
            Inequality(
                "all in one",
                "From generation 1 on at most M categories are alive, K of them say; all M draws "
                "fall into one and the same with probability sum p_i^M >= K^(1-M) >= M^(1-M).",
                ONE_STEP,
                sp.Sum(s.p[s.i] ** s.M, (s.i, 1, s.K)),
                Domain((LAW, SAMPLES), (NOT_MORE_THAN_DRAWS,)),
            ),
            Induction(
                "survival",
                "Hence P(T > n + 1) <= (1 - M^(1-M))^n.",
                s.n,
                sp.Integer(1),
                (1 - ONE_STEP) * PREVIOUS,
                (1 - ONE_STEP) ** s.n,
                Domain((SAMPLES, GENERATIONS)),
            ),
            Citation(
                "certain",
                "The events T > n shrink to T = oo, and their probabilities fall to 0.",
                "continuity of probability from above",
                "Billingsley, Probability and Measure, section 2",
                (
                    Hypothesis("the events shrink: what is absorbed stays so", "collapse time"),
                    Hypothesis("a power of a number below 1 bounds them", "survival"),
                ),
                gives=sp.Integer(1),
                concludes=("certainty",),
            ),
            Citation(
                "mean at the end",
                "p_{n,i} tends to 1 where category i wins and to 0 elsewhere, and its mean is p_i "
                "all along: so P(i wins) = p_i.",
                "bounded convergence theorem",
                "Billingsley, Probability and Measure, section 16",
                (
                    Hypothesis("p_{n,i} converges almost surely", "certain"),
                    Hypothesis("it lies between 0 and 1", "resampling"),
                    Hypothesis("its mean is p_i at every n", "A01"),
                ),
                gives=s.p[s.i],
                concludes=("absorption",),
            ),
        ),
    )


ABSORPTION = Claim(
    code="A05",
    id="discrete.absorption",
    title="Every run ends in one category, category i with probability p_i",
    statement=(
        "With a fixed number of samples, resampling ends almost surely with one category holding "
        "everything; the chance that it is category i is its real probability."
    ),
    quantities=(
        Quantity(
            "absorption",
            "probability that category i is the one that remains",
            r"\mathbb{P}(p_{n,i} = 1 \text{ eventually})",
            Relation.EQUALS,
            s.p[s.i],
        ),
        Quantity(
            "certainty",
            "probability that one category remains in the end",
            r"\mathbb{P}(T < \infty)",
            Relation.EQUALS,
            sp.Integer(1),
        ),
    ),
    domain=Domain((LAW, CATEGORY, SAMPLES)),
    sources=(
        Source("Wright 1931, Genetics 16", "fixation"),
        Source("Shumailov et al. 2023, arXiv:2305.17493v3", "section 4.1 and appendix A.1"),
    ),
    derive=derive_absorption,
)


def smallest_diversity() -> tuple[Inequality, Inequality]:
    """Return the steps to H >= 2 (M-1) / M^2 for counts of M draws in two categories or more."""
    return (
        Inequality(
            "one against the rest",
            "Two draws differ at least when just one of them is of category i.",
            2 * s.p[s.i] * (1 - s.p[s.i]),
            GINI_SIMPSON,
            Domain((LAW, CATEGORY)),
        ),
        Inequality(
            "smallest diversity",
            "A living category that is not alone has 1..M-1 of the M draws: not absorbed, H_n is "
            "at least 2 (M-1) / M^2.",
            SMALLEST_DIVERSITY,
            2 * (s.j / s.M) * (1 - s.j / s.M),
            Domain((SAMPLES_FROM_TWO, COUNT), (Condition(s.j, s.M),)),
        ),
    )


def derive_tail_bound() -> Derivation:
    """Return the derivation of P(T > n) <= H_0 (1-1/M)^n M^2 / (2 (M-1))."""
    return Derivation(
        (RESAMPLING, COLLAPSE_TIME),
        (
            *smallest_diversity(),
            Citation(
                "tail",
                "T > n means H_n >= 2 (M-1) / M^2, so P(T > n) <= E[H_n] M^2 / (2 (M-1)).",
                "Markov's inequality",
                "Billingsley, Probability and Measure, section 21",
                (
                    Hypothesis("H_n is not negative", "resampling"),
                    Hypothesis("for n >= 1, T > n keeps H_n from 0", "smallest diversity"),
                    Hypothesis("E[H_n] = H_0 (1-1/M)^n", "A02"),
                ),
                gives=TAIL_BOUND,
                concludes=("tail",),
            ),
        ),
    )


COLLAPSE_TAIL = Claim(
    code="A09",
    id="discrete.collapse-tail",
    title="The collapse time has a geometric tail",
    statement=(
        "The chance that two or more categories are left after n generations is at most the mean "
        "diversity divided by the smallest diversity that M draws can have, 2 (M-1) / M^2; this "
        "is an equality for M = 2, and for M = 3 with two categories."
    ),
    quantities=(
        Quantity(
            "tail",
            "probability that more than one category is left after n generations",
            r"\mathbb{P}(T > n)",
            Relation.AT_MOST,
            TAIL_BOUND,
        ),
    ),
    domain=Domain((LAW, DIVERSITY, SAMPLES_FROM_TWO, GENERATIONS_FROM_ONE)),
    sources=(Source("derived here", "Markov's inequality on the diversity"),),
    derive=derive_tail_bound,
)


def _sandwich() -> tuple[Inequality | Citation, ...]:
    """Return the steps to H_n <= [T > n] <= M H_n in the mean."""
    monotone = "monotonicity of expectation"
    place = "Billingsley, Probability and Measure, section 15"
    return (
        Inequality(
            "below one",
            "The diversity is a probability.",
            GINI_SIMPSON,
            sp.Integer(1),
            Domain((LAW,)),
            strict=True,
        ),
        Citation(
            "lower half",
            "H_n <= [T > n], so E[H_n] <= P(T > n).",
            monotone,
            place,
            (
                Hypothesis("H_n <= 1", "below one"),
                Hypothesis("H_n = 0 once absorbed", "collapse time"),
                Hypothesis("E[H_n] = H_0 (1-1/M)^n", "A02"),
            ),
            gives=MEAN_DIVERSITY,
            concludes=("lower",),
        ),
        *smallest_diversity(),
        Inequality(
            "M times",
            "So M H_n >= 2 (M-1) / M >= 1 as long as the run is not absorbed.",
            sp.Integer(1),
            s.M * SMALLEST_DIVERSITY,
            Domain((SAMPLES_FROM_TWO,)),
        ),
        Citation(
            "upper half",
            "[T > n] <= M H_n, so P(T > n) <= M E[H_n].",
            monotone,
            place,
            (
                Hypothesis("for n >= 1, T > n keeps H_n from 0", "smallest diversity"),
                Hypothesis("M H_n >= 1 then", "M times"),
                Hypothesis("E[H_n] = H_0 (1-1/M)^n", "A02"),
            ),
            gives=s.M * MEAN_DIVERSITY,
            concludes=("upper",),
        ),
    )


def derive_collapse_rate() -> Derivation:
    """Return the derivation of the sandwich, of the rate in it, and of the constant."""
    start = Premise("two categories", "p gives two categories or more a chance, so H_0 > 0.")
    return Derivation(
        (RESAMPLING, COLLAPSE_TIME, start),
        (
            *_sandwich(),
            Inequality(
                "roots",
                "Bernoulli's inequality: the n-th root of M H_0 is at most 1 + (M H_0 - 1) / n, "
                "that of 1 / H_0 at most 1 + (1 / H_0 - 1) / n, and both bounds tend to 1.",
                s.x ** (1 / s.n),
                1 + (s.x - 1) / s.n,
                Domain((POSITIVE, GENERATIONS_FROM_ONE)),
            ),
            Citation(
                "squeeze",
                "The n-th root of P(T > n) lies between (1-1/M) H_0^(1/n) and "
                "(1-1/M) (M H_0)^(1/n).",
                "squeeze theorem",
                "Rudin, Principles of Mathematical Analysis, theorem 3.19",
                (
                    Hypothesis("the root of P(T > n) is bounded below", "lower half"),
                    Hypothesis("and above", "upper half"),
                    Hypothesis("the constants have roots", "two categories"),
                    Hypothesis("that tend to 1", "roots"),
                ),
                gives=1 - 1 / s.M,
                concludes=("rate",),
            ),
            *constant_steps(),
        ),
    )


COLLAPSE_RATE = Claim(
    code="A10",
    id="discrete.collapse-rate",
    title="The collapse time decays at the rate 1 - 1/M exactly, whatever the categories",
    statement=(
        "From generation 1 on, the chance that a run has not ended lies between the mean "
        "diversity and M times the mean diversity; its n-th root therefore tends to 1 - 1/M. It is "
        "C (1-1/M)^n in the end, C = H_0 u(M) / (1-1/M) = H_0 / E[H], where E[H] is the mean "
        "diversity of a run that has long been open, u(1) = 0, u(2) = 1, and T u = (1-1/M) u for "
        "the matrix T[k,j] = S2(k,j) ff(M,j) / M^k of the lineages: C / H_0 depends on M alone."
    ),
    quantities=(
        Quantity(
            "constant",
            "limit of P(T > n) (1-1/M)^(-n) as n grows",
            r"\lim_n \mathbb{P}(T > n) (1 - 1/M)^{-n}",
            Relation.EQUALS,
            CONSTANT,
        ),
        Quantity(
            "rate",
            "n-th root of the probability that more than one category is left",
            r"\mathbb{P}(T > n)^{1/n}",
            Relation.TENDS_TO,
            1 - 1 / s.M,
        ),
        Quantity(
            "lower",
            "probability that more than one category is left, bounded below",
            r"\mathbb{P}(T > n)",
            Relation.AT_LEAST,
            MEAN_DIVERSITY,
            slack=Fraction(8, 5),
        ),
        Quantity(
            "upper",
            "probability that more than one category is left, bounded above",
            r"\mathbb{P}(T > n)",
            Relation.AT_MOST,
            s.M * MEAN_DIVERSITY,
        ),
    ),
    domain=Domain((LAW, SOME_DIVERSITY, SAMPLES_FROM_TWO, GENERATIONS_FROM_ONE)),
    sources=(
        Source("Ewens, Mathematical Population Genetics", "the rate"),
        Source("derived here", "the sandwich, the constant"),
    ),
    derive=derive_collapse_rate,
)

CLAIMS = (ABSORPTION, COLLAPSE_TAIL, COLLAPSE_RATE)
