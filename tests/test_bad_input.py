"""Bad input through the command line: exit code 2, one line that says why, nothing written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from proofs.__main__ import main

FILES: dict[str, bytes] = {
    "negative.csv": b"word,count\nthe,3\nof,-2\n",
    "fraction.csv": b"the,3\nof,2.5\n",
    "nan-count.csv": b"the,3\nof,nan\n",
    "nan.csv": b"x,y\n1,2\n3,nan\n4,5\n",
    "missing.csv": b"x,y\n1,2\n3,\n4,5\n",
    "constant.csv": b"x,y\n1,2\n3,2\n4,2\n",
    "flowers.csv": b"petal,species\n1.4,setosa\n4.7,versicolor\n6,virginica\n",
    "one-row.csv": b"x,y\n1,2\n",
    "empty.csv": b"",
    "empty.txt": b" \n",
    "echo.txt": b"Echo, echo! ECHO.",
    "binary.txt": b"\x89PNG\r\n\x1a\n\x00\x00",
    "broken.txt.gz": b"\x1f\x8b\x08\x00nothing",
    "good.csv": b"x,y\n1,2\n3,4\n5,1\n",
    "good-counts.csv": b"a,3\nb,4\n",
}

#: Arguments, and what the one line must say.
BAD: dict[str, tuple[str, ...]] = {
    # one sample, and an unbiased variance
    "value B03 M=1 n=1 --json out": ("gaussian.deviation-decay", "M = 1", "M >= 2"),
    "simulate gaussian --samples 1 --json out": ("samples = 1", "2 .."),
    # laws over categories
    "value A02 p=1/2,1/3 M=10 n=1 --json out": ("discrete.diversity-decay", "1/2,1/3", "sum"),
    "verify --counts negative.csv --json out": ("negative.csv", "line 3", "'-2'", "integers >= 0"),
    "simulate discrete --counts fraction.csv --csv out": ("fraction.csv", "line 2", "'2.5'"),
    "verify --counts nan-count.csv --json out": ("nan-count.csv", "line 2", "'nan'"),
    # samples
    "verify --data nan.csv --json out": ("nan.csv", "row 2 (line 3)", "'y' = 'nan'"),
    "simulate gaussian --data missing.csv --json out": ("row 2", "'y'", "(missing)"),
    "verify --data constant.csv --json out": ("constant.csv", "'y' is constant (2)"),
    "verify gaussian --data flowers.csv --columns species --json out": ("'species' = 'setosa'",),
    "verify gaussian --data good.csv --columns x,x --json out": ("'x' occurs twice",),
    "verify --data one-row.csv --json out": ("one-row.csv", "1 row", "2 or more"),
    "verify --data good.csv --columns z --json out": ("no column 'z'", "'x', 'y'"),
    "simulate gaussian --data good.csv --columns xx --csv out": ("'xx'", "nearest: 'x'"),
    # files
    "verify --data empty.csv --json out": ("empty.csv: empty",),
    "simulate discrete --counts empty.txt --json out": ("empty.txt: empty",),
    "verify --counts echo.txt --json out": ("echo.txt", "one distinct word ('echo')"),
    "verify --counts binary.txt --json out": ("binary.txt", "0x89", "UTF-8"),
    "simulate discrete --counts broken.txt.gz --csv out": ("broken.txt.gz", "gzip"),
    "verify --counts folder --json out": ("folder", "directory"),
    "verify --data nowhere.csv --json out": ("'nowhere.csv' is no file",),
    "verify --counts pride-and-prejudise --json out": ("nearest: pride-and-prejudice",),
    # names
    "verify gaussian.deviation-deacy --json out": ("nearest: gaussian.deviation-decay",),
    "value A0X n=1 --json out": ("A0X", "nearest: A"),
    "show discrete.diversity": ("discrete.diversity", "nearest: discrete.diversity-decay"),
    "simulate discreet --json out": ("'discreet'", "Did you mean 'discrete'?"),
    "verify B03 --data good.csv --json out": ("B03", "normal D_0"),
    # numbers of generations, replicates, threads
    "value A02 H0=1/2 M=10 n=-1 --json out": ("n = -1", "n >= 0"),
    "simulate discrete --generations -1 --json out": ("generations = -1", "0 .."),
    "simulate discrete --replicates 0 --csv out": ("replicates = 0", "1 .."),
    "simulate gaussian --threads 0 --json out": ("threads = 0", "threads >= 1"),
    "verify --counts good-counts.csv --effort 0 --json out": ("--effort 0",),
    # targets
    "simulate discrete --csv folder": ("--csv folder", "a folder"),
    "simulate discrete --json no/such/place": ("there is no folder no/such",),
    "verify A01 --json no/such/place": ("there is no folder no/such",),
    "bench floor --json no/such/place": ("there is no folder no/such",),
    "simulate discrete --csv one --json one": ("both ask for one",),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bad")
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    (folder / "folder").mkdir()
    return folder


@pytest.mark.parametrize("arguments", BAD)
def test_refused_in_one_line(
    arguments: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["collapse", *arguments.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    printed = capfd.readouterr()
    assert (ended.value.code, printed.out) == (2, ""), printed.err
    (line,) = printed.err.splitlines()
    assert line.startswith("collapse: ")
    for part in BAD[arguments]:
        assert part in line
    assert {path.name for path in folder.iterdir()} == {*FILES, "folder"}
    assert not list((folder / "folder").iterdir())


def test_refused_by_the_program(folder: Path) -> None:
    command = [sys.executable, "-m", "proofs", "value", "B03", "M=1", "n=1"]
    found = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr.startswith("collapse: gaussian.deviation-decay: M = 1 lies outside")
