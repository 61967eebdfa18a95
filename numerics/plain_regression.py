"""Slow twins of the regression kernels: whole pools, and NumPy's pseudo-inverse."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.plain import schedule
from numerics.regression import RegressionRun
from numerics.regression_mixture import MixtureRun
from numerics.streams import Stream, new_stream
from numerics.variates import normal

__all__ = ["mixture_by_words", "regression_by_words"]

Floats = NDArray[np.float64]


def _labels(
    stream: Stream, inputs: Floats | None, weights: Floats, rows: int, noise: float
) -> Floats:
    """Rows (T, d + 1) of inputs and label; inputs are drawn where there are none."""
    table = []
    for i in range(rows):
        row = [normal(stream) for _ in weights] if inputs is None else list(inputs[i])
        table.append([*row, float(np.dot(row, weights)) + noise * normal(stream)])
    return np.array(table)


def _fitted(rows: Floats, penalty: float) -> Floats:
    """Weights (d,): ridge with a penalty, else the pseudo-inverse's."""
    inputs, labels = rows[:, :-1], rows[:, -1]
    if penalty == 0.0:
        return np.asarray(np.linalg.pinv(inputs) @ labels)
    square = inputs.T @ inputs + penalty * np.eye(inputs.shape[1])
    return np.asarray(np.linalg.solve(square, inputs.T @ labels))


def regression_by_words(
    truth: ArrayLike, samples: int | ArrayLike, record: tuple[int, ...], key: int, first: int,
    last: int, noise: float | ArrayLike = 1.0, penalty: float = 0.0, keep: str = "replace",
    inputs: str = "fresh", design: ArrayLike | None = None,
) -> RegressionRun:  # fmt: skip
    """RegressionRun like that of `regression.simulate`, from the same words; by the whole pool."""
    sizes = schedule(samples, record, 1)
    deviations = np.broadcast_to(np.asarray(noise, np.float64), (len(sizes),))
    runs = []
    for replicate in range(first, last):
        stream = new_stream(key, replicate)
        fits = [np.asarray(truth, np.float64)]
        pool: list[Floats] = []
        shared = None if design is None else np.asarray(design, np.float64)
        for size, deviation in zip(sizes, deviations, strict=True):
            rows = _labels(stream, shared, fits[-1], size, deviation)
            shared = rows[:, :-1] if inputs == "same" or design is not None else None
            pool = [*pool, rows] if keep == "accumulate" else [rows]
            fits.append(_fitted(np.concatenate(pool), penalty))
        runs.append([fits[generation] for generation in record])
    return RegressionRun(np.array(runs))


def mixture_by_words(
    shift: ArrayLike, real: int, synthetic: int, noise: float, key: int, first: int, last: int
) -> MixtureRun:
    """MixtureRun like that of `regression_mixture.simulate`, from the same words."""
    delta = np.asarray(shift, np.float64)
    runs = []
    for replicate in range(first, last):
        stream = new_stream(key, replicate)
        parts = [
            _labels(stream, None, weights, rows, noise)
            for weights, rows in ((0.0 * delta, real), (delta, synthetic))
            if rows
        ]
        rows = np.concatenate(parts)
        other = rows[real:, :-1]
        share = np.linalg.solve(rows[:, :-1].T @ rows[:, :-1], other.T @ other)
        error = float((_fitted(rows, 0.0) ** 2).sum())
        runs.append((error, float(np.trace(share @ share)), float(np.trace(share)) ** 2))
    return MixtureRun(*np.array(runs).T)
