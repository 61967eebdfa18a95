"""Evidence on refitting in d dimensions: how far the mean walks, and the W2 risk."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import sympy as sp
from flint import arb, fmpq

from numerics import gaussian, moments
from numerics.start import Start
from numerics.wasserstein import gaussian_distance
from proofs import sampled, spread
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness
from proofs.gaussian.dimensions import (
    ENCLOSURE_BITS,
    FINITE,
    Floats,
    axes,
    columns,
    finite,
    root_power,
    shape,
    simulate,
)
from proofs.verdict import Enclosed, Exact, Sampled
from theory import symbols as s
from theory.gaussian import walk as law
from theory.gaussian.walk import WALK
from theory.rounding import ends

SPAN = (s.i, 0, s.n - 1)
MLE_DRIFT = s.trace * (1 - sp.Product(1 - 1 / s.sizes[s.i], SPAN))
#: E xi^4 of one standardised coordinate of a named law.
FOURTH = {"normal": 3.0, "exponential": 9.0, "two-point": 1.0, "laplace": 6.0}


def sizes(setting: Setting, generations: int) -> list[int]:
    """Return the samples of each generation as a list of that length."""
    given = [int(size) for size in setting.numbers("M")]
    return given * generations if len(given) == 1 else given[:generations]


def expected(setting: Setting, monomial: tuple[int, int], generations: int) -> Fraction:
    """Return the exact mean of a monomial in mean and variance, summed over the coordinates.

    monomial: (2, 0) or (0, 1), so that a coordinate of variance v contributes v times that of
    variance 1.
    """
    fit: moments.Estimator = "unbiased"
    schedule = sizes(setting, generations)
    if schedule[-1:] == [1]:  # it has a mean alone, which no divisor changes
        assert monomial == (2, 0)
        if generations > 1:  # the one point lies off the last mean by the last deviation
            return sum(
                (expected(setting, one, generations - 1) for one in ((2, 0), (0, 1))), Fraction(0)
            )
        fit = "mle"
    if setting.start in FINITE:
        return sum(
            (
                moments.expected_from_sample(points, schedule, generations, monomial, fit)
                for points in columns(setting.start)
            ),
            Fraction(0),
        )
    name, variances = shape(setting)
    assert name == "normal"
    return sum(variances) * moments.expected(monomial, schedule, generations, fit)


def enumerate_drift(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the mean squared drift from exact moments, coordinate by coordinate.

    Each coordinate of the refit is a refit on a line. Where D_0 is finite, all first samples are
    visited.
    """
    return [Exact(expected(setting, (2, 0), n)) for n in setting.generations]


