"""W1: resampling of categories, forward to absorption, and its exact dual."""

from __future__ import annotations

import itertools
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from proofs.bench.workload import Peer, Runner, Workload

Law = npt.NDArray[np.float64]

ZIPF_GENERATIONS = 1000
JAX_REPLICATES, JAX_GENERATIONS = 64, 64
VECTORISED = 256  # replicates at once


def uniform(categories: int) -> Law:
    """Return (K,) equal probabilities."""
    return np.full(categories, 1 / categories)


def zipf(categories: int) -> Law:
    """Return (K,) probabilities in proportion to 1/k."""
    weights = 1 / np.arange(1, categories + 1)
    return np.asarray(weights / weights.sum())


def _kernel(law: Law, samples: int, generations: int | None) -> Runner:
    """Return our forward kernel; to absorption where no number of generations is given."""
    from numerics.discrete import simulate

    last = generations or 200 * samples
    begin = itertools.count()

    def run(pieces: int) -> float:
        result = simulate(law, samples, (last,), next(begin), 0, pieces)
        ended = np.where(result.absorbed_at < 0, last, result.absorbed_at)
        return float(pieces * last if generations else ended.sum())

    return run


def _looped(law: Law, samples: int, generations: int | None, alive_only: bool) -> Runner:
    """Return NumPy's multinomial in a Python loop, perhaps without the dead categories."""
    generator = np.random.default_rng(1)

    def run(pieces: int) -> float:
        done = 0
        for _ in range(pieces):
            counts = generator.multinomial(samples, law)
            left = generations
            while left != 1 if left is not None else counts.max() < samples:
                if alive_only:
                    counts = counts[counts > 0]
                counts = generator.multinomial(samples, counts / samples)
                done += 1
                left = None if left is None else left - 1
            done += 1
        return float(done)

    return run


def _vectorised(law: Law, samples: int, generations: int | None) -> Runner:
    """Return NumPy's multinomial for many replicates at once; those absorbed are dropped."""
    generator = np.random.default_rng(1)

    def run(pieces: int) -> float:
        done = 0
        for first in range(0, pieces, VECTORISED):
            size = min(VECTORISED, pieces - first)
            counts = generator.multinomial(samples, law, size=size)
            done += size
            left = generations
            while len(counts) and left != 1:
                if left is None:
                    counts = counts[counts.max(axis=1) < samples]
                counts = generator.multinomial(samples, counts / samples)
                done += len(counts)
                left = None if left is None else left - 1
        return float(done)

    return run


def _numba(law: Law, samples: int, generations: int | None) -> Runner:
    """Return a plain Numba loop that picks every point's parent, as one would write it first."""
    from numba import njit

    def loop(cumulated: Law, size: int, last: int, pieces: int) -> int:
        done = 0
        old = np.empty(size, np.int64)
        new = np.empty(size, np.int64)
        for _ in range(pieces):
            for i in range(size):
                old[i] = np.searchsorted(cumulated, np.random.random(), side="right")
            generation = 1
            alone = (old == old[0]).all()
            while generation != last and (last > 0 or not alone):
                for i in range(size):
                    new[i] = old[np.random.randint(0, size)]
                old, new = new, old
                alone = (old == old[0]).all()
                generation += 1
            done += generation
        return done

    compiled: Any = njit(loop)
    cumulated = np.cumsum(law)
    cumulated[-1] = 1.0
    return lambda pieces: float(compiled(cumulated, samples, generations or 0, pieces))


def _jax(law: Law, samples: int, generations: int | None) -> Runner:
    """Return JAX: every point picks its parent, compiled, replicates side by side.

    It runs a fixed number of generations: nobody waits for the last replicate to be absorbed.
    """
    import jax
    import jax.numpy as jnp

    few = samples > 10_000
    size, last = (1, JAX_GENERATIONS) if few else (JAX_REPLICATES, JAX_GENERATIONS)

    def step(old: Any, key: Any) -> tuple[Any, None]:
        parents = jax.random.randint(key, old.shape, 0, samples)
        return jnp.take_along_axis(old, parents, axis=1), None

    def many(key: Any) -> Any:
        first, rest = jax.random.split(key)
        old = jax.random.choice(first, law.size, (size, samples), p=jnp.asarray(law))
        return jax.lax.scan(step, old, jax.random.split(rest, last - 1))[0]

    compiled, keys = jax.jit(many), itertools.count()

    def run(pieces: int) -> float:
        for _ in range(pieces):
            compiled(jax.random.key(next(keys))).block_until_ready()
        return float(pieces * size * last)

    return run


