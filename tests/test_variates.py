"""Variates against exact laws: every count is compared with its binomial law.

The false-alarm budget of this file is 1e-6 over all comparisons, and keys are fixed. At the same
level a sampler must be caught whose mean is off by LIMIT standard errors of the draws: a normal by
0.012 standard deviations, a gamma of shape 0.5 by 0.0085, a binomial of 100 trials at probability
0.3 by 0.0011.
"""

import itertools
import math
from collections.abc import Callable
from fractions import Fraction
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
LIMIT = 12  # standard errors of the mean
GAMMAS = [0.02, 0.5, 1.0, 1.5, 20.0, 1e6, 1e9]
BETAS = [(0.5, 0.5), (0.02, 3.0), (1.0, 1.0), (2.0, 0.3), (49.5, 150.0), (1e9, 1.0), (1e9, 1e9)]
TRIALS = [1, 2, 30, 100, 1023, 1024, 10**5, 10**9]
PROBABILITIES = [1e-9, 1e-4, 0.0101, 0.1, 0.3, 0.5, 0.7, 0.9999]
# Both sides of the mean of 10, where the way changes, and means of 0.001 and 1 among 10**9.
ODD_BINOMIALS = [
    (20, 0.4999), (20, 0.5), (1000, 0.00999), (1000, 0.01001), (10**9, 9.99e-9), (10**9, 1.001e-8),
    (10**9, 1e-12), (10**9, 1 - 1e-9), (10**5, 1 - 1e-6),
]  # fmt: skip
BINOMIALS = [*itertools.product(TRIALS, PROBABILITIES), *ODD_BINOMIALS]
# Trials and whole weights: few enough outcomes to compare every one with its probability.
OUTCOMES = [
    (1, (1, 999)), (5, (1, 2)), (25, (2, 3)), (150, (1, 2)), (2, (1, 10**6, 10**6)), (5, (1, 2, 3)),
    (18, (1, 1, 1)), (4, (1, 1, 0, 1, 1)), (3, (1, 0, 5)),
]  # fmt: skip
# Laws that are compared, each at no more than two counts per share.
LAWS = 20 + 2 * len(GAMMAS) + len(BETAS) + len(BINOMIALS) + len(OUTCOMES) + 30
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
def _betas(stream: Stream, first: float, second: float, out: NDArray[np.float64]) -> None:
    for i in range(out.size):
        out[i] = variates.beta(stream, first, second)


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


def _counts(
    trials: int, weights: NDArray[np.float64], name: str, count: int = DRAWS // 10
) -> NDArray[np.int64]:
    """Multinomial counts, a row a draw, under a key that the name fixes."""
    out = np.empty((count, weights.size), np.int64)
    _multinomials(new_stream(derive_key("test", "multinomial", name), 0), trials, weights, out)
    return out


def _smallest_p_value(
    draws: NDArray[Any], law: Any, edges: NDArray[np.float64] | None = None
) -> float:
    """Smallest of the exact p-values of the counts up to each edge and in each cell."""
    edges = np.unique(law.ppf(SHARES)) if edges is None else edges
    below = law.cdf(edges)
    counts = np.searchsorted(np.sort(draws), edges, side="right")
    cells = np.diff(counts, prepend=0, append=draws.size)
    inside = np.diff(below, prepend=0.0, append=1.0)
    count = np.concatenate([counts, cells])
    return _least(count, np.concatenate([below, inside]), draws.size)


def _least(counts: NDArray[Any], shares: NDArray[np.float64], draws: int) -> float:
    """Smallest of the exact two-sided p-values of counts, binomial with these shares."""
    exact = stats.binom(draws, np.clip(shares, 0.0, 1.0))
    return float(np.min(2 * np.minimum(exact.cdf(counts), exact.sf(counts - 1))))


def _agrees(draws: NDArray[Any], law: Any, edges: NDArray[np.float64] | None = None) -> bool:
    return _smallest_p_value(draws, law, edges) > LEVEL


