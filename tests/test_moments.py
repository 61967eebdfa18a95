"""Gaussian moments: against quadrature on a grid of nodes, full enumeration, and wrong inputs."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from numerics.moments import Estimator, expected, expected_from_sample, expected_root_from_sample

POINTS = (Fraction(1, 2), Fraction(2), Fraction(-1), Fraction(3))


def fit(x: np.ndarray, estimator: Estimator) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean and variance over the last axis."""
    return x.mean(axis=-1), x.var(axis=-1, ddof=1 if estimator == "unbiased" else 0)


def by_nodes(
    monomial: tuple[int, int],
    sizes: tuple[int, ...],
    estimator: Estimator,
    mean: np.ndarray,
    variance: np.ndarray,
) -> np.ndarray:
    """Return E[mean^a variance^b] by Gauss-Hermite nodes in every draw: exact up to degree 11."""
    if not sizes:
        return np.asarray(mean ** monomial[0] * variance ** monomial[1])
    nodes, weights = np.polynomial.hermite_e.hermegauss(6)
    weights = weights / weights.sum()
    z = np.array(list(itertools.product(nodes, repeat=sizes[0])))
    w = np.array(list(itertools.product(weights, repeat=sizes[0]))).prod(axis=1)
    x = mean[..., None, None] + np.sqrt(variance)[..., None, None] * z
    later = by_nodes(monomial, sizes[1:], estimator, *fit(x, estimator))
    return np.asarray(later @ w)


@pytest.mark.parametrize("estimator", ["unbiased", "mle"])
@pytest.mark.parametrize("sizes", [(2,), (3,), (4,), (3, 2), (2, 3), (2, 2, 2)])
@pytest.mark.parametrize(
    "monomial", [(1, 0), (2, 0), (0, 1), (0, 2), (2, 1), (4, 0), (2, 2), (0, 3)]
)
def test_expected_by_nodes(
    monomial: tuple[int, int], sizes: tuple[int, ...], estimator: Estimator
) -> None:
    naive = by_nodes(monomial, sizes, estimator, np.array(0.0), np.array(1.0))
    exact = expected(monomial, sizes, len(sizes), estimator)
    assert float(naive) == pytest.approx(float(exact), rel=1e-9, abs=1e-9)


def test_small_cases_by_hand() -> None:
    assert expected((0, 0), 3, 4) == 1
    assert expected((3, 2), 3, 0) == 0
    assert expected((0, 5), 3, 0) == 1
    assert expected((2, 0), 5, 1) == Fraction(1, 5)
    assert expected((4, 0), 1, 1, "mle") == 3
    assert expected((0, 1), 1, 1, "mle") == 0
    assert expected((0, 1), 2, 1, "mle") == Fraction(1, 2)
    assert expected((0, 2), 2, 1) == 3
    assert expected((3, 1), 3, 2) == 0


def test_wrong_inputs_differ() -> None:
    right = expected((2, 2), 4, 3)
    assert right != expected((2, 2), 4, 3, "mle")
    assert right != expected((2, 2), 5, 3)
    assert right != expected((2, 2), 4, 4)
    assert right != expected((2, 2), (4, 4, 5), 3)
    assert expected((2, 1), (2, 4), 2) != expected((2, 1), (4, 2), 2)


@pytest.mark.parametrize("estimator", ["unbiased", "mle"])
@pytest.mark.parametrize("monomial", [(1, 0), (2, 0), (3, 0), (0, 1), (1, 1), (2, 2), (0, 3)])
def test_first_generation_from_a_sample(monomial: tuple[int, int], estimator: Estimator) -> None:
    """Plain rational arithmetic over all tuples."""
    centre = sum(POINTS, Fraction(0)) / 4
    a, b = monomial
    total = Fraction(0)
    for drawn in itertools.product(POINTS, repeat=3):
        mean = sum(drawn, Fraction(0)) / 3
        squares = sum(((x - mean) ** 2 for x in drawn), Fraction(0))
        total += (mean - centre) ** a * (squares / (2 if estimator == "unbiased" else 3)) ** b
    assert expected_from_sample(POINTS, 3, 1, monomial, estimator) == total / 64


