"""`collapse list` and `collapse show`: nothing is left out, and every line fits a terminal."""

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from proofs import summary
from proofs.cases import case_of
from theory.claim import Claim
from theory.claims import CLAIMS, find
from theory.derivation import Citation

Run = Callable[..., tuple[int, str, str]]
each_claim = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.code)


@pytest.fixture
def collapse(collapse: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return the function that runs the command, on a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    return collapse


@pytest.fixture
def no_record(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return where a record may be put; there is none at first."""
    path = tmp_path / "record.json"
    monkeypatch.setattr(summary, "RECORD", path)
    return path


@pytest.fixture(scope="module")
def pages() -> dict[str, Any]:
    """What `collapse show CODE --json -` printed, by code, for the tests that leave it as it is."""
    return {}


@pytest.fixture
def page(collapse: Run, pages: dict[str, Any]) -> Callable[[str], Any]:
    """Return a function that returns what `collapse show CODE --json -` prints."""

    def shown(code: str) -> Any:
        if code not in pages:
            pages[code] = json.loads(collapse("show", code, "--json", "-")[1])
        return pages[code]

    return shown


def test_list_holds_every_claim_within_80_columns(collapse: Run) -> None:
    code, out, err = collapse("list")
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    heads = [line.split() for line in out.splitlines() if not line.startswith(" ")]
    assert heads == [[claim.code, claim.id] for claim in CLAIMS]
    flat = " ".join(out.split())
    for claim in CLAIMS:
        assert claim.title in flat
        assert claim.sources[0].text() in flat


def test_list_by_pattern(collapse: Run) -> None:
    _, out, _ = collapse("list", "gaussian", "--json", "-")
    assert {record["code"][0] for record in json.loads(out)} == {"B"}
    _, out, _ = collapse("list", "a02", "--json", "-")
    (record,) = json.loads(out)
    names = {"code", "id", "title", "expected", "status", "routes", "source"}
    assert set(record) == names | {"replaced_by", "counterexample"}
    assert record["expected"] == "settled"
    assert record["replaced_by"] is record["counterexample"] is None


def test_a_statement_that_fails_says_where_and_what_holds(no_record: Path, collapse: Run) -> None:
    assert "unrecorded (expected: refuted; see A17)" in collapse("show", "A17x")[1]
    entry = {
        "code": "A17x",
        "status": "refuted",
        "routes": ["enumerated"],
        "counterexample": {"point": {"q": "1/2", "n": "1"}, "printed": 0.5, "true": 0.25},
        "fingerprint": {"law": summary.law_fingerprint(find("A17x")), "evidence": ""},
    }
    no_record.write_text(json.dumps({"claims": [entry]}))
    for name in ("list", "show"):
        flat = " ".join(collapse(name, "A17x")[1].split())
        assert "refuted (expected: refuted; see A17): enumerated" in flat
        assert "fails at q = 1/2, n = 1: printed 0.5, true 0.25" in flat


def test_an_order_is_shown_below_its_law(collapse: Run) -> None:
    assert "error <= 3 * H0*log(M)/M, as M grows" in collapse("show", "A10b")[1]


@pytest.mark.parametrize("words", [("list", "A99"), ("show", "A99")])
def test_unknown_names_get_the_nearest(words: tuple[str, ...], collapse: Run) -> None:
    code, out, err = collapse(*words)
    assert (code, out) == (2, "")
    assert err.startswith("collapse: unknown claim 'A99'; nearest: ")
    assert len(err.splitlines()) == 1


def test_status_comes_from_the_record_and_ages_with_the_law(
    no_record: Path, collapse: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def status() -> tuple[str, list[str]]:
        (record,) = json.loads(collapse("list", "A02", "--json", "-")[1])
        return record["status"], record["routes"]

    assert status() == ("unrecorded", [])
    entry = {
        "code": "A02",
        "status": "settled",
        "routes": ["derived", "measured"],
        "fingerprint": {"law": summary.law_fingerprint(find("A02")), "evidence": ""},
    }
    no_record.write_text(json.dumps({"claims": [entry]}))
    assert status() == ("settled", ["derived", "measured"])
    monkeypatch.setattr(summary, "law_fingerprint", lambda claim: "another law")
    assert status() == ("stale", [])
    no_record.write_text("{")
    code, out, err = collapse("list", "A02")
    assert (code, out) == (2, "")
    assert err.startswith("collapse: record.json is not a record of claims")


@each_claim
def test_show_leaves_nothing_out(claim: Claim, collapse: Run) -> None:
    code, out, err = collapse("show", claim.id)
    assert (code, err) == (0, "")
    flat = " ".join(out.split())
    assert claim.statement in flat
    for quantity in claim.quantities:
        assert quantity.words in flat
        for law in quantity.laws().values():
            assert str(law) in out
    for parameter in claim.domain.parameters:
        assert parameter.meaning in flat
    for premise in claim.derivation().premises:
        assert premise.text in flat
    for step in claim.derivation().steps:
        assert step.text in flat
        if isinstance(step, Citation):
            assert step.theorem in flat
            assert all(hypothesis.text in flat for hypothesis in step.hypotheses)
    case = case_of(claim)
    assert all(witness.method in flat for witness in case.witnesses)
    assert all(mutant.name in flat for mutant in case.mutants)
    assert "nan" not in out.split()


@each_claim
def test_show_as_json_agrees_with_the_claim(claim: Claim, page: Callable[[str], Any]) -> None:
    record = page(claim.code)
    assert record["code"] == claim.code
    assert [quantity["name"] for quantity in record["quantities"]] == [
        quantity.name for quantity in claim.quantities
    ]
    assert list(record["rests_on"]) == list(claim.uses())
    for code in record["rested_on_by"]:
        assert claim.code in find(code).uses()
    for code in claim.uses():
        assert claim.code in page(code)["rested_on_by"]
    case = case_of(claim)
    assert [each["comparisons"] for each in record["evidence"]["witnesses"]] == [
        sum(len(setting.points()) for setting in witness.settings) for witness in case.witnesses
    ]


@each_claim
def test_the_example_can_be_copied(claim: Claim, collapse: Run, page: Callable[[str], Any]) -> None:
    for quantity in page(claim.code)["quantities"]:
        name, *words = shlex.split(quantity["example"])
        assert name == "collapse"
        code, out, err = collapse(*words, "--json", "-")
        assert (code, err) == (0, "")
        assert json.loads(out)["quantity"] == quantity["name"]


def test_prose_is_wrapped_to_a_narrow_terminal(
    collapse: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    out = collapse("list")[1]
    assert max(map(len, out.splitlines())) <= 50
