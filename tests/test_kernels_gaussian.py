"""The Gaussian kernels against their plain twins, and their promises about replicates."""

import math
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from numerics import campaign, gaussian, plain
from numerics.gaussian import GaussianRun
from numerics.start import LAWS, Start
from numerics.streams import derive_key, new_stream
from numerics.triangular import triangularise

KEY = derive_key("test", "kernels", "gaussian")
LEVEL = 1e-8  # of each comparison with NumPy's generator; fewer than a hundred, with fixed seeds
TABLE = np.random.default_rng(7).normal(size=(40, 5)) * [1, 2, 3, 4, 5] + 10
CONTINUOUS = [law for law in LAWS if law != "two-point"]


def _start(law: str, dimensions: int) -> Start:
    """A start of that law or, for "sample", from rows of a table, in general position."""
    if law == "sample":
        return Start.sample(TABLE[:, :dimensions])
    root = np.tri(dimensions) + 0.3 * np.eye(dimensions)[::-1]
    return Start.named(law, np.arange(dimensions) - 1.0, root)


@st.composite
def points(draw: st.DrawFn, laws: list[str], most: int) -> dict[str, Any]:
    """A start, a number of samples or a schedule, generations to record, an estimator."""
    record = draw(st.sets(st.integers(1, 6), min_size=1, max_size=3).map(sorted))
    estimator = draw(st.sampled_from(["unbiased", "mle"]))
    constant = st.integers(2, 40)
    schedule = st.lists(constant, min_size=record[-1], max_size=record[-1] + 2)
    return {
        "start": _start(draw(st.sampled_from(laws)), draw(st.integers(1, most))),
        "samples": draw(constant | schedule),
        "record": tuple(record),
        "estimator": estimator,
    }


