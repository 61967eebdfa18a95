"""A user's own input: counts of categories, or a numeric sample.

What a file holds is told by its name and by nothing else: `.csv` is a table whose cells are
parted by commas, `.tsv` one whose cells are parted by tabs, every other name is a text in UTF-8.
A further `.gz` means that the file is compressed. A path that exists is read; a name that is no
path may be one of the shipped inputs in `SHIPPED`, or the name of its file.
"""

from __future__ import annotations

import csv
import difflib
import gzip
import hashlib
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
    "digits": "digits.csv.gz",
}
DELIMITERS = {".csv": ",", ".tsv": "\t"}
#: What `Sample.standardised` does, for the reader of a report.
STANDARDISED = "each column standardised to mean 0 and variance 1 (divisor N)"
Counts = list[tuple[str, int]]
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


@dataclass(frozen=True)
class Categories:
    """Counts of K >= 2 categories, all positive.

    source: the name by which it was asked for. notes: a line on each thing done in reading it.
    digest: SHA-256 of the file.
    """

    names: tuple[str, ...]
    counts: tuple[int, ...]
    source: str
    notes: tuple[str, ...] = ()
    digest: str = ""

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
    """N >= 2 rows of d finite numbers, no column constant; the rest as in `Categories`."""

    names: tuple[str, ...]
    rows: npt.NDArray[np.float64]  # (N, d)
    source: str
    notes: tuple[str, ...] = ()
    digest: str = ""

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
    text, digest = _read(name, path)
    if delimiter is None:
        pairs, notes = _spoken(name, text)
    else:
        pairs, notes = _counted(name, _table(name, text, delimiter))
    names, counts = zip(*pairs, strict=True)
    return Categories(names, counts, name, notes, digest)


def words(text: str) -> list[str]:
    """Return the words of a text, in order, casefolded.

    A word is a run of letters, with plain or typographic apostrophes inside it.

    >>> words("Don’t — she said, don't_2 go.")
    ["don't", 'she', 'said', "don't", 'go']
    """
    return WORD.findall(text.casefold().replace("’", "'"))


def read_sample(name: str, columns: str | None = None, leave_constant: bool = False) -> Sample:
    """Return the numeric sample of a table with a header.

    name: a path (tab-separated if it ends in `.tsv`, else comma-separated), or a name in
    `SHIPPED`. columns: names parted by commas (a name that holds one in double quotes); without
    them every column with a number in it is taken, and the others are named in a note.
    leave_constant: where no columns are asked for, leave out the constant ones, with a note.
    Raises DomainError, naming row and column, for an unknown, constant or doubled column, for a
    cell that is missing or not a finite number, or fewer than 2 rows; OSError for an unreadable
    file.
    """
    path = locate(name)
    text, digest = _read(name, path)
    (line, header), *table = _table(name, text, DELIMITERS.get(_suffix(path), ","))
    if all(_number(cell) is not None for cell in header):
        raise DomainError(f"{name}: line {line} holds numbers; a header of column names is needed")
    _refuse_doubled(name, "column", [(cell, "the header") for cell in header if cell])
    for line, row in table:
        if len(row) != len(header):
            raise DomainError(
                f"{name}: line {line} has {_plural(len(row), 'cell')}, "
                f"the header {_plural(len(header), 'column')}"
            )
    if len(table) < 2:
        raise DomainError(f"{name}: {_plural(len(table), 'row')}; 2 or more are needed")
    chosen = _numeric(header, table) if columns is None else _chosen(name, header, columns)
    same = _constant(table, chosen) if leave_constant and columns is None else []
    if chosen and chosen == same:
        raise DomainError(f"{name}: no column changes (columns {_listed(header)})")
    chosen = [at for at in chosen if at not in same]
    if not chosen:
        raise DomainError(f"{name}: no column holds numbers (columns {_listed(header)})")
    rows = np.empty((len(table), len(chosen)))
    for at, column in enumerate(chosen):
        rows[:, at] = _column(name, header[column], table, column)
    left = [cell for at, cell in enumerate(header) if at not in (*chosen, *same)]
    notes = [f"{len(table):,} rows of {_listed([header[column] for column in chosen])}"]
    if left and columns is None:
        notes.append(f"left out, without a name or a number: {_listed(left)}")
    if same:
        notes.append(f"left out, constant: {_listed([header[at] for at in same])}")
    return Sample(tuple(header[column] for column in chosen), rows, name, tuple(notes), digest)


