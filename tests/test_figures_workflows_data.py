"""Workflows, real data needed: the data as they are put together.

Laws again, by recursion of second moments; means and bars again from runs of the same words.
"""

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from numerics import discrete_workflows, gaussian_workflows
from numerics.start import Start
from numerics.streams import derive_key
from numerics.workflow import Workflow
from proofs.figures.drawing import Effort
from proofs.figures.drawn import workflows as workflows_drawn
from proofs.figures.measured import real_data_needed
from tests.figure_sizes import SIZES, small

#: A false alarm of a mean that is this many standard errors away is one in 2e6.
ERRORS = 5.0
EVEN = np.full(3, 1 / 3)


def measured_once(name: str) -> Any:
    """A fixture: what a figure measures at its small sizes."""

    @pytest.fixture(scope="module")
    def found() -> Any:
        return small(name).measure(SIZES[name], Effort(workers=2))

    return found


workflows_data = measured_once("workflows")
needed_data = measured_once("real-data-needed")


# ------------------------------------------------------------------- workflows


def kept_with(share: float, samples: int, generations: int) -> list[float]:
    """Diversity kept after generations 0, 1, ..., each point of a batch real with a chance."""
    found = [1.0]
    for _ in range(generations):
        found.append((1 - 1 / samples) * (1 - (1 - share) ** 2 * (1 - found[-1])))
    return found


def kept_by_pool(samples: int, generations: int, again: int) -> list[float]:
    """Diversity of the pool of n batches; `again` times M points are drawn of it for a batch."""
    found = [1.0, 1 - 1 / samples]
    for n in range(1, generations):
        of_batch = (1 - 1 / samples) ** again
        found.append(found[-1] * (n * n + 2 * n + of_batch) / (n + 1) ** 2)
    return found


def every_way(samples: int, generations: int) -> dict[str, list[float]]:
    return {
        "replace": kept_with(0, samples, generations),
        "fresh-1": kept_with(0.01, samples, generations),
        "fresh-10": kept_with(0.1, samples, generations),
        "subsample": kept_by_pool(samples, generations, 2),
        "accumulate": kept_by_pool(samples, generations, 1),
    }


def at_place(curve: list[float], place: float) -> float:
    """A curve over generations 0, 1, ..., linear over the logarithm between two of them."""
    return float(np.interp(math.log(place), np.log(range(1, len(curve))), curve[1:]))


def shares_of(label: str, workflow: Workflow, pool: bool, runs: Mapping[str, Any]) -> Any:
    """Share of the diversity kept in each run of the figure, (R, G), by the kernel."""
    key, record = derive_key("workflows", label, "collapse"), tuple(runs["places"])
    run = discrete_workflows.simulate(EVEN, 10, record, key, 0, 40, workflow)
    return (1 - (run.pool_squares if pool else run.squares)) * 3 / 2


def test_the_curves_of_the_workflows_are_their_recursions(workflows_data: Any) -> None:
    data = workflows_data
    assert (data["samples"], data["places"][0], data["places"][-1]) == (10, 1, 40)
    for way, curve in every_way(10, 40).items():
        found = data["ways"][way]["exact"]["kept"]
        assert found == pytest.approx([curve[n] for n in data["places"]], rel=1e-12)
    for level, contour in data["contours"].items():
        shares = contour["exact"]["share"]
        assert len(shares) == len(contour["places"])
        assert shares[0] == 0
        for place, share in zip(contour["places"], shares, strict=True):
            assert at_place(kept_with(share, 10, 41), place) == pytest.approx(float(level))
    for way, found in data["as-good-as"].items():
        assert found["places"] == data["places"][1:]
        for n, share in zip(found["places"], found["exact"]["share"], strict=True):
            assert kept_with(share, 10, n)[n] == pytest.approx(every_way(10, n)[way][n])


def test_measured_shares_are_those_of_their_own_runs(workflows_data: Any) -> None:
    kinds = {
        "replace": (Workflow(), False),
        "fresh-1": (Workflow(fresh_share=Fraction(1, 100)), False),
        "fresh-10": (Workflow(fresh_share=Fraction(1, 10)), False),
        "subsample": (Workflow("subsample"), True),
        "accumulate": (Workflow("accumulate"), True),
    }
    assert set(workflows_data["ways"]) == set(kinds)
    for way, (workflow, pool) in kinds.items():
        seen = workflows_data["ways"][way]["seen"]
        values, curve = shares_of(way, workflow, pool, seen), every_way(10, 40)[way]
        assert seen["mean"] == pytest.approx(values.mean(axis=0).tolist(), abs=1e-12)
        errors = values.std(axis=0, ddof=1) / math.sqrt(len(values))
        assert seen["error"] == pytest.approx(errors.tolist(), abs=1e-12)
        for n, mean, error in zip(seen["places"], seen["mean"], seen["error"], strict=True):
            if mean > 2 * error:  # else hardly a run is left that has any diversity
                assert abs(mean - curve[n]) < ERRORS * error


