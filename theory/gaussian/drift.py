"""How far the fitted mean walks, and how wide a generated sample looks from outside."""

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.coalescence import replace_factor
from theory.derivation import (
    PREVIOUS,
    Citation,
    Derivation,
    Hypothesis,
    Identity,
    Induction,
    Premise,
)
from theory.domain import (
    DEVIATION,
    ESTIMATOR,
    GENERATIONS,
    SAMPLES,
    SCHEDULE,
    Domain,
    Kind,
    Parameter,
)

SCHEDULE_FROM_TWO = SCHEDULE.at_least(2)
WALK = Domain((SCHEDULE_FROM_TWO, GENERATIONS, DEVIATION))
MU = sp.Symbol("mu", real=True)
MEAN = Parameter("mu", MU, "mean of D_0, or of one coordinate of it", Kind.REAL)

REFITTING_ANY_START = Premise(
    "refitting",
    "Given (mu_n, sigma_n), M_n independent points are drawn from a law with that mean and that "
    "variance: from D_0, of any shape with finite variance sigma^2, when n = 0, and from "
    "N(mu_n, sigma_n^2) later. Their mean and their variance (divisor M_n - 1, or M_n for the "
    "MLE) are mu_{n+1} and sigma_{n+1}^2.",
)

DRIFT = s.sigma**2 * sp.Sum(1 / s.sizes[s.i], (s.i, 0, s.n - 1))
KEPT = replace_factor(s.sizes[s.i])
DRIFT_MLE = s.sigma**2 * (1 - KEPT)
TOTAL = s.sigma**2 * (1 + sp.Sum(1 / s.sizes[s.i], (s.i, 0, s.n - 1)))
TOTAL_MLE = s.sigma**2


def mean_stays() -> tuple[Identity, Induction]:
    """Return that the fitted mean is a martingale, and the mean of it in every generation."""
    return (
        Identity(
            "mean of the new mean",
            "Given the past, the mean of M points of mean mu_n is mu_n on average: mu_n is a "
            "martingale,",
            sp.Sum(MU / s.M, (s.i, 1, s.M)),
            MU,
            Domain((SAMPLES, MEAN)),
        ),
        Induction(
            "mean stays",
            "and E mu_n is the mean of D_0 in every generation.",
            s.n,
            MU,
            PREVIOUS,
            MU,
            Domain((GENERATIONS, MEAN)),
        ),
    )


def one_generation() -> tuple[Identity | Induction | Citation, ...]:
    """Return what one generation adds to the drift, and that the unbiased variance is unbiased."""
    one = Domain((SAMPLES.at_least(2), DEVIATION))
    return (
        *mean_stays(),
        Identity(
            "mean of M draws",
            "Given (mu_n, sigma_n), the variance of the new mean is the sum of M variances over "
            "M^2.",
            sp.Sum(s.sigma**2 / s.M**2, (s.i, 1, s.M)),
            s.sigma**2 / s.M,
            one,
        ),
        Identity(
            "unbiased",
            "The squared deviations from the new mean are those from mu_n less M times the square "
            "of the step: their sum over M - 1 has the mean sigma_n^2.",
            (sp.Sum(s.sigma**2, (s.i, 1, s.M)) - s.M * (s.sigma**2 / s.M)) / (s.M - 1),
            s.sigma**2,
            one,
        ),
        Citation(
            "increments",
            "The step mu_{n+1} - mu_n has mean 0 given the past, so it is orthogonal to "
            "mu_n - mu: the mean squares of the steps add up.",
            "orthogonality of martingale increments",
            "Williams, Probability with Martingales, section 12.1",
            (
                Hypothesis("the mean of the new mean is the old one", "mean of the new mean"),
                Hypothesis("each step has a finite mean square", "mean of M draws"),
                Hypothesis("which the fitted variance keeps finite", "unbiased"),
            ),
        ),
    )


def derive_mean_drift() -> Derivation:
    """Return the derivation of E(mu_n - mu)^2 and of its sum with the mean variance."""
    return Derivation(
        (REFITTING_ANY_START,),
        (
            *one_generation(),
            Induction(
                "mean variance",
                "So the mean of sigma_n^2 never moves, whatever the schedule.",
                s.n,
                s.sigma**2,
                PREVIOUS,
                s.sigma**2,
                WALK,
            ),
            Induction(
                "drift",
                "Generation n adds E sigma_n^2 / M_n.",
                s.n,
                sp.Integer(0),
                PREVIOUS + s.sigma**2 / s.sizes[s.n],
                DRIFT,
                WALK,
                concludes=("drift",),
            ),
            Induction(
                "drift/mle",
                "With the MLE, E sigma_n^2 = sigma^2 prod (1 - 1/M_i): the variance is the mean "
                "of (x - y)^2 / 2 over pairs.",
                s.n,
                sp.Integer(0),
                PREVIOUS + s.sigma**2 * KEPT / s.sizes[s.n],
                DRIFT_MLE,
                WALK,
                concludes=("drift/mle",),
                uses=("B39",),
            ),
            Identity(
                "total",
                "The mean variance stays, the drift grows.",
                DRIFT + s.sigma**2,
                TOTAL,
                WALK,
                concludes=("total",),
            ),
            Identity(
                "total/mle",
                "What the variance loses the drift wins: (E X, E X^2) of a fitted law is what its "
                "M points have on average, a martingale.",
                DRIFT_MLE + s.sigma**2 * KEPT,
                TOTAL_MLE,
                WALK,
                concludes=("total/mle",),
                uses=("B39",),
            ),
        ),
    )


