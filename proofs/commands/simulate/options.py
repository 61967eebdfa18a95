"""Groups of options that simulated models share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from numerics.summary import Bins
    from numerics.workflow import Workflow
    from proofs.training import Samples


Blend = Annotated[
    str | None,
    typer.Option(help="ALPHA,BETA,GAMMA: weights of the fit, the law before, the real law."),
]


@dataclass(frozen=True)
class Runs:
    """How many runs, how long, and from which random streams."""

    generations: Annotated[
        int | None, typer.Option(help="Generations n; without it, the listed ones or 100.")
    ] = None
    replicates: Annotated[int, typer.Option(help="Independent runs R.")] = 1000
    key: Annotated[str, typer.Option(help="Run key of the random streams.")] = "collapse"


@dataclass(frozen=True)
class Training:
    """What a generation is trained on."""

    samples: Annotated[
        str, typer.Option(help="Samples M per generation; or 10,20,40; or 100*i^2, i = 1, 2, ...")
    ] = "100"
    workflow: Annotated[
        str, typer.Option(help="What becomes of earlier batches: replace, accumulate or subsample.")
    ] = "replace"
    without_replacement: Annotated[
        bool, typer.Option("--without-replacement", help="subsample: points are taken once.")
    ] = False
    real: Annotated[int, typer.Option(help="Real points from the start, kept for ever.")] = 0
    fresh: Annotated[int, typer.Option(help="Fresh real points in each batch.")] = 0
    fresh_share: Annotated[
        str, typer.Option(help="Chance, 0.1 or 1/10, that any other point of a batch is real.")
    ] = "0"

    def read(
        self, runs: Runs, smoothing: str = "0", blend: str | None = None
    ) -> tuple[Samples, int, Workflow]:
        """Return the sizes of the batches, the number of generations and the workflow."""
        from proofs.training import read_number, read_samples, read_workflow

        samples, generations = read_samples(self.samples, runs.generations)
        share = read_number("--fresh-share", self.fresh_share)
        pseudo = read_number("--smoothing", smoothing)
        workflow = read_workflow(
            self.workflow, self.without_replacement, self.real, self.fresh, share, blend, pseudo,
        )  # fmt: skip
        return samples, generations, workflow


@dataclass(frozen=True)
class PlainWork:
    """Who works, what is kept of an unfinished run, and what is written."""

    threads: Annotated[int | None, typer.Option(help="Threads; all cores without it.")] = None
    workers: Annotated[int | None, typer.Option(help="Processes, in place of threads.")] = None
    dask: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler, such as tcp://host:8786.")
    ] = None
    checkpoint: Annotated[
        str | None,
        typer.Option(
            help="File that keeps finished blocks; the same command goes on from it, "
            "also with more replicates."
        ),
    ] = None
    resume: Annotated[
        bool, typer.Option("--resume", help="There must be finished blocks to go on from.")
    ] = False
    csv: Annotated[
        str | None,
        typer.Option(help="Write every recorded generation to a file, - for stdout."),
    ] = None
    json: Annotated[str | None, typer.Option(help="Write the record to a file, - for stdout.")] = (
        None
    )

    def check(self) -> None:
        """Refuse two ways to work at once, no workers, and targets that cannot be written."""
        from proofs.output import check_targets
        from theory.errors import DomainError

        check_targets({"--csv": self.csv, "--json": self.json, "--checkpoint": self.checkpoint})
        asked = {"--threads": self.threads, "--workers": self.workers, "--dask": self.dask}
        given = [f"{option} {value}" for option, value in asked.items() if value is not None]
        if len(given) > 1:
            raise DomainError(f"{given[0]} excludes {given[1]}")
        if self.workers is not None and self.workers < 1:
            raise DomainError(f"--workers {self.workers} lies outside workers >= 1")


@dataclass(frozen=True)
class Work(PlainWork):
    """The same, and a histogram of one column."""

    histogram: Annotated[
        str | None,
        typer.Option(help="COLUMN:LOW:HIGH:BINS at the last generation, for --json."),
    ] = None

    def bins(self) -> Bins | None:
        """Return the histogram that COLUMN:LOW:HIGH:BINS asks for, if any."""
        import math

        from numerics.summary import Bins
        from theory.errors import DomainError

        text = self.histogram
        if text is None:
            return None
        try:
            column, low, high, number = text.split(":")
            bins = Bins(column, float(low), float(high), int(number))
        except ValueError:
            raise DomainError(f"--histogram {text} is not COLUMN:LOW:HIGH:BINS") from None
        if not (math.isfinite(bins.high - bins.low) and bins.low < bins.high):
            raise DomainError(f"--histogram {text}: LOW and HIGH lie outside LOW < HIGH")
        if not 1 <= bins.number <= 10**6:
            raise DomainError(f"--histogram {text}: BINS lies outside 1 .. 1000000")
        if self.json is None:
            raise DomainError(f"--histogram {text} is written with --json, which is not given")
        return bins
