"""A workload, the runners that do it, and how they are timed beside one another.

Every runner of a workload does the same work, counted in the same unit. They take turns: a round
runs each of them once, so that a machine that slows down slows all of them. Time is processor
time, of all threads of this process together, on one processor where the system allows that;
a workload whose matter is how long one waits is timed by the clock on the wall, on all processors.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from numerics.campaign import processors

#: Does about so many pieces of work and returns how many units they were.
Runner = Callable[[int], float]

ROUNDS, QUICK_ROUNDS = 9, 3
#: A call of a runner lasts about so long, if a single piece of work is not longer.
CALL_SECONDS, QUICK_CALL_SECONDS = 0.2, 0.02
#: Runners whose single piece of work is longer than this sit out most rounds.
LONG_SECONDS, LONG_ROUNDS = 1.0, 3
MOST_PIECES = 2**24


@dataclass(frozen=True)
class Peer:
    """Somebody who does the work: what it needs, and a function that makes the runner.

    needs: modules that must be importable. ours: a kernel of this package. processors: at least
    so many must be there.
    """

    name: str
    make: Callable[[], Runner]
    needs: tuple[str, ...] = ()
    ours: bool = False
    processors: int = 1

    def absence(self) -> str:
        """Return why this runner cannot take part; nothing if it can."""
        for module in self.needs:
            if not _importable(module):
                return f"{module} is not {'built' if self.ours else 'installed'}"
        if (here := processors()) < self.processors:
            return f"{self.processors} processors are needed, {here} may be used"
        return ""


@dataclass(frozen=True)
class Workload:
    """One piece of work: id, what is done, the unit of the times, who does it.

    floor: how many elementary draws a unit takes, by their name in `floor.py`. wall: whether the
    time is that of the clock on the wall, on all processors.
    """

    id: str
    title: str
    unit: str
    peers: tuple[Peer, ...]
    floor: tuple[tuple[str, float], ...] = ()
    wall: bool = False

    @property
    def clock(self) -> Callable[[], float]:
        """Return the clock that this is timed by."""
        return time.perf_counter if self.wall else time.process_time


@dataclass
class Times:
    """Seconds a unit, one entry a round; or why there are none."""

    peer: Peer
    absent: str = ""
    seconds: list[float] = field(default_factory=list)
    pieces: int = 0

    @property
    def median(self) -> float:
        """Return the median over the rounds."""
        return statistics.median(self.seconds)

    @property
    def spread(self) -> float:
        """Return half the distance of the quartiles over the median."""
        if len(self.seconds) < 3:
            return 0.0
        low, _, high = statistics.quantiles(self.seconds, n=4, method="inclusive")
        return (high - low) / 2 / self.median

    def ratio(self, other: Times) -> float:
        """Return how many times longer this takes than another: median over common rounds."""
        pairs = zip(self.seconds, other.seconds, strict=False)
        return statistics.median(mine / theirs for mine, theirs in pairs)


@dataclass(frozen=True)
class Timing:
    """All runners of one workload, timed."""

    workload: Workload
    times: tuple[Times, ...]

    def best(self) -> Times | None:
        """Return the fastest of our own kernels; None where none is built."""
        ours = [each for each in self.times if each.peer.ours and each.seconds]
        return min(ours, key=lambda each: each.median, default=None)

    def floor(self, draws: Timing | None) -> float | None:
        """Return the seconds that a unit's elementary draws alone take; None if unknown."""
        if draws is None or not self.workload.floor:
            return None
        known = {each.peer.name: each.median for each in draws.times if each.seconds}
        if not all(name in known for name, _ in self.workload.floor):
            return None
        return sum(count * known[name] for name, count in self.workload.floor)


def _importable(module: str) -> bool:
    """Return whether a module is there, without importing it."""
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # not even its package
        return False


def timed(workload: Workload, quick: bool = False) -> Timing:
    """Return the times of all runners of a workload, in turns, after one call to warm up."""
    all_times = [Times(peer, peer.absence()) for peer in workload.peers]
    with contextlib.nullcontext() if workload.wall else one_processor():
        _take_turns(all_times, workload.clock, quick)
    return Timing(workload, tuple(all_times))


@contextlib.contextmanager
def one_processor() -> Iterator[None]:
    """Hold this thread, and those that it starts, to one processor where that is possible."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _take_turns(all_times: Sequence[Times], clock: Callable[[], float], quick: bool) -> None:
    """Fill in the times of the runners that are there."""
    ready: list[tuple[Times, Runner, int]] = []
    for times in all_times:
        if times.absent:
            continue
        runner = times.peer.make()
        runner(1)
        rounds = _calibrate(times, runner, clock, quick)
        ready.append((times, runner, rounds))
    for turn in range(QUICK_ROUNDS if quick else ROUNDS):
        for times, runner, rounds in ready:
            if turn < rounds:
                seconds, units = clocked(partial(runner, times.pieces), clock)
                times.seconds.append(seconds / units)


def clocked(call: Callable[[], float], clock: Callable[[], float]) -> tuple[float, float]:
    """Return the seconds of a call and what it returns."""
    began = clock()
    units = call()
    return clock() - began, units


def _calibrate(times: Times, runner: Runner, clock: Callable[[], float], quick: bool) -> int:
    """Return the rounds that a runner takes part in, its pieces of work a call being set."""
    wanted = QUICK_CALL_SECONDS if quick else CALL_SECONDS
    pieces = 1
    while True:
        seconds, _ = clocked(partial(runner, pieces), clock)
        if seconds >= wanted / 2 or pieces >= MOST_PIECES:
            break
        grown = int(pieces * wanted / max(seconds, 1e-6))
        pieces = min(max(grown, 2 * pieces), 16 * pieces, MOST_PIECES)
    times.pieces = pieces
    return LONG_ROUNDS if seconds > LONG_SECONDS else ROUNDS


def matching(workloads: Sequence[Workload], pattern: str | None) -> list[Workload]:
    """Return the workloads whose id has the pattern in it; all without one."""
    return [each for each in workloads if pattern is None or pattern in each.id]
