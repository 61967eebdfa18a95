"""The two witnesses never meet: who imports whom, read from the source."""

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FORBIDDEN = {
    "theory": ("numerics", "proofs", "numba"),
    "numerics": ("theory", "proofs", "sympy", "mpmath"),
}


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and top-level name of every import, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, (node.module or "").split(".")[0]
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "import_module",
            "importlib.import_module",
            "__import__",
        ):
            yield node.lineno, ast.unparse(node.args[0]).strip("'\"").split(".")[0]


def crossings(source: str, package: str, where: str) -> list[str]:
    """Return the lines that break the rule."""
    return [
        f"{where}:{line} imports {name}: {package}/ must not know {name}"
        for line, name in imports(ast.parse(source))
        if name in FORBIDDEN[package]
    ]


@pytest.mark.parametrize("package", FORBIDDEN)
def test_witnesses_do_not_meet(package: str) -> None:
    files = sorted((ROOT / package).rglob("*.py"))
    assert len(files) > 3
    found = [
        line
        for path in files
        for line in crossings(path.read_text(), package, str(path.relative_to(ROOT)))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("package", "line"),
    [
        ("theory", "import numerics"),
        ("theory", "def f():\n    from numerics.discrete import simulate"),
        ("numerics", "from theory.claim import Claim"),
        ("numerics", "import sympy as sp"),
        ("numerics", "import importlib\nimportlib.import_module('proofs.case')"),
    ],
)
def test_a_crossing_is_seen(package: str, line: str) -> None:
    assert len(crossings(line, package, "x.py")) == 1


@pytest.mark.parametrize("package", ["theory", "numerics", "proofs"])
def test_readme_pictures_every_module(package: str) -> None:
    picture = (ROOT / "README.md").read_text("utf-8").split("## How it is built")[1].split("```")[1]
    (part,) = (part for part in re.split(r"\n(?=\w+/)", picture) if part.startswith(f"{package}/"))
    shown = re.findall(r"[\w*]+\.py", part)
    modules = [file.name for file in (ROOT / package).glob("*.py") if file.name[0] != "_"]
    assert not [name for name in modules if not any(fnmatchcase(name, each) for each in shown)]
    assert not [each for each in shown if not any(fnmatchcase(name, each) for name in modules)]
