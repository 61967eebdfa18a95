"""Rulings of the audit: other laws, other evidence or another schedule change them."""

import dataclasses
from fractions import Fraction

import pytest
import sympy as sp
from flint import arb, fmpq

from proofs.audit import chains, expansions, figures, growing, page
from proofs.audit.court import Audit, height, same_law, standard_errors
from proofs.audit.range import error, reaches
from proofs.audit.row import NO_POINTS, Range, Row, Ruling, Seen, named, printed
from proofs.audit.rows import ROWS
from proofs.case import Bench, Route, Setting, setting
from proofs.discrete import schedules
from proofs.ledger import Run as Court
from proofs.verdict import Exact
from tests.audit_rows import BY_ID, alone, judge, with_law
from theory import symbols as s
from theory.claim import Relation
from theory.gaussian.risk_spread import LEADING, REMAINDER


def test_equation_5_is_refuted_by_more_than_fifty_standard_errors() -> None:
    found = judge(alone("eq-05"), effort=0.3)
    assert found.ruling is Ruling.REFUTED
    far = found.farthest()
    assert far is not None
    assert far.route is Route.MEASURED
    assert standard_errors(far) >= 50
    example = found.counterexample()
    assert example is not None
    assert example.verdict.share == 0
    assert height(example.point) == min(height(check.point) for check in found.against())


def test_the_corrected_law_in_place_of_equation_5_is_not_refuted() -> None:
    quantity = printed(Relation.TENDS_TO, LEADING, order=REMAINDER)
    found = judge(alone("eq-05", quantity=quantity, witnesses=()))
    assert found.ruling is Ruling.ORDER
    assert found.counterexample() is None


@pytest.mark.parametrize(
    ("name", "law", "ruling"),
    [
        ("app-a.2-wording", sp.Rational(1, 4), Ruling.CONFIRMED),
        ("fig-12-estimate", sp.Integer(0), Ruling.CONFIRMED),
        ("fig-12-absolute", sp.Rational(3, 2), Ruling.REFUTED),
        ("fig-04-caption", sp.Integer(4), Ruling.CONFIRMED),
        ("fig-04-reversed", sp.Rational(99, 1000), Ruling.REFUTED),
        ("fig-03", s.N / s.M, Ruling.UNDECIDED),  # its condition is no longer needed
        ("fig-03", s.M + 1, Ruling.REFUTED),
        ("app-a.1-limit", sp.Rational(1, 2), Ruling.REFUTED),
        ("app-a.2-bound", 2 / s.M, Ruling.REFUTED),
        ("eq-01", s.sigma, Ruling.REFUTED),
        ("eq-03", 3 * s.sigma**4, Ruling.REFUTED),
        ("sec-4.2-superlinear-sufficient", sp.Rational(7, 10), Ruling.CONFIRMED),
        ("sec-4.2-superlinear-growth", sp.log(growing.POWER) + 1, Ruling.REFUTED),
        ("sec-4.2-superlinear-categories", sp.Rational(2, 5), Ruling.CONFIRMED),
        ("sec-4.2-superlinear-necessary", sp.Symbol("j"), Ruling.REFUTED),
        ("sec-4.2-superlinear-necessary", sp.Integer(0), Ruling.UNDECIDED),  # nothing fails
    ],
)
def test_another_law_is_ruled_otherwise(name: str, law: sp.Expr, ruling: Ruling) -> None:
    assert judge(alone(name)).ruling is BY_ID[name].expected
    assert judge(with_law(name, law)).ruling is ruling


def test_nothing_stands_in_for_what_is_not_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = [BY_ID[f"sec-4.2-superlinear-{name}"] for name in ("sufficient", "growth")]
    court = Audit(Court(quick=True), pair)
    instead = page.entry(court, court.judge(pair[0]))["instead"]
    assert instead["status"] == Ruling.CONFIRMED.value
    monkeypatch.setattr(schedules, "size_at", lambda place: place ** arb("1.3"))
    court = Audit(Court(quick=True), pair)
    assert page.entry(court, court.judge(pair[0]))["instead"] is None


@pytest.mark.parametrize("power", ["1.3", "1.15"])
def test_a_summable_schedule_is_told_from_one_that_is_not(
    power: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedules, "size_at", lambda place: place ** arb(power))
    rulings = {"sufficient": "CONFIRMED", "growth": "REFUTED", "categories": "CONFIRMED"}
    for name, ruling in rulings.items():
        assert judge(alone(f"sec-4.2-superlinear-{name}")).ruling is Ruling[ruling]


def test_a_sum_over_blocks_encloses_the_sum_over_places() -> None:
    exact = sum(1 / size for size in schedules.superlinear(2**9 - 2))
    (seen,) = growing.enclose_long_drift(setting(k=9), Court())
    assert seen.low <= exact <= seen.high
    assert seen.high - seen.low < exact / 100


def test_sizes_that_are_no_more_than_linear_are_counted() -> None:
    assert growing.touches([2, 4, 6, 8, 10, 12], 2) == 3  # at 1, 2 and 4
    assert growing.touches([9, 9, 9, 9], 2) == 0
    assert [i for i in range(1, 70) if growing.is_power_of_four(i)] == [1, 4, 16, 64]
    found = judge(BY_ID["sec-4.2-superlinear-necessary"])
    assert {check.point["falls"] for check in found.inside} == {0}
    assert all(check.point["falls"] for check in found.against())


