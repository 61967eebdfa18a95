"""A user's own input: counts of categories, or a numeric sample.

What a file holds is told by its name and by nothing else: `.csv` is a table whose cells are
parted by commas, `.tsv` one whose cells are parted by tabs, every other name is a text in UTF-8.
A further `.gz` means that the file is compressed. A path that exists is read; a name that is no
path may be one of the shipped inputs in `SHIPPED`.
"""

from __future__ import annotations

import csv
import difflib
import gzip
import io
import math
import re
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from theory.errors import DomainError

SHIPPED = {
    "pride-and-prejudice": "pride_and_prejudice.txt.gz",
    "old-faithful": "faithful.csv",
    "iris": "iris.csv",
}
DELIMITERS = {".csv": ",", ".tsv": "\t"}
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


@dataclass(frozen=True)
class Categories:
    """Counts of K >= 2 categories, all positive, with a line on each thing done in reading them."""

    names: tuple[str, ...]
    counts: tuple[int, ...]
    source: str
    notes: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Return the sum of the counts."""
        return sum(self.counts)

    def law(self) -> tuple[Fraction, ...]:
        """Return the shares of the categories, exact rationals of sum 1."""
        total = self.total
        return tuple(Fraction(count, total) for count in self.counts)

    def diversity(self) -> Fraction:
        """Return the Gini-Simpson diversity 1 - sum p_i^2 of the shares, from the counts."""
        return 1 - Fraction(sum(count * count for count in self.counts), self.total**2)


@dataclass(frozen=True, eq=False)
class Sample:
    """N >= 2 rows of d finite numbers, no column constant, with a line on each thing done."""

    names: tuple[str, ...]
    rows: npt.NDArray[np.float64]  # (N, d)
    source: str
    notes: tuple[str, ...] = ()

    def standardised(self) -> npt.NDArray[np.float64]:
        """Return the rows (N, d) with each column at mean 0 and variance 1, divisor N."""
        return np.asarray((self.rows - self.rows.mean(axis=0)) / self.rows.std(axis=0))


def read_counts(name: str) -> Categories:
    """Return the categories of a table of counts or of a text.

    name: a path, or a name in `SHIPPED`. A table has one column of counts, or two: names and
    counts; a first row whose count is not a number is a header. Categories that were never seen
    are dropped and their number is noted. In a text the words are the categories, as `words`
    finds them, most frequent first.
    Raises DomainError, naming row and value, unless every count is an integer >= 0, every name
    occurs once and at least two categories have been seen; OSError for an unreadable file.
    """
    path = locate(name)
    delimiter = DELIMITERS.get(_suffix(path))
    if delimiter is None:
        found = Counter(words(_read(path))).most_common()
        ordered = sorted(found, key=lambda pair: (-pair[1], pair[0]))
        if not ordered:
            raise DomainError(f"{path}: 0 words; a text of two or more distinct words is needed")
        if len(ordered) < 2:
            raise DomainError(
                f"{path}: one distinct word ({_short(ordered[0][0])}); two or more are needed"
            )
        names, counts = zip(*ordered, strict=True)
        note = f"{sum(counts):,} words of {len(counts):,} kinds"
        return Categories(names, counts, str(path), (note,))
    return _counted(path, _table(path, delimiter))


def words(text: str) -> list[str]:
    """Return the words of a text, in order, casefolded.

    A word is a run of letters, with plain or typographic apostrophes inside it.

    >>> words("Don’t — she said, don't_2 go.")
    ["don't", 'she', 'said', "don't", 'go']
    """
    return WORD.findall(text.casefold().replace("’", "'"))


def read_sample(name: str, columns: str | None = None) -> Sample:
    """Return the numeric sample of a table with a header.

    name: a path (tab-separated if it ends in `.tsv`, else comma-separated), or a name in
    `SHIPPED`. columns: names parted by commas (a name that holds one in double quotes); without
    them every column with a number in it is taken, and the others are named in a note.
    Raises DomainError, naming row and column, for an unknown, constant or doubled column, for a
    cell that is missing or not a finite number, or fewer than 2 rows; OSError for an unreadable
    file.
    """
    path = locate(name)
    (line, header), *table = _table(path, DELIMITERS.get(_suffix(path), ","))
    if all(_number(cell) is not None for cell in header):
        raise DomainError(f"{path}: line {line} holds numbers; a header of column names is needed")
    _refuse_doubled(path, "column", [(cell, "the header") for cell in header if cell])
    for line, row in table:
        if len(row) != len(header):
            raise DomainError(
                f"{path}: line {line} has {_plural(len(row), 'cell')}, "
                f"the header {_plural(len(header), 'column')}"
            )
    if len(table) < 2:
        raise DomainError(f"{path}: {_plural(len(table), 'row')}; 2 or more are needed")
    chosen = _numeric(header, table) if columns is None else _chosen(path, header, columns)
    if not chosen:
        raise DomainError(f"{path}: no column holds numbers (columns {_listed(header)})")
    rows = np.empty((len(table), len(chosen)))
    for at, column in enumerate(chosen):
        rows[:, at] = _column(path, header[column], table, column)
    left = [cell for column, cell in enumerate(header) if column not in chosen]
    notes = [f"{len(table):,} rows of {_listed([header[column] for column in chosen])}"]
    if left and columns is None:
        notes.append(f"left out, without a name or a number: {_listed(left)}")
    return Sample(tuple(header[column] for column in chosen), rows, str(path), tuple(notes))


def locate(name: str) -> Path:
    """Return the path of an input: the path itself if it exists, else the shipped file.

    Raises DomainError, with the nearest shipped names, where there is neither.
    """
    path = Path(name)
    if path.exists():
        return path
    if name in SHIPPED:
        return Path(__file__).parent / "data" / SHIPPED[name]
    near = difflib.get_close_matches(name, SHIPPED, 3, 0.5)
    hint = f"nearest: {', '.join(near)}" if near else f"shipped are {', '.join(SHIPPED)}"
    raise DomainError(f"{name!r} is no file and no shipped input; {hint}")


# ---------------------------------------------------------------------- files


def _suffix(path: Path) -> str:
    """Return the ending that tells what the file holds, in small letters, `.gz` not counted."""
    name = path.name.lower().removesuffix(".gz")
    return Path(name).suffix


def _read(path: Path) -> str:
    """Return the text of a file, decompressed where its name says so."""
    raw = path.read_bytes()
    if path.name.lower().endswith(".gz"):
        try:
            raw = gzip.decompress(raw)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise DomainError(f"{path}: not a whole gzip file ({error})") from None
    if not raw.strip():
        raise DomainError(f"{path}: empty; counts, a sample or a text are needed")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        byte = raw[error.start]
        raise DomainError(
            f"{path}: byte {byte:#04x} at offset {error.start} is not UTF-8; text is needed"
        ) from None
    if "\0" in text:
        raise DomainError(f"{path}: a zero byte at offset {raw.index(0)}; text is needed")
    return text


def _table(path: Path, delimiter: str) -> list[tuple[int, list[str]]]:
    """Return the rows of a table that are not blank, cells stripped, each with its line number."""
    reader = csv.reader(io.StringIO(_read(path), newline=""), delimiter=delimiter)
    try:
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as error:
        raise DomainError(f"{path}: line {reader.line_num} is no table row ({error})") from None
    filled = [(line, row) for line, row in rows if any(row)]
    if not filled:
        raise DomainError(f"{path}: no row has anything in it")
    return filled


# --------------------------------------------------------------------- counts


def _counted(path: Path, table: Sequence[tuple[int, list[str]]]) -> Categories:
    """Return the categories of a table of counts."""
    for line, row in table:
        if len(row) > 2:
            raise DomainError(
                f"{path}: line {line} has {len(row)} cells; a count, or a name and a count, "
                f"are needed"
            )
        if len(row) != len(table[0][1]):
            raise DomainError(
                f"{path}: line {line} has {_plural(len(row), 'cell')}, "
                f"the first row {len(table[0][1])}"
            )
    if table[0][1][-1] and _number(table[0][1][-1]) is None:
        table = table[1:]
    named = [
        (row[0] if len(row) == 2 else str(number), f"line {line}", _count(path, line, row[-1]))
        for number, (line, row) in enumerate(table, 1)
    ]
    _refuse_doubled(path, "category", [(name, where) for name, where, _ in named])
    seen = [(name, count) for name, _, count in named if count]
    if len(seen) < 2:
        raise DomainError(
            f"{path}: {len(seen)} categories with a positive count; two or more are needed"
        )
    names, counts = zip(*seen, strict=True)
    notes = [f"{sum(counts):,} samples of {len(counts):,} categories"]
    if len(seen) < len(named):
        notes.append(f"dropped: {len(named) - len(seen):,} categories with the count 0")
    return Categories(names, counts, str(path), tuple(notes))


def _count(path: Path, line: int, cell: str) -> int:
    """Return a count; DomainError unless it is an integer >= 0."""
    if cell.isdecimal() and cell.isascii() and len(cell) < 100:
        value = int(cell)  # exact above 2^53 too
    else:
        number = _number(cell)
        value = int(number) if number is not None and number.is_integer() else -1
    if value < 0:
        shown = _short(cell) if cell else "(missing)"
        raise DomainError(f"{path}: line {line}: count = {shown} lies outside the integers >= 0")
    return value


def _refuse_doubled(path: Path, kind: str, named: Sequence[tuple[str, str]]) -> None:
    """Raise DomainError, naming both places, if a name occurs twice."""
    first: dict[str, str] = {}
    for name, where in named:
        if name in first:
            places = where if where == first[name] else f"{first[name]} and {where}"
            raise DomainError(f"{path}: {kind} {_short(name)} occurs twice, in {places}")
        first[name] = where


# --------------------------------------------------------------------- samples


def _numeric(header: Sequence[str], table: Sequence[tuple[int, list[str]]]) -> list[int]:
    """Return the places of the columns that have a name and at least one finite number."""

    def finite(cell: str) -> bool:
        number = _number(cell)
        return number is not None and math.isfinite(number)

    named = [at for at, cell in enumerate(header) if cell]
    return [at for at in named if any(finite(row[at]) for _, row in table)]


def _chosen(path: Path, header: list[str], columns: str) -> list[int]:
    """Return the places of the columns asked for, in the order in which they were."""
    wanted = [cell.strip() for cell in next(csv.reader([columns], skipinitialspace=True), [])]
    if not any(wanted):
        raise DomainError(f"--columns {columns!r} names no column of {path}")
    _refuse_doubled(path, "column", [(cell, "--columns") for cell in wanted])
    for cell in wanted:
        if cell not in header:
            near = difflib.get_close_matches(cell, header, 3, 0.4)
            hint = f"nearest: {_listed(near)}" if near else f"columns are {_listed(header)}"
            raise DomainError(f"{path}: no column {_short(cell)}; {hint}")
    return [header.index(cell) for cell in wanted]


def _column(
    path: Path, name: str, table: Sequence[tuple[int, list[str]]], at: int
) -> npt.NDArray[np.float64]:
    """Return one column (N,); DomainError unless it holds finite numbers that differ."""
    values = np.empty(len(table))
    for i, (line, row) in enumerate(table):
        number = _number(row[at])
        if number is None or not math.isfinite(number):
            shown = _short(row[at]) if row[at] else "(missing)"
            raise DomainError(
                f"{path}: row {i + 1} (line {line}), column {_short(name)} = {shown} "
                f"lies outside the finite numbers"
            )
        values[i] = number
    if (values == values[0]).all():
        raise DomainError(f"{path}: column {_short(name)} is constant ({values[0]:g})")
    with np.errstate(over="ignore", invalid="ignore"):
        spread = float(values.std())
    if not 1e-150 < spread < 1e150:
        raise DomainError(
            f"{path}: column {_short(name)} has standard deviation {spread:g}, "
            f"which lies outside 1e-150 .. 1e150"
        )
    return values


# ----------------------------------------------------------------------- words


def _number(cell: str) -> float | None:
    """Return the number in a cell, nan and infinities included; None where there is none."""
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


def _short(text: str) -> str:
    """Return a text in quotes, cut after 40 characters."""
    return repr(text if len(text) <= 40 else f"{text[:40]}...")


def _listed(names: Sequence[str], most: int = 8) -> str:
    shown = ", ".join(_short(name) for name in names[:most])
    return shown if len(names) <= most else f"{shown}, ... ({len(names)} in all)"


def _plural(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"
