"""Evidence on the divergences between the fitted and the real Gaussian."""

from __future__ import annotations

from math import sqrt

import sympy as sp
from flint import arb, ctx

from numerics import quadrature
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian import varied
from proofs.gaussian.refitting import divisor, expanded, fourth, simulate
from proofs.gaussian.varied import BITS, ball, enclosed
from proofs.spread import ROUNDING
from proofs.verdict import Enclosed, Sampled
from theory import symbols as s
from theory.gaussian import relative_entropy as law
from theory.gaussian.rate import RATE, RATE_MLE
from theory.gaussian.relative_entropy import DIVERGENCES


def enclose_forward(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return half of E variance + E mean^2 - 1 - E ln variance."""
    size = setting.integer("M")
    found = []
    for n in setting.generations:
        moments = expanded(setting, n, {(2, 0): 1, (0, 1): 1})
        with ctx.workprec(BITS):
            logs = n * varied.log_factor(size, divisor(setting, size))
            found.append(enclosed((ball(moments) - 1 - logs) / 2))
    return found


def enclose_backward(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return half of E (1 + mean^2) / variance - 1 + E ln variance.

    The next mean is m + sqrt(v) z and the next variance v Y, so that m^2/v becomes
    (m^2/v + 2 m z / sqrt(v) + z^2) / Y. The cross term has mean 0: turning the signs of all points
    turns z and leaves Y.
    """
    size = setting.integer("M")
    inverse, walk = varied.inverse_factor(size, divisor(setting, size))
    found = []
    with ctx.workprec(BITS):
        log = varied.log_factor(size, divisor(setting, size))
        for n in setting.generations:
            scale, drift = arb(1), arb(0)
            for _ in range(n):
                scale, drift = scale * inverse, drift * inverse + walk
            found.append(enclosed((scale + drift - 1 + n * log) / 2))
    return found


def measure_forward(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean divergence of simulated runs.

    The standard deviation of a sum is at most the sum of its parts'; that of the logarithm is an
    integral, those of variance and mean^2 are found by expansion.
    """
    run = simulate("forward", setting, bench, 300_000)
    log = float(quadrature.variance_log(setting.integer("M") - 1, 64).upper())
    found = []
    for g, n in enumerate(setting.generations):
        mean, square = (float(expanded(setting, n, {one: 1})) for one in ((0, 1), (2, 0)))
        bound = fourth(setting, n)
        parts = (bound.variance - mean**2, bound.mean - square**2, n * log)
        values = (run.variance[:, g] + run.mean[:, g] ** 2 - 1 - run.log_variance[:, g]) / 2
        spread = sum(sqrt(max(part, 0)) for part in parts) ** 2 / 4 * (1 + ROUNDING)
        found.append(sampled.known_variance(values, spread))
    return found


def walked(inverse: sp.Expr, first: int, last: sp.Expr) -> sp.Expr:
    """Return (1/M) times the sum of powers of a factor."""
    return sp.Sum(inverse**s.j, (s.j, first, last)) / s.M


def wrong(inverse: sp.Expr, rate: sp.Expr, walk: sp.Expr) -> sp.Expr:
    """Return the backward law with other parts."""
    return (inverse**s.n - 1 + s.n * rate + walk) / 2


R, R_MLE = law.INVERSE, law.INVERSE_MLE
NEXT = s.M / sp.Max(s.M - 2, 0)

DIVERGENCES_CASE = Case(
    DIVERGENCES,
    witnesses=(
        Witness(
            Route.ENCLOSED,
            "forward",
            enclose_forward,
            (
                setting((1, 4), M=2),
                setting((0, 3), M=3, estimator="mle"),
                setting((1, 20), M=10),
                setting((100,), M=60, estimator="mle"),
            ),
            "every point expanded; ball quadrature over norm and angle",
            quick=2,
        ),
        Witness(
            Route.ENCLOSED,
            "backward",
            enclose_backward,
            (
                setting((1, 3), M=4),
                setting((0, 2, 9), M=5, estimator="mle"),
                setting((1, 50), M=12),
                setting((100,), M=60, estimator="mle"),
            ),
            "ball quadrature over norm and angle",
            quick=2,
        ),
        Witness(
            Route.MEASURED,
            "forward",
            measure_forward,
            (
                setting((2, 10), M=5, estimator="mle"),
                setting((2, 5), M=10),
                setting((10,), M=20),
            ),
            "forward runs, all points drawn; spread by quadrature",
            margin=0.05,
        ),
    ),
    mutants=(
        Mutant("walk left out", "forward", -s.n * RATE / 2),
        Mutant("walk in both", "forward", law.FORWARD, s.n * (1 / s.M - RATE_MLE) / 2),
        Mutant("first order", "forward", s.n * (1 / s.M + 1 / (s.M - 1)) / 2),
        Mutant("half forgotten", "forward", 2 * law.FORWARD, 2 * law.FORWARD_MLE),
        Mutant("M for M - 1", "forward", law.FORWARD.subs(s.M, s.M + 1)),
        Mutant("estimators exchanged", "backward", law.BACKWARD_MLE, law.BACKWARD),
        Mutant(
            "one degree of freedom too many",
            "backward",
            wrong(NEXT, RATE, walked(NEXT, 1, s.n)),
        ),
        Mutant("walk left out (backward)", "backward", wrong(R, RATE, sp.Integer(0))),
        Mutant(
            "one power too low",
            "backward",
            wrong(R, RATE, walked(R, 0, s.n - 1)),
            wrong(R_MLE, RATE_MLE, walked(R_MLE, 0, s.n - 1)),
        ),
        Mutant("last variance for all steps", "backward", wrong(R, RATE, s.n * R**s.n / s.M)),
        Mutant("sign of the logarithm", "backward", law.BACKWARD - s.n * RATE),
    ),
)

CASES = (DIVERGENCES_CASE,)
