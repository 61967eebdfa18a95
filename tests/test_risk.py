"""The Wasserstein risk: bounds, the printed expansion and where it ends, the distance itself."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from tests.strategies import points_of
from theory.claim import value_ball
from theory.domain import Point
from theory.gaussian.drift import MEAN_DRIFT
from theory.gaussian.risk import WASSERSTEIN_RISK
from theory.gaussian.variance import DEVIATION_DECAY

BITS = 200


def risk(point: Point) -> arb:
    return value_ball(WASSERSTEIN_RISK, WASSERSTEIN_RISK.quantity(), point, BITS)


def fraction(point: Point, name: str) -> Fraction:
    return Fraction(str(point[name]))


def as_ball(value: Fraction) -> arb:
    return arb(value.numerator) / value.denominator


@given(points_of(WASSERSTEIN_RISK.domain))
def test_risk_lies_between_the_drift_and_two_variances_more(point: Point) -> None:
    drift = value_ball(MEAN_DRIFT, MEAN_DRIFT.quantity("drift"), point, BITS)
    with ctx.workprec(BITS):
        lost = risk(point) - drift
        if point["n"] == 0:
            assert lost.contains(0)
        else:
            assert 0 < lost < 2 * as_ball(fraction(point, "sigma")) ** 2


@given(st.integers(2, 300), st.integers(0, 300))
def test_every_generation_adds_between_one_and_three_halves(M: int, n: int) -> None:
    """In units of sigma^2/M, the slope falls from 1 + 2 M (1 - c4) to 1, and never below."""
    here, there = (risk({"M": Fraction(M), "n": Fraction(n + k)}) for k in (0, 1))
    c4 = value_ball(
        DEVIATION_DECAY, DEVIATION_DECAY.quantity(), {"M": Fraction(M), "n": Fraction(1)}, BITS
    )
    with ctx.workprec(BITS):
        slope = (there - here) * M
        first = 1 + 2 * M * (1 - c4)
        assert slope > 1
        assert slope < first or (n == 0 and slope.overlaps(first))


@given(st.lists(st.integers(10**4, 10**8), min_size=1, max_size=6))
def test_printed_leading_order_and_the_next_one(sizes: list[int]) -> None:
    """3/2 S + 7/16 sum 1/M_i^2 - 1/8 sum_{i<j} 1/(M_i M_j), up to S^3, S = sum 1/M_i."""
    law = risk({"M": tuple(map(Fraction, sizes))})
    terms = [Fraction(1, size) for size in sizes]
    total, squares = sum(terms, Fraction(0)), sum((x * x for x in terms), Fraction(0))
    pairs = (total**2 - squares) / 2
    series = Fraction(3, 2) * total + Fraction(7, 16) * squares - pairs / 8
    with ctx.workprec(BITS):
        assert abs(law - as_ball(series)) < as_ball(total**3)
        assert not law.overlaps(as_ball(Fraction(3, 2) * total))


@given(st.integers(2, 50))
def test_far_beyond_M_generations_the_printed_slope_overstates_by_half(M: int) -> None:
    n = 200 * M
    with ctx.workprec(BITS):
        share = risk({"M": Fraction(M), "n": Fraction(n)}) * M / n
        assert 1 < share < 1.011


@given(points_of(WASSERSTEIN_RISK.domain))
def test_a_schedule_of_equal_sizes_is_the_constant_one(point: Point) -> None:
    n = int(fraction(point, "n"))
    if n == 0:
        assert risk(point).contains(0)
        return
    size = Fraction(5)
    one, other = risk({**point, "M": size}), risk({**point, "M": (size,) * n})
    assert one.overlaps(other)


@given(st.floats(-3, 3), st.floats(0, 3))
def test_distance_between_normals_is_that_of_their_quantiles(mean: float, root: float) -> None:
    """W2^2 in one dimension is the mean square difference of the quantiles."""
    levels = (np.arange(200_000) + 0.5) / 200_000
    normal = ndtri(levels)
    seen = float(np.mean((mean + root * normal - normal) ** 2))
    formula = mean**2 + (root - 1) ** 2
    assert abs(seen - formula) < 1e-4 * (1 + formula)