def _outcomes_agree(counts: NDArray[np.int64], trials: int, weights: tuple[int, ...]) -> bool:
    """Whether every outcome is as frequent as its exact multinomial probability says."""
    expected = {}
    for some in itertools.product(range(trials + 1), repeat=len(weights) - 1):
        if (last := trials - sum(some)) >= 0:
            ways = Fraction(math.factorial(trials))
            for count, weight in zip((*some, last), weights, strict=True):
                ways *= Fraction(weight**count, math.factorial(count))
            expected[*some, last] = float(ways / sum(weights) ** trials)
    outcomes, times = np.unique(counts, axis=0, return_counts=True)
    seen = dict.fromkeys(expected, 0)
    seen |= {tuple(row): n for row, n in zip(outcomes.tolist(), times.tolist(), strict=True)}
    if len(seen) > len(expected):
        return False
    shares = np.array(list(expected.values()))
    return _least(np.array(list(seen.values())), shares, len(counts)) > LEVEL


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


@pytest.mark.parametrize("shape", [1e-3, 1e-5])
def test_gamma_of_tiny_shape(shape: float) -> None:
    # What lies below all doubles is 0, so the edges begin above them.
    draws = _drawn(_gammas, "tiny", shape, count=DRAWS // 4)
    edges = 10.0 ** np.array([-300, -200, -100, -30, -10, -3, -1, 0])
    assert _agrees(draws, stats.gamma(shape), edges)
    assert not _agrees(draws, stats.gamma(1.3 * shape), edges)


@pytest.mark.parametrize(("first", "second"), BETAS)
def test_beta(first: float, second: float) -> None:
    draws = _drawn(_betas, f"beta {first} {second}", first, second, count=DRAWS // 4)
    law = stats.beta(first, second)
    assert _agrees(draws, law)
    off = LIMIT * law.std() / math.sqrt(draws.size)
    assert not _agrees(draws + off * (1 if law.mean() < 0.5 else -1), law)


def test_beta_of_tiny_shapes() -> None:
    # Both gamma variates underflow; their quotient does not.
    draws = _drawn(_betas, "tiny beta", 1e-5, 2e-5, count=DRAWS // 4)
    assert ((draws >= 0) & (draws <= 1)).all()
    edges = np.array([1e-300, 1e-100, 1e-10, 0.1, 0.5, 0.9])
    assert _agrees(draws, stats.beta(1e-5, 2e-5), edges)
    assert not _agrees(draws, stats.beta(1.06e-5, 2e-5), edges)
    assert np.isfinite(_drawn(_betas, "tiniest", 1e-300, 1e-300, count=1000)).all()


@pytest.mark.parametrize("freedom", [0.04, 1, 3, 99, 1e9])
def test_chi_square(freedom: float) -> None:
    assert _agrees(_drawn(_chi_squares, "chi-square", freedom), stats.chi2(freedom))


@pytest.mark.parametrize(("trials", "probability"), BINOMIALS)
def test_binomial(trials: int, probability: float) -> None:
    draws = _drawn(_binomials, f"binomial {trials}", trials, probability, count=DRAWS // 4)
    assert draws.min() >= 0
    assert draws.max() <= trials
    assert _agrees(draws, stats.binom(trials, probability))


@pytest.mark.parametrize(("trials", "probability"), [(10**5, 0.1), (10**9, 0.5)])
def test_rejection_takes_neither_too_much_nor_too_little(trials: int, probability: float) -> None:
    # A squeeze of 0.97 in place of 0.92 moves a cumulative probability by 0.003.
    draws = _drawn(_binomials, "rejection", trials, probability, count=4 * DRAWS)
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
    counts = _counts(trials, weights * scale, str(scale))
    assert (counts.sum(axis=1) == trials).all()
    assert (counts[:, weights == 0] == 0).all()
    assert (counts >= 0).all()
    for k in np.flatnonzero(weights):
        assert _agrees(counts[:, k], stats.binom(trials, weights[k]))
    assert _agrees(counts[:, 1] + counts[:, 5], stats.binom(trials, 0.5499))
    assert _agrees(counts[:, 1] + counts[:, 3], stats.binom(trials, 0.75))


@pytest.mark.parametrize(("trials", "weights"), OUTCOMES)
def test_multinomial_outcomes(trials: int, weights: tuple[int, ...]) -> None:
    counts = _counts(trials, np.array(weights, float), f"{trials} {weights}")
    assert _outcomes_agree(counts, trials, weights)


def test_multinomial_of_very_many_trials() -> None:
    weights, trials = np.array([0.3, 1e-9, 0.2, 0.5 - 1e-9]), 10**9
    counts = _counts(trials, weights, "many", count=DRAWS // 20)
    assert (counts.sum(axis=1) == trials).all()
    for k in range(4):
        assert _agrees(counts[:, k], stats.binom(trials, weights[k]))
    assert _agrees(counts[:, 0] + counts[:, 2], stats.binom(trials, 0.5))
    assert (_counts(0, weights, "none", count=10) == 0).all()


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


# ------------------------------------------------------------------ wrong ones


def test_wrong_normals_and_exponentials_are_caught() -> None:
    normal, off = _drawn(_normals, "normal"), LIMIT / math.sqrt(DRAWS)
    assert not _agrees(normal * 1.01, stats.norm())
    assert not _agrees(normal + off, stats.norm())
    assert not _agrees(_drawn(_exponentials, "exponential") * (1 + off), stats.expon())


@pytest.mark.parametrize("shape", GAMMAS)
def test_a_wrong_shape_is_caught(shape: float) -> None:
    wrong = shape + LIMIT * math.sqrt(shape / DRAWS)
    assert not _agrees(_drawn(_gammas, "gamma", wrong), stats.gamma(shape))


@pytest.mark.parametrize(
    ("trials", "probability"),
    [(1, 0.3), (30, 0.3), (100, 0.3), (1023, 0.0101), (1024, 0.0101), (1024, 0.7), (10**5, 0.9999),
     (10**9, 1e-9), (10**9, 0.5), *ODD_BINOMIALS],
)  # fmt: skip
def test_a_wrong_probability_is_caught(trials: int, probability: float) -> None:
    draws, rare = DRAWS // 4, min(probability, 1 - probability)
    off = LIMIT * math.sqrt(rare * (1 - rare) / (trials * draws))
    wrong = probability + (off if probability <= 0.5 else -off)
    name = f"binomial {trials}"
    law = stats.binom(trials, probability)
    assert not _agrees(_drawn(_binomials, name, trials, wrong, count=draws), law)
    if trials < 100:
        one_less = _drawn(_binomials, name, trials - 1, probability, count=draws)
        assert not _agrees(one_less, law)


def test_wrong_outcomes_are_caught() -> None:
    weights, trials = (1, 2, 3), 5
    counts = _counts(trials, np.array([1.0, 2.0, 3.2]), "weights")
    assert not _outcomes_agree(counts, trials, weights)
    # Each category drawn with its own probability, not with that among those left.
    some = np.random.default_rng(1)
    first = some.binomial(trials, 1 / 6, 100_000)
    second = some.binomial(trials - first, 2 / 6)
    rest = trials - first - second
    assert not _outcomes_agree(np.stack([first, second, rest], axis=1), trials, weights)
    # Right margins, wrong ties between them.
    right = _counts(trials, np.array([1.0, 2.0, 3.0]), "right")
    assert _outcomes_agree(right, trials, weights)
    loose = np.column_stack([np.roll(right[:, 0], 1), right[:, 1:]])
    assert not _outcomes_agree(loose, trials, weights)
