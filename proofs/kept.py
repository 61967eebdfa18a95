"""Where finished blocks wait between an interrupted `collapse simulate` and the next one.

They are in the file that the user names, or else in the user's cache, under a name made of
everything that was asked and of the software that answers. Whoever repeats the command goes on from
there: the numbers are the same as those of a run from the start. `--resume` adds that there must be
something to go on from. A run in a file of the user's may be asked for more replicates later on.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from dataclasses import dataclass
from pathlib import Path

from numerics import cache_folder
from numerics.checkpoint import Checkpoint, CheckpointError
from numerics.provenance import software
from numerics.summary import Summary
from proofs.simulation import Plan
from theory.errors import DomainError

#: What was interrupted and never continued is dropped from the cache after so long.
FORGOTTEN_SECONDS = 30 * 24 * 3600.0


@dataclass(frozen=True)
class Keeper:
    """The checkpoint of a plan, what it held at first, and whether the user named its file."""

    checkpoint: Checkpoint | None
    kept: Summary | None
    named: bool

    def begun(self, plan: Plan) -> str:
        """Return what to tell the user at the start; nothing for a fresh run."""
        if self.checkpoint is None or self.kept is None:
            return ""
        done = f"{self.kept.replicates:,} of {plan.replicates:,} replicates"
        return f"going on from {done} in {self.checkpoint.path}"

    def stopped(self) -> str:
        """Return how to go on after a run that did not finish."""
        if self.checkpoint is None or not self.checkpoint.path.exists():
            return "nothing is kept"
        return f"the same command goes on from what is finished ({self.checkpoint.path})"

    def finished(self) -> None:
        """Forget a file of our own; one that the user named keeps the whole result."""
        if self.checkpoint is not None and not self.named:
            with contextlib.suppress(OSError):
                self.checkpoint.remove()


def keeper(plan: Plan, file: str | None, resume: bool) -> Keeper:
    """Return where a plan's finished blocks are kept, with those to go on from.

    file: named by the user, or None. resume: the user expects that there is something to go on
    from. DomainError where there is nothing then, or where a named file holds another run, or
    one that does not lead to the replicates of this plan.
    """
    checkpoint = _own(plan) if file is None else Checkpoint(Path(file), plan.asked())
    kept = None
    if checkpoint is not None:
        try:
            kept = checkpoint.load()
        except CheckpointError as error:
            if file is not None:
                raise DomainError(f"{error}; name another file or remove it") from None
    if kept is None and resume:
        what = "no unfinished run of this command and this software is kept"
        raise DomainError(f"--resume: {what if file is None else f'there is no file {file}'}")
    if kept is not None:
        _check_length(plan, kept.replicates, file or "--resume")
    return Keeper(checkpoint, kept, named=file is not None)


def _check_length(plan: Plan, done: int, place: str) -> None:
    """Refuse replicates that no whole blocks can be added to, to make up those of the plan."""
    if done > plan.replicates:
        raise DomainError(
            f"{place}: holds {done:,} replicates, more than --replicates {plan.replicates}; "
            "ask for more, or name another file"
        )
    if done < plan.replicates and done % plan.block:
        raise DomainError(
            f"{place}: holds {done:,} replicates, and only whole blocks of {plan.block:,} can be "
            f"added to; name another file and begin with a multiple of {plan.block:,}"
        )


def _own(plan: Plan) -> Checkpoint | None:
    """Return a checkpoint in the user's cache; None where it cannot be written."""
    asked = json.dumps(
        {**plan.asked(), "replicates": plan.replicates, **software()}, sort_keys=True
    )
    name = hashlib.sha256(asked.encode()).hexdigest()[:32]
    folder = cache_folder() / "campaigns"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _forget(folder)
    except OSError:
        return None
    return Checkpoint(folder / f"{name}.json", plan.asked(), required=False)


def _forget(folder: Path) -> None:
    """Remove the files that nobody went on from for a long time."""
    for path in folder.iterdir():
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > FORGOTTEN_SECONDS:
                path.unlink()
