"""Lineage counting: against enumeration, certified balls and forward runs.

The only chance is in `test_forward_runs`: four comparisons of 1e-6 false alarms each.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
from flint import fmpq, fmpq_mat

from numerics import discrete
from numerics.chain import (
    collapse_law,
    collapse_mean,
    collapse_mean_given,
    collapse_tail,
    collapse_variance,
    lineage_law,
    lineage_powers,
)
from numerics.chain_exact import collapse_mean_ball, collapse_mean_exact
from numerics.enumeration import law_after, survival
from numerics.intervals import clopper_pearson, dkw

Array = npt.NDArray[np.float64]

HALF = (Fraction(1, 2), Fraction(1, 2))
SKEW = (Fraction(1, 2), Fraction(3, 10), Fraction(1, 5))
FOUR = (Fraction(1, 2), Fraction(1, 4), Fraction(3, 20), Fraction(1, 10))
RARE = (Fraction(999_999, 1_000_000), Fraction(1, 1_000_000))
MANY = tuple(Fraction(k, 820) for k in range(1, 41))
SURE = (Fraction(0), Fraction(1))


def floats(start: Sequence[Fraction] | None) -> list[float] | None:
    return None if start is None else [float(p) for p in start]


def solved(steps: Sequence[Sequence[Fraction]], right: Sequence[Fraction]) -> list[Fraction]:
    """Return the exact solution of (I - steps) x = right."""
    system = [[(i == j) - rational(p) for j, p in enumerate(row)] for i, row in enumerate(steps)]
    column = fmpq_mat(system).solve(fmpq_mat([[rational(p)] for p in right]))
    return [Fraction(int(x.p), int(x.q)) for (x,) in column.tolist()]


def rational(p: Fraction) -> fmpq:
    return fmpq(p.numerator, p.denominator)


class Times(NamedTuple):
    """Exact mean and variance of T, and its mean given that the first category wins."""

    mean: Fraction
    variance: Fraction
    given: Fraction


def enumerated_times(start: tuple[Fraction, ...], samples: int) -> Times:
    """Return the moments of T from a linear system over all count vectors, nothing else."""
    first = law_after(start, samples, 1)
    inner = sorted(
        counts
        for counts in itertools.product(range(samples + 1), repeat=len(start))
        if sum(counts) == samples and max(counts) < samples
    )
    rows = [law_after([Fraction(c, samples) for c in counts], samples, 1) for counts in inner]
    steps = [[row.get(counts, Fraction(0)) for counts in inner] for row in rows]
    corner = (samples, *(0,) * (len(start) - 1))
    mean = solved(steps, [Fraction(1)] * len(inner))
    square = solved(steps, [2 * m - 1 for m in mean])
    wins = solved(steps, [row.get(corner, Fraction(0)) for row in rows])
    winning = solved(steps, wins)

    def after(values: Sequence[Fraction]) -> Fraction:
        table = dict(zip(inner, values, strict=True))
        return sum((p * table[c] for c, p in first.items() if c in table), Fraction(0))

    later = after(mean)
    return Times(1 + later, after(square) - later**2, 1 + after(winning) / start[0])


# ---------------------------------------------------------------- lineages


@pytest.mark.parametrize(
    ("start", "samples"), [(HALF, 2), (HALF, 9), (SKEW, 5), (FOUR, 4), (RARE, 6), (SKEW, 1)]
)
def test_times_are_those_of_enumeration(start: tuple[Fraction, ...], samples: int) -> None:
    times = enumerated_times(start, samples)
    law = floats(start)
    assert law is not None
    assert collapse_mean_exact(start, samples) == times.mean
    assert collapse_mean(law, samples) == pytest.approx(float(times.mean), rel=4e-15)
    assert collapse_variance(law, samples) == pytest.approx(float(times.variance), rel=1e-14)
    assert collapse_mean_given(law, samples, 0) == pytest.approx(float(times.given), rel=4e-15)


def test_mean_is_that_over_the_winners() -> None:
    law = [0.5, 0.0, 0.3, 0.2]
    mean = sum(p * collapse_mean_given(law, 40, i) for i, p in enumerate(law) if p)
    assert collapse_mean(law, 40) == pytest.approx(mean, rel=1e-14)


@pytest.mark.parametrize(
    ("start", "samples"), [(HALF, 2), (HALF, 12), (SKEW, 6), (FOUR, 4), (RARE, 5)]
)
def test_law_is_that_of_enumeration(start: tuple[Fraction, ...], samples: int) -> None:
    alive = survival(start, samples, 150)[1:]
    law, tail = (
        collapse_law(floats(start), samples, 150),
        collapse_tail(floats(start), samples, 150),
    )
    assert tail == pytest.approx([float(p) for p in alive], rel=1e-13, abs=0.0)
    assert law == pytest.approx([float(1 - p) for p in alive], rel=1e-14, abs=0.0)


@pytest.mark.parametrize(("samples", "steps"), [(4, 1), (5, 2), (5, 6)])
def test_lineages_are_those_of_labelled_points(samples: int, steps: int) -> None:
    exact = [Fraction(0)] * (samples + 1)
    for counts, weight in law_after((Fraction(1, samples),) * samples, samples, steps).items():
        exact[sum(c > 0 for c in counts)] += weight
    assert lineage_law(samples, steps) == pytest.approx([float(p) for p in exact], rel=1e-14)


def test_lineages_of_no_generation_and_of_many() -> None:
    assert lineage_law(3, 0).tolist() == [0.0, 0.0, 0.0, 1.0]
    for steps in (1, 30, 2000):
        assert math.fsum(lineage_law(400, steps)) == pytest.approx(1.0, abs=1e-13)


def test_powers_say_who_is_lost_and_who_is_alone() -> None:
    first, law = float(SKEW[0]), [law_after(SKEW, 5, n) for n in range(1, 9)]
    lost = [float(sum(w for c, w in after.items() if c[0] == 0)) for after in law]
    alone = [float(after.get((5, 0, 0), Fraction(0))) for after in law]
    assert lineage_powers(1 - first, 5, 8) == pytest.approx(lost, rel=1e-14)
    assert lineage_powers(first, 5, 8) == pytest.approx(alone, rel=1e-14)


@pytest.mark.parametrize("start", [HALF, SKEW, RARE, MANY, None])
def test_floats_agree_with_balls(start: tuple[Fraction, ...] | None) -> None:
    ball = collapse_mean_ball(start, 1000)
    assert ball.rel_accuracy_bits() >= 120
    assert collapse_mean(floats(start), 1000) == pytest.approx(float(ball.mid()), rel=1e-14)


@pytest.mark.parametrize("start", [HALF, SKEW, RARE, MANY, None, SURE])
@pytest.mark.parametrize(("samples", "bits"), [(1, 64), (2, 32), (57, 256), (100, 128)])
def test_balls_hold_the_rational(
    start: tuple[Fraction, ...] | None, samples: int, bits: int
) -> None:
    exact = collapse_mean_exact(start, samples)
    ball = collapse_mean_ball(start, samples, bits)
    assert (ball * exact.denominator - exact.numerator).contains(0)
    assert exact == 0 or ball.rel_accuracy_bits() >= bits
    assert collapse_mean(floats(start), samples) == pytest.approx(float(exact), rel=1e-14)


def test_band_is_cut_within_the_radius() -> None:
    wide, narrow = collapse_mean_ball(HALF, 600, 256), collapse_mean_ball(HALF, 600, 32)
    assert narrow.contains(wide)
    assert narrow.rel_accuracy_bits() < 100


def test_start_without_atoms() -> None:
    assert collapse_mean(None, 1) == 1.0
    assert collapse_mean_exact(None, 2) == 3
    fine = (Fraction(1, 10**9),) * 1000
    assert collapse_mean(None, 30) > collapse_mean(floats((*fine, 1 - sum(fine, Fraction(0)))), 30)
    assert collapse_law(None, 30, 5)[0] == 0.0
    assert collapse_law(None, 1, 2).tolist() == [1.0, 1.0]


def test_a_sure_start_is_collapsed() -> None:
    assert collapse_mean([0.0, 1.0], 9) == collapse_variance([0.0, 1.0], 9) == 0.0
    assert collapse_mean_given([0.0, 1.0], 9, 1) == 0.0
    assert collapse_law([1.0], 9, 3).tolist() == [1.0] * 3
    assert collapse_tail([1.0], 9, 3).tolist() == [0.0] * 3


@pytest.mark.parametrize("start", [[0.5, 0.5], [0.9, 0.1], [1e-6, 1 - 1e-6], [0.025] * 40])
def test_law_rises_to_one(start: list[float]) -> None:
    law, tail = collapse_law(start, 100, 6000), collapse_tail(start, 100, 6000)
    assert (np.diff(law) >= 0).all()
    assert (np.diff(law[law < 0.999]) > 0).all()
    assert (np.diff(tail) <= 0).all()
    assert (np.diff(tail[tail < 0.999]) < 0).all()
    assert law + tail == pytest.approx(np.ones(6000), abs=1e-14)
    assert law[-1] == 1.0
    assert 0.0 < tail[-1] < 1e-24
    assert tail[-1] / tail[-2] == pytest.approx(0.99, rel=1e-12)
    assert 1.0 + math.fsum(tail) == pytest.approx(collapse_mean(start, 100), rel=1e-13)


# ------------------------------------------------------------ forward runs


def jittered(times: npt.NDArray[np.int64], law: Array) -> Array:
    """Return F(T) for every run, a point drawn uniformly over each jump (a fixed stream)."""
    steps = np.concatenate(([0.0, 0.0], law))  # F(-1), F(0), F(1), ...
    drawn = np.random.default_rng(20).random(times.size)
    low, high = steps[times], steps[times + 1]
    return np.asarray(low + drawn * (high - low))


@pytest.mark.parametrize(("start", "samples"), [(SKEW, 60), (HALF, 7)])
def test_forward_runs(start: tuple[Fraction, ...], samples: int) -> None:
    law, horizon, replicates = floats(start), 60 * samples, 100_000
    assert law is not None
    run = discrete.simulate(law, samples, (horizon,), 7, 0, replicates)
    assert (run.absorbed_at > 0).all()
    right = jittered(run.absorbed_at, collapse_law(law, samples, horizon))
    assert dkw(right, 1e-6).within
    late = jittered(run.absorbed_at + 1, collapse_law(law, samples, horizon + 1))
    more = jittered(run.absorbed_at, collapse_law(law, samples + 4, horizon))
    assert not dkw(more, 1e-6).within
    assert samples > 20 or not dkw(late, 1e-6).within
    early = int((run.absorbed_at[run.winner == 0] <= samples).sum())
    chance = float(lineage_powers(law[0], samples, samples)[-1])
    assert clopper_pearson(early, replicates, 1e-6).contains(chance)


# --------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: collapse_mean([0.5, 0.5], 0), "samples = 0 lies outside 1..10000000"),
        (lambda: collapse_mean([0.5, 0.5], 2.5), "samples = 2.5 lies outside the integers"),  # type: ignore[arg-type]
        (lambda: collapse_mean([0.5, 0.4], 3), "start of sum 0.9 lies outside laws of sum 1"),
        (lambda: collapse_mean([1.5, -0.5], 3), r"start\[0\] = 1.5 lies outside \[0, 1\]"),
        (lambda: collapse_mean([math.nan, 1], 3), r"start\[0\] = nan lies outside \[0, 1\]"),
        (lambda: collapse_mean([], 3), r"start of shape \(0,\) lies outside non-empty vectors"),
        (lambda: collapse_law([0.5, 0.5], 3, 0), "generations = 0 lies outside 1..100000000"),
        (lambda: collapse_mean_given([1, 0], 3, 1), r"start\[1\] = 0.0 lies outside \(0, 1\]"),
        (lambda: collapse_mean_given([1, 0], 3, 2), r"winner = 2 lies outside 0..1"),
        (lambda: lineage_powers(1.5, 3, 1), r"base = 1.5 lies outside \[0, 1\]"),
        (lambda: lineage_law(3, -1), "generations = -1 lies outside 0..100000000"),
        (lambda: collapse_mean_exact(HALF, 301), "samples = 301 lies outside 1..300"),
        (lambda: collapse_mean_exact(HALF[:1], 3), "start of sum 1/2 lies outside laws of sum 1"),
        (lambda: collapse_mean_ball(HALF, 3, 8), "bits = 8 lies outside bits >= 32"),
    ],
)
def test_refusals(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_inexact_start_is_refused() -> None:
    with pytest.raises(TypeError, match=r"start contains 0\.5, which is not an exact rational"):
        collapse_mean_exact((0.5, 0.5), 3)  # type: ignore[arg-type]
