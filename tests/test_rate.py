"""The almost sure rate: bounds, two ways to compute it, and the slope of simulated runs."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from numerics import gaussian, quadrature, streams
from numerics.start import Start
from proofs import sampled
from tests.strategies import points_of
from theory.claim import value_ball
from theory.domain import Point
from theory.gaussian.rate import LYAPUNOV_RATE
from theory.gaussian.variance import DEVIATION_DECAY, VARIANCE_LAW

#: Chance that a slope below is refused although right; six of them.
ALPHA = 1e-7


def rate(M: int, estimator: str = "unbiased") -> arb:
    point: Point = {"M": Fraction(M), "estimator": estimator}
    return value_ball(LYAPUNOV_RATE, LYAPUNOV_RATE.quantity("rate"), point, 200)


@given(st.integers(2, 10**9))
def test_rate_lies_between_its_first_orders(M: int) -> None:
    """-1/x < psi(x) - ln x < -1/(2x) at x = (M-1)/2."""
    assert arb(-2) / (M - 1) < rate(M) < arb(-1) / (M - 1)
    assert rate(M, "mle") < rate(M)


@given(st.integers(2, 10**4))
def test_almost_every_run_shrinks_faster_than_the_mean_deviation(M: int) -> None:
    point: Point = {"M": Fraction(M), "n": Fraction(1)}
    c4 = value_ball(DEVIATION_DECAY, DEVIATION_DECAY.quantity(), point, 200)
    assert rate(M) / 2 < c4.log() < 0


@given(points_of(LYAPUNOV_RATE.domain))
def test_mean_log_is_the_slope_of_the_moments(point: Point) -> None:
    """ln E[v^t] / t -> E ln v as t -> 0; the next term is t/2 times the variance."""
    step = Fraction(1, 10**8)
    moment = value_ball(VARIANCE_LAW, VARIANCE_LAW.quantity(), {**point, "t": step}, 300)
    mean, variance = (
        value_ball(LYAPUNOV_RATE, LYAPUNOV_RATE.quantity(name), point, 300)
        for name in ("mean-log", "variance-log")
    )
    with ctx.workprec(256):
        slope = moment.log() * 10**8
        assert abs(slope - mean - variance / (2 * 10**8)) <= arb(10) ** -14 * (1 + variance)


@given(st.integers(2, 500), st.integers(0, 50))
def test_variance_of_the_log_by_mpmath(M: int, n: int) -> None:
    point: Point = {"M": Fraction(M), "n": Fraction(n)}
    law = value_ball(LYAPUNOV_RATE, LYAPUNOV_RATE.quantity("variance-log"), point, 200)
    with mpmath.workdps(50), ctx.workprec(256):
        other = n * mpmath.psi(1, mpmath.mpf(M - 1) / 2)
        assert abs(law - arb(str(other))) < arb(10) ** -40


@pytest.mark.parametrize("estimator", ["unbiased", "mle"])
@pytest.mark.parametrize(("M", "start"), [(2, "normal"), (5, "exponential"), (20, "uniform")])
def test_slope_of_the_log_variance(M: int, start: str, estimator: gaussian.Estimator) -> None:
    """From generation 1 on the slope is the rate, whatever D_0 was."""
    first, last = 1, 201
    key = streams.derive_key("slope", str(M), start, estimator)
    run = gaussian.simulate(Start.named(start), M, (first, last), key, 0, 4000, estimator)
    slopes = (run.log_variance[:, 1] - run.log_variance[:, 0]) / (last - first)
    spread = float(quadrature.variance_log(M - 1).upper()) / (last - first)
    low, high = sampled.known_variance(slopes, spread).interval(ALPHA)
    law = float(rate(M, estimator))
    assert low < law < high
    assert high - low < 0.2 * abs(law)
