"""The first loss: both forms, its order at three categories, and the tail beside the product."""

import math
from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

from numerics import lifetimes, losses, transition
from proofs.case import Case
from proofs.cases import case_of
from proofs.ledger import Run
from proofs.verdict import Outcome
from tests.strategies import points_of
from theory import extinction_times
from theory.claims import find
from theory.domain import Value
from theory.evaluate import ball

Point = Mapping[str, Value]
FIRST, PRINTED, ENTROPY = find("A20"), find("A20x"), find("A19")


def value(code: str, name: str, point: Point) -> arb:
    claim = find(code)
    return ball(*claim.law_at(claim.quantity(name), point), 192)


@given(point=points_of(FIRST.domain, spread=1000))
def test_the_first_loss_comes_before_the_last(point: Point) -> None:
    law = point["p"]
    assert isinstance(law, tuple)
    here = {"p": law, "M": point["M"]}
    first, times = value("A20", "mean", here), value("A19", "times", here)
    assert first.overlaps(value("A20", "mean-integral", here))
    if len(law) == 2:
        assert first.overlaps(times)
    else:
        assert first * (len(law) - 1) < times


@given(
    weights=st.lists(st.integers(1, 20), min_size=2, max_size=5),
    scale=st.integers(1, 100),
)
def test_the_product_law_has_this_mean(weights: list[int], scale: int) -> None:
    law = tuple(Fraction(weight, sum(weights)) for weight in weights)
    integral = lifetimes.mean_of_smallest([2 * scale * share for share in law])
    assert integral.overlaps(value("A20", "product-mean", {"p": law, "M": Fraction(scale)}))


def test_three_categories_fall_short_by_a_third_of_the_logarithm() -> None:
    """The error is ln(M) / 3 + O(1): doubling M adds ln(2) / 3 to it."""
    law = (Fraction(1, 3),) * 3
    short = []
    for size in (8, 16):
        exact = losses.mean_until_fewer(law, size, 3)
        short.append(float((value("A20", "mean", {"p": law, "M": Fraction(size)}) - exact).mid()))
    assert short[1] - short[0] == pytest.approx(math.log(2) / 3, rel=0.05)


@given(
    q=st.fractions(Fraction(1, 50), Fraction(49, 50)),
    tau=st.fractions(Fraction(1, 10), 8),
    more=st.fractions(Fraction(1, 100), 1),
)
def test_the_tail_is_a_tail_and_the_same_for_both(
    q: Fraction, tau: Fraction, more: Fraction
) -> None:
    now = value("A20", "tail", {"q": q, "tau": tau})
    assert now.overlaps(value("A20", "tail", {"q": 1 - q, "tau": tau}))
    assert 0 < value("A20", "tail", {"q": q, "tau": tau + more}) < now < 1.000001


def test_the_tail_at_five_m_generations() -> None:
    """0.01011 in the limit; 0.00967 is the value at M = 100; the product law says 0.0329."""
    half = Fraction(1, 2)
    limit = float(value("A20", "tail", {"q": half, "tau": Fraction(5)}).mid())
    assert limit == pytest.approx(1.5 * math.exp(-5), rel=1e-6)
    chain = transition.transition_chain(np.arange(101) / 100)
    law = transition.transition_law(chain, transition.binomial_law(100, 0.5), 499)
    assert float(law[1:-1].sum()) == pytest.approx(0.0096724, abs=1e-7)
    printed = value("A20x", "tail", {"p": (half, half), "M": Fraction(100), "n": Fraction(500)})
    assert float(printed.mid()) == pytest.approx(0.0328585, abs=1e-7)


def test_too_many_unions_are_refused_and_alike_ones_are_not() -> None:
    one = tuple(arb(fmpq(k, 210)) for k in range(1, 21))
    with pytest.raises(ArithmeticError, match="unions of categories take too long"):
        extinction_times.SubsetEntropy.ball_value(one)
    alike = (arb(1) / 30,) * 30
    integral = extinction_times.ExtinctionIntegral.ball_value(alike)
    assert extinction_times.SubsetEntropy.ball_value(alike).overlaps(integral)


def test_bad_scales_are_refused() -> None:
    with pytest.raises(ValueError, match="two or more scales above 0"):
        lifetimes.mean_of_smallest([1])


def test_a_series_without_its_second_term_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of(FIRST)
    right = extinction_times.DiffusionTail.ball_value

    def first_term(*arguments: arb) -> arb:
        q, tau = arguments
        return right(*arguments) * 0 + 6 * q * (1 - q) * (-tau).exp()

    monkeypatch.setattr(extinction_times.DiffusionTail, "ball_value", staticmethod(first_term))
    finding = Run(quick=True).judge(Case(case.claim, case.witnesses, ()))
    assert Outcome.REFUTED in finding.outcomes()