MEAN_DRIFT = Claim(
    code="B10",
    id="gaussian.mean-drift",
    title="The fitted mean walks away (unbiased), or no farther than sigma (MLE)",
    statement=(
        "Every generation adds E sigma_n^2 / M_n to the mean square distance of the fitted mean. "
        "Unbiased, that is sigma^2 / M_n for ever; with the MLE, drift and mean variance add up "
        "to sigma^2 at all times. Only the variance of D_0 matters, not its shape. M_i >= 2, "
        "since one point gives the unbiased variance no value and the MLE no variance."
    ),
    quantities=(
        Quantity(
            "drift",
            "mean square distance of the fitted mean from the real one",
            r"\mathbb{E}(\mu_n-\mu)^2",
            Relation.EQUALS,
            DRIFT,
            DRIFT_MLE,
        ),
        Quantity(
            "total",
            "drift plus mean fitted variance, which the MLE conserves",
            r"\mathbb{E}(\mu_n-\mu)^2 + \mathbb{E}\sigma_n^2",
            Relation.EQUALS,
            TOTAL,
            TOTAL_MLE,
        ),
    ),
    domain=Domain((SCHEDULE_FROM_TWO, GENERATIONS, DEVIATION, ESTIMATOR)),
    sources=(
        Source("classical; Shumailov et al. 2023, arXiv:2305.17493v3", "section 4.2"),
        Source("Jangjoo, Marsili and Roudi 2026, PRL 136, 197301", "martingale of the MLE"),
    ),
    derive=derive_mean_drift,
)


def derive_sample_spread() -> Derivation:
    """Return the derivation of the variance of a generated point."""
    return Derivation(
        (
            REFITTING_ANY_START,
            Premise("generated point", "X_n is drawn from the law fitted n times; X_0 from D_0."),
        ),
        (
            *mean_stays(),
            Citation(
                "two parts",
                "X_n has mean mu_n and variance sigma_n^2 given the fit, and E mu_n = mu: its "
                "variance is E sigma_n^2 + E(mu_n - mu)^2.",
                "law of total variance",
                "Billingsley, Probability and Measure, section 34",
                (
                    Hypothesis("X_n has the mean and variance of the fit", "generated point"),
                    Hypothesis("E mu_n = mu", "mean stays"),
                    Hypothesis("both parts are finite", "B10"),
                ),
            ),
            Identity(
                "both parts",
                "The two parts are the mean variance and the drift.",
                s.sigma**2 + DRIFT,
                TOTAL,
                WALK,
                concludes=("variance",),
                uses=("B10",),
            ),
            Identity(
                "both parts/mle",
                "The two parts add up to sigma^2.",
                s.sigma**2 * KEPT + DRIFT_MLE,
                TOTAL_MLE,
                WALK,
                concludes=("variance/mle",),
                uses=("B10", "B39"),
            ),
        ),
    )


SAMPLE_VARIANCE = Claim(
    code="B09",
    id="gaussian.sample-variance",
    title="A generated point has variance sigma^2 (1 + sum 1/M_i) exactly; with the MLE, sigma^2",
    statement=(
        "Over all runs together, a point drawn after n refits spreads more and more with the "
        "unbiased estimator, at constant M sigma^2 (1 + n/M) with no further term, and not at all "
        "with the MLE, although the points of each single run draw together."
    ),
    quantities=(
        Quantity(
            "variance",
            "variance of a point X_n generated after n refits",
            r"\operatorname{Var} X_n",
            Relation.EQUALS,
            TOTAL,
            TOTAL_MLE,
        ),
    ),
    domain=Domain((SCHEDULE_FROM_TWO, GENERATIONS, DEVIATION, ESTIMATOR)),
    sources=(
        Source("Shumailov et al. 2023, arXiv:2305.17493v3", "section 4.2, printed with + O(2)"),
    ),
    derive=derive_sample_spread,
)

CLAIMS = (MEAN_DRIFT, SAMPLE_VARIANCE)
