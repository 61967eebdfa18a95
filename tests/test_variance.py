"""The law of the fitted variance: against expanded points, mpmath, and what any law must obey."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from flint import arb, ctx
from hypothesis import assume, given
from hypothesis import strategies as st

from numerics.moments import expected
from tests.strategies import points_of
from theory.claim import Claim, value_ball, value_exact
from theory.domain import Point, Value
from theory.errors import DomainError
from theory.gaussian.variance import DEVIATION_DECAY, VARIANCE_LAW, VARIANCE_MOMENTS

ESTIMATORS = st.sampled_from(["unbiased", "mle"])
SMALL_SAMPLES, FEW = st.integers(2, 5), st.integers(0, 4)


def number(claim: Claim, quantity: str, point: Point) -> Fraction:
    value = value_exact(claim, claim.quantity(quantity), point)
    return Fraction(int(value.p), int(value.q))  # type: ignore[attr-defined]


def ball(claim: Claim, quantity: str, point: Point) -> arb:
    return value_ball(claim, claim.quantity(quantity), point, 200)


def close(value: arb, other: mpmath.mpf) -> bool:
    """Return whether a ball of 200 bits holds what mpmath found with 60 digits."""
    with ctx.workprec(256):
        return bool(abs(value - arb(str(other))) <= arb(10) ** -40 * (1 + abs(value)))


def shape(point: Point) -> tuple[mpmath.mpf, mpmath.mpf, int]:
    """Return half the degrees of freedom, the divisor, and the generations."""
    M, n = (int(str(point[name])) for name in ("M", "n"))
    divisor = M if point.get("estimator") == "mle" else M - 1
    return mpmath.mpf(M - 1) / 2, mpmath.mpf(divisor), n


@given(SMALL_SAMPLES, FEW, st.integers(0, 3), ESTIMATORS)
def test_moments_of_integer_order_are_those_of_the_points(
    M: int, n: int, t: int, estimator: str
) -> None:
    point: dict[str, Value] = {"M": Fraction(M), "n": Fraction(n), "t": Fraction(t)}
    law = number(VARIANCE_LAW, "moment", {**point, "estimator": estimator})
    assert law == expected((0, t), M, n, estimator)  # type: ignore[arg-type]


@given(SMALL_SAMPLES, FEW, ESTIMATORS, st.fractions(Fraction(1, 9), 9, max_denominator=9))
def test_mean_and_variance_are_those_of_the_points(
    M: int, n: int, estimator: str, sigma: Fraction
) -> None:
    point: Point = {
        "M": Fraction(M), "n": Fraction(n), "sigma": sigma, "estimator": estimator,
    }  # fmt: skip
    mean, square = (expected((0, b), M, n, estimator) for b in (1, 2))  # type: ignore[arg-type]
    assert number(VARIANCE_MOMENTS, "mean", point) == sigma**2 * mean
    assert number(VARIANCE_MOMENTS, "variance", point) == sigma**4 * (square - mean**2)


@given(points_of(VARIANCE_LAW.domain))
def test_moments_by_mpmath(point: Point) -> None:
    with mpmath.workdps(60):
        t, sigma = (
            mpmath.fraction(*Fraction(str(point[name])).as_integer_ratio())
            for name in ("t", "sigma")
        )
        half, divisor, n = shape(point)
        one = (2 / divisor) ** t * mpmath.gamma(half + t) / mpmath.gamma(half)
        assert close(ball(VARIANCE_LAW, "moment", point), sigma ** (2 * t) * one**n)


@given(points_of(VARIANCE_LAW.domain))
def test_cosines_by_complex_gamma(point: Point) -> None:
    with mpmath.workdps(60):
        omega = mpmath.fraction(*Fraction(str(point["omega"])).as_integer_ratio())
        half, divisor, n = shape(point)
        t = mpmath.mpc(0, omega)
        one = mpmath.exp(t * mpmath.log(2 / divisor)) * mpmath.gamma(half + t)
        cosine = ((one / mpmath.gamma(half)) ** n).real
        assert close(ball(VARIANCE_LAW, "cosine", point), cosine)


@given(points_of(VARIANCE_LAW.domain), st.fractions(-2, 2, max_denominator=12))
def test_moments_are_convex_in_the_order(point: Point, step: Fraction) -> None:
    """E[v^t]^2 <= E[v^(t-h)] E[v^(t+h)], by Cauchy and Schwarz, wherever these are finite."""
    t, M = Fraction(str(point["t"])), Fraction(str(point["M"]))
    assume(t - abs(step) > -(M - 1) / 2 and step != 0 and point["n"] != 0)
    middle, left, right = (
        ball(VARIANCE_LAW, "moment", {**point, "t": order}) for order in (t, t - step, t + step)
    )
    assert middle**2 < left * right


@pytest.mark.parametrize("M", [2, 3, 7, 20])
def test_a_moment_at_the_pole_is_refused(M: int) -> None:
    point: Point = {"M": Fraction(M), "n": Fraction(1), "t": Fraction(1 - M, 2)}
    with pytest.raises(DomainError, match="lies outside"):
        ball(VARIANCE_LAW, "moment", point)


@given(st.integers(2, 10**7))
def test_deviation_by_its_published_expansion(M: int) -> None:
    """c4(M) = 1 - 1/(4M) - 7/(32M^2) - 19/(128M^3) - ...; the tail is below 1/M^4 from M = 2 on."""
    c4 = ball(DEVIATION_DECAY, "mean", {"M": Fraction(M), "n": Fraction(1)})
    with ctx.workprec(256):
        series = 1 - arb(1) / (4 * M) - arb(7) / (32 * M**2) - arb(19) / (128 * M**3)
        assert abs(c4 - series) < arb(1) / M**4


@given(points_of(DEVIATION_DECAY.domain))
def test_deviation_lies_below_the_root_of_the_mean(point: Point) -> None:
    deviation = ball(DEVIATION_DECAY, "mean", point)
    mean = ball(VARIANCE_MOMENTS, "mean", point)
    if point["n"] == 0:
        assert deviation.overlaps(mean.sqrt())
    else:
        assert deviation < mean.sqrt()
