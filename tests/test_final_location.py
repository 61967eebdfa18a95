"""The end of a run: Student's laws, the power tail, and how both fit together."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from numerics import gaussian
from numerics.start import Start
from proofs.cases import CASES
from proofs.gaussian.final_location import median
from proofs.ledger import Run
from proofs.verdict import Outcome
from theory.claim import value_ball
from theory.domain import Value
from theory.gaussian.final_location import HEAVY_TAIL, LIMIT_LAW


def tail(x: float, estimator: str) -> float:
    point: dict[str, Value] = {"x": Fraction(x), "estimator": estimator}
    return float(value_ball(LIMIT_LAW, LIMIT_LAW.quantity("tail"), point, 128).mid())


def density(x: float, estimator: str) -> float:
    point: dict[str, Value] = {"x": Fraction(x), "estimator": estimator}
    return float(value_ball(LIMIT_LAW, LIMIT_LAW.quantity(), point, 128).mid())


def constant(M: int) -> float:
    point: dict[str, Value] = {"M": Fraction(M)}
    return float(value_ball(HEAVY_TAIL, HEAVY_TAIL.quantity(), point, 128).mid())


@given(st.floats(1e-3, 1e3))
def test_tails_are_those_of_student(x: float) -> None:
    assert math.isclose(tail(x, "unbiased"), 2 * stats.t.sf(x, 2), rel_tol=1e-9)
    scale = math.sqrt(2)
    assert math.isclose(tail(x, "mle"), 2 * stats.t.sf(x * scale, 4), rel_tol=1e-9)


@given(st.floats(0, 1e3))
def test_densities_are_those_of_student(x: float) -> None:
    """The density is what comes first."""
    assert math.isclose(density(x, "unbiased"), stats.t.pdf(x, 2), rel_tol=1e-9)
    scale = math.sqrt(2)
    assert math.isclose(density(x, "mle"), scale * stats.t.pdf(x * scale, 4), rel_tol=1e-9)


def test_tail_at_no_distance_is_one() -> None:
    assert tail(0, "unbiased") == tail(0, "mle") == 1


@given(st.integers(2, 10**5))
def test_the_power_tail_rises_to_that_of_the_limit_law(M: int) -> None:
    """x^2 times the tail of t_2 tends to 1, which the constants of all M stay below."""
    assert constant(M) < constant(M + 1) < 1
    assert 1 - constant(M) < 1 / M
    assert abs(1e10 * tail(1e5, "unbiased") - 1) < 1e-9


def test_interval_of_a_median_holds_it() -> None:
    values = np.random.default_rng(7).exponential(size=10_000)
    low, high = median(values).ends(1e-6)
    assert low < math.log(2) < high
    assert high - low < 0.15


def test_runs_of_other_sizes_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The MLE in place of the unbiased estimator ends elsewhere."""
    right = gaussian.simulate

    def exchanged(
        start: Start, samples: int, record: tuple[int, ...], key: int, first: int, last: int,
        estimator: str,
    ) -> gaussian.GaussianRun:  # fmt: skip
        return right(start, samples, record, key, first, last, "mle")

    monkeypatch.setattr(gaussian, "simulate", exchanged)
    for claim in (HEAVY_TAIL, LIMIT_LAW):
        case = next(case for case in CASES if case.claim is claim)
        assert Outcome.REFUTED in Run(quick=True).judge(case).outcomes()
