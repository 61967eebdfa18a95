"""Distances to the real law: known special cases, order between them, and the evidence itself."""

from collections.abc import Mapping
from fractions import Fraction

import pytest
from flint import arb, fmpq
from hypothesis import given

from numerics.enumeration import absorption, expectation, law_after
from proofs.cases import case_of
from proofs.ledger import Run
from proofs.verdict import Outcome
from tests.strategies import points_of
from theory.claim import Claim
from theory.claims import find
from theory.domain import Value, gini_simpson
from theory.errors import DomainError
from theory.evaluate import ball, exact, fraction
from theory.point import parse_point

Point = Mapping[str, Value]
DIVERSITY, DRIFT, TAIL, VARIATION, CHI, KL = map(find, ("A02", "A03", "A16", "A30", "A31", "A32"))


def value(claim: Claim, name: str, point: Point, **changed: Value) -> Fraction:
    return fraction(exact(*claim.law_at(claim.quantity(name), {**point, **changed})))


def law_of(point: Point) -> tuple[Fraction, ...]:
    law = point["p"]
    assert isinstance(law, tuple)
    return law


@given(point=points_of(VARIATION.domain, spread=60))
def test_deviation_is_symmetric_and_below_the_standard_deviation(point: Point) -> None:
    law = law_of(point)
    pair = {"p": (law[0], 1 - law[0]), "M": point["M"]}
    one, other = (value(VARIATION, "deviation", pair, i=Fraction(i)) for i in (1, 2))
    assert one == other == value(VARIATION, "total-variation", pair)
    component = value(DRIFT, "component", {**pair, "i": Fraction(1), "n": Fraction(1)})
    assert component <= one <= 1
    assert one**2 <= component


@given(point=points_of(VARIATION.domain, spread=60))
def test_half_the_deviations_add_up_to_the_total_variation(point: Point) -> None:
    deviations = [
        value(VARIATION, "deviation", point, i=Fraction(i))
        for i in range(1, len(law_of(point)) + 1)
    ]
    assert sum(deviations) == 2 * value(VARIATION, "total-variation", point)
    assert value(VARIATION, "total-variation", point) <= value(VARIATION, "limit", point)


@given(point=points_of(VARIATION.domain))
def test_one_sample_has_its_limit_at_once(point: Point) -> None:
    one = value(VARIATION, "total-variation", point, M=Fraction(1))
    assert one == value(VARIATION, "limit", point) == gini_simpson(law_of(point))


def test_deviation_at_a_whole_mean_in_balls() -> None:
    """M p = 333333 exactly: the floor must not fall to the number below."""
    point = parse_point(VARIATION, ["p=1/3", "M=999999"])
    law, values = VARIATION.law_at(VARIATION.quantity("deviation"), point)
    share = arb(fmpq(1, 3))
    v, rest = 333334, 999999 - 333334 + 1
    expected = 2 * v * arb.bin(arb(999999), v) * share**v * (1 - share) ** rest / 999999
    assert ball(law, values, 128).overlaps(expected)
    assert ball(law, values, 128).rel_accuracy_bits() > 60


@given(point=points_of(CHI.domain, spread=60))
def test_chi_square_is_the_drift_of_a_uniform_law(point: Point) -> None:
    kinds = len(law_of(point))
    uniform = (Fraction(1, kinds),) * kinds
    here = {"p": uniform, "M": point["M"], "n": point["n"]}
    found = value(CHI, "divergence", point)
    assert found == value(CHI, "divergence", here) == kinds * value(DRIFT, "drift", here)
    alone = {"K": Fraction(kinds), "M": point["M"], "n": point["n"]}
    assert found == value(CHI, "divergence", alone)


def test_categories_and_law_must_agree() -> None:
    with pytest.raises(DomainError, match=r"K = 5 lies outside K = 2, which follows from p"):
        parse_point(CHI, ["K=5", "p=1/2", "M=10", "n=3"])


def mean_kl(law: tuple[Fraction, ...], size: int, n: int) -> float:
    """Return E KL(p_n || p) over all outcomes."""
    seen = law_after(law, size, n)

    def kl(counts: tuple[int, ...]) -> Fraction:
        parts = (
            Fraction(c, size)
            * Fraction(float((arb(c) / size / arb(fmpq(p.numerator, p.denominator))).log()))
            for c, p in zip(counts, law, strict=True)
            if c
        )
        return sum(parts, Fraction(0))

    return float(expectation(seen, kl))


@pytest.mark.parametrize("size", [1, 2, 4])
def test_mean_kl_grows_to_its_limit(size: int) -> None:
    law = (Fraction(1, 7), Fraction(2, 7), Fraction(4, 7))
    limit = float(ball(*KL.law_at(KL.quantity("limit"), {"p": law}), 64))
    means = [mean_kl(law, size, n) for n in (1, 3, 10, 80)]
    assert means == sorted(means)
    assert means[-1] == pytest.approx(limit, rel=1e-8)
    assert means[0] < limit or size == 1


@given(point=points_of(KL.domain, spread=40))
def test_infinite_at_least_as_often_as_any_category_is_lost(point: Point) -> None:
    share = law_of(point)[int(Fraction(str(point["i"]))) - 1]
    lost = value(TAIL, "lost", {"q": share, "M": point["M"]})
    bound = value(KL, "infinite", point)
    assert lost < bound <= 1
    if point["M"] == 1:
        assert bound == 1


def test_a_wrong_winner_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of(KL)
    assert Run(quick=True).judge(case).outcomes() == {Outcome.CONSISTENT}
    monkeypatch.setattr(
        "proofs.discrete.divergences.enumeration.absorption",
        lambda law, size: absorption(law, size)[::-1],
    )
    assert Outcome.REFUTED in Run(quick=True).judge(case).outcomes()
