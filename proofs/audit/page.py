"""What a run found on each row, as a record, as lines on the screen and as the page AUDIT.md."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from proofs.audit.court import HOLDING, Audit, Judgement, standard_errors
from proofs.audit.row import HOLDS, Row, Ruling, Seen, named
from proofs.cases import case_of
from proofs.comparison import Check
from proofs.ledger import status
from proofs.record import point_record
from proofs.screen import show_point
from proofs.summary import canonical, law_fingerprint
from theory.errors import DomainError

RECORD = Path(__file__).resolve().parent.parent / "audit.json"
PAGE = Path(__file__).resolve().parent.parent / "AUDIT.md"
COMMAND = "collapse audit --write"

Entry = Mapping[str, Any]

# --- the record ----------------------------------------------------------------------------------


def entry(audit: Audit, found: Judgement) -> dict[str, Any]:
    """Return what a run found on one row, as JSON values."""
    example, far = found.counterexample(), found.farthest()
    orders = [check.verdict.seen for check in found.inside if check.rungs]
    return {
        "id": found.row.id,
        "ruling": found.ruling.value,
        "relation": found.row.quantity.relation.value if found.row.quantity else "",
        "figure": found.row.figure,
        "expected": found.row.expected.value,
        "reason": found.reason,
        "backing": found.backing,
        "inside": _routes(found.inside),
        "outside": _routes(found.outside),
        "failing": len(found.against()),
        "counterexample": confronted(example) if example else None,
        "sampled": confronted(far) | {"standard_errors": _round(standard_errors(far), 3)}
        if far
        else None,
        "orders": [_round(min(orders)), _round(max(orders))] if orders else None,
        "reaches": [
            {
                "place": point_record(reach.place),
                "level": str(reach.level),
                "last": reach.last,
                "share": None if reach.share is None else _round(reach.share, 3),
            }
            for reach in found.reaches
        ],
        "instead": _instead(audit, found),
        "defined_by": {place: _state(audit, place) for place in found.row.defined_by},
        "fingerprint": fingerprint(found.row),
    }


def _routes(checks: Sequence[Check]) -> dict[str, int]:
    """Return the number of comparisons by route."""
    counts: dict[str, int] = {}
    for check in checks:
        counts[check.route.value] = counts.get(check.route.value, 0) + 1
    return counts


def confronted(check: Check) -> dict[str, Any]:
    """Return a point with the printed and the true figure there, as JSON values."""
    return {
        "point": point_record(check.point),
        "place": show_point(check.point),
        "printed": _round(check.verdict.law, 8),
        "true": _round(check.verdict.seen, 8),
    }


def _instead(audit: Audit, found: Judgement) -> dict[str, str] | None:
    """Return what holds instead of a statement that does not, and how it came out in this run."""
    name = found.row.corrected_by
    if not name or found.ruling in HOLDING:
        return None
    if name in audit.findings:
        claim = audit.findings[name].claim
        return {"code": name, "text": claim.title, "status": status(claim, audit.findings)}
    other = audit.judge(next(row for row in audit.rows if row.id == name))
    return {"code": name, "text": other.row.printed, "status": other.ruling.value}


def _state(audit: Audit, place: str) -> str:
    claim, _ = named(place)
    return status(claim, audit.findings)


def _round(figure: float, digits: int = 4) -> float | None:
    """Return so many significant digits; None for what JSON cannot hold."""
    return float(f"{figure:.{digits}g}") if math.isfinite(figure) else None


def fingerprint(row: Row) -> str:
    """Return a digest of all that a row is judged by; prose may change."""
    plain = replace(row, printed="", reading="", remark="", reference="")
    parts = [canonical(plain)]
    for place in row.against:
        claim, quantity = named(place)
        witnesses = case_of(claim).witnesses
        parts.append(law_fingerprint(claim))
        parts += [canonical(each) for each in witnesses if each.quantity == quantity.name]
    names = [row.corrected_by, *row.defined_by, *([row.range.law] if row.range else [])]
    for name in names:
        try:
            parts.append(law_fingerprint(named(name)[0]))
        except DomainError:  # a row, with a fingerprint of its own
            parts.append(name)
    return sha256("\n".join(parts).encode()).hexdigest()[:16]


def load() -> dict[str, Entry]:
    """Return the entries of the shipped record by row; none when there is no record."""
    try:
        found = json.loads(RECORD.read_text("utf-8"))
        return {each["id"]: each for each in found["rows"]}
    except FileNotFoundError:
        return {}
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise DomainError(f"{RECORD.name} is not a record of an audit: {error}") from None


def moved(entries: Sequence[Entry], record: Mapping[str, Entry]) -> list[str]:
    """Return the rows whose smallest counterexample is not the one on record, each in one line.

    Rows that are not on record as they are now are left out.
    """
    found = []
    for each in entries:
        before = record.get(each["id"])
        if before and before["fingerprint"] == each["fingerprint"]:
            now, then = each["counterexample"], before["counterexample"]
            if now != then:
                words = [failing({**each, "counterexample": one}) or "none" for one in (now, then)]
                found.append(f"{each['id']}: counterexample {words[0]}; on record: {words[1]}")
    return found


def differences(rows: Sequence[Row], entries: Mapping[str, Entry], page: str) -> list[str]:
    """Return what in record and page does not belong to these rows, each in one line."""
    if not entries:
        return [f"{RECORD.name} is missing"]
    found = [f"{row.id}: not on record" for row in rows if row.id not in entries]
    found += [
        f"{row.id}: statement or evidence changed since"
        for row in rows
        if row.id in entries and entries[row.id]["fingerprint"] != fingerprint(row)
    ]
    ids = {row.id for row in rows}
    found += [f"{name}: on record, but no longer a row" for name in entries if name not in ids]
    if not found and page != write_page(rows, entries):
        found.append(f"{PAGE.name} differs from the record")
    return found


# --- in words ------------------------------------------------------------------------------------


def key_figure(found: Entry) -> str:
    """Return what matters most about a ruling, in one line."""
    ruling = Ruling(found["ruling"])
    if ruling is Ruling.UNDECIDED:
        return str(found["reason"])
    if ruling is Ruling.DEFINITION:
        return "measured by " + ", ".join(found["defined_by"])
    if ruling is Ruling.REFUTED:
        return f"{failing(found)}{_see(found)}"
    if ruling is Ruling.CONDITIONS:
        return f"without them: {failing(found)}"
    if ruling is Ruling.ORDER:
        return reach_text(found, last_only=True) or order_text(found)
    return f"{found['backing'] + ', ' if found['backing'] else ''}{count_text(found['inside'])}"


def hand(row: Row) -> str:
    """Return, in brackets, what the reader must know about where a statement comes from."""
    return {Seen.SECOND_HAND: " (second hand)", Seen.NOWHERE: " (not in print)"}.get(row.seen, "")


def failing(found: Entry) -> str:
    """Return where a statement fails, with both values."""
    example = found["counterexample"]
    if not example:
        return sampled_text(found)
    return _both(found, example, "true")


def _both(found: Entry, seen: Entry, how: str) -> str:
    """Return a place with the printed figure and the one that was seen there."""
    if found["figure"] == HOLDS:
        return f"{seen['place']}: does not hold"
    figure = f"{found['figure']}: " if found["figure"] else ""
    relation = {">=": "at least ", "<=": "at most "}.get(found["relation"], "")
    return (
        f"{seen['place'] or 'everywhere'}: {figure}printed {relation}{_number(seen['printed'])}, "
        f"{how} {_number(seen['true'])}"
    )


def sampled_text(found: Entry) -> str:
    """Return the sampled comparison that lies farthest off; empty without."""
    far = found["sampled"]
    if not far:
        return ""
    return f"{_both(found, far, 'measured')}, {far['standard_errors']:g} standard errors away"


def reach_text(found: Entry, last_only: bool = False) -> str:
    """Return up to which n over M an approximation is good; of the largest M where last_only."""
    places: dict[str, list[str]] = {}
    for reach in found["reaches"]:
        place = ", ".join(f"{name} = {value}" for name, value in reach["place"].items())
        places.setdefault(place, []).append(f"{_percent(reach['level'])} {_until(reach)}")
    texts = [f"error below {', '.join(parts)} at {place}" for place, parts in places.items()]
    return "; ".join(texts[-1:] if last_only else texts)


def _until(reach: Entry) -> str:
    if reach["last"] is None:
        return "always"
    if reach["last"] == 0:
        return "never"
    return f"up to n = {reach['last']} (n/M = {reach['share']:g})"


def _percent(level: str) -> str:
    top, _, bottom = level.partition("/")
    return f"{100 * float(top) / float(bottom or 1):g} %"


def order_text(found: Entry) -> str:
    """Return the measured order of an error over the stated one; empty without."""
    if not found["orders"]:
        return ""
    ends = dict.fromkeys(f"{end:.3g}" for end in found["orders"])
    return f"measured: {' to '.join(ends)} times the stated order"


def count_text(routes: Mapping[str, int]) -> str:
    """Return the number of comparisons by route, in words."""
    return ", ".join(f"{route} {number}" for route, number in routes.items())


def _see(found: Entry) -> str:
    return f"; see {found['instead']['code']}" if found["instead"] else ""


def _number(value: float | None) -> str:
    return "oo" if value is None else f"{value:.6g}"


# --- the page ------------------------------------------------------------------------------------

HEAD = """# The audit: what is in print, and what the evidence says

