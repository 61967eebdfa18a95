"""Evidence on the total variance of mixtures: all counts, labelled points, EM that is stopped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

import numpy as np

from numerics import mixture_workflows
from numerics.gaussian_mixture import Mixture
from numerics.labelled_mixture import Component, LabelledRun, expected
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.families.mixtures import Floats, Parts, Values, Z, simulate
from proofs.verdict import Exact, Sampled
from theory import symbols as s
from theory.families.total_variance import LEFT, TOTAL_VARIANCE

FACTOR = (1 - 1 / s.M) ** s.n


def _parts(*rows: tuple[str, int, int]) -> Parts:
    return tuple((Fraction(weight), Fraction(mean), Fraction(var)) for weight, mean, var in rows)


#: Mixtures on a line that serve as D_0: weight, mean and variance of each component.
STARTS: Mapping[str, Parts] = {
    "one": _parts(("1", 3, 2)),
    "pair": _parts(("1/3", -2, 1), ("2/3", 4, 5)),
    "three": _parts(("1/2", 0, 1), ("1/3", 6, 2), ("1/6", -3, 4)),
}


def total(start: Parts) -> Fraction:
    """Return the total variance of a mixture."""
    mean = sum((w * m for w, m, _ in start), Z)
    return sum((w * (v + (m - mean) ** 2) for w, m, v in start), Z)


def mixed(generations: Sequence[int], samples: int, start: str, **more: int | str) -> Setting:
    """Return a setting whose D_0 is one of STARTS."""
    return setting(generations, start=start, M=samples, total=total(STARTS[start]), **more)


def mean_square(components: tuple[Component, ...], centre: Fraction) -> Fraction:
    """Return the mean squared distance of the mixture's mean from a centre; parts independent."""
    mean = sum((one.weight * one.mean for one in components), Z) - centre
    own = sum((one.weight**2 * (one.second - one.mean**2) for one in components), Z)
    return mean * mean + own


