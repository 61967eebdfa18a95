"""The names we import are ours, the lock is complete and says nothing about its maker."""

import hashlib
import importlib
import re
import shutil
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT: dict[str, Any] = PYPROJECT["project"]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
NAMES = ("theory", "numerics", "proofs")


def locked() -> dict[str, tuple[Version, list[str]]]:
    """Each locked distribution with its version and its hashes."""
    found: dict[str, tuple[Version, list[str]]] = {}
    for entry in LOCK.replace("\\\n", " ").splitlines():
        if not entry.strip() or entry.lstrip().startswith("#"):
            continue
        head = re.match(r"([A-Za-z0-9._-]+)==(\S+)", entry)
        assert head, f"not a pinned requirement: {entry[:80]}"
        name = canonicalize_name(head[1])
        assert name not in found, f"{name} is locked twice"
        found[name] = Version(head[2]), re.findall(r"--hash=sha256:([0-9a-f]{64})\b", entry)
    return found


def extras() -> list[str]:
    """The extras in the lock: all but the peers of the bench, which no test needs."""
    return [name for name in PROJECT["optional-dependencies"] if name != "bench"]


def direct() -> list[Requirement]:
    """Every requirement that pyproject.toml states for the lock, the build's own included."""
    lists = (
        PROJECT["dependencies"],
        *(PROJECT["optional-dependencies"][name] for name in extras()),
        *PYPROJECT["dependency-groups"].values(),
        PYPROJECT["build-system"]["requires"],
    )
    return [Requirement(text) for texts in lists for text in texts]


# ------------------------------------------------------------------- our names


@pytest.mark.parametrize("name", NAMES)
def test_the_name_is_ours(name: str) -> None:
    # The package index has an unrelated distribution called `proofs`.
    origin = importlib.import_module(name).__file__
    assert origin is not None, f"{name} has no __init__.py"
    installed = metadata.distribution("modelcollapse")
    shipped = {Path(str(installed.locate_file(file))).resolve() for file in installed.files or ()}
    assert Path(origin).resolve() in shipped | {ROOT / name / "__init__.py"}


@pytest.mark.parametrize("name", NAMES)
def test_no_other_distribution_has_the_name(name: str) -> None:
    assert set(metadata.packages_distributions().get(name, ())) <= {"modelcollapse"}


def test_the_installed_version_is_this_one() -> None:
    assert metadata.version("modelcollapse") == PROJECT["version"]


def test_the_script_is_declared() -> None:
    (script,) = metadata.entry_points(group="console_scripts", name="collapse")
    assert script.value == "proofs.__main__:main"


def test_every_package_is_listed() -> None:
    # An editable install does not notice a package missing from the list; a wheel does.
    present = {
        ".".join(file.parent.relative_to(ROOT).parts)
        for name in NAMES
        for file in (ROOT / name).rglob("*.py")
    }
    assert present == set(PYPROJECT["tool"]["setuptools"]["packages"])


def test_the_project_is_not_for_upload() -> None:
    assert "Private :: Do Not Upload" in PROJECT["classifiers"]


def test_the_citation_agrees() -> None:
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    assert f"\nversion: {PROJECT['version']}\n" in citation
    assert f"\nlicense: {PROJECT['license']}\n" in citation
    assert f"\nabstract: {PROJECT['description']}.\n" in citation


# -------------------------------------------------------------------- the lock


def test_the_lock_names_no_place() -> None:
    for number, line in enumerate(LOCK.splitlines(), start=1):
        for mark in ("://", "file:", " @ ", "/"):
            assert mark not in line, f"requirements.lock:{number}: {line}"
        # No option but a hash: an index, a find-links folder and a host are all options.
        assert not re.search(r"(^|\s)-(?!-hash=sha256:)", line), f"requirements.lock:{number}"


def test_every_locked_requirement_has_hashes() -> None:
    bare = sorted(name for name, (_, hashes) in locked().items() if not hashes)
    assert not bare
    assert len(locked()) >= len({canonicalize_name(each.name) for each in direct()})


@pytest.mark.parametrize("requirement", direct(), ids=str)
def test_every_direct_dependency_is_locked(requirement: Requirement) -> None:
    version, _ = locked()[canonicalize_name(requirement.name)]
    assert requirement.specifier.contains(version), f"the lock holds {version}"


def test_the_build_group_is_what_the_build_requires() -> None:
    assert PYPROJECT["dependency-groups"]["build"] == PYPROJECT["build-system"]["requires"]


def test_the_lock_command_covers_every_dependency() -> None:
    # Otherwise the next `make lock` would drop what the tests above have just found.
    command = re.search(r"^\tuv pip compile ((?:.*\\\n)*.*)", MAKEFILE, re.MULTILINE)
    assert command
    assert {"pyproject.toml", "--generate-hashes", "--universal"} <= set(command[1].split())
    assert set(re.findall(r"--extra (\w+)", command[1])) == set(extras())
    for group in PYPROJECT["dependency-groups"]:
        assert f"--group {group}" in command[1]
    lowest = PROJECT["requires-python"].removeprefix(">=")
    assert f"--python-version {lowest}" in command[1]


# ---------------------------------------------------------------- the Makefile


def test_the_makefile_installs_by_hash() -> None:
    lines = MAKEFILE.replace("\\\n", " ").replace("; ", "\n").splitlines()
    installs = [" ".join(line.split()) for line in lines if "pip install" in line]
    assert len(installs) == 4  # the lock and the project, each with uv and with pip
    for line in installs:
        by_hash = "--require-hashes -r requirements.lock" in line
        from_here = "--no-deps --no-build-isolation -e ." in line
        assert by_hash != from_here, line
        assert not from_here or "--offline" in line or "--no-index" in line, line


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_verify_runs_the_two_commands() -> None:
    shown = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", "verify", "ARGS=--quick"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    commands = [line for line in shown.splitlines() if line.startswith(".venv/bin/collapse")]
    first = "collapse verify --false-alarm 5e-7 --quick"
    second = (
        "collapse verify --counts pride-and-prejudice --data old-faithful"
        " --false-alarm 5e-7 --quick"
    )
    assert commands == [f".venv/bin/{first}", f".venv/bin/{second}"]


# ----------------------------------------------------------- the shipped inputs


def test_the_shipped_inputs_are_unchanged() -> None:
    data = ROOT / "proofs" / "data"
    lines = re.findall(r"^([0-9a-f]{64})  (\S+)$", (data / "README.md").read_text("utf-8"), re.M)
    assert {name for _, name in lines} == {
        file.name for file in data.iterdir() if file.name != "README.md"
    }
    for digest, name in lines:
        assert hashlib.sha256((data / name).read_bytes()).hexdigest() == digest, name
