"""A regression on given inputs refitted to its own labels, with every noise term followed exactly.

Weights are written as a rational matrix times (w*, e_1, e_2, ...), e_n the noise of round n, and
each round solves its normal equations, for the whole pool if it is kept. Means of squares then
follow for any noise of mean 0 and variance 1 that is independent from label to label.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

__all__ = ["Expansion", "expand", "solved_exactly"]

Row = list[Fraction]


class Expansion(NamedTuple):
    """Weights after each round: w_n = truth_n w* + noise_n (all labels' noise so far)."""

    truth: list[list[Row]]  # (d, d) for each round
    noise: list[list[Row]]  # (d, rounds x rows) for each round

    def spread(self, generation: int) -> Fraction:
        """Sum of the variances of the weights after so many rounds; 0 before the first."""
        if generation == 0:
            return Fraction(0)
        return sum((x * x for row in self.noise[generation - 1] for x in row), Fraction(0))

    def bias(self, generation: int, weights: Sequence[Fraction]) -> Fraction:
        """Squared distance of the mean weights from the true ones after so many rounds."""
        if generation == 0:
            return Fraction(0)
        rows = self.truth[generation - 1]
        off = [
            sum((a * w for a, w in zip(row, weights, strict=True)), -weights[j])
            for j, row in enumerate(rows)
        ]
        return sum((x * x for x in off), Fraction(0))


def solved_exactly(square: list[Row], right: list[Row]) -> list[Row]:
    """Inverse of a square matrix times the right-hand side; ValueError where it is singular."""
    size = len(square)
    rows = [[*left, *values] for left, values in zip(square, right, strict=True)]
    for i in range(size):
        swap = next((j for j in range(i, size) if rows[j][i]), None)
        if swap is None:
            raise ValueError(f"the {size} equations are singular")
        rows[i], rows[swap] = rows[swap], rows[i]
        rows[i] = [x / rows[i][i] for x in rows[i]]
        for j in range(size):
            if j != i and rows[j][i]:
                factor = rows[j][i]
                rows[j] = [x - factor * y for x, y in zip(rows[j], rows[i], strict=True)]
    return [row[size:] for row in rows]


def _times(left: Sequence[Row], right: Sequence[Row]) -> list[Row]:
    columns = list(zip(*right, strict=True))
    return [
        [sum((a * b for a, b in zip(row, column, strict=True)), Fraction(0)) for column in columns]
        for row in left
    ]


def expand(
    design: Sequence[Sequence[Fraction | int]], rounds: int, penalty: Fraction | int = 0,
    keep: bool = False,
) -> Expansion:  # fmt: skip
    """Expansion of the weights after 1..rounds rounds on the design (T, d).

    Parameters: penalty >= 0 of ridge; keep, whether all rounds are fitted or the newest alone.
    Raises ValueError where the normal equations are singular.
    """
    inputs = [[Fraction(x) for x in row] for row in design]
    rows, d = len(inputs), len(inputs[0])
    terms = d + rounds * rows
    weights = [[Fraction(int(i == j)) for j in range(terms)] for i in range(d)]
    transposed = [list(column) for column in zip(*inputs, strict=True)]
    pool: list[list[Row]] = []
    found = Expansion([], [])
    for n in range(rounds):
        labels = _times(inputs, weights)
        for t in range(rows):
            labels[t][d + n * rows + t] += 1
        pool = [*pool, labels] if keep else [labels]
        square = [[len(pool) * x for x in row] for row in _times(transposed, inputs)]
        for j in range(d):
            square[j][j] += Fraction(penalty)
        parts = [_times(transposed, one) for one in pool]
        right = [[sum(column, Fraction(0)) for column in zip(*same, strict=True)]
                 for same in zip(*parts, strict=True)]  # fmt: skip
        weights = solved_exactly(square, right)
        found.truth.append([row[:d] for row in weights])
        found.noise.append([row[d:] for row in weights])
    return found
