"""Least squares on all labels so far: the error stays bounded; how far depends on the inputs."""

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Expected, Quantity, Relation, Source
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
from theory.domain import DIMENSIONS, Domain
from theory.regression.model import (
    ENOUGH,
    ERROR_LATEX,
    ERROR_WORDS,
    INPUTS,
    LABELS,
    NOISE,
    ONE_FIT,
    ONE_ROUND,
    OVER,
    ROUND,
    ROWS,
    T,
)

POOL = Premise("pool", "w_n is the least squares fit of the rows of rounds 1 to n together.")
SAME = Premise("same inputs", "All rounds label the same rows: X_1 = X_2 = ...")
FRESH = Premise("fresh inputs", "The matrices X_1, X_2, ... are independent.")

SQUARES = sp.Sum(1 / s.i**2, (s.i, 1, s.n))
SAME_INPUTS = ONE_FIT * SQUARES
SAME_LIMIT = ONE_FIT * sp.pi**2 / 6
TERM = 1 / (s.i * (s.i * T - s.d - 1))
FRESH_INPUTS = NOISE**2 * s.d * sp.Sum(TERM, (s.i, 1, s.n))
FRESH_LIMIT = NOISE**2 * s.d / (s.d + 1) * (-sp.EulerGamma - sp.digamma(1 - (s.d + 1) / T))
LIMIT_WORDS = "the same distance as n grows"
LIMIT_LATEX = r"\lim_n \mathbb{E}\|w_n-w^*\|^2"

ROUNDS = Domain((ROUND, ROWS, DIMENSIONS), (ENOUGH,))
LATER_ROUNDS = Domain((ROUND.at_least(2), ROWS, DIMENSIONS), (ENOUGH,))
NOISY_ROUNDS = Domain((ROUND, *ONE_ROUND.parameters), (ENOUGH,))


def derive_same_inputs() -> Derivation:
    """Return the derivation of the sum of inverse squares."""
    return Derivation(
        (LABELS, INPUTS, POOL, SAME),
        (
            Citation(
                "average",
                "With one X for all rounds, the fit of the pool is the average of the fits of "
                "its rounds: n w_n = (n-1) w_{n-1} + w_{n-1} + (X'X)^{-1} X' e_n, so "
                "w_n = w_{n-1} + (X'X)^{-1} X' e_n / n.",
                "normal equations",
                "Seber and Lee, Linear Regression Analysis (2003), section 3.1",
                (
                    Hypothesis("all rounds are fitted together", "pool"),
                    Hypothesis("to the same rows", "same inputs"),
                    Hypothesis("round n is labelled by w_{n-1}", "labels"),
                ),
            ),
            Identity(
                "one round",
                "An n-th of the step of one fit, squared.",
                NOISE**2 * sp.Sum(1 / (T - s.d - 1), (s.j, 1, s.d)) / s.i**2,
                ONE_FIT / s.i**2,
                NOISY_ROUNDS,
                uses=("C01",),
            ),
            Induction(
                "error",
                "The noise of the rounds is independent: the mean squares add.",
                s.n,
                sp.Integer(0),
                PREVIOUS + ONE_FIT / (s.n + 1) ** 2,
                SAME_INPUTS,
                OVER,
                concludes=("error",),
            ),
            Citation(
                "limit",
                "The sum of all inverse squares is pi^2/6.",
                "Euler's sum of inverse squares",
                "DLMF 25.6.1",
                (Hypothesis("the error in round n", "error"),),
                gives=SAME_LIMIT,
                concludes=("limit",),
            ),
        ),
    )


