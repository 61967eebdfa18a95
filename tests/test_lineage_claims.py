"""Moments by counting ancestors: two ways to the law, and forward enumeration."""

import math
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st
from sympy import ff
from sympy.functions.combinatorial.numbers import stirling

from numerics.enumeration import expectation, law_after
from theory.claims import find
from theory.domain import Value
from theory.evaluate import exact, fraction

Law = tuple[Fraction, ...]
MOMENTS, DIVERSITY = find("A08"), find("A02")


@st.composite
def laws(draw: st.DrawFn, most: int = 4) -> Law:
    """Draw a law over 2 to `most` categories with small integer weights."""
    weights = draw(st.lists(st.integers(1, 9), min_size=2, max_size=most))
    return tuple(Fraction(weight, sum(weights)) for weight in weights)


def moment(p: Law, i: int, k: int, size: int, n: int) -> Fraction:
    point: dict[str, Value] = {"p": p, "i": Fraction(i), "k": Fraction(k)}
    point |= {"M": Fraction(size), "n": Fraction(n)}
    return fraction(exact(*MOMENTS.law_at(MOMENTS.quantity("moment"), point)))


def product(p: Law, size: int, n: int) -> Fraction:
    point: dict[str, Value] = {"p": p, "M": Fraction(size), "n": Fraction(n)}
    return fraction(exact(*MOMENTS.law_at(MOMENTS.quantity("product"), point)))


def diversity(p: Law, size: int, n: int) -> Fraction:
    point: dict[str, Value] = {"p": p, "M": Fraction(size), "n": Fraction(n)}
    return fraction(exact(*DIVERSITY.law_at(DIVERSITY.quantity(), point)))


@given(p=laws(), k=st.integers(1, 8), size=st.integers(1, 5), n=st.integers(1, 4))
def test_laws_equal_forward_enumeration(p: Law, k: int, size: int, n: int) -> None:
    law = law_after(p, size, n)
    for i in range(len(p)):
        seen = expectation(law, lambda counts, i=i: Fraction(counts[i], size) ** k)  # type: ignore[misc]
        assert seen == moment(p, i + 1, k, size, n)
    seen = expectation(law, lambda counts: Fraction(math.prod(counts), size ** len(p)))
    assert seen == product(p, size, n)


@given(p=laws(2), k=st.integers(1, 8), size=st.integers(1, 30), n=st.integers(0, 6))
def test_moment_by_the_triangular_matrix(p: Law, k: int, size: int, n: int) -> None:
    table = [
        [
            Fraction(int(stirling(a, b)) * int(ff(size, b)), size**a) if a else Fraction(a == b)
            for b in range(k + 1)
        ]
        for a in range(k + 1)
    ]
    column = [p[0] ** a for a in range(k + 1)]
    for _ in range(n):
        column = [
            sum((w * x for w, x in zip(row, column, strict=True)), Fraction(0)) for row in table
        ]
    assert moment(p, 1, k, size, n) == column[k]


@given(p=laws(), k=st.integers(2, 12), size=st.integers(2, 40), n=st.integers(0, 12))
def test_moments_grow_from_the_power_towards_the_mean(p: Law, k: int, size: int, n: int) -> None:
    assert moment(p, 1, k, size, 0) == p[0] ** k
    assert moment(p, 1, k, size, n) < moment(p, 1, k, size, n + 1) < p[0]
    assert moment(p, 1, k + 1, size, n) < moment(p, 1, k, size, n)
    assert moment(p, 1, 1, size, n) == p[0]


@given(p=laws(), size=st.integers(1, 40), n=st.integers(0, 12))
def test_second_moments_leave_the_diversity(p: Law, size: int, n: int) -> None:
    squares = sum(moment(p, i, 2, size, n) for i in range(1, len(p) + 1))
    assert 1 - squares == diversity(p, size, n)


@given(p=laws(2), size=st.integers(1, 40), n=st.integers(0, 12))
def test_product_of_two_shares_is_half_the_diversity(p: Law, size: int, n: int) -> None:
    assert 2 * product(p, size, n) == diversity(p, size, n)


@given(p=laws(6), size=st.integers(1, 5), n=st.integers(1, 3))
def test_product_vanishes_with_fewer_draws_than_categories(p: Law, size: int, n: int) -> None:
    assume(size != len(p))
    assert (product(p, size, n) == 0) == (size < len(p))
