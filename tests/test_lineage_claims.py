"""Moments by counting ancestors: two ways to the law, and forward enumeration."""

import math
from collections.abc import Mapping
from fractions import Fraction

from hypothesis import given
from sympy import ff
from sympy.functions.combinatorial.numbers import stirling

from numerics.enumeration import expectation, law_after
from tests.strategies import points_of
from theory.claims import find
from theory.domain import Value
from theory.evaluate import exact, fraction

Point = Mapping[str, Value]
MOMENTS, DIVERSITY = find("A08"), find("A02")


def value(name: str, point: Point, **changed: int | tuple[Fraction, ...]) -> Fraction:
    moved = {key: Fraction(v) if isinstance(v, int) else v for key, v in changed.items()}
    return fraction(exact(*MOMENTS.law_at(MOMENTS.quantity(name), {**point, **moved})))


def diversity(point: Point, law: tuple[Fraction, ...]) -> Fraction:
    filled = {"p": law, "M": point["M"], "n": point["n"]}
    return fraction(exact(*DIVERSITY.law_at(DIVERSITY.quantity(), filled)))


def law_of(point: Point) -> tuple[Fraction, ...]:
    law = point["p"]
    assert isinstance(law, tuple)
    return law


def whole(point: Point, name: str) -> int:
    entry = point[name]
    assert isinstance(entry, Fraction)
    return int(entry)


@given(point=points_of(MOMENTS.domain, spread=3).filter(lambda point: point["n"] != 0))
def test_laws_equal_forward_enumeration(point: Point) -> None:
    law, size, k = law_of(point), whole(point, "M"), whole(point, "k")
    seen = law_after(law, size, whole(point, "n"))
    category = whole(point, "i") - 1
    power = expectation(seen, lambda counts: Fraction(counts[category], size) ** k)
    assert power == value("moment", point)
    product = expectation(seen, lambda counts: Fraction(math.prod(counts), size ** len(law)))
    assert product == value("product", point)


@given(point=points_of(MOMENTS.domain))
def test_moment_by_the_triangular_matrix(point: Point) -> None:
    size, k = whole(point, "M"), whole(point, "k")
    share = law_of(point)[whole(point, "i") - 1]
    column = [share**a for a in range(k + 1)]
    table = [
        [Fraction(int(stirling(a, b)) * int(ff(size, b)), size**a) for b in range(k + 1)]
        for a in range(k + 1)
    ]
    for _ in range(whole(point, "n")):
        column = [
            sum((weight * x for weight, x in zip(row, column, strict=True)), Fraction(0))
            for row in table
        ]
    assert value("moment", point) == column[k]


@given(point=points_of(MOMENTS.domain, spread=30))
def test_moments_grow_from_the_power_towards_the_mean(point: Point) -> None:
    k, n = whole(point, "k"), whole(point, "n")
    mean = law_of(point)[whole(point, "i") - 1]
    assert value("moment", point, n=0) == mean**k
    assert value("moment", point, k=1) == mean
    now, later = value("moment", point), value("moment", point, n=n + 1)
    if k == 1 or (whole(point, "M") == 1 and n > 0):
        assert now == later == mean
    else:
        assert now < later <= mean
        assert value("moment", point, k=k + 1) < now


@given(point=points_of(MOMENTS.domain, spread=40))
def test_second_moments_leave_the_diversity(point: Point) -> None:
    law = law_of(point)
    squares = sum(value("moment", point, i=i, k=2) for i in range(1, len(law) + 1))
    assert 1 - squares == diversity(point, law)


@given(point=points_of(MOMENTS.domain, spread=40))
def test_product_of_two_shares_is_half_the_diversity(point: Point) -> None:
    pair = (law_of(point)[0], 1 - law_of(point)[0])
    assert 2 * value("product", point, p=pair) == diversity(point, pair)


@given(point=points_of(MOMENTS.domain, spread=5))
def test_product_vanishes_with_fewer_draws_than_categories(point: Point) -> None:
    starved = whole(point, "n") > 0 and whole(point, "M") < len(law_of(point))
    assert (value("product", point) == 0) == starved
