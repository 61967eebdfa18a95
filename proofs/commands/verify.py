"""`collapse verify`: run the court and print what it finds."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

    from proofs.case import Case
    from proofs.ledger import Finding, Run
    from proofs.screen import Screen


def verify(
    pattern: Annotated[
        str | None, typer.Argument(help="Code, id, part of an id, or glob; all without it.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Smaller grid, same rules.")] = False,
    mutants: Annotated[
        bool, typer.Option("--mutants", help="Print which route refuted which wrong law.")
    ] = False,
    false_alarm: Annotated[
        float, typer.Option(help="Chance of any false alarm in the whole run.")
    ] = 1e-6,
    effort: Annotated[float, typer.Option(help="Multiplies the replicates.")] = 1.0,
    key: Annotated[str, typer.Option(help="Run key of the random streams.")] = "collapse",
    threads: Annotated[int | None, typer.Option(help="Threads; all cores without it.")] = None,
    counts: Annotated[
        str | None,
        typer.Option(help="CSV of counts, or a text whose words are the categories, as start."),
    ] = None,
    data: Annotated[str | None, typer.Option(help="CSV sample as D_0 of the Gaussian.")] = None,
    columns: Annotated[str | None, typer.Option(help="Columns of --data, by name.")] = None,
    json: Annotated[
        str | None, typer.Option(help="Write the record to a file, - for stdout.")
    ] = None,
) -> None:
    """Confront claims with evidence that could refute them."""
    from proofs.ledger import Run
    from proofs.output import check_targets
    from proofs.screen import Screen

    check_targets({"--json": json})
    check_options(false_alarm, effort, threads)
    cases, asked = _cases(pattern, counts, data, columns)
    run = Run(key=key, false_alarm=false_alarm, effort=effort, quick=quick, workers=threads)
    screen = Screen(run, cases, quiet=json == "-")
    findings = _examine(run, cases, screen)
    screen.summary(findings, mutants)
    if json is not None:
        from proofs.output import write_json
        from proofs.record import record

        write_json(json, record(run, findings, asked, getattr(cases, "notes", ())))
    raise typer.Exit(exit_code(findings, len(findings) == len(cases)))


def check_options(false_alarm: float, effort: float, threads: int | None) -> None:
    """Refuse a budget, an effort or a number of threads outside its domain."""
    from theory.errors import DomainError

    if not 0 < false_alarm < 1:
        raise DomainError(f"--false-alarm {false_alarm:g} lies outside 0 < share < 1")
    if not 0 < effort < 1e6:
        raise DomainError(f"--effort {effort:g} lies outside 0 < factor < 1000000")
    if threads is not None and threads < 1:
        raise DomainError(f"--threads {threads} lies outside threads >= 1")


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

    def stop(number: int, frame: FrameType | None) -> None:
        # A KeyboardInterrupt is lost where Python runs a callback; the flag is not.
        run.stopped = True
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, stop)
    try:
        with screen:
            for finding in run.examine(cases):
                findings[finding.claim.code] = finding
                screen.show(finding, findings)
    except KeyboardInterrupt:
        screen.interrupted(len(findings), len(cases))
    finally:
        signal.signal(signal.SIGINT, before)
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
