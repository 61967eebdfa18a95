"""Figures 7 and 13: their laws against runs, with the wrong neighbours of each refuted.

Sampled means are compared at five standard errors, fixed keys: a false alarm in 10^6 each.
"""

import copy
import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import digamma

from numerics import measured_mixture, mixture_workflows, streams
from numerics.gaussian_mixture import FLOOR, Mixture
from numerics.mixture_workflows import MixtureRun
from proofs.figures.drawing import Effort
from proofs.figures.measured import mixture_distance, mixture_runs, mixture_scatter
from proofs.figures.measured.mixture_runs import Parts
from tests.figure_sizes import SIZES, small

Floats = NDArray[np.float64]
BLOB = Mixture(np.ones(1), np.zeros((1, 2)), np.eye(2)[np.newaxis])
ERRORS = 5.0
TINY = 1e-13


def refitted(
    samples: int, fits: int, runs: int, components: int = 2, floor: float = FLOOR,
    tolerance: float = 1e-3, iterations: int = 100,
) -> MixtureRun:  # fmt: skip
    """Runs after 1, ..., `fits` fits to points of one blob."""
    return mixture_workflows.simulate(
        BLOB, components, samples, tuple(range(1, fits + 1)), 7, 0, runs, floor=floor,
        tolerance=tolerance, iterations=iterations,
    )  # fmt: skip


def agrees(values: Floats, law: float, within: float = 0.0) -> bool:
    """Whether a mean agrees with a law, that may be off by a share of its own."""
    error = float(values.std(ddof=1)) / math.sqrt(len(values))
    return abs(float(values.mean()) - law) <= ERRORS * error + within * law


def some_parts(components: int, seed: int) -> Parts:
    """One mixture in the plane, at random."""
    generator = np.random.default_rng(seed)
    roots = generator.normal(size=(components, 2, 2))
    covariances = roots @ roots.transpose(0, 2, 1) + 0.2 * np.eye(2)
    weights = generator.dirichlet(np.ones(components))
    return Parts(weights, generator.normal(size=(components, 2)), covariances)


def density_on(grid: Floats, parts: Parts) -> Floats:
    """Density of a mixture at points (..., 2), from its definition."""
    total = np.zeros(grid.shape[:-1])
    for weight, mean, covariance in zip(*parts, strict=True):
        step = grid - mean
        square = (step @ np.linalg.inv(covariance) * step).sum(axis=-1)
        root = math.sqrt(np.linalg.det(2 * math.pi * covariance))
        total += weight * np.exp(-square / 2) / root
    return total


# ------------------------------------------------------------ closed forms


@pytest.mark.parametrize("seed", range(3))
def test_the_squared_distance_is_what_quadrature_finds(seed: int) -> None:
    one, other = some_parts(2, 2 * seed), some_parts(3, 2 * seed + 1)
    line, step = np.linspace(-16, 16, 801, retstep=True)
    grid = np.stack(np.meshgrid(line, line), axis=-1)
    p, q = density_on(grid, one), density_on(grid, other)
    found = float(mixture_runs.squared_distance(one, other))
    assert found == pytest.approx(((p - q) ** 2).sum() * step**2, rel=1e-9)
    product = float(mixture_runs.overlap(one, other))
    assert product == pytest.approx((p * q).sum() * step**2, rel=1e-9)
    law = Mixture(*other)
    run = MixtureRun(*(each[np.newaxis, np.newaxis] for each in one), *[np.empty(0)] * 5)  # type: ignore[arg-type]
    assert found == pytest.approx(float(measured_mixture.squared_distance(run, law)[0, 0]))


