"""The shipped record: what the last full run found on each claim, and whether it is still true.

`record.json` is written by `collapse report` and read by `list`, `show` and the README. Each entry
carries fingerprints of what was judged, so a law or an experiment that has changed since is told
from one that has not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sympy as sp

from theory.claim import Claim, Expected, Quantity
from theory.errors import DomainError

if TYPE_CHECKING:
    from proofs.case import Case
    from proofs.comparison import Check
    from proofs.ledger import Finding, Run

RECORD = Path(__file__).resolve().with_name("record.json")
README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- claims:begin -->", "<!-- claims:end -->"
COMMAND = "collapse report"

#: A relative margin above this is a detection limit worth showing, also where nothing is sampled.
VISIBLE = 1e-4

#: Fields that hold prose or code: changing them changes no verdict.
_PROSE = frozenset({"text", "words", "latex", "meaning", "aliases", "reference", "observe"})

Record = Mapping[str, Any]


# --- fingerprints --------------------------------------------------------------------------------


def canonical(value: object) -> str:
    """Return a text that two values share only if a run would judge them alike."""
    if isinstance(value, sp.Basic):
        return str(sp.srepr(value))
    if isinstance(value, Enum):
        return value.name
    if is_dataclass(value):
        parts = [
            f"{field.name}={canonical(getattr(value, field.name))}"
            for field in fields(value)
            if field.name not in _PROSE
        ]
        return f"{type(value).__name__}({','.join(parts)})"
    if isinstance(value, Mapping):
        return f"{{{','.join(f'{key}:{canonical(value[key])}' for key in sorted(value))}}}"
    if isinstance(value, frozenset):
        return canonical(sorted(value))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{','.join(map(canonical, value))}]"
    return repr(value)


def law_fingerprint(claim: Claim) -> str:
    """Return a digest of a claim's laws, relations, domain and expected outcome."""
    return _digest((claim.code, claim.quantities, claim.domain, claim.expected))


def evidence_fingerprint(case: Case) -> str:
    """Return a digest of a claim's derivation, witnesses with their settings, and mutants."""
    derivation = case.claim.derivation()
    return _digest((derivation.premises, derivation.steps, case.witnesses, case.mutants))


def _digest(value: object) -> str:
    return sha256(canonical(value).encode()).hexdigest()[:16]


# --- writing -------------------------------------------------------------------------------------


def summarize(case: Case, finding: Finding, findings: Mapping[str, Finding]) -> dict[str, Any]:
    """Return what a run found on one claim, in a few figures."""
    from proofs.ledger import status
    from proofs.record import counterexample_record

    claim, checks = case.claim, finding.checks
    comparisons: dict[str, int] = {}
    for check in checks:
        comparisons[check.route.value] = comparisons.get(check.route.value, 0) + 1
    values = {quantity.name for quantity in claim.quantities if quantity.pinned}
    limits = [
        check.verdict.limit
        for check in checks
        if check.quantity in values and (check.verdict.share > 0 or check.verdict.margin > VISIBLE)
    ]
    bounding = {quantity.name for quantity in claim.quantities if quantity.bounds}
    # A sample's slack is noisy, below 1 at times: it counts only where nothing exact was seen.
    bounds = [check.verdict for check in checks if check.quantity in bounding]
    exact = [verdict for verdict in bounds if verdict.share == 0]
    slacks = [verdict.slack for verdict in exact or bounds if verdict.slack is not None]
    return {
        "code": claim.code,
        "id": claim.id,
        "expected": claim.expected.value,
        "status": status(claim, findings),
        "routes": [route.value for route in finding.routes()],
        "steps": len(finding.steps),
        "comparisons": comparisons,
        "limit": _rounded(max(limits)) if limits else None,
        "sharpest": _rounded(min(limits)) if limits else None,
        "slack": [_rounded(min(slacks)), _rounded(max(slacks))] if slacks else None,
        "orders": [_order(quantity, checks) for quantity in claim.quantities if quantity.order],
        "replaced_by": claim.replaced_by or None,
        "counterexample": counterexample_record(finding),
        "mutants": {
            "refuted": len(finding.mutants) - len(finding.survivors),
            "total": len(finding.mutants),
        },
        "fingerprint": {"law": law_fingerprint(claim), "evidence": evidence_fingerprint(case)},
    }


def _order(quantity: Quantity, checks: Sequence[Check]) -> dict[str, Any]:
    """Return an order claimed and the orders measured, divided by it."""
    order = quantity.order
    assert order is not None
    ladders = [check for check in checks if check.rungs and check.quantity == quantity.name]
    seen = [check.verdict.seen for check in ladders]
    return {
        "quantity": quantity.name,
        "error": order.text(),
        "measured": [_rounded(min(seen)), _rounded(max(seen))] if seen else None,
    }


def _rounded(figure: float) -> float | None:
    """Return three significant digits; None for what JSON cannot hold."""
    return float(f"{figure:.3g}") if abs(figure) < float("inf") else None


