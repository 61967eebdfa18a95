"""Evidence on pools that keep every batch: all draws expanded, and simulated runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sympy as sp

from proofs import sampled
from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian.pooled import KEEP_ALL, Powers, expanded, fourth, simulate
from proofs.gaussian.refitting import Estimator
from proofs.verdict import Exact, Observation, Sampled
from theory import symbols as s
from theory.coalescence import ACCUMULATE
from theory.gaussian import accumulation as law

EXPANDED = "every draw expanded"
RUNS = "forward runs, all points drawn"

#: Samples of variance 1 that are far from normal.
TWO_POINTS = "-1,1"
SKEWED = "-1/2,-1/2,-1/2,-1/2,2"

Observe = Callable[[Setting, Bench], Sequence[Observation]]


def enumerate_moment(powers: Powers, fit: Estimator) -> Observe:
    """Return the experiment that expands a moment of the fit to the whole pool."""

    def observe(setting: Setting, bench: Bench) -> list[Exact]:
        return [Exact(expanded(setting, n, powers, KEEP_ALL, fit)) for n in setting.generations]

    return observe


def enumerate_late(fit: Estimator, rounds: int) -> Observe:
    """Return the experiment that expands the variance after many rounds."""

    def observe(setting: Setting, bench: Bench) -> list[Exact]:
        return [Exact(expanded(setting, rounds, (0, 1, 0, 0), KEEP_ALL, fit))]

    return observe


def measure_variance(fit: Estimator) -> Observe:
    """Return the experiment that averages the fitted variance over simulated runs."""

    def observe(setting: Setting, bench: Bench) -> list[Sampled]:
        run = simulate("variance", setting, bench, 100_000, KEEP_ALL, fit)
        size = setting.integer("M")
        found = []
        for g, n in enumerate(setting.generations):
            scale = 1.0 if fit == "mle" else n * size / (n * size - 1)
            second = fourth(setting, n).variance * scale**2
            found.append(sampled.known_second_moment(run.variance[:, g], second))
        return found

    return observe


def measure_drift(setting: Setting, bench: Bench) -> list[Sampled]:
    """Return the mean square of the pool's mean over simulated runs."""
    run = simulate("drift", setting, bench, 200_000, KEEP_ALL, "mle")
    return [
        sampled.known_second_moment(run.mean[:, g] ** 2, fourth(setting, n).mean)
        for g, n in enumerate(setting.generations)
    ]


SMALL = (
    setting((1, 2, 3), M=2),
    setting((1, 4), M=3),
    setting((1, 3), M=3, start=TWO_POINTS),
    setting((1, 2, 5), M=4, start=SKEWED),
    setting((2, 6), M=5),
)
LARGE = (
    setting((1, 5), M=10),
    setting((3, 20), M=4),
    setting((10,), M=5, start="exponential"),
)


def rounds(term: sp.Expr, first: int = 1) -> sp.Expr:
    """Return sigma^2 times the product of a term in k over the rounds from `first` on."""
    return s.sigma**2 * sp.Product(term, (s.k, first, s.n))


def witnesses(fit: Estimator, rounds: int) -> tuple[Witness, ...]:
    """Return the evidence on the mean variance and its limit, for either divisor."""
    return (
        Witness(
            Route.ENUMERATED,
            "variance",
            enumerate_moment((0, 1, 0, 0), fit),
            SMALL,
            EXPANDED,
            quick=2,
        ),
        Witness(
            Route.ENUMERATED,
            "limit",
            enumerate_late(fit, rounds),
            (setting(M=2), setting(M=3)),
            f"{EXPANDED}, {rounds} rounds",
            margin=0.025,
        ),
        Witness(
            Route.MEASURED,
            "variance",
            measure_variance(fit),
            LARGE,
            RUNS,
            margin=0.05,
        ),
    )


ACCUMULATION_CASE = Case(
    law.ACCUMULATION,
    witnesses=(
        *witnesses("mle", 24),
        Witness(
            Route.ENUMERATED, "drift", enumerate_moment((2, 0, 0, 0), "mle"), SMALL, EXPANDED, 2
        ),
        Witness(
            Route.ENUMERATED,
            "ceiling",
            enumerate_moment((2, 0, 0, 0), "mle"),
            (setting((1, 7), M=8), *SMALL),
            EXPANDED,
        ),
        Witness(Route.MEASURED, "drift", measure_drift, LARGE, RUNS, margin=0.05),
    ),
    mutants=(
        Mutant("last batch only", "variance", s.sigma**2 * (1 - 1 / s.M) ** s.n),
        Mutant("pool size for its square", "variance", rounds(1 - 1 / (s.M * s.k))),
        Mutant("unbiased divisor", "variance", law.UNBIASED_VARIANCE),
        Mutant("one round too many", "variance", law.VARIANCE.subs(s.n, s.n + 1)),
        Mutant("first order", "limit", s.sigma**2 * (1 - sp.pi**2 / (6 * s.M))),
        Mutant("exponential", "limit", s.sigma**2 * sp.exp(-(sp.pi**2) / (6 * s.M))),
        Mutant("unbiased limit", "limit", law.UNBIASED_LIMIT),
        Mutant("one loss only", "limit", s.sigma**2 * (1 - 1 / s.M)),
        Mutant(
            "no loss of variance", "drift", s.sigma**2 / s.M * sp.Sum(1 / s.k**2, (s.k, 1, s.n))
        ),
        Mutant("no pool", "drift", s.sigma**2 * (1 - (1 - 1 / s.M) ** s.n)),
        Mutant("half the loss", "drift", s.sigma**2 * (1 - ACCUMULATE) / 2),
        Mutant("one round only", "ceiling", s.sigma**2 / s.M),
        Mutant("sum of 1/k^2 taken for 2", "ceiling", 2 * s.sigma**2 / s.M),
        Mutant("four thirds", "ceiling", sp.Rational(4, 3) * s.sigma**2 / s.M),
    ),
)

UNBIASED_ACCUMULATION_CASE = Case(
    law.UNBIASED_ACCUMULATION,
    witnesses=witnesses("unbiased", 24),
    mutants=(
        Mutant("unbiased, so constant", "variance", s.sigma**2),
        Mutant("divisor n M", "variance", law.VARIANCE),
        Mutant(
            "MLE with the divisor changed", "variance", law.VARIANCE * s.n * s.M / (s.n * s.M - 1)
        ),
        Mutant("k M for k M - 1", "variance", rounds(1 - 1 / (s.k**2 * s.M), 2)),
        Mutant("one round too few", "variance", rounds(1 - 1 / (s.k * (s.k * s.M - 1)), 3)),
        Mutant("no loss", "limit", s.sigma**2),
        Mutant("MLE limit", "limit", law.LIMIT),
        Mutant("k M for k M - 1 (limit)", "limit", s.sigma**2 * law.product_limit(1 / s.M)),
        Mutant(
            "M - 1 samples",
            "limit",
            law.UNBIASED_LIMIT.subs(s.M, s.M + 1),
        ),
    ),
)

CASES = (ACCUMULATION_CASE, UNBIASED_ACCUMULATION_CASE)
