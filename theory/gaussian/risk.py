"""The risk: mean squared Wasserstein distance from the fitted Gaussian to the real one."""

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Expected, Order, Quantity, Relation, Source
from theory.derivation import PREVIOUS, Citation, Derivation, Hypothesis, Identity, Induction
from theory.domain import DEVIATION, GENERATIONS, Domain
from theory.gaussian.drift import SCHEDULE_FROM_TWO, TOTAL
from theory.gaussian.variance import REFITTING, SAMPLES_FROM_TWO

SHRINKING = sp.Product(s.c4(s.sizes[s.i]), (s.i, 0, s.n - 1))
RISK = s.sigma**2 * (sp.Sum(1 / s.sizes[s.i], (s.i, 0, s.n - 1)) + 2 * (1 - SHRINKING))


def derive_risk() -> Derivation:
    """Return the derivation of E W2^2 from drift, mean variance and mean standard deviation."""
    over = Domain((SCHEDULE_FROM_TWO, GENERATIONS, DEVIATION))
    return Derivation(
        (REFITTING,),
        (
            Citation(
                "distance",
                "W2^2 = (mu_n - mu)^2 + (sigma_n - sigma)^2.",
                "Wasserstein distance of two Gaussians",
                "Gelbrich 1990, Math. Nachr. 147, 185-203",
                (Hypothesis("the fitted and the real law are both normal", "refitting"),),
            ),
            Induction(
                "mean deviation",
                "Given the past, generation n multiplies the standard deviation by c4(M_n) on "
                "average.",
                s.n,
                s.sigma,
                s.c4(s.sizes[s.n]) * PREVIOUS,
                s.sigma * SHRINKING,
                over,
                uses=("B03",),
            ),
            Identity(
                "square opened",
                "E(mu_n - mu)^2 + E sigma_n^2 from the drift, plus sigma^2 - 2 sigma E sigma_n.",
                TOTAL + s.sigma**2 - 2 * s.sigma * (s.sigma * SHRINKING),
                RISK,
                over,
                concludes=("risk",),
                uses=("B10",),
            ),
        ),
    )


WASSERSTEIN_RISK = Claim(
    code="B11",
    id="gaussian.wasserstein-risk",
    title="The risk E W2^2 is sigma^2 (sum 1/M_i + 2 (1 - prod c4(M_i)))",
    statement=(
        "With the unbiased estimator the mean squared Wasserstein distance to the real Gaussian "
        "is the drift of the mean plus what the standard deviation has lost. At constant M it "
        "grows by 3/2 sigma^2/M a generation at first, and by sigma^2/M once n is far above M: "
        "the printed (3/2) sigma^2 sum 1/M_i + O(2) is not uniform in n."
    ),
    quantities=(
        Quantity(
            "risk",
            "mean squared Wasserstein distance from the fitted to the real Gaussian",
            r"\mathbb{E}\,W_2^2(\mathcal{N}(\mu_n,\sigma_n^2), \mathcal{D}_0)",
            Relation.EQUALS,
            RISK,
        ),
    ),
    domain=Domain((SCHEDULE_FROM_TWO, GENERATIONS, DEVIATION)),
    sources=(Source("Shumailov et al. 2023, arXiv:2305.17493v3", "equation (4), leading order"),),
    derive=derive_risk,
)

FIRST_ORDER = sp.Rational(3, 2) * s.sigma**2 * s.n / s.M

RISK_AS_PRINTED = Claim(
    code="B11x",
    id="gaussian.wasserstein-risk-as-printed",
    title="As printed: E W2^2 is (3/2) sigma^2 sum 1/M_i + O(2), read for all n at once",
    statement=(
        "At constant M the printed risk is (3/2) sigma^2 n/M, up to an error of second order. Each "
        "fixed n has its constant c in error <= c sigma^2/M^2; no constant serves all n, since the "
        "error grows without bound in n, in the end by sigma^2/(2M) a generation. Here c = 1."
    ),
    quantities=(
        Quantity(
            "risk",
            "mean squared Wasserstein distance from the fitted to the real Gaussian",
            r"\mathbb{E}\,W_2^2(\mathcal{N}(\mu_n,\sigma_n^2), \mathcal{D}_0)",
            Relation.TENDS_TO,
            FIRST_ORDER,
            order=Order(s.n, s.sigma**2 / s.M**2, 1),
        ),
    ),
    domain=Domain((SAMPLES_FROM_TWO, GENERATIONS, DEVIATION)),
    sources=(Source("Shumailov et al. 2023, arXiv:2305.17493v3", "equation (4)"),),
    derive=lambda: Derivation((REFITTING,), ()),
    expected=Expected.REFUTED,
    replaced_by="B11",
)

CLAIMS = (WASSERSTEIN_RISK, RISK_AS_PRINTED)
