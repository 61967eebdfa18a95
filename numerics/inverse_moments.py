"""Exact means of ratios of sums of squared normals, and of matrices X'X, by integration.

Nothing here knows the mean of an inverse chi-square or of an inverse Wishart matrix.

One dimension: 1/Q^b is an integral over s of s^(b-1) e^(-sQ), and the mean of Q^a e^(-sQ) for one
squared normal and so for sums of them follows from that of e^(-sQ), (1 + 2s)^(-1/2). With
u = 1/(1 + 2s) the integrand is a polynomial in the root of u.

Two dimensions, or an even number of them: the joint density of the eigenvalues (Fisher, Hsu and
Roy 1939), integrated.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import comb, factorial

from numerics.linear_noise import solved_exactly

__all__ = ["EigenvaluePair", "inverse_trace", "of_even", "ratio", "share_pair"]


def _between(power: Fraction, name: str) -> Fraction:
    """Integral of u^power over 0..1; ValueError where it is infinite."""
    if power <= -1:
        raise ValueError(f"{name} has no finite mean")
    return 1 / (power + 1)


def ratio(parts: Sequence[tuple[int, int]], order: int) -> Fraction:
    """E of the product of Q_i^(a_i), over (Q_1 + Q_2 + ...)^order, for independent sums Q_i.

    Parameters: pairs (k_i, a_i), Q_i the sum of k_i >= 0 squared standard normals and a_i >= 0;
    order >= 1. Raises ValueError outside these domains and where the mean is infinite.

    >>> ratio([(3, 1), (5, 0)], 1)
    Fraction(3, 8)
    """
    if order < 1 or any(k < 0 or a < 0 for k, a in parts):
        raise ValueError(f"parts {parts}, order {order} lie outside k >= 0, a >= 0, order >= 1")
    scale, power = Fraction(1), Fraction(0)
    for k, a in parts:
        for step in range(a):  # -d/ds of (1 + 2s)^(-k/2 - step)
            scale = scale * (k + 2 * step)
        power += Fraction(k, 2) + a
    total = Fraction(0)
    for j in range(order):  # s^(order-1) = ((1-u)/(2u))^(order-1), ds = -du/(2 u^2)
        term = _between(power - order - 1 + j, f"parts {parts}, order {order}") if scale else 0
        total += (-1 if j % 2 else 1) * comb(order - 1, j) * Fraction(term)
    return scale * total * Fraction(1, 2**order * factorial(order - 1))


class EigenvaluePair:
    """The two eigenvalues (r/2)(1 + t) and (r/2)(1 - t) of X'X, X of `freedom` x 2 normals.

    Their density is proportional to r^(freedom-1) e^(-r/2) (1 - t^2)^((freedom-3)/2) t on r > 0,
    0 < t < 1. Raises ValueError unless freedom >= 2.
    """

    def __init__(self, freedom: int) -> None:
        if freedom < 2:
            raise ValueError(f"freedom = {freedom} lies outside freedom >= 2")
        self.freedom = freedom

    def mean(self, a: int, b: int) -> Fraction:
        """E of r^a (1 - t^2)^b, both exponents integers; ValueError where it is infinite.

        >>> EigenvaluePair(5).mean(1, 0)
        Fraction(10, 1)
        """
        name = f"r^{a} (1 - t^2)^{b} of {self.freedom} rows"
        if self.freedom + a < 1:
            raise ValueError(f"{name} has no finite mean")
        growth = Fraction(factorial(self.freedom + a - 1), factorial(self.freedom - 1))
        along = growth * Fraction(Fraction(2) ** a)
        power = Fraction(self.freedom - 3, 2)  # of 1 - t^2, whose differential is -2 t dt
        return along * (_between(power + b, name) / _between(power, name))

    def inverse_trace(self) -> Fraction:
        """E of the sum of the inverse eigenvalues, 4 / (r (1 - t^2))."""
        return 4 * self.mean(-1, -1)

    def relative_gap(self) -> Fraction:
        """E of the squared difference of the eigenvalues over their product, 4 t^2 / (1 - t^2)."""
        return 4 * (self.mean(0, -1) - 1)


def share_pair(synthetic: int, real: int, x: int, y: int) -> Fraction:
    """E x^x y^y, the larger and the smaller eigenvalue of the share of synthetic rows in X'X.

    Their density on 1 > x > y > 0 is proportional to (xy)^p ((1-x)(1-y))^q (x - y), with
    p = (synthetic - 3)/2 and q = (real - 3)/2. Parameters: synthetic and real, odd and at least 3,
    so that this is a polynomial; exponents x, y >= 0. Raises ValueError outside.

    >>> share_pair(3, 3, 1, 0) + share_pair(3, 3, 0, 1)
    Fraction(1, 1)
    """
    for name, rows in (("synthetic", synthetic), ("real", real)):
        if rows < 3 or rows % 2 == 0:
            raise ValueError(f"{name} = {rows} lies outside odd numbers >= 3")
    if x < 0 or y < 0:
        raise ValueError(f"exponents {x}, {y} lie outside exponents >= 0")
    p, q = (synthetic - 3) // 2, (real - 3) // 2

    def mass(first: int, second: int) -> Fraction:
        """Integral of x^(p + first) y^(p + second) ((1-x)(1-y))^q over 1 > x > y > 0."""
        total = Fraction(0)
        for i in range(q + 1):
            for j in range(q + 1):
                inner = p + second + j + 1
                sign = (-1 if (i + j) % 2 else 1) * comb(q, i) * comb(q, j)
                total += Fraction(sign, inner * (p + first + i + inner + 1))
        return total

    whole = mass(1, 0) - mass(0, 1)
    return (mass(x + 1, y) - mass(x, y + 1)) / whole


def inverse_trace(rows: int, d: int) -> Fraction:
    """E of the trace of (X'X)^{-1}, X of rows x d independent standard normals.

    For d = 1 and d = 2 by the integrals above, otherwise by `of_even`, whose domain then holds.
    Raises ValueError for other sizes and where the mean is infinite.

    >>> inverse_trace(9, 4), inverse_trace(9, 1)
    (Fraction(1, 1), Fraction(1, 7))
    """
    if d == 1:
        return ratio([(rows, 0)], 1)
    return EigenvaluePair(rows).inverse_trace() if d == 2 else of_even(rows, d)


def of_even(rows: int, d: int) -> Fraction:
    """E of the trace of (X'X)^{-1} for even d and odd rows - d, in any number of dimensions.

    The density of the eigenvalues l, the product of l^a e^(-l/2), a = (rows - d - 1)/2, times that
    of all |l_i - l_j|, has the integral Pf A (de Bruijn 1955), and putting (1 + x/l) l^a for l^a
    the derivative tr(A^{-1} A')/2 of its logarithm in x. Raises ValueError for other sizes.
    """
    if d < 2 or d % 2 or (rows - d) % 2 == 0 or rows < d + 3:
        raise ValueError(f"{rows} x {d} lies outside 1, 2 or even columns, odd rows - d >= 3")
    a = (rows - d - 1) // 2
    matrix = [[_signed(a + i, a + j) for j in range(d)] for i in range(d)]
    slope = [
        [_signed(a + i - 1, a + j) + _signed(a + i, a + j - 1) for j in range(d)] for i in range(d)
    ]
    solved = solved_exactly(matrix, slope)
    return sum((solved[j][j] for j in range(d)), Fraction(0)) / 4  # 1/l = (1/2) / (l/2)


def _signed(p: int, q: int) -> Fraction:
    """Integral of sign(y - x) x^p y^q e^(-x-y) over x, y > 0."""

    def below(p: int, q: int) -> Fraction:
        """The part x < y: the incomplete gamma function of a whole order, integrated."""
        rest = sum(
            (Fraction(factorial(q + k), factorial(k) * 2 ** (q + k + 1)) for k in range(p + 1)),
            Fraction(0),
        )
        return factorial(p) * (factorial(q) - rest)

    return below(p, q) - below(q, p)