def locate(name: str) -> Path:
    """Return the path of an input: the path itself if it exists, else the shipped file.

    Raises DomainError, with the nearest shipped names, where there is neither.
    """
    path = Path(name)
    if path.exists():
        return path
    if name in SHIPPED or name in SHIPPED.values():
        return Path(__file__).parent / "data" / SHIPPED.get(name, name)
    near = difflib.get_close_matches(name, SHIPPED, 3, 0.5)
    hint = f"nearest: {', '.join(near)}" if near else f"shipped are {', '.join(SHIPPED)}"
    raise DomainError(f"{name!r} is no file and no shipped input; {hint}")


# ---------------------------------------------------------------------- files


def _suffix(path: Path) -> str:
    """Return the ending that tells what the file holds, in small letters, `.gz` not counted."""
    name = path.name.lower().removesuffix(".gz")
    return Path(name).suffix


def _read(name: str, path: Path) -> tuple[str, str]:
    """Return the text of a file, decompressed where its name says so, and the file's SHA-256."""
    raw = path.read_bytes()
    digest = hashlib.sha256(raw).hexdigest()
    if path.name.lower().endswith(".gz"):
        try:
            raw = gzip.decompress(raw)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise DomainError(f"{name}: not a whole gzip file ({error})") from None
    if not raw.strip():
        raise DomainError(f"{name}: empty; counts, a sample or a text are needed")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        byte = raw[error.start]
        raise DomainError(
            f"{name}: byte {byte:#04x} at offset {error.start} is not UTF-8; text is needed"
        ) from None
    if "\0" in text:
        raise DomainError(f"{name}: a zero byte at offset {raw.index(0)}; text is needed")
    return text, digest


