"""Evidence on fits with errors of their own."""

from __future__ import annotations

import math
from fractions import Fraction

import sympy as sp
from flint import arb, fmpq

from numerics import moments_mixed, quadrature
from numerics.moments_mixed import Mixed
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian.accumulation import EXPANDED, RUNS
from proofs.gaussian.mixed import DRIFT, VARIANCE, enumerate_after, measure, simulate
from proofs.gaussian.variance import ENCLOSURE_BITS
from proofs.spread import ROUNDING
from proofs.verdict import Enclosed, Sampled
from theory import symbols as s
from theory.gaussian import noise as law
from theory.gaussian.rate import RATE
from theory.rounding import ends


def noisy(setting: Setting) -> Mixed:
    """Return rounds without real points, with errors of mean and variance."""
    error, jolt = (
        setting.numbers(name)[0] if name in setting.fixed else Fraction(0)
        for name in ("tau", "eta")
    )
    return Mixed(0, setting.integer("M"), error=error, jolt=jolt)


def enclose_risk(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the risk: two moments expanded, the mean root integrated over 2 or 3 points."""
    mixed, size = noisy(setting), setting.integer("M")
    one = quadrature.expected_root_of_points(size, size - 1, ENCLOSURE_BITS)
    up, down = (
        arb(fmpq(x.numerator, x.denominator)).sqrt() for x in (1 + mixed.jolt, 1 - mixed.jolt)
    )
    one *= (up + down) / 2
    found = []
    for n in setting.generations:
        total = 1 + sum(
            (moments_mixed.expected(m, mixed, n) for m in (DRIFT, VARIANCE)), Fraction(0)
        )
        found.append(Enclosed(*ends(fmpq(total.numerator, total.denominator) - 2 * one**n)))
    return found


def measure_rate(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return ln(sigma_n^2) / n averaged over long runs, one factor's spread an integral."""
    run = simulate("rate", setting, bench, 20_000, noisy)
    jolt = float(noisy(setting).jolt)
    half = math.log((1 + jolt) / (1 - jolt)) / 2
    spread = float(quadrature.variance_log(setting.integer("M") - 1, ENCLOSURE_BITS).upper())
    variance = (spread + half**2) * (1 + ROUNDING)
    return [
        sampled.known_variance(run.log_variance[:, g] / n, variance / n)
        for g, n in enumerate(setting.generations)
    ]


SMALL = (
    setting((1, 3), M=2, tau="1/2", eta="1/3"),
    setting((0, 2, 10), M=3, tau=2, eta="9/10"),
    setting((5,), M=6, tau="1/10"),
    setting((4,), M=4, eta="1/2"),
)
LARGE = (setting((1, 3), M=6, tau="1/2", eta="1/3"), setting((4,), M=7, tau="1/5", eta="1/10"))

NOISY_CASE = Case(
    law.NOISY_FITS,
    witnesses=(
        *(
            Witness(Route.ENUMERATED, name, enumerate_after(noisy, monomial), SMALL, EXPANDED, 2)
            for name, monomial in (("drift", DRIFT), ("variance", VARIANCE))
        ),
        *(
            Witness(Route.MEASURED, name, measure(noisy, monomial), LARGE, RUNS, margin=0.06)
            for name, monomial in (("drift", DRIFT), ("variance", VARIANCE))
        ),
        Witness(
            Route.ENCLOSED,
            "risk",
            enclose_risk,
            (
                setting((1, 4), M=2, tau=8, eta="1/3"),
                setting((1, 3), M=3, tau="1/2"),
                setting((30,), M=3, eta="1/2"),
            ),
            "every draw expanded; ball quadrature over the points",
        ),
        Witness(
            Route.MEASURED,
            "rate",
            measure_rate,
            (
                setting((200,), M=3, eta="1/2"),
                setting((200,), M=10, eta="9/10"),
                setting((200,), M=5),
            ),
            RUNS,
            quick=2,
            margin=0.03,
        ),
    ),
    mutants=(
        Mutant("errors left out", "drift", s.n * s.sigma**2 / s.M),
        Mutant("error averaged too", "drift", s.n * (s.sigma**2 + law.TAU**2) / s.M),
        Mutant("standard deviations added", "drift", s.n * (s.sigma / sp.sqrt(s.M) + law.TAU) ** 2),
        Mutant("last error not counted", "drift", law.DRIFT - law.TAU**2),
        Mutant("a bound for the ratio", "risk", 2 * law.DRIFT),
        Mutant("three halves", "risk", sp.Rational(3, 2) * law.DRIFT),
        Mutant("half the drift", "risk", law.DRIFT / 2),
        Mutant("variance swells", "variance", s.sigma**2 * (1 + law.ETA**2) ** s.n),
        Mutant("variance shrinks", "variance", s.sigma**2 * (1 - law.ETA**2) ** (s.n / 2)),
        Mutant("variance takes the errors", "variance", s.sigma**2 + s.n * law.TAU**2),
        Mutant("rate without errors", "rate", RATE),
        Mutant("slower collapse", "rate", RATE - sp.log(1 - law.ETA**2) / 2),
        Mutant("both errors in one step", "rate", RATE + sp.log(1 - law.ETA**2)),
        Mutant("first order in eta", "rate", RATE - law.ETA**2 / 2),
    ),
)

CASES = (NOISY_CASE,)
