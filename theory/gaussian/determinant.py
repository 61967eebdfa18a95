"""Refitting in d dimensions: the law of the determinant of the fitted covariance."""

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
    Premise,
)
from theory.domain import DETERMINANT, DIMENSIONS, ESTIMATOR, GENERATIONS, Condition, Domain
from theory.gaussian.rate import RATE, SPREAD
from theory.gaussian.variance import MOMENT, SAMPLES_FROM_TWO
from theory.gaussian.variance import ORDER as ORDER_OF_VARIANCE

GAUSSIAN_START = Premise(
    "gaussian refitting",
    "D_0 = N(mu, Sigma_0) on R^d. Given (mu_n, Sigma_n), M independent points are drawn from "
    "N(mu_n, Sigma_n); their mean and their covariance (divisor M - 1, or M for the MLE) are "
    "mu_{n+1} and Sigma_{n+1}.",
)
REGULAR = Premise("full rank", "Sigma_0 is positive definite, and M - 1 >= d.")

ORDER = replace(ORDER_OF_VARIANCE, meaning="order of the moment of det Sigma_n")
FULL_RANK = Condition(s.d, s.M)
MOMENT_EXISTS = Condition(-(s.M - s.d) / 2, s.t)
HEIGHTS = (s.i, 1, s.d)
#: Samples of the fit on a line whose variance has as many degrees of freedom as height i.
FEWER = s.M - s.i + 1


def one_log_determinant(divisor: sp.Expr, dimensions: sp.Expr = s.d) -> sp.Expr:
    """Return the mean growth of ln det Sigma_n in one generation, in so many dimensions."""
    return sp.Sum(sp.digamma((s.M - s.i) / 2) - sp.log(divisor / 2), (s.i, 1, dimensions))


def determinant_moment(divisor: sp.Expr) -> sp.Expr:
    """Return E[(det Sigma_{n+1} / det Sigma_n)^t]."""
    height = (2 / divisor) ** s.t * sp.RisingFactorial((s.M - s.i) / 2, s.t)
    return sp.Product(height, HEIGHTS)


RATE_OF_LOG = one_log_determinant(s.M - 1)
RATE_OF_LOG_MLE = one_log_determinant(s.M)
SPREAD_OF_LOG = sp.Sum(sp.polygamma(1, (s.M - s.i) / 2), HEIGHTS)
DETERMINANT_MOMENT = s.det**s.t * determinant_moment(s.M - 1) ** s.n
DETERMINANT_MOMENT_MLE = s.det**s.t * determinant_moment(s.M) ** s.n

ONE_FIT = Domain((SAMPLES_FROM_TWO, DIMENSIONS), (FULL_RANK,))
FITS = Domain((SAMPLES_FROM_TWO, DIMENSIONS, GENERATIONS), (FULL_RANK,))
MOMENTS = Domain(
    (SAMPLES_FROM_TWO, DIMENSIONS, GENERATIONS, ORDER, DETERMINANT), (FULL_RANK, MOMENT_EXISTS)
)


def heights() -> Citation:
    """Return the step that splits the determinant of one fit into independent chi-squares."""
    return Citation(
        "heights",
        "Let A A^T = Sigma_n. Then Sigma_{n+1} = A W A^T, W the covariance of M standard normal "
        "points, so det Sigma_{n+1} = det Sigma_n det W. The triangular root of (M-1) W has the "
        "diagonal entries R_1, ..., R_d, and R_i^2 is the squared distance of coordinate i, M - 1 "
        "free normals, from the span of the i - 1 before it: the R_i are independent and R_i^2 is "
        "chi-square with M - i degrees of freedom. W has the same law in every generation, "
        "independent of the past.",
        "Bartlett's decomposition",
        "Bartlett 1933, Proc. Roy. Soc. Edinburgh 53, 260-283; Wilks 1932, Biometrika 24",
        (
            Hypothesis("the points are independent and normal", "gaussian refitting"),
            Hypothesis("no coordinate lies in the span of the others", "full rank"),
        ),
    )


