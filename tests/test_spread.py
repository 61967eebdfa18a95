"""Fourth moments of the refit: against all samples of small D_0, expanded points, and runs."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from numerics import gaussian
from numerics.moments import Estimator, expected, expected_from_sample
from numerics.start import Start
from proofs.spread import (
    Moments,
    drift_second_moment,
    fourth_moments,
    moments_of,
    trace_second_moment,
)
from theory.errors import DomainError

POINTS = {
    "coin": (Fraction(-1), Fraction(1)),
    "skewed": (Fraction(0), Fraction(0), Fraction(1), Fraction(5)),
    "odd": (Fraction(-3), Fraction(1, 2), Fraction(2)),
}
SIZES = ((2,), (3,), (5,), (6,), (2, 3), (3, 2, 4), (4, 2, 2, 3))


def exact_moments(points: tuple[Fraction, ...]) -> Moments[Fraction]:
    mean = sum(points, Fraction(0)) / len(points)
    second, fourth = (
        sum(((x - mean) ** order for x in points), Fraction(0)) / len(points) for order in (2, 4)
    )
    return Moments(second, fourth)


@pytest.mark.parametrize("estimator", ["unbiased", "mle"])
@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("name", POINTS)
def test_equal_to_every_sample(name: str, sizes: tuple[int, ...], estimator: Estimator) -> None:
    points = POINTS[name]
    found = fourth_moments(sizes, len(sizes), exact_moments(points), estimator)
    for value, monomial in zip(found, ((4, 0), (2, 1), (0, 2)), strict=True):
        assert value == expected_from_sample(points, sizes, len(sizes), monomial, estimator)


@pytest.mark.parametrize("estimator", ["unbiased", "mle"])
@pytest.mark.parametrize(("size", "generations"), [(2, 0), (2, 4), (5, 3), (9, 7)])
def test_equal_to_the_expansion_from_a_normal_start(
    size: int, generations: int, estimator: Estimator
) -> None:
    found = fourth_moments(size, generations, Moments(Fraction(1), Fraction(3)), estimator)
    for value, monomial in zip(found, ((4, 0), (2, 1), (0, 2)), strict=True):
        assert value == expected(monomial, size, generations, estimator)


def test_one_sample_without_spread() -> None:
    found = fourth_moments((1, 1), 2, Moments(Fraction(1), Fraction(7)), "mle")
    assert found == (Fraction(7), Fraction(0), Fraction(0))


def test_a_schedule_may_be_longer_than_needed() -> None:
    start = Moments(1.0, 2.5)
    assert fourth_moments((4, 5, 6), 2, start) == fourth_moments((4, 5), 2, start)


def drift_and_trace(rows: np.ndarray, size: int) -> tuple[float, float]:
    """E ||mu_1 - m_0||^4 and E (tr Sigma_1)^2 over all samples of the rows."""
    centre = rows.mean(axis=0)
    drift, trace = [], []
    for drawn in itertools.product(rows, repeat=size):
        points = np.array(drawn)
        drift.append(float(((points.mean(axis=0) - centre) ** 2).sum()) ** 2)
        trace.append(float(points.var(axis=0, ddof=1).sum()) ** 2)
    return math.fsum(drift) / len(drift), math.fsum(trace) / len(trace)


@pytest.mark.parametrize("size", [2, 3, 4])
def test_bounds_hold_in_the_plane(size: int) -> None:
    rows = np.array([[0.0, 0.0], [0.0, 3.0], [4.0, 0.0], [1.0, 1.0]])
    drift, trace = drift_and_trace(rows, size)
    moments = moments_of(rows)
    assert drift <= drift_second_moment(size, 1, moments) <= 2 * drift
    assert trace <= trace_second_moment(size, 1, moments) <= 2 * trace


def test_bounds_are_equal_where_all_coordinates_are_one() -> None:
    line = np.array([0.0, 1.0, 5.0, -2.0])
    rows = np.column_stack([line, 2 * line])
    drift, trace = drift_and_trace(rows, 3)
    moments = moments_of(rows)
    assert drift_second_moment(3, 1, moments) == pytest.approx(drift, rel=1e-8)
    assert trace_second_moment(3, 1, moments) == pytest.approx(trace, rel=1e-8)


def test_runs_of_the_kernel_agree() -> None:
    rows = np.array([0.0, 0.0, 1.0, 5.0])
    run = gaussian.simulate(Start.sample(rows), 12, (6,), 7, 0, 200_000)
    moments = moments_of(rows[:, np.newaxis])
    seen = float(((run.mean - rows.mean()) ** 4).mean())
    assert drift_second_moment(12, 6, moments) == pytest.approx(seen, rel=0.1)
    assert trace_second_moment(12, 6, moments) == pytest.approx(
        float((run.variance**2).mean()), rel=0.1
    )


@pytest.mark.parametrize(
    ("samples", "generations", "estimator", "message"),
    [
        (1, 1, "unbiased", "M = 1 lies outside M >= 2"),
        (0, 1, "mle", "M = 0 lies outside M >= 1"),
        ((5, 1), 2, "unbiased", "M = 1 lies outside M >= 2"),
        (5, -1, "unbiased", "n = -1 lies outside n >= 0"),
        ((5,), 2, "unbiased", "M has 1 entries; 2 are needed"),
        (5, 1, "best", "estimator = best lies outside"),
    ],
)
def test_domains(
    samples: int | tuple[int, ...], generations: int, estimator: str, message: str
) -> None:
    with pytest.raises(DomainError, match=message):
        fourth_moments(samples, generations, Moments(1.0, 3.0), estimator)
