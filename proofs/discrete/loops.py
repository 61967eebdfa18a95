"""Running the kernel of every workflow, and enumerating it, at a setting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from numerics import discrete_workflows, workflows
from numerics.discrete_workflows import WorkflowRun
from numerics.workflow import Workflow
from numerics.workflows import Shares, State
from proofs import sampled
from proofs.case import Bench, Setting
from proofs.verdict import Exact, Sampled

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Loop:
    """What is run: the real law, samples a round, the workflow, and the rounds looked at.

    points: counts of the real points, where they are given.
    """

    start: Shares
    samples: int | Sequence[int]
    rounds: tuple[int, ...]
    workflow: Workflow
    points: tuple[int, ...] | None = None


Plan = Callable[[Setting], Loop]


@dataclass(frozen=True)
class Reading:
    """What is read off: exactly from a state of a loop, and from the replicates of its run.

    ends: the least and the largest value that it can have.
    """

    exact: Callable[[State, Loop], Fraction]
    runs: Callable[[WorkflowRun, Loop], Floats]
    ends: Callable[[Loop], tuple[float, float]]


def squared_distance(one: Iterable[Fraction], other: Iterable[Fraction]) -> Fraction:
    """Return the squared distance of two laws."""
    return sum(((a - b) ** 2 for a, b in zip(one, other, strict=True)), Fraction(0))


def diversity(shares: Iterable[Fraction]) -> Fraction:
    """Return 1 - sum of squared shares."""
    return 1 - sum((share * share for share in shares), Fraction(0))


def shares_of(counts: Sequence[int]) -> tuple[Fraction, ...]:
    """Return the shares of counts."""
    total = sum(counts)
    return tuple(Fraction(count, total) for count in counts)


def _farthest(loop: Loop) -> tuple[float, float]:
    """Return 0 and the squared distance of the real law from its rarest category alone."""
    return 0.0, float(2 - diversity(loop.start) - 2 * min(loop.start))


def _most_diverse(loop: Loop) -> tuple[float, float]:
    return 0.0, 1 - 1 / len(loop.start)


DISTANCE = Reading(
    lambda state, loop: squared_distance(state.law, loop.start),
    lambda run, loop: run.distance,
    _farthest,
)
DIVERSITY = Reading(
    lambda state, loop: diversity(state.law), lambda run, loop: 1 - run.squares, _most_diverse
)
POOL_DIVERSITY = Reading(
    lambda state, loop: diversity(shares_of(state.pool)),
    lambda run, loop: 1 - run.pool_squares,
    _most_diverse,
)


def enumerated(plan: Plan, reading: Reading) -> Callable[[Setting, Bench], list[Exact]]:
    """Return the experiment that takes the mean of a reading over all outcomes."""

    def observe(setting: Setting, bench: Bench) -> list[Exact]:
        loop = plan(setting)
        return [Exact(mean(loop, rounds, reading)) for rounds in loop.rounds]

    return observe


def mean(loop: Loop, rounds: int, reading: Reading) -> Fraction:
    """Return the mean of a reading after some rounds."""
    law = workflows.after(loop.start, loop.samples, rounds, loop.workflow, loop.points)
    return sum((weight * reading.exact(state, loop) for state, weight in law.items()), Fraction(0))


def measured(
    plan: Plan, reading: Reading, replicates: int = 40_000
) -> Callable[[Setting, Bench], list[Sampled]]:
    """Return the experiment that takes the mean of a reading over simulated runs."""

    def observe(setting: Setting, bench: Bench) -> list[Sampled]:
        loop = plan(setting)
        start = np.array(loop.start, dtype=np.float64)
        key = bench.stream_key("loop", setting)

        def work(first: int, last: int) -> WorkflowRun:
            return discrete_workflows.simulate(
                start, loop.samples, loop.rounds, key, first, last, loop.workflow, 0, loop.points
            )

        values = reading.runs(bench.campaign(work, bench.replicates(replicates)), loop)
        return [
            sampled.bounded(values[:, place], *reading.ends(loop))
            for place in range(len(loop.rounds))
        ]

    return observe
