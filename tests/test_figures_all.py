"""Every figure: same data, same picture; a lost exact curve fails; captions hold what was done."""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from proofs.commands.figures import figures
from proofs.figures import LOADED
from proofs.figures.drawing import Drawing, Effort, provide, save
from tests.figure_sizes import DRAWINGS, SIZES, small

#: Exact values of each kind that are taken away, or moved, one at a time.
OF_A_KIND = 2


@pytest.fixture(scope="module", params=list(DRAWINGS))
def measured(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Drawing, dict[str, Any]]:
    """A figure and its data, on two threads."""
    drawing = small(request.param)
    return drawing, provide(drawing, tmp_path_factory.mktemp("figure"), Effort(workers=2))


@pytest.fixture(scope="module")
def picture(
    measured: tuple[Drawing, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> bytes:
    """The figure, drawn as SVG."""
    target = tmp_path_factory.mktemp("picture") / "figure.svg"
    save(*measured, target)
    return target.read_bytes()


def drawn(drawing: Drawing, data: dict[str, Any]) -> list[tuple[str, list[Any]]]:
    """Every line and collection of a figure with its numbers, by its name."""
    found: list[tuple[str, list[Any]]] = []
    for ax in drawing.draw(data).axes:
        lines = [(str(line.get_gid()), np.asarray(line.get_xydata())) for line in ax.lines]
        found += [(name, points.tolist()) for name, points in lines]
        for patch in ax.collections:
            paths = [np.asarray(path.vertices).tolist() for path in patch.get_paths()]
            places, colours = np.asarray(patch.get_offsets()).tolist(), patch.get_array()
            shades = [] if colours is None else np.asarray(colours).tolist()
            found.append((str(patch.get_gid()), [paths, places, shades]))
    return found


def exact_values(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths to everything exact in the data."""
    if isinstance(data, dict):
        for name, value in data.items():
            if "exact" in path or name == "exact-band":
                yield (*path, name)
            else:
                yield from exact_values(value, (*path, name))
    elif isinstance(data, list):
        for place, value in enumerate(data):
            if isinstance(value, dict):
                yield from exact_values(value, (*path, place))


def chosen_values(data: Any) -> list[tuple[Any, ...]]:
    """A few paths of each kind of exact value: the first, the last, and some in between."""
    kinds: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for path in exact_values(data):
        kinds.setdefault((path[0], path[-1]), []).append(path)
    found = []
    for paths in kinds.values():
        places = np.linspace(0, len(paths) - 1, min(OF_A_KIND, len(paths))).astype(int)
        found += [paths[place] for place in places]
    return found


def at(data: Any, path: tuple[Any, ...]) -> Any:
    """The part of a copy of the data in which the last name of the path lies."""
    for name in path[:-1]:
        data = data[name]
    return data


def moved(value: Any) -> Any:
    """The same value in another place."""
    shifted = np.asarray(value) * 0.8 + 1e-3
    return shifted.tolist()


# ------------------------------------------------------------ data and pictures


def test_the_same_data_give_the_same_picture(
    measured: tuple[Drawing, dict[str, Any]], picture: bytes, tmp_path: Path
) -> None:
    """On other threads, from another file: byte for byte."""
    drawing, data = measured
    again = provide(drawing, tmp_path, Effort(workers=1))
    assert data == again
    save(drawing, again, tmp_path / "again.svg")
    assert (tmp_path / "again.svg").read_bytes() == picture


def test_text_can_be_selected_and_read_in_any_font(picture: bytes) -> None:
    """Signs of an own font would be empty boxes where it is absent, and garbage when copied."""
    text = picture.decode()
    assert "<text" in text
    assert not any("\ue000" <= sign <= "\uf8ff" for sign in text)
    assert "STIX" not in text


def test_a_figure_that_lost_an_exact_curve_fails(measured: tuple[Drawing, dict[str, Any]]) -> None:
    drawing, data = measured
    for path in chosen_values(data):
        poorer = copy.deepcopy(data)
        del at(poorer, path)[path[-1]]
        with pytest.raises(ValueError, match=rf"{drawing.name}: .*no exact"):
            drawing.draw(poorer)


def test_every_exact_curve_is_on_the_page(measured: tuple[Drawing, dict[str, Any]]) -> None:
    drawing, data = measured
    before = drawn(drawing, data)
    for path in chosen_values(data):
        other = copy.deepcopy(data)
        at(other, path)[path[-1]] = moved(at(data, path)[path[-1]])
        changed = [
            name
            for (name, old), (_, new) in zip(before, drawn(drawing, other), strict=True)
            if old != new
        ]
        assert any(name.startswith("exact-") for name in changed), path


def test_a_figure_has_exact_curves_or_its_caption_says_why_not(
    measured: tuple[Drawing, dict[str, Any]],
) -> None:
    drawing, data = measured
    caption = drawing.caption(data)
    assert list(exact_values(data)) or "no exact law" in caption.casefold(), drawing.name


def test_axes_are_labelled(measured: tuple[Drawing, dict[str, Any]]) -> None:
    drawing, data = measured
    figure = drawing.draw(data)
    assert figure.get_supxlabel() or any(ax.get_xlabel() for ax in figure.axes)
    assert figure.get_supylabel() or any(ax.get_ylabel() for ax in figure.axes)


def test_the_caption_names_the_printed_figure_and_what_is_reduced(
    measured: tuple[Drawing, dict[str, Any]],
) -> None:
    drawing, data = measured
    if drawing.entry.printed:
        source = "Nature" if "Nature" in drawing.entry.printed else "arXiv:2305.17493v3"
        assert drawing.entry.printed in drawing.caption(data)
        assert source in drawing.caption(data)
    for name, value in SIZES[drawing.name].items():
        reduced = drawing.full is not None and drawing.full[name] != value
        assert reduced == (f"{name} " in drawing.legend(data).partition("Reduced: ")[2])


def test_data_of_full_size_lie_beside_the_others(tmp_path: Path) -> None:
    for name, drawing in DRAWINGS.items():
        full = drawing.at_full_size()
        assert full.name == name
        assert full.at_full_size() == full
        assert (full.parameters == drawing.parameters) == (drawing.full is None)
        assert (full.file_in(tmp_path, "json") == drawing.file_in(tmp_path, "json")) == (
            drawing.full is None
        )


# ----------------------------------------------------------------- the command


def test_the_command_takes_the_full_sizes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "mean-error"
    larger = {**SIZES[name], "runs": {"10": 300}}
    monkeypatch.setitem(LOADED, name, replace(small(name), full=larger))
    figures([name], out=tmp_path, formats=["pdf"], full=True)
    capsys.readouterr()
    record = json.loads((tmp_path / "data" / f"{name}-full.json").read_text("utf-8"))
    assert record["stamp"]["parameters"] == larger
    assert record["data"]["sizes"]["10"]["seen"]["runs"] == 300
    content = (tmp_path / f"{name}-full.pdf").read_bytes()
    assert b"/FontFile2" in content  # TrueType, whose text can be selected and searched
    assert b"/Type3" not in content
