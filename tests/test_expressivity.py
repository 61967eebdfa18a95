"""One Gaussian for two: limits, scaling, and agreement with the plain refit where a = 0."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb, ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics import mixture
from proofs.cases import CASES
from proofs.ledger import Run
from proofs.verdict import Outcome
from theory.claim import Claim, value_ball, value_exact
from theory.gaussian.expressivity import AFTERWARDS, EXPRESSIVITY
from theory.gaussian.risk import WASSERSTEIN_RISK

BITS = 128


def value(claim: Claim, name: str, **point: Fraction) -> arb:
    return value_ball(claim, claim.quantity(name), point, BITS)


def near(one: arb, other: arb) -> bool:
    with ctx.workprec(BITS):
        return bool(abs(one - other) < arb(2) ** -50 * (1 + abs(one)))


def test_one_normal_law_costs_nothing() -> None:
    point = {"a": Fraction(0), "s": Fraction(3)}
    assert value_exact(EXPRESSIVITY, EXPRESSIVITY.quantity("w2"), point) == 0
    assert value_exact(EXPRESSIVITY, EXPRESSIVITY.quantity("kl"), point) == 0
    assert value_exact(EXPRESSIVITY, EXPRESSIVITY.quantity("kap"), point) == 1


@given(st.integers(2, 40), st.integers(1, 40), st.integers(1, 9))
def test_without_a_second_mode_the_risk_is_the_plain_one(M: int, n: int, s: int) -> None:
    seen = value(AFTERWARDS, "risk", a=Fraction(0), s=Fraction(s), M=Fraction(M), n=Fraction(n))
    plain = value(WASSERSTEIN_RISK, "risk", sigma=Fraction(s), M=Fraction(M), n=Fraction(n))
    assert near(seen, plain)


@settings(max_examples=4)
@given(st.fractions(Fraction(1, 4), 4, max_denominator=8), st.integers(2, 9))
def test_distance_scales_and_entropy_does_not(a: Fraction, scale: int) -> None:
    one = {"a": a, "s": Fraction(1)}
    other = {name: entry * scale for name, entry in one.items()}
    with ctx.workprec(BITS):
        distance = value(EXPRESSIVITY, "w2", **one) * scale**2
    assert near(distance, value(EXPRESSIVITY, "w2", **other))
    assert near(value(EXPRESSIVITY, "kl", **one), value(EXPRESSIVITY, "kl", **other))


@pytest.mark.parametrize("a", [Fraction(1, 10), Fraction(3, 2), Fraction(50)])
def test_overlap_lies_between_one_normal_law_and_two_points(a: Fraction) -> None:
    kap = value(EXPRESSIVITY, "kap", a=a, s=Fraction(1))
    with ctx.workprec(BITS):
        assert (2 / arb.pi()).sqrt() < kap < 1
    entropy = value(EXPRESSIVITY, "kl", a=Fraction(50), s=Fraction(1))
    with ctx.workprec(BITS):  # far apart: which part a point is of tells one bit
        far = arb(2501).log() / 2 - arb(2).log()
        assert abs(entropy - far) < arb(10) ** -12


def test_moments_of_the_mixture() -> None:
    found = mixture.moments(Fraction(2), Fraction(3), 4)
    assert list(map(int, found)) == [1, 0, 13, 0, 16 + 6 * 4 * 9 + 3 * 81]


def test_a_wrong_mixture_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    right = mixture.relative_entropy
    monkeypatch.setattr(
        mixture, "relative_entropy", lambda a, s, bits: right(a * Fraction(1001, 1000), s, bits)
    )
    case = next(case for case in CASES if case.claim is EXPRESSIVITY)
    assert Outcome.REFUTED in Run(quick=True).judge(case).outcomes()
