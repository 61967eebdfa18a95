"""`collapse simulate vae`: a linear VAE, fitted in closed form."""

from typing import Annotated

import typer

from proofs.commands.simulate.carried_out import carry_out
from proofs.commands.simulate.options import Runs, Work


def vae(
    runs: Runs,
    work: Work,
    samples: Annotated[
        str, typer.Option(help="Samples M per generation; or 10,20,40; or 100*i^2, i = 1, 2, ...")
    ] = "100",
    latent: Annotated[int, typer.Option(help="Latent variables q.")] = 2,
    noise: Annotated[
        str, typer.Option(help="Variance of the decoder: learned, or a number that is kept.")
    ] = "learned",
    estimator: Annotated[
        str, typer.Option(help="mle (covariance with divisor M) or unbiased (M - 1).")
    ] = "mle",
    data: Annotated[
        str, typer.Option(help="CSV sample to start from; iris and digits are shipped.")
    ] = "iris",
    columns: Annotated[str | None, typer.Option(help="Columns of --data, by name.")] = None,
) -> None:
    """A linear VAE, refitted in closed form to points drawn from it; each batch replaces the last.

    Columns are centred, not scaled. Columns that never change, such as the dark corners of images,
    are left out and named.
    """
    work.check()
    from proofs.inputs import read_sample
    from proofs.plans.vae import plan_vae, read_noise
    from proofs.training import read_samples

    sizes, generations = read_samples(samples, runs.generations)
    variance = read_noise(noise)
    sample = read_sample(data, columns, leave_constant=True)
    plan = plan_vae(
        sizes, generations, runs.replicates, runs.key, sample, latent, variance, estimator,
        work.bins(),
    )  # fmt: skip
    carry_out(plan, work)
