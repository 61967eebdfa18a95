"""Figures: exact curves that are the theory's, drawings that repeat, the command."""

import copy
import json
import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.axes import Axes

import proofs.figures
from numerics import gaussian, streams
from numerics.start import Start
from proofs.commands.figures import figures
from proofs.figures import LOADED, chosen, drawing, known
from proofs.figures.drawing import Effort, save
from proofs.figures.measured import gaussian_recursion, recursions
from tests.figure_sizes import DRAWINGS
from theory.claim import value_ball
from theory.claims import find
from theory.errors import DomainError
from theory.rounding import round_ball

SVG = "{http://www.w3.org/2000/svg}"
ROOT = Path(__file__).resolve().parent.parent
SMALL = replace(
    DRAWINGS["gaussian-recursion"],
    parameters={"generations": 30, "runs": {"10": 40, "100": 1}, "band": [0.05, 0.95]},
)


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    return SMALL.measure(SMALL.parameters, Effort())


def exactly(code: str, samples: int, generations: int) -> Fraction:
    """The claim's first quantity at sigma = 1, to 40 digits."""
    claim = find(code)
    point = {"M": Fraction(samples), "n": Fraction(generations), "sigma": Fraction(1)}
    text, _ = round_ball(lambda bits: value_ball(claim, claim.quantity(), point, bits), 40)
    return Fraction(text)


# --------------------------------------------------------------- the exact curves


def test_the_data_hold_the_theory(data: dict[str, Any]) -> None:
    assert data["places"][0] == 1
    assert data["places"][-1] == data["generations"] == 30
    for size in (10, 100):
        mean = data["panels"]["mean"][str(size)]["exact"]
        deviation = data["panels"]["deviation"][str(size)]["exact"]
        for at, n in enumerate(data["places"]):
            walked, square, root = (exactly(code, size, n) for code in ("B10", "B02", "B03"))
            departed = math.sqrt(square - 2 * root + 1)
            assert mean["rms"][at] == pytest.approx(math.sqrt(walked), rel=1e-15, abs=0)
            assert deviation["of-mean"][at] == pytest.approx(float(1 - root), rel=1e-15, abs=0)
            assert deviation["rms"][at] == pytest.approx(departed, rel=1e-15, abs=0)


def test_differences_are_taken_before_rounding() -> None:
    # As doubles, 1 - E[sigma_n] would keep seven digits here.
    shrunk = 1 - exactly("B03", 10**9, 1)
    assert gaussian_recursion.shrinkage(10**9, 1) == pytest.approx(float(shrunk), rel=1e-15, abs=0)
    departed = math.sqrt(2 * shrunk)
    assert gaussian_recursion.departure(10**9, 1) == pytest.approx(departed, rel=1e-15, abs=0)


def test_the_drawing_shows_the_exact_curves(data: dict[str, Any]) -> None:
    for panel, ax in zip(recursions.PANELS, SMALL.draw(data).axes, strict=True):
        lines = {line.get_gid(): line for line in ax.lines}
        for size, series in data["panels"][panel].items():
            for kind, curve in series["exact"].items():
                line = lines[f"exact-{panel}-{kind}-{size}"]
                assert np.asarray(line.get_xdata()).tolist() == data["places"]
                assert np.asarray(line.get_ydata()).tolist() == curve


@pytest.mark.parametrize(("panel", "kind"), [("mean", "rms"), ("deviation", "of-mean")])
def test_no_drawing_without_an_exact_curve(
    data: dict[str, Any], panel: str, kind: str, tmp_path: Path
) -> None:
    poorer = copy.deepcopy(data)
    del poorer["panels"][panel]["100"]["exact"][kind]
    with pytest.raises(ValueError, match=f"{panel}, M = 100: no exact curve {kind}"):
        save(SMALL, poorer, tmp_path / "figure.svg")
    assert not list(tmp_path.iterdir())


# ----------------------------------------------------------------- the exact band


def test_the_drawing_shows_the_exact_band(data: dict[str, Any]) -> None:
    mean, deviation = SMALL.draw(data).axes
    lines = {line.get_gid(): line for line in deviation.lines}
    edges = data["panels"]["deviation"]["10"]["exact-band"]
    for name, edge in zip(("low", "high"), edges, strict=True):
        line = lines[f"exact-deviation-band-{name}-10"]
        assert np.asarray(line.get_xdata()).tolist() == data["band-places"]
        assert np.asarray(line.get_ydata()).tolist() == edge
    assert not any("band" in str(line.get_gid()) for line in mean.lines)
    styles = {str(line._unscaled_dash_pattern) for line in deviation.lines}  # type: ignore[attr-defined]
    assert len(styles) == 4  # run, root mean square, mean, band: told apart without colour


def test_no_drawing_without_the_exact_band(data: dict[str, Any], tmp_path: Path) -> None:
    poorer = copy.deepcopy(data)
    del poorer["panels"]["deviation"]["10"]["exact-band"]
    with pytest.raises(ValueError, match="deviation, M = 10: no exact band"):
        save(SMALL, poorer, tmp_path / "figure.svg")


# ---------------------------------------------------------------- the runs beside


def test_the_run_is_the_first_of_its_stream(data: dict[str, Any]) -> None:
    key = streams.derive_key("gaussian-recursion", 10, "collapse")
    run = gaussian.simulate(Start.named("normal"), 10, (1, 7, 30), key, 0, 1)
    for at, n in enumerate((1, 7, 30)):
        assert data["panels"]["mean"]["10"]["run"][n - 1] == abs(run.mean[0, at])
        spread = abs(math.sqrt(run.variance[0, at]) - 1)
        assert data["panels"]["deviation"]["10"]["run"][n - 1] == pytest.approx(
            spread, rel=1e-12, abs=0
        )