def _logarithm() -> tuple[Identity | Induction, ...]:
    """Return the steps to mean and variance of the log-determinant."""
    share = sp.log((s.M - s.i) / (s.M - 1))
    return (
        Identity(
            "mean of one fit",
            "R_i^2 / (M-1) is (M-i)/(M-1) times one fitted variance of M - i + 1 points on a "
            "line, whose mean logarithm is known: the logarithms add.",
            sp.Sum(RATE.subs(s.M, FEWER) + share, HEIGHTS),
            RATE_OF_LOG,
            ONE_FIT,
            uses=("B04",),
        ),
        Identity(
            "divisor M",
            "The MLE multiplies the covariance by (M-1)/M, its determinant by the power d.",
            RATE_OF_LOG + s.d * sp.log((s.M - 1) / s.M),
            RATE_OF_LOG_MLE,
            ONE_FIT,
        ),
        *(
            Induction(
                labels[0],
                text,
                s.n,
                sp.Integer(0),
                PREVIOUS + one,
                s.n * one,
                FITS,
                concludes=labels,
                uses=("B04",),
            )
            for labels, text, one in (
                (("mean-log",), "Generation after generation the means add,", RATE_OF_LOG),
                (("mean-log/mle",), "for either divisor,", RATE_OF_LOG_MLE),
                (
                    ("variance-log", "variance-log/mle"),
                    "and, by independence of heights and generations, so do the variances.",
                    sp.Sum(SPREAD.subs(s.M, FEWER), HEIGHTS),
                ),
            )
        ),
    )


def derive_determinant() -> Derivation:
    """Return the derivation of the law of det Sigma_n."""
    one_height = MOMENT.subs({s.n: 1, s.sigma: 1}).subs(s.M, FEWER)
    steps: list[Identity | Induction | Citation] = [heights(), *_logarithm()]
    for divisor, law, label in (
        (s.M - 1, DETERMINANT_MOMENT, "moment"),
        (s.M, DETERMINANT_MOMENT_MLE, "moment/mle"),
    ):
        steps += [
            Identity(
                label.replace("moment", "moment of one fit"),
                "Independent heights: their moments multiply.",
                sp.Product(((s.M - s.i) / divisor) ** s.t * one_height, HEIGHTS),
                determinant_moment(divisor),
                MOMENTS,
                uses=("B01",),
            ),
            Induction(
                label,
                "Independent generations: so do theirs.",
                s.n,
                s.det**s.t,
                PREVIOUS * determinant_moment(divisor),
                law,
                MOMENTS,
                concludes=(label,),
            ),
        ]
    return Derivation((GAUSSIAN_START, REGULAR), steps)


DETERMINANT_LAW = Claim(
    code="B22",
    id="gaussian.determinant-law",
    title="ln det of the fitted covariance is a random walk, a sum of log chi-squares",
    statement=(
        "With M - 1 >= d, det Sigma_n / det Sigma_0 is the product of n d independent chi-squares "
        "with M - 1, ..., M - d degrees of freedom, each divided by M - 1 (by M for the MLE). Mean "
        "and variance of its logarithm grow linearly; its moments of every real order "
        "t > -(M-d)/2 follow. The shape of Sigma_0 plays no part."
    ),
    quantities=(
        Quantity(
            "mean-log",
            "mean of ln(det Sigma_n / det Sigma_0)",
            r"\mathbb{E}\ln(\det\Sigma_n/\det\Sigma_0)",
            Relation.EQUALS,
            s.n * RATE_OF_LOG,
            s.n * RATE_OF_LOG_MLE,
        ),
        Quantity(
            "variance-log",
            "variance of ln det Sigma_n",
            r"\operatorname{Var}\ln\det\Sigma_n",
            Relation.EQUALS,
            s.n * SPREAD_OF_LOG,
            s.n * SPREAD_OF_LOG,
        ),
        Quantity(
            "moment",
            "moment of order t of det Sigma_n",
            r"\mathbb{E}(\det\Sigma_n)^t",
            Relation.EQUALS,
            DETERMINANT_MOMENT,
            DETERMINANT_MOMENT_MLE,
        ),
    ),
    domain=Domain(
        (SAMPLES_FROM_TWO, DIMENSIONS, GENERATIONS, ORDER, DETERMINANT, ESTIMATOR),
        (FULL_RANK, MOMENT_EXISTS),
    ),
    sources=(Source("Wilks 1932; Bartlett 1933", "one fit"),),
    derive=derive_determinant,
)

CLAIMS = (DETERMINANT_LAW,)
