"""How resampling ends: bounds in order, equalities where they are due, exact outcomes."""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerics.enumeration import absorption, survival, survival_rate
from theory.claim import Claim
from theory.claims import find
from theory.evaluate import exact, fraction

Law = tuple[Fraction, ...]


@st.composite
def laws(draw: st.DrawFn, most: int = 4) -> Law:
    """Draw a law over 2 to `most` categories with small integer weights."""
    weights = draw(st.lists(st.integers(1, 9), min_size=2, max_size=most))
    return tuple(Fraction(weight, sum(weights)) for weight in weights)


def value(claim: Claim, name: str, **point: int | Fraction | Law) -> Fraction:
    filled = {
        key: entry if isinstance(entry, tuple) else Fraction(entry) for key, entry in point.items()
    }
    return fraction(exact(*claim.law_at(claim.quantity(name), filled)))


ABSORPTION, TAIL, RATE, DIVERSITY = map(find, ("A05", "A09", "A10", "A02"))


@given(p=laws(), size=st.integers(1, 4))
def test_winner_has_its_real_probability(p: Law, size: int) -> None:
    ends = absorption(p, size)
    assert list(ends) == [
        value(ABSORPTION, "absorption", p=p, M=size, i=i) for i in range(1, len(p) + 1)
    ]
    assert sum(ends) == value(ABSORPTION, "certainty", p=p, M=size)


@given(p=laws(), size=st.integers(2, 4), n=st.integers(1, 6))
def test_survival_lies_between_the_bounds(p: Law, size: int, n: int) -> None:
    alive = survival(p, size, n)[n]
    lower = value(RATE, "lower", p=p, M=size, n=n)
    tail = value(TAIL, "tail", p=p, M=size, n=n)
    upper = value(RATE, "upper", p=p, M=size, n=n)
    assert lower < alive <= tail <= upper


@given(p=laws(), size=st.integers(2, 10**6), n=st.integers(1, 50))
def test_bounds_are_multiples_of_the_mean_diversity(p: Law, size: int, n: int) -> None:
    diversity = value(DIVERSITY, "diversity", p=p, M=size, n=n)
    assert value(RATE, "lower", p=p, M=size, n=n) == diversity
    assert value(RATE, "upper", p=p, M=size, n=n) == size * diversity
    smallest = 1 - Fraction((size - 1) ** 2 + 1, size**2)
    assert value(TAIL, "tail", p=p, M=size, n=n) == diversity / smallest


@given(p=laws(), n=st.integers(1, 12))
def test_tail_bound_is_sharp_for_two_samples(p: Law, n: int) -> None:
    assert survival(p, 2, n)[n] == value(TAIL, "tail", p=p, M=2, n=n)


@given(p=laws(2), n=st.integers(1, 12))
def test_tail_bound_is_sharp_for_three_samples_of_two(p: Law, n: int) -> None:
    assert survival(p, 3, n)[n] == value(TAIL, "tail", p=p, M=3, n=n)


@given(p=laws(3), size=st.integers(2, 4), n=st.integers(1, 30))
def test_root_of_survival_is_squeezed_to_the_rate(p: Law, size: int, n: int) -> None:
    rate = value(RATE, "rate", p=p, M=size)
    start = 1 - sum(share**2 for share in p)
    alive = survival(p, size, n)[n]
    low, high = rate / (1 + (1 / start - 1) / n), rate * (1 + (size * start - 1) / n)
    assert low**n <= alive <= high**n


@given(kinds=st.integers(2, 4), size=st.integers(2, 5), rounds=st.integers(1, 12), p=laws())
def test_rate_lies_within_bounds_that_close(kinds: int, size: int, rounds: int, p: Law) -> None:
    low, high = survival_rate(kinds, size, rounds)
    narrow = survival_rate(kinds, size, rounds + 1)
    assert low <= narrow[0] <= value(RATE, "rate", p=p, M=size) <= narrow[1] <= high


@given(p=laws(), size=st.integers(2, 4), rounds=st.integers(1, 5))
def test_bounds_on_the_rate_hold_from_any_start(p: Law, size: int, rounds: int) -> None:
    low, high = survival_rate(len(p), size, rounds)
    alive = survival(p, size, rounds + 4)
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
