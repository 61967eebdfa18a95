"""Fresh real data in every generation, or one real set that is reused: no collapse."""

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import Derivation, Identity, Premise
from theory.discrete.distance import (
    CURRENT,
    DISTANCE,
    Balance,
    balance_steps,
    distance_quantities,
    diversity_steps,
    draw_steps,
)
from theory.domain import (
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

FRESH_SHARE = Parameter(
    "g", s.g, "chance that a point is real", Kind.REAL, 0, 1, aliases=("gamma",)
)  # fmt: skip
REAL_POINTS = Parameter(
    "m_r", s.m_r, "real points of each batch", Kind.INTEGER, 0, aliases=("mr", "n_r")
)
SYNTHETIC_POINTS = Parameter(
    "m_s", s.m_s, "synthetic points of each batch", Kind.INTEGER, 0, aliases=("ms", "n_s")
)
BATCH = Parameter(
    "M", s.M, "points of a batch, if given", Kind.INTEGER, 1, follows=s.m_r + s.m_s
)  # fmt: skip
SOME_POINTS = Condition(sp.Integer(0), s.m_r + s.m_s)

#: Some D_n.
OLD = Parameter("x", s.x, "squared distance", Kind.REAL, 0, 1, low_open=True)

SHARED = Balance(s.H0 / s.M, (1 - 1 / s.M) * (1 - s.g) ** 2)


def derive_fresh_share() -> Derivation:
    """Return the derivation of D_n where each point is real with chance g."""
    over = Domain((FRESH_SHARE, SAMPLES))
    return Derivation(
        (
            DISTANCE,
            Premise(
                "fresh share",
                "Each of the M points is real with chance g and otherwise a draw from p_n: all "
                "are draws from L = g p + (1 - g) p_n, and p_{n+1} is the fit to them. p_0 = p.",
            ),
        ),
        (
            *draw_steps(),
            Identity(
                "mixed",
                "Mixing with p brings a law nearer by the factor 1 - g: D(L) = (1-g)^2 D_n.",
                (s.g * s.q + (1 - s.g) * s.x - s.q) ** 2,
                (1 - s.g) ** 2 * (s.x - s.q) ** 2,
                Domain((FRESH_SHARE, RARE, CURRENT)),
            ),
            *balance_steps(SHARED, over),
            *diversity_steps(SHARED, Domain((*over.parameters, GENERATIONS))),
        ),
    )


FRESH_SHARES = Claim(
    code="A22",
    id="discrete.fresh-share",
    title="A share g of fresh real data stops the collapse at a known distance",
    statement=(
        "Where each point is real with chance g, the mean squared distance D_n from the real law "
        "obeys D_{n+1} = H_0/M + (1-1/M)(1-g)^2 D_n. It settles below H_0 for every g > 0, so "
        "that diversity H_0 - D_oo remains; g = 0 is collapse, with limit H_0."
    ),
    quantities=distance_quantities(SHARED),
    domain=Domain((LAW, DIVERSITY, FRESH_SHARE, SAMPLES, GENERATIONS)),
    sources=(
        Source("Malecot 1948; Wright 1931, Genetics 16", "the mutation model"),
        Source("Alemohammad et al. 2024, arXiv:2307.01850", "the fresh data loop"),
        Source("derived here", "D_n"),
    ),
    derive=derive_fresh_share,
)

POINTS = s.m_r + s.m_s
COUNTED = Balance(s.H0 / POINTS, s.m_s * (s.m_s - 1) / POINTS**2)


def derive_fresh_points() -> Derivation:
    """Return the derivation of D_n where a batch has m_r real and m_s synthetic points."""
    over = Domain((REAL_POINTS, SYNTHETIC_POINTS), (SOME_POINTS,))
    some_of_both = Domain((DIVERSITY, REAL_POINTS.at_least(1), SYNTHETIC_POINTS.at_least(1), OLD))
    drawn = (1 - 1 / s.m_s) * s.x + s.H0 / s.m_s
    return Derivation(
        (
            DISTANCE,
            Premise(
                "fresh points",
                "A batch has m_r draws of p and m_s draws of p_n, M = m_r + m_s together; p_{n+1} "
                "is the fit to it. p_0 = p.",
            ),
        ),
        (
            Identity(
                "pooled",
                "The real points are at mean squared distance H_0/m_r, the synthetic ones at "
                "(1 - 1/m_s) D_n + H_0/m_s (A22); given p_n they are independent, and the errors "
                "of the real ones have mean 0, so pooling weighs both with their squared shares. "
                "Here x stands for D_n.",
                (s.m_r / POINTS) ** 2 * s.H0 / s.m_r + (s.m_s / POINTS) ** 2 * drawn,
                COUNTED.gain + COUNTED.rate * s.x,
                some_of_both,
                uses=("A22",),
            ),
            *balance_steps(COUNTED, over),
            *diversity_steps(COUNTED, Domain((*over.parameters, GENERATIONS), over.conditions)),
        ),
    )


FRESH_POINTS = Claim(
    code="A23",
    id="discrete.fresh-points",
    title="Real points in every batch stop the collapse at a known distance",
    statement=(
        "With m_r real and m_s synthetic points a generation, M together and s = m_s/M, the mean "
        "squared distance obeys D_{n+1} = H_0/M + (s^2 - s/M) D_n. It settles below H_0 as soon "
        "as m_r >= 1. A fixed number of real points does better than the same share by chance."
    ),
    quantities=distance_quantities(COUNTED),
    domain=Domain(
        (LAW, DIVERSITY, REAL_POINTS, SYNTHETIC_POINTS, BATCH, GENERATIONS), (SOME_POINTS,)
    ),
    sources=(Source("derived here"),),
    derive=derive_fresh_points,
)

# In the letters of Seddik et al.: n synthetic samples join the N real ones, generation m.
REAL_SET = Parameter("N", s.N, "real points, the same for ever", Kind.INTEGER, 1)
SET_SAMPLES = Parameter(
    "n", sp.Symbol("n", integer=True, positive=True), "samples per generation", Kind.INTEGER, 1,
    aliases=("samples", "M"),
)  # fmt: skip
SET_GENERATIONS = Parameter(
    "m", sp.Symbol("m", integer=True, nonnegative=True), "generations", Kind.INTEGER, 0,
    aliases=("generations",),
)  # fmt: skip
SET_DIVERSITY = Parameter(
    "H_r", sp.Symbol("H_r", nonnegative=True), "diversity of the real points", Kind.REAL, 0, 1,
    False, True, aliases=("Hr",),
)  # fmt: skip
_n, _m, _H_r = SET_SAMPLES.symbol, SET_GENERATIONS.symbol, SET_DIVERSITY.symbol
SYNTHETIC_SHARE = _n / (s.N + _n)
AROUND_SET = Balance(
    SYNTHETIC_SHARE**2 * _H_r / _n, SYNTHETIC_SHARE**2 * (1 - 1 / _n), _m
)  # fmt: skip
#: The same, on average over real points that are drawn from p.
AVERAGED = Balance(AROUND_SET.gain.subs(_H_r, (1 - 1 / s.N) * s.H0), AROUND_SET.rate, _m)
OFFSET = s.H0 / s.N


def derive_fixed_set() -> Derivation:
    """Return the derivation of the distances where the same real points are used every time."""
    over = Domain((REAL_SET, SET_SAMPLES))
    sizes = (REAL_SET, SET_SAMPLES, SET_GENERATIONS)
    squares = sp.Sum(s.p[s.i] ** 2, (s.i, 1, s.K))
    return Derivation(
        (
            DISTANCE,
            Premise(
                "real set",
                "r is the law of N real points, H_r its diversity. Generation m + 1 is the fit to "
                "them and n draws of P_m: P_{m+1} = (N r + n e_m) / (N + n), and P_0 = r.",
            ),
        ),
        (
            Identity(
                "around the set",
                "P_{m+1} - r = a (e_m - r) with a = n/(N+n), and e_m is n draws of P_m (A22, with "
                "r for p): D' = a^2 ((1 - 1/n) D + H_r/n). Here x stands for D.",
                SYNTHETIC_SHARE**2 * ((1 - 1 / _n) * s.x + _H_r / _n),
                AROUND_SET.gain + AROUND_SET.rate * s.x,
                Domain((SET_DIVERSITY, REAL_SET, SET_SAMPLES, OLD)),
                uses=("A22",),
            ),
            *balance_steps(AROUND_SET, over, SET_GENERATIONS, start=SET_DIVERSITY),
            Identity(
                "real points drawn",
                "N draws of p have mean diversity (1 - 1/N) H_0 (A02).",
                1 - (squares + s.H0 / s.N),
                (1 - 1 / s.N) * s.H0,
                Domain((LAW, DIVERSITY, REAL_SET)),
                concludes=("real-diversity",),
                uses=("A02",),
            ),
            *balance_steps(AVERAGED, over, SET_GENERATIONS, prefix="mean-"),
            *_totals(squares, sizes),
        ),
    )


def _totals(squares: sp.Expr, sizes: tuple[Parameter, ...]) -> tuple[Identity, ...]:
    """Return the steps from the distance to r, to that to p, and to the diversity."""
    words = "E (P - r) = 0 given r, so the squared distance of r from p, H_0/N, is added."
    inside = Domain((LAW, DIVERSITY, *sizes))
    drawn = sp.Sum(s.p[s.i] * (1 - s.p[s.i]) / s.N, (s.i, 1, s.K))
    steps = []
    for suffix, distance in (("", AVERAGED.after()), ("-limit", AVERAGED.limit())):
        steps += [
            Identity(
                f"total{suffix}",
                words,
                distance + drawn,
                distance + OFFSET,
                inside,
                concludes=(f"total-distance{suffix}",),
            ),
            Identity(
                f"what is left{suffix}",
                "E H = 1 - E sum P_i^2.",
                1 - (squares + distance + drawn),
                s.H0 - (distance + OFFSET),
                inside,
                concludes=(f"diversity{suffix}",),
            ),
        ]
    return tuple(steps)


def _pair(name: str, words: str, latex: str, law: sp.Expr, limit: sp.Expr) -> tuple[Quantity, ...]:
    """Return a quantity and its limit."""
    return (
        Quantity(name, words, latex, Relation.EQUALS, law),
        Quantity(f"{name}-limit", f"{words}, as m grows", latex, Relation.TENDS_TO, limit),
    )


FIXED_SET = Claim(
    code="A24",
    id="discrete.fixed-real-set",
    title="A real set that is reused for ever keeps diversity, and its own error",
    statement=(
        "Where n synthetic samples join the same N real points every generation, the law settles "
        "around the law r of these points, not around p: E ||P_m - r||^2 tends to "
        "(a^2 H_r/n) / (1 - a^2 (1-1/n)) with a = n/(N+n). The squared distance of r from p, on "
        "average H_0/N, is never forgotten. The letters are those of Seddik et al."
    ),
    quantities=(
        *_pair(
            "distance",
            "mean squared distance from the law r of the real points, of diversity H_r",
            r"\mathbb{E}\|P_m - r\|^2",
            AROUND_SET.after(),
            AROUND_SET.limit(),
        ),
        *_pair(
            "mean-distance",
            "the same, on average over real points drawn from p",
            r"\mathbb{E}\|P_m - r\|^2",
            AVERAGED.after(),
            AVERAGED.limit(),
        ),
        *_pair(
            "total-distance",
            "mean squared distance from p",
            r"\mathbb{E}\|P_m - p\|^2",
            AVERAGED.after() + OFFSET,
            AVERAGED.limit() + OFFSET,
        ),
        *_pair(
            "diversity",
            "mean diversity",
            r"\mathbb{E}[H(P_m)]",
            s.H0 - (AVERAGED.after() + OFFSET),
            s.H0 - (AVERAGED.limit() + OFFSET),
        ),
        Quantity(
            "real-diversity",
            "mean diversity of the real points",
            r"\mathbb{E}[H_r]",
            Relation.EQUALS,
            (1 - 1 / s.N) * s.H0,
        ),
    ),
    domain=Domain((LAW, DIVERSITY, SET_DIVERSITY, SET_GENERATIONS, REAL_SET, SET_SAMPLES)),
    sources=(
        Source("Seddik et al. 2024, arXiv:2404.05090", "section 3.2, the model"),
        Source("derived here", "the distances"),
    ),
    derive=derive_fixed_set,
)

CLAIMS = (FRESH_SHARES, FRESH_POINTS, FIXED_SET)
