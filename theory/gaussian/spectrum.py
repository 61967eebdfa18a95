"""Refitting in d dimensions: symmetric functions of the eigenvalues of the fitted covariance."""

import operator
from fractions import Fraction

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import PREVIOUS, Citation, Derivation, Hypothesis, Identity, Induction
from theory.domain import (
    DETERMINANT,
    DIMENSIONS,
    ESTIMATOR,
    GENERATIONS,
    Condition,
    Domain,
    Kind,
    Parameter,
)
from theory.gaussian.determinant import GAUSSIAN_START, determinant_moment
from theory.gaussian.variance import SAMPLES_FROM_TWO

SQUARE = Parameter(
    "a0", s.a0, "trace of the square of the covariance of D_0", Kind.REAL, 0, low_open=True,
    aliases=("a_0",),
)  # fmt: skip
TRACE_SQUARE = Parameter(
    "b0", s.b0, "square of the trace of the covariance of D_0", Kind.REAL, 0, low_open=True,
    aliases=("b_0",),
)  # fmt: skip
DEGREE = Parameter("k", s.k, "degree of the symmetric function", Kind.INTEGER, 1)
SYMMETRIC = Parameter(
    "e", s.e, "e_k of the eigenvalues of the covariance of D_0", Kind.REAL, 0,
    default=Fraction(1), aliases=("e0", "e_k"),
)  # fmt: skip

NU = s.M - 1
KEPT = 1 - 1 / s.M
MOMENTS = Domain(
    (SAMPLES_FROM_TWO, GENERATIONS, SQUARE, TRACE_SQUARE),
    (Condition(s.a0, s.b0, operator.le, "<="),),
)

GROWING = (2 * s.a0 + s.b0) * (1 + 2 / NU) ** s.n
SHRINKING = (s.b0 - s.a0) * (1 - 1 / NU) ** s.n
GROWING_MLE = (2 * s.a0 + s.b0) * (1 - 1 / s.M**2) ** s.n
SHRINKING_MLE = (s.b0 - s.a0) * ((1 - 1 / s.M) * (1 - 2 / s.M)) ** s.n


