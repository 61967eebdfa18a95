"""The kernels' recursions again, slow and plain: a second opinion on the kernels.

Functions ending in `_by_words` draw from the same streams as the kernels and must agree with
them to rounding, replicate by replicate. Functions ending in `_by_generator` draw from NumPy's
generator and share nothing with the kernels: they must agree in law. Arguments are those of the
kernels; a generator and a number of replicates take the place of key, first and last.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.arguments import checked_record, checked_samples
from numerics.discrete import DiscreteRun, first_table, tabled
from numerics.gaussian import Estimator, GaussianRun, MultivariateRun, lost_freedom
from numerics.resampling import INDIVIDUALS, POISSONS, Tables, tables_for, way
from numerics.start import LAWS, Start, draw_unit
from numerics.streams import BULK, Stream, fill_bulk, fill_indices, new_stream
from numerics.tables import LARGEST_MEAN, binomial_half, draw, looked_up, poisson_high
from numerics.variates import binomial, multinomial

__all__ = [
    "discrete_by_generator",
    "discrete_by_words",
    "gaussian_by_generator",
    "gaussian_by_words",
    "logarithm",
    "lower_root",
    "multivariate_by_generator",
    "multivariate_by_words",
    "points_by_generator",
    "points_by_words",
    "schedule",
]


def schedule(samples: int | ArrayLike, record: tuple[int, ...], least: int) -> list[int]:
    """M_0..M_{n-1} up to the last recorded generation n."""
    last = int(checked_record(record)[-1])
    sizes = checked_samples(samples, generations=last, least=least)
    return [int(size) for size in np.broadcast_to(sizes, last)]


def _described(
    path: NDArray[np.int64], start: NDArray[np.float64], record: tuple[int, ...], tracked: int
) -> DiscreteRun:
    """DiscreteRun of the counts (n, R, K) of all generations 1..n."""
    seen = path[np.array(record) - 1].transpose(1, 0, 2)
    alone = np.concatenate([[np.full(path.shape[1], (start > 0).sum())], (path > 0).sum(axis=2)])
    ended = (alone == 1).any(axis=0)
    return DiscreteRun(
        pairs=(seen**2).sum(axis=2),
        tracked=seen[:, :, tracked],
        survivors=(seen > 0).sum(axis=2),
        absorbed_at=np.where(ended, (alone == 1).argmax(axis=0), -1),
        winner=np.where(ended, path[-1].argmax(axis=1), -1),
    )


def _poissons_by_words(
    stream: Stream, samples: int, counts: NDArray[np.int64], tables: Tables
) -> NDArray[np.int64]:
    """(k,) multinomial counts by way of Poisson counts and a mended sum."""
    drawn = np.zeros_like(counts)
    left: int = samples
    rest: int = int(counts.sum())
    small = counts <= LARGEST_MEAN
    for k in np.flatnonzero(~small).tolist():
        drawn[k] = binomial(stream, left, counts[k] / rest)
        left, rest = left - drawn.item(k), rest - counts.item(k)
    for k in range(counts.size):
        if k % BULK == 0:
            fill_bulk(stream, min(BULK, int(counts.size) - k))
        if small[k]:
            drawn[k] = looked_up(stream.bulk[k % BULK], tables.poisson, counts[k] & 255)
    for k in np.flatnonzero(small & (counts > 255)).tolist():
        drawn[k] += poisson_high(stream, tables.poisson, counts[k])
    change = left - int(drawn[small].sum())
    urn: NDArray[np.int64] = np.where(small, counts if change > 0 else drawn, 0)
    owner, rank = np.repeat(np.arange(urn.size), urn), np.concatenate([np.arange(n) for n in urn])
    left = abs(change)
    while left > 0:
        picked = np.empty(min(left, 1024), np.uint32)
        fill_indices(stream, owner.size, picked)
        for point in picked:
            if change > 0 or rank[point] < drawn[owner[point]]:
                drawn[owner[point]] += np.sign(change)
                left -= 1
    return drawn


def _resampled_by_words(
    stream: Stream, counts: NDArray[np.int64], samples: int, tables: Tables
) -> NDArray[np.int64]:
    """(k,) counts of the next generation."""
    total = int(counts.sum())
    chosen = way(counts.size, samples, total)
    if chosen == INDIVIDUALS:
        individuals = np.repeat(np.arange(counts.size), counts)
        picked = np.empty(samples, np.uint32)
        fill_indices(stream, individuals.size, picked)
        return np.bincount(individuals[picked], minlength=counts.size)
    if chosen == POISSONS:
        return _poissons_by_words(stream, samples, counts, tables)
    drawn = np.empty_like(counts)
    if samples != total or total != tables.trials or counts.size == 1:
        multinomial(stream, samples, counts.astype(float), drawn)
    else:
        drawn[0] = binomial_half(stream, tables.binomial, total, counts[0])
        multinomial(stream, samples - drawn[0], counts[1:].astype(float), drawn[1:])
    return drawn


def _first_by_words(stream: Stream, law: NDArray[np.float64], samples: int) -> NDArray[np.int64]:
    """(K,) counts of generation 1."""
    drawn = np.zeros(law.size, np.int64)
    if tabled(samples, law.size) and (law > 0).sum() > 1:
        table = first_table(law, samples)
        for _ in range(samples):
            drawn[draw(stream, table, 0)] += 1
    else:
        multinomial(stream, samples, law, drawn)
    return drawn


def discrete_by_words(
    start: ArrayLike, samples: int | ArrayLike, record: tuple[int, ...],
    key: int, first: int, last: int, tracked: int = 0,
) -> DiscreteRun:  # fmt: skip
    """DiscreteRun that equals that of `discrete.simulate`."""
    law = np.asarray(start, float)
    sizes = schedule(samples, record, least=1)
    tables = tables_for(np.atleast_1d(samples)[: len(sizes)])
    path = np.zeros((len(sizes), last - first, law.size), np.int64)
    for r in range(last - first):
        stream = new_stream(key, first + r)
        path[0, r] = _first_by_words(stream, law, sizes[0])
        for i in range(1, len(sizes)):
            alive = np.flatnonzero(path[i - 1, r])
            path[i, r, alive] = _resampled_by_words(stream, path[i - 1, r, alive], sizes[i], tables)
    return _described(path, law, record, tracked)


def discrete_by_generator(
    start: ArrayLike, samples: int | ArrayLike, record: tuple[int, ...],
    generator: np.random.Generator, replicates: int, tracked: int = 0,
) -> DiscreteRun:  # fmt: skip
    """DiscreteRun with the law of `discrete.simulate`."""
    law = np.asarray(start, float)
    path = []
    current = np.tile(law, (replicates, 1))
    for size in schedule(samples, record, least=1):
        path.append(generator.multinomial(size, current))
        current = path[-1] / size
    return _described(np.array(path), law, record, tracked)


def points_by_words(stream: Stream, start: Start, samples: int) -> NDArray[np.float64]:
    """(M, d) standardised points of the start."""
    points = np.empty((samples, start.dimensions))
    for point in points:
        draw_unit(stream, start.law, start.rows, point)
    return points


def points_by_generator(
    generator: np.random.Generator, start: Start, samples: int
) -> NDArray[np.float64]:
    """(M, d) standardised points of the start."""
    shape = (samples, start.dimensions)
    if start.law == len(LAWS):
        return start.rows[generator.integers(len(start.rows), size=samples)]
    match LAWS[start.law]:
        case "normal":
            return generator.normal(size=shape)
        case "uniform":
            return generator.uniform(-np.sqrt(3), np.sqrt(3), size=shape)
        case "exponential":
            return generator.exponential(size=shape) - 1
        case "laplace":
            return generator.laplace(scale=np.sqrt(1 / 2), size=shape)
        case "bimodal":
            modes = generator.choice([-0.9, 0.9], size=shape)
            return generator.normal(modes, np.sqrt(1 - 0.81))
        case _:
            return generator.choice([-1.0, 1.0], size=shape)


def logarithm(values: ArrayLike) -> NDArray[np.float64]:
    """Logarithm with -inf at 0, quietly."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(values))