def test_no_density_of_that_variance_is_flatter_than_the_parabola() -> None:
    """The least concentration 4/(9 pi T) is reached; a Gaussian's, 1/(2 pi T), is not the least."""
    line, step = np.linspace(-2, 2, 2001, retstep=True)
    square = line**2 + line[:, np.newaxis] ** 2
    parabola = np.maximum(0.0, 3 - square)  # r^2 = 3 T, T = 1
    parabola /= parabola.sum() * step**2
    assert (parabola * square).sum() * step**2 == pytest.approx(1, rel=1e-5)
    assert (parabola**2).sum() * step**2 == pytest.approx(4 / (9 * math.pi), rel=1e-5)
    angle = np.arange(7) * 2 * math.pi / 7
    ring = 1.4 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    flat = Parts(
        np.array([0.2, *[0.8 / 7] * 7]),
        np.array([[0.0, 0.0], *ring]),
        np.array([0.36 * np.eye(2)] * 8),
    )
    shares = []
    for parts in [flat, *(some_parts(3, seed) for seed in range(50))]:
        total = float(mixture_runs.moments_of(parts)[1])
        shares.append(float(mixture_runs.overlap(parts, parts)) * total)
    assert min(shares) >= 4 / (9 * math.pi)
    assert shares[0] < 1 / (2 * math.pi)


# --------------------------------------------------------- laws against runs


def test_total_variance_and_drift_of_two_components() -> None:
    samples, last = 8, 3
    mean, total = mixture_runs.moments_of(mixture_runs.parts_of(refitted(samples, last + 1, 6000)))
    drift = (mean**2).sum(axis=-1)
    for law, seen in (
        (mixture_runs.expected_total, total),
        (mixture_runs.expected_drift, drift),
    ):
        assert agrees(seen[:, last], law(samples, last))
        for wrong in (law(samples, last - 1), law(samples, last + 1), law(samples - 2, last)):
            assert not agrees(seen[:, last], wrong)


def test_the_drift_is_the_sum_of_its_steps() -> None:
    """Step n adds 1/M of the total variance from which its points come, floors and all."""
    before = [2.0] + [mixture_runs.expected_total(50, n) for n in range(400)]
    assert mixture_runs.expected_drift(50, 400) == pytest.approx(sum(before) / 50, rel=1e-12)
    assert mixture_runs.expected_total(50, 10**6) == pytest.approx(50 * 2 * FLOOR)


def test_the_geometric_mean_of_one_gaussian() -> None:
    samples, last = 12, 5
    parts = mixture_runs.parts_of(refitted(samples, last + 1, 4000, 1, TINY))
    seen = np.log(mixture_runs.overlap(parts, parts)[:, last])
    assert agrees(seen, math.log(mixture_distance.typical(samples, last)))
    for wrong in (
        math.log(mixture_distance.typical(samples, last - 1)),
        math.log(mixture_distance.typical(samples, last)) - (last + 1) * math.log(12 / 11),
        math.log(mixture_distance.least(samples, last)),
    ):
        assert not agrees(seen, wrong)


def test_what_sampling_does_to_one_gaussian() -> None:
    """First order in n/N: off by (3 n + 4)/N or so, a quarter of the whole at n = N/10."""
    samples, runs = 400, 3000
    parts = mixture_runs.parts_of(refitted(samples, 5, runs, 1))
    start = Parts(*(each[:, :1] for each in parts))
    seen = mixture_runs.squared_distance(parts, start)[:, 4]
    law = mixture_distance.sampling(samples, 4)
    assert agrees(seen, law, within=0.04)
    for wrong in (law / 2, 1.25 * law, 0.75 * law):  # means alone; one fit more, one fewer
        assert not agrees(seen, wrong, within=0.04)
    parts = mixture_runs.parts_of(refitted(100, 11, runs, 1))
    start = Parts(*(each[:, :1] for each in parts))
    mean = float(mixture_runs.squared_distance(parts, start)[:, 10].mean())
    assert 0.2 < 1 - mixture_distance.sampling(100, 10) / mean < 0.32


def test_no_mean_concentration_below_the_bound() -> None:
    samples, last = 30, 40
    parts = mixture_runs.parts_of(refitted(samples, last + 1, 300))
    seen = mixture_runs.overlap(parts, parts)[:, [1, 10, last]]
    assert (seen.mean(axis=0) > [mixture_distance.least(samples, n) for n in (1, 10, last)]).all()


