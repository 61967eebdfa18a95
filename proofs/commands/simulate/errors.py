"""`collapse simulate errors`: the three errors of a fit, told apart."""

from dataclasses import dataclass
from typing import Annotated

import typer

from proofs.commands.simulate.carried_out import carry_out
from proofs.commands.simulate.options import Runs, Work


@dataclass(frozen=True)
class ErrorsRuns(Runs):
    """How many runs, how long, and from which random streams: eight at a time."""

    generations: Annotated[int, typer.Option(help="Generations n.")] = 50
    replicates: Annotated[int, typer.Option(help="Independent runs R.")] = 400


@dataclass(frozen=True)
class Approximating:
    """What the approximation error is."""

    approximation: Annotated[
        str, typer.Option(help="smoothing (of the fitted law), noise (in its mean) or stopped EM.")
    ] = "smoothing"
    bandwidth: Annotated[
        str | None, typer.Option(help="smoothing: of the kernel; 0.1 without it.")
    ] = None
    noise: Annotated[
        str | None, typer.Option(help="noise: deviation of the mean's error; 0.1 without it.")
    ] = None
    iterations: Annotated[
        str | None, typer.Option(help="stopped: iterations of EM; 5 without it.")
    ] = None


def errors(
    runs: ErrorsRuns,
    approximating: Approximating,
    work: Work,
    samples: Annotated[int, typer.Option(help="Samples M per generation, where finite.")] = 100,
    separation: Annotated[
        str | None,
        typer.Option(help="Of the means of the real mixture, in deviations of a part; 4."),
    ] = None,
    data: Annotated[str | None, typer.Option(help="CSV sample, in place of the mixture.")] = None,
    column: Annotated[str | None, typer.Option(help="Column of --data; else the first.")] = None,
) -> None:
    """Statistical, expressivity and approximation error, each alone and together: eight runs.

    The real law is the fair mixture of two normal laws, or a column of --data. Lengths are in
    standard deviations of the real law.
    """
    work.check()
    from proofs.plans.errors import Asked, plan_errors, read_column, read_fraction, read_size
    from proofs.plans.shown_errors import Shown
    from theory.errors import DomainError

    if data is not None and separation is not None:
        raise DomainError(f"simulate errors: --separation {separation} excludes --data")
    if data is None and column is not None:
        raise DomainError(f"simulate errors: --column {column} needs --data")
    sizes = {
        "bandwidth": approximating.bandwidth,
        "noise": approximating.noise,
        "iterations": approximating.iterations,
    }
    kind, size = read_size(approximating.approximation, sizes)
    apart = read_fraction("separation", "4" if separation is None else separation)
    sample = None if data is None else read_column(data, column)
    asked = Asked(samples, kind, size, apart, sample)
    plan = plan_errors(asked, runs.generations, runs.replicates, runs.key, work.bins())
    carry_out(plan, work, Shown(asked))
