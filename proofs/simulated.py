"""What `collapse simulate` shows and writes: a table, a progress bar, CSV and JSON."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from numerics.measured_ngram import RefittingText
from proofs.plans.ngram import histograms
from proofs.simulation import LARGEST_SHARE, Result

#: Column heads, by the column's name.
HEADS = {
    "mean": "mean",
    "diversity": "mean diversity",
    "distance": "mean distance",
    "survivors": "mean survivors",
    "absorbed": "share absorbed",
    "drift": "mean drift",
    "trace": "mean trace",
    "deviation": "mean deviation",
    "log_variance": "mean log variance",
    "log_determinant": "mean log determinant",
    "pool_diversity": "mean pool diversity",
    "pool_variance": "mean pool variance",
    "within": "mean within",
    "smallest": "mean smallest",
    "log_smallest": "mean log smallest",
    "log_likelihood": "mean log-likelihood",
    "lost": "mean lost",
    "floored": "share floored",
    "unconverged": "share unconverged",
    "error": "mean error",
    "length": "mean length",
    "overlap": "mean overlap",
}
#: What the Gaussian columns mean.
LEGEND = (
    "drift: squared distance of the fitted mean from that of the start; trace: of the fitted "
    "covariance; deviation: root of the trace"
)
#: What the columns of a workflow mean.
MEANINGS = {
    "distance": "distance: sum of squared differences from the real law",
    "absorbed": "absorbed: one category alone can ever occur again",
    "pool_diversity": "pool: the real points and all batches so far",
    "pool_variance": "pool: the real points and all batches so far, divisor their number",
}
#: What is printed in place of a positive number that no float holds.
SMALLEST = "< 1e-307"
RARE = f"* one run alone carries more than {LARGEST_SHARE:.0%} of a mean in this row."
#: What to do about it, where there is a logarithm.
LATE = (
    "Where n is far above M, mean drift, trace and deviation are carried by rare runs that a plain "
    "mean seldom meets: read the mean logarithm there."
)


class Rate(TextColumn):
    """Replicates done a second, of late."""

    def __init__(self) -> None:
        super().__init__("")

    def render(self, task: Task) -> Text:
        """Return the rate; nothing before it is known."""
        return Text(f"{task.speed:,.0f} a second" if task.speed else "")


class Bar:
    """A progress bar on standard error, on a terminal only; a context manager."""

    def __init__(self, label: str) -> None:
        self.bar = Progress(
            TextColumn(label),
            BarColumn(),
            TextColumn("{task.completed:,.0f} of {task.total:,.0f} replicates"),
            Rate(),
            TimeRemainingColumn(),
            console=Console(file=sys.stderr),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self.task = self.bar.add_task("", total=None, visible=False)

    def __enter__(self) -> Bar:
        self.bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.bar.stop()

    def advance(self, done: int, total: int) -> None:
        """Show that `done` of `total` replicates are finished."""
        self.bar.update(self.task, completed=done, total=total, visible=done < total)


def show(result: Result, quiet: bool = False) -> None:
    """Print what was simulated, the table and the digest; on standard error if `quiet`."""
    print("\n".join(lines(result)), file=sys.stderr if quiet else sys.stdout, flush=True)


def lines(result: Result) -> list[str]:
    """Return the lines that `show` prints."""
    plan = result.plan
    text = [*heading(result), "", *table(result), ""]
    if plan.model == "gaussian":
        text.append(LEGEND)
    if "workflow" in plan.options and plan.model in ("discrete", "gaussian"):
        meanings = [MEANINGS[name] for name in plan.columns if name in MEANINGS]
        text.append("; ".join(["generation 0: the real law", *meanings]))
    if any(result.crowded(row) for row in result.printed()):
        text.append(f"{RARE} {LATE}" if "drift" in plan.columns else RARE)
    return [*text, f"digest {result.digest}{' (partial)' if result.partial else ''}"]


def heading(result: Result) -> list[str]:
    """Return what was asked, notes, and the number of replicates done."""
    plan = result.plan
    options = ", ".join(f"{name} = {value}" for name, value in plan.options.items())
    done = "1 replicate" if result.replicates == 1 else f"{result.replicates:,} replicates"
    if result.partial:
        done = f"PARTIAL: {result.replicates:,} of {plan.replicates:,} replicates, {result.reason}"
    return [f"{plan.model}: {options}", *plan.notes, done]


def table(result: Result) -> list[str]:
    """Return the rows of the printed table, columns aligned; +- is one standard error."""
    rows: list[Sequence[str]] = [
        ["generation", *(head for name in result.plan.columns for head in (_head(name), "+-"))]
    ]
    for row in result.printed():
        mark = " *" if result.crowded(row) else ""
        cells = [f"{result.generations[row]}{mark}"]
        for column in range(len(result.plan.columns)):
            mean, error = float(result.mean[row, column]), float(result.error[row, column])
            if lost(result, row, column):
                cells += [SMALLEST, ""]
                continue
            shown = "" if math.isnan(mean) else f"{mean:.6g}"
            cells += [shown, f"{error:.2g}" if math.isfinite(error) and row else ""]
        rows.append(cells)
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _head(name: str) -> str:
    """Return the head of a column: a mean, unless it says something else."""
    return HEADS.get(name, f"mean {name.replace('_', ' ')}")


def lost(result: Result, row: int, column: int) -> bool:
    """Return whether a mean is too small for a float: 0, while the logarithm beside it is finite.

    The logarithm is -inf where a variance is 0 indeed, as after tied points.
    """
    names = result.plan.columns
    if names[column] not in ("trace", "deviation") or result.mean[row, column] != 0:
        return False
    return any(
        math.isfinite(result.mean[row, place])
        for place, name in enumerate(names)
        if name.startswith("log_")
    )


def csv_text(result: Result) -> str:
    """Return all recorded generations as comma-separated values, shortest exact decimals.

    A mean that is infinite and a standard error that does not exist are empty cells.
    """
    state = "partial" if result.partial else "complete"
    names = [f"{kind}_{column}" for column in result.plan.columns for kind in ("mean", "error")]
    lines = [",".join(("generation", *names, "replicates", "state"))]
    for row, generation in enumerate(result.generations):
        cells = [
            _cell(values[row, column])
            for column in range(len(result.plan.columns))
            for values in (result.mean, result.error)
        ]
        lines.append(",".join((str(generation), *cells, str(result.replicates), state)))
    return "\n".join(lines) + "\n"


def _cell(value: float) -> str:
    return repr(float(value)) if math.isfinite(value) else ""


def json_record(result: Result) -> dict[str, Any]:
    """Return the result as JSON values: what was asked, what was done, rows, digest."""
    from importlib.metadata import version

    import numerics

    plan = result.plan
    rows = []
    for row, generation in enumerate(result.generations):
        entry: dict[str, Any] = {"generation": generation}
        for column, name in enumerate(plan.columns):
            mean, error = float(result.mean[row, column]), float(result.error[row, column])
            entry[name] = {
                "mean": mean if math.isfinite(mean) else None,
                "error": error if math.isfinite(error) else None,
            }
        rows.append(entry)
    return {
        "software": {"modelcollapse": version("modelcollapse"), "numpy": np.__version__},
        "kernels": numerics.source_digest(),
        "model": plan.model,
        **plan.options,
        "notes": list(plan.notes),
        "replicates": result.replicates,
        "replicates_asked": plan.replicates,
        "partial": result.partial,
        "digest": result.digest,
        "rows": rows,
        **_schedule(result),
        **_histogram(result),
    }


def _schedule(result: Result) -> dict[str, Any]:
    """Return the samples of every generation, of which the header may show the ends alone."""
    samples = result.plan.work.samples
    return {} if isinstance(samples, int) else {"schedule": list(samples)}


def _histogram(result: Result) -> dict[str, Any]:
    """Return the histogram as JSON values, if one was asked for."""
    work = result.plan.work
    if isinstance(work, RefittingText):
        return histograms(work, result.histogram)
    bins = work.bins
    if bins is None or not result.histogram:
        return {}
    below, *inside, above = result.histogram
    values = {"column": bins.column, "generation": result.generations[-1]}
    values |= {"edges": bins.edges().tolist(), "below": below, "counts": inside, "above": above}
    return {"histogram": values}
