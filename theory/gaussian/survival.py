"""How likely the fitted deviation still exceeds a level: bounds that fall geometrically."""

from fractions import Fraction

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import Citation, Derivation, Hypothesis, Identity, Inequality, Telescoping
from theory.digamma import InverseDigamma
from theory.domain import ESTIMATOR, GENERATIONS, Condition, Domain, Kind, Parameter
from theory.gaussian.rate import RATE, RATE_MLE
from theory.gaussian.variance import (
    MOMENT,
    MOMENT_MLE,
    REFITTING,
    SAMPLES_FROM_TWO,
)
from theory.positive import Positive

LEVEL = Parameter(
    "eps", s.epsilon, "level, in units of sigma", Kind.REAL, 0, low_open=True,
    aliases=("epsilon",),
)  # fmt: skip
ORDER = Parameter("t", s.t, "order of a moment", Kind.REAL, 0, low_open=True)

FROM_ONE = GENERATIONS.at_least(1)
DOMAIN = Domain((SAMPLES_FROM_TWO, GENERATIONS, LEVEL))
LATER = Domain((SAMPLES_FROM_TWO, FROM_ONE, LEVEL))

C4 = s.c4(s.M)
C4_MLE = C4 * sp.sqrt(1 - 1 / s.M)
MARKOV = C4**s.n / s.epsilon
MARKOV_MLE = C4_MLE**s.n / s.epsilon


def best_order(divisor: sp.Expr) -> sp.Expr:
    """Return the order t >= 0 whose moment bounds best: psi((M-1)/2 + t) is the level's log."""
    aim = sp.log(divisor / 2) + 2 * sp.log(s.epsilon) / Positive(s.n)
    return sp.Max(InverseDigamma(aim) - (s.M - 1) / 2, 0)


def bound_of_order(divisor: sp.Expr, order: sp.Expr) -> sp.Expr:
    """Return eps^(-2t) times the moment of order t, through gamma functions."""
    half = (s.M - 1) / 2
    moment = (2 / divisor) ** order * sp.gamma(half + order) / sp.gamma(half)
    return s.epsilon ** (-2 * order) * moment**s.n


ORDER_BEST, ORDER_BEST_MLE = best_order(s.M - 1), best_order(s.M)
CHERNOFF = bound_of_order(s.M - 1, ORDER_BEST)
CHERNOFF_MLE = bound_of_order(s.M, ORDER_BEST_MLE)


def _chernoff() -> tuple[Identity | Inequality | Citation, ...]:
    """Return the steps up to the best of all moments, for both estimators."""
    steps: list[Identity | Inequality | Citation] = []
    for suffix, divisor, moment, law in (
        ("", s.M - 1, MOMENT, CHERNOFF),
        ("/mle", s.M, MOMENT_MLE, CHERNOFF_MLE),
    ):
        over = Domain((SAMPLES_FROM_TWO, FROM_ONE, LEVEL, ORDER))
        one = s.epsilon ** (-2 * s.t) * moment.subs(s.sigma, 1)
        steps += [
            Identity(
                f"any order{suffix}",
                "Markov's inequality for sigma_n^(2t), t > 0, and the moment of order t:",
                one,
                bound_of_order(divisor, s.t),
                over,
                uses=("B01",),
            ),
            Inequality(
                f"chernoff{suffix}",
                "ln of the bound is convex in t, with the slope n (psi((M-1)/2 + t) - "
                "ln(divisor/2)) - 2 ln eps: it is least where that is 0, or at t = 0.",
                -one,
                -law,
                over,
            ),
            Citation(
                f"survival{suffix}",
                "The bound holds at every order t >= 0, so at the best.",
                "Markov's inequality",
                "Billingsley, Probability and Measure, section 5",
                (
                    Hypothesis("moments of every order t > 0 are finite", f"any order{suffix}"),
                    Hypothesis("the best order is one of them", f"chernoff{suffix}"),
                ),
                gives=law,
                concludes=(f"chernoff{suffix}",),
            ),
        ]
    return tuple(steps)