# -------------------------------------------------- what the captions say of it


def test_the_rule_that_ends_a_fit_is_the_larger_part_at_large_sizes() -> None:
    """At N = 10,000 a rule a thousand times stricter leaves less than a third of the distance."""
    found = []
    for tolerance, iterations in ((1e-3, 100), (1e-6, 1000)):
        run = refitted(10_000, 11, 4, tolerance=tolerance, iterations=iterations)
        parts = mixture_runs.parts_of(run)
        start = Parts(*(each[:, :1] for each in parts))
        found.append(float(mixture_runs.squared_distance(parts, start)[:, 5:].mean()))
    usual, strict = found
    assert strict < usual / 3
    assert usual > 5 * mixture_distance.sampling(10_000, 10)


def test_the_floor_stops_the_rise_at_small_sizes() -> None:
    usual, lower = (
        mixture_runs.parts_of(refitted(100, 600, 10, floor=floor)) for floor in (FLOOR, TINY)
    )
    late = [
        np.log(mixture_runs.overlap(parts, parts)[:, [299, 599]]).mean(axis=0)
        for parts in (usual, lower)
    ]
    assert late[0][1] - late[0][0] < 1 < 3 < late[1][1] - late[1][0]


def test_the_points_shown_come_from_the_fits() -> None:
    """Their mean is that of the fit, and the heavier component comes first."""
    parameters = {**SIZES[mixture_scatter.NAME], "samples": 400, "shown": [0, 12]}
    data = mixture_scatter.measure(parameters, Effort(workers=1))
    run = mixture_runs.simulated(mixture_scatter.NAME, 400, 12, 1, Effort(workers=1), 0, 1)
    mean, total = mixture_runs.moments_of(mixture_runs.parts_of(run))
    for cloud in data["clouds"][1:]:
        points = np.concatenate(cloud["points"], axis=1)
        place = cloud["generation"]
        off = np.abs(points.mean(axis=1) - mean[0, place]).max()
        assert off < ERRORS * math.sqrt(total[0, place] / 400)
        assert len(points[0]) == 400
        assert abs(len(cloud["points"][0][0]) - 400 * run.weights[0, place].max()) < 5 * 10
    assert mixture_scatter.PARAMETERS["samples"] == 1000
    assert mixture_scatter.PARAMETERS["generations"] == 2050


# ------------------------------------------------- the data that a figure is drawn from


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    """What both figures measure, by name."""
    names = (mixture_scatter.NAME, mixture_distance.NAME)
    return {name: small(name).measure(SIZES[name], Effort()) for name in names}


def own_runs(name: str, samples: int, generations: int, runs: int) -> MixtureRun:
    """The same runs from the kernel itself."""
    record = tuple(range(1, generations + 2))
    key = streams.derive_key(name, samples, "collapse")
    return mixture_workflows.simulate(BLOB, 2, samples, record, key, 0, runs)


def total_and_drift(samples: int, generation: int) -> tuple[float, float]:
    """Mean total variance, and squared distance of the mean, fit by fit from the real law on."""
    total, drift = 2.0, 0.0
    for _ in range(generation + 1):
        drift += total / samples
        total += 2e-6 - total / samples
    return total, drift


def moments_by_hand(run: MixtureRun) -> dict[str, Floats]:
    """Total variance and squared distance of the mean, as sums over the components."""
    weights = run.weights[..., np.newaxis]
    mean = (weights * run.means).sum(axis=2)
    square = (weights * run.means**2).sum(axis=2).sum(axis=-1)
    inside = (run.weights * (run.covariances[..., 0, 0] + run.covariances[..., 1, 1])).sum(axis=2)
    return {"total": inside + square - (mean**2).sum(axis=-1), "drift": (mean**2).sum(axis=-1)}


