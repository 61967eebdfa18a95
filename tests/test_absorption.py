"""How resampling ends: bounds in order, equalities where they are due, exact outcomes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import comb

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from numerics import enumeration
from numerics.enumeration import Law, absorption, survival, survival_rate
from proofs.case import Case
from proofs.discrete import long_open
from proofs.discrete.absorption import COLLAPSE_RATE_CASE
from proofs.discrete.long_open import weight
from proofs.ledger import Run, status
from tests.strategies import points_of
from theory.claim import Claim
from theory.claims import find
from theory.domain import Domain, Value, gini_simpson
from theory.evaluate import exact, fraction
from theory.lineage_times import LastPair

Point = Mapping[str, Value]
ABSORPTION, TAIL, RATE, DIVERSITY, CONSTANT = map(find, ("A05", "A09", "A10", "A02", "A10b"))


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


@given(point=small(RATE.domain), n=st.integers(1, 40))
def test_survival_closes_in_on_the_constant_times_the_rate(point: Point, n: int) -> None:
    """Whatever the start and its categories, the error falls as fast as three lineages meet."""
    law, size = law_of(point), whole(point, "M")
    constant, rate = value(RATE, "constant", point), value(RATE, "rate", point)
    error = abs(survival(law, size, n)[n] - constant * rate**n)
    assert error <= 3 * comb(size, 3) * (rate * (1 - Fraction(2, size))) ** (n - 1)
    assert constant == weight(law, size)
    bare: Point = {"p": law, "M": Fraction(size)}
    assert constant <= value(CONSTANT, "ceiling", bare)
    half = value(RATE, "constant", {"H0": Fraction(1, 2), "M": Fraction(size)})
    assert constant == 2 * half * gini_simpson(law)


def test_the_constant_of_small_samples() -> None:
    """The ratios C / H_0 as found by hand, and one sample too few."""
    for size, ratio in ((2, "2"), (3, "9/4"), (4, "50/21"), (5, "375/152")):
        point = {"H0": Fraction(1, 2), "M": Fraction(size)}
        assert value(RATE, "constant", point) == Fraction(ratio) / 2
    with pytest.raises(ArithmeticError, match="M >= 2"):
        LastPair.exact_value(fmpq(2), fmpq(1))


def test_a_wrong_constant_is_refuted() -> None:
    """One part in a million more, through the whole court: the verdict is red."""
    first, *others = RATE.quantities
    assert first.name == "constant"
    wrong = replace(first, law=first.law * (1 + Fraction(1, 10**6)))
    exact_ones = tuple(one for one in COLLAPSE_RATE_CASE.witnesses if not one.samples)
    claim = replace(RATE, quantities=(wrong, *others))
    finding = Run(quick=True).judge(Case(claim, exact_ones))
    assert status(finding.claim, {"A10": finding}) == "refuted"


def test_another_rate_than_the_claimed_one_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The evidence on the constant takes the rate for granted only until it looks."""
    later = enumeration.law_after

    def lazy(start: Sequence[Fraction], samples: int, generations: int) -> Law:
        """Return the law when every other generation is left out at random."""
        law = later(start, samples, generations)
        stayed = tuple(int(share * samples) for share in start)
        if any(count != share * samples for count, share in zip(stayed, start, strict=True)):
            return law
        return {x: (chance + (x == stayed)) / 2 for x, chance in law.items()}

    long_open.weights_of.cache_clear()
    monkeypatch.setattr(enumeration, "law_after", lazy)
    with pytest.raises(ArithmeticError, match="5/6 is no eigenvalue"):
        weight((Fraction(1, 7), Fraction(6, 7)), 6)
    long_open.weights_of.cache_clear()


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
