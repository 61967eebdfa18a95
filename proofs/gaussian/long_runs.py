"""Eigenvalues after so many generations that no floating-point number would hold them.

Every point is drawn. The logarithm of each squared pivot of the triangular root grows by
independent terms of one law, one a generation, whose mean has a finite-sample interval. The limit
for an eigenvalue is that of its pivot as long as the two keep together: what their logarithms
differ by after n generations, over n, is seen in each run and widens the interval.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from numerics import heights, intervals, quadrature
from proofs.case import Bench, Setting, exactly
from proofs.gaussian.refitting import estimator
from proofs.gaussian.spectra import ENCLOSURE_BITS, Floats, variances
from proofs.verdict import Sampled

#: Generations of a run, and between two of its records.
LONG, STEP = 100_000, 100
REPLICATES = 2


class Spectra(NamedTuple):
    """Growth a generation between two records (R, G, d), and to the end; error of the latter."""

    growth: Floats
    eigenvalues: Floats  # (R, d), the largest first
    error: Floats  # (R,)


def work(
    dimensions: int, samples: int, record: tuple[int, ...], key: int, by: str, first: int, last: int
) -> Spectra:
    """Return what replicates first..last-1 show."""
    run = heights.simulate(
        dimensions, samples, record, key, first, last, "mle" if by == "mle" else "unbiased"
    )
    found = [heights.eigenvalues(*one) for one in zip(run.columns, run.powers, strict=True)]
    return Spectra(
        np.diff(run.log_heights, axis=1, prepend=0.0) / STEP,
        np.array([logs for logs, _ in found]) / record[-1],
        np.array([error for _, error in found]) / record[-1],
    )


def simulate(setting: Setting, bench: Bench) -> Spectra:
    """Return the runs that serve all places of the spectrum at once."""
    whole = Setting({**setting.fixed, "i": exactly(1)}, setting.generations, setting.start)
    key, size = bench.stream_key("long spectrum", whole), setting.integer("M")
    axes = len(variances(setting))
    assert set(variances(setting)) == {1}

    def replicates(first: int, last: int) -> Spectra:
        return _remembered(axes, size, key, estimator(setting), first, last)

    return bench.campaign(replicates, bench.replicates(REPLICATES), block=1)


@lru_cache(maxsize=1024)
def _remembered(axes: int, size: int, key: int, by: str, first: int, last: int) -> Spectra:
    """Return the same runs again for the next place of the spectrum."""
    return work(axes, size, tuple(range(STEP, LONG + 1, STEP)), key, by, first, last)


def measure_spectrum(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the growth of the logarithm of one eigenvalue, a generation.

    The variance of a pivot's logarithm sets the width of the interval alone.
    """
    place = setting.integer("i") - 1
    seen = simulate(setting, bench)
    growth = seen.growth[..., place]
    apart = np.abs(seen.eigenvalues[:, place] - growth.mean(axis=1)) + seen.error
    room = float(apart.max())
    size = setting.integer("M")
    variance = float(quadrature.variance_log(size - place - 1, ENCLOSURE_BITS).upper()) / STEP

    def interval(alpha: float) -> tuple[float, float]:
        low, high = intervals.catoni(growth.ravel(), variance, alpha)
        return low - room, high + room

    return [
        Sampled(
            float(seen.eigenvalues[:, place].mean()),
            len(growth),
            interval,
            "Catoni, known variance, and the distance of pivot and eigenvalue",
        )
    ]