def test_every_exact_value_of_the_scatter_is_that_of_its_own_generation(
    data: dict[str, Any],
) -> None:
    found = data[mixture_scatter.NAME]
    assert found["clouds"][0]["exact"]["deviation"] == 1.0
    assert [cloud["generation"] for cloud in found["clouds"][1:]] == [0, 3, 12]
    for cloud in found["clouds"][1:]:
        total, _ = total_and_drift(30, cloud["generation"])
        assert cloud["exact"]["deviation"] == pytest.approx(math.sqrt(total / 2), rel=1e-12)
    for at, name in enumerate(("total", "drift")):
        moment = found["moments"][name]
        assert (moment["places"][0], moment["places"][-1]) == (0, found["last"]) == (0, 12)
        wanted = [total_and_drift(30, n)[at] for n in moment["places"]]
        assert moment["exact"]["mean"] == pytest.approx(wanted, rel=1e-12)


def test_runs_means_and_errors_of_the_scatter_are_those_of_the_kernel(
    data: dict[str, Any],
) -> None:
    """And the points shown are of the first of them, as many of each component as drawn."""
    found, runs = data[mixture_scatter.NAME], SIZES[mixture_scatter.NAME]["runs"]
    run = own_runs(mixture_scatter.NAME, 30, 12, runs)
    assert found["runs"] == runs == 5
    for name, values in moments_by_hand(run).items():
        moment = found["moments"][name]
        places, means = moment["places"], moment["mean-places"]
        assert moment["run"] == pytest.approx(values[0, places], rel=1e-5)
        # 0.05 and 0.95 of the way along five values, the first of them at 0.
        low, second, _, fourth, high = np.sort(values[:, places], axis=0)
        ends = 0.8 * low + 0.2 * second, 0.2 * fourth + 0.8 * high
        for edge, end in zip(moment["band"], ends, strict=True):
            assert edge == pytest.approx(end, rel=1e-5)
        there = values[:, means]
        mean = there.sum(axis=0) / runs
        error = np.sqrt(((there - mean) ** 2).sum(axis=0) / (runs - 1) / runs)
        assert moment["mean"] == pytest.approx(mean, rel=1e-5)
        assert moment["error"] == pytest.approx(error, rel=1e-5)
    for cloud in found["clouds"][1:]:
        place = cloud["generation"]
        order = np.argsort(-run.weights[0, place], kind="stable")
        assert sum(len(points[0]) for points in cloud["points"]) == 30
        for points, j in zip(cloud["points"], order, strict=True):
            share, count = run.weights[0, place, j], len(points[0])
            assert abs(count - 30 * share) < ERRORS * math.sqrt(30 * share * (1 - share)) + 1
            off = np.mean(points, axis=1) - run.means[0, place, j]
            within = np.sqrt(np.diagonal(run.covariances[0, place, j]) / count)
            assert (np.abs(off) < ERRORS * within).all()
    spread = np.sqrt(np.trace(run.covariances[0], axis1=2, axis2=3) / 2)[[0, 12]]
    assert np.array(found["deviations"]) == pytest.approx(spread, rel=1e-5)


def test_the_exact_means_of_the_scatter_are_those_of_many_runs(data: dict[str, Any]) -> None:
    """More than the figure has: the spread of five is no measure of their mean's error."""
    seen = moments_by_hand(refitted(30, 13, 1000))
    for name, values in seen.items():
        moment = data[mixture_scatter.NAME]["moments"][name]
        for n, law in zip(moment["places"], moment["exact"]["mean"], strict=True):
            assert agrees(values[:, n], law)


def test_points_outside_the_axes_are_counted(data: dict[str, Any]) -> None:
    found, panels = data[mixture_scatter.NAME], "abcd"
    caption = small(mixture_scatter.NAME).caption(found)
    axes = small(mixture_scatter.NAME).draw(found).axes
    for letter, cloud, ax in zip(panels, found["clouds"], axes, strict=False):
        x, y = np.concatenate(cloud["points"], axis=1)
        cut = int(((abs(x) > 2) | (abs(y) > 3)).sum())
        assert (f" {cut} in {letter}" in caption) == (cut > 0)
        assert (f"\n{cut} outside" in ax.get_title()) == (cut > 0)
    far = {**found, "clouds": copy.deepcopy(found["clouds"])}
    far["clouds"][3]["points"] = [[[0.0] * 20, [0.0] * 20], [[2.5, 2.5], [0.0, 0.0]]]
    assert "2 in d, all 2 crosses among them" in small(mixture_scatter.NAME).caption(far)


