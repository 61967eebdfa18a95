"""The ledger: statuses follow from evidence, the budget is split, wrong things turn red."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest
import sympy as sp

from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.cases import case_of
from proofs.commands.verify import exit_code
from proofs.ledger import Finding, Run, foundations, status
from proofs.screen import faults
from proofs.verdict import Enclosed, Exact, Outcome, Sampled
from theory import symbols as s
from theory.claim import Claim, Expected, Order, Relation
from theory.claims import CLAIMS, find
from theory.derivation import Citation, Derivation, Hypothesis, Premise

DECAY = find("A02")
PAIRS = find("B39")


def truth(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact diversity at M = 2 from 1/2, 1/2: it halves."""
    return [Exact(Fraction(1, 2) ** (n + 1)) for n in setting.generations]


def witness(principles: frozenset[str] = frozenset(), shift: Fraction = Fraction(0)) -> Witness:
    def observe(setting: Setting, bench: Bench) -> list[Exact]:
        return [Exact(seen.value + shift) for seen in truth(setting, bench)]

    settings = (setting((1, 2), p=("1/2", "1/2"), M=2),)
    return Witness(
        Route.ENUMERATED, "diversity", observe, settings, "by hand", principles=principles
    )


def judged(*witnesses: Witness, mutants: Sequence[Mutant] = (), claim: Claim = DECAY) -> Finding:
    return Run().judge(Case(claim, witnesses, tuple(mutants)))


@cache
def pairs_settled() -> Finding:
    """Return the finding on B39, on which A02 rests."""
    exact = tuple(w for w in case_of(PAIRS).witnesses if not w.samples)
    return Run(quick=True).judge(Case(PAIRS, exact, ()))


def outcome(finding: Finding, pairs: str = "settled") -> str:
    """Return the status of A02 when B39 came out as given."""
    below = pairs_settled()
    if pairs == "derived":
        below = replace(below, checks=())
    return status(DECAY, {"A02": finding, "B39": below})


def test_status_needs_independent_evidence_and_settled_foundations() -> None:
    assert outcome(judged(witness())) == "settled"
    assert outcome(judged(witness()), pairs="derived") == "confirmed"
    assert outcome(judged()) == "derived"
    assert outcome(judged(witness(principles=frozenset({"B39"})))) == "derived"
    assert outcome(judged(witness(shift=Fraction(1, 10**40)))) == "refuted"


def test_a_broken_derivation_is_not_derived() -> None:
    other = find("A01").derive
    finding = judged(witness(), claim=replace(DECAY, derive=other))
    assert not finding.derived
    assert outcome(finding) == "stated"


def test_undecided_evidence_leaves_the_claim_undecided() -> None:
    def vague(setting: Setting, bench: Bench) -> list[Sampled]:
        return [Sampled(0.25, 10, lambda alpha: (0.0, 1.0), "vague")]

    sampled = Witness(
        Route.MEASURED, "diversity", vague, (setting((1,), p=("1/2", "1/2"), M=2),), "", margin=0.1
    )
    finding = judged(witness(), sampled)
    assert Outcome.UNDECIDED in finding.outcomes()
    assert outcome(finding) == "undecided"


def test_mutants_are_refuted_or_survive() -> None:
    wrong = Mutant("M + 1 for M", "diversity", s.H0 * (1 - 1 / (s.M + 1)) ** s.n)
    same = Mutant("the law in disguise", "diversity", s.H0 * ((s.M - 1) / s.M) ** s.n)
    finding = judged(witness(), mutants=(wrong, same))
    assert finding.mutants[wrong.name] == (Route.ENUMERATED,)
    assert finding.survivors == (same.name,)


def test_budget_is_split_over_all_sampled_comparisons() -> None:
    case = case_of(DECAY)
    run = Run(false_alarm=1e-6, quick=True, effort=0.01)
    finding = next(run.examine([case]))
    shares = [check.verdict.share for check in finding.checks if check.verdict.share > 0]
    assert len(shares) == run.samples([case]) > 0
    assert sum(shares) == pytest.approx(1e-6)


