"""The Gaussian kernel of workflows: against its twin, exact moments, and broken copies."""

import math
import types
from fractions import Fraction
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from numerics import campaign, gaussian, gaussian_workflows
from numerics.gaussian_workflows import LARGEST_POOL, WorkflowRun, simulate
from numerics.intervals import catoni
from numerics.moments_workflows import expected
from numerics.plain_workflows_gaussian import by_words
from numerics.start import Start
from numerics.streams import derive_key
from numerics.workflow import REPLACE, Workflow

KEY = derive_key("test", "gaussian", "workflows")
LEVEL = 1e-9  # of each interval for a mean; there are fewer than a thousand, with fixed keys
ROUNDS = 3
REPLICATES = 4000  # of a kernel that is not compiled
QUANTITIES = {
    "mean": (1, 0, 0, 0),
    "mean^2": (2, 0, 0, 0),
    "variance": (0, 1, 0, 0),
    "pool mean^2": (0, 0, 2, 0),
    "pool variance": (0, 0, 0, 1),
}
NORMAL = Start.named("normal", 3.0, -2.0)
STARTS = {
    "normal": NORMAL,
    "exponential": Start.named("exponential", -1.0, 0.5),
    "sample": Start.sample(np.random.default_rng(7).normal(size=40)),
}
WITHOUT = partial(Workflow, "subsample", replacement=False)
WORKFLOWS = {
    "replace": REPLACE,
    "accumulate": Workflow("accumulate"),
    "subsample": Workflow("subsample"),
    "without replacement": WITHOUT(),
    "real": Workflow(real=2),
    "real, accumulate": Workflow("accumulate", real=3),
    "real, subsample": Workflow("subsample", real=2),
    "real, without replacement": WITHOUT(real=2),
    "fresh": Workflow(fresh=1),
    "all fresh": Workflow(fresh=2),
    "fresh, accumulate": Workflow("accumulate", fresh=1),
    "fresh, subsample": Workflow("subsample", fresh=1),
    "share": Workflow(fresh_share=0.25),
    "share, one fresh": Workflow(fresh=1, fresh_share=0.25),
    "share, accumulate": Workflow("accumulate", fresh_share=0.25),
    "real, fresh and share": Workflow(real=2, fresh=1, fresh_share=0.5),
    "law before": Workflow(alpha=0.75, beta=0.25),
    "rarely a fit": Workflow(alpha=0.25, beta=0.75),
    "law before, accumulate": Workflow("accumulate", alpha=0.5, beta=0.5),
    "law before, subsample": Workflow("subsample", alpha=0.5, beta=0.5),
    "real law": Workflow(alpha=0.75, gamma=0.25),
    "all blended": Workflow(alpha=0.5, beta=0.25, gamma=0.25),
    "all blended, accumulate": Workflow("accumulate", alpha=0.5, beta=0.25, gamma=0.25),
    "all blended, without replacement": WITHOUT(alpha=0.5, beta=0.25, gamma=0.25),
    "no fit": Workflow(alpha=0.0, beta=0.5, gamma=0.5),
    "everything": WITHOUT(real=2, fresh=1, fresh_share=0.25, alpha=0.5, beta=0.25, gamma=0.25),
}


