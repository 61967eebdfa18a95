"""Random variates on counter-based words, exact in law up to the rounding of floats."""

import math

import numpy as np
from numpy.typing import NDArray

from numerics.jitted import inlined, jitted
from numerics.streams import Stream, open_unit, uniform, uniform_open
from numerics.ziggurat import fill_normals, normal, normal_from

__all__ = [
    "beta",
    "binomial",
    "chi_square",
    "conditional_probabilities",
    "exponential",
    "fill_normals",
    "gamma",
    "gamma_constants",
    "gamma_from",
    "gamma_of",
    "gamma_prepared",
    "multinomial",
    "multinomial_conditional",
    "normal",
    "normal_from",
]


@inlined
def exponential(stream: Stream) -> float:
    """Exponential variate of mean 1, by inversion."""
    return -math.log(uniform_open(stream))


@inlined
def gamma_constants(shape: float) -> tuple[float, float]:
    """What `gamma_prepared` needs to know of a shape > 0."""
    d = (shape + 1.0 if shape < 1.0 else shape) - 1.0 / 3.0
    return d, 1.0 / math.sqrt(9.0 * d)


@inlined
def _gamma_taken(x: float, y: float, v: float, d: float, u: float) -> bool:
    """Whether the rejection step takes v = (1 + y)**3 with y = c x.

    The test is log(u) < g(x). With |y| <= 1/2 the series of g = d (-3 y**4 / 4 + 3 y**5 / 5 - ...)
    is at least -3 d y**4 / 2, and exp(g) >= 1 + g: for a large d that decides nearly always.
    """
    if y <= -1.0:
        return False
    if abs(y) <= 0.5 and u < 1.0 - 1.5 * d * (y * y) * (y * y):
        return True
    return math.log(u) < 0.5 * x * x + d * (1.0 - v + math.log(v))


@inlined
def gamma_prepared(stream: Stream, shape: float, d: float, c: float) -> float:
    """Gamma variate of scale 1, from the shape and its constants (see `gamma`)."""
    boost = math.exp(math.log(uniform_open(stream)) / shape) if shape < 1.0 else 1.0
    while True:
        x = normal(stream)
        y = c * x
        v = (1.0 + y) * (1.0 + y) * (1.0 + y)
        if _gamma_taken(x, y, v, d, uniform_open(stream)):
            return boost * d * v


@jitted
def _gamma_again(stream: Stream, shape: float, d: float, c: float) -> float:
    """Like gamma_prepared, out of the way of the caller's own code."""
    return gamma_prepared(stream, shape, d, c)


@inlined
def gamma_of(stream: Stream, x: float, shape: float, d: float, c: float) -> float:
    """Gamma variate like that of `gamma_prepared`, for which one normal variate x is given.

    Nearly always it is the only one that is needed.
    """
    if shape >= 1.0:
        y = c * x
        v = (1.0 + y) * (1.0 + y) * (1.0 + y)
        if _gamma_taken(x, y, v, d, uniform_open(stream)):
            return d * v
    return _gamma_again(stream, shape, d, c)


@inlined
def gamma_from(
    stream: Stream, first: np.uint64, second: np.uint64, shape: float, d: float, c: float
) -> float:
    """Gamma variate like that of `gamma_prepared`, whose first two words are given.

    Parameters: as there, with a shape >= 1. Nearly always the words are enough.
    """
    x = normal_from(stream, first)
    y = c * x
    v = (1.0 + y) * (1.0 + y) * (1.0 + y)
    if _gamma_taken(x, y, v, d, open_unit(second)):
        return d * v
    return _gamma_again(stream, shape, d, c)


@jitted
def gamma(stream: Stream, shape: float) -> float:
    """Gamma variate of scale 1.

    Parameters: shape > 0. Below 1, a gamma of shape + 1 times U**(1/shape) is returned; for a
    tiny shape this may underflow to 0.
    Source: Marsaglia and Tsang, "A simple method for generating gamma variables", ACM TOMS 26
    (2000).
    """
    d, c = gamma_constants(shape)
    return gamma_prepared(stream, shape, d, c)


@jitted
def chi_square(stream: Stream, freedom: float) -> float:
    """Chi-square variate with the given degrees of freedom > 0."""
    return 2.0 * gamma(stream, 0.5 * freedom)


@jitted
def _log_gamma(stream: Stream, shape: float) -> float:
    """Logarithm of a gamma variate, which does not underflow for a tiny shape."""
    if shape >= 1.0:
        return math.log(gamma(stream, shape))
    return math.log(uniform_open(stream)) / shape + math.log(gamma(stream, shape + 1.0))


@jitted
def beta(stream: Stream, first: float, second: float) -> float:
    """Beta variate in [0, 1]: the share of the first of two gamma variates in their sum.

    Parameters: both shapes in 1e-300..1e300.
    """
    log_odds = _log_gamma(stream, first) - _log_gamma(stream, second)
    return 1.0 / (1.0 + math.exp(-log_odds))


@jitted
def _power(base: float, exponent: int) -> float:
    """base**exponent, by squaring."""
    result = 1.0
    while exponent > 0:
        if exponent & 1:
            result *= base
        base *= base
        exponent >>= 1
    return result


