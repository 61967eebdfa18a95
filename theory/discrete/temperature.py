"""Sampling at a temperature and refitting with infinitely many samples: sharper or flatter."""

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import PREVIOUS, Derivation, Identity, Induction, Inequality, Premise
from theory.domain import CATEGORY, GENERATIONS, LAW, Domain, Kind, Parameter

SHARPNESS = Parameter(
    "b", s.b, "inverse temperature 1/T (or give T): above 1 sharpens, below 1 flattens", Kind.REAL,
    0, low_open=True,
)  # fmt: skip
POSITIVE = Parameter("x", s.x, "any positive number", Kind.REAL, 0, low_open=True)
EVERYWHERE = Domain((LAW, CATEGORY, SHARPNESS, GENERATIONS))
SHARPENED = Premise(
    "sharpened",
    "Points are drawn from the law at temperature T = 1/b, q_i = p_i^b / sum_j p_j^b; infinitely "
    "many of them give the fit q itself.",
)

EXPONENT = s.b**s.n
#: p_{n,j} / p_{n,i}
ODDS = (s.p[s.j] / s.p[s.i]) ** EXPONENT
PROBABILITY = 1 / sp.Sum(ODDS, (s.j, 1, s.K))
OTHERS = sp.Sum(ODDS, (s.j, 1, s.i - 1)) + sp.Sum(ODDS, (s.j, s.i + 1, s.K))
REST = OTHERS / (1 + OTHERS)
LOG_ODDS = EXPONENT * sp.log(s.p[s.i] / s.p[s.K])


def derive_temperature() -> Derivation:
    """Return the derivation of the law after n generations."""
    weights = s.p[s.j] ** EXPONENT
    total = sp.Sum(weights, (s.j, 1, s.K))
    before, after = sp.Sum(weights, (s.j, 1, s.i - 1)), sp.Sum(weights, (s.j, s.i + 1, s.K))
    return Derivation(
        (SHARPENED,),
        (
            Induction(
                "log-odds",
                "The normalisation cancels from the odds of two categories: a generation "
                "multiplies their logarithm by b.",
                s.n,
                sp.log(s.p[s.i] / s.p[s.K]),
                s.b * PREVIOUS,
                LOG_ODDS,
                EVERYWHERE,
                concludes=("log-odds",),
            ),
            Identity(
                "probability",
                "So p_{n,i} is in proportion to p_i^(b^n), and the probabilities add up to 1: "
                "p_{n,i} is 1 over the sum of all odds against category i.",
                s.p[s.i] ** EXPONENT / total,
                PROBABILITY,
                EVERYWHERE,
                concludes=("probability",),
            ),
            Identity(
                "others",
                "The other categories have the rest,",
                (before + after) / total,
                REST,
                EVERYWHERE,
                concludes=("others",),
            ),
            Inequality(
                "double-exponential",
                "which is less than the sum of the odds (p_j / p_i)^(b^n): if p_i is the single "
                "largest and b > 1, their logarithms grow like b^n.",
                s.x / (1 + s.x),
                s.x,
                Domain((POSITIVE,)),
                strict=True,
            ),
        ),
    )


TEMPERATURE = Claim(
    code="A38",
    id="discrete.temperature",
    title="Sampling at another temperature sharpens, or flattens, double-exponentially",
    statement=(
        "With infinitely many samples drawn at temperature T = 1/b in every generation, the law "
        "after n generations is in proportion to p_i^(b^n). For b > 1 a single largest category "
        "takes everything, at a double-exponential rate (equal largest ones share it evenly); for "
        "0 < b < 1 the law tends to the uniform one; for b = 1 it stays."
    ),
    quantities=(
        Quantity(
            "probability",
            "fitted probability of category i after n generations",
            r"p_{n,i}",
            Relation.EQUALS,
            PROBABILITY,
        ),
        Quantity(
            "others",
            "fitted probability of all other categories together",
            r"1 - p_{n,i}",
            Relation.EQUALS,
            REST,
        ),
        Quantity(
            "log-odds",
            "logarithm of the odds of category i against the last one",
            r"\ln (p_{n,i} / p_{n,K})",
            Relation.EQUALS,
            LOG_ODDS,
        ),
    ),
    domain=EVERYWHERE,
    sources=(
        Source("Marchi et al. 2024, Heat Death of Generative Models", "the temperature map"),
        Source("derived here", "the closed form"),
    ),
    derive=derive_temperature,
)

CLAIMS = (TEMPERATURE,)
