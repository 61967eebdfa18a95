"""Numba's cache follows the sources: a changed helper is never run as it was before."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import numerics

# `exponential` is compiled in one file and calls a helper in another.
DRAW = (
    "from numerics import streams, variates; print(variates.exponential(streams.new_stream(3, 4)))"
)
NAME = "import numerics, os; print(os.environ['NUMBA_CACHE_DIR'])"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with a copy of the package and an empty cache beside it."""
    (tmp_path / "cache").mkdir()
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(numerics.__file__).parent, tmp_path / "numerics", ignore=ignored)
    return tmp_path


def _started(folder: Path, code: str, cache: str = "cache") -> "subprocess.Popen[str]":
    """Python at work on the copy, with a private cache."""
    private = {
        "XDG_CACHE_HOME": str(folder / cache),
        "TMPDIR": str(folder),
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    environment = os.environ | private
    environment.pop("NUMBA_CACHE_DIR", None)
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _printed(process: "subprocess.Popen[str]") -> str:
    printed, complaint = process.communicate(timeout=100)
    assert process.returncode == 0, complaint
    return printed.strip()


def _draw(folder: Path, cache: str = "cache") -> float:
    return float(_printed(_started(folder, DRAW, cache)))


def _halve_uniforms(folder: Path) -> None:
    """Sabotage: `uniform_open` returns half of what it should, so exponentials grow by log 2."""
    path = folder / "numerics" / "streams.py"
    text = path.read_text()
    assert text.count("+ 0.5) * 2.0**-52") == 1
    path.write_text(text.replace("+ 0.5) * 2.0**-52", "+ 0.5) * 2.0**-53"))


def test_a_changed_helper_changes_the_numbers(copy: Path) -> None:
    before = _draw(copy)
    assert _draw(copy) == before
    _halve_uniforms(copy)
    assert _draw(copy) == pytest.approx(before + 0.6931471805599453, rel=1e-12)
    assert len(list((copy / "cache" / "modelcollapse").iterdir())) == 2


def test_one_fixed_folder_would_keep_the_old_numbers(copy: Path) -> None:
    # The test above has power: without a digest in the name, Numba serves the old helper.
    path = copy / "numerics" / "__init__.py"
    path.write_text(path.read_text().replace("{source_digest()}", "0" * 64))
    before = _draw(copy)
    _halve_uniforms(copy)
    assert _draw(copy) == before


def test_processes_may_start_at_once(copy: Path) -> None:
    started = [_started(copy, DRAW) for _ in range(3)]
    assert len({_printed(process) for process in started}) == 1


def test_a_cache_that_cannot_be_written(copy: Path) -> None:
    (copy / "file").write_text("not a folder")
    before = set((copy / "numerics").rglob("*"))
    named = Path(_printed(_started(copy, NAME, cache="file")))
    assert named.parent.parent == copy
    assert named.parent.stat().st_mode & 0o077 == 0
    assert _draw(copy, cache="file") == _draw(copy)
    assert set((copy / "numerics").rglob("*")) == before


def test_another_users_temporary_folder_is_not_trusted(copy: Path) -> None:
    (copy / "file").write_text("not a folder")
    taken = Path(_printed(_started(copy, NAME, cache="file"))).parent
    taken.chmod(0o777)
    named = Path(_printed(_started(copy, NAME, cache="file")))
    assert named.parent != taken
    assert named.is_dir()


def test_old_folders_are_dropped(copy: Path) -> None:
    base = copy / "cache" / "modelcollapse"
    names = {"old": "numba-" + "a" * 64, "recent": "numba-" + "b" * 64, "foreign": "numba-other"}
    for name in names.values():
        (base / name).mkdir(parents=True)
        (base / name / "last-used").touch()
    two_days_ago = time.time() - 2 * 86400
    for which in ("old", "foreign"):
        os.utime(base / names[which] / "last-used", (two_days_ago, two_days_ago))
    current = Path(_printed(_started(copy, NAME))).name
    kept = {folder.name for folder in base.iterdir()}
    assert kept == {names["recent"], names["foreign"], current}


def test_the_folder_is_named_by_the_sources_and_inherited(copy: Path) -> None:
    inner = "import os; print(os.environ['NUMBA_CACHE_DIR'])"
    code = f"""
import numerics, subprocess, sys
print(numerics.source_digest())
sys.stdout.flush()
subprocess.run([sys.executable, "-c", {inner!r}], check=True)
"""
    digest, folder = _printed(_started(copy, code)).split()
    assert Path(folder) == copy / "cache" / "modelcollapse" / f"numba-{digest}"
    assert Path(folder).is_dir()


def test_importing_the_package_is_cheap(copy: Path) -> None:
    code = "import numerics, sys; print({'numba', 'numpy', 'scipy'} & set(sys.modules))"
    assert _printed(_started(copy, code)) == "set()"


def test_numba_imported_first_is_redirected(copy: Path) -> None:
    code = (
        "import numba, numerics, os; print(numba.config.CACHE_DIR == os.environ['NUMBA_CACHE_DIR'])"
    )
    assert _printed(_started(copy, code)) == "True"
