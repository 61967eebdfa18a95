"""Least squares on real rows and on rows labelled by other weights: the bias never goes away."""

from fractions import Fraction

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Expected, Order, Quantity, Relation, Source
from theory.derivation import Citation, Derivation, Hypothesis, Identity, Inequality, Premise
from theory.domain import DIMENSIONS, Condition, Domain, Kind, Parameter
from theory.regression.model import INPUTS, NOISE, NOISE_PARAMETER, ONE_FIT, T

REAL = sp.Symbol("n1", integer=True, nonnegative=True)
SYNTHETIC = sp.Symbol("n2", integer=True, nonnegative=True)
SHIFT = sp.Symbol("delta2", nonnegative=True)
TOTAL = REAL + SYNTHETIC

REAL_ROWS = Parameter("n1", REAL, "rows with real labels", Kind.INTEGER, 0)
OTHER_ROWS = Parameter("n2", SYNTHETIC, "rows with synthetic labels", Kind.INTEGER, 0)
ALL_ROWS = Parameter(
    "n", sp.Symbol("n", integer=True, nonnegative=True), "rows in all, if given", Kind.INTEGER, 0,
    follows=TOTAL,
)  # fmt: skip
SHIFT_PARAMETER = Parameter(
    "delta2", SHIFT, "squared length of delta, synthetic less real weights", Kind.REAL, 0,
    default=Fraction(1), aliases=("c2",),
)  # fmt: skip

MIXTURE = Premise(
    "mixture",
    "n1 rows have labels X_1 w_1 + e_1, n2 rows X_2 w_2 + e_2, w_2 = w_1 + delta; w is the least "
    "squares fit of all n = n1 + n2 rows. The noise is independent of all else, with mean 0 and "
    "variance sigma^2.",
)
SHARES = Premise("shares", "B = G^{-1/2} X_2'X_2 G^{-1/2}, with G = X'X of all rows.")

ENOUGH = Condition(s.d + 1, TOTAL)
ROWS = Domain((REAL_ROWS, OTHER_ROWS, DIMENSIONS), (ENOUGH,))
OVER = Domain((*ROWS.parameters, NOISE_PARAMETER, SHIFT_PARAMETER), (ENOUGH,))

#: Means of the two zonal polynomials of degree 2 of B.
C2 = SYNTHETIC * (SYNTHETIC + 2) / (TOTAL * (TOTAL + 2)) * (s.d**2 + 2 * s.d) / 3
C11 = SYNTHETIC * (SYNTHETIC - 1) / (TOTAL * (TOTAL - 1)) * 2 * (s.d**2 - s.d) / 3
TRACE_OF_SQUARE = C2 - C11 / 2
SQUARE_OF_TRACE = C2 + C11
FREEDOM = TOTAL - s.d - 1
ERROR = (
    NOISE**2 * s.d / FREEDOM
    + SHIFT / s.d * ((TOTAL - 1) * TRACE_OF_SQUARE - SQUARE_OF_TRACE) / FREEDOM
)
LEADING = (
    NOISE**2 * s.d / TOTAL
    + SHIFT * (SYNTHETIC**2 + REAL * SYNTHETIC * (s.d + 1) / TOTAL) / TOTAL**2
)
SIZE = (NOISE**2 + SHIFT) * (s.d + 1) ** 2 / (TOTAL * FREEDOM)

#: Second moments of the projection H = X G^{-1} X' on the columns of X: one entry of the diagonal,
#: two of them, and one entry off it.
ONE = s.d * (s.d + 2) / (TOTAL * (TOTAL + 2))
TWO = (s.d**2 / TOTAL - ONE) / (TOTAL - 1)
OFF = (s.d / TOTAL - ONE) / (TOTAL - 1)
#: Mean of K_ii M_ii with K = X G^{-2} X', M = XX', from that of tr G tr G^{-1}.
TRACES = s.d * (TOTAL * s.d - 2) / FREEDOM
SAME_ROW = (2 * s.d + TRACES) / (TOTAL * (TOTAL + 2))
OTHER_ROW = (s.d / TOTAL - SAME_ROW) / (TOTAL - 1)