@pytest.mark.parametrize("estimator", ["unbiased", "mle"])
@pytest.mark.parametrize("monomial", [(2, 0), (0, 2), (2, 1), (3, 1)])
def test_later_generations_from_a_sample(monomial: tuple[int, int], estimator: Estimator) -> None:
    drawn = np.array(list(itertools.product(map(float, POINTS), repeat=2)))
    mean, variance = fit(drawn, estimator)
    mean = mean - float(sum(POINTS)) / 4
    naive = by_nodes(monomial, (3, 2), estimator, mean, variance).mean()
    exact = expected_from_sample(POINTS, (2, 3, 2), 3, monomial, estimator)
    assert float(naive) == pytest.approx(float(exact), rel=1e-9)


def test_from_a_sample_moves_with_it() -> None:
    moved = tuple(7 - 2 * x for x in POINTS)
    for a, b in ((2, 0), (3, 1), (1, 2)):
        one = expected_from_sample(POINTS, 3, 2, (a, b))
        assert expected_from_sample(moved, 3, 2, (a, b)) == (-2) ** a * 4**b * one
    assert expected_from_sample(POINTS, 3, 1, (3, 0)) != 0
    assert expected_from_sample((Fraction(5),), 3, 2, (0, 1)) == 0


def test_root_from_a_sample() -> None:
    rows = [(Fraction(1), Fraction(2)), (Fraction(0), Fraction(1, 3)), (Fraction(3), Fraction(-1))]
    drawn = np.array(
        [[[float(x) for x in row] for row in t] for t in itertools.product(rows, repeat=4)]
    )
    naive = np.sqrt(drawn.var(axis=1, ddof=1).sum(axis=-1)).mean()
    ball = expected_root_from_sample(rows, 4)
    assert float(ball) == pytest.approx(naive, rel=1e-12)
    assert float(ball.rad()) < 1e-30
    assert ball.overlaps(expected_root_from_sample(rows, 4, bits=256))
    assert not ball.overlaps(expected_root_from_sample(rows, 3))
    assert not ball.overlaps(expected_root_from_sample(rows[:2], 4))
    assert math.isclose(float(expected_root_from_sample([[Fraction(3)]], 2)), 0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: expected((0, 1), 1, 1), "samples = 1 lies outside samples >= 2"),
        (lambda: expected((0, 1), 0, 1, "mle"), "samples = 0 lies outside samples >= 1"),
        (lambda: expected((0, 1), 2, -1), "generations = -1 lies outside generations >= 0"),
        (lambda: expected((0, -1), 2, 1), r"monomial = \(0, -1\) lies outside exponents >= 0"),
        (lambda: expected((0, 1), (2, 3), 1), "lies outside schedules of length 1"),
        (lambda: expected((0, 9), 9, 1), "may need 13123110 terms, which lies outside"),
        (lambda: expected((0, 1), 2, 1, "biased"), "estimator = biased lies outside"),  # type: ignore[arg-type]
        (lambda: expected_from_sample(POINTS, 2, 0, (0, 1)), "outside generations >= 1"),
        (lambda: expected_from_sample((), 2, 1, (0, 1)), "outside samples of at least one point"),
        (lambda: expected_from_sample(POINTS, 20, 1, (0, 1)), "which lies outside sizes"),
        (lambda: expected_root_from_sample([], 2), "rows lie outside rectangular samples"),
        (lambda: expected_root_from_sample([POINTS, POINTS[1:]], 2), "rows lie outside"),
        (lambda: expected_root_from_sample([POINTS], 1), "samples = 1 lies outside samples >= 2"),
        (lambda: expected_root_from_sample([POINTS], 2, bits=8), "bits = 8 lies outside"),
    ],
)
def test_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError, match=r"contains 0.5, which is not an exact rational"):
        expected_from_sample((0.5, 1.0), 2, 1, (0, 1))  # type: ignore[arg-type]
