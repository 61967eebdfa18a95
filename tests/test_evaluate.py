"""A law at a point: rationals where there are any, balls that hold them, and refusals."""

from contextlib import suppress
from fractions import Fraction

import pytest
import sympy as sp
from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import points_of
from theory import symbols as s
from theory.claim import Claim
from theory.claims import CLAIMS
from theory.domain import DIVERSITY, GENERATIONS, LAW, SAMPLES, SCHEDULE, Domain, Value
from theory.errors import DomainError
from theory.evaluate import MOST_TERMS, Environment, ball, environment, exact, fraction
from theory.rational import NotRational
from theory.rounding import ends

each_claim = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.code)
CONSTANT = Domain((SCHEDULE, GENERATIONS))


def at(**values: int | Fraction) -> Environment:
    return Environment({getattr(s, name): fmpq_of(value) for name, value in values.items()})


def fmpq_of(value: int | Fraction) -> fmpq:
    value = Fraction(value)
    return fmpq(value.numerator, value.denominator)


def holds(found: arb, value: fmpq) -> bool:
    low, high = ends(found)
    return low <= fraction(value) <= high


@each_claim
@given(data=st.data())
def test_balls_agree_and_hold_the_rational(claim: Claim, data: st.DataObject) -> None:
    point = data.draw(points_of(claim.domain))
    quantity = data.draw(st.sampled_from(claim.quantities))
    value = None
    try:
        law, values = claim.law_at(quantity, point)
        with suppress(NotRational, DomainError):
            value = exact(law, values)
        wide, narrow = ball(law, values, 64), ball(law, values, 256)
    except DomainError:
        assert value is None
        return
    assert narrow.is_finite()
    assert wide.overlaps(narrow)
    if value is not None:
        for bits in (32, 128, 512):
            assert holds(ball(law, values, bits), value)


@given(st.integers(2, 10**18), st.integers(0, 50))
def test_no_digit_is_lost_where_floats_lose_all(size: int, n: int) -> None:
    law = 1 - (1 - 1 / s.M) ** s.n
    value = fraction(exact(law, at(M=size, n=n)))
    assert value == 1 - (1 - Fraction(1, size)) ** n


def test_a_factor_or_an_exponent_of_zero_hides_what_is_not_rational() -> None:
    assert exact(s.c4(s.M) ** s.n, at(M=2, n=0)) == 1
    assert exact(s.n * sp.digamma(s.M), at(M=2, n=0)) == 0
    with pytest.raises(NotRational):
        exact(s.n * sp.digamma(s.M), at(M=2, n=1))
    with pytest.raises(ZeroDivisionError):
        exact(s.n / (s.M - 2), at(M=2, n=0))


@pytest.mark.parametrize(("base", "value"), [(0, 0), (1, 1), (-1, -1)])
def test_powers_that_stay_short_are_exact_for_any_exponent(base: int, value: int) -> None:
    huge = at(t=base, n=10**30 + 1)
    assert exact(s.t**s.n, huge) == value
    assert holds(ball(s.t**s.n, huge, 64), fmpq(value))
    with pytest.raises(NotRational):
        exact(s.x**s.n, at(x=Fraction(1, 3), n=10**30))


@given(st.fractions(0, 1), st.integers(1, 9))
def test_powers_of_a_ball_around_zero(share: Fraction, exponent: int) -> None:
    nothing = (1 - s.q - s.x) ** s.n
    values = at(q=share, x=1 - share, n=exponent)
    assert exact(nothing, values) == 0
    found = ball(nothing, values, 64)
    assert holds(found, fmpq(0))
    assert bool(abs(found) < arb(2) ** -50)


def test_a_constant_schedule_is_one_power() -> None:
    law = sp.Product(1 - 1 / s.sizes[s.i], (s.i, 0, s.n - 1))
    point: dict[str, Value] = {"M": Fraction(2), "n": Fraction(10**12)}
    value = ball(law, environment(CONSTANT, point), 64)
    assert tuple(map(int, value.man_exp())) == (1, -(10**12))


def test_a_schedule_is_multiplied_out() -> None:
    law = sp.Product(1 - 1 / s.sizes[s.i], (s.i, 0, s.n - 1))
    values = environment(CONSTANT, {"M": tuple(map(Fraction, (10, 20, 40)))})
    assert fraction(exact(law, values)) == Fraction(9, 10) * Fraction(19, 20) * Fraction(39, 40)
    with pytest.raises(DomainError, match=r"M\[3\] asked for, but M has 3 entries"):
        exact(law, environment(CONSTANT, {"M": tuple(map(Fraction, (2, 2, 3))), "n": Fraction(4)}))


@given(st.integers(0, 60), st.integers(1, 9))
def test_sums_and_products_are_joined_in_any_number(n: int, size: int) -> None:
    total = exact(sp.Sum(1 / (s.k + s.M), (s.k, 1, s.n)), at(n=n, M=size))
    terms = [Fraction(1, k + size) for k in range(1, n + 1)]
    assert fraction(total) == sum(terms, Fraction(0))
    joined = exact(sp.Product(1 - 1 / (s.k + s.M), (s.k, 1, s.n)), at(n=n, M=size))
    assert fraction(joined) == Fraction(size, size + n)


@pytest.mark.parametrize("kind", [sp.Sum, sp.Product])
def test_a_long_series_without_closed_form_is_refused(kind: type[sp.Basic]) -> None:
    law = kind(1 + 1 / s.k**2, (s.k, 1, s.n))
    word = "sum" if kind is sp.Sum else "product"
    for compute in (lambda: exact(law, at(n=10**9)), lambda: ball(law, at(n=10**9), 64)):
        with pytest.raises(ArithmeticError, match=f"a {word} of 1000000000 terms takes too long"):
            compute()
    assert MOST_TERMS < 10**6


def test_sums_inside_sums_are_counted_together() -> None:
    inner = sp.Sum(1 / (s.i + s.j), (s.j, s.i, s.n))
    law = sp.Sum(1 + inner, (s.i, 1, s.n))
    assert fraction(exact(law, at(n=2))) == 2 + Fraction(1, 2) + Fraction(1, 3) + Fraction(1, 4)
    with pytest.raises(ArithmeticError, match="a sum of 100000000 terms takes too long"):
        ball(law, at(n=10_000), 64)
    same = sp.Sum(s.i * sp.Sum(s.M, (s.j, 1, s.n)), (s.i, 1, s.M))
    assert exact(same, at(M=3, n=10**9)) == 18 * 10**9


def test_long_rationals_are_left_to_the_balls() -> None:
    for law in (
        (1 - 1 / s.M) ** s.n,
        sp.binomial(s.n, s.n / 2),
        sp.gamma(s.n),
        sp.RisingFactorial(s.M, s.n),
    ):
        with pytest.raises(NotRational):
            exact(law, at(M=3, n=10**8))


def test_diversity_follows_from_the_law() -> None:
    domain = Domain((LAW, DIVERSITY, SAMPLES))
    law = (Fraction(1, 2), Fraction(3, 10), Fraction(1, 5))
    assert fraction(exact(s.H0, environment(domain, {"p": law}))) == Fraction(31, 50)
    assert fraction(exact(s.K, environment(domain, {"p": law}))) == 3


def test_a_symbol_without_a_value_is_named() -> None:
    with pytest.raises(DomainError, match="no value for n"):
        exact(s.n + 1, at(M=2))
    with pytest.raises(DomainError, match=r"no value for p\[\.\.\.\]"):
        exact(s.p[1], at(M=2))
    with pytest.raises(NotRational, match="no ball value for airyai"):
        ball(sp.airyai(s.M), at(M=3), 64)
