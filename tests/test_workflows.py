"""Pools and mixtures, enumerated: against all sequences of draws, and at the edges."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from fractions import Fraction

import pytest

from numerics.enumeration import law_after
from numerics.workflow import Workflow
from numerics.workflows import State, after, batches, mixed, pooled, taken

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


def shares(sequence: tuple[int, ...]) -> tuple[Fraction, ...]:
    return tuple(Fraction(count, len(sequence)) for count in counts(sequence))


def test_taking_by_all_orders() -> None:
    urn, law = (0, 0, 1, 2, 2), dict[tuple[int, ...], Fraction]()
    for order in itertools.permutations(range(5), 3):
        end = counts(tuple(urn[place] for place in order))
        law[end] = law.get(end, Fraction(0)) + Fraction(1, 60)
    assert taken((2, 1, 2), 3) == law


@pytest.mark.parametrize("replacement", [True, False])
def test_subsamples_by_all_sequences(replacement: bool) -> None:
    """Two rounds of two draws: the pool holds two points, then four, and two of them train."""
    law: dict[State, Fraction] = {}

    def trainings(pool: tuple[int, ...]) -> list[tuple[int, ...]]:
        """Return every pair of the pool's points, in both orders."""
        if replacement:
            return list(itertools.product(pool, repeat=2))
        return list(itertools.permutations(pool, 2))

    for first in itertools.product(range(3), repeat=2):
        chance = math.prod((START[k] for k in first), start=Fraction(1))
        earlier = trainings(first)
        for training in earlier:
            for places in itertools.product(range(2), repeat=2):
                pool = first + tuple(training[place] for place in places)
                later = trainings(pool)
                for last in later:
                    end = State(shares(last), counts(pool))
                    weight = chance / len(earlier) / 4 / len(later)
                    law[end] = law.get(end, Fraction(0)) + weight
    assert after(START, 2, 2, Workflow("subsample", replacement=replacement)) == law


def test_real_points_by_all_sequences() -> None:
    """One kept real point, and batches of one fresh and one other point, real by a quarter."""
    workflow, quarter = Workflow(real=1, fresh=1, fresh_share=0.25), Fraction(1, 4)
    law: dict[State, Fraction] = {}
    for real, fresh, other in itertools.product(range(3), repeat=3):
        weight = (
            START[real] * START[fresh] * (quarter * START[other] + 3 * quarter * (other == real))
        )
        end = State(shares((real, fresh, other)), counts((real,)))
        law[end] = law.get(end, Fraction(0)) + weight
    assert after(START, 2, 1, workflow) == {end: weight for end, weight in law.items() if weight}


def test_pseudo_counts_and_blend_by_hand() -> None:
    half, third, sixth = Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)
    workflow = Workflow(
        alpha=half, beta=third, gamma=sixth, smoothing=1, toward=(Fraction(0), Fraction(1))
    )
    law = after((third, 1 - third), 2, 1, workflow)
    # Both draws in category 0: the fit is 2/3, and the law before and the real law are 1/3 there.
    assert law[State((half * 2 / 3 + half / 3, half / 3 + half * 2 / 3), (0, 0))] == third**2
    assert sum(law.values()) == 1
    assert all(sum(state.law) == 1 for state in law)


def test_accumulation_keeps_every_batch_of_a_schedule() -> None:
    law = after(START, (1, 3, 2), 3, Workflow("accumulate", real=2))
    assert {sum(state.pool) for state in law} == {8}
    assert all(state.law == tuple(Fraction(c, 8) for c in state.pool) for state in law)
    assert sum(law.values()) == 1


def test_real_points_that_are_given() -> None:
    law = after(START, 1, 0, Workflow("accumulate", real=3), points=(2, 1, 0))
    assert law == {State((Fraction(2, 3), Fraction(1, 3), Fraction(0)), (2, 1, 0)): 1}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: after(START, 2, -1), "rounds = -1 lies outside rounds >= 0"),
        (lambda: after(START, (2, 2), 1), "lies outside schedules of length 1"),
        (lambda: after(START, 2, 1, Workflow(fresh=3)), "lies outside samples >= fresh = 3"),
        (
            lambda: after(START, 2, 1, Workflow(alpha=0.1, beta=0.2, gamma=0.7)),
            r"alpha \+ beta \+ gamma = .*, which is not 1",
        ),
        (
            lambda: after(START, 2, 1, Workflow(smoothing=1, toward=(0.5, 0.5))),
            r"toward = \(1/2, 1/2\) lie outside laws of sum 1, p >= 0, 3 long",
        ),
        (
            lambda: after(START, 2, 1, Workflow(real=2), points=(1, 0, 0)),
            r"points = \(1, 0, 0\) lie outside 3 counts of sum real = 2",
        ),
        (lambda: taken((1, 1), 3), "samples = 3 lies outside 0 <= samples <= 2"),
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
