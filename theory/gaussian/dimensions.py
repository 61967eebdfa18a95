"""Refitting in d dimensions: the fitted covariance collapses almost surely."""

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
from theory.domain import DIMENSIONS, GENERATIONS, TRACE, Domain, Kind, Parameter
from theory.gaussian.variance import MOMENT, SAMPLES_FROM_TWO

THRESHOLD = Parameter(
    "epsilon", s.epsilon, "level that the trace is compared with", Kind.REAL, 0, low_open=True,
    aliases=("eps",),
)  # fmt: skip
MGF_POINT = Parameter(
    "h", s.x, "twice the argument of a moment generating function", Kind.REAL, 0, 1, True, True
)
AVERAGE = Parameter("m", s.sigma, "point of contact of a tangent", Kind.REAL, 0, low_open=True)
ABSCISSA = Parameter("x", s.x, "point where root and tangent differ", Kind.REAL, 0, low_open=True)

ANY_START = Premise(
    "any start",
    "D_0 is any law on R^d with mean m_0 and a finite second moment; `trace` is the trace of its "
    "covariance Sigma_0. M independent points of D_0 are drawn; their mean and their covariance "
    "with divisor M - 1 are mu_1 and Sigma_1.",
)
REFITTING = Premise(
    "refitting",
    "From generation 1 on, given (mu_n, Sigma_n), M independent points are drawn from "
    "N(mu_n, Sigma_n); their mean and their covariance with divisor M - 1 are mu_{n+1} and "
    "Sigma_{n+1}. Where D_0 is Gaussian, this holds from generation 0 on.",
)

#: Degrees of freedom of tr Sigma_{n+1} when Sigma_n is a multiple of the identity, plus one.
POINTS = s.d * (s.M - 1) + 1
RATE = s.c4(POINTS)
GAUSSIAN_BOUND = RATE**s.n * sp.sqrt(s.trace)
GENERAL_BOUND = RATE ** (s.n - 1) * sp.sqrt(s.trace)
SURVIVAL_BOUND = GENERAL_BOUND / sp.sqrt(s.epsilon)

ONE_REFIT = Domain((SAMPLES_FROM_TWO, DIMENSIONS))
COLLAPSE_DOMAIN = Domain((SAMPLES_FROM_TWO, DIMENSIONS, GENERATIONS, TRACE))


def divided(size: sp.Expr) -> sp.Expr:
    """Return the factor from the mean variance of D_0 to that of a fit with divisor M - 1.

    The fit with divisor M keeps the share 1 - 1/M of every pair functional (claim B39).
    """
    return (1 - 1 / size) * size / (size - 1)


