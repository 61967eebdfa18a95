"""Experiments that start from a user's sample, each column standardised."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from numerics import gaussian
from numerics.start import Start
from proofs import sampled, spread
from proofs.case import Bench, Setting
from proofs.gaussian.dimensions import Floats, Values, trace
from proofs.gaussian.walk import squared_drift
from proofs.inputs import Sample
from proofs.real_grid import Experiment, Observe
from proofs.verdict import Sampled

#: Numbers that a block of replicates may hold at once.
BLOCK_NUMBERS = 2_000_000
#: Replicates are cut down in proportion to d^2 where there are more dimensions than this.
MANY = 12
#: Half an interval, in standard errors; most times the usual runs.
WIDTH, MOST_TIMES = 6.5, 4
#: The mean root of the trace is at least so large a part of its bound where it is checked.
SMALLEST_ROOT = 0.2

Function = Callable[[gaussian.MultivariateRun, Start], Floats]


@dataclass(frozen=True, eq=False)
class Refitted:
    """A start that draws the rows of a sample, and the moments of its columns."""

    start: Start
    moments: tuple[spread.Moments[float], ...]

    @property
    def size(self) -> int:
        """Return the number of dimensions d, which is the trace of the standardised sample too."""
        return self.start.dimensions

    def run(
        self,
        experiment: str,
        setting: Setting,
        bench: Bench,
        function: Function,
        estimator: gaussian.Estimator = "unbiased",
    ) -> Floats:
        """Return a function (R, G) of refits that draw all points."""
        key = bench.stream_key(experiment, setting)
        samples, record = setting.integer("M"), setting.generations

        def work(first: int, last: int) -> Values:
            run = gaussian.simulate_multivariate(
                self.start, samples, record, key, first, last, estimator
            )
            return Values(function(run, self.start))

        numbers = len(record) * (self.size**2 + self.size)
        block = max(1, min(4096, BLOCK_NUMBERS // numbers))
        return bench.campaign(work, bench.replicates(0), block).values

    def measure_factor(self, setting: Setting, bench: Bench) -> list[Sampled]:
        """Return the trace of the MLE covariance over that of the sample.

        Half the squared distance of two points is a pair functional.
        """
        values = self.run("factor", setting, bench, trace, "mle") / self.size
        return [
            sampled.known_second_moment(values[:, g], second / self.size**2)
            for g, second in enumerate(self._bounds(spread.trace_second_moment, setting, "mle"))
        ]

    def drift_bound(self, samples: int, generations: int) -> float:
        """Return a bound on the mean square of the squared drift."""
        return spread.drift_second_moment(samples, generations, self.moments)

    def measure_drift(self, setting: Setting, bench: Bench) -> list[Sampled]:
        """Return the mean squared distance of the fitted mean from that of the sample."""
        values = self.run("drift", setting, bench, squared_drift)
        bounds = self._bounds(spread.drift_second_moment, setting, "unbiased")
        return [
            sampled.known_second_moment(values[:, g], second) for g, second in enumerate(bounds)
        ]

    def measure_root(self, setting: Setting, bench: Bench) -> list[Sampled]:
        """Return the mean root of the trace; the unbiased trace keeps its mean, d."""
        values = np.sqrt(self.run("root", setting, bench, trace))
        return [sampled.known_second_moment(column, float(self.size)) for column in values.T]

    def measure_survival(self, setting: Setting, bench: Bench) -> list[Sampled]:
        """Return the share of runs whose trace exceeds epsilon."""
        (level,) = setting.numbers("epsilon")
        values = self.run("survival", setting, bench, trace)
        above = (values > float(level)).sum(axis=0)
        return [sampled.share(int(count), len(values)) for count in above]

    def _bounds(
        self, bound: Callable[..., float], setting: Setting, estimator: str
    ) -> Sequence[float]:
        samples = setting.integer("M")
        return [bound(samples, n, self.moments, estimator) for n in setting.generations]


def experiments(sample: Sample) -> tuple[list[Experiment], list[str]]:
    """Return the experiments on a sample: pair factor (B39), collapse (B43) and walk (B44).

    And a line on what could not decide. By Hoelder's inequality E sqrt(t) is at least
    (E t)^(3/2) / (E t^2)^(1/2); where a rare outlier carries the variance, that is far below the
    bound sqrt(E t), and a check of the bound could not fail.
    """
    rows = sample.standardised()
    given = Refitted(Start.sample(rows), spread.moments_of(rows))
    d = given.size
    whole = {"d": Fraction(d), "trace": Fraction(d)}

    def one(
        code: str, quantity: str, observe: Observe, where: Setting, runs: int, margin: float
    ) -> Experiment:
        quick = where.integer("M") < 100
        usual = max(1000, round(runs * min(1.0, (MANY / d) ** 2)))
        return Experiment(
            code, quantity, observe, where, usual, margin, sample.source, sample.digest, quick
        )

    def at(samples: int, *generations: int, **more: Fraction) -> Setting:
        return Setting({"M": Fraction(samples), **more}, generations)

    def walk(runs: int, margin: float, samples: int, *generations: int) -> Experiment:
        """Return an experiment on the drift, with more runs where the moments ask for them."""
        needed = (
            given.drift_bound(samples, n) * (WIDTH * samples / (margin * d * n)) ** 2
            for n in generations
        )
        most = round(min(MOST_TIMES * runs, max(runs, *needed)))
        where = at(samples, *generations, **whole)
        return one("B44", "drift", given.measure_drift, where, most, margin)

    found = [
        one("B39", "replace", given.measure_factor, at(20, 1, 10), 60_000, 0.05),
        one("B39", "replace", given.measure_factor, at(100, 10, 50), 10_000, 0.15),
        walk(60_000, 0.075, 20, 1, 5, 10),
        walk(15_000, 0.15, 100, 1, 10, 50),
    ]
    root = d / math.sqrt(spread.trace_second_moment(20, 1, given.moments))
    if root < SMALLEST_ROOT:
        return found, ["B43: rare outliers carry the variance, so the bound is far off"]
    level = {"epsilon": Fraction(d), **whole}
    found += [
        one("B43", "general", given.measure_root, at(20, 1, 10, **whole), 40_000, 0.05),
        one("B43", "general", given.measure_root, at(100, 1, 50, **whole), 10_000, 0.05),
        one("B43", "general", given.measure_root, at(5, 1, 20, **whole), 60_000, 0.1),
        one("B43", "survival", given.measure_survival, at(20, 10, 20, **level), 20_000, 0.05),
    ]
    return found, []
