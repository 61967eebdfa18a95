"""`collapse bench`: each workload beside its peers, in turns."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from proofs.bench.workload import Timing, Workload

#: One thread for every library that starts its own; read when they are imported.
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


def bench(
    workload: Annotated[
        str | None, typer.Argument(help="Part of a workload's id; all without it.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer and shorter rounds.")] = False,
    show: Annotated[bool, typer.Option("--list", help="Name the workloads; time nothing.")] = False,
    json: Annotated[
        str | None, typer.Option(help="Write the record to a file, - for stdout.")
    ] = None,
    readme: Annotated[
        Path | None, typer.Option(help="Renew the table between the marks of this page.")
    ] = None,
) -> None:
    """Time the kernels beside their peers: medians, spread, ratios, distance to the floor."""
    from proofs.output import check_targets

    check_targets({"--json": json})
    _use_one_thread()
    chosen = _chosen(workload)
    if show:
        for each in chosen:
            typer.echo(f"{each.id:<20} {each.title}")
        return
    from proofs.bench import results

    text = None if readme is None else readme.read_text("utf-8")
    if text is not None:
        results.with_table(text, "")  # no marks: say so before the run, not after it
    timings = _timed(chosen, quick, quiet=json == "-")
    partial = len(timings) < len(chosen)
    if json is not None:
        from proofs.output import write_json

        write_json(json, {**results.record(timings, quick), "partial": partial})
    if readme is not None and text is not None and not partial:
        from proofs.output import write_text

        words = ["collapse bench", workload or "", "--quick" if quick else ""]
        table = results.table(timings, " ".join(filter(None, words)))
        write_text(str(readme), results.with_table(text, table))
    raise typer.Exit(3 if partial else 0)


def _use_one_thread() -> None:
    """Hold this process to one thread a library."""
    os.environ.update(ONE_THREAD)


def _chosen(pattern: str | None) -> list[Workload]:
    """Return the workloads asked for, after the floor that they are compared with."""
    from proofs.bench import WORKLOADS
    from proofs.bench.workload import matching
    from theory.errors import DomainError

    found = matching(WORKLOADS, pattern)
    if not found:
        known = ", ".join(each.id for each in WORKLOADS)
        raise DomainError(f"no workload has {pattern!r} in its id (workloads are {known})")
    floor = WORKLOADS[0]
    return found if floor in found else [floor, *found]


def _timed(chosen: list[Workload], quick: bool, quiet: bool) -> list[Timing]:
    """Return the times, each workload printed when it is done; those done at an interrupt."""
    from proofs.bench.results import lines
    from proofs.bench.workload import timed

    timings: list[Timing] = []
    try:
        for workload in chosen:
            timings.append(timed(workload, quick))
            typer.echo("\n".join(lines(timings[-1], timings[0])), err=quiet)
    except KeyboardInterrupt:
        typer.echo(f"interrupted: {len(timings)} of {len(chosen)} workloads timed", err=True)
    return timings
