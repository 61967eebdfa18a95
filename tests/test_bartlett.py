"""The Bartlett kernel: against its twin, against the kernel of points, and in long runs."""

import math
from functools import partial
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from numerics import bartlett, campaign, gaussian, plain_reduced
from numerics.bartlett import BartlettRun
from numerics.start import Start
from numerics.streams import derive_key

KEY = derive_key("test", "bartlett")
OTHER = derive_key("test", "bartlett", "points")
LEVEL = 1e-8  # of each comparison of two kernels; there are fewer than two hundred


def _start(law: str, d: int) -> Start:
    """A start in general position."""
    return Start.named(law, np.arange(d) - 1.0, np.tri(d) + 0.3 * np.eye(d)[::-1])


@pytest.mark.parametrize("law", ["normal", "uniform"])
@pytest.mark.parametrize("estimator", ["unbiased", "mle"])
@pytest.mark.parametrize(
    ("d", "samples"),
    [
        (1, 2), (1, 9), (2, 3), (5, 30), (5, 4), (12, 20), (13, 20), (20, 15), (40, 60),
        (6, [9, 4, 3, 20, 2, 9, 9, 9]),
    ],
)  # fmt: skip
def test_kernel_equals_its_twin(law: str, estimator: Any, d: int, samples: Any) -> None:
    point = _start(law, d), samples, (1, 2, 3, 8), KEY, 2, 4, estimator
    run, twin = bartlett.simulate(*point), plain_reduced.bartlett_by_words(*point)
    for r, g in np.ndindex(run.log_trace.shape):
        size = np.exp(twin.log_trace[r, g])
        assert np.abs(run.mean[r, g] - twin.mean[r, g]).max() < 1e-10
        assert np.abs(run.covariance[r, g] - twin.covariance[r, g]).max() <= 1e-10 * size
    np.testing.assert_allclose(run.log_trace, twin.log_trace, atol=1e-9)
    # The pivots of a nearly singular matrix are those of another by rounding.
    np.testing.assert_allclose(run.log_diagonal, twin.log_diagonal, atol=1e-6)
    np.testing.assert_allclose(run.log_determinant, twin.log_determinant, atol=1e-5)


