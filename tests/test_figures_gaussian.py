"""Figures 4, 5, 6 and 12: the laws on the page against what is seen, and wrong laws refuted."""

import math
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from scipy.stats import norm

from numerics import gaussian, gaussian_workflows, streams
from numerics.start import Start
from numerics.workflow import Workflow
from proofs.figures.drawing import Effort
from proofs.figures.measured import mean_error, pooled, recursions
from proofs.figures.measured.recursions import Seen
from tests.figure_sizes import BAND, DRAWINGS, SIZES, small


def runs_of(name: str, size: int, runs: int, generations: int, monkeypatch: Any) -> Seen:
    """All runs of one size, as the figure simulates them."""
    found: list[Seen] = []

    def listening(*arguments: Any) -> Seen:
        found.append(gathered(*arguments))
        return found[-1]

    gathered = recursions.gathered
    monkeypatch.setattr(recursions, "gathered", listening)
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


# ------------------------------------------------- the data that a figure is drawn from

PAIRS = ("gaussian-recursion", "gaussian-subsample", "gaussian-pool")
Series = dict[str, list[float]]


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    """What each figure measures, by its name."""
    names = (*PAIRS, mean_error.NAME)
    return {name: small(name).measure(SIZES[name], Effort()) for name in names}


def own_runs(name: str, size: int, runs: int, generations: int) -> Any:
    """The same runs from the kernel itself."""
    key, record = streams.derive_key(name, size, "collapse"), tuple(range(1, generations + 1))
    start = Start.named("normal")
    if name in ("gaussian-recursion", mean_error.NAME):
        return gaussian.simulate(start, size, record, key, 0, runs)
    fifth = name == "gaussian-subsample"
    workflow = Workflow("subsample", replacement=False) if fifth else Workflow("accumulate")
    return gaussian_workflows.simulate(start, size, record, key, 0, runs, workflow, "mle")


def replaced(M: int, n: int) -> dict[str, Series | dict[str, float]]:
    """B10, B02, B03: each fit has 1/M of the newest variance as its step, and c4 of the root."""
    with mpmath.workdps(40):
        free = mpmath.mpf(M - 1)
        c4 = mpmath.sqrt(2 / free) * mpmath.gamma(mpmath.mpf(M) / 2) / mpmath.gamma(free / 2)
        shrunk = 1 - c4**n
        return {
            "mean": {"rms": math.sqrt(n / M)},
            "deviation": {"rms": float(mpmath.sqrt(2 * shrunk)), "of-mean": float(shrunk)},
        }


def kept(M: int, n: int, whole: bool) -> Fraction:
    """E sigma_n^2 by pairs of the pool: half a squared difference, of two old points, of one
    old and one new, and of two new ones."""
    pair = Fraction(1)
    for size in range(M, n * M, M):
        variance = pair * Fraction(size - 1, size)
        new = variance if whole else pair * Fraction(M - 1, M)
        old, mixed, fresh = math.comb(size, 2), size * M, math.comb(M, 2)
        pair = (old * pair + mixed * variance + fresh * new) / math.comb(size + M, 2)
    return pair * (Fraction(n * M - 1, n * M) if whole else Fraction(M - 1, M))


def pooled_laws(M: int, n: int, whole: bool) -> dict[str, Series | dict[str, float]]:
    fitted = kept(M, n, whole)
    bound = {"bound": 1 - math.sqrt(fitted)}
    if whole:
        risk = Fraction(3, 2 * M) * sum(Fraction(1, k * k) for k in range(1, n + 1))
        bound["first-order"] = math.sqrt(risk - (1 - fitted))
    return {"mean": {"rms": math.sqrt(1 - fitted)}, "deviation": bound}


WANTED: dict[str, Any] = {
    "gaussian-recursion": replaced,
    "gaussian-subsample": lambda M, n: pooled_laws(M, n, whole=False),
    "gaussian-pool": lambda M, n: pooled_laws(M, n, whole=True),
}


@pytest.mark.parametrize("name", PAIRS)
def test_every_exact_curve_in_the_data_is_a_plain_sum(name: str, data: dict[str, Any]) -> None:
    found = data[name]
    assert found["places"][0] == 1
    assert found["places"][-1] == found["generations"] == SIZES[name]["generations"]
    for panel, by_size in found["panels"].items():
        assert list(by_size) == ["10", "100"]
        for size, series in by_size.items():
            laws = [WANTED[name](int(size), n)[panel] for n in found["places"]]
            assert set(series["exact"]) == set(laws[0])
            for kind, curve in series["exact"].items():
                assert curve == pytest.approx([law[kind] for law in laws], rel=1e-11, abs=0)


@pytest.mark.parametrize("name", PAIRS)
def test_runs_and_bands_in_the_data_are_those_of_the_kernel(
    name: str, data: dict[str, Any]
) -> None:
    """The band has so many runs below either end as its levels say, in the generation it is at."""
    found, low_high = data[name], (0.05, 0.95)
    assert tuple(found["band"]) == low_high
    for size, runs in SIZES[name]["runs"].items():
        run = own_runs(name, int(size), runs, found["generations"])
        both = {"mean": np.abs(run.mean), "deviation": np.abs(np.sqrt(run.variance) - 1)}
        for panel, away in both.items():
            series = found["panels"][panel][size]
            assert series["runs"] == runs == len(away)
            assert series["run"] == away[0].tolist()
            assert ("band" in series) == (runs > 1)
            for level, edge in zip(low_high, series.get("band", ()), strict=False):
                below = (away[:, np.array(found["places"]) - 1] < edge).sum(axis=0)
                assert (below == math.floor(level * (runs - 1)) + 1).all()


