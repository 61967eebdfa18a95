"""Points that lie far from the mean are redrawn: every generation cuts off its tails."""

from dataclasses import replace

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
from theory.gaussian.variance import SAMPLES_FROM_TWO

C = sp.Symbol("c", positive=True)
CUT = Parameter("c", C, "cut, in fitted standard deviations", Kind.REAL, 0, low_open=True)

REFITTING = Premise(
    "refitting",
    "Given (mu_n, sigma_n), M independent points are drawn from N(mu_n, sigma_n^2), and a point "
    "farther than c sigma_n from mu_n is drawn again; their mean and their unbiased variance are "
    "mu_{n+1} and sigma_{n+1}^2. D_0 is N(mu, sigma^2), and it is cut off too.",
)

PEAK = sp.exp(-(C**2) / 2) / sp.sqrt(2 * sp.pi)
#: Probability of staying inside, 2 Phi(c) - 1.
INSIDE = sp.erf(C / sp.sqrt(2))
KEPT = 1 - 2 * C * PEAK / INSIDE
MEAN = s.sigma**2 * KEPT**s.n
ONE_CUT = Domain((CUT,))
BEFORE_TURN = Domain((replace(CUT, high=1),))
STEP = sp.Rational(1, 2**20)


def derive_truncation() -> Derivation:
    """Return the derivation of E sigma_n^2 where points beyond c standard deviations are cut."""
    squares = INSIDE - 2 * C * PEAK
    secant = (squares.subs(C, C + STEP) - squares) / STEP
    return Derivation(
        (REFITTING,),
        (
            Inequality(
                "squares below",
                "2 Phi(c) - 1 - 2 c phi(c) is 0 at c = 0 and has the slope 2 c^2 phi(c), phi the "
                "normal density: it is the integral of z^2 phi(z) over (-c, c). The slope rises "
                "up to c = sqrt 2, and any secant before lies between its values at both ends,",
                2 * C**2 * PEAK,
                secant,
                BEFORE_TURN,
            ),
            Inequality(
                "squares above",
                "at the right end as at the left one; an analytic function is known from there.",
                secant,
                (2 * C**2 * PEAK).subs(C, C + STEP),
                BEFORE_TURN,
            ),
            Identity(
                "variance inside",
                "Their ratio is the variance of a cut standard normal point, whose mean is 0.",
                squares / INSIDE,
                KEPT,
                ONE_CUT,
            ),
            Inequality(
                "below one",
                "It is positive,",
                sp.Integer(0),
                KEPT,
                ONE_CUT,
                strict=True,
            ),
            Citation(
                "unbiased",
                "The variance with divisor M - 1 of independent points of any law has that law's "
                "variance as its mean: here tau(c) sigma_n^2.",
                "unbiasedness of the sample variance",
                "Casella and Berger, Statistical Inference, theorem 5.2.6",
                (
                    Hypothesis("the points are independent and of one law", "refitting"),
                    Hypothesis("whose variance is tau(c) sigma_n^2", "variance inside"),
                ),
            ),
            Induction(
                "mean variance",
                "and every generation multiplies the mean variance by it.",
                s.n,
                s.sigma**2,
                KEPT * PREVIOUS,
                MEAN,
                Domain((GENERATIONS, CUT, DEVIATION)),
                concludes=("mean",),
            ),
        ),
    )


TRUNCATION = Claim(
    code="B37",
    id="gaussian.truncated-sampling",
    title="Cut the tails off and even the mean of the unbiased variance decays, by tau(c) < 1",
    statement=(
        "Keep only points within c standard deviations of the fitted mean, and refit without "
        "bias: the mean variance is sigma^2 tau(c)^n with "
        "tau(c) = 1 - 2 c phi(c) / (2 Phi(c) - 1), the variance of a cut standard normal point, "
        "whatever M >= 2."
    ),
    quantities=(
        Quantity(
            "mean",
            "mean fitted variance",
            r"\mathbb{E}[\sigma_n^2]",
            Relation.EQUALS,
            MEAN,
        ),
    ),
    domain=Domain((SAMPLES_FROM_TWO, GENERATIONS, CUT, DEVIATION)),
    sources=(Source("classical variance of a truncated normal law; iterated here"),),
    derive=derive_truncation,
)

CLAIMS = (TRUNCATION,)
