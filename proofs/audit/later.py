"""Statements of later papers, and of older ones that they lean on.

None of these texts was at hand in full. A bound is asked twice: whether it holds as printed, and
what becomes of it when it is read as the rate or the threshold itself, which no paper says: such
rows are marked as not in print.
"""

from __future__ import annotations

import operator
from dataclasses import replace
from fractions import Fraction

import sympy as sp

from proofs.audit import running_text
from proofs.audit.row import Row, Ruling, Seen, printed
from proofs.case import Route, Witness, setting
from proofs.discrete.extinction import enclose_printed
from proofs.gaussian.retraining import enclose_contraction
from theory import symbols as s
from theory.claim import Order, Relation
from theory.discrete.branching import EXPECTED_DRAWS, FEWER_THAN_SAMPLES, STEPS
from theory.domain import (
    ANY_LAW,
    DEVIATION,
    DIMENSIONS,
    DIVERSITY,
    GENERATIONS,
    LAW,
    SAMPLES,
    Condition,
    Domain,
)
from theory.extinction_times import ExtinctionIntegral
from theory.gaussian.multiplier import BIAS, LAM
from theory.gaussian.retraining import LAM as MADE_WEIGHT
from theory.gaussian.retraining import WEIGHT
from theory.gaussian.survival import LEVEL
from theory.gaussian.transport import ROOT
from theory.gaussian.variance import SAMPLES_FROM_TWO
from theory.gaussian.weighting import K_RATIO
from theory.regression.accumulate import SAME_INPUTS
from theory.regression.model import OVER

HALF = sp.Rational(1, 2)
AS_RATE = "Not printed: the bound is read as the rate itself, to see how sharp it is."
LOGARITHM = sp.log(s.M)
STARTS = Domain((ANY_LAW, SAMPLES))
FIRST_LOSSES = Domain((LAW, SAMPLES))
ONE_SIZE = Domain((SAMPLES_FROM_TWO,))
SYMBOLS = Domain((EXPECTED_DRAWS, STEPS.at_least(1)))

SURESH = "Suresh, Thangaraj and Khandavally 2024, arXiv:2412.17646"
SURESH_ROWS = (
    Row(
        id="suresh-word",
        reference=f"{SURESH}, discrete laws",
        printed="P(symbol alive at k) >= 1 - exp(-lambda/k), lambda its expected number of draws",
        seen=Seen.SECOND_HAND,
        quantity=printed(Relation.AT_LEAST, 1 - sp.exp(-s.rate / s.k)),
        domain=Domain((EXPECTED_DRAWS, SAMPLES, STEPS.at_least(1)), (FEWER_THAN_SAMPLES,)),
        against=("A33:alive",),
        expected=Ruling.BOUND,
    ),
    Row(
        id="suresh-word-as-rate",
        reference=f"{SURESH}, discrete laws",
        printed="Read as a rate: P(symbol alive at k) = 1 - exp(-lambda/k), Poisson family",
        seen=Seen.NOWHERE,
        reading=AS_RATE,
        quantity=printed(Relation.EQUALS, 1 - sp.exp(-s.rate / s.k)),
        domain=SYMBOLS,
        against=("A33:poisson",),
        corrected_by="A33",
        expected=Ruling.REFUTED,
        remark="The exponent tends to 2 lambda/k: half of the symbols' lifetime is missed.",
    ),
    Row(
        id="suresh-gaussian",
        reference=f"{SURESH}, one Gaussian",
        printed="P(sigma_n > eps) <= (sigma_0/eps) exp(-n/(4M)), M points a generation",
        seen=Seen.SECOND_HAND,
        reading="The unbiased deviation; eps in units of sigma_0.",
        quantity=printed(Relation.AT_MOST, sp.exp(-s.n / (4 * s.M)) / s.epsilon),
        domain=Domain((SAMPLES_FROM_TWO, GENERATIONS, LEVEL)),
        against=("B08:survival",),
        expected=Ruling.BOUND,
        remark="With the MLE 3/(4M) takes the place of 1/(4M) (B08).",
    ),
    Row(
        id="suresh-gaussian-as-rate",
        reference=f"{SURESH}, one Gaussian",
        printed="Read as a rate: (1/n) ln sigma_n tends to -1/(4M) almost surely",
        seen=Seen.NOWHERE,
        reading=AS_RATE,
        quantity=printed(Relation.EQUALS, -1 / (4 * s.M)),
        domain=ONE_SIZE,
        against=("B08:rate",),
        corrected_by="B08",
        expected=Ruling.REFUTED,
        remark="It tends to (psi((M-1)/2) - ln((M-1)/2))/2, about -1/(2(M-1)): twice as fast.",
    ),
)

