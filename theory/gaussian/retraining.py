"""Retraining on real and made data, without end of either: what is left of the first error."""

import sympy as sp

from theory import symbols as s
from theory.claim import Quantity, Relation
from theory.derivation import (
    PREVIOUS,
    Citation,
    Hypothesis,
    Identity,
    Induction,
    Inequality,
    Premise,
)
from theory.domain import GENERATIONS, Condition, Domain, Kind, Parameter

LAM = sp.Symbol("lam", nonnegative=True)
MADE = sp.Symbol("m", real=True)
REAL = sp.Symbol("m_real", real=True)

WEIGHT = Parameter(
    "lam", LAM, "made points for each real one, without end of either", Kind.REAL, 0,
    aliases=("lambda",),
)  # fmt: skip
MEANS = (
    Parameter("m", MADE, "mean parameter of the model before", Kind.REAL),
    Parameter("m_real", REAL, "mean of the same statistic under D_0", Kind.REAL),
)

RETRAINING = Premise(
    "retraining",
    "An exponential family, proportional to h(x) exp(theta T(x)). Each round maximises the mean "
    "log-likelihood under D_0 plus lam times that under the model before; D_0 may lie outside the "
    "family. The maximum exists.",
)

CONTRACTION = LAM / (1 + LAM)
NEXT = (REAL + LAM * MADE) / (1 + LAM)


def contraction_steps() -> tuple[Citation | Identity | Inequality | Induction, ...]:
    """Return the steps to the factor of the error, and to its being below 1."""
    apart = Condition(REAL, MADE)
    error = sp.Symbol("error", positive=True)
    first = Parameter("error", error, "error of the first model", Kind.REAL, 0, low_open=True)
    return (
        Citation(
            "means match",
            "The log-likelihood is concave in theta, and its slope is the mean of T under the data "
            "less that under the model: at the maximum both agree. The data are real ones and "
            "lam made ones each, of the mean (m_real + lam m) / (1 + lam).",
            "maximum likelihood in exponential families",
            "Brown 1986, Fundamentals of Statistical Exponential Families, theorem 5.5",
            (Hypothesis("an exponential family, and a maximum", "retraining"),),
            gives=NEXT,
        ),
        Identity(
            "contraction",
            "So the error m - m_real keeps this share of itself, whatever D_0 and the family.",
            (NEXT - REAL) / (MADE - REAL),
            CONTRACTION,
            Domain((WEIGHT, *MEANS), (apart,)),
            concludes=("contraction",),
        ),
        Inequality(
            "every weight", "It is less than 1 for every lam,", CONTRACTION, sp.Integer(1),
            Domain((WEIGHT,)), strict=True,
        ),
        Induction(
            "rounds",
            "and after n rounds its n-th power is left: every lam is stable.",
            s.n,
            error,
            CONTRACTION * PREVIOUS,
            error * CONTRACTION**s.n,
            Domain((WEIGHT, GENERATIONS, first)),
        ),
    )  # fmt: skip


CONTRACTS = Quantity(
    "contraction",
    "share of the error of the mean parameter that one round leaves",
    r"(m_{n+1}-m_{\text{real}})/(m_n-m_{\text{real}})",
    Relation.EQUALS,
    CONTRACTION,
)
