"""How resampling ends: bounds in order, equalities where they are due, exact outcomes."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerics.enumeration import absorption, survival, survival_rate
from tests.strategies import points_of
from theory.claim import Claim
from theory.claims import find
from theory.domain import Domain, Value, gini_simpson
from theory.evaluate import exact, fraction

Point = Mapping[str, Value]
ABSORPTION, TAIL, RATE, DIVERSITY = map(find, ("A05", "A09", "A10", "A02"))


def value(claim: Claim, name: str, point: Point) -> Fraction:
    return fraction(exact(*claim.law_at(claim.quantity(name), point)))


def law_of(point: Point) -> tuple[Fraction, ...]:
    law = point["p"]
    assert isinstance(law, tuple)
    return law


def whole(point: Point, name: str) -> int:
    entry = point[name]
    assert isinstance(entry, Fraction)
    return int(entry)


def small(domain: Domain) -> st.SearchStrategy[dict[str, Value]]:
    """Return points that enumeration can bear."""
    return points_of(domain, spread=2)


@given(point=small(ABSORPTION.domain))
def test_winner_has_its_real_probability(point: Point) -> None:
    law = law_of(point)
    ends = absorption(law, whole(point, "M"))
    assert ends[whole(point, "i") - 1] == value(ABSORPTION, "absorption", point)
    assert sum(ends) == value(ABSORPTION, "certainty", point)


@given(point=small(RATE.domain))
def test_survival_lies_between_the_bounds(point: Point) -> None:
    n = whole(point, "n")
    alive = survival(law_of(point), whole(point, "M"), n)[n]
    assert value(RATE, "lower", point) < alive <= value(TAIL, "tail", point)


@given(point=points_of(RATE.domain, spread=10**6))
def test_bounds_are_multiples_of_the_mean_diversity(point: Point) -> None:
    size, diversity = whole(point, "M"), value(DIVERSITY, "diversity", point)
    assert value(RATE, "lower", point) == diversity
    assert value(RATE, "upper", point) == size * diversity
    smallest = gini_simpson((Fraction(1, size), 1 - Fraction(1, size)))
    assert value(TAIL, "tail", point) == diversity / smallest <= value(RATE, "upper", point)


@given(point=small(TAIL.domain))
def test_tail_bound_is_sharp_for_two_samples_and_for_three_of_two_categories(point: Point) -> None:
    law, n = law_of(point), whole(point, "n")
    assert survival(law, 2, n)[n] == value(TAIL, "tail", {**point, "M": Fraction(2)})
    pair = (law[0], 1 - law[0])
    assert survival(pair, 3, n)[n] == value(TAIL, "tail", {**point, "p": pair, "M": Fraction(3)})


@given(point=small(RATE.domain), n=st.integers(1, 30))
def test_root_of_survival_is_squeezed_to_the_rate(point: Point, n: int) -> None:
    size, share = whole(point, "M"), law_of(point)[0]
    law = (share, 1 - share)
    rate, start = value(RATE, "rate", point), gini_simpson(law)
    low, high = rate / (1 + (1 / start - 1) / n), rate * (1 + (size * start - 1) / n)
    assert low**n <= survival(law, size, n)[n] <= high**n


@given(point=small(RATE.domain), rounds=st.integers(1, 12))
def test_rate_lies_within_bounds_that_close(point: Point, rounds: int) -> None:
    kinds, size = len(law_of(point)), whole(point, "M")
    low, high = survival_rate(kinds, size, rounds)
    narrow = survival_rate(kinds, size, rounds + 1)
    assert low <= narrow[0] <= value(RATE, "rate", point) <= narrow[1] <= high


@given(point=small(RATE.domain), rounds=st.integers(1, 5))
def test_bounds_on_the_rate_hold_from_any_start(point: Point, rounds: int) -> None:
    law, size = law_of(point), whole(point, "M")
    low, high = survival_rate(len(law), size, rounds)
    alive = survival(law, size, rounds + 4)
    for before, after in pairwise(alive[rounds + 1 :]):
        assert low * before <= after <= high * before


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: survival_rate(1, 3, 2), "kinds = 1 lies outside kinds >= 2"),
        (lambda: survival_rate(2, 1, 2), "samples = 1 lies outside samples >= 2"),
        (lambda: survival_rate(2, 3, 0), "generations = 0 lies outside generations >= 1"),
        (lambda: survival_rate(4, 60, 1), "samples = 60 with 4 categories gives 39711"),
    ],
)
def test_rate_is_refused_outside_its_domain(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
