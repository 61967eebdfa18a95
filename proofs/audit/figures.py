"""Rows on figures, their captions, and the published code against the paper."""

from __future__ import annotations

import operator
from dataclasses import replace
from fractions import Fraction

import sympy as sp
from flint import arb

from numerics import enumeration, point_moments, quadrature
from proofs.audit.discrete import NATURE
from proofs.audit.gaussian import ARXIV, BOTH_FITS, EXPANDED
from proofs.audit.row import Row, Ruling, Seen, printed
from proofs.audit.theorem import ESTIMATORS
from proofs.case import Bench, Route, Setting, Witness, setting
from proofs.gaussian.risk import enclose_points
from proofs.verdict import Enclosed, Exact
from theory import symbols as s
from theory.claim import Relation
from theory.domain import GENERATIONS, SAMPLES, Condition, Domain, Kind, Parameter
from theory.gaussian.drift import DRIFT
from theory.gaussian.variance import SAMPLES_FROM_TWO
from theory.rounding import ends

CODE = "the published code"
BITS = 128

# --- figure 3 ------------------------------------------------------------------------------------

HELD = Parameter("N", s.N, "points in the histogram", Kind.INTEGER, 1)
HISTOGRAM = Domain((SAMPLES, HELD))
SQUARE = Domain((SAMPLES, HELD), (Condition(s.N, s.M**2, operator.eq, "="),))


