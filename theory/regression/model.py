"""A linear regression trained on its own labels: symbols, parameters, premises, and one fit."""

from fractions import Fraction

import sympy as sp

from theory import symbols as s
from theory.derivation import Citation, Hypothesis, Identity, Premise
from theory.domain import DIMENSIONS, GENERATIONS, Condition, Domain, Kind, Parameter

T = sp.Symbol("T", integer=True, positive=True)
#: Standard deviation of the noise of a label; it may be 0.
NOISE = sp.Symbol("sigma", nonnegative=True)
SIGNAL = sp.Symbol("w2", nonnegative=True)

ROWS = Parameter("T", T, "samples per generation", Kind.INTEGER, 1, aliases=("samples",))
NOISE_PARAMETER = Parameter(
    "sigma", NOISE, "standard deviation of the noise of a label", Kind.REAL, 0, default=Fraction(1)
)
SIGNAL_PARAMETER = Parameter(
    "w2", SIGNAL, "squared length of the true weights w*", Kind.REAL, 0, default=Fraction(1),
    aliases=("norm2",),
)  # fmt: skip
ROUND = Parameter("i", s.i, "round, counted from 1", Kind.INTEGER, 1)

#: With T = d or T = d + 1 the mean error is infinite.
ENOUGH = Condition(s.d + 1, T)
ONE_ROUND = Domain((ROWS, DIMENSIONS, NOISE_PARAMETER), (ENOUGH,))
OVER = Domain((ROWS, DIMENSIONS, GENERATIONS, NOISE_PARAMETER), (ENOUGH,))

LABELS = Premise(
    "labels",
    "w_0 = w*. Round n labels T rows of inputs, the matrix X_n, by y_n = X_n w_{n-1} + e_n; the "
    "entries of e_n are independent of all else, with mean 0 and variance sigma^2.",
)
INPUTS = Premise("inputs", "The entries of the input matrix X are independent standard normals.")

ERROR_WORDS = "mean squared distance of the weights after n fits from the true ones"
ERROR_LATEX = r"\mathbb{E}\|w_n-w^*\|^2"

#: The mean error that one fit of T rows by ordinary least squares adds.
ONE_FIT = NOISE**2 * s.d / (T - s.d - 1)


def inverse_mean() -> tuple[Citation | Identity, ...]:
    """Return the steps to the mean trace of the inverse of X'X."""
    freedom = T - s.d + 1
    return (
        Citation(
            "one entry",
            "Entry j of the diagonal of the inverse of X'X is 1/R, R the squared distance of "
            "column j of X from the span of the d - 1 others: given them, a chi-square with "
            "T - d + 1 degrees of freedom.",
            "Schur complements, and Cochran's theorem",
            "Anderson, An Introduction to Multivariate Statistical Analysis (2003), section 7.3",
            (Hypothesis("the columns are independent and standard normal", "inputs"),),
        ),
        Identity(
            "its mean",
            "The mean of 1/R, from the density of the chi-square law.",
            sp.gamma(freedom / 2 - 1) / (2 * sp.gamma(freedom / 2)),
            1 / (T - s.d - 1),
            Domain((ROWS, DIMENSIONS), (ENOUGH,)),
        ),
        Identity(
            "one fit",
            "The fit is w_{n-1} + (X'X)^{-1} X' e: given X, its error has the covariance "
            "sigma^2 (X'X)^{-1}, whose trace has d entries.",
            NOISE**2 * sp.Sum(1 / (T - s.d - 1), (s.j, 1, s.d)),
            ONE_FIT,
            ONE_ROUND,
        ),
    )
