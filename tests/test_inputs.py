"""Readers of a user's own input: what they find, what they say, and what they refuse."""

from __future__ import annotations

import gzip
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from proofs.inputs import SHIPPED, locate, read_counts, read_sample, words
from theory.errors import DomainError


def put(folder: Path, name: str, content: str | bytes) -> str:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


# --------------------------------------------------------------------- shipped


def test_pride_and_prejudice() -> None:
    novel = read_counts("pride-and-prejudice")
    assert novel.total == 122_141
    assert len(novel.counts) == len(set(novel.names)) == 6_346
    assert novel.names[:3] == ("the", "to", "of")
    assert novel.notes == ("122,141 words of 6,346 kinds",)
    assert novel.source == "pride-and-prejudice"
    assert "don't" in novel.names
    assert sum(novel.law()) == 1
    assert novel.diversity() == 1 - sum(share**2 for share in novel.law())


def test_old_faithful() -> None:
    sample = read_sample("old-faithful")
    assert sample.names == ("eruptions", "waiting")
    assert sample.rows.shape == (272, 2)
    standard = sample.standardised()
    np.testing.assert_allclose(standard.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(standard.var(axis=0, ddof=0), 1, rtol=1e-12)


def test_iris() -> None:
    assert read_sample("iris").rows.shape == (150, 4)


@pytest.mark.parametrize("name", [*SHIPPED, *SHIPPED.values()])
def test_shipped_names(name: str) -> None:
    assert locate(name).is_file()


def test_a_path_wins_over_a_shipped_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "iris", "one two two")
    monkeypatch.chdir(tmp_path)
    assert read_counts("iris").counts == (2, 1)


def test_nearest_names() -> None:
    with pytest.raises(DomainError, match="nearest: pride-and-prejudice"):
        read_counts("pride-and-predjudice")
    with pytest.raises(DomainError, match="no file and no shipped input; shipped are"):
        read_sample("zzz")


# ---------------------------------------------------------------------- counts


def test_words_are_casefolded_and_apostrophes_plain() -> None:
    assert words("Straße STRASSE l’homme 'tis rock-'n'-roll x2y") == [
        "strasse", "strasse", "l'homme", "tis", "rock", "n", "roll", "x", "y",
    ]  # fmt: skip


@pytest.mark.parametrize("suffix", [".txt", "", ".md", ".log"])
def test_whatever_is_no_table_is_a_text(tmp_path: Path, suffix: str) -> None:
    found = read_counts(put(tmp_path, f"note{suffix}", "\ufeffa,1\nb,2\nb,3\n"))
    assert dict(zip(found.names, found.counts, strict=True)) == {"b": 2, "a": 1}


def test_compressed_text(tmp_path: Path) -> None:
    found = read_counts(put(tmp_path, "a.txt.GZ", gzip.compress(b"ham eggs ham")))
    assert found.names == ("ham", "eggs")
    assert found.counts == (2, 1)


def test_equal_counts_are_in_alphabetical_order(tmp_path: Path) -> None:
    assert read_counts(put(tmp_path, "a.txt", "d c b a b")).names == ("b", "a", "c", "d")


@pytest.mark.parametrize(
    ("name", "content", "names", "counts"),
    [
        ("a.csv", "3\n4\n", ("1", "2"), (3, 4)),
        ("a.csv", "count\n3\n4\n", ("1", "2"), (3, 4)),
        ("a.csv", "word,n\nthe,3\n\nof,4.0\n", ("the", "of"), (3, 4)),
        ("a.csv", 'the,3\r\n"of, or",1e2\r\n', ("the", "of, or"), (3, 100)),
        ("a.tsv", "the\t3\nof\t4\n", ("the", "of"), (3, 4)),
        ("a.CSV.gz", gzip.compress(b"x,1\ny,2\n", mtime=0), ("x", "y"), (1, 2)),
        ("a.csv", f"x,{10**20 + 1}\ny,2\n", ("x", "y"), (10**20 + 1, 2)),
    ],
)
def test_tables_of_counts(
    tmp_path: Path,
    name: str,
    content: str | bytes,
    names: tuple[str, ...],
    counts: tuple[int, ...],
) -> None:
    found = read_counts(put(tmp_path, name, content))
    assert (found.names, found.counts) == (names, counts)