@pytest.mark.parametrize("samples", [200, 300])
def test_every_exact_value_of_the_distance_is_that_of_its_own_generation(
    samples: int, data: dict[str, Any]
) -> None:
    found = data[mixture_distance.NAME]
    exact, places = found["sizes"][str(samples)]["exact"], found["places"]
    assert places == list(range(1, 13))
    fit = digamma((samples - 1) / 2) + digamma((samples - 2) / 2) + 2 * math.log(2 / samples)
    typical = [math.exp(-(n + 1) * fit / 2) / (4 * math.pi) for n in places]
    least = [4 / (9 * math.pi * total_and_drift(samples, n)[0]) for n in places]
    sampling = [n / (2 * math.pi * samples) for n in places if 10 * n <= samples]
    assert exact["typical"] == pytest.approx(typical, rel=1e-11)
    assert exact["least"] == pytest.approx(least, rel=1e-11)
    assert exact["sampling"] == pytest.approx(sampling, rel=1e-12)


@pytest.mark.parametrize("samples", [200, 300])
def test_distances_are_those_of_the_densities(samples: int, data: dict[str, Any]) -> None:
    """On a grid, from generation 0 to each later one; the range is that of all runs."""
    found, generations = data[mixture_distance.NAME]["sizes"][str(samples)], 12
    runs = SIZES[mixture_distance.NAME]["runs"][str(samples)]
    run = own_runs(mixture_distance.NAME, samples, generations, runs)
    line, step = np.linspace(-9, 9, 151, retstep=True)
    grid = np.stack(np.meshgrid(line, line), axis=-1)
    densities = np.array([
        [
            density_on(grid, Parts(run.weights[r, n], run.means[r, n], run.covariances[r, n]))
            for n in range(generations + 1)
        ]
        for r in range(runs)
    ])  # fmt: skip
    wanted = {
        "distance": ((densities[:, 1:] - densities[:, :1]) ** 2).sum(axis=(2, 3)) * step**2,
        "concentration": (densities[:, 1:] ** 2).sum(axis=(2, 3)) * step**2,
    }
    assert found["runs"] == runs
    assert found["unconverged"] == run.unconverged_fits[:, generations].sum()
    for kind, values in wanted.items():
        assert found[kind] == pytest.approx(values[0], rel=1e-5)
        assert (f"{kind}-range" in found) == (runs > 1)
        if runs > 1:
            low, high = found[f"{kind}-range"]
            assert low == pytest.approx(np.sort(values, axis=0)[0], rel=1e-5)
            assert high == pytest.approx(np.sort(values, axis=0)[-1], rel=1e-5)


def test_places_of_the_distance_hold_the_ends_of_its_lines() -> None:
    places = mixture_distance.places_of(2000, [500, 1000, 10_000, 50_000, 5])
    assert places == sorted(set(places))
    assert {1, 2, 50, 100, 1000, 2000} <= set(places)
    assert 1 <= places[0] < places[-1] <= 2000


def test_a_second_component_lifts_the_distance_whatever_ends_a_fit() -> None:
    for tolerance, iterations in ((1e-3, 100), (1e-6, 1000)):
        parts = mixture_runs.parts_of(
            refitted(500, 11, 40, tolerance=tolerance, iterations=iterations)
        )
        start = Parts(*(each[:, :1] for each in parts))
        mean = mixture_runs.squared_distance(parts, start)[:, 1:].mean(axis=0)
        laws = [mixture_distance.sampling(500, n) for n in range(1, 11)]
        assert 2 < (mean / laws).min() <= (mean / laws).max() < 5