def gaussian_by_words(
    start: Start, samples: int | ArrayLike, record: tuple[int, ...],
    key: int, first: int, last: int, estimator: Estimator = "unbiased",
) -> GaussianRun:  # fmt: skip
    """GaussianRun that equals that of `gaussian.simulate` to rounding."""
    lost = lost_freedom(estimator)
    unit = Start.named("normal")
    path = []
    for replicate in range(first, last):
        stream = new_stream(key, replicate)
        mean, spread = start.location[0], start.root[0, 0]
        for i, size in enumerate(schedule(samples, record, least=1 + lost)):
            z = points_by_words(stream, unit if i else start, size)
            x = mean + spread * z
            mean, spread = np.mean(x), np.std(x, ddof=lost)
            if i + 1 in record:
                path.append((mean, spread**2))
    means, variances = np.array(path).reshape(last - first, len(record), 2).transpose(2, 0, 1)
    return GaussianRun(means, variances, logarithm(variances))


def gaussian_by_generator(
    start: Start, samples: int | ArrayLike, record: tuple[int, ...],
    generator: np.random.Generator, replicates: int, estimator: Estimator = "unbiased",
) -> GaussianRun:  # fmt: skip
    """GaussianRun with the law of `gaussian.simulate`."""
    lost = lost_freedom(estimator)
    unit = Start.named("normal")
    mean = np.full((replicates, 1), start.location[0])
    spread = np.full((replicates, 1), start.root[0, 0])
    path = []
    for i, size in enumerate(schedule(samples, record, least=1 + lost)):
        z = points_by_generator(generator, unit if i else start, replicates * size)
        x = mean + spread * z.reshape(replicates, size)
        mean = np.mean(x, axis=1, keepdims=True)
        spread = np.std(x, axis=1, ddof=lost, keepdims=True)
        if i + 1 in record:
            path.append((mean[:, 0], spread[:, 0] ** 2))
    means, variances = np.array(path).transpose(1, 2, 0)
    return GaussianRun(means, variances, logarithm(variances))