GERSTGRASSER = "Gerstgrasser et al. 2024, arXiv:2404.01413, theorem 2"
GERSTGRASSER_ROWS = (
    Row(
        id="gerstgrasser-same-inputs",
        reference=GERSTGRASSER,
        printed="Accumulated rounds: test error sigma^2 d/(T-d-1) times the sum of 1/i^2, i <= n",
        seen=Seen.SECOND_HAND,
        reading="Every round relabels the same isotropic Gaussian inputs.",
        quantity=printed(Relation.EQUALS, SAME_INPUTS),
        domain=OVER,
        against=("C02:error",),
        expected=Ruling.EXACT,
    ),
    Row(
        id="gerstgrasser-fresh-inputs",
        reference=GERSTGRASSER,
        printed="The same law, quoted without its condition: fresh inputs in every round",
        seen=Seen.NOWHERE,
        reading="Not printed: the theorem says that the inputs are the same ones.",
        quantity=printed(Relation.EQUALS, SAME_INPUTS),
        domain=OVER,
        against=("C03:error",),
        corrected_by="C03",
        expected=Ruling.REFUTED,
        remark="With fresh inputs the error is smaller from the second round on.",
    ),
)

MAD = "Alemohammad et al. 2024, arXiv:2307.01850"
MAD_ROWS = (
    Row(
        id="mad-mean",
        reference=f"{MAD}, section 3.1",
        printed="With sampling bias lam the mean fitted covariance after n rounds is lam^n Sigma_0",
        seen=Seen.SECOND_HAND,
        quantity=printed(Relation.EQUALS, LAM**s.n * s.sigma**2),
        domain=Domain((SAMPLES_FROM_TWO, GENERATIONS, BIAS, DEVIATION)),
        against=("B33:mean",),
        expected=Ruling.EXACT,
        remark="For lam < 1 the mean square drift stays bounded as well (B33).",
    ),
    Row(
        id="mad-proposition",
        reference=f"{MAD}, section 3.1, proposition",
        printed="For every sampling bias lam <= 1 the fitted covariance tends to 0 almost surely",
        seen=Seen.SECOND_HAND,
        reading="The least lam at which it does not, lam*, is 1 at least.",
        quantity=printed(Relation.AT_LEAST, sp.Integer(1)),
        domain=ONE_SIZE,
        against=("B33:critical",),
        expected=Ruling.CONFIRMED,
    ),
    Row(
        id="mad-proposition-as-threshold",
        reference=f"{MAD}, section 3.1, proposition",
        printed="Read as a threshold: the collapse ends at lam = 1, so lam* = 1",
        seen=Seen.NOWHERE,
        reading="Not printed: the condition is read as the threshold, to see how sharp it is.",
        quantity=printed(Relation.EQUALS, sp.Integer(1)),
        domain=ONE_SIZE,
        against=("B33:critical",),
        corrected_by="B33",
        expected=Ruling.REFUTED,
        remark="Between 1 and lam* the mean variance explodes while almost every run collapses.",
    ),
    Row(
        id="mad-fresh-limit",
        reference=f"{MAD}, fresh data loop",
        printed="With fresh real data in every round the loop settles; where, is simulated",
        seen=Seen.SECOND_HAND,
        reading="Its squared drift and variance, on average, have a closed form.",
        defined_by=("B32:drift-limit", "B32:variance-limit"),
        expected=Ruling.DEFINITION,
    ),
    Row(
        id="mad-effective-size",
        reference=f"{MAD}, fresh data loop",
        printed="The effective sample size: so many real points alone do as well as the loop",
        seen=Seen.SECOND_HAND,
        reading="For the mean, without bias; the paper measures another distance.",
        defined_by=("B32:effective",),
        expected=Ruling.DEFINITION,
        remark="n_r + (n_r - 1) n_s/(n_r + n_s - 1): never below n_r, at most 2 n_r - 1.",
    ),
)

