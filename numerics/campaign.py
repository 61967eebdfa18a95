"""Many replicates: in fixed blocks, on any executor, gathered in one order.

A block is fixed by the number of replicates and the block size alone, and a replicate by its key
and number alone. So a result is the same bit for bit whatever did the work. Blocks travel to the
workers in groups, so that a task is worth its journey; groups change nothing that is computed.
"""

import hashlib
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from itertools import takewhile
from typing import Any, NamedTuple, TypeVar, cast
from weakref import WeakSet

import numpy as np
from numpy.typing import NDArray

from numerics.provenance import difference, software

__all__ = [
    "BLOCK",
    "DifferentSoftware",
    "at_work",
    "blocks",
    "digest",
    "gather",
    "processors",
    "run",
]

BLOCK = 1024  # replicates

GROUP_SECONDS = 0.25  # an interrupt waits for a group at most, and a cluster wants 0.05 or more
LARGEST_GROUP = 64  # blocks; their results are held in memory together

_Task = tuple[list[tuple[int, int]], Future["_Done"]]
_Result = TypeVar("_Result")
_Run = TypeVar("_Run", bound=NamedTuple)


_abandoned: WeakSet[Future["_Done"]] = WeakSet()  # tasks that nobody waits for any more


class DifferentSoftware(RuntimeError):
    """A worker runs other software than this process, so that their numbers must not be mixed."""


class _Done(NamedTuple):
    """What comes back for one group of blocks."""

    results: list[Any]
    seconds: float
    software: dict[str, str]


def blocks(replicates: int, size: int = BLOCK) -> list[tuple[int, int]]:
    """Pairs (first, last) that cut 0..replicates-1 into pieces of `size`, the last one shorter.

    Parameters: replicates >= 1, size >= 1. Raises ValueError outside this domain.

    >>> blocks(5, 2)
    [(0, 2), (2, 4), (4, 5)]
    """
    _check(replicates, size)
    return list(_pieces(0, replicates, size))


