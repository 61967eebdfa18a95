"""The expressivity error: one Gaussian fitted to two, and what the refits do afterwards."""

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
from theory.domain import GENERATIONS, Domain, Kind, Parameter
from theory.first_deviation import MixedRoot
from theory.gaussian.variance import SAMPLES_FROM_TWO
from theory.mixture import LogCosh, Overlap

A = sp.Symbol("a", nonnegative=True)
S = sp.Symbol("s", positive=True)
KAP = sp.Symbol("kap", positive=True)
CENTRE = Parameter("a", A, "distance of both parts of D_0 from their middle", Kind.REAL, 0)
WIDTH = Parameter("s", S, "standard deviation of each part of D_0", Kind.REAL, 0, low_open=True)
MATCH = Parameter("kap", KAP, "correlation of two quantiles", Kind.REAL, 0, 1, low_open=True)

MIXTURE = Premise(
    "mixture",
    "D_0 is the fair mixture of N(-a, s^2) and N(a, s^2), with variance sigma^2 = s^2 + a^2; F is "
    "its distribution function.",
)
INFINITE = Premise("infinite data", "The fit takes the mean and the variance of D_0 itself.")
REFITTING = Premise(
    "refitting",
    "M points of D_0 give mu_1 and sigma_1^2 (unbiased); then M points of N(mu_n, sigma_n^2) give "
    "mu_{n+1} and sigma_{n+1}^2.",
)

SIGMA2 = S**2 + A**2
SIGMA = sp.sqrt(SIGMA2)
DISTANCE = 2 * SIGMA2 * (1 - Overlap(A / S))
ENTROPY_GAP = sp.log(1 + A**2 / S**2) / 2 - A**2 / S**2 + LogCosh(A / S)

BOTH = Domain((CENTRE, WIDTH))
MATCHED = Domain((CENTRE, WIDTH, MATCH))


def matched() -> tuple[Citation | Identity, ...]:
    """Return the steps to the distance of D_0 from a normal law, in terms of kap."""
    return (
        Citation(
            "monotone coupling",
            "On a line W2 joins equal quantiles: with U uniform, W2^2(N(m, v), D_0) is "
            "E(m + v^(1/2) z(U) - q(U))^2, z and q the quantiles of N(0, 1) and D_0, and "
            "E z q = sigma kap.",
            "optimality of the monotone coupling",
            "Villani, Topics in Optimal Transportation, theorem 2.18",
            (Hypothesis("both laws have finite variance", "mixture"),),
        ),
        Identity(
            "square opened",
            "For the fit, m is the mean of D_0 and v = sigma^2: 2 sigma^2 (1 - kap).",
            SIGMA2 + SIGMA2 - 2 * SIGMA * SIGMA * KAP,
            2 * SIGMA2 * (1 - KAP),
            MATCHED,
        ),
    )


def derive_expressivity() -> Derivation:
    """Return the derivation of the distance and of the relative entropy."""
    entropy = sp.log(2 * sp.pi * S**2) / 2 + (SIGMA2 + A**2) / (2 * S**2) - LogCosh(A / S)
    by_parts = "With x = q(u) and by parts, sigma kap = int phi(Phi^(-1)(F(x))) dx."
    return Derivation(
        (MIXTURE, INFINITE),
        (
            *matched(),
            *(
                Citation(
                    name,
                    by_parts,
                    "integration by parts",
                    "Rudin, Principles of Mathematical Analysis, theorem 6.22",
                    (
                        Hypothesis("F has a smooth positive density", "mixture"),
                        Hypothesis("the distance in terms of kap", "square opened"),
                    ),
                    gives=law,
                    concludes=(name,),
                )
                for name, law in (("w2", DISTANCE), ("kap", Overlap(A / S)))
            ),
            Citation(
                "density",
                "The density is exp(-(x^2 + a^2)/(2 s^2)) cosh(a x/s^2) / (2 pi s^2)^(1/2); cosh "
                "is even, so x may be drawn from the right part alone: x = a + s Z.",
                "symmetry",
                "elementary",
                (Hypothesis("both parts weigh the same", "mixture"),),
            ),
            Identity(
                "entropies",
                "For a normal g of the same mean and variance -E ln g is its entropy; the entropy "
                "of D_0 comes from its density.",
                (1 + sp.log(2 * sp.pi * SIGMA2)) / 2 - entropy,
                ENTROPY_GAP,
                BOTH,
                concludes=("kl",),
            ),
        ),
    )


EXPRESSIVITY = Claim(
    code="F01",
    id="expressivity.one-normal-for-two",
    title="A Gaussian fitted to two misses them once, at generation 1",
    statement=(
        "With infinite data the fit to the fair mixture of N(-a, s^2) and N(a, s^2) is "
        "N(0, s^2 + a^2). Its squared distance is 2 (s^2 + a^2)(1 - kap(a/s)), its relative "
        "entropy the gap of the entropies. Both are paid once: a Gaussian is fitted exactly."
    ),
    quantities=(
        Quantity(
            "w2",
            "squared Wasserstein distance of the fit from the mixture",
            r"W_2^2(\mathcal{D}_0, \mathcal{N}(0, s^2+a^2))",
            Relation.EQUALS,
            DISTANCE,
        ),
        Quantity(
            "kl",
            "relative entropy of the mixture to the fit, in nats",
            r"\operatorname{KL}(\mathcal{D}_0 \,\|\, \mathcal{N}(0, s^2+a^2))",
            Relation.EQUALS,
            ENTROPY_GAP,
        ),
        Quantity(
            "kap",
            "correlation of the quantiles of the mixture with normal ones",
            r"\kappa",
            Relation.EQUALS,
            Overlap(A / S),
        ),
    ),
    domain=BOTH,
    sources=(
        Source("Shumailov et al. 2024, Nature 631", "functional expressivity error, the example"),
        Source("derived here", "values"),
    ),
    derive=derive_expressivity,
)

