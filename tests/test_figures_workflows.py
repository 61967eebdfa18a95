"""Workflows, real data needed, three errors, detection limits: the laws drawn against the runs."""

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from numerics.workflow import Workflow
from proofs import summary
from proofs.case import Case as Judged
from proofs.cases import CASES
from proofs.figures.drawing import Effort
from proofs.figures.drawn import detection_limits as limits_drawn
from proofs.figures.measured import detection_limits, real_data_needed, three_errors, workflows
from proofs.figures.measured.kept import Case, seen
from proofs.ledger import Run
from theory.claims import CLAIMS
from theory.lookup import law

EVEN = np.full(3, 1 / 3)
SAMPLES, RUNS = 6, 40_000


def kept(workflow: Workflow, n: int, pool: bool = False) -> tuple[float, float]:
    """Mean and standard error of the share of the diversity that runs keep."""
    case = Case(workflow, SAMPLES, (n,), RUNS, pool)
    found = seen("test", EVEN, {"only": case}, Effort(workers=2))["only"]
    return found["mean"][0], found["error"][0]


def agree(found: tuple[float, float], wanted: float) -> bool:
    """Whether a mean is the wanted one; a false alarm is one in 2e6."""
    return abs(found[0] - wanted) < 5 * found[1]


# ------------------------------------------------------------------- workflows


@pytest.mark.parametrize("level", [0.4, 0.7])
def test_a_contour_is_where_runs_keep_the_level(level: float) -> None:
    n = 12
    share = workflows.share_keeping(level, SAMPLES, n)
    assert share is not None
    assert agree(kept(Workflow(fresh_share=share), n), level)
    for wrong in (1.15 * share, 0.85 * share, workflows.share_keeping(level, SAMPLES + 1, n)):
        assert wrong is not None
        assert not agree(kept(Workflow(fresh_share=wrong), n), level)


def test_a_contour_begins_where_replacing_keeps_the_level() -> None:
    found = workflows.contour(0.6, 10, 50)
    places, shares = found["places"], found["exact"]["share"]
    free = math.floor(places[0])
    assert (1 - 1 / 10) ** free >= 0.6 > (1 - 1 / 10) ** (free + 1)
    assert shares[0] == 0
    assert shares == sorted(shares)
    lost = 1 / (10 * (1 - 0.9 * (1 - shares[-1]) ** 2))
    assert lost == pytest.approx(0.4, rel=1e-3)


def test_what_no_share_keeps_has_no_contour() -> None:
    assert workflows.share_keeping(0.91, 10, 3.5) is None
    assert workflows.share_keeping(0.89, 10, 3.5) is not None


@pytest.mark.parametrize("way", workflows.POOLS)
def test_a_pool_keeps_as_much_as_the_share_beside_it(way: str) -> None:
    n = 7
    found = workflows.equals(SAMPLES, [1, n], [workflows.kept(way, SAMPLES, k) for k in (1, n)])
    assert found["places"] == [n]
    (share,) = found["exact"]["share"]
    pool = kept(workflows.WAYS[way][0], n, pool=True)
    for factor, same in ((1.0, True), (0.8, False), (1.2, False)):
        fresh = kept(Workflow(fresh_share=factor * share), n)
        assert (abs(pool[0] - fresh[0]) < 5 * math.hypot(pool[1], fresh[1])) == same


@pytest.mark.parametrize("way", workflows.WAYS)
def test_every_way_keeps_what_its_curve_says(way: str) -> None:
    workflow, _, _, pool = workflows.WAYS[way]
    found = kept(workflow, 2, pool)
    assert agree(found, workflows.kept(way, SAMPLES, 2))
    for samples, n in ((SAMPLES, 1), (SAMPLES, 3), (SAMPLES + 1, 2)):
        assert not agree(found, workflows.kept(way, samples, n))


def test_a_crossing_has_the_ends_of_its_errors() -> None:
    run = {"places": [1, 10, 100], "mean": [0.9, 0.7, 0.5], "error": [0.0, 0.05, 0.05]}
    middle, low, high = workflows.crossing(run, 0.65) or (0.0, 0.0, 0.0)
    assert middle == pytest.approx(10**1.25)
    assert low < middle < high
    assert workflows.crossing(run, 0.55) is None  # with two errors more it never falls to it
    assert workflows.crossing(run, 0.95) is None  # it begins below


# ------------------------------------------------------------ real data needed


@pytest.mark.parametrize(
    ("workflow", "right", "wrong"),
    [
        (Workflow(fresh=2), real_data_needed.fresh, real_data_needed.fixed),
        (Workflow(real=2), real_data_needed.fixed, real_data_needed.fresh),
        (Workflow(real=2), real_data_needed.fixed, real_data_needed.fixed_of_its_own),
    ],
)
def test_what_is_lost_for_ever_is_what_runs_lose(
    workflow: Workflow, right: Callable[[int, int], float], wrong: Callable[[int, int], float]
) -> None:
    found = kept(workflow, 30)
    assert agree(found, 1 - right(SAMPLES, 2))
    for other in (wrong(SAMPLES, 2), right(SAMPLES, 3), right(SAMPLES, 1)):
        assert not agree(found, 1 - other)


def test_a_fitted_mean_is_as_far_off_as_claimed() -> None:
    parameters = {"counts": [2], "runs": 40_000}
    ((real, square, error),) = real_data_needed.drifts(SAMPLES, parameters, Effort(workers=2))
    assert real == 2
    assert agree((square, error), real_data_needed.drift(SAMPLES, 2))
    assert not agree((square, error), real_data_needed.drift(SAMPLES, 3))
    assert not agree((square, error), real_data_needed.drift(SAMPLES, 1))


