"""Temperature: the closed form against its own map, and where the laws go."""

from collections.abc import Mapping
from fractions import Fraction

import pytest
from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

from proofs.cases import case_of
from proofs.discrete import temperature
from proofs.ledger import Run
from proofs.verdict import Outcome
from tests.strategies import points_of
from theory.claims import find
from theory.domain import Value
from theory.evaluate import ball, exact, fraction
from theory.rounding import round_ball

Point = Mapping[str, Value]
CLAIM = find("A38")
PROBABILITY = CLAIM.quantity("probability")
BITS = 256


def near(name: str, point: Point, **changed: Value) -> arb:
    return ball(*CLAIM.law_at(CLAIM.quantity(name), {**point, **changed}), BITS)


def law_of(point: Point) -> tuple[Fraction, ...]:
    law = point["p"]
    assert isinstance(law, tuple)
    return law


def whole(point: Point) -> dict[str, Value]:
    return {**point, "b": Fraction(int(Fraction(str(point["b"]))) % 3 + 1)}


@given(point=points_of(CLAIM.domain), more=st.integers(0, 2))
def test_generations_compose(point: Point, more: int) -> None:
    """n generations from p, then more of them, is n + more from p; b a whole number."""
    here = whole(point)
    places = [Fraction(i) for i in range(1, len(law_of(here)) + 1)]
    n = Fraction(int(Fraction(str(here["n"]))) % 3)
    between = tuple(
        fraction(exact(*CLAIM.law_at(PROBABILITY, {**here, "n": n, "i": i}))) for i in places
    )
    assert sum(between) == 1
    then = {**here, "p": between, "n": Fraction(more)}
    at_once = {**here, "n": n + more}
    assert exact(*CLAIM.law_at(PROBABILITY, then)) == exact(*CLAIM.law_at(PROBABILITY, at_once))


@given(point=points_of(CLAIM.domain))
def test_probability_and_rest_add_up_to_one(point: Point) -> None:
    assert (near("probability", point) + near("others", point)).overlaps(arb(1))


@given(point=points_of(CLAIM.domain), n=st.integers(1, 12))
def test_largest_category_gains_or_loses_with_b(point: Point, n: int) -> None:
    law = law_of(point)
    largest = Fraction(law.index(max(law)) + 1)
    start = arb(fmpq(max(law).numerator, max(law).denominator))
    sharper = near("probability", point, b=Fraction(2), n=Fraction(n), i=largest)
    flatter = near("probability", point, b=Fraction(1, 2), n=Fraction(n), i=largest)
    if law.count(max(law)) < len(law):
        assert flatter < start
        # The sharper law may be 1 to more digits than the ball has.
        assert sharper > start
    else:
        assert sharper.overlaps(flatter)


def test_limits() -> None:
    point: Point = {"p": (Fraction(2, 5), Fraction(2, 5), Fraction(1, 5)), "i": Fraction(1)}
    shared = near("probability", point, b=Fraction(2), n=Fraction(10))
    assert abs(shared - arb(1) / 2) < arb(2) ** -50
    uniform = near("probability", point, b=Fraction(1, 2), n=Fraction(60))
    assert abs(uniform - arb(1) / 3) < arb(2) ** -50


def test_a_rest_of_immense_exponent_is_rounded_away() -> None:
    """b^n has 3,011 digits: 1 minus the value is too small for its exponent to be written."""
    point: Point = {"p": (Fraction(3, 5), Fraction(2, 5)), "i": Fraction(1)}
    here = {**point, "b": Fraction(2), "n": Fraction(10_000)}
    decimal, _ = round_ball(lambda bits: ball(*CLAIM.law_at(PROBABILITY, here), bits), 17)
    assert decimal == "1.0000000000000000"


def test_a_map_without_normalisation_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of(CLAIM)
    assert Run(quick=True).judge(case).outcomes() == {Outcome.CONSISTENT}
    monkeypatch.setattr(
        temperature, "sharpened", lambda law, power: [share**power for share in law]
    )
    assert Outcome.REFUTED in Run(quick=True).judge(case).outcomes()
