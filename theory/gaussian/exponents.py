"""Refitting in d dimensions: the Lyapunov exponents of the covariance, and its condition number."""

import operator

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import Citation, Derivation, Hypothesis, Identity, Inequality
from theory.domain import DIMENSIONS, ESTIMATOR, Condition, Domain, Kind, Parameter
from theory.gaussian.determinant import FULL_RANK, GAUSSIAN_START, REGULAR
from theory.gaussian.variance import SAMPLES_FROM_TWO

EIGENVALUE = Parameter("i", s.i, "place of the eigenvalue, the largest first", Kind.INTEGER, 1)
IN_SPACE = Condition(s.i, s.d, operator.le, "<=")


def exponent(place: sp.Expr, divisor: sp.Expr) -> sp.Expr:
    """Return the exponent of the eigenvalue in that place."""
    return sp.digamma((s.M - place) / 2) - sp.log(divisor / 2)


def volume(size: sp.Expr, divisor: sp.Expr) -> sp.Expr:
    """Return the mean logarithm by which one fit changes the squared volume of so many vectors."""
    return sp.Sum(exponent(s.j, divisor), (s.j, 1, size))


EXPONENT = exponent(s.i, s.M - 1)
EXPONENT_MLE = exponent(s.i, s.M)
SPECTRUM = Domain((SAMPLES_FROM_TWO, DIMENSIONS, EIGENVALUE), (FULL_RANK, IN_SPACE))


def _limits() -> tuple[Citation, ...]:
    """Return the steps from products of random matrices to growth rates of volumes."""
    return (
        Citation(
            "product",
            "Sigma_n = A_0 R_1 ... R_n (A_0 R_1 ... R_n)^T with A_0 A_0^T = Sigma_0 and "
            "independent R_k, R_k R_k^T = W_k the covariance of M standard normal points. The law "
            "of W_k does not change under rotations, so R_k may be chosen such that its own does "
            "not, on either side.",
            "rotation invariance of the normal law",
            "Muirhead 1982, section 3.2",
            (Hypothesis("the points are independent and normal", "gaussian refitting"),),
        ),
        Citation(
            "exponents exist",
            "(1/n) ln of each eigenvalue tends to a constant almost surely, and the k largest "
            "constants add up to the growth rate of the largest squared k-volume.",
            "Oseledets' theorem",
            "Oseledets 1968; Raghunathan 1979, Israel J. Math. 32, 356-362",
            (
                Hypothesis("the factors are independent and of one law", "product"),
                Hypothesis("E ln of the largest eigenvalue is finite: E tr W = d", "B44"),
                Hypothesis("and of the smallest, since E ln det W is", "B22"),
            ),
        ),
        Citation(
            "volumes",
            "Every k orthonormal vectors, once the earlier factors are applied, span a k-plane "
            "independent of the next factor; by invariance the squared volume changes by the "
            "determinant of k coordinates of one fit. The growth is a sum of independent "
            "variables of one law: its rate is the mean of the log-determinant in k dimensions, "
            "almost surely, the same for every plane, so for the one that grows most.",
            "Newman's argument, strong law of large numbers",
            "Newman 1986, Commun. Math. Phys. 103, 121-126",
            (
                Hypothesis("the law of a factor is invariant", "product"),
                Hypothesis("the mean log-determinant in k <= d dimensions", "B22"),
                Hypothesis("k <= d < M", "full rank"),
            ),
        ),
    )


def derive_exponents() -> Derivation:
    """Return the derivation of the Lyapunov spectrum."""
    return Derivation(
        (GAUSSIAN_START, REGULAR),
        (
            *_limits(),
            Identity(
                "differences",
                "Exponent i is what vector i adds to the volume of the i - 1 before it.",
                volume(s.i, s.M - 1) - volume(s.i - 1, s.M - 1),
                EXPONENT,
                SPECTRUM,
                concludes=("exponent",),
                uses=("B22",),
            ),
            Identity(
                "divisor M",
                "The MLE multiplies every eigenvalue by (M-1)/M in each fit.",
                EXPONENT + sp.log((s.M - 1) / s.M),
                EXPONENT_MLE,
                SPECTRUM,
                concludes=("exponent/mle",),
            ),
            Inequality(
                "negative",
                "The largest is the rate of one coordinate, which is negative; so are all.",
                EXPONENT,
                sp.Integer(0),
                SPECTRUM,
                strict=True,
                uses=("B04",),
            ),
            Inequality(
                "distinct",
                "The exponents fall strictly: psi is increasing.",
                exponent(s.i + 1, s.M - 1),
                EXPONENT,
                Domain(
                    (SAMPLES_FROM_TWO, DIMENSIONS, EIGENVALUE),
                    (FULL_RANK, Condition(s.i, s.d)),
                ),
                strict=True,
            ),
        ),
    )