@pytest.mark.parametrize("name", PAIRS)
def test_runs_in_the_data_are_near_their_exact_curves(name: str, data: dict[str, Any]) -> None:
    """At honest errors: exact ones where rare runs carry the mean, and so the spread that is seen.

    b, of the pooled figures, is a bound: there it is the mean variance that is compared.
    """
    found, size, runs = data[name], 10, SIZES[name]["runs"]["10"]
    run = own_runs(name, size, runs, found["generations"])
    exact = {panel: found["panels"][panel][str(size)]["exact"] for panel in found["panels"]}
    walked = [value**2 for value in exact["mean"]["rms"]]
    if name == "gaussian-recursion":
        other = [value**2 for value in exact["deviation"]["rms"]]
        lower = (np.sqrt(run.variance) - 1) ** 2
    else:
        other = [(1 - value) ** 2 for value in exact["deviation"]["bound"]]
        lower = run.variance
    for panel, (values, law) in enumerate(((run.mean**2, walked), (lower, other))):
        for at, n in enumerate(found["places"]):
            error = values[:, n - 1].std(ddof=1)
            if name == "gaussian-recursion":
                error = spread_of_squares(size, n)[panel]
            assert abs(values[:, n - 1].mean() - law[at]) < 5 * error / math.sqrt(runs)


def spread_of_squares(M: int, n: int) -> tuple[float, float]:
    """Standard deviations of (mu_n - mu)^2 and (sigma_n - sigma)^2: one factor's moments, to n."""
    free = M - 1
    power = [
        (2 / free) ** (k / 2) * math.gamma((free + k) / 2) / math.gamma(free / 2) for k in range(5)
    ]
    of_root = [each**n for each in power]
    squared = power[4]  # E Y^2: sigma_j^2 sigma_k^2 has the mean squared^j for j < k
    sums = sum(squared**j * (2 * (n - j) - 1) for j in range(n))
    walk = 3 * sums / M**2 - (n / M) ** 2
    shrunk = sum(math.comb(4, k) * (-1) ** k * of_root[k] for k in range(5))
    return math.sqrt(walk), math.sqrt(shrunk - (2 - 2 * of_root[1]) ** 2)


def test_the_exact_band_in_the_data_is_that_of_products_of_chi_squares(
    data: dict[str, Any],
) -> None:
    """Chi-squares of NumPy; the band of the generation after is refuted by them, past the first."""
    found, runs = data["gaussian-recursion"], 200_000
    places, generator = found["band-places"], np.random.default_rng(5)
    assert places[0] == 1
    assert places[-1] == found["generations"]
    factors = generator.chisquare(9, (runs, places[-1])) / 9
    away = np.abs(np.sqrt(np.cumprod(factors, axis=1)) - 1)
    for level, edge in zip(
        found["band"], found["panels"]["deviation"]["10"]["exact-band"], strict=True
    ):
        error = 5 * math.sqrt(level * (1 - level) / runs)
        for at, n in enumerate(places):
            assert abs((away[:, n - 1] <= edge[at]).mean() - level) < error
            if 1 < n <= 6:  # later most of the runs have come to the edge at 1 for good
                assert abs((away[:, n - 2] <= edge[at]).mean() - level) > error
    assert "exact-band" not in found["panels"]["deviation"]["100"]


def test_errors_of_means_in_the_data_are_those_of_the_runs(data: dict[str, Any]) -> None:
    for size, found in data[mean_error.NAME]["sizes"].items():
        M, runs = int(size), SIZES[mean_error.NAME]["runs"][size]
        away = np.abs(own_runs(mean_error.NAME, M, runs, 1).mean[:, 0])
        seen, law = found["seen"], found["exact"]
        mean = math.fsum(away) / runs
        deviation = math.sqrt(math.fsum((away - mean) ** 2) / (runs - 1))
        fourth = math.fsum((away - mean) ** 4) / runs
        spread = math.sqrt((fourth - deviation**4) / runs) / (2 * deviation)
        assert seen["runs"] == runs
        for kind, wanted in (
            ("mean", mean), ("deviation", deviation), ("mean-error", deviation / math.sqrt(runs)),
            ("deviation-error", spread),
        ):  # fmt: skip
            assert seen[kind] == pytest.approx(wanted, rel=1e-9)
        for level, kind in ((0.05, "low"), (0.95, "high")):
            assert (away < seen[kind]).sum() == math.floor(level * (runs - 1)) + 1
            assert law[kind] == pytest.approx(norm.ppf((1 + level) / 2) / math.sqrt(M), rel=1e-12)
            error = 5 * math.sqrt(level * (1 - level) / runs)
            assert abs((away <= law[kind]).mean() - level) < error
        assert law["mean"] == pytest.approx(math.sqrt(2 / math.pi / M), rel=1e-13)
        assert law["deviation"] == pytest.approx(math.sqrt((1 - 2 / math.pi) / M), rel=1e-13)
        for kind in ("mean", "deviation"):
            assert abs(seen[kind] - law[kind]) < 5 * seen[f"{kind}-error"]
