"""Retraining with infinite data: the fit against matched means, and the share of the error left."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics import retraining
from numerics.retraining import BITS, Family, fit, law, mean, mixture, shares_left
from proofs.case import setting
from proofs.cases import case_of
from proofs.gaussian import retraining as evidence
from proofs.ledger import Run
from proofs.verdict import Outcome
from theory.claim import value_exact
from theory.claims import find
from theory.errors import DomainError

CLAIM = find("B35")
LAWS = st.lists(st.integers(1, 9), min_size=3, max_size=4)


def contraction(weight: Fraction) -> Fraction:
    seen = value_exact(CLAIM, CLAIM.quantity("contraction"), {"lam": weight})
    return Fraction(str(seen))


@settings(max_examples=15)
@given(LAWS, st.integers(-2, 2), st.fractions(Fraction(1, 8), 12))
def test_any_family_keeps_the_same_share(parts: list[int], start: int, weight: Fraction) -> None:
    real = [Fraction(part, sum(parts)) for part in parts]
    family = Family(
        (Fraction(1),) * len(real), tuple(Fraction(x * x + 1) for x in range(len(real)))
    )
    with ctx.workprec(BITS):
        truth = [arb(fmpq(chance.numerator, chance.denominator)) for chance in real]
        start_at = Fraction(2 * start + 1, 7)
        if mean(family, truth).overlaps(mean(family, law(family, arb(fmpq(2 * start + 1, 7))))):
            return
    (share,) = shares_left(family, real, start_at, weight, 1)
    expected = contraction(weight)
    with ctx.workprec(BITS):
        assert share.overlaps(arb(fmpq(expected.numerator, expected.denominator)))
    assert float(share.rad()) < 1e-18


@settings(max_examples=10)
@given(LAWS)
def test_the_fit_matches_the_mean_of_the_data(parts: list[int]) -> None:
    with ctx.workprec(BITS):
        data = [arb(part) / sum(parts) for part in parts]
        family = Family((Fraction(1),) * len(data), tuple(map(Fraction, range(len(data)))))
        gap = mean(family, law(family, fit(family, data))) - mean(family, data)
    assert gap.contains(0)
    assert float(abs(gap).upper()) < 1e-20
    with ctx.workprec(BITS):
        assert all(
            one.overlaps(other)
            for one, other in zip(mixture(data, data, Fraction(5, 3)), data, strict=True)
        )


@given(st.fractions(0, 1000))
def test_every_weight_is_stable(weight: Fraction) -> None:
    assert 0 <= contraction(weight) < 1


def test_a_fit_that_runs_away_is_refused() -> None:
    family = Family((Fraction(1),) * 2, (Fraction(0), Fraction(1)))
    with pytest.raises(ArithmeticError, match=r"outside -64\.\.64"):
        fit(family, [arb(0), arb(1)])
    with pytest.raises(ValueError, match="weight = -1"):
        shares_left(family, (Fraction(1, 2),) * 2, Fraction(1), Fraction(-1), 1)
    with pytest.raises(ValueError, match="not constant"):
        Family((Fraction(1),) * 2, (Fraction(1), Fraction(1)))


@pytest.mark.parametrize("weight", [Fraction(-1), Fraction(-1, 1000)])
def test_outside_the_domain(weight: Fraction) -> None:
    with pytest.raises(DomainError, match="lies outside lam >= 0"):
        CLAIM.law_at(CLAIM.quantity("contraction"), {"lam": weight})


def test_made_points_as_a_share_of_all_are_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sabotage: the mixture takes lam for the share of made points."""

    def wrong(real: list[arb], made: list[arb], weight: Fraction) -> list[arb]:
        share = arb(fmpq(weight.numerator, weight.denominator))
        return [(1 - share) * one + share * two for one, two in zip(real, made, strict=True)]

    witness = evidence.CONTRACTION_WITNESS
    case = case_of(CLAIM)
    only = type(case)(CLAIM, (witness,), ())
    monkeypatch.setattr(retraining, "mixture", wrong)
    run = Run(quick=True)
    monkeypatch.setattr(run, "settings", lambda witness: (setting(start="binomial", lam="1/2"),))
    assert Outcome.REFUTED in run.judge(only).outcomes()
