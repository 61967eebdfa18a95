"""Data first: measure into a file, draw from the file, write whole files that hold no dates."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numerics.provenance import difference
from proofs.figures import FIGURES, Entry, sources
from proofs.figures.pieces import Piece, at_once, kept_in
from proofs.output import write_bytes, write_json
from proofs.provenance import software
from proofs.style import STYLE
from theory.errors import DomainError

if TYPE_CHECKING:
    import matplotlib.figure

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
    reader should know, a line each: that data are stale, and why. piece: measures a part of a
    figure by its name, or has it from a run that was interrupted.
    """

    key: str = "collapse"
    workers: int | None = None
    progress: Progress | None = None
    notice: Callable[[str], object] | None = None
    piece: Piece = at_once

    def say(self, text: str) -> None:
        """Tell the reader."""
        if self.notice is not None:
            self.notice(text)


@dataclass(frozen=True)
class Drawing:
    """A figure: what its data depend on, how they are measured, how they are drawn.

    parameters: JSON values; measure returns JSON values; caption says what a reader must know.
    full: the parameters with the paper's sizes, where the usual ones are smaller. inputs: files of
    the project, such as a text, that the data depend on beside what `measure` imports. stem: of
    the names of its files, where it is not the name of the figure.
    """

    name: str
    parameters: Mapping[str, Any]
    measure: Callable[[Mapping[str, Any], Effort], dict[str, Any]]
    draw: Callable[[Data], matplotlib.figure.Figure]
    caption: Callable[[Data], str]
    full: Mapping[str, Any] | None = None
    inputs: tuple[str, ...] = ()
    stem: str = ""

    @property
    def entry(self) -> Entry:
        """Return number in print, title and module of the figure."""
        return FIGURES[self.name]

    def at_full_size(self) -> Drawing:
        """Return the figure with the paper's sizes; its files lie beside the others."""
        if self.full is None:
            return self
        return replace(self, parameters=self.full, full=None, stem=f"{self.name}-full")

    def file_in(self, out: Path, kind: str) -> Path:
        """Return where the figure lies in a folder, as a picture of a format or as data (json)."""
        return (out / "data" if kind == "json" else out) / f"{self.stem or self.name}.{kind}"

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
        "sources": sources.digests(
            f"proofs/figures/drawn/{drawing.entry.module}.py", drawing.inputs
        ),
        "software": software(),
    }


def staleness(drawing: Drawing, out: Path, key: str) -> str:
    """Return why the data in the file do not serve, in a few words; empty when they do."""
    return _read(drawing, out, key)[1]


def _read(drawing: Drawing, out: Path, key: str) -> tuple[Any, str]:
    """Return the data in the file and why they do not serve, empty when they do."""
    try:
        record = json.loads(drawing.file_in(out, "json").read_text(encoding="utf-8"))
        mark, data, digest = record["stamp"], record["data"], record["digest"]
        found, wanted = (_flat(each) for each in (mark, stamp(drawing, key)))
    except FileNotFoundError:
        return None, "absent"
    except (ValueError, TypeError, KeyError, AttributeError):
        return None, "unreadable"
    altered = "" if digest == _digest(data) else "altered since they were measured"
    return data, "; ".join(filter(None, (altered, difference(found, wanted))))


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


def provide(
    drawing: Drawing, out: Path, effort: Effort, as_they_are: bool = False
) -> dict[str, Any]:
    """Return the figure's data from its file, measured and written first where they are stale.

    as_they_are: take stale data too, and say so; DomainError where there are none.
    """
    data, reason = _read(drawing, out, effort.key)
    path = drawing.file_in(out, "json")
    if as_they_are and not isinstance(data, dict):
        raise DomainError(f"{path}: {reason}; there are no data of {drawing.name} to draw from")
    if as_they_are and reason:
        effort.say(f"{drawing.name}: drawn from the data as they are; stale ({reason})")
    elif reason:
        if reason != "absent":
            effort.say(f"{drawing.name}: the data are stale ({reason}) and are measured again")
        data = _measured(drawing, path, effort)
    assert isinstance(data, dict)
    return data


def _measured(drawing: Drawing, path: Path, effort: Effort) -> Any:
    """Measure a figure and write its data; its parts lie beside them until it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mark, parts = stamp(drawing, effort.key), path.with_suffix(".parts.json")
    effort = replace(effort, piece=kept_in(parts, mark))
    data = json.loads(json.dumps(drawing.measure(drawing.parameters, effort)))
    write_json(str(path), {"stamp": mark, "digest": _digest(data), "data": data})
    parts.unlink(missing_ok=True)
    return data


def _digest(data: Any) -> str:
    """Return a digest of JSON values."""
    return hashlib.sha256(json.dumps(data).encode()).hexdigest()


def save(drawing: Drawing, data: Data, target: Path, dpi: int = DPI) -> None:
    """Draw the data into a file, whole or not at all; its suffix names the format.

    The same data give the same bytes. Metadata: title, caption and the digest of the data.
    """
    import matplotlib as mpl
    from matplotlib import style

    kind = target.suffix[1:]
    notes: dict[str, str | None] = {
        "Title": drawing.entry.title,
        "Subject" if kind == "pdf" else "Description": drawing.legend(data),
        "Keywords": f"data sha256:{_digest(data)}",
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
