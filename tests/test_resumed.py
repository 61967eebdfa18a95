"""A command that is killed or interrupted, and the same command again: one digest."""

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from numerics.checkpoint import Checkpoint
from proofs import simulation
from proofs.simulation import plan_gaussian

# ------------------------------------------------------------------- SIGKILL

STARTED = """
import os, sys
from pathlib import Path
from numerics.checkpoint import Checkpoint
from numerics.executors import processes
from proofs.simulation import plan_gaussian, simulate

if __name__ == "__main__":
    plan = plan_gaussian(1000, 100, 4000, "killed", 1)
    keeper = Checkpoint(Path(sys.argv[1]), plan.asked(), every=0.0)
    with processes(2) as team:
        print(*{team.executor.submit(os.getpid).result() for _ in range(20)}, flush=True)
        simulate(plan, team=team, checkpoint=keeper, kept=keeper.load())
"""


def ended(process: int) -> bool:
    """Whether a process is gone, or waits for nothing but to be forgotten."""
    try:
        return "\nState:\tZ" in Path(f"/proc/{process}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


def wait_for(condition: Callable[[], bool], seconds: float = 100.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "too slow"
        time.sleep(0.01)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_killed_and_resumed(tmp_path: Path) -> None:
    file, script = tmp_path / "file", tmp_path / "started.py"
    script.write_text(STARTED)
    run = subprocess.Popen(
        [sys.executable, str(script), str(file)], stdout=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    try:
        others = [int(word) for word in run.stdout.readline().split()]
        wait_for(file.exists)
    finally:
        run.send_signal(signal.SIGKILL)
        run.wait()
        run.stdout.close()
    assert others
    wait_for(lambda: all(ended(process) for process in others), 10)
    plan = plan_gaussian(1000, 100, 4000, "killed", 1)
    before = Checkpoint(file, plan.asked()).load()
    assert before is not None
    assert 0 < before.replicates < 4000

    options = ("--samples=1000", "--generations=100", "--replicates=4000", "--key=killed")
    again = subprocess.run(
        [sys.executable, "-m", "proofs", "simulate", "gaussian", *options,
         "--threads=2", f"--checkpoint={file}", "--resume"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert f"going on from {before.replicates:,} of 4,000 replicates" in again.stderr
    whole = simulation.simulate(plan)
    assert whole is not None
    assert again.stdout.splitlines()[-1] == f"digest {whole.digest}"


# ------------------------------------------------------------------- Ctrl-C


def on_terminal(command: list[str], ready: re.Pattern[str]) -> tuple[int, str]:
    """Exit code and output of a process whose user types Ctrl-C once the screen is ready.

    It leads a session of its own, so that the terminal and not this test sends the signal.
    """
    fcntl, pty, termios = (pytest.importorskip(name) for name in ("fcntl", "pty", "termios"))

    def lead() -> None:
        os.setsid()
        fcntl.ioctl(2, termios.TIOCSCTTY, 0)
        # A shell starts background jobs deaf to Ctrl-C, and tests may be one.
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    screen, terminal = pty.openpty()
    run = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=terminal, text=True, preexec_fn=lead
    )
    seen = b""

    def refreshed() -> bool:
        nonlocal seen
        if select.select([screen], [], [], 0.1)[0]:
            seen += os.read(screen, 4096)
        assert run.poll() is None, seen.decode(errors="replace")
        return ready.search(seen.decode(errors="replace")) is not None

    try:
        wait_for(refreshed)
        os.write(screen, b"\x03")
        out, _ = run.communicate(timeout=60)
    finally:
        run.kill()
        run.wait()
        os.close(terminal)
        os.close(screen)
    return run.returncode, out


def test_interrupted_on_a_terminal_and_resumed(tmp_path: Path) -> None:
    file, target = tmp_path / "file", tmp_path / "run.json"
    command = [
        sys.executable, "-m", "proofs", "simulate", "gaussian", "--generations=100",
        "--replicates=40000", "--key=control-c", f"--checkpoint={file}",
        f"--json={target}",
    ]  # fmt: skip
    progress = re.compile(r"of 40,000 replicates\D* [\d,]+ a second\D*\d*m?\d:\d\d:\d\d")
    code, out = on_terminal([*command, "--threads=1"], progress)
    assert code == 3
    assert "PARTIAL" in out
    plan = plan_gaussian(100, 100, 40_000, "control-c", 1)
    before = Checkpoint(file, plan.asked()).load()
    assert before is not None
    assert out.splitlines()[-1] == f"digest {before.digest} (partial)"
    record = json.loads(target.read_text())
    assert record["partial"] is True
    assert 0 < record["replicates"] == before.replicates < record["replicates_asked"] == 40_000

    again = subprocess.run(
        [*command, "--threads=2", "--resume"], capture_output=True, text=True, check=True
    )
    assert f"going on from {before.replicates:,} of 40,000 replicates" in again.stderr
    whole = simulation.simulate(plan)
    assert whole is not None
    assert again.stdout.splitlines()[-1] == f"digest {whole.digest}"
