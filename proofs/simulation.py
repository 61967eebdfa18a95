"""`collapse simulate`: many runs of one model, folded block by block into means.

Each block of replicates is reduced to sums as soon as it is done, so memory does not grow with
the number of replicates. Blocks are a function of the options alone and are added in their order,
so every figure and the digest are the same whatever did the work.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from numerics import (
    campaign,
    discrete_workflows,
    gaussian,
    gaussian_workflows,
    measured,
    streams,
)
from numerics.arguments import MOST_SAMPLES
from numerics.checkpoint import Checkpoint
from numerics.executors import Team, is_loss
from numerics.gaussian import Estimator
from numerics.measured import (
    Refitting,
    Resampling,
    TrainingCategories,
    TrainingGaussian,
    columns_of,
)
from numerics.start import Start
from numerics.summary import Bins, Summary, running, standard_error
from numerics.workflow import REPLACE, Workflow
from proofs.inputs import STANDARDISED, Categories, Sample
from proofs.training import Samples, described, shown_samples
from proofs.work import Work
from theory.errors import DomainError

Floats = npt.NDArray[np.float64]

#: Generations recorded at most, and rows of the printed table at most.
RECORDED = 200
PRINTED = 20
MOST_GENERATIONS = 10**9
MOST_CATEGORIES = 10**7
MOST_DIMENSIONS = 1000
#: A block draws about so many points at most, so that an interrupt finds it done soon,
#: and holds so many recorded numbers at most.
BLOCK_POINTS = 20_000_000
BLOCK_NUMBERS = 2_000_000
#: A mean of which one run carries more than this share is marked.
LARGEST_SHARE = 0.05


@dataclass(frozen=True)
class Plan:
    """What is simulated: column names, values at generation 0, and the work on a block.

    origin: SHA-256 of the starting law and of a schedule, bit for bit.
    heavy: places of the columns whose mean rare runs may carry.
    """

    model: str
    options: Mapping[str, str | int]
    notes: tuple[str, ...]
    columns: tuple[str, ...]
    start: tuple[float, ...]
    origin: str
    heavy: tuple[int, ...]
    record: tuple[int, ...]
    replicates: int
    block: int
    work: Work = field(repr=False)

    def asked(self) -> dict[str, str | int]:
        """Return everything that a block depends on, the software aside."""
        options: dict[str, str | int] = {"model": self.model, **self.options}
        bins = self.work.bins
        options |= {"law": self.origin, "block": self.block}
        return options if bins is None else options | {"histogram": shown(bins)}


@dataclass(frozen=True)
class Result:
    """Means over the replicates done; row 0 is the start."""

    plan: Plan
    replicates: int
    generations: tuple[int, ...]
    mean: Floats  # (rows, columns)
    error: Floats  # (rows, columns), standard error; nan where there is none
    share: Floats  # (rows, columns), part of the mean that the largest run carries
    histogram: tuple[int, ...]  # below, bins, above; empty where none was asked for
    digest: str
    reason: str = ""  # why replicates are missing

    @property
    def partial(self) -> bool:
        """Return whether replicates are missing."""
        return self.replicates < self.plan.replicates

    def printed(self) -> list[int]:
        """Return the places of about twenty generations, evenly spaced in their logarithm."""
        last = self.plan.record[-1] if self.plan.record else 0
        wanted = {0, *log_spaced(last, PRINTED)}
        return [at for at, generation in enumerate(self.generations) if generation in wanted]

    def crowded(self, row: int) -> bool:
        """Return whether one run alone carries a visible part of a mean in this row."""
        return any(self.share[row, column] > LARGEST_SHARE for column in self.plan.heavy)


def log_spaced(last: int, count: int) -> tuple[int, ...]:
    """Return at most `count` integers from 1 to `last`, about evenly spaced in their logarithm.

    >>> log_spaced(1000, 4)
    (1, 10, 100, 1000)
    """
    if last < 1:
        return ()
    steps = max(min(count, last) - 1, 1)
    return tuple(sorted({round(last ** (step / steps)) for step in range(steps + 1)}))


def recorded(generations: int) -> tuple[int, ...]:
    """Return the generations to record: all of them, or some two hundred log-spaced ones."""
    if generations <= RECORDED:
        return tuple(range(1, generations + 1))
    wanted = {*log_spaced(generations, RECORDED), *log_spaced(generations, PRINTED)}
    return tuple(sorted(wanted))


# ---------------------------------------------------------------------- models


def plan_discrete(
    samples: Samples,
    generations: int,
    replicates: int,
    key: str,
    start: Categories | int,
    bins: Bins | None = None,
    workflow: Workflow = REPLACE,
) -> Plan:
    """Return the plan of training categories; DomainError outside the domains.

    samples: 1..10^9, or a schedule, one number a generation. generations: 0..10^9. replicates: at
    least 1. key: any text. start: counts, or a number 2..10^7 of equally likely categories. bins:
    histogram to make. workflow: what a generation is trained on.
    """
    check_sizes("discrete", samples, generations, replicates, least=1)
    notes: tuple[str, ...] = ()
    if isinstance(start, int):
        check_inside("discrete", "categories", start, 2, MOST_CATEGORIES)
        law, diversity = np.full(start, 1 / start), 1 - 1 / start
        origin = f"{start:,} equally likely categories"
    else:
        law = np.array([count / start.total for count in start.counts])
        diversity, origin = float(start.diversity()), start.source
        notes = (*start.notes, f"SHA-256 of the file {start.digest}")
    record = recorded(generations)
    stream = streams.derive_key("simulate", "discrete", key)
    points, columns = points_of(samples, generations), measured.DISCRETE
    work: Work = Resampling(law, samples, record, stream, bins)
    if workflow != REPLACE:
        with as_domain_error("discrete"):
            discrete_workflows.checked_sizes(samples, max(generations, 1), workflow)
        points, columns = max(points, law.size * generations), columns_of("discrete", workflow)
        work = TrainingCategories(law, samples, record, stream, workflow, bins)
    first = {"survivors": float(law.size), "diversity": diversity, "pool_diversity": diversity}
    return Plan(
        "discrete",
        shown_options(samples, generations, workflow) | {"key": key, "start": origin},
        notes,
        with_column("discrete", columns, bins),
        tuple(first.get(column, 0.0) for column in columns),
        origin_of(samples, law),
        (),
        record,
        replicates,
        block_size(points, len(columns) * len(record)),
        work,
    )


def plan_gaussian(
    samples: Samples,
    generations: int,
    replicates: int,
    key: str,
    start: Sample | int,
    estimator: str = "unbiased",
    bins: Bins | None = None,
    workflow: Workflow = REPLACE,
) -> Plan:
    """Return the plan of refitting a Gaussian; DomainError outside the domains.

    samples: 2..10^9, or 1..10^9 for `mle`, or a schedule. start: a sample, whose columns are
    standardised, or the number 1..1000 of dimensions of a standard normal; one column or dimension
    for any workflow but plain replacement. The others as in `plan_discrete`.
    """
    by: Estimator = "mle" if estimator == "mle" else "unbiased"
    if by != estimator:
        raise DomainError(f"simulate gaussian: estimator = {estimator} is not unbiased or mle")
    lost = gaussian.lost_freedom(by)
    check_sizes(
        "gaussian", samples, generations, replicates, 1 if workflow != REPLACE else 1 + lost
    )
    d = start if isinstance(start, int) else len(start.names)
    check_inside("gaussian", "dimensions", d, 1, MOST_DIMENSIONS)
    if d > 1 and workflow != REPLACE:
        raise DomainError(f"simulate gaussian: dimensions = {d} lies outside 1 under a workflow")
    law, origin, notes = _gaussian_start(start)
    record = recorded(generations)
    stream = streams.derive_key("simulate", "gaussian", key)
    columns = measured.LINE if d == 1 else measured.SPACE
    work: Work = Refitting(law, samples, record, stream, by, bins)
    if workflow != REPLACE:
        with as_domain_error("gaussian"):
            gaussian_workflows.checked_sizes(samples, max(generations, 1), workflow, lost)
        columns = columns_of("gaussian", workflow)
        work = TrainingGaussian(law, samples, record, stream, workflow, by, bins)
    options = shown_options(samples, generations, workflow)
    first = (0.0, float(d), math.sqrt(d), float(np.linalg.slogdet(law.covariance)[1]), 1.0)
    return Plan(
        "gaussian",
        options | {"estimator": estimator, "key": key, "start": origin},
        notes,
        with_column("gaussian", columns, bins),
        first[: len(columns)],
        origin_of(samples, law.rows, law.location, law.root),
        tuple(place for place, name in enumerate(columns) if not name.startswith("log_")),
        record,
        replicates,
        block_size(points_of(samples, generations) * d, (d * d + d + 1) * len(record)),
        work,
    )


def _gaussian_start(start: Sample | int) -> tuple[Start, str, tuple[str, ...]]:
    """Return the real law of a Gaussian run, what it is called, and notes on it."""
    if isinstance(start, int):
        law = Start.named("normal", np.zeros(start))
        return law, f"standard normal, dimensions = {start}", ()
    notes = (*start.notes, STANDARDISED, f"SHA-256 of the file {start.digest}")
    return Start.sample(start.standardised()), start.source, notes


def shown_options(samples: Samples, generations: int, workflow: Workflow) -> dict[str, str | int]:
    """Return the options that both models have, for the header."""
    sizes: dict[str, str | int] = {"samples": shown_samples(samples), "generations": generations}
    return sizes | described(workflow)


def origin_of(samples: Samples, *law: Floats) -> str:
    """Return the SHA-256 of a law, with the schedule, which the options show in part."""
    return campaign.digest([*law] if isinstance(samples, int) else [*law, np.array(samples)])


def points_of(samples: Samples, generations: int) -> int:
    """Return the points that one replicate draws."""
    return samples * generations if isinstance(samples, int) else sum(samples)


@contextlib.contextmanager
def as_domain_error(model: str) -> Iterator[None]:
    """Name the command in what a kernel refuses."""
    try:
        yield
    except ValueError as error:
        raise DomainError(f"simulate {model}: {error}") from None


def shown(bins: Bins) -> str:
    """Return a histogram as it is asked for on the command line."""
    return f"{bins.column}:{bins.low!r}:{bins.high!r}:{bins.number}"


def with_column(model: str, columns: tuple[str, ...], bins: Bins | None) -> tuple[str, ...]:
    """Return the columns; DomainError if the histogram is of another one."""
    if bins is not None and bins.column not in columns:
        raise DomainError(
            f"simulate {model}: no column {bins.column} (columns are {', '.join(columns)})"
        )
    return columns


def block_size(points: int, numbers: int) -> int:
    """Return the replicates in a block, given the points and the numbers of one replicate."""
    fits = min(BLOCK_POINTS // max(points, 1), BLOCK_NUMBERS // max(numbers, 1))
    return max(1, min(campaign.BLOCK, fits))


def check_sizes(
    model: str, samples: Samples, generations: int, replicates: int, least: int
) -> None:
    """Refuse sizes outside the domain; `least` is the smallest number of samples."""
    for size in (samples,) if isinstance(samples, int) else samples:
        check_inside(model, "samples", size, least, MOST_SAMPLES)
    check_inside(model, "generations", generations, 0, MOST_GENERATIONS)
    check_inside(model, "replicates", replicates, 1, 2**62)


def check_inside(model: str, name: str, value: int, low: int, high: int) -> None:
    """Refuse a number outside low .. high; DomainError names it."""
    if not low <= value <= high:
        raise DomainError(f"simulate {model}: {name} = {value} lies outside {low} .. {high}")


# --------------------------------------------------------------------- running


def simulate(
    plan: Plan,
    threads: int | None = None,
    progress: Callable[[int, int], object] | None = None,
    team: Team | None = None,
    checkpoint: Checkpoint | None = None,
    kept: Summary | None = None,
    interrupted: Callable[[], object] | None = None,
) -> Result | None:
    """Return the means of a plan; of the blocks finished before an interrupt; None for no block.

    threads: at least 1; one a processor without it. progress: called with the replicates done and
    asked for. team: does the work in place of threads. checkpoint: where finished blocks are kept;
    kept: those of them to go on from. interrupted: called at a first interrupt, which then waits
    for the blocks at work. DomainError outside, and where a worker has other software.
    """
    if threads is not None and threads < 1:
        raise DomainError(f"simulate {plan.model}: threads = {threads} lies outside threads >= 1")
    sums, reason = kept, ""
    try:
        for sums in running(_parts(plan, threads, progress, team, kept, interrupted), kept):
            if checkpoint is not None:
                checkpoint.offer(sums)
    except KeyboardInterrupt:
        reason = "interrupted"
    except campaign.DifferentSoftware as error:
        raise DomainError(f"simulate {plan.model}: {error}") from None
    except Exception as error:
        if not is_loss(error):
            raise
        reason = f"workers were lost ({type(error).__name__})"
    if sums is None:
        return None if plan.record else _result(plan, None, reason)
    if checkpoint is not None:
        checkpoint.save(sums)
    return _result(plan, sums, reason)


def _parts(
    plan: Plan,
    threads: int | None,
    progress: Callable[[int, int], object] | None,
    team: Team | None,
    kept: Summary | None,
    interrupted: Callable[[], object] | None,
) -> Iterator[Summary]:
    """Return the sums of the blocks that are still missing, in their order."""
    first = 0 if kept is None else kept.replicates
    if not plan.record or first == plan.replicates:
        return iter(())
    if progress is not None and first:
        progress(first, plan.replicates)
    return campaign.run(
        plan.work,
        plan.replicates,
        block=plan.block,
        first=first,
        workers=threads if team is None else team.workers,
        executor=None if team is None else team.executor,
        progress=progress,
        interrupted=interrupted,
    )


def _result(plan: Plan, sums: Summary | None, reason: str) -> Result:
    """Return means, standard errors and shares of the largest run, the start as row 0."""
    shape = (len(plan.record) + 1, len(plan.columns))
    mean, error, share = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    mean[0] = plan.start
    generations = (0, *plan.record)
    if sums is None:
        digest = campaign.digest(())
        return Result(plan, plan.replicates, generations, mean, error, share, (), digest)
    done = sums.replicates
    for column, scale in enumerate(plan.work.scales()):
        mean[1:, column] = [total / (done * scale) for total in sums.total[column]]
    error[1:] = standard_error(sums).T
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        share[1:] = np.nan_to_num(sums.largest.T / (done * mean[1:]), nan=0.0)
    histogram = tuple(sums.histogram.tolist())
    return Result(plan, done, generations, mean, error, share, histogram, sums.digest, reason)
