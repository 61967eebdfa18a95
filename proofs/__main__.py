"""The `collapse` command. Each command lives in proofs/commands and imports what it needs late."""

from __future__ import annotations

import sys

import typer
from typer.exceptions import TyperException

from proofs.commands import audit, bench, catalogue, figures, report, simulate, value, verify
from proofs.commands.options import command, leave_blocks
from theory.errors import DomainError

app = typer.Typer(
    help="Theorems of model collapse, each confronted with evidence that could refute it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("list")(catalogue.list_claims)
app.command("show")(catalogue.show)
app.command("value")(value.value)
app.command("verify")(command(verify.verify))
app.command("audit")(command(audit.audit))
app.add_typer(simulate.app, name="simulate")
app.command("figures")(figures.figures)
app.command("report")(report.report)
app.command("bench")(bench.bench)


#: What typer makes of Ctrl-C.
INTERRUPTED = 130
#: What is left undecided, or cut short.
CUT_SHORT = 3


def main() -> None:
    """Run the command line; 0 as expected, 1 otherwise, 2 bad input, 3 undecided or cut short."""
    try:
        code = app(standalone_mode=False)
    except TyperException as error:
        message = error.format_message()
        if message:  # none comes with the help page, which typer shows where there is no command
            print(f"collapse: {message}", file=sys.stderr)
        code = 2
    except SystemExit:
        # Typer ends like this, silently, where the reader of our output went away.
        code = CUT_SHORT
    except (DomainError, OSError) as error:
        print(f"collapse: {_one_line(error)}", file=sys.stderr)
        code = 2
    if code == INTERRUPTED:
        print("collapse: interrupted", file=sys.stderr)
        code = CUT_SHORT
        leave_blocks(code)
    sys.exit(code or 0)


def _one_line(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return " ".join(str(error).split())


if __name__ == "__main__":
    main()