def derive_survival() -> Derivation:
    """Return the derivation of both bounds of P(sigma_n >= eps sigma)."""
    half = sp.Rational(1, 2)
    return Derivation(
        (REFITTING,),
        (
            *(
                Identity(
                    f"markov{suffix}",
                    "Markov's inequality for sigma_n: its mean over the level.",
                    moment.subs({s.t: half, s.sigma: 1}) / s.epsilon,
                    law,
                    DOMAIN,
                    concludes=(f"markov{suffix}",),
                    uses=("B03",),
                )
                for suffix, moment, law in (("", MOMENT, MARKOV), ("/mle", MOMENT_MLE, MARKOV_MLE))
            ),
            *_chernoff(),
        ),
    )


SURVIVAL = Claim(
    code="B07",
    id="gaussian.survival-bounds",
    title="The chance that the deviation survives falls geometrically: Markov and Chernoff bounds",
    statement=(
        "P(sigma_n >= eps sigma) is at most c4^n / eps, and at most the smallest "
        "eps^(-2t) (E Y^t)^n over t >= 0, Y one factor of the variance. The best order solves "
        "psi((M-1)/2 + t) - ln((M-1)/2) = ln(eps^2)/n where that is positive; else the bound is 1. "
        "With the MLE, c4 sqrt(1 - 1/M) and M/2 take their places. The second bound needs n >= 1."
    ),
    quantities=(
        Quantity(
            "markov",
            "probability that the deviation is still eps times the first one (order 1/2)",
            r"\mathbb{P}(\sigma_n\ge\epsilon\sigma)",
            Relation.AT_MOST,
            MARKOV,
            MARKOV_MLE,
            slack=Fraction(21, 10),
        ),
        Quantity(
            "chernoff",
            "the same, by the best order of all",
            r"\mathbb{P}(\sigma_n\ge\epsilon\sigma)",
            Relation.AT_MOST,
            CHERNOFF,
            CHERNOFF_MLE,
            slack=Fraction(5, 4),
        ),
    ),
    domain=Domain((SAMPLES_FROM_TWO, GENERATIONS, LEVEL, ESTIMATOR)),
    sources=(
        Source("Suresh, Thangaraj and Khandavally 2024, arXiv:2412.17646", "order 1/2"),
        Source("derived here", "the best order"),
    ),
    derive=derive_survival,
)

FIRST_ORDER = sp.exp(-1 / (4 * s.M))
FIRST_ORDER_MLE = sp.exp(-3 / (4 * s.M))
SURESH = sp.exp(-s.n / (4 * s.M)) / s.epsilon
SURESH_MLE = sp.exp(-3 * s.n / (4 * s.M)) / s.epsilon


def _factors() -> tuple[Telescoping | Inequality, ...]:
    """Return the certificates that one factor lies below an exponential."""
    half = sp.Rational(1, 2)
    root = sp.log(sp.gamma(s.x)) + sp.log(s.x) / 2 - sp.log(sp.gamma(s.x + half))
    # the size M is 2x + 1
    one = -1 / (8 * s.x + 4)
    other = -sp.log(2 * s.x / (2 * s.x + 1)) / 2 - 3 / (8 * s.x + 4)
    elementary = sp.log(s.x + half) - sp.log(s.x) / 2 - sp.log(s.x + 1) / 2
    steps: list[Telescoping | Inequality] = []
    for suffix, rest, factor, bound in (
        ("", one, C4, FIRST_ORDER),
        ("/mle", other, C4_MLE, FIRST_ORDER_MLE),
    ):
        share = "3/(4M)" if suffix else "1/(4M)"
        steps += [
            Telescoping(
                f"certificate{suffix}",
                f"-ln of the factor exceeds {share} at every real x = (M-1)/2 > 0,",
                s.x,
                root + rest,
                elementary + rest - rest.subs(s.x, s.x + 1),
            ),
            Inequality(
                f"factor{suffix}",
                "so the factor lies below the exponential.",
                factor,
                bound,
                Domain((SAMPLES_FROM_TWO,)),
                strict=True,
                concludes=(f"factor{suffix}",),
            ),
        ]
    return tuple(steps)


