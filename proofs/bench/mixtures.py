"""W4: a Gaussian mixture fitted by EM from a given start, and refitted to its own points."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from numerics import gaussian_mixture, mixture_workflows, plain_gaussian_mixture
from numerics.gaussian_mixture import Mixture
from proofs.bench.workload import Peer, Runner, Workload

Floats = npt.NDArray[np.float64]
Fit = Callable[[Floats, Mixture], Mixture]

ITERATIONS = 20  # each of them is done: nothing converges to NEVER
NEVER = 1e-300
AGREEMENT = 1e-8
SAMPLES, COMPONENTS, GENERATIONS = 1000, 2, 20


def _points(number: int, dimensions: int, components: int) -> tuple[Floats, Mixture]:
    """Return points (N, d) of clusters that overlap, and where EM begins."""
    generator = np.random.default_rng(1)
    centres = 2.0 / np.sqrt(dimensions) * generator.normal(size=(components, dimensions))
    noise = generator.normal(size=(number, dimensions))
    points = centres[generator.integers(0, components, number)] + noise
    covariances = np.array([1.5 * np.eye(dimensions)] * components)
    return points, Mixture(np.full(components, 1 / components), centres, covariances)


def _kernel(points: Floats, start: Mixture) -> Mixture:
    """Return the fit by our kernel."""
    found = gaussian_mixture.fit(points, start, tolerance=NEVER, iterations=ITERATIONS)
    if found.iterations != ITERATIONS:
        raise ArithmeticError(f"{found.iterations} iterations, not {ITERATIONS}")
    return found.mixture


def _plain(points: Floats, start: Mixture) -> Mixture:
    """Return the fit by NumPy and SciPy's log-sum-exp, as one would write it first."""
    found = plain_gaussian_mixture.fit(points, start, tolerance=NEVER, iterations=ITERATIONS)
    return found.mixture


def _scikit_learn(points: Floats, start: Mixture) -> Mixture:
    """Return the fit by scikit-learn's GaussianMixture."""
    from sklearn.mixture import GaussianMixture

    model: Any = GaussianMixture(
        start.components, tol=0.0, max_iter=ITERATIONS, weights_init=start.weights,
        means_init=start.means, precisions_init=np.linalg.inv(start.covariances),
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it has not converged
        model.fit(points)
    covariances = model.covariances_
    return Mixture(model.weights_, model.means_, (covariances + covariances.transpose(0, 2, 1)) / 2)


def _fitting(fit: Fit, number: int, dimensions: int, components: int) -> Runner:
    """Return a runner whose unit is a point, component and iteration; it refuses a wrong fit."""
    points, start = _points(number, dimensions, components)
    expected, found = _kernel(points, start), fit(points, start)
    for name in ("weights", "means", "covariances"):
        apart = float(np.abs(getattr(found, name) - getattr(expected, name)).max())
        if not apart < AGREEMENT:
            raise ArithmeticError(f"{name} of the fits differ by {apart:.1e}")

    def run(pieces: int) -> float:
        for _ in range(pieces):
            fit(points, start)
        return float(pieces * number * components * ITERATIONS)

    return run


def _loop() -> Runner:
    """Return our loop of fit, sample, refit; every fit begins with k-means++."""
    blob, begin = Mixture(np.ones(1), np.zeros((1, 2)), np.eye(2)[np.newaxis]), itertools.count()

    def run(pieces: int) -> float:
        mixture_workflows.simulate(
            blob, COMPONENTS, SAMPLES, (GENERATIONS,), next(begin), 0, pieces
        )
        return float(pieces * GENERATIONS)

    return run


def _scikit_learn_loop() -> Runner:
    """Return the loop by scikit-learn, as published with the paper."""
    from sklearn.mixture import GaussianMixture

    generator = np.random.default_rng(1)

    def run(pieces: int) -> float:
        for _ in range(pieces):
            points = generator.normal(size=(SAMPLES, 2))
            for _ in range(GENERATIONS):
                model: Any = GaussianMixture(COMPONENTS).fit(points)
                points, _ = model.sample(SAMPLES)
        return float(pieces * GENERATIONS)

    return run


def _workload(number: int, dimensions: int, components: int) -> Workload:
    size = (number, dimensions, components)
    peers = (
        Peer("EM kernel", partial(_fitting, _kernel, *size), ours=True),
        Peer("NumPy, log-sum-exp", partial(_fitting, _plain, *size)),
        Peer("scikit-learn", partial(_fitting, _scikit_learn, *size), ("sklearn",)),
    )
    return Workload(
        f"mixture-{dimensions}-{number}",
        f"EM, {ITERATIONS} iterations, N = {number:,}, d = {dimensions}, k = {components}",
        "point, component and iteration",
        peers,
        (("exponential", 1.0),),
    )


WORKLOADS = (
    _workload(1000, 2, 2),
    _workload(10_000, 1, 2),
    _workload(10_000, 2, 2),
    _workload(10_000, 10, 5),
    Workload(
        "mixture-loop",
        f"fit, sample, refit: k = {COMPONENTS}, d = 2, M = {SAMPLES:,}, {GENERATIONS} generations",
        "generation",
        (
            Peer("kernel", _loop, ours=True),
            Peer("scikit-learn", _scikit_learn_loop, ("sklearn",)),
        ),
    ),
)
