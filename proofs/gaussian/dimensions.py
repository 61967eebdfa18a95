"""Evidence on refitting in d dimensions: how fast the covariance collapses."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import sympy as sp
from flint import arb

from numerics import gaussian, moments, quadrature
from numerics.start import Start
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian.refitting import FREE_NORMALS
from proofs.verdict import Enclosed, Exact, Sampled
from theory import symbols as s
from theory.gaussian import dimensions as law
from theory.gaussian.dimensions import COLLAPSE
from theory.rounding import ends

ENCLOSURE_BITS = 128
HALF = Fraction(1, 2)
Floats = npt.NDArray[np.float64]
Number = int | str | Fraction
Table = tuple[tuple[Fraction, ...], ...]


class Values(NamedTuple):
    """One number for each replicate and each recorded generation, (R, G)."""

    values: Floats


def _table(*rows: Sequence[int]) -> Table:
    return tuple(tuple(Fraction(entry) for entry in row) for row in rows)


#: Samples that serve as D_0 and are drawn from with replacement, one row a point.
FINITE: Mapping[str, Table] = {
    "coin": _table((-1,), (1,)),
    "rare": _table((0,), (0,), (0,), (20,)),
    "skewed": _table((0,), (1,), (5,)),
    "diagonal": _table((-1, -2), (1, 2)),
    "corners": _table((0, 0), (0, 3), (4, 0)),
    "tripod": _table((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    # Two draws of it are equal, or at one and the same distance: Markov's bound is nearly attained.
    "simplex": _table(*([int(row == k) for k in range(20)] for row in range(20))),
}


def axes(
    generations: Sequence[int],
    samples: Number | Sequence[Number],
    variances: Sequence[int],
    start: str = "normal",
    **more: Number,
) -> Setting:
    """Return a setting whose D_0 has independent coordinates of one law and these variances."""
    shown = ",".join(map(str, variances))
    size, total = len(variances), sum(variances)
    return setting(generations, start=f"{start} {shown}", d=size, M=samples, trace=total, **more)


def finite(
    generations: Sequence[int], samples: Number | Sequence[Number], name: str, **more: Number
) -> Setting:
    """Return a setting whose D_0 is one of the finite samples."""
    total = sum((variance(column) for column in columns(name)), Fraction(0))
    return setting(generations, start=name, d=len(FINITE[name][0]), M=samples, trace=total, **more)


def columns(name: str) -> tuple[tuple[Fraction, ...], ...]:
    """Return the coordinates of a finite sample, one tuple each."""
    return tuple(zip(*FINITE[name], strict=True))


def variance(points: Sequence[Fraction]) -> Fraction:
    """Return the variance of a finite sample, divisor N."""
    mean = sum(points, Fraction(0)) / len(points)
    return sum(((x - mean) ** 2 for x in points), Fraction(0)) / len(points)


def shape(setting: Setting) -> tuple[str, tuple[int, ...]]:
    """Return the law of a start made by `axes`, and its variances."""
    name, shown = setting.start.split()
    return name, tuple(map(int, shown.split(",")))


def simulate(
    experiment: str,
    setting: Setting,
    bench: Bench,
    replicates: int,
    function: Callable[[gaussian.MultivariateRun, Start], Floats],
) -> Floats:
    """Return a function (R, G) of kernel runs from a start made by `axes`; every point is drawn.

    Where the setting names no generation, the first one is recorded.
    """
    name, variances = shape(setting)
    start = Start.named(name, np.arange(1.0, len(variances) + 1), np.diag(np.sqrt(variances)))
    sizes = [int(size) for size in setting.numbers("M")]
    samples = sizes[0] if len(sizes) == 1 else np.array(sizes)
    key = bench.stream_key(experiment, setting)

    def work(first: int, last: int) -> Values:
        run = gaussian.simulate_multivariate(
            start, samples, setting.generations or (1,), key, first, last
        )
        return Values(function(run, start))

    return bench.campaign(work, bench.replicates(replicates)).values


def trace(run: gaussian.MultivariateRun, start: Start) -> Floats:
    """Return the trace of the fitted covariance, (R, G)."""
    return np.asarray(np.trace(run.covariance, axis1=2, axis2=3))


def root_power(freedom: int, generations: int = 1) -> arb:
    """Return a ball around (E sqrt Y)^n, Y the mean of so many squared normals."""
    return quadrature.expected_power(freedom, freedom, HALF, ENCLOSURE_BITS) ** generations


# ------------------------------------------------------------------ the mean root


def enclose_root(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean root of the trace after one fit, by integration (any n on a line).

    Two axes: over the norms of two independent normal vectors. Equal axes: over one norm.
    """
    _, variances = shape(setting)
    size, freedom = len(variances), setting.integer("M") - 1
    found = []
    for n in setting.generations:
        if n == 0:
            ball = arb(sum(variances)).sqrt()
        elif size == 2:
            assert n == 1
            ball = quadrature.expected_root_of_mixture(variances, freedom, ENCLOSURE_BITS)
        else:
            assert size == 1 or (n == 1 and len(set(variances)) == 1)
            ball = arb(sum(variances)).sqrt() * root_power(size * freedom, n)
        found.append(Enclosed(*ends(ball)))
    return found


