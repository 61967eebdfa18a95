"""One row of an n-gram table: its diversity when the draws that reach its context are random."""

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Expected, Order, Quantity, Relation, Source
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
from theory.discrete.diversity import BINOMIAL, total_expectation
from theory.domain import GENERATIONS, RARE, SAMPLES, Domain, Kind, Parameter
from theory.inverse_count import InverseCount

p = sp.Symbol("p", positive=True)
H = sp.Symbol("H_row0", nonnegative=True)
CHANCE = Parameter(
    "p", p, "chance that a draw is of the context", Kind.REAL, 0, 1, low_open=True, aliases=("p_a",)
)
ROW_DIVERSITY = Parameter(
    "H_row0", H, "diversity of the row at the start (or give row, its law)", Kind.REAL, 0, 1,
    False, True, aliases=("H0", "H_0", "H", "H_row", "H_row_0", "H_row,0"),
)  # fmt: skip

ROWS = Premise(
    "row",
    "Each of M draws is of the context with chance p, in every generation the same, and is then "
    "followed by a value drawn from the row. X of them are of the context; the next row is the "
    "share of each value among these, or the old row where X = 0.",
)

#: P(X = j), and the mean of 1/X where X is positive.
COUNT = BINOMIAL.subs(s.q, p)
J = InverseCount(s.M, p)
NEVER = (1 - p) ** s.M
KEPT = H * (1 - J) ** s.n
SEEN = 1 - J / (1 - NEVER)
ASYMPTOTE = 1 / (s.M * p)
#: E[(X - M p)^2 / X; X >= 1].
SPREAD = sp.Sum(COUNT * (s.j - s.M * p) ** 2 / s.j, (s.j, 1, s.M))
SIZE = (1 - p) / (s.M * p) ** 2

EACH = Domain((CHANCE, SAMPLES))
TIME = Parameter("t", s.t, "any", Kind.REAL, 0, 1, low_open=True)
ROW_COUNT = Parameter("k", s.k, "draws of the context", Kind.INTEGER, low=1)


def _inverse_steps() -> tuple[Identity, Citation, Identity, Identity]:
    """Return the steps from E[1/X; X >= 1] to its integral and to a finite sum."""
    return (
        Identity(
            "powers",
            "The integrand is a polynomial in t,",
            ((1 - p + p * s.t) ** s.M - NEVER) / s.t,
            sp.Sum(COUNT * s.t ** (s.j - 1), (s.j, 1, s.M)),
            Domain((CHANCE, SAMPLES, TIME)),
        ),
        Citation(
            "integral",
            "and t^(j-1) has the integral 1/j over 0 < t < 1: J is the integral of "
            "((1-p+pt)^M - (1-p)^M) / t.",
            "linearity of the integral",
            "Rudin, Principles of Mathematical Analysis, theorem 6.12",
            (Hypothesis("the integrand is a finite sum of powers", "powers"),),
        ),
        Identity(
            "binomial sum",
            "J is the mean of 1/X where X is positive.",
            sp.Sum(COUNT / s.j, (s.j, 1, s.M)),
            J,
            EACH,
            concludes=("J",),
        ),
        Identity(
            "powers of 1 - p",
            "In powers of u = 1 - p + p t the integrand is a geometric sum, which gives J without "
            "binomial coefficients.",
            sp.Sum(((1 - p) ** (s.M - s.j) - NEVER) / s.j, (s.j, 1, s.M)),
            J,
            EACH,
        ),
    )


def _asymptote_steps() -> tuple[Identity, Inequality, Inequality, Citation]:
    """Return the steps to 1/(M p) and to how far it is off."""
    return (
        Identity(
            "expansion",
            "1/X = 1/a - (X-a)/a^2 + (X-a)^2/(a^2 X) at a = M p, averaged where X is positive.",
            J - ASYMPTOTE,
            SPREAD / (s.M * p) ** 2 - 2 * NEVER / (s.M * p),
            EACH,
        ),
        Inequality(
            "not far below",
            "M p (1-p)^(M-1) is a probability;",
            2 * s.M * p * NEVER,
            2 * (1 - p),
            EACH,
        ),
        Inequality(
            "not far above",
            "1/x is at most 2/(x+1), and (x-a)^2 / (x+1) has a mean with M + 1 for M.",
            SPREAD,
            4 * (1 - p) + 2 * s.M * p * NEVER,
            EACH,
        ),
        Citation(
            "order",
            "So J lies within 4 (1-p) / (M p)^2 of 1/(M p).",
            "squeeze theorem",
            "Rudin, Principles of Mathematical Analysis, theorem 3.19",
            (
                Hypothesis("the error in full", "expansion"),
                Hypothesis("from below", "not far below"),
                Hypothesis("from above", "not far above"),
            ),
            gives=ASYMPTOTE,
            concludes=("asymptote",),
        ),
    )


