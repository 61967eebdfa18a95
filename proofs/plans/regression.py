"""`collapse simulate regression`: the plan of refitting a linear regression to its own labels."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import accumulate, repeat
from typing import get_args

import numpy as np

from numerics import regression, streams
from numerics.measured_regression import REGRESSION, RefittingRegression
from numerics.regression import Estimator, Inputs, Keep
from numerics.summary import Bins
from proofs import simulation
from proofs.simulation import Plan
from proofs.training import Samples, shown_samples
from theory.errors import DomainError

#: What the kernel calls a workflow; to augment is to keep every round.
KEEPS: dict[str, Keep] = {
    "replace": "replace", "accumulate": "accumulate", "augment": "accumulate",
}  # fmt: skip
LEGEND = ("error: |w_n - w*|^2, w* the true weights; length: |w_n|^2; overlap: w_n'w*",)


def plan_regression(
    samples: Samples,
    generations: int,
    replicates: int,
    key: str,
    dimensions: int = 1,
    estimator: str = "ols",
    ridge: float | None = None,
    workflow: str = "replace",
    inputs: str = "fresh",
    noise: float = 1.0,
    signal: float = 1.0,
    bins: Bins | None = None,
) -> Plan:
    """Return the plan of refitting a regression; DomainError outside the domains.

    samples: rows of a generation, 1..10^9, or a schedule. dimensions: 1..1000. estimator: ols,
    min-norm or ridge; ridge: its penalty > 0. workflow: replace, accumulate or augment. inputs:
    fresh or same. noise >= 0: standard deviation of a label. signal >= 0: squared length of the
    true weights, which have equal entries. The others as in `plan_discrete`.
    """
    simulation.check_sizes("regression", samples, generations, replicates, least=1)
    simulation.check_inside("regression", "dimensions", dimensions, 1, simulation.MOST_DIMENSIONS)
    for name, value, choices in (
        ("estimator", estimator, get_args(Estimator)),
        ("workflow", workflow, tuple(KEEPS)),
        ("inputs", inputs, get_args(Inputs)),
    ):
        if value not in choices:
            raise DomainError(
                f"simulate regression: {name} = {value} is none of {', '.join(choices)}"
            )
    for name, number in (("noise", noise), ("signal", signal)):
        if not (math.isfinite(number) and number >= 0):
            raise DomainError(f"simulate regression: {name} = {number:g} lies outside {name} >= 0")
    _check_penalty(estimator, ridge)
    work = RefittingRegression(
        np.full(dimensions, math.sqrt(signal / dimensions)),
        samples,
        simulation.recorded(generations),
        streams.derive_key("simulate", "regression", key),
        noise,
        {one: one for one in get_args(Estimator)}[estimator],
        ridge or 0.0,
        KEEPS[workflow],
        {one: one for one in get_args(Inputs)}[inputs],
        bins,
    )
    with simulation.as_domain_error("regression"):
        regression.checked(
            dimensions, samples, max(generations, 1), work.estimator, work.penalty, work.keep,
            work.inputs,
        )  # fmt: skip
    asked: dict[str, str | int] = {
        "samples": shown_samples(samples), "generations": generations, "dimensions": dimensions,
        "estimator": estimator, "workflow": workflow, "inputs": inputs, "noise": f"{noise:g}",
        "signal": f"{signal:g}", "key": key,
    }  # fmt: skip
    points = simulation.points_of(samples, generations) * (dimensions + 1) ** 2
    return Plan(
        "regression",
        asked if ridge is None else asked | {"ridge": f"{ridge:g}"},
        (*LEGEND, *_infinite(work, dimensions, generations)),
        simulation.with_column("regression", REGRESSION, bins),
        (0.0, signal, signal),
        simulation.origin_of(samples, work.truth),
        (0, 1),
        work.record,
        replicates,
        simulation.block_size(points, dimensions * len(work.record)),
        work,
    )


def _infinite(work: RefittingRegression, dimensions: int, generations: int) -> tuple[str, ...]:
    """Return a note where the true mean is infinite: as many rows as dimensions, give or take one.

    The inverse of X'X has no mean then, unless a penalty keeps it bounded, and multiplies noise.
    """
    if work.estimator == "ridge" or not work.noise:
        return ()
    sizes: Iterable[int] = work.samples if isinstance(work.samples, tuple) else ()
    if isinstance(work.samples, int):
        sizes = repeat(work.samples, min(generations, dimensions + 1))  # later ones are no nearer
    if work.keep == "accumulate" and work.inputs == "fresh":
        sizes = accumulate(sizes)
    for generation, rows in enumerate(sizes, 1):
        if abs(rows - dimensions) <= 1:
            return (
                f"infinite mean: error and length, from generation {generation} on ({rows} rows "
                f"are fitted in {dimensions} dimensions; a finite mean needs a difference of 2 or "
                "more); what is shown is the mean of these runs alone",
            )
    return ()


def _check_penalty(estimator: str, ridge: float | None) -> None:
    """Raise DomainError unless there is a penalty just where the estimator has one."""
    if ridge is None:
        if estimator == "ridge":
            raise DomainError("simulate regression: estimator = ridge needs --ridge LAM, above 0")
        return
    if estimator != "ridge":
        raise DomainError(f"simulate regression: --ridge {ridge:g} excludes estimator {estimator}")
    if not (math.isfinite(ridge) and ridge > 0):
        raise DomainError(f"simulate regression: --ridge {ridge:g} lies outside ridge > 0")
