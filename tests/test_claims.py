"""What every claim and every case must bring along. Generated from the claims: none is left out."""

import re
from collections.abc import Sequence
from functools import cache
from itertools import combinations

import pytest
import sympy as sp

from proofs import ledger
from proofs.case import Case, Route
from proofs.cases import CASES
from proofs.comparison import Check
from proofs.derived import POINTS, check
from proofs.ledger import Run, foundations, status
from proofs.points import points
from theory.claim import Claim, Expected, needed
from theory.claims import CLAIMS, find, matching
from theory.derivation import Identity, Induction, Inequality
from theory.errors import DomainError

DISCRETE = ("A01", "A02", "A05", "A08", "A09", "A10", "A16", "A17")
GAUSSIAN = ("B01", "B02", "B03", "B04", "B09", "B10", "B11", "B39", "B43", "B44")
THREE_ROUTES = ("A02", "A05", "A10", "B03", "B43")
CODES = frozenset(claim.code for claim in CLAIMS)

#: What the court finds on the steps of a claim, once a process: it depends on nothing else.
steps_of = cache(check)


@pytest.fixture(autouse=True)
def steps_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The court in here looks them up too."""
    monkeypatch.setattr(ledger, "check", steps_of)


each_claim = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.code)
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.claim.code)


def test_the_foundation_is_there() -> None:
    assert {*DISCRETE, *GAUSSIAN} <= CODES


def test_codes_and_ids_are_unique() -> None:
    assert len(CODES) == len(CLAIMS) == len({claim.id for claim in CLAIMS})


def test_every_claim_has_one_case_in_the_same_order() -> None:
    assert [case.claim.code for case in CASES] == [claim.code for claim in CLAIMS]


@each_claim
def test_claim_is_complete(claim: Claim) -> None:
    assert re.fullmatch(r"[A-F]\d\d[a-w]?(x[a-z0-9]?)?", claim.code)
    assert re.fullmatch(r"[a-z]+\.[a-z0-9]+(-[a-z0-9]+)*", claim.id)
    assert claim.title
    assert claim.statement.endswith(".")
    assert claim.sources
    for quantity in claim.quantities:
        assert quantity.words
        assert quantity.latex
        for law in quantity.laws().values():
            assert sp.latex(law)


@each_claim
def test_every_symbol_of_a_law_is_a_parameter(claim: Claim) -> None:
    known = {"M", "K"} | {parameter.name for parameter in claim.domain.parameters}
    known |= {str(parameter.symbol) for parameter in claim.domain.parameters}
    for quantity in claim.quantities:
        for law in quantity.laws().values():
            assert {str(symbol) for symbol in needed(law)} <= known


@each_claim
def test_symbols_of_an_order_are_parameters(claim: Claim) -> None:
    known = {str(parameter.symbol) for parameter in claim.domain.parameters} | {"M", "K"}
    for quantity in claim.quantities:
        if quantity.order is not None:
            assert {str(symbol) for symbol in needed(quantity.order.size)} <= known
            assert quantity.order.variable.name in known


@each_claim
def test_only_what_is_approached_is_expected_to_order_and_range(claim: Claim) -> None:
    if claim.expected is Expected.REFUTED:
        return
    below = {find(code).expected for code in claim.uses()}
    asymptotic = any(quantity.order for quantity in claim.quantities)
    asymptotic = asymptotic or Expected.ORDER_AND_RANGE in below
    assert (claim.expected is Expected.ORDER_AND_RANGE) == asymptotic


@each_claim
def test_a_statement_that_fails_names_one_that_holds(claim: Claim) -> None:
    """Its code is that one's with an x; nothing rests on it, and it rests on nothing."""
    failing = claim.expected is Expected.REFUTED
    assert failing == ("x" in claim.code) == claim.title.startswith("As printed: ")
    if failing:
        assert claim.code.split("x")[0] == claim.replaced_by
        assert find(claim.replaced_by).expected is not Expected.REFUTED
        assert claim.derivation().premises
        assert not claim.derivation().steps
    assert all(find(code).expected is not Expected.REFUTED for code in claim.uses())


@each_claim
def test_domain_is_inhabited(claim: Claim) -> None:
    assert len(list(points(claim.domain, 5, claim.id))) == 5


