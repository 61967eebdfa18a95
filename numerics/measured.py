"""Blocks of replicates reduced to sums, by functions that can travel to other processes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numerics import campaign, discrete, gaussian
from numerics.start import Start
from numerics.summary import Bins, Summary, counted, summarise

__all__ = ["DISCRETE", "LINE", "SPACE", "Refitting", "Resampling"]

Floats = NDArray[np.float64]

DISCRETE = ("diversity", "survivors", "absorbed")
LINE = ("drift", "trace", "deviation", "log_variance")
SPACE = ("drift", "trace", "deviation", "log_determinant")


@dataclass(frozen=True)
class Resampling:
    """Categories resampled; the fields are the arguments of `discrete.simulate`.

    A call with replicates first..last-1 returns the Summary of DISCRETE: the diversity, a whole
    number over samples squared; the number of survivors; whether one category is left.
    """

    law: Floats
    samples: int
    record: tuple[int, ...]
    key: int
    bins: Bins | None = None

    def scales(self) -> tuple[int, ...]:
        """What the whole numbers of each column are divided by."""
        return self.samples**2, 1, 1

    def __call__(self, first: int, last: int) -> Summary:
        """Summary of replicates first..last-1."""
        run = discrete.simulate(self.law, self.samples, self.record, self.key, first, last)
        gone = run.absorbed_at[:, np.newaxis]
        absorbed = ((gone >= 0) & (gone <= np.array(self.record))).astype(np.int64)
        columns = (self.samples**2 - run.pairs, run.survivors, absorbed)
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
    samples: int
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


def _histogram(
    bins: Bins | None, names: Sequence[str], columns: Sequence[NDArray[Any]], scales: Sequence[int]
) -> NDArray[np.int64] | None:
    """Counts of one column at the last recorded generation, if they are asked for."""
    if bins is None:
        return None
    place = names.index(bins.column)
    return counted(np.asarray(columns[place][:, -1] / scales[place], np.float64), bins)
