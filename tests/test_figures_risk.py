"""Risk, its variance, estimators, spectrum: laws of the page against runs, wrong ones refuted."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import chi

from numerics import gaussian, gaussian_variants, heights
from numerics.gaussian_variants import Variant
from numerics.start import Start
from numerics.streams import derive_key
from proofs.figures.drawing import Effort
from proofs.figures.measured import (
    distance,
    estimators,
    lyapunov_spectrum,
    risk,
    risk_variance,
    tilted,
)
from theory.lookup import law

#: A false alarm of a mean that is this many standard errors away is one in 2e6.
ERRORS = 5.0


# ------------------------------------------------------------------- moments of W2^2


@pytest.mark.parametrize(("samples", "n"), [(2, 1), (3, 4), (10, 60), (100, 7), (100, 400)])
def test_the_variance_of_w2_is_that_of_another_derivation(samples: int, n: int) -> None:
    (found,) = distance.variances(samples, [n])
    assert found == pytest.approx(law("B13", M=samples, n=n), rel=1e-9)
    assert found != pytest.approx(law("B13x", M=samples, n=n), rel=0.1)


@pytest.mark.parametrize("factor", [0.5, 1.2])
def test_the_variance_of_w2_with_another_estimator_is_that_of_runs(factor: float) -> None:
    key, runs = derive_key("test", "variance", repr(factor)), 40_000
    run = gaussian_variants.simulate(20, (3,), key, 0, runs, Variant(multiplier=factor))
    values = distance.distances(run.mean[:, 0], run.variance[:, 0])
    squares = (values - values.mean()) ** 2
    error = squares.std() / math.sqrt(runs)
    (wanted,) = distance.variances(20, [3], factor)
    assert abs(squares.mean() - wanted) < ERRORS * error
    for wrong in (factor**2, math.sqrt(factor), 1.0):
        assert abs(squares.mean() - distance.variances(20, [3], wrong)[0]) > ERRORS * error


@pytest.mark.parametrize("samples", [3, 20])
def test_the_second_moment_of_a_pair_is_an_integral(samples: int) -> None:
    """After one generation W2^2 is a sum of two independent parts: their cumulants add."""

    def moment(k: int) -> float:
        root = chi(samples - 1, scale=1 / math.sqrt(samples - 1))
        return float(quad(lambda x: (x - 1) ** (2 * k) * root.pdf(x), 0, 12, limit=200)[0])

    one, two, three, four = (moment(k) for k in range(1, 5))
    width = two - one**2
    fourth = four - 4 * three * one + 6 * two * one**2 - 3 * one**4 - 3 * width**2
    width += 2 / samples**2
    fourth += 48 / samples**4
    wanted = (fourth + 3 * width**2 + 3 * width**2) / 2
    assert risk_variance.second_moment(samples, 1) == pytest.approx(wanted, rel=1e-6)


def test_the_interval_of_a_variance_holds_the_exact_one_and_not_the_printed() -> None:
    run = gaussian.simulate(Start.named("normal"), 20, (2,), derive_key("test", "pair"), 0, 40_000)
    values = distance.distances(run.mean[:, 0], run.variance[:, 0])
    seen, low, high = risk_variance.variance(values, risk_variance.second_moment(20, 2))
    assert low < law("B13", M=20, n=2) < high
    assert not low < law("B13x", M=20, n=2) < high
    assert seen == pytest.approx(float(values.var()), rel=0.1)


# ----------------------------------------------------------------- a change of measure


def deviations(values: np.ndarray[Any, Any], wanted: float) -> float:
    """By how many standard errors a stratified mean departs from what is wanted."""
    strata, runs = values.shape
    error = math.sqrt(float((values.var(axis=1, ddof=1) / runs).mean()) / strata)
    return abs(float(values.mean()) - wanted) / error


@pytest.mark.parametrize("samples", [4, 30])
def test_weighted_runs_find_the_risk_where_rare_runs_carry_it(samples: int) -> None:
    record = (samples, 8 * samples)
    turns = tuple(range(0, 8 * samples + 1, samples))
    key = derive_key("test", "tilted", samples)
    values = np.stack(
        [tilted.run(samples, record, turns, 800, key + at, at) for at in range(len(turns))]
    )
    for g, n in enumerate(record):
        assert deviations(values[..., g], law("B11", M=samples, n=n)) < ERRORS
    n = record[-1]
    assert deviations(values[..., 1], law("B11x", M=samples, n=n)) > ERRORS
    assert deviations(values[..., 1], law("B12", "risk", M=samples, n=n)) > ERRORS
    # What plain means show there, in the middle one of nine: most fall short.
    plain = gaussian.simulate(Start.named("normal"), samples, (n,), key, 0, 900)
    means = distance.distances(plain.mean, plain.variance).reshape(9, 100).mean(axis=1)
    assert np.median(means) < 0.9 * law("B11", M=samples, n=n)


def test_without_a_turn_nothing_is_weighted() -> None:
    values = tilted.run(6, (1, 9), (0,), 50, 7, 0)
    plain = gaussian.simulate(Start.named("normal"), 6, (1, 9), 7, 0, 50)
    np.testing.assert_allclose(values, distance.distances(plain.mean, plain.variance), rtol=1e-9)


def test_a_plain_mean_that_rare_runs_carry_is_left_out() -> None:
    parameters = {
        **risk.PARAMETERS, "samples": 10, "plain": {"unbiased": 4000},
        "places": {"unbiased": [2, 10, 100]},
    }  # fmt: skip
    seen = risk._plain(parameters, "unbiased", Effort(workers=2))
    assert seen["places"] == [2, 10]
    for n, (_, low, high) in zip(seen["places"], seen["seen"], strict=True):
        assert low < law("B11", M=10, n=n) < high
    assert not low < law("B12", "risk", M=10, n=10) < high


# ---------------------------------------------------------------- where equation (4) parts


@pytest.mark.parametrize("samples", [2, 10, 1000])
def test_equation_four_parts_where_the_figure_says(samples: int) -> None:
    for share in (0.01, 0.1):
        n = risk.parting(samples, share)
        assert risk.excess(samples, n - 1) < share <= risk.excess(samples, n)
    assert 0 < risk.excess(samples, 100 * samples) < 0.5


def test_the_earlier_finding_at_a_thousand_points() -> None:
    assert risk.parting(1000, 0.01) == pytest.approx(1000 / 4, rel=0.01)
    assert risk.parting(1000, 0.1) == pytest.approx(2700, rel=0.01)


# ------------------------------------------------------------------ the family b s^2


@pytest.mark.parametrize("factor", [0.8, 1.0, 1.2])
def test_rates_and_risks_of_an_estimator_lie_in_their_intervals(factor: float) -> None:
    """Intervals of 95 %: widened threefold, so that a false alarm is rare."""
    parameters = {**estimators.PARAMETERS, "generations": [5, 20], "runs": 6000}
    runs = estimators.simulated(parameters, factor, Effort("test", 2))
    seen = estimators._seen(parameters, factor, runs)

    def holds(found: list[float], wanted: float) -> bool:
        mean, low, high = found
        return mean - 3 * (mean - low) < wanted < mean + 3 * (high - mean)

    rates = estimators.growth(10, factor)
    assert holds(seen["mean"], rates["mean"])
    assert holds(seen["typical"], rates["typical"])
    assert not holds(seen["mean"], rates["typical"])
    assert not holds(seen["typical"], rates["mean"])
    assert holds(seen["risk"]["5"], law("B40", "risk", M=10, n=5, b=factor))
    assert not holds(seen["risk"]["5"], law("B40", "risk", M=10, n=7, b=factor))


# ---------------------------------------------------------------------- the spectrum


def test_rates_of_long_runs_are_the_spectrum() -> None:
    key = derive_key("test", "spectrum")
    seen = lyapunov_spectrum.spectra(4, 12, 20_000, key, 0, 1)
    found = lyapunov_spectrum.rates(12, seen)
    for i, (mean, low, high) in enumerate(found, 1):
        wide = 2 * max(high - mean, mean - low)
        assert abs(mean - law("B23", M=12, d=4, i=i)) < wide
        assert abs(mean - law("B23", M=12, d=4, i=i % 4 + 1)) > wide
        assert abs(mean - law("B23", M=11, d=4, i=i)) > 0.3 * wide


def test_condition_numbers_agree_where_both_ways_serve() -> None:
    key = derive_key("test", "condition")
    run = heights.simulate(3, 5, (30,), key, 0, 1)
    columns, powers = run.columns[0], run.powers[0]
    root = np.ldexp(columns, powers[:, np.newaxis])
    values = np.linalg.svd(root)[1]
    found = lyapunov_spectrum.log_condition(columns, powers)
    assert found == pytest.approx(2 * math.log(values[0] / values[-1]), rel=1e-6)
    early = heights.simulate(5, 40, (2,), key, 0, 1)  # too close for one orthogonalisation
    with pytest.raises(ArithmeticError):
        heights.eigenvalues(early.columns[0], early.powers[0])
    twin = gaussian.simulate_multivariate(Start.named("normal", np.zeros(5)), 40, (2,), key, 0, 1)
    wanted = math.log(np.linalg.cond(twin.covariance[0, 0]))
    found = lyapunov_spectrum.log_condition(early.columns[0], early.powers[0])
    assert found == pytest.approx(wanted, rel=1e-6)
