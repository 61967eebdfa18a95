"""`collapse verify`: run the court and print what it finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from proofs.commands.options import Judging, stopped_by_interrupts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from proofs.case import Case
    from proofs.ledger import Finding, Run
    from proofs.screen import Screen


def verify(
    judging: Judging,
    pattern: Annotated[
        str | None, typer.Argument(help="Code, id, part of an id, or glob; all without it.")
    ] = None,
    mutants: Annotated[
        bool, typer.Option("--mutants", help="Print which route refuted which wrong law.")
    ] = False,
    counts: Annotated[
        str | None,
        typer.Option(help="CSV of counts, or a text whose words are the categories, as start."),
    ] = None,
    data: Annotated[str | None, typer.Option(help="CSV sample as D_0 of the Gaussian.")] = None,
    columns: Annotated[str | None, typer.Option(help="Columns of --data, by name.")] = None,
) -> None:
    """Confront claims with evidence that could refute them."""
    from proofs.screen import Screen

    run = judging.run()
    cases, asked = _cases(pattern, counts, data, columns)
    screen = Screen(run, cases, quiet=judging.json == "-")
    findings = _examine(run, cases, screen)
    screen.summary(findings, mutants)
    if judging.json is not None:
        from proofs.output import write_json
        from proofs.record import record

        write_json(judging.json, record(run, findings, asked, getattr(cases, "notes", ())))
    raise typer.Exit(exit_code(findings, len(findings) == len(cases)))


def _cases(
    pattern: str | None, counts: str | None, data: str | None, columns: str | None
) -> tuple[Sequence[Case], Sequence[str]]:
    """Return the cases to run, foundations first, and the codes that were asked for."""
    from proofs.cases import CASES
    from proofs.ledger import foundations
    from theory.claims import matching
    from theory.errors import DomainError

    wanted = matching(pattern)
    if columns is not None and data is None:
        raise DomainError(f"--columns {columns} needs --data")
    if counts is not None or data is not None:
        from proofs.real import cases_on_input

        cases = cases_on_input(counts, data, columns, {claim.code for claim in wanted})
        return cases, [case.claim.code for case in cases]
    needed = frozenset().union(*(foundations(claim) for claim in wanted))
    cases = [case for case in CASES if case.claim.code in needed]
    return cases, [claim.code for claim in wanted]


def _examine(run: Run, cases: Sequence[Case], screen: Screen) -> dict[str, Finding]:
    """Return the findings; those already made when the user interrupts."""
    findings: dict[str, Finding] = {}
    try:
        with stopped_by_interrupts(run), screen:
            for finding in run.examine(cases):
                findings[finding.claim.code] = finding
                screen.show(finding, findings)
    except KeyboardInterrupt:
        screen.interrupted(len(findings), len(cases))
    return findings


def exit_code(findings: dict[str, Finding], complete: bool) -> int:
    """Return 1 when something came out otherwise, 3 when undecided or cut short, else 0."""
    from proofs.ledger import status

    undecided = False
    for finding in findings.values():
        state = status(finding.claim, findings)
        if state == "undecided":
            undecided = True
        elif state not in (finding.claim.expected.value, "consistent"):
            return 1
        if finding.survivors:
            return 1
    return 3 if undecided or not complete else 0