@jitted
def _binomial_inverse(stream: Stream, trials: int, p: float) -> int:
    """Binomial variate for a small mean, by adding up the probabilities from 0."""
    odds = p / (1.0 - p)
    few = trials < _FACTORIALS
    none = _power(1.0 - p, trials) if few else math.exp(trials * math.log1p(-p))
    # Beyond this the whole remaining probability is below the rounding of the sum.
    furthest = min(trials, 110)
    while True:
        u = uniform(stream)
        probability = none
        for k in range(furthest + 1):
            if u < probability:
                return k
            u -= probability
            probability *= odds * (trials - k) / (k + 1.0)


@jitted
def _stirling_rest(k: float) -> float:
    """log(k!) less Stirling's formula (k + 1/2) log(k + 1) - (k + 1) + log(2 pi)/2."""
    if k < 10.0:
        rest: float = _STIRLING_REST[np.int64(k)]
        return rest
    inverse = 1.0 / (k + 1.0)
    square = inverse * inverse
    return inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680))))


_FACTORIALS = 1024
_LOG_FACTORIAL = np.array([math.lgamma(k + 1.0) for k in range(_FACTORIALS)])
_STIRLING_REST = np.array(
    [
        math.lgamma(k + 1) - (k + 0.5) * math.log(k + 1) + (k + 1) - 0.5 * math.log(2 * math.pi)
        for k in range(10)
    ]
)


@jitted
def _log_ratio_many(k: float, mode: float, trials: float, p: float) -> float:
    """Logarithm of the binomial probability of k over that of the mode, for many trials.

    Written in k - mode, so that no large logarithms cancel.
    """
    step = k - mode
    slope = math.log(p / (1.0 - p) * (trials - mode + 1.0) / (mode + 1.0))
    result = step * slope
    result += (trials - k + 0.5) * math.log1p(step / (trials - k + 1.0))
    result -= (k + 0.5) * math.log1p(step / (mode + 1.0))
    result += _stirling_rest(mode) + _stirling_rest(trials - mode)
    return result - _stirling_rest(k) - _stirling_rest(trials - k)


@jitted
def _log_ratio(k: float, trials: float, p: float) -> float:
    """Logarithm of the binomial probability of k over that of the mode."""
    mode = math.floor((trials + 1.0) * p)
    if trials >= _FACTORIALS:
        return _log_ratio_many(k, mode, trials, p)
    i, j, n = np.int64(k), np.int64(mode), np.int64(trials)
    result: float = (
        _LOG_FACTORIAL[j] + _LOG_FACTORIAL[n - j] - _LOG_FACTORIAL[i] - _LOG_FACTORIAL[n - i]
    )
    return result + (k - mode) * math.log(p / (1.0 - p))


@jitted
def _binomial_rejection(stream: Stream, count: int, p: float) -> int:
    """Binomial variate for p <= 1/2 and a mean of 10 or more, by transformed rejection.

    Source: W. Hoermann, "The generation of binomial random variates", J. Stat. Comput. Simul. 46
    (1993), algorithm BTRS.
    """
    trials = np.float64(count)
    spread = math.sqrt(trials * p * (1.0 - p))
    b = 1.15 + 2.53 * spread
    a = -0.0873 + 0.0248 * b + 0.01 * p
    c = trials * p + 0.5
    squeeze = 0.92 - 4.2 / b
    while True:
        u = uniform_open(stream) - 0.5
        v = uniform_open(stream)
        edge = 0.5 - abs(u)
        k = math.floor((2.0 * a / edge + b) * u + c)
        if edge >= 0.07 and v <= squeeze:
            return int(k)
        if k < 0.0 or k > trials:
            continue
        v *= (2.83 + 5.1 / b) * spread / (a / (edge * edge) + b)
        if math.log(v) <= _log_ratio(k, trials, p):
            return int(k)


@jitted
def binomial(stream: Stream, trials: int, probability: float) -> int:
    """Binomial variate, in 0..trials.

    Parameters: trials in 0..10**9, probability in [0, 1].
    """
    p = min(probability, 1.0 - probability)
    if trials <= 0 or p <= 0.0:
        k = 0
    elif trials * p < 10.0:
        k = _binomial_inverse(stream, trials, p)
    else:
        k = _binomial_rejection(stream, trials, p)
    return k if probability <= 0.5 else trials - k


@jitted
def conditional_probabilities(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """(K,) probabilities of each category, given that none of the earlier ones was taken.

    Parameters: (K,) weights >= 0, not all 0, of any sum. The sums run from the end, so that they
    stay accurate there; the last category of positive weight gets exactly 1.
    """
    result = np.zeros(weights.size)
    rest = 0.0
    for k in range(weights.size - 1, -1, -1):
        rest += weights[k]
        if weights[k] > 0.0:
            result[k] = weights[k] / rest
    return result


@jitted
def multinomial_conditional(
    stream: Stream, trials: int, conditional: NDArray[np.float64], out: NDArray[np.int64]
) -> None:
    """Nothing: out (K,) now holds multinomial counts that sum to trials.

    Parameters: trials in 0..10**9; (K,) conditional probabilities.
    """
    left = trials
    for k in range(conditional.size):
        out[k] = binomial(stream, left, conditional[k]) if left > 0 else 0
        left -= out[k]


@jitted
def multinomial(
    stream: Stream, trials: int, weights: NDArray[np.float64], out: NDArray[np.int64]
) -> None:
    """Nothing: out (K,) now holds multinomial counts that sum to trials.

    Parameters: trials in 0..10**9; (K,) weights >= 0, not all 0, of any sum.
    """
    multinomial_conditional(stream, trials, conditional_probabilities(weights), out)