def derive_fresh_inputs() -> Derivation:
    """Return the derivation of the sum for fresh inputs, of its limit, and that it is smaller."""
    return Derivation(
        (LABELS, INPUTS, POOL, FRESH),
        (
            Citation(
                "step",
                "With G = X_1'X_1 + ... + X_n'X_n, all rows but the newest are fitted by w_{n-1} "
                "exactly, on average as well as the newest: w_n = w_{n-1} + G^{-1} X_n' e_n.",
                "normal equations",
                "Seber and Lee, Linear Regression Analysis (2003), section 3.1",
                (
                    Hypothesis("w_{n-1} solves the normal equations of the pool", "pool"),
                    Hypothesis("round n is labelled by w_{n-1}", "labels"),
                ),
            ),
            Citation(
                "shares",
                "Given the inputs, that step has the mean square sigma^2 tr(G^{-1} X_n'X_n "
                "G^{-1}). The same with any other round in place of n has the same mean; the n of "
                "them add up to sigma^2 tr G^{-1}.",
                "exchangeability",
                "Kallenberg, Foundations of Modern Probability (2002), chapter 11",
                (
                    Hypothesis("the rounds are independent", "fresh inputs"),
                    Hypothesis("and have the same law", "inputs"),
                ),
            ),
            Identity(
                "one round",
                "So it is an i-th of the error of one fit of i T rows.",
                NOISE**2 * sp.Sum(1 / (s.i * T - s.d - 1), (s.j, 1, s.d)) / s.i,
                NOISE**2 * s.d * TERM,
                NOISY_ROUNDS,
                uses=("C01",),
            ),
            Induction(
                "error",
                "The noise of the rounds is independent: the mean squares add.",
                s.n,
                sp.Integer(0),
                PREVIOUS + NOISE**2 * s.d * TERM.subs(s.i, s.n + 1),
                FRESH_INPUTS,
                OVER,
                concludes=("error",),
            ),
            Identity(
                "partial fractions",
                "Each term is a difference,",
                TERM,
                (1 / (s.i - (s.d + 1) / T) - 1 / s.i) / (s.d + 1),
                ROUNDS,
            ),
            Citation(
                "limit",
                "and the sum of all 1/(i - z) - 1/i is -gamma - psi(1 - z), here z = (d+1)/T < 1.",
                "series of the digamma function",
                "DLMF 5.7.6",
                (
                    Hypothesis("the error in round n", "error"),
                    Hypothesis("its terms", "partial fractions"),
                ),
                gives=FRESH_LIMIT,
                concludes=("limit",),
            ),
            Inequality(
                "smaller",
                "From the second round on, each term is smaller than with the same inputs.",
                TERM,
                1 / (s.i**2 * (T - s.d - 1)),
                LATER_ROUNDS,
                strict=True,
            ),
        ),
    )


def _claimed(law: sp.Expr, limit: sp.Expr) -> tuple[Quantity, Quantity]:
    """Return the error after n rounds and its limit."""
    return (
        Quantity("error", ERROR_WORDS, ERROR_LATEX, Relation.EQUALS, law),
        Quantity("limit", LIMIT_WORDS, LIMIT_LATEX, Relation.TENDS_TO, limit),
    )


ACCUMULATE_SAME = Claim(
    code="C02",
    id="regression.accumulate-same-inputs",
    title="If all labels of the same inputs are kept, the error stays below pi^2/6 of one fit's",
    statement=(
        "If every round labels the same T rows once more and least squares is fitted to all "
        "labels so far, the error after n rounds is sigma^2 d/(T-d-1) times the sum of 1/i^2, "
        "i = 1 ... n: exactly, and below pi^2/6 times that of one fit for ever. Standard normal "
        "inputs, T >= d + 2. With fresh inputs in each round another law holds."
    ),
    quantities=_claimed(SAME_INPUTS, SAME_LIMIT),
    domain=OVER,
    sources=(Source("Gerstgrasser et al. 2024, arXiv:2404.01413", "theorem 2"),),
    derive=derive_same_inputs,
)

ACCUMULATE_FRESH = Claim(
    code="C03",
    id="regression.accumulate-fresh-inputs",
    title="If all rounds are kept and inputs are fresh, the error is smaller than the pi^2/6 law",
    statement=(
        "If every round brings T fresh rows of standard normal inputs and least squares is "
        "fitted to all rows so far, the error after n rounds is sigma^2 d times the sum of "
        "1/(i (i T - d - 1)), i = 1 ... n. From the second round on this is strictly smaller "
        "than with the same inputs in each round; the ratio tends to 1 as T/d grows. T >= d + 2."
    ),
    quantities=_claimed(FRESH_INPUTS, FRESH_LIMIT),
    domain=OVER,
    sources=(Source("derived here"),),
    derive=derive_fresh_inputs,
)

FRESH_AS_PRINTED = Claim(
    code="C03x",
    id="regression.fresh-inputs-as-printed",
    title="As printed: the pi^2/6 law, read for fresh inputs in each round",
    statement=(
        "The law sigma^2 d/(T-d-1) times the sum of 1/i^2 for accumulated rounds, as it is often "
        "quoted: without the condition that all rounds reuse the same inputs."
    ),
    quantities=(Quantity("error", ERROR_WORDS, ERROR_LATEX, Relation.EQUALS, SAME_INPUTS),),
    domain=OVER,
    sources=(
        Source(
            "Gerstgrasser et al. 2024, arXiv:2404.01413",
            "theorem 2, read without its condition that each round relabels the same inputs",
        ),
    ),
    derive=lambda: Derivation((LABELS, INPUTS, POOL, FRESH), ()),
    expected=Expected.REFUTED,
    replaced_by="C03",
)

CLAIMS = (ACCUMULATE_SAME, ACCUMULATE_FRESH, FRESH_AS_PRINTED)