def _msprime(samples: int, per_replicate: bool) -> Runner:
    """Return msprime's discrete-time Wright-Fisher model: M genomes back to their ancestor."""
    import msprime

    seeds = itertools.count(1)

    def run(pieces: int) -> float:
        trees = msprime.sim_ancestry(
            samples // 2, population_size=samples // 2, model="dtwf",
            num_replicates=pieces, random_seed=next(seeds),
        )  # fmt: skip
        generations = sum(tree.max_root_time for tree in trees)
        return float(pieces if per_replicate else generations)

    return run


def _simupop(law: Law, samples: int) -> Runner:
    """Return simuPOP: a haploid population of one locus, fifty generations a piece."""
    import simuOpt

    simuOpt.setOptions(quiet=True, alleleType="long")
    import simuPOP

    def run(pieces: int) -> float:
        for _ in range(pieces):
            population = simuPOP.Population(size=samples, ploidy=1, loci=1)
            population.evolve(
                initOps=simuPOP.InitGenotype(freq=law.tolist()),
                matingScheme=simuPOP.RandomSelection(),
                gen=50,
            )
        return float(50 * pieces)

    return run


def _dual(law: Law, samples: int) -> Runner:
    """Return our dual sampler of collapse time and winner, a unit a replicate."""
    dual: Any = __import__("numerics.dual", fromlist=["simulate"])
    begin = itertools.count()

    def run(pieces: int) -> float:
        dual.simulate(law, samples, next(begin), 0, pieces)
        return float(pieces)

    return run


def _per_replicate(law: Law, samples: int) -> Runner:
    """Return our forward kernel to absorption, a unit a replicate."""
    runner = _kernel(law, samples, None)

    def run(pieces: int) -> float:
        runner(pieces)
        return float(pieces)

    return run


def _forward(name: str, law: Law, samples: int, generations: int | None, title: str) -> Workload:
    peers = [
        Peer("kernel", partial(_kernel, law, samples, generations), ours=True),
        Peer("NumPy loop", partial(_looped, law, samples, generations, False)),
        Peer("NumPy loop, survivors only", partial(_looped, law, samples, generations, True)),
        Peer("NumPy vectorised", partial(_vectorised, law, samples, generations)),
        Peer("Numba, first try", partial(_numba, law, samples, generations)),
        Peer("JAX, 32 bits", partial(_jax, law, samples, generations), ("jax",)),
    ]
    if generations is None:
        peers += [
            Peer("msprime, DTWF", partial(_msprime, samples, False), ("msprime",)),
            Peer("simuPOP", partial(_simupop, law, samples), ("simuPOP",)),
        ]
    floor = (("binomial 100" if samples == 100 else "binomial 1000", 1.0),)
    return Workload(
        name, title, "replicate-generation", tuple(peers), floor if generations is None else ()
    )


def _collapse(name: str, law: Law, samples: int, title: str) -> Workload:
    peers = (
        Peer("dual sampler", partial(_dual, law, samples), ("numerics.dual",), ours=True),
        Peer("forward kernel", partial(_per_replicate, law, samples), ours=True),
        Peer("msprime, DTWF", partial(_msprime, samples, True), ("msprime",)),
    )
    return Workload(name, title, "replicate", peers)


WORKLOADS = (
    _forward(
        "resample-10-100", uniform(10), 100, None, "K = 10 categories, M = 100, to absorption"
    ),
    _forward(
        "resample-1000-1000", uniform(1000), 1000, None,
        "K = 1,000 categories, M = 1,000, to absorption",
    ),
    _forward(
        "resample-zipf", zipf(50_000), 100_000, ZIPF_GENERATIONS,
        "K = 50,000 categories of Zipf's law, M = 100,000, 1,000 generations",
    ),
    _collapse(
        "collapse-10-100", uniform(10), 100, "collapse time and winner, K = 10, M = 100"
    ),
    _collapse(
        "collapse-1000-1000", uniform(1000), 1000, "collapse time and winner, K = M = 1,000"
    ),
)  # fmt: skip
