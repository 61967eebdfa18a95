"""Where the blocks of a campaign are done: processes of this machine, or a Dask cluster.

Threads are the default and need nothing of this. Anything else that is a
`concurrent.futures.Executor` will do as well.
"""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, ProcessPoolExecutor
from typing import Any, NamedTuple

from numerics import campaign

__all__ = ["Team", "cluster", "is_loss", "processes"]

WAIT_SECONDS = 30.0  # for a cluster's first worker


class Team(NamedTuple):
    """An executor and how many tasks it does at once."""

    executor: Executor
    workers: int


@contextlib.contextmanager
def processes(workers: int) -> Iterator[Team]:
    """A team of processes of this machine, started afresh; they end with this process.

    Parameters: workers >= 1. Raises ValueError outside. A Ctrl-C on the terminal reaches this
    process alone; the others finish the few tasks that they have. Leaving waits for them, unless
    a second Ctrl-C left them to work for nobody.
    """
    if workers < 1:
        raise ValueError(f"workers = {workers} lies outside workers >= 1")
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, initializer=_end_with_parent)
    try:
        with _signal_ignored():  # children inherit that, from their first moment on
            pool.submit(os.getpid)
        yield Team(pool, workers)
    finally:
        # Without waiting, the end of Python 3.11 may meet the pool's closing, and prints an error.
        pool.shutdown(wait=not campaign.at_work(), cancel_futures=True)


@contextlib.contextmanager
def _signal_ignored() -> Iterator[None]:
    """Ctrl-C does nothing for a moment; without effect outside the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _end_with_parent() -> None:
    """Nothing: this process now ends when the one that started it does, even if that is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextlib.contextmanager
def cluster(address: str) -> Iterator[Team]:
    """A team of the workers of a Dask cluster, which must have this package installed.

    Parameters: address of the scheduler, such as tcp://host:8786. A worker that is lost costs
    time and nothing else: its blocks are done again elsewhere, with the same numbers.
    Raises ModuleNotFoundError without Dask, and OSError where nobody answers or nobody works.
    """
    try:
        import distributed
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"a cluster needs {error.name}: pip install dask distributed (extra: cluster)"
        ) from None
    connect: Any = distributed.Client  # Dask is typed only in part
    try:
        client = connect(address, timeout=WAIT_SECONDS, set_as_default=False)
    except (ValueError, OSError) as error:
        raise OSError(f"no Dask scheduler answers at {address} ({error})") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=WAIT_SECONDS)
        except TimeoutError:
            raise OSError(f"the Dask scheduler at {address} has no workers") from None
        threads = sum(client.nthreads().values())
        yield Team(client.get_executor(pure=False), max(threads, 1))


def is_loss(error: BaseException) -> bool:
    """Whether an error says that workers were lost, and not that the work went wrong."""
    lost = isinstance(error, BrokenExecutor | CancelledError | ConnectionError)
    return lost or type(error).__name__ in ("KilledWorker", "FutureCancelledError", "CommError")
