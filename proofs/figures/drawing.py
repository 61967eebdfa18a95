"""Data first: measure into a file, draw from the file, write whole files that hold no dates."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numerics.provenance import difference
from proofs.output import write_json
from proofs.provenance import software, source_digest
from proofs.style import STYLE

if TYPE_CHECKING:
    import matplotlib.figure

#: What can change the data of every figure; how they are drawn is not among it.
SOURCES = ("theory", "numerics", "proofs/figures/measured")
#: Dots of a PNG in an inch of paper.
DPI = 300
FORMATS = ("png", "svg", "pdf")
#: Metadata that would otherwise hold the time of drawing.
UNDATED: Mapping[str, dict[str, str | None]] = {
    "png": {},
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
}

Data = Mapping[str, Any]
Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class Effort:
    """Whose random numbers, on how many threads (None: one a processor), reported to whom.

    progress: called with the amount of work done so far and in all. notice: called with what a
    reader should know, a line each: that data are stale, and why.
    """

    key: str = "collapse"
    workers: int | None = None
    progress: Progress | None = None
    notice: Callable[[str], object] | None = None


@dataclass(frozen=True)
class Drawing:
    """A figure: what its data depend on, how they are measured, how they are drawn.

    parameters: JSON values; measure returns JSON values; caption says what a reader must know.
    full: the parameters with the paper's sizes, where the usual ones are smaller. printed: the
    number of the figure in arXiv:2305.17493v3, empty for one that is not there. inputs: files of
    the project, such as a text, that the data depend on too.
    """

    name: str
    title: str
    parameters: Mapping[str, Any]
    measure: Callable[[Mapping[str, Any], Effort], dict[str, Any]]
    draw: Callable[[Data], matplotlib.figure.Figure]
    caption: Callable[[Data], str]
    full: Mapping[str, Any] | None = None
    printed: str = ""
    kept: str = ""
    inputs: tuple[str, ...] = ()

    def at_full_size(self) -> Drawing:
        """Return the figure with the paper's sizes; its data are kept beside the others."""
        if self.full is None:
            return self
        return replace(self, parameters=self.full, full=None, kept=f"{self.name}-full")

    def legend(self, data: Data) -> str:
        """Return the caption, and in what the sizes are below the paper's."""
        smaller = [
            f"{name} {_listed(value)} where --full takes {_listed(self.full[name])}"
            for name, value in self.parameters.items()
            if self.full is not None and self.full[name] != value
        ]
        return self.caption(data) + (f" Reduced: {'; '.join(smaller)}." if smaller else "")


def stamp(drawing: Drawing, key: str) -> dict[str, Any]:
    """Return all that the data of a figure depend on, as JSON values."""
    return {
        "figure": drawing.name,
        "parameters": dict(drawing.parameters),
        "key": key,
        "sources": source_digest((*SOURCES, *drawing.inputs)),
        "software": software(),
    }


def data_path(drawing: Drawing, out: Path) -> Path:
    """Return where a figure's data lie, given the folder of the figure."""
    return out / "data" / f"{drawing.kept or drawing.name}.json"


def staleness(drawing: Drawing, out: Path, key: str) -> str:
    """Return why the data in the file do not serve, in a few words; empty when they do."""
    return _read(drawing, out, key)[1]


def _read(drawing: Drawing, out: Path, key: str) -> tuple[Any, str]:
    """Return the data in the file and why they do not serve, empty when they do."""
    try:
        record = json.loads(data_path(drawing, out).read_text(encoding="utf-8"))
        mark, data = record["stamp"], record["data"]
        found, wanted = (_flat(each) for each in (mark, stamp(drawing, key)))
    except FileNotFoundError:
        return None, "absent"
    except (ValueError, TypeError, KeyError, AttributeError):
        return None, "unreadable"
    return data, difference(found, wanted)


def _flat(mark: Mapping[str, Any]) -> dict[str, str]:
    """Return a stamp with its parameters and versions one by one, as text."""
    flat: dict[str, str] = {}
    for name, value in mark.items():
        for inner, part in value.items() if isinstance(value, Mapping) else [("", value)]:
            flat[inner or name] = _text(part)
    return flat


def _listed(value: Any) -> str:
    """Return a JSON value for a reader: a table as its rows."""
    if isinstance(value, Mapping):
        return "(" + ", ".join(f"{name}: {_text(part)}" for name, part in value.items()) + ")"
    return _text(value)


def _text(value: Any) -> str:
    """Return a JSON value as text, and text as it is."""
    return value if isinstance(value, str) else json.dumps(value)


def provide(drawing: Drawing, out: Path, effort: Effort) -> dict[str, Any]:
    """Return the figure's data from its file, measured and written first where they are stale."""
    data, reason = _read(drawing, out, effort.key)
    if reason:
        if effort.notice is not None and reason != "absent":
            effort.notice(f"{drawing.name}: the data are stale ({reason}) and are measured again")
        path = data_path(drawing, out)
        path.parent.mkdir(parents=True, exist_ok=True)
        mark = stamp(drawing, effort.key)
        data = drawing.measure(drawing.parameters, effort)
        write_json(str(path), {"stamp": mark, "data": data})
        data = json.loads(path.read_text(encoding="utf-8"))["data"]
    assert isinstance(data, dict)
    return data


def save(drawing: Drawing, data: Data, target: Path, dpi: int = DPI) -> None:
    """Draw the data into a file, whole or not at all; its suffix names the format.

    The same data give the same bytes. Metadata: title, caption and the digest of the data.
    """
    import matplotlib as mpl
    from matplotlib import style

    kind = target.suffix[1:]
    digest = hashlib.sha256(json.dumps(data).encode()).hexdigest()
    notes: dict[str, str | None] = {
        "Title": drawing.title,
        "Subject" if kind == "pdf" else "Description": drawing.legend(data),
        "Keywords": f"data sha256:{digest}",
    }
    buffer = io.BytesIO()
    with mpl.rc_context(), style.context(STYLE):
        figure = drawing.draw(data)
        figure.savefig(buffer, format=kind, dpi=dpi, metadata={**notes, **UNDATED[kind]})
    content = buffer.getvalue()
    write_bytes(target, with_palette(content) if kind == "png" else content)


def with_palette(content: bytes, colours: int = 128) -> bytes:
    """Return a PNG with few colours and its metadata: a third of the size, the same to the eye."""
    from PIL import Image, PngImagePlugin

    notes = PngImagePlugin.PngInfo()
    with Image.open(io.BytesIO(content)) as image:
        for name, text in image.info.items():
            if isinstance(name, str) and isinstance(text, str):
                notes.add_text(name, text)
        flat = image.convert("RGB").quantize(colours, dither=Image.Dither.NONE)
        dots = image.info["dpi"]
    buffer = io.BytesIO()
    flat.save(buffer, "PNG", optimize=True, pnginfo=notes, dpi=dots)
    return buffer.getvalue()


def write_bytes(target: Path, content: bytes) -> None:
    """Write bytes to a file as a whole or not at all."""
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
