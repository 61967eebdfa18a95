"""The row kernel once more, slow and plain, from the same words."""

import numpy as np
from numpy.typing import ArrayLike

from numerics.rows import RowRun
from numerics.streams import new_stream
from numerics.variates import binomial

__all__ = ["rows_by_words"]


def rows_by_words(
    row: ArrayLike, chance: float, samples: int, record: tuple[int, ...],
    key: int, first: int, last: int,
) -> RowRun:  # fmt: skip
    """RowRun with the parameters of `rows.simulate`, replicate by replicate."""
    found = []
    for replicate in range(first, last):
        stream = new_stream(key, replicate)
        weights, counts, path = list(map(float, np.asarray(row))), [0], []
        for _ in range(record[-1]):
            visits = binomial(stream, samples, chance)
            if visits:
                counts, left, rest = [], visits, sum(weights)
                for weight in weights[:-1]:
                    share = min(weight / rest, 1.0) if weight > 0.0 else 0.0
                    counts.append(binomial(stream, left, share) if left else 0)
                    left -= counts[-1]
                    rest -= weight
                counts.append(left)
                weights = list(map(float, counts))
            path.append((visits, sum(counts), sum(count * count for count in counts)))
        found.append([path[generation - 1] for generation in record])
    return RowRun(*np.moveaxis(np.array(found, dtype=np.int64), 2, 0))
