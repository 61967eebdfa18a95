"""Runs of resampled categories, every point drawn, and laws of claims at a point."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from flint import arb
from numpy.typing import NDArray

from numerics import campaign, discrete
from proofs.figures.drawing import Effort
from theory.claim import value_ball
from theory.claims import find
from theory.domain import Value

__all__ = ["Meter", "at", "at_ball", "resampled"]

#: Working precision of the laws, in bits; a law that takes long is asked for with fewer.
BITS = 128


def at_ball(code: str, quantity: str, bits: int = BITS, /, **point: Value) -> arb:
    """Return a ball around a quantity of a claim at a point."""
    claim = find(code)
    return value_ball(claim, claim.quantity(quantity), point, bits)


def at(code: str, quantity: str, bits: int = BITS, /, **point: Value) -> float:
    """Return a quantity of a claim at a point."""
    return float(at_ball(code, quantity, bits, **point).mid())


@dataclass
class Meter:
    """Work done so far of a total, in any unit; each call adds to it and reports it."""

    total: int
    report: Callable[[int, int], object] | None
    done: int = field(default=0)

    def __call__(self, more: int) -> None:
        """Add so much."""
        self.done += more
        if self.report is not None:
            self.report(self.done, self.total)


def resampled(
    law: NDArray[np.float64], samples: int, record: tuple[int, ...], runs: int, key: int,
    effort: Effort, meter: Callable[[int], object] | None = None, tracked: int = 0,
    block: int = campaign.BLOCK,
) -> discrete.DiscreteRun:  # fmt: skip
    """Return runs of M = samples points from a law on, as `discrete.simulate`, on all threads.

    meter: called with the number of runs that were done since its last call.
    """
    work = partial(_simulate, law, samples, record, key, tracked)
    before = 0

    def progress(done: int, _: int) -> None:
        nonlocal before
        if meter is not None:
            meter(done - before)
        before = done

    return campaign.gather(
        campaign.run(work, runs, block=block, workers=effort.workers, progress=progress)
    )


def _simulate(
    law: NDArray[np.float64], samples: int, record: tuple[int, ...], key: int, tracked: int,
    first: int, last: int,
) -> discrete.DiscreteRun:  # fmt: skip
    return discrete.simulate(law, samples, record, key, first, last, tracked)
