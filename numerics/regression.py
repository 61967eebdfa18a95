"""A linear regression refitted on its own labels, generation after generation."""

import math
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.arguments import checked_record, checked_replicates, checked_samples
from numerics.jitted import jitted
from numerics.streams import Stream, new_stream, restart
from numerics.triangular import triangularise
from numerics.variates import normal

__all__ = [
    "MOST_ENTRIES",
    "Estimator",
    "Inputs",
    "Keep",
    "RegressionRun",
    "checked",
    "simulate",
]

Floats = NDArray[np.float64]
Estimator = Literal["ols", "min-norm", "ridge"]
Keep = Literal["replace", "accumulate"]
Inputs = Literal["fresh", "same"]

MOST_ENTRIES = 10**7
"""Entries of one generation's inputs at most: they are held in memory."""


class RegressionRun(NamedTuple):
    """What was fitted in R replicates at G recorded generations."""

    weights: Floats  # (R, G, d)


@jitted
def _label(stream: Stream, batch: Floats, weights: Floats, noise: float, new_inputs: bool) -> None:
    """Nothing: the last column of a batch (T, d + 1) now holds labels of the weights (d,).

    Row by row, inputs are drawn before the error, unless the inputs are there.
    """
    d = weights.size
    for i in range(batch.shape[0]):
        label = 0.0
        for j in range(d):
            if new_inputs:
                batch[i, j] = normal(stream)
            label += batch[i, j] * weights[j]
        batch[i, d] = label + noise * normal(stream)


@jitted
def _solve_upper(root: Floats, weights: Floats) -> None:
    """Nothing: weights (d,) now solve the upper triangle (d, d + 1), labels last."""
    d = weights.size
    for i in range(d - 1, -1, -1):
        value = root[i, d]
        for j in range(i + 1, d):
            value -= root[i, j] * weights[j]
        weights[i] = value / root[i, i]


@jitted
def _solve_shortest(root: Floats, weights: Floats) -> None:
    """Nothing: weights (d,) are now the shortest that fit N < d rows (N, d + 1), labels last.

    With X = rows and X' = Q R, the weights are Q R'^-1 y: R'^-1 y by forward substitution in
    (X X')'s Cholesky root, and X' applied to what solves it.
    """
    rows, d = root.shape[0], weights.size
    lower = np.empty((rows, rows))
    for i in range(rows):
        for j in range(i + 1):
            total = 0.0
            for k in range(d):
                total += root[i, k] * root[j, k]
            for k in range(j):
                total -= lower[i, k] * lower[j, k]
            lower[i, j] = math.sqrt(total) if i == j else total / lower[j, j]
    part = np.empty(rows)
    for i in range(rows):
        total = root[i, d]
        for k in range(i):
            total -= lower[i, k] * part[k]
        part[i] = total / lower[i, i]
    for i in range(rows - 1, -1, -1):
        total = part[i]
        for k in range(i + 1, rows):
            total -= lower[k, i] * part[k]
        part[i] = total / lower[i, i]
    for j in range(d):
        weights[j] = 0.0
        for i in range(rows):
            weights[j] += root[i, j] * part[i]


@jitted
def _fit(stack: Floats, count: int, penalty: float, weights: Floats) -> int:
    """Rows that describe all `count` of the stack, now its first ones; the weights are fitted.

    The stack (N, d + 1) has room for d rows more. With a penalty, ridge; else least squares, the
    shortest where there are fewer rows than dimensions.
    """
    d = weights.size
    triangularise(stack[:count])
    kept = min(count, d + 1)
    if penalty > 0.0:
        rows = np.zeros((kept + d, d + 1))
        rows[:kept] = stack[:kept]
        for j in range(d):
            rows[kept + j, j] = math.sqrt(penalty)
        triangularise(rows)
        _solve_upper(rows, weights)
    elif count >= d:
        _solve_upper(stack, weights)
    else:
        _solve_shortest(stack[:count], weights)
    return kept


@jitted
def _simulate(
    stream: Stream, truth: Floats, sizes: NDArray[np.int64], noise: Floats, penalty: float,
    pool: bool, design: Floats, same: bool, record: NDArray[np.int64], first: int, weights: Floats,
) -> None:  # fmt: skip
    """Nothing: the weights (R, G, d) are filled. A design without rows is drawn."""
    d = truth.size
    most = sizes.max()
    batch, stack = np.empty((most, d + 1)), np.empty((most + d + 1, d + 1))
    labels = np.empty(most)
    fitted = np.empty(d)
    for r in range(weights.shape[0]):
        restart(stream, stream.key, np.uint64(first + r))
        fitted[:] = truth
        if design.size:
            batch[:, :d] = design
        generation, held = 0, 0
        for g in range(record.size):
            while generation < record[g]:
                size = sizes[min(generation, sizes.size - 1)]
                drawn = not design.size and (generation == 0 or not same)
                rows = batch[:size]
                _label(stream, rows, fitted, noise[min(generation, noise.size - 1)], drawn)
                generation += 1
                if not pool:
                    stack[:size] = rows
                    _fit(stack, size, penalty, fitted)
                elif same:  # all rounds together: their mean labels, and a share of the penalty
                    for i in range(size):
                        before = labels[i] if generation > 1 else 0.0
                        labels[i] = before + (rows[i, d] - before) / generation
                    stack[:size] = rows
                    stack[:size, d] = labels[:size]
                    _fit(stack, size, penalty / generation, fitted)
                else:
                    stack[held : held + size] = rows
                    held = _fit(stack, held + size, penalty, fitted)
            weights[r, g] = fitted


