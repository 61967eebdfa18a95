"""Fits with errors of their own: the mean walks faster, and the variance collapses faster."""

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
from theory.domain import DEVIATION, GENERATIONS, Domain, Kind, Parameter
from theory.gaussian.drift import one_generation
from theory.gaussian.rate import RATE
from theory.gaussian.variance import REFITTING, SAMPLES_FROM_TWO

TAU = sp.Symbol("tau", nonnegative=True)
ETA = sp.Symbol("eta", nonnegative=True)
ERROR = Parameter(
    "tau", TAU, "standard deviation of the error of the mean", Kind.REAL, 0, default=Fraction(0)
)
JOLT = Parameter(
    "eta", ETA, "relative error of the variance, up or down", Kind.REAL, 0, 1, high_open=True,
    default=Fraction(0),
)  # fmt: skip

NOISE = Premise(
    "noise",
    "The model keeps the mean of the sample plus an error of mean 0 and variance tau^2, and the "
    "unbiased variance of the sample times 1 + eta or 1 - eta, equally likely. Both errors are "
    "independent of all else.",
)
OVER = Domain((SAMPLES_FROM_TWO, GENERATIONS, DEVIATION, ERROR))
DRIFT = s.n * (s.sigma**2 / s.M + TAU**2)
NOISY_RATE = RATE + sp.log(1 - ETA**2) / 2


def derive_noise() -> Derivation:
    """Return the derivation of drift, mean variance and rate of noisy fits."""
    return Derivation(
        (REFITTING, NOISE),
        (
            *one_generation(),
            Identity(
                "mean of the factor",
                "The error of the variance has the mean 0,",
                sp.Sum(s.sigma**2 * (1 + (-1) ** s.i * ETA), (s.i, 1, 2)) / 2,
                s.sigma**2,
                Domain((DEVIATION, JOLT)),
            ),
            Induction(
                "variance",
                "so that the mean variance stays what it is.",
                s.n,
                s.sigma**2,
                PREVIOUS * sp.Sum(1 + (-1) ** s.i * ETA, (s.i, 1, 2)) / 2,
                s.sigma**2,
                Domain((*OVER.parameters, JOLT)),
                concludes=("variance",),
            ),
            Identity(
                "one step",
                "Sampling error and the error of the fit are independent: their variances add.",
                sp.Sum(s.sigma**2 / s.M**2, (s.i, 1, s.M)) + TAU**2,
                s.sigma**2 / s.M + TAU**2,
                Domain((SAMPLES_FROM_TWO, DEVIATION, ERROR)),
            ),
            Induction(
                "drift",
                "The mean is still a martingale: the mean squares of its steps add up.",
                s.n,
                sp.Integer(0),
                PREVIOUS + s.sigma**2 / s.M + TAU**2,
                DRIFT,
                OVER,
                concludes=("drift",),
            ),
            Citation(
                "risk",
                "W2^2 is at least the squared distance of the means.",
                "Gelbrich's bound",
                "Gelbrich 1990, Math. Nachr. 147, 185-203",
                (Hypothesis("the mean square of that distance", "drift"),),
                gives=DRIFT,
                concludes=("risk",),
            ),
            Identity(
                "rate",
                "The logarithm of the variance gets one more independent term, ln(1 + eta) or "
                "ln(1 - eta).",
                RATE + (sp.log(1 + ETA) + sp.log(1 - ETA)) / 2,
                NOISY_RATE,
                Domain((SAMPLES_FROM_TWO, JOLT)),
                concludes=("rate",),
                uses=("B04",),
            ),
            Inequality(
                "faster",
                "1 - eta^2 <= 1: the mean of that term is not positive, and errors of the variance "
                "hasten the collapse.",
                (1 + ETA) * (1 - ETA),
                sp.Integer(1),
                Domain((JOLT,)),
            ),
        ),
    )


NOISY_FITS = Claim(
    code="B36",
    id="gaussian.approximation-noise",
    title="Errors of the fit itself add to the drift, and hasten the collapse of the variance",
    statement=(
        "An independent error of variance tau^2 in each fitted mean adds exactly tau^2 a "
        "generation to the drift, and the W2 risk is at least that drift. An error of the "
        "variance, a factor 1 + eta or 1 - eta, leaves its mean and lowers its almost sure rate: "
        "so does every factor of mean 1, by the concavity of the logarithm."
    ),
    quantities=(
        Quantity(
            "drift",
            "mean square distance of the kept mean from the real one",
            r"\mathbb{E}(\mu_n-\mu)^2",
            Relation.EQUALS,
            DRIFT,
        ),
        Quantity(
            "risk",
            "mean squared W2 distance to the real law",
            r"\mathbb{E}\,W_2^2",
            Relation.AT_LEAST,
            DRIFT,
            slack=Fraction(21, 20),
        ),
        Quantity(
            "variance", "mean variance kept", r"\mathbb{E}[\sigma_n^2]", Relation.EQUALS, s.sigma**2
        ),
        Quantity(
            "rate",
            "almost sure limit of ln(sigma_n^2) / n",
            r"\lim_n \tfrac1n\ln\sigma_n^2",
            Relation.EQUALS,
            NOISY_RATE,
        ),
    ),
    domain=Domain((*OVER.parameters, JOLT)),
    sources=(
        Source(
            "Shumailov et al. 2023, arXiv:2305.17493v3",
            "equations (6)-(15), the noisy model, a lower bound",
        ),
        Source("derived here", "the exact drift, and the rate"),
    ),
    derive=derive_noise,
)

CLAIMS = (NOISY_FITS,)
