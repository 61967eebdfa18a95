"""The walk of the mean: exact at drawn small points, conserved by the MLE, seen in runs."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerics import gaussian, streams
from numerics.moments import Estimator, expected, expected_from_sample
from numerics.start import Start
from proofs import sampled, spread
from tests.strategies import points_of
from theory.claim import Claim, value_exact
from theory.domain import Point
from theory.gaussian.drift import MEAN_DRIFT, SAMPLE_VARIANCE

#: Chance that a run below is refused although right; six of them, each at three generations.
ALPHA = 1e-7 / 3
ESTIMATORS = st.sampled_from(["unbiased", "mle"])
SCHEDULES = st.lists(st.integers(2, 12), min_size=1, max_size=5)
#: Whole numbers that are not all the same: samples with a variance.
SAMPLES = st.lists(st.integers(-6, 6), min_size=2, max_size=4).filter(lambda x: len(set(x)) > 1)


def number(claim: Claim, quantity: str, point: Point) -> Fraction:
    value = value_exact(claim, claim.quantity(quantity), point)
    return Fraction(int(value.p), int(value.q))  # type: ignore[attr-defined]


def at(sizes: list[int], estimator: str) -> Point:
    return {"M": tuple(map(Fraction, sizes)), "estimator": estimator}


@given(SCHEDULES, ESTIMATORS)
def test_drift_is_that_of_the_points(sizes: list[int], estimator: Estimator) -> None:
    drift, variance = (
        expected(monomial, sizes, len(sizes), estimator) for monomial in ((2, 0), (0, 1))
    )
    assert number(MEAN_DRIFT, "drift", at(sizes, estimator)) == drift
    assert number(MEAN_DRIFT, "total", at(sizes, estimator)) == drift + variance
    assert number(SAMPLE_VARIANCE, "variance", at(sizes, estimator)) == drift + variance


@given(SAMPLES, st.lists(st.integers(2, 4), min_size=1, max_size=3), ESTIMATORS)
def test_only_the_variance_of_the_start_matters(
    points: list[int], sizes: list[int], estimator: Estimator
) -> None:
    exact = tuple(map(Fraction, points))
    centre = sum(exact, Fraction(0)) / len(exact)
    variance = sum(((x - centre) ** 2 for x in exact), Fraction(0)) / len(exact)
    seen = expected_from_sample(exact, sizes, len(sizes), (2, 0), estimator)
    assert seen == variance * number(MEAN_DRIFT, "drift", at(sizes, estimator))


@given(SCHEDULES.flatmap(lambda x: st.tuples(st.just(x), st.permutations(x))), ESTIMATORS)
def test_the_order_of_the_schedule_does_not_matter(
    pair: tuple[list[int], list[int]], estimator: str
) -> None:
    one, other = (number(MEAN_DRIFT, "drift", at(sizes, estimator)) for sizes in pair)
    assert one == other


@given(points_of(MEAN_DRIFT.domain))
def test_the_mle_never_drifts_farther(point: Point) -> None:
    unbiased, mle = (
        number(MEAN_DRIFT, "drift", {**point, "estimator": estimator})
        for estimator in ("unbiased", "mle")
    )
    sigma = Fraction(str(point["sigma"]))
    assert mle <= unbiased
    assert mle < sigma**2 or point["n"] == 0 == mle
    assert number(MEAN_DRIFT, "total", {**point, "estimator": "mle"}) == sigma**2


@given(points_of(SAMPLE_VARIANCE.domain))
def test_a_constant_size_adds_one_share_of_sigma_a_generation(point: Point) -> None:
    n, sigma, M = (Fraction(str(value)) for value in (point["n"], point["sigma"], 7))
    law = number(SAMPLE_VARIANCE, "variance", {**point, "M": M, "estimator": "unbiased"})
    assert law == sigma**2 * (1 + n / M)


@pytest.mark.parametrize("start", ["normal", "exponential", "two-point"])
@pytest.mark.parametrize("M", [10, 30])
def test_mean_drift_of_runs_up_to_as_many_generations_as_samples(M: int, start: str) -> None:
    record = (1, M // 2, M)
    key = streams.derive_key("drift", str(M), start)
    run = gaussian.simulate(Start.named(start), M, record, key, 0, 40_000)
    fourth = {"normal": 3.0, "exponential": 9.0, "two-point": 1.0}[start]
    for g, n in enumerate(record):
        second = spread.drift_second_moment(M, n, [spread.Moments(1.0, fourth)])
        seen = sampled.known_second_moment(np.square(run.mean[:, g]), second)
        low, high = seen.interval(ALPHA)
        assert low < n / M < high
        assert high - low < 0.3 * n / M