Generated by `collapse audit --write`. Statements are transcribed in our own words, not quoted.
They, readings and notes are prose; every ruling, point and figure is computed. Each statement is
confronted with evidence that knows nothing of it: exact rational enumeration, rigorous balls, and
simulation that draws every point. The same run judges the claims that are named;
`collapse show CODE` states them.

* `exact`: agrees with all evidence, and a derived, settled claim has the same law. `true bound`:
  the same for an inequality. `confirmed by evidence alone`: no derivation stands behind it.
* `true to the stated order`: the error stays below its stated bound, and has the stated order.
* `true with conditions`: holds where they are met, and fails somewhere else.
* `refuted`: fails at the point shown, under the reading given, and what holds instead is settled.
* `definition`: given a form that can be measured. `undecided`: nothing exact could tell,
  or nothing that could be run was at hand.
"""


def write_page(rows: Sequence[Row], entries: Mapping[str, Entry]) -> str:
    """Return the page: an overview, then every statement with its evidence."""
    lines = [HEAD, count_rows(rows), "", "| statement | ruling | |", "|---|---|---|"]
    for row in rows:
        found = entries[row.id]
        figure = key_figure(found).replace("|", r"\|")
        lines.append(f"| [{row.id}](#{anchor(row)}) | {found['ruling']}{hand(row)} | {figure} |")
    for row in rows:
        lines += ["", *_section(row, entries[row.id])]
    return "\n".join(lines) + "\n"


def count_rows(rows: Sequence[Row]) -> str:
    """Return how many statements there are, and how many without evidence that could be run."""
    without = [row.id for row in rows if row.quantity is None and not row.defined_by]
    text = f"{len(rows)} statements"
    if without:
        text += f", {len(without)} of them without evidence that could be run: {', '.join(without)}"
    return f"{text}."


def anchor(row: Row) -> str:
    """Return the anchor that a heading of that id gets."""
    return row.id.replace(".", "")


def _section(row: Row, found: Entry) -> list[str]:
    """Return the part on one statement."""
    ruling = found["ruling"]
    if ruling != found["expected"]:
        ruling += f" (expected: {found['expected']})"
    points = [("Read as", row.reading), ("Ruling", f"**{ruling}**")]
    if found["reason"]:
        points.append(("Why", found["reason"]))
    if row.condition is not None:
        named_where = "named in print" if row.condition_printed else "not named in print"
        points.append(("Condition", f"{row.condition.text()} ({named_where})"))
    if found["inside"]:
        points.append(("Evidence", _evidence(found)))
    points.append(("Order of the error", order_text(found)))
    points.append(("Range", reach_text(found)))
    if found["counterexample"] or found["sampled"]:
        points.append(("Fails", failing(found)))
    if found["counterexample"]:
        points.append(("By simulation", sampled_text(found)))
    if found["instead"]:
        instead = found["instead"]
        text = f"{instead['code']}: {instead['text']} ({instead['status']})"
        points.append(("Holds instead", text))
    if found["defined_by"]:
        states = (f"{place} ({state})" for place, state in found["defined_by"].items())
        points.append(("Measured by", ", ".join(states)))
    points.append(("Note", row.remark))
    return [
        f"## {row.id}",
        "",
        f"{row.reference} ({row.seen.value}):",
        "",
        f"> {row.printed}",
        "",
        *(f"* {name}: {text}" for name, text in points if text),
    ]


def _evidence(found: Entry) -> str:
    text = count_text(found["inside"])
    if found["ruling"] == Ruling.REFUTED.value:
        text += f"; refuted in {found['failing']} of them"
    if found["outside"]:
        text += f"; where the condition fails: {count_text(found['outside'])}"
    return f"{text}; the law of {found['backing']}" if found["backing"] else text
