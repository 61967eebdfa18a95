"""`collapse report`: run everything, ship what was found, renew the README's table of claims."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from proofs.case import Case
    from proofs.ledger import Finding


def report(
    readme: Annotated[
        Path | None, typer.Option(help="File with the table of claims; the README without it.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Run nothing; say what is out of date.")
    ] = False,
) -> None:
    """Judge every claim, then write the shipped record and the README's table of claims."""
    from proofs.cases import CASES
    from proofs.commands.verify import exit_code
    from proofs.summary import README, table, with_table

    target = readme or README
    text = target.read_text("utf-8")
    with_table(text, "")  # no markers: say so before the run, not after it
    if check:
        raise typer.Exit(_check(CASES, text))
    findings = _run(CASES)
    if len(findings) == len(CASES):
        from proofs.output import write_text
        from proofs.summary import load
        from theory.claims import CLAIMS

        write_text(str(target), with_table(text, table(CLAIMS, load())))
        print(f"written: record.json, and the table in {target.name}")
    raise typer.Exit(exit_code(findings, len(findings) == len(CASES)))


def _check(cases: Sequence[Case], text: str) -> int:
    """Return 0 when record and table belong to the code as it is, else 1; say what does not."""
    from proofs.summary import COMMAND, differences, load, table, with_table
    from theory.claims import CLAIMS

    entries = load()
    found = differences(cases, entries)
    if text != with_table(text, table(CLAIMS, entries)):
        found.append("the table of claims differs from the record")
    for line in found:
        print(line)
    print(f"stale: run {COMMAND}" if found else f"up to date: {len(entries)} claims on record")
    return 1 if found else 0


def _run(cases: Sequence[Case]) -> dict[str, Finding]:
    """Judge all cases and write the record; an interrupted run writes none."""
    from proofs.ledger import Run
    from proofs.output import write_json
    from proofs.screen import Screen
    from proofs.summary import RECORD, full_record

    run = Run()
    findings: dict[str, Finding] = {}
    screen = Screen(run, cases)
    try:
        with screen:
            for finding in run.examine(cases):
                findings[finding.claim.code] = finding
                screen.show(finding, findings)
    except KeyboardInterrupt:
        screen.interrupted(len(findings), len(cases))
        return findings
    screen.summary(findings, matrix=False)
    write_json(str(RECORD), full_record(run, cases, findings))
    return findings
