"""Adding one sample at a time to what is there: Polya's urn."""

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import (
    PREVIOUS,
    Citation,
    Derivation,
    Hypothesis,
    Identity,
    Induction,
    Premise,
)
from theory.domain import CATEGORY, GENERATIONS, Domain, Kind, Parameter

START = Parameter("c", s.c, "points of each category at the start", Kind.COUNTS, low=1)
ORDER = Parameter("k", s.k, "order of the moment", Kind.INTEGER, low=1)
TOTAL = sp.Sum(s.c[s.j], (s.j, 1, s.K))
SQUARES = sp.Sum(s.c[s.i] ** 2, (s.i, 1, s.K))
FIRST = 1 - SQUARES / TOTAL**2
DIVERSITY = FIRST * TOTAL * (TOTAL + s.n + 1) / ((TOTAL + 1) * (TOTAL + s.n))
DIVERSITY_LIMIT = FIRST * TOTAL / (TOTAL + 1)
SQUARES_LIMIT = sp.Sum(s.c[s.i] * (s.c[s.i] + 1), (s.i, 1, s.K)) / (TOTAL * (TOTAL + 1))
MOMENT = sp.RisingFactorial(s.c[s.i], s.k) / sp.RisingFactorial(TOTAL, s.k)

URN = Premise(
    "urn",
    "The pool starts with c_i points of category i, N0 together. Each round draws one sample from "
    "the law P_n of the pool and adds it.",
)


def derive_urn() -> Derivation:
    """Return the derivation of the mean diversity of the urn and of the moments in the end."""
    return Derivation(
        (URN,),
        (
            Induction(
                "rounds",
                "Batches of one: the round that brings the pool to N points leaves the share "
                "1 - 1/N^2 of the diversity (A27 with M = 1). The product telescopes.",
                s.n,
                FIRST,
                (1 - 1 / (TOTAL + s.n + 1) ** 2) * PREVIOUS,
                DIVERSITY,
                Domain((START, GENERATIONS)),
                concludes=("diversity",),
                uses=("A27",),
            ),
            Identity(
                "squares",
                "What the diversity loses, the squares gain.",
                sp.Sum((s.c[s.i] / TOTAL) ** 2, (s.i, 1, s.K)) + (FIRST - DIVERSITY),
                1 - DIVERSITY,
                Domain((START, GENERATIONS)),
                concludes=("squares",),
            ),
            *_moments(),
            Identity(
                "second moments",
                "k = 2, summed over the categories.",
                sp.Sum(MOMENT.subs(s.k, 2), (s.i, 1, s.K)),
                SQUARES_LIMIT,
                Domain((START,)),
                concludes=("squares-limit",),
            ),
            Identity(
                "diversity in the end",
                "The complement; it is the limit of the diversity of round n as well.",
                1 - SQUARES_LIMIT,
                DIVERSITY_LIMIT,
                Domain((START,)),
                concludes=("diversity-limit",),
            ),
        ),
    )


def _moments() -> tuple[Identity, Citation]:
    """Return the steps to the moments in the end."""
    red = Parameter("x", s.x, "points of one category", Kind.INTEGER, low=1)
    others = Parameter("d", s.d, "points of the others", Kind.INTEGER, low=1)
    size, rising = s.x + s.d, sp.RisingFactorial
    grown = rising(size + 1, s.k)
    return (
        Identity(
            "moments",
            "With x points of a category and d of the others, (x)_k / (N)_k keeps its mean, "
            "where (x)_k = x (x+1) ... (x+k-1) and N = x + d.",
            s.x / size * rising(s.x + 1, s.k) / grown + s.d / size * rising(s.x, s.k) / grown,
            rising(s.x, s.k) / rising(size, s.k),
            Domain((red, others, ORDER)),
        ),
        Citation(
            "in the end",
            "(x)_k / (N)_k differs from P^k by at most k^2/N, so E P_n^k tends to its start.",
            "convergence of bounded martingales, and bounded convergence",
            "Durrett, Probability: Theory and Examples, theorem 4.2.11",
            (
                Hypothesis("P_n is a bounded martingale", "urn"),
                Hypothesis("as is (x)_k / (N)_k", "moments"),
            ),
            gives=MOMENT,
            concludes=("moment",),
        ),
    )


POLYA_URN = Claim(
    code="A28",
    id="discrete.polya-urn",
    title="One sample at a time, the pool is Polya's urn: it ends as Dirichlet(c)",
    statement=(
        "A pool with counts c, N0 points together, to which each round adds one draw of its own "
        "law, tends to a random law with the Dirichlet(c) distribution, whose moments are "
        "E P_i^k = (c_i)_k / (N0)_k. E H falls from H(c/N0) to H(c/N0) N0/(N0+1), and no lower."
    ),
    quantities=(
        Quantity(
            "squares",
            "mean sum of squared shares after n rounds",
            r"\mathbb{E}\sum_i P_{n,i}^2",
            Relation.EQUALS,
            1 - DIVERSITY,
        ),
        Quantity(
            "squares-limit",
            "the same as n grows",
            r"\mathbb{E}\sum_i P_{\infty,i}^2",
            Relation.TENDS_TO,
            SQUARES_LIMIT,
        ),
        Quantity(
            "diversity",
            "mean diversity after n rounds",
            r"\mathbb{E}[H_n]",
            Relation.EQUALS,
            DIVERSITY,
        ),
        Quantity(
            "diversity-limit",
            "the same as n grows",
            r"\mathbb{E}[H_\infty]",
            Relation.TENDS_TO,
            DIVERSITY_LIMIT,
        ),
        Quantity(
            "moment",
            "mean k-th power of the share of category i as n grows",
            r"\mathbb{E}[P_{\infty,i}^k]",
            Relation.TENDS_TO,
            MOMENT,
        ),
    ),
    domain=Domain((START, CATEGORY, ORDER, GENERATIONS)),
    sources=(
        Source("Eggenberger and Polya 1923", "the urn"),
        Source("Athreya 1969, Annals of Mathematical Statistics 40", "the Dirichlet limit"),
    ),
    derive=derive_urn,
)

CLAIMS = (POLYA_URN,)
