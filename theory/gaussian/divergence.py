"""Refitting in d dimensions: the Kullback-Leibler divergence from the real law."""

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import Citation, Derivation, Hypothesis, Identity, Inequality
from theory.domain import DIMENSIONS, GENERATIONS, Domain
from theory.gaussian.determinant import (
    FITS,
    FULL_RANK,
    GAUSSIAN_START,
    ONE_FIT,
    RATE_OF_LOG,
    REGULAR,
)
from theory.gaussian.variance import SAMPLES_FROM_TWO

DIVERGENCE = s.n / 2 * (s.d / s.M - RATE_OF_LOG)


def derive_divergence() -> Derivation:
    """Return the derivation of E KL(N_n || N_0)."""
    drift = s.d * s.n / s.M
    return Derivation(
        (GAUSSIAN_START, REGULAR),
        (
            Citation(
                "four parts",
                "2 KL(N(mu_n, Sigma_n) || N(mu, Sigma_0)) = tr(Sigma_0^(-1) Sigma_n) - d + "
                "(mu_n - mu)^T Sigma_0^(-1) (mu_n - mu) - ln(det Sigma_n / det Sigma_0). It does "
                "not change under affine maps, and they turn D_0 into N(0, I), with trace d.",
                "divergence of two Gaussians",
                "Cover and Thomas, Elements of Information Theory, section 8.5",
                (
                    Hypothesis("both laws are normal", "gaussian refitting"),
                    Hypothesis("both covariances are invertible, almost surely", "full rank"),
                ),
            ),
            Identity(
                "drift",
                "The squared drift of the mean is d n / M on average; so much from d coordinates.",
                s.d * sp.Sum(1 / s.M, (s.i, 0, s.n - 1)),
                drift,
                FITS,
                uses=("B44",),
            ),
            Identity(
                "sum",
                "The mean trace stays d, and ln det falls by its rate a generation.",
                (s.d - s.d + drift - s.n * RATE_OF_LOG) / 2,
                DIVERGENCE,
                FITS,
                concludes=("divergence",),
                uses=("B22", "B44"),
            ),
            Inequality(
                "positive",
                "Every generation adds the same positive amount: each of the d rates is negative, "
                "psi(x) < ln x.",
                RATE_OF_LOG,
                sp.Integer(0),
                ONE_FIT,
                strict=True,
            ),
        ),
    )


DIVERGENCE_CLAIM = Claim(
    code="B27",
    id="gaussian.forward-divergence",
    title="E KL(N_n || N_0) grows linearly, (n/2)(d/M - sum_i (psi((M-i)/2) - ln((M-1)/2)))",
    statement=(
        "With the unbiased estimator and M - 1 >= d the mean divergence of the fitted from the "
        "real Gaussian grows by the same amount in every generation, whatever Sigma_0: half of "
        "d/M from the walk of the mean and half the loss of ln det. With fewer points the fitted "
        "law is singular and the divergence infinite."
    ),
    quantities=(
        Quantity(
            "divergence",
            "mean Kullback-Leibler divergence of the fitted from the real Gaussian",
            r"\mathbb{E}\operatorname{KL}(\mathcal{N}(\mu_n,\Sigma_n)\,\Vert\,"
            r"\mathcal{N}(\mu,\Sigma_0))",
            Relation.EQUALS,
            DIVERGENCE,
        ),
    ),
    domain=Domain((SAMPLES_FROM_TWO, DIMENSIONS, GENERATIONS), (FULL_RANK,)),
    sources=(Source("derived here"),),
    derive=derive_divergence,
)

CLAIMS = (DIVERGENCE_CLAIM,)
