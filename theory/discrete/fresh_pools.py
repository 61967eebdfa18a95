"""Fresh real data and a pool that is kept: everything is learnt in the end, at three speeds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import sympy as sp
from flint import arb, fmpq

from theory import symbols as s
from theory.claim import Claim, Expected, Order, Quantity, Relation, Source
from theory.derivation import (
    PREVIOUS,
    Citation,
    Derivation,
    Hypothesis,
    Identity,
    Induction,
    Premise,
)
from theory.discrete.accumulation import FIRST_POOL
from theory.discrete.distance import CURRENT, DISTANCE, SLOPE
from theory.discrete.diversity import total_expectation
from theory.discrete.fresh import BATCH, REAL_POINTS, SOME_POINTS, SYNTHETIC_POINTS
from theory.domain import DIVERSITY, GENERATIONS, LAW, RARE, Condition, Domain, Kind, Parameter
from theory.node import Node
from theory.rational import NotRational, whole

#: Rounds of rationals at most, and of balls.
MOST_EXACT, MOST_ROUNDS = 400, 2_000_000


class PoolDistance(Node):
    """D_n / H_0 of a pool of N0 real points that each round adds m_r real and m_s own points to."""

    nargs = 4

    @staticmethod
    def exact_value(first: fmpq, real: fmpq, synthetic: fmpq, rounds: fmpq) -> fmpq:
        """Return the value as a rational; NotRational where it would be long."""
        if rounds > MOST_EXACT:
            raise NotRational("a long recursion")
        distance = fmpq(1) / first
        for size in _sizes(first, real, synthetic, int(rounds.p)):
            distance = _round(distance, fmpq(size), real, synthetic)
        return distance

    @staticmethod
    def ball_value(first: arb, real: arb, synthetic: arb, rounds: arb) -> arb:
        """Return a ball that holds the value; ArithmeticError after too many rounds."""
        if rounds > MOST_ROUNDS:
            raise ArithmeticError(f"more than {MOST_ROUNDS} rounds take too long")
        distance = 1 / first
        for size in _sizes(first, real, synthetic, whole(rounds)):
            distance = _round(distance, size, real, synthetic)
        return distance

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        first, real, synthetic, rounds = map(printer._print, self.args)
        return rf"d_{{{rounds}}}\left({first}, {real}, {synthetic}\right)"


def _sizes(first: Any, real: Any, synthetic: Any, rounds: int) -> Iterator[Any]:
    """Yield the size of the pool before each round."""
    for done in range(rounds):
        yield first + done * (real + synthetic)


def _round(distance: Any, size: Any, real: Any, synthetic: Any) -> Any:
    """Return the next D_n / H_0, where the pool has `size` points before the round."""
    kept = ((size + synthetic) ** 2 - synthetic) * distance
    return (kept + real + synthetic) / (size + real + synthetic) ** 2


MIXED_POOL = Premise(
    "mixed pool",
    "The pool starts with N0 real points. Each round adds m_r draws of p and m_s draws of P_n, the "
    "law of the pool, which has N_n = N0 + n M points then, M = m_r + m_s. D_n = E ||P_n - p||^2.",
)
POINTS = s.m_r + s.m_s
REAL_SHARE = s.m_r / POINTS
PER_BATCH = s.N0 / POINTS
DISTANCE_LAW = s.H0 * PoolDistance(s.N0, s.m_r, s.m_s, s.n)
#: What the squared distance of the synthetic points adds in the first round, over that of a batch.
FIRST_ROUND = s.m_s**2 / (POINTS * s.N0)
#: The pool before a round.
SIZE = Parameter("N", s.N, "points in the pool", Kind.INTEGER, low=1)
BATCHES = (FIRST_POOL, REAL_POINTS, SYNTHETIC_POINTS)


def growth(size: sp.Expr) -> sp.Expr:
    """Return the factor by which N^2 D grows in a round that starts with `size` points."""
    return ((size + s.m_s) ** 2 - s.m_s) / size**2


#: Of the count of a category in a batch.
VARIANCES = s.m_r * s.q * (1 - s.q) + s.m_s * s.x * (1 - s.x)


def derive_fresh_pool() -> Derivation:
    """Return the derivation of the recursion of D_n."""
    before = s.N0 + s.n * POINTS
    inside = Domain((DIVERSITY, *BATCHES, GENERATIONS), (SOME_POINTS,))
    squares = sp.Sum(s.p[s.i] ** 2, (s.i, 1, s.K))
    return Derivation(
        (DISTANCE, MIXED_POOL),
        (
            Identity(
                "one category",
                "A category of real probability q and share x of the N points of the pool: after "
                "the round its count is off by (N + m_s)(x - q) on average, and varies by "
                "m_r q (1-q) + m_s x (1-x). Over the square of the pool's new size:",
                ((s.N + s.m_s) ** 2 * (s.x - s.q) ** 2 + VARIANCES) / (s.N + POINTS) ** 2,
                (
                    ((s.N + s.m_s) ** 2 - s.m_s) * (s.x - s.q) ** 2
                    + POINTS * s.q * (1 - s.q)
                    + s.m_s * SLOPE
                )
                / (s.N + POINTS) ** 2,
                Domain((RARE, CURRENT, SIZE, REAL_POINTS, SYNTHETIC_POINTS), (SOME_POINTS,)),
                uses=("A22",),
            ),
            total_expectation(
                "one round",
                "The last terms have mean 0: N_{n+1}^2 D_{n+1} = ((N_n + m_s)^2 - m_s) D_n + "
                "M H_0.",
                "distance",
            ),
            Induction(
                "recursion",
                "N0 real points have D_0 = H_0/N0.",
                s.n,
                s.H0 / s.N0,
                (((before + s.m_s) ** 2 - s.m_s) * PREVIOUS + POINTS * s.H0)
                / (before + POINTS) ** 2,
                DISTANCE_LAW,
                inside,
                concludes=("distance",),
            ),
            Identity(
                "what is left",
                "E H_n = 1 - E sum P_{n,i}^2.",
                1 - (squares + DISTANCE_LAW),
                s.H0 - DISTANCE_LAW,
                Domain((LAW, *inside.parameters), (SOME_POINTS,)),
                concludes=("diversity",),
            ),
        ),
    )


FRESH_POOL = Claim(
    code="A39",
    id="discrete.fresh-pool",
    title="A pool that also gets real points learns the real law in the end",
    statement=(
        "A pool of N0 real points grows by m_r real and m_s of its own points a round, "
        "M = m_r + m_s, N_n = N0 + n M. Then N_n^2 D_n = ((N_{n-1} + m_s)^2 - m_s) D_{n-1} + "
        "M H_0 from D_0 = H_0/N0. For m_r >= 1, D_n tends to 0; how fast depends on whether "
        "more or less than half of the points are real (A39b, A39c, A39d)."
    ),
    quantities=(
        Quantity(
            "distance",
            "mean squared distance from the real law",
            r"\mathbb{E}\|P_n - p\|^2",
            Relation.EQUALS,
            DISTANCE_LAW,
        ),
        Quantity(
            "diversity",
            "mean diversity of the pool",
            r"\mathbb{E}[H_n]",
            Relation.EQUALS,
            s.H0 - DISTANCE_LAW,
        ),
    ),
    domain=Domain((LAW, DIVERSITY, *BATCHES, BATCH, GENERATIONS), (SOME_POINTS,)),
    sources=(
        Source("Kanabar and Gastpar 2025, arXiv:2501.19273", "the model"),
        Source("derived here", "the recursion"),
    ),
    derive=derive_fresh_pool,
)

LATER = GENERATIONS.at_least(1)
MOSTLY_REAL_LAW = s.H0 / ((s.m_r - s.m_s) * s.n)
MOSTLY_REAL = (Condition(s.m_s, s.m_r),)
HALF_LAW = s.H0 * sp.log(s.n) / (2 * s.m_s * s.n)
HALF = SYNTHETIC_POINTS.at_least(1)
HALF_REAL_POINTS = replace(REAL_POINTS, low=1, follows=s.m_s)
MOSTLY_SYNTHETIC = (Condition(s.m_r, s.m_s),)


def _roots() -> tuple[Identity, Citation]:
    """Return the steps to how the factors of the rounds grow."""
    root = sp.sqrt(s.m_s)
    return (
        Identity(
            "two roots",
            "The factor by which a round multiplies N^2 D, but for what it adds (A39).",
            growth(s.N),
            (s.N + s.m_s - root) * (s.N + s.m_s + root) / s.N**2,
            Domain((SIZE, SYNTHETIC_POINTS)),
            uses=("A39",),
        ),
        Citation(
            "growth",
            "Over pools of N0, N0 + M, ... points the product of these factors is G n^(2 m_s/M), "
            "up to a factor 1 + O(1/n), with G > 0: N + m_s > sqrt(m_s).",
            "Gauss's limit: (z)_n / (n! n^(z-1)) tends to 1/Gamma(z)",
            "NIST Digital Library of Mathematical Functions, 5.8.1",
            (Hypothesis("each factor is a quotient of two linear ones by a square", "two roots"),),
        ),
    )


def derive_mostly_real() -> Derivation:
    """Return the derivation of D_n where more than half of the points are real."""
    steep = POINTS / (s.m_r - s.m_s)
    level = -(s.m_s - 1) * steep / 2
    after = steep * (s.N + POINTS) + level
    return Derivation(
        (MIXED_POOL,),
        (
            *_roots(),
            Identity(
                "particular solution",
                "alpha N + beta, alpha = M/(m_r - m_s) and beta = -(m_s-1) alpha/2, obeys the "
                "recursion of N^2 D / H_0 up to an error of order 1/N^2.",
                after - (growth(s.N) * (steep * s.N + level) + POINTS),
                -s.m_s * (s.m_s - 1) * level / s.N**2,
                Domain((SIZE, REAL_POINTS, SYNTHETIC_POINTS), MOSTLY_REAL),
            ),
            Citation(
                "slow part",
                "The rest grows like n^(2 m_s/M), more slowly than n: over N_n^2 it is of order "
                "n^(-2r), and alpha N_n / N_n^2 is 1/((m_r - m_s) n) up to order n^(-2).",
                "variation of constants",
                "Elaydi, An Introduction to Difference Equations, theorem 1.2",
                (
                    Hypothesis("the factors are known to grow", "growth"),
                    Hypothesis("one solution is known", "particular solution"),
                ),
                gives=MOSTLY_REAL_LAW,
                concludes=("distance",),
            ),
        ),
    )


def derive_half() -> Derivation:
    """Return the derivation of D_n where half of the points are real."""
    return Derivation(
        (MIXED_POOL,),
        (
            *_roots(),
            Citation(
                "harmonic",
                "m_s/M = 1/2: N^2 D over the product of the factors, G n, gains M H_0/(G n) a "
                "round, a harmonic series. Hence N_n^2 D_n is M H_0 n ln n up to order n.",
                "variation of constants, and the harmonic series",
                "Elaydi, An Introduction to Difference Equations, theorem 1.2",
                (
                    Hypothesis("the factors are known to grow", "growth"),
                    Hypothesis("a round adds M H_0", "A39"),
                ),
                gives=HALF_LAW,
                concludes=("distance",),
            ),
        ),
    )


def derive_mostly_synthetic() -> Derivation:
    """Return the derivation of the exponent where less than half of the points are real."""
    return Derivation(
        (MIXED_POOL,),
        (
            *_roots(),
            Citation(
                "convergent",
                "m_s/M > 1/2: what a round adds, over the product of the factors, has a finite "
                "sum, whose tail after n rounds is of order n^(2r-1). Hence D_n n^(2r) tends to "
                "some C > 0 with an error of that order, and ln(D_n/D_2n)/ln 2 to 2r.",
                "variation of constants",
                "Elaydi, An Introduction to Difference Equations, theorem 1.2",
                (
                    Hypothesis("the factors are known to grow", "growth"),
                    Hypothesis("a round adds M H_0 > 0", "A39"),
                ),
                gives=2 * REAL_SHARE,
                concludes=("exponent",),
            ),
        ),
    )


SPEED_SOURCES = (
    Source("Kanabar and Gastpar 2025, arXiv:2501.19273", "the model"),
    Source("derived here", "the rates; their constants are measured"),
)

MORE_REAL = Claim(
    code="A39b",
    id="discrete.fresh-pool-mostly-real",
    title="More real than synthetic points: the error falls as H_0/((m_r - m_s) n)",
    statement=(
        "Where m_r > m_s, D_n ~ H_0/((m_r - m_s) n) = H_0/((2r-1) M n) with r = m_r/M, up to an "
        "error of order n^(-2r): the synthetic points cost as many real ones."
    ),
    quantities=(
        Quantity(
            "distance",
            "mean squared distance from the real law",
            r"\mathbb{E}\|P_n - p\|^2",
            Relation.TENDS_TO,
            MOSTLY_REAL_LAW,
            order=Order(
                s.n,
                s.H0
                / (s.m_r - s.m_s)
                * ((1 + PER_BATCH) ** (2 * REAL_SHARE - 1) + FIRST_ROUND)
                * s.n ** (-2 * REAL_SHARE),
                2,
            ),
        ),
    ),
    domain=Domain((LAW, DIVERSITY, *BATCHES, BATCH, LATER), MOSTLY_REAL),
    sources=SPEED_SOURCES,
    derive=derive_mostly_real,
    expected=Expected.ORDER_AND_RANGE,
)

HALF_REAL = Claim(
    code="A39c",
    id="discrete.fresh-pool-half-real",
    title="As many real as synthetic points: the error falls as (H_0/M) ln(n)/n",
    statement=(
        "Where m_r = m_s, M = 2 m_s, D_n ~ (H_0/M) ln(n)/n, up to an error of order 1/n: the "
        "border between the two rates."
    ),
    quantities=(
        Quantity(
            "distance",
            "mean squared distance from the real law",
            r"\mathbb{E}\|P_n - p\|^2",
            Relation.TENDS_TO,
            HALF_LAW,
            order=Order(
                s.n,
                s.H0
                * (1 + sp.log(1 + PER_BATCH) + FIRST_ROUND).subs(s.m_r, s.m_s)
                / (2 * s.m_s * s.n),
                2,
            ),
        ),
    ),
    domain=Domain((LAW, DIVERSITY, FIRST_POOL, HALF, HALF_REAL_POINTS, LATER)),
    sources=SPEED_SOURCES,
    derive=derive_half,
    expected=Expected.ORDER_AND_RANGE,
)

MORE_SYNTHETIC = Claim(
    code="A39d",
    id="discrete.fresh-pool-mostly-synthetic",
    title="More synthetic than real points: the error falls as n^(-2r) only",
    statement=(
        "Where m_r < m_s, D_n ~ C n^(-2r), r = m_r/M < 1/2, with C > 0: pooling everything is "
        "slower than the 1/n of the real points alone. Stated as the slope between n and 2n "
        "rounds, ln(D_n/D_2n)/ln 2, which tends to 2r with an error of order n^(2r-1). m_r = 0: "
        "nothing more is learnt."
    ),
    quantities=(
        Quantity(
            "exponent",
            "exponent of n at which the mean squared distance falls, between n and 2n rounds",
            r"\log_2(D_n / D_{2n})",
            Relation.TENDS_TO,
            2 * REAL_SHARE,
            order=Order(s.n, ((1 + PER_BATCH) / s.n) ** (1 - 2 * REAL_SHARE), 2),
        ),
    ),
    domain=Domain((*BATCHES, BATCH, LATER), MOSTLY_SYNTHETIC),
    sources=SPEED_SOURCES,
    derive=derive_mostly_synthetic,
    expected=Expected.ORDER_AND_RANGE,
)

CLAIMS = (FRESH_POOL, MORE_REAL, HALF_REAL, MORE_SYNTHETIC)
