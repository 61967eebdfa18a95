"""Refits in d dimensions at a setting: exact moments by pairings, and runs that draw every point.

A setting's D_0 is normal with the diagonal covariance written as its start, such as `1,4`. What is
claimed depends on the eigenvalues of the covariance alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from flint import arb

from numerics import gaussian, pairings, quadrature
from numerics.start import Start
from proofs.case import Bench, Setting, setting
from proofs.discrete.resampling import schedule
from proofs.gaussian.refitting import divisor, estimator
from proofs.spread import ROUNDING

Floats = npt.NDArray[np.float64]
Number = int | str | Fraction
Function = Callable[[gaussian.MultivariateRun], Floats]
ENCLOSURE_BITS = 128


class Values(NamedTuple):
    """One number for each replicate and each recorded generation, (R, G)."""

    values: Floats


def diagonal(
    generations: Sequence[int],
    variances: Sequence[Number],
    /,
    **parameters: Number | Sequence[Number],
) -> Setting:
    """Return a setting whose D_0 is normal with independent coordinates of these variances."""
    return setting(generations, start=",".join(map(str, variances)), **parameters)


def variances(setting: Setting) -> tuple[Fraction, ...]:
    """Return the eigenvalues of the covariance of D_0."""
    return tuple(map(Fraction, setting.start.split(",")))


def expected(setting: Setting, polynomial: pairings.Polynomial, generations: int) -> Fraction:
    """Return the exact mean of a polynomial in the entries of the fitted covariance."""
    axes = variances(setting)
    covariance = [[v if j == k else 0 for k in range(len(axes))] for j, v in enumerate(axes)]
    given = [int(size) for size in setting.numbers("M")]
    samples = given[0] if len(given) == 1 else given[:generations]
    return pairings.expected(polynomial, covariance, samples, generations, estimator(setting))


def above(value: Fraction) -> float:
    """Return a float just above an exact value, to bound a moment with."""
    return float(value) * (1 + ROUNDING)


def simulate(
    experiment: str,
    setting: Setting,
    bench: Bench,
    replicates: int,
    function: Function,
    later: Sequence[int] = (),
) -> Floats:
    """Return a function (R, G) of kernel runs; every point of every fit is drawn.

    later: generations recorded in place of those of the setting.
    """
    axes = np.array([float(v) for v in variances(setting)])
    start = Start.named("normal", np.zeros(axes.size), np.diag(np.sqrt(axes)))
    record = tuple(later) or setting.generations or (1,)
    key = bench.stream_key(experiment, setting)

    def work(first: int, last: int) -> Values:
        run = gaussian.simulate_multivariate(
            start, schedule(setting), record, key, first, last, estimator(setting)
        )
        return Values(function(run))

    return bench.campaign(work, bench.replicates(replicates)).values


def eigenvalues(run: gaussian.MultivariateRun) -> Floats:
    """Return the eigenvalues of the fitted covariance, the largest first, (R, G, d)."""
    return np.asarray(np.linalg.eigvalsh(run.covariance)[..., ::-1])


def log_determinant_growth(setting: Setting) -> Function:
    """Return the function ln(det Sigma_n / det Sigma_0) of a run."""
    start = float(np.log([float(v) for v in variances(setting)]).sum())
    return lambda run: run.log_determinant - start


def logarithm_spread(setting: Setting) -> float:
    """Return the variance of the log-determinant of one fit, rounded upwards.

    It sets the width of intervals alone; a sum of integrals over norms of M - 1, ..., M - d
    normals.
    """
    size, axes = setting.integer("M"), len(variances(setting))
    total = sum(
        (quadrature.variance_log(size - i, ENCLOSURE_BITS) for i in range(1, axes + 1)), arb(0)
    )
    return float(total.upper()) * (1 + ROUNDING)


def corner_log(setting: Setting) -> arb:
    """Return the mean log-determinant of d + 1 standard normal points, d = 1 or 2.

    Two points on a line: their difference is normal with variance 2, and the sum of squares is half
    its square. Three points in the plane: their differences from one of them span a parallelogram;
    the determinant of the sum of squares is a third of its squared area, and the differences are
    independent standard ones times a matrix of determinant 3^(1/2). Independent ones have the area
    base times height, and turned into the base's frame the height is one normal coordinate.
    """
    size, axes = setting.integer("M"), len(variances(setting))
    assert size == axes + 1 <= 3
    over = divisor(setting, size)
    height = quadrature.expected_log(1, over, ENCLOSURE_BITS)
    return height if axes == 1 else height + quadrature.expected_log(2, over, ENCLOSURE_BITS)


def corner_log_variance(setting: Setting) -> arb:
    """Return the variance of the log-determinant of d + 1 points: base and height add up."""
    axes = len(variances(setting))
    assert setting.integer("M") == axes + 1 <= 3
    height = quadrature.variance_log(1, ENCLOSURE_BITS)
    return height if axes == 1 else height + quadrature.variance_log(2, ENCLOSURE_BITS)


def corner_power(setting: Setting, order: Fraction) -> arb:
    """Return the mean of a power of the determinant of d + 1 standard normal points, d = 1 or 2."""
    size, axes = setting.integer("M"), len(variances(setting))
    assert size == axes + 1 <= 3
    over = divisor(setting, size)
    height = quadrature.expected_power(1, over, order, ENCLOSURE_BITS)
    if axes == 1:
        return height
    return height * quadrature.expected_power(2, over, order, ENCLOSURE_BITS)
