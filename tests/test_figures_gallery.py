"""The gallery: every figure once, its picture, its command, and its caption."""

from pathlib import Path

import pytest
from PIL import Image

from proofs.commands.figures import figures
from proofs.figures import LOADED
from tests.figure_sizes import DRAWINGS, small

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


def test_the_page_is_written_with_its_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    drawing = small("mean-error")
    monkeypatch.setitem(LOADED, drawing.name, drawing)
    target = tmp_path / "a page.md"
    figures([drawing.name], out=tmp_path / "made", formats=["png"], dpi=60, gallery=str(target))
    assert capsys.readouterr().out.splitlines()[-1] == str(target)
    text = target.read_text("utf-8")
    with Image.open(tmp_path / "made" / f"{drawing.name}.png") as image:
        caption, width = image.info["Description"], image.width
    assert f'<img src="made/{drawing.name}.png" width="{round(width / 0.6)}"' in text
    assert f"## Fig. 12: {drawing.entry.title}" in text
    assert caption.split(".")[-2] in text
    assert f"figures {drawing.name} --format png --dpi 60" in text
    assert f"--gallery '{target}'" in text
    assert f"`collapse figures {drawing.name}`" in text


def test_the_gallery_shows_every_figure() -> None:
    text = (NOTEBOOKS / "GALLERY.md").read_text("utf-8")
    shown = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    assert shown == [
        f"{drawing.entry.printed}: {drawing.entry.title}"
        if drawing.entry.printed
        else drawing.entry.title
        for drawing in DRAWINGS.values()
    ]
    plain = text.replace("\\", "")
    for name in DRAWINGS:
        assert f"`collapse figures {name}`" in text
        with Image.open(NOTEBOOKS / "pictures" / f"{name}.png") as image:
            assert image.info["Description"] in plain, name


def test_no_picture_is_left_of_a_figure_that_is_gone() -> None:
    kept = {path.stem for path in (NOTEBOOKS / "pictures").glob("*.png")}
    assert kept == set(DRAWINGS)
