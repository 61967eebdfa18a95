"""A refit whose variance is multiplied: by a factor of the estimator, or by a sampling bias."""

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
from theory.domain import DEVIATION, GENERATIONS, Condition, Domain, Kind, Parameter
from theory.gaussian.rate import RATE
from theory.gaussian.variance import SAMPLES_FROM_TWO
from theory.geometric import GeometricSum
from theory.positive import Finite

B = sp.Symbol("b", positive=True)
LAM = sp.Symbol("lam", positive=True)
MULTIPLIER = Parameter("b", B, "factor of the unbiased variance", Kind.REAL, 0, low_open=True)
BIAS = Parameter(
    "lam", LAM, "variance of what is drawn over the fitted one", Kind.REAL, 0, low_open=True,
    aliases=("lambda",),
)  # fmt: skip

MULTIPLIED = Premise(
    "multiplied",
    "Given (mu_n, sigma_n), M independent points are drawn from N(mu_n, sigma_n^2); their mean is "
    "mu_{n+1}, and b times their unbiased variance is sigma_{n+1}^2. D_0 is N(mu, sigma^2).",
)
BIASED = Premise(
    "biased",
    "Given (mu_n, sigma_n), M independent points are drawn from N(mu_n, lam sigma_n^2); their mean "
    "and their unbiased variance are mu_{n+1} and sigma_{n+1}^2. D_0 is N(mu, sigma^2), and "
    "the points of generation 0 are biased too.",
)

CRITICAL = (s.M - 1) / 2 * sp.exp(-sp.digamma((s.M - 1) / 2))
LOST_ROOT = (sp.sqrt(B) * s.c4(s.M)) ** s.n
RISK = s.sigma**2 * (GeometricSum(B, s.n) / s.M + B**s.n + 1 - 2 * LOST_ROOT)
#: The sum of all later steps of the mean is infinite from b = 1 on.
CEILING = s.sigma**2 * (1 + 1 / (s.M * Finite(1 - B, 1)))

FAMILY = Domain((SAMPLES_FROM_TWO, GENERATIONS, MULTIPLIER, DEVIATION))
BELOW_ONE = Condition(B, sp.Integer(1))
BIASES = Domain((SAMPLES_FROM_TWO, GENERATIONS, BIAS, DEVIATION))
ONE_FIT = Domain((SAMPLES_FROM_TWO,))


def orthogonal(premise: str) -> Citation:
    """Return that the mean squares of the steps of the mean add up."""
    return Citation(
        "increments",
        "The step mu_{n+1} - mu_n has mean 0 given the past: the mean squares of the steps add up.",
        "orthogonality of martingale increments",
        "Williams, Probability with Martingales, section 12.1",
        (
            Hypothesis("the points have the mean mu_n given the past", premise),
            Hypothesis("each step has a finite mean square", "mean variance"),
        ),
    )


def threshold(symbol: sp.Symbol) -> tuple[Identity, Citation]:
    """Return the factor at which the log-variance has no drift, and what it parts."""
    return (
        Identity(
            "no drift",
            "ln sigma_n^2 is a random walk whose steps have the mean ln of the factor plus L, with "
            "L = psi((M-1)/2) - ln((M-1)/2). It is 0 at the threshold, and there alone.",
            sp.log(CRITICAL),
            -RATE,
            ONE_FIT,
            uses=("B04",),
        ),
        Citation(
            "threshold",
            f"For {symbol} below it sigma_n^2 tends to 0 almost surely, above it to infinity; at "
            "it ln sigma_n^2 oscillates between -oo and oo.",
            "strong law of large numbers; a random walk of mean 0 oscillates",
            "Durrett, Probability: Theory and Examples, theorems 2.4.1 and 5.4.9",
            (
                Hypothesis("the steps are independent and of one law with a mean", "B04"),
                Hypothesis("the mean is 0 at the threshold alone", "no drift"),
            ),
            gives=CRITICAL,
            concludes=("critical",),
        ),
    )


