"""Evidence on the bounded risk of the MLE: the experiments on the risk, with divisor M."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import sympy as sp

from proofs.case import Bench, Case, Mutant, Route, Setting, Witness, setting
from proofs.gaussian import risk
from proofs.gaussian.refitting import FREE_NORMALS
from theory import symbols as s
from theory.gaussian import bounded as law
from theory.gaussian.bounded import BOUNDED_RISK
from theory.gaussian.risk import RISK as UNBIASED_RISK

Seen = TypeVar("Seen")


def with_mle(
    observe: Callable[[Setting, Bench], Sequence[Seen]],
) -> Callable[[Setting, Bench], Sequence[Seen]]:
    """Return an experiment that fits with divisor M."""

    def observed(setting: Setting, bench: Bench) -> Sequence[Seen]:
        return observe(replace(setting, fixed={**setting.fixed, "estimator": "mle"}), bench)

    return observed


def witnesses(quantity: str) -> tuple[Witness, ...]:
    """Return the evidence on E W2^2 that the law and its bound are confronted with."""
    return (
        Witness(
            Route.ENCLOSED,
            quantity,
            with_mle(risk.enclose_points),
            (
                setting((1, 3, 12), M=2),
                setting((2, 40), M=3),
                setting((4,), M=(3, 2, 3, 3)),
            ),
            "every point expanded; ball quadrature over the points",
            quick=2,
        ),
        Witness(
            Route.ENCLOSED,
            quantity,
            with_mle(risk.enclose_risk),
            (setting((1, 10), M=10), setting((4,), M=(10, 20, 40, 80)), setting((400,), M=50)),
            "every point expanded; ball quadrature",
            principles=FREE_NORMALS,
        ),
        Witness(
            Route.MEASURED,
            quantity,
            with_mle(risk.measure_risk),
            (setting((1, 20), M=10), setting((3,), M=(10, 20, 40)), setting((1, 8), M=4)),
            "forward runs, all points drawn",
            margin=0.05,
        ),
    )


SIZE = s.sizes[s.i]
SPAN = (s.i, 0, s.n - 1)

BOUNDED_RISK_CASE = Case(
    BOUNDED_RISK,
    witnesses=(*witnesses("risk"), witnesses("ceiling")[0]),
    mutants=(
        Mutant("unbiased", "risk", UNBIASED_RISK),
        Mutant("unbiased deviation", "risk", 2 * s.sigma**2 * (1 - sp.Product(s.c4(SIZE), SPAN))),
        Mutant(
            "root of the mean variance",
            "risk",
            2 * s.sigma**2 * (1 - sp.Product(sp.sqrt(1 - 1 / SIZE), SPAN)),
        ),
        Mutant(
            "exponential of the first order",
            "risk",
            2 * s.sigma**2 * (1 - sp.exp(-3 * sp.Sum(1 / SIZE, SPAN) / 4)),
        ),
        Mutant("drift alone", "risk", s.sigma**2 * (1 - sp.Product(1 - 1 / SIZE, SPAN))),
        Mutant("one generation too few", "risk", law.RISK.subs(s.n, s.n - 1)),
        Mutant("one variance", "ceiling", s.sigma**2),
        Mutant("three halves", "ceiling", sp.Rational(3, 2) * s.sigma**2),
        Mutant("twice the limit", "ceiling", 4 * s.sigma**2),
    ),
)

CASES = (BOUNDED_RISK_CASE,)