def _worst_covariance() -> tuple[Identity | Inequality | Citation, ...]:
    """Return the steps up to the factor of one refit of a Gaussian."""
    half = sp.Rational(1, 2)
    return (
        Citation(
            "one refit",
            "Along the eigenvectors of Sigma_n, with eigenvalues lambda_1 ... lambda_d, the "
            "coordinates of the points are independent normals, so tr Sigma_{n+1} = "
            "sum lambda_k S_k with independent S_k, each a chi-square with M - 1 degrees of "
            "freedom over M - 1. With fewer points than dimensions some lambda_k are 0.",
            "Cochran's theorem",
            "Cochran 1934, Proc. Camb. Phil. Soc. 30, 178-191",
            (Hypothesis("the points are independent and normal", "refitting"),),
        ),
        Identity(
            "tangent",
            "A tangent of the square root lies above it, by a square: the root is concave.",
            (s.sigma + s.x / s.sigma) / 2 - sp.sqrt(s.x),
            (sp.sqrt(s.x) - s.sigma) ** 2 / (2 * s.sigma),
            Domain((AVERAGE, ABSCISSA)),
        ),
        Citation(
            "equal eigenvalues are worst",
            "E sqrt(sum lambda_k S_k) is concave in lambda and does not change when the lambda_k "
            "change places. Its value at the average over all orders is therefore at least its "
            "value: E[sqrt(tr Sigma_{n+1}) | Sigma_n] is at most the mean of "
            "sqrt(tr Sigma_n (S_1 + ... + S_d)/d), with equality where all lambda_k are equal.",
            "Jensen's inequality",
            "Marshall, Olkin and Arnold, Inequalities (2011), 3.C: symmetric and concave",
            (
                Hypothesis("the square root is concave", "tangent"),
                Hypothesis("the S_k are independent and of one law", "one refit"),
            ),
        ),
        Identity(
            "additivity",
            "The sum of d independent chi-squares with M - 1 degrees of freedom has d (M - 1): "
            "moment generating functions at h/2, moved to the left of 0.",
            sp.Product((1 + s.x) ** (-(s.M - 1) / 2), (s.k, 1, s.d)),
            (1 + s.x) ** (-s.d * (s.M - 1) / 2),
            Domain((SAMPLES_FROM_TWO, DIMENSIONS, MGF_POINT)),
        ),
        Identity(
            "factor",
            "So the worst factor is the moment of order 1/2 of one fit of d (M - 1) + 1 points on "
            "a line.",
            MOMENT.subs(s.t, half).subs({s.n: 1, s.sigma: 1}).subs(s.M, POINTS),
            RATE,
            ONE_REFIT,
            concludes=("rate",),
            uses=("B01",),
        ),
        Inequality(
            "below one",
            "It lies below 1: the certificate of B03 covers every real x > 0, here "
            "x = d (M - 1)/2.",
            RATE,
            sp.Integer(1),
            ONE_REFIT,
            strict=True,
            uses=("B03",),
        ),
    )


def _bounds() -> tuple[Identity | Induction | Citation, ...]:
    """Return the steps from the factor of one refit to n generations."""
    return (
        Identity(
            "unbiased",
            "E tr Sigma_1 = trace for every D_0: the divisor M - 1 undoes the share 1 - 1/M that "
            "pair coalescence leaves of each coordinate's variance.",
            divided(s.M),
            sp.Integer(1),
            Domain((SAMPLES_FROM_TWO,)),
            uses=("B39",),
        ),
        Citation(
            "first fit",
            "The mean of the tangent at m = sqrt(trace): E sqrt(tr Sigma_1) <= sqrt(trace).",
            "Jensen's inequality",
            "Billingsley, Probability and Measure, section 5",
            (
                Hypothesis("the root lies below its tangent", "tangent"),
                Hypothesis("tr Sigma_1 has the mean trace", "unbiased"),
            ),
        ),
        Citation(
            "tower",
            "E sqrt(tr Sigma_{n+1}) <= c E sqrt(tr Sigma_n) with c the worst factor.",
            "law of total expectation",
            "Billingsley, Probability and Measure, section 34",
            (
                Hypothesis("the root of the trace is integrable", "first fit"),
                Hypothesis("c bounds the conditional mean", "equal eigenvalues are worst"),
            ),
        ),
        Induction(
            "gaussian",
            "Gaussian D_0: the bound holds at every fit, from E sqrt(tr Sigma_0) = sqrt(trace).",
            s.n,
            sp.sqrt(s.trace),
            RATE * PREVIOUS,
            GAUSSIAN_BOUND,
            COLLAPSE_DOMAIN,
            concludes=("gaussian",),
        ),
        Induction(
            "general",
            "Any D_0: from the second fit on, starting at the bound of the first. At n = 0 the "
            "bound holds because c < 1.",
            s.n,
            sp.sqrt(s.trace),
            RATE * PREVIOUS,
            GENERAL_BOUND,
            COLLAPSE_DOMAIN,
            first=1,
            concludes=("general",),
        ),
    )


