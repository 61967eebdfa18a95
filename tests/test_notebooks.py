"""Notebooks: each runs in a fresh kernel, builds to the same bytes twice, and defines nothing."""

import ast
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jupytext
import pytest
import typer
from typer.exceptions import TyperException

from proofs.__main__ import app
from proofs.audit.rows import ROWS
from proofs.commands import audit
from theory.claims import find, matching
from theory.errors import DomainError
from theory.point import parse_point

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
BUILDER = FOLDER / "build.py"
NAMES = sorted(
    path.stem for path in FOLDER.glob("*.py") if path.read_text("utf-8").startswith("# ---\n")
)
#: A function of more statements belongs in a package.
MOST_STATEMENTS = 4


def start(builder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(builder), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def built(name: str, folder: Path) -> bytes:
    """One notebook, run in a fresh kernel."""
    process = start(BUILDER, "--out", str(folder), name)
    printed, errors = process.communicate(timeout=600)
    assert process.returncode == 0, errors
    assert printed.splitlines() == [str(folder / f"{name}.ipynb")]
    return (folder / f"{name}.ipynb").read_bytes()


def commands(name: str) -> list[str]:
    """The commands of a notebook's text, as they stand in back-ticks."""
    notebook = jupytext.reads((FOLDER / f"{name}.py").read_text("utf-8"), fmt="py:percent")
    texts = [cell["source"] for cell in notebook.cells if cell["cell_type"] == "markdown"]
    found = re.findall(r"`(collapse\s[^`]+)`", "\n\n".join(texts))
    return [" ".join(command.split()) for command in found]


def check_command(line: str) -> None:
    """Raise what the command line would say of it; nothing is run. A bare command may be named."""
    command, (_, *words) = typer.main.get_command(app), shlex.split(line)
    while subcommands := getattr(command, "commands", {}):
        if not words:
            return
        if words[0] not in subcommands:
            raise DomainError(f"no command {words[0]!r}")
        name, *words = words
        command = subcommands[name]
    if not words:
        return
    given = command.make_context(name, words).params
    if name == "value":
        code, colon, quantity = given["name"].partition(":")
        claim = find(code)
        point = parse_point(claim, given["words"] or ())
        claim.law_at(claim.quantity(quantity if colon else None), point)
    elif name == "show":
        find(given["name"])
    elif name in ("list", "verify"):
        matching(given["pattern"])
    elif name == "audit":
        audit.matching(given["pattern"], ROWS)


def test_every_notebook_is_listed_for_readers() -> None:
    assert "tour" in NAMES
    listed = (FOLDER / "README.md").read_text("utf-8")
    assert [name for name in NAMES if f"| `{name}.py` |" not in listed] == []


def check_order(cells: list[dict[str, Any]]) -> None:
    """Every cell has run, in order, without complaint."""
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    for cell in code:
        for output in cell["outputs"]:
            assert output.get("name") != "stderr", output["text"]
            assert output["output_type"] != "error"


def check_pictures(cells: list[dict[str, Any]]) -> None:
    """There are pictures, and their axes have labels."""
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    drawn = [cell for cell in code if "plt.subplots(" in "".join(cell["source"])]
    assert drawn
    for cell in drawn:
        source = "".join(cell["source"])
        assert "xlabel=" in source, source
        assert "ylabel=" in source, source
        assert any("image/png" in output.get("data", {}) for output in cell["outputs"])


def check_outcomes(cells: list[dict[str, Any]]) -> None:
    """Nothing that fails is shown."""
    shown = json.dumps([cell.get("outputs") for cell in cells])
    for word in ("FAILS", "NOTHING", "undecided", "vacuous"):
        assert word not in shown


def check_opening(cells: list[dict[str, Any]]) -> None:
    """It opens with what the reader will know."""
    first = cells[0]
    assert first["cell_type"] == "markdown"
    text = "".join(first["source"])
    assert text.startswith("# ")
    assert "you will know" in " ".join(text.split())


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs_and_builds_to_the_same_bytes_twice(name: str, tmp_path: Path) -> None:
    first, second = (built(name, tmp_path / folder) for folder in ("first", "second"))
    assert first == second
    notebook = json.loads(first)
    assert "language_info" not in notebook["metadata"]
    for check in (check_order, check_pictures, check_outcomes, check_opening):
        check(notebook["cells"])


@pytest.mark.parametrize("name", NAMES)
def test_notebooks_define_nothing(name: str) -> None:
    tree = ast.parse((FOLDER / f"{name}.py").read_text("utf-8"))
    for node in ast.walk(tree):
        assert not isinstance(node, ast.ClassDef | ast.AsyncFunctionDef)
        if isinstance(node, ast.FunctionDef):
            count = sum(isinstance(part, ast.stmt) for part in ast.walk(node)) - 1
            assert count <= MOST_STATEMENTS, f"{name}.py: {node.name} has {count} statements"


@pytest.mark.parametrize("name", NAMES)
def test_the_commands_in_the_text_would_be_taken(name: str) -> None:
    found = commands(name)
    assert found
    for line in found:
        check_command(line)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("collapse verify A26 A39 B32", "extra argument"),
        ("collapse value A22 diversity-limit H0=1/2 M=9 g=1/5", "not of the form name=value"),
        ("collapse value A22:diversity-limits H0=1/2 M=9 g=1/5", "diversity-limits"),
        ("collapse value A22:diversity-limit H0=2 M=9 g=1/5", "H0"),
        ("collapse value A02 H0=1/2 M=9", "n"),
        ("collapse show B999", "unknown claim 'B999'"),
        ("collapse verify B999", "unknown claim 'B999'"),
        ("collapse verify A02 --mutant", "No such option"),
        ("collapse audit eq-99", "no statement 'eq-99'"),
        ("collapse simulate discreet", "no command 'discreet'"),
        ("collapse simulate vae --latents 2", "No such option"),
        ("collapse prove", "no command 'prove'"),
    ],
)
def test_a_wrong_command_would_be_seen(line: str, reason: str) -> None:
    with pytest.raises((TyperException, DomainError), match=reason):
        check_command(line)


def test_built_notebooks_stay_out_of_git() -> None:
    ignored = (FOLDER.parent / ".gitignore").read_text("utf-8").splitlines()
    assert "/notebooks/*.ipynb" in ignored


def test_a_notebook_that_fails_is_not_written(tmp_path: Path) -> None:
    shutil.copy(BUILDER, tmp_path)
    (tmp_path / "bad.py").write_text("# ---\n# ---\n\n# %%\n1 / 0\n", "utf-8")
    process = start(tmp_path / BUILDER.name, "--out", str(tmp_path / "built"))
    printed, errors = process.communicate(timeout=120)
    assert process.returncode == 1
    assert not printed
    assert "bad.py" in errors
    assert "ZeroDivisionError" in errors
    assert not list((tmp_path / "built").iterdir())


def test_an_unknown_notebook_is_refused() -> None:
    process = start(BUILDER, "tuor")
    printed, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert not printed
    assert "unknown notebook 'tuor' (there are audit, " in errors