def enumerate_count(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the mean count, among N points, of a category of probability 1/M."""
    rare = Fraction(1, setting.integer("M"))
    law = enumeration.law_after((rare, 1 - rare), setting.integer("N"), 1)
    return [Exact(sum((counts[0] * chance for counts, chance in law.items()), Fraction(0)))]


# --- figure 4 ------------------------------------------------------------------------------------

#: "significantly affected" is read as a tenth of the deviation.
TENTH = Fraction(1, 10)
MANY = 100_000


def enclose_loss(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the share of the mean deviation that n fits have lost, one integral a fit."""
    size = setting.integer("M")
    one = quadrature.expected_power(size - 1, size - 1, Fraction(1, 2), BITS)
    return [Enclosed(*ends(1 - one**n)) for n in setting.generations]


LOST = Witness(
    Route.ENCLOSED,
    "lost",
    enclose_loss,
    tuple(setting((1000,), M=size) for size in (100, 1000, 10_000, MANY, 10 * MANY)),
    "ball quadrature",
    quick=5,
)


def sampled_sizes(condition: Condition) -> Domain:
    """Return the sizes that a caption speaks of, after 1000 generations."""
    return Domain((SAMPLES_FROM_TWO, replace(GENERATIONS, high=1000)), (condition,))


# --- figure 12 -----------------------------------------------------------------------------------

#: As printed, for 10^7 samples and 10,000 runs.
MEAN, SPREAD = Fraction(24899, 10**8), Fraction(189, 10**6)
SIZE, RUNS = 10**7, 10_000
#: Standard errors of a figure over the runs within which it counts as the same.
WITHIN = 4

FIGURE = Parameter(
    "figure", sp.Symbol("figure"), "the first or the second number", Kind.INTEGER, 1, 2
)
PAIR = sp.Rational(MEAN) * (2 - FIGURE.symbol) + sp.Rational(SPREAD) * (FIGURE.symbol - 1)


def folded() -> tuple[arb, arb, arb]:
    """Return mean, standard deviation and kurtosis of abs(mean of SIZE normals), by integrals."""
    first, second, third, fourth = (
        quadrature.expected_power(1, 1, Fraction(order, 2), BITS) for order in (1, 2, 3, 4)
    )
    variance = second - first**2
    central = fourth - 4 * first * third + 6 * first**2 * second - 3 * first**4
    root = arb(SIZE).sqrt()
    return first / root, variance.sqrt() / root, central / variance**2


def enclose_folded(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return what the printed figure estimates, give or take its error over the runs."""
    mean, spread, kurtosis = folded()
    if setting.integer("figure") == 1:
        value, error = mean, spread / arb(RUNS).sqrt()
    else:
        value, error = spread, spread * ((kurtosis - 1) / (4 * arb(RUNS))).sqrt()
    low, high = ends(value - WITHIN * error)[0], ends(value + WITHIN * error)[1]
    return [Enclosed(low, high)]


def enumerate_estimate(setting: Setting, bench: Bench) -> list[Exact]:
    """Return E mu_1, each point expanded; the real mean is 0."""
    return [Exact(point_moments.expected((1, 0), setting.integer("M"), 1))]


PICTURES = (
    Row(
        id="fig-03",
        reference=f"{ARXIV}, figure 3",
        printed="Log-counts are cut at log M: states of probability up to 1/M are lost.",
        seen=Seen.TEXT,
        reading="A state of probability 1/M has the mean count M among the N points of the "
        "histogram.",
        quantity=printed(Relation.EQUALS, s.M),
        domain=HISTOGRAM,
        condition=SQUARE,
        witnesses=(
            Witness(
                Route.ENUMERATED,
                "count",
                enumerate_count,
                tuple(setting(M=size, N=held) for size in (2, 3, 6) for held in (size, size**2)),
                "all outcomes",
                quick=4,
            ),
        ),
        expected=Ruling.CONDITIONS,
        remark="The cut belongs at log(N/M): at log M only if the histogram holds M^2 points.",
    ),
    Row(
        id="fig-04-caption",
        reference=f"{ARXIV}, figure 4, caption",
        printed="Unless sampled a very large number of times, i.e. <100000, mean and deviation "
        "get significantly affected.",
        seen=Seen.TEXT,
        reading="With fewer than 100000 samples at most a tenth of the mean deviation is lost in "
        "the 1000 generations of the figure.",
        quantity=printed(Relation.AT_MOST, sp.Rational(TENTH)),
        domain=sampled_sizes(Condition(s.M, sp.Integer(MANY), operator.lt, "<")),
        witnesses=(LOST,),
        corrected_by="fig-04-reversed",
        expected=Ruling.REFUTED,
        remark="The sense is reversed: > 100000 is meant.",
    ),
    Row(
        id="fig-04-reversed",
        reference="in place of arXiv:2305.17493v3, figure 4, caption",
        printed="With 100000 samples or more they are not significantly affected.",
        seen=Seen.NOWHERE,
        reading="At most a tenth of the mean deviation is lost, as above.",
        quantity=printed(Relation.AT_MOST, sp.Rational(TENTH)),
        domain=sampled_sizes(Condition(sp.Integer(MANY), s.M, operator.le, "<=")),
        witnesses=(LOST,),
        expected=Ruling.CONFIRMED,
    ),
    Row(
        id="fig-12-estimate",
        reference=f"{ARXIV}, text on figure 12",
        printed="With 10^7 samples the estimate of the mean is .00024899 +- 1.89e-4.",
        seen=Seen.TEXT,
        reading="The first number is the mean of mu_hat, for N(0, 1).",
        quantity=printed(Relation.EQUALS, sp.Rational(MEAN)),
        domain=Domain((SAMPLES,)),
        witnesses=(
            Witness(
                Route.ENUMERATED,
                "estimate",
                enumerate_estimate,
                (setting(M=SIZE),),
                EXPANDED,
            ),
        ),
        corrected_by="fig-12-absolute",
        expected=Ruling.REFUTED,
        remark="The estimate is unbiased: its mean is 0.",
    ),
    Row(
        id="fig-12-absolute",
        reference="in place of arXiv:2305.17493v3, text on figure 12",
        printed="The absolute error of the mean, over 10,000 runs, has the mean .00024899 and the "
        "standard deviation 1.89e-4.",
        seen=Seen.NOWHERE,
        reading=f"Each number within {WITHIN} standard errors over the runs of its law: "
        "sqrt(2/(pi M)) and sqrt((1 - 2/pi)/M).",
        quantity=printed(Relation.EQUALS, PAIR),
        domain=Domain((FIGURE,)),
        witnesses=(
            Witness(
                Route.ENCLOSED,
                "figure",
                enclose_folded,
                (setting(figure=1), setting(figure=2)),
                "ball quadrature",
                quick=2,
            ),
        ),
        expected=Ruling.CONFIRMED,
    ),
)

# --- the published code --------------------------------------------------------------------------

#: Centres of the "two Gaussians", as a third party read them off the code.
CENTRES = ((0, 0),)


def count_centres(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the number of different centres."""
    return [Exact(Fraction(len(set(CENTRES))))]


PUBLISHED = (
    Row(
        id="code-divisor",
        reference=f"{CODE} against {NATURE}, theorem 3.1",
        printed="The one-dimensional experiments (divisor M, the MLE) show the theorem's "
        "divergence of E W2^2.",
        seen=Seen.SECOND_HAND,
        reading="With divisor M the risk is at least sigma^2 sum 1/M_i.",
        quantity=printed(Relation.AT_LEAST, DRIFT, mle=DRIFT),
        domain=replace(
            BOTH_FITS,
            parameters=tuple(
                replace(each, choices=("mle",), default="mle") if each.name == "estimator" else each
                for each in BOTH_FITS.parameters
            ),
        ),
        witnesses=(
            Witness(
                Route.ENCLOSED,
                "risk",
                enclose_points,
                tuple(each for each in ESTIMATORS if each.text("estimator") == "mle"),
                "every point expanded; ball quadrature over the points",
            ),
        ),
        corrected_by="B12",
        expected=Ruling.REFUTED,
        remark="The code divides by M, the theorem is about the divisor M - 1. Under the code's "
        "divisor E W2^2 stays below 2 sigma^2.",
    ),
    Row(
        id="code-two-gaussians",
        reference=f"{CODE} for figure 7",
        printed="The data are two Gaussians.",
        seen=Seen.SECOND_HAND,
        reading="The number of different centres in the code's parameters.",
        quantity=printed(Relation.EQUALS, sp.Integer(2)),
        domain=Domain((Parameter("fig", sp.Symbol("fig"), "the figure", Kind.INTEGER, 7, 7),)),
        witnesses=(
            Witness(
                Route.ENUMERATED,
                "centres",
                count_centres,
                (setting(fig=7),),
                "counted among the parameters noted by a third party",
            ),
        ),
        expected=Ruling.REFUTED,
        remark="One blob about (0, 0), fitted with two components. The parameters are known at "
        "second hand, and the ruling is no better than they are.",
    ),
    Row(
        id="code-labels",
        reference=f"{CODE} for figure 7",
        printed="The labels shown are the ground truth.",
        seen=Seen.SECOND_HAND,
        reading="They are said to be the model's own. The code was not at hand.",
        expected=Ruling.UNDECIDED,
    ),
)

ROWS = (*PICTURES, *PUBLISHED)
