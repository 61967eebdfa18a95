"""W2 and W3: a Gaussian refitted on its own points, in one dimension and in many."""

from __future__ import annotations

import itertools
from functools import partial
from typing import Any

import numpy as np

from numerics.start import Start
from proofs.bench.workload import Peer, Runner, Workload

SAMPLES, GENERATIONS = 100, 100
#: In many dimensions: few generations, since the covariance soon leaves the range of doubles.
SPACE_GENERATIONS = 20
VECTORISED = 1024  # replicates at once


def _module(name: str) -> Any:
    return __import__(name, fromlist=["simulate"])


def _kernel(module: str) -> Runner:
    """Return one of our kernels for one dimension."""
    kernel = _module(module)
    start, begin = Start.named("normal"), itertools.count()

    def run(pieces: int) -> float:
        kernel.simulate(start, SAMPLES, (GENERATIONS,), next(begin), 0, pieces)
        return float(pieces * GENERATIONS)

    return run


def _loop() -> Runner:
    """Return draw, mean, std in a Python loop."""
    generator = np.random.default_rng(1)

    def run(pieces: int) -> float:
        for _ in range(pieces):
            mean, spread = 0.0, 1.0
            for _ in range(GENERATIONS):
                points = generator.normal(mean, spread, SAMPLES)
                mean, spread = points.mean(), points.std(ddof=1)
        return float(pieces * GENERATIONS)

    return run


def _vectorised_points() -> Runner:
    """Return NumPy: the points of many replicates at once."""
    generator = np.random.default_rng(1)

    def run(pieces: int) -> float:
        for first in range(0, pieces, VECTORISED):
            size = min(VECTORISED, pieces - first)
            mean, spread = np.zeros((size, 1)), np.ones((size, 1))
            for _ in range(GENERATIONS):
                points = generator.normal(mean, spread, (size, SAMPLES))
                mean = points.mean(axis=1, keepdims=True)
                spread = points.std(axis=1, ddof=1, keepdims=True)
        return float(pieces * GENERATIONS)

    return run


def _vectorised_statistics() -> Runner:
    """Return NumPy: mean and variance of many replicates drawn from their own laws."""
    generator = np.random.default_rng(1)

    def run(pieces: int) -> float:
        for first in range(0, pieces, VECTORISED):
            size = min(VECTORISED, pieces - first)
            mean, variance = np.zeros(size), np.ones(size)
            for _ in range(GENERATIONS):
                mean = mean + np.sqrt(variance / SAMPLES) * generator.standard_normal(size)
                variance = variance * generator.chisquare(SAMPLES - 1, size) / (SAMPLES - 1)
        return float(pieces * GENERATIONS)

    return run


def _numba() -> Runner:
    """Return a plain Numba loop over the points."""
    from numba import njit

    def loop(pieces: int) -> float:
        mean = 0.0
        for _ in range(pieces):
            mean, spread = 0.0, 1.0
            for _ in range(GENERATIONS):
                points = np.random.normal(mean, spread, SAMPLES)
                mean = points.mean()
                spread = np.sqrt(((points - mean) ** 2).sum() / (SAMPLES - 1))
        return mean

    compiled: Any = njit(loop)

    def run(pieces: int) -> float:
        compiled(pieces)
        return float(pieces * GENERATIONS)

    return run


def _jax() -> Runner:
    """Return JAX: sufficient statistics, compiled, replicates side by side."""
    import jax
    import jax.numpy as jnp

    def step(state: Any, key: Any) -> tuple[Any, None]:
        mean, variance = state
        first, second = jax.random.split(key)
        mean = mean + jnp.sqrt(variance / SAMPLES) * jax.random.normal(first, mean.shape)
        square = jax.random.chisquare(second, SAMPLES - 1, shape=mean.shape)
        return (mean, variance * square / (SAMPLES - 1)), None

    def many(key: Any) -> Any:
        state = jnp.zeros(VECTORISED), jnp.ones(VECTORISED)
        return jax.lax.scan(step, state, jax.random.split(key, GENERATIONS))[0]

    compiled, keys = jax.jit(many), itertools.count()

    def run(pieces: int) -> float:
        for _ in range(pieces):
            compiled(jax.random.key(next(keys)))[0].block_until_ready()
        return float(pieces * VECTORISED * GENERATIONS)

    return run


def _space_samples(dimensions: int) -> int:
    return max(SAMPLES, 2 * dimensions)


