"""`collapse figures`: redraw the paper's figures with the exact laws laid over them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.progress import Progress


def figures(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Figures; all without it.")
    ] = None,
    show_list: Annotated[
        bool, typer.Option("--list", help="Print the names and what each one draws.")
    ] = False,
    out: Annotated[Path, typer.Option(help="Folder, made when it is not there.")] = Path("figures"),
    formats: Annotated[
        str, typer.Option("--format", help="One or more of png, svg and pdf.")
    ] = "png,svg,pdf",
    full: Annotated[bool, typer.Option("--full", help="The paper's sizes; slow.")] = False,
    dpi: Annotated[int, typer.Option(help="Dots an inch of a png, 30 to 1200.")] = 300,
    gallery: Annotated[
        Path | None, typer.Option(help="A page (Markdown) that shows the pictures; needs png.")
    ] = None,
    key: Annotated[str, typer.Option(help="Key of the random streams.")] = "collapse",
    threads: Annotated[int | None, typer.Option(help="Threads; all cores without it.")] = None,
) -> None:
    """Redraw the paper's figures; data that are still valid are not simulated again.

    What is finished is kept: a run that was interrupted goes on with the figure that it was at.
    """
    from proofs.figures import chosen
    from proofs.figures.drawing import Effort, data_path, provide, save
    from proofs.figures.gallery import write_page

    drawings = chosen(names or [])
    if show_list:
        width = max(len(drawing.name) for drawing in drawings)
        for drawing in drawings:
            print(f"{drawing.name:<{width}}  {drawing.printed:<13}  {drawing.title}")
        return
    kinds = _formats(formats)
    _check(threads, dpi, gallery, kinds)
    for folder in (out, *([] if gallery is None else [gallery.parent])):
        folder.mkdir(parents=True, exist_ok=True)
    shown = []
    with _bar() as bar:
        task = bar.add_task("", total=None, visible=False)
        for number, usual in enumerate(drawings, 1):
            drawing = usual.at_full_size() if full else usual
            bar.reset(task, description=f"{drawing.name} ({number} of {len(drawings)})", total=1)
            effort = Effort(key, threads, _advance(bar, task), _notice(bar))
            data = provide(drawing, out, effort)
            written = [data_path(drawing, out)]
            for kind in kinds:
                written.append(out / f"{drawing.name}.{kind}")
                save(drawing, data, written[-1], dpi)
            shown.append((drawing, drawing.legend(data)))
            _say(bar, *written)
    if gallery is not None:
        write_page(shown, gallery, out, dpi)
        print(gallery)


def _formats(text: str) -> list[str]:
    """Return the formats of a comma-separated list, each once."""
    from proofs.figures.drawing import FORMATS
    from theory.errors import DomainError

    kinds = list(dict.fromkeys(part.strip().casefold() for part in text.split(",")))
    for kind in kinds:
        if kind not in FORMATS:
            raise DomainError(f"--format {kind!r} is none of {', '.join(FORMATS)}")
    return kinds


def _check(threads: int | None, dpi: int, gallery: Path | None, kinds: list[str]) -> None:
    """DomainError for what cannot be drawn, before anything is measured."""
    from theory.errors import DomainError

    if threads is not None and threads < 1:
        raise DomainError(f"--threads {threads} lies outside threads >= 1")
    if not 30 <= dpi <= 1200:
        raise DomainError(f"--dpi {dpi} lies outside 30 <= dpi <= 1200")
    if gallery is not None and "png" not in kinds:
        raise DomainError(f"--gallery {gallery} shows png, which --format leaves out")


def _bar() -> Progress:
    """Return a bar on the standard error, silent where that is no terminal."""
    import sys

    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
        console=Console(file=sys.stderr),
        transient=True,
        disable=not sys.stderr.isatty(),
    )


def _advance(bar: Progress, task: Any) -> Any:
    """Return what reports how much of a figure is measured."""
    return lambda done, total: bar.update(task, completed=done, total=total, visible=True)


def _notice(bar: Progress) -> Any:
    """Return what prints a line above the bar."""
    return lambda text: bar.console.print(text, markup=False, highlight=False, soft_wrap=True)


def _say(bar: Progress, *paths: Path) -> None:
    """Print paths on the standard output, and keep the bar whole."""
    bar.stop()
    for path in paths:
        print(path, flush=True)
    bar.start()
