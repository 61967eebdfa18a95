"""What disappears: categories that a sample misses, after one generation and after n."""

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Expected, Quantity, Relation, Source
from theory.derivation import Citation, Derivation, Hypothesis, Identity, Inequality, Premise
from theory.discrete.diversity import BINOMIAL, RESAMPLING, total_expectation
from theory.discrete.lineages import unfolded
from theory.domain import GENERATIONS, LAW, RARE, SAMPLES, Domain
from theory.lineages import LineagePower

MISSED = Premise(
    "missed",
    "A category is lost when none of the M draws is of it; the missing mass is the real "
    "probability of the lost categories together.",
)
LOST_FOR_EVER = Premise(
    "lost for ever",
    "A category is lost by generation n when none of the M draws of generation n is of it; a "
    "category that is lost stays lost.",
)

LOST = (1 - s.q) ** s.M
MISSING_MASS = sp.Sum(s.p[s.i] * (1 - s.p[s.i]) ** s.M, (s.i, 1, s.K))
EXPECTED_LOST = sp.Sum((1 - s.p[s.i]) ** s.M, (s.i, 1, s.K))
BOTH_LOST = (1 - s.p[s.i] - s.p[s.j]) ** s.M
SECOND_MOMENT_LOST = sp.Sum(
    (1 - s.p[s.i]) ** s.M + 2 * sp.Sum(BOTH_LOST, (s.j, s.i + 1, s.K)), (s.i, 1, s.K)
)
LOST_BY = LineagePower(1 - s.q, s.M, s.M, s.n - 1)


def found(share: sp.Expr) -> sp.Expr:
    """Return the probability that at least one of M draws is of a category of that share."""
    return sp.Sum(BINOMIAL.subs(s.q, share), (s.j, 1, s.M))


def derive_tail_loss() -> Derivation:
    """Return the derivation of the one-generation loss probabilities."""
    everywhere = Domain((LAW, SAMPLES))
    earlier = sp.Sum(BOTH_LOST, (s.j, 1, s.i - 1))
    later = sp.Sum(BOTH_LOST, (s.j, s.i + 1, s.K))
    return Derivation(
        (RESAMPLING, MISSED),
        (
            Identity(
                "one category",
                "No draw of it: the complement of one draw or more.",
                1 - found(s.q),
                LOST,
                Domain((RARE, SAMPLES)),
                concludes=("lost",),
            ),
            Identity(
                "weighted",
                "Expectations add up: each category counts with its real probability,",
                sp.Sum(s.p[s.i] * (1 - found(s.p[s.i])), (s.i, 1, s.K)),
                MISSING_MASS,
                everywhere,
                concludes=("missing-mass",),
            ),
            Identity(
                "counted",
                "or with 1.",
                sp.Sum(1 - found(s.p[s.i]), (s.i, 1, s.K)),
                EXPECTED_LOST,
                everywhere,
                concludes=("expected-lost",),
            ),
            Identity(
                "pairs",
                "The square of a sum of indicators is the sum over ordered pairs. A category "
                "paired with itself is one category; two of them are lost together when their "
                "union is, a category of share p_i + p_j.",
                sp.Sum(earlier + 1 - found(s.p[s.i]) + later, (s.i, 1, s.K)),
                SECOND_MOMENT_LOST,
                everywhere,
                concludes=("second-moment-lost",),
            ),
        ),
    )


TAIL_LOSS = Claim(
    code="A16",
    id="discrete.tail-loss",
    title="One generation misses a category of probability q with probability (1-q)^M",
    statement=(
        "Of the categories of p, a sample of M misses each one with probability (1-p_i)^M; the "
        "mean number missed, its second moment and the mean real mass missed follow by adding up."
    ),
    quantities=(
        Quantity(
            "lost",
            "probability that one generation loses a category of probability q",
            r"\mathbb{P}(\text{lost})",
            Relation.EQUALS,
            LOST,
        ),
        Quantity(
            "missing-mass",
            "mean real probability of the categories lost",
            r"\mathbb{E}\sum_i p_i [X_i = 0]",
            Relation.EQUALS,
            MISSING_MASS,
        ),
        Quantity(
            "expected-lost",
            "mean number of categories lost",
            r"\mathbb{E}\,\#\{i : X_i = 0\}",
            Relation.EQUALS,
            EXPECTED_LOST,
        ),
        Quantity(
            "second-moment-lost",
            "mean square of the number of categories lost",
            r"\mathbb{E}\bigl(\#\{i : X_i = 0\}\bigr)^2",
            Relation.EQUALS,
            SECOND_MOMENT_LOST,
        ),
    ),
    domain=Domain((RARE, LAW, SAMPLES)),
    sources=(
        Source("Good 1953, Biometrika 40", "missing mass"),
        Source("Robbins 1968, Annals of Mathematical Statistics 39", "unseen outcomes"),
    ),
    derive=derive_tail_loss,
)


