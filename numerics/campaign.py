"""Many replicates: in fixed blocks, on any executor, gathered in one order.

A block is fixed by the number of replicates and the block size alone, and a replicate by its key
and number alone. So a result is the same bit for bit whatever did the work.
"""

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

__all__ = ["BLOCK", "blocks", "digest", "gather", "processors", "run"]

BLOCK = 1024  # replicates

_Result = TypeVar("_Result")
_Run = TypeVar("_Run", bound=NamedTuple)


def blocks(replicates: int, size: int = BLOCK) -> list[tuple[int, int]]:
    """Pairs (first, last) that cut 0..replicates-1 into pieces of `size`, the last one shorter.

    Parameters: replicates >= 1, size >= 1. Raises ValueError outside this domain.

    >>> blocks(5, 2)
    [(0, 2), (2, 4), (4, 5)]
    """
    if replicates < 1:
        raise ValueError(f"replicates = {replicates} lies outside replicates >= 1")
    if size < 1:
        raise ValueError(f"block = {size} lies outside block >= 1")
    return [(first, min(first + size, replicates)) for first in range(0, replicates, size)]


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
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Iterator[_Result]:
    """Results of work(first, last) for every block, strictly in the order of the blocks.

    Parameters: work, which must release the interpreter's lock to gain from threads (the kernels
    do); replicates >= 1; block >= 1, replicates in a block; workers >= 1, threads to start, by
    default one a processor; executor, used instead of threads of our own and left open, with
    workers as the number of blocks it can take at once; progress(done, replicates), called after
    each block with the number of replicates done so far.
    At most twice as many blocks as workers are in flight. When the caller stops (an interrupt, an
    error, `close`), blocks that have not started are cancelled; what was yielded stays valid.
    Raises ValueError outside these domains, and whatever work raises.
    """
    pieces = blocks(replicates, block)
    if workers is not None and workers < 1:
        raise ValueError(f"workers = {workers} lies outside workers >= 1")
    return _ordered(work, pieces, workers or processors(), executor, progress)


def _ordered(
    work: Callable[[int, int], _Result],
    pieces: list[tuple[int, int]],
    workers: int,
    executor: Executor | None,
    progress: Callable[[int, int], object] | None,
) -> Iterator[_Result]:
    """Results in order, submitting as results are taken."""
    pool = executor or ThreadPoolExecutor(workers)
    pending: deque[tuple[int, Future[_Result]]] = deque()
    waiting = iter(pieces)
    try:
        while True:
            while len(pending) < 2 * workers and (piece := next(waiting, None)) is not None:
                pending.append((piece[1], pool.submit(work, *piece)))
            if not pending:
                return
            result = pending[0][1].result()
            done, _ = pending.popleft()
            if progress is not None:
                progress(done, pieces[-1][1])
            yield result
    finally:
        for _, future in pending:
            future.cancel()
        if executor is None:
            # A block that is running cannot be stopped; waiting for it would only delay the user.
            pool.shutdown(wait=False, cancel_futures=True)


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
