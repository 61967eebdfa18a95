"""Running the refitting kernel, and expanding its moments, at a setting."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal, cast

from numerics import gaussian, moments
from numerics.start import Start
from proofs import spread
from proofs.case import Bench, Setting
from proofs.discrete.resampling import schedule

Estimator = Literal["unbiased", "mle"]

#: An experiment that integrates the law of M - 1 free normals takes B01's reduction for granted.
FREE_NORMALS = frozenset({"B01"})

#: Fourth central moments of the named starts, each of variance 1.
FOURTH = {
    "normal": Fraction(3),
    "uniform": Fraction(9, 5),
    "exponential": Fraction(9),
    "laplace": Fraction(6),
    "two-point": Fraction(1),
}


def estimator(setting: Setting) -> Estimator:
    """Return the setting's estimator, unbiased unless it says otherwise."""
    return cast(Estimator, setting.text("estimator", "unbiased"))


def divisor(setting: Setting, size: int) -> int:
    """Return the divisor of the variance fitted to `size` points: less one, unless mle."""
    return size - 1 if estimator(setting) == "unbiased" else size


def sizes(setting: Setting, generations: int) -> list[int]:
    """Return the samples of the first generations, one entry a generation."""
    given = [int(size) for size in setting.numbers("M")]
    return given * generations if len(given) == 1 else given[:generations]


def simulate(
    experiment: str, setting: Setting, bench: Bench, replicates: int, later: int = 0
) -> gaussian.GaussianRun:
    """Return one-dimensional kernel runs from a D_0 of mean 0 and variance 1.

    later: generations recorded after those of the setting.
    """
    start = Start.named(setting.start)
    samples = schedule(setting)
    record = tuple(n + later for n in setting.generations)
    key = bench.stream_key(experiment, setting)

    def work(first: int, last: int) -> gaussian.GaussianRun:
        return gaussian.simulate(start, samples, record, key, first, last, estimator(setting))

    return bench.campaign(work, bench.replicates(replicates))


def expanded(
    setting: Setting, generations: int, terms: Mapping[tuple[int, int], Fraction | int]
) -> Fraction:
    """Return the sum of weight times E[mean^a variance^b], every point of every fit expanded.

    terms: weights by (a, b). A start written as numbers is a finite sample, all of whose samples
    are visited; its mean is taken as 0. Otherwise the start is N(0, 1).
    """
    given, fit = sizes(setting, generations), estimator(setting)
    points = tuple(Fraction(entry) for entry in setting.start.split(",") if entry[-1].isdigit())
    total = Fraction(0)
    for monomial, weight in terms.items():
        if points:
            seen = moments.expected_from_sample(points, given, generations, monomial, fit)
        else:
            seen = moments.expected(monomial, given, generations, fit)
        total += weight * seen
    return total


def fourth(setting: Setting, generations: int) -> spread.Fourth[float]:
    """Return E mean^4, E mean^2 variance and E variance^2, as floats rounded upwards."""
    start = spread.Moments(Fraction(1), FOURTH[setting.start])
    exact = spread.fourth_moments(
        sizes(setting, generations), generations, start, estimator(setting)
    )
    return spread.Fourth(*(float(value) * (1 + spread.ROUNDING) for value in exact))
