"""`collapse simulate kernel-density`: kernel density estimates."""

from typing import Annotated

import typer

from proofs.commands.simulate.carried_out import carry_out
from proofs.commands.simulate.options import Runs, Work


def kernel_density(
    runs: Runs,
    work: Work,
    samples: Annotated[int, typer.Option(help="Samples M per generation.")] = 100,
    bandwidth: Annotated[
        str,
        typer.Option(help="Standard deviation of the kernel; rule-of-thumb follows the points."),
    ] = "rule-of-thumb",
    adaptive: Annotated[
        bool, typer.Option("--adaptive", help="Multiply it by the points' standard deviation.")
    ] = False,
    kernel: Annotated[
        str, typer.Option(help="gaussian, rectangular or epanechnikov.")
    ] = "gaussian",
    start: Annotated[
        str | None,
        typer.Option(help="Real law of variance 1, such as normal (the default) or laplace."),
    ] = None,
    data: Annotated[str | None, typer.Option(help="CSV sample to start from.")] = None,
    columns: Annotated[str | None, typer.Option(help="Column of --data, by name.")] = None,
) -> None:
    """A kernel density estimate of points drawn from the estimate before."""
    work.check()
    from proofs.inputs import read_sample
    from proofs.plans.kernel_density import plan_kernel_density
    from proofs.training import GENERATIONS
    from theory.errors import DomainError

    if data is None and columns is not None:
        raise DomainError(f"simulate kernel-density: --columns {columns} needs --data")
    if data is not None and start is not None:
        raise DomainError(f"simulate kernel-density: --start {start} excludes --data")
    law = read_sample(data, columns) if data is not None else start or "normal"
    generations = GENERATIONS if runs.generations is None else runs.generations
    plan = plan_kernel_density(
        samples, generations, runs.replicates, runs.key, law, bandwidth, adaptive, kernel,
        work.bins(),
    )  # fmt: skip
    carry_out(plan, work)
