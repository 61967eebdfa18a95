"""Rows of the audit on later papers: every ruling by exact evidence alone, and when sabotaged."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics import running_text
from proofs.audit import running_text as text_rows
from proofs.audit.court import Audit, Judgement
from proofs.audit.later import ROWS
from proofs.audit.row import Row, Ruling, Seen, printed
from proofs.case import Witness, setting
from proofs.ledger import Run
from theory import symbols as s
from theory.claim import Relation
from theory.discrete.forgetting import SHARP
from theory.gaussian.multiplier import CRITICAL, LAM
from theory.gaussian.rate import RATE
from theory.gaussian.retraining import CONTRACTION

BY_ID = {row.id: row for row in ROWS}
CHANCES = st.fractions(Fraction(1, 20), Fraction(19, 20), max_denominator=20)
EQUALS, AT_MOST, AT_LEAST = Relation.EQUALS, Relation.AT_MOST, Relation.AT_LEAST


class ByExactEvidence(Audit):
    """An audit without samples, in which all claims are taken to be settled."""

    settled = True

    def witnesses(self, row: Row) -> list[tuple[str, Witness]]:
        """Return the exact experiments only."""
        return [(code, witness) for code, witness in super().witnesses(row) if not witness.samples]

    def holds(self, name: str) -> bool:
        """Return whether a row came out as true; of claims, what the test says."""
        return super().holds(name) if name in BY_ID else self.settled


@pytest.fixture(scope="module")
def audit() -> ByExactEvidence:
    return ByExactEvidence(Run(quick=True), ROWS)


def judged(audit: ByExactEvidence, row: Row, **changes: object) -> Judgement:
    """Return the judgement on a changed row, from what the audit has already seen."""
    return audit._judge(replace(row, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", BY_ID)
def test_ruling_by_exact_evidence(audit: ByExactEvidence, name: str) -> None:
    found = audit.judge(BY_ID[name])
    assert found.ruling is BY_ID[name].expected, found.reason
    if found.ruling is Ruling.REFUTED:
        counterexample = found.counterexample()
        assert counterexample is not None
        assert counterexample.independent


def test_what_nobody_printed_is_marked() -> None:
    nowhere = {name for name, row in BY_ID.items() if row.seen is Seen.NOWHERE}
    readings = {name for name in BY_ID if "-as-" in name}
    assert nowhere == readings | {"gerstgrasser-fresh-inputs"}
    assert len(readings) == 5
    assert all(
        row.printed.startswith("Read as") == (name in readings) for name, row in BY_ID.items()
    )
    assert all(BY_ID[name].reading.startswith("Not printed") for name in nowhere)


def test_no_text_is_said_to_have_been_read() -> None:
    assert len(BY_ID) == len(ROWS) > 15
    assert all(row.seen is not Seen.TEXT for row in ROWS)


@pytest.mark.parametrize(
    ("name", "relation", "law", "ruling"),
    [
        ("suresh-word", AT_LEAST, 1 - sp.exp(-2 * s.rate / s.k), Ruling.REFUTED),
        ("suresh-word", AT_LEAST, 1 - sp.exp(-s.rate / (s.k + 1)), Ruling.CONFIRMED),
        ("suresh-word-as-rate", EQUALS, SHARP, Ruling.EXACT),
        ("suresh-gaussian", AT_MOST, sp.exp(-2 * s.n) / s.epsilon, Ruling.REFUTED),
        ("suresh-gaussian-as-rate", EQUALS, RATE / 2, Ruling.EXACT),
        ("mad-mean", EQUALS, LAM ** (2 * s.n) * s.sigma**2, Ruling.REFUTED),
        ("mad-proposition", AT_LEAST, sp.Integer(2), Ruling.REFUTED),
        ("mad-proposition-as-threshold", EQUALS, CRITICAL, Ruling.EXACT),
        ("bertrand-gaussian", AT_MOST, s.trace_of_root * s.c4(s.M) ** (2 * s.n), Ruling.REFUTED),
        ("bertrand-stability", AT_MOST, sp.Rational(1, 4), Ruling.REFUTED),
        ("bertrand-stability-as-threshold", EQUALS, CONTRACTION, Ruling.EXACT),
        ("seddik-diversity", EQUALS, s.H0 * (1 - s.n / s.M), Ruling.REFUTED),
        ("he-golden-ratio", EQUALS, sp.Rational(3, 5), Ruling.REFUTED),
    ],
)
def test_another_law_gets_another_ruling(
    audit: ByExactEvidence, name: str, relation: Relation, law: sp.Expr, ruling: Ruling
) -> None:
    assert judged(audit, BY_ID[name], quantity=printed(relation, law)).ruling is ruling


def test_a_remainder_too_small_is_refuted(audit: ByExactEvidence) -> None:
    row = BY_ID["benati-mean"]
    assert row.quantity is not None
    assert row.quantity.order is not None
    small = replace(row.quantity, order=replace(row.quantity.order, size=sp.Integer(1)))
    assert judged(audit, row, quantity=small).ruling is Ruling.REFUTED


def test_nothing_is_refuted_before_its_correction_is_settled(
    audit: ByExactEvidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "settled", False)
    for name in ("mad-proposition-as-threshold", "mad-mean", "mad-effective-size"):
        found = judged(audit, BY_ID[name])
        assert found.ruling is (Ruling.CONFIRMED if name == "mad-mean" else Ruling.UNDECIDED)


def test_five_m_generations_by_the_product_law(audit: ByExactEvidence) -> None:
    checks = audit.judge(BY_ID["benati-law"]).against()
    (late,) = [check.verdict for check in checks if check.point["n"] == 2000]
    assert late.law == pytest.approx(0.0329, abs=5e-5)
    assert late.seen == pytest.approx(0.00999, abs=5e-6)


# --- running texts -------------------------------------------------------------------------------


def test_a_broken_enumeration_changes_the_ruling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sabotage: the ratio of the means instead of the mean of the ratio."""

    def ratio(*words: object) -> Fraction:
        followed, visited = running_text.mean_counts(*words)  # type: ignore[arg-type]
        return followed / visited

    fresh = ByExactEvidence(Run(quick=True), ROWS)
    assert fresh.judge(BY_ID["text-row-mean"]).ruling is Ruling.REFUTED
    monkeypatch.setattr(running_text, "fitted_chance", ratio)
    fresh = ByExactEvidence(Run(quick=True), ROWS)
    assert fresh.judge(BY_ID["text-row-mean"]).ruling is Ruling.CONFIRMED