def test_evidence_that_rests_on_what_is_not_settled_rules_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    court = Audit(Court(quick=True), [alone("sec-4.2-superlinear-sufficient")])
    assert "B10" in court.cases
    court.findings["A02"] = None  # type: ignore[assignment]
    monkeypatch.setattr(court, "holds", lambda name: name != "B10")
    found = court.judge(court.rows[0])
    assert found.ruling is Ruling.UNDECIDED
    assert found.reason == "the evidence rests on B10, which is not settled"


def test_the_limit_of_equation_4_lies_within_all_that_is_computed() -> None:
    row = BY_ID["sec-4.2-hundred"]
    assert row.range is not None
    found = [reach.share for reach in reaches(row, row.range) if reach.share is not None]
    assert len(found) == len(row.range.places)
    assert found == sorted(found, reverse=True)
    assert min(found) > float(expansions.SAFE)


def test_printed_figures_that_are_off_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "MEAN", Fraction(26, 10**5))
    assert judge(alone("fig-12-absolute")).ruling is Ruling.REFUTED


def test_rows_of_a_chain_sum_to_1() -> None:
    two = chains.resampling(2)
    assert [two[1, j] for j in range(3)] == [fmpq(1, 4), fmpq(1, 2), fmpq(1, 4)]
    assert two[0, 0] == two[2, 2] == fmpq(1)
    assert two.nrows() == 3
    with pytest.raises(ArithmeticError, match=r"row 0 = .* lies outside laws over 2 states"):
        chains.stochastic([[fmpq(1, 2), fmpq(1, 3)], [fmpq(0), fmpq(1)]])


def test_nothing_is_both_confronted_and_not() -> None:
    with pytest.raises(ValueError, match="evidence confronts it, or nothing does"):
        dataclasses.replace(BY_ID["process"], unconfronted="not at hand")


#: Refuted, or true with conditions, by exact evidence that costs little.
CHEAP = [
    row.id
    for row in ROWS
    if row.expected in (Ruling.REFUTED, Ruling.CONDITIONS)
    and row.witnesses
    and not row.against
    and not any(witness.samples for witness in row.witnesses)
]


@pytest.mark.parametrize("name", CHEAP)
def test_a_counterexample_is_the_one_on_record(name: str) -> None:
    example = judge(alone(name)).counterexample()
    assert example is not None
    assert page.confronted(example) == page.load()[name]["counterexample"]


def test_another_counterexample_is_noticed() -> None:
    record = page.load()
    now = record["fig-03"]
    other = {**now, "counterexample": {**now["counterexample"], "true": 3.0}}
    assert page.moved([now], record) == []
    (line,) = page.moved([other], record)
    assert line.startswith("fig-03: counterexample M = 2, N = 2: printed 2, true 3; on record: ")
    assert page.moved([{**other, "fingerprint": "changed"}], record) == []


def test_a_wrong_order_is_refuted() -> None:
    row = BY_ID["app-a.2-bound"]
    assert row.quantity is not None
    assert row.quantity.order is not None
    order = dataclasses.replace(row.quantity.order, size=1 / s.M)
    wrong = dataclasses.replace(row.quantity, order=order)
    assert judge(dataclasses.replace(row, quantity=wrong)).ruling is Ruling.REFUTED


def test_nothing_is_refuted_while_its_correction_is_not_settled() -> None:
    found = judge(BY_ID["code-divisor"])
    assert found.ruling is Ruling.UNDECIDED
    assert found.reason == "refuted, but B12 is not settled either"


def test_no_evidence_is_undecided() -> None:
    quantity = printed(Relation.EQUALS, sp.Integer(1))
    row = Row("x", "r", "p", Seen.TEXT, Ruling.EXACT, quantity, NO_POINTS)
    assert judge(row).ruling is Ruling.UNDECIDED
    assert judge(Row("y", "r", "p", Seen.TEXT, Ruling.EXACT)).ruling is Ruling.UNDECIDED


def test_exact_needs_a_settled_claim_with_the_same_law() -> None:
    row = BY_ID["sec-4.1-delta"]
    court = Audit(Court(quick=True, effort=0.3), [row])
    assert court.judge(row).ruling is Ruling.CONFIRMED  # A05 is not judged yet
    court.judgements.clear()
    list(court.judge_claims())
    found = court.judge(row)
    assert (found.ruling, found.backing) == (Ruling.EXACT, "A05")
    claim, quantity = named("A05:absorption")
    assert same_law(row, claim, quantity)
    other = with_law(row.id, s.p[s.i] ** 2)
    assert not same_law(other, claim, quantity)
    assert not same_law(row, *named("A05:certainty"))


def test_a_definition_needs_settled_claims() -> None:
    assert judge(BY_ID["process"]).reason == "A25:distance is not settled"


def test_a_range_ends_where_the_error_passes_its_level() -> None:
    row = BY_ID["eq-04"]
    span = Range("B11:risk", ({"M": Fraction(40)},))
    claim, quantity = named(span.law)
    own = row.claim(quantity.name)
    for reach in reaches(row, span):
        assert reach.last
        here, next_ = (
            error(own, claim, quantity, {"M": Fraction(40), "n": Fraction(n)})
            for n in (reach.last, reach.last + 1)
        )
        assert here <= reach.level < next_
        assert reach.share == reach.last / 40


def test_an_observation_is_made_once() -> None:
    from proofs.audit.court import Remembered

    calls = []

    def observe(setting: Setting, bench: Bench) -> list[Exact]:
        calls.append(setting)
        return []

    seen = Remembered(observe)
    one, other = setting((1,), M=2), setting((1,), M=3)
    bench = Court()
    for each in (one, other, one):
        seen(each, bench)
    assert calls == [one, other]
