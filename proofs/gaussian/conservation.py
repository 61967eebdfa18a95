"""Evidence on refitting with divisor M in d dimensions: what is conserved, and the risk."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import sympy as sp
from flint import arb, fmpq

from numerics import gaussian, moments, quadrature
from numerics.start import Start
from proofs import sampled, spread
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness
from proofs.discrete.resampling import schedule
from proofs.gaussian.dimensions import (
    ENCLOSURE_BITS,
    FINITE,
    HALF,
    Floats,
    Values,
    axes,
    columns,
    finite,
    shape,
    trace,
)
from proofs.gaussian.refitting import sizes
from proofs.gaussian.walk import squared_drift, start_moments, transport
from proofs.verdict import Enclosed, Exact, Sampled
from theory import symbols as s
from theory.gaussian import conservation as law
from theory.gaussian.conservation import CONSERVATION
from theory.rounding import ends


def expected(setting: Setting, monomial: tuple[int, int], generations: int) -> Fraction:
    """Return the mean of mean^2 or of the variance, summed over the coordinates, divisor M."""
    given = sizes(setting, generations)
    if setting.start in FINITE:
        return sum(
            (
                moments.expected_from_sample(points, given, generations, monomial, "mle")
                for points in columns(setting.start)
            ),
            Fraction(0),
        )
    name, variances = shape(setting)
    assert name == "normal"
    return sum(variances) * moments.expected(monomial, given, generations, "mle")


def enumerate_drift(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the mean squared drift, every coordinate of every point expanded."""
    return [Exact(expected(setting, (2, 0), n)) for n in setting.generations]


