"""Experiments on the shape of a user's sample: what its being no normal law costs.

Each column on its own is a D_0 on a line. What the claims need of it, kap, the mean first
deviation and the kurtosis, is computed from its points: kap by the formula below, which the
witnesses do not use. The law of the points has variance 1 with the divisor N.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri
from scipy.stats import norm

from numerics import gaussian, point_moments
from numerics.first_deviation import expected_deviation
from numerics.start import Start
from numerics.transport_line import distance
from proofs import sampled, spread
from proofs.case import Bench, Route, Setting
from proofs.inputs import Sample
from proofs.real_grid import Experiment, Look
from proofs.verdict import Enclosed, Exact, Sampled
from theory.domain import Value
from theory.rounding import ends

Floats = npt.NDArray[np.float64]

#: Columns that are looked at on their own; of distinct values in one, and of rows.
MOST_COLUMNS, MOST_VALUES = 6, 5000
#: Where a column in double precision has variance 1, this much room covers it many times over.
ROUNDING = 1e-9
#: Levels at which quantiles are compared.
LEVELS = 1_000_000
#: Room for the quantiles beyond the levels.
LEVELS_ERROR = 1e-5
#: Samples in refits of which the shape shows, and in those that come near the limit.
FEW, MANY = 20, 2000
#: Margin of the latter, and runs at most; half an interval, in standard errors; runs of the former.
LIMIT_MARGIN, MOST_RUNS, WIDTH, MOST_SHORT_RUNS = 0.15, 30_000, 6.5, 300_000
ONE = Fraction(1)
#: Below this kap the bound by the drift alone lies too far below the distance for a check.
LEAST_KAP = 0.9
#: How an experiment looks.
SIMULATED = (Route.MEASURED, "forward runs")
NEAREST = (Route.MEASURED, "nearest of all forward runs")
EXPANDED = (Route.ENUMERATED, "every draw expanded")
CERTIFIED = (Route.ENCLOSED, "plan and potential, cell by cell,")


@dataclass(frozen=True, eq=False)
class Column:
    """One standardised column as a D_0 on a line, with the figures that its laws need."""

    name: str
    values: Floats

    @cached_property
    def start(self) -> Start:
        """Return the start that draws the values."""
        return Start.sample(self.values)

    @cached_property
    def kap(self) -> Fraction:
        """Return the correlation of its quantiles with normal ones."""
        return coupling(self.values)

    @cached_property
    def powers(self) -> tuple[Fraction, ...]:
        """Return the exact means of the powers 0 to 8."""
        distinct, counts = np.unique(self.values, return_counts=True)
        points = [Fraction(x) for x in distinct.tolist()]
        held, found = [Fraction(count) for count in counts.tolist()], []
        for _ in range(9):
            found.append(sum(held, Fraction(0)) / self.values.size)
            held = [part * x for part, x in zip(held, points, strict=True)]
        return tuple(found)

    @cached_property
    def kurtosis(self) -> Fraction:
        """Return the excess kurtosis."""
        return self.powers[4] / self.powers[2] ** 2 - 3

    @cached_property
    def moments(self) -> spread.Moments[float]:
        """Return the central moments."""
        return spread.moments_of(self.values[:, np.newaxis])[0]

    @cached_property
    def product(self) -> float:
        """Return the mean product of its quantiles with normal ones, level by level."""
        levels = (np.arange(LEVELS) + 0.5) / LEVELS
        places = np.floor(levels * self.values.size).astype(np.int64)
        return float(np.mean(ndtri(levels) * np.sort(self.values)[places]))

    def expected(self, monomial: tuple[int, int], samples: int, generations: int) -> Fraction:
        """Return the exact mean of mean^a variance^b, every draw expanded."""
        return point_moments.expected(monomial, samples, generations, start=self.powers)

    # -------------------------------------------------------------- simulated refits

    def run(self, experiment: str, setting: Setting, bench: Bench) -> gaussian.GaussianRun:
        """Return refits that draw all points."""
        key = bench.stream_key(f"{experiment} {self.name}", setting)
        samples, record = setting.integer("M"), setting.generations

        def work(first: int, last: int) -> gaussian.GaussianRun:
            return gaussian.simulate(self.start, samples, record, key, first, last)

        return bench.campaign(work, bench.replicates(0))

    def distances(self, experiment: str, setting: Setting, bench: Bench) -> Floats:
        """Return the squared W2 distances of simulated fits from the sample, (R, G)."""
        run = self.run(experiment, setting, bench)
        # The quantiles of both laws, opened: the mean squares of the quantiles are variances.
        return np.asarray(
            run.mean**2 + run.variance + 1.0 - 2.0 * np.sqrt(run.variance) * self.product
        )

    def strays(self, samples: int, generations: int) -> float:
        """Return a bound on the root mean square of W2^2 - c, c = 2 (1 - kap).

        That is mean^2 and (s - 1)(s + 1 - 2 kap), s the deviation, which is at most abs(s^2 - 1):
        the fourth moments bound both.
        """
        fourth = spread.fourth_moments(samples, generations, self.moments)
        bound = math.sqrt(fourth.mean) + math.sqrt(max(fourth.variance - 1.0, 0.0))
        return bound * (1 + ROUNDING)

    def runs(self, samples: int, generations: Sequence[int], margin: float) -> int:
        """Return how many runs bring the interval for the mean of W2^2 into the margin."""
        needed = (
            WIDTH * self.strays(samples, n) / (margin * (n / samples + 2 * (1 - float(self.kap))))
            for n in generations
        )
        return round(max(needed) ** 2)

    def measure_risk(self, setting: Setting, bench: Bench) -> list[Sampled]:
        """Return the mean distance."""
        values, samples = self.distances("risk", setting, bench), setting.integer("M")
        return [
            sampled.known_variance(values[:, g], self.strays(samples, n) ** 2)
            for g, n in enumerate(setting.generations)
        ]

    def measure_nearest(self, setting: Setting, bench: Bench) -> list[Enclosed]:
        """Return the distance of the nearest fit of all simulated ones."""
        least = self.distances("nearest", setting, bench).min(axis=0)
        return [
            Enclosed(Fraction(float(x) - LEVELS_ERROR), Fraction(float(x) + LEVELS_ERROR))
            for x in least
        ]

    def measure_variance(self, setting: Setting, bench: Bench) -> list[Sampled]:
        """Return the mean of (variance - 1)^2; its second moment is exact."""
        values = (self.run("variance", setting, bench).variance - 1.0) ** 2
        samples = setting.integer("M")
        found = []
        for g, n in enumerate(setting.generations):
            one, two, three, four = (self.expected((0, k), samples, n) for k in (1, 2, 3, 4))
            second = float(four - 4 * three + 6 * two - 4 * one + 1)
            found.append(sampled.known_second_moment(values[:, g], second * (1 + ROUNDING)))
        return found

    # ------------------------------------------------------------------ exact routes

    def enumerate_variance(self, setting: Setting, bench: Bench) -> list[Exact]:
        """Return the variance of the fitted variance."""
        samples = setting.integer("M")
        return [
            Exact(self.expected((0, 2), samples, n) - self.expected((0, 1), samples, n) ** 2)
            for n in setting.generations
        ]

    def enclose_fit(self, setting: Setting, bench: Bench) -> list[Enclosed]:
        """Return the distance of the normal law with the sample's moments."""
        points = [Fraction(x) for x in self.values]
        return [Enclosed(*ends(distance(points, Fraction(0), Fraction(1))))]


