"""Changing sample sizes, and pseudo-counts: order, special cases, what is refused."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from math import ceil, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofs.discrete.schedules import superlinear
from proofs.discrete.smoothing import SMOOTHED_CASE
from proofs.ledger import Run, status
from tests.strategies import points_of
from theory.claims import find
from theory.domain import Value
from theory.errors import DomainError
from theory.evaluate import ball, exact, fraction
from theory.point import parse_point

Point = Mapping[str, Value]
SCHEDULES, SMOOTHED = map(find, ("A21", "A40"))


@given(point=points_of(SCHEDULES.domain))
def test_bounds_enclose_the_diversity(point: Point) -> None:
    lower, value, upper = (
        ball(*SCHEDULES.law_at(SCHEDULES.quantity(name), point), 128)
        for name in ("lower", "diversity", "upper")
    )
    assert not lower > value
    assert not value > upper


@given(sizes=st.lists(st.integers(2, 30), min_size=2, max_size=6))
def test_the_order_of_the_sizes_does_not_matter(sizes: list[int]) -> None:
    found = set()
    for order in (sizes, sorted(sizes), sizes[::-1]):
        schedule = tuple(map(Fraction, order))
        point: Point = {"H0": Fraction(1, 2), "M": schedule, "n": Fraction(len(order))}
        found.add(exact(*SCHEDULES.law_at(SCHEDULES.quantities[0], point)))
    assert len(found) == 1


def test_sizes_that_grow_fast_keep_diversity_and_superlinear_ones_need_not() -> None:
    def kept(sizes: list[int]) -> Fraction:
        schedule = tuple(map(Fraction, sizes))
        point: Point = {"H0": Fraction(99, 100), "M": schedule, "n": Fraction(len(sizes))}
        return fraction(exact(*SCHEDULES.law_at(SCHEDULES.quantities[0], point)))

    quadratic = [2 * (k + 1) ** 2 for k in range(300)]
    assert kept(quadratic) > Fraction(35, 100)
    sizes = superlinear(300)
    assert sizes == tuple(ceil((i + 2) * log(i + 2)) for i in range(300))
    assert kept([int(size) for size in sizes]) < Fraction(1, 10)


@given(point=points_of(SMOOTHED.domain))
def test_pseudo_counts_keep_what_they_follow(point: Point) -> None:
    mean, distance, limit = SMOOTHED.quantities
    target = point["q"]
    assert isinstance(target, tuple)
    from_target = {**point, "p": target, "i": Fraction(1)}
    assert fraction(exact(*SMOOTHED.law_at(mean, from_target))) == target[0]
    n = point["n"]
    assert isinstance(n, Fraction)
    now, later = (exact(*SMOOTHED.law_at(distance, {**from_target, "n": n + k})) for k in (0, 1))
    assert 0 <= now <= later <= exact(*SMOOTHED.law_at(limit, point))
    first = exact(*SMOOTHED.law_at(distance, {**point, "n": Fraction(0)}))
    law = point["p"]
    assert isinstance(law, tuple)
    assert fraction(first) == sum((a - b) ** 2 for a, b in zip(law, target, strict=True))


def test_laws_over_different_categories_are_refused() -> None:
    with pytest.raises(DomainError, match="p has 2 categories, q has 3 categories"):
        parse_point(SMOOTHED, ["p=3/10", "q=1/2,1/4,1/4"])


def test_a_wrong_cross_term_is_refuted() -> None:
    case = replace(
        SMOOTHED_CASE,
        witnesses=tuple(one for one in SMOOTHED_CASE.witnesses if not one.samples),
        mutants=(),
    )
    mean, distance, limit = SMOOTHED.quantities
    broken = replace(distance, law=distance.law * (1 + Fraction(1, 10**9)))
    wrong = replace(case, claim=replace(SMOOTHED, quantities=(mean, broken, limit)))
    finding = Run(quick=True).judge(wrong)
    assert status(finding.claim, {"A40": finding}) == "refuted"