def _choice(name: str, value: str, kind: Any) -> None:
    """Nothing; ValueError unless the value is one of the kind's."""
    if value not in get_args(kind):
        raise ValueError(f"{name} = {value!r} is none of {', '.join(get_args(kind))}")


def checked(
    dimensions: int, samples: int | ArrayLike, generations: int, estimator: Estimator,
    penalty: float, keep: Keep, inputs: Inputs,
) -> NDArray[np.int64]:  # fmt: skip
    """(1,) or (n,) rows of the generations; ValueError outside the domains of `simulate`."""
    for name, value, kind in (
        ("estimator", estimator, Estimator), ("keep", keep, Keep), ("inputs", inputs, Inputs),
    ):  # fmt: skip
        _choice(name, value, kind)
    sizes = checked_samples(samples, generations, least=1)
    if not (math.isfinite(penalty) and penalty >= 0.0):
        raise ValueError(f"penalty = {penalty} lies outside penalty >= 0")
    if (estimator == "ridge") != (penalty > 0.0):
        need = "above 0" if estimator == "ridge" else "0"
        raise ValueError(f"penalty = {penalty}: estimator = {estimator!r} needs one {need}")
    fewest = int(sizes[0] if keep == "accumulate" else sizes.min())
    if estimator == "ols" and fewest < dimensions:
        raise ValueError(
            f"samples = {fewest} lie below dimensions = {dimensions}: no least squares fit is the "
            "only one; min-norm takes the shortest"
        )
    if inputs == "same" and np.ptp(sizes):
        raise ValueError("inputs = 'same' needs the same number of samples in every generation")
    if int(sizes.max()) * dimensions > MOST_ENTRIES:
        raise ValueError(
            f"samples times dimensions = {int(sizes.max()) * dimensions} lies above {MOST_ENTRIES}"
        )
    return sizes


def _checked_design(design: ArrayLike | None, rows: NDArray[np.int64], d: int) -> Floats:
    """(T, d) design, or one without rows; ValueError for another shape or a lower rank."""
    if design is None:
        return np.empty((0, d))
    given = np.ascontiguousarray(design, np.float64)
    if given.shape != (int(rows.max()), d):
        raise ValueError(f"design has shape {given.shape}; {(int(rows.max()), d)} is needed")
    if np.linalg.matrix_rank(given) < min(given.shape):
        raise ValueError(f"design of shape {given.shape} has rank {np.linalg.matrix_rank(given)}")
    return given


def simulate(
    truth: ArrayLike, samples: int | ArrayLike, record: tuple[int, ...], key: int, first: int,
    last: int, noise: float | ArrayLike = 1.0, estimator: Estimator = "ols", penalty: float = 0.0,
    keep: Keep = "replace", inputs: Inputs = "fresh", design: ArrayLike | None = None,
) -> RegressionRun:  # fmt: skip
    """RegressionRun of R = last - first replicates at the G recorded generations.

    Round n labels its rows by the weights of round n - 1, the true ones (d,) in round 1, and
    noise. Parameters: samples, T or a schedule T_1..T_n, each at least 1 (d for ols); record,
    increasing generations >= 1; key in 0..2**64-1; replicates first..last-1 of that key; noise,
    standard deviation >= 0 of a label or one for each round; penalty > 0 of ridge; keep, whether
    the newest round or all of them are fitted; inputs, standard normal, drawn in each round or in
    the first alone; design (T, d), inputs of all rounds that are given and not drawn.
    Raises ValueError outside these domains.
    """
    weights = np.ascontiguousarray(truth, np.float64)
    if weights.ndim != 1 or not weights.size or not np.isfinite(weights).all():
        raise ValueError(f"truth of shape {weights.shape} is no vector of finite weights")
    recorded = checked_record(record)
    generations, d = int(recorded[-1]), weights.size
    shared: Inputs = inputs if design is None else "same"
    sizes = checked(d, samples, generations, estimator, penalty, keep, shared)
    checked_replicates(key, first, last)
    deviations = np.atleast_1d(np.asarray(noise, np.float64))
    if not (np.isfinite(deviations) & (deviations >= 0.0)).all():
        raise ValueError(f"noise = {noise!r} lies outside noise >= 0")
    if deviations.ndim != 1 or (np.ndim(noise) and deviations.size < generations):
        raise ValueError(f"noise has shape {deviations.shape}; {generations} rounds need one each")
    run = RegressionRun(np.empty((last - first, recorded.size, d)))
    _simulate(
        new_stream(key, first), weights, sizes, deviations, penalty, keep == "accumulate",
        _checked_design(design, sizes, d), shared == "same", recorded, first, run.weights,
    )  # fmt: skip
    return run
