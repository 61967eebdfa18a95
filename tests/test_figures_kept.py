"""The data of a figure: never stale, never altered unseen, drawn as they are only when asked."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from proofs.figures import chosen, sources
from proofs.figures.drawing import Drawing, Effort, provide, staleness
from tests.figure_sizes import small
from theory.errors import DomainError

SMALL = replace(
    small("gaussian-recursion"),
    parameters={"generations": 30, "runs": {"10": 40, "100": 1}, "band": [0.05, 0.95]},
)


def test_data_depend_on_all_that_measures_and_on_nothing_that_draws() -> None:
    found = sources.digests("proofs/figures/drawn/risk_variance.py", ("proofs/data/iris.csv",))
    assert {"theory", "numerics", "proofs/data/iris.csv"} <= found.keys()
    assert "proofs/figures/measured/risk_variance.py" in found
    assert "proofs/gaussian/risk_spread.py" in found  # imported by what is imported
    assert not any("drawn" in place for place in found)
    for each in chosen():
        needed = sources.digests(f"proofs/figures/drawn/{each.entry.module}.py", each.inputs)
        assert any(place.startswith("proofs/figures/measured/") for place in needed), each.name
        assert {place for place in each.inputs if place.endswith(".py")} == set(), each.name


def never(*_: Any) -> dict[str, Any]:
    raise AssertionError("measured again")


def test_valid_data_are_not_measured_again(tmp_path: Path) -> None:
    first = provide(SMALL, tmp_path, Effort())
    assert provide(replace(SMALL, measure=never), tmp_path, Effort()) == first
    mark = json.loads(SMALL.file_in(tmp_path, "json").read_text("utf-8"))["stamp"]
    assert mark["key"] == "collapse"
    assert mark["parameters"] == SMALL.parameters
    assert {"theory", "numerics", "proofs/figures/measured/recursions.py"} <= set(mark["sources"])
    assert {len(digest) for digest in mark["sources"].values()} == {64}
    assert {"modelcollapse", "numpy", "numba"} <= set(mark["software"])


def new_source(monkeypatch: pytest.MonkeyPatch, path: Path) -> tuple[Drawing, str]:
    monkeypatch.setattr(sources, "source_digest", lambda places: f"other {places[0][:7]}")
    return SMALL, "collapse"


def other_size(monkeypatch: pytest.MonkeyPatch, path: Path) -> tuple[Drawing, str]:
    return replace(SMALL, parameters={**SMALL.parameters, "runs": {"11": 40}}), "collapse"


def other_key(monkeypatch: pytest.MonkeyPatch, path: Path) -> tuple[Drawing, str]:
    return SMALL, "another"


def changed_number(monkeypatch: pytest.MonkeyPatch, path: Path) -> tuple[Drawing, str]:
    record = json.loads(path.read_text("utf-8"))
    record["data"]["panels"]["mean"]["100"]["exact"]["rms"][0] *= 3
    path.write_text(json.dumps(record), "utf-8")
    return SMALL, "collapse"


def no_data(monkeypatch: pytest.MonkeyPatch, path: Path) -> tuple[Drawing, str]:
    record = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(record | {"data": None}), "utf-8")
    return SMALL, "collapse"


def cut_file(monkeypatch: pytest.MonkeyPatch, path: Path) -> tuple[Drawing, str]:
    path.write_bytes(path.read_bytes()[:-100])
    return SMALL, "collapse"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (new_source, "figures/measured/recursions.py = "),
        (other_size, 'runs = {"10": 40, "100": 1}, not {"11": 40}'),
        (other_key, "key = collapse, not another"),
        (cut_file, "unreadable"),
        (changed_number, "altered since they were measured"),
        (no_data, "altered since they were measured"),
    ],
)
def test_stale_data_say_so_and_are_measured_again(
    change: Callable[[pytest.MonkeyPatch, Path], tuple[Drawing, str]],
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[str] = []
    provide(SMALL, tmp_path, Effort(notice=heard.append))
    assert not staleness(SMALL, tmp_path, "collapse")
    assert not heard  # no file is not a stale file
    changed, key = change(monkeypatch, SMALL.file_in(tmp_path, "json"))
    assert reason in staleness(changed, tmp_path, key)
    with pytest.raises(AssertionError, match="measured again"):
        provide(replace(changed, measure=never), tmp_path, Effort(key))
    provide(changed, tmp_path, Effort(key, notice=heard.append))
    assert len(heard) == 1
    assert heard[0].startswith(f"{SMALL.name}: the data are stale (")
    assert reason in heard[0]
    assert not staleness(changed, tmp_path, key)


def test_a_failed_measurement_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        provide(replace(SMALL, measure=never), tmp_path, Effort())
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_data_are_drawn_as_they_are_when_asked(tmp_path: Path) -> None:
    heard: list[str] = []
    first = provide(SMALL, tmp_path, Effort("another"))
    unmeasured = replace(SMALL, measure=never)
    assert provide(unmeasured, tmp_path, Effort(notice=heard.append), as_they_are=True) == first
    assert "key = another, not collapse" in heard[0]
    path = SMALL.file_in(tmp_path, "json")
    path.write_text(path.read_text("utf-8").replace('"runs": 40', '"runs": 41'), "utf-8")
    provide(unmeasured, tmp_path, Effort(notice=heard.append), as_they_are=True)
    assert "altered since they were measured; key = another, not collapse" in heard[1]
    SMALL.file_in(tmp_path, "json").write_text("{")
    with pytest.raises(DomainError, match=r"gaussian-recursion.json: unreadable; there are no"):
        provide(unmeasured, tmp_path, Effort(), as_they_are=True)


def test_parts_of_an_interrupted_measurement_are_not_measured_again(tmp_path: Path) -> None:
    measured: list[str] = []
    broken = {"second"}

    def part(name: str) -> list[float]:
        measured.append(name)
        if name in broken:
            raise KeyboardInterrupt
        return [0.1, len(name)]

    def in_parts(_: object, effort: Effort) -> dict[str, Any]:
        return {name: effort.piece(name, partial(part, name)) for name in ("first", "second")}

    long = replace(SMALL, measure=in_parts)
    kept = SMALL.file_in(tmp_path, "json").with_suffix(".parts.json")
    with pytest.raises(KeyboardInterrupt):
        provide(long, tmp_path, Effort())
    assert list(json.loads(kept.read_text("utf-8"))["parts"]) == ["first"]
    with pytest.raises(KeyboardInterrupt):  # parts of other parameters are not taken
        provide(replace(long, parameters={"other": 1}), tmp_path, Effort())
    with pytest.raises(KeyboardInterrupt):
        provide(long, tmp_path, Effort())
    broken.clear()
    assert provide(long, tmp_path, Effort()) == {"first": [0.1, 5], "second": [0.1, 6]}
    assert measured == ["first", "second"] * 3 + ["second"]
    assert not kept.exists()
