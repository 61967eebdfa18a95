"""Pseudo-counts: no category is ever lost, and the real law is forgotten."""

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
    Inequality,
    Premise,
)
from theory.discrete.distance import CURRENT, DRAWN
from theory.discrete.diversity import total_expectation
from theory.domain import CATEGORY, GENERATIONS, LAW, RARE, SAMPLES, Domain, Kind, Parameter

PSEUDO = Parameter(
    "A", s.A, "pseudo-counts in all", Kind.REAL, 0, low_open=True, aliases=("smoothing",)
)
TOWARD = Parameter("q", s.toward, "law that pseudo-counts follow", Kind.LAW, aliases=("toward",))

COUNTED = s.M / (s.M + s.A)
RATE = COUNTED**2 * (1 - 1 / s.M)
_q, _p = s.toward[s.i], s.p[s.i]


def over_categories(term: sp.Expr) -> sp.Expr:
    """Return the sum of a term in i over the categories."""
    return sp.Sum(term, (s.i, 1, s.K))


FIRST = over_categories((_p - _q) ** 2)
LEAN = over_categories(_q * (_p - _q))
TARGET_DIVERSITY = 1 - over_categories(_q**2)
MEAN = _q + COUNTED**s.n * (_p - _q)
NOISE = COUNTED**2 / s.M
GEOMETRIC = (1 - RATE**s.n) / (1 - RATE)
MIXED = (COUNTED**s.n - RATE**s.n) / (COUNTED - RATE)
DISTANCE = RATE**s.n * FIRST + NOISE * (TARGET_DIVERSITY * GEOMETRIC - 2 * LEAN * MIXED)
LIMIT = NOISE * TARGET_DIVERSITY / (1 - RATE)

SMOOTHING = Premise(
    "smoothing",
    "Given p_n, the counts X of M draws are multinomial(M, p_n), and p_{n+1} = (X + A q)/(M + A): "
    "the posterior mean under a Dirichlet(A q) prior. S_n = E ||p_n - q||^2 over the categories, "
    "H_q is the diversity of q, and a = M/(M + A).",
)


def _one_round() -> tuple[Identity | Citation, ...]:
    """Return the steps to S_{n+1} in terms of S_n."""
    return (
        Identity(
            "one category",
            "A category of present probability x, and q in the law that pseudo-counts follow: "
            "the mean squared distance of its next probability from q.",
            sp.Sum(((s.j + s.A * s.q) / (s.M + s.A) - s.q) ** 2 * DRAWN, (s.j, 0, s.M)),
            RATE * (s.x - s.q) ** 2 + NOISE * (s.q * (1 - s.q) + (1 - 2 * s.q) * (s.x - s.q)),
            Domain((RARE, CURRENT, SAMPLES, PSEUDO)),
        ),
        Identity(
            "all categories",
            "Both laws sum to 1, so the last terms add up to -2 q.(p_n - q),",
            over_categories((1 - 2 * _q) * (_p - _q)),
            -2 * LEAN,
            Domain((LAW, TOWARD)),
        ),
        total_expectation(
            "one round",
            "whose mean is -2 a^n q.(p - q): S_{n+1} = a^2 (1 - 1/M) S_n + (a^2/M) (H_q - "
            "2 a^n q.(p - q)).",
            "smoothing",
        ),
    )


def derive_smoothing() -> Derivation:
    """Return the derivation of the mean and of S_n under pseudo-counts."""
    both = (LAW, TOWARD, PSEUDO, SAMPLES)
    return Derivation(
        (SMOOTHING,),
        (
            Induction(
                "mean",
                "X/M has mean p_n, so E p_{n+1} = a E p_n + (1 - a) q.",
                s.n,
                _p,
                COUNTED * PREVIOUS + (1 - COUNTED) * _q,
                MEAN,
                Domain((*both, CATEGORY, GENERATIONS)),
                concludes=("mean",),
                uses=("A01",),
            ),
            *_one_round(),
            Induction(
                "recursion",
                "Two geometric series solve it.",
                s.n,
                FIRST,
                RATE * PREVIOUS + NOISE * (TARGET_DIVERSITY - 2 * COUNTED**s.n * LEAN),
                DISTANCE,
                Domain((*both, GENERATIONS)),
                concludes=("distance",),
            ),
            *_limit(),
        ),
    )


def _limit() -> tuple[Inequality | Citation, ...]:
    """Return the steps to the limit of S_n."""
    return (
        Inequality(
            "contraction", "A > 0.", COUNTED, sp.Integer(1), Domain((PSEUDO, SAMPLES)), True
        ),
        Inequality(
            "faster still",
            "The squared distance contracts faster than the mean.",
            RATE,
            COUNTED,
            Domain((PSEUDO, SAMPLES)),
            True,
        ),
        Citation(
            "in the end",
            "All powers vanish.",
            "powers of a number below 1 tend to 0",
            "Rudin, Principles of Mathematical Analysis, theorem 3.20",
            (
                Hypothesis("a lies in (0, 1)", "contraction"),
                Hypothesis("the rate lies in [0, a)", "faster still"),
                Hypothesis("S_n is made of their powers", "recursion"),
            ),
            gives=LIMIT,
            concludes=("distance-limit",),
        ),
    )


SMOOTHED = Claim(
    code="A40",
    id="discrete.smoothing",
    title="Pseudo-counts stop the collapse by forgetting the real law",
    statement=(
        "With A pseudo-counts that follow a law q, the mean law tends to q by a = M/(M+A) a "
        "generation, whatever p was, and the mean squared distance from q settles at "
        "a^2 H_q / (M (1 - a^2 (1-1/M))), below H_q: the law moves around q for ever."
    ),
    quantities=(
        Quantity(
            "mean",
            "mean fitted probability of category i",
            r"\mathbb{E}[p_{n,i}]",
            Relation.EQUALS,
            MEAN,
        ),
        Quantity(
            "distance",
            "mean squared distance from q",
            r"\mathbb{E}\|p_n - q\|^2",
            Relation.EQUALS,
            DISTANCE,
        ),
        Quantity(
            "distance-limit",
            "the same as n grows",
            r"\mathbb{E}\|p_n - q\|^2",
            Relation.TENDS_TO,
            LIMIT,
        ),
    ),
    domain=Domain((LAW, TOWARD, CATEGORY, PSEUDO, SAMPLES, GENERATIONS)),
    sources=(
        Source("Jangjoo, Marsili and Roudi 2026", "that a prior prevents absorption"),
        Source("derived here", "the mean, S_n and its limit"),
    ),
    derive=derive_smoothing,
)

CLAIMS = (SMOOTHED,)