def derive_loss_by_generation() -> Derivation:
    """Return the derivation of P(lost by n) and of its limit."""
    return Derivation(
        (RESAMPLING, LOST_FOR_EVER),
        (
            total_expectation(
                "tower",
                "Given the law of generation n - 1, all M draws miss the category with "
                "probability (1 - p_{n-1})^M (A16), so P(lost by n) = E[(1 - p_{n-1})^M].",
                "resampling",
            ),
            Identity(
                "M lineages",
                "It is the moment of order M of all other categories together, which start with "
                "1 - q (A08). From n = 2 on, unfolding the first generation gives the same;",
                unfolded(LineagePower(1 - s.j / s.M, s.M, s.M, s.n - 2), s.q),
                LOST_BY,
                Domain((RARE, SAMPLES, GENERATIONS.at_least(2))),
                concludes=("lost",),
                uses=("A08", "A16"),
            ),
            Identity(
                "one generation",
                "for n = 1 it is the chance that one sample misses the category.",
                LOST_BY.subs(s.n, 1),
                LOST,
                Domain((RARE, SAMPLES)),
            ),
            Inequality(
                "below its limit",
                "For M >= 2, A can exceed 1 at every finite n: the probability stays below 1 - q.",
                LOST_BY,
                1 - s.q,
                Domain((RARE, SAMPLES.at_least(2), GENERATIONS.at_least(1))),
                strict=True,
            ),
            Citation(
                "in the end",
                "In the limit another category is the one that remains: probability 1 - q.",
                "continuity of probability from below",
                "Billingsley, Probability and Measure, section 2",
                (
                    Hypothesis("the events grow: what is lost stays lost", "lost for ever"),
                    Hypothesis("one category remains; it is this one with probability q", "A05"),
                ),
                gives=1 - s.q,
                concludes=("limit",),
            ),
        ),
    )


LOSS_BY_GENERATION = Claim(
    code="A17",
    id="discrete.loss-by-generation",
    title="The chance of losing a category grows to 1 - q and, for M >= 2, stays below it",
    statement=(
        "A category of probability q is lost by generation n with probability E[(1-q)^A], A the "
        "ancestors of M draws after n - 1 generations back; 1 - q is the limit, not the value at "
        "any finite n once M >= 2."
    ),
    quantities=(
        Quantity(
            "lost",
            "probability that a category of probability q is lost by generation n",
            r"\mathbb{P}(\text{lost by } n)",
            Relation.EQUALS,
            LOST_BY,
        ),
        Quantity(
            "limit",
            "the same probability as n grows",
            r"\mathbb{P}(\text{lost by } n)",
            Relation.TENDS_TO,
            1 - s.q,
        ),
    ),
    domain=Domain((RARE, SAMPLES, GENERATIONS.at_least(1))),
    sources=(
        Source("Shumailov et al. 2023, arXiv:2305.17493v3", "section 4.1, the limit 1 - q"),
        Source("derived here", "the value at finite n"),
    ),
    derive=derive_loss_by_generation,
)

LOSS_AS_PRINTED = Claim(
    code="A17x",
    id="discrete.loss-as-printed",
    title="As printed: a category of probability q is lost with probability 1 - q",
    statement=(
        "The sentence 'the probability of losing information about a category of probability q is "
        "1 - q', read as printed: after any number of generations."
    ),
    quantities=(
        Quantity(
            "lost",
            "probability that a category of probability q is lost by generation n",
            r"\mathbb{P}(\text{lost by } n)",
            Relation.EQUALS,
            1 - s.q,
        ),
    ),
    domain=Domain((RARE, SAMPLES, GENERATIONS.at_least(1))),
    sources=(Source("Shumailov et al. 2024, Nature 631, 755-759", "Theoretical intuition"),),
    derive=lambda: Derivation((RESAMPLING, LOST_FOR_EVER), ()),
    expected=Expected.REFUTED,
    replaced_by="A17",
)

CLAIMS = (TAIL_LOSS, LOSS_BY_GENERATION, LOSS_AS_PRINTED)
