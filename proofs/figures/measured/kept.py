"""Share of the diversity that is kept, of categories under a workflow: measured over many runs.

Every batch is drawn (`numerics`); no law of the diversity is used here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numerics import campaign, discrete_workflows, streams
from numerics.workflow import Workflow
from proofs.figures.drawing import Effort
from theory.claim import value_ball
from theory.claims import find
from theory.domain import Value

__all__ = ["Case", "exact", "seen"]

#: Rounds that a thread simulates in one piece of work.
PIECE = 50_000
BITS = 64


@dataclass(frozen=True)
class Case:
    """Runs of one workflow: batches of M = samples points, measured after the rounds `record`.

    pool: whether the diversity is that of the pool, not of the law that a round ends with.
    """

    workflow: Workflow
    samples: int
    record: tuple[int, ...]
    runs: int
    pool: bool = False


def exact(code: str, quantity: str, **point: Value) -> float:
    """Return a law of a claim at a point, for a starting diversity of 1/2, divided by 1/2.

    All diversities claimed are proportional to the starting one. The point: Fractions.
    """
    claim = find(code)
    ball = value_ball(claim, claim.quantity(quantity), {"H0": Fraction(1, 2), **point}, BITS)
    return 2 * float(ball.mid())


def seen(
    name: str, law: NDArray[np.float64], cases: Mapping[str, Case], effort: Effort
) -> dict[str, dict[str, Any]]:
    """Return mean and standard error of the share kept, by case, in each recorded round.

    law: the starting one, (K,). Random numbers depend on the names of figure and case.
    """
    total = sum(case.record[-1] * case.runs for case in cases.values())
    found: dict[str, dict[str, Any]] = {}
    before = 0
    for label, case in cases.items():
        rounds = case.record[-1]
        parts = campaign.run(
            partial(_simulate, law, case, streams.derive_key(name, label, effort.key)),
            case.runs,
            block=max(1, PIECE // rounds),
            workers=effort.workers,
            progress=partial(_report, effort, before, rounds, total),
        )
        run = campaign.gather(parts)
        squares = run.pool_squares if case.pool else run.squares
        share = (1 - squares) / (1 - float(law @ law))
        errors = share.std(axis=0, ddof=1) / math.sqrt(case.runs)
        found[label] = {
            "places": list(case.record),
            "mean": share.mean(axis=0).tolist(),
            "error": errors.tolist(),
        }
        before += rounds * case.runs
    return found


def _simulate(
    law: NDArray[np.float64], case: Case, key: int, first: int, last: int
) -> discrete_workflows.WorkflowRun:
    return discrete_workflows.simulate(
        law, case.samples, case.record, key, first, last, case.workflow
    )


def _report(effort: Effort, before: int, rounds: int, total: int, done: int, _: int) -> None:
    if effort.progress is not None:
        effort.progress(before + done * rounds, total)