def test_zeros_are_dropped_and_counted(tmp_path: Path) -> None:
    found = read_counts(put(tmp_path, "a.csv", "x,0\ny,2\nz,0\nu,3\n"))
    assert found.names == ("y", "u")
    assert found.law() == (Fraction(2, 5), Fraction(3, 5))
    assert found.notes[-1] == "dropped: 2 categories with the count 0"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "x,1\ny,-2\n", "line 2: count = '-2' lies outside the integers >= 0"),
        ("a.csv", "x,1\ny,2.5\n", "line 2: count = '2.5' lies outside"),
        ("a.csv", "x,1\ny,nan\n", "line 2: count = 'nan' lies outside"),
        ("a.csv", "x,1\ny,inf\n", "line 2: count = 'inf' lies outside"),
        ("a.csv", "x,1\ny,1_0\n", "line 2: count = '1_0' lies outside"),
        ("a.csv", "x,1\ny,\n", r"line 2: count = \(missing\) lies outside"),
        ("a.csv", "x,1\ny,many\n", "line 2: count = 'many' lies outside"),
        ("a.csv", "nan\n3\n4\n", "line 1: count = 'nan' lies outside"),
        ("a.csv", "x,1\ny,2,3\n", "line 2 has 3 cells"),
        ("a.csv", "x,1\n2\n", "line 2 has 1 cell, the first row 2"),
        ("a.csv", "x,1\ny,2\nx,3\n", "category 'x' occurs twice, in line 1 and line 3"),
        ("a.csv", "x,5\ny,0\n", "1 categories with a positive count"),
        ("a.csv", "word,count\n", "0 categories with a positive count"),
        ("a.csv", ",,\n,\n", "no row has anything in it"),
        ("a.csv", " \n", "empty"),
        ("a.txt", "", "empty"),
        ("a.txt", "echo Echo, ECHO", r"one distinct word \('echo'\); two or more are needed"),
        ("a.txt", "1 2 3", "0 words"),
        ("a.txt", b"\xff\xfe\x00", "byte 0xff at offset 0 is not UTF-8"),
        ("a.txt", b"a\0b c", "a zero byte at offset 1"),
        ("a.csv", b"\x89PNG\r\n", "byte 0x89 at offset 0 is not UTF-8"),
        ("a.txt.gz", b"plain", "not a whole gzip file"),
        ("a.txt.gz", gzip.compress(b"word " * 1000, mtime=0)[:-10], "not a whole gzip file"),
        ("a.csv", "x,1\n" + "y" * 200_000 + ",2\n", "line 2 is no table row"),
    ],
)
def test_counts_refused(tmp_path: Path, name: str, content: str | bytes, message: str) -> None:
    with pytest.raises(DomainError, match=message) as caught:
        read_counts(put(tmp_path, name, content))
    assert "\n" not in str(caught.value)
    assert name in str(caught.value)


def test_a_folder_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=tmp_path.name):
        read_counts(str(tmp_path))


# --------------------------------------------------------------------- samples

TABLE = '"name","height, cm",weight,age\nann,170,60,30\nbob,180.5,8e1,31\n'


def test_columns_with_numbers_are_taken_and_the_others_named(tmp_path: Path) -> None:
    sample = read_sample(put(tmp_path, "a.csv", TABLE))
    assert sample.names == ("height, cm", "weight", "age")
    np.testing.assert_array_equal(sample.rows, [[170, 60, 30], [180.5, 80, 31]])
    assert sample.notes[-1] == "left out, without a name or a number: 'name'"


@pytest.mark.parametrize(
    ("columns", "names"),
    [("age", ("age",)), ("age, weight", ("age", "weight")), ('"height, cm"', ("height, cm",))],
)
def test_columns_asked_for(tmp_path: Path, columns: str, names: tuple[str, ...]) -> None:
    assert read_sample(put(tmp_path, "a.csv", TABLE), columns).names == names


def test_row_numbers_without_a_name_are_left_out(tmp_path: Path) -> None:
    sample = read_sample(put(tmp_path, "a.csv", '"","x"\n1,5\n2,7\n3,6\n'))
    assert sample.names == ("x",)
    assert sample.notes[-1] == "left out, without a name or a number: ''"


def test_tabs(tmp_path: Path) -> None:
    assert read_sample(put(tmp_path, "a.tsv", "x\ty\n1\t2\n3\t4\n")).names == ("x", "y")


@pytest.mark.parametrize(
    ("columns", "content", "message"),
    [
        ("hieght", TABLE.replace("height, cm", "height"), "no column 'hieght'; nearest: 'height'"),
        ("zzz", "x,y\n1,2\n3,4\n", "no column 'zzz'; columns are 'x', 'y'"),
        ("x,x", "x,y\n1,2\n3,4\n", "column 'x' occurs twice, in --columns"),
        ("", "x,y\n1,2\n3,4\n", "--columns '' names no column"),
        ("name", TABLE, r"row 1 \(line 2\), column 'name' = 'ann' lies outside the finite"),
        (None, "x,y\n1,2\n3,nan\n", r"row 2 \(line 3\), column 'y' = 'nan' lies outside"),
        (None, "x,y\n1,2\n,4\n", r"row 2 \(line 3\), column 'x' = \(missing\) lies outside"),
        (None, "x,y\n1,2\n-inf,4\n", r"row 2 \(line 3\), column 'x' = '-inf' lies outside"),
        (None, "x,y\n1,2\n3,four\n", r"row 2 \(line 3\), column 'y' = 'four' lies outside"),
        (None, "x,y\n1,2\n1,3\n1.0,4\n", r"column 'x' is constant \(1\)"),
        (None, "x\n1e200\n-1e200\n", "column 'x' has standard deviation inf"),
        (None, "x\n0\n1e-200\n", "column 'x' has standard deviation 0"),
        (None, "x,y\n1,2\n", "1 row; 2 or more are needed"),
        (None, "x,y\n", "0 rows; 2 or more are needed"),
        (None, "1,2\n3,4\n", "line 1 holds numbers; a header of column names is needed"),
        (None, "x,x\n1,2\n3,4\n", "column 'x' occurs twice, in the header"),
        (None, "x,y\n1,2\n3\n", "line 3 has 1 cell, the header 2 columns"),
        (None, "x,y\na,b\nc,d\n", "no column holds numbers"),
        (None, "", "empty"),
    ],
)
def test_samples_refused(tmp_path: Path, columns: str | None, content: str, message: str) -> None:
    with pytest.raises(DomainError, match=message) as caught:
        read_sample(put(tmp_path, "a.csv", content), columns)
    assert "\n" not in str(caught.value)
    assert "a.csv" in str(caught.value)
