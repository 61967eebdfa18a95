"""Three errors and detection limits: the data as they are put together.

Laws again, by quadrature; means and bars again from runs of the same words.
"""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr, ndtri
from scipy.stats import binom, ncx2, norm

from numerics.streams import derive_key
from numerics.three_errors import simulate
from proofs.figures.drawing import Effort
from proofs.figures.drawn import detection_limits as limits_drawn
from proofs.figures.drawn.three_errors import EXACT
from proofs.figures.measured import three_errors
from tests.figure_sizes import SIZES, small

#: A false alarm of a mean that is this many standard errors away is one in 2e6.
ERRORS = 5.0


@pytest.fixture(scope="module")
def errors_data() -> Any:
    """What the figure of the three errors measures at its small sizes."""
    return small("three-errors").measure(SIZES["three-errors"], Effort(workers=2))


@pytest.fixture(scope="module")
def limits_data() -> Any:
    """What the figure of the detection limits holds."""
    return small("detection-limits").measure(SIZES["detection-limits"], Effort())


# ---------------------------------------------------------------- three errors

POINTS = 10
#: Variance of two normals of deviation 1, four apart.
VARIANCE = 1 + 4**2 / 4


def overlap_of_pair() -> float:
    """E of quantile times normal quantile, for two normals of total variance 1."""
    levels = (np.arange(20_000) + 0.5) / 20_000
    places = np.linspace(-9, 9, 40_001)
    quantiles = np.interp(levels, (ndtr(places - 2) + ndtr(places + 2)) / 2, places)
    return float((quantiles * ndtri(levels)).mean()) / math.sqrt(VARIANCE)


def overlap_of_sample(values: Any) -> float:
    """The same for the sample itself, of variance 1 with divisor N: its quantiles are steps."""
    edges = norm.pdf(ndtri(np.arange(len(values) + 1) / len(values)))
    return float(np.sort(values) @ -np.diff(edges)) / float(values.std())


def first_deviation() -> float:
    """E of the deviation of ten points of the pair: not central, given how many are on a side."""
    free, total = POINTS - 1, 0.0
    for k in range(POINTS + 1):
        away = 16 * k * (POINTS - k) / POINTS
        root = ncx2(free, away).expect(np.sqrt) if away else None
        central = math.sqrt(2) * math.gamma((free + 1) / 2) / math.gamma(free / 2)
        total += binom.pmf(k, POINTS, 0.5) * (central if root is None else root)
    return total / math.sqrt(free * VARIANCE)


def laws_of(start: str, values: Any) -> dict[tuple[str, str], list[float]]:
    """The exact means of one start, by row and kind, after generations 1 to 8."""
    rounds = range(1, 9)
    overlap = overlap_of_pair() if start == "4" else overlap_of_sample(values)
    found = {
        ("family", "distance"): [2 - 2 * overlap for _ in rounds],
        ("sampling", "variance"): [(1 - 1 / POINTS) ** n for n in rounds],
        ("family", "variance"): [1.0 for _ in rounds],
        ("smoothing", "variance"): [1 + n / 100 for n in rounds],
        ("sampling-family", "variance"): [1.0 for _ in rounds],
    }
    if start == "4":
        root = math.sqrt(2 / 9) * math.gamma(5) / math.gamma(4.5)
        first = first_deviation()
        found["sampling-family", "distance"] = [
            2 + n / POINTS - 2 * overlap * first * root ** (n - 1) for n in rounds
        ]
    return found


def test_the_means_of_the_three_errors_are_on_the_page(errors_data: Any) -> None:
    assert (errors_data["samples"], errors_data["places"]) == (POINTS, list(range(1, 9)))
    for start, rows in errors_data["starts"].items():
        sample = three_errors.asked(start, SIZES["three-errors"]).sample
        wanted = laws_of(start, None if sample is None else np.ravel(sample.rows))
        exact = {
            (row, kind): found[kind]["exact"]["mean"]
            for row, found in rows.items()
            for kind in ("distance", "variance")
            if "exact" in found[kind]
        }
        drawn = {(row, kind) for kind, both in EXACT.items() for row in both[":" in start]}
        assert drawn <= set(exact)
        assert set(wanted) == set(exact)
        for place, curve in wanted.items():
            assert exact[place] == pytest.approx(curve, rel=2e-3), place


def test_rows_of_the_three_errors_are_those_of_their_own_runs(errors_data: Any) -> None:
    rows: dict[str, tuple[int | None, int, float]] = {
        "sampling": (10, 2, 0.0), "family": (None, 1, 0.0), "smoothing": (None, 2, 0.1),
        "sampling-family": (10, 1, 0.0), "all": (10, 1, 0.1),
    }  # fmt: skip
    for start, found in errors_data["starts"].items():
        real = three_errors.asked(start, SIZES["three-errors"]).real()
        assert set(found) == set(rows)
        for name, (points, family, size) in rows.items():
            key, runs = derive_key("three-errors", start, name, "collapse"), 12 if points else 1
            run = simulate(
                real, points, family, tuple(range(1, 9)), key, 0, runs,
                "smoothing" if size else "none", size,
            )  # fmt: skip
            assert found[name]["floored"] == run.floored_fits[:, -1].sum()
            for kind, values in (("distance", run.distance), ("variance", run.variance)):
                seen = found[name][kind]
                assert seen["mean"] == pytest.approx(values.mean(axis=0).tolist(), rel=1e-12)
                if runs == 1:
                    continue
                errors = values.std(axis=0, ddof=1) / math.sqrt(runs)
                assert seen["error"] == pytest.approx(errors.tolist(), rel=1e-12)
                low, high = np.array(seen["band"])
                inside = ((values > low) & (values < high)).sum(axis=0)
                assert inside.tolist() == 8 * [10]  # of twelve: all but the first and the last
                if "exact" in seen:
                    away = np.abs(values.mean(axis=0) - seen["exact"]["mean"])
                    assert (away < ERRORS * errors).all()


# ------------------------------------------------------------ detection limits


def test_limits_are_those_on_record(limits_data: Any) -> None:
    record = json.loads((Path(__file__).parents[1] / "proofs" / "record.json").read_text())
    entries = record["claims"]
    found = {
        claim["code"]: claim for claims in limits_data["chapters"].values() for claim in claims
    }
    assert len(found) == len(entries)
    sized = 0
    for entry in entries:
        claim = found[entry["code"]]
        assert claim in limits_data["chapters"][entry["id"].split(".")[0]]
        assert (claim["bluntest"], claim["sharpest"]) == (entry["limit"], entry.get("sharpest"))
        assert claim["comparisons"] == entry["comparisons"].get("measured", 0)
        sized += claim["kind"] == "sized"
    assert sized > 20


def test_every_limit_lies_between_the_marks_without_a_size(limits_data: Any) -> None:
    sizes = [
        size
        for chapter in limits_data["chapters"].values()
        for claim in chapter
        for size in (claim["sharpest"], claim["bluntest"])
        if size is not None
    ]
    assert min(sizes) > 1.5 * limits_drawn.CERTAIN
    assert max(sizes) < limits_drawn.BOUNDED / 1.5
