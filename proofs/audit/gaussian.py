"""Rows on the refitted Gaussian: equations (1)-(3) and section 4.2 of the paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import sympy as sp

from proofs.audit.row import Row, Ruling, Seen, printed
from proofs.case import Bench, Route, Setting, Witness, setting
from proofs.gaussian.drift import SKEWED
from proofs.gaussian.refitting import expanded
from proofs.verdict import Exact, Observation
from theory import symbols as s
from theory.claim import Relation
from theory.domain import DEVIATION, ESTIMATOR, GENERATIONS, Domain, Kind, Parameter
from theory.gaussian import risk_spread as spread_law
from theory.gaussian.drift import SCHEDULE_FROM_TWO, TOTAL
from theory.gaussian.risk_spread import WALK
from theory.gaussian.variance import MOMENT, MOMENT_EXISTS, ORDER, SAMPLES_FROM_TWO

ARXIV = "arXiv:2305.17493v3"
EXPANDED = "every point expanded"
INTEGRATED = "moments point by point; ball quadrature from a determinant"

UNBIASED = replace(ESTIMATOR, choices=("unbiased",))
FITS = Domain((SCHEDULE_FROM_TWO, GENERATIONS, DEVIATION, UNBIASED))
BOTH_FITS = Domain((SCHEDULE_FROM_TWO, GENERATIONS, DEVIATION, ESTIMATOR))
ONE_SIZE = Domain((SAMPLES_FROM_TWO, GENERATIONS, DEVIATION))

Experiment = Callable[[Setting, Bench], Sequence[Observation]]


def moments(terms: dict[tuple[int, int], int]) -> Experiment:
    """Return the experiment that expands a sum of weight times E mean^a variance^b."""

    def observe(setting: Setting, bench: Bench) -> list[Exact]:
        return [Exact(expanded(setting, n, terms)) for n in setting.generations]

    return observe


# --- equations (1) to (3) ------------------------------------------------------------------------

FEW = (
    setting((1, 2, 4), M=2),
    setting((1, 3), M=(2, 5, 3)),
    setting((1, 2), start=SKEWED, M=3, sigma=2),
    setting((1, 10), M=20),
)
#: E X^4 given mean and variance of the fit, which X is drawn from.
FOURTH_OF_A_POINT = {(4, 0): 1, (2, 1): 6, (0, 2): 3}
REPRESENTED = s.sigma**4 * (
    spread_law.FOURTH + 6 * spread_law.WITH_VARIANCE + 3 * spread_law.SQUARED
)

FITTING = (
    Row(
        id="eq-01",
        reference=f"{ARXIV}, equation (1)",
        printed="The sample mean is an unbiased estimate of the mean, so E mu_n = mu for ever.",
        seen=Seen.TEXT,
        quantity=printed(Relation.EQUALS, sp.Integer(0)),
        reading="The real mean is 0.",
        domain=FITS,
        witnesses=(
            Witness(Route.ENUMERATED, "mean", moments({(1, 0): 1}), FEW, EXPANDED, quick=3),
        ),
        expected=Ruling.CONFIRMED,
    ),
    Row(
        id="eq-02",
        reference=f"{ARXIV}, equation (2)",
        printed="The sample variance with divisor M - 1 is unbiased, so E sigma_n^2 = sigma^2.",
        seen=Seen.TEXT,
        quantity=printed(Relation.EQUALS, s.sigma**2),
        domain=Domain((SAMPLES_FROM_TWO, GENERATIONS, DEVIATION, UNBIASED)),
        against=("B02:mean",),
        expected=Ruling.EXACT,
    ),
    Row(
        id="eq-03",
        reference=f"{ARXIV}, equation (3)",
        printed="X^n = mu + sigma Z^1/sqrt(M_0) + sigma sqrt(S^1) Z^2/sqrt(M_1) + ... + "
        "sigma sqrt(S^1 ... S^n) Z^{n+1}, with Z normal, S^i = chi2_{M_{i-1}-1}/(M_{i-1}-1), all "
        "independent.",
        seen=Seen.TEXT,
        reading="The fourth moment of X^n - mu that follows from it.",
        quantity=printed(Relation.EQUALS, REPRESENTED),
        domain=WALK,
        witnesses=(
            Witness(
                Route.ENUMERATED,
                "fourth",
                moments(FOURTH_OF_A_POINT),
                (setting((1, 2, 4), M=2), setting((1, 3), M=(2, 5, 3)), setting((1, 10), M=20)),
                EXPANDED,
                quick=2,
            ),
        ),
        expected=Ruling.CONFIRMED,
    ),
    Row(
        id="eq-03-factors",
        reference=f"{ARXIV}, equation (3)",
        printed="The fitted variance is sigma^2 S^1 ... S^n with independent "
        "S^i = chi2_{M_{i-1}-1}/(M_{i-1}-1).",
        seen=Seen.TEXT,
        reading="Its moments of every real order, at constant M.",
        quantity=printed(Relation.EQUALS, MOMENT),
        domain=Domain(
            (SAMPLES_FROM_TWO, GENERATIONS, ORDER, DEVIATION, UNBIASED), (MOMENT_EXISTS,)
        ),
        against=("B01:moment",),
        expected=Ruling.EXACT,
    ),
)

# --- section 4.2 ---------------------------------------------------------------------------------

ABOUT = Parameter(
    "about", sp.Symbol("about"), "where X^1 is seen from", Kind.CHOICE, default="real mean",
    choices=("real mean", "fitted mean"),
)  # fmt: skip
GIVEN = replace(ABOUT, choices=("fitted mean",))


def enumerate_kurtosis(setting: Setting, bench: Bench) -> list[Exact]:
    """Return E(X^1 - m)^4 over the square of E(X^1 - m)^2, m the real or the fitted mean."""
    given = setting.text("about") == "fitted mean"
    fourth = {(0, 2): 3} if given else FOURTH_OF_A_POINT
    second = {(0, 1): 1} if given else {(2, 0): 1, (0, 1): 1}
    return [Exact(expanded(setting, 1, fourth) / expanded(setting, 1, second) ** 2)]


SPREADING = (
    Row(
        id="sec-4.2-variance-gamma",
        reference=f"{ARXIV}, section 4.2",
        printed="X^1_j follows a variance-gamma law.",
        seen=Seen.TEXT,
        reading="The law of sigma sqrt(S^1) Z, whose kurtosis is 3 (1 + 2/(M-1)), up to place and "
        "scale.",
        quantity=printed(Relation.EQUALS, 3 * (1 + 2 / (s.M - 1))),
        domain=Domain((SAMPLES_FROM_TWO, ABOUT)),
        condition=Domain((SAMPLES_FROM_TWO, GIVEN)),
        witnesses=(
            Witness(
                Route.ENUMERATED,
                "kurtosis",
                enumerate_kurtosis,
                tuple(
                    setting(M=size, about=place) for size in (2, 3, 10) for place in ABOUT.choices
                ),
                EXPANDED,
                quick=4,
            ),
        ),
        expected=Ruling.CONDITIONS,
        remark="It does given the fitted mean. Over all runs X^1_j is that law convolved with the "
        "normal law of the fitted mean, which is no variance-gamma law.",
    ),
    Row(
        id="sec-4.2-variance",
        reference=f"{ARXIV}, section 4.2",
        printed="Var X^n_j = sigma^2 (1 + 1/M_0 + ... + 1/M_{n-1}) + O(2).",
        seen=Seen.TEXT,
        reading="Without any remainder.",
        quantity=printed(Relation.EQUALS, TOTAL),
        domain=FITS,
        against=("B09:variance",),
        expected=Ruling.EXACT,
        remark="There is no remainder: the formula is exact for every schedule and every n.",
    ),
    Row(
        id="sec-4.2-variance-estimator",
        reference=f"{ARXIV}, section 4.2",
        printed="Var X^n_j = sigma^2 (1 + 1/M_0 + ... + 1/M_{n-1}) + O(2).",
        seen=Seen.TEXT,
        reading="As said of the fits that the published code makes, too: divisor M - 1 or M.",
        quantity=printed(Relation.EQUALS, TOTAL, mle=TOTAL),
        domain=BOTH_FITS,
        condition=FITS,
        condition_printed=True,
        against=("B09:variance",),
        expected=Ruling.CONDITIONS,
        remark="With divisor M (the MLE) the variance of a generated point is sigma^2 for ever.",
    ),
)

ROWS = (*FITTING, *SPREADING)
