"""The variance of W2^2: closed forms, its leading order, and how far the printed one is off."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from numerics import gaussian, quadratic_form
from numerics.start import Start
from numerics.streams import derive_key
from proofs.cases import CASES
from proofs.ledger import Run
from proofs.verdict import Outcome
from tests.strategies import points_of
from theory.claim import Claim, value_ball
from theory.domain import Point
from theory.gaussian.risk_spread import LEADING_SPREAD, RISK_VARIANCE, SPREAD_AS_PRINTED

BITS = 256
CASE = next(case for case in CASES if case.claim is RISK_VARIANCE)


def value(claim: Claim, point: Point) -> arb:
    return value_ball(claim, claim.quantity(), point, BITS)


@given(st.integers(2, 200), st.integers(1, 12))
def test_equal_sizes_one_by_one_are_the_closed_form(M: int, n: int) -> None:
    """The last size differs so little that both formulas must come near each other."""
    size = Fraction(10**12 * M)
    closed = value(RISK_VARIANCE, {"M": size, "n": Fraction(n)})
    listed = value(RISK_VARIANCE, {"M": (*(size,) * (n - 1), size + 1), "n": Fraction(n)})
    with ctx.workprec(BITS):
        assert abs(closed / listed - 1) < arb(10) ** -11
        assert n == 1 or closed > listed


@given(points_of(RISK_VARIANCE.domain))
def test_variance_scales_with_the_fourth_power_of_sigma(point: Point) -> None:
    sigma = Fraction(str(point["sigma"]))
    one, other = value(RISK_VARIANCE, {**point, "sigma": Fraction(1)}), value(RISK_VARIANCE, point)
    with ctx.workprec(BITS):
        assert (one * (arb(sigma.numerator) / sigma.denominator) ** 4).overlaps(other)


@given(st.lists(st.integers(2, 10**6), min_size=1, max_size=8))
def test_remainder_of_the_leading_order_is_bounded_for_any_schedule(sizes: list[int]) -> None:
    point = {"M": tuple(map(Fraction, sizes))}
    terms = sum((Fraction(1, size) for size in sizes), Fraction(0))
    growth = math.prod(Fraction(size + 1, size - 1) for size in sizes)
    bound = 5 * terms**3 * growth
    with ctx.workprec(BITS):
        error = value(RISK_VARIANCE, point) - value(LEADING_SPREAD, point)
        assert 0 < error < arb(bound.numerator) / bound.denominator


def test_printed_value_is_fifty_standard_errors_off() -> None:
    """One generation of 100 points. The standard error is that of a sample variance."""
    point = {"M": Fraction(100), "n": Fraction(1)}
    run = gaussian.simulate(
        Start.named("normal"), 100, (1,), derive_key("printed spread"), 0, 300_000
    )
    distances = run.mean[:, 0] ** 2 + (np.sqrt(run.variance[:, 0]) - 1) ** 2
    squares = (distances - distances.mean()) ** 2
    seen, error = squares.mean(), squares.std() / math.sqrt(len(squares))
    printed = float(value(SPREAD_AS_PRINTED, point).mid())
    assert printed == 1.5e-4
    assert (seen - printed) / error > 50
    assert abs(seen - float(value(RISK_VARIANCE, point).mid())) / error < 6


def test_a_wrong_integral_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    right = quadratic_form.mean_and_deviation

    def with_other_fits(
        powers: tuple[int, int], samples: list[int], generations: int, bits: int
    ) -> arb:
        return right(powers, [size + 1 for size in samples], generations, bits)

    monkeypatch.setattr(quadratic_form, "mean_and_deviation", with_other_fits)
    assert Outcome.REFUTED in Run(quick=True).judge(CASE).outcomes()
