"""Figures 4, 5, 6 and 12: the laws on the page against what is seen, and wrong laws refuted."""

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from proofs.figures.drawing import Effort
from proofs.figures.measured import mean_error, pooled, recursions
from proofs.figures.measured.recursions import Seen
from tests.figure_sizes import BAND, DRAWINGS


def runs_of(name: str, size: int, runs: int, generations: int, monkeypatch: Any) -> Seen:
    """All runs of one size, as the figure simulates them."""
    found: list[Seen] = []

    def listening(*arguments: Any) -> Iterator[tuple[int, Seen]]:
        for M, seen in simulated(*arguments):
            found.append(seen)
            yield M, seen

    simulated = recursions.simulated
    monkeypatch.setattr(recursions, "simulated", listening)
    parameters = {"generations": generations, "runs": {str(size): runs}, "band": BAND}
    DRAWINGS[name].measure(parameters, Effort())
    return found[0]


def near(values: np.ndarray[Any, Any], wanted: float, errors: float = 5.0) -> bool:
    """Whether the mean of independent values is the wanted one; a false alarm is one in 2e6."""
    return bool(abs(values.mean() - wanted) < errors * values.std(ddof=1) / math.sqrt(len(values)))


@pytest.mark.parametrize(
    ("name", "drift", "bound"),
    [
        ("gaussian-pool", pooled.pool_drift, pooled.pool_bound),
        ("gaussian-subsample", pooled.subsample_drift, pooled.subsample_bound),
    ],
)
def test_drift_and_bound_are_those_of_the_runs(
    name: str, drift: Any, bound: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other workflow's laws, and the neighbours of n and M, are refuted by the same runs."""
    size, n = 4, 12
    seen = runs_of(name, size, 20_000, n, monkeypatch)
    walked, kept = seen.mean[:, n - 1] ** 2, seen.variance[:, n - 1]
    assert near(walked, drift(size, n) ** 2)
    assert near(kept, (1 - bound(size, n)) ** 2)
    away = 1 - np.sqrt(kept)
    assert away.mean() > bound(size, n)
    pool = drift is pooled.pool_drift
    other = pooled.subsample_drift if pool else pooled.pool_drift
    assert not near(walked, other(size, n) ** 2)
    assert not near(walked, drift(size, 2) ** 2)
    assert not near(walked, drift(size + 1, n) ** 2)
    assert not near(
        kept, (1 - (pooled.subsample_bound if pool else pooled.pool_bound)(size, n)) ** 2
    )


def test_the_first_order_of_the_pool_is_near_the_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    size, n = 100, 12
    seen = runs_of("gaussian-pool", size, 4000, n, monkeypatch)
    square = (np.sqrt(seen.variance[:, n - 1]) - 1) ** 2
    wanted = pooled.pool_departure(size, n) ** 2
    error = 5 * square.std() / math.sqrt(len(square))
    assert abs(square.mean() - wanted) < error + 3 * wanted / size
    assert abs(square.mean() - 2 * wanted) > error + 3 * wanted / size
    total = sum(Fraction(1, k * k) for k in range(1, n + 1))
    assert wanted == pytest.approx(float(total) / (2 * size), rel=3 / size)


@pytest.mark.parametrize("samples", [10, 10**7])
def test_the_error_of_a_mean_is_half_normal(samples: int) -> None:
    law = mean_error.exact(samples, BAND)
    assert law["mean"] == pytest.approx(math.sqrt(2 / (math.pi * samples)), rel=1e-14)
    assert law["deviation"] == pytest.approx(math.sqrt((1 - 2 / math.pi) / samples), rel=1e-14)
    for level, edge in zip(BAND, (law["low"], law["high"]), strict=True):
        assert math.erf(edge * math.sqrt(samples / 2)) == pytest.approx(level, rel=1e-12)


def test_the_errors_of_means_are_those_of_the_law() -> None:
    parameters = {"generations": 1, "runs": {"7": 20_000}, "band": BAND}
    found = mean_error.measure(parameters, Effort())["sizes"]["7"]
    seen, law = found["seen"], found["exact"]
    other = mean_error.exact(8, BAND)
    for kind in ("mean", "deviation"):
        assert abs(seen[kind] - law[kind]) < 5 * seen[f"{kind}-error"]
        assert abs(seen[kind] - other[kind]) > 5 * seen[f"{kind}-error"]
