"""How long runs stay open in the end, from all transitions between count vectors, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from flint import fmpq, fmpq_mat

from numerics import enumeration
from numerics.enumeration import Counts


def weight(start: Sequence[Fraction], samples: int) -> Fraction:
    """Return the limit of P(T > n) / (1-1/M)^n as n grows, M >= 2.

    ArithmeticError where another rate than 1 - 1/M is found.
    """
    first = enumeration.law_after(start, samples, 1)
    weights = weights_of(len(start), samples)
    seen = sum((chance * weights[x] for x, chance in first.items() if x in weights), Fraction(0))
    return seen / (1 - Fraction(1, samples))


@lru_cache(maxsize=16)
def weights_of(kinds: int, samples: int) -> dict[Counts, Fraction]:
    """Return the same limit for runs from each open count vector.

    With two categories alive the matrix of the open counts is irreducible: its positive
    eigenvectors belong to its largest eigenvalue (Perron, Frobenius), and the weight is the right
    one, scaled so that the stationary law of long open runs, the left one, gives it the mean 1.
    Count vectors with more categories alive fall into these, and faster: as their weights are
    positive, too, the eigenvalues among themselves are below 1 - 1/M.
    """
    rate = fmpq(samples - 1, samples)
    pair: list[Counts] = [(x, samples - x) for x in range(1, samples)]
    among = transitions(pair, pair, samples)
    law = eigenvector(among.transpose(), rate, [fmpq(1)] * len(pair))
    ends = dict(zip(pair, eigenvector(among, rate, law), strict=True))
    states = enumeration.law_after((Fraction(1, kinds),) * kinds, samples, 1)
    found = {x: ends[alive] for x in states if len(alive := tuple(filter(None, x))) == 2}
    more = [x for x in states if sum(map(bool, x)) > 2]
    if more:
        stay = transitions(more, more, samples)
        fall = transitions(more, list(found), samples) * fmpq_mat([[v] for v in found.values()])
        solved = (identity(len(more)) * rate - stay).solve(fall)
        found |= zip(more, positive([row[0] for row in solved.tolist()]), strict=True)
    return {x: Fraction(int(value.p), int(value.q)) for x, value in found.items()}


def transitions(froms: Sequence[Counts], tos: Sequence[Counts], samples: int) -> fmpq_mat:
    """Return the probabilities of one generation from some count vectors to others."""
    place = {x: column for column, x in enumerate(tos)}
    matrix = [[fmpq(0)] * len(tos) for _ in froms]
    for row, x in zip(matrix, froms, strict=True):
        shares = tuple(Fraction(count, samples) for count in x)
        for y, chance in enumeration.law_after(shares, samples, 1).items():
            if y in place:
                row[place[y]] = fmpq(chance.numerator, chance.denominator)
    return fmpq_mat(matrix)


def eigenvector(matrix: fmpq_mat, rate: fmpq, scale: Sequence[fmpq]) -> list[fmpq]:
    """Return the positive v with matrix v = rate v and scale . v = 1; ArithmeticError without."""
    size = matrix.nrows()
    rows = (matrix - identity(size) * rate).tolist()
    last, rows[-1] = rows[-1], list(scale)
    solved = fmpq_mat(rows).solve(fmpq_mat([[fmpq(row == size - 1)] for row in range(size)]))
    found = [row[0] for row in solved.tolist()]
    if sum((a * v for a, v in zip(last, found, strict=True)), fmpq(0)) != 0:
        raise ArithmeticError(f"{rate} is no eigenvalue")
    return positive(found)


def positive(values: list[fmpq]) -> list[fmpq]:
    """Return the values; ArithmeticError unless all are positive."""
    if not all(value > 0 for value in values):
        raise ArithmeticError("a weight is not positive: another eigenvalue is larger")
    return values


def identity(size: int) -> fmpq_mat:
    """Return the identity matrix."""
    return fmpq_mat([[fmpq(row == column) for column in range(size)] for row in range(size)])
