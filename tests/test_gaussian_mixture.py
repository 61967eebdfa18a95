"""Gaussian mixtures: the kernels against their twins and scikit-learn; what EM keeps exactly."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from numerics import plain_gaussian_mixture as plain
from numerics.campaign import digest, gather
from numerics.gaussian_mixture import Mixture, fit
from numerics.mixture_start import seed
from numerics.mixture_workflows import BEGINNINGS, MixtureRun, simulate
from numerics.streams import derive_key, new_stream
from numerics.workflow import REPLACE, Workflow

KEY = derive_key("test", "gaussian", "mixture")
BLOB = Mixture(np.ones(1), np.zeros((1, 2)), np.eye(2)[None])
PAIR = Mixture(
    np.array([0.3, 0.7]), np.array([[-2.0, 1.0], [2.0, 0.0]]),
    np.array([[[1.0, 0.3], [0.3, 0.5]], [[0.4, -0.1], [-0.1, 2.0]]]),
)  # fmt: skip
LINE = Mixture(np.full(3, 1 / 3), np.array([[-4.0], [0.0], [4.0]]), np.full((3, 1, 1), 0.5))
STARTS = {"one blob": BLOB, "pair": PAIR, "line": LINE}
WORKFLOWS = {
    "replace": REPLACE,
    "accumulate": Workflow("accumulate"),
    "subsample": Workflow("subsample"),
    "without replacement": Workflow("subsample", replacement=False),
    "real": Workflow(real=7),
    "real, accumulate": Workflow("accumulate", real=9),
    "fresh and share": Workflow(fresh=3, fresh_share=0.25),
    "everything": Workflow("subsample", replacement=False, real=8, fresh=2, fresh_share=0.5),
}


def drawn(number: int, d: int, k: int, name: str) -> npt.NDArray[np.float64]:
    """Points (number, d) of k spread clusters, the same in every run."""
    generator = np.random.default_rng(derive_key(name, number, d, k))
    centres = 2.0 * generator.normal(size=(k, d))
    return centres[generator.integers(0, k, number)] + generator.normal(size=(number, d))


def first_guess(d: int, k: int) -> Mixture:
    centres = np.random.default_rng(derive_key("guess", d, k)).normal(size=(k, d))
    return Mixture(np.full(k, 1 / k), centres, np.array([1.5 * np.eye(d)] * k))


SIZES = [(7, 1, 1), (128, 1, 2), (129, 2, 2), (300, 2, 3), (257, 3, 2), (500, 8, 4)]


# ------------------------------------------------------------------------ fit


@pytest.mark.parametrize(("number", "d", "k"), SIZES)
def test_fit_equals_its_twin(number: int, d: int, k: int) -> None:
    points = drawn(number, d, k, "twin")
    for start, begin in (
        (first_guess(d, k), first_guess(d, k)),
        (k, plain.clusters(points, k, new_stream(KEY, 3))),
    ):
        ours = fit(points, start, KEY, 3)
        theirs = plain.fit(points, begin)
        assert (ours.iterations, ours.converged) == (theirs.iterations, theirs.converged)
        assert ours.log_likelihood == pytest.approx(theirs.log_likelihood, abs=1e-11)
        assert (ours.floored == theirs.floored).all()
        for name in ("weights", "means", "covariances"):
            np.testing.assert_allclose(
                getattr(ours.mixture, name), getattr(theirs.mixture, name), rtol=1e-9, atol=1e-9
            )


@pytest.mark.parametrize(("number", "d", "k"), SIZES[1:])
@pytest.mark.filterwarnings("ignore:Best performing initialization did not converge")
def test_fit_equals_that_of_scikit_learn(number: int, d: int, k: int) -> None:
    theirs = pytest.importorskip("sklearn.mixture")
    points, start = drawn(number, d, k, "scikit-learn"), first_guess(d, k)
    for tolerance, most in ((1e-3, 100), (1e-9, 300), (1e-12, 7)):
        model = theirs.GaussianMixture(
            k, tol=tolerance, max_iter=most, weights_init=start.weights, means_init=start.means,
            precisions_init=np.linalg.inv(start.covariances),
        ).fit(points)  # fmt: skip
        ours = fit(points, start, tolerance=tolerance, iterations=most)
        assert (ours.iterations, ours.converged) == (model.n_iter_, model.converged_)
        assert ours.log_likelihood == pytest.approx(model.lower_bound_, abs=1e-8)
        pairs = zip(
            (ours.mixture.weights, ours.mixture.means, ours.mixture.covariances),
            (model.weights_, model.means_, model.covariances_),
            strict=True,
        )
        for mine, other in pairs:
            np.testing.assert_allclose(mine, other, rtol=1e-8, atol=1e-8)


def test_seeds_equal_those_of_the_twin() -> None:
    points, distance = drawn(60, 2, 3, "seeds"), np.empty(60)
    points[20:] = points[0]  # ties
    for replicate in range(300):
        centres = np.empty((4, 2))
        columns = np.ascontiguousarray(points.T)
        seed(new_stream(KEY, replicate), columns, 60, centres, distance)
        np.testing.assert_array_equal(centres, plain.seeds(points, 4, new_stream(KEY, replicate)))


def test_em_keeps_mean_and_covariance_of_the_points() -> None:
    points = drawn(400, 3, 3, "kept")
    for most in (1, 2, 50):
        found = fit(points, first_guess(3, 3), floor=0.01, iterations=most).mixture
        np.testing.assert_allclose(found.mean, points.mean(axis=0), atol=1e-12)
        covariance = np.cov(points.T, ddof=0) + 0.01 * np.eye(3)
        np.testing.assert_allclose(found.covariance, covariance, atol=1e-12)


def test_likelihood_never_falls() -> None:
    points, start = drawn(300, 2, 3, "climb"), first_guess(2, 3)
    heights = [
        fit(points, start, floor=0.0, tolerance=1e-300, iterations=most).log_likelihood
        for most in range(1, 30)
    ]
    assert (np.diff(heights) > -1e-12).all()
    assert heights[-1] > heights[0] + 0.01


def test_a_far_and_narrow_component() -> None:
    narrow = np.concatenate([1e-5 * drawn(200, 2, 1, "narrow") + 1000.0, drawn(200, 2, 1, "wide")])
    found = fit(narrow, 2, KEY, floor=1e-14).mixture
    j = int(found.means[:, 0].argmax())
    covariance = np.cov(narrow[:200].T, ddof=0) + 1e-14 * np.eye(2)
    np.testing.assert_allclose(found.covariances[j], covariance, rtol=1e-7)


def test_the_floor_is_reported() -> None:
    points = np.concatenate([np.zeros((50, 2)), drawn(50, 2, 1, "floor") + 30.0])
    found = fit(points, 2, KEY)
    assert found.floored.tolist() == (found.mixture.means[:, 0] < 15).tolist()
    with pytest.raises(ValueError, match=r"floor = 0\.0; a larger floor is needed"):
        fit(points, 2, KEY, floor=0.0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([1.0, 2.0], 3), "components = 3 lies outside 1..2"),
        (([1.0, np.nan], 1), "not rows of finite numbers"),
        (([[1.0, 2.0]], LINE), "start has dimensions = 1, the points have 2"),
        (([1.0, 2.0], 1, 0, 0, -1.0), "floor = -1.0 lies outside"),
        (([1.0, 2.0], 1, 0, 0, 0.1, 0.0), "tolerance = 0.0 lies outside"),
        (([1.0, 2.0], 1, 0, 0, 0.1, 0.1, 0), "iterations = 0 lies outside"),
    ],
)
def test_bad_input(arguments: tuple[Any, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        fit(*arguments)


@pytest.mark.parametrize(
    ("weights", "means", "covariances", "words"),
    [
        ([0.5, 0.6], [[0.0], [1.0]], [[[1.0]], [[1.0]]], "not >= 0 of sum 1"),
        ([1.0], [[0.0], [1.0]], [[[1.0]]], "means has shape"),
        ([1.0], [[0.0, 0.0]], [[[1.0, 0.5], [0.4, 1.0]]], "not symmetric"),
        ([1.0], [[np.inf]], [[[1.0]]], "not finite"),
    ],
)
def test_no_mixture(weights: object, means: object, covariances: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Mixture(*(np.array(one) for one in (weights, means, covariances)))


# ----------------------------------------------------------------------- loop


def compare(ours: MixtureRun, theirs: MixtureRun) -> None:
    for name in ("iterations", "floored", "floored_fits", "unconverged_fits"):
        np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name), name)
    for name in ("weights", "means", "covariances", "log_likelihood"):
        np.testing.assert_allclose(
            getattr(ours, name), getattr(theirs, name), rtol=1e-8, atol=1e-8, err_msg=name
        )


@pytest.mark.parametrize("beginning", BEGINNINGS)
@pytest.mark.parametrize("name", WORKFLOWS)
def test_loop_equals_its_twin(name: str, beginning: str) -> None:
    start = PAIR if beginning == "warm" else LINE
    sizes = (30, 20, 40, 25)
    given: Any = (start, 2, sizes, (1, 3, 4), KEY, 5, 8, WORKFLOWS[name], beginning)
    compare(simulate(*given), plain.by_words(*given))


@pytest.mark.parametrize("start", STARTS)
def test_starts_in_the_loop(start: str) -> None:
    given: Any = (STARTS[start], 3, 60, (1, 12), KEY, 0, 2, REPLACE, "k-means++", 1e-3, 1e-4, 40)
    compare(simulate(*given), plain.by_words(*given))


def test_replicates_are_the_same_however_they_are_split() -> None:
    whole = simulate(PAIR, 2, 50, (3, 9), KEY, 0, 6)
    parts = gather([simulate(PAIR, 2, 50, (3, 9), KEY, a, b) for a, b in ((0, 1), (1, 4), (4, 6))])
    assert digest(whole) == digest(parts)
    again = simulate(PAIR, 2, 50, (9,), KEY, 0, 6)
    assert digest([again.means[:, 0]]) == digest([whole.means[:, 1]])


def test_a_collapsed_mixture_rests_on_the_floor() -> None:
    run = simulate(BLOB, 2, 30, (1, 2000), KEY, 0, 4, beginning="warm")
    assert not run.floored_fits[:, 0].any()
    assert (run.floored_fits[:, 1] > 500).all()
    assert (np.trace(run.covariances[:, 1], axis1=2, axis2=3) < 1e-3).any(axis=1).all()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"components": 0}, "components = 0 lies outside 1..1000"),
        ({"samples": 1}, "a training set has 1 points; 2 components need more"),
        ({"floor": 0.0}, "floor = 0 lies outside floor > 0"),
        ({"beginning": "cold"}, "beginning = 'cold' is none of"),
        ({"workflow": Workflow(real=1)}, "real = 1 lies outside"),
        ({"workflow": Workflow(fresh=11)}, "fresh = 11 lies outside 0..10"),
        ({"workflow": Workflow(smoothing=1)}, "categories alone"),
        ({"workflow": Workflow(alpha=0.5, beta=0.5)}, "alpha = 0.5 is not 1"),
        ({"workflow": Workflow("accumulate"), "record": (10**6,)}, "lie outside 0..10000000"),
    ],
)
def test_bad_input_of_the_loop(changed: dict[str, Any], words: str) -> None:
    usual: dict[str, Any] = {"start": PAIR, "components": 2, "samples": 10, "record": (3,)}
    usual |= {"key": 1, "first": 0, "last": 1}
    with pytest.raises(ValueError, match=words):
        simulate(**(usual | changed))