def lower_root(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """(d, d) lower triangular root, diagonal >= 0, of rows.T @ rows for (M, d) rows."""
    upper = np.asarray(np.linalg.qr(rows, mode="r"))
    upper *= np.where(np.diagonal(upper) < 0, -1, 1)[:, np.newaxis]
    root = np.zeros((rows.shape[1], rows.shape[1]))
    root[:, : len(upper)] = upper.T
    return root


def _collected(
    means: list[NDArray[np.float64]], roots: list[NDArray[np.float64]], replicates: int
) -> MultivariateRun:
    """MultivariateRun of means and roots listed replicate by replicate."""
    d = means[0].size
    mean = np.array(means).reshape(replicates, -1, d)
    root = np.array(roots).reshape(replicates, -1, d, d)
    covariance = root @ root.swapaxes(-1, -2)
    return MultivariateRun(mean, covariance, 2 * np.linalg.slogdet(root)[1])


def multivariate_by_words(
    start: Start, samples: int | ArrayLike, record: tuple[int, ...],
    key: int, first: int, last: int, estimator: Estimator = "unbiased",
) -> MultivariateRun:  # fmt: skip
    """MultivariateRun that equals that of `gaussian.simulate_multivariate` to rounding.

    Where the rank is below d, rounding may leave a finite log_determinant. Where points of a
    discrete start depend on each other, the root is not unique, and only the law agrees later on.
    """
    lost = lost_freedom(estimator)
    unit = Start.named("normal", np.zeros(start.dimensions))
    means, roots = [], []
    for replicate in range(first, last):
        stream = new_stream(key, replicate)
        mean, root = start.location, start.root
        for i, size in enumerate(schedule(samples, record, least=1 + lost)):
            z = points_by_words(stream, unit if i else start, size)
            mean = mean + root @ z.mean(axis=0)
            root = root @ lower_root((z - z.mean(axis=0)) / np.sqrt(size - lost))
            if i + 1 in record:
                means.append(mean)
                roots.append(root)
    return _collected(means, roots, last - first)


def multivariate_by_generator(
    start: Start, samples: int | ArrayLike, record: tuple[int, ...],
    generator: np.random.Generator, replicates: int, estimator: Estimator = "unbiased",
) -> MultivariateRun:  # fmt: skip
    """MultivariateRun with the law of `gaussian.simulate_multivariate`."""
    lost = lost_freedom(estimator)
    unit = Start.named("normal", np.zeros(start.dimensions))
    means, roots = [], []
    for _ in range(replicates):
        mean, root = start.location, start.root
        for i, size in enumerate(schedule(samples, record, least=1 + lost)):
            x = mean + points_by_generator(generator, unit if i else start, size) @ root.T
            mean = x.mean(axis=0)
            values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(x.T, ddof=lost)))
            root = vectors * np.sqrt(np.maximum(values, 0))
            if i + 1 in record:
                means.append(mean)
                roots.append(root)
    return _collected(means, roots, replicates)
