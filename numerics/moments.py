"""Moments of the one-dimensional Gaussian refit, by expanding polynomials in exact arithmetic.

The model: from mean mu and variance v, draw x_j = mu + sqrt(v) z_j for j = 1..samples with z_j
independent standard normals; the next mean is the average of the x_j and the next variance is
sum (x_j - average)^2 / divisor, with divisor samples - 1 (`unbiased`) or samples (`mle`). A
monomial in the next mean and variance is a polynomial in mu, sqrt(v), z_1, ..., z_M. It is
multiplied out, and each z_j^(2k) replaced by its mean (2k - 1)(2k - 3)...1, each odd power by 0.
What remains is a polynomial in mu and v, so that n generations are n linear maps. The law of the
fitted variance is never used, nor that it is independent of the fitted mean.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from flint import arb, ctx, fmpq, fmpq_mpoly_ctx

from numerics.enumeration import schedule

Estimator = Literal["unbiased", "mle"]
Monomial = tuple[int, int]
"""(a, b) for mean^a variance^b."""

Polynomial = dict[Monomial, Fraction]

LARGEST_EXPANSION = 50_000
"""Terms at most in one expanded polynomial."""

LARGEST_TUPLES = 2_000_000
"""Samples at most in one enumeration of all samples drawn from a finite one."""


def expected(
    monomial: Monomial,
    samples: int | Sequence[int],
    generations: int,
    estimator: Estimator = "unbiased",
) -> Fraction:
    """Return E[mean^a variance^b] after some generations, from mean 0 and variance 1.

    monomial: (a, b), both at least 0. samples: at least 2 (1 for `mle`), one number or one a
    generation. generations: at least 0. estimator: `unbiased` or `mle`. ValueError outside these
    domains or where an expansion exceeds `LARGEST_EXPANSION` terms.

    >>> expected((2, 0), samples=4, generations=3)
    Fraction(3, 4)
    """
    sizes = schedule(samples, generations, _least(estimator))
    moments = _pulled_back(monomial, sizes, estimator)
    return sum((c for (a, _), c in moments.items() if a == 0), Fraction(0))


def expected_from_sample(
    points: Sequence[Fraction],
    samples: int | Sequence[int],
    generations: int,
    monomial: Monomial,
    estimator: Estimator = "unbiased",
) -> Fraction:
    """Return E[mean^a variance^b] after some generations, the first drawn from a finite sample.

    points: the sample, exact rationals; means are measured from its average, and nothing is scaled.
    The first generation draws from the points with replacement: every one of N^M tuples is visited,
    at most `LARGEST_TUPLES`. Later generations are Gaussian. generations: at least 1. samples,
    monomial, estimator: as in `expected`. ValueError outside these domains.

    >>> expected_from_sample((Fraction(0), Fraction(2)), 2, 1, (0, 1))
    Fraction(1, 1)
    """
    if generations < 1:
        raise ValueError(f"generations = {generations} lies outside generations >= 1")
    sizes = schedule(samples, generations, _least(estimator))
    moments = _pulled_back(monomial, sizes[1:], estimator)
    size = sizes[0]
    scale = _common_denominator(points)
    count = len(points)
    tuples = _count_tuples(count, size)
    whole = [int(p * scale) for p in points]
    centred = [count * w - sum(whole) for w in whole]
    seen: Counter[tuple[int, int]] = Counter()
    for drawn in itertools.product(centred, repeat=size):
        total = sum(drawn)
        seen[total, sum((size * x - total) ** 2 for x in drawn)] += 1
    unit = Fraction(1, size * scale * count)
    divisor = _divisor(size, estimator)
    result = Fraction(0)
    for (total, squares), times in seen.items():
        mean, variance = total * unit, squares * unit**2 / divisor
        for (a, b), coefficient in moments.items():
            result += times * coefficient * mean**a * variance**b
    return result / tuples


def expected_root_from_sample(
    rows: Sequence[Sequence[Fraction]], samples: int, bits: int = 128
) -> arb:
    """Return a ball around E sqrt(trace of the unbiased covariance) of samples of a finite sample.

    rows: the sample, one row of exact rationals a point, all of one length d >= 1. samples: at
    least 2 draws with replacement; all N^samples tuples are visited, at most `LARGEST_TUPLES`.
    bits: working precision, at least 32. The trace is an exact rational for every tuple; only the
    square roots are balls. ValueError outside these domains.

    >>> bool(expected_root_from_sample([[Fraction(0)], [Fraction(2)]], 2).overlaps(arb(2).rsqrt()))
    True
    """
    (size,) = schedule(samples, 1, least=2)
    if not rows or not rows[0] or len({len(row) for row in rows}) != 1:
        raise ValueError("rows lie outside rectangular samples with at least one row and column")
    if bits < 32:
        raise ValueError(f"bits = {bits} lies outside bits >= 32")
    tuples = _count_tuples(len(rows), size)
    scale = _common_denominator([x for row in rows for x in row])
    whole = [tuple(int(x * scale) for x in row) for row in rows]
    seen: Counter[int] = Counter()
    for drawn in itertools.product(whole, repeat=size):
        squares = 0
        for column in zip(*drawn, strict=True):
            total = sum(column)
            squares += sum((size * x - total) ** 2 for x in column)
        seen[squares] += 1
    with ctx.workprec(bits):
        roots = sum((times * arb(squares).sqrt() for squares, times in seen.items()), arb(0))
        return roots / (tuples * size * scale * arb(size - 1).sqrt())


# -------------------------------------------------------------- one generation


def _pulled_back(monomial: Monomial, sizes: Sequence[int], estimator: Estimator) -> Polynomial:
    """Return the mean of the monomial as a polynomial in the mean and variance at the start."""
    if min(monomial) < 0:
        raise ValueError(f"monomial = {monomial} lies outside exponents >= 0")
    moments: Polynomial = {monomial: Fraction(1)}
    for size in reversed(sizes):
        before: Polynomial = {}
        for (a, b), coefficient in moments.items():
            for power, weight in _image(a, b, size, estimator).items():
                before[power] = before.get(power, Fraction(0)) + coefficient * weight
        moments = before
    return moments


@lru_cache(maxsize=4096)
def _image(a: int, b: int, samples: int, estimator: Estimator) -> Mapping[Monomial, Fraction]:
    """Return E[mean^a variance^b] one generation later as a polynomial in the present ones."""
    terms = math.comb(samples + 1 + a + 2 * b, samples + 1)
    if terms > LARGEST_EXPANSION:
        raise ValueError(
            f"monomial = {(a, b)} at samples = {samples} may need {terms} terms, "
            f"which lies outside sizes <= {LARGEST_EXPANSION}"
        )
    names = ["mu", "sigma", *(f"z{j}" for j in range(samples))]
    mu, sigma, *normals = fmpq_mpoly_ctx.get(names, "lex").gens()
    points = [mu + sigma * z for z in normals]
    total = points[0]
    for x in points[1:]:
        total += x
    mean = total / samples
    squares = mean * 0
    for x in points:
        squares += (x - mean) ** 2
    variance = squares / _divisor(samples, estimator)
    image: dict[Monomial, Fraction] = {}
    for exponents, coefficient in (mean**a * variance**b).to_dict().items():
        power, root, *normal = map(int, exponents)
        weight = _fraction(coefficient) * math.prod(map(_normal_moment, normal))
        if weight:
            key = (power, root // 2)
            image[key] = image.get(key, Fraction(0)) + weight
    return image


def _normal_moment(power: int) -> int:
    """Return E z^power for a standard normal z: 0 if odd, and else (power - 1)(power - 3)...1."""
    return 0 if power % 2 else math.prod(range(1, power, 2))


# --------------------------------------------------------------------- domains


def _least(estimator: Estimator) -> int:
    """Return the smallest number of samples from which the variance can be fitted."""
    if estimator not in ("unbiased", "mle"):
        raise ValueError(f"estimator = {estimator} lies outside {{unbiased, mle}}")
    return 2 if estimator == "unbiased" else 1


def _divisor(samples: int, estimator: Estimator) -> int:
    return samples - 1 if estimator == "unbiased" else samples


def _fraction(value: fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def _common_denominator(values: Sequence[Fraction]) -> int:
    if not values:
        raise ValueError("points = () lies outside samples of at least one point")
    for x in values:
        if not isinstance(x, (int, Fraction)):
            raise TypeError(f"the sample contains {x!r}, which is not an exact rational")
    return math.lcm(*(x.denominator for x in values))


def _count_tuples(points: int, samples: int) -> int:
    """Return the number of samples that can be drawn from a finite one; refuse too many."""
    tuples: int = points**samples
    if tuples > LARGEST_TUPLES:
        raise ValueError(
            f"{points} points at samples = {samples} give {tuples} tuples, "
            f"which lies outside sizes <= {LARGEST_TUPLES}"
        )
    return tuples
