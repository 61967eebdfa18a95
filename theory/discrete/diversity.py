"""What resampling keeps on average (the probabilities) and what it loses (the diversity)."""

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.coalescence import replace_factor
from theory.derivation import (
    PREVIOUS,
    Citation,
    Derivation,
    Hypothesis,
    Identity,
    Induction,
    Premise,
)
from theory.domain import (
    CATEGORY,
    DIVERSITY,
    GENERATIONS,
    LAW,
    RARE,
    SAMPLES,
    SCHEDULE,
    Domain,
)

RESAMPLING = Premise(
    "resampling",
    "Given p_n, the counts X of M draws are multinomial(M, p_n), and p_{n+1} = X / M.",
)
#: P(X_i = m) for one category of probability q.
BINOMIAL = sp.binomial(s.M, s.j) * s.q**s.j * (1 - s.q) ** (s.M - s.j)

TOTAL_EXPECTATION = "law of total expectation"


def total_expectation(name: str, text: str, shown_by: str) -> Citation:
    """Return the step from a conditional mean to the mean, as every recursion here needs it."""
    return Citation(
        name,
        text,
        TOTAL_EXPECTATION,
        "Billingsley, Probability and Measure, section 34",
        (Hypothesis("the quantity is bounded, hence integrable", shown_by),),
    )


def derive_probabilities_martingale() -> Derivation:
    """Return the derivation of E[p_n] = p."""
    return Derivation(
        premises=(RESAMPLING,),
        steps=(
            Identity(
                "binomial mean",
                "The mean of a binomial count over M is the probability itself, whatever M.",
                sp.Sum(s.j / s.M * BINOMIAL, (s.j, 0, s.M)),
                s.q,
                Domain((RARE, SAMPLES)),
            ),
            total_expectation("tower", "E[p_{n+1}] = E[E[p_{n+1} | p_n]] = E[p_n].", "resampling"),
            Induction(
                "constant",
                "The mean never moves, whatever the schedule.",
                s.n,
                s.p[s.i],
                PREVIOUS,
                s.p[s.i],
                Domain((LAW, CATEGORY, GENERATIONS)),
                concludes=("mean",),
            ),
        ),
    )


PROBABILITIES_MARTINGALE = Claim(
    code="A01",
    id="discrete.probabilities-martingale",
    title="Fitted probabilities keep their mean for ever",
    statement=(
        "Whatever the sample sizes, the fitted probability of each category after n generations "
        "has the real probability as its mean: what collapses is not the average run but each run."
    ),
    quantities=(
        Quantity(
            "mean",
            "mean fitted probability of category i",
            r"\mathbb{E}[p_{n,i}]",
            Relation.EQUALS,
            s.p[s.i],
        ),
    ),
    domain=Domain((LAW, CATEGORY, SCHEDULE, GENERATIONS)),
    sources=(Source("Fisher 1930; Wright 1931, Genetics 16"),),
    derive=derive_probabilities_martingale,
)


def derive_diversity_decay() -> Derivation:
    """Return the derivation of E[H_n] = H_0 (1 - 1/M)^n."""
    square = sp.Sum(s.p[s.i] ** 2, (s.i, 1, s.K))
    after = sp.Sum(s.p[s.i] ** 2 + s.p[s.i] * (1 - s.p[s.i]) / s.M, (s.i, 1, s.K))
    return Derivation(
        premises=(RESAMPLING,),
        steps=(
            Identity(
                "second moment",
                "The mean square of a binomial count over M.",
                sp.Sum((s.j / s.M) ** 2 * BINOMIAL, (s.j, 0, s.M)),
                s.q**2 + s.q * (1 - s.q) / s.M,
                Domain((RARE, SAMPLES)),
            ),
            Identity(
                "one generation",
                "Summed over the categories, whose probabilities add up to 1: E[H' | p].",
                1 - after,
                (1 - 1 / s.M) * (1 - square),
                Domain((LAW, SAMPLES)),
            ),
            total_expectation("tower", "E[H_{n+1}] = (1 - 1/M) E[H_n].", "resampling"),
            Identity(
                "pairs",
                "It is the pair functional [x != y], so the factor of n generations is that of "
                "pair coalescence at one sample size.",
                s.H0 * replace_factor(s.M),
                s.H0 * (1 - 1 / s.M) ** s.n,
                Domain((DIVERSITY, SAMPLES, GENERATIONS)),
                concludes=("diversity",),
                uses=("B39",),
            ),
        ),
    )


DIVERSITY_DECAY = Claim(
    code="A02",
    id="discrete.diversity-decay",
    title="Diversity decays by 1 - 1/M a generation",
    statement=(
        "The Gini-Simpson diversity H = 1 - sum p_i^2, the chance that two draws differ, loses on "
        "average the share 1/M in every generation, whatever the categories."
    ),
    quantities=(
        Quantity(
            "diversity",
            "mean diversity after n generations",
            r"\mathbb{E}[H_n]",
            Relation.EQUALS,
            s.H0 * (1 - 1 / s.M) ** s.n,
        ),
    ),
    domain=Domain((LAW, DIVERSITY, SAMPLES, GENERATIONS)),
    sources=(
        Source("Wright 1931, Genetics 16", "decay of heterozygosity"),
        Source("Seddik et al. 2024, arXiv:2404.05090", "as 1 - (1-1/n)^m (1 - S_0)"),
    ),
    derive=derive_diversity_decay,
)

CLAIMS = (PROBABILITIES_MARTINGALE, DIVERSITY_DECAY)