@each_claim
def test_derivation_holds_and_concludes_every_law(claim: Claim) -> None:
    faults = [f"{step.name}: {step.fault}" for step in steps_of(claim, CODES) if step.fault]
    assert not faults, "\n".join(faults)


@each_claim
def test_every_computed_step_is_tried_at_all_points(claim: Claim) -> None:
    """An induction is tried twice; the second time not before its first generation."""
    reports = {report.name: report for report in steps_of(claim, CODES)}
    for step in claim.derivation().steps:
        checked = reports[step.name].checked
        if isinstance(step, Identity | Inequality):
            assert checked == POINTS, step.name
        elif isinstance(step, Induction):
            assert checked == 2 * POINTS if step.first == 0 else checked > POINTS, step.name


@each_claim
def test_claims_rest_only_on_earlier_ones(claim: Claim) -> None:
    earlier = {other.code for other in CLAIMS[: CLAIMS.index(claim)]}
    assert set(claim.uses()) <= earlier


@each_case
def test_case_has_enough_independent_routes(case: Case) -> None:
    basis = foundations(case.claim)
    routes = {witness.route for witness in case.witnesses if not witness.principles & basis}
    if case.claim.expected is Expected.REFUTED:
        assert routes & {Route.ENUMERATED, Route.ENCLOSED}
        return
    routes |= {Route.DERIVED}
    assert len(routes) >= (3 if case.claim.code in THREE_ROUTES else 2)


@each_case
def test_every_quantity_has_a_witness_and_a_mutant(case: Case) -> None:
    names = {quantity.name for quantity in case.claim.quantities}
    assert {witness.quantity for witness in case.witnesses} == names
    if case.claim.expected is not Expected.REFUTED:
        assert {mutant.quantity for mutant in case.mutants} == names


@each_case
def test_mutants_differ_from_the_law_and_each_other(case: Case) -> None:
    assert len({mutant.name for mutant in case.mutants}) == len(case.mutants)
    for mutant in case.mutants:
        same = mutant.laws() == case.claim.quantity(mutant.quantity).laws()
        order = case.claim.quantity(mutant.quantity).order
        assert not same or mutant.order not in (None, order)
    for one, other in combinations(case.mutants, 2):
        assert (one.quantity, one.laws(), one.order) != (other.quantity, other.laws(), other.order)


@each_case
def test_settings_lie_in_the_domain(case: Case) -> None:
    for witness in case.witnesses:
        assert 1 <= witness.quick <= len(witness.settings)
        for setting in witness.settings:
            for point in setting.points():
                case.claim.domain.check(case.claim.id, point)


@each_case
def test_outcome_is_the_expected_one_on_the_quick_grid(case: Case) -> None:
    """Exact routes only; `collapse verify` adds the sampled ones."""
    failing = case.claim.expected is Expected.REFUTED
    exact = Case(
        case.claim,
        tuple(witness for witness in case.witnesses if not witness.samples),
        (),
    )
    finding = Run(quick=True).judge(exact)
    state = status(case.claim, {case.claim.code: finding})
    assert (state == "refuted") if failing else state not in ("refuted", "undecided", "stated")
    check_ladders(case, finding.checks)


def check_ladders(case: Case, checks: Sequence[Check]) -> None:
    """An order that is claimed is measured, on the quick grid too."""
    wanted = {
        quantity.name
        for quantity in case.claim.quantities
        if quantity.order is not None and quantity.order.exact_order
    }
    assert {check.quantity for check in checks if check.rungs and check.independent} == wanted


@each_case
def test_the_counterexample_is_among_the_first(case: Case) -> None:
    """A statement that fails is refuted by exact evidence on the quick grid, at a small point."""
    if case.claim.expected is Expected.REFUTED:
        finding = Run(quick=True).judge(case)
        found = finding.counterexample()
        assert found is not None
        assert not found.verdict.share


def test_find_names_the_nearest() -> None:
    assert find("a02") is find("discrete.diversity-decay")
    with pytest.raises(DomainError, match=r"unknown claim 'discrete.diversity'.*diversity-decay"):
        find("discrete.diversity")
    assert {claim.code[0] for claim in matching("gaussian")} == {"B"}
    assert matching("A0*") == tuple(claim for claim in CLAIMS if claim.code.startswith("A0"))