def derive_row_decay() -> Derivation:
    """Return the derivation of E H_row,n = H_row,0 (1-J)^n, of J and of its asymptote."""
    return Derivation(
        (ROWS,),
        (
            Identity(
                "second moment",
                "Given X = k >= 1, the share of a value has mean q and this mean square; summed "
                "over the values, the row keeps the part 1 - 1/k of its diversity.",
                sp.Sum((s.j / s.k) ** 2 * BINOMIAL.subs(s.M, s.k), (s.j, 0, s.k)),
                s.q**2 + s.q * (1 - s.q) / s.k,
                Domain((RARE, ROW_COUNT)),
            ),
            *_inverse_steps(),
            Identity(
                "one generation",
                "Where X = 0 the row keeps all of its diversity.",
                NEVER + sp.Sum(COUNT * (1 - 1 / s.j), (s.j, 1, s.M)),
                1 - J,
                EACH,
            ),
            total_expectation("tower", "E[H_row,n+1] = (1 - J) E[H_row,n].", "row"),
            Induction(
                "every generation",
                "X is drawn anew each time, with the same p.",
                s.n,
                H,
                (1 - J) * PREVIOUS,
                KEPT,
                Domain((ROW_DIVERSITY, CHANCE, SAMPLES, GENERATIONS)),
                concludes=("row-diversity",),
            ),
            Identity(
                "given that it is seen",
                "Of the generations in which X is positive.",
                sp.Sum(COUNT * (1 - 1 / s.j), (s.j, 1, s.M)) / sp.Sum(COUNT, (s.j, 1, s.M)),
                SEEN,
                EACH,
                concludes=("seen-factor",),
            ),
            *_asymptote_steps(),
        ),
    )


ROW_DECAY = Claim(
    code="E01",
    id="language.row-decay",
    title="A row that X of M draws reach loses the share E[1/X; X >= 1] of its diversity",
    statement=(
        "Let every draw be of a context with the same chance p in all generations, and be followed "
        "by a value from the context's row. The row fitted to the X draws of the context, and kept "
        "where there are none, has mean diversity H_row,0 (1 - J)^n with J = E[1/X; X >= 1] = "
        "integral of ((1-p+pt)^M - (1-p)^M)/t over 0 < t < 1, X ~ Bin(M, p). A generation that "
        "sees the context leaves the part 1 - J / (1 - (1-p)^M) on average. J is within "
        "4 (1-p) / (M p)^2 of 1/(M p). The chance p must not follow the drawn counts: on running "
        "text it does (E02)."
    ),
    quantities=(
        Quantity(
            "row-diversity",
            "mean diversity of the row after n generations, kept where the context is not seen",
            r"\mathbb{E}\,H_{\mathrm{row},n}",
            Relation.EQUALS,
            KEPT,
        ),
        Quantity(
            "J",
            "mean of 1/X where the count X of the context is positive",
            r"J = \mathbb{E}[1/X \,;\, X \ge 1]",
            Relation.EQUALS,
            J,
        ),
        Quantity(
            "seen-factor",
            "part of the diversity left on average by a generation that sees the context",
            r"\mathbb{E}[H_{\mathrm{row},1} \mid X \ge 1] / H_{\mathrm{row},0}",
            Relation.EQUALS,
            SEEN,
        ),
        Quantity(
            "asymptote",
            "the same mean of 1/X as the draws of the context grow in number",
            r"J",
            Relation.TENDS_TO,
            ASYMPTOTE,
            order=Order(s.M, SIZE, 4),
        ),
    ),
    domain=Domain((ROW_DIVERSITY, CHANCE, SAMPLES, GENERATIONS)),
    sources=(
        Source("derived here", "the row by conditioning on its count"),
        Source("Grab and Savage 1954, Journal of the American Statistical Association 49", "1/X"),
    ),
    derive=derive_row_decay,
    expected=Expected.ORDER_AND_RANGE,
)

CLAIMS = (ROW_DECAY,)
