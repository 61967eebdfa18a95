"""A plan carried out: simulated, shown, written, and kept where it was interrupted."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Protocol

import typer

from proofs.commands.options import leave_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numerics.executors import Team
    from proofs.commands.simulate.options import PlainWork
    from proofs.kept import Keeper
    from proofs.simulation import Plan, Result


class View(Protocol):
    """What shows and writes a result: `proofs.simulated`, or a model's own."""

    def show(self, result: Result, quiet: bool = False) -> None:
        """Print the result; on standard error if `quiet`."""

    def csv_text(self, result: Result) -> str:
        """Return the result as comma-separated values."""

    def json_record(self, result: Result) -> dict[str, Any]:
        """Return the result as JSON values."""


def carry_out(plan: Plan, work: PlainWork, view: View | None = None) -> None:
    """Simulate, print, write, say how to go on; raises typer.Exit with 3 for a partial run."""
    from proofs import simulated
    from proofs.kept import keeper

    how: View = simulated if view is None else view

    keep = keeper(plan, work.checkpoint, work.resume)
    result = _run(plan, keep, work)
    if result is not None:
        how.show(result, quiet="-" in (work.csv, work.json))
        _write(result, work, how)
    if result is None or result.partial:
        reason = "interrupted before the first block" if result is None else result.reason
        typer.echo(f"collapse: {reason}; {keep.stopped()}", err=True)
        leave_blocks(3)
        raise typer.Exit(3)
    keep.finished()


def _run(plan: Plan, keep: Keeper, work: PlainWork) -> Result | None:
    """Return what came out, as far as it came; None for nothing."""
    from proofs.simulated import Bar
    from proofs.simulation import simulate

    if begun := keep.begun(plan):
        typer.echo(f"collapse: {begun}", err=True)
    try:
        with _team(work) as team, Bar("simulate") as bar:
            return simulate(
                plan, work.threads, bar.advance, team, keep.checkpoint, keep.kept, _announce
            )
    except ModuleNotFoundError as error:
        from theory.errors import DomainError

        raise DomainError(f"--dask {work.dask}: {error}") from None


def _announce() -> None:
    typer.echo("collapse: stopping after the blocks at work (^C again to stop at once)", err=True)


@contextlib.contextmanager
def _team(work: PlainWork) -> Iterator[Team | None]:
    """Return the processes or the cluster asked for; None for threads."""
    from numerics.executors import cluster, processes

    if work.workers is not None:
        with processes(work.workers) as team:
            yield team
    elif work.dask is not None:
        with cluster(work.dask) as team:
            yield team
    else:
        yield None


def _write(result: Result, work: PlainWork, view: View) -> None:
    from proofs.output import write_json, write_text

    if work.csv is not None:
        write_text(work.csv, view.csv_text(result))
    if work.json is not None:
        write_json(work.json, view.json_record(result))
