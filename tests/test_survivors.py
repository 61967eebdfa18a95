"""Surviving categories: bounds, other claims, and the length of a text."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx
from hypothesis import given

from numerics import discrete
from numerics.chain import lineage_powers
from proofs.discrete.survivors import EXPECTED_SURVIVORS_CASE, _ceiling
from proofs.inputs import read_counts
from proofs.ledger import Run, status
from tests.strategies import points_of
from theory import forward, repeats
from theory.claim import Claim
from theory.claims import find
from theory.domain import Value
from theory.evaluate import ball, exact, fraction
from theory.lineages import lineage_power_ball

Point = Mapping[str, Value]
SURVIVORS, COLLAPSED, LOST = map(find, ("A15", "A14", "A16"))


def value(claim: Claim, point: Point, name: str | None = None, **changed: Value) -> Fraction:
    known = {parameter.name for parameter in claim.domain.parameters}
    here = {key: entry for key, entry in {**point, **changed}.items() if key in known}
    return fraction(exact(*claim.law_at(claim.quantity(name), here)))


def law_of(point: Point) -> tuple[Fraction, ...]:
    law = point["p"]
    assert isinstance(law, tuple)
    return law


@given(point=points_of(SURVIVORS.domain, spread=25))
def test_survivors_fall_towards_one(point: Point) -> None:
    law, n, size = law_of(point), point["n"], point["M"]
    assert isinstance(n, Fraction)
    assert isinstance(size, Fraction)
    now, later = value(SURVIVORS, point), value(SURVIVORS, point, n=n + 1)
    assert 1 <= later <= now <= min(Fraction(len(law)), size)
    assert (later == now) == (size == 1)
    padded = (*law, Fraction(0))
    assert value(SURVIVORS, point, p=padded) == now
    split = (law[0] / 2, law[0] / 2, *law[1:])
    assert value(SURVIVORS, point, p=split) >= now


@given(point=points_of(SURVIVORS.domain, spread=25))
def test_two_categories_and_one_generation(point: Point) -> None:
    law = law_of(point)
    pair = (law[0], 1 - law[0])
    assert value(SURVIVORS, point, p=pair) == 2 - value(COLLAPSED, point, p=pair)
    once = len(law) - value(LOST, point, "expected-lost")
    assert value(SURVIVORS, point, n=Fraction(1)) == once


@given(point=points_of(SURVIVORS.domain, spread=8))
def test_equal_shares_are_evaluated_once(point: Point) -> None:
    law = law_of(point)
    many = tuple(share / 6 for share in law for _ in range(6))
    seen = repeats.places(
        SURVIVORS.quantities[0].law.function,
        SURVIVORS.quantities[0].law.limits[0][0],
        1,
        len(many),
        lambda _, place: many[place - 1],  # type: ignore[arg-type, return-value]
    )
    walked = [count for _, count in seen]
    assert len(walked) == len(set(many))
    assert sum(walked) == len(many)
    merged = value(SURVIVORS, point, p=many)
    before, repeats.FEW = repeats.FEW, 10**9
    try:
        assert value(SURVIVORS, point, p=many) == merged
    finally:
        repeats.FEW = before


def test_the_words_of_a_text() -> None:
    """Backward by doubles, and forward at the text's own length, where nothing is followed back."""
    words = read_counts("pride-and-prejudice")
    law, claim = words.law(), SURVIVORS.quantities[0]
    distinct = sorted(set(words.counts))
    alive = {
        count: 1 - lineage_powers(1 - count / words.total, 1000, 10)[[0, 9]] for count in distinct
    }
    total = np.sum([alive[count] for count in words.counts], axis=0)
    for n, seen in zip((1, 10), total, strict=True):
        point: dict[str, Value] = {"p": law, "M": Fraction(1000), "n": Fraction(n)}
        assert float(ball(*SURVIVORS.law_at(claim, point), 80).mid()) == pytest.approx(seen, 1e-10)
    long: dict[str, Value] = {"p": law, "M": Fraction(words.total), "n": Fraction(10)}
    found = ball(*SURVIVORS.law_at(claim, long), 100)
    assert found.rel_accuracy_bits() > 60
    run = discrete.simulate(np.array(law, dtype=float), words.total, (10,), 7, 0, 60)
    # The spread of one run is 27 words; five standard errors.
    assert abs(float(found.mid()) - run.survivors.mean()) < 5 * 27 / 60**0.5


def test_what_can_be_left_is_a_bound_from_any_state() -> None:
    for samples, generations in ((30, 1), (30, 7), (200, 20)):
        law = np.full(samples, 1 / samples)
        run = discrete.simulate(law, samples, (generations,), 3, 0, 4000)
        most = _ceiling(samples, generations, samples)
        assert run.survivors.mean() <= most + 0.1 <= samples
    assert _ceiling(10**5, 3, 500) == 500


def test_a_law_with_one_lineage_more_is_refuted() -> None:
    case, law = EXPECTED_SURVIVORS_CASE, SURVIVORS.quantities[0].law
    broken = replace(SURVIVORS.quantities[0], law=law + Fraction(1, 10**6))
    wrong = replace(
        case,
        claim=replace(case.claim, quantities=(broken,)),
        witnesses=tuple(one for one in case.witnesses if not one.samples),
        mutants=(),
    )
    finding = Run(quick=True).judge(wrong)
    assert status(finding.claim, {"A15": finding}) == "refuted"


def test_a_ball_of_a_frequent_word_is_small_and_holds_zero() -> None:
    with ctx.workprec(100):
        found = forward.forward_power(1 - arb(4331) / 122_141, 122_141, 122_141, 9)
        assert found.overlaps(arb(0))
        assert found < arb(2) ** -90


def test_counts_that_are_not_kept_are_in_the_radius(monkeypatch: pytest.MonkeyPatch) -> None:
    x, size, steps = arb(19) / 20, 60, 3
    with ctx.workprec(90):
        known = lineage_power_ball(x, arb(size), arb(size), arb(steps))
        forward._missed.cache_clear()
        monkeypatch.setattr(forward, "_counts_for", lambda *_: 9)
        try:
            poor = forward.forward_power(x, size, size, steps)
        finally:
            forward._missed.cache_clear()
    assert poor.contains(known)
    assert 1e-6 < float(poor.rad()) < 0.1
