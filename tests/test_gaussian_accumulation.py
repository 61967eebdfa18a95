"""Pools that keep every batch: conserved sums, brackets of the limits, bounds of the spread."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from numerics import moments_workflows, quadrature
from numerics.root_quadrature import expected_root
from numerics.workflow import Workflow
from proofs.case import setting
from proofs.gaussian import accumulation as cases
from proofs.gaussian import pooled
from proofs.gaussian.pooled import fourth
from proofs.ledger import Run
from proofs.verdict import Outcome
from theory.claim import Claim, value_ball, value_exact
from theory.gaussian.accumulated_risk import ACCUMULATED_RISK
from theory.gaussian.accumulation import ACCUMULATION, UNBIASED_ACCUMULATION
from theory.gaussian.subsampling import SUBSAMPLING

BITS = 128
SIZES, ROUNDS = st.integers(2, 40), st.integers(1, 40)
KEEP = Workflow("accumulate")


def exact(claim: Claim, quantity: str, **point: Fraction | int) -> Fraction:
    values = {name: Fraction(value) for name, value in point.items()}
    found = value_exact(claim, claim.quantity(quantity), values)
    return Fraction(int(found.p), int(found.q))  # type: ignore[attr-defined]


def ball(claim: Claim, quantity: str, **point: Fraction | int) -> arb:
    values = {name: Fraction(value) for name, value in point.items()}
    return value_ball(claim, claim.quantity(quantity), values, BITS)


def as_ball(value: Fraction) -> arb:
    return arb(value.numerator) / value.denominator


@given(SIZES, ROUNDS, st.fractions(1, 5, max_denominator=9))
def test_drift_and_variance_add_up(M: int, n: int, sigma: Fraction) -> None:
    point: dict[str, Fraction | int] = {"M": M, "n": n, "sigma": sigma}
    parts = (exact(ACCUMULATION, name, **point) for name in ("drift", "variance"))
    assert sum(parts) == sigma**2


@given(SIZES, ROUNDS)
def test_what_the_later_rounds_take_is_below_a_share_of_1_over_M_n(M: int, n: int) -> None:
    """The sum of 1/k^2 beyond n is below 1/n; one factor without batches that are fitted."""
    for claim, quantity, share in (
        (ACCUMULATION, "variance", Fraction(1, M)),
        (UNBIASED_ACCUMULATION, "variance", Fraction(2, M)),
        (SUBSAMPLING, "with-replacement", Fraction(2, M)),
    ):
        here, last = exact(claim, quantity, M=M, n=n), ball(claim, "limit", M=M)
        with ctx.workprec(BITS):
            assert as_ball(here) * as_ball(1 - share / n) < last < as_ball(here)


@given(SIZES, st.integers(2, 40))
def test_the_fuller_the_training_set_the_more_is_kept(M: int, n: int) -> None:
    fitted, whole = (exact(SUBSAMPLING, "fit", M=M, n=n), exact(ACCUMULATION, "variance", M=M, n=n))
    taken, once = (
        exact(SUBSAMPLING, f"{how}-replacement", M=M, n=n) for how in ("with", "without")
    )
    unbiased = exact(UNBIASED_ACCUMULATION, "variance", M=M, n=n)
    assert Fraction(M - 1, M) ** (n + 1) < fitted < taken < once <= whole < unbiased < 1
    assert (once == whole) == (n == 2)  # the first pool has M points, and all are taken


@given(ROUNDS)
def test_one_point_a_round_keeps_the_first_one(n: int) -> None:
    assert exact(ACCUMULATED_RISK, "risk", M=1, n=n) == 2 == exact(ACCUMULATED_RISK, "limit", M=1)
    assert exact(ACCUMULATION, "variance", M=1, n=n) == 0


@given(SIZES, ROUNDS)
def test_risk_bounds_agree_with_each_other(M: int, n: int) -> None:
    bound, limit = ball(ACCUMULATED_RISK, "risk", M=M, n=n), ball(ACCUMULATED_RISK, "limit", M=M)
    leading = ball(ACCUMULATED_RISK, "leading", M=M)
    so_far = ball(ACCUMULATED_RISK, "leading-so-far", M=M, n=n)
    with ctx.workprec(BITS):
        assert 0 < bound < limit < 2
        assert bound < so_far < leading


@pytest.mark.parametrize("M", [2, 3])
@pytest.mark.parametrize("n", [1, 2, 3])
def test_fourth_moments_are_those_of_all_draws(M: int, n: int) -> None:
    seen = fourth(setting(M=M), n)
    for powers, value in zip(((4, 0), (2, 1), (0, 2)), seen, strict=True):
        true = moments_workflows.expected((*powers, 0, 0), M, n, KEEP, "mle")
        assert value == pytest.approx(float(true), rel=1e-8)
        assert value > float(true)


@given(st.integers(1, 9), st.integers(1, 9))
def test_blend_with_the_unbiased_fit_swells(M: int, share: int) -> None:
    """The remark of B39: 1 + al (1 - al)/M a round, seen by the unbiased fit one round later."""
    size, al = M + 1, Fraction(share, 10)
    workflow = Workflow(alpha=al, beta=1 - al)
    seen = moments_workflows.expected((0, 1, 0, 0), size, 2, workflow)
    assert seen == 1 + al * (1 - al) / size


# --- the mean root --------------------------------------------------------------------------------


@given(st.fractions(1, 9, max_denominator=20), st.fractions(0, 9, max_denominator=20))
def test_mean_root_of_a_shifted_exponential(constant: Fraction, weight: Fraction) -> None:
    """S_2 / 2 is exponential: sqrt(c) + sqrt(pi w/2) exp(x) erfc(sqrt(x)), x = c/(2w)."""
    seen = expected_root(constant, [(weight, 2)], 80)
    with ctx.workprec(BITS):
        c, w = as_ball(constant), as_ball(weight)
        if weight == 0:
            assert seen.overlaps(c.sqrt())
            return
        x = c / (2 * w)
        law = c.sqrt() + (arb.pi() * w / 2).sqrt() * x.exp() * x.sqrt().erfc()
        assert seen.overlaps(law)
        assert seen.rel_accuracy_bits() > 60


def test_mean_root_of_sums_is_that_of_one_sum() -> None:
    half = Fraction(1, 2)
    one = expected_root(half, [(half, 2), (half, 3), (0, 7)], 80)
    assert one.overlaps(expected_root(half, [(half, 5)], 80))
    tiny = expected_root(Fraction(1, 10**12), [(Fraction(1, 3), 3)], 40)
    assert abs(float(tiny) - float(quadrature.expected_power(3, 3, half))) < 1e-8


@pytest.mark.parametrize(
    ("constant", "terms", "bits"), [(0, [(1, 1)], 64), (1, [(-1, 1)], 64), (1, [(1, 1)], 8)]
)
def test_mean_root_outside_its_domain(
    constant: int, terms: list[tuple[int, int]], bits: int
) -> None:
    with pytest.raises(ValueError, match="lie outside constant > 0"):
        expected_root(constant, terms, bits)


# --- sabotage -------------------------------------------------------------------------------------


def outcomes() -> set[Outcome]:
    return Run(quick=True).judge(cases.ACCUMULATION_CASE).outcomes()


def test_a_pool_that_forgets_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert outcomes() == {Outcome.CONSISTENT}
    monkeypatch.setattr(cases, "KEEP_ALL", Workflow())
    assert Outcome.REFUTED in outcomes()


def test_a_start_of_another_variance_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pooled, "start_moments", lambda _: lambda k: Fraction(k == 0))
    assert Outcome.REFUTED in outcomes()
    assert math.isfinite(fourth(setting(M=2), 3).mean)
