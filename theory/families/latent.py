"""Linear VAE (probabilistic PCA) with learned noise: what every refit does to the total variance.

q counts latent variables here, d the coordinates of a point.
"""

import operator

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
from theory.domain import (
    DIMENSIONS,
    ESTIMATOR,
    GENERATIONS,
    TRACE,
    Condition,
    Domain,
    Kind,
    Parameter,
)
from theory.gaussian.dimensions import divided
from theory.gaussian.variance import SAMPLES_FROM_TWO

Q = sp.Symbol("q", integer=True, nonnegative=True)
SIZE = s.eigenvalues[s.j]
LATENT = Parameter("q", Q, "latent variables", Kind.INTEGER, 0, aliases=("latent",))
SPECTRUM = Parameter(
    "l", s.eigenvalues, "eigenvalues of the covariance, the largest first", Kind.SPECTRUM,
    aliases=("eigenvalues", "lambda"),
)  # fmt: skip
FEWER = Condition(Q, s.d)
#: Then at least one discarded eigenvalue is positive: the noise is, and the likelihood is bounded.
ENOUGH = Condition(Q + 1, s.M - 1, operator.le, "<=")

#: The fitted noise: the mean of the discarded eigenvalues.
NOISE = sp.Sum(s.eigenvalues[s.i], (s.i, Q + 1, s.d)) / (s.d - Q)

MODEL = Premise(
    "model",
    "A point is mu + W z + e: z are q < d independent standard normals, e are d independent "
    "normals of variance v, the noise. So it is normal with covariance W W^T + v I.",
)
FIT = Premise(
    "fit",
    "Let l_1 >= ... >= l_d be the eigenvalues of the covariance S of M points, divisor M (M - 1 "
    "for unbiased). The fit takes mu = their mean, v = the mean of l_{q+1}, ..., l_d, and for W "
    "the first q eigenvectors, each times (l_k - v)^(1/2).",
)
GENERATION = Premise(
    "generations",
    "Given a model, M independent points of it are drawn and the next model is fitted to them. "
    "D_0 is any law on R^d with a finite second moment; `trace` is the trace of its covariance.",
)

MEAN = s.trace * (1 - 1 / s.M) ** s.n
DRIFT = s.trace * s.n / s.M
DRIFT_MLE = s.trace * (1 - (1 - 1 / s.M) ** s.n)
LOOP = Domain((SAMPLES_FROM_TWO, GENERATIONS, TRACE))


def derive_trace() -> Derivation:
    """Return the derivation of the mean trace and of the drift of the mean."""
    kept = sp.Sum(SIZE - NOISE, (s.j, 1, Q)) + s.d * NOISE
    return Derivation(
        (MODEL, FIT, GENERATION),
        (
            Citation(
                "maximum of the likelihood",
                "With the divisor M the fit maximises the likelihood. With M - 1 >= q + 1 points "
                "of a density, S has more than q positive eigenvalues almost surely, so v > 0 and "
                "the maximum exists. With fewer points v = 0 and the likelihood has no bound; the "
                "law of the trace below holds even then.",
                "closed form of probabilistic PCA",
                "Tipping and Bishop 1999, J. R. Statist. Soc. B 61, 611-622, section 3.2",
                (Hypothesis("latent and noise are normal", "model"),),
            ),
            Identity(
                "trace kept",
                "q eigenvalues stay and d - q become their mean: tr(W W^T + v I) = tr S, for "
                "every q < d.",
                kept,
                sp.Sum(SIZE, (s.j, 1, s.d)),
                Domain((LATENT, SPECTRUM, DIMENSIONS), (FEWER,)),
            ),
            Identity(
                "one generation",
                "E tr S is the trace that the points come from times 1 - 1/M with divisor M, by "
                "pair coalescence in each coordinate; the divisor M - 1 undoes that.",
                divided(s.M),
                sp.Integer(1),
                Domain((SAMPLES_FROM_TWO,)),
                uses=("B39",),
            ),
            Induction(
                "unbiased",
                "So the mean trace stays,",
                s.n,
                s.trace,
                divided(s.M) * PREVIOUS,
                s.trace,
                LOOP,
                concludes=("trace",),
            ),
            Induction(
                "divisor M",
                "or falls by 1 - 1/M.",
                s.n,
                s.trace,
                (1 - 1 / s.M) * PREVIOUS,
                MEAN,
                LOOP,
                concludes=("trace/mle",),
                uses=("B39",),
            ),
            Induction(
                "drift",
                "Given the model, the next mean is off by its trace over M on average, in a "
                "direction of mean 0.",
                s.n,
                sp.Integer(0),
                PREVIOUS + s.trace / s.M,
                DRIFT,
                LOOP,
                concludes=("drift",),
            ),
            Induction(
                "drift, divisor M",
                "What the trace loses on average the drift wins.",
                s.n,
                sp.Integer(0),
                PREVIOUS + MEAN / s.M,
                DRIFT_MLE,
                LOOP,
                concludes=("drift/mle",),
            ),
        ),
    )


TRACE_LAW = Claim(
    code="D01",
    id="families.latent-trace",
    title="A linear VAE keeps the trace of its sample covariance: E tr falls by 1 - 1/M",
    statement=(
        "Probabilistic PCA with q < d latent variables and learned noise, fitted in closed form, "
        "has the trace of the sample covariance, whatever q. So with the maximum likelihood fit "
        "(divisor M) the mean total variance is tr Sigma_0 (1 - 1/M)^n, with the unbiased "
        "covariance it stays, as for a full Gaussian; the mean drifts as it does there. "
        "M - 1 >= q + 1 is what the likelihood needs to have a maximum: with fewer points the "
        "noise is 0 and the closed form keeps the law."
    ),
    quantities=(
        Quantity(
            "trace",
            "mean trace of the model's covariance",
            r"\mathbb{E}\operatorname{tr}\Sigma_n",
            Relation.EQUALS,
            s.trace,
            MEAN,
        ),
        Quantity(
            "drift",
            "mean squared distance of the model's mean from that of D_0",
            r"\mathbb{E}\,|\mu_n-\mu_0|^2",
            Relation.EQUALS,
            DRIFT,
            DRIFT_MLE,
        ),
    ),
    domain=Domain(
        (
            SAMPLES_FROM_TWO,
            GENERATIONS,
            TRACE,
            Parameter(
                ESTIMATOR.name, ESTIMATOR.symbol, ESTIMATOR.meaning, Kind.CHOICE,
                default="mle", choices=ESTIMATOR.choices,
            ),
            DIMENSIONS,
            LATENT,
        ),
        (FEWER, ENOUGH),
    ),
    sources=(
        Source("Tipping and Bishop 1999, J. R. Statist. Soc. B 61", "section 3.2, the fit"),
        Source("Lucas, Tucker, Grosse and Norouzi 2019, NeurIPS", "linear VAEs have this optimum"),
        Source("derived here", "the recursion"),
    ),
    derive=derive_trace,
)  # fmt: skip

CLAIMS = (TRACE_LAW,)