def processors() -> int:
    """Number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run(
    work: Callable[[int, int], _Result],
    replicates: int,
    *,
    block: int = BLOCK,
    first: int = 0,
    group: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[int, int], object] | None = None,
    interrupted: Callable[[], object] | None = None,
) -> Iterator[_Result]:
    """Results of work(first, last) for every block, strictly in the order of the blocks.

    Parameters: work, which must release the interpreter's lock to gain from threads (the kernels
    do), and must be picklable where the executor has other processes; replicates >= 1; block >= 1,
    replicates in a block; first, replicates that were done before, whole blocks; group >= 1,
    blocks in a task, by default as many as take about a quarter of a second; workers >= 1, threads
    to start, by default one a processor; executor, used instead of threads of our own and left
    open, with workers as the number of tasks it can do at once; progress(done, replicates), called
    after each block with the number of replicates done so far; interrupted(), called at a first
    interrupt while results are waited for: those of the tasks at work are then still yielded, and
    the interrupt is raised after them or by a second one; without it, at once.
    At most twice as many tasks as workers are in flight. When the caller stops (an interrupt, an
    error, `close`), tasks that have not started are cancelled; what was yielded stays valid.
    Raises ValueError outside these domains, DifferentSoftware where a worker's kernels or
    libraries are not those of this process, and whatever work raises.
    """
    _check(replicates, block)
    for name, value in (("workers", workers), ("group", group)):
        if value is not None and value < 1:
            raise ValueError(f"{name} = {value} lies outside {name} >= 1")
    if not 0 <= first <= replicates or (first % block and first != replicates):
        raise ValueError(f"first = {first} lies outside whole blocks of {block} in 0..{replicates}")
    return _ordered(
        work,
        _Groups(_pieces(first, replicates, block), -(-(replicates - first) // block), group),
        workers or processors(),
        executor,
        None if progress is None else lambda done: progress(done, replicates),
        interrupted,
    )


def at_work() -> bool:
    """Whether tasks are still at work that nobody waits for; this process would end after them."""
    return any(not future.done() for future in _abandoned)


def _check(replicates: int, size: int) -> None:
    """Nothing; ValueError unless both are at least 1."""
    if replicates < 1:
        raise ValueError(f"replicates = {replicates} lies outside replicates >= 1")
    if size < 1:
        raise ValueError(f"block = {size} lies outside block >= 1")


def _pieces(start: int, replicates: int, size: int) -> Iterator[tuple[int, int]]:
    """Pairs (first, last) from start on, one after the other: there may be very many."""
    for first in range(start, replicates, size):
        yield first, min(first + size, replicates)


class _Groups:
    """Groups of the waiting blocks, of a fixed size or of one that follows the time they take."""

    def __init__(self, pieces: Iterator[tuple[int, int]], left: int, fixed: int | None) -> None:
        self.pieces = pieces
        self.left = left  # blocks
        self.fixed = fixed
        self.size = 1

    def next(self, workers: int) -> list[tuple[int, int]]:
        """The next group; empty at the end. The last groups are small: all workers end together."""
        size = self.fixed or min(self.size, -(-self.left // (2 * workers)))
        group = [piece for _, piece in zip(range(size), self.pieces, strict=False)]
        self.left -= len(group)
        return group

    def learn(self, count: int, seconds: float) -> None:
        """Nothing: the size moves towards what takes about GROUP_SECONDS, twofold at most."""
        wanted = int(GROUP_SECONDS * count / max(seconds, 1e-9))
        self.size = max(1, min(wanted, 2 * self.size, LARGEST_GROUP))


def _work_through(
    work: Callable[[int, int], Any], group: Sequence[tuple[int, int]], at_home: bool
) -> _Done:
    """What a worker does with a group; away from home it says what software it runs."""
    began = time.perf_counter()
    results = [work(*piece) for piece in group]
    seconds = time.perf_counter() - began
    return _Done(results, seconds, {} if at_home else software())


def _ordered(
    work: Callable[[int, int], _Result],
    groups: _Groups,
    workers: int,
    executor: Executor | None,
    progress: Callable[[int], object] | None,
    interrupted: Callable[[], object] | None,
) -> Iterator[_Result]:
    """Results in order, submitting as results are taken."""
    pool = executor or ThreadPoolExecutor(workers)
    at_home = isinstance(pool, ThreadPoolExecutor)
    pending: deque[_Task] = deque()
    stop: KeyboardInterrupt | None = None
    try:
        while True:
            while not stop and len(pending) < 2 * workers and (group := groups.next(workers)):
                pending.append((group, pool.submit(_work_through, work, group, at_home)))
            if not pending:
                break
            try:
                done = pending[0][1].result()
            except KeyboardInterrupt as interrupt:
                if stop or interrupted is None:
                    raise
                stop = interrupt
                interrupted()
                pending = _started(pending)
                continue
            group, _ = pending.popleft()
            if not at_home:
                _refuse_other(done.software)
            groups.learn(len(group), done.seconds)
            for (_, last), result in zip(group, done.results, strict=True):
                if progress is not None:
                    progress(last)
                yield cast(_Result, result)
        if stop:
            raise stop
    finally:
        _abandoned.update(future for _, future in pending if not future.cancel())
        if executor is None:
            # A task that is running cannot be stopped; waiting for it would only delay the user.
            pool.shutdown(wait=False, cancel_futures=True)


def _started(pending: deque[_Task]) -> deque[_Task]:
    """The tasks at work or done, up to the first that is not; all others are cancelled."""
    for _, future in pending:
        future.cancel()
    return deque(takewhile(lambda task: not task[1].cancelled(), pending))


def _refuse_other(theirs: dict[str, str]) -> None:
    """Nothing; DifferentSoftware unless a worker has the software of this process."""
    found = difference(theirs, software())
    if found:
        raise DifferentSoftware(f"a worker has {found} here; its numbers may differ")


def gather(runs: Iterable[_Run]) -> _Run:
    """One NamedTuple of arrays with the replicates of all runs, in the order given.

    Parameters: one run or more of one kind. Raises ValueError for none.
    """
    parts = list(runs)
    if not parts:
        raise ValueError("gather: no runs; at least one is needed")
    kind = cast(Callable[..., _Run], type(parts[0]))
    columns = zip(*cast(list[tuple[NDArray[Any], ...]], parts), strict=True)
    return kind(*(np.concatenate(column) for column in columns))


def digest(arrays: Iterable[NDArray[Any]]) -> str:
    """SHA-256 (64 hexadecimal digits) of the arrays' types, shapes and bytes.

    Parameters: arrays of numbers, such as a run; the machine's byte order makes no difference.
    """
    result = hashlib.sha256()
    for array in arrays:
        plain = np.ascontiguousarray(array)
        plain = plain.astype(plain.dtype.newbyteorder("<"), copy=False)
        result.update(f"{plain.dtype.str}{plain.shape};".encode())
        result.update(plain.tobytes())
    return result.hexdigest()
