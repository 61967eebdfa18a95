"""Evidence on components far apart: all counts exactly, labelled points drawn, and EM itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from numerics import labelled_mixture, mixture_workflows
from numerics.gaussian_mixture import Mixture
from numerics.labelled_mixture import Component, LabelledRun, expected
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.verdict import Exact, Sampled
from theory import symbols as s
from theory.families import mixtures as law
from theory.families.mixtures import SEPARATED_COMPONENTS
from theory.families.within import Within

Floats = npt.NDArray[np.float64]
Parts = tuple[tuple[Fraction, Fraction, Fraction], ...]

#: Standard deviations between components for EM: no point is ever shared.
FAR = 1000.0
#: A floor that no variance here comes near to.
TINY = 1e-13
Z = Fraction(0)


class Values(NamedTuple):
    """One number for each replicate and each recorded generation, (R, G)."""

    values: Floats


def of_two(setting: Setting) -> Parts:
    """Return the component that the claim speaks of, and another one for the rest."""
    (weight,), (variance,) = setting.numbers("w"), setting.numbers("V")
    return (weight, Fraction(0), variance), (1 - weight, Fraction(7), Fraction(3))


def first_of(components: tuple[Component, ...]) -> Component | None:
    """Return the component of mean 0 if it lives."""
    return next((one for one in components if one.mean == 0), None)


def enumerate_component(
    function: Callable[[Component], Fraction],
) -> Callable[[Setting, Bench], list[Exact]]:
    """Return the exact mean of a function of the component, 0 where it is gone."""

    def value(components: tuple[Component, ...]) -> Fraction:
        component = first_of(components)
        return Fraction(0) if component is None else function(component)

    def observe(setting: Setting, bench: Bench) -> list[Exact]:
        size, start = setting.integer("M"), of_two(setting)
        return [Exact(expected(start, size, n, value)) for n in setting.generations or (1,)]

    return observe


def enumerate_survivor(setting: Setting, bench: Bench) -> list[Exact]:
    """Return the exact mean variance after one generation of a component that lives."""
    size, start = setting.integer("M"), of_two(setting)
    alive = expected(start, size, 1, lambda all_: Fraction(first_of(all_) is not None))
    inside = expected(start, size, 1, lambda all_: one.variance if (one := first_of(all_)) else Z)
    return [Exact(inside / alive)]


INSIDE = enumerate_component(lambda one: one.weight * one.variance)


def simulate(
    experiment: str,
    setting: Setting,
    bench: Bench,
    start: Parts,
    function: Callable[[LabelledRun], Floats],
    usual: int,
) -> Floats:
    """Return a function (R, G) of labelled runs; every point is drawn."""
    key = bench.stream_key(experiment, setting)
    record, size = setting.generations or (1,), setting.integer("M")
    table = [[float(number) for number in part] for part in start]

    def work(first: int, last: int) -> Values:
        return Values(function(labelled_mixture.simulate(table, size, record, key, first, last)))

    return bench.campaign(work, bench.replicates(usual)).values


def measure_component(power: int) -> Callable[[Setting, Bench], list[Sampled]]:
    """Return the simulated mean of weight^power times variance."""

    def function(run: LabelledRun) -> Floats:
        return np.asarray(run.weights[:, :, 0] ** power * run.variances[:, :, 0])

    def observe(setting: Setting, bench: Bench) -> list[Sampled]:
        values = simulate(f"weight^{power}", setting, bench, of_two(setting), function, 60_000)
        return [
            sampled.known_second_moment(column, most_square(setting, n))
            for column, n in zip(values.T, setting.generations, strict=True)
        ]

    return observe


def most_square(setting: Setting, generations: int) -> float:
    """Return a bound on E (w_n V_n)^2: V^2 E w_n^2.

    Given all counts, the mean square of the variance is multiplied by (m^2 - 1)/m^2 < 1 in every
    generation; and w_n is a share of counts, so that E w_n^2 is known.
    """
    (weight,), (variance,) = setting.numbers("w"), setting.numbers("V")
    parted = (1 - Fraction(1, setting.integer("M"))) ** generations
    return float(variance**2 * (weight - weight * (1 - weight) * parted))


def measure_weights(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the simulated mean of w (1 - w), between 0 and 1/4."""
    values = simulate(
        "weights", setting, bench, of_two(setting),
        lambda run: run.weights[:, :, 0] * (1 - run.weights[:, :, 0]), 60_000,
    )  # fmt: skip
    return [sampled.bounded(column, 0.0, 0.25) for column in values.T]