def _projection() -> tuple[Citation | Identity, ...]:
    """Return the steps to the second moments of B."""
    gamma = sp.gamma
    pairs = SYNTHETIC * (SYNTHETIC - 1)
    return (
        Citation(
            "random directions",
            "The columns of X span a random subspace of R^n, independent of G, all directions "
            "alike: X = U L^{1/2} V' with orthonormal U, whose rows are d coordinates of random "
            "unit vectors. A row of length^2 H_ii is beta with parameters d/2 and (n-d)/2.",
            "rotational invariance of the normal law",
            "Muirhead, Aspects of Multivariate Statistical Theory (1982), section 2.1",
            (Hypothesis("the entries are independent standard normals", "inputs"),),
        ),
        Identity(
            "one entry",
            "The second moment of that beta law,",
            gamma(s.d / 2 + 2) * gamma(TOTAL / 2) / (gamma(s.d / 2) * gamma(TOTAL / 2 + 2)),
            ONE,
            ROWS,
        ),
        Identity(
            "rows add up",
            "as H^2 = H, H_ii^2 and the n - 1 other H_ij^2 add up to H_ii, of mean d/n;",
            ONE + sp.Sum(OFF, (s.j, 2, TOTAL)),
            s.d / TOTAL,
            ROWS,
        ),
        Identity(
            "diagonals add up",
            "as tr H = d, H_ii^2 and the n - 1 other H_ii H_jj add up to d H_ii.",
            ONE + sp.Sum(TWO, (s.j, 2, TOTAL)),
            s.d * s.d / TOTAL,
            ROWS,
        ),
        Identity(
            "trace of the square",
            "tr B^2 is the sum of H_ij^2 over synthetic rows i and j;",
            SYNTHETIC * ONE + pairs * OFF,
            TRACE_OF_SQUARE,
            ROWS,
            concludes=("trace-of-square",),
        ),
        Identity(
            "square of the trace",
            "(tr B)^2 is that of H_ii H_jj.",
            SYNTHETIC * ONE + pairs * TWO,
            SQUARE_OF_TRACE,
            ROWS,
            concludes=("square-of-trace",),
        ),
    )


def _bias() -> tuple[Citation | Identity, ...]:
    """Return the steps to the error."""
    gamma, size = sp.gamma, TOTAL * s.d / 2
    mean = ONE_FIT.subs(T, TOTAL) / NOISE**2
    return (
        Citation(
            "scale and shape",
            "tr G, a chi-square with n d degrees of freedom, is independent of G / tr G: "
            "E tr G tr G^{-1} = E tr G^{-1} / E (1 / tr G).",
            "Basu's theorem",
            "Basu 1955, Sankhya 15, 377-380",
            (Hypothesis("the entries of X are independent standard normals", "inputs"),),
        ),
        Identity(
            "traces",
            "The mean of 1 / tr G is 1/(n d - 2).",
            mean * 2 * gamma(size) / gamma(size - 1),
            TRACES,
            ROWS,
            uses=("C01",),
        ),
        Citation(
            "error of the fit",
            "w - w_1 = G^{-1} X_2'X_2 delta + G^{-1} X'e. All directions of delta are alike: the "
            "first part has the mean square |delta|^2/d times that of the sum of K_ij M_ij over "
            "synthetic rows i and j.",
            "law of total expectation",
            "Billingsley, Probability and Measure, section 34",
            (
                Hypothesis("the fit, and the noise", "mixture"),
                Hypothesis("the directions", "random directions"),
            ),
        ),
        Identity(
            "same row",
            "K_ii M_ii = sum over a, b of U_ia^2 U_ib^2 l_b/l_a, E u_1^4 = 3/(n(n+2)), "
            "E u_1^2 u_2^2 = 1/(n(n+2)), and the ratios l_b/l_a add up to tr G tr G^{-1};",
            3 * sp.Sum(1, (s.j, 1, s.d)) / (TOTAL * (TOTAL + 2))
            + (TRACES - s.d) / (TOTAL * (TOTAL + 2)),
            SAME_ROW,
            ROWS,
        ),
        Identity(
            "row of the product",
            "as K M = H, K_ii M_ii and the n - 1 other K_ij M_ij add up to H_ii.",
            SAME_ROW + sp.Sum(OTHER_ROW, (s.j, 2, TOTAL)),
            s.d / TOTAL,
            ROWS,
        ),
        Identity(
            "error",
            "n2 rows, n2 (n2 - 1) pairs of them, and the noise of one fit.",
            ONE_FIT.subs(T, TOTAL)
            + SHIFT / s.d * SYNTHETIC * (SAME_ROW + (SYNTHETIC - 1) * OTHER_ROW),
            ERROR,
            OVER,
            concludes=("error",),
            uses=("C01",),
        ),
    )