def enumerate_covariance(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the mean trace, every coordinate of every point expanded."""
    return [Exact(expected(setting, (0, 1), n)) for n in setting.generations]


def enumerate_total(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the sum of both."""
    return [
        Exact(expected(setting, (2, 0), n) + expected(setting, (0, 1), n))
        for n in setting.generations
    ]


def overlap(setting: Setting, generations: int) -> arb:
    """Return E tr(Sigma_0^(1/2) Sigma_n Sigma_0^(1/2))^(1/2) on a line, or for pairs of points.

    On a line it is sigma E sigma_n, integrated over 2 or 3 points. Two points of N(0, I) give a
    covariance of rank 1, the difference of the points times its transpose over 4; the overlap is
    half the length of the difference, whose square is twice the sum of d squared normals. Later
    pairs lie on the line through it.
    """
    _, variances = shape(setting)
    size, axes_ = setting.integer("M"), len(variances)
    if axes_ == 1:
        one = quadrature.expected_root_of_points(size, size, ENCLOSURE_BITS)
        return arb(variances[0]) * one**generations
    assert size == 2
    assert set(variances) == {1}
    if generations == 0:
        return arb(axes_)
    first = quadrature.expected_power(axes_, 2, HALF, ENCLOSURE_BITS)
    return first * quadrature.expected_power(1, 2, HALF, ENCLOSURE_BITS) ** (generations - 1)


def enclose_risk(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return E W2^2: exact drift and traces, less twice the overlap of the covariances."""
    found = []
    for n in setting.generations:
        known = expected(setting, (2, 0), n) + expected(setting, (0, 1), n)
        known += sum(shape(setting)[1])
        ball = arb(fmpq(known.numerator, known.denominator)) - 2 * overlap(setting, n)
        found.append(Enclosed(*ends(ball)))
    return found


def simulate(
    experiment: str,
    setting: Setting,
    bench: Bench,
    function: Callable[[gaussian.MultivariateRun, Start], Floats],
) -> Floats:
    """Return a function (R, G) of kernel runs with divisor M; every point is drawn."""
    name, variances = shape(setting)
    start = Start.named(name, np.arange(1.0, len(variances) + 1), np.diag(np.sqrt(variances)))
    key = bench.stream_key(experiment, setting)

    def work(first: int, last: int) -> Values:
        run = gaussian.simulate_multivariate(
            start, schedule(setting), setting.generations, key, first, last, "mle"
        )
        return Values(function(run, start))

    return bench.campaign(work, bench.replicates(60_000)).values


def second_moments(setting: Setting, drift: bool, fitted: bool, real: bool) -> list[float]:
    """Return bounds on the second moment of the sum of the parts named, by Minkowski."""
    coordinates = start_moments(setting)
    found = []
    for n in setting.generations:
        given = sizes(setting, n)
        norm = sum(one.second for one in coordinates) if real else 0.0
        if drift:
            norm += spread.drift_second_moment(given, n, coordinates, "mle") ** 0.5
        if fitted:
            norm += spread.trace_second_moment(given, n, coordinates, "mle") ** 0.5
        found.append(norm**2)
    return found


def measured(
    name: str,
    function: Callable[[gaussian.MultivariateRun, Start], Floats],
    drift: bool,
    fitted: bool,
    real: bool = False,
) -> Callable[[Setting, Bench], list[Sampled]]:
    """Return the experiment that simulates a function; the parts that bound it are named."""

    def observe(setting: Setting, bench: Bench) -> list[Sampled]:
        values = simulate(name, setting, bench, function)
        seconds = second_moments(setting, drift, fitted, real)
        return [
            sampled.known_second_moment(column, second)
            for column, second in zip(values.T, seconds, strict=True)
        ]

    return observe


def total(run: gaussian.MultivariateRun, start: Start) -> Floats:
    """Return the squared drift plus the trace."""
    return squared_drift(run, start) + trace(run, start)


EXPANDED = (
    axes((0, 1, 3, 50), 4, (1, 3)),
    finite((1, 4), 5, "corners"),
    axes((3,), (2, 1, 3), (1, 1, 4)),
    finite((3,), (4, 2, 9), "tripod"),
    finite((1, 30), 3, "skewed"),
)
SIMULATED = (
    axes((1, 5), 6, (1, 3)),
    axes((4,), 8, (1, 1, 1), "exponential"),
    axes((3,), (5, 3, 9), (1, 4), "two-point"),
)
SPAN = (s.i, 0, s.n - 1)
UNBIASED_DRIFT = s.trace * sp.Sum(1 / s.sizes[s.i], SPAN)

CONSERVATION_CASE = Case(
    CONSERVATION,
    witnesses=(
        *(
            Witness(Route.ENUMERATED, name, observe, EXPANDED, "expanded polynomials", quick=3)
            for name, observe in (
                ("total", enumerate_total),
                ("covariance", enumerate_covariance),
                ("drift", enumerate_drift),
            )
        ),
        *(
            Witness(
                Route.MEASURED,
                name,
                observe,
                SIMULATED,
                "forward runs, all points drawn",
                margin=0.1,
            )
            for name, observe in (
                ("total", measured("total", total, True, True)),
                ("covariance", measured("covariance", trace, False, True)),
                ("drift", measured("drift", squared_drift, True, False)),
            )
        ),
        Witness(
            Route.ENCLOSED,
            "risk",
            enclose_risk,
            (
                axes((1, 5, 60), 2, (4,)),
                axes((1, 60), 2, (1, 1, 1)),
                axes((2, 200), 3, (1,)),
                axes((1, 3), 2, (1,) * 10),
            ),
            "expanded polynomials, then ball quadrature over the points",
            quick=2,
        ),
        Witness(
            Route.MEASURED,
            "risk",
            measured("risk", transport, True, True, real=True),
            (axes((1, 10), 5, (1, 4)), axes((5,), 4, (1, 1, 9))),
            "forward runs, matrix square roots",
        ),
    ),
    mutants=(
        Mutant("grows, as with divisor M - 1", "total", s.trace + UNBIASED_DRIFT),
        Mutant("decays with the covariance", "total", law.COVARIANCE),
        Mutant("conserved on each axis only", "total", s.trace / s.d),
        Mutant("one trace", "risk", s.trace),
        Mutant("traces and drift with divisor M - 1", "risk", 2 * s.trace + UNBIASED_DRIFT),
        Mutant("half as much again", "risk", sp.Rational(3, 2) * s.trace),
        Mutant("twice the bound", "risk", 4 * s.trace),
        Mutant("conserved, as with divisor M - 1", "covariance", s.trace),
        Mutant(
            "squared factor",
            "covariance",
            s.trace * sp.Product((1 - 1 / s.sizes[s.i]) ** 2, SPAN),
        ),
        Mutant("last generation only", "covariance", s.trace * (1 - 1 / s.sizes[s.n - 1])),
        Mutant("without end, as with divisor M - 1", "drift", UNBIASED_DRIFT),
        Mutant("one axis only", "drift", law.DRIFT / s.d),
        Mutant("first generation only", "drift", s.trace / s.sizes[0]),
    ),
)

CASES = (CONSERVATION_CASE,)
