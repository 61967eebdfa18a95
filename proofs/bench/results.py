"""What `collapse bench` prints and writes."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from proofs.bench.workload import Times, Timing
from theory.errors import DomainError

BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"
UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "us"), (1e-9, "ns"))
LIBRARIES = (
    "modelcollapse", "numpy", "scipy", "numba", "jax", "jaxlib", "msprime", "scikit-learn",
    "simuPOP",
)  # fmt: skip


def duration(seconds: float) -> str:
    """Return a time with three significant digits.

    >>> duration(2.28e-5)
    '22.8 us'
    """
    scale, unit = next((each for each in UNITS if seconds >= each[0]), UNITS[-1])
    return f"{seconds / scale:.3g} {unit}"


def machine() -> dict[str, str]:
    """Return the processor, the system and the versions of the libraries."""
    found = {"processor": _processor(), "system": platform.platform(terse=True)}
    found["python"] = platform.python_version()
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    """Return the processor's name where the system tells it."""
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def rows(timing: Timing, draws: Timing | None) -> list[tuple[str, str, str, str]]:
    """Return runner, time a unit, spread, and what it means beside our fastest kernel."""
    best = timing.best()
    return [_row(times, best, timing, draws) for times in timing.times]


def _row(
    times: Times, best: Times | None, timing: Timing, draws: Timing | None
) -> tuple[str, str, str, str]:
    """Return the cells of one runner."""
    if times.absent:
        return times.peer.name, "", "", f"absent: {times.absent}"
    remark = ""
    if best is not None and timing.workload.id != "floor":
        remark = f"{times.ratio(best):.3g}x"
        floor = timing.floor(draws)
        if times is best and floor is not None:
            remark += f"; {times.median / floor:.2g}x its draws ({duration(floor)})"
    return times.peer.name, duration(times.median), f"{times.spread:.0%}", remark


def lines(timing: Timing, draws: Timing | None) -> list[str]:
    """Return what is printed of one workload."""
    cells = rows(timing, draws)
    widths = [max(len(row[at]) for row in cells) for at in range(3)]
    clock = "wall time" if timing.workload.wall else "time"
    head = f"{timing.workload.id}: {timing.workload.title}; {clock} a {timing.workload.unit}"
    return [
        head,
        *(
            f"  {name:<{widths[0]}}  {value:>{widths[1]}}  +-{spread:>{widths[2]}}  {remark}"
            if value
            else f"  {name:<{widths[0]}}  {remark}"
            for name, value, spread, remark in cells
        ),
        "",
    ]


def record(timings: Sequence[Timing], quick: bool) -> dict[str, Any]:
    """Return all times as JSON values."""
    draws = _draws(timings)
    found = []
    for timing in timings:
        best = timing.best()
        runners = []
        for times in timing.times:
            entry: dict[str, Any] = {"name": times.peer.name, "ours": times.peer.ours}
            if times.absent:
                entry["absent"] = times.absent
            else:
                entry |= {"median_seconds": times.median, "spread": times.spread}
                entry |= {"seconds": times.seconds, "pieces": times.pieces}
                entry["ratio"] = None if best is None else times.ratio(best)
            runners.append(entry)
        workload = timing.workload
        about = {"id": workload.id, "title": workload.title, "unit": workload.unit}
        about["clock"] = "wall" if workload.wall else "processor"
        found.append({**about, "floor_seconds": timing.floor(draws), "runners": runners})
    return {"machine": machine(), "quick": quick, "workloads": found}


def _draws(timings: Sequence[Timing]) -> Timing | None:
    return next((each for each in timings if each.workload.id == "floor"), None)


def table(timings: Sequence[Timing], command: str) -> str:
    """Return the times as a table in Markdown, with the command and the machine."""
    draws = _draws(timings)
    about = machine()
    versions = ", ".join(f"{name} {about[name]}" for name in about if name in LIBRARIES)
    text = [
        f"`{command}` on {about['processor']}, one of {os.cpu_count()} processors, "
        "all of them where wall time is given; "
        f"Python {about['python']}, {versions}.",
        "",
        "| workload | runner | time a unit | spread | beside our fastest |",
        "|---|---|---|---|---|",
    ]
    for timing in timings:
        name = f"`{timing.workload.id}`, {timing.workload.unit}"
        name += ", wall time" if timing.workload.wall else ""
        for cells in rows(timing, draws):
            text.append("| " + " | ".join((name, *cells)) + " |")
            name = ""
    return "\n".join(text)


def with_table(text: str, new: str) -> str:
    """Return a page with the table between its marks replaced; DomainError without marks."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise DomainError(f"no {BEGIN} ... {END} to put the table between")
    return f"{before}{BEGIN}\n\n{new}\n\n{END}{after}"
