"""`collapse figures`: redraw the paper's figures with the exact laws laid over them."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.progress import Progress

    from proofs.figures.drawing import Drawing, Effort


def figures(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Figures; all without it.")
    ] = None,
    show_list: Annotated[
        bool, typer.Option("--list", help="Print the names and what each one draws.")
    ] = False,
    out: Annotated[Path, typer.Option(help="Folder, made when it is not there.")] = Path("figures"),
    formats: Annotated[
        list[str] | None, typer.Option("--format", help="png, svg or pdf; all without it.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="The paper's sizes; slow.")] = False,
    as_is: Annotated[
        bool, typer.Option("--as-is", help="Draw from the data that are there, stale or not.")
    ] = False,
    dpi: Annotated[int, typer.Option(help="Dots an inch of a png, 30 to 1200.")] = 300,
    gallery: Annotated[
        str | None, typer.Option(help="A page (Markdown) that shows the pictures; needs png.")
    ] = None,
    key: Annotated[str, typer.Option(help="Key of the random streams.")] = "collapse",
    threads: Annotated[int | None, typer.Option(help="Threads; all cores without it.")] = None,
) -> None:
    """Redraw the paper's figures; data that are still valid are not simulated again.

    What is finished is kept: when a run was interrupted, the same command goes on from there.
    """
    from proofs.figures import FIGURES, chosen, known
    from proofs.figures.drawing import Effort
    from proofs.figures.gallery import write_page
    from proofs.output import check_targets

    if show_list:
        width = max(map(len, FIGURES))
        for name in known(names or []):
            print(f"{name:<{width}}  {FIGURES[name].printed:<13}  {FIGURES[name].title}")
        return
    kinds = _formats(formats)
    _check(threads, dpi, gallery, kinds)
    check_targets({"--gallery": gallery})
    drawings = [each.at_full_size() if full else each for each in chosen(names or [])]
    out = out.expanduser()
    out.mkdir(parents=True, exist_ok=True)
    captions = _draw(drawings, out, kinds, dpi, Effort(key, threads), as_is)
    if gallery is not None:
        words = [
            *(names or []),
            *(["--full"] if full else []),
            "--format",
            "png",
            "--dpi",
            str(dpi),
        ]
        words += ["--out", out.as_posix(), "--gallery", gallery]
        shown = list(zip(drawings, captions, strict=True))
        write_page(shown, Path(gallery), out, dpi, shlex.join(words))
        print(gallery)


def _draw(
    drawings: list[Drawing], out: Path, kinds: list[str], dpi: int, effort: Effort, as_is: bool
) -> list[str]:
    """Measure where that is needed, draw, print paths as they are written; return the captions.

    One figure is drawn while the next is measured.
    """
    from concurrent.futures import ThreadPoolExecutor
    from dataclasses import replace

    from proofs.figures.drawing import provide, save

    def draw(drawing: Drawing, data: dict[str, Any]) -> str:
        for kind in kinds:
            save(drawing, data, drawing.file_in(out, kind), dpi)
        _say(bar, *(drawing.file_in(out, kind) for kind in ("json", *kinds)))
        return drawing.legend(data)

    with _bar() as bar, ThreadPoolExecutor(1) as pen:
        task = bar.add_task("", total=None, visible=False)
        effort = replace(effort, progress=_advance(bar, task), notice=_notice(bar))
        drawn = []
        for number, drawing in enumerate(drawings, 1):
            title = f"{drawing.name} ({number} of {len(drawings)})"
            bar.reset(task, description=title, total=1)
            drawn.append(pen.submit(draw, drawing, provide(drawing, out, effort, as_is)))
            for earlier in drawn[:-1]:
                earlier.result()
        bar.update(task, description="drawing")
        return [each.result() for each in drawn]


def _formats(texts: list[str] | None) -> list[str]:
    """Return the formats of options and comma-separated lists, each once; all for none."""
    from proofs.figures.drawing import FORMATS
    from theory.errors import DomainError

    parts = ",".join(texts or FORMATS).split(",")
    kinds = list(dict.fromkeys(part.strip().casefold() for part in parts))
    for kind in kinds:
        if kind not in FORMATS:
            raise DomainError(f"--format {kind!r} is none of {', '.join(FORMATS)}")
    return kinds


def _check(threads: int | None, dpi: int, gallery: str | None, kinds: list[str]) -> None:
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