def coupling(values: Floats) -> Fraction:
    """Return kap of a sample (N,) of variance 1: sum x_(i) (phi(z_(i-1)) - phi(z_i)).

    z_i is the normal quantile of i/N. Between the levels (i-1)/N and i/N the quantile of the sample
    is x_(i), and -phi is a primitive of z phi(z).
    """
    steps = norm.pdf(ndtri(np.arange(values.size + 1) / values.size))
    return Fraction(min(1.0, float(np.sort(values) @ (steps[:-1] - steps[1:]))))


def experiments(sample: Sample) -> tuple[list[Experiment], list[str]]:
    """Return the experiments on the shape of the columns (B28, B28b, B44), and what is left out."""
    rows = sample.standardised()
    found: list[Experiment] = []
    weak: list[str] = []
    taken = 0
    for name, values in zip(sample.names, rows.T, strict=True):
        if taken == MOST_COLUMNS:
            weak.append(f"B28b from column {name!r} on: the first {MOST_COLUMNS} stand for all")
            break
        count = np.unique(values).size
        if count > MOST_VALUES:
            line = f"{count:,} distinct values, more than {MOST_VALUES:,}"
            weak.append(f"B28b column {name!r}: {line}")
            continue
        taken += 1
        on_column = _OnColumn(sample, Column(name, np.ascontiguousarray(values)))
        found += on_column.exactly()
        for some, lines in (on_column.refits(), on_column.walk(), on_column.limit()):
            found += some
            weak += lines
    return [*found, *_drift(sample, rows)], weak


