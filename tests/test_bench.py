"""`collapse bench`: fair turns, absent peers named, a page renewed. Nothing here is timed."""

import json
import operator
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from proofs.bench import WORKLOADS, chains, first_run, results, threads, workload
from proofs.bench.workload import Peer, Runner, Times, Timing, Workload
from proofs.commands.bench import ONE_THREAD, bench
from proofs.simulation import plan_discrete
from theory.errors import DomainError

NAMED: Callable[[Workload], str] = operator.attrgetter("id")
LOG: list[tuple[str, int]] = []


def noting(name: str) -> Runner:
    """A runner that notes its calls."""

    def run(pieces: int) -> float:
        LOG.append((name, pieces))
        return float(pieces)

    return run


def made(*peers: Peer) -> Workload:
    return Workload("some-work", "some work", "piece", peers)


def times(name: str, seconds: list[float], ours: bool = False) -> Times:
    return Times(Peer(name, lambda: noting(name), ours=ours), "", seconds, 1)


# --------------------------------------------------------------------- rounds


def test_runners_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workload, "MOST_PIECES", 4)
    LOG.clear()
    timing = workload.timed(
        made(Peer("a", lambda: noting("a")), Peer("b", lambda: noting("b"))), quick=True
    )
    turns = [name for name, _ in LOG][-2 * workload.QUICK_ROUNDS :]
    assert turns == ["a", "b"] * workload.QUICK_ROUNDS
    assert LOG[0] == ("a", 1)  # compiled before it is timed
    assert [len(each.seconds) for each in timing.times] == [workload.QUICK_ROUNDS] * 2


def test_the_absent_are_named() -> None:
    def refuse() -> Runner:
        raise AssertionError("not to be made")

    timing = workload.timed(
        made(
            Peer("their package", refuse, ("no_such_package_anywhere.inside",)),
            Peer("our kernel", refuse, ("numerics.no_such_kernel",), ours=True),
        ),
        quick=True,
    )
    assert timing.best() is None
    text = "\n".join(results.lines(timing, None))
    assert "their package  absent: no_such_package_anywhere.inside is not installed" in text
    assert "our kernel     absent: numerics.no_such_kernel is not built" in text
    assert "absent" in json.dumps(results.record([timing], quick=True), allow_nan=False)


def test_too_few_processors_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workload, "processors", lambda: 3)
    timing = Timing(threads._workload("discrete", 4), ())
    absent = [peer.absence() for peer in timing.workload.peers]
    assert absent == ["4 processors are needed, 3 may be used", ""]


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="needs sched_getaffinity")
def test_one_processor_for_all_but_the_wall_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workload, "MOST_PIECES", 1)
    before, seen = os.sched_getaffinity(0), []

    def looking() -> Runner:
        def run(pieces: int) -> float:
            seen.append(len(os.sched_getaffinity(0)))
            return float(pieces)

        return run

    for wall, number, clock in (
        (False, 1, time.process_time),
        (True, len(before), time.perf_counter),
    ):
        work = Workload("w", "w", "piece", (Peer("p", looking, ours=True),), wall=wall)
        assert work.clock is clock
        seen.clear()
        text = "\n".join(results.lines(workload.timed(work, quick=True), None))
        assert set(seen) == {number}
        assert os.sched_getaffinity(0) == before
        assert ("wall time a piece" in text) is wall


def test_ratios_are_taken_round_by_round() -> None:
    ours = times("ours", [1.0, 2.0, 4.0], ours=True)
    slower_machine = times("theirs", [10.0, 20.0, 40.0])
    assert slower_machine.ratio(ours) == 10.0
    assert times("few rounds", [7.0]).ratio(ours) == 7.0
    assert ours.median == 2.0
    assert times("steady", [3.0, 3.0, 3.0]).spread == 0.0


def test_the_best_of_ours_and_its_floor() -> None:
    work = Workload("w", "w", "piece", (), (("normal", 2.0), ("gamma", 1.0)))
    timing = Timing(
        work,
        (times("x", [9.0] * 3, ours=True), times("y", [8.0] * 3, ours=True), times("z", [1.0] * 3)),
    )
    best = timing.best()
    assert best is not None
    assert best.peer.name == "y"
    draws = Timing(made(), (times("normal", [1.0] * 3), times("gamma", [2.0] * 3)))
    assert timing.floor(draws) == 4.0
    assert timing.floor(Timing(made(), (times("normal", [1.0]),))) is None
    assert "2x its draws (4 s)" in "\n".join(results.lines(timing, draws))


