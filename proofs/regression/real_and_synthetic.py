"""Evidence on least squares fitted to real and to synthetic labels together."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from numerics import quadrature, regression_mixture
from numerics.inverse_moments import EigenvaluePair, inverse_trace, ratio, share_pair
from numerics.regression_mixture import MixtureRun
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.regression.refitting import BITS, RUNS, number, second_inverse_moment
from proofs.spread import ROUNDING
from proofs.verdict import Exact, Sampled
from theory import symbols as s
from theory.regression import real_and_synthetic as law
from theory.regression.model import NOISE
from theory.regression.real_and_synthetic import (
    C2,
    C11,
    MIXTURE_CLAIM,
    REAL,
    SHIFT,
    SYNTHETIC,
    TOTAL,
)

INTEGRATED = "densities of eigenvalues integrated"


def shares(setting: Setting) -> tuple[Fraction, Fraction]:
    """Return the means of tr B^2 and of (tr B)^2, one or two dimensions."""
    real, synthetic = setting.integer("n1"), setting.integer("n2")
    if setting.integer("d") == 1:
        square = ratio([(synthetic, 2), (real, 0)], 2)
        return square, square
    squares = share_pair(synthetic, real, 2, 0) + share_pair(synthetic, real, 0, 2)
    return squares, squares + 2 * share_pair(synthetic, real, 1, 1)


def enumerate_error(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the error.

    In two dimensions B is independent of G, in all directions alike: in the eigenvectors of G, the
    mean of tr(B G^{-1} B G) is that of tr B^2 and, from B's entry off the diagonal, of an eighth of
    the squared difference of the eigenvalues of B times (l_1 - l_2)^2 / (l_1 l_2).
    """
    d, rows = setting.integer("d"), setting.integer("n1") + setting.integer("n2")
    squares, square = shares(setting)
    if d == 2:
        gap = 2 * squares - square
        squares += gap / 8 * EigenvaluePair(rows).relative_gap()
    noise = number(setting, "sigma") ** 2 * inverse_trace(rows, d)
    return [Exact(noise + number(setting, "delta2") * squares / d)]


def enumerate_share(place: int) -> Callable[[Setting, Bench], list[Exact]]:
    """Return the experiment on the mean of tr B^2 (0) or of (tr B)^2 (1)."""

    def observed(setting: Setting, bench: Bench) -> list[Exact]:
        return [Exact(shares(setting)[place])]

    return observed


def run(experiment: str, setting: Setting, bench: Bench, replicates: int) -> MixtureRun:
    """Return kernel runs; delta does not lie along an axis."""
    d = setting.integer("d")
    shift = np.arange(1.0, d + 1.0)
    shift *= (float(number(setting, "delta2")) / (shift @ shift)) ** 0.5
    key = bench.stream_key(experiment, setting)
    real, synthetic = setting.integer("n1"), setting.integer("n2")
    noise = float(number(setting, "sigma"))

    def work(first: int, last: int) -> MixtureRun:
        return regression_mixture.simulate(shift, real, synthetic, noise, key, first, last)

    return bench.campaign(work, bench.replicates(replicates))


