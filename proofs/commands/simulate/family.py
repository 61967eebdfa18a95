"""`collapse simulate family`: exponential families with a quadratic variance."""

from typing import Annotated

import typer

from proofs.commands.simulate.carried_out import carry_out
from proofs.commands.simulate.options import Runs, Work


def family(
    runs: Runs,
    work: Work,
    family: Annotated[
        str,
        typer.Option(
            help="normal, poisson, binomial, gamma, negative-binomial or hyperbolic-secant."
        ),
    ] = "poisson",
    samples: Annotated[int, typer.Option(help="Samples M per generation.")] = 100,
    mean: Annotated[float, typer.Option(help="Mean m_0 of the real law.")] = 1.0,
    shape: Annotated[
        float | None,
        typer.Option(help="Variance of normal, N of binomial (10), r of the others (1)."),
    ] = None,
) -> None:
    """An exponential family, refitted by maximum likelihood to points drawn from it."""
    work.check()
    from proofs.plans.family import plan_family
    from proofs.training import GENERATIONS

    generations = GENERATIONS if runs.generations is None else runs.generations
    plan = plan_family(
        family, samples, generations, runs.replicates, runs.key, mean, shape, work.bins()
    )
    carry_out(plan, work)
