"""Running the refitting kernel at a setting."""

from __future__ import annotations

from typing import Literal, cast

from numerics import gaussian
from numerics.start import Start
from proofs.case import Bench, Setting

Estimator = Literal["unbiased", "mle"]


def estimator(setting: Setting) -> Estimator:
    """Return the setting's estimator, unbiased unless it says otherwise."""
    return cast(Estimator, setting.text("estimator", "unbiased"))


def simulate(
    experiment: str, setting: Setting, bench: Bench, replicates: int
) -> gaussian.GaussianRun:
    """Return one-dimensional kernel runs from a D_0 of mean 0 and variance 1."""
    start = Start.named(setting.start)
    samples = setting.integer("M")
    key = bench.stream_key(experiment, setting)

    def work(first: int, last: int) -> gaussian.GaussianRun:
        return gaussian.simulate(
            start, samples, setting.generations, key, first, last, estimator(setting)
        )

    return bench.campaign(work, bench.replicates(replicates))
