"""Variances and low moments: against all moments by lineages, each other, and every outcome."""

from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import given

from numerics.enumeration import expectation, law_after
from proofs.cases import case_of
from proofs.ledger import Run
from proofs.verdict import Outcome
from tests.strategies import points_of
from theory.claim import Claim
from theory.claims import find
from theory.domain import Value, gini_simpson
from theory.evaluate import exact, fraction

Point = Mapping[str, Value]
DIVERSITY, DRIFT, LOW, SPREAD, MOMENT = map(find, ("A02", "A03", "A06", "A07", "A08"))


def value(claim: Claim, name: str, point: Point, **changed: Value) -> Fraction:
    return fraction(exact(*claim.law_at(claim.quantity(name), {**point, **changed})))


def law_of(point: Point) -> tuple[Fraction, ...]:
    law = point["p"]
    assert isinstance(law, tuple)
    return law


@given(point=points_of(DRIFT.domain, spread=100))
def test_drift_is_the_diversity_lost(point: Point) -> None:
    here = {name: point[name] for name in ("p", "M", "n")}
    lost = gini_simpson(law_of(point)) - value(DIVERSITY, "diversity", here)
    assert value(DRIFT, "drift", point) == lost
    each = [
        value(DRIFT, "component", point, i=Fraction(i)) for i in range(1, len(law_of(point)) + 1)
    ]
    assert sum(each) == lost


@given(point=points_of(LOW.domain, spread=40))
def test_low_moments_are_those_by_lineages(point: Point) -> None:
    for order, name in ((2, "second-moment"), (3, "third-moment")):
        assert value(LOW, name, point) == value(MOMENT, "moment", point, k=Fraction(order))


@given(point=points_of(LOW.domain, spread=40))
def test_low_moments_grow_and_are_ordered(point: Point) -> None:
    share = law_of(point)[int(Fraction(str(point["i"]))) - 1]
    second, third = (value(LOW, name, point) for name in ("second-moment", "third-moment"))
    assert second**2 / share <= third <= second <= share
    assert second - share**2 == value(DRIFT, "component", point)
    later = Fraction(str(point["n"])) + 1
    assert value(LOW, "third-moment", point, n=later) >= third


def pair(point: Point) -> tuple[tuple[Fraction, Fraction], int, int]:
    law = law_of(point)
    return (law[0], law[1]), int(Fraction(str(point["M"]))), int(Fraction(str(point["n"])))


@given(point=points_of(SPREAD.domain, spread=8))
def test_variance_of_the_diversity_equals_enumeration(point: Point) -> None:
    law, size, n = pair(point)
    if n == 0:
        assert value(SPREAD, "variance", point) == 0
        return
    seen = law_after(law, size, n)
    first, second = (
        expectation(seen, lambda x, k=k: Fraction(2 * x[0] * x[1], size**2) ** k)  # type: ignore[misc]
        for k in (1, 2)
    )
    assert value(SPREAD, "variance", point) == second - first**2


@given(point=points_of(SPREAD.domain, spread=500))
def test_variance_is_tied_to_its_moments(point: Point) -> None:
    mean, square = (value(SPREAD, name, point) for name in ("mean", "second-moment"))
    assert value(SPREAD, "variance", point) == 4 * (square - mean**2) >= 0
    assert mean**2 <= square <= mean / 4
    here = {name: point[name] for name in ("p", "M", "n")}
    assert 2 * mean == value(DIVERSITY, "diversity", here)


def test_a_wrong_square_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sabotage of the evidence: counts of the wrong total in the enumeration of the variance."""
    case = case_of(SPREAD)
    assert Run(quick=True).judge(case).outcomes() == {Outcome.CONSISTENT}
    monkeypatch.setattr(
        "proofs.discrete.resampling.enumeration.law_after",
        lambda start, size, n: law_after(start, size, n + 1),
    )
    assert Outcome.REFUTED in Run(quick=True).judge(case).outcomes()
