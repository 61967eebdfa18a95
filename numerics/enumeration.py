"""Resampling categories, enumerated: every outcome, one draw at a time, in exact arithmetic.

The model: `samples` draws with replacement from the current law of the categories, whose shares
become the next law. The only facts used are that a draw picks category k with the share of k and
that draws are independent. There is no multinomial coefficient and no formula for any quantity:
a law is a list of count vectors with integer weights over a common denominator.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

from flint import fmpq_mat

Counts = tuple[int, ...]
"""How many of the samples fell into each category."""

Law = dict[Counts, Fraction]
"""Probability of each count vector that can occur."""

LARGEST_SPACE = 1000
"""Count vectors at most: beyond it, enumeration is the wrong tool."""

LARGEST_SYSTEM = 500
"""Unknowns at most in the linear system of `absorption`."""


def schedule(samples: int | Sequence[int], generations: int, least: int = 1) -> tuple[int, ...]:
    """Return the samples of each generation, one entry a generation.

    samples: one number for all generations, or one for each. generations: at least 0. least: the
    smallest number of samples allowed. ValueError where a length or a value is outside.
    """
    if generations < 0:
        raise ValueError(f"generations = {generations} lies outside generations >= 0")
    sizes = (samples,) * generations if isinstance(samples, int) else tuple(samples)
    if len(sizes) != generations:
        raise ValueError(f"samples = {sizes} lies outside schedules of length {generations}")
    for size in (samples,) if isinstance(samples, int) else sizes:
        if size < least:
            raise ValueError(f"samples = {size} lies outside samples >= {least}")
    return sizes


def law_after(start: Sequence[Fraction], samples: int | Sequence[int], generations: int) -> Law:
    """Return the exact law of the count vector after some generations of resampling.

    start: probabilities of the categories, nonnegative rationals of sum 1. samples: at least 1, one
    number or one a generation. generations: at least 1. ValueError outside these domains or where
    there are more than `LARGEST_SPACE` count vectors.

    >>> law = law_after((Fraction(1, 2), Fraction(1, 2)), samples=2, generations=1)
    >>> print(*(f"{counts}: {weight}" for counts, weight in sorted(law.items())), sep="; ")
    (0, 2): 1/4; (1, 1): 1/2; (2, 0): 1/4
    """
    if generations < 1:
        raise ValueError(f"generations = {generations} lies outside generations >= 1")
    weights, total = _shares(start)
    for size in schedule(samples, generations):
        weights, total = _resampled(weights, total, size)
    return {counts: Fraction(weight, total) for counts, weight in weights.items()}


def expectation(law: Mapping[Counts, Fraction], function: Callable[[Counts], Fraction]) -> Fraction:
    """Return the exact mean of a function of the count vector.

    law: as `law_after` returns it. function: from counts to a rational (or an integer).

    >>> law = law_after((Fraction(1, 3), Fraction(2, 3)), samples=4, generations=3)
    >>> expectation(law, lambda counts: Fraction(counts[0], 4))
    Fraction(1, 3)
    """
    return sum((weight * function(counts) for counts, weight in law.items()), Fraction(0))


def survival(
    start: Sequence[Fraction], samples: int | Sequence[int], generations: int
) -> list[Fraction]:
    """Return P(more than one category is alive after n generations) for n = 0..generations.

    start, samples: as in `law_after`. generations: at least 0. ValueError outside these domains.

    >>> [str(p) for p in survival((Fraction(1, 2), Fraction(1, 2)), samples=2, generations=3)]
    ['1', '1/2', '1/4', '1/8']
    """
    weights, total = _shares(start)
    alive = [_alive(weights, total)]
    for size in schedule(samples, generations):
        weights, total = _resampled(weights, total, size)
        alive.append(_alive(weights, total))
    return alive


def absorption(start: Sequence[Fraction], samples: int) -> tuple[Fraction, ...]:
    """Return the exact probability that each category is the last one alive, length categories.

    start: as in `law_after`. samples: at least 1, the same in every generation. ValueError outside
    these domains or where the linear system is larger than `LARGEST_SYSTEM`. The probabilities
    from each count vector with two or more categories solve h = Q h + r, Q the transitions among
    those vectors and r those into one category; the system is solved over the rationals.
    """
    weights, total = _shares(start)
    schedule(samples, 1)
    weights, total = _resampled(weights, total, samples)
    kinds = len(start)
    ends = _ends(kinds, samples)
    result = [Fraction(0)] * kinds
    for counts, weight in weights.items():
        for k, end in enumerate(ends[counts]):
            result[k] += Fraction(weight, total) * end
    return tuple(result)


def survival_rate(kinds: int, samples: int, generations: int) -> tuple[Fraction, Fraction]:
    """Return bounds on the limit of P(more than one category is alive after n)^(1/n).

    kinds, samples: at least 2. generations: at least 1; more of them bring the bounds closer.
    ValueError outside these domains or where there are more than `LARGEST_SPACE` count vectors.
    Let S_g(x) be the survival after g generations from counts x. The bounds are the smallest and
    the largest S_{g+1}(x) / S_g(x), g = generations, over all x with two or more categories alive.
    One more generation at the start averages both with the same weights, so the ratio stays within
    the bounds from g on, whatever the start.
    Source: Collatz, Mathematische Zeitschrift 48 (1942); Wielandt, the same 52 (1950).

    >>> [str(bound) for bound in survival_rate(kinds=2, samples=2, generations=1)]
    ['1/2', '1/2']
    """
    for name, value, least in (
        ("kinds", kinds, 2), ("samples", samples, 2), ("generations", generations, 1)
    ):  # fmt: skip
        if value < least:
            raise ValueError(f"{name} = {value} lies outside {name} >= {least}")
    _check_space(kinds, samples)
    inner = [x for x in _draws((1,) * kinds, samples) if _kinds_alive(x) > 1]
    alive = dict.fromkeys(inner, 1)
    for _ in range(generations + 1):
        before = alive
        alive = {
            x: sum(ways * before.get(after, 0) for after, ways in _draws(x, samples).items())
            for x in inner
        }
    scale = samples**samples
    ratios = [Fraction(alive[x], scale * before[x]) for x in inner]
    return min(ratios), max(ratios)


@lru_cache(maxsize=64)
def _ends(kinds: int, samples: int) -> dict[Counts, tuple[Fraction, ...]]:
    """Return, for every count vector, the probability that each category is the last alive."""
    _check_space(kinds, samples)
    states = tuple(_draws((1,) * kinds, samples))
    inner = [counts for counts in states if _kinds_alive(counts) > 1]
    if len(inner) > LARGEST_SYSTEM:
        raise ValueError(f"unknowns = {len(inner)} lies outside unknowns <= {LARGEST_SYSTEM}")
    ends = {counts: tuple(Fraction(c > 0) for c in counts) for counts in states}
    if not inner:
        return ends
    place = {counts: row for row, counts in enumerate(inner)}
    scale = samples**samples
    matrix = [[scale * (counts == other) for other in inner] for counts in inner]
    right = [[0] * kinds for _ in inner]
    for row, counts in enumerate(inner):
        for after, ways in _draws(counts, samples).items():
            if after in place:
                matrix[row][place[after]] -= ways
            else:
                right[row][after.index(samples)] += ways
    solution = fmpq_mat(matrix).solve(fmpq_mat(right)).tolist()
    for counts, values in zip(inner, solution, strict=True):
        ends[counts] = tuple(Fraction(int(v.p), int(v.q)) for v in values)
    return ends


@lru_cache(maxsize=2048)
def _draws(shares: Counts, samples: int) -> Mapping[Counts, int]:
    """Return the weight of every count vector, over sum(shares)^samples, one draw at a time."""
    law: dict[Counts, int] = {(0,) * len(shares): 1}
    for _ in range(samples):
        grown: dict[Counts, int] = {}
        for counts, weight in law.items():
            for k, share in enumerate(shares):
                if share:
                    after = (*counts[:k], counts[k] + 1, *counts[k + 1 :])
                    grown[after] = grown.get(after, 0) + weight * share
        law = grown
    return law


def _resampled(
    weights: Mapping[Counts, int], total: int, samples: int
) -> tuple[dict[Counts, int], int]:
    """Return the law one generation later, as weights over a common denominator."""
    shares = next(iter(weights))
    _check_space(len(shares), samples)
    after: dict[Counts, int] = {}
    for counts, weight in weights.items():
        for outcome, ways in _draws(counts, samples).items():
            after[outcome] = after.get(outcome, 0) + weight * ways
    return after, total * sum(shares) ** samples


def _shares(start: Sequence[Fraction]) -> tuple[dict[Counts, int], int]:
    """Return the start as a law that is certain: its shares as integers, with weight 1 of 1."""
    if not start:
        raise ValueError("start = () lies outside laws of at least one category")
    for p in start:
        if not isinstance(p, (int, Fraction)):
            raise TypeError(f"start contains {p!r}, which is not an exact rational")
        if p < 0:
            raise ValueError(f"start contains {p}, which lies outside p >= 0")
    if sum(start) != 1:
        raise ValueError(f"start of sum {sum(start)} lies outside laws of sum 1")
    scale = math.lcm(*(p.denominator for p in start))
    return {tuple(int(p * scale) for p in start): 1}, 1


def _alive(weights: Mapping[Counts, int], total: int) -> Fraction:
    """Return P(more than one category is alive)."""
    return Fraction(sum(w for counts, w in weights.items() if _kinds_alive(counts) > 1), total)


def _kinds_alive(counts: Counts) -> int:
    return sum(c > 0 for c in counts)


def _check_space(kinds: int, samples: int) -> None:
    size = math.comb(samples + kinds - 1, kinds - 1)
    if size > LARGEST_SPACE:
        raise ValueError(
            f"samples = {samples} with {kinds} categories gives {size} count vectors, "
            f"which lies outside sizes <= {LARGEST_SPACE}"
        )
