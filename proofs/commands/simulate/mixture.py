"""`collapse simulate mixture`: a Gaussian mixture, fitted by EM."""

from dataclasses import dataclass
from typing import Annotated

import typer

from proofs.commands.simulate.carried_out import carry_out
from proofs.commands.simulate.options import Runs, Training, Work


@dataclass(frozen=True)
class MixtureTraining(Training):
    """What a generation is trained on: more points than a single Gaussian needs."""

    samples: Annotated[
        str, typer.Option(help="Samples M per generation; or 10,20,40; or 100*i^2, i = 1, 2, ...")
    ] = "1000"


@dataclass(frozen=True)
class Fitting:
    """How EM begins and ends."""

    beginning: Annotated[
        str, typer.Option(help="Where EM sets out: k-means++, or warm, from the fit before.")
    ] = "k-means++"
    floor: Annotated[float, typer.Option(help="Added to the variances of a component.")] = 1e-6
    tolerance: Annotated[
        float, typer.Option(help="Change of the mean log-likelihood that ends EM.")
    ] = 1e-3
    iterations: Annotated[int, typer.Option(help="Iterations of EM at most.")] = 100


def mixture(
    runs: Runs,
    training: MixtureTraining,
    fitting: Fitting,
    work: Work,
    components: Annotated[int, typer.Option(help="Components of the fitted mixtures.")] = 2,
    start: Annotated[
        str | None,
        typer.Option(help="one-blob (the default) or two-gaussians, both of unit variances."),
    ] = None,
    dimensions: Annotated[
        int | None, typer.Option(help="Dimensions of --start; 2 without it.")
    ] = None,
    separation: Annotated[
        float | None, typer.Option(help="Of the means of two-gaussians; 8 without it.")
    ] = None,
    data: Annotated[
        str | None, typer.Option(help="CSV sample to which the start is fitted.")
    ] = None,
    columns: Annotated[str | None, typer.Option(help="Columns of --data, by name.")] = None,
) -> None:
    """A Gaussian mixture, refitted by EM to points drawn from it."""
    work.check()
    from proofs.inputs import read_sample
    from proofs.plans.mixture import named, plan_mixture
    from theory.errors import DomainError

    samples, generations, workflow = training.read(runs)
    given = {"--start": start, "--dimensions": dimensions, "--separation": separation}
    excluded = [f"{option} {value}" for option, value in given.items() if value is not None]
    if data is not None and excluded:
        raise DomainError(f"simulate mixture: {excluded[0]} excludes --data")
    if data is None and columns is not None:
        raise DomainError(f"simulate mixture: --columns {columns} needs --data")
    if separation is not None and start != "two-gaussians":
        raise DomainError(f"simulate mixture: --separation {separation} needs two-gaussians")
    name = "one-blob" if start is None else start
    space = 2 if dimensions is None else dimensions
    apart = 8.0 if separation is None else separation

    law = named(name, space, apart) if data is None else read_sample(data, columns)
    origin = f"{name}, dimensions = {space}"
    origin += f", separation = {apart:g}" if name == "two-gaussians" else ""
    plan = plan_mixture(
        samples, generations, runs.replicates, runs.key, law, components, workflow,
        fitting.beginning, fitting.floor, fitting.tolerance, fitting.iterations, work.bins(),
        origin,
    )  # fmt: skip
    carry_out(plan, work)
