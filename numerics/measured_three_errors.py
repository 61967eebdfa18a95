"""Blocks of fits with each of three errors switched on or off, reduced to sums."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from numerics import campaign
from numerics.summary import Bins, Summary, counted, summarise
from numerics.three_errors import Approximation, ErrorsRun, RealLaw, simulate

__all__ = ["ERRORS", "ROWS", "FittingWithErrors", "Row"]

Floats = NDArray[np.float64]


class Row(NamedTuple):
    """Which of the three errors are switched on."""

    statistical: bool
    expressivity: bool
    approximation: bool

    @property
    def name(self) -> str:
        """The errors that are on, or none."""
        on = [name for name, value in zip(self._fields, self, strict=True) if value]
        return "_".join(on) or "none"


ROWS: tuple[Row, ...] = tuple(
    sorted((Row(*flags) for flags in product((False, True), repeat=3)), key=sum)
)
"""All eight, the fewest errors first."""

ERRORS: tuple[str, ...] = (
    *(f"{kind}_{row.name}" for kind in ("distance", "variance") for row in ROWS),
    "floored", "unconverged",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class FittingWithErrors:
    """The eight runs; real, samples, record, key and size are arguments of `simulate`.

    approximation is the error of that name where it is switched on. A call with replicates
    first..last-1 returns the Summary of ERRORS: squared W2 distance and variance of the fitted law
    in each row; share of the fits of two Gaussians so far, over all rows, that ended with a
    component at the floor; share that ran out of iterations. Rows without chance are fitted once.
    """

    real: RealLaw
    samples: int
    record: tuple[int, ...]
    key: int
    approximation: Approximation
    size: float
    bins: Bins | None = None

    def scales(self) -> tuple[int, ...]:
        """What the numbers of each column are divided by."""
        return (1,) * len(ERRORS)

    def runs(self, first: int, last: int) -> Iterator[ErrorsRun]:
        """Replicates first..last-1 of each of ROWS; a row without chance holds copies."""
        for row in ROWS:
            how: Approximation = self.approximation if row.approximation else "none"
            chance = row.statistical or how == "noise"
            run = simulate(
                self.real, self.samples if row.statistical else None,
                1 if row.expressivity else 2, self.record, self.key,
                first, last if chance else first + 1, how, self.size if row.approximation else 0.0,
            )  # fmt: skip
            copies = 1 if chance else last - first
            yield ErrorsRun._make(np.repeat(column, copies, axis=0) for column in run)

    def __call__(self, first: int, last: int) -> Summary:
        """Summary of replicates first..last-1."""
        runs = list(self.runs(first, last))
        two = [run for row, run in zip(ROWS, runs, strict=True) if not row.expressivity]
        fits = np.array(self.record)
        columns = (
            *(run.distance for run in runs), *(run.variance for run in runs),
            np.mean([run.floored_fits for run in two], axis=0) / fits,
            np.mean([run.unconverged_fits for run in two], axis=0) / fits,
        )  # fmt: skip
        histogram = None
        if self.bins is not None:
            column: Floats = columns[ERRORS.index(self.bins.column)]
            histogram = counted(column[:, -1], self.bins)
        return summarise(columns, self.scales(), campaign.digest(columns), histogram)
