"""Running rounds with real points, biased synthetic ones and noise, at a setting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from numerics import gaussian_mixed, moments_mixed
from numerics.gaussian import GaussianRun
from numerics.moments import Monomial
from proofs import sampled
from proofs.case import Bench, Setting
from proofs.spread import ROUNDING
from proofs.verdict import Exact, Observation, Sampled

Plan = Callable[[Setting], moments_mixed.Mixed]
Observe = Callable[[Setting, Bench], Sequence[Observation]]

DRIFT: Monomial = (2, 0)
VARIANCE: Monomial = (0, 1)


def simulate(
    experiment: str, setting: Setting, bench: Bench, replicates: int, plan: Plan
) -> GaussianRun:
    """Return kernel runs of a plan, recorded at the setting's generations."""
    mixed = plan(setting)
    floats = gaussian_mixed.Mixed(
        mixed.real, mixed.synthetic, float(mixed.spread), mixed.lost,
        tuple(map(float, mixed.points)), float(mixed.error), float(mixed.jolt),
        -1.0 if mixed.weight is None else float(mixed.weight),
    )  # fmt: skip
    key = bench.stream_key(experiment, setting)

    def work(first: int, last: int) -> GaussianRun:
        return gaussian_mixed.simulate(floats, setting.generations, key, first, last)

    return bench.campaign(work, bench.replicates(replicates))


def enumerate_after(plan: Plan, monomial: Monomial) -> Observe:
    """Return the experiment that expands a moment after each number of rounds."""

    def observe(setting: Setting, bench: Bench) -> list[Exact]:
        mixed = plan(setting)
        return [Exact(moments_mixed.expected(monomial, mixed, n)) for n in setting.generations]

    return observe


def enumerate_late(
    plan: Plan, monomial: Monomial, rounds: int, read: Callable[[Fraction], Fraction] = Fraction
) -> Observe:
    """Return the experiment that expands a moment after many rounds, and reads it."""

    def observe(setting: Setting, bench: Bench) -> list[Exact]:
        return [Exact(read(moments_mixed.expected(monomial, plan(setting), rounds)))]

    return observe


def measure(plan: Plan, monomial: Monomial, replicates: int = 100_000) -> Observe:
    """Return the experiment that averages mean^2 or the variance over simulated runs.

    The second moment is expanded, draw by draw.
    """

    def observe(setting: Setting, bench: Bench) -> list[Sampled]:
        run = simulate(f"moment {monomial}", setting, bench, replicates, plan)
        values = run.mean ** monomial[0] * run.variance ** monomial[1]
        twice = (2 * monomial[0], 2 * monomial[1])
        found = []
        for g, n in enumerate(setting.generations):
            second = float(moments_mixed.expected(twice, plan(setting), n)) * (1 + ROUNDING)
            found.append(sampled.known_second_moment(values[:, g], second))
        return found

    return observe
