"""Running a pool that keeps every batch, and expanding its moments, at a setting."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from numerics import gaussian_workflows, moments_workflows
from numerics.gaussian_workflows import WorkflowRun
from numerics.start import Start
from numerics.workflow import Workflow
from proofs import spread
from proofs.case import Bench, Setting
from proofs.gaussian.refitting import FOURTH, Estimator
from proofs.spread import ROUNDING

KEEP_ALL = Workflow("accumulate")

Powers = tuple[int, int, int, int]


def start_moments(setting: Setting) -> Callable[[int], Fraction] | None:
    """Return the moments of D_0 where the start is a list of numbers; None for a normal one.

    Each number is as likely as the next; they are taken about their average.
    """
    if not setting.start[-1].isdigit():
        return None
    points = [Fraction(entry) for entry in setting.start.split(",")]
    centre = sum(points, Fraction(0)) / len(points)
    return lambda k: sum(((x - centre) ** k for x in points), Fraction(0)) / len(points)


def expanded(
    setting: Setting, rounds: int, powers: Powers, workflow: Workflow, fit: Estimator
) -> Fraction:
    """Return E[mean^a variance^b pool_mean^c pool_variance^d], every draw averaged out."""
    return moments_workflows.expected(
        powers, setting.integer("M"), rounds, workflow, fit, start_moments(setting)
    )


def simulate(
    experiment: str, setting: Setting, bench: Bench, replicates: int,
    workflow: Workflow, fit: Estimator,
) -> WorkflowRun:  # fmt: skip
    """Return kernel runs from a D_0 of mean 0 and variance 1, recorded at the setting's rounds."""
    start, size = Start.named(setting.start), setting.integer("M")
    key = bench.stream_key(experiment, setting)

    def work(first: int, last: int) -> WorkflowRun:
        return gaussian_workflows.simulate(
            start, size, setting.generations, key, first, last, workflow, fit
        )

    return bench.campaign(work, bench.replicates(replicates), 1024)


def fourth(setting: Setting, rounds: int) -> spread.Fourth[float]:
    """Return E mean^4, E mean^2 V and E V^2 of a pool that keeps all, V with divisor n M.

    The first batch is fitted as in `spread`. Round k >= 2 has standardised points z_j, their
    average z and the average A of their squares: the mean moves by sqrt(V) z / k, and V is
    multiplied by 1 + (A - 1)/k - z^2/k^2. Here E z^2 = 1/M, E z^4 = 3/M^2, E A^2 = 1 + 2/M and
    E A z^2 = 1/M + 2/M^2. These bound how far a run strays; none is a mean that a claim states.
    """
    size = setting.integer("M")
    begun = spread.Moments(Fraction(1), FOURTH[setting.start])
    drift, mixed, square = spread.fourth_moments(size, 1, begun, "mle")
    one = Fraction(1, size)
    for k in range(2, rounds + 1):
        half = Fraction(1, k)
        drift += 6 * mixed * one * half**2 + 3 * square * one**2 * half**4
        shared = one + 2 * one**2 * half - 3 * one**2 * half**2
        mixed = mixed * (1 - one * half**2) + square * shared * half**2
        square *= 1 - 4 * one**2 * half**3 + 3 * one**2 * half**4
    return spread.Fourth(*(float(value) * (1 + ROUNDING) for value in (drift, mixed, square)))