def test_streams_differ_between_experiments_settings_and_keys() -> None:
    first = setting((1,), p=("1/2", "1/2"), M=2)
    others = [
        Run(key="a", code="A02").stream_key("x", first),
        Run(key="b", code="A02").stream_key("x", first),
        Run(key="a", code="A01").stream_key("x", first),
        Run(key="a", code="A02").stream_key("y", first),
        Run(key="a", code="A02").stream_key("x", setting((2,), p=("1/2", "1/2"), M=2)),
    ]
    assert len(set(others)) == len(others)


def test_same_verdicts_for_any_number_of_workers() -> None:
    case = case_of(DECAY)
    seen = [
        [check.verdict for check in Run(quick=True, effort=0.1, workers=workers).judge(case).checks]
        for workers in (1, 2, 4)
    ]
    assert seen[0] == seen[1] == seen[2]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.code)
def test_foundations_are_closed(claim: Claim) -> None:
    basis = foundations(claim)
    assert claim.code in basis
    for code in basis:
        assert foundations(find(code)) <= basis


# --- statements that fail, and what rests on others ----------------------------------------------

PRINTED = replace(
    DECAY,
    quantities=(replace(DECAY.quantity("diversity"), law=s.H0 / 3, mle=None),),
    derive=lambda: Derivation((Premise("printed", "As printed."),), ()),
    expected=Expected.REFUTED,
    replaced_by="A02",
)


def verdict(finding: Finding) -> tuple[str, int]:
    """Return the status and the exit code of a run with this one finding."""
    findings = {finding.claim.code: finding}
    return status(finding.claim, findings), exit_code(findings, complete=True)


def test_a_statement_that_fails_is_refuted_as_expected() -> None:
    finding = judged(witness(), claim=PRINTED)
    assert verdict(finding) == ("refuted", 0)
    assert finding.routes() == (Route.ENUMERATED,)
    found = finding.counterexample()
    assert found is not None
    assert found.point["n"] == Fraction(1)
    assert (found.verdict.law, found.verdict.seen) == (1 / 6, 1 / 4)
    assert not faults(finding)


def test_a_printed_error_that_suddenly_passes_is_an_alarm() -> None:
    passes = replace(PRINTED, quantities=DECAY.quantities)
    finding = judged(witness(), claim=passes)
    assert finding.counterexample() is None
    assert verdict(finding) == ("stated", 1)
    assert faults(finding) == ["no exact evidence refutes it, as it should"]


def test_only_independent_exact_evidence_is_a_counterexample() -> None:
    granted = replace(PRINTED, derive=DECAY.derive)  # rests on B39
    assert judged(witness(frozenset({"B39"})), claim=granted).counterexample() is None
    assert judged(witness(), claim=granted).counterexample() is not None


def test_a_claim_that_holds_must_not_be_refuted() -> None:
    assert verdict(judged(witness(shift=Fraction(1, 10**40))))[1] == 1


def test_who_is_replaced_was_refuted() -> None:
    with pytest.raises(ValueError, match=r"replaced_by = '' does not go with .* 'refuted'"):
        replace(PRINTED, replaced_by="")
    with pytest.raises(ValueError, match=r"replaced_by = 'A02' does not go with .* 'settled'"):
        replace(DECAY, replaced_by="A02")


@pytest.mark.parametrize(
    ("below", "state"),
    [("settled", "settled"), ("asymptotic", "confirmed to order and range"), ("refuted", "stated")],
)
def test_a_claim_is_as_strong_as_what_it_rests_on(below: str, state: str) -> None:
    pairs = pairs_settled()
    if below == "asymptotic":
        orders = tuple(
            replace(quantity, relation=Relation.TENDS_TO, order=Order(s.M, 1 / s.M, 1, False))
            for quantity in PAIRS.quantities
        )
        pairs = replace(pairs, claim=replace(PAIRS, quantities=orders))
    if below == "refuted":
        bad = replace(pairs.checks[0].verdict, outcome=Outcome.REFUTED)
        pairs = replace(pairs, checks=(replace(pairs.checks[0], verdict=bad),))
    assert status(DECAY, {"A02": judged(witness()), "B39": pairs}) == state


