"""Checks of the arguments that every kernel takes: each error names the value and the domain."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["MOST_SAMPLES", "checked_record", "checked_replicates", "checked_samples"]

MOST_SAMPLES = 10**9  # squares of counts and their sums then fit 63 bits


def _whole(name: str, values: ArrayLike) -> NDArray[np.int64]:
    """Contiguous vector of integers; ValueError unless they are integers."""
    array = np.atleast_1d(np.asarray(values))
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"{name} has shape {array.shape}; one integer or more are needed")
    if array.dtype.kind not in "iu":
        raise ValueError(f"{name} = {values!r} does not consist of integers")
    return np.ascontiguousarray(array, dtype=np.int64)


def checked_record(record: Sequence[int]) -> NDArray[np.int64]:
    """(G,) generations to record; ValueError unless they increase strictly from 1 or more."""
    recorded = _whole("record", record)
    if recorded[0] < 1:
        raise ValueError(f"record starts with {recorded[0]}, which lies outside generations >= 1")
    if (np.diff(recorded) < 1).any():
        raise ValueError(f"record = {tuple(record)} does not increase strictly")
    return recorded


def checked_samples(samples: int | ArrayLike, generations: int, least: int) -> NDArray[np.int64]:
    """(1,) constant number of samples, or the schedule up to the last generation.

    Parameters: samples, an integer or a vector of M_0..M_{n-1}; generations to be simulated;
    least, the smallest number allowed.
    Raises ValueError for a number outside least..10**9 or a schedule that is too short.
    """
    sizes = _whole("samples", samples)
    if np.ndim(samples) == 1:
        if sizes.size < generations:
            raise ValueError(f"samples has {sizes.size} entries; {generations} are needed")
        sizes = sizes[:generations]
    outside = np.flatnonzero((sizes < least) | (sizes > MOST_SAMPLES))
    if outside.size:
        i = int(outside[0])
        name = f"samples[{i}]" if np.ndim(samples) == 1 else "samples"
        raise ValueError(f"{name} = {sizes[i]} lies outside {least}..{MOST_SAMPLES}")
    return sizes


def checked_replicates(key: int, first: int, last: int) -> None:
    """Nothing; ValueError unless key and 0 <= first < last name replicates of a stream."""
    if not 0 <= key < 2**64:
        raise ValueError(f"key = {key} lies outside 0..2**64-1")
    if not 0 <= first < last < 2**63:
        raise ValueError(f"replicates {first}..{last} lie outside 0 <= first < last < 2**63")
