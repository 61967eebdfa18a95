"""Refitting in d dimensions with divisor M: what the covariance loses, the mean wins."""

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
from theory.domain import DIMENSIONS, GENERATIONS, SAMPLES, SCHEDULE, TRACE, Domain
from theory.gaussian.drift import mean_stays

REFITTING = Premise(
    "refitting with divisor M",
    "D_0 is any law on R^d with mean m_0 and a finite second moment; `trace` is the trace of its "
    "covariance Sigma_0. M_0 independent points of D_0, and then M_n of N(mu_n, Sigma_n), are "
    "drawn; their mean and their covariance with divisor M_n are mu_{n+1} and Sigma_{n+1}.",
)

KEPT = replace_factor(s.sizes[s.i])
COVARIANCE = s.trace * KEPT
DRIFT = s.trace * (1 - KEPT)
FITS = Domain((DIMENSIONS, SCHEDULE, GENERATIONS, TRACE))


def derive_conservation() -> Derivation:
    """Return the derivation of the conservation law and of the bound on the risk."""
    return Derivation(
        (REFITTING,),
        (
            Identity(
                "one fit",
                "Given generation n, coordinate j of the points has the variance v_j; that of the "
                "fitted mean is v_j / M_n, and the mean squared deviation from it v_j less that. "
                "Summed over coordinates, the trace keeps the share 1 - 1/M_n,",
                s.trace - sp.Sum(s.trace / s.M**2, (s.k, 1, s.M)),
                s.trace * (1 - 1 / s.M),
                Domain((SAMPLES, TRACE)),
            ),
            Induction(
                "covariance",
                "which is the chance that two points have different parents.",
                s.n,
                s.trace,
                PREVIOUS * (1 - 1 / s.sizes[s.n]),
                COVARIANCE,
                FITS,
                concludes=("covariance",),
                uses=("B39",),
            ),
            *mean_stays(),
            Citation(
                "orthogonal steps",
                "mu_n is a martingale: its steps are uncorrelated and their mean squares add up.",
                "orthogonality of martingale increments",
                "Williams, Probability with Martingales, section 12.1",
                (
                    Hypothesis("mu_n is a martingale, by coordinates", "mean of the new mean"),
                    Hypothesis("the fitted trace has a finite mean", "covariance"),
                ),
            ),
            Induction(
                "drift",
                "Step n adds E tr Sigma_n / M_n, what the trace loses in it.",
                s.n,
                sp.Integer(0),
                PREVIOUS + COVARIANCE / s.sizes[s.n],
                DRIFT,
                FITS,
                concludes=("drift",),
            ),
            Identity(
                "total",
                "So the sum stays.",
                DRIFT + COVARIANCE,
                s.trace,
                FITS,
                concludes=("total",),
            ),
            Identity(
                "risk",
                "Independent X of N(mu_n, Sigma_n) and Y of D_0 are one coupling; it costs the "
                "squared distance of the means and both traces. Where D_0 is Gaussian, W2^2 is "
                "that less 2 tr(Sigma_0^(1/2) Sigma_n Sigma_0^(1/2))^(1/2), which tends to 0 with "
                "Sigma_n: the bound is approached.",
                DRIFT + COVARIANCE + s.trace,
                2 * s.trace,
                FITS,
                concludes=("risk",),
            ),
        ),
    )


CONSERVATION = Claim(
    code="B42",
    id="gaussian.conservation-with-divisor-m",
    title="With the MLE, E norm(mu_n - m_0)^2 + E tr Sigma_n stays: the risk is at most 2 traces",
    statement=(
        "In every dimension, for every real law with a finite second moment and all sample sizes "
        "M_i >= 1, the divisor M conserves the mean squared drift plus the mean trace. So the "
        "mean squared Wasserstein distance to the real law never exceeds twice the trace: the "
        "divergence of the risk in Theorem 3.1 is a property of the divisor M - 1."
    ),
    quantities=(
        Quantity(
            "total",
            "mean squared drift plus mean trace, divisor M",
            r"\mathbb{E}\lVert\mu_n-m_0\rVert^2+\mathbb{E}\operatorname{tr}\Sigma_n",
            Relation.EQUALS,
            s.trace,
        ),
        Quantity(
            "risk",
            "mean squared Wasserstein distance to the real law, divisor M",
            r"\mathbb{E}\,W_2^2(\mathcal{N}(\mu_n,\Sigma_n), \mathcal{D}_0)",
            Relation.AT_MOST,
            2 * s.trace,
        ),
        Quantity(
            "covariance",
            "mean trace of the fitted covariance, divisor M",
            r"\mathbb{E}\operatorname{tr}\Sigma_n",
            Relation.EQUALS,
            COVARIANCE,
        ),
        Quantity(
            "drift",
            "mean squared distance of the fitted mean from the real one, divisor M",
            r"\mathbb{E}\lVert\mu_n-m_0\rVert^2",
            Relation.EQUALS,
            DRIFT,
        ),
    ),
    domain=FITS,
    sources=(
        Source("Jangjoo, Marsili and Roudi 2026, PRL 136, 197301", "martingale of the MLE"),
        Source("derived here", "the bound on the risk"),
    ),
    derive=derive_conservation,
)

CLAIMS = (CONSERVATION,)
