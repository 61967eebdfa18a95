"""Sample sizes that vary: the variance survives just where sum 1/M_i is finite."""

from fractions import Fraction

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Quantity, Relation, Source
from theory.derivation import (
    PREVIOUS,
    Citation,
    Derivation,
    Hypothesis,
    Induction,
    Inequality,
    Telescoping,
)
from theory.domain import DEVIATION, GENERATIONS, Domain, Kind, Parameter
from theory.gaussian.drift import SCHEDULE_FROM_TWO
from theory.gaussian.rate import RATE
from theory.gaussian.variance import REFITTING

M0 = sp.Symbol("M0", integer=True, positive=True)
DELTA = sp.Symbol("delta", positive=True)
FIRST = Parameter("M0", M0, "samples of the first fit, in M_i = M0 i^(1+delta)", Kind.INTEGER, 2)
GROWTH = Parameter(
    "delta", DELTA, "growth of the sizes M_i = M0 i^(1+delta), i = 1, 2, ...", Kind.REAL, 0,
    low_open=True,
)  # fmt: skip

SIZE, SPAN = s.sizes[s.i], (s.i, 0, s.n - 1)
RATE_OF_SIZE = RATE.subs(s.M, SIZE)
MEAN_LOG = sp.Sum(RATE_OF_SIZE, SPAN)
FLOOR = sp.Sum(1 / (SIZE - 1), SPAN)
CEILING = sp.Sum(1 / (SIZE - 1) + 1 / (3 * (SIZE - 1) ** 2), SPAN)
FINAL_DRIFT = s.sigma**2 * sp.zeta(1 + DELTA) / M0

STEPS = Domain((SCHEDULE_FROM_TWO, GENERATIONS))
POWERS = Domain((FIRST, GROWTH, DEVIATION, GENERATIONS.at_least(1)))


def _logarithm() -> tuple[Induction | Telescoping | Citation, ...]:
    """Return the steps to the mean logarithm and its bounds."""
    half = sp.Rational(1, 2)
    shrunk = sp.log(s.x) - sp.digamma(s.x)
    step = sp.log(s.x / (s.x + 1)) + 1 / s.x
    upper = 1 / (2 * s.x) + 1 / (12 * s.x**2)
    return (
        Induction(
            "mean logarithm",
            "Generation n adds the mean logarithm of its factor, psi((M_n-1)/2) - ln((M_n-1)/2).",
            s.n,
            sp.Integer(0),
            PREVIOUS + RATE.subs(s.M, s.sizes[s.n]),
            MEAN_LOG,
            STEPS,
            concludes=("mean-log",),
            uses=("B04",),
        ),
        Telescoping(
            "more than first order",
            "At x = (M-1)/2 the loss ln x - psi(x) of a generation is more than 1/(2x) = 1/(M-1),",
            s.x,
            shrunk - half / s.x,
            step - half / s.x + half / (s.x + 1),
        ),
        Telescoping(
            "less than second order",
            "and less than 1/(2x) + 1/(12 x^2) = 1/(M-1) + 1/(3 (M-1)^2).",
            s.x,
            upper - shrunk,
            upper - upper.subs(s.x, s.x + 1) - step,
        ),
        *(
            Citation(
                name,
                "Term by term.",
                "inequalities add up",
                "Hardy, Littlewood and Polya, Inequalities, section 1.3",
                (
                    Hypothesis("the loss of each generation", bound),
                    Hypothesis("the losses add up", "mean logarithm"),
                ),
                gives=law,
                concludes=(name,),
            )
            for name, bound, law in (
                ("lost-floor", "more than first order", FLOOR),
                ("lost-ceiling", "less than second order", CEILING),
            )
        ),
    )


def _dichotomy() -> tuple[Telescoping | Citation, ...]:
    """Return why the variance tends to 0 or to a positive limit."""
    root = sp.log(sp.gamma(s.x)) + sp.log(s.x) / 2 - sp.log(sp.gamma(s.x + sp.Rational(1, 2)))
    loss = 1 / (8 * s.x + 4)
    difference = sp.log(s.x + sp.Rational(1, 2)) - sp.log(s.x) / 2 - sp.log(s.x + 1) / 2
    spread = 1 / s.x + 1 / s.x**2
    return (
        Telescoping(
            "mean deviation",
            "-ln c4(M) > 1/(4M): E sigma_n < sigma exp(-sum 1/(4 M_i)).",
            s.x,
            root - loss,
            difference - loss + loss.subs(s.x, s.x + 1),
            uses=("B03",),
        ),
        Citation(
            "collapse",
            "If sum 1/M_i is infinite, sigma_n^2 tends to 0 almost surely.",
            "convergence of nonnegative supermartingales, and Fatou's lemma",
            "Williams, Probability with Martingales, sections 11.5 and 5.4",
            (
                Hypothesis("given the past, sigma_n does not grow on average", "mean deviation"),
                Hypothesis("its mean tends to 0", "mean deviation"),
            ),
        ),
        Telescoping(
            "spread of a factor",
            "ln Y has the variance psi'(x) < 1/x + 1/x^2 with x = (M-1)/2.",
            s.x,
            spread - sp.polygamma(1, s.x),
            spread - spread.subs(s.x, s.x + 1) - 1 / s.x**2,
            uses=("B04",),
        ),
        Citation(
            "survival",
            "If sum 1/M_i is finite, ln sigma_n^2 converges almost surely, to a finite limit.",
            "Kolmogorov's two-series theorem",
            "Kolmogorov 1933; Billingsley, Probability and Measure, theorem 22.6",
            (
                Hypothesis("the factors are independent", "B01"),
                Hypothesis("their mean logarithms have a finite sum", "lost-ceiling"),
                Hypothesis("so have the variances of the logarithms", "spread of a factor"),
            ),
        ),
    )


