"""The ledger: statuses follow from evidence, the budget is split, wrong things turn red."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest

from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.cases import case_of
from proofs.ledger import Finding, Run, foundations, status
from proofs.verdict import Exact, Outcome, Sampled
from theory import symbols as s
from theory.claim import Claim
from theory.claims import CLAIMS, find

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


def outcome(finding: Finding, pairs: str = "settled") -> str:
    """Return the status of A02 when B39, on which it rests, came out as given."""
    below = Run(quick=True).judge(
        Case(PAIRS, tuple(w for w in case_of(PAIRS).witnesses if not w.samples), ())
    )
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
