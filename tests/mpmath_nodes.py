"""Functions of the theory once more, by mpmath alone and by other ways where there are some."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import product
from typing import Any

import mpmath
import sympy as sp

from tests.mpmath_language import LANGUAGE
from theory.discrete.branching import BranchingSurvival
from theory.discrete.fresh_pools import PoolDistance
from theory.discrete.stationary import BetaLaw
from theory.entropy_drop import Alive, EntropyDrop
from theory.extinction_times import DiffusionTail, ExtinctionIntegral, SubsetEntropy
from theory.families.reflected_walk import AtFloor, CramerRoot
from theory.families.within import Within
from theory.geometric import GeometricSum
from theory.lineage_times import LastPair
from theory.sinc import Sinc

Number = Any


@lru_cache(maxsize=64)
def _survival(steps: int, digits: int) -> Number:
    value = mpmath.mpf(1)
    for _ in range(steps):
        value = 1 - mpmath.exp(-value)
    return value


def _counts(q: Number, samples: int, generations: int) -> list[Number]:
    """Return the law of the count of one category, generation after generation."""

    def binomial(share: Number) -> list[Number]:
        return [
            mpmath.binomial(samples, x) * share**x * (1 - share) ** (samples - x)
            for x in range(samples + 1)
        ]

    law = binomial(q)
    for _ in range(generations - 1):
        rows = [binomial(mpmath.mpf(x) / samples) for x in range(samples + 1)]
        law = [
            mpmath.fsum(weight * row[x] for weight, row in zip(law, rows, strict=True))
            for x in range(samples + 1)
        ]
    return law


def _entropy_drop(q: Number, samples: Number, generations: Number) -> Number:
    if generations == 0:
        return mpmath.mpf(0)
    size = int(samples)
    law = _counts(q, size, int(generations))
    shares = [mpmath.mpf(x) / size for x in range(size + 1)]
    return mpmath.fsum(
        weight * x * mpmath.log(x) for weight, x in zip(law, shares, strict=True) if x
    ) - q * mpmath.log(q)


def _alive(q: Number, samples: Number, generations: Number) -> Number:
    return 1 - _counts(q, int(samples), int(generations))[0] if generations else mpmath.mpf(1)


def _unions(law: Sequence[Number]) -> Number:
    total = mpmath.mpf(0)
    for chosen in product((0, 1), repeat=len(law)):
        share = mpmath.fsum(p for p, taken in zip(law, chosen, strict=True) if taken)
        if 0 < sum(chosen) < len(law):
            total += (-1) ** sum(chosen) * share * mpmath.log(share)
    return total


def _integral(law: Sequence[Number]) -> Number:
    """Return the integral over t = e^v by the trapezium rule, exponentially good on the line."""
    with mpmath.workdps(90):  # good to some 40 digits: the sum ends where the tails are below
        step = mpmath.mpf(1) / 12
        powers = [mpmath.exp(step * k) for k in range(-1150, 1150)]
        return step * mpmath.fsum(
            t * mpmath.fprod(1 - mpmath.exp(-p / t) for p in law) for t in powers
        )


def _tail(q: Number, tau: Number) -> Number:
    last = int(mpmath.sqrt(6 * mpmath.mp.dps / tau)) + 4
    values = [mpmath.mpf(1), 1 - 2 * q]
    for j in range(1, last):
        values.append(((2 * j + 1) * values[1] * values[j] - j * values[j - 1]) / (j + 1))
    return mpmath.fsum(
        (values[j - 1] - values[j + 1]) * mpmath.exp(-j * (j + 1) * tau / 2)
        for j in range(1, last, 2)
    )


def _beta_law(x: Number, a: Number, b: Number) -> Number:
    """Return I_x(a, b) by its continued fraction, from far out, on the side where it converges."""
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_law(1 - x, b, a)
    far = 200 + 20 * int(mpmath.sqrt(a + b))
    tail = mpmath.mpf(1)
    for m in range(far, 0, -1):
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        tail = 1 + even / (1 + odd / tail)
    first = 1 - (a + b) * x / ((a + 1) * tail)
    scale = mpmath.loggamma(a + b) - mpmath.loggamma(a) - mpmath.loggamma(b)
    scale += a * mpmath.log(x) + b * mpmath.log1p(-x)
    return mpmath.exp(scale) / (a * first)


def _pool_distance(first: Number, real: Number, synthetic: Number, rounds: Number) -> Number:
    """Return E sum P_i^2 of the pool's counts, for so many categories that sum p_i^2 is 0."""
    size, square = first, 1 / first
    for _ in range(int(rounds)):
        drawn = real + synthetic + synthetic * (synthetic - 1) * square
        size, square = (
            size + real + synthetic,
            (size * (size + 2 * synthetic) * square + drawn) / (size + real + synthetic) ** 2,
        )
    return square