def enclose_line(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean standard deviation on a line, integrated over its 2 or 3 points."""
    _, variances = shape(setting)
    size = setting.integer("M")
    one = quadrature.expected_root_of_points(size, size - 1, ENCLOSURE_BITS)
    return [Enclosed(*ends(arb(sum(variances)).sqrt() * one**n)) for n in setting.generations]


def enclose_rate(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean root of the trace over its start, from equal axes."""
    size, freedom = setting.integer("d"), setting.integer("M") - 1
    if size == 2:
        ball = quadrature.expected_root_of_mixture((HALF, HALF), freedom, ENCLOSURE_BITS)
    else:
        ball = root_power(size * freedom)
    return [Enclosed(*ends(ball))]


def enumerate_root(setting: Setting, bench: Bench) -> list[Enclosed]:
    """Return the mean root of the trace over all first samples of a finite D_0.

    On a line, each later fit brings an independent factor, whose mean is an integral.
    """
    size = setting.integer("M")
    first = moments.expected_root_from_sample(FINITE[setting.start], size, ENCLOSURE_BITS)
    assert setting.integer("d") == 1 or setting.generations == (1,)
    return [Enclosed(*ends(first * root_power(size - 1, n - 1))) for n in setting.generations]


def measure_root(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean root of the trace in simulated runs.

    The unbiased covariance keeps its mean, so the second moment of the root is the real trace.
    """
    values = np.sqrt(simulate("root", setting, bench, 60_000, trace))
    second = float(sum(shape(setting)[1]))
    return [sampled.known_second_moment(column, second) for column in values.T]


def measure_rate(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean root of the trace over its start in simulated first fits, from equal axes."""
    _, variances = shape(setting)
    values = simulate("rate", setting, bench, 60_000, trace) / sum(variances)
    return [sampled.known_second_moment(np.sqrt(values[:, 0]), 1.0)]


# -------------------------------------------------------------------- the survival


def enumerate_survival(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the share of first samples of a finite D_0 whose trace exceeds epsilon."""
    rows, size = FINITE[setting.start], setting.integer("M")
    (level,) = setting.numbers("epsilon")
    assert setting.generations == (1,)
    above = 0
    for drawn in itertools.product(rows, repeat=size):
        fitted = sum((variance(column) for column in zip(*drawn, strict=True)), Fraction(0))
        above += fitted * size > level * (size - 1)
    return [Exact(Fraction(above, len(rows) ** size))]


def measure_survival(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the share of simulated runs whose trace exceeds epsilon."""
    (level,) = setting.numbers("epsilon")
    values = simulate("survival", setting, bench, 100_000, trace)
    return [sampled.share(int((column > float(level)).sum()), len(column)) for column in values.T]


def bound(factor: sp.Expr, fits: sp.Expr) -> sp.Expr:
    """Return the bound on the mean root after so many fits that each bring the factor."""
    return factor**fits * sp.sqrt(s.trace)


COLLAPSE_CASE = Case(
    COLLAPSE,
    witnesses=(
        Witness(
            Route.ENCLOSED,
            "gaussian",
            enclose_root,
            (
                axes((0, 1), 2, (1, 1)),
                axes((1,), 10, (2, 2, 2)),
                axes((0, 1, 5), 2, (1,)),
                axes((1,), 2, (1, 3)),
                axes((1,), 3, (1, 2)),
                axes((1,), 5, (1, 50)),
                axes((1,), 4, (1, 1, 1, 1, 1)),
                axes((1, 100), 10, (4,)),
            ),
            "ball quadrature",
            quick=3,
            principles=FREE_NORMALS,
        ),
        Witness(
            Route.ENCLOSED,
            "gaussian",
            enclose_line,
            (axes((1, 2), 2, (1,)), axes((1, 3), 3, (4,))),
            "ball quadrature over the points",
            quick=2,
        ),
        Witness(
            Route.MEASURED,
            "gaussian",
            measure_root,
            (
                axes((1, 3), 5, (1, 1)),
                axes((1, 5), 10, (1, 1, 1, 1, 1)),
                axes((1, 5), 5, (1, 100)),
                axes((1, 2), 2, (1, 1, 1, 1, 1)),
                axes((1, 10), 10, (1,)),
            ),
            "forward runs, all points drawn",
            margin=0.05,
        ),
        Witness(
            Route.ENUMERATED,
            "general",
            enumerate_root,
            (
                finite((1,), 10, "coin"),
                finite((1,), 4, "rare"),
                finite((1,), 9, "diagonal"),
                finite((1,), 7, "corners"),
                finite((1,), 6, "tripod"),
            ),
            "all samples of a finite D_0",
            quick=2,
        ),
        Witness(
            Route.ENCLOSED,
            "general",
            enumerate_root,
            (finite((2, 5), 10, "coin"), finite((3,), 3, "skewed")),
            "all first samples, then ball quadrature",
            principles=FREE_NORMALS,
        ),
        Witness(
            Route.MEASURED,
            "general",
            measure_root,
            (
                axes((1, 2, 5), 10, (1, 1, 1), "two-point"),
                axes((1, 3), 5, (1, 3), "bimodal"),
                axes((1, 4), 3, (1, 1, 1, 1, 1), "exponential"),
                axes((1, 10), 10, (1,), "laplace"),
            ),
            "forward runs, all points drawn",
            margin=0.05,
        ),
        Witness(
            Route.ENCLOSED,
            "rate",
            enclose_rate,
            (
                setting(d=2, M=2),
                setting(d=3, M=4),
                setting(d=2, M=10),
                setting(d=1, M=3),
                setting(d=20, M=50),
            ),
            "ball quadrature",
            quick=2,
            principles=FREE_NORMALS,
        ),
        Witness(
            Route.MEASURED,
            "rate",
            measure_rate,
            (axes((), 2, (1, 1)), axes((), 3, (1, 1, 1, 1, 1)), axes((), 2, (4,))),
            "forward runs, all points drawn",
            margin=0.05,
        ),
        Witness(
            Route.ENUMERATED,
            "survival",
            enumerate_survival,
            (
                finite((1,), 2, "simplex", epsilon=Fraction(999, 1000)),
                finite((1,), 2, "rare", epsilon=199),
                finite((1,), 6, "coin", epsilon=Fraction(53, 50)),
                finite((1,), 5, "diagonal", epsilon=Fraction(59, 10)),
                finite((1,), 4, "tripod", epsilon=Fraction(7, 10)),
            ),
            "all samples of a finite D_0",
            quick=2,
        ),
        Witness(
            Route.MEASURED,
            "survival",
            measure_survival,
            (
                axes((10,), 2, (1,), epsilon=3),
                axes((5, 20), 5, (1, 3), "bimodal", epsilon=4),
                axes((3,), 3, (1, 1, 1, 1, 1), "exponential", epsilon=5),
            ),
            "forward runs, all points drawn",
        ),
    ),
    mutants=(
        Mutant("M for d (M-1) + 1", "gaussian", bound(s.c4(s.M), s.n)),
        Mutant("one point too few", "gaussian", bound(s.c4(law.POINTS - 1), s.n)),
        Mutant("one generation too many", "gaussian", bound(law.RATE, s.n + 1)),
        Mutant("rate of the trace", "gaussian", bound(law.RATE, 2 * s.n)),
        Mutant("one axis only", "gaussian", bound(law.RATE, s.n) / sp.sqrt(s.d)),
        Mutant("first fit as if D_0 were Gaussian", "general", bound(law.RATE, s.n)),
        Mutant("M for d (M-1) + 1, any D_0", "general", bound(s.c4(s.M), s.n - 1)),
        Mutant("one axis only, any D_0", "general", bound(law.RATE, s.n - 1) / sp.sqrt(s.d)),
        Mutant("d M points", "rate", s.c4(s.d * s.M)),
        Mutant("d M degrees of freedom (rate)", "rate", s.c4(s.d * s.M + 1)),
        Mutant("factor of one axis", "rate", s.c4(s.M)),
        Mutant("first order", "rate", 1 - 1 / (4 * s.d * (s.M - 1))),
        Mutant("d M degrees of freedom", "gaussian", bound(s.c4(s.d * s.M + 1), s.n)),
        Mutant("twice the bound", "gaussian", 2 * law.GAUSSIAN_BOUND),
        Mutant("twice the bound, any D_0", "general", 2 * law.GENERAL_BOUND),
        Mutant("twice the bound (survival)", "survival", 2 * law.SURVIVAL_BOUND),
        Mutant("epsilon for its root", "survival", law.GENERAL_BOUND / s.epsilon),
        Mutant("trace for its root", "survival", law.RATE ** (2 * s.n - 2) * s.trace / s.epsilon),
        Mutant("c squared", "survival", bound(law.RATE, 2 * s.n) / sp.sqrt(s.epsilon)),
    ),
)

CASES = (COLLAPSE_CASE,)
