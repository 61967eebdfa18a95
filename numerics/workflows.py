"""Every workflow of the vocabulary, enumerated draw by draw in exact arithmetic.

`after` returns the law of what a replicate is in after some rounds: the model's law and the pool,
so that any mean of the two is one sum. The only facts used are that a draw picks category k with
the share of k, and that draws are independent, or that a point taken is gone; no quantity is
computed here. `pooled` and `mixed` are two workflows that are asked for by themselves.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from numerics.enumeration import Counts, schedule
from numerics.workflow import REPLACE, Workflow

Shares = tuple[Fraction, ...]
"""A law over the categories."""

LARGEST_LAW = 20_000
"""States at most in one law: beyond it, enumeration is the wrong tool."""


class State(NamedTuple):
    """Where a replicate stands after a round.

    law: that the round ended with. pool: counts of what is kept, the real points and, unless they
    are replaced, all batches; all 0 where nothing is kept.
    """

    law: Shares
    pool: Counts


def after(
    start: Sequence[Fraction],
    samples: int | Sequence[int],
    rounds: int,
    workflow: Workflow = REPLACE,
    points: Counts | None = None,
) -> dict[State, Fraction]:
    """Return the exact law of the model's law and the pool after some rounds.

    start: the real law, nonnegative rationals of sum 1. samples: at least 1 and workflow.fresh,
    one number or one a round. rounds: at least 0; after none the law is the first one that a batch
    is drawn from. workflow: a float stands for the exact number that it is. points: counts of sum
    workflow.real, where the real points are given and not drawn.
    ValueError outside these domains or where there are more than `LARGEST_LAW` states.

    >>> third = Fraction(1, 3)
    >>> law = after((third, 1 - third), 1, 2, Workflow("accumulate", real=2))
    >>> sum(weight * state.law[0] * state.law[1] for state, weight in law.items())
    Fraction(5, 54)
    """
    _check("rounds", rounds, 0)
    exact = _Exact.of(workflow, start)
    law = dict(_begun(start, workflow, points))
    for size in schedule(samples, rounds):
        if workflow.fresh > size:
            raise ValueError(f"samples = {size} lies outside samples >= fresh = {workflow.fresh}")
        grown: dict[State, Fraction] = {}
        for state, weight in law.items():
            for end, chance in exact.round(state, size):
                grown[end] = grown.get(end, Fraction(0)) + weight * chance
            _check_states(len(grown))
        law = grown
    return law


class _Exact(NamedTuple):
    """A workflow over the rationals."""

    workflow: Workflow
    start: Shares
    toward: Shares
    alpha: Fraction
    beta: Fraction
    gamma: Fraction
    fresh_share: Fraction
    smoothing: Fraction

    @classmethod
    def of(cls, workflow: Workflow, start: Sequence[Fraction]) -> _Exact:
        """Return the workflow; ValueError where its numbers do not sum to 1 exactly."""
        toward = tuple(Fraction(q) for q in workflow.toward) or (Fraction(1, len(start)),) * len(
            start
        )
        _check_shares("toward", toward, len(start))
        names = ("alpha", "beta", "gamma", "fresh_share", "smoothing")
        numbers = [Fraction(getattr(workflow, name)) for name in names]
        if sum(numbers[:3]) != 1:
            raise ValueError(f"alpha + beta + gamma = {sum(numbers[:3])}, which is not 1")
        return cls(workflow, tuple(start), toward, *numbers)

    def round(self, state: State, size: int) -> Iterator[tuple[State, Fraction]]:
        """Yield every end of a round, with its chance; an end may come several times."""
        mixture = tuple(
            self.fresh_share * p + (1 - self.fresh_share) * q
            for p, q in zip(self.start, state.law, strict=True)
        )
        real = drawn(self.start, self.workflow.fresh)
        for batch, chance in drawn(mixture, size - self.workflow.fresh, real).items():
            together = tuple(map(int.__add__, state.pool, batch))
            pool = state.pool if self.workflow.keep == "replace" else together
            for counts, share in self.trained(together, size).items():
                yield State(self.blended(counts, state.law), pool), chance * share

    def trained(self, together: Counts, size: int) -> dict[Counts, Fraction]:
        """Return the law of the counts of the points to train on."""
        if self.workflow.keep != "subsample":
            return {together: Fraction(1)}
        if not self.workflow.replacement:
            return taken(together, size)
        total = sum(together)
        return drawn(tuple(Fraction(c, total) for c in together), size)

    def blended(self, counts: Counts, before: Shares) -> Shares:
        """Return the law that a round ends with."""
        size = sum(counts) + self.smoothing
        return tuple(
            self.alpha * (c + self.smoothing * q) / size + self.beta * b + self.gamma * p
            for c, q, b, p in zip(counts, self.toward, before, self.start, strict=True)
        )


def _begun(
    start: Sequence[Fraction], workflow: Workflow, points: Counts | None
) -> Iterator[tuple[State, Fraction]]:
    """Yield the states before the first round."""
    _check_shares("start", start, len(start))
    real = workflow.real
    if points is not None and (len(points) != len(start) or sum(points) != real or min(points) < 0):
        raise ValueError(f"points = {points} lie outside {len(start)} counts of sum real = {real}")
    pools = drawn(start, real) if points is None else {points: Fraction(1)}
    for pool, weight in pools.items():
        fit = tuple(Fraction(c, real) for c in pool) if real else tuple(start)
        yield State(fit, pool), weight


def pooled(start: Sequence[Fraction], samples: int, rounds: int) -> dict[Counts, Fraction]:
    """Return the exact law of the counts in the pool of `accumulate` after some rounds.

    start: probabilities of the categories, nonnegative rationals of sum 1; round 1 draws from it,
    and it is no part of the pool. samples: draws a round, at least 1. rounds: at least 1.
    ValueError outside these domains or where there are more than `LARGEST_LAW` pools.

    >>> law = pooled((Fraction(1, 2), Fraction(1, 2)), samples=1, rounds=2)
    >>> print(*(f"{counts}: {weight}" for counts, weight in sorted(law.items())), sep="; ")
    (0, 2): 1/2; (2, 0): 1/2
    """
    _check("rounds", rounds, 1)
    _check("samples", samples, 1)
    _check_states(math.comb(samples * rounds + len(start) - 1, samples * rounds))
    law = after(start, samples, rounds, Workflow("accumulate"))
    return {state.pool: weight for state, weight in law.items()}


def mixed(
    start: Sequence[Fraction], samples: int, share: Fraction, generations: int
) -> dict[Shares, Fraction]:
    """Return the exact law of the current law when each generation blends fit and law before.

    start: as in `pooled`. samples: draws a generation, at least 1. share: weight of the fit, in
    [0, 1]; the law before has the rest. generations: at least 0. ValueError outside these domains
    or where there are more than `LARGEST_LAW` laws.

    >>> half = Fraction(1, 2)
    >>> law = mixed((half, half), samples=1, share=half, generations=1)
    >>> print(*(f"{float(shares[0])}: {weight}" for shares, weight in law.items()), sep="; ")
    0.75: 1/2; 0.25: 1/2
    """
    _check("generations", generations, 0)
    if not 0 <= share <= 1:
        raise ValueError(f"share = {share} lies outside 0 <= share <= 1")
    law = after(start, samples, generations, Workflow(alpha=share, beta=1 - share))
    return {state.law: weight for state, weight in law.items()}


def batches(shares: Sequence[Fraction], samples: int) -> dict[Counts, Fraction]:
    """Return the exact law of the counts of independent draws, one draw at a time.

    shares: nonnegative rationals of sum 1. samples: at least 1. ValueError outside.

    >>> batches((Fraction(1, 3), Fraction(2, 3)), 2)[1, 1]
    Fraction(4, 9)
    """
    _check("samples", samples, 1)
    _check_shares("shares", shares, len(shares))
    _check_states(math.comb(samples + len(shares) - 1, samples))
    return drawn(shares, samples)


def drawn(
    shares: Sequence[Fraction], samples: int, before: dict[Counts, Fraction] | None = None
) -> dict[Counts, Fraction]:
    """Return the exact law of counts after further independent draws.

    shares: of the categories. samples: at least 0. before: law of the counts that are there
    already; none are without it.
    """
    law = before or {(0,) * len(shares): Fraction(1)}
    for _ in range(samples):
        grown: dict[Counts, Fraction] = {}
        for counts, weight in law.items():
            for k, p in enumerate(shares):
                if p:
                    end = _one_more(counts, k)
                    grown[end] = grown.get(end, Fraction(0)) + weight * p
        law = grown
        _check_states(len(law))
    return law


def taken(pool: Counts, samples: int) -> dict[Counts, Fraction]:
    """Return the exact law of the counts of points taken one by one, each of them gone then.

    pool: counts. samples: 0 to the points in the pool. ValueError outside.

    >>> print(*(f"{counts}: {weight}" for counts, weight in taken((2, 1), 2).items()), sep="; ")
    (2, 0): 1/3; (1, 1): 2/3
    """
    if not 0 <= samples <= sum(pool):
        raise ValueError(f"samples = {samples} lies outside 0 <= samples <= {sum(pool)}")
    law = {(0,) * len(pool): Fraction(1)}
    for gone in range(samples):
        grown: dict[Counts, Fraction] = {}
        for counts, weight in law.items():
            for k, left in enumerate(map(int.__sub__, pool, counts)):
                if left:
                    end = _one_more(counts, k)
                    share = Fraction(left, sum(pool) - gone)
                    grown[end] = grown.get(end, Fraction(0)) + weight * share
        law = grown
    return law


def _one_more(counts: Counts, k: int) -> Counts:
    return (*counts[:k], counts[k] + 1, *counts[k + 1 :])


def _check_shares(name: str, shares: Sequence[Fraction], categories: int) -> None:
    for p in shares:
        if not isinstance(p, (int, Fraction)):
            raise TypeError(f"{name} contain {p!r}, which is not an exact rational")
    if sum(shares) != 1 or min(shares) < 0 or len(shares) != categories:
        shown = ", ".join(map(str, shares))
        raise ValueError(f"{name} = ({shown}) lie outside laws of sum 1, p >= 0, {categories} long")


def _check_states(states: int) -> None:
    if states > LARGEST_LAW:
        raise ValueError(f"states = {states} lies outside states <= {LARGEST_LAW}")


def _check(name: str, value: int, least: int) -> None:
    if value < least:
        raise ValueError(f"{name} = {value} lies outside {name} >= {least}")