def _final_drift() -> tuple[Citation | Inequality, ...]:
    """Return the steps to the drift in the end."""
    term = 1 / s.i ** (1 + DELTA)
    scale = s.sigma**2 / M0

    def tail(start: sp.Expr) -> sp.Expr:
        return 1 / (DELTA * start**DELTA)

    partial = sp.Sum(term, (s.i, 1, s.n))
    return (
        Citation(
            "in the end",
            "mu_n converges almost surely and in mean square, and E(mu_oo - mu)^2 is the limit "
            "sigma^2 sum 1/M_i of the drifts.",
            "convergence of martingales bounded in mean square",
            "Williams, Probability with Martingales, section 12.1",
            (
                Hypothesis("mu_n is a martingale, with this drift", "B10"),
                Hypothesis("the drift is bounded where sum 1/M_i is finite", "B10"),
            ),
        ),
        Inequality(
            "from above",
            "For M_i = M0 i^(1+delta) the sum lies below n terms and an integral from n on,",
            FINAL_DRIFT,
            scale * (partial + tail(s.n)),
            POWERS,
            strict=True,
        ),
        Inequality(
            "from below",
            "and above n terms and an integral from n + 1 on; the two close in on each other.",
            scale * (partial + tail(s.n + 1)),
            FINAL_DRIFT,
            POWERS,
            strict=True,
            concludes=("final-drift",),
        ),
    )


def derive_dichotomy() -> Derivation:
    """Return the derivation of the losses, of the dichotomy and of the final drift."""
    return Derivation((REFITTING,), (*_logarithm(), *_dichotomy(), *_final_drift()))


LOST = r"\mathbb{E}\ln(\sigma^2/\sigma_n^2)"

DICHOTOMY = Claim(
    code="B15",
    id="gaussian.schedule-dichotomy",
    title="With varying sample sizes the variance survives if and only if sum 1/M_i is finite",
    statement=(
        "Unbiased. The mean loss of ln sigma_n^2 is sum (ln((M_i-1)/2) - psi((M_i-1)/2)), between "
        "sum 1/(M_i-1) and sum 1/(M_i-1) + 1/(3 (M_i-1)^2). If sum 1/M_i is infinite, sigma_n^2 "
        "tends to 0 almost surely; if it is finite, to a positive limit, and mu_n to a limit with "
        "E(mu_oo - mu)^2 = sigma^2 sum 1/M_i, which for the whole numbers M_i = M0 i^(1+delta) is "
        "sigma^2 zeta(1+delta)/M0 (sizes rounded up give less). Superlinear growth is not enough: "
        "M_i = i ln i still collapses."
    ),
    quantities=(
        Quantity(
            "mean-log",
            "mean of ln(sigma_n^2 / sigma^2)",
            r"\mathbb{E}\ln(\sigma_n^2/\sigma^2)",
            Relation.EQUALS,
            MEAN_LOG,
        ),
        Quantity(
            "lost-floor",
            "mean of ln(sigma^2 / sigma_n^2), bounded below",
            LOST,
            Relation.AT_LEAST,
            FLOOR,
            slack=Fraction(101, 100),
        ),
        Quantity(
            "lost-ceiling",
            "mean of ln(sigma^2 / sigma_n^2), bounded above",
            LOST,
            Relation.AT_MOST,
            CEILING,
            slack=Fraction(101, 100),
        ),
        Quantity(
            "final-drift",
            "mean square distance of the final mean from the real one, M_i = M0 i^(1+delta)",
            r"\mathbb{E}(\mu_\infty-\mu)^2",
            Relation.EQUALS,
            FINAL_DRIFT,
        ),
    ),
    domain=Domain((SCHEDULE_FROM_TWO, GENERATIONS, FIRST, GROWTH, DEVIATION)),
    sources=(
        Source("Shumailov et al. 2023, arXiv:2305.17493v3", "section 4.2, 'superlinearly'"),
        Source("derived here", "the exact condition"),
    ),
    derive=derive_dichotomy,
)

CLAIMS = (DICHOTOMY,)
