"""Refitting in d dimensions with few points: all directions but M - 1 are lost at once."""

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
    Inequality,
)
from theory.domain import DIMENSIONS, GENERATIONS, Condition, Domain, Kind, Parameter
from theory.gaussian.determinant import GAUSSIAN_START, one_log_determinant
from theory.gaussian.rate import RATE, SPREAD
from theory.gaussian.variance import SAMPLES_FROM_TWO

RANK = Parameter(
    "r", s.r, "rank of the covariance of D_0", Kind.INTEGER, 1, aliases=("rank", "r0"), usual=s.d
)
LATER = GENERATIONS.at_least(1)
NU = s.M - 1
FEW_POINTS = Condition(NU, s.d, operator.le, "<=")

RANK_LAW = sp.Min(s.r, NU)
#: The first fit from N(0, I): heights of M - 1 vectors of d normals.
FIRST = sp.Sum(sp.digamma((s.d - s.i) / 2) - sp.log(NU / 2), (s.i, 0, NU - 1))
#: Every later fit, inside the M - 1 directions that are left.
LATER_FIT = sp.Sum(sp.digamma((NU - s.i) / 2) - sp.log(NU / 2), (s.i, 0, NU - 1))
MEAN_LOG = FIRST + (s.n - 1) * LATER_FIT
FIRST_SPREAD = sp.Sum(sp.polygamma(1, (s.d - s.i) / 2), (s.i, 0, NU - 1))
LATER_SPREAD = sp.Sum(sp.polygamma(1, (NU - s.i) / 2), (s.i, 0, NU - 1))
VARIANCE_LOG = FIRST_SPREAD + (s.n - 1) * LATER_SPREAD

RANKS = Domain((SAMPLES_FROM_TWO, RANK, LATER))
ONE_FIT = Domain((SAMPLES_FROM_TWO, DIMENSIONS), (FEW_POINTS,))
FITS = Domain((SAMPLES_FROM_TWO, DIMENSIONS, LATER), (FEW_POINTS,))


def _rank() -> tuple[Inequality | Citation | Induction, ...]:
    """Return the steps to the rank of every generation."""
    return (
        Inequality(
            "at most",
            "Centred points add up to 0, so M of them span M - 1 dimensions at most, and they lie "
            "in the range of Sigma_n: the rank is at most the smaller of the two.",
            RANK_LAW,
            s.r,
            RANKS,
        ),
        Citation(
            "almost surely equal",
            "Normal points lie in a given proper subspace of that range with probability 0, so "
            "each new one adds a dimension until it is filled.",
            "a subspace is a null set",
            "Muirhead 1982, theorem 3.1.4",
            (
                Hypothesis("the points are independent and normal", "gaussian refitting"),
                Hypothesis("no more dimensions are there to fill", "at most"),
            ),
        ),
        Induction(
            "rank",
            "The second fit finds min(r, M - 1) dimensions and keeps them, as does every later "
            "one.",
            s.n,
            sp.Min(s.r, NU),
            sp.Min(PREVIOUS, NU),
            RANK_LAW,
            RANKS,
            first=1,
            concludes=("rank",),
        ),
    )


