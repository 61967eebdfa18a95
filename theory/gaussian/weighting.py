"""Weighing fresh real points against synthetic ones: the best weight, and the golden ratio."""

from dataclasses import replace

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
from theory.domain import DEVIATION, Domain, Kind, Parameter

# In the letters of the source: n real points, m synthetic ones, weight w, ratio k = n/m.
N_REAL = sp.Symbol("n", integer=True, positive=True)
N_MADE = sp.Symbol("m", integer=True, positive=True)
W = sp.Symbol("w", positive=True)
RATIO = sp.Symbol("k", positive=True)
ROUNDS = sp.Symbol("g", integer=True, nonnegative=True)

REAL_POINTS = Parameter("n", N_REAL, "fresh real points a round", Kind.INTEGER, 1)
SYNTHETIC = Parameter("m", N_MADE, "synthetic points a round", Kind.INTEGER, 1)
WEIGHT = Parameter("w", W, "weight of the real mean", Kind.REAL, 0, 1, low_open=True)
K_RATIO = Parameter("k", RATIO, "real points over synthetic ones, n/m", Kind.REAL, 0, low_open=True)
#: Known where n and m are.
K_OF_POINTS = replace(K_RATIO, follows=N_REAL / N_MADE)
ROUND = Parameter("g", ROUNDS, "rounds", Kind.INTEGER, 0, aliases=("rounds",))
OLD = Parameter("D", s.x, "mean squared error one round before", Kind.REAL, 0)

MODEL = Premise(
    "weighted mean",
    "Each round the estimate is w times the mean of n fresh draws of D_0 plus 1 - w times the mean "
    "of m draws of a law about the last estimate. All draws have the variance sigma^2: it is "
    "known, or fitted without bias. Round 0 is the mean of D_0.",
)
POINTS = (REAL_POINTS, SYNTHETIC, DEVIATION)
OVER = Domain((*POINTS, WEIGHT))

ADDED = (W**2 / N_REAL + (1 - W) ** 2 / N_MADE) * s.sigma**2
ERROR = ADDED / (2 * W - W**2)
ERROR_AFTER = ERROR * (1 - (1 - W) ** (2 * ROUNDS))
BEST = (sp.sqrt(RATIO**2 + 4 * RATIO) - RATIO) / 2
BEST_OF = BEST.subs(RATIO, N_REAL / N_MADE)
LEAST = s.sigma**2 * (1 - BEST_OF) / (N_MADE * BEST_OF)


def derive_weighting() -> Derivation:
    """Return the derivation of the error at each weight, and of its least value."""
    real = sp.Sum(s.sigma**2 / N_REAL**2, (s.i, 1, N_REAL))
    made = sp.Sum(s.sigma**2 / N_MADE**2, (s.i, 1, N_MADE))
    curvature = 1 / N_REAL + 1 / N_MADE
    return Derivation(
        (MODEL,),
        (
            Identity(
                "one round",
                "Both means are independent given the past, and the synthetic one has the old "
                "error D in it.",
                W**2 * real + (1 - W) ** 2 * (s.x + made),
                ADDED + (1 - W) ** 2 * s.x,
                Domain((*OVER.parameters, OLD)),
            ),
            Induction(
                "error-after",
                "A linear recursion from 0.",
                ROUNDS,
                sp.Integer(0),
                ADDED + (1 - W) ** 2 * PREVIOUS,
                ERROR_AFTER,
                Domain((*OVER.parameters, ROUND)),
                concludes=("error-after",),
            ),
            Citation(
                "error",
                "(1 - w)^2 < 1 for 0 < w <= 1, so its powers tend to 0.",
                "geometric sequences",
                "Rudin, Principles of Mathematical Analysis, theorem 3.20",
                (Hypothesis("the error after g rounds", "error-after"),),
                gives=ERROR,
                concludes=("error",),
            ),
            Identity(
                "weight",
                "The positive root of w^2 + k w = k; at k = 1 it is 1 over the golden ratio.",
                RATIO / (RATIO + BEST),
                BEST,
                Domain((K_RATIO,)),
                concludes=("weight",),
            ),
            Identity(
                "square",
                "At every weight the error exceeds its value at that root by a multiple of the "
                "squared distance,",
                ERROR - LEAST,
                (s.sigma**2 * curvature + LEAST) * (W - BEST_OF) ** 2 / (2 * W - W**2),
                OVER,
            ),
            Inequality(
                "positive",
                "and the multiple is positive: the root is the best weight, and the only one.",
                sp.Integer(0),
                (s.sigma**2 * curvature + LEAST) / (2 * W - W**2),
                OVER,
                strict=True,
            ),
            Identity(
                "least",
                "The error at the best weight.",
                ERROR.subs(W, BEST_OF),
                LEAST,
                Domain(POINTS),
                concludes=("least",),
            ),
        ),
    )


ERROR_WORDS = "mean squared error of the estimated mean"
LATEX = r"\mathbb{E}(\mu_g-\mu)^2"

WEIGHTING = Claim(
    code="B38",
    id="gaussian.golden-weight",
    title="The best weight of fresh real points beside as many synthetic ones is 1 / golden ratio",
    statement=(
        "Real means of weight w and synthetic means of weight 1 - w, w > 0, lead to the error "
        "(w^2/n + (1-w)^2/m) sigma^2 / (2w - w^2). It is least at w = (sqrt(k^2+4k) - k)/2 with "
        "k = n/m, for n = m at (sqrt(5) - 1)/2: more than the share n/(n + m) of real points. "
        "w = 0 has no limit: the error grows by sigma^2/m a round."
    ),
    quantities=(
        Quantity("error", f"{ERROR_WORDS}, as rounds go on", LATEX, Relation.TENDS_TO, ERROR),
        Quantity("weight", "best weight of the real mean", r"w^*", Relation.EQUALS, BEST),
        Quantity(
            "error-after", f"{ERROR_WORDS} after g rounds", LATEX, Relation.EQUALS, ERROR_AFTER
        ),
        Quantity(
            "least",
            f"{ERROR_WORDS} as rounds go on, whatever the weight",
            rf"\lim_g {LATEX}",
            Relation.AT_LEAST,
            LEAST,
        ),
    ),
    domain=Domain((REAL_POINTS, SYNTHETIC, WEIGHT, K_OF_POINTS, ROUND, DEVIATION)),
    sources=(
        Source("He, Xu and Cheng 2025, arXiv:2502.18049", "golden ratio weighting"),
        Source("derived here", "the error after g rounds"),
    ),
    derive=derive_weighting,
)

CLAIMS = (WEIGHTING,)