def derive_rate_bounds() -> Derivation:
    """Return the derivation of the exponential bounds and of the true rate."""
    after = Domain(DOMAIN.parameters, (Condition(sp.Integer(0), s.n),))
    return Derivation(
        (REFITTING,),
        (
            *_factors(),
            *(
                Inequality(
                    f"survival{suffix}",
                    "n factors: the bound of order 1/2 lies below.",
                    bound,
                    law,
                    after,
                    concludes=(f"survival{suffix}",),
                    uses=("B07",),
                )
                for suffix, bound, law in (("", MARKOV, SURESH), ("/mle", MARKOV_MLE, SURESH_MLE))
            ),
            *(
                Identity(
                    f"rate{suffix}",
                    "ln sigma_n is half of ln sigma_n^2; psi is seen one step later, "
                    "psi(x) = psi(x + 2) - 1/x - 1/(x + 1).",
                    sp.log(2 / divisor) / 2
                    + sp.digamma((s.M + 3) / 2) / 2
                    - 1 / (s.M - 1)
                    - 1 / (s.M + 1),
                    rate / 2,
                    Domain((SAMPLES_FROM_TWO,)),
                    concludes=(f"rate{suffix}",),
                    uses=("B04",),
                )
                for suffix, divisor, rate in (("", s.M - 1, RATE), ("/mle", s.M, RATE_MLE))
            ),
        ),
    )


RATE_BOUNDS = Claim(
    code="B08",
    id="gaussian.suresh-rate",
    title="The published rate exp(-n/(4M)) holds; the MLE gains a factor 3, single runs a factor 2",
    statement=(
        "c4(M) < exp(-1/(4M)) for every M >= 2, so that P(sigma_n >= eps sigma) is at most "
        "exp(-n/(4M)) / eps with the unbiased deviation; with the MLE exp(-3n/(4M)) / eps holds. "
        "Neither is the rate of a single run: unbiased, (1/n) ln sigma_n tends to L/2 almost "
        "surely, about -1/(2(M-1)), more than twice as fast as the bound; with the MLE, more than "
        "4/3 times as fast."
    ),
    quantities=(
        Quantity(
            "factor",
            "mean factor of the standard deviation in one generation",
            r"\mathbb{E}\,\sigma_{n+1}/\mathbb{E}\,\sigma_n",
            Relation.AT_MOST,
            FIRST_ORDER,
            FIRST_ORDER_MLE,
            slack=Fraction(101, 100),
        ),
        Quantity(
            "survival",
            "probability that the deviation is still eps times the first one",
            r"\mathbb{P}(\sigma_n\ge\epsilon\sigma)",
            Relation.AT_MOST,
            SURESH,
            SURESH_MLE,
            slack=Fraction(11, 5),
        ),
        Quantity(
            "rate",
            "almost sure limit of ln(sigma_n) / n",
            r"\lim_{n} \tfrac1n \ln \sigma_n",
            Relation.EQUALS,
            RATE / 2,
            RATE_MLE / 2,
        ),
    ),
    domain=Domain((SAMPLES_FROM_TWO, GENERATIONS, LEVEL, ESTIMATOR)),
    sources=(
        Source("Suresh, Thangaraj and Khandavally 2024, arXiv:2412.17646", "rate exp(-k/(4n))"),
        Source("derived here", "the MLE's factor, the certificates, the true rate"),
    ),
    derive=derive_rate_bounds,
)

CLAIMS = (SURVIVAL, RATE_BOUNDS)
