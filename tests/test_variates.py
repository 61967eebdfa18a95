"""Variates against exact laws: every count is compared with its binomial law.

The false-alarm budget of this file is 1e-6 over all comparisons, and keys are fixed. A sampler
that is wrong by one part in a hundred must be caught at the same level.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx
from numpy.typing import NDArray
from scipy import stats

from numerics import variates, ziggurat
from numerics.jitted import jitted
from numerics.streams import BULK, Stream, derive_key, fill_bulk, new_stream

BUDGET = 1e-6
DRAWS = 1_000_000
SHARES = np.concatenate(
    [10.0 ** np.arange(-5, -1), np.arange(0.02, 0.981, 0.01), 1 - 10.0 ** np.arange(-2, -6, -1)]
)
GAMMAS = [0.02, 0.5, 1.0, 1.5, 20.0, 1e6]
TRIALS = [1, 2, 30, 100, 1023, 1024, 10**5, 10**9]
PROBABILITIES = [1e-9, 1e-4, 0.0101, 0.1, 0.3, 0.5, 0.7, 0.9999]
# Laws that are compared, each at no more than two counts per share.
LAWS = 10 + 2 * len(GAMMAS) + len(TRIALS) * len(PROBABILITIES) + 30
LEVEL = BUDGET / (LAWS * 2 * (SHARES.size + 1))


@jitted
def _normals(stream: Stream, out: NDArray[np.float64]) -> None:
    for i in range(out.size):
        out[i] = variates.normal(stream)


@jitted
def _tails(stream: Stream, out: NDArray[np.float64]) -> None:
    for i in range(out.size):
        out[i] = ziggurat._normal_tail(stream)


@jitted
def _exponentials(stream: Stream, out: NDArray[np.float64]) -> None:
    for i in range(out.size):
        out[i] = variates.exponential(stream)


@jitted
def _gammas(stream: Stream, shape: float, out: NDArray[np.float64]) -> None:
    for i in range(out.size):
        out[i] = variates.gamma(stream, shape)


@jitted
def _gammas_of_normals(stream: Stream, shape: float, out: NDArray[np.float64]) -> None:
    d, c = variates.gamma_constants(shape)
    variates.fill_normals(stream, out)
    for i in range(out.size):
        out[i] = variates.gamma_of(stream, out[i], shape, d, c)


@jitted
def _chi_squares(stream: Stream, freedom: float, out: NDArray[np.float64]) -> None:
    for i in range(out.size):
        out[i] = variates.chi_square(stream, freedom)


@jitted
def _binomials(stream: Stream, trials: int, probability: float, out: NDArray[np.int64]) -> None:
    for i in range(out.size):
        out[i] = variates.binomial(stream, trials, probability)


@jitted
def _multinomials(
    stream: Stream, trials: int, weights: NDArray[np.float64], out: NDArray[np.int64]
) -> None:
    for i in range(out.shape[0]):
        variates.multinomial(stream, trials, weights, out[i])


def _drawn(fill: Callable[..., None], name: str, *arguments: float, count: int = DRAWS) -> Any:
    """Draws of the sampler under a key that the name fixes."""
    out = np.empty(count, np.int64 if fill is _binomials else np.float64)
    fill(new_stream(derive_key("test", "variates", name), 0), *arguments, out)
    return out


def _smallest_p_value(draws: NDArray[Any], law: Any) -> float:
    """Smallest of the exact p-values of the counts up to each edge and in each cell."""
    edges = np.unique(law.ppf(SHARES))
    below = law.cdf(edges)
    counts = np.searchsorted(np.sort(draws), edges, side="right")
    cells = np.diff(counts, prepend=0, append=draws.size)
    inside = np.diff(below, prepend=0.0, append=1.0)
    count = np.concatenate([counts, cells])
    share = np.clip(np.concatenate([below, inside]), 0.0, 1.0)
    exact = stats.binom(draws.size, share)
    return float(np.min(2 * np.minimum(exact.cdf(count), exact.sf(count - 1))))


def _agrees(draws: NDArray[Any], law: Any) -> bool:
    return _smallest_p_value(draws, law) > LEVEL


def test_normal() -> None:
    draws = _drawn(_normals, "normal")
    assert _agrees(draws, stats.norm())
    # Neighbours are independent: their sums and differences are normal too.
    assert _agrees((draws[::2] + draws[1::2]) * math.sqrt(0.5), stats.norm())
    assert _agrees((draws[::2] - draws[1::2]) * math.sqrt(0.5), stats.norm())
    assert _agrees(draws[::2] ** 2 + draws[1::2] ** 2, stats.chi2(2))


def _normals_by_words(stream: Stream, count: int) -> list[float]:
    """Like fill_normals, one variate after the other."""
    result = []
    for first in range(0, count, BULK):
        part = min(BULK, count - first)
        fill_bulk(stream, part)
        result += [variates.normal_from(stream, word) for word in stream.bulk[:part].copy()]
    return result


@pytest.mark.parametrize("count", [10, 16, 31, 256, 257 + 16, 20_000])
def test_many_normals_are_those_of_their_words(count: int) -> None:
    out = np.empty(count)
    key = derive_key("test", "variates", "many", count)
    one, two = new_stream(key, 0), new_stream(key, 0)
    variates.fill_normals(one, out)
    assert out.tolist() == _normals_by_words(two, count)
    # Words were missing from some rounds, and both streams stand at the same place.
    assert [variates.normal(one) for _ in range(3)] == [variates.normal(two) for _ in range(3)]


def test_normal_tail() -> None:
    law = stats.truncnorm(ziggurat._TAIL, np.inf)
    assert _agrees(_drawn(_tails, "tail"), law)


def test_layers_have_equal_areas() -> None:
    edges, heights = ziggurat._EDGES, ziggurat._HEIGHTS
    areas = edges[1:-1] * np.diff(heights[1:])
    base = edges[1] * heights[1] + math.sqrt(math.pi / 2) * math.erfc(edges[1] / math.sqrt(2))
    assert edges[0] * heights[1] == pytest.approx(base, rel=1e-14)
    np.testing.assert_allclose(areas, base, rtol=1e-11)
    # The published start of the tail for 256 layers.
    assert edges[1] == pytest.approx(3.6541528853610088, abs=1e-13)


def test_exponential() -> None:
    assert _agrees(_drawn(_exponentials, "exponential"), stats.expon())


@pytest.mark.parametrize("shape", GAMMAS)
def test_gamma(shape: float) -> None:
    assert _agrees(_drawn(_gammas, "gamma", shape), stats.gamma(shape))


@pytest.mark.parametrize("shape", GAMMAS)
def test_gamma_of_a_normal(shape: float) -> None:
    assert _agrees(_drawn(_gammas_of_normals, "gamma of normal", shape), stats.gamma(shape))


def test_gamma_of_tiny_shape_underflows_to_zero() -> None:
    draws = _drawn(_gammas, "tiny", 1e-5, count=1000)
    assert (draws >= 0).all()
    assert np.isfinite(draws).all()


@pytest.mark.parametrize("freedom", [1, 3, 99])
def test_chi_square(freedom: int) -> None:
    assert _agrees(_drawn(_chi_squares, "chi-square", freedom), stats.chi2(freedom))


@pytest.mark.parametrize("trials", TRIALS)
@pytest.mark.parametrize("probability", PROBABILITIES)
def test_binomial(trials: int, probability: float) -> None:
    draws = _drawn(_binomials, f"binomial {trials}", trials, probability, count=DRAWS // 4)
    assert draws.min() >= 0
    assert draws.max() <= trials
    assert _agrees(draws, stats.binom(trials, probability))


@pytest.mark.parametrize("trials", [0, 1, 50, 10**9])
def test_binomial_at_the_ends(trials: int) -> None:
    assert (_drawn(_binomials, "ends", trials, 0.0, count=10) == 0).all()
    assert (_drawn(_binomials, "ends", trials, 1.0, count=10) == trials).all()
    assert (_drawn(_binomials, "ends", trials, 5e-324, count=10) == 0).all()
    assert (_drawn(_binomials, "ends", trials, 1 - 2.0**-53, count=10) == trials).all()


@pytest.mark.parametrize(
    ("k", "trials", "p"),
    [(500_000_100, 10**9, 0.5), (10**5, 10**9, 1e-4), (0, 1100, 0.01), (1200, 1200, 0.4),
     (300_111, 10**6, 0.3), (3, 900, 0.02), (900, 900, 0.4), (20, 50, 0.4)],
)  # fmt: skip
def test_log_ratio_of_binomial_probabilities(k: int, trials: int, p: float) -> None:
    mode = math.floor((trials + 1) * p)

    def log_probability(j: int) -> Any:
        choose = arb(trials + 1).lgamma() - arb(j + 1).lgamma() - arb(trials - j + 1).lgamma()
        return choose + j * arb(p).log() + (trials - j) * (1 - arb(p)).log()

    with ctx.workprec(200):
        exact = float(log_probability(k) - log_probability(mode))
    close = pytest.approx(exact, rel=1e-11, abs=1e-10)
    assert variates._log_ratio(k, trials, p) == close
    assert variates._log_ratio_many(k, mode, trials, p) == close


@pytest.mark.parametrize("scale", [1.0, 0.1, 3.0, 1 + 1e-9])
def test_multinomial(scale: float) -> None:
    weights = np.array([0.0, 0.3, 1e-4, 0.45, 0.0, 0.2499, 0.0])
    trials = 40
    counts = np.empty((DRAWS // 10, weights.size), np.int64)
    stream = new_stream(derive_key("test", "multinomial", str(scale)), 0)
    _multinomials(stream, trials, weights * scale, counts)
    assert (counts.sum(axis=1) == trials).all()
    assert (counts[:, weights == 0] == 0).all()
    assert (counts >= 0).all()
    for k in np.flatnonzero(weights):
        assert _agrees(counts[:, k], stats.binom(trials, weights[k]))
    assert _agrees(counts[:, 1] + counts[:, 5], stats.binom(trials, 0.5499))
    assert _agrees(counts[:, 1] + counts[:, 3], stats.binom(trials, 0.75))


def test_multinomial_of_weights_that_sum_to_one_only_nearly() -> None:
    # Thirds, sevenths and counts over their sum: cases where a check for a sum of 1 has failed.
    for size in (3, 7, 49, 1000):
        weights = np.full(size, 1 / size)
        counts = np.empty((100, size), np.int64)
        _multinomials(new_stream(1, size), 17, weights, counts)
        assert (counts.sum(axis=1) == 17).all()


def test_conditional_probabilities_stay_accurate_at_the_end() -> None:
    weights = np.array([1.0, 1e-12, 1e-12, 2e-12, 0.0])
    expected = [1 / (1 + 4e-12), 0.25, 1 / 3, 1.0, 0.0]
    np.testing.assert_allclose(variates.conditional_probabilities(weights), expected, rtol=1e-15)


def test_wrong_samplers_are_caught() -> None:
    normal = _drawn(_normals, "normal")
    assert not _agrees(normal * 1.01, stats.norm())
    assert not _agrees(normal + 0.02, stats.norm())
    assert not _agrees(_drawn(_exponentials, "exponential") * 1.01, stats.expon())
    assert not _agrees(_drawn(_gammas, "gamma", 20.2), stats.gamma(20.0))
    assert not _agrees(_drawn(_gammas, "gamma", 0.51), stats.gamma(0.5))
    assert not _agrees(_drawn(_binomials, "binomial 100", 100, 0.303), stats.binom(100, 0.3))
    assert not _agrees(_drawn(_binomials, "binomial 30", 29, 0.3), stats.binom(30, 0.3))