# ------------------------------------------------------------------ workloads


def test_workloads_are_data() -> None:
    ids = [each.id for each in WORKLOADS]
    assert ids[0] == "floor"
    assert len(set(ids)) == len(ids)
    drawn = {peer.name for peer in WORKLOADS[0].peers}
    for each in WORKLOADS:
        assert any(peer.ours for peer in each.peers)
        assert {name for name, _ in each.floor} <= drawn
        assert len({peer.name for peer in each.peers}) == len(each.peers)


LARGE = ("resample-zipf", "refit-128", "chain-10000", "chain-20000")


def small(work: Workload) -> bool:
    return work.id not in LARGE and not work.id.startswith(("threads-", "first-run-"))


@pytest.mark.parametrize("work", [each for each in WORKLOADS if small(each)], ids=NAMED)
def test_every_runner_that_is_there_runs(work: Workload) -> None:
    for peer in work.peers:
        if not peer.absence() and not {"jax", "msprime", "simuPOP"} & set(peer.needs):
            assert peer.make()(1) >= 1


def test_a_wrong_solution_is_refused() -> None:
    with pytest.raises(ArithmeticError, match="mean at M = 50"):
        chains._solving(lambda samples: 1.0, 50)(1)
    assert chains._banded(300) == pytest.approx(chains._lineages(300), rel=1e-12)
    assert chains._dense(300) == pytest.approx(chains._lineages(300), rel=1e-12)


def test_another_digest_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = iter(("k", "k", "l"))
    plans = {"small": ("small", lambda: plan_discrete(10, 5, 3000, next(keys), 4))}
    monkeypatch.setattr(threads, "PLANS", plans)
    assert threads._campaign("small", 2)(2) == 2.0  # both plans have the key k
    with pytest.raises(ArithmeticError, match="2 threads: digest"):
        threads._campaign("small", 2)(1)
    monkeypatch.setattr(threads, "simulate", lambda *_: None)
    with pytest.raises(KeyboardInterrupt):
        threads._digest(plan_discrete(10, 5, 3000, "k", 4), 1)


def test_the_first_number_of_a_new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    value = next(each for each in WORKLOADS if each.id == "first-run-value")
    assert [peer.make()(1) for peer in value.peers] == [1.0]
    monkeypatch.setitem(first_run.FIRST, "value", (("no-such-command",), r"\d"))
    with pytest.raises(ArithmeticError, match="collapse no-such-command: no number came"):
        value.peers[0].make()(1)


# ------------------------------------------------------------------- the page


def test_the_table_is_put_between_the_marks() -> None:
    timing = Timing(made(), (times("ours", [2e-8] * 3, ours=True), times("theirs", [1e-6] * 3)))
    table = results.table([timing], "collapse bench")
    assert "| `some-work`, piece | ours | 20 ns | 0% | 1x |" in table
    assert "|  | theirs | 1 us | 0% | 50x |" in table
    page = f"before\n{results.BEGIN}\nold\n{results.END}\nafter"
    renewed = results.with_table(page, table)
    assert renewed.startswith("before\n")
    assert renewed.endswith("\nafter")
    assert table in renewed
    assert "\nold\n" not in renewed
    assert results.with_table(renewed, table) == renewed
    with pytest.raises(DomainError, match="no <!-- bench:begin -->"):
        results.with_table("nothing", table)


def test_the_page_of_the_project_has_marks() -> None:
    page = Path(__file__).resolve().parent.parent / "numerics" / "README.md"
    assert results.with_table(page.read_text("utf-8"), "")


def test_durations() -> None:
    shown = [results.duration(seconds) for seconds in (2.5, 0.25, 3.14159e-5, 9.99e-10)]
    assert shown == ["2.5 s", "250 ms", "31.4 us", "0.999 ns"]


def test_an_unknown_workload(monkeypatch: pytest.MonkeyPatch) -> None:
    from proofs.commands import bench as command

    monkeypatch.setattr(command, "_use_one_thread", lambda: None)
    app = typer.Typer()
    app.command()(bench)
    with pytest.raises(DomainError, match=r"no workload has 'nothing' in its id \(workloads are"):
        app(["nothing"], standalone_mode=False)
    assert ONE_THREAD["NUMBA_NUM_THREADS"] == "1"