@given(CHANCES, CHANCES, CHANCES)
def test_two_pairs_are_the_fewest_that_lie(
    chance: Fraction, back: Fraction, first: Fraction
) -> None:
    shares = {"p_ab": chance, "p_ba": back, "p_a": first}
    (one,) = text_rows.fitted(setting(L=2, **shares), None)  # type: ignore[arg-type]
    assert one.value == chance
    (two,) = text_rows.fitted(setting(L=3, **{**shares, "p_a": 1}), None)  # type: ignore[arg-type]
    assert two.value == chance + (1 - chance) * chance / 2


@settings(max_examples=25)
@given(st.lists(st.integers(1, 9), min_size=9, max_size=9), st.integers(2, 5))
def test_both_of_walds_identities_for_three_values(parts: list[int], length: int) -> None:
    rows = [
        tuple(Fraction(part, sum(parts[3 * a : 3 * a + 3])) for part in parts[3 * a : 3 * a + 3])
        for a in range(3)
    ]
    start = (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6))
    for a, b in ((0, 1), (2, 2)):
        chance = rows[a][b]
        followed, visited = running_text.mean_counts(start, rows, length, a, b)
        assert followed == chance * visited
        square = running_text.squared_excess(start, rows, length, a, b)
        assert square == chance * (1 - chance) * visited


def test_texts_are_refused() -> None:
    row = (Fraction(1, 2), Fraction(1, 2))
    with pytest.raises(ValueError, match="length = 1 lies outside length >= 2"):
        list(running_text.texts(row, (row, row), 1))
    with pytest.raises(ValueError, match="no law over 2 values"):
        list(running_text.texts(row, (row, (Fraction(1),)), 3))
    only_b = (Fraction(0), Fraction(1))
    with pytest.raises(ValueError, match="occurs in no text"):
        running_text.fitted_chance(only_b, (row, only_b), 3, 0, 1)
