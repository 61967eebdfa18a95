"""Categories under every workflow: the kernel against enumeration and against its plain twins."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from functools import cache, partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from numerics import campaign, discrete, plain_workflows_discrete, workflows
from numerics.discrete_workflows import WorkflowRun, simulate
from numerics.intervals import clopper_pearson
from numerics.streams import derive_key
from numerics.workflow import KEEPS, Workflow
from numerics.workflows import State

KEY = derive_key("test", "workflows", "discrete")
#: False-alarm share of each comparison; fewer than a hundred, with fixed keys and seeds.
LEVEL = 1e-8
START = (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6))
SIZES = (2, 1, 2)
REPLICATES = 40_000
THIRD, QUARTER, HALF = Fraction(1, 3), Fraction(1, 4), Fraction(1, 2)

WORKFLOWS = {
    "replace": Workflow(),
    "fixed real set": Workflow(real=2),
    "fresh points": Workflow(fresh=1),
    "fresh share": Workflow(fresh_share=THIRD),
    "fresh points and share": Workflow(fresh=1, fresh_share=HALF, real=1),
    "blend": Workflow(alpha=HALF, beta=THIRD, gamma=Fraction(1, 6)),
    "blend without real": Workflow(alpha=QUARTER, beta=1 - QUARTER),
    "accumulate": Workflow("accumulate"),
    "accumulate from real": Workflow("accumulate", real=2),
    "accumulate with fresh": Workflow("accumulate", fresh=1),
    "accumulate with fresh share": Workflow("accumulate", fresh_share=QUARTER),
    "subsample": Workflow("subsample"),
    "subsample without replacement": Workflow("subsample", replacement=False),
    "subsample from real": Workflow("subsample", replacement=False, real=1, fresh_share=THIRD),
    "smoothing": Workflow(smoothing=Fraction(3, 2)),
    "smoothing toward a law": Workflow(smoothing=HALF, toward=(Fraction(0), THIRD, 1 - THIRD)),
    "everything": Workflow(
        "subsample", real=1, fresh_share=QUARTER, alpha=HALF, beta=QUARTER, gamma=QUARTER,
        smoothing=HALF,
    ),
}  # fmt: skip


# --------------------------------------------------------------- all outcomes

Row = tuple[float, ...]


def described(state: State) -> Row:
    """Return the kernel's numbers of a state, absorption aside."""
    law, pool = state
    kept = sum(pool)
    return (
        float(sum(p * p for p in law)),
        float(Fraction(sum(c * c for c in pool), kept * kept)) if kept else -1.0,
        float(sum((p - q) ** 2 for p, q in zip(law, START, strict=True))),
        float(law[1]),
        float(sum(p > 0 for p in law)),
    )


def rounded(row: Iterable[float]) -> Row:
    """Return whole numbers that rounding errors leave alone: no rational is near a tie."""
    return tuple(round(value * 1e8 * math.pi) for value in row)


@cache
def measured(workflow: Workflow) -> list[Counter[Row]]:
    """Return how often the kernel saw each row, after one, two and three rounds."""
    law = [float(p) for p in START]
    run = simulate(law, SIZES, (1, 2, 3), KEY, 0, REPLICATES, workflow, tracked=1)
    columns = np.stack([np.nan_to_num(column, nan=-1.0) for column in run[:5]], axis=-1)
    rows = [np.unique(columns[:, g], axis=0, return_counts=True) for g in range(3)]
    tallies: list[Counter[Row]] = [Counter() for _ in rows]
    for tally, (values, counts) in zip(tallies, rows, strict=True):
        for row, count in zip(values.tolist(), counts.tolist(), strict=True):
            tally[rounded(row)] += count
    return tallies


def enumerated(workflow: Workflow) -> list[dict[Row, Fraction]]:
    """Return the exact chance of each row, after one, two and three rounds."""
    laws: list[dict[Row, Fraction]] = [{}, {}, {}]
    for rounds, chances in enumerate(laws, start=1):
        for state, weight in workflows.after(START, SIZES[:rounds], rounds, workflow).items():
            row = rounded(described(state))
            chances[row] = chances.get(row, Fraction(0)) + weight
    return laws