def one_fit(divisor: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Return the means of tr Sigma^2 and (tr Sigma)^2 after one fit with that divisor."""
    square = NU**2 * s.a0 + NU * (s.a0 + s.b0)
    return square / divisor**2, (NU**2 * s.b0 + 2 * NU * s.a0) / divisor**2


def _pairs() -> tuple[Identity | Citation, ...]:
    """Return the steps to the second moments of one fit."""
    one = Domain((SAMPLES_FROM_TWO,))
    return (
        Identity(
            "trace of the centring",
            "The sum of squares is X^T P X with P = 1 - 1/M on the diagonal and -1/M elsewhere, "
            "whose trace is M - 1",
            s.M * (1 - 1 / s.M),
            NU,
            one,
        ),
        Identity(
            "trace of its square",
            "and whose squared entries add up to M - 1 too.",
            s.M * (1 - 1 / s.M) ** 2 + s.M * (s.M - 1) / s.M**2,
            NU,
            one,
        ),
        Citation(
            "second moments",
            "With S the sum of squares, E[S_ab S_cd | Sigma] = (tr P)^2 Sigma_ab Sigma_cd + "
            "tr(P^2) (Sigma_ac Sigma_bd + Sigma_ad Sigma_bc): the factors of each product are "
            "paired within the entries, or across them in two ways. Summed over the entries, "
            "E tr S^2 = (M-1)^2 a + (M-1)(a + b) and E (tr S)^2 = (M-1)^2 b + 2 (M-1) a, with "
            "a = tr Sigma^2 and b = (tr Sigma)^2.",
            "Isserlis' theorem",
            "Isserlis 1918, Biometrika 12, 134-139",
            (
                Hypothesis("the points are independent and normal", "gaussian refitting"),
                Hypothesis("P has the trace M - 1", "trace of the centring"),
                Hypothesis("and so has its square", "trace of its square"),
            ),
        ),
    )


def _combinations() -> tuple[Identity | Induction, ...]:
    """Return the steps to the two combinations that each bring a factor a generation."""
    steps: list[Identity | Induction] = []
    for suffix, divisor, laws in (
        ("", NU, (GROWING, SHRINKING)),
        ("/mle", s.M, (GROWING_MLE, SHRINKING_MLE)),
    ):
        square, trace_square = one_fit(divisor)
        for name, text, start, fitted, law in (
            ("growing", "2 a + b is multiplied,", 2 * s.a0 + s.b0, 2 * square + trace_square, 0),
            ("shrinking", "and so is b - a,", s.b0 - s.a0, trace_square - square, 1),
        ):
            factor = laws[law].subs(s.n, 1) / start
            steps += [
                Identity(f"{name} in one fit{suffix}", text, fitted, start * factor, MOMENTS),
                Induction(
                    f"{name}{suffix}",
                    "by the same factor in every generation.",
                    s.n,
                    start,
                    PREVIOUS * factor,
                    laws[law],
                    MOMENTS,
                    concludes=(f"{name}{suffix}",),
                ),
            ]
    return tuple(steps)


def apart(growing: sp.Expr, shrinking: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Return E tr Sigma_n^2 and E (tr Sigma_n)^2 from the two combinations."""
    return (growing - shrinking) / 3, (growing + 2 * shrinking) / 3


def _solved() -> tuple[Induction, ...]:
    """Return the steps from the combinations to the two moments."""
    steps = []
    for suffix, divisor, growing, shrinking in (
        ("", NU, GROWING, SHRINKING),
        ("/mle", s.M, GROWING_MLE, SHRINKING_MLE),
    ):
        laws = apart(growing, shrinking)
        one_of_each = one_fit(divisor)
        for place, (name, text, start) in enumerate(
            (
                ("square", "Solved for the first: the two moments, fitted once more", s.a0),
                ("trace-square", "and for the second: are those of the next generation.", s.b0),
            )
        ):
            before = {(s.a0, s.b0)[place]: PREVIOUS, (s.a0, s.b0)[1 - place]: laws[1 - place]}
            steps.append(
                Induction(
                    f"{name}{suffix}",
                    text,
                    s.n,
                    start,
                    one_of_each[place].subs(before, simultaneous=True),
                    laws[place],
                    MOMENTS,
                    concludes=(f"{name}{suffix}",),
                )
            )
    return tuple(steps)


def derive_trace_moments() -> Derivation:
    """Return the derivation of the second moments of the trace."""
    return Derivation((GAUSSIAN_START,), (*_pairs(), *_combinations(), *_solved()))


TRACE_MOMENTS = Claim(
    code="B19",
    id="gaussian.trace-moments",
    title="Two combinations of tr Sigma^2 and (tr Sigma)^2 each bring one factor a generation",
    statement=(
        "2 tr Sigma_n^2 + (tr Sigma_n)^2 grows on average by 1 + 2/(M-1) a generation, and "
        "(tr Sigma_n)^2 - tr Sigma_n^2 falls by 1 - 1/(M-1), although E Sigma_n = Sigma_0: on "
        "average the covariance draws together into one direction. With the MLE both fall, by "
        "1 - 1/M^2 and (1 - 1/M)(1 - 2/M). Only a0 and b0 matter; M >= 2, also below d."
    ),
    quantities=(
        Quantity(
            "growing",
            "mean of twice the trace of the square plus the square of the trace",
            r"\mathbb{E}[2\operatorname{tr}\Sigma_n^2+(\operatorname{tr}\Sigma_n)^2]",
            Relation.EQUALS,
            GROWING,
            GROWING_MLE,
        ),
        Quantity(
            "shrinking",
            "mean of the square of the trace less the trace of the square",
            r"\mathbb{E}[(\operatorname{tr}\Sigma_n)^2-\operatorname{tr}\Sigma_n^2]",
            Relation.EQUALS,
            SHRINKING,
            SHRINKING_MLE,
        ),
        Quantity(
            "square",
            "mean of the trace of the square",
            r"\mathbb{E}\operatorname{tr}\Sigma_n^2",
            Relation.EQUALS,
            apart(GROWING, SHRINKING)[0],
            apart(GROWING_MLE, SHRINKING_MLE)[0],
        ),
        Quantity(
            "trace-square",
            "mean of the square of the trace",
            r"\mathbb{E}(\operatorname{tr}\Sigma_n)^2",
            Relation.EQUALS,
            apart(GROWING, SHRINKING)[1],
            apart(GROWING_MLE, SHRINKING_MLE)[1],
        ),
    ),
    domain=Domain((*MOMENTS.parameters, ESTIMATOR), MOMENTS.conditions),
    sources=(Source("classical", "second moments of one fit"), Source("derived here")),
    derive=derive_trace_moments,
)


def minors(size: sp.Expr) -> sp.Expr:
    """Return the factor of one fit on the mean of a principal minor of that size."""
    return sp.Product(1 - s.i / NU, (s.i, 0, size - 1))


SYMMETRIC_MEAN = s.e * minors(s.k) ** s.n
SYMMETRIC_MEAN_MLE = s.e * (KEPT**s.k * minors(s.k)) ** s.n
DETERMINANT_MEAN = s.det * minors(s.d) ** s.n
DETERMINANT_MEAN_MLE = s.det * (KEPT**s.d * minors(s.d)) ** s.n
ENOUGH = Condition(s.k, s.M)


def derive_symmetric_functions() -> Derivation:
    """Return the derivation of E e_k(Sigma_n) and E det Sigma_n."""
    degrees = (SAMPLES_FROM_TWO, DEGREE)
    steps: list[Identity | Induction | Citation] = [
        Citation(
            "minors",
            "In the eigenbasis of Sigma_n, e_k(Sigma_{n+1}) is the sum of its principal minors of "
            "size k, and each is the determinant of the covariance fitted to k coordinates, whose "
            "own covariance has the product of k eigenvalues of Sigma_n as its determinant.",
            "coefficients of the characteristic polynomial",
            "Horn and Johnson, Matrix Analysis (2013), theorem 1.2.16",
            (Hypothesis("M points of the law fitted last", "gaussian refitting"),),
        ),
        Identity(
            "one minor",
            "The moment of order 1 of that determinant, where k < M and the k eigenvalues are "
            "positive; where one of them is 0, so is the minor.",
            determinant_moment(NU).subs({s.t: 1, s.d: s.k}),
            minors(s.k),
            Domain(degrees, (ENOUGH,)),
            uses=("B22",),
        ),
        Identity(
            "too few points",
            "With M <= k points the fitted covariance has a rank below k and the minor is 0, as "
            "the factor i = M - 1 says.",
            minors(s.k),
            sp.Integer(0),
            Domain(degrees, (Condition(s.M, s.k + 1),)),
        ),
        Identity(
            "falling factorial",
            "Written with factorials, as the discrete chain's eigenvalues are.",
            minors(s.k),
            sp.gamma(s.M) / (sp.gamma(s.M - s.k) * NU**s.k),
            Domain(degrees, (ENOUGH,)),
        ),
    ]
    for label, start, size, law, law_mle, parameter in (
        ("mean", s.e, s.k, SYMMETRIC_MEAN, SYMMETRIC_MEAN_MLE, (DEGREE, SYMMETRIC)),
        ("determinant", s.det, s.d, DETERMINANT_MEAN, DETERMINANT_MEAN_MLE,
         (DIMENSIONS, DETERMINANT)),
    ):  # fmt: skip
        for suffix, factor, found in (
            ("", minors(size), law), ("/mle", KEPT**size * minors(size), law_mle)
        ):  # fmt: skip
            steps.append(
                Induction(
                    f"{label}{suffix}",
                    "All minors of a size bring the same factor, so their sum does, on average, "
                    "in every generation; the divisor M brings 1 - 1/M for each coordinate.",
                    s.n,
                    start,
                    PREVIOUS * factor,
                    found,
                    Domain((SAMPLES_FROM_TWO, GENERATIONS, *parameter)),
                    concludes=(f"{label}{suffix}",),
                )
            )
    return Derivation((GAUSSIAN_START,), steps)


SYMMETRIC_FUNCTIONS = Claim(
    code="B20",
    id="gaussian.symmetric-functions",
    title="E e_k(Sigma_n) decays by (1 - 1/(M-1)) ... (1 - (k-1)/(M-1)) a generation",
    statement=(
        "Each elementary symmetric function of the eigenvalues decays on average by its own "
        "factor, in every dimension and from every Sigma_0: the numbers by which k sampled "
        "lineages stay distinct in the discrete chain of M - 1 draws. For k = d it is the "
        "determinant. With M <= k points it is 0 after one fit."
    ),
    quantities=(
        Quantity(
            "mean",
            "mean elementary symmetric function of degree k of the eigenvalues",
            r"\mathbb{E}\,e_k(\Sigma_n)",
            Relation.EQUALS,
            SYMMETRIC_MEAN,
            SYMMETRIC_MEAN_MLE,
        ),
        Quantity(
            "determinant",
            "mean determinant of the fitted covariance",
            r"\mathbb{E}\det\Sigma_n",
            Relation.EQUALS,
            DETERMINANT_MEAN,
            DETERMINANT_MEAN_MLE,
        ),
    ),
    domain=Domain(
        (SAMPLES_FROM_TWO, GENERATIONS, DEGREE, SYMMETRIC, DIMENSIONS, DETERMINANT, ESTIMATOR),
        (Condition(s.k, s.d, operator.le, "<="),),
    ),
    sources=(Source("Wilks 1932", "E det of one fit"), Source("derived here")),
    derive=derive_symmetric_functions,
)

CLAIMS = (TRACE_MOMENTS, SYMMETRIC_FUNCTIONS)