def _assert_close(run: WorkflowRun, twin: WorkflowRun) -> None:
    """The kernel's own rounding is all that may part them."""
    for name in ("mean", "pool_mean"):
        np.testing.assert_allclose(getattr(run, name), getattr(twin, name), rtol=1e-13, atol=1e-13)
    for name in ("variance", "pool_variance"):
        np.testing.assert_allclose(getattr(run, name), getattr(twin, name), rtol=1e-11, atol=1e-290)
    np.testing.assert_allclose(run.log_variance, twin.log_variance, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_kernel_equals_its_twin(name: str) -> None:
    for start in STARTS.values():
        for samples in (3, [2, 5, 3, 4, 2, 7]):
            for estimator in ("unbiased", "mle"):
                arguments: Any = (start, samples, (1, 2, 6), KEY, 2, 4, WORKFLOWS[name], estimator)
                _assert_close(simulate(*arguments), by_words(*arguments))


@pytest.mark.parametrize(
    ("workflow", "rounds"),
    [
        (REPLACE, 400),
        (Workflow(alpha=0.9, beta=0.1), 600),
        (Workflow(fresh_share=0.0005), 800),
        (Workflow(real=1, fresh_share=0.0004), 1600),
        (Workflow(alpha=0.995, beta=0.0045, gamma=0.0005), 800),
    ],
)
def test_a_narrow_fit_stays_accurate(workflow: Workflow, rounds: int) -> None:
    """Spreads far below 2**-400 of the start's, and back where a real point turns up."""
    record = tuple(range(1, rounds, 3))
    arguments = (NORMAL, 2, record, KEY, 0, 2, workflow)
    run = simulate(*arguments, "mle")
    twin = by_words(*arguments, "mle", bits=3000)
    assert run.log_variance[np.isfinite(run.log_variance)].min() < -600
    rises = np.diff(np.where(np.isfinite(run.log_variance), run.log_variance, 0.0))
    assert (rises.max() > 300) == (workflow.gamma > 0 or workflow.fresh_share > 0)
    _assert_close(run, twin)


def test_replace_is_the_plain_refit() -> None:
    for start in (Start.named("normal", 3.0, 2.0), *list(STARTS.values())[1:]):
        for samples in (4, [2, 5, 3, 4, 2, 7]):
            one = simulate(start, samples, (1, 2, 6), KEY, 0, 20, REPLACE)
            two = gaussian.simulate(start, samples, (1, 2, 6), KEY, 0, 20)
            np.testing.assert_allclose(one.mean, two.mean, rtol=1e-13, atol=1e-13)
            np.testing.assert_allclose(one.variance, two.variance, rtol=1e-12)
            np.testing.assert_allclose(one.log_variance, two.log_variance, rtol=1e-12, atol=1e-12)
            assert np.isnan([one.pool_mean, one.pool_variance]).all()


@lru_cache(maxsize=1024)
def _moment(
    powers: tuple[int, int, int, int], samples: int, workflow: Workflow, estimator: Any
) -> Fraction:
    return expected(powers, samples, ROUNDS, workflow, estimator)


def _values(run: WorkflowRun, powers: tuple[int, int, int, int]) -> Any:
    """(R,) values of a monomial after the last round, in units of the start."""
    mean, pool_mean = ((x[:, -1] - 3.0) / -2.0 for x in (run.mean, run.pool_mean))
    variance, pool_variance = (x[:, -1] / 4.0 for x in (run.variance, run.pool_variance))
    parts = (mean, variance, pool_mean, pool_variance)
    return math.prod(part**power for part, power in zip(parts, powers, strict=True) if power)


def _outside(run: WorkflowRun, samples: int, workflow: Workflow, estimator: Any) -> list[str]:
    """Names of the quantities whose exact mean lies outside its interval; the variance is exact."""
    found = []
    kept = workflow.real > 0 or workflow.keep != "replace"
    for name, powers in QUANTITIES.items():
        if any(powers[2:]) and not kept:
            continue
        a, b, c, d = powers
        centre = _moment(powers, samples, workflow, estimator)
        second = _moment((2 * a, 2 * b, 2 * c, 2 * d), samples, workflow, estimator)
        spread = float(second - centre**2)
        interval = catoni(_values(run, powers), spread, LEVEL)
        if not interval.contains(float(centre)):
            found.append(name)
    return found


@pytest.mark.parametrize("estimator", ["unbiased", "mle"])
@pytest.mark.parametrize("name", WORKFLOWS)
def test_means_are_exact(name: str, estimator: Any) -> None:
    run = simulate(NORMAL, 2, (ROUNDS,), KEY, 0, 40_000, WORKFLOWS[name], estimator)
    assert _outside(run, 2, WORKFLOWS[name], estimator) == []


def test_means_from_a_skewed_law_and_a_schedule() -> None:
    """Moments 1, 0, 1, 2, 9, 44, 265 of the exponential law; mean and variance then depend."""
    workflow, sizes = WORKFLOWS["everything"], (2, 3)
    moments = [Fraction(x) for x in (1, 0, 1, 2, 9, 44, 265)].__getitem__
    run = simulate(Start.named("exponential"), sizes, (2,), KEY, 0, 40_000, workflow)
    for powers in ((1, 1, 0, 0), (0, 0, 1, 1)):
        mean, variance = (
            (run.mean, run.variance) if powers[0] else (run.pool_mean, run.pool_variance)
        )
        doubled: Any = tuple(2 * power for power in powers)
        centre, square = (
            expected(p, sizes, 2, workflow, moments=moments) for p in (powers, doubled)
        )
        interval = catoni((mean * variance)[:, 0], float(square - centre**2), LEVEL)
        assert interval.contains(float(centre))
        assert not interval.contains(0.0)


def test_given_real_points() -> None:
    points = [1.0, 4.0, 6.0]
    for keep in ("replace", "accumulate", "subsample"):
        workflow = Workflow(keep, real=3)
        arguments: Any = (NORMAL, 2, (1, 3), KEY, 0, 3, workflow, "mle", points)
        _assert_close(simulate(*arguments), by_words(*arguments))
    run = simulate(NORMAL, 2, (3,), KEY, 0, 40_000, Workflow(real=3), "mle", points)
    np.testing.assert_allclose(run.pool_mean, np.mean(points), rtol=1e-13)
    np.testing.assert_allclose(run.pool_variance, np.var(points), rtol=1e-13)
    exact = [Fraction(x) for x in points]
    for powers, values in (((1, 0, 0, 0), run.mean), ((0, 1, 0, 0), run.variance)):
        doubled = (2 * powers[0], 2 * powers[1], 0, 0)
        centre, square = (
            expected(p, 2, 3, Workflow(real=3), "mle", points=exact) for p in (powers, doubled)
        )
        assert catoni(values[:, 0], float(square - centre**2), LEVEL).contains(float(centre))


#: what is broken: text of the kernel, replacement, workflow whose means must notice
SABOTAGES = {
    "pool forgets earlier batches": (" kept = training\n", " kept = batch\n", "accumulate"),
    "pool takes no batch": (" kept = training\n", " pass\n", "real, accumulate"),
    "divisor M for M - 1": ("training.number - lost", "training.number", "replace"),
    "divisor of the pool": (") / kept.number", ") / (kept.number - 1)", "real"),
    "fresh points beside a batch": ("left = samples - plan.fresh", "left = samples", "all fresh"),
    "fresh points from the model": ("k >= plan.fresh and", "", "share, one fresh"),
    "every point is fresh": ("k >= plan.fresh and", "k >= samples and", "fresh, subsample"),
    "share of the others": (">= plan.share", "< plan.share", "share"),
    "blend swapped": ("if u >= plan.beta:", "if u < plan.beta:", "law before"),
    "blend without the real law": ("u >= plan.edge", "u > 1.0", "real law"),
    "blend looks back once": ("fit -= 1\n", "fit -= 1\n        break\n", "rarely a fit"),
    "blend looks the wrong way": ("-past.step[fit]", "past.step[fit]", "rarely a fit"),
    "replacement ignored": ("        if replacement:", "        if False:", "subsample"),
    "replacement always": ("        if replacement:", "        if True:", "without replacement"),
    "real points forgotten": ("training = merged(kept, batch)", "training = batch", "real"),
    "oldest points alone": ("pool[: kept.number]", "pool[:samples]", "without replacement"),
    "mean of the batch stays": ("moved = mean + ", "moved = mean + 0 * ", "replace"),
}  # fmt: skip


def _interpreted(text: str, replacement: str) -> Any:
    """The kernel's module, run without being compiled, with one text replaced."""
    source = Path(gaussian_workflows.__file__).read_text()
    assert text in source, f"the kernel has changed: mend the sabotage of {text!r}"
    module = types.ModuleType("broken")
    lines = source.replace(text, replacement).replace("@jitted\n", "").replace("@lean\n", "")
    exec(compile(lines.replace("@inlined\n", ""), "broken", "exec"), module.__dict__)
    return module


def _broken_run(text: str, replacement: str, name: str) -> WorkflowRun:
    kernel = _interpreted(text, replacement).simulate
    run: WorkflowRun = kernel(NORMAL, 2, (ROUNDS,), KEY, 0, REPLICATES, WORKFLOWS[name], "unbiased")
    return run


@pytest.mark.parametrize("sabotage", SABOTAGES)
def test_a_broken_kernel_is_caught(sabotage: str) -> None:
    name = SABOTAGES[sabotage][2]
    assert _outside(_broken_run(*SABOTAGES[sabotage]), 2, WORKFLOWS[name], "unbiased")


def test_an_interpreted_kernel_is_sound() -> None:
    """Without a break, nothing is caught: it equals the compiled kernel."""
    for name in ("replace", "everything"):
        run = _broken_run("kept", "kept", name)
        _assert_close(run, simulate(NORMAL, 2, (ROUNDS,), KEY, 0, REPLICATES, WORKFLOWS[name]))


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("block", [1, 7, 64])
@pytest.mark.parametrize("name", ["replace", "real, accumulate", "everything"])
def test_same_numbers_for_every_split(name: str, block: int, workers: int) -> None:
    work = partial(_work, WORKFLOWS[name])
    parts = campaign.run(work, 60, block=block, workers=workers)
    assert campaign.digest(campaign.gather(parts)) == campaign.digest(work(0, 60))


def _work(workflow: Workflow, first: int, last: int) -> WorkflowRun:
    return simulate(STARTS["exponential"], 5, (1, 5, 40), KEY, first, last, workflow)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_recording_more_changes_nothing(name: str) -> None:
    often = simulate(NORMAL, 4, tuple(range(1, 20)), KEY, 0, 5, WORKFLOWS[name])
    once = simulate(NORMAL, 4, (19,), KEY, 0, 5, WORKFLOWS[name])
    for one, two in zip(often, once, strict=True):
        np.testing.assert_array_equal(one[:, -1:], two)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_far_start_costs_no_accuracy(name: str) -> None:
    near = simulate(Start.named("normal"), 4, (1, 30), KEY, 0, 5, WORKFLOWS[name])
    far = simulate(Start.named("normal", 1e12, 1e-6), 4, (1, 30), KEY, 0, 5, WORKFLOWS[name])
    np.testing.assert_allclose(far.variance, near.variance * 1e-12, rtol=1e-12)
    np.testing.assert_allclose(far.pool_variance, near.pool_variance * 1e-12, rtol=1e-12)
    np.testing.assert_allclose(far.log_variance, near.log_variance - 12 * math.log(10), rtol=1e-12)


def test_tied_points_have_no_variance() -> None:
    run = simulate(NORMAL, 2, (1, 2, 3), KEY, 0, 200, Workflow("subsample"))
    tied = run.variance == 0.0
    assert 60 < tied[:, 0].sum() < 140
    assert ((run.log_variance == -math.inf) == tied).all()
    assert (run.pool_variance > 0.0).all()
    one = simulate(NORMAL, 1, (1, 5), KEY, 0, 20, Workflow("accumulate"), "mle")
    assert (one.variance == 0.0).all()
    np.testing.assert_array_equal(one.mean[:, 0], one.mean[:, 1])


def test_one_point_at_a_time() -> None:
    """Added to two or more real points, even for unbiased fits."""
    for keep in ("replace", "accumulate"):
        run = simulate(NORMAL, 1, (1, 50), KEY, 0, 20, Workflow(keep, real=2))
        assert (run.variance > 0.0).all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"samples": 0}, r"samples = 0 lies outside 1\.\."),
        ({"samples": 1}, r"a training set has 1 points; unbiased fits need 2 or more"),
        ({"samples": [5, 1, 5]}, r"a training set has 1 points"),
        ({"samples": [5, 1, 5], "workflow": Workflow("subsample", real=9)}, "set has 1 points"),
        ({"samples": [5, 5]}, r"samples has 2 entries; 3 are needed"),
        ({"workflow": Workflow(real=1)}, "real = 1 lies outside real = 0 or real >= 2"),
        ({"workflow": Workflow(fresh=6)}, r"fresh = 6 lies outside 0\.\.5, the smallest batch"),
        ({"workflow": Workflow(smoothing=1.0)}, "smoothing = 1.0 is not 0"),
        ({"workflow": Workflow(real=LARGEST_POOL + 1)}, r"real = 10000001 lies outside 0\.\."),
        (
            {"samples": LARGEST_POOL // 3 + 1, "workflow": Workflow("subsample")},
            r"the pool grows to 10000002 points, which lies outside 0\.\.10000000",
        ),
        ({"points": [1.0]}, r"points = \[1.0\] are not real = 0 finite numbers"),
        (
            {"workflow": Workflow(real=2), "points": [1.0, math.nan]},
            r"are not real = 2 finite numbers",
        ),
        (
            {
                "workflow": Workflow(real=2),
                "points": [1.0, 2.0],
                "start": Start.named("normal", 0.0, 0.0),
            },
            "root = 0",
        ),
        ({"estimator": "robust"}, r"estimator = 'robust' is neither"),
        ({"record": (0,)}, r"record starts with 0"),
        ({"last": 0}, r"replicates 0\.\.0 lie outside"),
        ({"start": Start.named("normal", [0.0, 0.0])}, r"start has dimensions = 2; 1 is needed"),
    ],
)
def test_errors_name_the_value_and_the_domain(changes: dict[str, Any], message: str) -> None:
    point: dict[str, Any] = {"start": NORMAL, "samples": 5, "record": (1, 3), "workflow": REPLACE}
    with pytest.raises(ValueError, match=message):
        simulate(**(point | {"key": 1, "first": 0, "last": 4} | changes))
