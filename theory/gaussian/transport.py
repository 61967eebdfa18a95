"""Refitting in d dimensions: bounds on the W2 risk and on the trace of the root."""

import operator
from dataclasses import replace
from fractions import Fraction

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
    Premise,
)
from theory.domain import (
    DETERMINANT,
    DEVIATION,
    DIMENSIONS,
    ESTIMATOR,
    GENERATIONS,
    TRACE,
    Condition,
    Domain,
    Kind,
    Parameter,
)
from theory.gaussian.determinant import DETERMINANT_MOMENT, FULL_RANK, GAUSSIAN_START
from theory.gaussian.dimensions import ABSCISSA, AVERAGE
from theory.gaussian.retraining import CONTRACTS, RETRAINING, WEIGHT, contraction_steps
from theory.gaussian.variance import (
    MEAN_DEVIATION,
    MEAN_DEVIATION_MLE,
    MOMENT,
    ORDER,
    SAMPLES_FROM_TWO,
)
from theory.hypergeometric import Gauss

ROOT = Parameter(
    "root", s.trace_of_root, "trace of the root of the covariance of D_0", Kind.REAL, 0,
    low_open=True, default=Fraction(1), aliases=("trroot", "tr_sqrt"),
)  # fmt: skip
SPREAD = replace(DEVIATION, aliases=(*DEVIATION.aliases, "s"))
HALF = sp.Rational(1, 2)
NU = s.M - 1

ON_A_LINE = MEAN_DEVIATION.subs(s.sigma, 1)
ON_A_LINE_MLE = MEAN_DEVIATION_MLE.subs(s.sigma, 1)


def pinching() -> tuple[Inequality | Citation, ...]:
    """Return the steps that compare the trace of a root with the roots of the diagonal."""
    return (
        Inequality(
            "tangent",
            "The root is concave: it lies below each of its tangents.",
            sp.sqrt(s.x),
            (s.sigma + s.x / s.sigma) / 2,
            Domain((AVERAGE, ABSCISSA)),
        ),
        Citation(
            "diagonal",
            "tr A^(1/2) <= sum_j A_jj^(1/2) for every positive semidefinite A, in every basis.",
            "Peierls' inequality",
            "Peierls 1938, Phys. Rev. 54, 918",
            (Hypothesis("the root is concave", "tangent"),),
        ),
    )


# ------------------------------------------------------------- the trace of the root

TRACE_ROOT = s.trace_of_root * ON_A_LINE
TRACE_ROOT_MLE = s.trace_of_root * ON_A_LINE_MLE


def derive_trace_root() -> Derivation:
    """Return the derivation of E tr Sigma_n^(1/2) <= c4^n tr Sigma_0^(1/2), and of lam/(1+lam)."""
    over = Domain((SAMPLES_FROM_TWO, GENERATIONS, ROOT))
    return Derivation(
        (GAUSSIAN_START, RETRAINING),
        (
            *pinching(),
            Citation(
                "one fit",
                "In the eigenbasis of Sigma_n, entry jj of Sigma_{n+1} is the variance fitted to "
                "coordinate j, which is normal with variance lambda_j: its root is c4 times "
                "lambda_j^(1/2) on average. Summed, E[tr Sigma_{n+1}^(1/2) | Sigma_n] <= "
                "c4 tr Sigma_n^(1/2).",
                "linearity of the mean",
                "Billingsley, Probability and Measure, section 5",
                (
                    Hypothesis("coordinates of normal points are normal", "gaussian refitting"),
                    Hypothesis("the trace of the root lies below the diagonal's", "diagonal"),
                    Hypothesis("the mean deviation of one fit", "B03"),
                ),
            ),
            *(
                Induction(
                    label,
                    "Generation after generation.",
                    s.n,
                    s.trace_of_root,
                    factor.subs(s.n, 1) * PREVIOUS,
                    law,
                    over,
                    concludes=(label,),
                    uses=("B03",),
                )
                for label, factor, law in (
                    ("trace-root", ON_A_LINE, TRACE_ROOT),
                    ("trace-root/mle", ON_A_LINE_MLE, TRACE_ROOT_MLE),
                )
            ),
            *contraction_steps(),
        ),
    )


TRACE_OF_ROOT = Claim(
    code="B35",
    id="gaussian.trace-of-root",
    title="E tr Sigma_n^(1/2) falls by c4(M) at least; real data bear any weight of made ones",
    statement=(
        "The mean trace of the root of the fitted covariance, the sum of the standard deviations "
        "along its own axes, falls at least as fast as the standard deviation on a line, whatever "
        "d >= 1, M >= 2 and Sigma_0. On a line this is an equality. Of infinitely many data, lam "
        "made ones for each real one, an exponential family keeps the share lam/(1+lam) of the "
        "error of its mean parameters, exactly: every lam >= 0 is stable."
    ),
    quantities=(
        Quantity(
            "trace-root",
            "mean trace of the root of the fitted covariance",
            r"\mathbb{E}\operatorname{tr}\Sigma_n^{1/2}",
            Relation.AT_MOST,
            TRACE_ROOT,
            TRACE_ROOT_MLE,
        ),
        CONTRACTS,
    ),
    domain=Domain((SAMPLES_FROM_TWO, DIMENSIONS, GENERATIONS, ROOT, ESTIMATOR, WEIGHT)),
    sources=(
        Source("Bertrand et al. 2024, arXiv:2310.00429", "single Gaussians, without a rate"),
        Source("derived here", "the rate, and the share lam/(1+lam)"),
    ),
    derive=derive_trace_root,
)


