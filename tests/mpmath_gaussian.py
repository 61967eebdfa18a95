"""Functions of the Gaussian laws once more, by mpmath: sums, recursions and integrals on a line.

The trapezoidal rule converges exponentially for what is analytic near the line. Each integrand is
another than the theory's, and so is each way to a function.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from math import comb
from typing import Any

import mpmath
from flint import fmpz_poly

from theory.affine import PairAfter
from theory.digamma import InverseDigamma
from theory.first_deviation import MixedRoot
from theory.gamma_product import (
    LogProductAbove,
    LogProductBelow,
    LogProductDensity,
    LogProductQuantile,
)
from theory.geometric import GeometricSum
from theory.hazard import MeanHazard
from theory.mixture import LogCosh, Overlap
from theory.positive import Finite, Positive

Number = Any
#: Digits of what is computed by a rule on a line; 30 are compared.
DIGITS = 50


def _line(integrand: Callable[[Number], Number], reach: int, steps: int) -> Number:
    """Return the integral over -reach..reach with so many steps a unit."""
    places = (mpmath.mpf(k) / steps for k in range(-reach * steps, reach * steps + 1))
    return mpmath.fsum(map(integrand, places)) / steps


def _normal(z: Number) -> Number:
    return mpmath.exp(-z * z / 2) / mpmath.sqrt(2 * mpmath.pi)


def _above(z: Number) -> Number:
    return mpmath.erfc(z / mpmath.sqrt(2)) / 2


# --- sums and recursions -------------------------------------------------------------------------


def _geometric(ratio: Number, terms: Number) -> Number:
    """Return 1 + b + ... + b^(n-1) by doubling the number of terms."""
    total, power = mpmath.mpf(0), mpmath.mpf(1)
    for bit in bin(int(terms))[2:]:
        total, power = total * (1 + power), power * power
        if bit == "1":
            total, power = total + power, power * ratio
    return total


def _pair(*entries: Number) -> Number:
    """Return x_n by the eigenvalues of the recursion and their geometric sums."""
    a, b, e, c, d, f, x, y, n = entries
    middle, root = (a + d) / 2, mpmath.sqrt((a - d) ** 2 / 4 + b * c)
    high, low, steps = middle + root, middle - root, int(n)
    if root == 0:
        for _ in range(steps):
            x, y = a * x + b * y + e, c * x + d * y + f
        return x

    def row(value: Callable[[Number], Number]) -> tuple[Number, Number]:
        """Return the first row of a function of the matrix, by Sylvester's formula."""
        slope = (value(high) - value(low)) / (2 * root)
        return value(low) + slope * (a - low), slope * b

    (p, q), (u, v) = row(lambda root: root**steps), row(lambda root: _geometric(root, steps))
    return p * x + q * y + u * e + v * f


def _inverse_digamma(aim: Number) -> Number:
    with mpmath.workdps(DIGITS):
        start = mpmath.exp(aim) + 0.5 if aim > -2 else -1 / (aim + mpmath.euler)
        root = mpmath.findroot(
            lambda v: mpmath.digamma(mpmath.exp(v)) - aim,
            (mpmath.log(start), mpmath.log(start) + mpmath.mpf(1) / 100),
        )
        return mpmath.exp(root)


def _positive(value: Number) -> Number:
    """Return the number, or 0, which the law then divides by."""
    return max(value, mpmath.mpf(0))


# --- mixtures ------------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def _overlap(r: Number) -> Number:
    """Return E q(Phi(Z)) Z / sigma, q the quantiles of the mixture."""
    with mpmath.workdps(DIGITS):
        step = mpmath.mpf(1) / 20
        places = (step * k for k in range(1, 13 * 20))
        total = mpmath.fsum(_quantile(z, r) * z * _normal(z) for z in places)
        return 2 * step * total / mpmath.sqrt(1 + r * r)


