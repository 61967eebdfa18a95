"""Notebooks: each runs in a fresh kernel, builds to the same bytes twice, and defines nothing."""

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

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


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two folders with every notebook, built side by side."""
    folders = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    processes = [start(BUILDER, "--out", str(folder)) for folder in folders]
    for process, folder in zip(processes, folders, strict=True):
        printed, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors
        assert printed.splitlines() == [str(folder / f"{name}.ipynb") for name in NAMES]
    return folders


def cells(builds: tuple[Path, Path], name: str) -> list[dict[str, Any]]:
    notebook = json.loads((builds[0] / f"{name}.ipynb").read_text("utf-8"))
    assert "language_info" not in notebook["metadata"]
    found = notebook["cells"]
    assert isinstance(found, list)
    return found


def test_every_notebook_is_listed_for_readers() -> None:
    assert "tour" in NAMES
    listed = (FOLDER / "README.md").read_text("utf-8")
    assert [name for name in NAMES if f"| `{name}.py` |" not in listed] == []


@pytest.mark.parametrize("name", NAMES)
def test_two_builds_are_identical(builds: tuple[Path, Path], name: str) -> None:
    first, second = (folder / f"{name}.ipynb" for folder in builds)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_has_run_in_order_without_complaint(
    builds: tuple[Path, Path], name: str
) -> None:
    code = [cell for cell in cells(builds, name) if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    for cell in code:
        for output in cell["outputs"]:
            assert output.get("name") != "stderr", output["text"]
            assert output["output_type"] != "error"


@pytest.mark.parametrize("name", NAMES)
def test_every_notebook_shows_pictures_with_labelled_axes(
    builds: tuple[Path, Path], name: str
) -> None:
    code = [cell for cell in cells(builds, name) if cell["cell_type"] == "code"]
    drawn = [cell for cell in code if "plt.subplots(" in "".join(cell["source"])]
    assert drawn
    for cell in drawn:
        source = "".join(cell["source"])
        assert "xlabel=" in source, source
        assert "ylabel=" in source, source
        assert any("image/png" in output.get("data", {}) for output in cell["outputs"])


@pytest.mark.parametrize("name", NAMES)
def test_nothing_refuted_or_failing_is_shown(builds: tuple[Path, Path], name: str) -> None:
    shown = json.dumps([cell.get("outputs") for cell in cells(builds, name)])
    for word in ("FAILS", "NOTHING", "undecided", "vacuous"):
        assert word not in shown


@pytest.mark.parametrize("name", NAMES)
def test_the_file_opens_with_what_the_reader_will_know(
    builds: tuple[Path, Path], name: str
) -> None:
    first = cells(builds, name)[0]
    assert first["cell_type"] == "markdown"
    text = "".join(first["source"])
    assert text.startswith("# ")
    assert "you will know" in " ".join(text.split())


@pytest.mark.parametrize("name", NAMES)
def test_notebooks_define_nothing(name: str) -> None:
    tree = ast.parse((FOLDER / f"{name}.py").read_text("utf-8"))
    for node in ast.walk(tree):
        assert not isinstance(node, ast.ClassDef | ast.AsyncFunctionDef)
        if isinstance(node, ast.FunctionDef):
            count = sum(isinstance(part, ast.stmt) for part in ast.walk(node)) - 1
            assert count <= MOST_STATEMENTS, f"{name}.py: {node.name} has {count} statements"


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
