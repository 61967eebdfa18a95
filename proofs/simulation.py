"""`collapse simulate`: many runs of one model, folded block by block into means.

Each block of replicates is reduced to sums as soon as it is done, so memory does not grow with
the number of replicates. Blocks are a function of the options alone and are added in their order,
so every figure and the digest are the same whatever did the work.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from numerics import campaign, discrete, gaussian, streams
from numerics.arguments import MOST_SAMPLES
from numerics.start import Start
from proofs.inputs import STANDARDISED, Categories, Sample
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


class Block(NamedTuple):
    """Sums over one block of replicates, each (columns, generations)."""

    replicates: int
    total: npt.NDArray[Any]  # integers of any size, or floats
    square: Floats  # of the scaled values
    largest: Floats  # of the scaled values
    digest: str  # of every number that the kernel returned


@dataclass(frozen=True)
class Plan:
    """What is simulated: column names, values at generation 0, and the work on a block.

    scale: each column's totals are divided by its entry (and by the replicates) to give means.
    heavy: places of the columns whose mean rare runs may carry.
    """

    model: str
    options: Mapping[str, str | int]
    notes: tuple[str, ...]
    columns: tuple[str, ...]
    start: tuple[float, ...]
    scale: tuple[int, ...]
    heavy: tuple[int, ...]
    record: tuple[int, ...]
    replicates: int
    block: int
    work: Callable[[int, int], Block] = field(repr=False)


@dataclass(frozen=True)
class Result:
    """Means over the replicates done; row 0 is the start."""

    plan: Plan
    replicates: int
    generations: tuple[int, ...]
    mean: Floats  # (rows, columns)
    error: Floats  # (rows, columns), standard error; nan where there is none
    share: Floats  # (rows, columns), part of the mean that the largest run carries
    digest: str

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
    samples: int, generations: int, replicates: int, key: str, start: Categories | int
) -> Plan:
    """Return the plan of resampling categories.

    samples: 1..10^9. generations: 0..10^9. replicates: at least 1. key: any text. start: counts,
    or a number 2..10^7 of equally likely categories. DomainError outside.
    """
    _check("discrete", samples, generations, replicates, least=1)
    notes: tuple[str, ...] = ()
    if isinstance(start, int):
        _inside("discrete", "categories", start, 2, MOST_CATEGORIES)
        law, diversity = np.full(start, 1 / start), 1 - 1 / start
        origin = f"{start:,} equally likely categories"
    else:
        law = np.array([count / start.total for count in start.counts])
        diversity, origin = float(start.diversity()), start.source
        notes = (*start.notes, f"SHA-256 of the file {start.digest}")
    record = recorded(generations)
    stream = streams.derive_key("simulate", "discrete", key)
    return Plan(
        "discrete",
        {"samples": samples, "generations": generations, "key": key, "start": origin},
        notes,
        ("diversity", "survivors", "absorbed"),
        (diversity, float(law.size), 0.0),
        (samples**2, 1, 1),
        (),
        record,
        replicates,
        _block(replicates, samples * generations, 3 * len(record)),
        lambda first, last: _resampled(law, samples, record, stream, first, last),
    )


def _resampled(
    law: Floats, samples: int, record: tuple[int, ...], key: int, first: int, last: int
) -> Block:
    """Return a block's sums of M^2 - sum of squared counts, survivors, and runs absorbed."""
    run = discrete.simulate(law, samples, record, key, first, last)
    gone = run.absorbed_at[:, np.newaxis]
    absorbed = ((gone >= 0) & (gone <= np.array(record))).astype(np.int64)
    whole = (samples**2 - run.pairs, run.survivors, absorbed)
    scaled = (whole[0] / samples**2, run.survivors.astype(float), absorbed.astype(float))
    return Block(
        last - first,
        np.array([_exact_sum(column) for column in whole]),
        np.array([(column**2).sum(axis=0) for column in scaled]),
        np.array([column.max(axis=0) for column in scaled]),
        campaign.digest(run),
    )


def plan_gaussian(
    samples: int,
    generations: int,
    replicates: int,
    key: str,
    start: Sample | int,
    estimator: str = "unbiased",
) -> Plan:
    """Return the plan of refitting a Gaussian.

    samples: 2..10^9, or 1..10^9 for `mle`. start: a sample, whose columns are standardised, or
    the number 1..1000 of dimensions of a standard normal. The others as in `plan_discrete`.
    DomainError outside.
    """
    if estimator not in ("unbiased", "mle"):
        raise DomainError(f"simulate gaussian: estimator = {estimator} is not unbiased or mle")
    _check("gaussian", samples, generations, replicates, 1 if estimator == "mle" else 2)
    d = start if isinstance(start, int) else len(start.names)
    _inside("gaussian", "dimensions", d, 1, MOST_DIMENSIONS)
    notes: tuple[str, ...] = ()
    if isinstance(start, int):
        law, origin = Start.named("normal", np.zeros(d)), f"standard normal, dimensions = {d}"
    else:
        law, origin = Start.sample(start.standardised()), start.source
        notes = (*start.notes, STANDARDISED, f"SHA-256 of the file {start.digest}")
    record = recorded(generations)
    stream = streams.derive_key("simulate", "gaussian", key)
    options: dict[str, str | int] = {"samples": samples, "generations": generations}
    return Plan(
        "gaussian",
        options | {"estimator": estimator, "key": key, "start": origin},
        notes,
        ("drift", "trace", "deviation", "log_variance" if d == 1 else "log_determinant"),
        (0.0, float(d), math.sqrt(d), float(np.linalg.slogdet(law.covariance)[1])),
        (1, 1, 1, 1),
        (0, 1, 2),
        record,
        replicates,
        _block(replicates, samples * generations * d, (d * d + d + 1) * len(record)),
        lambda first, last: _refitted(law, samples, record, stream, first, last, estimator),
    )


