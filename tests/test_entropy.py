"""Entropy: the mean divergence between its bounds, and the linear system beside exact rationals."""

from collections.abc import Mapping
from fractions import Fraction

import pytest
from flint import arb, fmpq, fmpq_mat
from hypothesis import given

from numerics import losses
from numerics.workflows import batches
from proofs.case import Case
from proofs.cases import case_of
from proofs.ledger import Run
from proofs.verdict import Outcome
from tests.strategies import points_of
from theory import entropy_drop
from theory.claims import find
from theory.domain import Value
from theory.evaluate import ball

Point = Mapping[str, Value]
ENTROPY = find("A19")


def value(name: str, point: Point, **changed: Value) -> arb:
    return ball(*ENTROPY.law_at(ENTROPY.quantity(name), {**point, **changed}), 192)


def number(point: Point, name: str) -> int:
    entry = point[name]
    assert isinstance(entry, Fraction)
    return int(entry)


@given(point=points_of(ENTROPY.domain, spread=12))
def test_the_divergence_grows_and_stays_below_entropy_and_chi_square(point: Point) -> None:
    law = point["p"]
    assert isinstance(law, tuple)
    n, size = number(point, "n"), number(point, "M")
    now, later = value("kl", point), value("kl", point, n=Fraction(n + 1))
    if size == 1 and n > 0:
        assert now.overlaps(later)
    else:
        assert now < later
    start = value("times", point) / (2 * size)
    assert not later > start
    chi_square = (len(law) - 1) * (1 - (1 - Fraction(1, size)) ** (n + 1))
    assert not later > arb(fmpq(chi_square.numerator, chi_square.denominator))


@given(point=points_of(ENTROPY.domain, spread=12))
def test_joining_two_categories_hides_divergence(point: Point) -> None:
    law = point["p"]
    assert isinstance(law, tuple)
    if len(law) > 2 and number(point, "n") > 0:
        joined = (law[0] + law[1], *law[2:])
        assert value("kl", point, p=joined) < value("kl", point)


def plain_mean(start: tuple[Fraction, ...], samples: int, left: int) -> Fraction:
    """The same system over the rationals, outcomes enumerated draw by draw."""
    states = [
        counts
        for counts in batches((Fraction(1, len(start)),) * len(start), samples)
        if sum(count > 0 for count in counts) >= left
    ]
    place = {counts: row for row, counts in enumerate(states)}
    rows = [[fmpq(int(one == other)) for other in states] for one in states]
    for one in states:
        shares = [Fraction(count, samples) for count in one]
        for after, chance in batches(shares, samples).items():
            if after in place:
                rows[place[one]][place[after]] -= fmpq(chance.numerator, chance.denominator)
    times = fmpq_mat(rows).solve(fmpq_mat([[fmpq(1)] for _ in states]))
    total = Fraction(1)
    for after, chance in batches(start, samples).items():
        if after in place:
            time = times[place[after], 0]
            total += chance * Fraction(int(time.p), int(time.q))
    return total


@pytest.mark.parametrize("left", [2, 3])
@pytest.mark.parametrize("samples", [2, 4, 5])
def test_linear_system_equals_its_plain_twin(samples: int, left: int) -> None:
    start = (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6))
    if samples < left:
        assert losses.mean_until_fewer(start, samples, left) == 1
        return
    found = losses.mean_until_fewer(start, samples, left)
    right = plain_mean(start, samples, left)
    assert found.overlaps(arb(fmpq(right.numerator, right.denominator)))
    assert found.rel_accuracy_bits() > 120


def test_bad_arguments_are_refused() -> None:
    half = Fraction(1, 2)
    with pytest.raises(ValueError, match=r"left = 3 lies outside 2\.\.2"):
        losses.mean_until_fewer((half, half), 5, 3)
    with pytest.raises(ValueError, match="sum 1"):
        losses.mean_until_fewer((half, half / 2), 5, 2)
    with pytest.raises(ValueError, match="lies outside the system"):
        losses.mean_until_fewer((half, half / 2, half / 2), 50, 2)


def test_a_broken_law_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of(ENTROPY)
    monkeypatch.setattr(entropy_drop, "_gains", lambda samples, left, bits: None)
    finding = Run(quick=True).judge(Case(case.claim, case.witnesses, ()))
    assert Outcome.REFUTED in finding.outcomes()
