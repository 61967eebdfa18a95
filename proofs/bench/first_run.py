"""How long a new process takes to its first number, with compiled kernels kept and without."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from functools import partial

from proofs.bench.workload import Peer, Runner, Workload

#: Arguments of the command, and what its first number stands beside.
FIRST = {
    "value": (("value", "A02", "p=1/2,3/10,1/5", "M=100", "n=50"), r"\d"),
    "simulate": (("simulate", "discrete", "--replicates=1000"), r"^digest \w"),
    "verify": (("verify", "--quick"), r"^\w+ .*derived \d"),
}
#: Those that compile no kernel have no cold run of their own.
COMPILING = ("simulate", "verify")


def _until(command: str, cache: str | None) -> None:
    """Start a process and wait for its first number; then end it."""
    arguments, mark = FIRST[command]
    environment = dict(os.environ) | ({} if cache is None else {"XDG_CACHE_HOME": cache})
    process = subprocess.Popen(
        [sys.executable, "-m", "proofs", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        assert process.stdout is not None
        found = any(re.search(mark, line) for line in process.stdout)
        process.kill()
    if not found:
        raise ArithmeticError(f"collapse {' '.join(arguments)}: no number came")


def _starting(command: str, cold: bool) -> Runner:
    """Return a runner whose unit is one start; a cold one finds an empty cache of kernels."""

    def run(pieces: int) -> float:
        for _ in range(pieces):
            if cold:
                with tempfile.TemporaryDirectory() as cache:
                    _until(command, cache)
            else:
                _until(command, None)
        return float(pieces)

    return run


def _workload(command: str) -> Workload:
    peers = [Peer("kernels kept", partial(_starting, command, False), ours=True)]
    if command in COMPILING:
        peers.append(Peer("kernels compiled", partial(_starting, command, True), ours=True))
    title = f"process start to first number of: collapse {' '.join(FIRST[command][0])}"
    return Workload(f"first-run-{command}", title, "start", tuple(peers), wall=True)


WORKLOADS = tuple(_workload(command) for command in FIRST)
