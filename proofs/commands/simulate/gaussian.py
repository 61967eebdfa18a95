"""`collapse simulate gaussian`: a Gaussian in d dimensions."""

from typing import Annotated

import typer

from proofs.commands.simulate.carried_out import carry_out
from proofs.commands.simulate.options import Blend, Runs, Training, Work


def gaussian(
    runs: Runs,
    training: Training,
    work: Work,
    dimensions: Annotated[
        int | None, typer.Option(help="Dimensions of a standard normal; 1 without it.")
    ] = None,
    data: Annotated[str | None, typer.Option(help="CSV sample to start from.")] = None,
    columns: Annotated[str | None, typer.Option(help="Columns of --data, by name.")] = None,
    estimator: Annotated[
        str, typer.Option(help="unbiased (divisor M - 1) or mle (divisor M).")
    ] = "unbiased",
    blend: Blend = None,
) -> None:
    """A Gaussian, refitted to points drawn from it."""
    work.check()
    from proofs.inputs import read_sample
    from proofs.simulation import plan_gaussian
    from theory.errors import DomainError

    samples, generations, workflow = training.read(runs, blend=blend)
    if data is None and columns is not None:
        raise DomainError(f"simulate gaussian: --columns {columns} needs --data")
    if data is not None and dimensions is not None:
        raise DomainError(f"simulate gaussian: --dimensions {dimensions} excludes --data")
    space = 1 if dimensions is None else dimensions
    start = space if data is None else read_sample(data, columns)
    plan = plan_gaussian(
        samples, generations, runs.replicates, runs.key, start, estimator, work.bins(), workflow
    )
    carry_out(plan, work)
