"""`collapse simulate mixture`: one digest for every split, its columns, its starts, refusals."""

import pickle

import numpy as np
import numpy.typing as npt
import pytest

from numerics import mixture_workflows, streams
from numerics.measured_mixture import MIXTURE, squared_distance
from numerics.workflow import Workflow
from proofs import simulation
from proofs.inputs import read_sample
from proofs.plans.mixture import named, plan_mixture
from proofs.simulated import csv_text, lines
from proofs.simulation import Plan, Result
from theory.errors import DomainError

Floats = npt.NDArray[np.float64]
PAIR = named("two-gaussians", 2, 4.0)


def done(plan: Plan, threads: int | None = None) -> Result:
    result = simulation.simulate(plan, threads)
    assert result is not None
    return result


PLANS = {
    "pair": plan_mixture(60, 6, 150, "k", PAIR),
    "blob, warm": plan_mixture(60, 6, 150, "k", named("one-blob", 1, 0.0), beginning="warm"),
    "data": plan_mixture(60, 5, 150, "k", read_sample("old-faithful"), 2),
    "workflow": plan_mixture(
        (40, 60, 50), 3, 150, "k", PAIR, 3, Workflow("accumulate", real=20, fresh_share=0.2)
    ),
}


@pytest.mark.parametrize("name", PLANS)
def test_the_digest_does_not_depend_on_the_threads(name: str) -> None:
    small = Plan(**{**PLANS[name].__dict__, "block": 16})
    found = [done(small, threads) for threads in (1, 2, 4)]
    assert len({result.digest for result in found}) == 1
    assert all((result.mean == found[0].mean)[1:].all() for result in found)
    work = pickle.loads(pickle.dumps(small.work))
    assert work(3, 9).digest == small.work(3, 9).digest


def test_columns_are_those_of_the_fits() -> None:
    plan = PLANS["pair"]
    key = streams.derive_key("simulate", "mixture", "k")
    run = mixture_workflows.simulate(PAIR, 2, 60, plan.record, key, 0, 150)
    mean = dict(zip(MIXTURE, done(plan).mean[1:].T, strict=True))
    weights, means = run.weights, run.means
    centre = np.einsum("rgj,rgja->rga", weights, means)
    between = (weights * ((means - centre[:, :, None]) ** 2).sum(axis=3)).sum(axis=2)
    np.testing.assert_allclose(mean["trace"] - mean["within"], between.mean(axis=0))
    np.testing.assert_allclose(mean["drift"], (centre**2).sum(axis=2).mean(axis=0))
    np.testing.assert_allclose(mean["diversity"], 1 - (weights**2).sum(axis=2).mean(axis=0))
    np.testing.assert_allclose(mean["lost"], (60 * weights < 1).sum(axis=2).mean(axis=0))
    np.testing.assert_allclose(
        mean["floored"], (run.floored_fits / np.array(plan.record)).mean(axis=0)
    )
    assert (mean["smallest"] <= mean["within"] / 2).all()


def test_the_distance_is_that_of_a_grid() -> None:
    start = named("two-gaussians", 1, 3.0)
    run = mixture_workflows.simulate(start, 2, 40, (1, 4), 7, 0, 2)
    grid = np.linspace(-15, 15, 60_001)

    def density(weights: Floats, means: Floats, variances: Floats) -> Floats:
        steps = grid[:, None] - means.ravel()
        spread = variances.ravel()
        parts = np.exp(-(steps**2) / (2 * spread)) / np.sqrt(2 * np.pi * spread)
        return np.asarray(parts @ weights.ravel())

    first = density(start.weights, start.means, start.covariances)
    for r, g in ((0, 0), (1, 1)):
        other = density(run.weights[r, g], run.means[r, g], run.covariances[r, g])
        seen = ((first - other) ** 2).sum() * (grid[1] - grid[0])
        assert squared_distance(run, start)[r, g] == pytest.approx(seen, rel=1e-6)


def test_the_table_has_no_nan() -> None:
    text = "\n".join(lines(done(PLANS["pair"])))
    assert "nan" not in text
    assert "start = a mixture" in text
    head, first = (line.split(",") for line in csv_text(done(PLANS["pair"])).splitlines()[:2])
    row = dict(zip(head, first, strict=True))
    assert (row["mean_trace"], row["mean_within"], row["mean_log_likelihood"]) == ("6.0", "2.0", "")


def test_histogram_and_data() -> None:
    plan = PLANS["data"]
    assert plan.columns == MIXTURE
    assert any("fitted to these rows" in note for note in plan.notes)
    assert plan.start[1] == pytest.approx(2.0, abs=1e-5)  # standardised columns, and the floor


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--components", "0"), "components = 0 lies outside 1 .. 100"),
        (("--samples", "1"), "a training set has 1 points; 2 components need more"),
        (("--dimensions", "0"), "dimensions = 0 lies outside 1 .. 100"),
        (("--start", "three"), "start = three is none of one-blob, two-gaussians"),
        (("--start", "two-gaussians", "--separation", "-1"), "separation = -1.0 lies outside"),
        (("--separation", "3"), "--separation 3.0 needs two-gaussians"),
        (("--beginning", "cold"), "beginning = cold is none of k-means"),
        (("--floor", "0"), "floor = 0.0 lies outside floor > 0"),
        (("--tolerance", "nan"), "tolerance = nan lies outside"),
        (("--iterations", "0"), "iterations = 0 lies outside"),
        (("--data", "iris", "--dimensions", "2"), "--dimensions 2 excludes --data"),
        (("--columns", "x"), "--columns x needs --data"),
        (("--workflow", "accumulate", "--generations", "1000000"), "lie outside 0..10000000"),
        (("--real", "1"), "real = 1 lies outside real = 0 or real >= 2"),
    ],
)
def test_refused(arguments: tuple[str, ...], message: str) -> None:
    from proofs.commands.simulate import app

    with pytest.raises(DomainError, match=message.replace("..", r"\.\.")):
        app(["mixture", *arguments], standalone_mode=False)


@pytest.mark.parametrize(
    ("model", "option", "elsewhere"),
    [("mixture", "--blend", "gaussian"), ("ngram", "--histogram", "mixture")],
)
def test_only_what_is_done_is_offered(
    model: str, option: str, elsewhere: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from proofs.commands.simulate import app

    for one, offered in ((model, False), (elsewhere, True)):
        app([one, "--help"], standalone_mode=False)
        assert (option in capsys.readouterr().out) == offered
