"""The resampling kernel against its two plain twins, and its promises about replicates."""

import math
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from numerics import campaign, discrete, plain
from numerics.discrete import DiscreteRun
from numerics.resampling import BINOMIALS, INDIVIDUALS, POISSONS, way
from numerics.streams import derive_key

KEY = derive_key("test", "kernels", "discrete")
LEVEL = 1e-8  # of each comparison with NumPy's generator; fewer than a hundred, with fixed seeds


@st.composite
def points(draw: st.DrawFn) -> dict[str, Any]:
    """A start, a number of samples or a schedule, and generations to record."""
    weights = draw(st.lists(st.integers(0, 50), min_size=1, max_size=40).filter(any))
    record = draw(st.sets(st.integers(1, 40), min_size=1, max_size=4).map(sorted))
    constant = st.integers(1, 300)
    schedule = st.lists(constant, min_size=record[-1], max_size=record[-1] + 2)
    return {
        "start": np.array(weights) / sum(weights),
        "samples": draw(constant | schedule),
        "record": tuple(record),
        "tracked": draw(st.integers(0, len(weights) - 1)),
    }


def _assert_same(run: DiscreteRun, other: DiscreteRun) -> None:
    for name, one, two in zip(run._fields, run, other, strict=True):
        np.testing.assert_array_equal(one, two, err_msg=name)
        assert one.dtype == two.dtype == np.int64


@given(points())
def test_kernel_equals_its_twin(point: dict[str, Any]) -> None:
    run = discrete.simulate(**point, key=KEY, first=2, last=6)
    _assert_same(run, plain.discrete_by_words(**point, key=KEY, first=2, last=6))


def _ways(run: DiscreteRun, samples: int) -> set[int]:
    """Ways in which generations after the first were drawn, if every generation is recorded."""
    return {way(int(k), samples, samples) for k in run.survivors[:, :-1].ravel()}


@pytest.mark.parametrize(
    ("categories", "samples", "generations", "ways"),
    [
        (200, 1000, 300, {INDIVIDUALS, POISSONS, BINOMIALS}),
        (90, 100, 120, {INDIVIDUALS, BINOMIALS}),
        (2000, 20_000, 20, {POISSONS}),
    ],
)
def test_kernel_equals_its_twin_in_every_way_of_drawing(
    categories: int, samples: int, generations: int, ways: set[int]
) -> None:
    law = np.arange(1, categories + 1) / (categories * (categories + 1) / 2)
    record = tuple(range(1, generations))
    run = discrete.simulate(law, samples, record, KEY, 0, 3, tracked=categories - 1)
    assert _ways(run, samples) == ways
    twin = plain.discrete_by_words(law, samples, record, KEY, 0, 3, tracked=categories - 1)
    _assert_same(run, twin)


def test_kernel_equals_its_twin_with_counts_beyond_the_tables() -> None:
    law = np.concatenate([[0.5, 0.3], np.full(150, 0.2 / 150)])
    record = tuple(range(1, 12))
    run = discrete.simulate(law, 20_000, record, KEY, 0, 3)
    assert _ways(run, 20_000) == {POISSONS}
    _assert_same(run, plain.discrete_by_words(law, 20_000, record, KEY, 0, 3))


def _distance(one: NDArray[Any], two: NDArray[Any]) -> float:
    """Largest difference of two empirical distribution functions over what chance allows.

    Each stays within sqrt(log(2 / level) / 2R) of its own law (Massart 1990), so a ratio above 1
    has probability 2 * LEVEL at most when the laws are equal.
    """
    places = np.union1d(one, two)
    below = [np.searchsorted(np.sort(x), places, side="right") / x.size for x in (one, two)]
    allowed = sum(math.sqrt(math.log(2 / LEVEL) / (2 * x.size)) for x in (one, two))
    return float(np.abs(below[0] - below[1]).max() / allowed)


def _distances(
    samples: Any, other: Any, law: Any = (0.5, 0.25, 0.15, 0.1), replicates: int = 100_000
) -> list[float]:
    """Distances of every measured column of a kernel run and a NumPy run."""
    record = (1, 2, 5)
    run = discrete.simulate(law, samples, record, KEY, 0, replicates, tracked=1)
    generator = np.random.default_rng(20240724)
    twin = plain.discrete_by_generator(law, other, record, generator, replicates, tracked=1)
    columns = [(run[i][:, g], twin[i][:, g]) for i in range(3) for g in range(len(record))]
    return [_distance(*pair) for pair in [*columns, *zip(run[3:], twin[3:], strict=True)]]


@pytest.mark.parametrize("samples", [6, 100, [3, 80, 5, 40, 7]])
def test_kernel_agrees_in_law_with_numpy(samples: Any) -> None:
    assert max(_distances(samples, samples)) < 1.0


@pytest.mark.parametrize(
    ("categories", "samples", "chosen"),
    [(40, 60, INDIVIDUALS), (30, 1000, POISSONS), (12, 400, POISSONS), (6, 200, BINOMIALS)],
)
def test_every_way_of_drawing_agrees_in_law_with_numpy(
    categories: int, samples: int, chosen: int
) -> None:
    law = np.arange(1, categories + 1) / (categories * (categories + 1) / 2)
    assert way(categories, samples, samples) == chosen
    assert max(_distances(samples, samples, law, 40_000)) < 1.0


