"""Tabled laws: every probability in a table against SciPy's, and draws against the law."""

import itertools
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from numerics import tables
from numerics.jitted import jitted
from numerics.streams import Stream, derive_key, new_stream
from numerics.tables import Table, draw

LEVEL = 1e-8  # of each chi-square test; there are fewer than thirty, and the keys are fixed
KEY = derive_key("test", "tables")


@jitted
def _draws(stream: Stream, table: Table, row: int, out: NDArray[np.int64]) -> None:
    for i in range(out.size):
        out[i] = draw(stream, table, row)


def _tabled(table: Table, row: int) -> tuple[int, NDArray[np.float64]]:
    """First value and the probabilities that the slots of a row stand for."""
    about = int(table.rows[row])
    slots = table.slots[about & 0xFFFFFFFF :][: 1 << (about >> 32 & 0xFF)]
    threshold = (slots >> np.uint64(16)).astype(float) / 2**48
    result = threshold / slots.size
    np.add.at(result, (slots & np.uint64(0xFFFF)).astype(int), (1 - threshold) / slots.size)
    return about >> 40, result


def _distance(table: Table, row: int, law: Any) -> float:
    """Total variation distance between the row and the law."""
    first, result = _tabled(table, row)
    true = law.pmf(first + np.arange(result.size))
    return float(np.abs(result - true).sum() + max(0.0, 1 - true.sum())) / 2


@pytest.mark.parametrize("row", [0, 1, 2, 17, 128, 255, 256, 257, 258, 259])
def test_poisson_rows(row: int) -> None:
    mean = row if row < 256 else 256 << (row - 256)
    # SciPy's own probabilities are off by 1e-12 at the largest mean.
    assert _distance(tables.poisson_table(), row, stats.poisson(mean)) < 2e-12


@pytest.mark.parametrize("trials", [2, 3, 10, 100, 1023, 1024])
def test_binomial_rows(trials: int) -> None:
    table = tables.binomial_table(trials)
    assert table.rows.size == trials // 2 + 1
    for count in {0, 1, 2, trials // 3, trials // 2} & set(range(trials // 2 + 1)):
        assert _distance(table, count, stats.binom(trials, count / trials)) < 1e-12


@pytest.mark.parametrize("boxes", [1, 2, 5, 6])
def test_occupied_boxes_by_enumeration(boxes: int) -> None:
    table = tables.occupancy_table(boxes)
    for balls in range(boxes + 1):
        hit = [len(set(places)) for places in itertools.product(range(boxes), repeat=balls)]
        first, result = _tabled(table, balls)
        for k in range(boxes + 1):
            drawn = result[k - first] if 0 <= k - first < result.size else 0.0
            assert abs(drawn - hit.count(k) / len(hit)) < 1e-13


def test_occupied_boxes_among_many() -> None:
    table = tables.occupancy_table(1024)
    drawn = np.empty(20_000, np.int64)
    _draws(new_stream(KEY, 3), table, 900, drawn)
    balls = np.random.default_rng(3).integers(0, 1024, (20_000, 900))
    thrown = 1 + (np.diff(np.sort(balls, axis=1), axis=1) > 0).sum(axis=1)
    assert stats.ks_2samp(drawn, thrown).pvalue > LEVEL
    assert stats.ks_2samp(drawn + 1, thrown).pvalue < LEVEL


@pytest.mark.parametrize("size", [1, 2, 5, 300, 2**16])
def test_law_table(size: int) -> None:
    law = np.random.default_rng(size).dirichlet(np.full(size, 0.3))
    first, result = _tabled(tables.law_table(law), 0)
    assert first == 0
    np.testing.assert_allclose(result[:size], law, atol=2**-46)
    assert not result[size:].any()


@pytest.mark.parametrize("mean", [3, 200])
def test_draws_follow_the_row(mean: int) -> None:
    drawn = np.empty(200_000, np.int64)
    _draws(new_stream(KEY, mean), tables.poisson_table(), mean, drawn)
    law = stats.poisson(mean)
    edges = np.unique(law.ppf(np.arange(0.02, 1, 0.02))).astype(int)
    counts = np.diff(np.searchsorted(np.sort(drawn), edges, side="right"), prepend=0)
    share = np.diff(law.cdf(edges), prepend=0.0)
    observed = [*counts, drawn.size - counts.sum()]
    expected = np.array([*share, 1 - share.sum()]) * drawn.size
    assert stats.chisquare(observed, expected).pvalue > LEVEL


def test_large_means_are_sums() -> None:
    table, stream = tables.poisson_table(), new_stream(KEY, 9)
    mean = 3000
    drawn = [
        tables.poisson_high(stream, table, mean) + draw(stream, table, mean & 255)
        for _ in range(4000)
    ]
    assert stats.kstest(drawn, stats.poisson(mean).cdf).pvalue > LEVEL
    assert stats.kstest(drawn, stats.poisson(mean * 1.01).cdf).pvalue < LEVEL


@pytest.mark.parametrize(("trials", "count"), [(10, 7), (1000, 500), (1000, 501), (1000, 999)])
def test_both_halves(trials: int, count: int) -> None:
    table, stream = tables.binomial_table(trials), new_stream(KEY, count)
    drawn = np.array([tables.binomial_half(stream, table, trials, count) for _ in range(4000)])
    law = stats.binom(trials, count / trials)
    assert abs(drawn.mean() - law.mean()) < 6 * law.std() / np.sqrt(drawn.size)
    smooth = drawn + np.random.default_rng(1).uniform(size=4000)
    assert stats.kstest(smooth, _smoothed(law)).pvalue > LEVEL
    # A mean that is off by twelve standard errors is seen.
    wrong = stats.binom(trials, (count - 12 * law.std() / np.sqrt(drawn.size)) / trials)
    assert stats.kstest(smooth, _smoothed(wrong)).pvalue < LEVEL


def _smoothed(law: Any) -> Any:
    """Distribution function of the law plus a uniform fraction."""

    def function(x: NDArray[np.float64]) -> NDArray[np.float64]:
        whole = np.floor(x)
        return np.asarray(law.cdf(whole - 1) + (x - whole) * law.pmf(whole))

    return function
