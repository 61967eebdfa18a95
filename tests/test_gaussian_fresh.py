"""Rounds with real points, noise or weights: the kernel and its twin, limits, special cases."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from numerics import gaussian_mixed, moments, moments_mixed, moments_workflows, streams
from numerics.gaussian_mixed import Mixed
from numerics.plain_mixed import mixed_by_words
from numerics.workflow import Workflow
from proofs.gaussian import fresh as cases
from proofs.ledger import Run
from proofs.verdict import Outcome
from theory.claim import Claim, value_ball, value_exact
from theory.gaussian.drift import MEAN_DRIFT
from theory.gaussian.fresh import FIXED_POINTS, FRESH_POINTS
from theory.gaussian.noise import NOISY_FITS
from theory.gaussian.other_starts import OTHER_STARTS
from theory.gaussian.rate import LYAPUNOV_RATE
from theory.gaussian.risk import WASSERSTEIN_RISK
from theory.gaussian.variance import VARIANCE_MOMENTS
from theory.gaussian.weighting import WEIGHTING

BITS = 128
KEY = streams.derive_key("test", "mixed")
REAL, MADE, ROUNDS = st.integers(1, 12), st.integers(1, 12), st.integers(0, 30)
WEIGHTS = st.fractions("1/20", 1, max_denominator=40)
PLANS = [
    Mixed(2, 3, 0.9),
    Mixed(0, 4, error=0.3, jolt=0.5),
    Mixed(3, 2, 1.1, 0, (-1.0, 0.0, 4.0)),
    Mixed(2, 3, weight=0.4),
    Mixed(4, 0),
    Mixed(1, 2, 1e-12),
    Mixed(1, 1, 1e9, 0, error=1e6, jolt=0.999),
    Mixed(2, 60, 1.0, 1, (1e6, 1e6 + 1)),
    Mixed(1, 400, weight=0.0),
]


def exact(claim: Claim, quantity: str, **point: Fraction | int) -> Fraction:
    values = {name: Fraction(value) for name, value in point.items()}
    found = value_exact(claim, claim.quantity(quantity), values)
    return Fraction(int(found.p), int(found.q))  # type: ignore[attr-defined]


def ball(claim: Claim, quantity: str, **point: Fraction | int) -> arb:
    values = {name: Fraction(value) for name, value in point.items()}
    return value_ball(claim, claim.quantity(quantity), values, BITS)


# --- the kernel -----------------------------------------------------------------------------------


@pytest.mark.parametrize("plan", PLANS)
def test_kernel_is_its_twin_however_it_is_split(plan: Mixed) -> None:
    run = gaussian_mixed.simulate(plan, (1, 2, 5), KEY, 0, 7)
    for ours, plain in zip(run, mixed_by_words(plan, (1, 2, 5), KEY, 0, 7), strict=True):
        np.testing.assert_allclose(ours, plain, rtol=1e-9, atol=1e-12)
    late = gaussian_mixed.simulate(plan, (1, 2, 5), KEY, 4, 7)
    for whole, part in zip(run, late, strict=True):
        np.testing.assert_array_equal(whole[4:], part)


@pytest.mark.parametrize(
    "plan",
    [
        Mixed(-1, 3),
        Mixed(0, 1),
        Mixed(1, 1, spread=0.0),
        Mixed(1, 1, jolt=1.0),
        Mixed(1, 1, error=-1.0),
        Mixed(0, 3, weight=0.5),
        Mixed(2, 2, points=(1.0,)),
    ],
)
def test_kernel_refuses_what_is_outside(plan: Mixed) -> None:
    with pytest.raises(ValueError, match=r"outside|are not"):
        gaussian_mixed.simulate(plan, (1,), KEY, 0, 1)


@given(st.integers(2, 5), st.integers(0, 3), st.sampled_from([(2, 0), (0, 1), (0, 2), (2, 1)]))
def test_moments_without_real_points_are_those_of_the_refit(
    size: int, n: int, monomial: tuple[int, int]
) -> None:
    seen = moments_mixed.expected(monomial, moments_mixed.Mixed(0, size), n)
    assert seen == moments.expected(monomial, size, n)


@given(st.integers(1, 3), st.integers(1, 2), st.integers(1, 3))
def test_moments_with_real_points_are_those_of_the_workflow(real: int, made: int, n: int) -> None:
    seen = moments_mixed.expected((0, 1), moments_mixed.Mixed(real, made), n)
    workflow = Workflow(fresh=real)
    assert seen == moments_workflows.expected((0, 1, 0, 0), real + made, n, workflow)


# --- real points ----------------------------------------------------------------------------------


@given(REAL, MADE)
def test_without_bias_the_mean_is_worth_up_to_twice_the_real_points(n_r: int, n_s: int) -> None:
    worth = exact(FRESH_POINTS, "effective", n_r=n_r, n_s=n_s)
    assert n_r <= worth <= 2 * n_r - 1
    drift = exact(FRESH_POINTS, "drift-limit", n_r=n_r, n_s=n_s, lam=1)
    assert drift * worth == 1
    assert exact(FRESH_POINTS, "variance-limit", n_r=n_r, n_s=n_s, lam=1) > 1
    assert exact(FIXED_POINTS, "variance-limit", n_r=n_r, n_s=n_s, lam=1, s_r2=1) < 1


@given(REAL, MADE, st.fractions("1/9", 1, max_denominator=20))
def test_drift_settles_where_it_is_said_to(n_r: int, n_s: int, lam: Fraction) -> None:
    for claim in (FRESH_POINTS, FIXED_POINTS):
        point: dict[str, Fraction | int] = {"n_r": n_r, "n_s": n_s, "lam": lam}
        if claim is FIXED_POINTS:
            point["s_r2"] = 1
        limit = exact(claim, "drift-limit", **point)
        late = exact(claim, "drift", **point, n=200)
        assert abs(limit - late) < limit * Fraction(n_s, n_r + n_s) ** 20


@given(st.integers(2, 20), ROUNDS)
def test_real_points_alone_are_one_fit(n_r: int, n: int) -> None:
    assert exact(FRESH_POINTS, "drift", n_r=n_r, n_s=0, lam=1, n=n + 1) == Fraction(1, n_r)
    assert exact(FRESH_POINTS, "variance", n_r=n_r, n_s=0, lam=1, n=n) == 1


# --- noise, weights, other starts -----------------------------------------------------------------


@given(st.integers(2, 40), ROUNDS)
def test_without_noise_the_fit_is_the_plain_one(M: int, n: int) -> None:
    assert exact(NOISY_FITS, "drift", M=M, n=n) == exact(MEAN_DRIFT, "drift", M=M, n=n)
    rate = ball(LYAPUNOV_RATE, "rate", M=M)
    assert ball(NOISY_FITS, "rate", M=M, eta=0).overlaps(rate)
    assert ball(NOISY_FITS, "rate", M=M, eta=Fraction(1, 2)) < rate


@given(REAL, MADE, WEIGHTS)
def test_no_weight_beats_the_best(n: int, m: int, w: Fraction) -> None:
    least, best = ball(WEIGHTING, "least", n=n, m=m), ball(WEIGHTING, "weight", k=Fraction(n, m))
    with ctx.workprec(BITS):
        assert best > arb(n) / (n + m)
        assert not ball(WEIGHTING, "error", n=n, m=m, w=w) < least
        assert least < arb(1) / n


@given(st.integers(2, 40), st.integers(1, 30))
def test_normal_start_is_a_special_case(M: int, n: int) -> None:
    s1 = 1 - (Fraction(float(ball(WASSERSTEIN_RISK, "risk", M=M, n=1).mid())) - Fraction(1, M)) / 2
    seen = ball(OTHER_STARTS, "risk", M=M, n=n, s1=s1)
    assert abs(float(seen) - float(ball(WASSERSTEIN_RISK, "risk", M=M, n=n))) < 1e-12
    spread = exact(OTHER_STARTS, "variance", M=M, n=n)
    assert spread == exact(VARIANCE_MOMENTS, "variance", M=M, n=n)


@given(REAL, MADE, ROUNDS)
def test_made_points_all_at_the_mean_leave_the_real_ones_to_shrink(
    n_r: int, n_s: int, n: int
) -> None:
    """lam = 0: the mean never moves, and the share of the fixed points in the variance is left."""
    kept = {"n_r": n_r, "n_s": n_s, "lam": 0, "s_r2": 1}
    assert (
        exact(FIXED_POINTS, "drift", **kept, n=n) == 0 == exact(FIXED_POINTS, "drift-limit", **kept)
    )
    share = Fraction(n_r, n_r + n_s)
    assert exact(FIXED_POINTS, "variance", **kept, n=n + 1) == share
    assert exact(FIXED_POINTS, "variance-limit", **kept) == share


@given(st.fractions(0, 1, max_denominator=9), st.fractions(0, 3, max_denominator=9))
def test_distance_is_least_at_the_real_mean_and_kap_times_the_deviation(
    kap: Fraction, root: Fraction
) -> None:
    def distance(m: Fraction, deviation: Fraction) -> Fraction:
        return exact(OTHER_STARTS, "distance", m=m, mu=2, v=deviation**2, sigma=3, kap=kap)

    assert distance(Fraction(2), 3 * kap) == 9 * (1 - kap**2)
    assert distance(Fraction(2), root) - 9 * (1 - kap**2) == (root - 3 * kap) ** 2
    assert distance(Fraction(7), root) - distance(Fraction(2), root) == 25


# --- sabotage -------------------------------------------------------------------------------------


def test_moments_of_another_bias_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Run(quick=True).judge(cases.FRESH_CASE).outcomes() == {Outcome.CONSISTENT}
    sound = moments_mixed.expected

    def broken(monomial: tuple[int, int], mixed: moments_mixed.Mixed, generations: int) -> Fraction:
        return sound(monomial, replace(mixed, spread=mixed.spread**2), generations)

    monkeypatch.setattr(moments_mixed, "expected", broken)
    assert Outcome.REFUTED in Run(quick=True).judge(cases.FRESH_CASE).outcomes()
