"""Fewer rows than dimensions: the shortest weights that fit forget w*, and gather noise."""

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
from theory.domain import DIMENSIONS, GENERATIONS, Condition, Domain
from theory.regression.model import (
    ERROR_LATEX,
    ERROR_WORDS,
    INPUTS,
    LABELS,
    NOISE,
    NOISE_PARAMETER,
    ROWS,
    SIGNAL,
    SIGNAL_PARAMETER,
    T,
)

SHORTEST = Premise(
    "shortest",
    "w_n = X_n^+ y_n, X^+ = X'(XX')^{-1}: of all weights that fit the labels exactly, the "
    "shortest. The matrices X_1, X_2, ... are independent.",
)

SHARE = T / s.d
FORGOTTEN = 1 - SHARE**s.n
NOISE_OF_ONE = NOISE**2 * T / (s.d - T - 1)
GATHERED = NOISE_OF_ONE * FORGOTTEN / (1 - SHARE)
ERROR = SIGNAL * FORGOTTEN + GATHERED
LIMIT = SIGNAL + NOISE_OF_ONE / (1 - SHARE)

#: With T = d - 1 or T = d the mean error is infinite.
FEW_ROWS = Condition(T + 1, s.d)
FITS = Domain((DIMENSIONS, ROWS), (FEW_ROWS,))
NOISY_FITS = Domain((*FITS.parameters, NOISE_PARAMETER), (FEW_ROWS,))
OVER = Domain((DIMENSIONS, ROWS, GENERATIONS, NOISE_PARAMETER, SIGNAL_PARAMETER), (FEW_ROWS,))


def _one_fit() -> tuple[Citation | Identity, ...]:
    """Return the steps to what one fit keeps and what it adds."""
    beta = sp.gamma(T / 2 + 1) * sp.gamma(s.d / 2) / (sp.gamma(T / 2) * sp.gamma(s.d / 2 + 1))
    return (
        Citation(
            "projection",
            "w_n = P_n w_{n-1} + X_n^+ e_n, P_n the projection on the span of the rows: for any w "
            "given, w'P w / w'w is the squared length of T coordinates of a random unit vector, "
            "beta with parameters T/2 and (d-T)/2.",
            "rotational invariance of the normal law",
            "Muirhead, Aspects of Multivariate Statistical Theory (1982), theorem 1.5.7",
            (
                Hypothesis("the rows are independent and standard normal", "inputs"),
                Hypothesis("the pseudo-inverse of X times X is P", "shortest"),
            ),
        ),
        Identity(
            "kept",
            "On average a fit keeps the share T/d of any squared length: E P = (T/d) I.",
            beta,
            SHARE,
            FITS,
            concludes=("projection",),
        ),
        Identity(
            "added",
            "The noise adds sigma^2 tr (XX')^{-1}, the trace of one fit with rows and columns "
            "exchanged, one entry for each row.",
            NOISE**2 * sp.Sum(1 / (s.d - T - 1), (s.j, 1, T)),
            NOISE_OF_ONE,
            NOISY_FITS,
            uses=("C01",),
        ),
    )


def derive_min_norm() -> Derivation:
    """Return the derivation of the error and of its limit."""
    overlap, length = SIGNAL * SHARE**s.n, SIGNAL * SHARE**s.n + GATHERED
    return Derivation(
        (LABELS, INPUTS, SHORTEST),
        (
            *_one_fit(),
            Induction(
                "overlap",
                "E w_n'w* shrinks by T/d: the noise has mean 0 and P_n is independent of w_{n-1}.",
                s.n,
                SIGNAL,
                PREVIOUS * SHARE,
                overlap,
                OVER,
            ),
            Induction(
                "length",
                "E |w_n|^2 shrinks likewise, and gains the noise of one fit.",
                s.n,
                SIGNAL,
                PREVIOUS * SHARE + NOISE_OF_ONE,
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
                "As n grows, (T/d)^n vanishes.",
                "geometric sequence",
                "Rudin, Principles of Mathematical Analysis, theorem 3.20",
                (Hypothesis("T < d", "shortest"), Hypothesis("the error after n fits", "error")),
                gives=LIMIT,
                concludes=("limit",),
            ),
        ),
    )


MIN_NORM = Claim(
    code="C05",
    id="regression.min-norm",
    title="With fewer rows than dimensions, the weights forget the truth exponentially fast",
    statement=(
        "The pseudo-inverse fit of T fresh rows of standard normal inputs keeps on average the "
        "share eta = T/d of the squared weights: after n rounds its error is "
        "|w*|^2 (1 - eta^n) + sigma^2 T/(d-T-1) (1 - eta^n)/(1 - eta). Without noise too, w* is "
        "lost exponentially fast. T <= d - 2."
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
        Quantity(
            "projection",
            "mean share of a squared length that one fit without noise keeps",
            r"\mathbb{E}\,w'P_nw / w'w",
            Relation.EQUALS,
            SHARE,
        ),
    ),
    domain=OVER,
    sources=(
        Source("Dohmatob, Feng and Kempe 2024, arXiv:2402.07712", "the phenomenon, without noise"),
        Source("derived here", "the exact form"),
    ),
    derive=derive_min_norm,
)

CLAIMS = (MIN_NORM,)
