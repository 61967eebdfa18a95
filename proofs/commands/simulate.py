"""`collapse simulate`: run a model many times and print what happened, beside no theory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from proofs.simulation import Plan, Result

    Sizes = tuple[int, int, int, str]
    Discrete = tuple[int | None, str | None]
    Gaussian = tuple[int | None, str | None, str | None, str | None]


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
    csv: Annotated[
        str | None, typer.Option(help="Write every recorded generation to a file, - for stdout.")
    ] = None,
    json: Annotated[
        str | None, typer.Option(help="Write the record to a file, - for stdout.")
    ] = None,
) -> None:
    """Run a model many times; print means with standard errors, and a digest of every number."""
    _check_targets(csv, json)
    sizes = (samples, generations, replicates, key)
    plan = _plan(model, sizes, (categories, counts), (dimensions, data, columns, estimator))
    raise typer.Exit(_run(plan, threads, csv, json))


def _plan(model: str, sizes: Sizes, discrete: Discrete, gaussian: Gaussian) -> Plan:
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
        return _discrete(sizes, categories, counts)
    return _gaussian(sizes, dimensions, data, columns, estimator or "unbiased")


def _run(plan: Plan, threads: int | None, csv: str | None, json: str | None) -> int:
    """Simulate, print and write; return 3 when the user interrupted, else 0."""
    from proofs.simulated import Bar, show
    from proofs.simulation import simulate as run

    with Bar("simulate") as bar:
        result = run(plan, threads, bar.advance)
    if result is None:
        typer.echo("collapse: interrupted before the first block was finished", err=True)
        return 3
    show(result, quiet="-" in (csv, json))
    _write(result, csv, json)
    return 3 if result.partial else 0


def _check_targets(csv: str | None, json: str | None) -> None:
    """Refuse, before anything is simulated, targets that cannot be written."""
    from pathlib import Path

    from theory.errors import DomainError

    if csv == json == "-":
        raise DomainError("--csv - and --json - both ask for standard output")
    for option, target in (("--csv", csv), ("--json", json)):
        if target is None or target == "-":
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


def _discrete(sizes: Sizes, categories: int | None, counts: str | None) -> Plan:
    from proofs.inputs import read_counts
    from proofs.simulation import plan_discrete
    from theory.errors import DomainError

    if counts is None:
        return plan_discrete(*sizes, 10 if categories is None else categories)
    if categories is not None:
        raise DomainError(f"simulate discrete: --categories {categories} excludes --counts")
    return plan_discrete(*sizes, read_counts(counts))


def _gaussian(
    sizes: Sizes, dimensions: int | None, data: str | None, columns: str | None, estimator: str
) -> Plan:
    from proofs.inputs import read_sample
    from proofs.simulation import plan_gaussian
    from theory.errors import DomainError

    if data is None:
        if columns is not None:
            raise DomainError(f"simulate gaussian: --columns {columns} needs --data")
        return plan_gaussian(*sizes, 1 if dimensions is None else dimensions, estimator)
    if dimensions is not None:
        raise DomainError(f"simulate gaussian: --dimensions {dimensions} excludes --data")
    return plan_gaussian(*sizes, read_sample(data, columns), estimator)


def _write(result: Result, csv: str | None, json: str | None) -> None:
    from proofs.output import write_json, write_text
    from proofs.simulated import csv_text, json_record

    if csv is not None:
        write_text(csv, csv_text(result))
    if json is not None:
        write_json(json, json_record(result))
