"""How many categories are left, on average, after any number of generations."""

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import Citation, Derivation, Hypothesis, Identity
from theory.discrete.collapse_time import EVERYWHERE, LATER, over_categories
from theory.discrete.diversity import RESAMPLING
from theory.discrete.lineages import ANCESTORS, unfolded
from theory.discrete.tails import LOST_FOR_EVER, found
from theory.domain import ANY_LAW, GENERATIONS, LAW, SAMPLES, Domain
from theory.lineages import LineagePower

SURVIVORS = over_categories(1 - LineagePower(1 - s.p[s.i], s.M, s.M, s.n - 1))
SEEN_ONCE = over_categories(1 - (1 - s.p[s.i]) ** s.M)


def derive_survivors() -> Derivation:
    """Return the derivation of E K_n = sum_i (1 - E[(1 - p_i)^A])."""
    still_there = unfolded(1 - LineagePower(1 - s.j / s.M, s.M, s.M, s.n - 2), s.p[s.i])
    return Derivation(
        (RESAMPLING, LOST_FOR_EVER, ANCESTORS),
        (
            Citation(
                "one by one",
                "E K_n is the sum over the categories of the chance that each is still there.",
                "linearity of expectation",
                "Billingsley, Probability and Measure, section 21",
                (Hypothesis("K_n is a sum of K indicators", "lost for ever"),),
            ),
            Identity(
                "not lost",
                "Category i is lost by n with probability E[(1 - p_i)^A] (A17). From n = 2 on, "
                "unfolding the first generation gives the same;",
                over_categories(still_there),
                SURVIVORS,
                Domain((LAW, SAMPLES, LATER)),
                concludes=("survivors",),
                uses=("A08", "A17"),
            ),
            Identity(
                "one generation",
                "for n = 1 it is the mean number of categories in one sample.",
                SURVIVORS.subs(s.n, 1),
                over_categories(found(s.p[s.i])),
                EVERYWHERE,
            ),
            Identity(
                "complement",
                "There a category is missed with probability (1 - p_i)^M (A16).",
                SURVIVORS.subs(s.n, 1),
                SEEN_ONCE,
                EVERYWHERE,
                uses=("A16",),
            ),
        ),
    )


EXPECTED_SURVIVORS = Claim(
    code="A15",
    id="discrete.survivors",
    title="The expected number of surviving categories, after any number of generations",
    statement=(
        "After n generations sum_i (1 - E[(1 - p_i)^A]) categories are left on average, A the "
        "ancestors of M draws n - 1 generations back; one generation leaves "
        "sum_i (1 - (1 - p_i)^M)."
    ),
    quantities=(
        Quantity(
            "survivors",
            "mean number of categories left after n generations",
            r"\mathbb{E}\,K_n",
            Relation.EQUALS,
            SURVIVORS,
        ),
    ),
    domain=Domain((ANY_LAW, SAMPLES, GENERATIONS.at_least(1))),
    sources=(
        Source("derived here", "ancestral duality, category by category"),
        Source("Robbins 1968, Annals of Mathematical Statistics 39", "one generation"),
    ),
    derive=derive_survivors,
)

CLAIMS = (EXPECTED_SURVIVORS,)