def alarms(seen: list[Counter[Row]], wanted: list[dict[Row, Fraction]]) -> int:
    """Return how many rows are too frequent or too rare for an enumerated workflow."""
    count = 0
    for tally, chances in zip(seen, wanted, strict=True):
        count += sum(row not in chances for row in tally)
        for row, chance in chances.items():
            found = clopper_pearson(tally[row], tally.total(), LEVEL / (3 * len(chances)))
            count += not found.contains(float(chance))
    return count


@pytest.mark.parametrize("name", WORKFLOWS)
def test_kernel_against_all_outcomes(name: str) -> None:
    assert alarms(measured(WORKFLOWS[name]), enumerated(WORKFLOWS[name])) == 0


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("subsample without replacement", Workflow("subsample")),
        ("subsample", Workflow("accumulate")),
        ("fresh points", Workflow()),
        ("fresh share", Workflow(fresh_share=HALF)),
        ("accumulate with fresh", Workflow("accumulate")),
        ("accumulate from real", Workflow("accumulate")),
        ("fixed real set", Workflow("accumulate", real=2)),
        ("blend", Workflow(alpha=THIRD, beta=HALF, gamma=Fraction(1, 6))),
        ("blend", Workflow(alpha=HALF, beta=Fraction(1, 6), gamma=THIRD)),
        ("smoothing toward a law", Workflow(smoothing=HALF)),
    ],
)
def test_another_workflow_is_seen(name: str, wrong: Workflow) -> None:
    assert alarms(measured(WORKFLOWS[name]), enumerated(wrong)) > 0