def _risk() -> tuple[Identity | Induction | Citation, ...]:
    """Return the steps up to E W2^2."""
    return (
        Induction(
            "mean variance",
            "The unbiased variance keeps its mean, and the factor multiplies it.",
            s.n,
            s.sigma**2,
            B * PREVIOUS,
            s.sigma**2 * B**s.n,
            FAMILY,
            uses=("B02",),
        ),
        Induction(
            "mean deviation",
            "The unbiased standard deviation keeps the share c4 of its mean.",
            s.n,
            s.sigma,
            sp.sqrt(B) * s.c4(s.M) * PREVIOUS,
            s.sigma * LOST_ROOT,
            FAMILY,
            uses=("B03",),
        ),
        orthogonal("multiplied"),
        Induction(
            "drift",
            "Generation n adds E sigma_n^2 / M to E(mu_n - mu)^2.",
            s.n,
            sp.Integer(0),
            PREVIOUS + s.sigma**2 * B**s.n / s.M,
            s.sigma**2 * GeometricSum(B, s.n) / s.M,
            FAMILY,
        ),
        Citation(
            "distance",
            "W2^2 = (mu_n - mu)^2 + (sigma_n - sigma)^2.",
            "Wasserstein distance of two Gaussians",
            "Gelbrich 1990, Math. Nachr. 147, 185-203",
            (Hypothesis("the fitted and the real law are both normal", "multiplied"),),
        ),
        Identity(
            "square opened",
            "Drift, mean variance and sigma^2, less 2 sigma E sigma_n.",
            s.sigma**2 * GeometricSum(B, s.n) / s.M
            + s.sigma**2 * B**s.n
            + s.sigma**2
            - 2 * s.sigma * s.sigma * LOST_ROOT,
            RISK,
            FAMILY,
            concludes=("risk",),
        ),
    )


def derive_multiplier_family() -> Derivation:
    """Return the derivation of the risk for every factor b, and of the critical one."""
    below_one = Domain(FAMILY.parameters, (BELOW_ONE,))
    return Derivation(
        (MULTIPLIED,),
        (
            *_risk(),
            Identity(
                "neighbours",
                "The Gamma functions of neighbouring sizes cancel.",
                s.c4(s.M) * s.c4(s.M + 1),
                sp.sqrt(1 - 1 / s.M),
                ONE_FIT,
            ),
            Inequality(
                "lost share",
                "Since c4(M + 1) < 1, c4 > sqrt(1 - 1/M).",
                sp.sqrt(1 - 1 / s.M),
                s.c4(s.M),
                ONE_FIT,
                strict=True,
                uses=("B03",),
            ),
            Inequality(
                "ceiling",
                "For b < 1 the risk falls short of its limit by sigma^2 times "
                "2 (sqrt(b) c4)^n - b^n (1 - 1/(M (1 - b))). That is positive: either the bracket "
                "is not, or b < 1 - 1/M < c4^2, and then (sqrt(b) c4)^n >= b^n. Both terms vanish "
                "as n grows.",
                RISK,
                CEILING,
                below_one,
                concludes=("ceiling",),
            ),
            *threshold(B),
        ),
    )


MULTIPLIER_FAMILY = Claim(
    code="B40",
    id="gaussian.estimator-family",
    title="E W2^2 diverges from the unbiased estimator on: b = 1 is critical in the family b s^2",
    statement=(
        "Fit b times the unbiased variance: b = 1 is unbiased, b = 1 - 1/M the MLE. For b < 1 the "
        "risk E W2^2 rises to sigma^2 (1 + 1/(M (1 - b))), 2 sigma^2 with the MLE; at b = 1 it "
        "grows like sigma^2 n/M; for b > 1 exponentially. The variance still tends to 0 almost "
        "surely for every b < b* = ((M-1)/2) exp(-psi((M-1)/2)), which exceeds 1. So E W2^2 -> oo "
        "and sigma_n -> 0 hold together exactly for 1 <= b < b*."
    ),
    quantities=(
        Quantity(
            "risk",
            "mean squared Wasserstein distance from the fitted to the real Gaussian",
            r"\mathbb{E}\,W_2^2(\mathcal{N}(\mu_n,\sigma_n^2), \mathcal{D}_0)",
            Relation.EQUALS,
            RISK,
        ),
        Quantity(
            "ceiling",
            "bound and limit of the risk for b < 1; infinite from b = 1 on",
            r"\sup_n\mathbb{E}\,W_2^2(\mathcal{N}(\mu_n,\sigma_n^2), \mathcal{D}_0)",
            Relation.AT_MOST,
            CEILING,
            conditions=(Condition(B, sp.Integer(1), words="b < 1 (infinite from b = 1 on)"),),
        ),
        Quantity(
            "critical",
            "factor below which the variance tends to 0 almost surely",
            r"b^*",
            Relation.EQUALS,
            CRITICAL,
        ),
    ),
    domain=FAMILY,
    sources=(
        Source("derived here"),
        Source("Shumailov et al. 2024, Nature 631", "Theorem 3.1, the case b = 1"),
    ),
    derive=derive_multiplier_family,
)

