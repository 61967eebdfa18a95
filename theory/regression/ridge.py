"""Ridge regression on an orthogonal design: bounded error, and the truth forgotten altogether."""

import operator

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
from theory.domain import DIMENSIONS, GENERATIONS, Condition, Domain, Kind, Parameter
from theory.regression.model import (
    ERROR_LATEX,
    ERROR_WORDS,
    LABELS,
    NOISE,
    NOISE_PARAMETER,
    ROWS,
    SIGNAL,
    SIGNAL_PARAMETER,
    T,
)

LAM = sp.Symbol("lam", positive=True)
PENALTY = Parameter(
    "lam", LAM, "ridge penalty", Kind.REAL, 0, low_open=True, aliases=("lambda", "ridge")
)

ORTHOGONAL = Premise("orthogonal", "In every round X'X = T I: d orthogonal columns, so T >= d.")
RIDGE = Premise("ridge", "w_n = (X'X + lam I)^{-1} X'y_n, of the newest round alone.")

KEPT = T / (T + LAM)
SPREAD = NOISE**2 * s.d * KEPT**2 * (1 - KEPT ** (2 * s.n)) / (T * (1 - KEPT**2))
ERROR = (1 - KEPT**s.n) ** 2 * SIGNAL + SPREAD
LIMIT = SIGNAL + NOISE**2 * s.d * KEPT**2 / (T * (1 - KEPT**2))

COLUMNS = Condition(s.d, T, operator.le, "<=")
OVER = Domain(
    (DIMENSIONS, ROWS, GENERATIONS, PENALTY, NOISE_PARAMETER, SIGNAL_PARAMETER), (COLUMNS,)
)
ONE_ROUND = Domain((DIMENSIONS, ROWS, PENALTY, NOISE_PARAMETER), (COLUMNS,))


def derive_ridge() -> Derivation:
    """Return the derivation of the error of repeated ridge fits and of its limit."""
    added = NOISE**2 * s.d * KEPT**2 / T
    overlap = KEPT**s.n * SIGNAL
    length = KEPT ** (2 * s.n) * SIGNAL + SPREAD
    return Derivation(
        (LABELS, ORTHOGONAL, RIDGE),
        (
            Citation(
                "one fit",
                "With X'X = T I, w_n = a w_{n-1} + a X'e_n / T, a = T/(T + lam).",
                "normal equations of ridge regression",
                "Hoerl and Kennard 1970, Technometrics 12, 55-67",
                (
                    Hypothesis("the design is orthogonal", "orthogonal"),
                    Hypothesis("the labels are those of w_{n-1}, with noise", "labels"),
                    Hypothesis("the newest round is fitted alone", "ridge"),
                ),
            ),
            Identity(
                "noise of one fit",
                "Each of the d entries of X'e/T has the variance of an average of T labels.",
                sp.Sum(NOISE**2 * KEPT**2 / T, (s.j, 1, s.d)),
                added,
                ONE_ROUND,
            ),
            Induction(
                "overlap",
                "The noise has mean 0: E w_n'w* shrinks by a,",
                s.n,
                SIGNAL,
                PREVIOUS * KEPT,
                overlap,
                OVER,
            ),
            Induction(
                "length",
                "and E |w_n|^2 by a^2, gaining the noise of one fit.",
                s.n,
                SIGNAL,
                PREVIOUS * KEPT**2 + added,
                length,
                OVER,
            ),
            Identity(
                "error",
                "The squared distance, opened.",
                length - 2 * overlap + SIGNAL,
                ERROR,
                OVER,
                concludes=("error",),
            ),
            Citation(
                "limit",
                "As n grows, a^n vanishes.",
                "geometric sequence",
                "Rudin, Principles of Mathematical Analysis, theorem 3.20",
                (Hypothesis("a < 1", "one fit"), Hypothesis("the error after n fits", "error")),
                gives=LIMIT,
                concludes=("limit",),
            ),
        ),
    )


RIDGE_CLAIM = Claim(
    code="C06",
    id="regression.ridge",
    title="Ridge regression bounds the noise, and forgets the truth altogether",
    statement=(
        "On an orthogonal design, X'X = T I, with penalty lam > 0 and a = T/(T + lam), the error "
        "after n rounds is (1 - a^n)^2 |w*|^2 + sigma^2 d a^2 (1 - a^(2n)) / (T (1 - a^2)): what "
        "grew linearly without a penalty is bounded, but nothing of w* is left in the end. "
        "Such a design needs T >= d."
    ),
    quantities=(
        Quantity("error", ERROR_WORDS, ERROR_LATEX, Relation.EQUALS, ERROR),
        Quantity(
            "limit",
            "the same distance as n grows",
            r"\lim_n \mathbb{E}\|w_n-w^*\|^2",
            Relation.TENDS_TO,
            LIMIT,
        ),
    ),
    domain=OVER,
    sources=(Source("derived here"),),
    derive=derive_ridge,
)

CLAIMS = (RIDGE_CLAIM,)
