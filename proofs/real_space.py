"""The distance of a user's sample in space from the normal law fitted to it, from both sides."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from numerics import intervals
from numerics.transport_space import assigned, highest, normal_points, potential, reduced_cost
from proofs.case import Bench, Setting
from proofs.inputs import Sample
from proofs.real_grid import Experiment
from proofs.real_shape import coupling
from proofs.verdict import Sampled

Floats = npt.NDArray[np.float64]

#: Points that are assigned at once, at least about; rows at most; times that points are assigned.
ASSIGNED, MOST_ROWS, TIMES = 300, 1500, 60
#: Points that a potential is fitted to; points of a batch, and batches, that it is then tried on.
FITTED, BATCH, TRIES = 2000, 5000, 20
#: Reduced costs are cut off at so many times the largest one of the points fitted to.
CUT = 1.5
#: Where the smallest eigenvalue of the correlations is below it, columns depend on each other.
SMALLEST = 1e-9
#: The distance seen at first may exceed the bound by this, for a check to tell.
NEAR = 1.4


class Least(NamedTuple):
    """Distances after assignment, one a replicate."""

    values: Floats


class Reduced(NamedTuple):
    """Mean and mean square of the reduced costs, cut off, one a batch."""

    mean: Floats
    square: Floats


def experiments(sample: Sample) -> tuple[list[Experiment], list[str]]:
    """Return the experiment on the errors along the principal axes (B28b), or why there is none."""
    rows = sample.standardised()
    d = rows.shape[1]
    if d == 1:
        return [], ["B28b axes: one column is one axis"]
    values, axes = np.linalg.eigh(rows.T @ rows / rows.shape[0])
    if values[0] < SMALLEST:
        return [], ["B28b axes: some columns depend on others"]
    if rows.shape[0] > MOST_ROWS:
        return [], [f"B28b axes: more than {MOST_ROWS:,} rows to assign points to"]
    turned = rows @ axes
    along = [coupling(turned[:, j] / turned[:, j].std()) for j in range(d)]
    kap = sum((Fraction(v) * k for v, k in zip(values, along, strict=True)), Fraction(0)) / d
    bound = 2 * d * (1 - float(kap))
    copies = max(1, round(ASSIGNED / rows.shape[0]))
    seen = float(np.mean([assigned(rows, copies, 0, r) for r in range(4)])) ** 2
    if seen > NEAR * bound:
        line = (
            f"B28b axes: from the normal law fitted to all columns W2^2 is about {seen:.2g}; the "
            f"errors along the principal axes, {bound:.3g}, lie too far below it for a check"
        )
        return [], [line]

    def measure(setting: Setting, bench: Bench) -> list[Sampled]:
        return [_between(rows, copies, setting, bench)]

    where = Setting({"kap": kap, "trace": Fraction(d)})
    return [
        Experiment(
            "B28b", "axes", measure, where, TIMES, 0.15, sample.source, sample.digest, True,
            method="normal points assigned, and a potential,",
        )
    ], []  # fmt: skip


def _between(rows: Floats, copies: int, setting: Setting, bench: Bench) -> Sampled:
    """Return the distance, between a potential's value and the mean cost of assignments."""
    times = bench.replicates(0)
    tries = max(2, times * TRIES // TIMES)
    keys = [bench.stream_key(name, setting) for name in ("assign", "fit", "try")]
    fitted = normal_points(rows, FITTED, keys[1], 0)
    g = potential(rows, fitted)
    cut = CUT * float(reduced_cost(rows, g, fitted).max())

    def assign(first: int, last: int) -> Least:
        return Least(np.array([assigned(rows, copies, keys[0], r) for r in range(first, last)]))

    def attempt(first: int, last: int) -> Reduced:
        found = []
        for r in range(first, last):
            costs = reduced_cost(rows, g, normal_points(rows, BATCH, keys[2], r))
            held = np.minimum(costs, cut)
            found.append((float(held.mean()), float((held**2).mean())))
        mean, square = np.array(found).T
        return Reduced(mean, square)

    mean = float(bench.campaign(assign, times, 4).values.mean())
    tried = bench.campaign(attempt, tries, 1)
    centre, count = float(tried.mean.mean()), tries * BATCH
    variance = float(tried.square.mean()) - centre**2

    def interval(alpha: float) -> tuple[float, float]:
        below, _ = intervals.empirical_bernstein(
            centre, variance * count / (count - 1), count, -float(g.max()), cut, alpha
        )
        return below, highest(mean, times, rows, copies, alpha / 2)

    return Sampled(centre, times, interval, "potential below, assignment above")