def measure_error(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the error in forward runs.

    Its square is bounded by |X_2 delta|^2 tr G^{-1} for the bias, fourth moments of both factors,
    and by tr G^{-1} for the noise.
    """
    d, rows = setting.integer("d"), setting.integer("n1") + setting.integer("n2")
    labels = quadrature.expected_power(setting.integer("n2"), 1, 4, BITS)
    inverse = quadrature.expected_power(rows - d + 1, 1, -4, BITS)
    bias = float((labels * inverse).upper()) ** 0.25 * d * float(number(setting, "delta2"))
    noise = second_inverse_moment(rows, d) ** 0.5 * float(number(setting, "sigma")) ** 2
    seen = run("mixture", setting, bench, 400_000).error
    return [sampled.known_second_moment(seen, 3 * (bias + noise) ** 2 * (1 + ROUNDING))]


def measure_share(place: int) -> Callable[[Setting, Bench], list[Sampled]]:
    """Return the experiment on tr B^2 or (tr B)^2 in forward runs: at most d, or d^2."""

    def observed(setting: Setting, bench: Bench) -> list[Sampled]:
        seen = run(f"share {place}", setting, bench, 100_000)
        most = float(setting.integer("d") ** (1 + place))
        values = (seen.trace_of_square, seen.square_of_trace)[place]
        return [sampled.bounded(values.clip(0.0, most), 0.0, most)]

    return observed


EXACT = (
    setting(n1=2, n2=1, d=1),
    setting(n1=3, n2=5, d=2, sigma="1/2"),
    setting(n1=7, n2=3, d=2, delta2=3, sigma=0),
    setting(n1=0, n2=4, d=1, delta2=2),
    setting(n1=5, n2=0, d=1),
    setting(n1=6, n2=3, d=1, sigma=2),
    setting(n1=9, n2=9, d=2, delta2="1/3"),
)
LARGE = (
    setting(n1=100, n2=100, d=1),
    setting(n1=51, n2=21, d=2),
    setting(n1=300, n2=30, d=1, sigma=0, delta2=2),
)
MEASURED = (setting(n1=8, n2=20, d=3), setting(n1=20, n2=8, d=2), setting(n1=6, n2=30, d=4))
SHARE = SYNTHETIC / TOTAL
FREE = law.FREEDOM
BIAS_FACTOR = SHIFT / s.d / FREE

MIXTURE_CASE = Case(
    MIXTURE_CLAIM,
    witnesses=(
        Witness(Route.ENUMERATED, "error", enumerate_error, EXACT, INTEGRATED, quick=3),
        Witness(Route.MEASURED, "error", measure_error, MEASURED, RUNS, margin=0.18),
        *(
            Witness(
                Route.ENUMERATED,
                name,
                enumerate_share(place),
                tuple(Setting({k: v for k, v in one.fixed.items() if k in ("n1", "n2", "d")})
                      for one in EXACT),
                INTEGRATED,
                quick=3,
            )
            for place, name in enumerate(("trace-of-square", "square-of-trace"))
        ),
        *(
            Witness(Route.MEASURED, name, measure_share(place), MEASURED, RUNS, margin=0.05)
            for place, name in enumerate(("trace-of-square", "square-of-trace"))
        ),
        Witness(
            Route.ENUMERATED, "leading", enumerate_error, LARGE, INTEGRATED, quick=2,
            order_margin=None,
        ),
    ),
    mutants=(
        Mutant("limit of many rows", "error", NOISE**2 * s.d / FREE + SHIFT * SHARE**2),
        Mutant("noise of one fit", "error", NOISE**2 * s.d / FREE),
        Mutant(
            "plus for minus",
            "error",
            NOISE**2 * s.d / FREE
            + BIAS_FACTOR * ((TOTAL - 1) * law.TRACE_OF_SQUARE + law.SQUARE_OF_TRACE),
        ),
        Mutant(
            "B alone", "error", NOISE**2 * s.d / FREE + SHIFT / s.d * law.TRACE_OF_SQUARE
        ),
        Mutant(
            "real and synthetic exchanged",
            "error",
            law.ERROR.subs({REAL: SYNTHETIC, SYNTHETIC: REAL}, simultaneous=True),
        ),
        Mutant("sum for half", "trace-of-square", C2 - C11),
        Mutant("square of the mean share", "trace-of-square", s.d * SHARE**2),
        Mutant("other quantity", "trace-of-square", C2 + C11),
        Mutant("square of the mean", "square-of-trace", (s.d * SHARE) ** 2),
        Mutant("half of the second", "square-of-trace", C2 + C11 / 2),
        Mutant("first alone", "square-of-trace", C2),
        Mutant("without the cross term", "leading", NOISE**2 * s.d / TOTAL + SHIFT * SHARE**2),
        Mutant("share for its square", "leading", NOISE**2 * s.d / TOTAL + SHIFT * SHARE),
        Mutant("bias left out", "leading", NOISE**2 * s.d / TOTAL),
    ),
)  # fmt: skip

CASES = (MIXTURE_CASE,)