@pytest.mark.parametrize("keep", ["accumulate", "subsample"])
def test_a_pool_that_forgets_a_batch_is_seen(keep: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = workflows._Exact.round

    def forgetful(self: Any, state: State, size: int) -> Any:
        return sound(self, State(state.law, (0,) * len(state.pool)), size)

    monkeypatch.setattr(workflows._Exact, "round", forgetful)
    assert alarms(measured(Workflow(keep)), enumerated(Workflow(keep))) > 0


def test_replace_is_the_kernel_of_resampling() -> None:
    law, record = (0.4, 0.3, 0.2, 0.1), (1, 2, 6)
    run = simulate(law, 12, record, KEY, 0, 50_000, Workflow(), tracked=1)
    other = discrete.simulate(law, 12, record, KEY + 1, 0, 50_000, tracked=1)
    for g in range(3):
        assert _distance(np.rint(run.squares[:, g] * 144), other.pairs[:, g]) < 1
        assert _distance(np.rint(run.tracked[:, g] * 12), other.tracked[:, g]) < 1
        assert _distance(run.survivors[:, g], other.survivors[:, g]) < 1
        gone = (other.absorbed_at >= 0) & (other.absorbed_at <= record[g])
        assert _distance(run.absorbed[:, g], gone) < 1


# ---------------------------------------------------------------- plain twins


@st.composite
def points(draw: st.DrawFn) -> dict[str, Any]:
    """A start, a number of samples or a schedule, a workflow, and rounds to record."""
    weights = draw(st.lists(st.integers(0, 9), min_size=1, max_size=9).filter(any))
    record = draw(st.sets(st.integers(1, 6), min_size=1, max_size=3).map(sorted))
    least = draw(st.integers(1, 30))
    sizes = st.integers(least, 60)
    schedule = st.lists(sizes, min_size=record[-1], max_size=record[-1] + 1)
    keep = draw(st.sampled_from(KEEPS))
    shares = st.sampled_from([0.0, 0.125, 0.5])
    beta, gamma = draw(st.tuples(shares, shares))
    return {
        "start": np.array(weights) / sum(weights),
        "samples": draw(sizes | schedule),
        "record": tuple(record),
        "tracked": draw(st.integers(0, len(weights) - 1)),
        "workflow": Workflow(
            keep, draw(st.booleans()) if keep == "subsample" else True,
            draw(st.sampled_from([0, 1, 25])), draw(st.integers(0, least)),
            draw(shares), 1.0 - beta - gamma, beta, gamma, draw(st.sampled_from([0.0, 2.5])),
        ),
    }  # fmt: skip


@given(points())
def test_kernel_equals_its_twin(point: dict[str, Any]) -> None:
    run = simulate(**point, key=KEY, first=2, last=5)
    assert_twins(run, plain_workflows_discrete.by_words(**point, key=KEY, first=2, last=5))


@pytest.mark.parametrize("name", WORKFLOWS)
def test_kernel_equals_its_twin_on_a_rising_schedule(name: str) -> None:
    """A subsample is more than half of its pool every time."""
    law, sizes, record = [float(p) for p in START], (5, 40, 90), (1, 2, 3)
    run = simulate(law, sizes, record, KEY, 3, 13, WORKFLOWS[name], tracked=2)
    twin = plain_workflows_discrete.by_words(
        law, sizes, record, KEY, 3, 13, WORKFLOWS[name], tracked=2
    )
    assert_twins(run, twin)


def assert_twins(run: WorkflowRun, twin: WorkflowRun) -> None:
    """Same words, same counts; only the sums of squares are added in another order."""
    for name in ("tracked", "survivors", "absorbed"):
        np.testing.assert_array_equal(getattr(run, name), getattr(twin, name), err_msg=name)
    for name in ("squares", "pool_squares", "distance"):
        one, two = getattr(run, name), getattr(twin, name)
        np.testing.assert_allclose(one, two, rtol=1e-13, atol=1e-15, err_msg=name)


def _distance(one: NDArray[Any], two: NDArray[Any]) -> float:
    """Largest difference of two empirical distribution functions over what chance allows.

    A ratio above 1 has probability 2 * LEVEL at most when the laws are equal (Massart 1990).
    """
    places = np.union1d(one, two)
    below = [np.searchsorted(np.sort(x), places, side="right") / x.size for x in (one, two)]
    allowed = sum(math.sqrt(math.log(2 / LEVEL) / (2 * x.size)) for x in (one, two))
    return float(np.abs(below[0] - below[1]).max() / allowed)


@pytest.mark.parametrize("name", ["everything", "accumulate", "subsample without replacement"])
def test_kernel_agrees_in_law_with_numpy(name: str) -> None:
    law, sizes, record = (0.4, 0.3, 0.2, 0.1), (60, 30, 200, 100), (1, 4)
    run = simulate(law, sizes, record, KEY, 0, 40_000, WORKFLOWS[name], tracked=1)
    generator = np.random.default_rng(20240726)
    twin = plain_workflows_discrete.by_generator(
        law, sizes, record, generator, 3000, WORKFLOWS[name], tracked=1
    )
    for one, two in zip(run, twin, strict=True):
        assert max(_distance(one[:, g], two[:, g]) for g in range(2)) < 1


# ----------------------------------------------------------------- replicates


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("name", ["everything", "subsample without replacement"])
def test_same_numbers_for_every_split(name: str, workers: int) -> None:
    work = partial(kernel, WORKFLOWS[name])
    for block in (7, 64):
        parts = campaign.run(work, 100, block=block, workers=workers)
        assert campaign.digest(campaign.gather(parts)) == campaign.digest(work(0, 100))


def kernel(workflow: Workflow, first: int, last: int) -> WorkflowRun:
    return simulate((0.1, 0.2, 0.7), 20, (1, 9), KEY, first, last, workflow)


def test_real_points_that_are_given() -> None:
    workflow = Workflow("accumulate", real=6)
    run = simulate((0.5, 0.5), 1, (1, 30), KEY, 0, 20_000, workflow, points=(2, 4))
    assert set(np.round(run.tracked[:, 0] * 7).tolist()) == {2, 3}
    # An urn: each of the counts is as likely as sequences say, and its mean stays.
    mean = run.tracked[:, 1].mean()
    assert abs(mean - 1 / 3) < math.sqrt(math.log(2 / LEVEL) / (2 * 20_000))
    with pytest.raises(ValueError, match=r"points = \(2, 3\) lie outside counts of sum real = 6"):
        simulate((0.5, 0.5), 1, (1,), KEY, 0, 1, workflow, points=(2, 3))
    with pytest.raises(ValueError, match="are not 2 whole counts"):
        simulate((0.5, 0.5), 1, (1,), KEY, 0, 1, workflow, points=(2.5, 3.5))


def test_absorption() -> None:
    def absorbed(workflow: Workflow) -> float:
        return float(simulate((0.5, 0.5), 2, (400,), KEY, 0, 50, workflow).absorbed.mean())

    assert absorbed(Workflow()) == 1
    for open_to_all in (Workflow(fresh=1), Workflow(fresh_share=0.1), Workflow(smoothing=0.1)):
        assert absorbed(open_to_all) == 0
    assert absorbed(Workflow(alpha=0.9, gamma=0.1)) == 0
    # Half of the first batches hold one category alone; any other pool keeps both for ever.
    assert 0 < absorbed(Workflow("subsample")) < 1
    one = simulate((0.0, 1.0), 2, (1,), KEY, 0, 3, Workflow(fresh=1), tracked=1)
    assert one.absorbed.all()
    assert (one.tracked == 1).all()


def test_a_large_pool_and_a_large_schedule() -> None:
    workflow = Workflow("subsample", replacement=False)
    run = simulate(np.full(1000, 1e-3), (10**5, 10**5), (1, 2), KEY, 0, 2, workflow)
    assert (run.survivors == 1000).all()
    assert (run.squares[:, 0] == run.pool_squares[:, 0]).all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"workflow": Workflow(fresh=6)}, r"fresh = 6 lies outside 0\.\.5, the smallest batch"),
        ({"workflow": Workflow(real=10**9 + 1)}, r"real = 1000000001 lies outside"),
        ({"samples": 10**9, "record": (10**8,), "workflow": Workflow("accumulate")},
         r"the pool grows to 100000000000000000 points, which lies outside 0\.\.9007199254740992"),
        ({"samples": 10**9, "record": (5,), "workflow": Workflow("subsample", replacement=False)},
         r"the pool grows to 5000000000 points, which lies outside 0\.\.4294967296"),
        ({"workflow": Workflow(smoothing=1, toward=(0.5, 0.3, 0.2))},
         "toward has 3 entries; one a category, 2, are needed"),
        ({"workflow": Workflow(smoothing=1, toward=(0.5, 0.6))}, "lies outside laws of sum 1"),
        ({"tracked": 2}, r"tracked = 2 lies outside 0\.\.1"),
        ({"samples": (5, 5)}, "samples has 2 entries; 3 are needed"),
    ],
)  # fmt: skip
def test_errors_name_the_value_and_the_domain(changes: dict[str, Any], message: str) -> None:
    point: dict[str, Any] = {
        "start": [0.5, 0.5], "samples": 5, "record": (1, 3), "workflow": Workflow()
    }  # fmt: skip
    with pytest.raises(ValueError, match=message):
        simulate(**(point | {"key": 1, "first": 0, "last": 4} | changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"keep": "forget"}, "keep = 'forget' is none of replace, accumulate, subsample"),
        ({"replacement": False}, "replacement = False needs keep = 'subsample', not 'replace'"),
        ({"real": -1}, "real = -1 lies outside real >= 0"),
        ({"fresh": -2}, "fresh = -2 lies outside fresh >= 0"),
        ({"fresh_share": 1.5}, r"fresh_share = 1\.5 lies outside \[0, 1\]"),
        ({"alpha": math.nan}, r"alpha = nan lies outside \[0, 1\]"),
        ({"alpha": 0.5}, r"alpha \+ beta \+ gamma = 0\.5, which is not 1"),
        ({"smoothing": -1.0}, r"smoothing = -1\.0 lies outside 0 <= smoothing < inf"),
        ({"smoothing": math.inf}, "smoothing = inf lies outside"),
        ({"toward": (0.5, 0.5)}, r"toward = \(0\.5, 0\.5\) needs smoothing > 0, not 0\.0"),
    ],
)
def test_the_vocabulary_refuses(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(Workflow(), **changes)
