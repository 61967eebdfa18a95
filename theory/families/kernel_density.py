"""Kernel density estimates refitted: with a fixed bandwidth they wander, or they explode."""

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
from theory.discrete.diversity import TOTAL_EXPECTATION
from theory.domain import DEVIATION, GENERATIONS, SAMPLES, Domain, Kind, Parameter

H = sp.Symbol("h", nonnegative=True)
RATIO = sp.Symbol("h0", nonnegative=True)
MEAN_VARIANCE = sp.Symbol("v", nonnegative=True)
BANDWIDTH = Parameter("h", H, "bandwidth: the kernel has the variance h^2", Kind.REAL, 0)
RELATIVE = Parameter(
    "h0", RATIO, "bandwidth over the standard deviation (divisor M) of the points", Kind.REAL, 0,
    aliases=("h_0",),
)  # fmt: skip
PRESENT = Parameter("v", MEAN_VARIANCE, "present mean variance", Kind.REAL, 0)

ESTIMATE = Premise(
    "estimate",
    "M independent points are drawn from the law of generation n; that of generation n + 1 is the "
    "average of M copies of a kernel around the points. The kernel has the mean 0 and the variance "
    "h^2, and any shape. D_0 has the mean mu, the variance sigma^2, and any shape.",
)
SPREAD_OF_POINTS = Premise(
    "spread", "h is h_0 times the standard deviation of the M points, with divisor M."
)

KEPT = 1 - 1 / s.M
LEVEL = s.M * H**2
VARIANCE = LEVEL + (s.sigma**2 - LEVEL) * KEPT**s.n
TOTAL = s.sigma**2 + s.n * H**2
DRIFT = TOTAL - VARIANCE

FACTOR = KEPT * (1 + RATIO**2)
SCALED = s.sigma**2 * FACTOR**s.n
CRITICAL = 1 / (s.M - 1)
#: Square of the normal reference bandwidth, (4 / (3 M))^(1/5) standard deviations.
RULE = (sp.Rational(4, 3) / s.M) ** sp.Rational(2, 5)
EXPLOSION = KEPT * (1 + RULE)

OVER = Domain((SAMPLES, GENERATIONS, DEVIATION, BANDWIDTH))


def one_generation() -> tuple[Identity | Citation, ...]:
    """Return the steps to the mean variance of M points of a law."""
    return (
        Identity(
            "variance of the points",
            "The mean square of M points less that of their average: points of variance v have, "
            "with divisor M, the mean variance",
            sp.Sum(MEAN_VARIANCE / s.M, (s.i, 1, s.M))
            - sp.Sum(MEAN_VARIANCE / s.M**2, (s.i, 1, s.M)),
            KEPT * MEAN_VARIANCE,
            Domain((SAMPLES, PRESENT)),
        ),
        Citation(
            "tower",
            "which holds for the mean over all generations before.",
            TOTAL_EXPECTATION,
            "Billingsley, Probability and Measure, section 34",
            (Hypothesis("variances are not negative, of finite mean", "estimate"),),
        ),
    )


def derive_wandering() -> Derivation:
    """Return the derivation of variance, drift and their sum, for a fixed bandwidth."""
    return Derivation(
        (ESTIMATE,),
        (
            *one_generation(),
            Identity(
                "kernels around the points",
                "A draw from the estimate is one of the points plus an independent variate of the "
                "kernel: variances add.",
                sp.Sum((MEAN_VARIANCE + H**2) / s.M, (s.i, 1, s.M)),
                MEAN_VARIANCE + H**2,
                Domain((SAMPLES, PRESENT, BANDWIDTH)),
            ),
            Induction(
                "variance",
                "Hence E v_{n+1} = (1 - 1/M) E v_n + h^2,",
                s.n,
                s.sigma**2,
                KEPT * PREVIOUS + H**2,
                VARIANCE,
                OVER,
                concludes=("variance",),
            ),
            Identity(
                "fixed point",
                "which stays at M h^2, where it tends to.",
                KEPT * LEVEL + H**2,
                LEVEL,
                Domain((SAMPLES, BANDWIDTH)),
                concludes=("level",),
            ),
            Induction(
                "total",
                "A single draw of generation n + 1 is a draw of generation n plus a variate of the "
                "kernel. Its variance, h^2 more than that of the draw, is the mean variance of the "
                "estimate plus the variance of the estimate's mean.",
                s.n,
                s.sigma**2,
                PREVIOUS + H**2,
                TOTAL,
                OVER,
                concludes=("total",),
            ),
            Induction(
                "infinitely many samples",
                "Of infinitely many points the average law is the law itself: each generation "
                "adds one independent variate of the kernel.",
                s.n,
                s.sigma**2,
                H**2 + PREVIOUS,
                TOTAL,
                OVER,
                concludes=("infinite",),
            ),
            Identity(
                "drift",
                "So the mean has moved by",
                s.n * H**2 + (s.sigma**2 - LEVEL) * (1 - KEPT**s.n),
                DRIFT,
                OVER,
                concludes=("drift",),
            ),
        ),
    )


