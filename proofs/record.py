"""What a run writes down: every comparison with its figures, and where the run came from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from proofs.comparison import Check
from proofs.ledger import Finding, Run, status
from proofs.provenance import software, source_digest
from theory.claim import Expected
from theory.domain import Point, show_value


def provenance(run: Run) -> dict[str, Any]:
    """Return what is needed to repeat a run: versions, parameters, digest of the sources."""
    return {
        "software": software(),
        "sources": source_digest(),
        "key": run.key,
        "false_alarm": run.false_alarm,
        "effort": run.effort,
        "quick": run.quick,
    }


def record(
    run: Run, findings: Mapping[str, Finding], asked: Sequence[str], notes: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the JSON record of a run.

    asked: the codes that the user asked for. notes: what was read, where the start is an input.
    """
    return {
        "provenance": provenance(run),
        "input": list(notes),
        "claims": [
            {
                "code": code,
                "id": finding.claim.id,
                "asked": code in asked,
                "expected": finding.claim.expected.value,
                "status": status(finding.claim, findings),
                "replaced_by": finding.claim.replaced_by or None,
                "counterexample": counterexample_record(finding),
                "routes": [route.value for route in finding.routes()],
                "rests_on": list(finding.claim.uses()),
                "derivation": [vars(step) for step in finding.steps],
                "checks": [check_record(check) for check in finding.checks],
                "mutants": {
                    name: [route.value for route in routes]
                    for name, routes in finding.mutants.items()
                },
            }
            for code, finding in findings.items()
        ],
    }


def check_record(check: Check) -> dict[str, Any]:
    """Return one comparison as JSON values; infinities become null.

    rungs: not empty where the figures are those of a measured order, divided by the one claimed.
    """
    verdict = check.verdict
    figures = {
        name: getattr(verdict, name)
        for name in ("law", "seen", "low", "high", "margin", "share", "limit", "slack", "decides")
    }
    return {
        "quantity": check.quantity,
        "point": point_record(check.point),
        "route": check.route.value,
        "method": check.method,
        "independent": check.independent,
        "outcome": verdict.outcome.value,
        "rungs": [show_value(rung) for rung in check.rungs],
        **{name: _finite(figure) for name, figure in figures.items()},
    }


def counterexample_record(finding: Finding) -> dict[str, Any] | None:
    """Return where a statement as printed fails first, with both values; None where it holds."""
    example = finding.counterexample()
    if example is None or finding.claim.expected is not Expected.REFUTED:
        return None
    return {
        "quantity": example.quantity,
        "point": point_record(example.point),
        "printed": _finite(example.verdict.law),
        "true": _finite(example.verdict.seen),
    }


def point_record(point: Point) -> dict[str, str]:
    """Return a point as the command line writes it."""
    return {name: show_value(value) for name, value in point.items()}


def _finite(value: float | int | None) -> float | int | None:
    return value if value is None or math.isfinite(value) else None
