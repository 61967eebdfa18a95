"""Risk, its variance, estimators, spectrum: the data as they are put together.

Laws again as sums on the page; means and bars again from runs of the same words.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from scipy.special import digamma, gammaln

from numerics import gaussian, gaussian_variants, heights, intervals
from numerics.gaussian_variants import Variant
from numerics.start import Start
from numerics.streams import derive_key
from proofs.figures.drawing import Effort
from proofs.figures.measured import distance, risk, tilted
from tests.figure_sizes import SIZES, small

#: A false alarm of a mean that is this many standard errors away is one in 2e6.
ERRORS = 5.0
NORMAL = Start.named("normal")


def measured_once(name: str) -> Any:
    """A fixture: what a figure measures at its small sizes."""

    @pytest.fixture(scope="module")
    def found() -> Any:
        return small(name).measure(SIZES[name], Effort(workers=2))

    return found


risk_data = measured_once("risk")
variance_data = measured_once("risk-variance")
estimators_data = measured_once("estimators")
spectrum_data = measured_once("lyapunov-spectrum")


def expected_root(samples: int) -> float:
    """E of a root of a chi-square over its freedom, M - 1."""
    return math.sqrt(2 / (samples - 1)) * math.exp(
        float(gammaln(samples / 2) - gammaln((samples - 1) / 2))
    )


def plain_risk(samples: int, n: int, b: float = 1.0) -> float:
    """E W2^2 when b s^2 is fitted: E mu^2 + E sigma^2 - 2 E sigma + 1, each a product or sum."""
    drift = sum(b**k for k in range(n)) / samples
    return drift + b**n - 2 * (math.sqrt(b) * expected_root(samples)) ** n + 1


def is_sound(seen: Sequence[float], values: np.ndarray[Any, Any], wanted: float) -> None:
    """Mean and interval are those of these values, and hold what is wanted."""
    mean, low, high = seen
    error = float(values.std(ddof=1)) / math.sqrt(len(values))
    assert mean == pytest.approx(float(values.mean()), rel=1e-12)
    assert abs(mean - wanted) < ERRORS * error
    # an interval for any tail with 95 % is wider than 2 standard errors, but not by much
    assert low < mean + error
    assert high > mean - error
    assert 1.4 * error < (high - low) / 2 < 5 * error


def test_the_curves_of_the_risk_are_the_sums_on_the_page(risk_data: Any) -> None:
    size, curves = risk_data["samples"], risk_data["risk"]
    assert size == 5
    assert curves["places"] == list(range(21))
    for kind, wanted in (
        ("risk", [plain_risk(size, n) for n in range(21)]),
        ("mle", [plain_risk(size, n, 1 - 1 / size) for n in range(21)]),
        ("printed", [1.5 * n / size for n in range(21)]),
    ):
        assert curves["exact"][kind] == pytest.approx(wanted, rel=1e-12)
    assert curves["exact"]["ceiling"] == 2
    for text, found in risk_data["errors"].items():
        one, exact = int(text), found["exact"]
        rounds = [round(each * one) for each in exact["per-size"]]
        assert (rounds[0], rounds[-1]) == (1, 100 * one)
        assert exact["per-size"] == pytest.approx([n / one for n in rounds], rel=1e-12)
        off = [1.5 * n / one / plain_risk(one, n) - 1 for n in range(1, 100 * one + 1)]
        assert exact["excess"] == pytest.approx([off[n - 1] for n in rounds], abs=1e-11)
        for share, place in zip(risk_data["shares"], exact["parting"], strict=True):
            first = next(n for n, value in enumerate(off, 1) if value >= share)
            assert place == first / one


def test_plain_means_of_the_risk_are_those_of_their_own_runs(risk_data: Any) -> None:
    estimators: tuple[gaussian.Estimator, ...] = ("unbiased", "mle")
    for estimator in estimators:
        found, asked = risk_data["plain"][estimator], SIZES["risk"]
        record = tuple(asked["places"][estimator])
        key, runs = derive_key("risk", estimator, "collapse"), asked["plain"][estimator]
        run = gaussian.simulate(NORMAL, 5, record, key, 0, runs, estimator)
        values = run.mean**2 + (np.sqrt(run.variance) - 1) ** 2
        b = 1.0 if estimator == "unbiased" else 1 - 1 / 5
        assert (found["runs"], found["places"]) == (runs, list(record))
        for g, n in enumerate(record):
            is_sound(found["seen"][g], values[:, g], plain_risk(5, n, b))
            spread = distance.variances(5, [n], b)[0]
            ends = intervals.catoni(values[:, g], spread, 0.05)
            assert found["seen"][g][1:] == pytest.approx(ends, rel=1e-9)


KEYS = 60


@pytest.fixture(scope="module")
def estimates() -> list[Any]:
    """The weighted estimates of the small figure under many keys."""
    design = SIZES["risk"]["tilted"]
    return [
        tilted.mean_distances("risk", 5, design["places"], design, Effort(f"key {k}", 1))
        for k in range(KEYS)
    ]


def test_bars_of_weighted_runs_are_as_long_as_they_say(estimates: list[Any]) -> None:
    """Standard scores over many keys: about 0, about 1 wide; pooled, the risk and no other."""
    for g, n in enumerate(SIZES["risk"]["tilted"]["places"]):
        means, errors = np.array([(one["mean"][g], one["error"][g]) for one in estimates]).T
        scores = (means - plain_risk(5, n)) / errors
        assert 0.6 < np.sqrt((scores**2).mean()) < 1.5
        assert 0.7 < means.std(ddof=1) / np.sqrt((errors**2).mean()) < 1.4
        assert np.abs(scores).max() < ERRORS
        pooled = float(means.std(ddof=1)) / math.sqrt(KEYS)
        assert abs(means.mean() - plain_risk(5, n)) < ERRORS * pooled
        assert abs(means.mean() - plain_risk(5, n + 2)) > ERRORS * pooled


def test_the_estimate_of_the_figure_is_one_of_these(risk_data: Any, estimates: list[Any]) -> None:
    found = risk_data["tilted"]
    assert found["runs"] == (2 + 5) * 40
    for g, n in enumerate(found["places"]):
        usual = np.median([one["error"][g] for one in estimates])
        assert 0.5 * usual < found["error"][g] < 2 * usual
        assert abs(found["mean"][g] - plain_risk(5, n)) < ERRORS * found["error"][g]


def test_no_two_strata_share_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where they do, their runs are the same, and the bars too short."""
    seen: list[tuple[int, int]] = []

    def run(
        samples: int, record: tuple[int, ...], turns: tuple[int, ...], runs: int, key: int,
        which: int,
    ) -> np.ndarray[Any, Any]:  # fmt: skip
        seen.append((turns[which], key))
        return np.zeros((runs, len(record)))

    monkeypatch.setattr(tilted, "run", run)
    for name in ("collapse", "other"):
        design = risk.PARAMETERS["tilted"]
        tilted.mean_distances("risk", 100, design["places"], design, Effort(name, 1))
    turns = sorted(turn for turn, _ in seen[: len(seen) // 2])
    assert turns[:21] == 21 * [0]
    assert turns[20:] == np.linspace(0, 1000, 31).round().tolist()
    assert len({key for _, key in seen}) == len(seen) == 2 * 51


def test_the_laws_of_the_variance_are_on_the_page(variance_data: Any) -> None:
    data, size = variance_data, variance_data["samples"]
    places = data["places"]
    assert (size, places[0], places[-1]) == (20, 1, 30)
    wanted: dict[str, Callable[[int], float]] = {
        "variance": lambda n: distance.variances(20, [n])[0],
        "leading": lambda n: 2.5 * (n / 20) ** 2,
        "printed": lambda n: (3 * n + 4 * n * (n - 1)) / 2 / 20**2,
    }
    assert set(data["exact"]) == set(wanted)
    for kind, formula in wanted.items():
        assert data["exact"][kind] == pytest.approx([formula(n) for n in places], rel=1e-9)


def test_measured_variances_are_those_of_their_own_runs(variance_data: Any) -> None:
    data, runs = variance_data, SIZES["risk-variance"]["runs"]
    assert data["seen"]["places"] == [1, 3]
    run = gaussian.simulate(NORMAL, 20, (1, 3), derive_key("risk-variance", "collapse"), 0, runs)
    values = run.mean**2 + (np.sqrt(run.variance) - 1) ** 2
    halves = (values[: runs // 2] - values[runs // 2 :]) ** 2 / 2
    for g, n in enumerate((1, 3)):
        wanted = distance.variances(20, [n])[0]
        is_sound(data["seen"]["variance"][g], halves[:, g], wanted)
        ratios = [value / wanted for value in data["seen"]["variance"][g]]
        assert data["seen"]["over-exact"][g] == pytest.approx(ratios, rel=1e-9)


def test_the_laws_of_the_estimators_are_the_sums_on_the_page(estimators_data: Any) -> None:
    exact, factors = estimators_data["exact"], estimators_data["factors"]
    assert estimators_data["samples"] == 5
    assert (factors[0], factors[-1]) == (0.7, 1.3)
    shift = float(digamma(2) - math.log(2))
    assert exact["mean"] == pytest.approx([math.log(b) for b in factors], abs=1e-12)
    assert exact["typical"] == pytest.approx([math.log(b) + shift for b in factors], abs=1e-12)
    for n in (2, 8):
        wanted = [plain_risk(5, n, b) for b in factors]
        assert exact[f"risk-{n}"] == pytest.approx(wanted, rel=1e-10)
    ceiling = [1 + 1 / (5 * (1 - b)) for b in estimators_data["below"]]
    assert exact["ceiling"] == pytest.approx(ceiling, rel=1e-9)
    assert exact["critical"] == pytest.approx(math.exp(-shift), rel=1e-12)


def test_estimators_are_those_of_their_own_runs(estimators_data: Any) -> None:
    runs = SIZES["estimators"]["runs"]
    assert [one["factor"] for one in estimators_data["seen"]] == [0.8, 1.0, 1.2]
    for one in estimators_data["seen"]:
        b = one["factor"]
        key = derive_key("estimators", repr(b), "collapse")
        run = gaussian_variants.simulate(5, (2, 3, 8), key, 0, runs, Variant(multiplier=b))
        typical = math.log(b) + float(digamma(2) - math.log(2))
        is_sound(one["typical"], np.log(run.variance[:, 2]) / 8, typical)
        is_sound([math.exp(3 * rate) for rate in one["mean"]], run.variance[:, 1], b**3)
        values = run.mean**2 + (np.sqrt(run.variance) - 1) ** 2
        assert "2" in one["risk"]
        for text, seen in one["risk"].items():
            n = int(text)
            is_sound(seen, values[:, (2, 3, 8).index(n)], plain_risk(5, n, b))


def rate(samples: int, i: int) -> float:
    """What the i-th squared diagonal of a triangular root of a Wishart matrix grows by."""
    return float(digamma((samples - i) / 2)) + math.log(2 / (samples - 1))


def test_the_rates_of_the_spectrum_are_digammas(spectrum_data: Any) -> None:
    data = spectrum_data
    for text, found in data["spectra"].items():
        size = int(text)
        wanted = [rate(size, i) for i in (1, 2, 3)]
        assert found["exact"]["spectrum"] == pytest.approx(wanted, abs=1e-12)
        key = derive_key("lyapunov-spectrum", "long", size, "collapse")
        run = heights.simulate(3, size, (1000,), key, 0, 1)
        logs = np.sort(run.log_heights[0, 0])[::-1] / 1000
        for i, (mean, low, high) in enumerate(found["rates"], 1):
            error = math.sqrt(float(np.pi**2 / 2) / 1000)  # of one step: at most trigamma(1/2)
            assert mean == pytest.approx(logs[i - 1], abs=0.02)
            assert low < mean < high
            assert low < wanted[i - 1] < high
            assert high - low < 5 * error
    for text, found in data["shapes"].items():
        slope = rate(int(text), 1) - rate(int(text), 3)
        line = found["exact"]["line"]
        assert line == pytest.approx([0, slope * data["places"][-1]], rel=1e-12)


def test_condition_numbers_are_those_of_runs_with_whole_covariances(spectrum_data: Any) -> None:
    """The same words as the figure's, their covariances kept as they are."""
    data, (low, high) = spectrum_data, SIZES["lyapunov-spectrum"]["band"]
    places, runs = data["places"], data["runs"]
    for text, found in data["shapes"].items():
        key = derive_key("lyapunov-spectrum", "short", int(text), "collapse")
        start = Start.named("normal", np.zeros(3))
        run = gaussian.simulate_multivariate(start, int(text), tuple(places), key, 0, runs)
        logs = np.log(np.linalg.cond(run.covariance))
        for g in range(len(places)):
            if logs[:, g].max() > 25:  # beyond, a covariance of floats is rounding
                continue
            assert found["median"][g] == pytest.approx(float(np.median(logs[:, g])), abs=1e-6)
            lower, upper = found["band"][0][g], found["band"][1][g]
            inside = np.count_nonzero((logs[:, g] > lower - 1e-6) & (logs[:, g] < upper + 1e-6))
            assert inside == sum(low <= k / (runs - 1) <= high for k in range(runs))
        last, slope = places[-1], found["exact"]["line"][1] / places[-1]
        # beyond the first generations each step adds the slope, give or take trigammas
        steps = (found["median"][-1] - found["median"][1]) / (last - places[1])
        assert abs(steps - slope) < ERRORS * 2 / math.sqrt(runs * (last - places[1]))
