"""Campaigns: fixed blocks, results in order, few in flight, and stopping half-way."""

import multiprocessing
import signal
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from numerics import campaign, discrete
from numerics.measured import Resampling
from numerics.streams import derive_key
from numerics.summary import running


class Pair(NamedTuple):
    first: NDArray[np.int64]
    double: NDArray[np.float64]


def _numbers(first: int, last: int) -> Pair:
    numbers = np.arange(first, last)
    return Pair(numbers, numbers.astype(np.float64) * 2)


@given(st.integers(1, 500), st.integers(1, 600))
def test_blocks_cover_every_replicate_once(replicates: int, size: int) -> None:
    pieces = campaign.blocks(replicates, size)
    assert [r for first, last in pieces for r in range(first, last)] == list(range(replicates))
    assert all(last - first == size for first, last in pieces[:-1])


@pytest.mark.parametrize("workers", [None, 1, 2, 4])
def test_results_come_in_order(workers: int | None) -> None:
    def slow_at_first(first: int, last: int) -> tuple[int, int]:
        time.sleep(0.02 if first == 0 else 0.0)
        return first, last

    parts = list(campaign.run(slow_at_first, 50, block=7, workers=workers))
    assert parts == campaign.blocks(50, 7)


def test_progress_counts_replicates() -> None:
    seen: list[tuple[int, int]] = []
    parts = campaign.run(
        _numbers, 25, block=10, workers=2, progress=lambda *state: seen.append(state)
    )
    assert campaign.gather(parts).double.tolist() == [2.0 * r for r in range(25)]
    assert seen == [(10, 25), (20, 25), (25, 25)]


class Recorder(Executor):
    """An executor that works at once and remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[int] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> "Future[Any]":
        _, group, _ = args
        self.given += [first for first, _ in group]
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def test_few_blocks_are_in_flight() -> None:
    recorder = Recorder()
    parts = campaign.run(_numbers, 100, block=1, group=1, workers=3, executor=recorder)
    assert recorder.given == []
    for taken, part in enumerate(parts, start=1):
        assert part.first[0] == taken - 1
        assert len(recorder.given) <= taken - 1 + 2 * 3
    assert recorder.given == list(range(100))


def test_memory_is_that_of_what_is_in_flight() -> None:
    work = Resampling(np.full(4, 0.25), 10, tuple(range(1, 21)), derive_key("test", "memory"))

    def peak(blocks: int, keep: bool = False) -> int:
        """Bytes held at most during a campaign, its summaries thrown away or kept."""
        tracemalloc.start()
        sums = running(campaign.run(work, 2 * blocks, block=2, group=2, workers=2))
        kept = [each for each in sums if keep]
        held = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(kept) == (blocks if keep else 0)
        return held

    work(0, 2)  # compiled, and its tables made, before anything is counted
    peak(50)
    few, many, all_of_them = peak(50), peak(500), peak(500, keep=True)
    assert many < 3 * few
    assert all_of_them > 5 * many


def test_an_executor_passed_in_stays_open() -> None:
    with ThreadPoolExecutor(2) as pool:
        assert len(list(campaign.run(_numbers, 10, block=3, executor=pool))) == 4
        assert pool.submit(int).result() == 0


def test_interrupt_keeps_what_was_yielded_and_cancels_the_rest() -> None:
    begun: list[int] = []
    lock = threading.Lock()

    def work(first: int, last: int) -> Pair:
        with lock:
            begun.append(first)
        time.sleep(0.01)
        return _numbers(first, last)

    def interrupt(done: int, _: int) -> None:
        if done == 30:
            raise KeyboardInterrupt

    kept: list[Pair] = []
    with pytest.raises(KeyboardInterrupt):
        kept.extend(campaign.run(work, 1000, block=10, workers=2, progress=interrupt))
    assert [part.first[0] for part in kept] == [0, 10]
    time.sleep(0.05)
    assert len(begun) < 12


class Held:
    """Blocks that wait for a gate, and a user who types Ctrl-C when one is at work."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.told = self.done = 0

    def __call__(self, first: int, last: int) -> Pair:
        if first >= 20:
            if first == 20:
                main = threading.main_thread().ident or 0
                while self.done < 20 or sys._current_frames()[main].f_code.co_name != "wait":
                    time.sleep(0.001)
                time.sleep(0.05)  # a signal just before the wait would be seen only after it
                signal.pthread_kill(main, signal.SIGINT)
            assert self.gate.wait(20)
        return _numbers(first, last)

    def starts(self, told: Callable[[], object] | None) -> list[int]:
        """Return the first replicates of the blocks that come back before the interrupt."""
        kept: list[int] = []
        runs = campaign.run(
            self, 1000, block=10, group=1, workers=1, progress=self.advance, interrupted=told
        )
        with pytest.raises(KeyboardInterrupt):
            kept.extend(int(part.first[0]) for part in runs)
        return kept

    def advance(self, done: int, _: int) -> None:
        """Note how far the results have come."""
        self.done = done

    def once(self) -> None:
        """Open the gate at the first interrupt."""
        self.told += 1
        self.gate.set()

    def twice(self) -> None:
        """Interrupt again at the first interrupt."""
        self.told += 1
        raise KeyboardInterrupt


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Give this process the usual Ctrl-C: a background job of a shell is deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_a_first_interrupt_waits_for_the_blocks_at_work() -> None:
    held = Held()
    assert held.starts(held.once) == [0, 10, 20]
    assert held.told == 1
    assert not campaign.at_work()


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize("announced", [True, False])
def test_a_second_interrupt_stops_at_once(announced: bool) -> None:
    held = Held()
    try:
        assert held.starts(held.twice if announced else None) == [0, 10]
        assert held.told == announced
        assert campaign.at_work()
    finally:
        held.gate.set()
    deadline = time.monotonic() + 60
    while campaign.at_work():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_an_error_in_a_block_reaches_the_caller_in_its_turn() -> None:
    def work(first: int, last: int) -> Pair:
        if first == 20:
            raise ZeroDivisionError("block 2")
        return _numbers(first, last)

    parts = campaign.run(work, 100, block=10, workers=4)
    assert next(parts).first[0] == 0
    assert next(parts).first[0] == 10
    with pytest.raises(ZeroDivisionError, match="block 2"):
        next(parts)