# ------------------------------------------------------------------------ the W2 risk

DRIFT = s.n / s.M
LOWER = s.trace * (DRIFT + 2 * (1 - ON_A_LINE))
MEAN_ROOT_OF_DETERMINANT = DETERMINANT_MOMENT.subs(s.t, 1 / (2 * s.d))
UPPER = s.trace * (DRIFT + 2) - 2 * s.d * s.det ** (1 / (2 * s.d)) * MEAN_ROOT_OF_DETERMINANT

#: E tr W^(1/2) for the covariance W of M standard normal points in the plane.
MEAN_ROOT_OF_TRACE = sp.sqrt(2 / NU) * sp.gamma(NU + HALF) / sp.gamma(NU)
PLANE_ROOT = MEAN_ROOT_OF_TRACE * Gauss(-HALF, NU - 1, NU, -1)
PLANE = s.sigma**2 * (2 / s.M + 4 - 2 * PLANE_ROOT)

RISKS = Domain((SAMPLES_FROM_TWO, GENERATIONS, TRACE))
VOLUMES = Domain((SAMPLES_FROM_TWO, DIMENSIONS, GENERATIONS, TRACE, DETERMINANT), (FULL_RANK,))
PLANES = Domain((SAMPLES_FROM_TWO, SPREAD))
#: Where d and n are given, they must be what the exact value is for.
IN_THE_PLANE = (
    Condition(s.d, sp.Integer(2), operator.eq, "="),
    Condition(s.n, sp.Integer(1), operator.eq, "="),
)

SQUARED_ROUNDNESS = Premise(
    "roundness",
    "In the plane, from N(mu, s^2 I): U = 2 (det W)^(1/2) / tr W, between 0 and 1, W the "
    "covariance of M standard normal points.",
)


def _bounds() -> tuple[Inequality | Identity | Citation, ...]:
    """Return the steps to the two bounds."""
    return (
        Citation(
            "distance",
            "W2^2 is the squared drift plus both traces less twice the overlap tr A^(1/2), "
            "A = Sigma_0^(1/2) Sigma_n Sigma_0^(1/2). On average the drift is trace n / M and the "
            "fitted trace is `trace`.",
            "Wasserstein distance of two Gaussians",
            "Gelbrich 1990, Math. Nachr. 147, 185-203",
            (
                Hypothesis("both laws are normal", "gaussian refitting"),
                Hypothesis("the mean drift and the mean trace", "B44"),
            ),
        ),
        *pinching(),
        Identity(
            "lower",
            "In the eigenbasis of Sigma_0 entry jj of A is lambda_j times the variance fitted to "
            "coordinate j, a refit on a line: its root is c4^n lambda_j on average, so the "
            "overlap is at most c4^n times the trace.",
            s.trace * DRIFT + s.trace + s.trace - 2 * ON_A_LINE * s.trace,
            LOWER,
            RISKS,
            concludes=("lower",),
            uses=("B03", "B44"),
        ),
        Citation(
            "means",
            "The eigenvalues of A^(1/2) have an arithmetic mean of at least the geometric one: "
            "tr A^(1/2) >= d (det Sigma_0 det Sigma_n)^(1/(2 d)).",
            "inequality of arithmetic and geometric means",
            "Hardy, Littlewood and Polya, Inequalities, theorem 9",
            (Hypothesis("A is positive semidefinite", "gaussian refitting"),),
        ),
        Identity(
            "upper",
            "The moment of order 1/(2 d) of the determinant.",
            s.trace * DRIFT
            + 2 * s.trace
            - 2 * s.d * s.det ** (1 / (2 * s.d)) * DETERMINANT_MOMENT.subs(s.t, 1 / (2 * s.d)),
            UPPER,
            VOLUMES,
            concludes=("upper",),
            uses=("B22", "B44"),
        ),
    )