def _logarithm() -> tuple[Identity | Citation | Induction, ...]:
    """Return the steps to mean and variance of the log-pseudo-determinant."""
    turned = (s.i, 1, NU)
    on_a_line = s.d - s.i + 2
    return (
        Citation(
            "transposed",
            "From N(mu, I), (M-1) Sigma_1 = X^T X with M - 1 independent standard normal rows "
            "of length d; its nonzero eigenvalues are those of X X^T, the Gram matrix of the rows. "
            "Row i has a squared distance from the span of those before it that is chi-square "
            "with d - i + 1 degrees of freedom; these are independent and their product is the "
            "determinant.",
            "Bartlett's decomposition",
            "Muirhead 1982, theorem 3.2.14",
            (
                Hypothesis("the points are independent and normal", "gaussian refitting"),
                Hypothesis("the M - 1 rows are independent vectors", "almost surely equal"),
            ),
        ),
        Identity(
            "first fit",
            "Each is d - i + 1 times one fitted variance of d - i + 2 points on a line, over "
            "M - 1: the mean logarithms add.",
            sp.Sum(RATE.subs(s.M, on_a_line) + sp.log((s.d - s.i + 1) / NU), turned),
            FIRST,
            ONE_FIT,
            uses=("B04",),
        ),
        Identity(
            "later fits",
            "Inside the range of Sigma_1, of M - 1 dimensions, the fit is of full rank: the "
            "log-determinant grows as in M - 1 dimensions, whatever d and Sigma_0.",
            one_log_determinant(NU, NU),
            LATER_FIT,
            Domain((SAMPLES_FROM_TWO,)),
            uses=("B22",),
        ),
        Identity(
            "first spread",
            "The variances add, in the first fit",
            sp.Sum(SPREAD.subs(s.M, on_a_line), turned),
            FIRST_SPREAD,
            ONE_FIT,
            uses=("B04",),
        ),
        Identity(
            "later spread",
            "and in later ones.",
            sp.Sum(sp.polygamma(1, (s.M - s.i) / 2), turned),
            LATER_SPREAD,
            Domain((SAMPLES_FROM_TWO,)),
            uses=("B22",),
        ),
        *(
            Induction(
                label,
                text,
                s.n,
                first,
                PREVIOUS + later,
                law,
                FITS,
                first=1,
                concludes=(label,),
            )
            for label, text, first, later, law in (
                ("mean-log", "One first fit, then n - 1 later ones;", FIRST, LATER_FIT, MEAN_LOG),
                (
                    "variance-log",
                    "they are independent.",
                    FIRST_SPREAD,
                    LATER_SPREAD,
                    VARIANCE_LOG,
                ),
            )
        ),
    )


def derive_rank() -> Derivation:
    """Return the derivation of the rank and of the pseudo-determinant."""
    return Derivation((GAUSSIAN_START,), (*_rank(), *_logarithm()))


RANK_COLLAPSE = Claim(
    code="B25",
    id="gaussian.rank-collapse",
    title="With M - 1 < d points all directions but M - 1 are lost in one fit, for ever",
    statement=(
        "From n = 1 on the fitted covariance has the rank min(rank Sigma_0, M - 1) almost surely. "
        "With M - 1 <= d and Sigma_0 = I, ln of the product of its nonzero eigenvalues is a sum "
        "of log chi-squares: of d, ..., d - M + 2 degrees of freedom in the first fit, and of "
        "M - 1, ..., 1 in each later one, where d plays no part any more."
    ),
    quantities=(
        Quantity(
            "rank",
            "rank of the fitted covariance, n >= 1, almost surely",
            r"\operatorname{rank}\Sigma_n",
            Relation.EQUALS,
            RANK_LAW,
        ),
        Quantity(
            "mean-log",
            "mean of ln of the product of the nonzero eigenvalues, from Sigma_0 = I, M - 1 <= d",
            r"\mathbb{E}\ln\operatorname{pdet}\Sigma_n",
            Relation.EQUALS,
            MEAN_LOG,
            conditions=(FEW_POINTS,),
        ),
        Quantity(
            "variance-log",
            "variance of ln of the product of the nonzero eigenvalues, from Sigma_0 = I",
            r"\operatorname{Var}\ln\operatorname{pdet}\Sigma_n",
            Relation.EQUALS,
            VARIANCE_LOG,
            conditions=(FEW_POINTS,),
        ),
    ),
    domain=Domain(
        (SAMPLES_FROM_TWO, DIMENSIONS, RANK, LATER),
        (Condition(s.r, s.d, operator.le, "<="),),
    ),
    sources=(Source("derived here from Bartlett's decomposition"),),
    derive=derive_rank,
)

CLAIMS = (RANK_COLLAPSE,)
