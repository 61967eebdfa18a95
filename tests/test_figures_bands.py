"""Exact bands of a refitted standard deviation, beside integrals, limits and runs."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import chi2, norm

from numerics import gaussian, streams
from numerics.start import Start
from proofs.figures.measured.bands import chance_within, departures


@pytest.mark.parametrize("samples", [2, 10, 100, 10**7])
def test_the_exact_band_of_one_generation_is_that_of_a_chi_square(samples: int) -> None:
    free = samples - 1
    for level, t in zip((0.05, 0.5, 0.95), departures((0.05, 0.5, 0.95), samples, 1), strict=True):
        below = chi2.cdf(free * (1 - t) ** 2, free) if t < 1 else 0.0
        assert chi2.cdf(free * (1 + t) ** 2, free) - below == pytest.approx(level, abs=1e-8)


@pytest.mark.parametrize(("samples", "t"), [(2, 0.3), (6, 0.9), (6, 1.4), (40, 0.01)])
def test_the_chance_after_two_generations_is_an_integral(samples: int, t: float) -> None:
    free = samples - 1

    def below(bound: float) -> float:
        """P(X Y <= bound), X and Y chi-squares over their freedom, by integration over ln X."""

        def integrand(y: float) -> float:
            x = math.exp(y)
            return float(x * free * chi2.pdf(free * x, free) * chi2.cdf(free * bound / x, free))

        return sum(float(quad(integrand, k, k + 3)[0]) for k in range(-30, 9, 3))

    wanted = below((1 + t) ** 2) - (below((1 - t) ** 2) if t < 1 else 0.0)
    assert chance_within(t, samples, 2) == pytest.approx(wanted, abs=1e-6)


def test_the_exact_band_is_stable_for_large_samples_and_long_runs() -> None:
    # Near ln sigma_n = -n / 2M + z sqrt(n / 2M): the corrections are of the order n / M.
    n, samples = 1000, 10**7
    low, high = departures((0.05, 0.95), samples, n)
    spread = math.sqrt(n / (2 * samples))
    assert low == pytest.approx(norm.ppf(0.525) * spread, rel=0.01)
    assert high == pytest.approx(norm.ppf(0.975) * spread, rel=0.01)
    # After a collapse nearly every run has lost nearly all of sigma.
    low, high = departures((0.05, 0.95), 10, 1000)
    assert 1 - 1e-12 < low <= high < 1 + 1e-12
    assert chance_within(1.0, 10, 1000) > 0.99


def test_the_exact_band_holds_the_runs_that_it_should() -> None:
    """Each end against the runs below it, 5 standard errors: a false alarm in 4e5 tests."""
    key, runs, levels = streams.derive_key("test", "band"), 4000, (0.05, 0.95)
    run = gaussian.simulate(Start.named("normal"), 10, (1, 30), key, 0, runs)
    for at, n in enumerate((1, 30)):
        away = np.abs(np.sqrt(run.variance[:, at]) - 1)
        for level, t in zip(levels, departures(levels, 10, n), strict=True):
            share = float((away <= t).mean())
            assert abs(share - level) < 5 * math.sqrt(level * (1 - level) / runs)
        wrong = departures(levels, 6, n)
        shares = [float((away <= t).mean()) for t in wrong]
        assert max(abs(a - b) for a, b in zip(shares, levels, strict=True)) > 0.02
