"""Evidence on the survival of the deviation: tails integrated over points, and counts of runs."""

from __future__ import annotations

import math

import numpy as np
import sympy as sp
from flint import ctx

from numerics import product_tail, quadrature
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian import varied
from proofs.gaussian.refitting import FREE_NORMALS, divisor, simulate
from proofs.gaussian.varied import BITS, enclosed
from proofs.spread import ROUNDING
from proofs.verdict import Enclosed, Sampled
from theory import symbols as s
from theory.digamma import InverseDigamma
from theory.gaussian import survival as law
from theory.gaussian.rate import RATE, RATE_MLE, SPREAD
from theory.gaussian.survival import RATE_BOUNDS, SURVIVAL


def enclose_survival(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the probability of survival over one or two generations, integrated."""
    size = setting.integer("M")
    level = setting.numbers("eps")[0] ** 2
    return [
        enclosed(product_tail.survival(size - 1, divisor(setting, size), n, level, 48))
        for n in setting.generations
    ]


def measure_survival(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the share of runs whose deviation survives."""
    run = simulate("survival", setting, bench, 300_000 // max(setting.integer("M") // 4, 1))
    level = 2 * math.log(setting.numbers("eps")[0])
    counts = np.count_nonzero(run.log_variance >= level, axis=0)
    return [sampled.share(int(count), len(run.log_variance)) for count in counts]


#: At two and three points nothing is taken for granted about degrees of freedom.
ON_POINTS = (
    setting((1, 2), M=2, eps="3/4"),
    setting((1, 2), M=3, eps="1/5"),
    setting((1,), M=3, eps="7/10"),
    setting((1, 2), M=2, eps="1/10", estimator="mle"),
    setting((2,), M=3, eps="7/10", estimator="mle"),
    setting((1,), M=2, eps=2),
)
RARE = (
    setting((10,), M=2, eps="9/5"),
    setting((20,), M=2, eps=3),
    setting((1, 6), M=5, eps="1/2", estimator="mle"),
    setting((40,), M=20, eps="1/2"),
)


def survival_witnesses(quantity: str) -> tuple[Witness, ...]:
    """Return the evidence on P(sigma_n >= eps sigma) that its bounds are confronted with."""
    return (
        Witness(
            Route.ENCLOSED,
            quantity,
            enclose_survival,
            ON_POINTS,
            "tails integrated over the points",
            quick=4,
        ),
        Witness(
            Route.ENCLOSED,
            quantity,
            enclose_survival,
            (setting((1, 2), M=12, eps="4/5"), setting((2,), M=20, eps=1, estimator="mle")),
            "tails integrated over free normals",
            principles=FREE_NORMALS,
        ),
        Witness(
            Route.MEASURED,
            quantity,
            measure_survival,
            RARE,
            "forward runs, all points drawn",
            quick=2,
        ),
    )


#: The log-normal law's tail, which has the right mean and variance of the logarithm.
NORMAL = sp.exp(-((2 * sp.log(s.epsilon) - s.n * RATE) ** 2) / (2 * s.n * SPREAD))
HALF = (s.M - 1) / 2

SURVIVAL_CASE = Case(
    SURVIVAL,
    witnesses=(*survival_witnesses("markov"), *survival_witnesses("chernoff")),
    mutants=(
        Mutant("square of c4", "markov", s.c4(s.M) ** (2 * s.n) / s.epsilon),
        Mutant("estimators exchanged", "markov", law.MARKOV_MLE, law.MARKOV),
        Mutant("almost sure rate", "markov", sp.exp(s.n * RATE / 2) / s.epsilon),
        Mutant("of the variance", "markov", s.epsilon**-2),
        Mutant("twice the bound", "markov", 2 * law.MARKOV, 2 * law.MARKOV_MLE),
        Mutant("exponent doubled", "chernoff", law.CHERNOFF**2, law.CHERNOFF_MLE**2),
        Mutant("log-normal", "chernoff", NORMAL),
        Mutant(
            "orders below 0 too",
            "chernoff",
            law.bound_of_order(s.M - 1, InverseDigamma(
                sp.log(HALF) + 2 * sp.log(s.epsilon) / s.n) - HALF),
        ),
        Mutant("estimators exchanged (best)", "chernoff", law.CHERNOFF_MLE, law.CHERNOFF),
        Mutant("twice the best bound", "chernoff", 2 * law.CHERNOFF, 2 * law.CHERNOFF_MLE),
    ),
)  # fmt: skip


# --- B08: exponential rates -----------------------------------------------------------------------


def enclose_factor(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean root of one factor of the variance."""
    size = setting.integer("M")
    return [enclosed(varied.root_factor(size, divisor(setting, size)))]


def enclose_rate(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return half the mean logarithm of one factor of the variance."""
    size = setting.integer("M")
    with ctx.workprec(BITS):
        return [enclosed(varied.log_factor(size, divisor(setting, size)) / 2)]


def measure_rate(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return ln(sigma_n) / n, averaged over long runs."""
    n = 200
    run = simulate("rate", Setting(setting.fixed, (n,)), bench, 10_000)
    spread = float(quadrature.variance_log(setting.integer("M") - 1, 64).upper()) / (4 * n)
    values = run.log_variance[:, 0] / (2 * n)
    return [sampled.known_variance(values, spread * (1 + ROUNDING))]


SIZES = (
    setting(M=2),
    setting(M=3, estimator="mle"),
    setting(M=40),
    setting(M=300, estimator="mle"),
    setting(M=300),
)

RATE_BOUNDS_CASE = Case(
    RATE_BOUNDS,
    witnesses=(
        Witness(
            Route.ENCLOSED,
            "factor",
            enclose_factor,
            SIZES,
            "ball quadrature over norm and angle",
            quick=4,
        ),
        *survival_witnesses("survival"),
        Witness(
            Route.ENCLOSED,
            "rate",
            enclose_rate,
            SIZES,
            "ball quadrature over norm and angle",
            quick=2,
        ),
        Witness(
            Route.MEASURED,
            "rate",
            measure_rate,
            (setting(M=2), setting(M=6, estimator="mle")),
            "forward runs, all points drawn; spread by quadrature",
            margin=0.05,
        ),
    ),
    mutants=(
        Mutant("M - 1 for M", "factor", sp.exp(-1 / (4 * (s.M - 1)))),
        Mutant(
            "a third", "factor", sp.exp(-1 / (3 * s.M)), sp.exp(-5 / (6 * s.M))
        ),
        Mutant("estimators exchanged", "factor", law.FIRST_ORDER_MLE, law.FIRST_ORDER),
        Mutant("almost sure rate", "factor", sp.exp(RATE / 2), sp.exp(RATE_MLE / 2)),
        Mutant("estimators exchanged (survival)", "survival", law.SURESH_MLE, law.SURESH),
        Mutant("almost sure rate (survival)", "survival", sp.exp(s.n * RATE / 2) / s.epsilon),
        Mutant("twice the bound", "survival", 2 * law.SURESH, 2 * law.SURESH_MLE),
        Mutant("rate of the variance", "rate", RATE, RATE_MLE),
        Mutant("as in the bound", "rate", -1 / (4 * s.M), -3 / (4 * s.M)),
        Mutant("first order", "rate", -1 / (2 * (s.M - 1))),
        Mutant("of the mean deviation", "rate", sp.log(s.c4(s.M))),
    ),
)  # fmt: skip

CASES = (SURVIVAL_CASE, RATE_BOUNDS_CASE)
