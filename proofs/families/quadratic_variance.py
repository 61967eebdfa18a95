"""Evidence on six exponential families; no experiment is told the coefficients of a variance."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import sympy as sp

from numerics.exponential_family_outcomes import binomial_means
from numerics.moments_exponential_family import power
from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness
from proofs.families.refitted import (
    EXPANDED,
    RUNS,
    deviation,
    expected,
    mean,
    member,
    refitting,
    simulate,
    variance,
)
from proofs.spread import ROUNDING
from proofs.verdict import Exact, Observation
from theory import symbols as s
from theory.families import quadratic_variance as law

Look = Callable[[Setting, Bench], list[Observation]]

#: Squares spread more than what they are squares of.
REPLICATES = {"variance-function": 40_000, "variance": 180_000, "mean": 40_000}
QUANTITIES = ("variance-function", "variance", "mean")


def enumerate_outcomes(quantity: str) -> Look:
    """Return the experiment that visits all outcomes of binomial points."""

    def enumerate_(setting: Setting, bench: Bench) -> list[Observation]:
        trials, found = int(member(setting).shape), []
        for n in setting.generations:
            means = binomial_means(trials, mean(setting), setting.integer("M"), n)
            average = sum((x * weight for x, weight in means.items()), Fraction(0))
            square = sum((x**2 * weight for x, weight in means.items()), Fraction(0))
            fitted = Fraction(0)
            for x, weight in means.items():
                one = binomial_means(trials, x, 1, 1)  # one point of the fitted law
                fitted += weight * (sum(y**2 * share for y, share in one.items()) - x**2)
            values = (fitted, square - average**2, average)
            found.append(Exact(dict(zip(QUANTITIES, values, strict=True))[quantity]))
        return list(found)

    return enumerate_


def enumerate_moments(quantity: str) -> Look:
    """Return the experiment that follows the moments of every draw."""

    def enumerate_(setting: Setting, bench: Bench) -> list[Observation]:
        seen = {
            "variance-function": variance(setting),
            "variance": deviation(setting, 2),
            "mean": (Fraction(0), Fraction(1)),
        }[quantity]
        return [Exact(expected(seen, setting, n)) for n in setting.generations]

    return enumerate_


def measure(quantity: str) -> Look:
    """Return the experiment that draws every point; the spread is an exact moment."""

    def measure_(setting: Setting, bench: Bench) -> list[Observation]:
        run = simulate(quantity, setting, bench, REPLICATES[quantity])
        values, square = {
            "variance-function": (run.variance, power(variance(setting), 2)),
            "variance": ((run.mean - float(mean(setting))) ** 2, deviation(setting, 4)),
            "mean": (run.mean, (Fraction(0), Fraction(0), Fraction(1))),
        }[quantity]
        found: list[Observation] = [
            sampled.known_second_moment(
                values[:, g], float(expected(square, setting, n)) * (1 + ROUNDING)
            )
            for g, n in enumerate(setting.generations)
        ]
        return found

    return measure_


BINOMIAL = (
    refitting((0, 1, 3), "binomial", "2", v0=0, v1=1, v2="-1/2", m0="1/2", M=2),
    refitting((2,), "binomial", "1", v0=0, v1=1, v2=-1, m0="1/3", M=4),
    refitting((1, 2), "binomial", "3", v0=0, v1=1, v2="-1/3", m0="5/2", M=3),
)
ALL = (
    refitting((1, 4), "normal", "3", v0=3, v1=0, v2=0, m0="-1/2", M=5),
    refitting((1, 4), "poisson", v0=0, v1=1, v2=0, m0="3/2", M=5),
    refitting((1, 4), "binomial", "4", v0=0, v1=1, v2="-1/4", m0=1, M=5),
    refitting((1, 4), "gamma", "3/2", v0=0, v1=0, v2="2/3", m0=2, M=30),
    refitting((1, 4), "negative-binomial", "5/2", v0=0, v1=1, v2="2/5", m0=2, M=20),
    refitting((1, 4), "hyperbolic-secant", "1", v0=1, v1=0, v2=1, m0="-1/3", M=8),
)
LAST = tuple(Setting(each.fixed, (2,), each.start) for each in ALL)
LONG = (
    refitting((50,), "poisson", v0=0, v1=1, v2=0, m0=2, M=1),
    refitting((60,), "binomial", "10", v0=0, v1=1, v2="-1/10", m0=3, M=20),
    refitting((40,), "gamma", "1/2", v0=0, v1=0, v2=2, m0=1, M=10),
    refitting((40,), "negative-binomial", "1", v0=0, v1=1, v2=1, m0=3, M=10),
    refitting((40,), "hyperbolic-secant", "3", v0=3, v1=0, v2="1/3", m0=0, M=10),
)

QUADRATIC_VARIANCE_CASE = Case(
    law.QUADRATIC_VARIANCE,
    witnesses=(
        *(
            Witness(
                Route.ENUMERATED, name, enumerate_outcomes(name), BINOMIAL,
                "all outcomes of binomial points", 2,
            )
            for name in QUANTITIES
        ),
        *(
            Witness(Route.ENUMERATED, name, enumerate_moments(name), (*ALL, *LONG), EXPANDED, 6)
            for name in QUANTITIES
        ),
        *(
            Witness(Route.MEASURED, name, measure(name), LAST, RUNS, 6, margin=0.05)
            for name in QUANTITIES[:2]
        ),
        Witness(Route.MEASURED, "mean", measure("mean"), ALL[1:4], RUNS, margin=0.05),
    ),
    mutants=(
        Mutant("a martingale as well", "variance-function", law.V0),
        Mutant("the other sign", "variance-function", law.MEAN_VARIANCE.subs(s.M, -s.M)),
        Mutant("M - 1 for M", "variance-function", law.MEAN_VARIANCE.subs(s.M, s.M - 1)),
        Mutant("v1 beside v2", "variance-function", law.V0 * (law.RATIO + law.LINEAR / s.M) ** s.n),
        Mutant("v0 left out", "variance-function", law.MEAN_VARIANCE - law.LEVEL * law.RATIO**s.n),
        Mutant("one generation ahead", "variance-function", law.MEAN_VARIANCE * law.RATIO),
        Mutant("steps alike", "variance", s.n * law.V0 / s.M),
        Mutant("of a single draw", "variance", law.VARIANCE + law.MEAN_VARIANCE),
        Mutant("last step left out", "variance", law.VARIANCE.subs(s.n, s.n - 1)),
        Mutant("one sample of n M points", "variance", law.V0 / (s.n * s.M)),
        Mutant("M forgotten", "variance", law.VARIANCE * s.M),
        Mutant("shrinks to 0", "mean", law.START * (1 - 1 / s.M) ** s.n),
        Mutant("drifts with the variance", "mean", law.START * law.RATIO**s.n),
        Mutant("unbiased", "mean", law.START * s.M / (s.M - 1)),
        Mutant("forgets its start", "mean", sp.Integer(0)),
    ),
)  # fmt: skip

CASES = (QUADRATIC_VARIANCE_CASE,)
