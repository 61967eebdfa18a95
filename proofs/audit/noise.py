"""Rows on the noisy model: equations (6)-(15), and appendix A.2, equations (18)-(25)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import sympy as sp
from flint import arb

from numerics import point_moments, quadrature
from proofs.audit.gaussian import ARXIV, EXPANDED
from proofs.audit.row import Row, Ruling, Seen, printed
from proofs.case import Bench, Route, Setting, Witness, setting
from proofs.gaussian.refitting import expanded
from proofs.verdict import Enclosed, Exact
from theory import symbols as s
from theory.claim import Order, Relation
from theory.domain import (
    GENERATIONS,
    SAMPLES,
    Domain,
    Kind,
    Parameter,
)
from theory.gaussian.noise import DRIFT as NOISY_DRIFT
from theory.gaussian.noise import JOLT, OVER
from theory.gaussian.variance import SAMPLES_FROM_TWO
from theory.gaussian.walk import DRIFT, WALK_DOMAIN
from theory.rounding import ends

BITS = 128

# --- the noisy model, equations (6) to (15) ------------------------------------------------------

SKEW = Parameter("skew", sp.Symbol("skew"), "third central moment of D_0", Kind.REAL)
NO_SKEW = replace(SKEW, low=0, high=0)


def of_points(points: str, size: int) -> Setting:
    """Return a setting whose D_0 is a finite sample, its third central moment computed."""
    entries = [Fraction(entry) for entry in points.split(",")]
    mean = sum(entries, Fraction(0)) / len(entries)
    skew = sum(((entry - mean) ** 3 for entry in entries), Fraction(0)) / len(entries)
    return setting((1,), start=points, M=size, skew=skew)


def enumerate_covariance(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the covariance of sample mean and sample variance, all samples visited."""
    return [Exact(expanded(setting, n, {(1, 1): 1})) for n in setting.generations]