def _refitted(
    law: Start, samples: int, record: tuple[int, ...], key: int, first: int, last: int, by: str
) -> Block:
    """Return a block's sums of squared drift, trace, its root, and log variance."""
    fitted = _fitted_line if law.dimensions == 1 else _fitted_space
    columns, digest = fitted(law, samples, record, key, first, last, by)
    with np.errstate(over="ignore", invalid="ignore"):
        return Block(
            last - first,
            np.array([column.sum(axis=0) for column in columns]),
            np.array([(column**2).sum(axis=0) for column in columns]),
            np.array([column.max(axis=0) for column in columns]),
            digest,
        )


def _fitted_line(
    law: Start, samples: int, record: tuple[int, ...], key: int, first: int, last: int, by: Any
) -> tuple[Sequence[Floats], str]:
    """Return squared drift, variance, deviation and log variance (R, G), and the run's digest."""
    run = gaussian.simulate(law, samples, record, key, first, last, by)
    columns = ((run.mean - law.mean) ** 2, run.variance, np.sqrt(run.variance), run.log_variance)
    return columns, campaign.digest(run)


def _fitted_space(
    law: Start, samples: int, record: tuple[int, ...], key: int, first: int, last: int, by: Any
) -> tuple[Sequence[Floats], str]:
    """Return squared drift, trace, its root and the log determinant (R, G), and the digest."""
    run = gaussian.simulate_multivariate(law, samples, record, key, first, last, by)
    trace = np.trace(run.covariance, axis1=2, axis2=3)
    drift = ((run.mean - law.mean) ** 2).sum(axis=2)
    return (drift, trace, np.sqrt(trace), run.log_determinant), campaign.digest(run)


def _exact_sum(column: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """Return the sums down a column (R, G) of integers in 0..10^18, as Python integers."""
    high, low = column >> 30, column & (2**30 - 1)
    sums: npt.NDArray[Any] = high.sum(axis=0).astype(object) * 2**30 + low.sum(axis=0)
    return sums


def _block(replicates: int, points: int, numbers: int) -> int:
    """Return the replicates in a block, given the points and the numbers of one replicate."""
    fits = min(BLOCK_POINTS // max(points, 1), BLOCK_NUMBERS // max(numbers, 1))
    return max(1, min(campaign.BLOCK, fits, replicates))


def _check(model: str, samples: int, generations: int, replicates: int, least: int) -> None:
    _inside(model, "samples", samples, least, MOST_SAMPLES)
    _inside(model, "generations", generations, 0, MOST_GENERATIONS)
    _inside(model, "replicates", replicates, 1, 2**62)


def _inside(model: str, name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise DomainError(f"simulate {model}: {name} = {value} lies outside {low} .. {high}")


# --------------------------------------------------------------------- running


def simulate(
    plan: Plan,
    threads: int | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Result | None:
    """Return the means of a plan; of the blocks finished before an interrupt; None for no block.

    threads: at least 1; one a processor without it. progress: called with the replicates done and
    the replicates asked for. DomainError outside.
    """
    if threads is not None and threads < 1:
        raise DomainError(f"simulate {plan.model}: threads = {threads} lies outside threads >= 1")
    sums: Block | None = None
    if plan.record:
        parts = campaign.run(
            plan.work, plan.replicates, block=plan.block, workers=threads, progress=progress
        )
        try:
            for part in parts:
                sums = part if sums is None else _added(sums, part)
        except KeyboardInterrupt:
            if sums is None:
                return None
    return _result(plan, sums)


def _added(sums: Block, part: Block) -> Block:
    """Return the sums over both, with a digest of both digests: one value, never half added."""
    with np.errstate(over="ignore", invalid="ignore"):
        return Block(
            sums.replicates + part.replicates,
            sums.total + part.total,
            sums.square + part.square,
            np.maximum(sums.largest, part.largest),
            hashlib.sha256(f"{sums.digest}{part.digest}".encode()).hexdigest(),
        )


def _result(plan: Plan, sums: Block | None) -> Result:
    """Return means, standard errors and shares of the largest run, the start as row 0."""
    shape = (len(plan.record) + 1, len(plan.columns))
    mean, error, share = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    mean[0] = plan.start
    done = plan.replicates if sums is None else sums.replicates
    digest = campaign.digest(()) if sums is None else sums.digest
    if sums is not None:
        for column, scale in enumerate(plan.scale):
            mean[1:, column] = [total / (done * scale) for total in sums.total[column]]
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            spread = np.maximum(sums.square.T / done - mean[1:] ** 2, 0.0)
            error[1:] = np.sqrt(spread / (done - 1)) if done > 1 else math.nan
            share[1:] = np.nan_to_num(sums.largest.T / (done * mean[1:]), nan=0.0)
    return Result(plan, done, (0, *plan.record), mean, error, share, digest)
