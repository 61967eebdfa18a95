"""A page of all pictures: what each shows, and the command that draws it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from proofs.figures.drawing import Drawing
from proofs.output import write_text

__all__ = ["page", "write_page"]

#: Points of a screen for an inch of paper.
SCREEN = 100

OPENING = """\
# Gallery

Figures of model collapse: those of the paper that show data, redrawn beside the exact curves, and
some that it does not have. What holds is drawn as lines, what was seen as runs, symbols and bands.
Written by

```
.venv/bin/collapse figures {command}
```

One figure for print: `.venv/bin/collapse figures NAME`; at the paper's sizes: `--full`.
Data are kept in `data/` beside the pictures; drawing again from them simulates nothing.
"""


def page(
    drawn: Iterable[tuple[Drawing, str]], target: Path, out: Path, dpi: int, command: str
) -> str:
    """Return the page as Markdown.

    drawn: each figure and its caption. target: the file of the page. out: the folder of the
    pictures, of `dpi` dots an inch. command: what wrote the page, after `collapse figures`.
    """
    pictures = Path(os.path.relpath(out, target.parent)).as_posix()
    parts = [OPENING.format(command=command)]
    for drawing, caption in drawn:
        where = f"{drawing.entry.printed}: " if drawing.entry.printed else ""
        picture = drawing.file_in(out, "png")
        width = round(_dots(picture) / dpi * SCREEN)
        parts.append(
            f"## {where}{drawing.entry.title}\n\n"
            f'<img src="{pictures}/{picture.name}" width="{width}" alt="{drawing.entry.title}">\n\n'
            f"`collapse figures {drawing.name}`\n\n"
            f"{_plain(caption)}\n"
        )
    return "\n".join(parts)


def _dots(picture: Path) -> int:
    """Return the width of a picture, in dots."""
    from PIL import Image

    with Image.open(picture) as image:
        return int(image.width)


def _plain(text: str) -> str:
    """Return text whose signs Markdown leaves as they are."""
    for sign in "\\*_<`|":
        text = text.replace(sign, f"\\{sign}")
    return text


def write_page(
    drawn: Iterable[tuple[Drawing, str]], target: Path, out: Path, dpi: int, command: str
) -> None:
    """Write the page to a file as a whole; the pictures lie in `out`."""
    write_text(str(target), page(drawn, target, out, dpi, command))
