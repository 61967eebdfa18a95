"""`collapse simulate`: run a model many times and print what happened, beside no theory."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numerics.executors import Team
    from numerics.summary import Bins
    from proofs.kept import Keeper
    from proofs.simulation import Plan, Result

    Sizes = tuple[int, int, int, str]
    Discrete = tuple[int | None, str | None]
    Gaussian = tuple[int | None, str | None, str | None, str | None]
    Hands = tuple[int | None, int | None, str | None]  # threads, processes, cluster


def simulate(
    model: Annotated[str, typer.Argument(help="discrete (categories) or gaussian.")],
    samples: Annotated[int, typer.Option(help="Samples M per generation.")] = 100,
    generations: Annotated[int, typer.Option(help="Generations n.")] = 100,
    replicates: Annotated[int, typer.Option(help="Independent runs R.")] = 1000,
    key: Annotated[str, typer.Option(help="Run key of the random streams.")] = "collapse",
    categories: Annotated[
        int | None, typer.Option(help="discrete: equally likely categories; 10 without it.")
    ] = None,
    counts: Annotated[
        str | None,
        typer.Option(help="discrete: CSV of counts, or a text whose words are the categories."),
    ] = None,
    dimensions: Annotated[
        int | None, typer.Option(help="gaussian: dimensions of a standard normal; 1 without it.")
    ] = None,
    data: Annotated[str | None, typer.Option(help="gaussian: CSV sample to start from.")] = None,
    columns: Annotated[str | None, typer.Option(help="Columns of --data, by name.")] = None,
    estimator: Annotated[
        str | None, typer.Option(help="gaussian: unbiased (divisor M - 1) or mle (divisor M).")
    ] = None,
    threads: Annotated[int | None, typer.Option(help="Threads; all cores without it.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes, in place of threads.")] = None,
    dask: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler, such as tcp://host:8786.")
    ] = None,
    checkpoint: Annotated[
        str | None,
        typer.Option(help="File that keeps finished blocks; the same command goes on from it."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="There must be finished blocks to go on from.")
    ] = False,
    histogram: Annotated[
        str | None, typer.Option(help="COLUMN:LOW:HIGH:BINS at the last generation, for --json.")
    ] = None,
    csv: Annotated[
        str | None, typer.Option(help="Write every recorded generation to a file, - for stdout.")
    ] = None,
    json: Annotated[
        str | None, typer.Option(help="Write the record to a file, - for stdout.")
    ] = None,
) -> None:
    """Run a model many times; print means with standard errors, and a digest of every number."""
    _check_targets({"--csv": csv, "--json": json, "--checkpoint": checkpoint})
    _check_team(threads, workers, dask)
    sizes = (samples, generations, replicates, key)
    bins = None if histogram is None else _bins(histogram)
    plan = _plan(model, sizes, (categories, counts), (dimensions, data, columns, estimator), bins)
    raise typer.Exit(_finish(plan, (threads, workers, dask), (checkpoint, resume), csv, json))


def _plan(
    model: str, sizes: Sizes, discrete: Discrete, gaussian: Gaussian, bins: Bins | None
) -> Plan:
    """Return the plan of a model, from the options that belong to it."""
    categories, counts = discrete
    dimensions, data, columns, estimator = gaussian
    _check_model(
        model,
        {
            "discrete": {"--categories": categories, "--counts": counts},
            "gaussian": {
                "--dimensions": dimensions,
                "--data": data,
                "--columns": columns,
                "--estimator": estimator,
            },
        },
    )
    if model == "discrete":
        return _discrete(sizes, categories, counts, bins)
    return _gaussian(sizes, dimensions, data, columns, estimator or "unbiased", bins)


def _finish(
    plan: Plan, hands: Hands, place: tuple[str | None, bool], csv: str | None, json: str | None
) -> int:
    """Simulate, print, write and say how to go on; return 3 for a partial run, else 0."""
    from proofs.kept import keeper

    keep = keeper(plan, *place)
    result = _run(plan, keep, hands)
    if result is not None:
        from proofs.simulated import show

        show(result, quiet="-" in (csv, json))
        _write(result, csv, json)
    if result is None or result.partial:
        reason = "interrupted before the first block" if result is None else result.reason
        typer.echo(f"collapse: {reason}; {keep.stopped()}", err=True)
        return 3
    keep.finished()
    return 0


def _run(plan: Plan, keep: Keeper, hands: Hands) -> Result | None:
    """Return what came out, as far as it came; None for nothing."""
    from proofs.simulated import Bar
    from proofs.simulation import simulate as run

    threads, workers, dask = hands
    if begun := keep.begun(plan):
        typer.echo(f"collapse: {begun}", err=True)
    try:
        with _team(workers, dask) as team, Bar("simulate") as bar:
            return run(plan, threads, bar.advance, team, keep.checkpoint, keep.kept)
    except ModuleNotFoundError as error:
        from theory.errors import DomainError

        raise DomainError(f"--dask {dask}: {error}") from None


@contextlib.contextmanager
def _team(workers: int | None, dask: str | None) -> Iterator[Team | None]:
    """Return the processes or the cluster asked for; None for threads."""
    from numerics.executors import cluster, processes

    if workers is not None:
        with processes(workers) as team:
            yield team
    elif dask is not None:
        with cluster(dask) as team:
            yield team
    else:
        yield None


def _check_team(threads: int | None, workers: int | None, dask: str | None) -> None:
    """Refuse two ways to work at once, and no workers."""
    from theory.errors import DomainError

    asked = {"--threads": threads, "--workers": workers, "--dask": dask}
    given = [f"{option} {value}" for option, value in asked.items() if value is not None]
    if len(given) > 1:
        raise DomainError(f"{given[0]} excludes {given[1]}")
    if workers is not None and workers < 1:
        raise DomainError(f"--workers {workers} lies outside workers >= 1")


def _bins(text: str) -> Bins:
    """Return the histogram that COLUMN:LOW:HIGH:BINS asks for."""
    import math

    from numerics.summary import Bins
    from theory.errors import DomainError

    try:
        column, low, high, number = text.split(":")
        bins = Bins(column, float(low), float(high), int(number))
    except ValueError:
        raise DomainError(f"--histogram {text} is not COLUMN:LOW:HIGH:BINS") from None
    if not (math.isfinite(bins.high - bins.low) and bins.low < bins.high):
        raise DomainError(f"--histogram {text}: LOW and HIGH lie outside LOW < HIGH")
    if not 1 <= bins.number <= 10**6:
        raise DomainError(f"--histogram {text}: BINS lies outside 1 .. 1000000")
    return bins


def _check_targets(targets: Mapping[str, str | None]) -> None:
    """Refuse, before anything is simulated, targets that cannot be written."""
    from pathlib import Path

    from theory.errors import DomainError

    if targets["--csv"] == targets["--json"] == "-":
        raise DomainError("--csv - and --json - both ask for standard output")
    for option, target in targets.items():
        if target is None or (target == "-" and option != "--checkpoint"):
            continue
        if Path(target).is_dir():
            raise DomainError(f"{option} {target}: is a folder; a file is needed")
        if not Path(target).parent.is_dir():
            raise DomainError(f"{option} {target}: there is no folder {Path(target).parent}")


def _check_model(model: str, own: Mapping[str, Mapping[str, object]]) -> None:
    """Refuse an unknown model, and options of the other one."""
    import difflib

    from theory.errors import DomainError

    if model not in own:
        near = difflib.get_close_matches(model, own, 1, 0.3)
        hint = f"; nearest: {near[0]}" if near else ""
        raise DomainError(f"unknown model {model!r}{hint} (models are {', '.join(own)})")
    for other, options in own.items():
        for option, value in options.items():
            if other != model and value is not None:
                raise DomainError(f"simulate {model}: {option} {value} belongs to {other}")


def _discrete(sizes: Sizes, categories: int | None, counts: str | None, bins: Bins | None) -> Plan:
    from proofs.inputs import read_counts
    from proofs.simulation import plan_discrete
    from theory.errors import DomainError

    if counts is None:
        return plan_discrete(*sizes, 10 if categories is None else categories, bins)
    if categories is not None:
        raise DomainError(f"simulate discrete: --categories {categories} excludes --counts")
    return plan_discrete(*sizes, read_counts(counts), bins)


def _gaussian(
    sizes: Sizes,
    dimensions: int | None,
    data: str | None,
    columns: str | None,
    estimator: str,
    bins: Bins | None,
) -> Plan:
    from proofs.inputs import read_sample
    from proofs.simulation import plan_gaussian
    from theory.errors import DomainError

    if data is None:
        if columns is not None:
            raise DomainError(f"simulate gaussian: --columns {columns} needs --data")
        return plan_gaussian(*sizes, 1 if dimensions is None else dimensions, estimator, bins)
    if dimensions is not None:
        raise DomainError(f"simulate gaussian: --dimensions {dimensions} excludes --data")
    return plan_gaussian(*sizes, read_sample(data, columns), estimator, bins)


def _write(result: Result, csv: str | None, json: str | None) -> None:
    from proofs.output import write_json, write_text
    from proofs.simulated import csv_text, json_record

    if csv is not None:
        write_text(csv, csv_text(result))
    if json is not None:
        write_json(json, json_record(result))