@dataclass(frozen=True, eq=False)
class _OnColumn:
    """One column of a sample, made into experiments."""

    sample: Sample
    column: Column

    def one(
        self, claim: str, look: Look, fixed: Mapping[str, Value], generations: Sequence[int] = (),
        how: tuple[Route, str] = SIMULATED, runs: int = 0, margin: float = ROUNDING,
        quick: bool = True,
    ) -> Experiment:  # fmt: skip
        """Return an experiment on `code quantity`."""
        code, quantity = claim.split()
        source = f"{self.sample.source}, column {self.column.name!r}"
        return Experiment(
            code, quantity, look, Setting(fixed, tuple(generations)), max(1000, runs), margin,
            source, self.sample.digest, quick, *how,
        )  # fmt: skip

    def at(self, samples: int, **more: Fraction) -> dict[str, Value]:
        """Return the parameters of refits, kap among them unless others are given."""
        return {"M": Fraction(samples), **(more or {"kap": self.column.kap})}

    def exactly(self) -> list[Experiment]:
        """Return what needs no simulation."""
        tails, kap = self.at(FEW, kurt=self.column.kurtosis), {"kap": self.column.kap}
        return [
            self.one("B28 variance", self.column.enumerate_variance, tails, (1, 3, 10), EXPANDED),
            self.one("B28b w2", self.column.enclose_fit, kap, how=CERTIFIED),
        ]

    def refits(self) -> tuple[list[Experiment], list[str]]:
        """Return simulated refits with few samples, or why there are none."""
        column = self.column
        runs = column.runs(FEW, (1, 5), 0.1)
        if runs > MOST_SHORT_RUNS:
            line = "rare outliers carry the variance of refits"
            return [], [f"B28b column {column.name!r}: {line}"]
        deviation = Fraction(min(1.0, expected_deviation(column.values, FEW)))
        first = self.at(FEW, kap=column.kap, s1=deviation)
        tails = self.at(FEW, kurt=column.kurtosis)
        risk, spread_, nearest = (
            column.measure_risk, column.measure_variance, column.measure_nearest,
        )  # fmt: skip
        return [
            self.one("B28 risk", risk, first, (1, 5), runs=runs, margin=0.1),
            self.one("B28 variance", spread_, tails, (1, 3), runs=60_000, margin=0.25),
            self.one(
                "B28b floor", nearest, self.at(FEW), (1, 5), NEAREST, runs=20_000, margin=1e-3
            ),
            self.one("B28b risk", risk, self.at(FEW), (1, 5), runs=runs, margin=0.1),
        ], []

    def walk(self) -> tuple[list[Experiment], list[str]]:
        """Return refits followed until the drift is most of their distance (B44 on one column)."""
        column, line = self.column, self.at(FEW, d=ONE, trace=ONE)
        found = [
            self.one(f"B44 {quantity}", column.measure_risk, line, (30,), runs=100_000, margin=0.1)
            for quantity in ("ceiling", "risk")
        ]
        if column.kap >= LEAST_KAP:
            return found, []
        return found[:1], [f"B44 risk, column {column.name!r}: B28b says more where kap is small"]

    def limit(self) -> tuple[list[Experiment], list[str]]:
        """Return simulated refits with many samples, or why there are none."""
        runs = self.column.runs(MANY, (1, 3), LIMIT_MARGIN)
        if runs > MOST_RUNS:
            line = "the distance of the fit drowns in the drift"
            return [], [f"B28b risk at M = {MANY}, column {self.column.name!r}: {line}"]
        look = self.column.measure_risk
        return [
            self.one(
                "B28b risk", look, self.at(MANY), (1, 3), runs=runs, margin=LIMIT_MARGIN,
                quick=False,
            )
        ], []  # fmt: skip


def _drift(sample: Sample, rows: Floats) -> list[Experiment]:
    """Return the exact check of the drift in all dimensions, column by column."""
    columns = [Column(name, values) for name, values in zip(sample.names, rows.T, strict=True)]
    if rows.shape[0] > MOST_VALUES or len(columns) > 4 * MOST_COLUMNS:
        return []
    d = Fraction(len(columns))

    def enumerate_drift(setting: Setting, bench: Bench) -> list[Exact]:
        size = setting.integer("M")
        return [
            Exact(sum((one.expected((2, 0), size, n) for one in columns), Fraction(0)))
            for n in setting.generations
        ]

    where = Setting({"M": Fraction(FEW), "d": d, "trace": d}, (1, 10, 100))
    return [
        Experiment(
            "B44", "drift", enumerate_drift, where, 1000, ROUNDING, sample.source, sample.digest,
            True, *EXPANDED,
        )
    ]  # fmt: skip
