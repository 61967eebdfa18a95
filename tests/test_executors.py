"""One digest, whatever did the work: groups of blocks, processes, a cluster that loses a worker."""

import logging
import os
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import numpy as np
import pytest

from numerics import campaign, executors, provenance
from numerics.executors import Team
from numerics.summary import Bins, running
from numerics.workflow import Workflow
from proofs import simulation
from proofs.inputs import read_sample
from proofs.simulation import Plan, Result, plan_discrete, plan_gaussian
from theory.errors import DomainError

PLANS = {
    "discrete": plan_discrete(30, 40, 20_000, "k", 7, Bins("survivors", 0.5, 7.5, 7)),
    "gaussian": plan_gaussian(10, 30, 10_000, "k", 1, "mle"),
    "sample": plan_gaussian(10, 12, 5000, "k", read_sample("old-faithful")),
    "workflow": plan_discrete(
        (5, 6, 7), 3, 5000, "k", 7, workflow=Workflow("subsample", replacement=False, real=4)
    ),
}


def simulated(plan: Plan, team: Team | None = None) -> Result:
    result = simulation.simulate(plan, 1, team=team)
    assert result is not None
    return result


@pytest.fixture(scope="module")
def expected() -> dict[str, Result]:
    return {name: simulated(plan) for name, plan in PLANS.items()}


def check(result: Result, wanted: Result) -> None:
    """Every number is the same, bit for bit."""
    assert result.digest == wanted.digest
    assert result.histogram == wanted.histogram
    for name in ("mean", "error", "share"):
        np.testing.assert_array_equal(getattr(result, name), getattr(wanted, name))


# --------------------------------------------------------------------- groups


@pytest.mark.parametrize("group", [None, 1, 2, 7, 1000])
@pytest.mark.parametrize("workers", [1, 2, 4])
def test_groups_change_nothing(
    group: int | None, workers: int, expected: dict[str, Result]
) -> None:
    plan = PLANS["gaussian"]
    parts = campaign.run(plan.work, plan.replicates, block=plan.block, group=group, workers=workers)
    *_, sums = running(parts)
    assert sums.digest == expected["gaussian"].digest
    found = np.array([total / sums.replicates for total in sums.total], dtype=float).T
    np.testing.assert_array_equal(found, expected["gaussian"].mean[1:])


def test_groups_grow_while_blocks_are_quick() -> None:
    groups = campaign._Groups(iter([(r, r + 1) for r in range(10_000)]), 10_000, None)
    sizes = []
    for seconds in (0.001, 0.002, 0.004, 0.008, 0.016, 10.0, 10.0):
        count = len(groups.next(2))
        sizes.append(count)
        groups.learn(count, seconds)
    assert sizes == [1, 2, 4, 8, 16, 32, 1]


def test_the_last_groups_are_small() -> None:
    groups = campaign._Groups(iter([(r, r + 1) for r in range(30)]), 30, None)
    groups.size = 64
    sizes = []
    while count := len(groups.next(2)):
        sizes.append(count)
    assert sum(sizes) == 30
    assert sizes[0] == 8
    assert sizes[-1] == 1


def test_a_start_in_the_middle() -> None:
    parts = list(campaign.run(lambda a, b: (a, b), 50, block=8, first=16, workers=2))
    assert parts == [(16, 24), (24, 32), (32, 40), (40, 48), (48, 50)]
    assert list(campaign.run(lambda a, b: (a, b), 50, block=8, first=50)) == []
    for first in (-8, 3, 58):
        with pytest.raises(ValueError, match=f"first = {first} lies outside whole blocks"):
            campaign.run(lambda a, b: (a, b), 50, block=8, first=first)


# ------------------------------------------------------------------ processes


def test_processes(expected: dict[str, Result]) -> None:
    with executors.processes(2) as team:
        for name, plan in PLANS.items():
            check(simulated(plan, team), expected[name])


def test_control_c_is_for_the_parent_alone() -> None:
    before = signal.getsignal(signal.SIGINT)
    with executors.processes(1) as team:
        process = team.executor.submit(os.getpid).result()
        os.kill(process, signal.SIGINT)
        assert team.executor.submit(os.getpid).result() == process
    assert signal.getsignal(signal.SIGINT) is before


def test_a_lost_process_keeps_what_is_finished() -> None:
    plan = plan_gaussian(10, 30, 30_000, "k", 1)
    with executors.processes(2) as team:
        victim = team.executor.submit(os.getpid).result()

        def kill(done: int, _: int) -> None:
            if done == 2 * plan.block:
                os.kill(victim, signal.SIGKILL)

        result = simulation.simulate(plan, progress=kill, team=team)
    assert result is not None
    assert result.partial
    assert result.reason == "workers were lost (BrokenProcessPool)"
    whole = plan_gaussian(10, 30, result.replicates, "k", 1)
    assert result.digest == simulated(whole).digest


def test_what_counts_as_a_loss() -> None:
    assert executors.is_loss(BrokenProcessPool())
    assert not executors.is_loss(ZeroDivisionError())
    assert not executors.is_loss(KeyboardInterrupt())
    with pytest.raises(ValueError, match="workers = 0 lies outside"), executors.processes(0):
        pass


class Elsewhere(Executor):
    """An executor whose workers have another version of a library."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        done = fn(*args, **kwargs)
        future.set_result(done._replace(software={**done.software, "numba": "0.1"}))
        return future


def test_other_software_on_a_worker_is_refused() -> None:
    assert provenance.difference(provenance.software(), provenance.software()) == ""
    with pytest.raises(DomainError, match=r"a worker has numba = 0\.1, not .* here"):
        simulated(PLANS["gaussian"], Team(Elsewhere(), 1))


def test_any_executor_will_do(expected: dict[str, Result]) -> None:
    with ThreadPoolExecutor(3) as pool:
        check(simulated(PLANS["discrete"], Team(pool, 3)), expected["discrete"])


# ----------------------------------------------------------------------- Dask


@pytest.fixture(scope="module")
def dask_cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None,
        host="127.0.0.1", silence_logs=logging.CRITICAL,
    ) as cluster:  # fmt: skip
        yield cluster


def test_a_cluster(dask_cluster: Any, expected: dict[str, Result]) -> None:
    with executors.cluster(dask_cluster.scheduler_address) as team:
        assert team.workers == 2
        for name, plan in PLANS.items():
            check(simulated(plan, team), expected[name])


def test_a_cluster_that_loses_a_worker(dask_cluster: Any) -> None:
    plan = plan_gaussian(200, 100, 20_000, "k", 1)
    killed: list[int] = []
    with executors.cluster(dask_cluster.scheduler_address) as team:
        running_there = {team.executor.submit(os.getpid).result() for _ in range(10)}
        assert os.getpid() not in running_there

        def kill(done: int, _: int) -> None:
            if done >= 4 * plan.block and not killed:
                killed.append(running_there.pop())
                os.kill(killed[0], signal.SIGKILL)

        result = simulation.simulate(plan, progress=kill, team=team)
    assert killed
    assert result is not None
    assert not result.partial
    check(result, simulated(plan))


def test_no_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(executors, "WAIT_SECONDS", 0.5)
    nobody = executors.cluster("tcp://127.0.0.1:9")
    with pytest.raises(OSError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        nobody.__enter__()
