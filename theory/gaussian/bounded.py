"""The risk of the maximum likelihood estimator: it stays below two variances."""

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
from theory.domain import DEVIATION, GENERATIONS, Domain
from theory.gaussian.drift import DRIFT_MLE, KEPT, SCHEDULE_FROM_TWO, TOTAL_MLE
from theory.gaussian.variance import SAMPLES_FROM_TWO

SIZE = s.sizes[s.i]
SHRINKING = sp.Product(s.c4(SIZE) * sp.sqrt(1 - 1 / SIZE), (s.i, 0, s.n - 1))
RISK = 2 * s.sigma**2 * (1 - SHRINKING)
CEILING = 2 * s.sigma**2
WALK = Domain((SCHEDULE_FROM_TWO, GENERATIONS, DEVIATION))

REFITTING_MLE = Premise(
    "refitting",
    "Given (mu_n, sigma_n), M_n independent points are drawn from N(mu_n, sigma_n^2); their mean "
    "and their variance with divisor M_n are mu_{n+1} and sigma_{n+1}^2. D_0 is N(mu, sigma^2).",
)


def derive_bounded_risk() -> Derivation:
    """Return the derivation of E W2^2 with the MLE, and of its bound."""
    last = s.sizes[s.n]
    return Derivation(
        (REFITTING_MLE,),
        (
            Citation(
                "distance",
                "W2^2 = (mu_n - mu)^2 + (sigma_n - sigma)^2.",
                "Wasserstein distance of two Gaussians",
                "Gelbrich 1990, Math. Nachr. 147, 185-203",
                (Hypothesis("the fitted and the real law are both normal", "refitting"),),
            ),
            Identity(
                "conserved",
                "What the variance loses on average the mean's drift wins.",
                DRIFT_MLE + s.sigma**2 * KEPT,
                TOTAL_MLE,
                WALK,
                uses=("B10",),
            ),
            Induction(
                "mean deviation",
                "Given the past, generation n multiplies the standard deviation by "
                "c4(M_n) sqrt(1 - 1/M_n) on average.",
                s.n,
                s.sigma,
                s.c4(last) * sp.sqrt(1 - 1 / last) * PREVIOUS,
                s.sigma * SHRINKING,
                WALK,
                uses=("B03",),
            ),
            Identity(
                "square opened",
                "Drift and mean variance, together sigma^2, plus sigma^2 - 2 sigma E sigma_n.",
                TOTAL_MLE + s.sigma**2 - 2 * s.sigma * (s.sigma * SHRINKING),
                RISK,
                WALK,
                concludes=("risk",),
            ),
            Inequality(
                "below one",
                "Every factor lies in (0, 1), since c4 does,",
                s.c4(s.M) * sp.sqrt(1 - 1 / s.M),
                sp.Integer(1),
                Domain((SAMPLES_FROM_TWO,)),
                strict=True,
                uses=("B03",),
            ),
            Inequality(
                "ceiling",
                "so the risk stays below two variances, which it tends to where M is constant.",
                RISK,
                CEILING,
                WALK,
                concludes=("ceiling",),
            ),
        ),
    )


BOUNDED_RISK = Claim(
    code="B12",
    id="gaussian.bounded-risk",
    title="With the MLE the risk E W2^2 is bounded: it rises to 2 sigma^2",
    statement=(
        "Divide by M instead of M - 1 and the mean squared Wasserstein distance to the real "
        "Gaussian is 2 sigma^2 (1 - prod c4(M_i) sqrt(1 - 1/M_i)) < 2 sigma^2; at constant M it "
        "tends to 2 sigma^2, while the variance tends to 0 almost surely. That E W2^2 diverges "
        "belongs to the unbiased estimator."
    ),
    quantities=(
        Quantity(
            "risk",
            "mean squared Wasserstein distance from the fitted to the real Gaussian, MLE",
            r"\mathbb{E}\,W_2^2(\mathcal{N}(\mu_n,\sigma_n^2), \mathcal{D}_0)",
            Relation.EQUALS,
            RISK,
        ),
        Quantity(
            "ceiling",
            "bound of the risk, and its limit at constant M",
            r"\sup_n\mathbb{E}\,W_2^2(\mathcal{N}(\mu_n,\sigma_n^2), \mathcal{D}_0)",
            Relation.AT_MOST,
            CEILING,
            slack=Fraction(101, 100),
        ),
    ),
    domain=WALK,
    sources=(
        Source("derived here"),
        Source("Shumailov et al. 2024, Nature 631", "Theorem 3.1, which is about the unbiased one"),
    ),
    derive=derive_bounded_risk,
)

CLAIMS = (BOUNDED_RISK,)
