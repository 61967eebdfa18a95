"""Options that commands share mean the same everywhere, and a stop is clean."""

import os
import signal

import pytest
import typer

from numerics import campaign
from proofs.__main__ import app
from proofs.commands.options import Judging, leave_blocks, stopped_by_interrupts
from proofs.ledger import Run
from theory.errors import DomainError

SHARED = {"quick", "false_alarm", "effort", "key", "threads", "json"}


def test_verify_and_audit_share_their_options() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    verify, audit = (
        {option.name: option for option in commands[name].params} for name in ("verify", "audit")
    )
    assert verify.keys() & audit.keys() >= SHARED
    for name in SHARED:
        assert verify[name].opts == audit[name].opts
        assert (verify[name].help, verify[name].default) == (audit[name].help, audit[name].default)


def test_options_reach_the_run() -> None:
    asked = Judging(quick=True, false_alarm=0.5, effort=2.0, key="k", threads=3)
    assert asked.run() == Run(key="k", false_alarm=0.5, effort=2.0, quick=True, workers=3)
    assert Judging().run() == Run()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (Judging(false_alarm=1.0), "--false-alarm 1 lies outside 0 < share < 1"),
        (Judging(effort=0.0), "--effort 0 lies outside 0 < factor < 1000000"),
        (Judging(threads=0), "--threads 0 lies outside threads >= 1"),
    ],
)
def test_refused(asked: Judging, message: str) -> None:
    with pytest.raises(DomainError, match=message):
        asked.run()


def test_an_interrupt_marks_the_runs() -> None:
    before, runs = signal.getsignal(signal.SIGINT), (Run(), Run())
    with pytest.raises(KeyboardInterrupt), stopped_by_interrupts(*runs):
        signal.raise_signal(signal.SIGINT)
    assert all(run.stopped for run in runs)
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("working", [True, False])
def test_a_stop_waits_for_no_block_at_work(working: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[int] = []
    monkeypatch.setattr(campaign, "at_work", lambda: working)
    monkeypatch.setattr(os, "_exit", left.append)
    leave_blocks(3)
    assert left == [3] * working
