"""Rulings on what is in print are computed: other laws, evidence or expectations change them."""

import dataclasses
import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from proofs.audit import figures, page, rows
from proofs.audit.court import Audit, Judgement
from proofs.audit.row import Row, Ruling, Seen, covers, named
from proofs.audit.rows import ROWS
from proofs.case import Bench, Setting
from proofs.ledger import Run as Court
from proofs.summary import canonical
from proofs.verdict import Exact
from tests.audit_rows import BY_ID, judge, with_law
from theory import symbols as s
from theory.claims import find
from theory.errors import DomainError

Run = Callable[..., tuple[int, str, str]]

#: Every statement of the paper that the audit is to rule on.
STATEMENTS = """
definition-early definition-late process process-weights process-weights-corrected
sec-4.1-expected-draws sec-4.1-loss sec-4.1-loss-limit sec-4.1-delta app-a.1-limit
app-a.1-certainty eq-01 eq-02 eq-03 eq-03-factors sec-4.2-variance-gamma sec-4.2-variance
sec-4.2-variance-estimator sec-4.2-superlinear-necessary sec-4.2-superlinear-sufficient
sec-4.2-superlinear-growth sec-4.2-superlinear-categories sec-4.2-quadratic eq-04
sec-4.2-hundred eq-05 eq-05-corrected
eq-06-model eq-07-mean-zero eq-08-of-the-data eq-09-uncorrelated eq-09-exponential eq-10-15
eq-10-15-dimensions app-a.2-bound app-a.2-wording theorem-3.1-distance theorem-3.1-estimator
theorem-3.1-collapse theorem-3.1-gloss theorem-3.1-gloss-limit functional-error fig-03
fig-04-caption fig-04-reversed fig-12-estimate fig-12-absolute code-divisor
code-two-gaussians code-labels
"""


@pytest.fixture
def collapse(collapse: Run) -> Run:
    """Return a function that runs `collapse audit`: exit code, standard output and error."""
    return partial(collapse, "audit")


# --- the rows ------------------------------------------------------------------------------------


def test_every_statement_of_the_paper_has_its_row() -> None:
    assert set(STATEMENTS.split()) <= set(BY_ID)
    assert len(BY_ID) == len(ROWS)


def test_every_equation_has_a_row() -> None:
    covered: set[int] = set()
    for row in ROWS:
        if row.reference.startswith("arXiv:2305.17493v3"):
            for first, last in re.findall(r"\((\d{1,2})\)(?:-\((\d{1,2})\))?", row.reference):
                covered |= set(range(int(first), int(last or first) + 1))
    assert covered == set(range(1, 26))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_names_what_exists(row: Row) -> None:
    for place in (*row.against, *row.defined_by, *([row.range.law] if row.range else [])):
        named(place)
    if row.corrected_by:
        assert row.corrected_by in BY_ID or find(row.corrected_by).code == row.corrected_by
    assert (row.against or row.witnesses) if row.quantity else row.defined_by or row.unconfronted
    assert (row.expected is Ruling.UNDECIDED) == bool(row.unconfronted)
    assert all(" at 0x" not in canonical(witness) for witness in row.witnesses)
    # A refuted statement says what is meant by it, and what holds instead where something does.
    assert row.expected is not Ruling.REFUTED or row.reading


@pytest.mark.parametrize("row", [row for row in ROWS if row.condition], ids=lambda row: row.id)
def test_a_condition_has_evidence_on_both_sides(row: Row) -> None:
    assert row.condition is not None
    court = Audit(Court(quick=True), [row])
    points = [
        point
        for _, witness in court.witnesses(row)
        for each in court.run.settings(witness)
        for point in each.points()
        if covers(row.domain, point) and not witness.samples
    ]
    sides = {covers(row.condition, point) for point in points}
    assert sides == {True, False}


def test_a_row_without_anything_to_confront_takes_no_evidence() -> None:
    with pytest.raises(ValueError, match="evidence needs a quantity"):
        Row("x", "r", "p", Seen.TEXT, Ruling.EXACT, against=("A02:diversity",))


# --- the command ---------------------------------------------------------------------------------

