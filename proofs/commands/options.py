"""What commands share: groups of options (a dataclass whose fields they are), and how they stop."""

from __future__ import annotations

import contextlib
import inspect
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

if TYPE_CHECKING:
    from types import FrameType

    from proofs.ledger import Run


def command(model: Callable[..., None]) -> Callable[..., None]:
    """Return the function with the options of its groups in their place, after its own."""
    groups: dict[str, type] = {}
    own: list[inspect.Parameter] = []
    hints = get_type_hints(model, include_extras=True)
    for name, parameter in inspect.signature(model).parameters.items():
        if is_dataclass(hints[name]) and isinstance(hints[name], type):
            groups[name] = hints[name]
        else:
            own.append(parameter.replace(annotation=hints[name]))

    @wraps(model)
    def run(**given: Any) -> None:
        whole = {
            name: group(**{one.name: given.pop(one.name) for one in fields(group)})
            for name, group in groups.items()
        }
        model(**whole, **given)

    shared = [option for group in groups.values() for option in _options(group)]
    parameters = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in (*own, *shared)]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def _options(group: type) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            one.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if one.default is MISSING else one.default,
            annotation=hints[one.name],
        )
        for one in fields(group)
    ]


@dataclass(frozen=True)
class Judging:
    """How evidence is gathered and judged, and where the record goes."""

    quick: Annotated[bool, typer.Option("--quick", help="Smaller grid, same rules.")] = False
    false_alarm: Annotated[
        float, typer.Option(help="Chance of any false alarm in the whole run.")
    ] = 1e-6
    effort: Annotated[float, typer.Option(help="Multiplies the replicates.")] = 1.0
    key: Annotated[str, typer.Option(help="Run key of the random streams.")] = "collapse"
    threads: Annotated[int | None, typer.Option(help="Threads; all cores without it.")] = None
    json: Annotated[str | None, typer.Option(help="Write the record to a file, - for stdout.")] = (
        None
    )

    def run(self) -> Run:
        """Return the run asked for; DomainError for a budget, an effort or threads outside."""
        from proofs.ledger import Run
        from proofs.output import check_targets
        from theory.errors import DomainError

        check_targets({"--json": self.json})
        if not 0 < self.false_alarm < 1:
            raise DomainError(f"--false-alarm {self.false_alarm:g} lies outside 0 < share < 1")
        if not 0 < self.effort < 1e6:
            raise DomainError(f"--effort {self.effort:g} lies outside 0 < factor < 1000000")
        if self.threads is not None and self.threads < 1:
            raise DomainError(f"--threads {self.threads} lies outside threads >= 1")
        return Run(self.key, self.false_alarm, self.effort, self.quick, self.threads)


@contextlib.contextmanager
def stopped_by_interrupts(*runs: Run) -> Iterator[None]:
    """Mark the runs as stopped when the user interrupts, before KeyboardInterrupt is raised.

    It is lost where Python runs a callback; the mark is not.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        for run in runs:
            run.stopped = True
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def leave_blocks(code: int) -> None:
    """End the process at once, with that code, if blocks of a campaign work on for nobody."""
    campaign = sys.modules.get("numerics.campaign")
    if campaign is not None and campaign.at_work():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
