"""Enumeration of resampling: against every single sequence of draws, and against wrong inputs."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from fractions import Fraction

import pytest

from numerics.enumeration import (
    Law,
    absorption,
    expectation,
    law_after,
    schedule,
    survival,
)

HALF = (Fraction(1, 2), Fraction(1, 2))
SKEW = (Fraction(1, 2), Fraction(3, 10), Fraction(1, 5))
FOUR = (Fraction(1, 2), Fraction(1, 4), Fraction(3, 20), Fraction(1, 10))


def law_by_sequences(start: Sequence[Fraction], sizes: Sequence[int]) -> Law:
    """Return the law of the counts by walking through every sequence of draws."""
    law: Law = {}

    def walk(shares: Sequence[Fraction], weight: Fraction, depth: int) -> None:
        size = sizes[depth]
        for drawn in itertools.product(range(len(shares)), repeat=size):
            chance = weight
            for k in drawn:
                chance *= shares[k]
            if chance == 0:
                continue
            counts = tuple(drawn.count(k) for k in range(len(shares)))
            if depth + 1 == len(sizes):
                law[counts] = law.get(counts, Fraction(0)) + chance
            else:
                walk([Fraction(c, size) for c in counts], chance, depth + 1)

    walk(start, Fraction(1), 0)
    return law


@pytest.mark.parametrize(
    ("start", "sizes"),
    [
        (HALF, (3, 3, 3)),
        (SKEW, (4,)),
        (SKEW, (3, 2)),
        (SKEW, (2, 3)),
        (SKEW, (2, 2, 2)),
        (FOUR, (2, 3)),
        ((Fraction(1, 3), Fraction(0), Fraction(2, 3)), (3, 3)),
        ((Fraction(1),), (2, 2)),
    ],
)
def test_law_by_sequences(start: Sequence[Fraction], sizes: tuple[int, ...]) -> None:
    naive = law_by_sequences(start, sizes)
    assert law_after(start, sizes, len(sizes)) == naive
    alive = sum((w for counts, w in naive.items() if sum(c > 0 for c in counts) > 1), Fraction(0))
    assert survival(start, sizes, len(sizes))[-1] == alive


def test_one_number_is_a_constant_schedule() -> None:
    assert law_after(SKEW, 4, 3) == law_after(SKEW, [4, 4, 4], 3)
    assert survival(SKEW, 4, 3) == survival(SKEW, (4, 4, 4), 3)


def test_law_is_a_law_at_the_largest_size_promised() -> None:
    law = law_after(FOUR, 6, 8)
    assert sum(law.values()) == 1
    assert all(sum(counts) == 6 and weight > 0 for counts, weight in law.items())
    assert len(law) == 84


def test_expectation_by_hand() -> None:
    law = law_after(HALF, 2, 1)
    assert expectation(law, lambda counts: Fraction(counts[0] ** 2)) == Fraction(3, 2)
    assert expectation(law, lambda _: Fraction(1)) == 1


@pytest.mark.parametrize(("start", "samples"), [(HALF, 5), (SKEW, 4), (FOUR, 3)])
def test_absorption_is_the_limit_of_the_law(start: tuple[Fraction, ...], samples: int) -> None:
    ends = absorption(start, samples)
    assert sum(ends) == 1
    law, left = law_after(start, samples, 30), survival(start, samples, 30)[-1]
    for k, end in enumerate(ends):
        corner = tuple(samples if j == k else 0 for j in range(len(start)))
        assert 0 <= end - law[corner] <= left
    assert left < Fraction(1, 100)


def test_absorption_of_a_single_draw() -> None:
    assert absorption(SKEW, 1) == SKEW


def test_survival_starts_with_the_law_itself_and_falls() -> None:
    alive = survival((Fraction(1, 3), Fraction(2, 3)), 12, 200)
    assert alive[0] == 1
    assert len(alive) == 201
    assert all(later < earlier for earlier, later in itertools.pairwise(alive))
    assert survival((Fraction(1), Fraction(0)), 3, 2) == [0, 0, 0]


def test_wrong_inputs_differ() -> None:
    assert survival(SKEW, 4, 3)[-1] != survival(SKEW, 5, 3)[-1]
    assert survival(SKEW, 4, 3)[-1] != survival(SKEW, 4, 4)[-1]
    assert survival(SKEW, 4, 3)[-1] != survival(FOUR, 4, 3)[-1]
    assert survival(HALF, (2, 3, 5), 3) != survival(HALF, (5, 3, 2), 3)
    assert law_after(SKEW, 4, 3) != law_after(SKEW[::-1], 4, 3)
    assert law_after(SKEW, 4, 3) != law_after(SKEW, (3, 4, 4), 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: law_after(HALF, 2, 0), "generations = 0 lies outside generations >= 1"),
        (lambda: survival(HALF, 2, -1), "generations = -1 lies outside generations >= 0"),
        (lambda: law_after(HALF, 0, 1), "samples = 0 lies outside samples >= 1"),
        (lambda: absorption(HALF, 0), "samples = 0 lies outside samples >= 1"),
        (lambda: law_after(HALF, (2, 3), 3), r"samples = \(2, 3\) lies outside schedules of"),
        (lambda: law_after(HALF[:1], 2, 1), "start of sum 1/2 lies outside laws of sum 1"),
        (lambda: law_after((), 2, 1), r"start = \(\) lies outside"),
        (
            lambda: law_after((Fraction(3, 2), Fraction(-1, 2)), 2, 1),
            "start contains -1/2, which lies outside p >= 0",
        ),
        (lambda: law_after(FOUR, 60, 1), "samples = 60 with 4 categories gives 39711 count"),
        (lambda: absorption(FOUR, 14), "unknowns = 676 lies outside unknowns <= 500"),
    ],
)
def test_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError, match=r"start contains 0.5, which is not an exact rational"):
        law_after((0.5, 0.5), 2, 1)  # type: ignore[arg-type]


def test_schedule() -> None:
    assert schedule(3, 2) == (3, 3)
    assert schedule([4, 5], 2) == (4, 5)
    with pytest.raises(ValueError, match="samples = 1 lies outside samples >= 2"):
        schedule([4, 1], 2, least=2)