def test_a_mutant_is_refuted_by_independent_evidence_only() -> None:
    wrong = Mutant("M + 1 for M", "diversity", s.H0 * (1 - 1 / (s.M + 1)) ** s.n)
    granted = judged(witness(frozenset({"B39"})), mutants=(wrong,))
    assert granted.survivors == (wrong.name,)
    assert verdict(granted)[1] == 1
    assert not judged(witness(), mutants=(wrong,)).survivors


def test_a_claim_with_vacuous_checks_only_is_not_confirmed() -> None:
    def vague(setting: Setting, bench: Bench) -> list[Enclosed]:
        return [Enclosed(Fraction(0), Fraction(1)) for _ in setting.generations]

    empty = replace(witness(), route=Route.ENCLOSED, observe=vague)
    finding = judged(empty)
    assert finding.outcomes() == {Outcome.CONSISTENT}
    assert all(check.verdict.vacuous for check in finding.checks)
    assert finding.routes() == (Route.DERIVED,)
    assert outcome(finding) == "derived"
    assert outcome(judged(empty, witness())) == "settled"
    assert any(line.startswith("vacuous: enclosed") for line in faults(finding))


# --- bounds must be sharp somewhere --------------------------------------------------------------


def with_bound(law: sp.Expr, slack: Fraction | int) -> Claim:
    """Return A02 with its law as an upper bound; the truth at M = 2 is 1/4, then 1/8."""
    bound = replace(
        DECAY.quantity("diversity"), relation=Relation.AT_MOST, law=law, mle=None, slack=slack
    )

    def derive() -> Derivation:
        shown = Hypothesis("it is assumed", "a bound")
        step = Citation("bound", "", "none", "none", (shown,), law, ("diversity",), ("B39",))
        return Derivation((Premise("a bound", "As it is."),), (step,))

    return replace(DECAY, quantities=(bound,), derive=derive)


HALVED = s.H0 * (1 - 1 / s.M) ** s.n


@pytest.mark.parametrize(
    ("law", "slack", "state"),
    [
        (HALVED, 1, "settled"),
        (HALVED * sp.Rational(101, 100), 1, "derived"),
        (HALVED * sp.Rational(101, 100), Fraction(102, 100), "settled"),
        (HALVED * sp.Rational(99, 100), Fraction(102, 100), "refuted"),
        (s.H0 / 2, 1, "settled"),  # attained at n = 1 alone
        (s.H0, Fraction(3, 2), "derived"),
    ],
)
def test_a_bound_must_be_as_sharp_as_it_says(
    law: sp.Expr, slack: Fraction | int, state: str
) -> None:
    finding = judged(witness(), claim=with_bound(law, slack))
    assert outcome(finding) == state
    loose = [line for line in faults(finding) if line.startswith("bound 'diversity' is loose")]
    assert bool(loose) == (state == "derived")


def test_a_looser_bound_is_a_mutant_that_is_refuted() -> None:
    looser = Mutant("twice the bound", "diversity", 2 * HALVED)
    finding = judged(witness(), claim=with_bound(HALVED, 1), mutants=(looser,))
    assert finding.mutants[looser.name] == (Route.ENUMERATED,)
    granted = witness(frozenset({"B39"}))
    finding = judged(granted, claim=with_bound(HALVED, 1), mutants=(looser,))
    assert finding.survivors == (looser.name,)


def test_a_sample_does_not_make_a_bound_sharp() -> None:
    def narrow(value: float) -> Sampled:
        return Sampled(value, 10, lambda alpha: (0.9 * value, value), "narrow")

    def near(setting: Setting, bench: Bench) -> list[Sampled]:
        return [narrow(0.25), narrow(0.125)]

    sampled = replace(witness(), route=Route.MEASURED, observe=near, margin=0.1)
    finding = judged(sampled, claim=with_bound(HALVED, 1))
    assert finding.outcomes() == {Outcome.CONSISTENT}
    assert [quantity.name for quantity in finding.loose()] == ["diversity"]


def test_a_slack_belongs_to_a_bound() -> None:
    with pytest.raises(ValueError, match="slack = 2 lies outside slack >= 1 of a bound"):
        replace(DECAY.quantity("diversity"), slack=2)
    with pytest.raises(ValueError, match="slack = 1/2 lies outside slack >= 1 of a bound"):
        replace(find("A09").quantity("tail"), slack=Fraction(1, 2))