LYAPUNOV_SPECTRUM = Claim(
    code="B23",
    id="gaussian.lyapunov-spectrum",
    title="Eigenvalue i of the covariance shrinks at the rate psi((M-i)/2) - ln((M-1)/2)",
    statement=(
        "With M - 1 >= d, (1/n) ln of the i-th largest eigenvalue of Sigma_n tends almost surely "
        "to psi((M-i)/2) - ln((M-1)/2), with ln(M/2) for the MLE, from every Sigma_0 of full "
        "rank. The d rates are distinct and all negative: every direction collapses, each at its "
        "own rate, and the largest as on a line."
    ),
    quantities=(
        Quantity(
            "exponent",
            "almost sure limit of ln(eigenvalue i) / n",
            r"\lim_n \tfrac1n \ln\lambda_i(\Sigma_n)",
            Relation.EQUALS,
            EXPONENT,
            EXPONENT_MLE,
        ),
    ),
    domain=Domain(
        (SAMPLES_FROM_TWO, DIMENSIONS, EIGENVALUE, ESTIMATOR),
        (FULL_RANK, IN_SPACE, Condition(s.i, s.M)),
    ),
    sources=(
        Source("Newman 1986, Commun. Math. Phys. 103", "square Gaussian factors"),
        Source("derived here", "covariance factors"),
    ),
    derive=derive_exponents,
)

SHAPES = Domain((SAMPLES_FROM_TWO, DIMENSIONS.at_least(2)), (FULL_RANK,))
CONDITION_RATE = sp.digamma((s.M - 1) / 2) - sp.digamma((s.M - s.d) / 2)


def derive_condition_number() -> Derivation:
    """Return the derivation of the growth rate of the condition number."""
    return Derivation(
        (GAUSSIAN_START, REGULAR),
        (
            Identity(
                "difference",
                "The condition number is the largest eigenvalue over the smallest: its logarithm "
                "grows at the first exponent less the last, which is what one vector more adds to "
                "the volume of d - 1,",
                exponent(1, s.M - 1) - volume(s.d, s.M - 1) + volume(s.d - 1, s.M - 1),
                CONDITION_RATE,
                SHAPES,
                concludes=("rate",),
                uses=("B23",),
            ),
            Identity(
                "divisor M",
                "which the divisor does not change.",
                exponent(1, s.M) - volume(s.d, s.M) + volume(s.d - 1, s.M),
                CONDITION_RATE,
                SHAPES,
                concludes=("rate/mle",),
                uses=("B23",),
            ),
            Inequality(
                "positive",
                "It is positive: psi is increasing.",
                sp.digamma((s.M - s.d) / 2),
                sp.digamma((s.M - 1) / 2),
                SHAPES,
                strict=True,
            ),
        ),
    )


CONDITION_NUMBER = Claim(
    code="B24",
    id="gaussian.condition-number",
    title="The condition number grows exponentially, at the rate psi((M-1)/2) - psi((M-d)/2)",
    statement=(
        "With M - 1 >= d >= 2 the fitted covariance degenerates in shape too: (1/n) ln of the "
        "ratio of its largest to its smallest eigenvalue tends almost surely to "
        "psi((M-1)/2) - psi((M-d)/2) > 0, about (d-1)/M, from every Sigma_0 of full rank, a "
        "multiple of the identity included, and with either divisor."
    ),
    quantities=(
        Quantity(
            "rate",
            "almost sure limit of ln(condition number) / n",
            r"\lim_n \tfrac1n \ln\operatorname{cond}\Sigma_n",
            Relation.EQUALS,
            CONDITION_RATE,
            CONDITION_RATE,
        ),
    ),
    domain=Domain((*SHAPES.parameters, ESTIMATOR), SHAPES.conditions),
    sources=(Source("derived here"),),
    derive=derive_condition_number,
)

CLAIMS = (LYAPUNOV_SPECTRUM, CONDITION_NUMBER)
