"""Every figure: same data, same picture; a lost exact curve fails; laws beside the runs."""

import copy
import json
import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from proofs.commands.figures import figures
from proofs.figures import DRAWINGS, mean_error, pooled, recursions
from proofs.figures.drawing import Drawing, Effort, data_path, provide, save
from proofs.figures.recursions import Seen

BAND = [0.05, 0.95]
SIZES: dict[str, dict[str, Any]] = {
    "gaussian-recursion": {"generations": 12, "runs": {"10": 30, "100": 1}, "band": BAND},
    "gaussian-subsample": {"generations": 12, "runs": {"10": 30, "100": 1}, "band": BAND},
    "gaussian-pool": {"generations": 12, "runs": {"10": 30, "100": 1}, "band": BAND},
    "mean-error": {"generations": 1, "runs": {"10": 200, "100": 100}, "band": BAND},
}
SMALL = {name: replace(drawing, parameters=SIZES[name]) for name, drawing in DRAWINGS.items()}


@pytest.fixture(scope="module")
def data() -> dict[str, dict[str, Any]]:
    return {name: each.measure(each.parameters, Effort()) for name, each in SMALL.items()}


@pytest.fixture(params=list(DRAWINGS))
def small(request: pytest.FixtureRequest) -> Drawing:
    return SMALL[request.param]


def drawn(drawing: Drawing, data: dict[str, Any]) -> list[tuple[str, list[float]]]:
    """Every line of a figure with its numbers, by its name."""
    return [
        (str(line.get_gid()), np.asarray(line.get_xydata()).ravel().tolist())
        for ax in drawing.draw(data).axes
        for line in ax.lines
    ]


def exact_values(data: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Paths to everything exact in the data."""
    if isinstance(data, dict):
        for name, value in data.items():
            if "exact" in path or name == "exact-band":
                yield (*path, name)
            else:
                yield from exact_values(value, (*path, name))


# ------------------------------------------------------------ data and pictures


def test_the_same_data_give_the_same_picture(
    small: Drawing, data: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    kept = provide(small, tmp_path, Effort(workers=2))
    again = json.loads(json.dumps(data[small.name]))
    assert kept == again
    assert drawn(small, kept) == drawn(small, again)
    for name, values in (("one", kept), ("two", again)):
        save(small, values, tmp_path / f"{name}.svg")
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_a_figure_that_lost_an_exact_curve_fails(
    small: Drawing, data: dict[str, dict[str, Any]]
) -> None:
    paths = list(exact_values(data[small.name]))
    assert len(paths) >= 4
    for path in paths:
        poorer = copy.deepcopy(data[small.name])
        place = poorer
        for name in path[:-1]:
            place = place[name]
        del place[path[-1]]
        with pytest.raises(ValueError, match=rf"{small.name}: .*no exact"):
            small.draw(poorer)


def test_every_exact_curve_is_on_the_page(small: Drawing, data: dict[str, dict[str, Any]]) -> None:
    for path in exact_values(data[small.name]):
        moved = copy.deepcopy(data[small.name])
        place = moved
        for name in path[:-1]:
            place = place[name]
        value = place[path[-1]]
        place[path[-1]] = (np.asarray(value) * 1.5).tolist()
        changed = [
            name
            for (name, old), (_, new) in zip(
                drawn(small, data[small.name]), drawn(small, moved), strict=True
            )
            if old != new
        ]
        assert any(name.startswith("exact-") for name in changed), path


def test_the_parameters_are_in_the_caption(small: Drawing, data: dict[str, dict[str, Any]]) -> None:
    text = small.caption(data[small.name])
    assert text.startswith(f"{small.printed} of arXiv:2305.17493v3, redrawn.")
    for size, runs in SIZES[small.name]["runs"].items():
        assert runs == 1 or (
            f"{runs} runs at M = {size}" in text or f"{runs} at M = {size}" in text
        )


def test_data_of_full_size_lie_beside_the_others(small: Drawing, tmp_path: Path) -> None:
    full = replace(small, full=DRAWINGS[small.name].parameters).at_full_size()
    assert full.parameters == DRAWINGS[small.name].parameters
    assert full.name == small.name
    assert data_path(full, tmp_path) != data_path(small, tmp_path)
    assert full.at_full_size() == full


# ----------------------------------------------------- laws against what is seen


def runs_of(name: str, size: int, runs: int, generations: int, monkeypatch: Any) -> Seen:
    """All runs of one size, as the figure simulates them."""
    found: list[Seen] = []

    def listening(*arguments: Any) -> Iterator[tuple[int, Seen]]:
        for M, seen in simulated(*arguments):
            found.append(seen)
            yield M, seen

    simulated = recursions.simulated
    monkeypatch.setattr(recursions, "simulated", listening)
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


# ----------------------------------------------------------------- the command


def test_the_command_takes_the_full_sizes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "mean-error"
    larger = {**SIZES[name], "runs": {"10": 300}}
    monkeypatch.setitem(DRAWINGS, name, replace(SMALL[name], full=larger))
    figures([name], out=tmp_path, formats="pdf", full=True)
    capsys.readouterr()
    record = json.loads((tmp_path / "data" / f"{name}-full.json").read_text("utf-8"))
    assert record["stamp"]["parameters"] == larger
    assert record["data"]["sizes"]["10"]["seen"]["runs"] == 300
    content = (tmp_path / f"{name}.pdf").read_bytes()
    assert b"/FontFile2" in content  # TrueType, whose text can be selected and searched
    assert b"/Type3" not in content