def test_bands_are_where_there_are_many_runs(data: dict[str, Any]) -> None:
    for panel in recursions.PANELS:
        low, high = data["panels"][panel]["10"]["band"]
        assert len(low) == len(high) == len(data["places"])
        assert all(below < above for below, above in zip(low, high, strict=True))
        assert "band" not in data["panels"][panel]["100"]


def test_threads_change_nothing(data: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recursions, "PIECE", 1000)
    seen: list[tuple[int, int]] = []
    effort = Effort(workers=2, progress=lambda done, total: seen.append((done, total)))
    assert SMALL.measure(SMALL.parameters, effort) == data
    total = (10 * 40 + 100) * 30
    assert seen[-1] == (total, total)
    assert seen == sorted(seen)


# -------------------------------------------------------------------- the drawings


@pytest.mark.parametrize("kind", drawing.FORMATS)
def test_the_same_data_give_the_same_bytes(
    kind: str, data: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / f"first.{kind}", tmp_path / f"second.{kind}"
    save(SMALL, data, first)
    # Matplotlib takes the time of drawing from here when it is set, from the clock otherwise.
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    save(SMALL, json.loads(json.dumps(data)), second)
    assert first.read_bytes() == second.read_bytes()


def test_text_in_svg_stays_text(data: dict[str, Any], tmp_path: Path) -> None:
    save(SMALL, data, tmp_path / "figure.svg")
    root = ElementTree.parse(tmp_path / "figure.svg").getroot()
    assert root is not None
    written = ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]
    for text in ("The mean walks away", "exact root mean square", "one run", "generation n"):
        assert any(text in part for part in written), text
    assert SMALL.caption(data) in (tmp_path / "figure.svg").read_text("utf-8")


def test_other_data_give_another_drawing(data: dict[str, Any], tmp_path: Path) -> None:
    other = copy.deepcopy(data)
    other["panels"]["mean"]["10"]["exact"]["rms"][3] *= 1.5
    for name, values in (("one", data), ("other", other)):
        save(SMALL, values, tmp_path / f"{name}.svg")
    assert (tmp_path / "one.svg").read_bytes() != (tmp_path / "other.svg").read_bytes()


def test_drawing_leaves_the_style_alone(data: dict[str, Any], tmp_path: Path) -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    save(SMALL, data, tmp_path / "figure.svg")
    assert dict(mpl.rcParams) == before


def test_a_failed_drawing_keeps_the_old_file(
    data: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "figure.svg"
    target.write_text("old")
    monkeypatch.delattr(Axes, "legend")
    with pytest.raises(AttributeError):
        save(SMALL, data, target)
    assert [path.name for path in tmp_path.iterdir()] == ["figure.svg"]
    assert target.read_text() == "old"


def test_the_caption_names_sizes_claims_and_estimator(data: dict[str, Any]) -> None:
    text = SMALL.caption(data)
    for part in ("40 runs at M = 10", "30 generations", "B10", "B02", "B03", "B05", "M - 1"):
        assert part in text


def test_the_picture_of_the_readme_is_small() -> None:
    picture = ROOT / "notebooks" / "pictures" / "gaussian-recursion.png"
    assert 10_000 < picture.stat().st_size <= 150_000


# -------------------------------------------------------------------- the command


def test_unknown_figure() -> None:
    with pytest.raises(
        DomainError, match=r"unknown figure 'recursions'; nearest: gaussian-recursion"
    ):
        chosen(["recursions"])


def test_the_command_writes_and_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(LOADED, SMALL.name, SMALL)
    out = tmp_path / "new" / "folder"
    figures([SMALL.name], out=out, formats=["svg, PNG", "svg"])
    printed = capsys.readouterr().out.splitlines()
    wanted = [out / "data" / f"{SMALL.name}.json"]
    wanted += [out / f"{SMALL.name}.{kind}" for kind in ("svg", "png")]
    assert printed == [str(path) for path in wanted]
    assert sorted(path for path in out.rglob("*") if path.is_file()) == sorted(wanted)


def test_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    figures(show_list=True)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(DRAWINGS)
    line = lines[list(DRAWINGS).index(SMALL.name)]
    assert line.split() == [SMALL.name, "Fig.", "4", *SMALL.entry.title.split()]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["recursions"], "unknown figure 'recursions'; nearest: gaussian-recursion"),
        (["--format", "gif"], "--format 'gif' is none of png, svg, pdf"),
        (["--threads", "0"], "--threads 0 lies outside threads >= 1"),
        (["--gallery", "there/g.md"], "--gallery there/g.md: there is no folder there"),
        (["--dpi", "5"], "--dpi 5 lies outside 30 <= dpi <= 1200"),
        (["--format", "svg", "--gallery", "g.md"], "--gallery g.md shows png, which --format"),
    ],
)
def test_bad_input_is_refused_in_one_line(
    arguments: list[str],
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    collapse: Callable[..., tuple[int, str, str]],
) -> None:
    monkeypatch.chdir(tmp_path)
    code, printed, errors = collapse("figures", *arguments)
    assert code == 2
    assert not printed
    assert errors.count("\n") == 1
    assert reason in errors
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "found"),
    [("4", "gaussian-recursion"), ("Fig. 12", "mean-error"), ("nature fig 1", "feedback-loop")],
)
def test_a_figure_is_found_by_its_number(name: str, found: str) -> None:
    assert known([name, found]) == [found]


def test_names_are_those_of_the_drawings() -> None:
    assert {name: drawn.name for name, drawn in DRAWINGS.items()} == {
        name: name for name in DRAWINGS
    }
    assert chosen([]) == list(DRAWINGS.values())
    assert proofs.figures.STYLE.is_file()
