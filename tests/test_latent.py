"""Linear VAE: the kernel and its twin, what its fit maximises, the floor, `simulate vae`."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics import campaign, latent, reflected
from numerics.eigen import decompose
from numerics.gaussian import Estimator
from numerics.plain_latent import latent_by_words
from numerics.start import Start
from numerics.streams import derive_key
from proofs import simulation
from proofs.cases import CASES
from proofs.families.low_rank import dense, refitted, relative_entropy
from proofs.inputs import read_sample
from proofs.ledger import Run
from proofs.plans.vae import plan_vae, read_noise
from proofs.verdict import Outcome
from tests.strategies import values_of
from theory.claim import value_ball, value_exact
from theory.domain import Point
from theory.errors import DomainError
from theory.families.floored import FLOORED
from theory.families.latent import SPECTRUM, TRACE_LAW
from theory.families.low_rank import EXPRESSIVITY

Floats = npt.NDArray[np.float64]
KEY = derive_key("test", "latent")
ROOT = np.array([[2.0, 0, 0, 0], [0.5, 1.6, 0, 0], [0.15, 0.1, 1, 0], [0, 0.06, 0, 0.7]])
NORMAL = Start.named("normal", [3.0, 0, -1, 8], ROOT)
ROWS = Start.sample(np.random.default_rng(3).exponential(size=(30, 4)) @ ROOT.T)


def covariance_of(start: Start) -> Floats:
    return np.asarray((start.covariance + start.covariance.T) / 2)


# ------------------------------------------------------------------------ eigenvalues


def decomposed(matrix: Floats) -> tuple[Floats, Floats]:
    d = len(matrix)
    vectors, values, order = np.zeros((d, d)), np.zeros(d), np.zeros(d, np.int64)
    decompose(matrix.copy(), vectors, values, order)
    return values, vectors[order].T


@pytest.mark.parametrize(("d", "rank"), [(1, 1), (2, 2), (5, 5), (9, 3), (40, 40)])
def test_eigenvalues_and_eigenvectors(d: int, rank: int) -> None:
    root = np.random.default_rng(d).normal(size=(d, rank))
    matrix = root @ root.T
    values, vectors = decomposed(matrix)
    np.testing.assert_allclose(values, np.linalg.eigvalsh(matrix)[::-1], atol=1e-12 * d)
    np.testing.assert_allclose(vectors @ np.diag(values) @ vectors.T, matrix, atol=1e-12 * d)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(d), atol=1e-13)


def test_small_eigenvalues_beside_large_ones() -> None:
    """A matrix whose rows differ by ten powers of ten: all eigenvalues to twelve digits."""
    scales = np.array([1e10, 1.0, 1e-10])
    shape = np.array([[1.0, 0.3, 0.2], [0.3, 1.0, 0.1], [0.2, 0.1, 1.0]])
    values, _ = decomposed(shape * np.outer(scales, scales))
    # Down to relative 1e-20 they are the pivots: each scale again without the larger ones.
    pivots = np.linalg.cholesky(shape).diagonal() ** 2 * scales**2
    np.testing.assert_allclose(values, pivots, rtol=1e-12)


# ------------------------------------------------------------------------ the kernel


@pytest.mark.parametrize("start", [NORMAL, ROWS], ids=["normal", "rows"])
@pytest.mark.parametrize("noise", [None, 0.9], ids=["learned", "given"])
@pytest.mark.parametrize("estimator", ["mle", "unbiased"])
def test_kernel_equals_its_twin(start: Start, noise: float | None, estimator: str) -> None:
    axes = latent.fit_covariance(covariance_of(start), 2, noise).frame[:, :2]
    for samples, record in ((20, (1, 2, 9)), ([40, 6, 12, 9], (2, 4))):
        by: Estimator = "mle" if estimator == "mle" else "unbiased"
        ours = latent.simulate(start, 2, samples, record, KEY, 3, 6, noise, by)
        theirs = latent_by_words(start, 2, samples, record, KEY, 3, 6, noise, estimator, axes)
        for one, other in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-10)


def test_replicates_do_not_depend_on_how_they_are_split() -> None:
    def work(first: int, last: int) -> latent.LatentRun:
        return latent.simulate(NORMAL, 2, 12, (1, 7), KEY, first, last)

    whole = campaign.digest(work(0, 50))
    for block, workers in ((7, 1), (13, 4)):
        parts = campaign.gather(campaign.run(work, 50, block=block, workers=workers))
        assert campaign.digest(parts) == whole


def test_with_one_latent_too_few_to_lose_the_fit_is_the_full_covariance() -> None:
    covariance = covariance_of(NORMAL)
    fit = latent.fit_covariance(covariance, 3)
    loadings = fit.frame[:, :3] * np.sqrt(fit.latent)
    model = loadings @ loadings.T + fit.noise * np.eye(4)
    np.testing.assert_allclose(model, covariance, atol=1e-14)


@given(st.integers(0, 3), st.lists(st.floats(-2, 2), min_size=20, max_size=20))
def test_trace_is_kept_also_with_too_few_points(q: int, numbers: list[float]) -> None:
    """Five points in four dimensions, or two of them, on a line: noise 0, the same trace."""
    points = np.array(numbers).reshape(5, 4)
    for rows in (points, points[:2]):
        covariance = np.cov(rows.T, ddof=0)
        fit = latent.fit_covariance((covariance + covariance.T) / 2, q)
        trace = float(fit.latent.sum() + 4 * fit.noise)
        assert trace == pytest.approx(float(np.trace(covariance)), rel=1e-12, abs=1e-300)
        assert q == 0 or len(rows) == 5 or fit.noise <= 1e-14 * trace


def test_fit_equals_that_of_scikit_learn() -> None:
    theirs = pytest.importorskip("sklearn.decomposition")
    points = np.random.default_rng(5).normal(size=(60, 4)) @ ROOT.T
    for q in (1, 2, 3):
        model = theirs.PCA(n_components=q, svd_solver="full").fit(points)
        covariance = np.cov(points.T)
        fit = latent.fit_covariance((covariance + covariance.T) / 2, q)
        assert fit.noise == pytest.approx(model.noise_variance_)
        np.testing.assert_allclose(fit.latent + fit.noise, model.explained_variance_)
        np.testing.assert_allclose(np.abs(fit.frame[:, :q].T), np.abs(model.components_), 1e-9)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"latents": 4}, r"latents = 4 lies outside 0\.\.3"),
        ({"latents": 5, "noise": 1.0}, r"latents = 5 lies outside 0\.\.4"),
        ({"noise": 0.0}, r"noise = 0\.0 lies outside noise > 0"),
        ({"samples": 3}, r"samples = 3 lies outside 4\.\."),
        ({"directions": np.eye(4)}, r"directions has shape \(4, 4\), not \(4, 2\)"),
    ],
)
def test_bad_input(change: dict[str, Any], words: str) -> None:
    arguments: dict[str, Any] = {"latents": 2, "samples": 10} | change
    with pytest.raises(ValueError, match=words):
        latent.simulate(NORMAL, record=(1,), key=KEY, first=0, last=1, **arguments)


# ------------------------------------------------------------------------ D01, D02


def test_the_trace_law_needs_a_likelihood_with_a_maximum() -> None:
    quantity = TRACE_LAW.quantity("trace")
    point = {"M": Fraction(5), "n": Fraction(2), "d": Fraction(7), "q": Fraction(3)}
    assert value_exact(TRACE_LAW, quantity, point) == fmpq(16, 25)  # the MLE unless said
    for outside in ({"q": Fraction(4)}, {"d": Fraction(3)}):
        with pytest.raises(DomainError, match="lies outside q"):
            value_exact(TRACE_LAW, quantity, {**point, **outside})


def entropy_gap(sizes: tuple[Fraction, ...], q: int) -> float:
    point: Point = {"l": sizes, "q": Fraction(q)}
    return float(value_ball(EXPRESSIVITY, EXPRESSIVITY.quantity("kl"), point, 128).mid())


@given(values_of(SPECTRUM), st.data())
def test_no_other_model_of_the_family_is_closer(
    sizes: tuple[Fraction, ...], data: st.DataObject
) -> None:
    d = len(sizes)
    q = data.draw(st.integers(0, d - 1))
    numbers = data.draw(st.lists(st.floats(-2, 2), min_size=d * q, max_size=d * q))
    noise = data.draw(st.floats(0.01, 50))
    weights = np.array(numbers).reshape(d, q)
    start = np.diag([float(size) for size in sizes])
    other = weights @ weights.T + noise * np.eye(d)
    least = entropy_gap(sizes, q)
    assert -1e-12 <= least <= relative_entropy(start, other) + 1e-9


def em_step(covariance: Floats, weights: Floats, noise: float) -> tuple[Floats, float]:
    """One step of EM for probabilistic PCA (Tipping and Bishop 1999, section 3.3)."""
    inner = np.linalg.inv(noise * np.eye(weights.shape[1]) + weights.T @ weights)
    moved = covariance @ weights
    fresh = moved @ np.linalg.inv(noise * np.eye(len(inner)) + inner @ weights.T @ moved)
    return fresh, float(np.trace(covariance - moved @ inner @ fresh.T)) / len(covariance)


def test_em_from_anywhere_arrives_at_the_closed_form() -> None:
    covariance = covariance_of(NORMAL)
    weights, noise = np.random.default_rng(1).normal(size=(4, 2)), 2.0
    for _ in range(400):
        weights, noise = em_step(covariance, weights, noise)
    fit = latent.fit_covariance(covariance, 2)
    loadings = fit.frame[:, :2] * np.sqrt(fit.latent)
    assert noise == pytest.approx(fit.noise)
    np.testing.assert_allclose(weights @ weights.T, loadings @ loadings.T, atol=1e-7)


@pytest.mark.parametrize("code", ["D01", "D02"])
def test_a_wrong_noise_is_seen(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = latent.fit_covariance

    def wrong(covariance: Floats, latents: int, noise: float | None = None) -> latent.Fit:
        fit = right(covariance, latents, noise)
        d = len(covariance)
        return fit._replace(noise=fit.noise * (d - latents) / d)

    monkeypatch.setattr(latent, "fit_covariance", wrong)
    case = next(case for case in CASES if case.claim.code == code)
    assert Outcome.REFUTED in Run(quick=True).judge(case).outcomes()


def test_refits_stay() -> None:
    from proofs.case import setting

    here = setting((1,), l=(4, 2, 1), q=1)
    np.testing.assert_allclose(refitted(here, 1), refitted(here, 7), atol=1e-13)
    assert np.abs(refitted(here, 1) - dense(here)).max() > 0.1


# ------------------------------------------------------------------------ D03


def floored(name: str, **point: Fraction | int | str) -> arb:
    exact = {key: Fraction(x) if isinstance(x, int) else x for key, x in point.items()}
    return value_ball(FLOORED, FLOORED.quantity(name), exact, 128)


@given(st.integers(2, 300))
def test_the_tail_index_of_the_mle_falls_to_two(M: int) -> None:
    kappa, later = (floored("kappa", M=size, estimator="mle") for size in (M, M + 1))
    assert 2 + arb(1) / (3 * M) < later < kappa < 2 + arb(1) / M
    assert floored("kappa", M=M) == 1


@settings(max_examples=15)
@given(st.integers(2, 30), st.integers(0, 7), st.sampled_from(["unbiased", "mle"]))
def test_the_latent_is_dead_less_and_less_often(M: int, n: int, estimator: str) -> None:
    now, later = (floored("dead", M=M, n=k, estimator=estimator) for k in (n, n + 1))
    assert 0 < later < now <= 1
    assert floored("dead", M=M, n=n) <= floored("dead", M=M, n=n, estimator="mle")


@pytest.mark.parametrize(("nu", "divisor"), [(1, 1), (2, 3), (5, 6)])
def test_integrals_and_walk_agree(nu: int, divisor: int) -> None:
    estimator = "unbiased" if nu == divisor else "mle"
    for n in (1, 2):
        law = floored("dead", M=nu + 1, n=n, estimator=estimator)
        with ctx.workprec(128):
            assert abs(law - reflected.at_one(nu, divisor, n)) < arb(2) ** -80


def test_a_floor_that_is_too_high_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    right = reflected.at_one
    monkeypatch.setattr(
        reflected, "at_one", lambda nu, divisor, n, bits: right(nu, divisor, n, bits) * 1.0001
    )
    case = next(case for case in CASES if case.claim is FLOORED)
    assert Outcome.REFUTED in Run(quick=True).judge(case).outcomes()


# ------------------------------------------------------------------------ simulate vae


def test_digits_without_the_pixels_that_never_change() -> None:
    sample = read_sample("digits", leave_constant=True)
    assert sample.rows.shape == (1797, 61)
    assert sample.rows.min() == 0
    assert sample.rows.max() == 16
    assert sample.notes[1] == "left out, constant: 'p00', 'p40', 'p47'"
    with pytest.raises(DomainError, match="column 'p00' is constant"):
        read_sample("digits")
    with pytest.raises(DomainError, match="column 'p40' is constant"):
        read_sample("digits", "p40,p41", leave_constant=True)


def test_a_table_of_constants_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "dark.csv"
    path.write_text("a,b\n0,1\n0,1\n")
    with pytest.raises(DomainError, match="no column changes"):
        read_sample(str(path), leave_constant=True)


@pytest.mark.parametrize("noise", [None, 0.3])
def test_plan_and_threads(noise: float | None) -> None:
    plan = plan_vae(20, 3, 300, "k", read_sample("iris"), 2, noise)
    first, second = (simulation.simulate(plan, threads) for threads in (1, 3))
    assert first is not None
    assert second is not None
    assert first.digest == second.digest
    start = dict(zip(plan.columns, plan.start, strict=True))
    rows = read_sample("iris").rows
    if noise is None:
        assert start["trace"] == pytest.approx(rows.var(axis=0).sum())
        assert start["active"] == 2
        mean, error = first.mean[:, 0], first.error[:, 0]
        law = start["trace"] * (1 - 1 / 20) ** np.arange(4)
        assert (np.abs(mean - law)[1:] < 5 * error[1:]).all()
    else:
        assert start["active"] == 1
        assert first.mean[:, plan.columns.index("noise")] == pytest.approx(noise)
    assert start["reconstruction"] == pytest.approx(start["latent_1"] + start["latent_2"])
    # Means of latents given points, z = scale u . x / (scale^2 + noise), have this deviation.
    share = start["latent_1"] / (start["latent_1"] + start["noise"])
    assert start["encoded"] <= share**0.5


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"latents": 4}, r"latent = 4 lies outside 1 \.\. 3"),
        ({"latents": 5, "noise": 1.0}, r"latent = 5 lies outside 1 \.\. 4"),
        ({"samples": 3}, r"samples = 3 lies outside 4 "),
        ({"estimator": "mean"}, "estimator = mean is not mle or unbiased"),
    ],
)
def test_plans_outside_are_refused(change: dict[str, Any], words: str) -> None:
    arguments: dict[str, Any] = {"samples": 10, "latents": 2} | change
    with pytest.raises(DomainError, match=words):
        plan_vae(generations=2, replicates=2, key="k", data=read_sample("iris"), **arguments)


def test_noise_is_learned_or_a_number() -> None:
    assert read_noise("learned") is None
    assert read_noise("0.25") == 0.25
    for text in ("0", "-1", "nan", "inf", "fixed"):
        with pytest.raises(DomainError, match=f"noise = {text} is neither"):
            read_noise(text)
