"""`collapse simulate regression`: a linear regression, refitted to its own labels."""

from dataclasses import dataclass
from typing import Annotated

import typer

from proofs.commands.simulate.carried_out import carry_out
from proofs.commands.simulate.options import Runs, Work


@dataclass(frozen=True)
class Rounds:
    """What a generation is trained on."""

    samples: Annotated[
        str, typer.Option(help="Rows T per generation; or 10,20,40; or 100*i^2, i = 1, 2, ...")
    ] = "100"
    workflow: Annotated[
        str,
        typer.Option(
            help="replace: the newest rows alone; accumulate or augment: all rows so far."
        ),
    ] = "replace"
    inputs: Annotated[
        str, typer.Option(help="Inputs of a round: fresh, or the same in every round.")
    ] = "fresh"


def regression(
    runs: Runs,
    rounds: Rounds,
    work: Work,
    dimensions: Annotated[int, typer.Option(help="Dimensions d of the weights.")] = 1,
    estimator: Annotated[
        str, typer.Option(help="ols; min-norm, the shortest weights that fit; or ridge.")
    ] = "ols",
    ridge: Annotated[float | None, typer.Option(help="Penalty LAM of the ridge estimator.")] = None,
    noise: Annotated[float, typer.Option(help="Standard deviation of the noise of a label.")] = 1.0,
    signal: Annotated[float, typer.Option(help="Squared length of the true weights.")] = 1.0,
) -> None:
    """A linear regression, refitted to labels of its own."""
    work.check()
    from proofs.plans.regression import plan_regression
    from proofs.training import read_samples

    samples, generations = read_samples(rounds.samples, runs.generations)
    plan = plan_regression(
        samples, generations, runs.replicates, runs.key, dimensions, estimator, ridge,
        rounds.workflow, rounds.inputs, noise, signal, work.bins(),
    )  # fmt: skip
    carry_out(plan, work)
