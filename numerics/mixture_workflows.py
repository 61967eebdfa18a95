"""A Gaussian mixture refitted by EM on what a workflow trains it on; every point is drawn."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.arguments import checked_record, checked_replicates, checked_samples
from numerics.gaussian_mixture import FLOOR, ITERATIONS, TOLERANCE, Mixture, checked_rules
from numerics.jitted import inlined, lean
from numerics.mixture_em import SINGULAR, Law, Room, iterate, new_law, new_room
from numerics.mixture_start import begin
from numerics.streams import Stream, index_below, new_stream, restart, uniform
from numerics.variates import normal
from numerics.workflow import KEEPS, REPLACE, Workflow

__all__ = ["BEGINNINGS", "LARGEST_POOL", "Beginning", "MixtureRun", "checked_sizes", "simulate"]

Floats = NDArray[np.float64]
Beginning = Literal["k-means++", "warm"]
BEGINNINGS: tuple[Beginning, ...] = ("k-means++", "warm")

LARGEST_POOL = 10_000_000
"""Points times dimensions at most that a training set or a pool holds: 80 MB a thread."""

_REPLACE, _ACCUMULATE, _SUBSAMPLE = range(len(KEEPS))


class MixtureRun(NamedTuple):
    """What was fitted in R replicates after G recorded numbers of rounds; k components."""

    weights: Floats  # (R, G, k)
    means: Floats  # (R, G, k, d)
    covariances: Floats  # (R, G, k, d, d)
    log_likelihood: Floats  # (R, G), mean over the training set, before the last maximisation
    iterations: NDArray[np.int64]  # (R, G), of this fit
    floored: NDArray[np.bool_]  # (R, G, k), whether the floor is half of the smallest variance
    floored_fits: NDArray[np.int64]  # (R, G), fits so far with a floored component
    unconverged_fits: NDArray[np.int64]  # (R, G), fits so far that ran out of iterations


class _Plan(NamedTuple):
    """A workflow and the rules of a fit in the words of the kernel."""

    keep: int
    replacement: bool
    real: int
    fresh: int
    share: float
    warm: bool
    floor: float
    tolerance: float
    most: int


class _Fitted(NamedTuple):
    """How a fit went."""

    likelihood: float
    iterations: int
    converged: bool


@lean
def _draw(stream: Stream, law: Law, normals: Floats, points: Floats, place: int) -> None:
    """Nothing: points[:, place] is now a point of the mixture."""
    j, left = 0, uniform(stream)
    while j < law.weight.size - 1 and left >= law.weight[j]:
        left -= law.weight[j]
        j += 1
    for a in range(points.shape[0]):
        normals[a] = normal(stream)
        x = law.mean[j, a]
        for b in range(a + 1):
            x += law.root[j, a, b] * normals[b]
        points[a, place] = x


@lean
def _batch(
    stream: Stream, fresh: int, share: float, real: Law, model: Law, normals: Floats,
    points: Floats, first: int, samples: int,
) -> None:  # fmt: skip
    """Nothing: points[:, first : first + samples] is now a batch."""
    for i in range(samples):
        source = model
        if i < fresh or (share > 0.0 and uniform(stream) < share):
            source = real
        _draw(stream, source, normals, points, first + i)


@lean
def _take(
    stream: Stream, replacement: bool, pool: Floats, number: int, samples: int, out: Floats
) -> None:
    """Nothing: out[:, :samples] now holds points of the pool's first number.

    Without replacement they move to its front, by the first steps of a Fisher-Yates shuffle.
    """
    for i in range(samples):
        place = index_below(stream, number) if replacement else i + index_below(stream, number - i)
        for a in range(pool.shape[0]):
            x = pool[a, place]
            out[a, i] = x
            if not replacement:
                pool[a, place] = pool[a, i]
                pool[a, i] = x


@lean
def _advance(
    stream: Stream, plan: _Plan, real: Law, model: Law, room: Room, normals: Floats,
    pool: Floats, training: Floats, label: Floats, held: int, samples: int, fits: int,
) -> tuple[int, _Fitted]:  # fmt: skip
    """Points that are kept after one more round, and how its fit went; round -1 is the real points.

    One call of each function, so that the compiler does not copy it.
    """
    before = fits < 0
    source = model if fits > 0 or plan.real > 0 else real
    fresh = samples if before else plan.fresh
    _batch(stream, fresh, plan.share, real, source, normals, pool, held, samples)
    number, data = held + samples, pool
    kept = held if plan.keep == _REPLACE and not before else number
    if plan.keep == _SUBSAMPLE and not before:
        _take(stream, plan.replacement, pool, number, samples, training)
        number, data = samples, training
    warm = plan.warm and not before and (fits > 0 or plan.real > 0)
    if not warm and not begin(stream, data, number, model, room, label, plan.floor):
        return kept, _Fitted(0.0, SINGULAR, False)
    likelihood, done, converged = iterate(
        data, number, model, room, plan.floor, plan.tolerance, plan.most
    )
    return kept, _Fitted(likelihood, done, converged)


@inlined
def _record(run: MixtureRun, r: int, g: int, model: Law, fitted: _Fitted) -> None:
    """Nothing: place (r, g) of the run now holds the newest fit."""
    for j in range(model.weight.size):
        run.weights[r, g, j] = model.weight[j]
        run.floored[r, g, j] = model.floored[j]
        for a in range(model.mean.shape[1]):
            run.means[r, g, j, a] = model.mean[j, a]
            for b in range(model.mean.shape[1]):
                run.covariances[r, g, j, a, b] = model.covariance[j, a, b]
    run.log_likelihood[r, g] = fitted.likelihood
    run.iterations[r, g] = fitted.iterations


@lean
def _simulate(
    stream: Stream, plan: _Plan, real: Law, model: Law, room: Room, normals: Floats,
    sizes: NDArray[np.int64], record: NDArray[np.int64], first: int, pool: Floats,
    training: Floats, label: Floats, run: MixtureRun,
) -> tuple[int, int]:  # fmt: skip
    """Replicate and round of the first fit that could not be made; (-1, -1) where there is none."""
    for r in range(run.log_likelihood.shape[0]):
        restart(stream, stream.key, np.uint64(first + r))
        held, floored, unconverged = 0, 0, 0
        fits = -1 if plan.real > 0 else 0
        for g in range(record.size):
            fitted = _Fitted(0.0, 0, True)
            while fits < record[g]:
                samples = plan.real
                if fits >= 0:
                    samples = sizes[min(fits, sizes.size - 1)]
                held, fitted = _advance(
                    stream, plan, real, model, room, normals, pool, training, label, held,
                    samples, fits,
                )  # fmt: skip
                fits += 1
                if fitted.iterations == SINGULAR:
                    return r, fits
                if fits > 0:
                    floored += 1 if model.floored.any() else 0
                    unconverged += 0 if fitted.converged else 1
            _record(run, r, g, model, fitted)
            run.floored_fits[r, g] = floored
            run.unconverged_fits[r, g] = unconverged
    return -1, -1


def checked_sizes(
    samples: int | ArrayLike, rounds: int, workflow: Workflow, components: int, dimensions: int
) -> NDArray[np.int64]:
    """(1,) constant number of samples, or the schedule up to the last round.

    Raises ValueError where a batch, a training set or the pool does not fit the workflow, and for
    what no mixture of a fixed number of components can be: a blend, or smoothed counts.
    """
    sizes = checked_samples(samples, rounds, least=1)
    if workflow.smoothing:
        raise ValueError(f"smoothing = {workflow.smoothing} is not 0; categories alone know it")
    if workflow.alpha != 1:
        raise ValueError(
            f"alpha = {workflow.alpha} is not 1; a blend with laws before is a mixture of more "
            "components than were fitted"
        )
    smallest, largest = int(sizes.min()), int(sizes.max())
    if workflow.fresh > smallest:
        raise ValueError(f"fresh = {workflow.fresh} lies outside 0..{smallest}, the smallest batch")
    if 0 < workflow.real < components:
        raise ValueError(f"real = {workflow.real} lies outside real = 0 or real >= {components}")
    fewest = smallest if workflow.keep == "subsample" else smallest + workflow.real
    if fewest < components:
        raise ValueError(f"a training set has {fewest} points; {components} components need more")
    batches = int(sizes[0]) * rounds if sizes.size == 1 else int(sizes.sum())
    held = workflow.real + (largest if workflow.keep == "replace" else batches)
    if held * dimensions > LARGEST_POOL:
        raise ValueError(
            f"{held} points in {dimensions} dimensions lie outside 0..{LARGEST_POOL} numbers"
        )
    return sizes


def _empty_run(shape: tuple[int, int], components: int, dimensions: int) -> MixtureRun:
    """Run of that shape, not filled."""
    inner = (*shape, components)
    return MixtureRun(
        np.empty(inner), np.empty((*inner, dimensions)), np.empty((*inner, dimensions, dimensions)),
        np.empty(shape), np.empty(shape, np.int64), np.empty(inner, np.bool_),
        np.empty(shape, np.int64), np.empty(shape, np.int64),
    )  # fmt: skip


def simulate(
    start: Mixture, components: int, samples: int | ArrayLike, record: tuple[int, ...],
    key: int, first: int, last: int, workflow: Workflow = REPLACE,
    beginning: Beginning = "k-means++", floor: float = FLOOR, tolerance: float = TOLERANCE,
    iterations: int = ITERATIONS,
) -> MixtureRun:  # fmt: skip
    """MixtureRun of R = last - first replicates after the G recorded numbers of rounds.

    Parameters: start, the real law D_0, with covariances that are positive definite; components >=
    1 of the fitted mixtures, which may be another number; samples, M or a schedule, each in
    1..10**9; record, increasing numbers of rounds, each at least 1; key in 0..2**64-1; replicates
    first..last-1 of that key; workflow, without blend and smoothing; beginning, where EM sets out:
    from `k-means++` in every round, or `warm`, from the fit before (the first one from k-means++);
    floor > 0, tolerance and iterations as in `gaussian_mixture.fit`.
    Memory: all points of one replicate unless batches are replaced, LARGEST_POOL numbers at most.
    Raises ValueError outside these domains.
    """
    recorded = checked_record(record)
    if not 1 <= components <= 1000:
        raise ValueError(f"components = {components} lies outside 1..1000")
    if beginning not in BEGINNINGS:
        raise ValueError(f"beginning = {beginning!r} is none of {', '.join(BEGINNINGS)}")
    checked_rules(floor, tolerance, iterations)
    if floor == 0.0:
        raise ValueError("floor = 0 lies outside floor > 0: components collapse to points")
    rounds, d = int(recorded[-1]), start.dimensions
    sizes = checked_sizes(samples, rounds, workflow, components, d)
    checked_replicates(key, first, last)
    plan = _Plan(
        KEEPS.index(workflow.keep), workflow.replacement, workflow.real, workflow.fresh,
        float(workflow.fresh_share), beginning == "warm", floor, tolerance, iterations,
    )  # fmt: skip
    largest = int(sizes.max())
    batches = int(sizes[0]) * rounds if sizes.size == 1 else int(sizes.sum())
    held = workflow.real + (largest if workflow.keep == "replace" else batches)
    run = _empty_run((last - first, recorded.size), components, d)
    replicate, round_ = _simulate(
        new_stream(key, first), plan, start.law(), new_law(components, d),
        new_room(components, d), np.empty(d), sizes, recorded, first, np.empty((d, held)),
        np.empty((d, largest if workflow.keep == "subsample" else 0)),
        np.empty(held), run,
    )  # fmt: skip
    if replicate >= 0:
        raise ValueError(
            f"floor = {floor} is too small in replicate {first + replicate}, round {round_}: a "
            "covariance is not positive definite"
        )
    return run
