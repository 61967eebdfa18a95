"""Evidence on where a run ends, from runs long enough that nothing moves any more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import sympy as sp
from scipy.stats import binom

from numerics import gaussian
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian.refitting import simulate
from proofs.verdict import Sampled
from theory import symbols as s
from theory.gaussian import final_location as law
from theory.gaussian.rate import RATE

#: A run is over after so many times M generations: its deviation is about exp(-6) then.
OVER = 12
#: Half of the width of the window in which the density is counted.
HALF_WINDOW = 0.1
#: Distances at which the tail is looked at: M = 3 is about 2 per cent below its limit at 10.
FAR = 8.0


def last(experiment: str, setting: Setting, bench: Bench, replicates: int) -> gaussian.GaussianRun:
    """Return runs, all points drawn, after OVER * M generations."""
    generations = (OVER * setting.integer("M"),)
    return simulate(experiment, replace(setting, generations=generations), bench, replicates)


def scaled(share: Sampled, by: float) -> Sampled:
    """Return the observation of a multiple of a probability."""

    def interval(alpha: float) -> tuple[float, float]:
        low, high = share.interval(alpha)
        return by * low, by * high

    return Sampled(by * share.estimate, share.replicates, interval, share.method)


def measure_constant(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return FAR^2 times the share of runs that end farther than FAR."""
    run = last("constant", setting, bench, 400_000)
    far = int((np.abs(run.mean[:, 0]) > FAR).sum())
    return [scaled(sampled.share(far, len(run.mean)), FAR**2)]


def measure_density(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the share of runs that end in a window about x or -x, over the windows' width."""
    run = last("density", setting, bench, 60_000)
    x = float(setting.numbers("x")[0])
    low, high = max(x - HALF_WINDOW, 0.0), x + HALF_WINDOW
    distance = np.abs(run.mean[:, 0])
    inside = int(((distance >= low) & (distance < high)).sum())
    return [scaled(sampled.share(inside, len(distance)), 1 / (2 * (high - low)))]


def measure_tail(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the share of runs that end farther than x."""
    run = last("tail", setting, bench, 60_000)
    far = int((np.abs(run.mean[:, 0]) > float(setting.numbers("x")[0])).sum())
    return [sampled.share(far, len(run.mean))]


def measure_median(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the median of W2^2 at the end."""
    run = last("median", setting, bench, 60_000)
    return [median(run.mean[:, 0] ** 2 + (np.sqrt(run.variance[:, 0]) - 1) ** 2)]


def median(values: npt.NDArray[np.float64]) -> Sampled:
    """Return the observation of a median, between two order statistics.

    The number of values below the median is binomial; so the k-th smallest lies above it with the
    probability P(Bin(R, 1/2) < k).
    """
    ordered, count = np.sort(values), len(values)

    def interval(alpha: float) -> tuple[float, float]:
        rank = max(int(binom.ppf(alpha / 2, count, 0.5)), 1)
        return float(ordered[rank - 1]), float(ordered[count - rank])

    return Sampled(float(np.median(values)), count, interval, "order statistics")


ROOT = sp.sqrt(s.x**2 + 1)
BELL = sp.exp(-(s.x**2) / 2) / sp.sqrt(2 * sp.pi)

HEAVY_TAIL_CASE = Case(
    law.HEAVY_TAIL,
    witnesses=(
        Witness(
            Route.MEASURED,
            "constant",
            measure_constant,
            (setting(M=2), setting(M=3), setting(M=5)),
            f"forward runs to the end, all points drawn; x = {FAR:g}",
            margin=0.2,
        ),
    ),
    mutants=(
        Mutant("the limit of large M", "constant", s.sigma**2),
        Mutant("rate of the variance", "constant", -(s.sigma**2) / (s.M * RATE)),
        Mutant("one side only", "constant", law.CONSTANT / 2),
        Mutant("M - 1 for M", "constant", law.CONSTANT * s.M / (s.M - 1)),
    ),
)

LIMIT_LAW_CASE = Case(
    law.LIMIT_LAW,
    witnesses=(
        Witness(
            Route.MEASURED,
            "density",
            measure_density,
            (
                setting(M=10, x="1/4", estimator="mle"),
                setting(M=10, x=2),
                setting(M=5, x=0),
            ),
            "forward runs to the end, all points drawn; counted in a window",
            quick=2,
            margin=0.05,
        ),
        Witness(
            Route.MEASURED,
            "tail",
            measure_tail,
            (
                setting(M=5, x=1),
                setting(M=8, x=1, estimator="mle"),
                setting(M=10, x="1/2"),
                setting(M=10, x=2),
                setting(M=10, x=2, estimator="mle"),
            ),
            "forward runs to the end, all points drawn",
            quick=2,
            margin=0.05,
        ),
        Witness(
            Route.MEASURED,
            "median",
            measure_median,
            (setting(M=10), setting(M=20)),
            "forward runs to the end, all points drawn",
            margin=0.05,
        ),
    ),
    mutants=(
        Mutant("normal (density)", "density", BELL, BELL),
        Mutant("estimators exchanged (density)", "density", law.DENSITY_MLE, law.DENSITY),
        Mutant("not scaled (density)", "density", ROOT**-3 / 2, 3 * ROOT**-5 / 4),
        Mutant("both sides (density)", "density", 2 * law.DENSITY, 2 * law.DENSITY_MLE),
        Mutant("normal", "tail", 1 - sp.erf(s.x / sp.sqrt(2)), 1 - sp.erf(s.x / sp.sqrt(2))),
        Mutant("estimators exchanged", "tail", law.TAIL_MLE, law.TAIL),
        Mutant("not scaled", "tail", 1 - s.x / ROOT, 1 - s.x / ROOT),
        Mutant("one side only", "tail", law.TAIL / 2, law.TAIL_MLE / 2),
        Mutant("drift alone", "median", 2 * s.sigma**2 / 3),
        Mutant("deviation lost alone", "median", s.sigma**2),
        Mutant("bound of the mle", "median", 2 * s.sigma**2),
    ),
)

CASES = (HEAVY_TAIL_CASE, LIMIT_LAW_CASE)