def _table(source: str, text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Return the rows of a table that are not blank, cells stripped, each with its line number."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as error:
        raise DomainError(f"{source}: line {reader.line_num} is no table row ({error})") from None
    filled = [(line, row) for line, row in rows if any(row)]
    if not filled:
        raise DomainError(f"{source}: no row has anything in it")
    return filled


# --------------------------------------------------------------------- counts


def _spoken(source: str, text: str) -> tuple[Counts, tuple[str, ...]]:
    """Return the words of a text with their counts, most frequent first, and a note."""
    found = sorted(Counter(words(text)).items(), key=lambda pair: (-pair[1], pair[0]))
    if not found:
        raise DomainError(f"{source}: 0 words; a text of two or more distinct words is needed")
    if len(found) < 2:
        raise DomainError(
            f"{source}: one distinct word ({_short(found[0][0])}); two or more are needed"
        )
    total = sum(count for _, count in found)
    return found, (f"{total:,} words of {len(found):,} kinds",)


def _counted(source: str, table: Sequence[tuple[int, list[str]]]) -> tuple[Counts, tuple[str, ...]]:
    """Return the categories of a table of counts that were seen, and notes."""
    for line, row in table:
        if len(row) > 2:
            raise DomainError(
                f"{source}: line {line} has {len(row)} cells; a count, or a name and a count, "
                f"are needed"
            )
        if len(row) != len(table[0][1]):
            raise DomainError(
                f"{source}: line {line} has {_plural(len(row), 'cell')}, "
                f"the first row {len(table[0][1])}"
            )
    if table[0][1][-1] and _number(table[0][1][-1]) is None:
        table = table[1:]
    named = [
        (row[0] if len(row) == 2 else str(number), f"line {line}", _count(source, line, row[-1]))
        for number, (line, row) in enumerate(table, 1)
    ]
    _refuse_doubled(source, "category", [(name, where) for name, where, _ in named])
    seen = [(name, count) for name, _, count in named if count]
    if len(seen) < 2:
        raise DomainError(
            f"{source}: {len(seen)} categories with a positive count; two or more are needed"
        )
    notes = [f"{sum(count for _, count in seen):,} samples of {len(seen):,} categories"]
    if len(seen) < len(named):
        notes.append(f"dropped: {len(named) - len(seen):,} categories with the count 0")
    return seen, tuple(notes)


def _count(source: str, line: int, cell: str) -> int:
    """Return a count; DomainError unless it is an integer >= 0."""
    if cell.isdecimal() and cell.isascii() and len(cell) < 100:
        value = int(cell)  # exact above 2^53 too
    else:
        number = _number(cell)
        value = int(number) if number is not None and number.is_integer() else -1
    if value < 0:
        shown = _short(cell) if cell else "(missing)"
        raise DomainError(f"{source}: line {line}: count = {shown} lies outside the integers >= 0")
    return value


def _refuse_doubled(source: str, kind: str, named: Sequence[tuple[str, str]]) -> None:
    """Raise DomainError, naming both places, if a name occurs twice."""
    first: dict[str, str] = {}
    for name, where in named:
        if name in first:
            places = where if where == first[name] else f"{first[name]} and {where}"
            raise DomainError(f"{source}: {kind} {_short(name)} occurs twice, in {places}")
        first[name] = where


# --------------------------------------------------------------------- samples


def _numeric(header: Sequence[str], table: Sequence[tuple[int, list[str]]]) -> list[int]:
    """Return the places of the columns that have a name and at least one finite number."""

    def finite(cell: str) -> bool:
        number = _number(cell)
        return number is not None and math.isfinite(number)

    named = [at for at, cell in enumerate(header) if cell]
    return [at for at in named if any(finite(row[at]) for _, row in table)]


def _constant(table: Sequence[tuple[int, list[str]]], places: Sequence[int]) -> list[int]:
    """Return the places of the columns that hold one number alone."""
    return [at for at in places if len({_number(row[at]) for _, row in table}) == 1]


def _chosen(source: str, header: list[str], columns: str) -> list[int]:
    """Return the places of the columns asked for, in the order in which they were."""
    wanted = [cell.strip() for cell in next(csv.reader([columns], skipinitialspace=True), [])]
    if not any(wanted):
        raise DomainError(f"--columns {columns!r} names no column of {source}")
    _refuse_doubled(source, "column", [(cell, "--columns") for cell in wanted])
    for cell in wanted:
        if cell not in header:
            near = difflib.get_close_matches(cell, header, 3, 0.4)
            hint = f"nearest: {_listed(near)}" if near else f"columns are {_listed(header)}"
            raise DomainError(f"{source}: no column {_short(cell)}; {hint}")
    return [header.index(cell) for cell in wanted]


def _column(
    source: str, name: str, table: Sequence[tuple[int, list[str]]], at: int
) -> npt.NDArray[np.float64]:
    """Return one column (N,); DomainError unless it holds finite numbers that differ."""
    values = np.empty(len(table))
    for i, (line, row) in enumerate(table):
        number = _number(row[at])
        if number is None or not math.isfinite(number):
            shown = _short(row[at]) if row[at] else "(missing)"
            raise DomainError(
                f"{source}: row {i + 1} (line {line}), column {_short(name)} = {shown} "
                f"lies outside the finite numbers"
            )
        values[i] = number
    if (values == values[0]).all():
        raise DomainError(f"{source}: column {_short(name)} is constant ({values[0]:g})")
    with np.errstate(over="ignore", invalid="ignore"):
        spread = float(values.std())
    if not 1e-150 < spread < 1e150:
        raise DomainError(
            f"{source}: column {_short(name)} has standard deviation {spread:g}, "
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