BERTRAND = "Bertrand et al. 2024, arXiv:2310.00429"
WEAK, STRONG = (
    Domain((WEIGHT,), (Condition(MADE_WEIGHT, HALF),)),
    Domain((WEIGHT,), (Condition(HALF, MADE_WEIGHT, operator.le, "<="),)),
)


def rounds(*weights: str) -> tuple[Witness, ...]:
    """Return rounds of retraining at these numbers of made points for each real one."""
    return (
        Witness(
            Route.ENCLOSED,
            "contraction",
            enclose_contraction,
            tuple(setting(start="binomial", lam=weight) for weight in weights),
            "likelihoods of whole laws, maximised by comparison",
            quick=len(weights),
        ),
    )


BERTRAND_ROWS = (
    Row(
        id="bertrand-gaussian",
        reference=f"{BERTRAND}, single Gaussians",
        printed="E tr Sigma_n^(1/2) falls geometrically, by a factor alpha < 1 a round",
        seen=Seen.SECOND_HAND,
        reading="alpha is read as c4(M), the factor on a line.",
        quantity=printed(Relation.AT_MOST, s.trace_of_root * s.c4(s.M) ** s.n),
        domain=Domain((SAMPLES_FROM_TWO, DIMENSIONS, GENERATIONS, ROOT)),
        against=("B35:trace-root",),
        expected=Ruling.BOUND,
    ),
    Row(
        id="bertrand-stability",
        reference=f"{BERTRAND}, stability theorem, number not confirmed",
        printed="Retraining is stable if lam (1 + L eps/alpha) < 1/2",
        seen=Seen.SECOND_HAND,
        reading=(
            "Exponential families and infinite data; lam < 1/2, which the condition asks for at "
            "least. Stable: a round leaves no more than the whole error of the mean parameters."
        ),
        quantity=printed(Relation.AT_MOST, sp.Integer(1)),
        domain=WEAK,
        against=("B35:contraction",),
        witnesses=rounds("1/10", "2/5"),
        expected=Ruling.CONFIRMED,
    ),
    Row(
        id="bertrand-stability-as-threshold",
        reference=f"{BERTRAND}, stability theorem, number not confirmed",
        printed="Read as a threshold: from lam = 1/2 on retraining is not stable",
        seen=Seen.NOWHERE,
        reading="Not printed: the sufficient condition is read as necessary. The setting as above.",
        quantity=printed(Relation.AT_LEAST, sp.Integer(1)),
        domain=STRONG,
        against=("B35:contraction",),
        witnesses=rounds("1/2", "1", "10"),
        corrected_by="B35",
        expected=Ruling.REFUTED,
        remark="The share lam/(1+lam) is left in every round: every lam is stable there.",
    ),
)