def enumerate_total(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact mean total variance: inside, and mean square less square of the mean.

    A floor of the setting is added to the variance of every component in every fit.
    """

    def value(components: tuple[Component, ...]) -> Fraction:
        inside = sum((one.weight * (one.variance + one.second) for one in components), Z)
        return inside - mean_square(components, Z)

    start, size = STARTS[setting.start], setting.integer("M")
    floor = setting.numbers("floor")[0] if "floor" in setting.fixed else Z
    return [Exact(expected(start, size, n, value, floor)) for n in setting.generations]


def enumerate_drift(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact mean squared drift of the mixture's mean."""
    start, size = STARTS[setting.start], setting.integer("M")
    centre = sum((w * m for w, m, _ in start), Z)
    return [
        Exact(expected(start, size, n, lambda all_: mean_square(all_, centre)))
        for n in setting.generations
    ]


def second_moment(start: Parts, generations: int) -> float:
    """Return a bound on E total_n^2.

    M points of total variance v and fourth central moment f have a mean squared (1/M) sum
    (x - mean)^2 of at most f/M + v^2. For a fitted mixture f <= 3 sum w_j (V_j + c_j^2)^2, c_j from
    the mean, and V_j + c_j^2 <= v / w_j <= M v: f <= 3 M v^2. So the bound grows by 4 at most; in
    generation 1, f is that of D_0, for which w_j is known.
    """
    mean = float(sum((w * m for w, m, _ in start), Z))
    fourth = 3 * sum(float(w) * (float(v) + (float(m) - mean) ** 2) ** 2 for w, m, v in start)
    return float(fourth + float(total(start)) ** 2) * 4.0 ** (generations - 1)


def measure_labelled(
    function: Callable[[LabelledRun, float], Floats], name: str
) -> Callable[[Setting, Bench], list[Sampled]]:
    """Return the simulated mean of a function bounded by the total variance in its mean square."""

    def observe(setting: Setting, bench: Bench) -> list[Sampled]:
        start = STARTS[setting.start]
        centre = float(sum((w * m for w, m, _ in start), Z))
        values = simulate(name, setting, bench, start, lambda run: function(run, centre), 200_000)
        return [
            sampled.known_second_moment(column, second_moment(start, n))
            for column, n in zip(values.T, setting.generations, strict=True)
        ]

    return observe


def total_of(run: LabelledRun, centre: float) -> Floats:
    """Return the total variance (R, G)."""
    mean = (run.weights * run.means).sum(axis=2, keepdims=True)
    return np.asarray((run.weights * (run.variances + (run.means - mean) ** 2)).sum(axis=2))


def measure_em_total(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean total variance of generation 1 of EM, on components that overlap.

    Two components are fitted in two iterations, which do not suffice; the floor is that of the
    claim. In generation 1 the points are of D_0.
    """
    parts, (floor,) = STARTS[setting.start], setting.numbers("floor")
    weights, means, variances = (
        np.array(column, np.float64) for column in zip(*parts, strict=True)
    )
    start = Mixture(weights, means[:, None], variances[:, None, None])
    key, size = bench.stream_key("EM", setting), setting.integer("M")

    def work(first: int, last: int) -> Values:
        run = mixture_workflows.simulate(
            start, 2, size, setting.generations, key, first, last, floor=float(floor), iterations=2
        )
        labelled = LabelledRun(run.weights, run.means[..., 0], run.covariances[..., 0, 0])
        return Values(total_of(labelled, 0.0))

    values = bench.campaign(work, bench.replicates(40_000), block=2048).values
    second = (second_moment(parts, 1) ** 0.5 + float(floor)) ** 2
    return [sampled.known_second_moment(values[:, 0], second)]


OUTCOMES = (
    mixed((0, 1, 2), 4, "pair"),
    mixed((1, 2, 3), 3, "three"),
    mixed((1, 4), 2, "one"),
    mixed((1,), 8, "three"),
)
FLOORED = (
    mixed((1, 2), 4, "pair", floor="1/3"),
    mixed((1, 2, 3), 3, "three", floor=2),
    mixed((1, 8), 2, "one", floor="1/5"),
)
PLAIN = (mixed((1, 2), 8, "pair"), mixed((1,), 20, "three"))
OVERLAPPING = (mixed((1,), 10, "one", floor="1/2"), mixed((1,), 12, "three", floor="1/10"))

TOTAL_CASE = Case(
    TOTAL_VARIANCE,
    witnesses=(
        Witness(
            Route.ENUMERATED, "variance", enumerate_total, OUTCOMES, "all counts, points expanded",
            quick=3,
        ),
        Witness(
            Route.ENUMERATED, "drift", enumerate_drift, OUTCOMES, "all counts, points expanded",
            quick=3,
        ),
        Witness(
            Route.MEASURED, "variance", measure_labelled(total_of, "total"), PLAIN,
            "labelled points, all drawn", margin=0.1,
        ),
        Witness(
            Route.ENUMERATED, "floored", enumerate_total, FLOORED, "all counts, points expanded",
            quick=3,
        ),
        Witness(
            Route.MEASURED, "floored", measure_em_total, OVERLAPPING,
            "EM stopped after two iterations, components that overlap", margin=0.1,
        ),
    ),
    mutants=(
        Mutant("stays", "variance", s.total),
        Mutant("divided by M - 1", "variance", s.total * (1 - 1 / (s.M + 1)) ** s.n),
        Mutant("squared factor", "variance", s.total * FACTOR**2),
        Mutant("once for each of two components", "variance", s.total * (1 - 2 / s.M) ** s.n),
        Mutant("without end, as with divisor M - 1", "drift", s.total * s.n / s.M),
        Mutant("first generation only", "drift", s.total / s.M),
        Mutant("what is left", "drift", LEFT),
        Mutant("added once", "floored", LEFT + s.floor),
        Mutant("kept for ever", "floored", LEFT + s.n * s.floor),
        Mutant("no floor", "floored", LEFT),
    ),
)  # fmt: skip


CASES = (TOTAL_CASE,)