def enumerate_exponential(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the squared correlation of mean and variance of M points of an exponential law."""
    moments = [Fraction(moment) for moment in (1, 0, 1, 2, 9)]  # about its mean
    size = setting.integer("M")
    both, mean, square, spread = (
        point_moments.expected(monomial, size, 1, start=moments)
        for monomial in ((1, 1), (2, 0), (0, 2), (0, 1))
    )
    return [Exact(both**2 / (mean * (square - spread**2)))]


MODEL = (
    Row(
        id="eq-06-model",
        reference=f"{ARXIV}, equation (6)",
        printed="mu_{i+1} = mu_i + Sigma_i^(1/2) T^{i+1}/sqrt(M_i) + eps_{i+1}.",
        seen=Seen.TEXT,
        reading="In one dimension, with errors independent of all else.",
        defined_by=("B36:drift",),
        expected=Ruling.DEFINITION,
    ),
    Row(
        id="eq-07-mean-zero",
        reference=f"{ARXIV}, equations (7)-(9), assumption A1",
        printed="E[eps_{i+1} given mu_i, Sigma_i] = 0.",
        seen=Seen.TEXT,
        reading="An assumption, under which B36 gives the drift.",
        defined_by=("B36:drift",),
        expected=Ruling.DEFINITION,
    ),
    Row(
        id="eq-08-of-the-data",
        reference=f"{ARXIV}, equations (7)-(9), assumption A2",
        printed="eps_{i+1} is a function of the data.",
        seen=Seen.TEXT,
        reading="An assumption. The bound (10)-(15) uses of it only that errors have mean 0 (A1) "
        "and are uncorrelated with the mean (A3), as those of B36 are.",
        defined_by=("B36:drift",),
        expected=Ruling.DEFINITION,
        remark="Alone it is not enough: an error that takes back part of the error of the mean is "
        "a function of the data as well.",
    ),
    Row(
        id="eq-09-uncorrelated",
        reference=f"{ARXIV}, equations (7)-(9), assumption A3",
        printed="Cov(eps_{i+1}, T^{i+1} given mu_i, Sigma_i) = 0, because sample mean and sample "
        "variance are uncorrelated.",
        seen=Seen.TEXT,
        reading="The reason given: the covariance of mean and variance of M points.",
        quantity=printed(Relation.EQUALS, sp.Integer(0)),
        domain=Domain((SAMPLES_FROM_TWO, GENERATIONS, SKEW)),
        condition=Domain((SAMPLES_FROM_TWO, GENERATIONS, NO_SKEW)),
        witnesses=(
            Witness(
                Route.ENUMERATED,
                "covariance",
                enumerate_covariance,
                tuple(
                    of_points(points, size)
                    for size in (2, 3, 6)
                    for points in ("0,0,1", "0,1", "-2,-1,0,1,2", "0,0,0,0,5")
                ),
                "all samples of a finite D_0",
                quick=4,
            ),
        ),
        expected=Ruling.CONDITIONS,
        remark="The covariance is the third central moment over M. D_0 need not be symmetric in "
        "theorem 3.1; from generation 1 on the points are normal, and the reason holds.",
    ),
    Row(
        id="eq-09-exponential",
        reference=f"in place of {ARXIV}, equations (7)-(9), the reason for A3",
        printed="The squared correlation of mean and variance of M points of an exponential law "
        "tends to 1/2, and not to 0.",
        seen=Seen.NOWHERE,
        reading="Off by at most 1/(4 M), and of that order.",
        quantity=printed(
            Relation.TENDS_TO, sp.Rational(1, 2), order=Order(s.M, 1 / s.M, Fraction(1, 4))
        ),
        domain=Domain((SAMPLES_FROM_TWO,)),
        witnesses=(
            Witness(
                Route.ENUMERATED,
                "correlation",
                enumerate_exponential,
                tuple(setting(M=size) for size in (2, 10, 100, 1000)),
                EXPANDED,
                quick=4,
            ),
        ),
        expected=Ruling.ORDER,
    ),
    Row(
        id="eq-10-15",
        reference=f"{ARXIV}, equations (10)-(15)",
        printed="E R^{n+1} >= Tr Sigma (sum_{i<=n} 1/M_i) + sum_{i<=n+1} E norm(eps_i)^2.",
        seen=Seen.TEXT,
        reading="In one dimension, with independent errors of variance tau^2; n counts the fits.",
        quantity=printed(Relation.AT_LEAST, NOISY_DRIFT),
        domain=Domain((*OVER.parameters, JOLT)),
        against=("B36:risk",),
        expected=Ruling.BOUND,
    ),
    Row(
        id="eq-10-15-dimensions",
        reference=f"{ARXIV}, equations (10)-(15)",
        printed="E R^{n+1} >= Tr Sigma (sum_{i<=n} 1/M_i) + sum_{i<=n+1} E norm(eps_i)^2.",
        seen=Seen.TEXT,
        reading="In d dimensions, without errors; n counts the fits.",
        quantity=printed(Relation.AT_LEAST, DRIFT),
        domain=WALK_DOMAIN,
        against=("B44:risk",),
        expected=Ruling.BOUND,
    ),
)

# --- appendix A.2, equations (18) to (25) --------------------------------------------------------

LIMIT = Parameter(
    "C", sp.Symbol("C", positive=True), "errors are at most C/M", Kind.REAL, 0, low_open=True
)


def enclose_worst(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return E mu_1^2 with the error -C/M sign(mean): it takes back what it can."""
    size, most = setting.integer("M"), setting.numbers("C")[0]
    root = quadrature.expected_power(1, 1, Fraction(1, 2), BITS)  # mean of abs(Z)
    share = arb(most.numerator) / most.denominator / size
    drift = point_moments.expected((2, 0), size, 1)
    mean_square = arb(drift.numerator) / drift.denominator
    return [Enclosed(*ends(mean_square - 2 * share * mean_square.sqrt() * root + share**2))]


def enumerate_growth(setting: Setting, bench: Bench) -> list[Exact]:
    """Return (C/M)^2 / E(mean - mu)^2 at 4 M samples over the same at M: C cancels."""
    size = setting.integer("M")
    drifts = [point_moments.expected((2, 0), each, 1) for each in (size, 4 * size)]
    ratio = [Fraction(1, size**2) / drifts[0], Fraction(1, (4 * size) ** 2) / drifts[1]]
    return [Exact(ratio[1] / ratio[0])]


APPENDIX = (
    Row(
        id="app-a.2-bound",
        reference=f"{ARXIV}, appendix A.2, equations (18)-(25)",
        printed="Under A3*, norm(eps_{i+1}) <= C/M_i: E R^{n+1} >= Tr Sigma sum 1/M_i + O(3/2).",
        seen=Seen.TEXT,
        reading="One fit, one dimension, the errors that take back most of the drift: what is lost "
        "is at most 2 C M^(-3/2), and of that order.",
        quantity=printed(
            Relation.TENDS_TO,
            1 / s.M,
            order=Order(s.M, LIMIT.symbol * s.M ** sp.Rational(-3, 2), 2),
        ),
        domain=Domain((SAMPLES, LIMIT)),
        witnesses=(
            Witness(
                Route.ENCLOSED,
                "drift",
                enclose_worst,
                tuple(setting(M=size, C=most) for size in (400, 1600, 6400) for most in (1, "1/3")),
                "every point expanded; ball quadrature",
                quick=4,
            ),
        ),
        expected=Ruling.ORDER,
    ),
    Row(
        id="app-a.2-wording",
        reference=f"{ARXIV}, appendix A.2",
        printed="C/M_i is of an order larger than the deviation of the sample mean.",
        seen=Seen.TEXT,
        reading="The square of their ratio, C/M over the deviation, does not fall from M to 4M.",
        quantity=printed(Relation.AT_LEAST, sp.Integer(1)),
        domain=Domain((SAMPLES_FROM_TWO,)),
        witnesses=(
            Witness(
                Route.ENUMERATED,
                "growth",
                enumerate_growth,
                tuple(setting(M=size) for size in (2, 10, 100)),
                EXPANDED,
                quick=2,
            ),
        ),
        corrected_by="app-a.2-bound",
        figure="square of the ratio at 4M over that at M",
        expected=Ruling.REFUTED,
        remark="It is of smaller order: the bound needs just that, and is right.",
    ),
)

ROWS = (*MODEL, *APPENDIX)
