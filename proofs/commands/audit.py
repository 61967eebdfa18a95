"""`collapse audit`: the ruling on each statement in print, computed from evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from proofs.commands.options import Judging, stopped_by_interrupts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from proofs.audit.court import Audit
    from proofs.audit.row import Row
    from proofs.audit.show import Board


def audit(
    judging: Judging,
    pattern: Annotated[
        str | None, typer.Argument(help="Id of a row, part of it, or glob; all without it.")
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Renew proofs/audit.json and proofs/AUDIT.md.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Run nothing; say what is out of date.")
    ] = False,
) -> None:
    """Confront what is in print with evidence that could refute it."""
    from proofs.audit.court import Audit, with_corrections
    from proofs.audit.rows import ROWS
    from proofs.audit.show import Board

    run = judging.run()
    asked = matching(pattern, ROWS)
    _check_whole(write, check, pattern, judging.quick)
    if check:
        raise typer.Exit(_stale(ROWS))
    rows = with_corrections(asked, {row.id: row for row in ROWS})
    court = Audit(run, rows)
    board = Board(court, [row.id for row in asked], quiet=judging.json == "-")
    complete = _examine(court, board)
    board.summary()
    record = _record(court, asked, complete)
    if judging.json is not None:
        from proofs.output import write_json

        write_json(judging.json, record)
    if write and complete:
        _write(ROWS, record)
    changed = [] if judging.quick or write else _changed(record)
    raise typer.Exit(1 if changed else exit_code(court, asked))


def matching(pattern: str | None, rows: Sequence[Row]) -> list[Row]:
    """Return the rows whose id is, holds or matches a pattern; DomainError when none does."""
    import difflib
    from fnmatch import fnmatchcase

    from theory.errors import DomainError

    if pattern is None:
        return list(rows)
    word = pattern.lower()
    found = [row for row in rows if row.id == word]
    found = found or [row for row in rows if word in row.id or fnmatchcase(row.id, word)]
    if not word or not found:
        near = difflib.get_close_matches(word, [row.id for row in rows], 1, 0.3)
        hint = f"; nearest: {near[0]}" if near else ""
        raise DomainError(f"no statement {pattern!r} in the audit{hint}")
    return found


def _check_whole(write: bool, check: bool, pattern: str | None, quick: bool) -> None:
    """Refuse to write, or to check, a part of the record."""
    from theory.errors import DomainError

    option = "--write" if write else "--check"
    part = pattern or ("--quick" if quick else "")
    if write and check:
        raise DomainError("--write excludes --check")
    if (write or check) and part:
        raise DomainError(f"{option} is about the whole record; {part} is a part of it")


def _examine(court: Audit, board: Board) -> bool:
    """Judge claims, then rows; return whether all were judged before the user interrupted."""
    try:
        with stopped_by_interrupts(court.run, court.claims), board:
            for finding in court.judge_claims():
                board.judged(finding)
            for judgement in court.judge_rows():
                board.show(judgement)
    except KeyboardInterrupt:
        board.interrupted()
        return False
    return True


def _changed(record: dict[str, Any]) -> list[str]:
    """Return, and print to standard error, which counterexamples are not those on record."""
    import sys

    from proofs.audit import page

    found = page.moved(record["rows"], page.load())
    for line in found:
        print(line, file=sys.stderr)
    return found


def _record(court: Audit, asked: Sequence[Row], complete: bool) -> dict[str, Any]:
    """Return the record of a run: provenance, the claims it judged, and an entry for each row.

    complete: whether all rows were judged before the user interrupted.
    """
    from proofs.audit.page import entry
    from proofs.ledger import status
    from proofs.record import provenance

    done = [court.judgements[row.id] for row in asked if row.id in court.judgements]
    return {
        "provenance": provenance(court.run),
        "complete": complete,
        "claims": {
            code: status(finding.claim, court.findings) for code, finding in court.findings.items()
        },
        "rows": [entry(court, judgement) for judgement in done],
    }


def _write(rows: Sequence[Row], record: dict[str, Any]) -> None:
    """Write the record and the page."""
    from proofs.audit import page
    from proofs.output import write_json, write_text

    write_json(str(page.RECORD), record)
    write_text(str(page.PAGE), page.write_page(rows, page.load()))
    print(f"written: {page.RECORD.name} and {page.PAGE.name}")


def _stale(rows: Sequence[Row]) -> int:
    """Return 0 when record and page belong to the rows as they are, else 1; say what does not."""
    from proofs.audit import page

    entries = page.load()
    text = page.PAGE.read_text("utf-8") if page.PAGE.exists() else ""
    found = page.differences(rows, entries, text)
    for line in found:
        print(line)
    stale = f"stale: run {page.COMMAND}"
    print(stale if found else f"up to date: {len(entries)} statements on record")
    return 1 if found else 0


def exit_code(court: Audit, asked: Sequence[Row]) -> int:
    """Return 1 when a ruling is not the expected one, 3 when cut short or undecided, else 0."""
    from proofs.audit.row import Ruling

    found = [court.judgements[row.id] for row in asked if row.id in court.judgements]
    other = [judgement for judgement in found if not judgement.expected]
    if any(judgement.ruling is not Ruling.UNDECIDED for judgement in other):
        return 1
    return 3 if other or len(found) < len(asked) else 0
