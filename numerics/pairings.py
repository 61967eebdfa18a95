"""Moments of the d-dimensional Gaussian refit, by Isserlis' pairings in exact arithmetic.

The model: from a covariance C, draw x_j for j = 1..samples, independent normal vectors of that
covariance; the next covariance has the entries

    S_ab = sum_j (x_ja - average_a)(x_jb - average_b) / divisor = sum_jk P_jk x_ja x_kb / divisor,

with P = 1 - 1/samples on the diagonal and -1/samples elsewhere. The mean of a product of normal
variables is the sum over all ways to pair them of the product of the covariances (L. Isserlis,
Biometrika 12 (1918)), and x_ja has the covariance C_ab with x_jb and 0 with a point other than j.
Summed over the points, the entries that a pairing joins into a cycle of length l leave the trace of
P^l, taken from the matrix P itself. So the mean of a polynomial in S is a polynomial in C, and n
generations are n linear maps. No law of the fitted covariance is used, nor that P is a projection.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache, reduce

from flint import fmpq, fmpq_mat

from numerics.enumeration import schedule
from numerics.moments import Estimator

__all__ = ["elementary", "expected", "power_sum", "product", "total"]

Entry = tuple[int, int]
"""(a, b) with a <= b for the entry of a symmetric matrix in row a and column b, from 0 on."""

Monomial = tuple[Entry, ...]
Polynomial = Mapping[Monomial, Fraction]
Pairing = tuple[tuple[int, int], ...]

LARGEST_DEGREE = 6
"""Entries at most in one monomial: 6 of them can be paired in 10395 ways."""

LARGEST_SAMPLES = 200
"""Rows at most of the matrix P, whose powers are formed."""


def expected(
    polynomial: Polynomial,
    covariance: Sequence[Sequence[Fraction | int]],
    samples: int | Sequence[int],
    generations: int,
    estimator: Estimator = "unbiased",
) -> Fraction:
    """Return the mean of a polynomial in the entries of the covariance after some generations.

    polynomial: weights by monomial, of degree at most `LARGEST_DEGREE`. covariance: that of
    generation 0, symmetric, exact rationals, with every row that the polynomial speaks of.
    samples: at least 2 (1 for `mle`) and at most `LARGEST_SAMPLES`, one number or one a
    generation. generations: at least 0. estimator: `unbiased` or `mle`. ValueError outside.

    >>> expected(product(power_sum(1, 1), power_sum(1, 1)), [[1]], samples=3, generations=1)
    Fraction(2, 1)
    """
    if estimator not in ("unbiased", "mle"):
        raise ValueError(f"estimator = {estimator} lies outside {{unbiased, mle}}")
    lost = 1 if estimator == "unbiased" else 0
    degree = max(map(len, polynomial), default=0)
    if degree > LARGEST_DEGREE:
        raise ValueError(f"degree = {degree} lies outside degree <= {LARGEST_DEGREE}")
    sizes = schedule(samples, generations, 1 + lost)
    if max(sizes, default=0) > LARGEST_SAMPLES:
        raise ValueError(f"samples = {max(sizes)} lies outside samples <= {LARGEST_SAMPLES}")
    _check_symmetric(covariance, 1 + max((b for part in polynomial for _, b in part), default=-1))
    for size in reversed(sizes):
        before: dict[Monomial, Fraction] = {}
        for monomial, weight in polynomial.items():
            for other, factor in _image(monomial, size, size - lost).items():
                before[other] = before.get(other, Fraction(0)) + weight * factor
        polynomial = before
    result = Fraction(0)
    for monomial, weight in polynomial.items():
        result += weight * math.prod((Fraction(covariance[a][b]) for a, b in monomial))
    return result


# ------------------------------------------------------- polynomials of a matrix


def power_sum(power: int, dimensions: int) -> Polynomial:
    """Return the trace of a power of a symmetric matrix.

    power, dimensions: at least 1. ValueError outside.
    """
    if min(power, dimensions) < 1:
        raise ValueError(f"power = {power}, dimensions = {dimensions} lie outside numbers >= 1")
    found: dict[Monomial, Fraction] = {}
    for places in itertools.product(range(dimensions), repeat=power):
        steps = zip(places, (*places[1:], places[0]), strict=True)
        _add(found, (_entry(a, b) for a, b in steps), Fraction(1))
    return found


def elementary(size: int, dimensions: int) -> Polynomial:
    """Return the sum of all principal minors of a size, each expanded over permutations.

    size: 1..dimensions; of size d = dimensions it is the determinant. ValueError outside.
    """
    if not 1 <= size <= dimensions:
        raise ValueError(f"size = {size} lies outside 1..{dimensions}")
    found: dict[Monomial, Fraction] = {}
    for rows in itertools.combinations(range(dimensions), size):
        for columns in itertools.permutations(rows):
            swaps = sum(a > b for a, b in itertools.combinations(columns, 2))
            entries = (_entry(a, b) for a, b in zip(rows, columns, strict=True))
            _add(found, entries, Fraction((-1) ** swaps))
    return found


def product(*factors: Polynomial) -> Polynomial:
    """Return the product of one or more polynomials."""

    def times(left: Polynomial, right: Polynomial) -> Polynomial:
        found: dict[Monomial, Fraction] = {}
        for (one, weight), (two, factor) in itertools.product(left.items(), right.items()):
            _add(found, one + two, weight * factor)
        return found

    return reduce(times, factors)


def total(*terms: tuple[Fraction | int, Polynomial]) -> Polynomial:
    """Return a sum of weight times polynomial."""
    found: dict[Monomial, Fraction] = {}
    for weight, polynomial in terms:
        for monomial, factor in polynomial.items():
            _add(found, monomial, weight * factor)
    return found


def _check_symmetric(covariance: Sequence[Sequence[Fraction | int]], rows: int) -> None:
    size = len(covariance)
    if size < rows or any(len(row) != size for row in covariance):
        raise ValueError(f"covariance has {size} rows; a square one of {rows} or more is needed")
    for a, b in itertools.combinations(range(size), 2):
        if covariance[a][b] != covariance[b][a]:
            raise ValueError(f"covariance[{a}][{b}] = {covariance[a][b]} is not symmetric")


def _entry(a: int, b: int) -> Entry:
    return (a, b) if a <= b else (b, a)


def _add(
    found: dict[Monomial, Fraction], entries: Iterator[Entry] | Monomial, weight: Fraction
) -> None:
    monomial = tuple(sorted(entries))
    found[monomial] = found.get(monomial, Fraction(0)) + weight


# ---------------------------------------------------------------- one generation


@lru_cache(maxsize=8192)
def _image(monomial: Monomial, samples: int, divisor: int) -> Polynomial:
    """Return the mean of a monomial one generation later as a polynomial in the present entries."""
    places = [place for entry in monomial for place in entry]
    found: dict[Monomial, Fraction] = {}
    for pairing, weight in _weights(len(monomial), samples):
        entries = (_entry(places[i], places[k]) for i, k in pairing)
        _add(found, entries, weight / divisor ** len(monomial))
    return found


@lru_cache(maxsize=64)
def _weights(degree: int, samples: int) -> tuple[tuple[Pairing, Fraction], ...]:
    """Return every pairing of the 2 * degree factors with the product of traces of its cycles."""
    traces = _traces(degree, samples)
    return tuple(
        (pairing, math.prod((traces[length] for length in _cycles(pairing)), start=Fraction(1)))
        for pairing in _pairings(tuple(range(2 * degree)))
    )


def _pairings(slots: tuple[int, ...]) -> Iterator[Pairing]:
    """Yield all ways to pair the slots; the first one is paired with each of the others."""
    if not slots:
        yield ()
        return
    first, *others = slots
    for place, other in enumerate(others):
        for rest in _pairings((*others[:place], *others[place + 1 :])):
            yield ((first, other), *rest)


def _cycles(pairing: Pairing) -> list[int]:
    """Return the lengths of the cycles that a pairing makes; entry e has the slots 2e, 2e + 1."""
    partner = {i: k for pair in pairing for i, k in (pair, pair[::-1])}
    left, lengths = set(partner), []
    while left:
        slot = begin = min(left)
        length = 0
        while slot in left:
            left -= {slot, slot ^ 1}
            slot = partner[slot ^ 1]
            length += 1
        assert slot == begin
        lengths.append(length)
    return lengths


def _traces(degree: int, samples: int) -> list[Fraction]:
    """Return the trace of P^l for l = 0..degree."""
    off = fmpq(-1, samples)
    rows = [[off + (j == k) for k in range(samples)] for j in range(samples)]
    centring = fmpq_mat(rows)
    power, traces = fmpq_mat([[fmpq(j == k) for k in range(samples)] for j in range(samples)]), []
    for _ in range(degree + 1):
        one = sum((power[j, j] for j in range(samples)), fmpq(0))
        traces.append(Fraction(int(one.p), int(one.q)))
        power = power * centring
    return traces
