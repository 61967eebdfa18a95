"""`collapse simulate`: run a model many times and print what happened, beside no theory."""

import typer

from proofs.commands.options import command
from proofs.commands.simulate import (
    discrete,
    errors,
    family,
    gaussian,
    kernel_density,
    mixture,
    ngram,
    regression,
    vae,
)

app = typer.Typer(
    help="Run a model many times; print means with standard errors, and a digest.",
    no_args_is_help=True,
)
app.command("discrete")(command(discrete.discrete))
app.command("gaussian")(command(gaussian.gaussian))
app.command("mixture")(command(mixture.mixture))
app.command("ngram")(command(ngram.ngram))
app.command("regression")(command(regression.regression))
app.command("vae")(command(vae.vae))
app.command("kernel-density")(command(kernel_density.kernel_density))
app.command("family")(command(family.family))
app.command("errors")(command(errors.errors))