def _quantile(z: Number, r: Number) -> Number:
    """Return where the mixture lies above as often as Z above z, by Newton's method."""

    def step(place: Any, above: Callable[[Any], Any], exp: Callable[[Any], Any]) -> Any:
        missing = (above(place - centre) + above(place + centre)) / 2 - wanted
        density = exp(-((place - centre) ** 2) / 2) + exp(-((place + centre) ** 2) / 2)
        return 2 * missing * root / density

    def above(z: float) -> float:
        return math.erfc(z / math.sqrt(2)) / 2

    centre, wanted, root, place = float(r), above(float(z)), math.sqrt(2 * math.pi), float(z)
    for _ in range(100):  # in doubles, from the left
        place += step(place, above, math.exp)
    centre, wanted, root, place = r, _above(z), mpmath.sqrt(2 * mpmath.pi), mpmath.mpf(place)
    for _ in range(3):
        place += step(place, _above, mpmath.exp)
    return place


@lru_cache(maxsize=16)
def _mixed_root(samples: Number, r: Number) -> Number:
    """Return E sqrt(X / (M-1)) / c4, X the sum of squares of M points about two centres."""
    with mpmath.workdps(DIGITS):
        gammas = mpmath.loggamma((samples - 1) / 2) - mpmath.loggamma(samples / 2)
        mean = _root_by_integral if samples < 1000 else _root_by_moments
        return mean(int(samples), r) * mpmath.exp(gammas) / mpmath.sqrt(2)


def _root_by_integral(size: int, r: Number) -> Number:
    """Return E sqrt(X) as the integral of (1 - E exp(-t X)) t^(-3/2) / (2 sqrt(pi)), t = e^v."""
    weights = [mpmath.binomial(size, k) / mpmath.mpf(2) ** size for k in range(size + 1)]
    centres = [4 * r * r * k * (size - k) / size for k in range(size + 1)]

    def integrand(v: Number) -> Number:
        t = mpmath.exp(v)
        terms = (
            weight * mpmath.exp(-t * centre / (1 + 2 * t))
            for weight, centre in zip(weights, centres, strict=True)
        )
        left = 1 - mpmath.fsum(terms) * (1 + 2 * t) ** (-mpmath.mpf(size - 1) / 2)
        return left / mpmath.sqrt(t)

    with mpmath.workdps(4 * DIGITS):  # far to the left nearly all digits cancel
        return _line(integrand, 200, 8) / (2 * mpmath.sqrt(mpmath.pi))