MEAN = s.sigma**2 * LAM**s.n
DRIFT = s.sigma**2 * LAM * GeometricSum(LAM, s.n) / s.M
BIASED_RATE = sp.log(LAM) + RATE


def derive_sampling_bias() -> Derivation:
    """Return the derivation of mean, rate and threshold under a sampling bias."""
    return Derivation(
        (BIASED,),
        (
            Induction(
                "mean variance",
                "The points have lam times the fitted variance, and their unbiased variance has "
                "that mean.",
                s.n,
                s.sigma**2,
                LAM * PREVIOUS,
                MEAN,
                BIASES,
                concludes=("mean",),
                uses=("B02",),
            ),
            orthogonal("biased"),
            Induction(
                "drift",
                "Generation n adds lam E sigma_n^2 / M to E(mu_n - mu)^2.",
                s.n,
                sp.Integer(0),
                PREVIOUS + LAM * MEAN / s.M,
                DRIFT,
                BIASES,
                concludes=("drift",),
            ),
            Identity(
                "rate",
                "A step of ln sigma_n^2 is the logarithm of a chi-square, of mean "
                "psi((M-1)/2) + ln 2, plus ln(lam/(M-1)).",
                sp.digamma((s.M - 1) / 2) + sp.log(2) + sp.log(LAM / (s.M - 1)),
                BIASED_RATE,
                Domain((SAMPLES_FROM_TWO, BIAS)),
                concludes=("rate",),
                uses=("B04",),
            ),
            *threshold(LAM),
        ),
    )


SAMPLING_BIAS = Claim(
    code="B33",
    id="gaussian.sampling-bias",
    title="Points spread up to lam* > 1 times too widely still collapse",
    statement=(
        "Draw every generation from N(mu_n, lam sigma_n^2) and refit without bias: the mean "
        "variance is lam^n sigma^2, while (1/n) ln sigma_n^2 tends to ln lam + L almost surely. "
        "So sigma_n^2 tends to 0 almost surely if and only if "
        "lam < lam* = ((M-1)/2) exp(-psi((M-1)/2)) = 1 + 1/(M-1) + ..., although for "
        "1 < lam < lam* its mean explodes. The drift of the mean is lam times that of an "
        "estimator multiplied by lam (B40)."
    ),
    quantities=(
        Quantity(
            "mean",
            "mean fitted variance",
            r"\mathbb{E}[\sigma_n^2]",
            Relation.EQUALS,
            MEAN,
        ),
        Quantity(
            "rate",
            "almost sure limit of ln(sigma_n^2) / n",
            r"\lim_{n} \tfrac1n \ln \sigma_n^2",
            Relation.EQUALS,
            BIASED_RATE,
        ),
        Quantity(
            "critical",
            "bias lam* below which the variance tends to 0 almost surely",
            r"\lambda^*",
            Relation.EQUALS,
            CRITICAL,
        ),
        Quantity(
            "drift",
            "mean square distance of the fitted mean from the real one",
            r"\mathbb{E}(\mu_n-\mu)^2",
            Relation.EQUALS,
            DRIFT,
        ),
    ),
    domain=BIASES,
    sources=(
        Source("Alemohammad et al. 2024, ICLR", "section 3.1: lam <= 1 is sufficient"),
        Source("derived here", "the threshold lam* > 1"),
    ),
    derive=derive_sampling_bias,
)

CLAIMS = (MULTIPLIER_FAMILY, SAMPLING_BIAS)
