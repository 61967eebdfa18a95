"""Running the regression kernel at a setting, and what its evidence on inverse matrices shares.

Mean squares of inverse traces bound the spread of a sample mean: entry j of the diagonal of the
inverse of X'X is the inverse of a squared distance, whose second inverse moment is an integral, and
the deviation of a sum is at most the sum of the deviations.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from numerics import quadrature, regression
from numerics.inverse_moments import inverse_trace
from numerics.linear_noise import expand
from numerics.regression import RegressionRun
from proofs import sampled
from proofs.case import Bench, Setting
from proofs.spread import ROUNDING
from proofs.verdict import Exact, Sampled

Floats = npt.NDArray[np.float64]

BITS = 96
INTEGRATED = "densities integrated, noise followed"
RUNS = "forward runs, all rows drawn"


def number(setting: Setting, name: str, default: int = 1) -> Fraction:
    """Return a parameter, or its default."""
    return setting.numbers(name)[0] if name in setting.fixed else Fraction(default)


def truth(setting: Setting) -> Floats:
    """Return true weights of squared length w2, not along an axis."""
    d = setting.integer("d")
    weights = np.arange(1.0, d + 1.0)
    return np.asarray(weights * (float(number(setting, "w2")) / (weights @ weights)) ** 0.5)


def round_weights(rows: int, keep: bool, rounds: int) -> list[Fraction]:
    """Return by what the error of one fit is multiplied after 0..rounds rounds, inputs the same.

    From one design, a constant column, whose pools are solved exactly.
    """
    found = expand([[1]] * rows, rounds, 0, keep)
    return [found.spread(n) * rows for n in range(rounds + 1)]


def enumerate_same(keep: bool) -> Callable[[Setting, Bench], list[Exact]]:
    """Return the experiment on the error where all rounds have the same inputs."""

    def observed(setting: Setting, bench: Bench) -> list[Exact]:
        rows = setting.integer("T")
        one = number(setting, "sigma") ** 2 * inverse_trace(rows, setting.integer("d"))
        weights = round_weights(2, keep, max(setting.generations))
        return [Exact(one * weights[n]) for n in setting.generations]

    return observed


def second_inverse_moment(rows: int, d: int) -> float:
    """Return an upper bound on E (tr (X'X)^{-1})^2."""
    entry = quadrature.expected_power(rows - d + 1, 1, -2, BITS)
    return d**2 * float(entry.upper()) * (1 + ROUNDING)


def run(
    experiment: str, setting: Setting, bench: Bench, replicates: int, **options: object
) -> RegressionRun:
    """Return kernel runs at a setting, with options of the kernel; T samples a round without."""
    weights = truth(setting)
    key = bench.stream_key(experiment, setting)
    given: dict[str, object] = {"noise": float(number(setting, "sigma")), **options}
    rows = given.pop("samples", None) or setting.integer("T")

    def work(first: int, last: int) -> RegressionRun:
        return regression.simulate(
            weights, rows, setting.generations, key, first, last,  # type: ignore[arg-type]
            **given,  # type: ignore[arg-type]
        )  # fmt: skip

    return bench.campaign(work, bench.replicates(replicates))


def errors(seen: RegressionRun, setting: Setting) -> Floats:
    """Return the squared distances (R, G) of the weights from the true ones."""
    return np.asarray(((seen.weights - truth(setting)) ** 2).sum(axis=2))


def measured(values: Floats, second: Callable[[int], float], setting: Setting) -> list[Sampled]:
    """Return means of squared distances whose mean squares are bounded, for each generation."""
    return [
        sampled.known_second_moment(values[:, g], second(n) * (1 + ROUNDING) or ROUNDING)
        for g, n in enumerate(setting.generations)
    ]


def of_normal(deviation: float) -> float:
    """Return a bound on the mean square of |x|^2, x normal about 0 with a random covariance.

    deviation: a bound on the root of the mean square of its trace.
    """
    return 3 * deviation**2
