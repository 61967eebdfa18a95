"""Blocks of refitted regressions reduced to sums, by a function that can travel elsewhere."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from numerics import campaign, regression
from numerics.regression import Estimator, Inputs, Keep
from numerics.summary import Bins, Summary, counted, summarise

__all__ = ["REGRESSION", "RefittingRegression"]

Floats = NDArray[np.float64]

REGRESSION: tuple[str, ...] = ("error", "length", "overlap")


@dataclass(frozen=True, eq=False)
class RefittingRegression:
    """A regression refitted; the fields are the arguments of `regression.simulate`.

    A call with replicates first..last-1 returns the Summary of REGRESSION: squared distance of the
    weights from the true ones, their squared length, and their product with the true ones.
    """

    truth: Floats
    samples: int | tuple[int, ...]
    record: tuple[int, ...]
    key: int
    noise: float = 1.0
    estimator: Estimator = "ols"
    penalty: float = 0.0
    keep: Keep = "replace"
    inputs: Inputs = "fresh"
    bins: Bins | None = None

    def scales(self) -> tuple[int, ...]:
        """What the numbers of each column are divided by."""
        return (1,) * len(REGRESSION)

    def __call__(self, first: int, last: int) -> Summary:
        """Summary of replicates first..last-1."""
        run = regression.simulate(
            self.truth, self.samples, self.record, self.key, first, last, self.noise,
            self.estimator, self.penalty, self.keep, self.inputs,
        )  # fmt: skip
        columns = (
            ((run.weights - self.truth) ** 2).sum(axis=2),
            (run.weights**2).sum(axis=2),
            (run.weights * self.truth).sum(axis=2),
        )
        histogram = None
        if self.bins is not None:
            place = REGRESSION.index(self.bins.column)
            histogram = counted(np.asarray(columns[place][:, -1], np.float64), self.bins)
        model = (self.noise, self.estimator, self.penalty, self.keep, self.inputs)
        digest = hashlib.sha256(f"{model!r}{campaign.digest(run)}".encode()).hexdigest()
        return summarise(columns, self.scales(), digest, histogram)