def test_crossings_are_where_the_runs_cross(workflows_data: Any) -> None:
    runs = {0.0: ("replace", Workflow())} | {
        float(Fraction(text)): (text, Workflow(fresh_share=Fraction(text)))
        for text in SIZES["workflows"]["shares"]
    }
    places = workflows_data["ways"]["replace"]["seen"]
    for share, (label, workflow) in runs.items():
        values = shares_of(label, workflow, False, places)
        mean = values.mean(axis=0)
        error = values.std(axis=0, ddof=1) / math.sqrt(len(values))
        for text, contour in workflows_data["contours"].items():
            level, ends = float(text), [mean, mean - 2 * error, mean + 2 * error]
            found = [row[1:] for row in contour["seen"] if row[0] == share]
            falls = all(each[0] >= level > each.min() for each in ends)
            assert len(found) == int(falls)
            if not falls:
                continue
            for place, each in zip(found[0], ends, strict=True):
                there = np.interp(math.log(place), np.log(places["places"]), each)
                assert there == pytest.approx(level, abs=1e-9)
            wide = float(np.interp(math.log(found[0][0]), np.log(places["places"]), error))
            exact = at_place(kept_with(share, 10, 41), found[0][0])
            assert abs(exact - level) < ERRORS * wide


def test_marks_of_runs_that_are_nearly_all_uniform_are_left_out() -> None:
    def marks(mean: float, error: float) -> list[tuple[float, float, float]]:
        return workflows_drawn.marks({"places": [1], "mean": [mean], "error": [error]})

    assert marks(0.5, 0.1) == [(1, 0.5, 0.2)]
    for mean, error in ((0.0, 0.0), (0.01, 0.01), (0.01, 0.006)):
        assert marks(mean, error) == []


# ------------------------------------------------------------ real data needed


def kept_fresh(samples: int, real: int) -> Fraction:
    """The fixed point of the chance that two of M points differ, of which these are real."""
    drawn = samples - real
    pairs = samples * samples - drawn * (drawn - 1)
    return Fraction(real * (real - 1) + 2 * real * drawn, pairs)


def kept_of_one_set(samples: int, real: int) -> Fraction:
    """The same for one real set beside M drawn points, of the diversity of the set itself."""
    pairs = (real + samples) ** 2 - samples * (samples - 1)
    return Fraction(real * real + 2 * real * samples, pairs)


def drifted(samples: int, real: int, rounds: int) -> float:
    """E of the squared fitted mean, with E of the fitted variance beside it."""
    drawn, square, variance = samples - real, 0.0, 1.0
    for _ in range(rounds):
        apart = real * drawn / samples / (samples - 1) * square
        square, variance = (
            (drawn**2 * square + real + drawn * variance) / samples**2,
            (real + drawn * variance) / samples + apart,
        )
    return square


def test_what_is_lost_for_ever_is_the_fixed_point(needed_data: Any) -> None:
    data = needed_data
    assert list(data["fresh"]) == ["6", "12"]
    for text, found in data["fresh"].items():
        assert (found["places"][0], found["places"][-1]) == (1, int(text))
        wanted = [float(1 - kept_fresh(int(text), m)) for m in found["places"]]
        assert found["exact"]["lost"] == pytest.approx(wanted, abs=1e-12)
    for kind in ("of-the-law", "of-its-own"):
        found = data["fixed"][kind]
        wanted = [
            float(1 - kept_of_one_set(12, m) * (1 if kind == "of-its-own" else 1 - Fraction(1, m)))
            for m in found["places"]
        ]
        assert found["exact"]["lost"] == pytest.approx(wanted, abs=1e-12)
    for text, found in data["mean"].items():
        wanted = [drifted(int(text), m, 2000) for m in found["places"]]
        assert found["exact"]["lost"] == pytest.approx(wanted, rel=1e-9)