@pytest.mark.parametrize("samples", [300, 3000])
def test_poissons_with_large_counts_agree_in_law_with_numpy(samples: int) -> None:
    # Marginal counts of one generation; the second and third sizes need many points mended.
    law = np.concatenate([[0.6], np.full(120, 0.4 / 120)])
    sizes = [20_000, 20_000 - samples]
    assert way(121, sizes[1], sizes[0]) == (POISSONS if samples == 300 else BINOMIALS)
    record, replicates = (1, 2), 20_000
    for tracked in (0, 5):
        run = discrete.simulate(law, sizes, record, KEY, 0, replicates, tracked)
        generator = np.random.default_rng(20240725)
        twin = plain.discrete_by_generator(law, sizes, record, generator, replicates, tracked)
        columns = [(run[i][:, g], twin[i][:, g]) for i in range(3) for g in range(2)]
        assert max(_distance(*pair) for pair in columns) < 1.0


def test_another_number_of_samples_is_caught() -> None:
    assert max(_distances([6, 6, 6, 6, 6], [6, 7, 6, 6, 6])) > 1.0
    # A schedule read one place too late changes the number of survivors.
    assert max(_distances([2, 9, 9, 9, 9], [9, 9, 9, 9, 9])[6:]) > 1.0


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("block", [1, 7, 64, 1000])
def test_same_numbers_for_every_split(workers: int, block: int) -> None:
    work = partial(discrete.simulate, np.full(30, 1 / 30), 50, (1, 5, 40), KEY)
    parts = campaign.run(work, 100, block=block, workers=workers)
    assert campaign.digest(campaign.gather(parts)) == campaign.digest(work(0, 100))


def test_absorption() -> None:
    run = discrete.simulate([0.2, 0.5, 0.3], 10, (1, 3, 10_000), KEY, 0, 200)
    assert (run.absorbed_at > 0).all()
    assert set(run.winner) == {0, 1, 2}
    assert (run.pairs[:, -1] == 100).all()
    assert (run.survivors[:, -1] == 1).all()
    np.testing.assert_array_equal(run.tracked[:, -1], np.where(run.winner == 0, 10, 0))
    np.testing.assert_array_equal(run.survivors[:, 1] == 1, run.absorbed_at <= 3)


def test_nothing_is_absorbed_too_soon() -> None:
    run = discrete.simulate([0.5, 0.5], 10**6, (1, 2), KEY, 0, 5)
    assert (run.absorbed_at == -1).all()
    assert (run.winner == -1).all()


def test_one_possible_category() -> None:
    run = discrete.simulate([0.0, 1.0, 0.0], [5, 7], (1, 2), KEY, 0, 3, tracked=1)
    assert (run.absorbed_at == 0).all()
    assert (run.winner == 1).all()
    np.testing.assert_array_equal(run.tracked, [[5, 7]] * 3)
    np.testing.assert_array_equal(run.pairs, [[25, 49]] * 3)


def test_one_sample() -> None:
    run = discrete.simulate([0.5, 0.5], 1, (1, 4), KEY, 0, 50)
    assert (run.absorbed_at == 1).all()
    assert set(run.winner) == {0, 1}


def test_many_categories_and_samples() -> None:
    law = 1 / np.arange(1, 100_001)
    run = discrete.simulate(law / law.sum(), [10**5, 10**7], (1, 2), KEY, 0, 1)
    assert 20_000 < run.survivors[0, 1] <= run.survivors[0, 0] < 60_000
    assert 0.9 < run.pairs[0, 1] / run.pairs[0, 0] / 1e4 < 1.1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"start": [0.5, 0.4]}, r"start sums to 0\.9, which is not 1"),
        ({"start": [1.5, -0.5]}, r"start\[0\] = 1\.5 lies outside \[0, 1\]"),
        ({"start": [0.5, -0.1, 0.6]}, r"start\[1\] = -0\.1 lies outside"),
        ({"start": [0.5, math.nan]}, r"start\[1\] = nan lies outside"),
        ({"start": []}, r"start has shape \(0,\)"),
        ({"start": [[0.5, 0.5]]}, r"start has shape \(1, 2\)"),
        ({"samples": 0}, r"samples = 0 lies outside 1\.\.1000000000"),
        ({"samples": [5, 0, 5]}, r"samples\[1\] = 0 lies outside"),
        ({"samples": [5, 5]}, r"samples has 2 entries; 3 are needed"),
        ({"samples": 2.5}, r"samples = 2\.5 does not consist of integers"),
        ({"samples": 10**9 + 1}, r"samples = 1000000001 lies outside"),
        ({"record": ()}, r"record has shape \(0,\)"),
        ({"record": (0, 3)}, r"record starts with 0, which lies outside generations >= 1"),
        ({"record": (1, 3, 3)}, r"record = \(1, 3, 3\) does not increase strictly"),
        ({"first": 3, "last": 3}, r"replicates 3\.\.3 lie outside"),
        ({"first": -1}, r"replicates -1\.\.4 lie outside"),
        ({"key": -1}, r"key = -1 lies outside"),
        ({"key": 2**64}, r"key = 18446744073709551616 lies outside"),
        ({"tracked": 2}, r"tracked = 2 lies outside 0\.\.1"),
    ],
)
def test_errors_name_the_value_and_the_domain(changes: dict[str, Any], message: str) -> None:
    point: dict[str, Any] = {"start": [0.5, 0.5], "samples": 5, "record": (1, 3)}
    with pytest.raises(ValueError, match=message):
        discrete.simulate(**(point | {"key": 1, "first": 0, "last": 4} | changes))
