"""A Gaussian under any workflow again, slow and plain: a second opinion on the kernel.

Every point is one number of as many bits as wanted, and every set of points a list; words are drawn
from the kernel's streams in the same order, so that the kernel must agree to its own rounding.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import arb, ctx
from numpy.typing import ArrayLike

from numerics.gaussian import Estimator, lost_freedom
from numerics.gaussian_workflows import WorkflowRun
from numerics.plain import points_by_words, schedule
from numerics.start import Start
from numerics.streams import Stream, index_below, new_stream, uniform
from numerics.variates import normal
from numerics.workflow import Workflow

__all__ = ["by_words"]

Number = Any  # of python-flint
Fit = tuple[Number, Number] | None  # mean and variance; None is the real law


def _real(stream: Stream, start: Start) -> Number:
    """A point of the real law."""
    xi = arb(points_by_words(stream, start, 1).item())
    return start.location.item() + start.root.item() * xi


def _synthetic(stream: Stream, start: Start, fits: list[Fit], workflow: Workflow) -> Number:
    """A point of the law that the last round ended with; the first fit is the law at the start."""
    chosen = len(fits) - 1
    blends = workflow.beta > 0 or workflow.gamma > 0
    while chosen > 0 and blends:
        u = uniform(stream)
        if u >= 1 - workflow.gamma:
            return _real(stream, start)
        if u >= workflow.beta:
            break
        chosen -= 1
    fit = fits[chosen]
    if fit is None:
        return _real(stream, start)
    # The kernel counts in units of the root, so that a normal point has its sign.
    return fit[0] + math.copysign(1.0, start.root.item()) * fit[1].sqrt() * normal(stream)


def _batch(
    stream: Stream, start: Start, fits: list[Fit], workflow: Workflow, size: int
) -> list[Number]:
    """Points of one round."""
    batch = []
    for k in range(size):
        real = k < workflow.fresh
        if not real and workflow.fresh_share > 0:
            real = uniform(stream) < workflow.fresh_share
        batch.append(_real(stream, start) if real else _synthetic(stream, start, fits, workflow))
    return batch


def _taken(stream: Stream, pool: list[Number], size: int, replacement: bool) -> list[Number]:
    """Points of the pool; without replacement the pool is put into another order."""
    if replacement:
        return [pool[index_below(stream, len(pool))] for _ in range(size)]
    for k in range(size):
        place = k + index_below(stream, len(pool) - k)
        pool[k], pool[place] = pool[place], pool[k]
    return pool[:size]


def _fit(points: Sequence[Number], lost: int) -> tuple[Number, Number]:
    """Mean and variance, with divisor M - lost."""
    mean = sum(points, arb(0)) / len(points)
    variance = sum(((x - mean) ** 2 for x in points), arb(0)) / (len(points) - lost)
    # What rounding leaves of tied points is a ball that contains 0.
    return mean.mid(), variance.mid() if variance > 0 else arb(0)


def _described(fit: tuple[Number, Number], pool: list[Number]) -> tuple[float, ...]:
    """What a run has at one place."""
    kept = _fit(pool, 0) if pool else (math.nan, math.nan)
    logarithm = fit[1].log() if fit[1] > 0 else -math.inf
    return tuple(float(x) for x in (*fit, logarithm, *kept))


def by_words(
    start: Start, samples: int | ArrayLike, record: tuple[int, ...],
    key: int, first: int, last: int, workflow: Workflow, estimator: Estimator = "unbiased",
    points: ArrayLike | None = None, bits: int = 200,
) -> WorkflowRun:  # fmt: skip
    """WorkflowRun that equals that of `gaussian_workflows.simulate` to the latter's rounding.

    Parameters: as there; bits of each number, which must hold the narrowest spread beside the mean.
    """
    lost = lost_freedom(estimator)
    path = []
    with ctx.workprec(bits):
        for replicate in range(first, last):
            stream = new_stream(key, replicate)
            if points is None:
                pool = [_real(stream, start) for _ in range(workflow.real)]
            else:
                pool = [arb(x) for x in np.asarray(points, float).tolist()]
            fits: list[Fit] = [_fit(pool, lost) if pool else None]
            for i, size in enumerate(schedule(samples, record, least=1)):
                training = pool + _batch(stream, start, fits, workflow, size)
                if workflow.keep != "replace":
                    pool = training
                if workflow.keep == "subsample":
                    training = _taken(stream, pool, size, workflow.replacement)
                fits.append(_fit(training, lost))
                if i + 1 in record:
                    path.append(_described(_fit(training, lost), pool))
    columns = np.array(path).reshape(last - first, len(record), 5)
    return WorkflowRun(*np.moveaxis(columns, 2, 0))
