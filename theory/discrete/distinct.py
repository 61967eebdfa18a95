"""A start in which no two draws agree: a continuous D_0, of which each generation is a resample."""

from fractions import Fraction

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Expected, Order, Quantity, Relation, Source
from theory.derivation import Citation, Derivation, Hypothesis, Identity, Inequality, Premise
from theory.discrete.collapse_time import one_step
from theory.discrete.lineages import ANCESTORS, ORDER
from theory.domain import SAMPLES, Domain, Kind, Parameter
from theory.kingman import KingmanLaw
from theory.lineage_times import MeetingTime

TIME = Parameter("tau", s.tau, "time in units of M generations", Kind.REAL, 0, low_open=True)
LATE = Parameter("tau", s.tau, "time in units of M generations", Kind.REAL, 2)

DISTINCT = Premise(
    "all distinct",
    "D_0 has no atoms, so the M points of generation 1 differ; each later generation draws its "
    "points from those of the one before. T is the first generation whose points are all equal.",
)

MEAN = 1 + MeetingTime(s.M, s.M)
LIMIT = KingmanLaw(s.tau)


def derive_distinct_start() -> Derivation:
    """Return the derivation of E T, of its limit 2M and of the limit law of T/M."""
    term = (-1) ** (s.j - 1) * (2 * s.j - 1) * sp.exp(-s.j * (s.j - 1) * s.tau / 2)
    reference = "Kingman 1982, Journal of Applied Probability 19A; Tavare 1984, Theoretical "
    reference += "Population Biology 26"
    chain = Hypothesis("lineages are the chain T[k,j] = S2(k,j) ff(M,j) / M^k", "A08")
    return Derivation(
        (DISTINCT, ANCESTORS),
        (
            Identity(
                "one step back",
                "All points of a generation are equal when their lines have met in generation 1: "
                "f(1) = 1 and f(k) = 0 beyond. Two lineages or more are j lineages one generation "
                "further back.",
                1 + one_step(s.k, MeetingTime(s.j, s.M)),
                MeetingTime(s.k, s.M),
                Domain((ORDER.at_least(2), SAMPLES)),
            ),
            Identity(
                "all draws",
                "It begins with M lineages, in the generation after the first (A11).",
                2 + one_step(s.M, MeetingTime(s.j, s.M)),
                MEAN,
                Domain((SAMPLES.at_least(2),)),
                concludes=("mean",),
                uses=("A11",),
            ),
            Identity(
                "telescoping",
                "j lineages stay j for about 2 M / (j (j-1)) generations, which adds up to "
                "2 M - 2.",
                sp.Sum(2 * s.M / (s.j * (s.j - 1)), (s.j, 2, s.M)),
                2 * s.M - 2,
                Domain((SAMPLES,)),
            ),
            Citation(
                "coalescent",
                "In units of M generations the lineages become the coalescent: E T / M tends to 2.",
                "convergence of the ancestral chain to the coalescent",
                reference,
                (chain, Hypothesis("its mean time", "telescoping")),
                gives=2 * s.M,
                concludes=("diffusion",),
            ),
            Inequality(
                "two terms",
                "The coalescent waits for the sum of independent exponential times of rates "
                "j(j-1)/2. From tau = 2 on the terms of its law fall in size and alternate,",
                sp.Sum(term, (s.j, 1, 2)),
                LIMIT,
                Domain((LATE,)),
            ),
            Inequality(
                "three terms",
                "so that it lies between any two partial sums.",
                LIMIT,
                sp.Sum(term, (s.j, 1, 3)),
                Domain((LATE,)),
            ),
            Citation(
                "law",
                "So T / M tends to it in law.",
                "convergence of the ancestral chain to the coalescent",
                reference,
                (chain, Hypothesis("the law of the sum", "three terms")),
                gives=LIMIT,
                concludes=("law",),
            ),
        ),
    )


DISTINCT_START = Claim(
    code="A37",
    id="discrete.distinct-start",
    title="From distinct points, E T is about 2M and T/M follows Kingman's coalescent",
    statement=(
        "Resampling M points that all differ ends after E T = 1 + g(M) generations, g as in A11 "
        "with f(j) = 0 for j >= 2: that is 2M less about (ln M)/3, and P(T <= tau M) tends to "
        "1 - sum_{k>=2} (-1)^k (2k-1) exp(-k(k-1) tau/2)."
    ),
    quantities=(
        Quantity(
            "mean",
            "mean number of generations until all points are equal",
            r"\mathbb{E}\,T",
            Relation.EQUALS,
            MEAN,
        ),
        Quantity(
            "diffusion",
            "the same mean as the samples grow",
            r"\mathbb{E}\,T",
            Relation.TENDS_TO,
            2 * s.M,
            order=Order(s.M, sp.log(s.M) + 2, Fraction(1, 2)),
        ),
        Quantity(
            "law",
            "probability that all points are equal by generation tau M, as the samples grow",
            r"\mathbb{P}(T \le \tau M)",
            Relation.TENDS_TO,
            LIMIT,
            order=Order(s.M, (sp.log(s.M) + 2) / s.M, Fraction(1, 2)),
        ),
    ),
    domain=Domain((SAMPLES, TIME)),
    sources=(
        Source("Kingman 1982, Stochastic Processes and their Applications 13"),
        Source("Tavare 1984, Theoretical Population Biology 26", "the limit law"),
    ),
    derive=derive_distinct_start,
    expected=Expected.ORDER_AND_RANGE,
)

CLAIMS = (DISTINCT_START,)
