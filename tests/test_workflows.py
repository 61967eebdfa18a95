"""Pools and mixtures, enumerated: against all sequences of draws, and at the edges."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from fractions import Fraction

import pytest

from numerics.enumeration import law_after
from numerics.workflows import batches, mixed, pooled

START = (Fraction(1, 6), Fraction(1, 3), Fraction(1, 2))


def counts(sequence: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sequence.count(k) for k in range(len(START)))


def test_batches_by_all_sequences() -> None:
    law: dict[tuple[int, ...], Fraction] = {}
    for sequence in itertools.product(range(3), repeat=4):
        weight = math.prod((START[k] for k in sequence), start=Fraction(1))
        law[counts(sequence)] = law.get(counts(sequence), Fraction(0)) + weight
    assert batches(START, 4) == law


def test_pool_by_all_sequences() -> None:
    """Three rounds of two draws; every later draw copies one of the earlier rounds' points."""
    law: dict[tuple[int, ...], Fraction] = {}
    for first in itertools.product(range(3), repeat=2):
        weight = math.prod((START[k] for k in first), start=Fraction(1))
        for second in itertools.product(range(2), repeat=2):
            pool = first + tuple(first[parent] for parent in second)
            for third in itertools.product(range(4), repeat=2):
                end = counts(pool + tuple(pool[parent] for parent in third))
                law[end] = law.get(end, Fraction(0)) + weight / 4 / 16
    assert pooled(START, 2, 3) == law


def test_first_round_is_resampling() -> None:
    assert pooled(START, 3, 1) == law_after(START, 3, 1)


def test_mixture_without_memory_is_resampling() -> None:
    law = {
        tuple(Fraction(c, 3) for c in end): weight for end, weight in law_after(START, 3, 2).items()
    }
    assert mixed(START, 3, Fraction(1), 2) == law
    assert mixed(START, 3, Fraction(0), 2) == {START: 1}
    assert mixed(START, 3, Fraction(1, 2), 0) == {START: 1}


def test_one_step_of_a_mixture_by_hand() -> None:
    half, quarter = Fraction(1, 2), Fraction(1, 4)
    law = mixed((half, half), 2, half, 1)
    assert law == {
        (3 * quarter, quarter): quarter,
        (half, half): half,
        (quarter, 3 * quarter): quarter,
    }


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pooled(START, 2, 0), "rounds = 0 lies outside rounds >= 1"),
        (lambda: pooled(START, 0, 1), "samples = 0 lies outside samples >= 1"),
        (lambda: pooled(START, 30, 8), "states = 29161 lies outside states <= 20000"),
        (
            lambda: mixed(START, 16, Fraction(1, 97), 2),
            "states = 20.* lies outside states <= 20000",
        ),
        (lambda: mixed(START, 2, Fraction(3, 2), 1), "share = 3/2 lies outside 0 <= share <= 1"),
        (lambda: mixed(START, 2, Fraction(1, 2), -1), "generations = -1 lies outside"),
        (lambda: batches((Fraction(1, 2),) * 3, 1), "lie outside laws of sum 1"),
        (lambda: batches((Fraction(3, 2), Fraction(-1, 2)), 1), "lie outside laws of sum 1"),
        (
            lambda: batches((Fraction(1, 9),) * 9, 20),
            "states = 3108105 lies outside states <= 20000",
        ),
    ],
)
def test_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError, match=r"contain 0.5, which is not an exact rational"):
        batches((0.5, 0.5), 1)  # type: ignore[arg-type]
