"""Sums over replicates that are merged block by block, always in the same order.

Whole numbers are added exactly. Floats are added within a block and then block after block, so
that a result depends on the cut into blocks and on nothing else. Memory does not grow with the
number of replicates.
"""

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Bins",
    "Summary",
    "added",
    "counted",
    "exact_sum",
    "running",
    "standard_error",
    "summarise",
]

Floats = NDArray[np.float64]


class Summary(NamedTuple):
    """What is kept of some replicates: (C, G) for C columns at G recorded generations."""

    replicates: int
    total: NDArray[Any]  # (C, G) objects: sums, integers of any size or floats
    mean: Floats  # (C, G) of the values
    spread: Floats  # (C, G) sum of squared deviations of the values from their mean
    largest: Floats  # (C, G) of the values
    histogram: NDArray[np.int64]  # (bins + 2,) below, bins, above; empty where none was asked for
    digest: str  # of every number that the kernel returned


class Bins(NamedTuple):
    """Histogram of one column at the last recorded generation."""

    column: str
    low: float
    high: float
    number: int  # bins between low and high, all of one width

    def edges(self) -> Floats:
        """(number + 1,) edges, from low to high; a bin holds its left edge."""
        return np.linspace(self.low, self.high, self.number + 1)


def exact_sum(column: NDArray[np.int64]) -> NDArray[Any]:
    """(G,) sums down a column (R, G) of integers in 0..2**62, as Python integers.

    Parameters: at most 2**32 rows.
    """
    if int(column.max()) <= 2**62 // len(column):
        return np.asarray(column.sum(axis=0).astype(object))
    high, low = column >> 30, column & (2**30 - 1)
    sums: NDArray[Any] = high.sum(axis=0).astype(object) * 2**30 + low.sum(axis=0)
    return sums


def counted(values: Floats, bins: Bins) -> NDArray[np.int64]:
    """(bins + 2,) numbers of values below, in each bin, and above, nan among those above.

    >>> counted(np.array([-1.0, 0.0, 0.4, 1.0, 2.0]), Bins("x", 0.0, 1.0, 2))
    array([1, 2, 0, 2])
    """
    places = np.searchsorted(bins.edges(), values, side="right")
    return np.bincount(places, minlength=bins.number + 2).astype(np.int64)


def summarise(
    columns: Sequence[NDArray[Any]],
    scales: Sequence[int],
    digest: str,
    histogram: NDArray[np.int64] | None = None,
) -> Summary:
    """Summary of one block.

    Parameters: columns, each (R, G), integers >= 0 or floats; scales, integers >= 1: a value is
    the column's number divided by its scale; the digest of the run; its histogram, if any.
    """
    totals, means, spreads, maxima = [], [], [], []
    with np.errstate(over="ignore", invalid="ignore"):
        for column, scale in zip(columns, scales, strict=True):
            whole = column.dtype.kind == "i"
            values = column / scale
            means.append(values.mean(axis=0))
            totals.append(exact_sum(column) if whole else column.sum(axis=0).astype(object))
            maxima.append(values.max(axis=0))
            values -= means[-1]
            values *= values
            spreads.append(values.sum(axis=0))
    return Summary(
        len(columns[0]),
        np.array(totals, dtype=object),
        np.array(means, dtype=np.float64),
        np.array(spreads, dtype=np.float64),
        np.array(maxima, dtype=np.float64),
        np.empty(0, np.int64) if histogram is None else histogram,
        digest,
    )


def added(sums: Summary, part: Summary) -> Summary:
    """Summary of both, the digest one of both digests: a new value, never half added.

    Source of the spread: T. Chan, G. Golub, R. LeVeque, "Algorithms for computing the sample
    variance", The American Statistician 37 (1983), formula 1.5.
    """
    both = sums.replicates + part.replicates
    with np.errstate(over="ignore", invalid="ignore"):
        step = part.mean - sums.mean
        weight = sums.replicates * (part.replicates / both)
        return Summary(
            both,
            sums.total + part.total,
            sums.mean + step * (part.replicates / both),
            sums.spread + part.spread + step * step * weight,
            np.maximum(sums.largest, part.largest),
            sums.histogram + part.histogram,
            hashlib.sha256(f"{sums.digest}{part.digest}".encode()).hexdigest(),
        )


def running(parts: Iterable[Summary], start: Summary | None = None) -> Iterator[Summary]:
    """Summary of everything so far, after each part; start is what was there before."""
    sums = start
    for part in parts:
        sums = part if sums is None else added(sums, part)
        yield sums


def standard_error(sums: Summary) -> Floats:
    """(C, G) standard errors of the means; nan for one replicate and for infinite values."""
    count = sums.replicates
    if count < 2:
        return np.full(sums.spread.shape, math.nan)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(np.sqrt(sums.spread / (count * (count - 1.0))))