def test_the_numbers_needed_are_the_least(needed_data: Any) -> None:
    for text, found in needed_data["needed"].items():
        lost, sizes = Fraction(text), found["sizes"]
        assert (sizes[0], sizes[-1]) == (math.ceil(1 / lost), 100)
        assert sizes == sorted(set(sizes))
        for M, points, mean in zip(sizes, *found["exact"].values(), strict=True):
            enough = (m for m in range(1, M + 1) if kept_fresh(M, m) >= 1 - lost)
            assert points == next(enough)
            a = 1 - 1 / M
            y = (a - 1 + float(lost)) / (a * float(lost))  # (1 - g)^2 at the fixed point
            assert mean == pytest.approx(M * (1 - math.sqrt(max(y, 0.0))), rel=1e-6)


@pytest.mark.parametrize("lost", [10, 20, 100])
def test_where_the_curves_begin_all_but_one_point_must_be_real(lost: int) -> None:
    """What the caption says of M = 1 / (share lost): below, not even real points alone serve."""
    found = real_data_needed.needed(Fraction(1, lost), {"largest": lost})
    assert found["sizes"][0] == lost
    assert found["exact"]["points"][0] == lost - 1
    assert found["exact"]["expected"][0] == pytest.approx(lost)
    assert kept_fresh(lost, lost - 1) == 1 - Fraction(1, lost) > kept_fresh(lost, lost - 2)
    assert kept_fresh(lost - 1, lost - 1) < 1 - Fraction(1, lost)


def test_measured_losses_are_those_of_their_own_runs(needed_data: Any) -> None:
    kinds = {("fresh", M): found for M, found in needed_data["fresh"].items()}
    kinds["fixed", "12"] = needed_data["fixed"]["of-the-law"]
    for (kind, text), found in kinds.items():
        M = int(text)
        assert [real for real, _, _ in found["seen"]] == [3, 5]
        for real, lost, error in found["seen"]:
            key = derive_key("real-data-needed", f"{kind} {M} {real}", "collapse")
            fixed = kind == "fixed"
            workflow = Workflow(real=real) if fixed else Workflow(fresh=real)
            points = M + real if fixed else M
            rounds = math.ceil(3 / -math.log(1 - real / points))
            run = discrete_workflows.simulate(EVEN, M, (rounds,), key, 0, 40, workflow)
            values = 1 - (1 - run.squares[:, 0]) * 3 / 2
            assert lost == pytest.approx(float(values.mean()), abs=1e-12)
            assert error == pytest.approx(float(values.std(ddof=1)) / math.sqrt(40), abs=1e-12)
            own = kept_of_one_set(M, real) * (1 - Fraction(1, real))
            assert abs(lost - float(1 - (own if fixed else kept_fresh(M, real)))) < ERRORS * error


@pytest.mark.parametrize(
    ("samples", "real"), [(20, 5), (20, 10), (100, 50), (1000, 5), (1000, 150)]
)
def test_a_mean_is_measured_when_its_start_is_forgotten(samples: int, real: int) -> None:
    """After as many rounds as the figure takes, what is missing is about exp(-6)."""
    rounds = real_data_needed.rounds(real, samples, real_data_needed.slowed(real))
    limit = drifted(samples, real, 40 * rounds)
    assert 0 <= 1 - drifted(samples, real, rounds) / limit < 4 * math.exp(-6)
    assert rounds < 2 * samples / real * 6


def test_measured_means_are_those_of_their_own_runs(needed_data: Any) -> None:
    for text, found in needed_data["mean"].items():
        M = int(text)
        assert [real for real, _, _ in found["seen"]] == [3, 5]
        for real, square, error in found["seen"]:
            key = derive_key("real-data-needed", "mean", M, real, "collapse")
            # so many that less than a hundredth of what lasts is missing
            rounds = next(
                n for n in range(999) if drifted(M, real, n) > 0.99 * drifted(M, real, 999)
            )
            start = Start.named("normal")
            record = tuple(range(1, 4 * rounds))
            run = gaussian_workflows.simulate(
                start, M, record, key, 0, 40, Workflow(fresh=real)
            )  # fmt: skip
            means = (run.mean**2).mean(axis=0)
            at = int(np.argmin(np.abs(means - square)))
            assert square == pytest.approx(float(means[at]), rel=1e-12)
            assert record[at] >= rounds
            spread = float((run.mean[:, at] ** 2).std(ddof=1)) / math.sqrt(40)
            assert error == pytest.approx(spread, rel=1e-12)
            assert abs(square - drifted(M, real, 999)) < ERRORS * error
