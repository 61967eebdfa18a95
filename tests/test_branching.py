"""Rare categories: the Poisson family, the bounds on it, and resampling beside it."""

import math
from collections.abc import Mapping
from fractions import Fraction

import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from numerics import branching as kernel
from proofs.case import Case
from proofs.cases import case_of
from proofs.discrete import branching as evidence
from proofs.ledger import Run
from proofs.verdict import Outcome
from tests.strategies import points_of
from theory.claims import find
from theory.discrete import branching
from theory.domain import Value
from theory.errors import DomainError
from theory.evaluate import ball, exact, fraction

Point = Mapping[str, Value]
RARE, SYMBOL, LOSS = find("A18"), find("A33"), find("A17")


def value(name: str, point: Point, code: str = "A18") -> arb:
    claim = find(code)
    return ball(*claim.law_at(claim.quantity(name), point), 256)


def lost(point: Point, **changed: Value) -> Fraction:
    return fraction(exact(*LOSS.law_at(LOSS.quantity("lost"), {**point, **changed})))


def plain_lost(mean: float, generations: int, most: int) -> float:
    """Poisson counts up to `most`, term by term."""
    weights = [math.exp(-mean) * mean**x / math.factorial(x) for x in range(most + 1)]
    for _ in range(generations - 1):
        after = [0.0] * (most + 1)
        for parent, weight in enumerate(weights):
            for x in range(most + 1):
                after[x] += weight * math.exp(-parent) * parent**x / math.factorial(x)
        weights = after
    return weights[0]


@given(point=points_of(LOSS.domain, spread=40))
def test_the_poisson_value_is_above_and_close(point: Point) -> None:
    gap = value("lost", point) - _ball(lost(point))
    claim = RARE.quantity("lost")
    assert claim.order is not None
    _, values = RARE.law_at(claim, point)
    assert 0 < gap < ball(claim.order.size, values, 256)


@given(point=points_of(LOSS.domain, spread=40))
def test_both_survival_bounds_stay_below_the_truth(point: Point) -> None:
    q, size, n = point["q"], point["M"], point["n"]
    assert isinstance(q, Fraction)
    assert isinstance(size, Fraction)
    here = {"lambda": q * size, "k": n}
    printed, sharp = (value(name, here, "A33") for name in ("alive", "sharp"))
    assert sharp < _ball(1 - lost(point))
    assert printed < sharp or n == 1


@given(k=st.integers(1, 3000))
def test_survival_stays_in_its_bounds_and_falls(k: int) -> None:
    here, later = {"k": Fraction(k)}, {"k": Fraction(k + 1)}
    inverse = 1 / value("survival", here)
    assert value("inverse-at-least", here) < inverse < value("inverse-at-most", here)
    assert value("survival", later) < value("survival", here)
    assert value("decay", here) > value("survival", here)


@pytest.mark.parametrize(("mean", "generations"), [(0.5, 3), (2.0, 1), (2.0, 4)])
def test_poisson_chain_equals_its_plain_twin(mean: float, generations: int) -> None:
    low, high = kernel.poisson_lost(mean, generations)[generations]
    assert low <= plain_lost(mean, generations, 60) * (1 + 1e-9)
    assert high >= plain_lost(mean, generations, 60) * (1 - 1e-9)
    assert high - low < 1e-8


def test_steps_below_zero_are_refused() -> None:
    with pytest.raises(DomainError, match=r"k = -1 lies outside 0 <= k"):
        branching.BranchingSurvival.ball_value(arb(-1))
    with pytest.raises(ValueError, match="mean > 0"):
        kernel.poisson_lost(0.0, 1)


def refuted(case: Case) -> bool:
    evidence.poisson_lost.cache_clear()
    finding = Run(quick=True).judge(
        Case(case.claim, tuple(w for w in case.witnesses if not w.samples), ())
    )
    evidence.poisson_lost.cache_clear()
    return Outcome.REFUTED in finding.outcomes()


def test_a_broken_iteration_or_chain_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of(RARE)
    right, rows = branching._survival, kernel._rows
    with monkeypatch.context() as patch:
        patch.setattr(branching, "_survival", lambda k, bits: right(k + 1, bits))
        assert refuted(case)
    with monkeypatch.context() as patch:
        patch.setattr(kernel, "_rows", lambda means: rows(1.01 * means))
        kernel._step.cache_clear()
        assert refuted(case)
    kernel._step.cache_clear()


def _ball(number: Fraction) -> arb:
    return arb(number.numerator) / number.denominator
