"""A little fresh data: the chain's own variance, and the limiting law beside it."""

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics import transition_limits
from proofs.case import Case
from proofs.cases import case_of
from proofs.discrete import stationary as evidence
from proofs.ledger import Run
from proofs.verdict import Outcome
from tests.strategies import points_of
from theory.claims import find
from theory.domain import Value
from theory.evaluate import ball, exact, fraction

Point = Mapping[str, Value]
FRESH = find("A36")


def rational(name: str, point: Point, **changed: Value) -> Fraction:
    return fraction(exact(*FRESH.law_at(FRESH.quantity(name), {**point, **changed})))


@settings(max_examples=20)
@given(
    share=st.fractions(Fraction(1, 20), Fraction(19, 20), max_denominator=20),
    samples=st.integers(2, 40),
    fresh=st.fractions(Fraction(1, 200), 1, max_denominator=200),
)
def test_chain_has_the_exact_variance(share: Fraction, samples: int, fresh: Fraction) -> None:
    law = evidence.settled(share, samples, fresh)
    shares = np.arange(samples + 1) / samples
    mean, variance = float(law @ shares), float(law @ (shares - float(share)) ** 2)
    wanted = share * (1 - share) / (samples - (samples - 1) * (1 - fresh) ** 2)
    assert mean == pytest.approx(float(share), rel=1e-10)
    assert variance == pytest.approx(float(wanted), rel=1e-10)
    limit = rational(
        "variance", {"p": (share, 1 - share), "i": Fraction(1), "M": Fraction(samples), "g": fresh}
    )
    assert wanted / (1 + 2 * fresh) <= limit <= wanted * (1 + 2 * fresh)


@given(point=points_of(FRESH.domain))
def test_moments_fall_from_the_mean_and_give_the_variance(point: Point) -> None:
    law = point["p"]
    assert isinstance(law, tuple)
    place = point["i"]
    assert isinstance(place, Fraction)
    share = law[int(place) - 1]
    first, second = (rational("moment", point, k=Fraction(k)) for k in (1, 2))
    assert first == share
    assert share**2 < second < share
    assert second - share**2 == rational("variance", point)


@given(point=points_of(FRESH.domain, spread=60))
def test_distribution_of_both_shares(point: Point) -> None:
    law, x = point["p"], point["x"]
    assert isinstance(law, tuple)
    assert isinstance(x, Fraction)
    pair = {"p": (law[0], 1 - law[0]), "M": point["M"], "g": point["g"]}
    claim = FRESH.quantity("distribution")
    below = ball(*FRESH.law_at(claim, {**pair, "i": Fraction(1), "x": x}), 192)
    above = ball(*FRESH.law_at(claim, {**pair, "i": Fraction(2), "x": 1 - x}), 192)
    assert below.is_finite()
    assert (below + above).overlaps(below * 0 + 1)


@pytest.mark.parametrize("share", [Fraction(1, 4), Fraction(1, 2), Fraction(3, 4)])
def test_distribution_where_both_parameters_are_whole(share: Fraction) -> None:
    point: Point = {"p": (share, 1 - share), "M": Fraction(100), "g": Fraction(1, 50)}
    x = Fraction(9, 10)
    known = {1: 1 - (1 - x) ** 3, 2: x**2 * (3 - 2 * x), 3: x**3}[int(4 * share)]
    found = ball(*FRESH.law_at(FRESH.quantity("distribution"), {**point, "x": x}), 192)
    assert abs(found - float(known)) < 1e-12


def test_a_broken_chain_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of(FRESH)
    right = transition_limits.stationary_law
    monkeypatch.setattr(transition_limits, "stationary_law", lambda chain: right(chain)[::-1])
    evidence.settled.cache_clear()
    finding = Run(quick=True).judge(Case(case.claim, case.witnesses, ()))
    evidence.settled.cache_clear()
    assert Outcome.REFUTED in finding.outcomes()
