"""Blocks of replicates reduced to sums, by functions that can travel to other processes."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numerics import campaign, discrete, discrete_workflows, gaussian, gaussian_workflows
from numerics.start import Start
from numerics.summary import Bins, Summary, counted, summarise
from numerics.workflow import Workflow

__all__ = [
    "DISCRETE",
    "LINE",
    "SPACE",
    "Refitting",
    "Resampling",
    "TrainingCategories",
    "TrainingGaussian",
    "columns_of",
]

Floats = NDArray[np.float64]
Samples = int | tuple[int, ...]
"""The same number in every generation, or a schedule."""

DISCRETE: tuple[str, ...] = ("diversity", "survivors", "absorbed")
LINE: tuple[str, ...] = ("drift", "trace", "deviation", "log_variance")
SPACE: tuple[str, ...] = ("drift", "trace", "deviation", "log_determinant")
_CATEGORIES = ("diversity", "distance", "survivors", "absorbed")


def columns_of(model: str, workflow: Workflow) -> tuple[str, ...]:
    """Names of what TrainingCategories (discrete) or TrainingGaussian (gaussian) measures."""
    pool = {"discrete": "pool_diversity", "gaussian": "pool_variance"}[model]
    own = {"discrete": _CATEGORIES, "gaussian": LINE}[model]
    return own if workflow.keep == "replace" else (*own, pool)


@dataclass(frozen=True)
class Resampling:
    """Categories resampled; the fields are the arguments of `discrete.simulate`.

    A call with replicates first..last-1 returns the Summary of DISCRETE: the diversity, which is a
    whole number over samples squared unless there is a schedule; the number of survivors; whether
    one category is left.
    """

    law: Floats
    samples: Samples
    record: tuple[int, ...]
    key: int
    bins: Bins | None = None

    def scales(self) -> tuple[int, ...]:
        """What the numbers of each column are divided by."""
        return self.samples**2 if isinstance(self.samples, int) else 1, 1, 1

    def __call__(self, first: int, last: int) -> Summary:
        """Summary of replicates first..last-1."""
        run = discrete.simulate(self.law, self.samples, self.record, self.key, first, last)
        gone = run.absorbed_at[:, np.newaxis]
        absorbed = ((gone >= 0) & (gone <= np.array(self.record))).astype(np.int64)
        if isinstance(self.samples, int):
            diversity: NDArray[Any] = self.samples**2 - run.pairs
        else:
            sizes = np.array(self.samples, np.float64)[np.array(self.record) - 1]
            diversity = 1.0 - run.pairs / sizes**2
        columns = (diversity, run.survivors, absorbed)
        histogram = _histogram(self.bins, DISCRETE, columns, self.scales())
        return summarise(columns, self.scales(), campaign.digest(run), histogram)


@dataclass(frozen=True)
class Refitting:
    """A Gaussian refitted; the fields are the arguments of `gaussian.simulate`.

    A call with replicates first..last-1 returns the Summary of LINE or, in more dimensions, of
    SPACE: squared distance of the mean from the start's, trace of the covariance and its root,
    logarithm of the determinant.
    """

    law: Start
    samples: Samples
    record: tuple[int, ...]
    key: int
    estimator: gaussian.Estimator = "unbiased"
    bins: Bins | None = None

    def scales(self) -> tuple[int, ...]:
        """What the numbers of each column are divided by."""
        return 1, 1, 1, 1

    def __call__(self, first: int, last: int) -> Summary:
        """Summary of replicates first..last-1."""
        line = self.law.dimensions == 1
        columns, digest = (self._line if line else self._space)(first, last)
        histogram = _histogram(self.bins, LINE if line else SPACE, columns, self.scales())
        return summarise(columns, self.scales(), digest, histogram)

    def _line(self, first: int, last: int) -> tuple[Sequence[Floats], str]:
        """The columns LINE (R, G) and the run's digest."""
        run = gaussian.simulate(
            self.law, self.samples, self.record, self.key, first, last, self.estimator
        )
        drift, deviation = (run.mean - self.law.mean) ** 2, np.sqrt(run.variance)
        return (drift, run.variance, deviation, run.log_variance), campaign.digest(run)

    def _space(self, first: int, last: int) -> tuple[Sequence[Floats], str]:
        """The columns SPACE (R, G) and the run's digest."""
        run = gaussian.simulate_multivariate(
            self.law, self.samples, self.record, self.key, first, last, self.estimator
        )
        trace = np.trace(run.covariance, axis1=2, axis2=3)
        drift = ((run.mean - self.law.mean) ** 2).sum(axis=2)
        return (drift, trace, np.sqrt(trace), run.log_determinant), campaign.digest(run)


