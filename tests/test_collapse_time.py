"""The collapse time: special cases, other claims, and two ways to the same total."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import pairwise

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from numerics.chain_exact import collapse_mean_exact
from proofs.discrete.collapse_time import COLLAPSE_LAW_CASE, MEAN_COLLAPSE_TIME_CASE
from proofs.ledger import Run, status
from tests.strategies import points_of
from theory import lineage_times
from theory.claim import Claim
from theory.claims import find
from theory.domain import Value
from theory.evaluate import exact, fraction
from theory.lineage_times import AgreementTime, LastPair, total_ball, total_exact
from theory.rational import NotRational
from theory.rounding import ends

Point = Mapping[str, Value]
MEAN, LAW, LOST, UPPER, DIVERSITY = map(find, ("A11", "A14", "A17", "A10", "A02"))


def value(claim: Claim, point: Point, name: str | None = None, **changed: Value) -> Fraction:
    known = {parameter.name for parameter in claim.domain.parameters}
    here = {key: entry for key, entry in {**point, **changed}.items() if key in known}
    return fraction(exact(*claim.law_at(claim.quantity(name), here)))


def law_of(point: Point) -> tuple[Fraction, ...]:
    law = point["p"]
    assert isinstance(law, tuple)
    return law


def number(point: Point, name: str) -> Fraction:
    entry = point[name]
    assert isinstance(entry, Fraction)
    return entry


@given(point=points_of(MEAN.domain, spread=25))
def test_recursion_equals_the_kernel_for_the_same_principle(point: Point) -> None:
    assert value(MEAN, point) == collapse_mean_exact(law_of(point), int(number(point, "M")))


@given(point=points_of(MEAN.domain))
def test_small_samples_and_certain_starts(point: Point) -> None:
    law = law_of(point)
    two = 1 + 2 * value(DIVERSITY, {"p": law, "M": Fraction(2), "n": Fraction(0)})
    assert value(MEAN, point, M=Fraction(1)) == 1
    assert value(MEAN, point, M=Fraction(2)) == two
    assert value(MEAN, point, p=(Fraction(0), Fraction(1))) == 0


@given(point=points_of(LAW.domain, spread=20))
def test_impossible_categories_and_merged_ones(point: Point) -> None:
    law = law_of(point)
    padded = (Fraction(0), *law, Fraction(0))
    merged = (law[0] + law[1], *law[2:], Fraction(0))
    for claim in (MEAN, LAW):
        assert value(claim, point, p=padded) == value(claim, point)
    assert value(MEAN, point, p=merged) <= value(MEAN, point)
    assert value(LAW, point, p=merged) >= value(LAW, point)


@given(point=points_of(LAW.domain, spread=12))
def test_mean_is_the_sum_of_the_tails(point: Point) -> None:
    size, last = number(point, "M"), 12
    tails = [1 - value(LAW, point, n=Fraction(n)) for n in range(1, last)]
    assert all(later <= tail for tail, later in pairwise(tails))
    seen, mean = 1 + sum(tails, Fraction(0)), value(MEAN, point)
    if size == 1:
        assert seen == mean
    else:
        rest = value(UPPER, point, "upper", n=Fraction(last))
        assert seen < mean <= seen + size * rest


@given(point=points_of(LAW.domain, spread=30))
def test_of_two_categories_one_is_lost(point: Point) -> None:
    pair = (law_of(point)[0], 1 - law_of(point)[0])
    lost = sum((value(LOST, point, "lost", q=share) for share in pair), Fraction(0))
    assert value(LAW, point, p=pair) == lost


@given(st.integers(1, 60), st.integers(1, 60), st.fractions(0, 1, max_denominator=40))
def test_ball_holds_the_rational_whatever_the_samples(draws: int, size: int, x: Fraction) -> None:
    share = fmpq(x.numerator, x.denominator)
    rational = total_exact(lambda k: share - share**k, draws, size)
    for bits in (53, 128):
        with ctx.workprec(bits):
            found = total_ball(lambda k: arb(share) - arb(share) ** k, draws, size)
            assert found.overlaps(arb(rational))
            assert rational == 0 or found.rel_accuracy_bits() > bits - 16


@given(st.integers(1, 60), st.integers(2, 60))
def test_ball_holds_how_often_a_pair_is_left(draws: int, size: int) -> None:
    rational = LastPair.exact_value(fmpq(draws), fmpq(size))
    for bits in (53, 128):
        with ctx.workprec(bits):
            found = LastPair.ball_value(arb(draws), arb(size))
            assert found.overlaps(arb(rational))
            assert rational == 0 or found.rel_accuracy_bits() > bits - 16


def test_weight_lost_to_rounding_is_found_in_the_radius(monkeypatch: pytest.MonkeyPatch) -> None:
    """With hardly any fixed point rows lose much of their weight, and the ball says so."""
    monkeypatch.setattr(lineage_times, "_GUARD", -12)
    rational = total_exact(lambda _: fmpq(1), 30, 30)
    with ctx.workprec(24):
        poor = total_ball(lambda _: arb(1), 30, 30)
    low, high = ends(poor)
    assert low <= fraction(rational) <= high
    assert poor.rel_accuracy_bits() < 12
    with ctx.workprec(24):
        pair = LastPair.ball_value(arb(30), arb(30))
    low, high = ends(pair)
    assert low <= fraction(LastPair.exact_value(fmpq(30), fmpq(30))) <= high
    assert pair.rel_accuracy_bits() < 12


def test_what_would_take_too_long_is_refused() -> None:
    with pytest.raises(NotRational):
        AgreementTime.exact_value((fmpq(1, 2), fmpq(1, 2)), fmpq(1000), fmpq(1000))
    with pytest.raises(ArithmeticError, match="30000 lineages take too long"):
        AgreementTime.ball_value((arb(0.5), arb(0.5)), arb(30_000), arb(30_000))
    with pytest.raises(ArithmeticError, match="lie in"):
        AgreementTime.exact_value(fmpq(3, 2), fmpq(3), fmpq(3))


@cache
def exact_routes(name: str) -> object:
    case = {"A14": COLLAPSE_LAW_CASE, "A11": MEAN_COLLAPSE_TIME_CASE}[name]
    return replace(case, witnesses=tuple(w for w in case.witnesses if not w.samples), mutants=())


@pytest.mark.parametrize("code", ["A14", "A11"])
def test_a_law_that_is_slightly_wrong_is_refuted(code: str) -> None:
    """One generation more, through the whole court: the verdict is red."""
    case = exact_routes(code)
    claim = find(code)
    quantity = replace(claim.quantities[0], law=claim.quantities[0].law + Fraction(1, 10**6))
    broken = replace(case, claim=replace(claim, quantities=(quantity,)))  # type: ignore[type-var]
    finding = Run(quick=True).judge(broken)  # type: ignore[arg-type]
    assert status(finding.claim, {code: finding}) == "refuted"