def _plane() -> tuple[Inequality | Identity | Citation, ...]:
    """Return the steps to the exact risk of one fit in the plane."""
    size, order = SAMPLES_FROM_TWO.at_least(3), Condition(sp.Integer(0), s.t)
    plane_moment = DETERMINANT_MOMENT.subs({s.d: 2, s.n: 1, s.det: 1})
    trace_moment = (2 / NU) ** (2 * s.t) * sp.RisingFactorial(NU, 2 * s.t)
    return (
        Identity(
            "two eigenvalues",
            "(tr W^(1/2))^2 = tr W + 2 (det W)^(1/2) = tr W (1 + U), here with x and sigma^2 for "
            "the eigenvalues.",
            (sp.sqrt(s.x) + s.sigma) ** 2,
            (s.x + s.sigma**2) * (1 + 2 * sp.sqrt(s.x) * s.sigma / (s.x + s.sigma**2)),
            Domain((AVERAGE, ABSCISSA)),
        ),
        Citation(
            "scale and shape",
            "tr W and U are independent: the law of U does not depend on s, of which tr W is a "
            "complete sufficient statistic.",
            "Basu's theorem",
            "Mauchly 1940, Ann. Math. Statist. 11, 204-209; Muirhead 1982, section 8.3",
            (Hypothesis("M points of N(mu, s^2 I)", "roundness"),),
        ),
        Identity(
            "moments of the shape",
            "tr W is chi-square with 2 (M-1) degrees of freedom over M - 1; E det W^t over "
            "E (tr W / 2)^(2 t) is E U^(2 t).",
            4**s.t * plane_moment / trace_moment,
            (NU - 1) / (NU - 1 + 2 * s.t),
            Domain((size, ORDER), (order,)),
            uses=("B01", "B22"),
        ),
        Citation(
            "law of the shape",
            "So P(U <= u) = u^(M-2) on (0, 1) (for M = 2, U = 0), and E (1 + U)^(1/2) is Euler's "
            "integral of 2F1(-1/2, M-2; M-1; -1).",
            "moments determine a bounded variable",
            "Billingsley, Probability and Measure, section 30; DLMF 15.6.1",
            (
                Hypothesis("U is bounded", "roundness"),
                Hypothesis("its moments", "moments of the shape"),
            ),
        ),
        Identity(
            "root of the trace",
            "The moment of order 1/2 of a chi-square with 2 (M-1) degrees of freedom, as of a "
            "fit of 2 M - 1 points on a line, twice.",
            sp.sqrt(2) * MOMENT.subs({s.t: HALF, s.n: 1, s.sigma: 1}).subs(s.M, 2 * s.M - 1),
            MEAN_ROOT_OF_TRACE,
            Domain((SAMPLES_FROM_TWO,)),
            uses=("B01",),
        ),
        Identity(
            "plane",
            "Drift 2 s^2/M, two traces of 2 s^2, and twice the overlap s^2 E tr W^(1/2).",
            2 * s.sigma**2 / s.M
            + 4 * s.sigma**2
            - 2 * s.sigma**2 * MEAN_ROOT_OF_TRACE * Gauss(-HALF, NU - 1, NU, -1),
            PLANE,
            PLANES,
            concludes=("plane",),
            uses=("B44",),
        ),
    )


def derive_risk_bounds() -> Derivation:
    """Return the derivation of the bounds on E W2^2, and of its value for one fit in the plane."""
    return Derivation((GAUSSIAN_START, SQUARED_ROUNDNESS), (*_bounds(), *_plane()))


RISK_BOUNDS = Claim(
    code="B26",
    id="gaussian.risk-in-dimensions",
    title="In d dimensions E W2^2 lies between two bounds that meet on a line",
    statement=(
        "With the unbiased estimator the risk is at least what d independent lines would have, "
        "and at most what a covariance that stays round would have; the upper bound needs "
        "M - 1 >= d. On a line both are equalities. For one fit in the plane from N(mu, s^2 I) the "
        "risk is known exactly. By the arithmetic-geometric inequality det <= (trace / d)^d."
    ),
    quantities=(
        Quantity(
            "lower",
            "mean squared Wasserstein distance to the real Gaussian, from below",
            r"\mathbb{E}\,W_2^2(\mathcal{N}(\mu_n,\Sigma_n), \mathcal{D}_0)",
            Relation.AT_LEAST,
            LOWER,
        ),
        Quantity(
            "upper",
            "mean squared Wasserstein distance to the real Gaussian, from above, M - 1 >= d",
            r"\mathbb{E}\,W_2^2(\mathcal{N}(\mu_n,\Sigma_n), \mathcal{D}_0)",
            Relation.AT_MOST,
            UPPER,
            conditions=(FULL_RANK,),
        ),
        Quantity(
            "plane",
            "mean squared Wasserstein distance after one fit in the plane, from N(mu, sigma^2 I)",
            r"\mathbb{E}\,W_2^2(\mathcal{N}(\mu_1,\Sigma_1), \mathcal{N}(\mu,\sigma^2 I_2))",
            Relation.EQUALS,
            PLANE,
            conditions=IN_THE_PLANE,
        ),
    ),
    domain=Domain(
        (
            SAMPLES_FROM_TWO,
            DIMENSIONS,
            GENERATIONS,
            TRACE,
            replace(DETERMINANT, default=None),
            SPREAD,
        ),
        (Condition(s.det * s.d**s.d, s.trace**s.d, operator.le, "<="),),
    ),
    sources=(
        Source("derived here", "Peierls' inequality; arithmetic and geometric means"),
        Source("Mauchly 1940", "law of the shape in the plane"),
    ),
    derive=derive_risk_bounds,
)

CLAIMS = (TRACE_OF_ROOT, RISK_BOUNDS)
