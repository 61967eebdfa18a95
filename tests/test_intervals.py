"""Intervals: coverage by simulation, power, textbook values, refused input.

A calibration draws ROUNDS samples under a fixed seed and counts the intervals that miss the truth.
An interval of coverage 1 - ALPHA has at most a binomial number of misses with share ALPHA; the
test fails when so many would come up with probability below FALSE_ALARM. There are fewer than 50
calibrations in this file, so the file fails by chance with probability below 5e-5, once and for
all, since the seeds are fixed.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from flint import arb, ctx
from scipy.stats import binom

from numerics.intervals import (
    Interval,
    catoni,
    catoni_second_moment,
    clopper_pearson,
    dkw,
    empirical_bernstein,
    hoeffding,
)

ALPHA = 0.01
ROUNDS = 1000
FALSE_ALARM = 1e-6

Draw = Callable[[np.random.Generator, int], np.ndarray]
Method = Callable[[np.ndarray], Interval]


def misses(draw: Draw, method: Method, mean: float, replicates: int, seed: int) -> int:
    generator = np.random.default_rng(seed)
    intervals = (method(draw(generator, replicates)) for _ in range(ROUNDS))
    return sum(not interval.contains(mean) for interval in intervals)


def is_calibrated(count: int) -> bool:
    return bool(binom.sf(count - 1, ROUNDS, ALPHA) >= FALSE_ALARM)


def halved(method: Method) -> Method:
    def broken(values: np.ndarray) -> Interval:
        interval = method(values)
        centre, half = (interval.low + interval.high) / 2, interval.width / 4
        return Interval(centre - half, centre + half)

    return broken


def lognormal(generator: np.random.Generator, size: int) -> np.ndarray:
    return np.asarray(np.exp(generator.standard_normal(size) - 0.5))


def chi_square_product(generator: np.random.Generator, size: int) -> np.ndarray:
    return np.asarray((generator.chisquare(4, (3, size)) / 4).prod(axis=0))


def root_of_product(generator: np.random.Generator, size: int) -> np.ndarray:
    return np.asarray(np.sqrt(chi_square_product(generator, size)))


def rare(generator: np.random.Generator, size: int) -> np.ndarray:
    return np.asarray(generator.random(size) < 0.02, dtype=np.float64)


def fair(generator: np.random.Generator, size: int) -> np.ndarray:
    return np.asarray(generator.random(size) < 0.5, dtype=np.float64)


def skewed_beta(generator: np.random.Generator, size: int) -> np.ndarray:
    return np.asarray(generator.beta(0.3, 2.7, size))


def flat(generator: np.random.Generator, size: int) -> np.ndarray:
    return np.asarray(generator.random(size))


def by_catoni(variance: float) -> Method:
    return lambda values: catoni(values, variance, ALPHA)


def by_second_moment(second_moment: float) -> Method:
    return lambda values: catoni_second_moment(values, second_moment, ALPHA)


def by_count(values: np.ndarray) -> Interval:
    return clopper_pearson(int(values.sum()), values.size, ALPHA)


def by_bernstein(values: np.ndarray) -> Interval:
    variance = float(values.var(ddof=1))
    return empirical_bernstein(float(values.mean()), variance, values.size, 0, 1, ALPHA)


def by_hoeffding(values: np.ndarray) -> Interval:
    return hoeffding(float(values.mean()), values.size, 0, 1, ALPHA)


ROOT_MEAN = (3 * math.sqrt(2 * math.pi) / 8) ** 3
"""Mean of the root of three chi-squares over 4, each with 4 degrees of freedom."""

CASES: dict[str, tuple[Draw, Method, float, int]] = {
    "catoni, lognormal": (lognormal, by_catoni(math.e - 1), 1.0, 400),
    "catoni, lognormal, few": (lognormal, by_catoni(math.e - 1), 1.0, 12),
    "catoni, product": (chi_square_product, by_catoni(1.5**3 - 1), 1.0, 400),
    "catoni, beta": (skewed_beta, by_catoni(0.09 / 4), 0.1, 400),
    "second moment, lognormal": (lognormal, by_second_moment(math.e), 1.0, 400),
    "second moment, product": (chi_square_product, by_second_moment(1.5**3), 1.0, 400),
    "second moment, root": (root_of_product, by_second_moment(1.0), ROOT_MEAN, 1000),
    "second moment, flat": (flat, by_second_moment(1 / 3), 0.5, 1500),
    "second moment, few": (root_of_product, by_second_moment(1.0), ROOT_MEAN, 40),
    "count, rare": (rare, by_count, 0.02, 500),
    "count, fair": (fair, by_count, 0.5, 1000),
    "Bernstein, rare": (rare, by_bernstein, 0.02, 2000),
    "Bernstein, beta": (skewed_beta, by_bernstein, 0.1, 1000),
    "Hoeffding, fair": (fair, by_hoeffding, 0.5, 1000),
    "Hoeffding, beta": (skewed_beta, by_hoeffding, 0.1, 1000),
}

BROKEN = (
    "catoni, lognormal",
    "catoni, product",
    "second moment, lognormal",
    "second moment, root",
    "count, rare",
    "count, fair",
    "Hoeffding, fair",
)


@pytest.mark.parametrize("name", CASES)
def test_coverage(name: str) -> None:
    draw, method, mean, replicates = CASES[name]
    assert is_calibrated(misses(draw, method, mean, replicates, seed=11))


@pytest.mark.parametrize("name", BROKEN)
def test_half_the_width_fails_the_calibration(name: str) -> None:
    draw, method, mean, replicates = CASES[name]
    assert not is_calibrated(misses(draw, halved(method), mean, replicates, seed=12))


def test_half_the_width_of_bernstein_fails_where_its_variance_term_leads() -> None:
    count = misses(fair, halved(by_bernstein), 0.5, 20_000, seed=13)
    assert not is_calibrated(count)


def test_a_variance_too_small_fails_the_calibration() -> None:
    count = misses(lognormal, by_catoni((math.e - 1) / 4), 1.0, 400, seed=14)
    assert not is_calibrated(count)


def test_dkw_coverage_and_power() -> None:
    generator = np.random.default_rng(15)
    inside = [dkw(generator.random(500), ALPHA) for _ in range(ROUNDS)]
    assert is_calibrated(sum(not d.within for d in inside))
    shifted = [dkw(generator.random(500) ** 1.4, ALPHA) for _ in range(ROUNDS)]
    assert not is_calibrated(sum(not d.within for d in shifted))
    narrow = sum(d.statistic > 0.75 * d.critical for d in inside)
    assert not is_calibrated(narrow)


def test_dkw_statistic_by_hand() -> None:
    assert dkw([0.1, 0.2, 0.9], 0.05).statistic == pytest.approx(2 / 3 - 0.2)
    assert dkw([0.5, 0.9, 0.7], 0.05).statistic == pytest.approx(0.5)
    assert dkw([0.5, 0.9], 0.05).critical == pytest.approx(math.sqrt(math.log(40) / 4))


@pytest.mark.parametrize("alpha", [0.01, 1e-6, 1e-9])
def test_catoni_is_as_short_as_its_argument_allows_and_no_shorter(alpha: float) -> None:
    """A calibration sees a width some 40 % too small; this sees 2 %."""
    values = lognormal(np.random.default_rng(16), 100_000)
    target = 2 * math.sqrt(2 * (math.e - 1) * math.log(2 / alpha) / values.size)
    assert 0.99 <= catoni(values, math.e - 1, alpha).width / target <= 1.01
    assert 0.98 <= catoni_second_moment(values, math.e, alpha).width / target <= 1.05


def test_second_moment_beats_the_variance_bound_it_starts_from() -> None:
    values = 1 + 0.2 * np.random.default_rng(17).standard_normal(100_000).clip(-4, 4)
    second = float(np.mean(values**2)) + 1e-3
    narrow = catoni_second_moment(values, second, 1e-6)
    assert narrow.width < 0.4 * catoni(values, second, 1e-6).width


def test_second_moment_without_spread_needs_only_a_few_over_the_replicates() -> None:
    interval = catoni_second_moment(np.ones(100_000), 1.0, 1e-6)
    assert interval.contains(1)
    assert interval.width < 6 * math.log(2e6) / 100_000


def test_bernstein_beats_hoeffding_for_a_small_variance() -> None:
    values = rare(np.random.default_rng(18), 100_000)
    assert by_bernstein(values).width < 0.4 * by_hoeffding(values).width
    normal = 2 * 2.576 * math.sqrt(0.02 * 0.98 / values.size)
    assert by_bernstein(values).width < 1.6 * normal
    assert by_count(values).width < 1.05 * normal


def test_bounded_intervals_by_hand() -> None:
    """ln 60 = 4.094345: 0.090491 + 0.082300 + 0.013648; sqrt(ln 40 / 200) = 0.135810."""
    interval = empirical_bernstein(0.5, 0.1, 100, 0, 1, 0.05)
    assert interval == pytest.approx((0.5 - 0.186439, 0.5 + 0.186439), abs=1e-6)
    stretched = empirical_bernstein(1.0, 0.4, 100, 0, 2, 0.05)
    assert stretched == pytest.approx((1 - 0.372877, 1 + 0.372877), abs=2e-6)
    assert hoeffding(0.5, 100, 0, 1, 0.05) == pytest.approx((0.36419, 0.63581), abs=1e-5)
    assert hoeffding(0.0, 100, 0, 1, 0.05).low == 0


def test_catoni_moves_with_its_values() -> None:
    values = lognormal(np.random.default_rng(19), 5000)
    low, high = catoni(values, 2.0, 1e-4)
    shifted = catoni(5 - 3 * values, 18.0, 1e-4)
    assert shifted.low == pytest.approx(5 - 3 * high, abs=1e-8)
    assert shifted.high == pytest.approx(5 - 3 * low, abs=1e-8)


def test_catoni_bounds_one_wild_value() -> None:
    values = np.zeros(10_000)
    values[77] = 1e12
    interval = catoni(values, 1.0, 1e-6)
    assert interval.contains(0)
    assert interval.width < 0.7


@pytest.mark.parametrize(
    ("successes", "trials", "alpha", "low", "high"),
    [
        (0, 10, 0.05, 0.0, 0.3085),
        (1, 10, 0.05, 0.0025, 0.4450),
        (5, 10, 0.05, 0.1871, 0.8129),
        (10, 10, 0.05, 0.6915, 1.0),
        (4, 20, 0.05, 0.0573, 0.4366),
        (81, 263, 0.05, 0.2527, 0.3676),
    ],
)
def test_clopper_pearson_textbook(
    successes: int, trials: int, alpha: float, low: float, high: float
) -> None:
    """Tables of exact binomial limits; 81 of 263 is the example of Newcombe (1998), Table I."""
    interval = clopper_pearson(successes, trials, alpha)
    assert interval.low == pytest.approx(low, abs=5.1e-5)
    assert interval.high == pytest.approx(high, abs=5.1e-5)


@pytest.mark.parametrize("alpha", [1e-3, 1e-9, 1e-12])
@pytest.mark.parametrize(("successes", "trials"), [(1, 50), (40, 400), (9990, 10_000)])
def test_clopper_pearson_tails_in_ball_arithmetic(
    successes: int, trials: int, alpha: float
) -> None:
    """The tails at the ends, summed as binomial probabilities, are alpha / 2 each."""
    low, high = clopper_pearson(successes, trials, alpha)
    with ctx.workprec(200):

        def weight(p: arb, k: int) -> arb:
            return arb.bin_uiui(trials, k) * p**k * (1 - p) ** (trials - k)

        above = sum((weight(arb(low), k) for k in range(successes, trials + 1)), arb(0))
        below = sum((weight(arb(high), k) for k in range(successes + 1)), arb(0))
    assert float(above) == pytest.approx(alpha / 2, rel=1e-6)
    if high < 1 - 1e-9:
        assert float(below) == pytest.approx(alpha / 2, rel=1e-6)


@pytest.mark.parametrize(
    "call",
    [
        lambda: clopper_pearson(3, 2, 0.1),
        lambda: clopper_pearson(-1, 2, 0.1),
        lambda: clopper_pearson(0, 0, 0.1),
        lambda: clopper_pearson(1, 2, 0.0),
        lambda: clopper_pearson(1, 2, math.nan),
        lambda: hoeffding(0.5, 1, 0, 1, 0.1),
        lambda: hoeffding(math.nan, 10, 0, 1, 0.1),
        lambda: hoeffding(0.5, 10, 1, 0, 0.1),
        lambda: hoeffding(0.5, 10, 0, math.inf, 0.1),
        lambda: empirical_bernstein(0.5, math.nan, 10, 0, 1, 0.1),
        lambda: empirical_bernstein(0.5, 0.3, 10, 0, 1, 0.1),
        lambda: empirical_bernstein(1.5, 0.1, 10, 0, 1, 0.1),
        lambda: catoni([1.0], 1.0, 0.1),
        lambda: catoni([1.0, math.nan], 1.0, 0.1),
        lambda: catoni([1.0, math.inf], 1.0, 0.1),
        lambda: catoni([1.0, 1e200], 1.0, 0.1),
        lambda: catoni([1.0, 2.0], 0.0, 0.1),
        lambda: catoni([1.0, 2.0], math.nan, 0.1),
        lambda: catoni([1.0, 2.0], 1.0, 1.0),
        lambda: catoni([[1.0, 2.0]], 1.0, 0.1),
        lambda: catoni_second_moment([1.0, -2.0], 1.0, 0.1),
        lambda: catoni_second_moment([1.0, 2.0], -1.0, 0.1),
        lambda: dkw([0.5, 1.5], 0.1),
        lambda: dkw([0.5, math.nan], 0.1),
    ],
)
def test_refused(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"^[\w ]+ = .+ lies outside .+$"):
        call()


def test_the_error_names_value_and_domain() -> None:
    with pytest.raises(ValueError, match=r"^alpha = 2 lies outside 0 < alpha < 1$"):
        catoni([1.0, 2.0], 1.0, 2)