WANDERING = Claim(
    code="D06",
    id="families.kernel-density",
    title="With a fixed bandwidth h the estimate does not collapse: it wanders, of width h sqrt(M)",
    statement=(
        "The mean variance of the estimate tends to M h^2 at the rate 1 - 1/M, whatever the shape "
        "of the kernel and of D_0; what a single draw gains in variance, h^2 a generation without "
        "end, goes into the walk of the mean. With infinitely many samples the mean stays and the "
        "variance grows for ever."
    ),
    quantities=(
        Quantity(
            "variance", "mean variance of the estimate", r"\mathbb{E}[v_n]", Relation.EQUALS,
            VARIANCE,
        ),
        Quantity(
            "total",
            "variance of a single draw: mean variance plus mean square distance of the means",
            r"\mathbb{E}[v_n] + \mathbb{E}(\mu_n-\mu)^2",
            Relation.EQUALS,
            TOTAL,
        ),
        Quantity(
            "drift",
            "mean square distance of the mean of the estimate from the real one",
            r"\mathbb{E}(\mu_n-\mu)^2",
            Relation.EQUALS,
            DRIFT,
        ),
        Quantity(
            "level", "mean variance that the recursion tends to, and keeps",
            r"\lim_n \mathbb{E}[v_n]", Relation.EQUALS, LEVEL,
        ),
        Quantity(
            "infinite",
            "variance after n generations of infinitely many samples",
            r"\lim_{M\to\infty} v_n",
            Relation.EQUALS,
            TOTAL,
        ),
    ),
    domain=OVER,
    sources=(
        Source("Moran 1975, Theoretical Population Biology 8", "wandering distributions"),
        Source("Kingman 1976, Advances in Applied Probability 8", "coherent random walks"),
        Source("derived here", "the transfer to kernel densities"),
    ),
    derive=derive_wandering,
)  # fmt: skip


def derive_explosion() -> Derivation:
    """Return the derivation of growth or decay where the bandwidth follows the points."""
    many = Domain((SAMPLES.at_least(3),))
    return Derivation(
        (ESTIMATE, SPREAD_OF_POINTS),
        (
            *one_generation(),
            Identity(
                "kernels around the points",
                "The kernel adds h_0^2 times the variance of the points.",
                KEPT * MEAN_VARIANCE + RATIO**2 * KEPT * MEAN_VARIANCE,
                FACTOR * MEAN_VARIANCE,
                Domain((SAMPLES, PRESENT, RELATIVE)),
            ),
            Induction(
                "variance",
                "The factor is the same in every generation.",
                s.n,
                s.sigma**2,
                FACTOR * PREVIOUS,
                SCALED,
                Domain((SAMPLES, GENERATIONS, DEVIATION, RELATIVE)),
                concludes=("variance",),
            ),
            Identity(
                "critical",
                "It is 1 where h_0^2 = 1/(M-1):",
                sp.Integer(1) / KEPT - 1,
                CRITICAL,
                Domain((SAMPLES.at_least(2),)),
                concludes=("critical",),
            ),
            Identity(
                "rule of thumb",
                "The normal reference bandwidth has h_0^5 = 4/(3 M).",
                KEPT + KEPT * RULE,
                EXPLOSION,
                Domain((SAMPLES,)),
                concludes=("rule-of-thumb",),
            ),
            Inequality(
                "rule of thumb explodes",
                "From M = 3 on that is above the critical one.",
                CRITICAL,
                RULE,
                many,
                strict=True,
            ),
            Inequality(
                "and more so",
                "The ratio of the two, (4/3)^(2/5) (M-1) / M^(2/5), grows with M.",
                (s.M - 1) / s.M ** sp.Rational(2, 5),
                s.M / (s.M + 1) ** sp.Rational(2, 5),
                many,
                strict=True,
            ),
        ),
    )


EXPLODING = Claim(
    code="D07",
    id="families.adaptive-bandwidth",
    title="With the bandwidth h_0 s the mean variance explodes or decays, critical at 1/(M-1)",
    statement=(
        "Where the bandwidth is h_0 times the standard deviation (divisor M) of the points, the "
        "mean variance is multiplied by (1 - 1/M)(1 + h_0^2) a generation: it stays for "
        "h_0^2 = 1/(M-1), decays below and grows above. The rule of thumb, h_0 = (4/(3M))^(1/5), "
        "about 1.06 M^(-1/5), is above from M = 3 on, and the mean variance explodes; with 2 "
        "points it is below, and it decays. This is the mean: with few points rare runs carry it, "
        "and a typical run may shrink all the same."
    ),
    quantities=(
        Quantity(
            "variance", "mean variance of the estimate", r"\mathbb{E}[v_n]", Relation.EQUALS,
            SCALED,
        ),
        Quantity(
            "critical",
            "square of the h_0 at which the mean variance stays (M >= 2)",
            "h_0^2",
            Relation.EQUALS,
            CRITICAL,
        ),
        Quantity(
            "rule-of-thumb",
            "factor of the mean variance a generation with the normal reference bandwidth",
            r"\mathbb{E}[v_{n+1}]/\mathbb{E}[v_n]",
            Relation.EQUALS,
            EXPLOSION,
        ),
    ),
    domain=Domain((SAMPLES, GENERATIONS, DEVIATION, RELATIVE)),
    sources=(
        Source("Silverman 1986, Density Estimation", "section 3.4.1, the rule of thumb"),
        Source("derived here", "the factor and the critical bandwidth"),
    ),
    derive=derive_explosion,
)  # fmt: skip

CLAIMS = (WANDERING, EXPLODING)