def _root_by_moments(size: int, r: Number) -> Number:
    """Return E sqrt(X) by the binomial series about the mean of X given k, from its cumulants.

    One k in every `step` will do: cos(pi/step)^M, what the rest would add, is negligible.
    """
    orders, total, step = 18, mpmath.mpf(0), int(mpmath.sqrt(size)) // 8
    half = [mpmath.binomial(mpmath.mpf(1) / 2, m) for m in range(orders)]
    for k in range(size // 2 - 80 * step, size // 2 + 80 * step, step):
        weight = mpmath.loggamma(size + 1) - mpmath.loggamma(k + 1)
        weight -= mpmath.loggamma(size - k + 1) + size * mpmath.log(2)
        centre = 4 * r * r * k * (size - k) / size
        mean = size - 1 + centre
        cumulants = [
            2 ** (m - 1) * mpmath.factorial(m - 1) * (size - 1 + m * centre) / mean**m
            for m in range(1, orders)
        ]
        moments = [mpmath.mpf(1), mpmath.mpf(0)]
        for m in range(2, orders):
            terms = (comb(m - 1, j) * cumulants[j] * moments[m - j - 1] for j in range(1, m))
            moments.append(mpmath.fsum(terms))
        total += step * mpmath.exp(weight) * mpmath.sqrt(mean) * mpmath.fdot(half, moments)
    return total


def _log_cosh(r: Number) -> Number:
    with mpmath.workdps(DIGITS):
        return _line(lambda z: mpmath.log(mpmath.cosh(r * (r + z))) * _normal(z), 14, 12)


def _mean_hazard() -> Number:
    """Return E Z (-ln P(Z' > Z)), which it is by parts."""
    with mpmath.workdps(DIGITS):
        return _line(lambda z: -mpmath.log(_above(z)) * z * _normal(z), 14, 10)


# --- sums of logarithms of gamma variables -------------------------------------------------------


class _Sums:
    """Laws of ln(G_1 ... G_n) on a grid through y, convolved step by step.

    The shape is tilted from a to the shape at which y is the mean, so that no tail is met.
    """

    def __init__(self, a: Number, n: int, y: Number) -> None:
        self.a, self.n, self.y = a, n, y
        self.tilted = _inverse_digamma(y / n)
        self.step = min(mpmath.mpf(1) / 13, mpmath.sqrt(mpmath.psi(1, self.tilted)) / 3)
        middle, self.right = mpmath.log(self.tilted), 0
        small = self.one(middle) * mpmath.mpf(10) ** -DIGITS
        while self.one(middle + self.right * self.step) > small:
            self.right += 1
        self.left = 0
        # Where one factor lies far to the left, the others cannot make up for it.
        while self.left < n * self.right and self.one(middle - self.left * self.step) > small:
            self.left += 1
        #: Every factor lies on the grid about here, so that y is n times it.
        self.middle = y / n
        self.left += int((self.middle - middle) / self.step) + 2 if self.middle > middle else 2
        self.right += int((middle - self.middle) / self.step) + 2 if middle > self.middle else 2

    def one(self, x: Number) -> Number:
        """Return the density of one factor, of the tilted shape."""
        return mpmath.exp(self.tilted * x - mpmath.exp(x) - mpmath.loggamma(self.tilted))

    def tilt(self, place: Number, factors: int) -> Number:
        """Return what the tilted density of so many factors is to be multiplied by at a place."""
        scale = mpmath.loggamma(self.tilted) - mpmath.loggamma(self.a)
        return mpmath.exp(factors * scale - (self.tilted - self.a) * place)

    def mean(self, last: Callable[[Number], Number]) -> Number:
        """Return the mean of last(y - S) over the sum S of all factors but one."""
        if self.n == 1:
            return last(self.y)
        scale = mpmath.mpf(2) ** 260
        grid = range(-self.left, self.right + 1)
        weights = [int(self.step * self.one(self.middle + k * self.step) * scale) for k in grid]
        power, factors = fmpz_poly(weights) ** (self.n - 1), self.n - 1
        total = mpmath.mpf(0)
        for k, weight in enumerate(map(int, power.coeffs())):
            offset = (k - factors * self.left) * self.step
            if weight:
                place = factors * self.middle + offset
                share = weight / scale**factors
                total += share * self.tilt(place, factors) * last(self.middle - offset)
        return total


@lru_cache(maxsize=256)
def _log_product_density(a: Number, n: Number, y: Number) -> Number:
    with mpmath.workdps(DIGITS):
        sums = _Sums(a, int(n), y)
        return sums.mean(lambda x: mpmath.exp(a * x - mpmath.exp(x) - mpmath.loggamma(a)))


@lru_cache(maxsize=256)
def _log_product_tail(a: Number, n: Number, y: Number, upper: bool) -> Number:
    """Return P(S > y) or P(S <= y), the smaller of the two by its own sum."""
    with mpmath.workdps(DIGITS):
        if upper is (y < n * mpmath.digamma(a) - 3 * mpmath.sqrt(n * mpmath.psi(1, a))):
            return 1 - _log_product_tail(a, n, y, not upper)
        ends = (lambda x: (mpmath.exp(x), mpmath.inf)) if upper else (lambda x: (0, mpmath.exp(x)))
        sums = _Sums(a, int(n), y)
        return sums.mean(lambda x: mpmath.gammainc(a, *ends(x), regularized=True))


def _log_product_quantile(a: Number, n: Number, q: Number) -> Number:
    """Return the quantile by Newton's method."""
    with mpmath.workdps(DIGITS):
        y = n * mpmath.digamma(a)
        for _ in range(60):
            step = (q - _log_product_tail(a, n, y, False)) / _log_product_density(a, n, y)
            y += step
            if abs(step) < mpmath.mpf(10) ** (-DIGITS // 3):
                # the next step would square it
                return y
        raise AssertionError(y)


NODES: dict[type, Callable[..., Number]] = {
    GeometricSum: _geometric,
    PairAfter: _pair,
    InverseDigamma: _inverse_digamma,
    Finite: lambda value, n: _positive(value) if n else mpmath.mpf(1),
    Positive: _positive,
    MixedRoot: _mixed_root,
    Overlap: _overlap,
    LogCosh: _log_cosh,
    MeanHazard: _mean_hazard,
    LogProductDensity: _log_product_density,
    LogProductAbove: lambda a, n, y: _log_product_tail(a, n, y, True),
    LogProductBelow: lambda a, n, y: _log_product_tail(a, n, y, False),
    LogProductQuantile: _log_product_quantile,
}
