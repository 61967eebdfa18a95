"""Kullback-Leibler divergences between the fitted and the real Gaussian, in both directions."""

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
)
from theory.domain import ESTIMATOR, GENERATIONS, SAMPLES, Domain, Kind, Parameter
from theory.gaussian.rate import RATE, RATE_MLE
from theory.gaussian.variance import MOMENT, MOMENT_MLE, REFITTING, SAMPLES_FROM_TWO
from theory.geometric import GeometricSum
from theory.positive import Finite

#: E 1/Y of one factor of the variance, from M = 4 on.
INVERSE = (s.M - 1) / (s.M - 3)
INVERSE_MLE = s.M / (s.M - 3)
#: Up to M = 3 it is infinite.
ROOM = Finite(s.M - 3, s.n)

FORWARD = s.n * (1 / s.M - RATE) / 2
FORWARD_MLE = -s.n * RATE_MLE / 2


def backward(inverse: sp.Expr, rate: sp.Expr) -> sp.Expr:
    """Return E KL(N_0 || N_n), from E 1/Y and E ln Y of one factor of the variance."""
    walked = inverse * GeometricSum(inverse, s.n) / s.M
    return (inverse**s.n - 1 + s.n * rate + walked) / 2


BACKWARD = backward((s.M - 1) / ROOM, RATE)
BACKWARD_MLE = backward(s.M / ROOM, RATE_MLE)

ANY = Domain((SAMPLES_FROM_TWO, GENERATIONS))
FROM_FOUR = Domain((SAMPLES.at_least(4), GENERATIONS))
FEW = Parameter("M", s.M, "samples per generation", Kind.INTEGER, 2, 3)
NEAR_ZERO = Parameter("y", s.x, "value of one factor", Kind.REAL, 0, 1, True, True)


def _forward() -> tuple[Identity | Citation, ...]:
    """Return the steps up to both laws of the forward divergence."""
    return (
        Citation(
            "divergence",
            "In units of sigma, with m = mu_n - mu and v = sigma_n^2: KL(N_n || N_0) = "
            "(v + m^2 - 1 - ln v)/2 and KL(N_0 || N_n) = ((1 + m^2)/v - 1 + ln v)/2.",
            "divergence of two normal laws",
            "Kullback, Information Theory and Statistics (1959), chapter 9",
            (Hypothesis("both laws are normal", "refitting"),),
        ),
        Identity(
            "forward",
            "E v = 1, E m^2 = n/M and E ln v = n L.",
            (1 + s.n / s.M - 1 - s.n * RATE) / 2,
            FORWARD,
            ANY,
            concludes=("forward",),
            uses=("B02", "B10", "B04"),
        ),
        Identity(
            "forward/mle",
            "With the MLE E v = prod (1 - 1/M), E m^2 - 1 = -(1 - 1/M)^n, and L has ln(M/2).",
            (sp.Product(1 - 1 / s.M, (s.i, 0, s.n - 1)) - (1 - 1 / s.M) ** s.n - s.n * RATE_MLE)
            / 2,
            FORWARD_MLE,
            ANY,
            concludes=("forward/mle",),
            uses=("B10", "B04"),
        ),
    )


def _backward() -> tuple[Identity | Induction | Inequality | Citation, ...]:
    """Return the steps up to both laws of the backward divergence."""
    steps: list[Identity | Induction | Inequality | Citation] = []
    for suffix, moment, inverse, rate, law in (
        ("", MOMENT, INVERSE, RATE, BACKWARD),
        ("/mle", MOMENT_MLE, INVERSE_MLE, RATE_MLE, BACKWARD_MLE),
    ):
        steps += [
            Identity(
                f"inverse{suffix}",
                "The moment of order -1 of one factor, r.",
                moment.subs(s.t, -1).subs({s.n: 1, s.sigma: 1}),
                inverse,
                Domain((SAMPLES.at_least(4),)),
                uses=("B01",),
            ),
            Induction(
                f"walked{suffix}",
                "m moves by sqrt(v) z / sqrt(M), with z and the next factor Y independent of each "
                "other and of the past: E m^2/v becomes (E m^2/v + 1/M) E 1/Y.",
                s.n,
                sp.Integer(0),
                (PREVIOUS + 1 / s.M) * inverse,
                inverse * GeometricSum(inverse, s.n) / s.M,
                FROM_FOUR,
                uses=("B01",),
            ),
            Identity(
                f"backward{suffix}",
                "E 1/v = r^n, E m^2/v as above, E ln v = n L.",
                (inverse**s.n - 1 + s.n * rate + sp.Sum(inverse**s.j / s.M, (s.j, 1, s.n))) / 2,
                law,
                FROM_FOUR,
                concludes=(f"backward{suffix}",),
                uses=("B04",),
            ),
        ]
    return (*steps, *_infinite())


def _infinite() -> tuple[Inequality, Citation]:
    """Return that the backward divergence is infinite with two or three points."""
    return (
        Inequality(
            "steep",
            "Y has a density proportional to y^((M-3)/2) e^(-(M-1) y/2). With M = 2 or 3, 1/y "
            "times that power is at least 1/y on (0, 1),",
            1 / s.x,
            s.x ** ((s.M - 5) / 2),
            Domain((FEW, NEAR_ZERO)),
            uses=("B01",),
        ),
        Citation(
            "infinite",
            "so that E 1/Y is at least a multiple of ln(1/h), the integral of 1/y over (h, 1), for "
            "every h > 0: it is infinite, and so is E KL(N_0 || N_n) from n = 1 on.",
            "monotone convergence",
            "Rudin, Real and Complex Analysis, theorem 1.26",
            (Hypothesis("the integrand is at least a multiple of 1/y", "steep"),),
        ),
    )


def derive_divergences() -> Derivation:
    """Return the derivation of both mean divergences."""
    return Derivation((REFITTING,), (*_forward(), *_backward()))


DIVERGENCES = Claim(
    code="B14",
    id="gaussian.divergences",
    title="E KL(N_n || N_0) grows linearly, E KL(N_0 || N_n) exponentially, from M = 4 on",
    statement=(
        "The mean divergence of the fitted from the real Gaussian is (n/2)(1/M - L) with "
        "L = psi((M-1)/2) - ln((M-1)/2), and -(n/2) L with the MLE's L. The other way round it is "
        "(r^n - 1 + n L + (1/M) sum_{j=1..n} r^j)/2 with r = E 1/Y = (M-1)/(M-3), or M/(M-3) with "
        "the MLE: it grows exponentially, and for M <= 3 and n >= 1 it is infinite. Neither "
        "depends on sigma."
    ),
    quantities=(
        Quantity(
            "forward",
            "mean divergence of the fitted Gaussian from the real one",
            r"\mathbb{E}\,\mathrm{KL}(\mathcal{N}_n\,\|\,\mathcal{N}_0)",
            Relation.EQUALS,
            FORWARD,
            FORWARD_MLE,
        ),
        Quantity(
            "backward",
            "mean divergence of the real Gaussian from the fitted one; infinite for M <= 3, n >= 1",
            r"\mathbb{E}\,\mathrm{KL}(\mathcal{N}_0\,\|\,\mathcal{N}_n)",
            Relation.EQUALS,
            BACKWARD,
            BACKWARD_MLE,
        ),
    ),
    domain=Domain((SAMPLES_FROM_TWO, GENERATIONS, ESTIMATOR)),
    sources=(Source("derived here"),),
    derive=derive_divergences,
)

CLAIMS = (DIVERGENCES,)