@pytest.mark.parametrize(
    ("law", "d", "samples"),
    [("normal", 1, 5), ("uniform", 2, 6), ("normal", 3, [9, 4, 7, 9, 8] * 8), ("laplace", 9, 16),
     ("normal", 6, [20] * 20 + [4] * 20), ("normal", 17, 40)],
)  # fmt: skip
def test_kernel_equals_its_twin_for_long(law: str, d: int, samples: Any) -> None:
    # Past several draws of words, and past a look at the sizes.
    point = _start(law, d), samples, (7, 8, 9, 31, 40), KEY, 5, 7
    run, twin = bartlett.simulate(*point), plain_reduced.bartlett_by_words(*point)
    np.testing.assert_allclose(run.mean, twin.mean, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(run.log_diagonal, twin.log_diagonal, atol=1e-6)
    np.testing.assert_allclose(run.log_trace, twin.log_trace, atol=1e-8)


def _scattered(d: int) -> Start:
    """A start whose scales are far apart, large ones after small ones."""
    scales = 10.0 ** np.where(np.arange(d) % 2, 140.0, -140.0)
    return Start.named("normal", np.arange(d) - 1.0, np.diag(scales))


@pytest.mark.parametrize("d", [3, 6, 15])
def test_kernel_equals_its_twin_for_scales_far_apart(d: int) -> None:
    point = _scattered(d), 30, (1, 2, 9, 20), KEY, 0, 3
    run, twin = bartlett.simulate(*point), plain_reduced.bartlett_by_words(*point)
    np.testing.assert_allclose(run.mean, twin.mean, rtol=1e-9)
    np.testing.assert_allclose(run.log_diagonal, twin.log_diagonal, rtol=1e-12)
    one, two = (np.diagonal(each.covariance, axis1=2, axis2=3) for each in (run, twin))
    np.testing.assert_allclose(one, two, rtol=1e-9)


@pytest.mark.parametrize("d", [2, 10, 14])
def test_a_path_does_not_depend_on_what_is_recorded(d: int) -> None:
    for start in (_start("laplace", d), _scattered(d)):
        one = bartlett.simulate(start, 20, (45,), KEY, 3, 6)
        many = bartlett.simulate(start, 20, (1, 3, 17, 32, 33, 45), KEY, 3, 6)
        for alone, last in zip(one, many, strict=True):
            np.testing.assert_array_equal(alone[:, 0], last[:, -1])


def _distance(one: NDArray[Any], two: NDArray[Any]) -> float:
    """Largest difference of two empirical distribution functions over what chance allows.

    Each stays within sqrt(log(2 / level) / 2R) of its own law (Massart 1990), so a ratio above 1
    has probability 2 * LEVEL at most when the laws are equal.
    """
    places = np.union1d(one, two)
    below = [np.searchsorted(np.sort(x), places, side="right") / x.size for x in (one, two)]
    allowed = sum(math.sqrt(math.log(2 / LEVEL) / (2 * x.size)) for x in (one, two))
    return float(np.abs(below[0] - below[1]).max() / allowed)


def _columns(run: Any) -> list[NDArray[np.float64]]:
    """Measured columns, and ones in which mean and covariance, or two entries, meet."""
    replicates, _, d = run.mean.shape
    flat = run.covariance.reshape(replicates, -1)
    off = (run.mean - np.arange(d) + 1.0).reshape(replicates, -1)
    size = run.covariance[..., 0, 0]
    return [*off.T, *flat.T, *(flat[:, 1:] - flat[:, :-1]).T, *(off[:, ::d] ** 2 - size).T]


def _distances(law: str, d: int, samples: Any, other: Any, estimator: Any = "unbiased") -> float:
    """Largest distance between this kernel and that of all points."""
    start, record, replicates = _start(law, d), (1, 3), 30_000
    one = bartlett.simulate(start, samples, record, KEY, 0, replicates, estimator)
    two = gaussian.simulate_multivariate(start, other, record, OTHER, 0, replicates)
    columns = list(zip(_columns(one), _columns(two), strict=True))
    if np.isfinite(two.log_determinant).all():
        columns += list(zip(one.log_determinant.T, two.log_determinant.T, strict=True))
    return max(_distance(*pair) for pair in columns)


@pytest.mark.parametrize(
    ("law", "d", "samples"),
    [("normal", 2, 3), ("normal", 3, 8), ("laplace", 2, 7), ("normal", 3, 3), ("normal", 3, 2),
     ("uniform", 4, [5, 3, 9])],
)  # fmt: skip
def test_kernel_agrees_in_law_with_all_points(law: str, d: int, samples: Any) -> None:
    assert _distances(law, d, samples, samples) < 1.0


@pytest.mark.parametrize(("samples", "other"), [(8, 9), (12, 11), ([5, 9, 3], [5, 9, 4])])
def test_wrong_samples_are_caught(samples: Any, other: Any) -> None:
    assert _distances("normal", 3, samples, other) > 1.0


def test_the_wrong_estimator_is_caught() -> None:
    assert _distances("normal", 2, 12, 12, "mle") > 1.0


def test_identities_of_one_run() -> None:
    run = bartlett.simulate(_start("normal", 20), 40, (1, 5, 30), KEY, 0, 6)
    _, logarithm = np.linalg.slogdet(run.covariance)
    np.testing.assert_allclose(run.log_determinant[:, :2], logarithm[:, :2], rtol=1e-7)
    np.testing.assert_allclose(run.log_determinant, 2 * run.log_diagonal.sum(axis=2), rtol=1e-12)
    trace = np.trace(run.covariance, axis1=2, axis2=3)
    np.testing.assert_allclose(run.log_trace, np.log(trace), rtol=1e-12)
    root = np.linalg.cholesky(run.covariance[:, :2])
    diagonal = np.log(np.diagonal(root, axis1=2, axis2=3))
    np.testing.assert_allclose(run.log_diagonal[:, :2], diagonal, atol=1e-5)
    np.testing.assert_array_equal(run.covariance, run.covariance.swapaxes(2, 3))


@pytest.mark.parametrize("samples", [1, 2, 4, 6, 7, 9])
def test_rank_is_one_below_the_number_of_points(samples: int) -> None:
    run = bartlett.simulate(_start("normal", 6), samples, (1, 4), KEY, 0, 5, "mle")
    rank = min(6, samples - 1)
    for covariance in run.covariance[:, 0]:
        tolerance = 1e-9 * np.trace(covariance)
        assert np.linalg.matrix_rank(covariance, tol=tolerance) == rank
    assert np.isfinite(run.log_diagonal[:, :, :rank]).all()
    assert (run.log_diagonal[:, :, rank:] == -math.inf).all()
    assert np.isfinite(run.log_determinant).all() == (rank == 6)


def test_a_singular_start() -> None:
    root = np.outer([1.0, 2.0, 0.0], [1.0, 1.0, 1.0])
    start = Start.named("normal", np.zeros(3), root)
    run = bartlett.simulate(start, 10, (1, 50), KEY, 0, 4)
    assert (np.isfinite(run.log_diagonal).sum(axis=2) == 1).all()
    ratio = run.covariance[:, :, 1, 1] / run.covariance[:, :, 0, 0]
    np.testing.assert_allclose(ratio, 4.0, rtol=1e-12)


def test_a_hundred_thousand_generations() -> None:
    record = (1000, 10_000, 100_000)
    run = bartlett.simulate(Start.named("normal", np.zeros(50)), 100, record, KEY, 0, 1)
    for values in (run.mean, run.log_diagonal, run.log_determinant, run.log_trace):
        assert np.isfinite(values).all()
    assert (np.diff(run.log_determinant) < -100_000).all()
    assert (run.covariance[:, 2] == 0.0).all()
    # Increments of the log determinant are independent and alike, from the first on.
    short = bartlett.simulate(Start.named("normal", np.zeros(50)), 100, (5,), KEY, 1, 401)
    rate = short.log_determinant[:, 0] / 5
    spread = rate.std() / math.sqrt(rate.size)
    assert abs(run.log_determinant[0, 2] / record[2] - rate.mean()) < 6 * spread
    # The largest direction shrinks slowest: trace and first pivot keep together, relatively.
    assert abs(run.log_trace[0, 2] / (2 * run.log_diagonal[0, 2].max()) - 1) < 0.05


def test_scales_far_apart_survive() -> None:
    # Pivots of both orders of size, with a large one after a small one.
    sizes = np.array([1e-250, 1.0, 1e250, 1e-150])
    start = Start.named("normal", np.zeros(4), np.diag(sizes))
    run = bartlett.simulate(start, 30, (1, 20, 400), KEY, 0, 5)
    unit = bartlett.simulate(Start.named("normal", np.zeros(4)), 30, (1, 20, 400), KEY, 0, 5)
    moved = unit.log_diagonal + np.log(sizes)
    np.testing.assert_allclose(run.log_diagonal, moved, rtol=1e-11)
    assert np.isfinite(run.log_trace).all()


def test_log_scale_agrees_with_a_scaled_start() -> None:
    large = bartlett.simulate(_start("normal", 14), 20, (400,), KEY, 0, 3)
    tiny = Start.named(
        "normal", _start("normal", 14).location, 2.0**-600 * _start("normal", 14).root
    )
    small = bartlett.simulate(tiny, 20, (400,), KEY, 0, 3)
    shift = 600 * math.log(2)
    np.testing.assert_allclose(small.log_diagonal + shift, large.log_diagonal, rtol=1e-11)
    np.testing.assert_allclose(small.log_trace + 2 * shift, large.log_trace, rtol=1e-10)


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("block", [1, 7, 64])
def test_same_numbers_for_every_split(workers: int, block: int) -> None:
    work = partial(bartlett.simulate, _start("laplace", 3), 5, (1, 5, 40), KEY)
    parts = campaign.run(work, 60, block=block, workers=workers)
    assert campaign.digest(campaign.gather(parts)) == campaign.digest(work(0, 60))


def test_fields() -> None:
    run: BartlettRun = bartlett.simulate(_start("normal", 3), 5, (1, 2), KEY, 0, 4)
    shapes = [(4, 2, 3), (4, 2, 3, 3), (4, 2, 3), (4, 2), (4, 2)]
    assert [field.shape for field in run] == shapes


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"samples": 1}, r"samples = 1 lies outside 2\.\.1000000000"),
        ({"estimator": "robust"}, r"estimator = 'robust' is neither"),
        ({"record": (0,)}, r"record starts with 0"),
        ({"key": -3}, r"key = -3 lies outside"),
    ],
)
def test_errors_name_the_value_and_the_domain(changes: dict[str, Any], message: str) -> None:
    point: dict[str, Any] = {"start": _start("normal", 2), "samples": 5, "record": (1, 3)}
    with pytest.raises(ValueError, match=message):
        bartlett.simulate(**(point | {"key": 1, "first": 0, "last": 4} | changes))
