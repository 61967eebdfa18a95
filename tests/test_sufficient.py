"""The kernel of sufficient statistics: against its twin, and against the kernel of points."""

import math
from functools import partial
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from numerics import campaign, gaussian, plain_reduced, sufficient
from numerics.gaussian import GaussianRun
from numerics.start import Start
from numerics.streams import derive_key

KEY = derive_key("test", "sufficient")
OTHER = derive_key("test", "sufficient", "points")
LEVEL = 1e-8  # of each comparison of two kernels; there are fewer than a hundred
NORMAL = Start.named("normal", 3.0, -2.0)
STARTS = {
    "normal": NORMAL,
    "exponential": Start.named("exponential", 1.0, 0.5),
    "sample": Start.sample(np.random.default_rng(7).normal(size=40)),
}


@pytest.mark.parametrize("law", STARTS)
@pytest.mark.parametrize("estimator", ["unbiased", "mle"])
@pytest.mark.parametrize("samples", [2, 3, 4, 100, [*range(2, 250)], [9] * 250])
def test_kernel_equals_its_twin(law: str, estimator: Any, samples: Any) -> None:
    point = STARTS[law], samples, (1, 2, 79, 80, 81, 200), KEY, 2, 6, estimator
    run, twin = sufficient.simulate(*point), plain_reduced.sufficient_by_words(*point)
    np.testing.assert_allclose(run.mean, twin.mean, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(run.variance, twin.variance, rtol=1e-11, atol=1e-300)
    inside = twin.variance > 1e-290
    np.testing.assert_allclose(run.log_variance[inside], twin.log_variance[inside], atol=1e-11)


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
    """Measured columns; the product of both would betray that they depend on each other."""
    root = np.exp(0.5 * run.log_variance)
    off = run.mean - 3.0
    return [*run.mean.T, *run.log_variance.T, *(off * root).T, *(np.abs(off) - root).T]


def _distances(samples: Any, other: Any, estimator: Any = "unbiased") -> float:
    """Largest distance between this kernel and that of all points."""
    one = sufficient.simulate(NORMAL, samples, (1, 3), KEY, 0, 60_000, estimator)
    two = gaussian.simulate(NORMAL, other, (1, 3), OTHER, 0, 60_000)
    return max(_distance(*pair) for pair in zip(_columns(one), _columns(two), strict=True))


@pytest.mark.parametrize("samples", [2, 3, 5, 30, [2, 20, 7]])
def test_kernel_agrees_in_law_with_all_points(samples: Any) -> None:
    assert _distances(samples, samples) < 1.0


@pytest.mark.parametrize(("samples", "other"), [(5, 6), (12, 11), ([7, 2, 20], [2, 20, 7])])
def test_wrong_samples_are_caught(samples: Any, other: Any) -> None:
    assert _distances(samples, other) > 1.0


def test_the_wrong_estimator_is_caught() -> None:
    assert _distances(30, 30, "mle") > 1.0


def test_a_long_run_does_not_underflow() -> None:
    record = (50, 10_000, 100_000)
    run = sufficient.simulate(NORMAL, 5, record, KEY, 0, 20)
    assert np.isfinite(run.log_variance).all()
    assert np.isfinite(run.mean).all()
    assert (run.variance[:, 1:] == 0.0).all()
    # Increments are independent and alike: their means over both stretches must agree.
    early = run.log_variance[:, 1] / record[1]
    late = (run.log_variance[:, 2] - run.log_variance[:, 1]) / (record[2] - record[1])
    assert (np.diff(run.log_variance) < -1000).all()
    assert abs(early.mean() - late.mean()) < 6 * early.std() / math.sqrt(early.size)
    np.testing.assert_array_equal(run.mean[:, 1], run.mean[:, 2])


def test_variance_and_logarithm_agree() -> None:
    run = sufficient.simulate(NORMAL, 3, (1, 100, 400, 1000), KEY, 0, 50)
    inside = run.variance > 1e-290
    assert inside[:, 2].any()
    np.testing.assert_allclose(np.log(run.variance[inside]), run.log_variance[inside], rtol=1e-12)


def test_one_point_has_no_variance() -> None:
    run = sufficient.simulate(NORMAL, [4, 1, 3], (1, 2, 3), KEY, 0, 30, "mle")
    assert (run.variance[:, 0] > 0).all()
    assert (run.variance[:, 1:] == 0).all()
    assert (run.log_variance[:, 1:] == -math.inf).all()
    np.testing.assert_array_equal(run.mean[:, 1], run.mean[:, 2])


def test_recording_more_changes_nothing() -> None:
    often = sufficient.simulate(NORMAL, 7, tuple(range(1, 300)), KEY, 0, 5)
    once = sufficient.simulate(NORMAL, 7, (299,), KEY, 0, 5)
    np.testing.assert_array_equal(often.mean[:, -1], once.mean[:, 0])
    np.testing.assert_array_equal(often.log_variance[:, -1], once.log_variance[:, 0])


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("block", [1, 7, 64])
def test_same_numbers_for_every_split(workers: int, block: int) -> None:
    work = partial(sufficient.simulate, STARTS["exponential"], 5, (1, 5, 400), KEY)
    parts = campaign.run(work, 100, block=block, workers=workers)
    assert campaign.digest(campaign.gather(parts)) == campaign.digest(work(0, 100))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"samples": 1}, r"samples = 1 lies outside 2\.\.1000000000"),
        ({"estimator": "robust"}, r"estimator = 'robust' is neither"),
        ({"record": (0,)}, r"record starts with 0"),
        ({"last": 0}, r"replicates 0\.\.0 lie outside"),
        ({"start": Start.named("normal", [0.0, 0.0])}, r"start has dimensions = 2; 1 is needed"),
    ],
)
def test_errors_name_the_value_and_the_domain(changes: dict[str, Any], message: str) -> None:
    point: dict[str, Any] = {"start": NORMAL, "samples": 5, "record": (1, 3), "key": 1}
    with pytest.raises(ValueError, match=message):
        sufficient.simulate(**(point | {"first": 0, "last": 4} | changes))