def _space_kernel(module: str, dimensions: int) -> Runner:
    """Return one of our kernels for many dimensions."""
    kernel = _module(module)
    simulate = getattr(kernel, "simulate_multivariate", None) or kernel.simulate
    start, begin = Start.named("normal", np.zeros(dimensions)), itertools.count()
    samples = _space_samples(dimensions)

    def run(pieces: int) -> float:
        simulate(start, samples, (SPACE_GENERATIONS,), next(begin), 0, pieces)
        return float(pieces * SPACE_GENERATIONS)

    return run


def _multivariate_normal(dimensions: int) -> Runner:
    """Return NumPy's multivariate_normal and cov in a loop."""
    generator = np.random.default_rng(1)
    samples = _space_samples(dimensions)

    def run(pieces: int) -> float:
        for _ in range(pieces):
            mean, covariance = np.zeros(dimensions), np.eye(dimensions)
            for _ in range(SPACE_GENERATIONS):
                points = generator.multivariate_normal(mean, covariance, samples)
                mean, covariance = points.mean(axis=0), np.cov(points, rowvar=False)
        return float(pieces * SPACE_GENERATIONS)

    return run


def _cholesky(dimensions: int) -> Runner:
    """Return NumPy with the root kept: standard normal points times a Cholesky factor."""
    generator = np.random.default_rng(1)
    samples = _space_samples(dimensions)

    def run(pieces: int) -> float:
        for _ in range(pieces):
            mean, root = np.zeros(dimensions), np.eye(dimensions)
            for _ in range(SPACE_GENERATIONS):
                points = generator.standard_normal((samples, dimensions)) @ root.T + mean
                mean = points.mean(axis=0)
                centred = points - mean
                root = np.linalg.cholesky(centred.T @ centred / (samples - 1))
        return float(pieces * SPACE_GENERATIONS)

    return run


def _wishart(dimensions: int) -> Runner:
    """Return SciPy's Wishart law for the covariance, and a normal for the mean."""
    from scipy.stats import wishart

    generator = np.random.default_rng(1)
    samples = _space_samples(dimensions)

    def run(pieces: int) -> float:
        for _ in range(pieces):
            mean, covariance = np.zeros(dimensions), np.eye(dimensions)
            for _ in range(SPACE_GENERATIONS):
                root = np.linalg.cholesky(covariance)
                mean = mean + root @ generator.standard_normal(dimensions) / np.sqrt(samples)
                scale = covariance / (samples - 1)
                covariance = np.asarray(wishart.rvs(samples - 1, scale, random_state=generator))
        return float(pieces * SPACE_GENERATIONS)

    return run


def _space(dimensions: int) -> Workload:
    own = ("numerics.bartlett", dimensions)
    return Workload(
        f"refit-{dimensions}",
        f"Gaussian in {dimensions} dimensions, M = {_space_samples(dimensions)}",
        "replicate-generation",
        (
            Peer("Bartlett kernel", partial(_space_kernel, *own), own[:1], ours=True),
            Peer(
                "points kernel", partial(_space_kernel, "numerics.gaussian", dimensions), ours=True
            ),
            Peer("multivariate_normal + cov", partial(_multivariate_normal, dimensions)),
            Peer("NumPy points, Cholesky", partial(_cholesky, dimensions)),
            Peer("scipy.stats.wishart", partial(_wishart, dimensions), ("scipy",)),
        ),
        (("normal", dimensions * (dimensions + 1) / 2), ("gamma", float(dimensions))),
    )


WORKLOADS = (
    Workload(
        "refit-1",
        f"Gaussian in one dimension, M = {SAMPLES}",
        "replicate-generation",
        (
            Peer(
                "statistics kernel", partial(_kernel, "numerics.sufficient"),
                ("numerics.sufficient",), ours=True,
            ),
            Peer("points kernel", partial(_kernel, "numerics.gaussian"), ours=True),
            Peer("NumPy loop", _loop),
            Peer("NumPy vectorised points", _vectorised_points),
            Peer("NumPy vectorised statistics", _vectorised_statistics),
            Peer("Numba, first try", _numba),
            Peer("JAX statistics, 32 bits", _jax, ("jax",)),
        ),
        (("normal", 1.0), ("gamma", 1.0)),
    ),
    *(_space(dimensions) for dimensions in (2, 10, 50, 128)),
)  # fmt: skip
