"""`collapse simulate`: run a model many times and print what happened, beside no theory."""

import typer

from proofs.commands.simulate import discrete, gaussian
from proofs.commands.simulate.options import command

app = typer.Typer(
    help="Run a model many times; print means with standard errors, and a digest.",
    no_args_is_help=True,
)
app.command("discrete")(command(discrete.discrete))
app.command("gaussian")(command(gaussian.gaussian))
