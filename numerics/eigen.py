"""Eigenvalues and eigenvectors of a symmetric matrix, by Jacobi's rotations.

No library is called, so the digits do not depend on one. For a positive semidefinite matrix whose
rows have very different sizes the small eigenvalues keep their relative accuracy: a rotation is
left out only where the entry is negligible beside both diagonal entries (J. Demmel, K. Veselic,
"Jacobi's method is more accurate than QR", SIAM J. Matrix Anal. Appl. 13 (1992)).
"""

import math

import numpy as np
from numpy.typing import NDArray

from numerics.jitted import lean

__all__ = ["decompose"]

_NEGLIGIBLE = 2.0**-53
_SWEEPS = 40


@lean
def _rotate(matrix: NDArray[np.float64], vectors: NDArray[np.float64], p: int, q: int) -> None:
    """Nothing: the entry (p, q) is now 0; the rows of `vectors` have been turned alike."""
    entry = matrix[p, q]
    difference = matrix[q, q] - matrix[p, p]
    half = 0.5 * difference / entry
    slope = math.copysign(1.0, half) / (abs(half) + math.sqrt(1.0 + half * half))
    cosine = 1.0 / math.sqrt(1.0 + slope * slope)
    sine = slope * cosine
    matrix[p, p] -= slope * entry
    matrix[q, q] += slope * entry
    matrix[p, q] = 0.0
    matrix[q, p] = 0.0
    for i in range(matrix.shape[0]):
        if i != p and i != q:
            first, second = matrix[p, i], matrix[q, i]
            matrix[p, i] = cosine * first - sine * second
            matrix[q, i] = sine * first + cosine * second
    for i in range(matrix.shape[0]):
        matrix[i, p] = matrix[p, i]
        matrix[i, q] = matrix[q, i]
    for i in range(matrix.shape[0]):
        first, second = vectors[p, i], vectors[q, i]
        vectors[p, i] = cosine * first - sine * second
        vectors[q, i] = sine * first + cosine * second


@lean
def decompose(
    matrix: NDArray[np.float64], vectors: NDArray[np.float64], values: NDArray[np.float64],
    order: NDArray[np.int64],
) -> None:  # fmt: skip
    """Nothing: values (d,) are now the eigenvalues, the largest first, none below 0; row
    order[k] of vectors (d, d) is an eigenvector of values[k], its largest entry positive.

    Parameters: matrix (d, d), positive semidefinite, which is used up.
    """  # fmt: skip
    d = values.size
    vectors[:] = 0.0
    for i in range(d):
        vectors[i, i] = 1.0
        order[i] = i
    turned = True
    sweeps = 0
    while turned and sweeps < _SWEEPS:
        turned = False
        sweeps += 1
        for p in range(d - 1):
            for q in range(p + 1, d):
                scale = math.sqrt(abs(matrix[p, p])) * math.sqrt(abs(matrix[q, q]))
                if abs(matrix[p, q]) > _NEGLIGIBLE * scale:
                    _rotate(matrix, vectors, p, q)
                    turned = True
    for k in range(d):  # by insertion: most are in their order already
        place = k
        while place > 0 and matrix[order[place - 1], order[place - 1]] < matrix[k, k]:
            order[place] = order[place - 1]
            place -= 1
        order[place] = k
    for k in range(d):
        row = vectors[order[k]]
        values[k] = max(matrix[order[k], order[k]], 0.0)
        largest = 0
        for i in range(d):
            if abs(row[i]) > abs(row[largest]):
                largest = i
        if row[largest] < 0.0:
            for i in range(d):
                row[i] = -row[i]
