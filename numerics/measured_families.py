"""Blocks of refitted kernel densities and exponential families reduced to sums."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from numerics import campaign, exponential_family, kernel_density
from numerics.exponential_family import Family
from numerics.kernel_density import Kernel
from numerics.start import Start
from numerics.summary import Bins, Summary, counted, summarise

__all__ = ["KERNEL_DENSITY", "RefittingDensity", "RefittingFamily", "columns_of_family"]

Floats = NDArray[np.float64]

KERNEL_DENSITY: tuple[str, ...] = ("mean", "drift", "variance", "log_variance")


def columns_of_family(family: Family) -> tuple[str, ...]:
    """Names of what RefittingFamily measures; a gamma mean is never 0, but may be tiny."""
    last = "log_mean" if family == "gamma" else "absorbed"
    return ("mean", "drift", "variance", last)


@dataclass(frozen=True, eq=False)
class RefittingDensity:
    """A kernel density refitted; the fields are the arguments of `kernel_density.simulate`.

    A call with replicates first..last-1 returns the Summary of KERNEL_DENSITY: mean of the
    estimate, its squared distance from that of the start, variance of the estimate, its logarithm.
    """

    law: Start
    samples: int
    record: tuple[int, ...]
    key: int
    bandwidth: float
    kernel: Kernel = "gaussian"
    adaptive: bool = False
    bins: Bins | None = None

    def scales(self) -> tuple[int, ...]:
        """What the numbers of each column are divided by."""
        return (1,) * len(KERNEL_DENSITY)

    def __call__(self, first: int, last: int) -> Summary:
        """Summary of replicates first..last-1."""
        run = kernel_density.simulate(
            self.law, self.samples, self.record, self.key, first, last, self.bandwidth,
            self.kernel, self.adaptive,
        )  # fmt: skip
        with np.errstate(over="ignore"):
            drift = (run.mean - float(self.law.mean[0])) ** 2
        columns = (run.mean, drift, run.variance, run.log_variance)
        return _summary(KERNEL_DENSITY, columns, self.bins, campaign.digest(run))


@dataclass(frozen=True)
class RefittingFamily:
    """An exponential family refitted; the fields are the arguments of its `simulate`.

    A call with replicates first..last-1 returns the Summary of `columns_of_family`: the fitted
    mean, its squared distance from that of the start, the variance of the fitted law, and the
    logarithm of the mean (gamma) or whether the variance is 0, which it then stays.
    """

    family: Family
    mean: float
    samples: int
    record: tuple[int, ...]
    key: int
    shape: float = 1.0
    bins: Bins | None = None

    def scales(self) -> tuple[int, ...]:
        """What the numbers of each column are divided by."""
        return (1,) * len(columns_of_family(self.family))

    def __call__(self, first: int, last: int) -> Summary:
        """Summary of replicates first..last-1."""
        run = exponential_family.simulate(
            self.family, self.mean, self.samples, self.record, self.key, first, last, self.shape
        )
        gamma = self.family == "gamma"
        final = run.log_mean if gamma else (run.variance == 0.0).astype(np.float64)
        columns = (run.mean, (run.mean - self.mean) ** 2, run.variance, final)
        names = columns_of_family(self.family)
        return _summary(names, columns, self.bins, campaign.digest(run))


def _summary(
    names: Sequence[str], columns: Sequence[Floats], bins: Bins | None, digest: str
) -> Summary:
    histogram = None if bins is None else counted(columns[names.index(bins.column)][:, -1], bins)
    return summarise(columns, (1,) * len(columns), digest, histogram)