def test_processes_give_the_same_numbers() -> None:
    key = derive_key("test", "campaign")
    work = partial(discrete.simulate, np.full(5, 0.2), 20, (1, 30), key)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        parts = list(campaign.run(work, 50, block=20, executor=pool))
    assert campaign.digest(campaign.gather(parts)) == campaign.digest(work(0, 50))


def test_gathering() -> None:
    gathered = campaign.gather([_numbers(0, 2), _numbers(2, 5)])
    assert isinstance(gathered, Pair)
    assert campaign.digest(gathered) == campaign.digest(_numbers(0, 5))
    with pytest.raises(ValueError, match="no runs"):
        campaign.gather([])


def test_digest_sees_type_shape_and_bytes() -> None:
    base = np.arange(6, dtype=np.int64)
    others: list[NDArray[Any]] = [base + 1, base.astype(np.int32), base.astype(float)]
    others += [base.reshape(2, 3), base[:5]]
    digests = {campaign.digest([array]) for array in [base, *others]}
    assert len(digests) == 6
    assert campaign.digest([base.astype(">i8")]) == campaign.digest([base])
    assert campaign.digest([base.reshape(2, 3).T]) == campaign.digest([base.reshape(2, 3).T.copy()])
    assert campaign.digest([base, base]) != campaign.digest([np.concatenate([base, base])])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"replicates": 0}, "replicates = 0 lies outside"),
        ({"replicates": 5, "block": 0}, "block = 0 lies outside"),
        ({"replicates": 5, "workers": 0}, "workers = 0 lies outside"),
        ({"replicates": 5, "group": 0}, "group = 0 lies outside"),
    ],
)
def test_errors_come_before_any_work(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        campaign.run(_numbers, **arguments)
