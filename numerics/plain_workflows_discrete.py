"""Categories under any workflow again, slow and plain: a second opinion on the kernel.

`by_words` draws from the kernel's streams and must equal it replicate by replicate. `by_generator`
draws from NumPy's generator, shares nothing with the kernel and must agree with it in law.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.discrete_workflows import WorkflowRun
from numerics.plain import schedule
from numerics.streams import Stream, index_below, new_stream
from numerics.variates import binomial, multinomial
from numerics.workflow import Workflow

__all__ = ["by_generator", "by_words"]

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


class _Chance(Protocol):
    """What chance decides."""

    def draw(self, count: int, weights: Floats) -> Counts:
        """Counts of points drawn from weights."""

    def take(self, count: int, pool: Counts) -> Counts:
        """Counts of points taken from a pool without replacement."""

    def toss(self, count: int, chance: float) -> int:
        """Successes."""


@dataclass
class _Words:
    """The kernel's words, in the kernel's order."""

    stream: Stream

    def draw(self, count: int, weights: Floats) -> Counts:
        out = np.zeros(weights.size, np.int64)
        multinomial(self.stream, count, weights, out)
        return out

    def take(self, count: int, pool: Counts) -> Counts:
        owner = np.repeat(np.arange(pool.size), pool)
        rank = np.concatenate([np.arange(held) for held in pool])
        out = np.zeros_like(pool)
        while out.sum() < min(count, owner.size - count):
            point = index_below(self.stream, owner.size)
            out[owner[point]] += rank[point] >= out[owner[point]]
        return out if 2 * count <= owner.size else pool - out

    def toss(self, count: int, chance: float) -> int:
        return binomial(self.stream, count, chance)


@dataclass
class _Generated:
    """NumPy's own variates."""

    generator: np.random.Generator

    def draw(self, count: int, weights: Floats) -> Counts:
        return self.generator.multinomial(count, weights / weights.sum())

    def take(self, count: int, pool: Counts) -> Counts:
        return self.generator.multivariate_hypergeometric(pool, count)

    def toss(self, count: int, chance: float) -> int:
        return int(self.generator.binomial(count, chance))


def _replicate(
    law: Floats, sizes: list[int], workflow: Workflow, points: ArrayLike | None, chance: _Chance
) -> list[tuple[Floats, Counts]]:
    """Model law and pool after 0, 1, ..., n rounds."""
    pool = np.zeros(law.size, np.int64)
    if workflow.real:
        pool = chance.draw(workflow.real, law) if points is None else np.array(points)
    weights = pool.astype(float) if workflow.real else law
    toward = np.array(workflow.toward or np.full(law.size, 1 / law.size), float)
    path = [(weights / sum(weights), pool)]
    for size in sizes:
        real = workflow.fresh + chance.toss(size - workflow.fresh, float(workflow.fresh_share))
        batch = chance.draw(size - real, weights) + chance.draw(real, law)
        counts = pool + batch
        if workflow.keep != "replace":
            pool = counts
        if workflow.keep == "subsample" and workflow.replacement:
            counts = chance.draw(size, pool.astype(float))
        elif workflow.keep == "subsample":
            counts = chance.take(size, pool)
        fit = counts + float(workflow.smoothing) * toward
        if workflow.alpha == 1:
            weights = fit
        else:
            kept = float(workflow.beta) * (weights / sum(weights)) + float(workflow.gamma) * law
            weights = float(workflow.alpha) * (fit / sum(fit)) + kept
        path.append((weights / sum(weights), pool))
    return path


def _absorbed(law: Floats, workflow: Workflow, model: Floats, pool: Counts) -> bool:
    """Whether one category alone can ever occur again."""
    possible = (model > 0) | (pool > 0)
    if workflow.fresh or workflow.fresh_share or workflow.gamma:
        possible |= law > 0
    if workflow.smoothing:
        possible |= np.array(workflow.toward or np.ones(law.size), float) > 0
    return bool(possible.sum() == 1)


def _described(
    law: Floats, workflow: Workflow, paths: list[list[tuple[Floats, Counts]]],
    record: tuple[int, ...], tracked: int,
) -> WorkflowRun:  # fmt: skip
    """WorkflowRun of the laws and pools of every replicate."""
    rows = [path[generation] for path in paths for generation in record]
    model, pool = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    with np.errstate(invalid="ignore"):
        share = pool / pool.sum(axis=1, keepdims=True)
    shape = (len(paths), len(record))
    absorbed = [_absorbed(law, workflow, *row) for row in rows]
    return WorkflowRun(
        (model**2).sum(axis=1).reshape(shape),
        (share**2).sum(axis=1).reshape(shape),
        ((model - law) ** 2).sum(axis=1).reshape(shape),
        model[:, tracked].reshape(shape),
        (model > 0).sum(axis=1).reshape(shape),
        np.array(absorbed, np.int64).reshape(shape),
    )


def by_words(
    start: ArrayLike, samples: int | ArrayLike, record: tuple[int, ...],
    key: int, first: int, last: int, workflow: Workflow, tracked: int = 0,
    points: ArrayLike | None = None,
) -> WorkflowRun:  # fmt: skip
    """WorkflowRun that equals that of `discrete_workflows.simulate`, sums to rounding."""
    law = np.asarray(start, float) / math.fsum(np.asarray(start, float))
    sizes = schedule(samples, record, least=1)
    paths = [
        _replicate(law, sizes, workflow, points, _Words(new_stream(key, replicate)))
        for replicate in range(first, last)
    ]
    return _described(law, workflow, paths, record, tracked)


def by_generator(
    start: ArrayLike, samples: int | ArrayLike, record: tuple[int, ...],
    generator: np.random.Generator, replicates: int, workflow: Workflow, tracked: int = 0,
) -> WorkflowRun:  # fmt: skip
    """WorkflowRun with the law of `discrete_workflows.simulate`."""
    law = np.asarray(start, float)
    sizes, chance = schedule(samples, record, least=1), _Generated(generator)
    paths = [_replicate(law, sizes, workflow, None, chance) for _ in range(replicates)]
    return _described(law, workflow, paths, record, tracked)
