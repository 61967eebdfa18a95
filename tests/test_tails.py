"""Lost categories: exact against enumeration, one generation against many, and the limit."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from numerics.enumeration import expectation, law_after, survival
from theory.claim import Claim
from theory.claims import find
from theory.evaluate import exact, fraction

Law = tuple[Fraction, ...]
TAIL_LOSS, LOSS, RATE = map(find, ("A16", "A17", "A10"))
rare = st.fractions(Fraction(1, 50), Fraction(49, 50), max_denominator=50)


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


@given(p=laws(), size=st.integers(1, 6))
def test_one_generation_equals_enumeration(p: Law, size: int) -> None:
    law = law_after(p, size, 1)
    mass = expectation(
        law, lambda counts: sum((q for q, c in zip(p, counts, strict=True) if c == 0), Fraction(0))
    )
    assert mass == value(TAIL_LOSS, "missing-mass", p=p, M=size)
    number = expectation(law, lambda counts: Fraction(counts.count(0)))
    assert number == value(TAIL_LOSS, "expected-lost", p=p, M=size)
    square = expectation(law, lambda counts: Fraction(counts.count(0) ** 2))
    assert square == value(TAIL_LOSS, "second-moment-lost", p=p, M=size)


@given(p=laws(), size=st.integers(1, 4), n=st.integers(1, 5))
def test_loss_by_generation_equals_enumeration(p: Law, size: int, n: int) -> None:
    gone = expectation(law_after(p, size, n), lambda counts: Fraction(counts[0] == 0))
    assert gone == value(LOSS, "lost", q=p[0], M=size, n=n)


@given(q=rare, size=st.integers(1, 200))
def test_first_generation_is_the_one_generation_law(q: Fraction, size: int) -> None:
    assert value(LOSS, "lost", q=q, M=size, n=1) == value(TAIL_LOSS, "lost", q=q, M=size)


@given(q=rare, size=st.integers(2, 30), n=st.integers(1, 20))
def test_loss_grows_and_stays_below_its_limit(q: Fraction, size: int, n: int) -> None:
    now, later = (value(LOSS, "lost", q=q, M=size, n=step) for step in (n, n + 1))
    assert now < later < value(LOSS, "limit", q=q)


@given(q=rare, n=st.integers(1, 20))
def test_one_sample_decides_at_once(q: Fraction, n: int) -> None:
    assert value(LOSS, "lost", q=q, M=1, n=n) == value(LOSS, "limit", q=q)


@given(q=rare, size=st.integers(2, 30), n=st.integers(1, 60))
def test_distance_to_the_limit_is_a_run_still_open(q: Fraction, size: int, n: int) -> None:
    gap = value(LOSS, "limit", q=q) - value(LOSS, "lost", q=q, M=size, n=n)
    assert 0 < gap < value(RATE, "upper", p=(q, 1 - q), M=size, n=n)


@given(q=rare, size=st.integers(1, 8), n=st.integers(1, 6))
def test_one_of_two_is_lost_or_both_survive(q: Fraction, size: int, n: int) -> None:
    one, other = (value(LOSS, "lost", q=share, M=size, n=n) for share in (q, 1 - q))
    assert one + other + survival((q, 1 - q), size, n)[n] == 1


@given(p=laws(6), size=st.integers(1, 60))
def test_sums_over_categories(p: Law, size: int) -> None:
    lost = [value(TAIL_LOSS, "lost", q=share, M=size) for share in p]
    number = value(TAIL_LOSS, "expected-lost", p=p, M=size)
    assert sum(lost) == number
    mass = value(TAIL_LOSS, "missing-mass", p=p, M=size)
    assert sum(share * chance for share, chance in zip(p, lost, strict=True)) == mass
    square = value(TAIL_LOSS, "second-moment-lost", p=p, M=size)
    # Losses of different categories are negatively correlated.
    assert number**2 <= square <= number + number**2 - sum(chance**2 for chance in lost)