def full_record(run: Run, cases: Iterable[Case], findings: Mapping[str, Finding]) -> dict[str, Any]:
    """Return the record of a full run: provenance, and an entry for each claim."""
    from proofs.record import provenance

    return {
        "provenance": provenance(run),
        "claims": [summarize(case, findings[case.claim.code], findings) for case in cases],
    }


# --- reading -------------------------------------------------------------------------------------


def load() -> dict[str, Record]:
    """Return the entries of the shipped record by code; none when there is no record.

    Raises DomainError when the file is no such record.
    """
    try:
        found = json.loads(RECORD.read_text("utf-8"))
        return {entry["code"]: entry for entry in found["claims"]}
    except FileNotFoundError:
        return {}
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise DomainError(f"{RECORD.name} is not a record of claims: {error}") from None


def recorded_status(claim: Claim, entries: Mapping[str, Record]) -> tuple[str, tuple[str, ...]]:
    """Return the status and the confirming routes of a claim, as last recorded.

    `unrecorded` when no run is on record, `stale` when the claim has changed since.
    """
    entry = entries.get(claim.code)
    if entry is None:
        return "unrecorded", ()
    if entry["fingerprint"]["law"] != law_fingerprint(claim):
        return "stale", ()
    return str(entry["status"]), tuple(entry["routes"])


def differences(cases: Sequence[Case], entries: Mapping[str, Record]) -> list[str]:
    """Return what in the record does not belong to these cases, each in one line."""
    if not entries:
        return [f"{RECORD.name} is missing"]
    found = []
    for case in cases:
        entry = entries.get(case.claim.code)
        if entry is None:
            found.append(f"{case.claim.code} {case.claim.id}: not on record")
        elif entry["fingerprint"]["law"] != law_fingerprint(case.claim):
            found.append(f"{case.claim.code} {case.claim.id}: law or domain changed since")
        elif entry["fingerprint"]["evidence"] != evidence_fingerprint(case):
            found.append(f"{case.claim.code} {case.claim.id}: derivation or evidence changed since")
    known = {case.claim.code for case in cases}
    found += [f"{code}: on record, but no longer a claim" for code in entries if code not in known]
    return found


# --- the table in the README ---------------------------------------------------------------------


def table(claims: Sequence[Claim], entries: Mapping[str, Record]) -> str:
    """Return the table of claims in Markdown, one part for each chapter (the id before the dot)."""
    chapters: dict[str, list[str]] = {}
    for claim in claims:
        rows = chapters.setdefault(claim.id.partition(".")[0], [])
        rows.append(_row(claim, entries.get(claim.code)))
    return "\n\n".join(
        "\n".join([f"### {name.capitalize()}", "", *_HEAD, *rows])
        for name, rows in chapters.items()
    )


_HEAD = (
    "| code | claim | evidence | would see an error of | status |",
    "|---|---|---|---|---|",
)


def _row(claim: Claim, entry: Record | None) -> str:
    title = claim.title.replace("|", r"\|")
    if entry is None:
        return f"| {claim.code} | {title} | | | unrecorded |"
    state = entry["status"]
    if state != entry["expected"]:
        state = f"{state} (expected: {entry['expected']})"
    if claim.expected is Expected.REFUTED:
        state = f"{state}; see {claim.replaced_by}"
    return f"| {claim.code} | {title} | {', '.join(entry['routes'])} | {power(entry)} | {state} |"


def power(entry: Record) -> str:
    """Return how sharp the evidence is: the weakest detection limit, the slack of bounds, orders.

    For a statement that fails: its counterexample.
    """
    if entry.get("counterexample"):
        found = entry["counterexample"]
        place = ", ".join(f"{name} = {value}" for name, value in found["point"].items())
        printed, true = (_figure(found[side], ".4g") for side in ("printed", "true"))
        return f"fails at {place}: printed {printed}, true {true}"
    parts = []
    if entry["limit"] is not None:
        parts.append(f"{100 * entry['limit']:.2g} %")
    if entry["slack"] is not None:
        least, most = (_figure(end, ".3g") for end in entry["slack"])
        parts.append(f"bound: {least} to {most} times the value")
    for order in entry.get("orders", ()):
        ends = dict.fromkeys(f"{end:.3g}" for end in order["measured"] or ())
        measured = f", measured: {' to '.join(ends)} times that order" if ends else ""
        parts.append(f"{order['quantity']}: {order['error']}{measured}")
    return "; ".join(parts) or "any (exact)"


def _figure(value: float | None, form: str) -> str:
    """Return a figure in words; JSON has no infinity."""
    return "oo" if value is None else format(value, form)


def with_table(readme: str, new: str) -> str:
    """Return the README's text with a new table between its two markers; DomainError without."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise DomainError(f"README: no {BEGIN} ... {END} to put the table of claims between")
    return f"{before}{BEGIN}\n\n{new}\n\n{END}{after}"