def measure_em(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean of weight times variance over fits by EM, components far apart."""
    (weight,), (variance,) = setting.numbers("w"), setting.numbers("V")
    spread = float(variance) ** 0.5
    means = np.array([[0.0], [FAR * spread]])
    weights = np.array([float(weight), 1.0 - float(weight)])
    start = Mixture(weights, means, np.full((2, 1, 1), float(variance)))
    key, size = bench.stream_key("EM", setting), setting.integer("M")

    def work(first: int, last: int) -> Values:
        run = mixture_workflows.simulate(
            start, 2, size, setting.generations, key, first, last, floor=TINY * float(variance)
        )
        inside = run.weights * run.covariances[..., 0, 0]
        return Values((inside * (run.means[..., 0] < FAR * spread / 2)).sum(axis=2))

    values = bench.campaign(work, bench.replicates(8_000), block=512).values
    return [
        sampled.known_second_moment(column, most_square(setting, n))
        for column, n in zip(values.T, setting.generations, strict=True)
    ]


def component(generations: Sequence[int], samples: int, weight: str, variance: int = 1) -> Setting:
    """Return a setting of the claim on separated components."""
    return setting(generations, M=samples, w=weight, V=variance)


COUNTED = (
    component((0, 1, 2, 3), 3, "1/3"),
    component((1, 2, 4), 2, "3/4", 2),
    component((1, 3), 1, "1/2"),
    component((1, 2), 6, "1/10", 3),
    component((5,), 3, "9/10"),
)
LIVING = (
    component((), 30, "9/10"),
    component((), 4, "1/3", 2),
    component((), 2, "1/2"),
    component((), 20, "1/10"),
)
DRAWN = (
    component((1, 3), 10, "1/2", 2),
    component((1, 10), 50, "1/2"),
    component((1, 2), 30, "1/5"),
)
SEEN = (component((1, 3), 20, "1/2"), component((2,), 40, "2/5", 4))
FACTOR = (1 - 1 / s.M) ** s.n

SEPARATED_CASE = Case(
    SEPARATED_COMPONENTS,
    witnesses=(
        Witness(
            Route.ENUMERATED, "variance", INSIDE,
            COUNTED, "all counts, points expanded", quick=3,
        ),
        Witness(
            Route.ENUMERATED, "one-step", INSIDE,
            (*LIVING[1:3], component((), 12, "2/7")), "all counts, points expanded", quick=3,
        ),
        Witness(
            Route.ENUMERATED, "squared",
            enumerate_component(lambda one: one.weight**2 * one.variance),
            COUNTED, "all counts, points expanded", quick=3,
        ),
        Witness(
            Route.ENUMERATED, "weights",
            enumerate_component(lambda one: one.weight * (1 - one.weight)),
            COUNTED, "all counts", quick=3,
        ),
        Witness(
            Route.ENUMERATED, "survivor", enumerate_survivor, LIVING,
            "all counts, points expanded", quick=3,
        ),
        Witness(
            Route.MEASURED, "variance", measure_component(1), DRAWN,
            "labelled points, all drawn", margin=0.1,
        ),
        Witness(
            Route.MEASURED, "squared", measure_component(2), DRAWN[:1],
            "labelled points, all drawn", margin=0.1,
        ),
        Witness(
            Route.MEASURED, "weights", measure_weights, DRAWN, "labelled points", margin=0.1,
        ),
        Witness(
            Route.MEASURED, "variance", measure_em, SEEN,
            f"EM, components {FAR:g} deviations apart", margin=0.15,
        ),
    ),
    mutants=(
        Mutant("the factor of one Gaussian", "variance", s.V * s.w * FACTOR),
        Mutant("as if m = M w exactly", "variance", s.V * s.w * (1 - 1 / (s.M * s.w)) ** s.n),
        Mutant(
            "one generation, n times", "variance", s.V * s.w * (law.ONE_STEP / s.V / s.w) ** s.n
        ),
        Mutant("unweighted", "variance", s.V * Within(s.w, s.M, s.n) / s.w),
        Mutant("a lone point keeps its variance", "one-step", s.V * s.w),
        Mutant("a component never empties", "one-step", s.V * (s.w - 1 / s.M)),
        Mutant(
            "a lone point loses half", "one-step",
            law.ONE_STEP + s.V * s.w * (1 - s.w) ** (s.M - 1) / 2,
        ),
        Mutant("the weight not squared", "squared", s.w * s.V * FACTOR),
        Mutant("two factors", "squared", s.w**2 * s.V * FACTOR**2),
        Mutant("no decay", "squared", s.w**2 * s.V),
        Mutant("by the weight itself", "weights", s.w * (1 - s.w) * (1 - 1 / (s.M * s.w)) ** s.n),
        Mutant("squared factor", "weights", s.w * (1 - s.w) * FACTOR**2),
        Mutant("two categories more", "weights", 2 * s.w * (1 - s.w) * FACTOR),
        Mutant("rate 1/(M w), lost ones counted", "survivor", s.V * (1 - 1 / (s.M * s.w))),
        Mutant(
            "1/w times faster still", "survivor", s.V * (1 - law.ALIVE / (s.M * s.w**2)),
        ),
        Mutant("twice the bound", "survivor", 2 * law.SURVIVOR + s.V / 10),
    ),
)  # fmt: skip

CASES = (SEPARATED_CASE,)
