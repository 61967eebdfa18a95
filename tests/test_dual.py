"""The dual sampler: against its twin, exact laws at small M, and the forward kernel."""

import math
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from numerics import campaign, discrete, dual, plain_reduced
from numerics.dual import throws
from numerics.enumeration import law_after, survival
from numerics.intervals import clopper_pearson
from numerics.streams import derive_key

KEY = derive_key("test", "dual")
OTHER = derive_key("test", "dual", "forward")
LEVEL = 1e-8  # of each comparison; there are fewer than two hundred, and the keys are fixed
THIRDS = (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6))
REPLICATES = 200_000


@pytest.mark.parametrize("samples", [1, 2, 8, 9, 10, 60, 129, 144, 1000, 5000])
def test_kernel_equals_its_twin(samples: int) -> None:
    law = np.array([0.05, 0.0, 0.15, 0.5, 0.3, 0.0])
    run = dual.simulate(law, samples, KEY, 2, 32)
    twin = plain_reduced.dual_by_words(law, samples, KEY, 2, 32)
    for one, two in zip(run, twin, strict=True):
        np.testing.assert_array_equal(one, two)
        assert one.dtype == np.int64


def _misses(law: tuple[Fraction, ...], samples: int, other: int) -> int:
    """Number of exact probabilities that lie outside the interval from the sampler's counts."""
    run = dual.simulate([float(p) for p in law], samples, KEY, 0, REPLICATES)
    alive = survival(law, other, 12)
    counts = {("alive", n): (int((run.absorbed_at > n).sum()), alive[n]) for n in range(13)}
    for n in (1, 2, 5):
        exact = law_after(law, other, n)
        for k in range(len(law)):
            only = tuple(other * (j == k) for j in range(len(law)))
            count = int(((run.winner == k) & (run.absorbed_at <= n)).sum())
            counts[f"won by {k}", n] = count, exact.get(only, Fraction(0))
    for k, p in enumerate(law):
        counts["winner", k] = int((run.winner == k).sum()), p
    misses = 0
    for count, probability in counts.values():
        misses += not clopper_pearson(count, REPLICATES, LEVEL).contains(float(probability))
    return misses


@pytest.mark.parametrize("samples", [1, 2, 3, 5, 9, 12])
def test_exact_laws_of_three_categories(samples: int) -> None:
    assert throws(samples, samples) == (samples > 8)
    assert _misses(THIRDS, samples, samples) == 0


def test_exact_laws_of_two_categories() -> None:
    assert _misses((Fraction(1, 5), Fraction(4, 5)), 40, 40) == 0


@pytest.mark.parametrize(("samples", "other"), [(5, 6), (12, 11)])
def test_another_number_of_samples_is_caught(samples: int, other: int) -> None:
    assert _misses(THIRDS, samples, other) > 3


def _distance(one: NDArray[Any], two: NDArray[Any]) -> float:
    """Largest difference of two empirical distribution functions over what chance allows.

    Each stays within sqrt(log(2 / level) / 2R) of its own law (Massart 1990), so a ratio above 1
    has probability 2 * LEVEL at most when the laws are equal.
    """
    places = np.union1d(one, two)
    below = [np.searchsorted(np.sort(x), places, side="right") / x.size for x in (one, two)]
    allowed = sum(math.sqrt(math.log(2 / LEVEL) / (2 * x.size)) for x in (one, two))
    return float(np.abs(below[0] - below[1]).max() / allowed)


def _distances(law: NDArray[np.float64], samples: int, other: int, replicates: int) -> float:
    """Largest distance between the dual and the forward kernel: of time, winner, and both."""
    one = dual.simulate(law, samples, KEY, 0, replicates)
    two = discrete.simulate(law, other, (10**7,), OTHER, 0, replicates)
    pairs = [(one.absorbed_at, two.absorbed_at), (one.winner, two.winner)]
    for k in (0, law.size - 1):
        # Times at which category k has won, and -1 where another one has.
        times = [np.where(run.winner == k, run.absorbed_at, -1) for run in (one, two)]
        pairs += [(times[0], times[1])]
    return max(_distance(*pair) for pair in pairs)


@pytest.mark.parametrize(
    ("categories", "samples", "replicates"), [(10, 100, 40_000), (4, 30, 60_000), (50, 1500, 3000)]
)
def test_agrees_in_law_with_the_forward_kernel(
    categories: int, samples: int, replicates: int
) -> None:
    law = np.arange(1, categories + 1) / (categories * (categories + 1) / 2)
    assert _distances(law, samples, samples, replicates) < 1.0


def test_a_difference_from_the_forward_kernel_is_caught() -> None:
    law = np.array([0.1, 0.2, 0.3, 0.4])
    assert _distances(law, 30, 32, 60_000) > 1.0


def test_single_categories_and_points() -> None:
    run = dual.simulate([0.0, 1.0, 0.0], 7, KEY, 0, 20)
    assert (run.absorbed_at == 0).all()
    assert (run.winner == 1).all()
    run = dual.simulate([0.0, 0.5, 0.5], 1, KEY, 0, 50)
    assert (run.absorbed_at == 1).all()
    assert set(run.winner) == {1, 2}


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("block", [1, 7, 64])
def test_same_numbers_for_every_split(workers: int, block: int) -> None:
    work = partial(dual.simulate, np.full(30, 1 / 30), 200, KEY)
    parts = campaign.run(work, 100, block=block, workers=workers)
    assert campaign.digest(campaign.gather(parts)) == campaign.digest(work(0, 100))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"start": [0.5, 0.4]}, r"start sums to 0\.9, which is not 1"),
        ({"samples": 0}, r"samples = 0 lies outside 1\.\.1000000000"),
        ({"samples": [5, 5]}, r"samples = \[5, 5\] is not one number"),
        ({"first": 3, "last": 3}, r"replicates 3\.\.3 lie outside"),
        ({"key": -1}, r"key = -1 lies outside"),
    ],
)
def test_errors_name_the_value_and_the_domain(changes: dict[str, Any], message: str) -> None:
    point: dict[str, Any] = {"start": [0.5, 0.5], "samples": 5, "key": 1, "first": 0, "last": 4}
    with pytest.raises(ValueError, match=message):
        dual.simulate(**(point | changes))
