"""d dimensions: the rate of collapse, the walk of the mean, and the distance between Gaussians."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import integrate, linalg, stats

from numerics.moments import expected_from_sample, expected_root_from_sample
from numerics.quadrature import expected_root_of_mixture
from numerics.start import Start
from numerics.wasserstein import covariance_root, gaussian_distance
from proofs.case import Setting
from proofs.gaussian import dimensions, walk
from proofs.gaussian.dimensions import FINITE, axes, finite
from proofs.ledger import Run
from proofs.verdict import Enclosed
from theory.claim import Claim, value_ball, value_exact
from theory.domain import Value
from theory.errors import DomainError
from theory.gaussian.dimensions import COLLAPSE
from theory.gaussian.drift import MEAN_DRIFT
from theory.gaussian.risk import WASSERSTEIN_RISK
from theory.gaussian.variance import DEVIATION_DECAY
from theory.gaussian.walk import WALK

SAMPLES = st.integers(2, 60)
DIMENSIONS = st.integers(1, 12)
GENERATIONS = st.integers(0, 40)
TRACES = st.fractions(Fraction(1, 50), 50, max_denominator=50)
SCHEDULES = st.lists(st.integers(2, 40), min_size=1, max_size=9)
TABLES = st.integers(1, 3).flatmap(
    lambda size: st.lists(st.tuples(*[st.integers(-4, 4)] * size), min_size=2, max_size=4)
)


def ball(claim: Claim, quantity: str, **point: int | Fraction | list[int]) -> arb:
    return value_ball(claim, claim.quantity(quantity), exact_point(point), 192)


def number(claim: Claim, quantity: str, **point: int | Fraction | list[int]) -> object:
    return value_exact(claim, claim.quantity(quantity), exact_point(point))


def exact_point(point: dict[str, int | Fraction | list[int]]) -> dict[str, Value]:
    return {
        name: tuple(map(Fraction, value)) if isinstance(value, list) else Fraction(value)
        for name, value in point.items()
    }


def exact_table(rows: list[tuple[int, ...]]) -> list[tuple[Fraction, ...]]:
    return [tuple(map(Fraction, row)) for row in rows]


def total_variance(rows: list[tuple[Fraction, ...]]) -> Fraction:
    return sum((dimensions.variance(column) for column in zip(*rows, strict=True)), Fraction(0))


# ------------------------------------------------------------------------ collapse


@given(SAMPLES, DIMENSIONS)
def test_rate_lies_below_one_and_rises_with_samples_and_dimensions(M: int, d: int) -> None:
    here = ball(COLLAPSE, "rate", M=M, d=d)
    assert 0 < here < 1
    assert here < ball(COLLAPSE, "rate", M=M + 1, d=d)
    assert here < ball(COLLAPSE, "rate", M=M, d=d + 1)


@given(SAMPLES, GENERATIONS, TRACES)
def test_one_dimension_is_the_law_of_the_deviation(M: int, n: int, sigma: Fraction) -> None:
    bound = ball(COLLAPSE, "gaussian", M=M, d=1, n=n, trace=sigma**2)
    assert bound.overlaps(ball(DEVIATION_DECAY, "mean", M=M, n=n, sigma=sigma))


@given(SAMPLES, DIMENSIONS, st.integers(1, 40), TRACES)
def test_bounds_are_ordered(M: int, d: int, n: int, trace: Fraction) -> None:
    point: dict[str, int | Fraction | list[int]] = {"M": M, "d": d, "n": n, "trace": trace}
    special, general = (ball(COLLAPSE, name, **point) for name in ("gaussian", "general"))
    rate = ball(COLLAPSE, "rate", M=M, d=d)
    assert special < general
    assert (general * rate).overlaps(special)
    assert not general > arb(fmpq(trace.numerator, trace.denominator)).sqrt()
    assert ball(COLLAPSE, "survival", epsilon=trace, **point).overlaps(rate ** (n - 1))


@given(st.integers(1, 20), st.integers(1, 60), st.integers(1, 60))
def test_unequal_eigenvalues_fall_faster(freedom: int, first: int, second: int) -> None:
    mean = expected_root_of_mixture((first, second), freedom)
    bound = ball(COLLAPSE, "gaussian", M=freedom + 1, d=2, n=1, trace=Fraction(first + second))
    assert mean.overlaps(bound) if first == second else mean < bound


@given(TABLES, st.integers(2, 4))
def test_the_first_fit_of_a_finite_sample_obeys_the_general_bound(
    rows: list[tuple[int, ...]], M: int
) -> None:
    table = exact_table(rows)
    trace = total_variance(table)
    assume(trace > 0)
    bound = ball(COLLAPSE, "general", M=M, d=len(table[0]), n=1, trace=trace)
    assert expected_root_from_sample(table, M) < bound


def test_a_coin_breaks_the_bound_of_a_gaussian_start() -> None:
    mean = expected_root_from_sample(FINITE["coin"], 10)
    assert mean > ball(COLLAPSE, "gaussian", M=10, d=1, n=1, trace=1)


def test_one_sample_lies_outside() -> None:
    with pytest.raises(DomainError, match=r"M = 1 lies outside M >= 2"):
        ball(COLLAPSE, "rate", M=1, d=3)
    with pytest.raises(DomainError, match=r"lies outside every M_i >= 2"):
        number(WALK, "drift", M=[3, 1, 3])
    with pytest.raises(DomainError, match=r"risk: .* lies outside every M_i >= 2"):
        number(WALK, "risk", M=[3, 1])


# ---------------------------------------------------------------------------- walk


@given(SCHEDULES, TRACES)
def test_one_dimension_is_the_drift_on_a_line(M: list[int], sigma: Fraction) -> None:
    drift = number(WALK, "drift", M=M, trace=sigma**2)
    assert drift == number(MEAN_DRIFT, "drift", M=M, sigma=sigma)


@given(SCHEDULES, TRACES)
def test_the_exact_risk_on_a_line_lies_between_the_bounds(M: list[int], sigma: Fraction) -> None:
    risk = ball(WASSERSTEIN_RISK, "risk", M=M, sigma=sigma)
    assert ball(WALK, "risk", M=M, trace=sigma**2) < risk
    assert risk < ball(WALK, "ceiling", M=M, trace=sigma**2)


@given(SCHEDULES, TRACES)
def test_the_last_fit_may_be_of_one_point(M: list[int], trace: Fraction) -> None:
    """It lies off the last mean by the deviation, whose mean square is the trace."""
    drift = number(WALK, "drift", M=M, trace=trace)
    longer = number(WALK, "drift", M=[*M, 1], trace=trace)
    assert longer - drift == fmpq(*trace.as_integer_ratio())  # type: ignore[operator]


@settings(max_examples=25)
@given(TABLES, st.lists(st.integers(2, 4), min_size=1, max_size=3))
def test_drift_of_a_finite_sample(rows: list[tuple[int, ...]], M: list[int]) -> None:
    table = exact_table(rows)
    trace = total_variance(table)
    assume(trace > 0)
    drift = sum(
        (expected_from_sample(column, M, len(M), (2, 0)) for column in zip(*table, strict=True)),
        Fraction(0),
    )
    assert number(WALK, "drift", M=M, trace=trace) == fmpq(drift.numerator, drift.denominator)


# -------------------------------------------------------------------- the distance


def spd(size: int, rank: int, seed: int) -> np.ndarray:
    points = np.random.default_rng(seed).normal(size=(size, rank))
    return np.asarray(points @ points.T)


@pytest.mark.parametrize("size", [1, 2, 5])
def test_distance_against_schur_roots(size: int) -> None:
    first, second = spd(size, size + 2, 1), spd(size, size + 3, 2)
    mean, centre = np.arange(size) / 3, np.ones(size)
    root = linalg.sqrtm(second)
    shared = np.trace(linalg.sqrtm(root @ first @ root).real)
    expected = ((mean - centre) ** 2).sum() + np.trace(first + second) - 2 * shared
    found = gaussian_distance(mean, first, centre, second)
    assert float(found) == pytest.approx(expected, rel=1e-9)
    assert float(gaussian_distance(centre, second, mean, first)) == pytest.approx(expected)


@given(st.lists(st.floats(0.1, 9), min_size=1, max_size=4), st.floats(0.1, 9), st.floats(-5, 5))
def test_distance_of_commuting_covariances(
    deviations: list[float], other: float, shift: float
) -> None:
    size = len(deviations)
    widths = np.array(deviations)
    turn = linalg.qr(spd(size, size, 7))[0]
    covariance = turn @ np.diag(widths**2) @ turn.T
    found = gaussian_distance(
        np.full(size, shift), covariance, np.zeros(size), other**2 * np.eye(size)
    )
    assert float(found) == pytest.approx(
        size * shift**2 + ((widths - other) ** 2).sum(), rel=1e-9, abs=1e-9
    )


def test_distance_of_singular_covariances() -> None:
    line, fixed = np.array([[3.0], [4.0], [0.0]]), spd(3, 5, 3)
    shared = float(np.sqrt(line.T @ fixed @ line)[0, 0])
    found = gaussian_distance(np.zeros(3), line @ line.T, np.zeros(3), fixed)
    assert float(found) == pytest.approx(25 + np.trace(fixed) - 2 * shared, rel=1e-6)
    point = gaussian_distance(np.zeros(3), np.zeros((3, 3)), np.zeros(3), fixed)
    assert float(point) == pytest.approx(np.trace(fixed))
    assert float(gaussian_distance(line[:, 0], fixed, line[:, 0], fixed)) < 1e-9


def test_distance_of_many_at_once_and_of_wrong_shapes() -> None:
    covariances = np.stack([spd(2, 3, seed) for seed in range(6)]).reshape(2, 3, 2, 2)
    means, fixed = np.arange(12.0).reshape(2, 3, 2), spd(2, 4, 9)
    many = gaussian_distance(means, covariances, np.zeros(2), fixed)
    assert many.shape == (2, 3)
    one = gaussian_distance(means[1, 2], covariances[1, 2], np.zeros(2), fixed)
    assert many[1, 2] == pytest.approx(float(one))
    roots = covariance_root(covariances)
    assert roots @ roots == pytest.approx(covariances)
    with pytest.raises(ValueError, match="do not fit together"):
        gaussian_distance(means, covariances, np.zeros(3), fixed)
    with pytest.raises(ValueError, match="do not fit d = 2"):
        gaussian_distance(means, covariances[0], np.zeros(2), fixed)


# ------------------------------------------------------------------- the witnesses


@pytest.mark.parametrize("name", FINITE)
def test_a_finite_start_has_the_trace_of_its_setting(name: str) -> None:
    (trace,) = finite((1,), 3, name).numbers("trace")
    rows = [[float(entry) for entry in row] for row in FINITE[name]]
    assert float(trace) == pytest.approx(np.trace(Start.sample(rows).covariance))


@pytest.mark.parametrize(
    ("name", "density", "low", "centre"),
    [
        ("normal", lambda x: math.exp(-x * x / 2), -12.0, 0.0),
        ("exponential", lambda x: math.exp(-x), 0.0, 1.0),
        ("laplace", lambda x: math.exp(-abs(x)), -60.0, 0.0),
    ],
)
def test_fourth_moments_of_the_starts(
    name: str, density: Callable[[float], float], low: float, centre: float
) -> None:
    mass, second, fourth = (
        integrate.quad(lambda x, k: (x - centre) ** k * density(x), low, 60, args=(k,), limit=200)[
            0
        ]
        for k in (0, 2, 4)
    )
    assert walk.FOURTH[name] == pytest.approx(fourth * mass / second**2, rel=1e-6)


def coin_risk(samples: int) -> float:
    """Mean over all samples of the integral of (quantile - quantile)^2, the distance on a line."""
    total = 0.0
    for drawn in itertools.product((-1.0, 1.0), repeat=samples):
        mean, deviation = float(np.mean(drawn)), float(np.std(drawn, ddof=1))
        for sign, ends in ((-1.0, (-9.0, 0.0)), (1.0, (0.0, 9.0))):
            total += integrate.quad(
                lambda z, s, m, d: (m + d * z - s) ** 2 * stats.norm.pdf(z),
                *ends,
                args=(sign, mean, deviation),
            )[0]
    return float(total / 2**samples)


@pytest.mark.parametrize("samples", [2, 3, 5])
def test_risk_of_the_coin_by_quantiles(samples: int) -> None:
    (seen,) = walk.enclose_risk(finite((1,), samples, "coin"), Run())
    assert isinstance(seen, Enclosed)
    assert float(seen.low) == pytest.approx(coin_risk(samples), rel=1e-7)
    assert seen.high - seen.low < Fraction(1, 10**12)


def test_survival_of_the_coin_by_hand() -> None:
    # Of 2^6 samples, those with 2, 3 or 4 heads have a variance above 1.06.
    (seen,) = dimensions.enumerate_survival(
        finite((1,), 6, "coin", epsilon=Fraction(53, 50)), Run()
    )
    assert seen.value == Fraction(15 + 20 + 15, 64)


@pytest.mark.parametrize(
    "setting", [axes((1, 4), 6, (1, 3)), axes((2,), (4, 9), (1, 1, 9), "two-point")]
)
def test_the_moment_bounds_lie_above_what_runs_show(setting: Setting) -> None:
    # Sampled at fixed keys; the bounds exceed what is seen by a factor of 6 or more.
    run = Run(key="moments", effort=0.2)
    distance = dimensions.simulate("test", setting, run, 50_000, walk.transport)
    drift = dimensions.simulate("test", setting, run, 50_000, walk.squared_drift)
    second = walk.risk_second_moments(setting)
    assert ((distance**2).mean(axis=0) < second).all()
    assert (drift <= distance * (1 + 1e-9)).all()