def _last_pair(draws: Number, samples: Number) -> Number:
    """Return u(k) from the law of long open runs of two categories: E[f_k] / E[f_2] under it.

    f_k(x) = 1 - x^k - (1-x)^k, the chance that k draws differ.
    """
    k, size = int(draws), int(samples)
    shares = [mpmath.mpf(x) / size for x in range(1, size)]
    chances = mpmath.matrix(
        [[mpmath.binomial(size, y) * x**y * (1 - x) ** (size - y) for x in shares]
         for y in range(1, size)]
    )  # fmt: skip
    # The law without its scale: the entry of the count 1 is 1.
    system = chances - (1 - 1 / samples) * mpmath.eye(size - 1)
    law = [mpmath.mpf(1)]
    if size > 2:
        law += list(mpmath.lu_solve(system[1:, 1:], -system[1:, 0]))

    def differ(number: int) -> Number:
        terms = (w * (1 - x**number - (1 - x) ** number) for w, x in zip(law, shares, strict=True))
        return mpmath.fsum(terms)

    return differ(k) / differ(2)


def _within(w: Number, samples: Number, generations: Number) -> Number:
    """Return h_n(w) by its recursion over all counts, as a power of a matrix."""
    size, n = int(samples), int(generations)

    def row(share: Number) -> list[Number]:
        return [
            mpmath.binomial(size, m) * share**m * (1 - share) ** (size - m) * (m - 1) / m
            for m in range(1, size + 1)
        ]

    if n == 0:
        return w
    shares = [mpmath.mpf(m) / size for m in range(1, size + 1)]
    step = mpmath.matrix([row(share) for share in shares])
    return (mpmath.matrix([row(w)]) * step ** (n - 1) * mpmath.matrix(shares))[0]


def _cramer_root(a: Number, b: Number) -> Number:
    with mpmath.workdps(70):
        return mpmath.findroot(
            lambda k: mpmath.gammaprod([a + k], [a]) / b**k - 1 if a < 1000
            else mpmath.loggamma(a + k) - mpmath.loggamma(a) - k * mpmath.log(b),
            (2 + mpmath.mpf(1) / 10**9, 3), "anderson", tol=mpmath.mpf(10) ** -100,
        )  # fmt: skip


def _above_one(a: Number, b: Number, steps: int) -> Number:
    """Return P(G_1 ... G_k > b^k) by Mellin's inversion, trapezium rule, to some 45 digits."""
    spread = mpmath.sqrt(steps * mpmath.psi(1, a))
    c = 2 / spread
    h = c / 18
    total, node, size = mpmath.mpf(0), 0, mpmath.inf
    while size > mpmath.mpf(10) ** -48:
        s = mpmath.mpc(c, node * h)
        power = steps * (mpmath.loggamma(a + s) - mpmath.loggamma(a) - s * mpmath.log(b))
        term = mpmath.exp(power) / s
        total += mpmath.re(term) / (1 if node else 2)
        node, size = node + 1, abs(term)
    return total * h / mpmath.pi


def _at_floor(a: Number, b: Number, generations: Number) -> Number:
    """Return coefficient n of exp(sum P(S_k <= 0) z^k/k), power series by power series."""
    n = int(generations)
    with mpmath.workdps(65):
        series = [mpmath.mpf(0)] + [(1 - _above_one(a, b, k)) / k for k in range(1, n + 1)]
        power, found = [mpmath.mpf(1)] + [mpmath.mpf(0)] * n, [mpmath.mpf(0)] * (n + 1)
        for order in range(n + 1):
            found = [x + y / mpmath.factorial(order) for x, y in zip(found, power, strict=True)]
            power = [
                mpmath.fsum(power[i] * series[at - i] for i in range(at + 1)) for at in range(n + 1)
            ]
        return found[n]


def _geometric(b: Number, terms: Number) -> Number:
    """Return 1 + b + ... + b^(n-1) by doubling the number of terms."""
    total, power = mpmath.mpf(0), mpmath.mpf(1)  # of the terms so far; b to their number
    for bit in bin(int(terms))[2:]:
        total, power = total * (1 + power), power * power
        if bit == "1":
            total, power = total + power, power * b
    return total


NODES: dict[type, Callable[..., Number]] = {
    AtFloor: _at_floor,
    CramerRoot: _cramer_root,
    Within: _within,
    GeometricSum: _geometric,
    PoolDistance: _pool_distance,
    LastPair: _last_pair,
    Sinc: mpmath.sincpi,
    sp.zeta: mpmath.zeta,
    BranchingSurvival: lambda k: _survival(int(k), mpmath.mp.dps),
    EntropyDrop: _entropy_drop,
    Alive: _alive,
    SubsetEntropy: _unions,
    ExtinctionIntegral: _integral,
    DiffusionTail: _tail,
    BetaLaw: _beta_law,
    **LANGUAGE,
}
