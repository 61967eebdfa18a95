"""A little fresh data in every generation: the law that the recursion settles to."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp
from flint import arb

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
from theory.discrete.lineages import ORDER
from theory.domain import CATEGORY, LAW, RARE, SAMPLES, Condition, Domain, Kind, Parameter
from theory.node import Node


class BetaLaw(Node):
    """P(X <= x) for X with law Beta(a, b): the regularized incomplete beta function."""

    nargs = 3

    @staticmethod
    def ball_value(*arguments: Any) -> arb:
        """Return a ball that holds the probability, for 0 < x < 1 and a, b > 0."""
        x, a, b = arguments
        # Around whole numbers a and b Arb loses digits for x > 1/2, or all of them, and none below.
        both = x.beta_lower(a, b, 1), 1 - (1 - x).beta_lower(b, a, 1)
        return max(both, key=arb.rel_accuracy_bits)

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        x, a, b = map(printer._print, self.args)
        return rf"I_{{{x}}}\left({a}, {b}\right)"


FRESH = Parameter(
    "g", s.g, "chance that a sample is real", Kind.REAL, 0, 1, low_open=True, aliases=("gamma",)
)
INFLOW = Parameter(
    "theta", sp.Symbol("theta", positive=True), "real samples a generation on average, M g",
    Kind.REAL, 0, low_open=True,
)  # fmt: skip
PLACE = Parameter("x", s.x, "a share of the category", Kind.REAL, 0, 1, True, True)
THETA = INFLOW.symbol

FRESH_DATA = Premise(
    "fresh data",
    "Every sample is real with chance g and otherwise drawn from p_n: the counts of M of them are "
    "multinomial(M, g p + (1 - g) p_n), and p_{n+1} is their share.",
)
SETTLED = Premise(
    "settled",
    "With g > 0 every count leads to every other in one generation where 0 < p_i < 1: there is one "
    "stationary law, p_oo has it.",
)

SHARE = s.p[s.i]
FIRST, OTHER = 2 * s.M * s.g * SHARE, 2 * s.M * s.g * (1 - SHARE)
VARIANCE = SHARE * (1 - SHARE) / (1 + 2 * s.M * s.g)
VARIANCE_FIXED = SHARE * (1 - SHARE) / (1 + 2 * THETA)
MOMENT = sp.RisingFactorial(FIRST, s.k) / sp.RisingFactorial(FIRST + OTHER, s.k)
DISTRIBUTION = BetaLaw(s.x, FIRST, OTHER)


def derive_little_fresh_data() -> Derivation:
    """Return the derivation of the limiting law, its moments and how far they are off."""
    one = Domain((RARE, SAMPLES, FRESH))
    kept = (1 - s.g) ** 2
    exact = s.q * (1 - s.q) / (s.M - (s.M - 1) * kept)
    limit = s.q * (1 - s.q) / (1 + 2 * s.M * s.g)
    spread = exact * kept
    return Derivation(
        (FRESH_DATA, SETTLED),
        (
            Identity(
                "exact variance",
                "The mean stays q; one generation keeps (1-g)^2 of the variance V and adds the "
                "binomial one, (q (1-q) - (1-g)^2 V) / M. This V is left as it is.",
                (s.q * (1 - s.q) - spread) / s.M + spread,
                exact,
                one,
            ),
            Inequality(
                "below the limit",
                "It is at most q (1-q) / (1 + 2 M g) (1 + 2 g),",
                exact,
                limit * (1 + 2 * s.g),
                one,
            ),
            Inequality(
                "above the limit",
                "and that is at most 1 + 2 g times V.",
                limit,
                exact * (1 + 2 * s.g),
                one,
            ),
            Citation(
                "diffusion",
                "In the time n / M, as M grows with M g fixed, the drift is M g (p - x) and the "
                "squared step x (1 - x); the stationary law is proportional to "
                "x^(2Mgp - 1) (1 - x)^(2Mg(1-p) - 1).",
                "diffusion limit of Wright-Fisher chains and of their stationary laws",
                "Ethier & Kurtz, Markov Processes, chapter 10, theorems 1.1 and 2.2; Wright 1931",
                (
                    Hypothesis("multinomial resampling with immigration", "fresh data"),
                    Hypothesis("the stationary law is unique", "settled"),
                ),
                gives=DISTRIBUTION,
                concludes=("distribution",),
            ),
            Induction(
                "moments",
                "Stationary, x^(k+1) does not drift: (k/2) (m_k - m_{k+1}) + M g (p m_k - m_{k+1}) "
                "is 0.",
                s.k,
                SHARE,
                PREVIOUS * (FIRST + s.k) / (FIRST + OTHER + s.k),
                MOMENT,
                Domain((LAW, CATEGORY, SAMPLES, FRESH, ORDER)),
                first=1,
                concludes=("moment",),
            ),
            Identity(
                "variance",
                "The second moment less the square of the mean.",
                MOMENT.subs(s.k, 2) - SHARE**2,
                VARIANCE,
                Domain((LAW, CATEGORY, SAMPLES, FRESH)),
                concludes=("variance",),
            ),
            Identity(
                "fixed inflow",
                "With g = theta / M.",
                MOMENT.subs(s.k, 2).subs(s.g, THETA / s.M) - SHARE**2,
                VARIANCE_FIXED,
                Domain((LAW, CATEGORY, INFLOW)),
                concludes=("variance-fixed-inflow",),
            ),
        ),
    )


def _limit(name: str, words: str, latex: str, law: sp.Expr, order: Order) -> Quantity:
    return Quantity(name, words, latex, Relation.TENDS_TO, law, order=order)


LITTLE_FRESH_DATA = Claim(
    code="A36",
    id="discrete.little-fresh-data",
    title="With M g real samples a generation the shares settle to Beta(2Mgp, 2Mg(1-p))",
    statement=(
        "When every sample is real with chance g > 0, the law of p_n settles; as M grows with M g "
        "fixed it tends to Dirichlet(2 M g p), a category's share to Beta(2Mgp, 2Mg(1-p)) of "
        "variance p(1-p)/(1+2Mg). The variance is off by at most 2 g times its value, at any M. "
        "That moments of order k are off by at most k g, and the distribution by (g + 1/M) / "
        "(x (1-x)), is seen on the exact chains, not derived."
    ),
    quantities=(
        _limit(
            "variance",
            "variance of the share of category i, settled",
            r"\operatorname{Var} p_{\infty,i}",
            VARIANCE,
            Order(s.M, s.g, Fraction(2), exact_order=False, relative=True),
        ),
        _limit(
            "variance-fixed-inflow",
            "the same for g = theta / M",
            r"\operatorname{Var} p_{\infty,i}",
            VARIANCE_FIXED,
            Order(s.M, THETA / s.M, Fraction(2), relative=True),
        ),
        _limit(
            "moment",
            "moment of order k of the share of category i, settled",
            r"\mathbb{E}\, p_{\infty,i}^k",
            MOMENT,
            Order(s.M, s.k * s.g, Fraction(1), exact_order=False),
        ),
        _limit(
            "distribution",
            "probability that the settled share of category i is at most x",
            r"\mathbb{P}(p_{\infty,i} \le x)",
            DISTRIBUTION,
            Order(s.M, (s.g + 1 / s.M) / (s.x * (1 - s.x)), Fraction(1), exact_order=False),
        ),
    ),
    domain=Domain((LAW, CATEGORY, SAMPLES, FRESH, INFLOW, ORDER, PLACE), (Condition(THETA, s.M),)),
    sources=(Source("Wright 1931, Genetics 16", "the stationary law under steady immigration"),),
    derive=derive_little_fresh_data,
    expected=Expected.ORDER_AND_RANGE,
)

CLAIMS = (LITTLE_FRESH_DATA,)
