"""Evidence on the linear VAE with learned noise: fits of all samples, and every point drawn."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from numerics import latent
from numerics.start import Start
from proofs import sampled, spread
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian.dimensions import FINITE, columns, variance
from proofs.gaussian.refitting import estimator
from proofs.spread import Moments
from proofs.verdict import Enclosed, Exact, Sampled
from theory import symbols as s
from theory.families import latent as law
from theory.families.latent import TRACE_LAW

Floats = npt.NDArray[np.float64]
#: Relative room for the rounding of a fit in double precision.
ROUNDING = Fraction(1, 10**10)


class Values(NamedTuple):
    """Trace and squared drift for each replicate and each recorded generation, (R, G)."""

    trace: Floats
    drift: Floats


def finite(
    samples: int, name: str, latents: int, divisor: str, generations: Sequence[int] = (1,)
) -> Setting:
    """Return a setting whose D_0 is one of the finite samples."""
    total = sum((variance(column) for column in columns(name)), Fraction(0))
    return setting(
        generations, start=name, M=samples, d=len(FINITE[name][0]), q=latents, trace=total,
        estimator=divisor,
    )  # fmt: skip


def axes(
    generations: Sequence[int], samples: int, variances: Sequence[int], latents: int, divisor: str
) -> Setting:
    """Return a setting whose D_0 is normal with these variances along the axes."""
    return setting(
        generations, start=",".join(map(str, variances)), M=samples, d=len(variances), q=latents,
        trace=sum(variances), estimator=divisor,
    )  # fmt: skip


def _all_samples(setting: Setting) -> list[Floats]:
    """Return every sample of the finite D_0, rows are points."""
    rows = [[float(entry) for entry in row] for row in FINITE[setting.start]]
    return [np.array(drawn) for drawn in itertools.product(rows, repeat=setting.integer("M"))]


def enumerate_trace(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean trace of W W^T + v I, the covariance that is fitted, over all samples."""
    lost = 1 if estimator(setting) == "unbiased" else 0
    total, samples = 0.0, _all_samples(setting)
    for points in samples:
        covariance = np.cov(points.T, ddof=lost)
        fit = latent.fit_covariance((covariance + covariance.T) / 2, setting.integer("q"))
        loadings = fit.frame[:, : fit.latent.size] * np.sqrt(fit.latent)
        total += float(np.trace(loadings @ loadings.T + fit.noise * np.eye(len(covariance))))
    mean = Fraction(total) / len(samples)
    return [Enclosed(mean * (1 - ROUNDING), mean * (1 + ROUNDING))]


def enumerate_drift(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact mean of the squared distance of the first mean over all samples."""
    rows, size = FINITE[setting.start], setting.integer("M")
    centre = [sum(column, Fraction(0)) / len(rows) for column in columns(setting.start)]
    total = Fraction(0)
    for drawn in itertools.product(rows, repeat=size):
        for column, middle in zip(zip(*drawn, strict=True), centre, strict=True):
            total += (sum(column, Fraction(0)) / size - middle) ** 2
    return [Exact(total / len(rows) ** size)]


def simulate(experiment: str, setting: Setting, bench: Bench, replicates: int) -> Values:
    """Return kernel runs from a normal D_0 with variances along the axes; every point is drawn."""
    variances = [float(entry) for entry in setting.start.split(",")]
    start = Start.named("normal", np.ones(len(variances)), np.diag(np.sqrt(variances)))
    key = bench.stream_key(experiment, setting)

    def work(first: int, last: int) -> Values:
        run = latent.simulate(
            start, setting.integer("q"), setting.integer("M"), setting.generations, key, first,
            last, None, estimator(setting),
        )  # fmt: skip
        trace = run.latent.sum(axis=2) + len(variances) * run.noise
        return Values(trace, ((run.mean - start.mean) ** 2).sum(axis=2))

    return bench.campaign(work, bench.replicates(replicates))


def _bounds(setting: Setting, n: int) -> spread.Fourth[float]:
    """Return bounds for the second moments of squared drift and trace.

    Given a covariance C they depend on (tr C)^2 and tr C^2 <= (tr C)^2: a line is the worst case.
    """
    total = float(setting.numbers("trace")[0])
    line = Moments(total, 3 * total**2)
    return spread.fourth_moments(setting.integer("M"), n, line, estimator(setting))


def measure_trace(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean trace in simulated runs."""
    values = simulate("trace", setting, bench, 60_000).trace
    return [
        sampled.known_variance(column, _bounds(setting, n).variance)
        for column, n in zip(values.T, setting.generations, strict=True)
    ]


def measure_drift(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean squared drift in simulated runs."""
    values = simulate("drift", setting, bench, 120_000).drift
    return [
        sampled.known_variance(column, _bounds(setting, n).mean)
        for column, n in zip(values.T, setting.generations, strict=True)
    ]


LEFT = 1 - 1 / s.M

TRACE_CASE = Case(
    TRACE_LAW,
    witnesses=(
        Witness(
            Route.ENUMERATED,
            "trace",
            enumerate_trace,
            (
                finite(3, "diagonal", 1, "mle"),
                finite(4, "corners", 1, "unbiased"),
                finite(3, "corners", 0, "mle"),
                finite(4, "tripod", 2, "mle"),
                finite(5, "tripod", 1, "unbiased"),
            ),
            "closed-form fits of all samples of a finite D_0",
            quick=2,
        ),
        Witness(
            Route.MEASURED,
            "trace",
            measure_trace,
            (
                axes((1, 4), 10, (4, 1), 1, "mle"),
                axes((3,), 15, (4, 1), 1, "unbiased"),
                axes((1, 3), 12, (4, 2, 1, 1), 2, "mle"),
            ),
            "forward runs, all points drawn",
            margin=0.05,
            quick=2,
        ),
        Witness(
            Route.ENUMERATED,
            "drift",
            enumerate_drift,
            (
                finite(3, "diagonal", 1, "mle"),
                finite(4, "corners", 1, "unbiased"),
                finite(4, "tripod", 2, "mle"),
            ),
            "all samples of a finite D_0",
            quick=2,
        ),
        Witness(
            Route.MEASURED,
            "drift",
            measure_drift,
            (axes((3,), 12, (4, 1), 1, "mle"), axes((3,), 12, (4, 1), 1, "unbiased")),
            "forward runs, all points drawn",
            margin=0.08,
            quick=2,
        ),
    ),
    mutants=(
        Mutant("both fall", "trace", law.MEAN, law.MEAN),
        Mutant("both stay", "trace", s.trace, s.trace),
        Mutant("latent share falls", "trace", s.trace, s.trace * (1 - law.Q / (s.d * s.M)) ** s.n),
        Mutant(
            "noise lost",
            "trace",
            s.trace * law.Q / s.d,
            s.trace * law.Q / s.d * LEFT**s.n,
        ),
        Mutant("one generation only", "trace", s.trace, s.trace * LEFT),
        Mutant("squared rate", "trace", s.trace, s.trace * LEFT ** (2 * s.n)),
        Mutant("as unbiased", "drift", law.DRIFT, law.DRIFT),
        Mutant("as divisor M", "drift", law.DRIFT_MLE, law.DRIFT_MLE),
        Mutant("last step only", "drift", s.trace / s.M, s.trace / s.M * LEFT ** (s.n - 1)),
        Mutant(
            "latent directions only",
            "drift",
            law.DRIFT * law.Q / s.d,
            law.DRIFT_MLE * law.Q / s.d,
        ),
    ),
)

CASES = (TRACE_CASE,)
