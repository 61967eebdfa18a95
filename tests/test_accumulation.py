"""Pools that are kept: special cases, limits, and what happens without them."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import pytest
import sympy as sp
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from proofs.discrete import accumulation, pools
from proofs.discrete.accumulation import ACCUMULATED_CASE, SUBSAMPLES_CASE
from proofs.ledger import Run, status
from tests.strategies import points_of
from theory.claim import Claim
from theory.claims import find
from theory.domain import Value
from theory.errors import DomainError
from theory.evaluate import Environment, ball, exact, fraction
from theory.point import parse_point

Point = Mapping[str, Value]
POOL, REAL, URN, TAKEN, DECAY, MIXED = map(find, ("A26", "A27", "A28", "A29", "A02", "A39"))


def read(claim: Claim, name: str, point: Point, **changed: Value) -> tuple[sp.Expr, Environment]:
    known = {parameter.name for parameter in claim.domain.parameters}
    here = {key: entry for key, entry in {**point, **changed}.items() if key in known}
    return claim.law_at(claim.quantity(name), here)


def value(claim: Claim, name: str, point: Point, **changed: Value) -> Fraction:
    return fraction(exact(*read(claim, name, point, **changed)))


def enclosed(claim: Claim, name: str, point: Point, **changed: Value) -> arb:
    return ball(*read(claim, name, point, **changed), 128)


def number(point: Point, name: str) -> Fraction:
    found = point[name]
    assert isinstance(found, Fraction)
    return found


@given(point=points_of(REAL.domain))
def test_a_first_batch_from_the_real_law_is_a_pool_of_real_points(point: Point) -> None:
    size, rounds = number(point, "M"), number(point, "n")
    whole = value(POOL, "diversity", point, n=rounds + 1)
    assert value(REAL, "diversity", point, N0=size) == whole
    if size > 1:
        end = enclosed(REAL, "diversity-limit", point, N0=size)
        assert end.overlaps(enclosed(POOL, "diversity-limit", point))


@given(point=points_of(REAL.domain))
def test_diversity_falls_towards_a_positive_limit(point: Point) -> None:
    now, later = (value(REAL, "ratio", point, n=number(point, "n") + k) for k in (0, 1))
    end = enclosed(REAL, "ratio-limit", point)
    assert later < now <= 1
    assert arb(0) < end < arb(later.numerator) / later.denominator
    assert value(REAL, "diversity", point) >= value(
        DECAY, "diversity", point, n=number(point, "n") + 1, M=number(point, "N0")
    ) or number(point, "M") > number(point, "N0")


@given(point=points_of(URN.domain))
def test_an_urn_is_a_pool_with_batches_of_one(point: Point) -> None:
    counts = point["c"]
    assert isinstance(counts, tuple)
    total = sum(counts, Fraction(0))
    start = 1 - sum((count / total) ** 2 for count in counts)
    share = value(REAL, "ratio", point, N0=total, M=Fraction(1))
    assert value(URN, "diversity", point) == start * share
    limit = value(REAL, "ratio-limit", point, N0=total, M=Fraction(1))
    assert value(URN, "diversity-limit", point) == start * limit
    assert value(URN, "moment", point, k=Fraction(1)) == counts[0] / total


@given(point=points_of(TAKEN.domain, spread=8))
def test_training_on_less_of_the_pool_costs_more(point: Point) -> None:
    put_back, not_put_back = (
        value(TAKEN, name, point) for name in ("diversity", "without-replacement")
    )
    whole, last = value(POOL, "diversity", point), value(DECAY, "diversity", point)
    assert last <= put_back <= not_put_back <= whole
    end = enclosed(TAKEN, "diversity-limit", point)
    if point["M"] == 1:
        assert whole == 0
        assert end.is_zero()
        return
    assert arb(0) < end < enclosed(TAKEN, "diversity", point) * (1 + arb(2) ** -100)


@given(point=points_of(MIXED.domain, spread=8))
def test_a_pool_without_real_points_or_of_real_points_alone(point: Point) -> None:
    none = value(MIXED, "diversity", point, m_r=Fraction(0), m_s=Fraction(3))
    assert none == value(REAL, "diversity", point, M=Fraction(3))
    points = number(point, "N0") + 4 * number(point, "n")
    alone = value(MIXED, "diversity", point, m_r=Fraction(4), m_s=Fraction(0))
    assert alone == value(DECAY, "diversity", point, M=points, n=Fraction(1))


@given(real=st.integers(1, 40), size=st.integers(1, 9), first=st.integers(1, 30))
def test_more_real_points_are_never_worse(real: int, size: int, first: int) -> None:
    point = {"H0": Fraction(1, 2), "N0": Fraction(first), "n": Fraction(6), "m_s": Fraction(size)}
    less, more = (value(MIXED, "distance", point, m_r=Fraction(real + k)) for k in (0, 1))
    assert more < less


def test_counts_are_read_and_refused() -> None:
    assert parse_point(URN, ["c=3,2,1"])["c"] == (3, 2, 1)
    for words, fault in (
        (["c=3"], "every c_i >= 1"),
        (["c=3,0"], "every c_i >= 1"),
        (["c=1,2", "i=3"], "i = 3 lies outside 1 <= i <= K = 2"),
    ):
        with pytest.raises(DomainError, match=fault):
            parse_point(URN, words)


def test_a_limit_off_by_a_little_and_a_leaking_pool_are_refuted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = replace(
        ACCUMULATED_CASE,
        witnesses=tuple(one for one in ACCUMULATED_CASE.witnesses if not one.samples),
        mutants=(),
    )
    limit = POOL.quantities[1]
    broken = replace(limit, law=limit.law * (1 - Fraction(1, 50)))
    wrong = replace(case, claim=replace(POOL, quantities=(POOL.quantities[0], broken)))
    finding = Run(quick=True).judge(wrong)
    assert status(finding.claim, {"A26": finding}) == "refuted"
    taken = replace(
        SUBSAMPLES_CASE,
        witnesses=tuple(one for one in SUBSAMPLES_CASE.witnesses if not one.samples),
        mutants=(),
    )
    # What the broken pool gives is not to be kept for other tests, nor taken from them.
    monkeypatch.setattr(accumulation, "_ended", accumulation._ended.__wrapped__)
    monkeypatch.setattr(accumulation, "subsampled", pools.from_the_pool)
    finding = Run(quick=True).judge(taken)
    assert status(finding.claim, {"A29": finding}) == "refuted"
