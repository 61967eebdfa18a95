"""`collapse simulate`: run a model many times and print what happened, beside no theory."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numerics.executors import Team
    from numerics.summary import Bins
    from numerics.workflow import Workflow
    from proofs.kept import Keeper
    from proofs.simulation import Plan, Result
    from proofs.training import Samples

    Sizes = tuple[Samples, int, int, str]
    Discrete = tuple[int | None, str | None]
    Gaussian = tuple[int | None, str | None, str | None, str | None]
    Hands = tuple[int | None, int | None, str | None]  # threads, processes, cluster


Batches = Annotated[
    str, typer.Option(help="Samples M per generation; or 10,20,40; or 100*i^2, i = 1, 2, ...")
]
Generations = Annotated[
    int | None, typer.Option(help="Generations n; without it, the listed ones or 100.")
]
Categories = Annotated[
    int | None, typer.Option(help="discrete: equally likely categories; 10 without it.")
]
Counts = Annotated[
    str | None,
    typer.Option(help="discrete: CSV of counts, or a text whose words are the categories."),
]
Dimensions = Annotated[
    int | None, typer.Option(help="gaussian: dimensions of a standard normal; 1 without it.")
]
Divisor = Annotated[
    str | None, typer.Option(help="gaussian: unbiased (divisor M - 1) or mle (divisor M).")
]
Cluster = Annotated[
    str | None, typer.Option(help="Address of a Dask scheduler, such as tcp://host:8786.")
]
Kept = Annotated[
    str | None,
    typer.Option(
        help="File that keeps finished blocks; the same command goes on from it, "
        "also with more replicates."
    ),
]
Resume = Annotated[
    bool, typer.Option("--resume", help="There must be finished blocks to go on from.")
]
Histogram = Annotated[
    str | None, typer.Option(help="COLUMN:LOW:HIGH:BINS at the last generation, for --json.")
]
Csv = Annotated[
    str | None, typer.Option(help="Write every recorded generation to a file, - for stdout.")
]
Json = Annotated[str | None, typer.Option(help="Write the record to a file, - for stdout.")]
#: What a generation is trained on.
Keep = Annotated[
    str, typer.Option(help="What becomes of earlier batches: replace, accumulate or subsample.")
]
Without = Annotated[
    bool, typer.Option("--without-replacement", help="subsample: points are taken once.")
]
Real = Annotated[int, typer.Option(help="Real points from the start, kept for ever.")]
Fresh = Annotated[int, typer.Option(help="Fresh real points in each batch.")]
Share = Annotated[
    str, typer.Option(help="Chance, 0.1 or 1/10, that any other point of a batch is real.")
]
Blend = Annotated[
    str | None,
    typer.Option(help="ALPHA,BETA,GAMMA: weights of the fit, the law before, the real law."),
]
Smoothing = Annotated[
    str, typer.Option(help="discrete: pseudo-counts in all, the same for each category.")
]


def simulate(
    model: Annotated[str, typer.Argument(help="discrete (categories) or gaussian.")],
    samples: Batches = "100",
    generations: Generations = None,
    replicates: Annotated[int, typer.Option(help="Independent runs R.")] = 1000,
    key: Annotated[str, typer.Option(help="Run key of the random streams.")] = "collapse",
    categories: Categories = None,
    counts: Counts = None,
    dimensions: Dimensions = None,
    data: Annotated[str | None, typer.Option(help="gaussian: CSV sample to start from.")] = None,
    columns: Annotated[str | None, typer.Option(help="Columns of --data, by name.")] = None,
    estimator: Divisor = None,
    workflow: Keep = "replace",
    without_replacement: Without = False,
    real: Real = 0,
    fresh: Fresh = 0,
    fresh_share: Share = "0",
    blend: Blend = None,
    smoothing: Smoothing = "0",
    threads: Annotated[int | None, typer.Option(help="Threads; all cores without it.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes, in place of threads.")] = None,
    dask: Cluster = None,
    checkpoint: Kept = None,
    resume: Resume = False,
    histogram: Histogram = None,
    csv: Csv = None,
    json: Json = None,
) -> None:
    """Run a model many times; print means with standard errors, and a digest of every number."""
    from proofs.output import check_targets

    check_targets({"--csv": csv, "--json": json, "--checkpoint": checkpoint})
    _check_team(threads, workers, dask)
    discrete, gaussian = (categories, counts), (dimensions, data, columns, estimator)
    training = _training(workflow, without_replacement, real, fresh, fresh_share, blend, smoothing)
    plan = _plan(
        model, _sizes(samples, generations, replicates, key), discrete, gaussian,
        None if histogram is None else _bins(histogram), training,
    )  # fmt: skip
    _check_histogram(histogram, json)
    raise typer.Exit(_finish(plan, (threads, workers, dask), (checkpoint, resume), csv, json))


def _sizes(samples: str, generations: int | None, replicates: int, key: str) -> Sizes:
    from proofs.training import read_samples

    return *read_samples(samples, generations), replicates, key


def _training(
    keep: str, without: bool, real: int, fresh: int, share: str, blend: str | None, pseudo: str
) -> Workflow:
    from proofs.training import read_number, read_workflow

    chance, count = read_number("--fresh-share", share), read_number("--smoothing", pseudo)
    return read_workflow(keep, without, real, fresh, chance, blend, count)


def _plan(
    model: str, sizes: Sizes, discrete: Discrete, gaussian: Gaussian, bins: Bins | None,
    workflow: Workflow,
) -> Plan:  # fmt: skip
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
        return _discrete(sizes, categories, counts, bins, workflow)
    return _gaussian(sizes, dimensions, data, columns, estimator or "unbiased", bins, workflow)


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


def _check_histogram(histogram: str | None, json: str | None) -> None:
    """Refuse a histogram that nobody would see."""
    from theory.errors import DomainError

    if histogram is not None and json is None:
        raise DomainError(f"--histogram {histogram} is written with --json, which is not given")


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


def _discrete(
    sizes: Sizes, categories: int | None, counts: str | None, bins: Bins | None, workflow: Workflow
) -> Plan:
    from proofs.inputs import read_counts
    from proofs.simulation import plan_discrete
    from theory.errors import DomainError

    if counts is None:
        return plan_discrete(*sizes, 10 if categories is None else categories, bins, workflow)
    if categories is not None:
        raise DomainError(f"simulate discrete: --categories {categories} excludes --counts")
    return plan_discrete(*sizes, read_counts(counts), bins, workflow)


def _gaussian(
    sizes: Sizes,
    dimensions: int | None,
    data: str | None,
    columns: str | None,
    estimator: str,
    bins: Bins | None,
    workflow: Workflow,
) -> Plan:
    from proofs.inputs import read_sample
    from proofs.simulation import plan_gaussian
    from theory.errors import DomainError

    if data is None:
        if columns is not None:
            raise DomainError(f"simulate gaussian: --columns {columns} needs --data")
        one = 1 if dimensions is None else dimensions
        return plan_gaussian(*sizes, one, estimator, bins, workflow)
    if dimensions is not None:
        raise DomainError(f"simulate gaussian: --dimensions {dimensions} excludes --data")
    return plan_gaussian(*sizes, read_sample(data, columns), estimator, bins, workflow)


def _write(result: Result, csv: str | None, json: str | None) -> None:
    from proofs.output import write_json, write_text
    from proofs.simulated import csv_text, json_record

    if csv is not None:
        write_text(csv, csv_text(result))
    if json is not None:
        write_json(json, json_record(result))
