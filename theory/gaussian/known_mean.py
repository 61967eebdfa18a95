"""Refitting the variance alone, about a mean that is known: M degrees of freedom, and no walk."""

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
from theory.domain import DEVIATION, GENERATIONS, SAMPLES, Condition, Domain
from theory.gaussian.variance import ORDER

REFITTING = Premise(
    "refitting",
    "Given sigma_n, M independent points are drawn from N(mu, sigma_n^2); mu is known, and "
    "sigma_{n+1}^2 is their mean square distance from it. D_0 is N(mu, sigma^2).",
)

ONE_MOMENT = (2 / s.M) ** s.t * sp.RisingFactorial(s.M / 2, s.t)
MOMENT = s.sigma ** (2 * s.t) * ONE_MOMENT**s.n
KEPT = s.c4(s.M + 1)
DEVIATION_LAW = s.sigma * KEPT**s.n
VARIANCE = s.sigma**4 * ((1 + 2 / s.M) ** s.n - 1)
RISK = 2 * s.sigma**2 * (1 - KEPT**s.n)
RATE = sp.digamma(s.M / 2) - sp.log(s.M / 2)

MOMENT_EXISTS = Condition(-s.M / 2, s.t)
PLAIN = Domain((SAMPLES, GENERATIONS, DEVIATION))


def _law() -> tuple[Identity | Induction | Citation, ...]:
    """Return the steps up to the moments of every order."""
    return (
        Citation(
            "one fit",
            "M sigma_{n+1}^2 / sigma_n^2 is the sum of M squared standard normals: chi-square with "
            "M degrees of freedom, by definition, and the same law in every generation.",
            "definition of the chi-square law",
            "Johnson, Kotz and Balakrishnan 1994, chapter 18",
            (Hypothesis("the points are independent and normal about mu", "refitting"),),
        ),
        Identity(
            "one factor",
            "Integration by parts raises the order by one: E[Y^(t+1)] = (2 t + M)/M E[Y^t].",
            ONE_MOMENT.subs(s.t, s.t + 1),
            (2 * s.t + s.M) / s.M * ONE_MOMENT,
            Domain((SAMPLES, ORDER), (MOMENT_EXISTS,)),
        ),
        Induction(
            "moment",
            "Independent factors: the moments multiply.",
            s.n,
            s.sigma ** (2 * s.t),
            ONE_MOMENT * PREVIOUS,
            MOMENT,
            Domain((*PLAIN.parameters, ORDER), (MOMENT_EXISTS,)),
            concludes=("moment",),
        ),
    )


def _rate() -> tuple[Inequality, Inequality, Citation]:
    """Return the steps up to the almost sure rate."""
    start, step = s.M / 2, sp.Rational(1, 16)

    def cumulant(order: sp.Expr) -> sp.Expr:
        return sp.log(ONE_MOMENT.subs(s.t, order))

    over = Domain((SAMPLES,))
    return (
        Inequality(
            "secant below",
            "ln E[Y^t] is convex in t, so its slope at 0, E ln Y, is at least a left secant,",
            -cumulant(-step) / step,
            RATE,
            over,
            concludes=("rate",),
        ),
        Inequality(
            "secant above",
            "and at most a right one; E ln Y is psi(M/2) - ln(M/2), whatever the secants.",
            sp.digamma(start) - sp.log(start),
            cumulant(step) / step,
            over,
        ),
        Citation(
            "almost surely",
            "(1/n) ln sigma_n^2 tends to the rate almost surely; B04 shows that it is negative, at "
            "every real number of degrees of freedom.",
            "strong law of large numbers",
            "Kolmogorov 1933",
            (
                Hypothesis("the factors are independent and of one law", "one fit"),
                Hypothesis("ln Y has a mean", "secant below"),
                Hypothesis("psi(x) < ln x", "B04"),
            ),
        ),
    )


def derive_known_mean() -> Derivation:
    """Return the derivation of risk, moments and rate where the mean is known."""
    half = sp.Rational(1, 2)
    return Derivation(
        (REFITTING,),
        (
            *_law(),
            Identity(
                "deviation",
                "Order 1/2.",
                MOMENT.subs(s.t, half),
                DEVIATION_LAW,
                PLAIN,
                concludes=("deviation",),
            ),
            Identity(
                "variance",
                "Order 2 less the square of order 1.",
                MOMENT.subs(s.t, 2) - MOMENT.subs(s.t, 1) ** 2,
                VARIANCE,
                PLAIN,
                concludes=("variance",),
            ),
            Citation(
                "distance",
                "W2^2 = (sigma_n - sigma)^2, since the means agree.",
                "Wasserstein distance of two Gaussians",
                "Gelbrich 1990, Math. Nachr. 147, 185-203",
                (Hypothesis("both laws are normal about mu", "refitting"),),
            ),
            Identity(
                "risk",
                "The square opened: orders 1 and 1/2.",
                MOMENT.subs(s.t, 1) - 2 * s.sigma * DEVIATION_LAW + s.sigma**2,
                RISK,
                PLAIN,
                concludes=("risk",),
            ),
            *_rate(),
        ),
    )


KNOWN_MEAN = Claim(
    code="B16",
    id="gaussian.known-mean",
    title="With a known mean the variance still collapses, and E W2^2 rises to 2 sigma^2",
    statement=(
        "Refit the variance as the mean square about the true mean: every law of the fitted "
        "variance holds with M degrees of freedom in place of M - 1, from M = 1 on. The mean "
        "variance stays sigma^2, the mean walks nowhere, and the risk is "
        "2 sigma^2 (1 - c^n) with c = sqrt(2/M) Gamma((M+1)/2) / Gamma(M/2) = c4(M + 1)."
    ),
    quantities=(
        Quantity(
            "risk",
            "mean squared Wasserstein distance from the fitted to the real Gaussian",
            r"\mathbb{E}\,W_2^2(\mathcal{N}(\mu,\sigma_n^2), \mathcal{D}_0)",
            Relation.EQUALS,
            RISK,
        ),
        Quantity(
            "deviation",
            "mean fitted standard deviation",
            r"\mathbb{E}[\sigma_n]",
            Relation.EQUALS,
            DEVIATION_LAW,
        ),
        Quantity(
            "variance",
            "variance of the fitted variance",
            r"\operatorname{Var}\sigma_n^2",
            Relation.EQUALS,
            VARIANCE,
        ),
        Quantity(
            "moment",
            "moment of order t of the fitted variance",
            r"\mathbb{E}[\sigma_n^{2t}]",
            Relation.EQUALS,
            MOMENT,
        ),
        Quantity(
            "rate",
            "almost sure limit of ln(sigma_n^2) / n",
            r"\lim_{n} \tfrac1n \ln \sigma_n^2",
            Relation.EQUALS,
            RATE,
        ),
    ),
    domain=Domain((SAMPLES, GENERATIONS, ORDER, DEVIATION), (MOMENT_EXISTS,)),
    sources=(Source("classical law of one fit; iterated here"),),
    derive=derive_known_mean,
)

CLAIMS = (KNOWN_MEAN,)
