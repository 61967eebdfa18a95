"""Shannon entropy: what resampling takes from it, and what that has to do with survivors."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Expected, Order, Quantity, Relation, Source
from theory.derivation import (
    Citation,
    Derivation,
    Hypothesis,
    Identity,
    Inequality,
    Premise,
)
from theory.discrete.diversity import BINOMIAL, RESAMPLING, total_expectation
from theory.domain import GENERATIONS, LAW, RARE, SAMPLES, Domain, Kind, Parameter
from theory.entropy_drop import Alive, EntropyDrop
from theory.lineages import LineagePower

ENTROPY = Premise(
    "entropy",
    "S(p) = -sum p_i ln p_i in nats, 0 ln 0 = 0, and KL(r || p) = sum r_i ln(r_i / p_i).",
)
FEWER = Premise(
    "fewer",
    "K_n categories are alive in generation n, K in generation 0; T_j is the first generation with "
    "fewer than j of them.",
)
POSITIVE = Parameter("x", s.x, "share over its mean", Kind.REAL, 0, low_open=True)

SHARE = s.p[s.i]
SIZE = s.j / s.M
DIVERGENCE = sp.Sum(EntropyDrop(SHARE, s.M, s.n), (s.i, 1, s.K))
START = -sp.Sum(SHARE * sp.log(SHARE), (s.i, 1, s.K))
AFTER_ONE = START - (s.K - 1) / (2 * s.M)
SURVIVORS = sp.Sum(Alive(SHARE, s.M, s.n), (s.i, 1, s.K))
RATE = (SURVIVORS - 1) / (2 * s.M)
TIMES = 2 * s.M * START
#: sum 1/p_i - K: how rare the categories are.
RARITY = sp.Sum(1 / SHARE - 1, (s.i, 1, s.K))


def _mean(function: sp.Expr, first: int = 0, last: sp.Expr = s.M) -> sp.Expr:
    """Return the binomial mean of a function of the count j that is 0 outside first..last."""
    return sp.Sum(BINOMIAL * function, (s.j, first, last))


def _identity_steps() -> tuple[Identity | Citation, ...]:
    """Return the steps to E KL(p_n || p) = S(p) - E S(p_n)."""
    one = Domain((RARE, SAMPLES))
    return (
        Identity(
            "cross term",
            "The mean of the share is q, so E[X ln(X / q)] is E[X ln X] - q ln q.",
            _mean(SIZE * (sp.log(SIZE) - sp.log(s.q)), first=1),
            EntropyDrop(s.q, s.M, 1),
            one,
        ),
        total_expectation("tower", "E[.] = E[E[. | first generation]].", "resampling"),
        Identity(
            "later generations",
            "The fall from 0 to n is that to the first generation and from there to n.",
            EntropyDrop(s.q, s.M, 1) + _mean(EntropyDrop(SIZE, s.M, s.n - 1), 1, s.M - 1),
            EntropyDrop(s.q, s.M, s.n),
            Domain((RARE, SAMPLES, GENERATIONS.at_least(2))),
        ),
        Citation(
            "identity",
            "Summed over the categories: E KL(p_n || p) = S(p) - E S(p_n).",
            "linearity of expectation",
            "Billingsley, Probability and Measure, section 15",
            (
                Hypothesis("E[p_{n,i}] = p_i, so E p_{n,i} ln p_i = p_i ln p_i", "A01"),
                Hypothesis("in the first generation", "cross term"),
                Hypothesis("and after it", "later generations"),
                Hypothesis("KL and S are these sums", "entropy"),
            ),
            gives=DIVERGENCE,
            concludes=("kl",),
        ),
    )


def _expansion_steps() -> tuple[Identity | Inequality | Citation, ...]:
    """Return the steps to S - (K-1)/(2M)."""
    one = Domain((RARE, SAMPLES))
    u = s.x - 1
    cubic = s.x * sp.log(s.x) - u - u**2 / 2 + u**3 / 6
    return (
        Inequality(
            "remainder",
            "With u = X / q - 1, (1 + u) ln(1 + u) is u + u^2/2 - u^3/6, plus at most u^4/3.",
            cubic,
            u**4 / 3,
            Domain((POSITIVE,)),
        ),
        Inequality("remainder sign", "And not less.", -cubic, sp.Integer(0), Domain((POSITIVE,))),
        Identity(
            "second moment",
            "q E u^2 / 2 is (1 - q) / (2 M), in the sum (K - 1) / (2 M);",
            s.q * _mean((SIZE / s.q - 1) ** 2) / 2,
            (1 - s.q) / (2 * s.M),
            one,
        ),
        Identity(
            "third moment",
            "E u^3 and",
            _mean((SIZE / s.q - 1) ** 3),
            (1 - s.q) * (1 - 2 * s.q) / (s.M * s.q) ** 2,
            one,
        ),
        Identity(
            "fourth moment",
            "E u^4 are of the order 1/M^2.",
            _mean((SIZE / s.q - 1) ** 4),
            (1 - s.q) * (3 * s.M * s.q * (1 - s.q) + 1 - 6 * s.q * (1 - s.q)) / (s.M * s.q) ** 3,
            one,
        ),
        Citation(
            "one generation",
            "So E S(p_1) = S(p) - (K - 1) / (2 M) + O(1/M^2).",
            "Taylor's theorem, in the mean",
            "Miller 1955; Rudin, Principles of Mathematical Analysis, theorem 5.15",
            (
                Hypothesis("the remainder is bounded above", "remainder"),
                Hypothesis("and below", "remainder sign"),
                Hypothesis("second moment", "second moment"),
                Hypothesis("third moment", "third moment"),
                Hypothesis("fourth moment", "fourth moment"),
            ),
            gives=AFTER_ONE,
            concludes=("entropy",),
        ),
    )


def derive_entropy() -> Derivation:
    """Return the derivation of the identity, and of what it is for large M."""
    return Derivation(
        (RESAMPLING, ENTROPY, FEWER),
        (
            *_identity_steps(),
            *_expansion_steps(),
            Identity(
                "survivors",
                "From K_n living categories the next generation takes (K_n - 1) / (2 M) on "
                "average; a category is alive when it is not lost (A17).",
                (s.K - 1 - sp.Sum(LineagePower(1 - SHARE, s.M, s.M, s.n - 1), (s.i, 1, s.K)))
                / (2 * s.M),
                RATE,
                Domain((LAW, SAMPLES, GENERATIONS.at_least(1))),
                concludes=("rate",),
                uses=("A17",),
            ),
            Citation(
                "times",
                "Summed over all generations: sum (K_n - 1) is sum of T_j over j = 2..K, and the "
                "entropy falls from S(p) to 0.",
                "monotone convergence theorem",
                "Billingsley, Probability and Measure, section 16",
                (
                    Hypothesis("a generation takes (K_n - 1) / (2 M)", "survivors"),
                    Hypothesis("in the end one category is left", "A05"),
                    Hypothesis("T_j counts the generations with j or more", "fewer"),
                ),
                gives=TIMES,
                concludes=("times",),
            ),
        ),
    )


def _order(size: sp.Expr, constant: Fraction, exact: bool) -> Order:
    return Order(s.M, size, constant, exact_order=exact)


ENTROPY_DECAY = Claim(
    code="A19",
    id="discrete.entropy-decay",
    title="E KL(p_n || p) = S(p) - E S(p_n), and sum E T_j = 2 M S(p) for large M",
    statement=(
        "The mean divergence of p_n from p is exactly the mean entropy lost. One generation takes "
        "(K-1)/(2M) up to O(1/M^2), with living categories for K at any generation; so the times "
        "T_j to fewer than j categories add up, over j = 2..K and in the mean, to 2 M S(p), up to "
        "O(ln M). The orders are derived; the constants stated with them are what exact chains "
        "show at every p and M tried, rare categories included."
    ),
    quantities=(
        Quantity(
            "kl",
            "mean divergence of the law of generation n from the real one, the entropy lost",
            r"\mathbb{E}\operatorname{KL}(p_n \| p) = S(p) - \mathbb{E} S(p_n)",
            Relation.EQUALS,
            DIVERGENCE,
        ),
        Quantity(
            "entropy",
            "mean entropy after one generation",
            r"\mathbb{E} S(p_1)",
            Relation.TENDS_TO,
            AFTER_ONE,
            order=_order(RARITY / s.M**2, Fraction(1, 2), True),
        ),
        Quantity(
            "rate",
            "mean entropy that generation n + 1 takes",
            r"\mathbb{E} S(p_n) - \mathbb{E} S(p_{n+1})",
            Relation.TENDS_TO,
            RATE,
            order=_order((1 + sp.log(s.M)) * RARITY / s.M**2, Fraction(1, 2), False),
        ),
        Quantity(
            "times",
            "sum over j = 2..K of the mean time to fewer than j categories",
            r"\sum_{j=2}^{K} \mathbb{E}\, T_j",
            Relation.TENDS_TO,
            TIMES,
            order=_order((s.K - 1) * (1 + sp.log(s.M)), Fraction(1), True),
        ),
    ),
    domain=Domain((LAW, SAMPLES, GENERATIONS)),
    sources=(
        Source("Miller 1955, in Information Theory in Psychology", "the bias (K-1)/(2M)"),
        Source("derived here", "the identity, the relation with survivors, the sum of the times"),
    ),
    derive=derive_entropy,
    expected=Expected.ORDER_AND_RANGE,
)

CLAIMS = (ENTROPY_DECAY,)
