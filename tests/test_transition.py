"""Two categories: exact rational chains, the lineage count and another solver as second routes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq, fmpq_mat
from scipy.linalg import solve_banded

from numerics.chain import collapse_law, collapse_mean, collapse_variance, lineage_powers
from numerics.enumeration import absorption as enumerated_absorption
from numerics.transition import absorption_law, binomial_law, transition_chain, transition_law
from numerics.transition_limits import absorption, stationary_law


def solved(steps: Sequence[Sequence[Fraction]], right: Sequence[Fraction]) -> list[Fraction]:
    """Return the exact solution of (I - steps) x = right."""
    system = [[(i == j) - rational(p) for j, p in enumerate(row)] for i, row in enumerate(steps)]
    column = fmpq_mat(system).solve(fmpq_mat([[rational(p)] for p in right]))
    return [Fraction(int(x.p), int(x.q)) for (x,) in column.tolist()]


def rational(p: Fraction) -> fmpq:
    return fmpq(p.numerator, p.denominator)


# ---------------------------------------------------------- two categories


@pytest.mark.parametrize("samples", [50, 500])
@pytest.mark.parametrize("first", [0.5, 0.3, 0.01])
def test_two_routes_to_the_collapse_time(samples: int, first: float) -> None:
    forward = transition_chain(np.arange(samples + 1) / samples)
    ends, found = absorption(forward), binomial_law(samples, first)
    start, later = [first, 1 - first], float(found @ ends.mean)
    assert 1 + later == pytest.approx(collapse_mean(start, samples), rel=2e-14)
    square = float(found @ (ends.variance + ends.mean**2))
    assert square - later**2 == pytest.approx(collapse_variance(start, samples), rel=5e-14)
    assert float(found @ ends.at_all) == pytest.approx(first, rel=1e-13)
    generations = 2 * samples
    reached = absorption_law(forward, found, generations - 1)
    assert reached == pytest.approx(collapse_law(start, samples, generations), rel=1e-11, abs=1e-13)
    alone = transition_law(forward, found, generations - 1)[samples]
    assert alone == pytest.approx(lineage_powers(first, samples, generations)[-1], rel=1e-12)


def exact_rows(chances: Sequence[Fraction]) -> list[list[Fraction]]:
    size = len(chances) - 1
    return [
        [math.comb(size, y) * q**y * (1 - q) ** (size - y) for y in range(size + 1)]
        for q in chances
    ]


SHARES = [Fraction(x, 8) for x in range(9)]
CHAINS = {
    "resampling": SHARES,
    "selection": [3 * s / (3 * s + 2 * (1 - s)) for s in SHARES],
    "one-way mutation": [s * Fraction(9, 10) for s in SHARES],
    "fresh": [s * Fraction(4, 5) + Fraction(3, 50) for s in SHARES],
    "mutation": [s * Fraction(7, 8) + (1 - s) * Fraction(1, 100) for s in SHARES],
    "sharpening": [s**2 / (s**2 + (1 - s) ** 2) for s in SHARES],
    "flip": [1 - s for s in SHARES],
}


@pytest.mark.parametrize("name", ["resampling", "selection", "one-way mutation", "sharpening"])
def test_absorption_is_exact(name: str) -> None:
    chances = CHAINS[name]
    rows = exact_rows(chances)
    kept = [x for x in range(9) if chances[x] != Fraction(x, 8) or 0 < x < 8]
    steps = [[rows[x][y] for y in kept] for x in kept]
    mean = solved(steps, [Fraction(1)] * len(kept))
    square = solved(steps, [2 * m - 1 for m in mean])
    ends = absorption(transition_chain([float(q) for q in chances]))
    assert ends.mean[kept] == pytest.approx([float(m) for m in mean], rel=1e-14)
    variance = [float(s - m**2) for s, m in zip(square, mean, strict=True)]
    assert ends.variance[kept] == pytest.approx(variance, rel=3e-14)
    for state, chance in ((0, ends.at_zero), (8, ends.at_all)):
        into = [rows[x][state] * (state not in kept) for x in kept]
        assert chance[kept] == pytest.approx([float(h) for h in solved(steps, into)], rel=1e-14)
    assert ends.at_zero + ends.at_all == pytest.approx(np.ones(9), rel=1e-14)


def test_absorption_is_that_of_enumeration() -> None:
    start = (Fraction(1, 3), Fraction(2, 3))
    ends = absorption(transition_chain(np.arange(11) / 10))
    found = binomial_law(10, 1 / 3)
    exact = [float(p) for p in enumerated_absorption(start, 10)]
    assert [found @ ends.at_all, found @ ends.at_zero] == pytest.approx(exact, rel=1e-14)


@pytest.mark.parametrize("name", ["fresh", "mutation", "flip"])
def test_stationary_law_is_exact(name: str) -> None:
    rows = exact_rows(CHAINS[name])
    steps = [[rows[y][x] for y in range(1, 9)] for x in range(1, 9)]
    visits = [Fraction(1), *solved(steps, rows[0][1:])] if name != "flip" else []
    law = stationary_law(transition_chain([float(q) for q in CHAINS[name]]))
    if visits:
        assert law == pytest.approx([float(v / sum(visits)) for v in visits], rel=1e-14)
    else:
        assert law == pytest.approx([0.5, *[0.0] * 7, 0.5], abs=0.0)


@pytest.mark.parametrize("fresh", [0.5, 0.05, 1e-5])
def test_stationary_law_stays(fresh: float) -> None:
    forward = transition_chain((1 - fresh) * np.arange(1001) / 1000 + fresh * 0.3)
    law = stationary_law(forward)
    assert math.fsum(law) == pytest.approx(1.0, rel=1e-14)
    assert np.abs(transition_law(forward, law, 1) - law).max() < 1e-15
    assert law @ np.arange(1001) == pytest.approx(300.0, rel=1e-11)


def test_transition_law_is_exact() -> None:
    rows = exact_rows(CHAINS["selection"])
    law = [Fraction(x == 3) for x in range(9)]
    forward = transition_chain([float(q) for q in CHAINS["selection"]])
    assert transition_law(forward, 3, 0).tolist() == [float(p) for p in law]
    for generation in range(1, 12):
        law = [sum((law[x] * rows[x][y] for x in range(9)), Fraction(0)) for y in range(9)]
        after = transition_law(forward, 3, generation)
        assert after == pytest.approx([float(p) for p in law], rel=1e-14)
        reached = absorption_law(forward, 3, generation)
        assert reached[-1] == pytest.approx(float(law[0] + law[8]), rel=1e-14)
        assert reached.size == generation + 1


@pytest.mark.parametrize("chance", [Fraction(1, 1000), Fraction(3, 10), Fraction(999, 1000)])
def test_rows_are_binomial(chance: Fraction) -> None:
    exact = [math.comb(1000, y) * chance**y * (1 - chance) ** (1000 - y) for y in range(1001)]
    law = binomial_law(1000, float(chance))
    inside = np.flatnonzero(law)
    assert law[inside] == pytest.approx([float(exact[y]) for y in inside], rel=2e-12)
    assert sum(p for y, p in enumerate(exact) if law[y] == 0.0) < Fraction(1, 10**18)
    assert math.fsum(law) == pytest.approx(1.0, abs=1e-15)


def test_elimination_agrees_with_a_banded_solver() -> None:
    shares = np.arange(301) / 300
    forward = transition_chain(shares**1.02)
    dense = np.array([transition_law(forward, x, 1) for x in range(301)])
    system = np.eye(299) - dense[1:-1, 1:-1]
    bands = np.zeros((597, 299))
    for i, j in itertools.product(range(299), repeat=2):
        bands[298 + i - j, j] = system[i, j]
    mean = solve_banded((298, 298), bands, np.ones(299))
    assert absorption(forward).mean[1:-1] == pytest.approx(mean, rel=1e-12)


# --------------------------------------------------------- what is refused


NEUTRAL = transition_chain([0, 0.5, 1])
FRESH = transition_chain([0.1, 0.5, 0.9])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: transition_chain([0.5]), r"success of shape \(1,\) lies outside vectors of 2"),
        (lambda: transition_chain([0, 2, 1]), r"success\[1\] = 2.0 lies outside \[0, 1\]"),
        (lambda: binomial_law(3, -0.1), r"success = -0.1 lies outside \[0, 1\]"),
        (lambda: transition_law(NEUTRAL, 3, 1), "start = 3 lies outside 0..2"),
        (lambda: transition_law(NEUTRAL, 0.5, 1), "start = 0.5 lies outside the integers"),
        (lambda: transition_law(NEUTRAL, [0.5, 0.5], 1), r"start of shape \(2,\) lies outside"),
        (lambda: transition_law(NEUTRAL, 1, -1), "generations = -1 lies outside generations >= 0"),
        (lambda: absorption(FRESH), r"success\[0\] = 0.1 and success\[2\] = 0.9 lie outside"),
        (lambda: absorption_law(FRESH, 1, 2), "lie outside chains with absorption"),
        (lambda: stationary_law(NEUTRAL), r"success\[0\] = 0.0 lies outside chains without"),
        (
            lambda: absorption(transition_chain([0, *[0.5] * 100])),
            "mean generations = .* lies outside 0..1e\\+09",
        ),
    ],
)
def test_refusals(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