# ------------------------------------------------------------------------ finite samples

FIRST = S * s.c4(s.M) * MixedRoot(s.M, A / S)
KURTOSIS = -2 * A**4 / SIGMA2**2
GROWTH = 1 + 2 / (s.M - 1)
SPREAD = SIGMA2**2 * ((GROWTH + KURTOSIS / s.M) * GROWTH ** (s.n - 1) - 1)
DRIFT = SIGMA2 * s.n / s.M
RISK = DRIFT + 2 * SIGMA2 - 2 * SIGMA * Overlap(A / S) * FIRST * s.c4(s.M) ** (s.n - 1)

ONE_FIT = Domain((CENTRE, WIDTH, SAMPLES_FROM_TWO))
FITS = Domain((CENTRE, WIDTH, SAMPLES_FROM_TWO, GENERATIONS.at_least(1)))


def derive_after() -> Derivation:
    """Return the derivation of the moments after n refits."""
    pair = S / sp.sqrt(sp.pi) * (1 + sp.exp(-(A**2) / S**2)) + A * sp.erf(A / S)
    return Derivation(
        (MIXTURE, REFITTING),
        (
            Citation(
                "first fit",
                "If k of M points belong to the right part, (M-1) sigma_1^2 / s^2 is noncentral "
                "chi-square with M - 1 degrees of freedom and noncentrality 4 a^2 k (M-k)/(M s^2), "
                "whose root has a Kummer function for its mean; k is binomial.",
                "moments of the noncentral chi law",
                "Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 2, chapter 29",
                (Hypothesis("the points are normal about two centres", "mixture"),),
                gives=FIRST,
                concludes=("first-deviation",),
            ),
            Identity(
                "two points",
                "For M = 2 it is elementary: the mean distance of two points over the root of 2.",
                pair / sp.sqrt(2),
                FIRST.subs(s.M, 2),
                BOTH,
            ),
            *matched(),
            Citation(
                "risk",
                "E(mu_n - mu)^2 = sigma^2 n/M and E sigma_n^2 = sigma^2, whatever D_0; from fit 2 "
                "on the points are normal: E sigma_n = E sigma_1 c4^(n-1).",
                "linearity of the mean",
                "Billingsley, Probability and Measure, section 5",
                (
                    Hypothesis("the distance in terms of kap", "monotone coupling"),
                    Hypothesis("the mean of sigma_1", "first fit"),
                    Hypothesis("drift and mean variance", "B10"),
                    Hypothesis("the later factors", "B03"),
                ),
                gives=RISK,
                concludes=("risk",),
            ),
            Identity(
                "kurtosis",
                "E x^4 = s^4 (3 + 6 r^2 + r^4) with r = a/s; less 3 sigma^4 it is -2 a^4.",
                (3 * S**4 + 6 * A**2 * S**2 + A**4) / SIGMA2**2 - 3,
                KURTOSIS,
                BOTH,
            ),
            Induction(
                "squared variance",
                "E sigma_1^4 = sigma^4 (1 + 2/(M-1) + kurt/M) for any D_0; later fits are normal.",
                s.n,
                SIGMA2**2 * (GROWTH + KURTOSIS / s.M),
                GROWTH * PREVIOUS,
                SIGMA2**2 * (GROWTH + KURTOSIS / s.M) * GROWTH ** (s.n - 1),
                FITS,
                first=1,
                uses=("B02",),
            ),
            Identity(
                "spread",
                "Less the square of the mean, sigma^4.",
                SIGMA2**2 * (GROWTH + KURTOSIS / s.M) * GROWTH ** (s.n - 1) - SIGMA2**2,
                SPREAD,
                FITS,
                concludes=("variance",),
                uses=("B10",),
            ),
        ),
    )


AFTERWARDS = Claim(
    code="F02",
    id="expressivity.refits-of-two",
    title="Refits of one Gaussian to two: the risk, first deviation and spread, exactly",
    statement=(
        "After n >= 1 unbiased refits that began with M points of the mixture, the risk E W2^2 to "
        "D_0 is sigma^2 n/M + 2 sigma^2 (1 - kap (E sigma_1/sigma) c4^(n-1)), with E sigma_1 known "
        "for every M, and elementary for M = 2."
    ),
    quantities=(
        Quantity(
            "risk",
            "mean squared Wasserstein distance of the fit from the mixture",
            r"\mathbb{E}\,W_2^2(\mathcal{N}(\mu_n,\sigma_n^2), \mathcal{D}_0)",
            Relation.EQUALS,
            RISK,
        ),
        Quantity(
            "first-deviation",
            "mean standard deviation of the first fit",
            r"\mathbb{E}\,\sigma_1",
            Relation.EQUALS,
            FIRST,
        ),
        Quantity(
            "variance",
            "variance of the fitted variance",
            r"\operatorname{Var}\sigma_n^2",
            Relation.EQUALS,
            SPREAD,
        ),
    ),
    domain=FITS,
    sources=(Source("derived here"),),
    derive=derive_after,
)

CLAIMS = (EXPRESSIVITY, AFTERWARDS)