@dataclass(frozen=True)
class TrainingCategories:
    """Categories under a workflow; the fields are the arguments of `discrete_workflows.simulate`.

    A call with replicates first..last-1 returns the Summary of the columns of `columns_of`: the
    diversity of the model law; its squared distance from the real law; the number of its
    categories; whether one category alone can ever occur again; the diversity of the pool.
    """

    law: Floats
    samples: Samples
    record: tuple[int, ...]
    key: int
    workflow: Workflow
    bins: Bins | None = None

    def scales(self) -> tuple[int, ...]:
        """What the numbers of each column are divided by."""
        return (1,) * len(columns_of("discrete", self.workflow))

    def __call__(self, first: int, last: int) -> Summary:
        """Summary of replicates first..last-1."""
        run = discrete_workflows.simulate(
            self.law, self.samples, self.record, self.key, first, last, self.workflow
        )
        names = columns_of("discrete", self.workflow)
        measured = (1.0 - run.squares, run.distance, run.survivors, run.absorbed)
        columns = (*measured, 1.0 - run.pool_squares)[: len(names)]
        histogram = _histogram(self.bins, names, columns, self.scales())
        return summarise(columns, self.scales(), _digest(self.workflow, run), histogram)


@dataclass(frozen=True)
class TrainingGaussian:
    """A Gaussian under a workflow; the fields are the arguments of `gaussian_workflows.simulate`.

    A call with replicates first..last-1 returns the Summary of the columns of `columns_of`: those
    of LINE, of the newest fit; the variance of the pool.
    """

    law: Start
    samples: Samples
    record: tuple[int, ...]
    key: int
    workflow: Workflow
    estimator: gaussian.Estimator = "unbiased"
    bins: Bins | None = None

    def scales(self) -> tuple[int, ...]:
        """What the numbers of each column are divided by."""
        return (1,) * len(columns_of("gaussian", self.workflow))

    def __call__(self, first: int, last: int) -> Summary:
        """Summary of replicates first..last-1."""
        run = gaussian_workflows.simulate(
            self.law, self.samples, self.record, self.key, first, last, self.workflow,
            self.estimator,
        )  # fmt: skip
        names = columns_of("gaussian", self.workflow)
        drift, deviation = (run.mean - self.law.mean) ** 2, np.sqrt(run.variance)
        measured = (drift, run.variance, deviation, run.log_variance, run.pool_variance)
        columns = measured[: len(names)]
        histogram = _histogram(self.bins, names, columns, self.scales())
        return summarise(columns, self.scales(), _digest(self.workflow, run), histogram)


def _digest(workflow: Workflow, run: Iterable[NDArray[Any]]) -> str:
    """SHA-256 of a workflow and a run: two workflows may end in the same numbers."""
    return hashlib.sha256(f"{workflow!r}{campaign.digest(run)}".encode()).hexdigest()


def _histogram(
    bins: Bins | None, names: Sequence[str], columns: Sequence[NDArray[Any]], scales: Sequence[int]
) -> NDArray[np.int64] | None:
    """Counts of one column at the last recorded generation, if they are asked for."""
    if bins is None:
        return None
    place = names.index(bins.column)
    return counted(np.asarray(columns[place][:, -1] / scales[place], np.float64), bins)
