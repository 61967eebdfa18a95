"""The shipped record and the README's table belong to the code, and say so when they do not."""

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from proofs import cases, summary
from proofs.case import Case, Mutant, Route, setting
from proofs.cases import CASES, case_of
from proofs.ledger import Run as Court
from proofs.verdict import Outcome
from theory import claims
from theory.claim import Claim, Relation
from theory.claims import CLAIMS, find
from theory.domain import Domain

Run = Callable[..., tuple[int, str, str]]
Change = Callable[[Case], Case]


def exact_only(code: str) -> Case:
    """Return a case without its sampled witnesses: judged in no time."""
    (case,) = (each for each in CASES if each.claim.code == code)
    witnesses = tuple(each for each in case.witnesses if not each.samples)
    return dataclasses.replace(case, witnesses=witnesses)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Shrink the court to two claims, with a record and a README of its own; return the README."""
    chosen = tuple(exact_only(code) for code in ("B39", "A02"))
    monkeypatch.setattr(cases, "CASES", chosen)
    monkeypatch.setattr(claims, "CLAIMS", tuple(case.claim for case in chosen))
    monkeypatch.setattr(summary, "RECORD", tmp_path / "record.json")
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{summary.BEGIN}\n{summary.END}\nafter\n")
    return readme


# --- what is shipped -----------------------------------------------------------------------------


def test_the_shipped_record_and_table_are_up_to_date(collapse: Run) -> None:
    code, out, err = collapse("report", "--check")
    assert code == 0, f"run `collapse report` and commit what it writes:\n{out}{err}"


# --- a run ---------------------------------------------------------------------------------------


def test_a_run_writes_what_its_check_then_accepts(small: Path, collapse: Run) -> None:
    code, out, _ = collapse("report", "--readme", str(small))
    assert code == 0, out
    first = (summary.RECORD.read_text(), small.read_text())
    assert first[1].startswith(f"before\n{summary.BEGIN}\n")
    assert first[1].endswith(f"{summary.END}\nafter\n")
    assert "| A02 | Diversity decays by 1 - 1/M a generation | derived, enumerated |" in first[1]
    assert collapse("report", "--check", "--readme", str(small))[0] == 0
    assert collapse("report", "--readme", str(small))[0] == 0
    assert (summary.RECORD.read_text(), small.read_text()) == first

    record = json.loads(first[0])
    assert record["provenance"]["key"] == "collapse"
    entry = {each["code"]: each for each in record["claims"]}["A02"]
    case = exact_only("A02")
    assert entry["status"] == entry["expected"] == "settled"
    assert entry["comparisons"] == {
        "enumerated": sum(len(each.points()) for each in case.witnesses[0].settings)
    }
    assert entry["mutants"] == {"refuted": len(case.mutants), "total": len(case.mutants)}
    assert entry["limit"] is None


def test_what_is_stale_is_named(
    small: Path, collapse: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check() -> tuple[int, str]:
        code, out, err = collapse("report", "--check", "--readme", str(small))
        assert not err
        return code, out

    assert check()[0] == 1
    assert "record.json is missing" in check()[1]
    collapse("report", "--readme", str(small))
    fresh = small.read_text()
    small.write_text(fresh.replace("settled", "proved"))
    assert check() == (
        1,
        "the table of claims differs from the record\nstale: run collapse report\n",
    )
    small.write_text(fresh)
    judged = cases.CASES
    monkeypatch.setattr(cases, "CASES", (judged[0], other_law(judged[1])))
    assert "A02 discrete.diversity-decay: law or domain changed since" in check()[1]
    monkeypatch.setattr(cases, "CASES", (judged[0], fewer_mutants(judged[1])))
    assert "A02 discrete.diversity-decay: derivation or evidence changed since" in check()[1]
    monkeypatch.setattr(cases, "CASES", judged[:1])
    assert "A02: on record, but no longer a claim" in check()[1]
    monkeypatch.setattr(cases, "CASES", (*judged, exact_only("A01")))
    assert "A01 discrete.probabilities-martingale: not on record" in check()[1]
    monkeypatch.setattr(cases, "CASES", judged)
    assert check()[0] == 0


@pytest.mark.parametrize("words", [[], ["--check"]])
def test_a_readme_without_a_place_for_the_table_is_refused(
    words: list[str], small: Path, collapse: Run
) -> None:
    small.write_text("nothing here\n")
    code, out, err = collapse("report", "--readme", str(small), *words)
    assert (code, out) == (2, "")
    assert "no <!-- claims:begin --> ... <!-- claims:end -->" in err
    assert not summary.RECORD.exists()
    code, _, err = collapse("report", "--readme", str(small.with_name("none.md")), *words)
    assert code == 2
    assert "No such file" in err


# --- fingerprints --------------------------------------------------------------------------------


def with_claim(case: Case, **changes: Any) -> Case:
    return dataclasses.replace(case, claim=dataclasses.replace(case.claim, **changes))


def with_quantity(case: Case, **changes: Any) -> Case:
    first, *rest = case.claim.quantities
    return with_claim(case, quantities=(dataclasses.replace(first, **changes), *rest))


def with_witness(case: Case, **changes: Any) -> Case:
    first, *rest = case.witnesses
    return dataclasses.replace(case, witnesses=(dataclasses.replace(first, **changes), *rest))


def other_law(case: Case) -> Case:
    return with_quantity(case, law=case.claim.quantities[0].law * 2)


def fewer_mutants(case: Case) -> Case:
    return dataclasses.replace(case, mutants=case.mutants[1:])


def other_domain(case: Case) -> Case:
    first, *rest = case.claim.domain.parameters
    domain = Domain((*rest, dataclasses.replace(first, low=7)))
    return with_claim(case, domain=domain)


@pytest.mark.parametrize(
    "change",
    [
        other_law,
        other_domain,
        lambda case: with_quantity(case, relation=Relation.AT_MOST),
        lambda case: with_quantity(case, mle=sp.Integer(1)),
    ],
)
def test_a_changed_claim_changes_its_fingerprint(change: Change) -> None:
    case = case_of(find("A02"))
    assert summary.law_fingerprint(change(case).claim) != summary.law_fingerprint(case.claim)


@pytest.mark.parametrize(
    "change",
    [
        fewer_mutants,
        lambda case: with_witness(case, route=Route.ENCLOSED),
        lambda case: with_witness(case, method="another"),
        lambda case: with_witness(case, margin=0.5),
        lambda case: with_witness(case, principles=frozenset({"B39"})),
        lambda case: with_witness(case, settings=(setting((1,), p=("1/2", "1/2"), M=2),)),
        lambda case: with_claim(case, derive=find("A01").derive),
        lambda case: dataclasses.replace(
            case, mutants=(Mutant("half", "diversity", sp.Rational(1, 2)),)
        ),
    ],
)
def test_changed_evidence_changes_its_fingerprint(change: Change) -> None:
    case = case_of(find("A02"))
    assert summary.evidence_fingerprint(change(case)) != summary.evidence_fingerprint(case)


def test_prose_may_change() -> None:
    case = case_of(find("A02"))
    other = with_quantity(with_claim(case, title="T", statement="S."), words="w", latex="l")
    assert summary.law_fingerprint(other.claim) == summary.law_fingerprint(case.claim)
    assert summary.evidence_fingerprint(other) == summary.evidence_fingerprint(case)


@pytest.fixture(scope="module")
def fingerprints() -> list[tuple[str, str]]:
    """The fingerprints of law and evidence, case by case."""
    return [(summary.law_fingerprint(c.claim), summary.evidence_fingerprint(c)) for c in CASES]


def test_fingerprints_are_the_same_in_every_process(fingerprints: list[tuple[str, str]]) -> None:
    program = (
        "from proofs.cases import CASES; from proofs.summary import *; "
        "print([(law_fingerprint(c.claim), evidence_fingerprint(c)) for c in CASES])"
    )
    shown = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True, text=True, check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(shown) == 1
    assert shown == {f"{fingerprints}\n"}


def test_fingerprints_tell_all_claims_apart(fingerprints: list[tuple[str, str]]) -> None:
    laws, evidence = map(set, zip(*fingerprints, strict=True))
    assert len(laws) == len(evidence) == len(CLAIMS)


# --- figures and table ---------------------------------------------------------------------------


def entry(**changes: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {"status": "settled", "expected": "settled", "routes": ["derived"]}
    return plain | {"limit": None, "slack": None} | changes


@pytest.mark.parametrize(
    ("figures", "text"),
    [
        ({}, "any (exact)"),
        ({"limit": 0.0123}, "1.2 %"),
        ({"slack": [1.0, 1.35]}, "bound: 1 to 1.35 times the value"),
        ({"limit": 0.5, "slack": [1.0, None]}, "50 %; bound: 1 to oo times the value"),
        (
            {"orders": [{"quantity": "c", "error": "error <= 1/M", "measured": [0.98, 1.02]}]},
            "c: error <= 1/M, measured: 0.98 to 1.02 times that order",
        ),
        (
            {"orders": [{"quantity": "c", "error": "error <= 1/M", "measured": None}]},
            "c: error <= 1/M",
        ),
        (
            {"counterexample": {"point": {"M": "2"}, "printed": 0.5, "true": None}},
            "fails at M = 2: printed 0.5, true oo",
        ),
    ],
)
def test_power_in_words(figures: dict[str, Any], text: str) -> None:
    assert summary.power(entry(**figures)) == text


def test_the_table_says_what_is_not_as_expected() -> None:
    claim: Claim = dataclasses.replace(find("A02"), title="a | b")
    text = summary.table([claim], {"A02": entry(status="refuted")})
    assert text.startswith("### Discrete\n")
    assert r"| a \| b |" in text
    assert "| refuted (expected: settled) |" in text
    assert "| unrecorded |" in summary.table([claim], {})


def test_the_table_names_what_holds_instead() -> None:
    found = {"point": {"M": "2"}, "printed": 0.5, "true": 0.25}
    failed = entry(status="refuted", expected="refuted", counterexample=found)
    row = summary.table([find("A17x")], {"A17x": failed}).splitlines()[-1]
    assert row.endswith("| fails at M = 2: printed 0.5, true 0.25 | refuted; see A17 |")
    passed = entry(status="stated", expected="refuted")
    row = summary.table([find("A17x")], {"A17x": passed}).splitlines()[-1]
    assert row.endswith("| stated (expected: refuted); see A17 |")


def test_orders_and_counterexamples_are_summed_up() -> None:
    for code in ("A10b", "A17x"):
        case = case_of(find(code))
        (finding,) = Court(quick=True).examine([case])
        found = summary.summarize(case, finding, {code: finding})
        assert json.loads(json.dumps(found)) == found
        if code == "A17x":
            example = {"quantity": "lost", "point": {"q": "1/2", "M": "2", "n": "1"}}
            assert found["counterexample"] == example | {"printed": 0.5, "true": 0.25}
            assert found["orders"] == []
        else:
            (order,) = found["orders"]
            assert order["measured"] == pytest.approx([1.04, 1.04], abs=0.01)
            assert found["slack"] == pytest.approx([1, 1.01], abs=0.01)
            assert found["counterexample"] is None


def test_the_summary_counts_what_the_court_found() -> None:
    case = case_of(find("A02"))
    court = Court(quick=True, effort=0.05)
    (finding,) = court.examine([case])
    found = summary.summarize(case, finding, {"A02": finding})
    assert found["steps"] == len(finding.steps)
    assert sum(found["comparisons"].values()) == len(finding.checks)
    sampled = [check.verdict.limit for check in finding.checks if check.verdict.share > 0]
    assert found["limit"] == pytest.approx(max(sampled), rel=0.01)
    assert found["slack"] is None
    assert json.loads(json.dumps(found)) == found


def test_bounds_are_summed_up_by_their_slack() -> None:
    case = case_of(find("A09"))
    (finding,) = Court(quick=True, effort=0.05).examine([case])
    found = summary.summarize(case, finding, {"A09": finding})
    checks = [check for check in finding.checks if check.verdict.share == 0]
    slacks = [check.verdict.slack for check in checks if check.verdict.slack is not None]
    assert min(slacks) >= 1
    assert found["slack"] == pytest.approx([min(slacks), max(slacks)], rel=0.01)
    assert found["limit"] is None
    assert all(check.verdict.outcome is Outcome.CONSISTENT for check in checks)


def test_witnesses_bring_nothing_that_a_fingerprint_cannot_hold() -> None:
    for case in CASES:
        for witness in case.witnesses:
            assert " at 0x" not in summary.canonical(witness)
        assert " at 0x" not in summary.canonical((case.claim.domain, case.claim.quantities))