BENATI = "Benati et al. 2025, arXiv:2509.20101"
LOSS_ERROR = Order(s.M, 1 + LOGARITHM, Fraction(1))
BENATI_ROWS = (
    Row(
        id="benati-mean",
        reference=BENATI,
        printed="The mean first extinction time is the integral of prod (1 - exp(-2M p_i/t)) dt",
        seen=Seen.SECOND_HAND,
        reading="For large M; the remainder is read as O(ln M), as in the diffusion limit. The "
        "abstract, which was read, holds no formula.",
        quantity=printed(Relation.TENDS_TO, 2 * s.M * ExtinctionIntegral(s.p), order=LOSS_ERROR),
        domain=FIRST_LOSSES,
        against=("A20:mean-integral",),
        expected=Ruling.ORDER,
    ),
    Row(
        id="benati-law",
        reference=BENATI,
        printed="P(first extinction after n) = prod (1 - exp(-2M p_i/n)): independent categories",
        seen=Seen.SECOND_HAND,
        reading=(
            "The law itself, not only its mean, for large M, up to O(ln(M)/M). The paper may "
            "restrict it: only its abstract was read, which holds no formula."
        ),
        quantity=printed(
            Relation.TENDS_TO,
            sp.Product(1 - sp.exp(-2 * s.M * s.p[s.i] / s.n), (s.i, 1, s.K)),
            order=replace(LOSS_ERROR, size=(1 + LOGARITHM) / s.M, exact_order=False),
        ),
        domain=Domain((LAW, SAMPLES, GENERATIONS.at_least(1))),
        against=("A20x:tail",),
        witnesses=(
            Witness(
                Route.ENCLOSED,
                "tail",
                enclose_printed,
                (setting((2000,), p=("1/2", "1/2"), M=400),),
                "chain of two categories",
            ),
        ),
        corrected_by="A20",
        expected=Ruling.REFUTED,
        remark="The tail falls like n^(-K) where the true one is geometric.",
    ),
)

MEAN_TIME = -2 * s.M * sp.Sum((1 - s.p[s.i]) * sp.log(1 - s.p[s.i]), (s.i, 1, s.K))
TEXTBOOK = "Watterson 1962; Littler 1975; Ewens, Mathematical Population Genetics"
OTHER_ROWS = (
    Row(
        id="diffusion-time",
        reference=TEXTBOOK,
        printed="E T ~ -2M sum (1-p_i) ln(1-p_i) as M grows",
        seen=Seen.SECOND_HAND,
        reading="Asymptotic, as meant: the remainder, of which nothing is said, is O(ln M).",
        quantity=printed(
            Relation.TENDS_TO, MEAN_TIME, order=Order(s.M, LOGARITHM + 2, Fraction(1, 2))
        ),
        domain=STARTS,
        against=("A13:mean",),
        expected=Ruling.ORDER,
    ),
    Row(
        id="diffusion-time-as-value",
        reference=TEXTBOOK,
        printed="Read as a value: E T = -2M sum (1-p_i) ln(1-p_i), to within two generations",
        seen=Seen.NOWHERE,
        reading="Not printed: the limit is used as the mean itself, as is often done.",
        quantity=printed(
            Relation.TENDS_TO, MEAN_TIME, order=Order(s.M, sp.Integer(1), Fraction(2))
        ),
        domain=STARTS,
        against=("A13bx:mean",),
        corrected_by="A13b",
        expected=Ruling.REFUTED,
        remark="It is too large by (ln M)/3 + O(1) generations.",
    ),
    Row(
        id="seddik-diversity",
        reference="Seddik et al. 2024, arXiv:2404.05090",
        printed="E sum p_i^2 after n rounds is 1 - (1-1/M)^n (1 - sum p_i^2)",
        seen=Seen.SECOND_HAND,
        reading="One less both sides: E H_n = H_0 (1-1/M)^n.",
        quantity=printed(Relation.EQUALS, s.H0 - s.H0 * (1 - (1 - 1 / s.M) ** s.n)),
        domain=Domain((LAW, DIVERSITY, SAMPLES, GENERATIONS)),
        against=("A02:diversity",),
        expected=Ruling.EXACT,
    ),
    Row(
        id="he-golden-ratio",
        reference="He, Xu and Cheng 2025, arXiv:2502.18049, abstract",
        printed="The best weight of the real data is, in some cases, the golden ratio's reciprocal",
        seen=Seen.ABSTRACT,
        reading="The mean, with as many real as made points in every round.",
        quantity=printed(Relation.EQUALS, 2 / (1 + sp.sqrt(5))),
        domain=Domain((replace(K_RATIO, low=1, high=1, low_open=False),)),
        against=("B38:weight",),
        expected=Ruling.EXACT,
    ),
)

ROWS = (
    *SURESH_ROWS,
    *GERSTGRASSER_ROWS,
    *MAD_ROWS,
    *BERTRAND_ROWS,
    *BENATI_ROWS,
    *OTHER_ROWS,
    *running_text.ROWS,
)
