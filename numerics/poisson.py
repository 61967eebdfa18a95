"""Poisson variates on counter-based words, exact in law up to the rounding of floats."""

import math

from numerics.jitted import jitted
from numerics.streams import Stream, uniform, uniform_open

__all__ = ["poisson"]

_FEW = 10.0  # a smaller mean is inverted
_FURTHEST = 110  # beyond it the whole remaining probability is below the rounding of the sum


@jitted
def _inverse(stream: Stream, mean: float) -> float:
    """Poisson variate of a small mean, by adding up the probabilities from 0."""
    none = math.exp(-mean)
    while True:
        u = uniform(stream)
        probability = none
        for k in range(_FURTHEST + 1):
            if u < probability:
                return float(k)
            u -= probability
            probability *= mean / (k + 1.0)


@jitted
def _log_probability(k: float, mean: float) -> float:
    """Logarithm of the probability of k >= 0, in k - mean: no large logarithms cancel."""
    if k < 10.0:
        return k * math.log(mean) - mean - math.lgamma(k + 1.0)
    step = mean - k
    inverse = 1.0 / k
    square = inverse * inverse
    rest = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680))))
    return k * math.log1p(step / k) - step - 0.5 * math.log(2.0 * math.pi * k) - rest


@jitted
def _rejection(stream: Stream, mean: float) -> float:
    """Poisson variate of a mean of 10 or more, by transformed rejection.

    Source: W. Hoermann, "The transformed rejection method for generating Poisson random
    variables", Insurance: Mathematics and Economics 12 (1993), algorithm PTRS.
    """
    b = 0.931 + 2.53 * math.sqrt(mean)
    a = -0.059 + 0.02483 * b
    squeeze = 0.9277 - 3.6224 / (b - 2.0)
    scale = 1.1239 + 1.1328 / (b - 3.4)
    while True:
        u = uniform_open(stream) - 0.5
        v = uniform_open(stream)
        edge = 0.5 - abs(u)
        k = math.floor((2.0 * a / edge + b) * u + mean + 0.43)
        if edge >= 0.07 and v <= squeeze:
            return float(k)
        if k < 0.0 or (edge < 0.013 and v > edge):
            continue
        if math.log(v * scale / (a / (edge * edge) + b)) <= _log_probability(float(k), mean):
            return float(k)


@jitted
def poisson(stream: Stream, mean: float) -> float:
    """Poisson variate, a whole number; 0 for a mean of 0.

    Parameters: mean in [0, 1e15].
    """
    if not mean > 0.0:
        return 0.0
    return _inverse(stream, mean) if mean < _FEW else _rejection(stream, mean)
