"""Pair counts of a running text: all texts of a given length, in exact rationals.

A text is a path of a Markov chain. N_a counts the places of a with a place after them, N_ab those
where b follows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise, product

__all__ = ["fitted_chance", "mean_counts", "squared_excess", "texts"]

Row = Sequence[Fraction]


def texts(
    start: Row, rows: Sequence[Row], length: int
) -> Iterator[tuple[tuple[int, ...], Fraction]]:
    """Yield every text of the length that can occur, with its probability.

    start: law of the first place. rows: rows[a][b] is the chance that b follows a. length: at
    least 2. ValueError where a row is no law, or where the length lies outside.
    """
    if length < 2:
        raise ValueError(f"length = {length} lies outside length >= 2")
    for row in (start, *rows):
        if len(row) != len(rows) or min(row) < 0 or sum(row) != 1:
            raise ValueError(f"{tuple(map(str, row))} is no law over {len(rows)} values")
    for text in product(range(len(rows)), repeat=length):
        chance = Fraction(start[text[0]])
        for a, b in pairwise(text):
            chance *= rows[a][b]
        if chance:
            yield text, chance


def _counts(text: tuple[int, ...], a: int, b: int) -> tuple[int, int]:
    """Return N_ab and N_a."""
    steps = list(pairwise(text))
    return steps.count((a, b)), sum(first == a for first, _ in steps)


def fitted_chance(start: Row, rows: Sequence[Row], length: int, a: int, b: int) -> Fraction:
    """Return E[N_ab / N_a given N_a > 0]; ValueError where a cannot occur before the last place."""
    total = seen = Fraction(0)
    for text, chance in texts(start, rows, length):
        pairs, visits = _counts(text, a, b)
        if visits:
            seen += chance
            total += chance * Fraction(pairs, visits)
    if not seen:
        raise ValueError(f"value {a} occurs in no text of length {length} before its last place")
    return total / seen


def mean_counts(
    start: Row, rows: Sequence[Row], length: int, a: int, b: int
) -> tuple[Fraction, Fraction]:
    """Return E N_ab and E N_a."""
    followed = visited = Fraction(0)
    for text, chance in texts(start, rows, length):
        pairs, visits = _counts(text, a, b)
        followed += chance * pairs
        visited += chance * visits
    return followed, visited


def squared_excess(start: Row, rows: Sequence[Row], length: int, a: int, b: int) -> Fraction:
    """Return E[(N_ab - rows[a][b] N_a)^2]."""
    square = Fraction(0)
    for text, chance in texts(start, rows, length):
        pairs, visits = _counts(text, a, b)
        square += chance * (pairs - rows[a][b] * visits) ** 2
    return square
