"""Moments under workflows: against the plain refit, quadrature over every draw, wrong inputs."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from numerics import moments
from numerics.moments_workflows import expected
from numerics.workflow import REPLACE, Workflow

Fit = tuple[float, float] | None  # mean and variance; None is the real law
Weighted = Iterator[tuple[float, float]]

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(3)  # exact up to degree 5
POWERS = [(2, 0, 0, 0), (0, 1, 0, 0), (0, 2, 0, 0), (2, 1, 0, 0)]
OF_POOL = [(0, 0, 2, 0), (0, 0, 0, 1), (1, 0, 1, 0), (0, 1, 0, 1)]


def fit(points: tuple[float, ...]) -> tuple[float, float]:
    return float(np.mean(points)), float(np.var(points))


def normal(mean: float, variance: float) -> Weighted:
    for z, w in zip(NODES, WEIGHTS / WEIGHTS.sum(), strict=True):
        yield mean + variance**0.5 * z, w


def draws(law: list[tuple[float, Fit]]) -> list[tuple[float, float]]:
    """Values of one point of a mixture, and their weights."""
    return [
        (x, share * w) for share, part in law if share > 0 for x, w in normal(*(part or (0.0, 1.0)))
    ]


def products(choices: list[list[tuple[float, float]]]) -> Iterator[tuple[tuple[float, ...], float]]:
    for chosen in itertools.product(*choices):
        yield tuple(x for x, _ in chosen), float(np.prod([w for _, w in chosen]))


def by_nodes(
    powers: tuple[int, int, int, int], sizes: tuple[int, ...], workflow: Workflow,
    pool: tuple[float, ...], law: list[tuple[float, Fit]], last: tuple[float, float],
) -> float:  # fmt: skip
    """E of the monomial with divisor M in every fit, by visiting every outcome of every draw."""
    if not sizes:
        kept = fit(pool) if pool else (0.0, 0.0)
        return float(np.prod([x**p for x, p in zip((*last, *kept), powers, strict=True)]))
    share = float(workflow.fresh_share)
    mixed = [*((w * (1 - share), part) for w, part in law), (share, None)]
    real = [draws([(1.0, None)])] * workflow.fresh
    total = 0.0
    for batch, weight in products(real + [draws(mixed)] * (sizes[0] - workflow.fresh)):
        grown = pool + batch
        trainings: list[tuple[float, ...]] = [grown]
        if workflow.keep == "subsample" and workflow.replacement:
            trainings = list(itertools.product(grown, repeat=sizes[0]))
        elif workflow.keep == "subsample":
            trainings = list(itertools.permutations(grown, sizes[0]))
        for training in trainings:
            before = [(float(workflow.beta) * w, part) for w, part in law]
            blend: list[tuple[float, Fit]] = [(float(workflow.alpha), fit(training)), *before]
            total += weight / len(trainings) * by_nodes(
                powers, sizes[1:], workflow, pool if workflow.keep == "replace" else grown,
                [*blend, (float(workflow.gamma), None)], fit(training),
            )  # fmt: skip
    return total


@pytest.mark.parametrize(
    ("workflow", "sizes"),
    [
        (REPLACE, (2, 2)),
        (Workflow("accumulate"), (2, 2)),
        (Workflow("accumulate", fresh=1, alpha=0.5, beta=0.25, gamma=0.25), (1, 2)),
        (Workflow("subsample"), (1, 2)),
        (Workflow("subsample"), (2, 1)),
        (Workflow("subsample", replacement=False), (1, 2)),
        (Workflow("subsample", replacement=False, fresh_share=0.25), (2, 1)),
        (Workflow("subsample", alpha=0.5, beta=0.25, gamma=0.25), (1, 1)),
        (Workflow(fresh=1, fresh_share=0.25), (2, 2)),
        (Workflow(alpha=0.25, beta=0.5, gamma=0.25), (2, 1, 1)),
    ],
)
def test_expected_by_nodes(workflow: Workflow, sizes: tuple[int, ...]) -> None:
    for powers in POWERS + (OF_POOL if workflow.keep != "replace" else []):
        naive = by_nodes(powers, sizes, workflow, (), [(1.0, None)], (0.0, 1.0))
        exact = expected(powers, sizes, len(sizes), workflow, "mle")
        assert naive == pytest.approx(float(exact), rel=1e-9)


def test_given_points_by_nodes() -> None:
    points, workflow = (0.0, 1.0, 4.0), Workflow(real=3, alpha=0.5, beta=0.5)
    for powers in [*POWERS, (1, 0, 0, 0), (0, 0, 1, 1)]:
        law: list[tuple[float, Fit]] = [(1.0, fit(points))]
        naive = by_nodes(powers, (2, 1), workflow, points, law, fit(points))
        exact = expected(powers, (2, 1), 2, workflow, "mle", points=[Fraction(x) for x in points])
        assert naive == pytest.approx(float(exact), rel=1e-9)


@pytest.mark.parametrize("estimator", ["unbiased", "mle"])
def test_replace_is_the_plain_refit(estimator: moments.Estimator) -> None:
    for a, b in ((2, 0), (0, 1), (0, 2), (4, 0), (2, 1)):
        plain = moments.expected((a, b), (3, 2, 2), 3, estimator)
        assert expected((a, b, 0, 0), (3, 2, 2), 3, REPLACE, estimator) == plain


def test_wrong_inputs_differ() -> None:
    powers = (0, 1, 0, 0)
    right = Workflow("subsample", real=2, fresh=1)
    wrong = [
        replace(right, **change)
        for change in (
            {"real": 3}, {"fresh": 0}, {"fresh_share": 0.5}, {"replacement": False},
            {"keep": "accumulate"}, {"keep": "replace"}, {"alpha": 0.5, "beta": 0.5},
            {"alpha": 0.5, "gamma": 0.5},
        )
    ]  # fmt: skip
    values = {expected(powers, 2, 3, workflow) for workflow in (right, *wrong)}
    values |= {expected(powers, 3, 3, right), expected(powers, 2, 2, right)}
    values.add(expected(powers, 2, 3, right, "mle"))
    assert len(values) == 12


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: expected((0, 1, 0, 0), 1, 1, REPLACE), "points = 1 lies outside sets of 2"),
        (lambda: expected((0, 1, 0, 0), 0, 1, REPLACE), "samples = 0 lies outside samples >= 1"),
        (lambda: expected((0, 1, 0, 0), 2, 0, REPLACE), "rounds = 0"),
        (lambda: expected((0, -1, 0, 0), 2, 1, REPLACE), "lie outside rounds >= 1, powers >= 0"),
        (lambda: expected((0, 0, 1, 0), 2, 1, REPLACE), "points = 0 lies outside sets of 1"),
        (lambda: expected((0, 1, 0, 0), 2, 1, Workflow(fresh=3)), r"fresh = 3 lies outside 0\.\.2"),
        (lambda: expected((0, 1, 0, 0), 2, 1, Workflow(smoothing=1)), "smoothing = 1 is not 0"),
        (lambda: expected((0, 4, 0, 0), 9, 2, REPLACE), "of 18 points may need 1562275 terms"),
        (lambda: expected((0, 1, 0, 0), 2, 1, REPLACE, "biased"), "estimator = 'biased'"),  # type: ignore[arg-type]
        (
            lambda: expected((0, 1, 0, 0), 2, 1, Workflow(real=2), points=[Fraction(1)]),
            "are not real = 2 numbers",
        ),
    ],
)
def test_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
