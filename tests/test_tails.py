"""Lost categories: exact against enumeration, one generation against many, and the limit."""

from collections.abc import Mapping
from fractions import Fraction

from hypothesis import given

from numerics.enumeration import expectation, law_after, survival
from tests.strategies import points_of
from theory.claim import Claim
from theory.claims import find
from theory.domain import Value
from theory.evaluate import exact, fraction

Point = Mapping[str, Value]
TAIL_LOSS, LOSS, RATE = map(find, ("A16", "A17", "A10"))


def value(claim: Claim, name: str, point: Point, **changed: Value) -> Fraction:
    return fraction(exact(*claim.law_at(claim.quantity(name), {**point, **changed})))


def law_of(point: Point) -> tuple[Fraction, ...]:
    law = point["p"]
    assert isinstance(law, tuple)
    return law


def number(point: Point, name: str) -> Fraction:
    entry = point[name]
    assert isinstance(entry, Fraction)
    return entry


@given(point=points_of(TAIL_LOSS.domain, spread=5))
def test_one_generation_equals_enumeration(point: Point) -> None:
    law = law_of(point)
    seen = law_after(law, int(number(point, "M")), 1)
    mass = expectation(
        seen,
        lambda counts: sum((p for p, c in zip(law, counts, strict=True) if c == 0), Fraction(0)),
    )
    assert mass == value(TAIL_LOSS, "missing-mass", point)
    lost = expectation(seen, lambda counts: Fraction(counts.count(0)))
    assert lost == value(TAIL_LOSS, "expected-lost", point)
    square = expectation(seen, lambda counts: Fraction(counts.count(0) ** 2))
    assert square == value(TAIL_LOSS, "second-moment-lost", point)


@given(point=points_of(LOSS.domain, spread=5))
def test_loss_by_generation_equals_enumeration(point: Point) -> None:
    q, size, n = number(point, "q"), int(number(point, "M")), int(number(point, "n"))
    seen = law_after((q, (1 - q) / 3, (1 - q) * 2 / 3), size, n)
    gone = expectation(seen, lambda counts: Fraction(counts[0] == 0))
    assert gone == value(LOSS, "lost", point)


@given(point=points_of(LOSS.domain, spread=200))
def test_first_generation_is_the_one_generation_law(point: Point) -> None:
    once = {"q": point["q"], "M": point["M"]}
    assert value(LOSS, "lost", point, n=Fraction(1)) == value(TAIL_LOSS, "lost", once)


@given(point=points_of(LOSS.domain, spread=30))
def test_loss_grows_and_stays_below_its_limit(point: Point) -> None:
    now, limit = value(LOSS, "lost", point), value(LOSS, "limit", point)
    later = value(LOSS, "lost", point, n=number(point, "n") + 1)
    if point["M"] == 1:
        assert now == later == limit
    else:
        assert now < later < limit


@given(point=points_of(LOSS.domain, spread=30).filter(lambda point: point["M"] != 1))
def test_distance_to_the_limit_is_at_most_a_run_still_open(point: Point) -> None:
    q = number(point, "q")
    gap = value(LOSS, "limit", point) - value(LOSS, "lost", point)
    pair = {"p": (q, 1 - q), "M": point["M"], "n": point["n"]}
    assert 0 < gap < value(RATE, "upper", pair)


@given(point=points_of(LOSS.domain, spread=7))
def test_one_of_two_is_lost_or_both_survive(point: Point) -> None:
    q, size, n = number(point, "q"), int(number(point, "M")), int(number(point, "n"))
    one, other = (value(LOSS, "lost", point, q=share) for share in (q, 1 - q))
    assert one + other + survival((q, 1 - q), size, n)[n] == 1


@given(point=points_of(TAIL_LOSS.domain, spread=60))
def test_sums_over_categories(point: Point) -> None:
    law = law_of(point)
    lost = [value(TAIL_LOSS, "lost", point, q=share) for share in law]
    mean = value(TAIL_LOSS, "expected-lost", point)
    assert sum(lost) == mean
    mass = value(TAIL_LOSS, "missing-mass", point)
    assert sum(share * chance for share, chance in zip(law, lost, strict=True)) == mass
    square = value(TAIL_LOSS, "second-moment-lost", point)
    # Losses of different categories are negatively correlated.
    assert mean**2 <= square <= mean + mean**2 - sum(chance**2 for chance in lost)
