"""A page of all pictures: what each shows, and the command that draws it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from proofs.figures.drawing import Drawing, write_bytes

__all__ = ["page", "write_page"]

#: Points of a screen for an inch of paper.
SCREEN = 100

OPENING = """\
# Gallery

Every figure of the paper that shows data, redrawn beside the exact curves, and figures that the
paper does not have. Theory is drawn as lines, chance as runs, symbols and bands. Written by

```
.venv/bin/collapse figures --format png --dpi {dpi} --out {out} --gallery {target}
```

One figure by name, as a picture for print: `.venv/bin/collapse figures NAME`; at the paper's sizes:
`--full`. Data are kept in `data/` beside the pictures, and what is kept is not simulated again.
"""


def page(drawn: Iterable[tuple[Drawing, str]], target: Path, out: Path, dpi: int) -> str:
    """Return the page as Markdown.

    drawn: each figure and its caption. target: the file of the page. out: the folder of the
    pictures, of `dpi` dots an inch.
    """
    pictures = Path(os.path.relpath(out, target.parent)).as_posix()
    parts = [OPENING.format(dpi=dpi, out=out.as_posix(), target=target.as_posix())]
    for drawing, caption in drawn:
        where = f"{drawing.printed}: " if drawing.printed else ""
        picture = f"{drawing.name}.png"
        width = round(_dots(out / picture) / dpi * SCREEN)
        parts.append(
            f"## {where}{drawing.title}\n\n"
            f'<img src="{pictures}/{picture}" width="{width}" alt="{drawing.title}">\n\n'
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


def write_page(drawn: Iterable[tuple[Drawing, str]], target: Path, out: Path, dpi: int) -> None:
    """Write the page to a file as a whole; the pictures lie in `out`."""
    write_bytes(target, page(drawn, target, out, dpi).encode())
