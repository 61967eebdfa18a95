"""One law for every fit that is linear in its noise: the sum of inverse squares."""

from fractions import Fraction

import sympy as sp

from theory import symbols as s
from theory.claim import Claim, Expected, Order, Quantity, Relation, Source
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
from theory.domain import DIMENSIONS, GENERATIONS, SAMPLES, Domain
from theory.regression.accumulate import ROUNDS, SQUARES, TERM
from theory.regression.model import ENOUGH, NOISE, NOISE_PARAMETER, ROWS, T

MEAN = Premise(
    "mean",
    "Each round draws M points about the mean fitted last, with the known variance sigma^2; the "
    "first draws them about the true mean.",
)
AUGMENT = Premise("augment", "The next fit is the mean of all points so far.")
DISCARD = Premise("discard", "Or else it is the mean of the newest M points alone.")
REGRESSION = Premise(
    "regression", "Least squares on all rounds so far, with fresh standard normal inputs."
)

ONE_MEAN = NOISE**2 / s.M
GAP = (s.d + 1) * (s.i - 1) / (s.i**2 * (s.i * T - s.d - 1))
SIZE = (s.d + 1) / (T - s.d - 1)

POINTS = Domain((SAMPLES, NOISE_PARAMETER))
OVER = Domain((GENERATIONS, SAMPLES, DIMENSIONS, ROWS), (ENOUGH,))


def _mean() -> tuple[Identity | Induction | Citation, ...]:
    """Return the steps for the mean of a Gaussian."""
    return (
        Identity(
            "one round",
            "A round's M points average to the mean fitted last and an error of this mean square.",
            sp.Sum(NOISE**2 / s.M**2, (s.j, 1, s.M)),
            ONE_MEAN,
            POINTS,
        ),
        Citation(
            "pool",
            "The mean of n equal rounds is mu_n = mu_{n-1} + error_n / n, as that of the first "
            "n - 1 of them is mu_{n-1}.",
            "arithmetic of averages",
            "Knuth, The Art of Computer Programming 2 (1997), section 4.2.2",
            (
                Hypothesis("all points count the same", "augment"),
                Hypothesis("round n is drawn about mu_{n-1}", "mean"),
            ),
        ),
        Induction(
            "augment",
            "The errors of the rounds are independent. With the pool their mean squares, in units "
            "of that of one round, add as 1/i^2;",
            s.n,
            sp.Integer(0),
            PREVIOUS + 1 / (s.n + 1) ** 2,
            SQUARES,
            Domain((GENERATIONS,)),
            concludes=("augment",),
        ),
        Induction(
            "discard",
            "without it, each round adds the risk of one.",
            s.n,
            sp.Integer(0),
            PREVIOUS + 1,
            s.n,
            Domain((GENERATIONS,)),
            concludes=("discard",),
        ),
        Citation(
            "limit",
            "The sum of all inverse squares is pi^2/6.",
            "Euler's sum of inverse squares",
            "DLMF 25.6.1",
            (Hypothesis("the ratio in round n", "augment"),),
            gives=sp.pi**2 / 6,
            concludes=("limit",),
        ),
    )


def _regression() -> tuple[Identity | Inequality | Citation, ...]:
    """Return the steps for least squares with fresh inputs."""
    return (
        Identity(
            "ratio of one round",
            "In units of the risk of one fit, round i of C03 falls short of 1/i^2 by",
            1 / s.i**2 - TERM * (T - s.d - 1),
            GAP,
            ROUNDS,
            uses=("C03",),
        ),
        Inequality(
            "small",
            "at most (d+1)/(T-d-1) times (i-1)/i^3, whose sum over all i is below 1/2.",
            GAP,
            SIZE * (s.i - 1) / s.i**3,
            ROUNDS,
        ),
        Citation(
            "approached",
            "The ratio tends to the sum of inverse squares as T/d grows.",
            "comparison of series",
            "Rudin, Principles of Mathematical Analysis, theorem 3.25",
            (
                Hypothesis("the gap of each round", "ratio of one round"),
                Hypothesis("is of order d/T", "small"),
                Hypothesis("the fit is of all rounds", "regression"),
            ),
            gives=SQUARES,
            concludes=("regression",),
        ),
    )


def derive_augment() -> Derivation:
    """Return the derivation of the ratios, exact for a mean, of order d/T for a regression."""
    return Derivation((MEAN, AUGMENT, DISCARD, REGRESSION), (*_mean(), *_regression()))


AUGMENT_CLAIM = Claim(
    code="C08",
    id="regression.augment",
    title="Augment, and the risk stays below pi^2/6 of one fit's; discard, and it grows like n",
    statement=(
        "A fit that is an average of independent noise, such as the mean of a Gaussian of known "
        "variance, has after n rounds the risk of one round times the sum of 1/i^2 if every "
        "round is kept (augment), times n if only the newest is (discard): exactly, for any "
        "number of samples. Where the fit is linear in the noise with random weights, such as "
        "least squares with fresh inputs, the ratio is the same up to an error of order d/T."
    ),
    quantities=(
        Quantity(
            "augment",
            "risk of the mean of all points so far, in units of the risk of one round",
            r"\mathbb{E}(\mu_n-\mu)^2 / \mathbb{E}(\mu_1-\mu)^2",
            Relation.EQUALS,
            SQUARES,
        ),
        Quantity(
            "limit",
            "the same as n grows",
            r"\lim_n \mathbb{E}(\mu_n-\mu)^2 / \mathbb{E}(\mu_1-\mu)^2",
            Relation.TENDS_TO,
            sp.pi**2 / 6,
        ),
        Quantity(
            "discard",
            "risk of the mean of the newest points, in units of the risk of one round",
            r"\mathbb{E}(\mu_n-\mu)^2 / \mathbb{E}(\mu_1-\mu)^2",
            Relation.EQUALS,
            s.n,
        ),
        Quantity(
            "regression",
            "error of least squares on all rounds so far, in units of the error of one round",
            r"\mathbb{E}\|w_n-w^*\|^2 / \mathbb{E}\|w_1-w^*\|^2",
            Relation.TENDS_TO,
            SQUARES,
            order=Order(T, SIZE, Fraction(1, 2)),
        ),
    ),
    domain=OVER,
    sources=(
        Source(
            "Dey and Donoho 2024, arXiv:2410.22812",
            "the ratio, asymptotic in the samples, for many models",
        ),
        Source("derived here", "the order of the error for least squares"),
    ),
    derive=derive_augment,
    expected=Expected.ORDER_AND_RANGE,
)

CLAIMS = (AUGMENT_CLAIM,)
