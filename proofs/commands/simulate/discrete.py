"""`collapse simulate discrete`: categories."""

from typing import Annotated

import typer

from proofs.commands.simulate.carried_out import carry_out
from proofs.commands.simulate.options import Blend, Runs, Training, Work


def discrete(
    runs: Runs,
    training: Training,
    work: Work,
    categories: Annotated[
        int | None, typer.Option(help="Equally likely categories; 10 without it.")
    ] = None,
    counts: Annotated[
        str | None, typer.Option(help="CSV of counts, or a text whose words are the categories.")
    ] = None,
    smoothing: Annotated[
        str, typer.Option(help="Pseudo-counts in all, the same for each category.")
    ] = "0",
    blend: Blend = None,
) -> None:
    """Categories, drawn anew from their frequencies."""
    work.check()
    from proofs.inputs import read_counts
    from proofs.simulation import plan_discrete
    from theory.errors import DomainError

    samples, generations, workflow = training.read(runs, smoothing, blend)
    if counts is not None and categories is not None:
        raise DomainError(f"simulate discrete: --categories {categories} excludes --counts")
    equal = 10 if categories is None else categories
    start = equal if counts is None else read_counts(counts)
    plan = plan_discrete(
        samples, generations, runs.replicates, runs.key, start, work.bins(), workflow
    )
    carry_out(plan, work)
