"""Fresh data, real sets and blends: special cases, order, and agreement with other claims."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given

from numerics.workflow import Workflow
from proofs.discrete import fresh
from proofs.discrete.fresh import FRESH_SHARES_CASE
from proofs.ledger import Run, status
from tests.strategies import points_of
from theory.claim import Claim
from theory.claims import find
from theory.domain import Value
from theory.errors import DomainError
from theory.evaluate import exact, fraction
from theory.point import parse_point

Point = Mapping[str, Value]
SHARED, COUNTED, FIXED, BLENDED, DECAY = map(find, ("A22", "A23", "A24", "A25", "A02"))


def value(claim: Claim, name: str, point: Point, **changed: Value) -> Fraction:
    known = {parameter.name for parameter in claim.domain.parameters}
    here = {key: entry for key, entry in {**point, **changed}.items() if key in known}
    return fraction(exact(*claim.law_at(claim.quantity(name), here)))


def number(point: Point, name: str) -> Fraction:
    found = point[name]
    assert isinstance(found, Fraction)
    return found


@given(point=points_of(SHARED.domain))
def test_without_fresh_data_it_is_resampling(point: Point) -> None:
    assert value(SHARED, "diversity", point, g=Fraction(0)) == value(DECAY, "diversity", point)
    assert value(SHARED, "diversity-limit", point, g=Fraction(0)) == 0
    real = value(SHARED, "distance-limit", point, g=Fraction(1))
    samples = number(point, "M")
    assert real == value(SHARED, "distance", point, g=Fraction(1), n=Fraction(1))
    assert value(SHARED, "diversity-limit", point, g=Fraction(1)) == value(
        DECAY, "diversity", point, M=samples, n=Fraction(1)
    )


@given(point=points_of(SHARED.domain))
def test_distance_rises_to_its_limit_and_fresh_data_lowers_it(point: Point) -> None:
    now, later = (value(SHARED, "distance", point, n=number(point, "n") + k) for k in (0, 1))
    assert 0 <= now <= later <= value(SHARED, "distance-limit", point)
    more = value(SHARED, "distance-limit", point, g=(1 + number(point, "g")) / 2)
    assert more <= value(SHARED, "distance-limit", point)


@given(point=points_of(COUNTED.domain))
def test_counted_real_points_do_better_than_the_same_share_by_chance(point: Point) -> None:
    real, synthetic = number(point, "m_r"), number(point, "m_s")
    size = real + synthetic
    by_chance = value(SHARED, "distance-limit", point, g=real / size, M=size)
    counted = value(COUNTED, "distance-limit", point)
    assert counted <= by_chance
    assert (counted == by_chance) == (real * synthetic == 0)


@given(point=points_of(FIXED.domain))
def test_a_real_set_is_never_better_than_its_own_points(point: Point) -> None:
    points = number(point, "N")
    offset = value(FIXED, "total-distance", point, m=Fraction(0))
    assert offset == value(SHARED, "distance", point, g=Fraction(1), M=points, n=Fraction(1))
    assert value(FIXED, "total-distance", point) >= offset
    assert value(FIXED, "diversity", point, m=Fraction(0)) == value(FIXED, "real-diversity", point)
    known = (1 - 1 / points) * value(DECAY, "diversity", point, n=Fraction(0), M=points)
    assert value(FIXED, "mean-distance", point) == value(FIXED, "distance", point, H_r=known)


@given(point=points_of(BLENDED.domain))
def test_blends_between_the_other_workflows(point: Point) -> None:
    kept = value(BLENDED, "distance", point, al=Fraction(1), g=Fraction(0))
    assert kept == value(SHARED, "distance", point, g=Fraction(0))
    real = value(BLENDED, "distance-limit", point, al=Fraction(0), g=Fraction(1, 2))
    assert real == 0
    fit = number(point, "al")
    if fit:
        decayed = value(BLENDED, "diversity", point, g=Fraction(0))
        start = value(DECAY, "diversity", point, n=Fraction(0))
        assert decayed == start * (1 - fit**2 / number(point, "M")) ** int(number(point, "n"))


def test_what_follows_from_other_parameters_must_agree() -> None:
    words = ["al=1/2", "g=1/4", "M=10", "H0=1/2"]
    assert parse_point(BLENDED, [*words, "be=1/4"])["be"] == Fraction(1, 4)
    for two in (("al=1/2", "be=1/4"), ("be=1/4", "g=1/4"), ("al=1/2", "g=1/4", "be=1/4")):
        found = parse_point(BLENDED, two)
        assert (found["al"], found["g"]) == (Fraction(1, 2), Fraction(1, 4))
    assert parse_point(COUNTED, ["M=5", "m_r=2"])["m_s"] == 3
    with pytest.raises(DomainError, match="g = -1/4 lies outside 0 <= g <= 1"):
        parse_point(BLENDED, ["al=1/2", "be=3/4"])
    with pytest.raises(DomainError, match="al = 1,1 lies outside 0 <= al <= 1"):
        parse_point(BLENDED, ["al=1,1", "be=3/4"])
    with pytest.raises(DomainError, match=r"be = 1/2.*lies outside be = "):
        parse_point(BLENDED, [*words, "be=1/2"])
    with pytest.raises(DomainError, match=r"lies outside alpha \+ g <= 1"):
        parse_point(BLENDED, ["al=1/2", "g=3/4"])
    with pytest.raises(DomainError, match=r"M = 10 lies outside M = m_r \+ m_s"):
        parse_point(COUNTED, ["m_r=2", "m_s=3", "M=10"])
    with pytest.raises(DomainError, match=r"lies outside 0 < m_r \+ m_s"):
        parse_point(COUNTED, ["m_r=0", "m_s=0"])


def test_a_wrong_law_and_a_wrong_loop_are_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    case = replace(
        FRESH_SHARES_CASE,
        witnesses=tuple(one for one in FRESH_SHARES_CASE.witnesses if not one.samples),
        mutants=(),
    )
    first = SHARED.quantities[0]
    broken = replace(first, law=first.law * (1 + Fraction(1, 10**9)))
    wrong = replace(case, claim=replace(SHARED, quantities=(broken, *SHARED.quantities[1:])))
    finding = Run(quick=True).judge(wrong)
    assert status(finding.claim, {"A22": finding}) == "refuted"
    monkeypatch.setattr(
        fresh, "Workflow", lambda fresh_share: Workflow(gamma=fresh_share, alpha=1 - fresh_share)
    )
    finding = Run(quick=True).judge(case)
    assert status(finding.claim, {"A22": finding}) == "refuted"