def _leading() -> tuple[Inequality | Citation, ...]:
    """Return the steps to the leading order in d/n."""
    return (
        Inequality(
            "above",
            "The exact value exceeds the first order by at most this much,",
            ERROR - LEADING,
            SIZE,
            OVER,
        ),
        Inequality("below", "and does not fall short of it by more.", LEADING - ERROR, SIZE, OVER),
        Citation(
            "leading",
            "The size is of order (d/n)^2.",
            "limits keep inequalities",
            "Rudin, Principles of Mathematical Analysis, theorem 3.19",
            (Hypothesis("bounded above", "above"), Hypothesis("and below", "below")),
            gives=LEADING,
            concludes=("leading",),
        ),
    )


def derive_mixture() -> Derivation:
    """Return the derivation of the error on a mixture of real and synthetic rows."""
    return Derivation((INPUTS, MIXTURE, SHARES), (*_projection(), *_bias(), *_leading()))


ERROR_WORDS = "mean squared distance of the fitted weights from the real ones"
ERROR_LATEX = r"\mathbb{E}\|w-w_1\|^2"

MIXTURE_CLAIM = Claim(
    code="C07",
    id="regression.real-and-synthetic",
    title="A share of synthetic labels leaves an error that more rows do not remove",
    statement=(
        "Least squares on n1 rows labelled by w_1 and n2 rows labelled by w_1 + delta, n = n1 + "
        "n2, all inputs standard normal, is off by sigma^2 d/(n-d-1) + (|delta|^2/d) ((n-1) "
        "E tr B^2 - E (tr B)^2)/(n-d-1), B a beta matrix with n2 and n1 degrees of freedom. With "
        "p = n2/n this is sigma^2 d/n + |delta|^2 (p^2 + p(1-p) (d+1)/n), up to order (d/n)^2: "
        "p^2 |delta|^2 is left however many rows there are. n >= d + 2; n1 or n2 may be below d."
    ),
    quantities=(
        Quantity("error", ERROR_WORDS, ERROR_LATEX, Relation.EQUALS, ERROR),
        Quantity(
            "trace-of-square",
            "mean trace of the square of B",
            r"\mathbb{E}\operatorname{tr}B^2",
            Relation.EQUALS,
            TRACE_OF_SQUARE,
        ),
        Quantity(
            "square-of-trace",
            "mean square of the trace of B",
            r"\mathbb{E}(\operatorname{tr}B)^2",
            Relation.EQUALS,
            SQUARE_OF_TRACE,
        ),
        Quantity(
            "leading",
            ERROR_WORDS,
            ERROR_LATEX,
            Relation.TENDS_TO,
            LEADING,
            order=Order(REAL, SIZE, 1, exact_order=False),
        ),
    ),
    domain=Domain((*OVER.parameters, ALL_ROWS), (ENOUGH,)),
    sources=(
        Source(
            "Dohmatob, Feng and Kempe 2024, arXiv:2410.04840v2",
            "corollary 1 and equation (12): the leading order",
        ),
        Source("derived here", "the exact form"),
    ),
    derive=derive_mixture,
    expected=Expected.ORDER_AND_RANGE,
)

CLAIMS = (MIXTURE_CLAIM,)
