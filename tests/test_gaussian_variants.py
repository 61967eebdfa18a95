"""Varied refits: the kernel against its plain twin, the claims against each other."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from numerics import gaussian, gaussian_variants, plain_variants, streams
from numerics.gaussian_variants import Variant
from numerics.start import Start
from proofs.gaussian import bounded as bounded_case
from proofs.gaussian import multiplier as multiplier_case
from proofs.ledger import Run
from proofs.verdict import Outcome
from theory.claim import Claim, value_ball, value_exact
from theory.domain import Point
from theory.gaussian.bounded import BOUNDED_RISK
from theory.gaussian.drift import MEAN_DRIFT
from theory.gaussian.known_mean import KNOWN_MEAN
from theory.gaussian.multiplier import MULTIPLIER_FAMILY, SAMPLING_BIAS
from theory.gaussian.relative_entropy import DIVERGENCES
from theory.gaussian.risk import WASSERSTEIN_RISK
from theory.gaussian.survival import RATE_BOUNDS, SURVIVAL
from theory.gaussian.truncation import TRUNCATION
from theory.gaussian.variance import DEVIATION_DECAY

BITS = 128
KEY = streams.derive_key("test", "variants")
SIZES, GENERATIONS = st.integers(2, 40), st.integers(0, 40)
VARIANTS = st.builds(
    Variant,
    multiplier=st.floats(0.5, 2),
    known_mean=st.booleans(),
    cut=st.sampled_from([0.5, 1.0, 2.5, float("inf")]),
    spread=st.floats(0.5, 2),
)


def ball(claim: Claim, quantity: str, **point: object) -> arb:
    exact = {
        name: value if isinstance(value, str) else Fraction(str(value))
        for name, value in point.items()
    }
    return value_ball(claim, claim.quantity(quantity), exact, BITS)


@given(SIZES, VARIANTS)
def test_kernel_equals_its_twin(M: int, variant: Variant) -> None:
    run = gaussian_variants.simulate(M, (1, 4), KEY, 2, 6, variant)
    twin = plain_variants.variant_by_words(M, (1, 4), KEY, 2, 6, variant)
    np.testing.assert_allclose(run.mean, twin.mean, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(run.variance, twin.variance, rtol=1e-6, atol=1e-20)


@pytest.mark.parametrize(
    ("samples", "variant"),
    [
        (2, Variant(multiplier=1e-9, spread=1e-3)),
        (1, Variant(multiplier=1e6, known_mean=True)),
        (3, Variant(cut=1e-3)),
        (700, Variant(multiplier=1.3, cut=1.0, spread=0.9)),
        (tuple(range(2, 42)), Variant(multiplier=0.7)),
    ],
)
def test_kernel_equals_its_twin_at_the_edges(
    samples: int | tuple[int, ...], variant: Variant
) -> None:
    # Past a hundred powers of ten; the twin holds the points themselves, not the mean and a step.
    sizes = samples if isinstance(samples, int) else list(samples)
    run = gaussian_variants.simulate(sizes, (1, 2, 9), KEY, 0, 5, variant)
    twin = plain_variants.variant_by_words(sizes, (1, 2, 9), KEY, 0, 5, variant)
    np.testing.assert_allclose(run.mean, twin.mean, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(run.variance[:, :2], twin.variance[:, :2], rtol=1e-6)
    np.testing.assert_allclose(run.variance, np.exp(run.log_variance), rtol=1e-9)


def test_kernel_without_a_variant_is_the_ordinary_one() -> None:
    run = gaussian_variants.simulate(9, (1, 30), KEY, 0, 20, Variant())
    other = gaussian.simulate(Start.named("normal"), 9, (1, 30), KEY, 0, 20)
    np.testing.assert_allclose(run.mean, other.mean, rtol=1e-12)
    np.testing.assert_allclose(run.log_variance, other.log_variance, rtol=1e-12)


def test_replicates_do_not_depend_on_how_they_are_split() -> None:
    variant = Variant(1.5, cut=2.0)
    whole = gaussian_variants.simulate(5, (3,), KEY, 0, 9, variant)
    parts = [gaussian_variants.simulate(5, (3,), KEY, a, b, variant) for a, b in ((0, 4), (4, 9))]
    assert (whole.variance == np.concatenate([part.variance for part in parts])).all()


@pytest.mark.parametrize(
    ("variant", "message"),
    [
        (Variant(multiplier=0.0), "multiplier = 0.0"),
        (Variant(spread=-1.0), "spread = -1.0"),
        (Variant(cut=0.0), "cut = 0.0"),
    ],
)
def test_a_variant_outside_is_refused(variant: Variant, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        gaussian_variants.simulate(5, (1,), KEY, 0, 2, variant)


@given(SIZES, GENERATIONS)
def test_the_family_holds_both_estimators(M: int, n: int) -> None:
    one, unbiased = (
        ball(MULTIPLIER_FAMILY, "risk", M=M, n=n, b=1),
        ball(WASSERSTEIN_RISK, "risk", M=M, n=n),
    )
    mle = ball(MULTIPLIER_FAMILY, "risk", M=M, n=n, b=1 - Fraction(1, M))
    assert one.overlaps(unbiased)
    assert mle.overlaps(ball(BOUNDED_RISK, "risk", M=M, n=n))


@given(SIZES, st.fractions(Fraction(1, 20), Fraction(19, 20), max_denominator=40))
def test_risk_rises_to_its_ceiling_below_one(M: int, b: Fraction) -> None:
    ceiling = ball(MULTIPLIER_FAMILY, "ceiling", M=M, b=b)
    near, far = (ball(MULTIPLIER_FAMILY, "risk", M=M, b=b, n=n) for n in (20, 4000))
    with ctx.workprec(BITS):
        assert abs(ceiling - far) < arb("1e-3")
        assert near < ceiling


@given(SIZES, GENERATIONS, st.fractions(Fraction(1, 4), 3, max_denominator=12))
def test_bias_of_points_drifts_lam_times_as_far_as_that_of_the_estimator(
    M: int, n: int, lam: Fraction
) -> None:
    point: Point = {"M": Fraction(M), "n": Fraction(n), "lam": lam}
    drift = value_exact(SAMPLING_BIAS, SAMPLING_BIAS.quantity("drift"), point)
    steps = sum((lam**k for k in range(n)), Fraction(0)) * lam / M
    assert Fraction(int(drift.p), int(drift.q)) == steps  # type: ignore[attr-defined]
    assert ball(SAMPLING_BIAS, "critical", M=M).overlaps(ball(MULTIPLIER_FAMILY, "critical", M=M))


@given(SIZES)
def test_threshold_lies_above_one_and_is_where_the_rate_vanishes(M: int) -> None:
    critical = ball(SAMPLING_BIAS, "critical", M=M)
    rate = ball(SAMPLING_BIAS, "rate", M=M, lam=1)
    with ctx.workprec(BITS):
        assert critical > 1 + arb(1) / M
        assert (critical.log() + rate).contains(0)


@given(st.integers(1, 40), GENERATIONS)
def test_a_known_mean_is_worth_one_point(M: int, n: int) -> None:
    assert ball(KNOWN_MEAN, "deviation", M=M, n=n).overlaps(
        ball(DEVIATION_DECAY, "mean", M=M + 1, n=n)
    )


@given(st.integers(4, 40), st.integers(1, 30), st.sampled_from(["unbiased", "mle"]))
def test_the_real_law_is_farther_from_the_fitted_one_than_back(
    M: int, n: int, estimator: str
) -> None:
    forward, backward = (
        ball(DIVERGENCES, name, M=M, n=n, estimator=estimator) for name in ("forward", "backward")
    )
    assert 0 < forward < backward


@given(SIZES, st.integers(1, 60), st.fractions(Fraction(1, 20), 4, max_denominator=20))
def test_the_best_order_beats_one_half(M: int, n: int, eps: Fraction) -> None:
    markov, chernoff = (ball(SURVIVAL, name, M=M, n=n, eps=eps) for name in ("markov", "chernoff"))
    suresh = ball(RATE_BOUNDS, "survival", M=M, n=n, eps=eps)
    with ctx.workprec(BITS):
        assert chernoff < markov * (1 + arb("1e-20"))
        assert markov < suresh


@given(st.fractions(Fraction(1, 10), 5, max_denominator=20))
def test_cut_points_vary_less_than_uniform_and_uncut_ones(c: Fraction) -> None:
    kept = ball(TRUNCATION, "mean", M=5, n=1, c=c)
    assert kept < 1
    assert kept < arb(c.numerator) ** 2 / (3 * c.denominator**2)


def test_a_kernel_that_forgets_the_multiplier_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    simulate = gaussian_variants.simulate

    def forgetful(*arguments: object) -> object:
        *others, variant = arguments
        return simulate(*others, variant._replace(multiplier=1.0))  # type: ignore[arg-type, attr-defined, call-arg]

    monkeypatch.setattr("proofs.gaussian.varied.simulate", forgetful)
    finding = Run(quick=True).judge(multiplier_case.MULTIPLIER_FAMILY_CASE)
    assert Outcome.REFUTED in finding.outcomes()


def test_a_risk_without_the_conserved_drift_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = BOUNDED_RISK
    quantity = claim.quantity("risk")
    object.__setattr__(quantity, "law", MEAN_DRIFT.quantity("drift").laws()["mle"])
    try:
        finding = Run(quick=True).judge(bounded_case.BOUNDED_RISK_CASE)
    finally:
        from theory.gaussian.bounded import RISK

        object.__setattr__(quantity, "law", RISK)
    assert Outcome.REFUTED in finding.outcomes()
    assert not finding.derived