@pytest.mark.parametrize("losing", [real_data_needed.fresh, real_data_needed.drift])
@pytest.mark.parametrize("lost", [Fraction(1, 5), Fraction(1, 10)])
def test_the_least_number_of_real_points_is_the_least(losing: Any, lost: Fraction) -> None:
    for samples in (3, 5, 10, 17, 60):
        enough = [m for m in range(1, samples + 1) if losing(samples, m) <= float(lost) + 1e-12]
        found = real_data_needed.least(losing, samples, lost)
        assert found == (min(enough) if enough else None)


def test_the_share_by_chance_loses_just_as_much() -> None:
    number = real_data_needed.expected(50, Fraction(1, 10))
    assert number is not None
    share = Fraction(number / 50)
    assert 2 * law("A22", "diversity-limit", H0="1/2", M=50, g=share) == pytest.approx(0.9)
    assert real_data_needed.expected(10, Fraction(1, 10)) == pytest.approx(10)
    assert real_data_needed.expected(9, Fraction(1, 10)) is None


# ---------------------------------------------------------------- three errors

PARAMETERS = {
    "samples": 8, "generations": 6, "bandwidth": "1/4", "runs": 4000, "starts": ["4"],
    "band": [0.05, 0.95],
}  # fmt: skip


def row(name: str, **changes: Any) -> dict[str, Any]:
    """One row of the figure for two normals."""
    found: dict[str, Any] = three_errors.row(
        "4", name, {**PARAMETERS, **changes}, Effort(workers=2), None
    )
    return found


@pytest.mark.parametrize("name", ["family", "smoothing"])
def test_rows_without_chance_are_those_of_their_laws(name: str) -> None:
    found = row(name)
    for kind in three_errors.KINDS:
        if "exact" in found[kind]:
            assert found[kind]["mean"] == pytest.approx(found[kind]["exact"]["mean"], rel=1e-9)
    assert ("exact" in found["distance"]) == (name == "family")
    wider = row(name, bandwidth="1/3")["variance"]["exact"]["mean"]
    assert (found["variance"]["mean"] == pytest.approx(wider)) == (name == "family")


def test_sampling_with_one_gaussian_follows_its_law() -> None:
    found, others = row("sampling-family"), row("sampling-family", samples=10, runs=2)
    for kind in three_errors.KINDS:
        mean, error = found[kind]["mean"], found[kind]["error"]
        exact = found[kind]["exact"]["mean"]
        assert all(
            agree((middle, width), wanted)
            for middle, width, wanted in zip(mean, error, exact, strict=True)
        )
    # a law that pays for the family again in every generation, and one for another M
    again = exact_of_family() * 2 + found["distance"]["exact"]["mean"][2]
    assert not agree((found["distance"]["mean"][2], found["distance"]["error"][2]), again)
    wrong = others["distance"]["exact"]["mean"][5]
    assert not agree((found["distance"]["mean"][5], found["distance"]["error"][5]), wrong)


def exact_of_family() -> float:
    """What one Gaussian misses two normals by, once."""
    value: float = row("family")["distance"]["exact"]["mean"][0]
    return value


def test_the_variance_under_sampling_alone_decays() -> None:
    found = row("sampling", runs=1000)["variance"]
    assert agree((found["mean"][3], found["error"][3]), (1 - 1 / 8) ** 4)
    assert found["exact"]["mean"][3] == pytest.approx((1 - 1 / 8) ** 4)
    assert not agree((found["mean"][3], found["error"][3]), (1 - 1 / 8) ** 2)


# ------------------------------------------------------------ detection limits


def test_every_claim_has_its_row() -> None:
    found = detection_limits.measure(detection_limits.PARAMETERS, Effort())["chapters"]
    rows = [claim for claims in found.values() for claim in claims]
    assert {claim["code"] for claim in rows} == {claim.code for claim in CLAIMS}
    for claim in rows:
        assert (claim["kind"] == "sized") == (claim["bluntest"] is not None)
        assert (claim["kind"] == "sized") == (claim["sharpest"] is not None)
        assert claim["kind"] != "certain" or claim["comparisons"] == 0
        assert claim["kind"] != "bounded" or claim["comparisons"] > 0
    assert [claim["code"] for claim in found["language"]][:4] == ["E01", "E02", "E02x", "E03"]


def test_the_sharpest_comparison_is_drawn() -> None:
    claim = {"code": "A02", "kind": "sized", "comparisons": 2, "bluntest": 0.05, "sharpest": 0.02}
    data = {"from": "x", "chapters": {"discrete": [claim]}}
    lines = limits_drawn.draw(data).axes[0].lines
    assert [0.02, 0.05] in [np.asarray(line.get_xdata()).tolist() for line in lines]
    assert "sharpest one would have caught" in limits_drawn.caption(data)


def test_the_summary_holds_the_sharpest_and_the_bluntest() -> None:
    (case,) = (case for case in CASES if case.claim.code == "A02")
    judged: Judged = replace(case, mutants=())
    (finding,) = Run(quick=True, effort=0.05).examine([judged])
    found = summary.summarize(judged, finding, {"A02": finding})
    sampled = [check.verdict.limit for check in finding.checks if check.verdict.share > 0]
    assert found["sharpest"] == pytest.approx(min(sampled), rel=0.01)
    assert found["limit"] == pytest.approx(max(sampled), rel=0.01)
    assert found["sharpest"] < found["limit"]