@given(points([*LAWS, "sample"], 1))
def test_kernel_equals_its_twin(point: dict[str, Any]) -> None:
    run = gaussian.simulate(**point, key=KEY, first=2, last=6)
    twin = plain.gaussian_by_words(**point, key=KEY, first=2, last=6)
    # A fit of few points can be narrow beside its location; rounding is relative to the latter.
    np.testing.assert_allclose(run.mean, twin.mean, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(run.variance, twin.variance, rtol=1e-6, atol=1e-20)
    inside = twin.variance > 1e-12
    np.testing.assert_allclose(run.log_variance[inside], twin.log_variance[inside], atol=1e-6)


@given(points(CONTINUOUS, 5))
def test_multivariate_kernel_equals_its_twin(point: dict[str, Any]) -> None:
    run = gaussian.simulate_multivariate(**point, key=KEY, first=2, last=5)
    twin = plain.multivariate_by_words(**point, key=KEY, first=2, last=5)
    np.testing.assert_allclose(run.mean, twin.mean, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(run.covariance, twin.covariance, rtol=1e-7, atol=1e-9)
    full = np.isfinite(run.log_determinant)
    np.testing.assert_allclose(run.log_determinant[full], twin.log_determinant[full], atol=1e-4)
    rank_deficient = np.min(point["samples"]) <= point["start"].dimensions
    assert full.all() or rank_deficient


@pytest.mark.parametrize("law", ["two-point", "sample"])
def test_first_generation_from_points_with_ties(law: str) -> None:
    start = _start(law, 4)
    run = gaussian.simulate_multivariate(start, 3, (1,), KEY, 0, 50)
    twin = plain.multivariate_by_words(start, 3, (1,), KEY, 0, 50)
    np.testing.assert_allclose(run.mean, twin.mean, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(run.covariance, twin.covariance, rtol=1e-9, atol=1e-9)


def test_one_dimension_is_a_special_case() -> None:
    start = _start("exponential", 1)
    one = gaussian.simulate(start, 9, (1, 2, 30), KEY, 0, 20)
    many = gaussian.simulate_multivariate(start, 9, (1, 2, 30), KEY, 0, 20)
    np.testing.assert_allclose(one.mean, many.mean[:, :, 0], rtol=1e-10)
    np.testing.assert_allclose(one.variance, many.covariance[:, :, 0, 0], rtol=1e-10)
    np.testing.assert_allclose(one.log_variance, many.log_determinant, rtol=1e-10, atol=1e-10)


def _distance(one: NDArray[Any], two: NDArray[Any]) -> float:
    """Largest difference of two empirical distribution functions over what chance allows.

    Each stays within sqrt(log(2 / level) / 2R) of its own law (Massart 1990), so a ratio above 1
    has probability 2 * LEVEL at most when the laws are equal.
    """
    places = np.union1d(one, two)
    below = [np.searchsorted(np.sort(x), places, side="right") / x.size for x in (one, two)]
    allowed = sum(math.sqrt(math.log(2 / LEVEL) / (2 * x.size)) for x in (one, two))
    return float(np.abs(below[0] - below[1]).max() / allowed)


def _columns(run: GaussianRun) -> list[NDArray[np.float64]]:
    """The measured columns, rounded so that equal points of a discrete start stay equal."""
    both = np.concatenate([run.mean, np.exp(run.log_variance)], axis=1)
    return list(np.round(both, 9).T)


def _distances(start: Start, samples: int, other: int, estimator: Any = "unbiased") -> float:
    """Largest distance of a kernel run and a NumPy run."""
    run = gaussian.simulate(start, samples, (1, 3), KEY, 0, 40_000, estimator)
    generator = np.random.default_rng(20240724)
    twin = plain.gaussian_by_generator(start, other, (1, 3), generator, 40_000, "unbiased")
    return max(_distance(*pair) for pair in zip(_columns(run), _columns(twin), strict=True))


@pytest.mark.parametrize("law", [*LAWS, "sample"])
def test_kernel_agrees_in_law_with_numpy(law: str) -> None:
    assert _distances(_start(law, 1), 4, 4) < 1.0


def test_wrong_kernels_are_caught() -> None:
    start = _start("normal", 1)
    assert _distances(start, 4, 5) > 1.0
    assert _distances(start, 4, 4, "mle") > 1.0
    assert _distances(_start("exponential", 1), 4, 4) < 1.0 < _distances(start, 4, 3)


def test_multivariate_kernel_agrees_in_law_with_numpy() -> None:
    start = _start("uniform", 3)
    run = gaussian.simulate_multivariate(start, 6, (1, 3), KEY, 0, 4000)
    generator = np.random.default_rng(20240724)
    twin = plain.multivariate_by_generator(start, 6, (1, 3), generator, 4000)
    for one, two in zip(run, twin, strict=True):
        flat = one.reshape(4000, -1), two.reshape(4000, -1)
        assert all(_distance(*pair) < 1.0 for pair in zip(flat[0].T, flat[1].T, strict=True))


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("block", [1, 7, 64])
@pytest.mark.parametrize("kernel", [gaussian.simulate, gaussian.simulate_multivariate])
def test_same_numbers_for_every_split(kernel: Any, workers: int, block: int) -> None:
    dimensions = 1 if kernel is gaussian.simulate else 3
    work = partial(kernel, _start("laplace", dimensions), 5, (1, 5, 40), KEY)
    parts = campaign.run(work, 60, block=block, workers=workers)
    assert campaign.digest(campaign.gather(parts)) == campaign.digest(work(0, 60))


def test_small_variances_stay_accurate() -> None:
    run = gaussian.simulate(Start.named("normal"), 3, (100, 400, 5000), KEY, 0, 50)
    inside = run.variance > 1e-300
    assert inside[:, 1].any()
    np.testing.assert_allclose(np.log(run.variance[inside]), run.log_variance[inside], rtol=1e-12)
    assert (run.log_variance[:, 2] < -2000).all()
    assert np.isfinite(run.log_variance).all()


def test_tied_points_end_the_variance() -> None:
    run = gaussian.simulate(Start.named("two-point", 5.0), 2, (1, 2), KEY, 0, 100)
    tied = run.variance[:, 0] == 0.0
    assert 20 < tied.sum() < 80
    assert (run.log_variance[tied] == -math.inf).all()
    np.testing.assert_array_equal(run.mean[tied, 0], run.mean[tied, 1])
    assert set(run.mean[tied, 0]) == {4.0, 6.0}


@pytest.mark.parametrize("samples", [1, 2, 4, 9])
def test_rank_is_one_below_the_number_of_points(samples: int) -> None:
    start = _start("normal", 6)
    run = gaussian.simulate_multivariate(start, samples, (1, 4), KEY, 0, 5, "mle")
    for covariance in run.covariance.reshape(-1, 6, 6):
        rank = np.linalg.matrix_rank(covariance, tol=1e-9 * np.trace(covariance))
        assert rank == min(6, samples - 1)
    assert np.isfinite(run.log_determinant).all() == (samples > 6)


def test_log_determinant_outlives_the_covariance() -> None:
    start = Start.named("normal", np.zeros(8))
    run = gaussian.simulate_multivariate(start, 12, (3, 300), KEY, 0, 5)
    early = np.linalg.slogdet(run.covariance[:, 0])[1]
    np.testing.assert_allclose(run.log_determinant[:, 0], early, rtol=1e-9)
    assert (run.log_determinant[:, 1] < -500).all()


def test_triangular_factor() -> None:
    rows = np.random.default_rng(3).normal(size=(20, 6))
    rows[:, 3] = rows[:, 1] - rows[:, 0]
    before = rows.T @ rows
    triangularise(rows)
    np.testing.assert_allclose(rows.T @ rows, before, atol=1e-13)
    np.testing.assert_array_equal(np.tril(rows, -1), 0.0)
    assert rows[3, 3] == 0.0
    assert (np.diagonal(rows) >= 0).all()


@pytest.mark.parametrize("law", LAWS)
def test_named_laws_are_standardised(law: str) -> None:
    z = plain.points_by_words(new_stream(KEY, 1), Start.named(law, np.zeros(2)), 20_000)
    assert np.abs(z.mean(axis=0)).max() < 0.05
    assert np.abs(np.cov(z.T) - np.eye(2)).max() < 0.15


def test_moments_of_a_start() -> None:
    start = Start.sample(TABLE)
    np.testing.assert_allclose(start.mean, TABLE.mean(axis=0))
    np.testing.assert_allclose(start.covariance, np.cov(TABLE.T, ddof=0))
    root = np.array([[2.0, 0.0], [1.0, 0.0]])
    named = Start.named("laplace", [1.0, 2.0], root)
    np.testing.assert_array_equal(named.covariance, root @ root.T)
    assert (named.dimensions, start.dimensions) == (2, 5)
    z = plain.points_by_words(new_stream(KEY, 1), start, 30)
    rows = start.location + z @ start.root.T
    assert all(np.isclose(TABLE, row).all(axis=1).any() for row in rows)


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([], r"sample has shape \(0,\)"),
        ([[1.0, 2.0], [math.nan, 3.0]], r"sample\[1, 0\] = nan is not finite"),
        ([[1.0, math.inf], [2.0, 3.0]], r"sample\[0, 1\] = inf is not finite"),
        ([[1.0, 2.0], [3.0, 2.0]], r"sample column 1 is constant \(2\.0\)"),
        ([4.0], r"sample column 0 is constant \(4\.0\)"),
    ],
)
def test_sample_errors(points: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Start.sample(points)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("cauchy",), r"start = 'cauchy' is none of normal, uniform"),
        (("normal", [0.0, math.nan]), r"location\[1\] = nan is not finite"),
        (("normal", []), r"location has shape \(0,\)"),
        (("normal", [0.0, 1.0], [[1.0]]), r"root has shape \(1, 1\), not \(2, 2\)"),
        (("normal", 0.0, math.inf), r"root\[0, 0\] = inf is not finite"),
    ],
)
def test_named_start_errors(arguments: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Start.named(*arguments)


@pytest.mark.parametrize("kernel", [gaussian.simulate, gaussian.simulate_multivariate])
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"samples": 1}, r"samples = 1 lies outside 2\.\.1000000000"),
        ({"samples": [5, 1, 5]}, r"samples\[1\] = 1 lies outside 2\.\."),
        ({"samples": 0, "estimator": "mle"}, r"samples = 0 lies outside 1\.\."),
        ({"estimator": "robust"}, r"estimator = 'robust' is neither 'unbiased' nor 'mle'"),
        ({"record": (0,)}, r"record starts with 0"),
        ({"last": 0}, r"replicates 0\.\.0 lie outside"),
        ({"key": -3}, r"key = -3 lies outside"),
    ],
)
def test_errors_name_the_value_and_the_domain(
    kernel: Any, changes: dict[str, Any], message: str
) -> None:
    point = {"start": Start.named("normal"), "samples": 5, "record": (1, 3), "key": 1}
    with pytest.raises(ValueError, match=message):
        kernel(**(point | {"first": 0, "last": 4} | changes))


def test_one_dimensional_kernel_refuses_more() -> None:
    with pytest.raises(ValueError, match="start has dimensions = 2; 1 is needed"):
        gaussian.simulate(Start.named("normal", [0.0, 0.0]), 5, (1,), 1, 0, 1)
