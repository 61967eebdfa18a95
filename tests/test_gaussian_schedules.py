"""Varying sample sizes: who survives, and that superlinear growth is not enough."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from numerics import quadratic_form
from proofs.cases import CASES
from proofs.ledger import Run
from proofs.verdict import Outcome
from theory.claim import value_ball
from theory.gaussian.drift import MEAN_DRIFT
from theory.gaussian.rate import LYAPUNOV_RATE
from theory.gaussian.schedules import DICHOTOMY

BITS = 160
CASE = next(case for case in CASES if case.claim is DICHOTOMY)


def value(name: str, **point: Fraction | tuple[Fraction, ...]) -> arb:
    return value_ball(DICHOTOMY, DICHOTOMY.quantity(name), point, BITS)


@given(st.integers(2, 10**6), st.integers(0, 10**5))
def test_a_constant_schedule_has_the_lyapunov_rate(M: int, n: int) -> None:
    point = {"M": Fraction(M), "n": Fraction(n)}
    law = value_ball(LYAPUNOV_RATE, LYAPUNOV_RATE.quantity("mean-log"), point, BITS)
    assert value("mean-log", M=Fraction(M), n=Fraction(n)).overlaps(law)


@given(st.lists(st.integers(2, 10**6), min_size=1, max_size=8))
def test_the_loss_lies_between_its_bounds(sizes: list[int]) -> None:
    schedule = tuple(map(Fraction, sizes))
    with ctx.workprec(BITS):
        loss = -value("mean-log", M=schedule)
        assert value("lost-floor", M=schedule) < loss < value("lost-ceiling", M=schedule)


@pytest.mark.parametrize("start", [4, 30])
def test_superlinear_growth_is_not_enough(start: int) -> None:
    """M_i = i ln i, rounded up: from i = N to N^2 the same ln 2 is lost, whatever N."""
    sizes = tuple(Fraction(math.ceil(i * math.log(i))) for i in range(start, start**2))
    assert 0.6 < -value("mean-log", M=sizes) < 0.9


@given(st.integers(2, 50), st.integers(1, 3))
def test_final_drift_is_the_limit_of_the_drifts(first: int, delta: int) -> None:
    sizes = tuple(Fraction(first * i ** (1 + delta)) for i in range(1, 60))
    drift = value_ball(MEAN_DRIFT, MEAN_DRIFT.quantity("drift"), {"M": sizes}, BITS)
    final = value("final-drift", M0=Fraction(first), delta=Fraction(delta))
    with ctx.workprec(BITS):
        assert drift < final < drift + arb(1) / (first * delta * 59**delta)


def test_a_wrong_determinant_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    right = quadratic_form.expected_log
    monkeypatch.setattr(
        quadratic_form, "expected_log", lambda M, divisor, bits: right(M + 1, divisor, bits)
    )
    assert Outcome.REFUTED in Run(quick=True).judge(CASE).outcomes()
