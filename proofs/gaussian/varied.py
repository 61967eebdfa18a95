"""Running the kernel of varied refits, and expanding its moments, at a setting.

One factor of the variance is integrated over the norm of all M points and their angle to the
diagonal, so that nothing is taken for granted about degrees of freedom or independence.
"""

from __future__ import annotations

from fractions import Fraction
from math import sqrt

import numpy as np
import numpy.typing as npt
from flint import arb, ctx, fmpq

from numerics import moments_variants, quadrature, sphere
from numerics.gaussian import GaussianRun
from numerics.gaussian_variants import Variant, simulate
from proofs.case import Bench, Setting
from proofs.spread import ROUNDING
from proofs.verdict import Enclosed, Sampled
from theory.rounding import ends

BITS = 128


def ball(value: Fraction | arb) -> arb:
    """Return a ball around an exact value, or the ball itself."""
    return value if isinstance(value, arb) else arb(fmpq(value.numerator, value.denominator))


def enclosed(value: Fraction | arb) -> Enclosed:
    """Return the observation of a value known to lie in a ball."""
    return Enclosed(*ends(ball(value)))


def run(
    experiment: str, setting: Setting, bench: Bench, replicates: int, variant: Variant
) -> GaussianRun:
    """Return kernel runs of a variant, from a D_0 of mean 0 and variance 1."""
    samples = setting.integer("M")
    key = bench.stream_key(experiment, setting)

    def work(first: int, last: int) -> GaussianRun:
        return simulate(samples, setting.generations, key, first, last, variant)

    return bench.campaign(work, bench.replicates(replicates))


def distances(seen: GaussianRun) -> npt.NDArray[np.float64]:
    """Return W2^2 from the fitted to the real Gaussian, (R, G)."""
    return np.asarray(seen.mean**2 + (np.sqrt(seen.variance) - 1) ** 2)


def distance_variance(
    samples: int, generations: int, multiplier: Fraction | int = 1, known_mean: bool = False
) -> float:
    """Return an upper bound for the variance of W2^2 = A + B, A = mean^2, B = (root - 1)^2.

    The standard deviation of a sum is at most the sum of both. Whole powers of the variance are
    expanded, every point of them; half powers are integrated.
    """

    def moment(a: int, b: int) -> arb:
        return ball(moments_variants.expected((a, b), samples, generations, multiplier, known_mean))

    def half(order: int) -> arb:
        divisor = samples if known_mean else samples - 1
        one = quadrature.expected_power(samples, divisor, Fraction(order, 2), BITS)
        angle = arb(1) if known_mean else sphere.cosine_power(samples, order, BITS)
        return (one * angle * ball(Fraction(multiplier)).sqrt() ** order) ** generations

    with ctx.workprec(BITS):
        drift = moment(4, 0) - moment(2, 0) ** 2
        fourth = moment(0, 2) - 4 * half(3) + 6 * moment(0, 1) - 4 * half(1) + 1
        width = fourth - (moment(0, 1) - 2 * half(1) + 1) ** 2
        return sum(sqrt(max(float(x.upper()), 0)) for x in (drift, width)) ** 2 * (1 + ROUNDING)


def root_factor(samples: int, divisor: int) -> arb:
    """Return a ball around the mean root of one factor, sum (z_j - mean)^2 / divisor."""
    with ctx.workprec(BITS):
        norm = quadrature.expected_power(samples, divisor, Fraction(1, 2), BITS)
        return norm * sphere.cosine_power(samples, 1, BITS)


def log_factor(samples: int, divisor: int) -> arb:
    """Return a ball around the mean logarithm of one factor."""
    with ctx.workprec(BITS):
        return quadrature.expected_log(samples, divisor, BITS) + sphere.log_cosine(samples, BITS)


def inverse_factor(samples: int, divisor: int) -> tuple[arb, arb]:
    """Return balls around E 1/Y and E z^2/Y, Y one factor and z the mean of the same M points.

    M >= 4. The squared sine is 1 less the squared cosine, so z^2/Y needs no other integral.
    """
    with ctx.workprec(BITS):
        norm = quadrature.expected_power(samples, divisor, -1, BITS)
        secant = sphere.cosine_power(samples, -2, BITS)
        return norm * secant, arb(fmpq(divisor, samples)) * (secant - 1)


def transformed(seen: Sampled, scale: float, sign: float) -> Sampled:
    """Return the observation of scale exp(sign x) from that of x, by its interval."""

    def interval(alpha: float) -> tuple[float, float]:
        low, high = sorted(scale * float(np.exp(sign * end)) for end in seen.ends(alpha))
        return low, high

    estimate = scale * float(np.exp(sign * seen.estimate))
    return Sampled(estimate, seen.replicates, interval, seen.method)
