"""Refitted kernel densities: the kernel and its twin, exact moments, limits, sabotage."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerics import kernel_density, moments_kernel_density, streams
from numerics.kernel_density import KERNELS, Kernel, draw_kernel
from numerics.kernel_density_outcomes import moments_after
from numerics.measured_families import RefittingDensity
from numerics.moments_kernel_density import Estimate, expected
from numerics.plain_kernel_density import kernel_density_by_words
from numerics.start import Start
from proofs import simulation
from proofs.case import Case
from proofs.families import kernel_density as cases
from proofs.ledger import Run
from proofs.plans.kernel_density import OVERFLOWS, WIDEST, plan_kernel_density
from proofs.verdict import Outcome
from theory.claim import Claim, Value, value_exact
from theory.errors import DomainError
from theory.families.kernel_density import EXPLODING, WANDERING
from theory.gaussian.variance import VARIANCE_MOMENTS

KEY = streams.derive_key("test", "kernel density")
HALVES = st.fractions(0, 3, max_denominator=6)


def exact(claim: Claim, quantity: str, **point: Fraction | int) -> Fraction:
    values = {name: Fraction(value) for name, value in point.items()}
    found = value_exact(claim, claim.quantity(quantity), values)
    return Fraction(int(found.p), int(found.q))  # type: ignore[attr-defined]


@pytest.mark.parametrize("adaptive", [False, True])
@pytest.mark.parametrize("kernel", KERNELS)
def test_kernel_is_its_twin_however_it_is_split(kernel: Kernel, adaptive: bool) -> None:
    start = Start.named("laplace", 1.5, 2.0)
    run = kernel_density.simulate(start, 5, (1, 2, 6), KEY, 0, 6, 0.4, kernel, adaptive)
    plain = kernel_density_by_words(start, 5, (1, 2, 6), KEY, 0, 6, 0.4, kernel, adaptive)
    for ours, theirs in zip(run, plain, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9)
    late = kernel_density.simulate(start, 5, (1, 2, 6), KEY, 4, 6, 0.4, kernel, adaptive)
    for whole, part in zip(run, late, strict=True):
        np.testing.assert_array_equal(whole[4:], part)


@pytest.mark.parametrize("kernel", KERNELS)
def test_moments_of_a_kernel(kernel: Kernel) -> None:
    """Six standard errors: false alarms with probability below 1e-8."""
    stream = streams.new_stream(KEY, 1)
    drawn = np.array([draw_kernel(stream, KERNELS.index(kernel)) for _ in range(20_000)])
    fourth = float(cases.FOURTH_OF_KERNEL[kernel])
    for power, moment in ((1, 0.0), (2, 1.0), (4, fourth)):
        values = drawn**power
        assert abs(values.mean() - moment) < 6 * values.std() / np.sqrt(drawn.size)


def test_tied_points_and_overflow_are_no_numbers_by_accident() -> None:
    start = Start.named("normal")
    tied = kernel_density.simulate(start, 1, (1, 3), KEY, 0, 3, 0.5, "gaussian", True)
    assert (tied.variance == 0).all()
    assert (tied.log_variance == -np.inf).all()
    wide = kernel_density.simulate(start, 5, (2000,), KEY, 0, 3, 3.0, "gaussian", True)
    assert (wide.mean == np.inf).all()
    assert np.isfinite(wide.log_variance).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, (1,), 0.5, "gaussian"), "samples = 0 lies outside"),
        ((5, (1,), -0.5, "gaussian"), "bandwidth = -0.5 lies outside"),
        ((5, (1,), 0.5, "cosine"), "kernel = 'cosine' is none of"),
    ],
)
def test_bad_arguments(arguments: tuple[int, tuple[int, ...], float, Kernel], message: str) -> None:
    samples, record, width, kernel = arguments
    with pytest.raises(ValueError, match=message):
        kernel_density.simulate(Start.named("normal"), samples, record, KEY, 0, 2, width, kernel)


# --- exactly --------------------------------------------------------------------------------------


@given(st.sampled_from(((1, 3), (2, 3), (3, 2))), HALVES)
def test_moments_are_those_of_all_outcomes(size: tuple[int, int], width: Fraction) -> None:
    samples, n = size
    two = cases.ATOMS["two-point"]
    estimate = Estimate(samples, width**2, fourth=Fraction(1))
    start = [Fraction(1 - k % 2) for k in range(5)]
    seen = tuple(expected(each, estimate, n, start) for each in ((0, 1), (2, 0)))
    assert seen == moments_after(two, two, samples, n, width)


@given(st.integers(1, 30), st.integers(0, 30), HALVES, HALVES.filter(bool))
def test_nothing_is_lost_in_the_sum(M: int, n: int, h: Fraction, sigma: Fraction) -> None:
    point: dict[str, Fraction | int] = {"M": M, "n": n, "h": h, "sigma": sigma}
    variance, drift = (exact(WANDERING, name, **point) for name in ("variance", "drift"))
    assert variance + drift == exact(WANDERING, "total", **point) == sigma**2 + n * h**2


@given(st.integers(2, 30), st.integers(0, 20))
def test_without_a_bandwidth_it_is_the_mle(M: int, n: int) -> None:
    values: dict[str, Value] = {"M": Fraction(M), "n": Fraction(n), "sigma": Fraction(2)}
    values["estimator"] = "mle"
    plain = value_exact(VARIANCE_MOMENTS, VARIANCE_MOMENTS.quantity("mean"), values)
    assert exact(WANDERING, "variance", M=M, n=n, h=0, sigma=2) == Fraction(str(plain))
    assert exact(EXPLODING, "variance", M=M, n=n, h0=0, sigma=2) == Fraction(str(plain))


def test_the_level_is_kept() -> None:
    level = exact(WANDERING, "level", M=9, h=Fraction(1, 3))
    assert level == 1
    assert exact(WANDERING, "variance", M=9, h=Fraction(1, 3), n=7, sigma=1) == level


# --- when something breaks ------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases.CASES, ids=lambda case: case.claim.code)
def test_a_lost_draw_is_seen(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    right = moments_kernel_density._added_up
    monkeypatch.setattr(
        moments_kernel_density, "_added_up", lambda point, samples: right(point, samples + 1)
    )
    moments_kernel_density._images.cache_clear()
    assert Outcome.REFUTED in Run(quick=True).judge(case).outcomes()
    moments_kernel_density._images.cache_clear()


def test_a_kernel_too_wide_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    right = kernel_density.simulate

    def wide(*arguments: object, **named: object) -> kernel_density.KernelRun:
        *before, width, kernel, adaptive = arguments
        return right(*before, 1.1 * width, kernel, adaptive)  # type: ignore[arg-type,call-arg,operator]

    monkeypatch.setattr(kernel_density, "simulate", wide)
    assert Outcome.REFUTED in Run(quick=True).judge(cases.WANDERING_CASE).outcomes()


def test_one_digest_for_any_number_of_threads() -> None:
    plan = plan_kernel_density(10, 12, 2500, "k")
    first, second = (simulation.simulate(plan, threads) for threads in (1, 2))
    assert first is not None
    assert second is not None
    assert first.digest == second.digest
    np.testing.assert_array_equal(first.mean, second.mean)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"samples": 0}, "samples = 0 lies outside 1 .. 10000000"),
        ({"bandwidth": "-1"}, r"--bandwidth -1 lies outside 0 <= bandwidth <= 1e\+50"),
        ({"bandwidth": "1e51"}, r"--bandwidth 1e51 lies outside 0 <= bandwidth <= 1e\+50"),
        ({"kernel": "cosine"}, "kernel = cosine is none of gaussian"),
        ({"start": "cauchy"}, "start = cauchy is none of normal"),
    ],
)
def test_bad_plans(asked: dict[str, object], message: str) -> None:
    usual: dict[str, object] = {"samples": 5, "generations": 3, "replicates": 2, "key": "k"}
    with pytest.raises(DomainError, match=message):
        plan_kernel_density(**{**usual, **asked})  # type: ignore[arg-type]


def test_the_widest_bandwidth_overflows_nothing() -> None:
    plan = plan_kernel_density(20, 100, 30, "k", bandwidth=f"{WIDEST:g}")
    result = simulation.simulate(plan, 1)
    assert result is not None
    assert np.isfinite(result.mean).all()
    assert np.isfinite(result.error[1:]).all()
    assert OVERFLOWS not in plan.notes
    assert OVERFLOWS in plan_kernel_density(20, 100, 30, "k", bandwidth="9", adaptive=True).notes


def test_the_rule_of_thumb_follows_the_points() -> None:
    work = plan_kernel_density(324, 3, 2, "k").work
    assert isinstance(work, RefittingDensity)
    assert (work.adaptive, round(work.bandwidth, 12)) == (True, round(1 / 3, 12))
    fixed = plan_kernel_density(324, 3, 2, "k", bandwidth="1/3").work
    assert isinstance(fixed, RefittingDensity)
    assert not fixed.adaptive