FEW = tuple(
    BY_ID[name]
    for name in ("fig-12-estimate", "fig-12-absolute", "app-a.1-certainty", "code-labels", "fig-03")
)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Shrink the audit to a few rows without claims, with a record and a page of its own."""
    monkeypatch.setattr(rows, "ROWS", FEW)
    monkeypatch.setattr(page, "RECORD", tmp_path / "audit.json")
    monkeypatch.setattr(page, "PAGE", tmp_path / "AUDIT.md")
    return tmp_path


def test_the_shipped_record_and_page_are_up_to_date(collapse: Run) -> None:
    code, out, err = collapse("--check")
    assert code == 0, f"run `collapse audit --write` and commit what it writes:\n{out}{err}"


def test_the_shipped_rulings_are_the_expected_ones() -> None:
    found = page.load()
    assert {name: each["ruling"] for name, each in found.items()} == {
        row.id: row.expected.value for row in ROWS
    }


def test_a_run_prints_a_ruling_a_row(small: Path, collapse: Run) -> None:
    target = small / "out.json"
    code, out, _ = collapse("--json", str(target))
    assert code == 0, out
    assert "5 statements, judged without any claim" in out
    assert "fig-12-estimate   refuted" in out
    assert "printed 0.00024899, true 0; see fig-12-absolute" in out
    assert "chain = two states that swap: chance of absorption: printed 1, true 0" in out
    assert "instead    fig-12-absolute: The absolute error of the mean" in out
    assert max(map(len, out.splitlines())) <= 100
    record = json.loads(target.read_text())
    entries = {each["id"]: each for each in record["rows"]}
    assert set(entries) == {row.id for row in FEW}
    assert record["complete"] is True
    assert entries["fig-12-estimate"]["counterexample"]["true"] == 0
    assert entries["fig-12-estimate"]["instead"]["status"] == Ruling.CONFIRMED.value


def test_what_stands_in_for_a_row_is_judged_but_not_shown(small: Path, collapse: Run) -> None:
    code, out, _ = collapse("fig-12-est*", "--quick")
    assert code == 0
    assert "1 statement, judged" in out
    assert "rulings: 1 refuted\n" in out


def test_a_wrong_expectation_exits_1(
    small: Path, collapse: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = dataclasses.replace(BY_ID["fig-03"], expected=Ruling.EXACT)
    monkeypatch.setattr(rows, "ROWS", (wrong,))
    code, out, _ = collapse("--quick")
    assert code == 1
    assert "expected: exact" in out
    monkeypatch.setattr(rows, "ROWS", (Row("x", "r", "p", Seen.TEXT, Ruling.EXACT),))
    code, out, _ = collapse("--quick")
    assert code == 3
    assert out.count("nothing here can confront it") == 1


def test_an_interrupted_run_says_that_it_is_not_complete(
    small: Path, collapse: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge_row = Audit.judge

    def interrupted(court: Audit, row: Row) -> Judgement:
        if row.id == "app-a.1-certainty":
            raise KeyboardInterrupt
        return judge_row(court, row)

    monkeypatch.setattr(Audit, "judge", interrupted)
    target = small / "out.json"
    code, out, _ = collapse("--json", str(target))
    assert code == 3
    assert "interrupted: 2 of 5 statements judged" in out
    record = json.loads(target.read_text())
    assert record["complete"] is False
    assert len(record["rows"]) == 2


def test_a_counterexample_that_moves_exits_1(
    small: Path, collapse: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert collapse("--write")[0] == 0
    assert collapse()[0] == 0
    count = figures.enumerate_count

    def otherwise(place: Setting, bench: Bench) -> list[Exact]:
        return [Exact(seen.value + 1) for seen in count(place, bench)]

    (witness,) = BY_ID["fig-03"].witnesses
    other = dataclasses.replace(witness, observe=otherwise)
    row = dataclasses.replace(BY_ID["fig-03"], witnesses=(other,), expected=Ruling.REFUTED)
    now = {"fig-03": page.entry(Audit(Court(), [row]), judge(row))}
    assert now["fig-03"]["counterexample"] != page.load()["fig-03"]["counterexample"]
    monkeypatch.setattr(
        rows, "ROWS", (dataclasses.replace(row, expected=BY_ID["fig-03"].expected),)
    )
    code, _, err = collapse()
    assert code == 1
    assert err.startswith("fig-03: counterexample M = ")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["eq-55"], "no statement 'eq-55' in the audit; nearest: eq-"),
        ([""], "no statement '' in the audit"),
        (["eq-05", "--write"], "--write is about the whole record; eq-05 is a part of it"),
        (["--quick", "--check"], "--check is about the whole record; --quick is a part of it"),
        (["--write", "--check"], "--write excludes --check"),
        (["--false-alarm", "2"], "--false-alarm 2 lies outside 0 < share < 1"),
        (["--threads", "0"], "--threads 0 lies outside threads >= 1"),
    ],
)
def test_bad_options(words: list[str], message: str, collapse: Run) -> None:
    code, out, err = collapse(*words)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_record_and_page_are_written_and_go_stale(
    small: Path, collapse: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert collapse("--check")[1].startswith("audit.json is missing")
    assert collapse("--write")[0] == 0
    text = page.PAGE.read_text()
    assert "## fig-12-estimate" in text
    assert "* Ruling: **refuted**" in text
    assert "* Holds instead: fig-12-absolute: " in text
    assert collapse("--check") == (0, "up to date: 5 statements on record\n", "")
    page.PAGE.write_text(text.replace("refuted", "exact"))
    assert "AUDIT.md differs from the record" in collapse("--check")[1]
    page.PAGE.write_text(text)
    other = (with_law("fig-03", s.M + 1), *FEW[:4])
    monkeypatch.setattr(rows, "ROWS", other)
    code, out, _ = collapse("--check")
    assert (code, out.splitlines()[0]) == (1, "fig-03: statement or evidence changed since")
    monkeypatch.setattr(rows, "ROWS", FEW[:4])
    assert "fig-03: on record, but no longer a row" in collapse("--check")[1]
    # Prose may change; the page then has to be written anew.
    prose = dataclasses.replace(BY_ID["fig-03"], remark="Another remark.")
    monkeypatch.setattr(rows, "ROWS", (*FEW[:4], prose))
    assert "AUDIT.md differs from the record" in collapse("--check")[1]
    page.RECORD.write_text("{}")
    assert "is not a record of an audit" in collapse("--check")[2]


def test_unknown_places_are_refused() -> None:
    with pytest.raises(DomainError):
        named("B99:mean")
    with pytest.raises(DomainError):
        named("B11:mean")