def derive_collapse() -> Derivation:
    """Return the derivation of E sqrt(tr Sigma_n) <= c^(n-1) sqrt(trace) and Sigma_n -> 0."""
    return Derivation(
        (ANY_START, REFITTING),
        (
            *_worst_covariance(),
            *_bounds(),
            Citation(
                "survival",
                "P(tr Sigma_n > epsilon) is at most E sqrt(tr Sigma_n) / sqrt(epsilon).",
                "Markov's inequality",
                "Billingsley, Probability and Measure, section 5",
                (Hypothesis("the mean of the root is bounded", "general"),),
                gives=SURVIVAL_BOUND,
                concludes=("survival",),
            ),
            Induction(
                "summable",
                "The bounds of all generations add up to less than their first over 1 - c.",
                s.n,
                sp.Integer(0),
                PREVIOUS + RATE**s.n,
                (1 - RATE**s.n) / (1 - RATE),
                Domain((SAMPLES_FROM_TWO, DIMENSIONS, GENERATIONS)),
            ),
            Citation(
                "almost surely",
                "For every r in (c, 1), sqrt(tr Sigma_n) > r^n happens for finitely many n only: "
                "the probabilities are at most a multiple of (c/r)^n. So Sigma_n tends to 0 "
                "almost surely, at a geometric rate.",
                "Borel-Cantelli lemma",
                "Billingsley, Probability and Measure, theorem 4.3",
                (
                    Hypothesis("c < 1, so such an r exists", "below one"),
                    Hypothesis("each probability is bounded", "survival"),
                    Hypothesis("powers of a number below 1 have a finite sum", "summable"),
                ),
            ),
        ),
    )


COLLAPSE = Claim(
    code="B43",
    id="gaussian.collapse-in-dimensions",
    title="In d dimensions the covariance collapses almost surely, at a geometric rate",
    statement=(
        "Whatever the real law, if it has a finite second moment and M >= 2, the unbiased "
        "covariance tends to 0 almost surely: the mean root of its trace falls at least by "
        "c = c4(d (M-1) + 1) < 1 a generation. At the first generation a law that is not Gaussian "
        "can fall short of that. For d = 1 and Gaussian D_0 the bound is an equality (B03), and in "
        "every d it is one at n = 1 where the covariance is a multiple of the identity."
    ),
    quantities=(
        Quantity(
            "gaussian",
            "mean root of the trace, Gaussian D_0",
            r"\mathbb{E}\sqrt{\operatorname{tr}\Sigma_n}",
            Relation.AT_MOST,
            GAUSSIAN_BOUND,
        ),
        Quantity(
            "general",
            "mean root of the trace, any D_0, n >= 1 (at n = 0 the bound is loose)",
            r"\mathbb{E}\sqrt{\operatorname{tr}\Sigma_n}",
            Relation.AT_MOST,
            GENERAL_BOUND,
            slack=Fraction(101, 100),
        ),
        Quantity(
            "rate",
            "largest factor of one refit, reached where the covariance is a multiple of I",
            r"c=\max_{\Sigma}\mathbb{E}\bigl[\sqrt{\operatorname{tr}\Sigma_{n+1}}\mid"
            r"\Sigma_n=\Sigma\bigr]/\sqrt{\operatorname{tr}\Sigma}",
            Relation.EQUALS,
            RATE,
        ),
        Quantity(
            "survival",
            "probability that the trace still exceeds epsilon, any D_0",
            r"\mathbb{P}(\operatorname{tr}\Sigma_n>\epsilon)",
            Relation.AT_MOST,
            SURVIVAL_BOUND,
            slack=Fraction(103, 100),
        ),
    ),
    domain=Domain((SAMPLES_FROM_TWO, DIMENSIONS, GENERATIONS, TRACE, THRESHOLD)),
    sources=(
        Source("Shumailov et al. 2024, Nature 631", "Theorem 3.1, second half, without a rate"),
        Source("derived here", "the rate"),
    ),
    derive=derive_collapse,
)

CLAIMS = (COLLAPSE,)
