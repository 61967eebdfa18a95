"""`collapse figures`: redraw the paper's figures with the exact laws laid over them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from proofs.figures.drawing import Drawing


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
    key: Annotated[str, typer.Option(help="Key of the random streams.")] = "collapse",
    threads: Annotated[int | None, typer.Option(help="Threads; all cores without it.")] = None,
) -> None:
    """Redraw the paper's figures; data that are still valid are not simulated again."""
    from proofs.figures import DRAWINGS, chosen

    drawings = chosen(names or [])
    if show_list:
        width = max(map(len, DRAWINGS))
        for drawing in drawings:
            print(f"{drawing.name:<{width}}  {drawing.printed:<7}  {drawing.title}")
        return
    kinds = _formats(formats)
    _check_threads(threads)
    out.mkdir(parents=True, exist_ok=True)
    for drawing in drawings:
        _draw(drawing.at_full_size() if full else drawing, out, kinds, key, threads)


def _formats(text: str) -> list[str]:
    """Return the formats of a comma-separated list, each once."""
    from proofs.figures.drawing import FORMATS
    from theory.errors import DomainError

    kinds = list(dict.fromkeys(part.strip().casefold() for part in text.split(",")))
    for kind in kinds:
        if kind not in FORMATS:
            raise DomainError(f"--format {kind!r} is none of {', '.join(FORMATS)}")
    return kinds


def _check_threads(threads: int | None) -> None:
    from theory.errors import DomainError

    if threads is not None and threads < 1:
        raise DomainError(f"--threads {threads} lies outside threads >= 1")


def _draw(drawing: Drawing, out: Path, kinds: list[str], key: str, threads: int | None) -> None:
    """Measure where that is needed, draw, and print each path as it is written."""
    import sys

    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from proofs.figures.drawing import Effort, data_path, provide, save

    bar = Progress(
        TextColumn(drawing.name),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
        console=Console(file=sys.stderr),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    task = bar.add_task("", total=None, visible=False)

    def progress(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total, visible=True)

    def notice(text: str) -> None:
        bar.console.print(text, markup=False, highlight=False, soft_wrap=True)

    with bar:
        data = provide(drawing, out, Effort(key, threads, progress, notice))
    print(data_path(drawing, out))
    for kind in kinds:
        target = out / f"{drawing.name}.{kind}"
        save(drawing, data, target)
        print(target)