def enclose_risk(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return E W2^2 on a line, for a normal D_0 or the fair coin with values -1 and 1.

    On a line the monotone coupling is the best one: with Z standard normal it joins
    mu + sigma Z to m_0 + s Z, or to the coin sign(Z). So W2^2 is
    (mu - m_0)^2 + sigma^2 + s^2 - 2 sigma s times E Z^2 = 1, or E abs(Z) for the coin.
    """
    coin = setting.start == "coin"
    real = 1 if coin else sum(shape(setting)[1])
    match = root_power(1) if coin else arb(1)
    found = []
    for n in setting.generations:
        schedule = sizes(setting, n)
        root = arb(real).sqrt()
        if coin:
            size = schedule.pop(0)
            root = moments.expected_root_from_sample(FINITE["coin"], size, ENCLOSURE_BITS)
        for size in schedule:
            root *= root_power(size - 1)
        known = expected(setting, (2, 0), n) + expected(setting, (0, 1), n) + real
        ball = arb(fmpq(known.numerator, known.denominator)) - 2 * arb(real).sqrt() * root * match
        found.append(Enclosed(*ends(ball)))
    return found


def start_moments(setting: Setting) -> list[spread.Moments[float]]:
    """Return the central moments of each coordinate of a start made by `axes`."""
    name, variances = shape(setting)
    return [spread.Moments(float(v), FOURTH[name] * v * v) for v in variances]


def squared_drift(run: gaussian.MultivariateRun, start: Start) -> Floats:
    """Return the squared distance of the fitted mean from the real one, (R, G)."""
    return np.asarray(((run.mean - start.mean) ** 2).sum(axis=2))


def transport(run: gaussian.MultivariateRun, start: Start) -> Floats:
    """Return the squared W2 distance of the fitted from the real Gaussian, (R, G)."""
    return gaussian_distance(run.mean, run.covariance, start.mean, start.covariance)


def measure_drift(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean squared drift in simulated runs.

    Its second moment is bounded through the fourth moments of the coordinates. Few generations
    only: later, rare runs carry the mean and no number of replicates shows it.
    """
    values = simulate("drift", setting, bench, 200_000, squared_drift)
    coordinates = start_moments(setting)
    return [
        sampled.known_second_moment(
            values[:, g], spread.drift_second_moment(sizes(setting, n), n, coordinates)
        )
        for g, n in enumerate(setting.generations)
    ]


def risk_second_moments(setting: Setting) -> list[float]:
    """Return an upper bound for the second moment of W2^2 at each generation.

    W2^2 is at most the squared drift plus both traces, by the independent coupling; Minkowski's
    inequality bounds the second moment of the sum.
    """
    coordinates = start_moments(setting)
    found = []
    for n in setting.generations:
        schedule = sizes(setting, n)
        norm = spread.drift_second_moment(schedule, n, coordinates) ** 0.5
        norm += spread.trace_second_moment(schedule, n, coordinates) ** 0.5
        norm += sum(one.second for one in coordinates)
        found.append(norm**2)
    return found


def measure_risk(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean W2^2 to a normal D_0 in simulated runs, from matrix square roots."""
    values = simulate("risk", setting, bench, 120_000, transport)
    return [
        sampled.known_second_moment(column, second)
        for column, second in zip(values.T, risk_second_moments(setting), strict=True)
    ]


ON_A_LINE = (
    axes((1, 8, 200), 2, (1,)),
    finite((10, 100), 2, "coin"),
    axes((1, 10, 100), 10, (4,)),
    axes((4,), (2, 3, 5, 8), (1,)),
    finite((3,), (6, 2, 3), "coin"),
)
#: Unequal variances keep what the covariance adds to the risk small beside the drift.
IN_SPACE = (
    axes((5, 10), 10, (1, 100)),
    axes((6,), 10, (1, 4, 25)),
    axes((4,), (6, 8, 12, 24), (2, 50)),
    axes((5,), 12, (1, 1, 1, 1, 100)),
)


def risk_witnesses(quantity: str) -> tuple[Witness, ...]:
    """Return the evidence on E W2^2 that both of its bounds are confronted with."""
    return (
        Witness(Route.ENCLOSED, quantity, enclose_risk, ON_A_LINE, "ball quadrature", quick=2),
        Witness(
            Route.MEASURED,
            quantity,
            measure_risk,
            IN_SPACE,
            "forward runs, matrix square roots",
        ),
    )


WALK_CASE = Case(
    WALK,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "drift",
            enumerate_drift,
            (
                axes((1, 3, 50), 4, (1, 3)),
                finite((1, 4), 5, "corners"),
                finite((2,), (4, 1), "corners"),
                axes((1,), 1, (1, 2)),
                axes((3,), (2, 7, 3), (1, 1, 4)),
                finite((3,), (4, 2, 9), "tripod"),
                finite((1, 30), 3, "skewed"),
            ),
            "expanded polynomials, all samples of a finite D_0",
            quick=5,
        ),
        Witness(
            Route.MEASURED,
            "drift",
            measure_drift,
            (
                axes((1, 3), 8, (1, 3)),
                axes((1, 5), 10, (1, 1, 1), "exponential"),
                axes((3,), (5, 10, 20), (1, 1, 1, 1, 1), "two-point"),
                axes((1, 2), 4, (2,), "laplace"),
            ),
            "forward runs, all points drawn",
            margin=0.05,
        ),
        *risk_witnesses("risk"),
        *risk_witnesses("ceiling"),
    ),
    mutants=(
        Mutant("M_i - 1 for M_i", "drift", s.trace * sp.Sum(1 / (s.sizes[s.i] - 1), SPAN)),
        Mutant("one axis only", "drift", law.DRIFT / s.d),
        Mutant("d times too many", "drift", s.d * law.DRIFT),
        Mutant("bounded, as with the MLE", "drift", MLE_DRIFT),
        Mutant("last generation only", "drift", s.trace / s.sizes[s.n - 1]),
        Mutant("last size for all", "drift", s.n * s.trace / s.sizes[s.n - 1]),
        Mutant("three halves", "risk", sp.Rational(3, 2) * law.DRIFT),
        Mutant("two more traces", "risk", law.CEILING),
        Mutant("drift d times too many", "risk", s.d * law.DRIFT),
        Mutant("one trace only", "ceiling", law.DRIFT + s.trace),
        Mutant("traces only, as with the MLE", "ceiling", 2 * s.trace),
        Mutant("first order", "ceiling", sp.Rational(3, 2) * law.DRIFT),
    ),
)

CASES = (WALK_CASE,)
