"""The exact chains with one piece of source changed: every such change must show in a number."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from fractions import Fraction
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from numerics import chain, chain_exact, transition, transition_limits
from numerics.enumeration import survival

HALF = (Fraction(1, 2), Fraction(1, 2))
SAMPLES = 12
Names = dict[str, Any]


def changed(module: ModuleType, old: str, new: str) -> Names:
    """Return what a module defines once one piece of its source is changed, nothing compiled."""
    source = inspect.getsource(module)
    assert source.count(old) == 1, old
    names: Names = {"__name__": module.__name__}
    plain = source.replace(old, new).replace("@jitted\n", "")
    exec(compile(plain, module.__name__, "exec"), names)
    return names


def enumerated_mean() -> float:
    """Return E T as the sum of its tail, cut where less than 1e-14 is left."""
    return float(sum(survival(HALF, SAMPLES, 400)))


def mean_by_lineages(names: Names) -> float:
    return float(names["collapse_mean"]([0.5, 0.5], SAMPLES))


def mean_by_law(names: Names) -> float:
    return 1.0 + math.fsum(1.0 - names["collapse_law"]([0.5, 0.5], SAMPLES, 400))


def mean_by_rationals(names: Names) -> float:
    return float(names["collapse_mean_exact"](HALF, SAMPLES))


def mean_by_balls(names: Names) -> float:
    return float(names["collapse_mean_ball"](HALF, SAMPLES).mid())


def mean_by_rows(names: Names) -> float:
    forward = names["transition_chain"](np.arange(SAMPLES + 1) / SAMPLES)
    found = names["binomial_law"](SAMPLES, 0.5)
    reached = names["absorption_law"](forward, found, 400)
    return 1.0 + math.fsum(1.0 - reached)


def mean_by_elimination(names: Names) -> float:
    forward = transition.transition_chain(np.arange(SAMPLES + 1) / SAMPLES)
    ends = names["absorption"](forward)
    assert ends.at_all == pytest.approx(ends.at_zero[::-1], rel=1e-12)
    return 1.0 + float(transition.binomial_law(SAMPLES, 0.5) @ ends.mean)


ROUTES: list[tuple[ModuleType, Callable[[Names], float], list[tuple[str, str]]]] = [
    (
        chain,
        mean_by_lineages,
        [
            ("more = boxes + 1.0", "more = 1.0 * boxes"),
            ("level[j] + grow[j]", "level[j] + 0.99 * grow[j]"),
            ("last = min(high, k - 1)", "last = min(high, k)"),
            ("(cost[k] * total + carried) / moved", "cost[k] * total + carried"),
            ("math.expm1((k - 1) * slope)", "math.expm1(k * slope)"),
            ("0.0 if agreement is None else 1.0 +", "0.0 if agreement is None else"),
        ],
    ),
    (
        chain,
        mean_by_law,
        [
            ("share = weights[k] / row.sum()", "share = weights[k] / row.size"),
            ("goal[j] += share * row[j]", "goal[j] = share * row[j]"),
            ("if n > 0 and top > 1:", "if top > 1:"),
            ("after[1] = weights[1]", "after[1] = 0.0"),
        ],
    ),
    (
        chain_exact,
        mean_by_rationals,
        [
            ("(samples - j + 1) * row[j - 1]", "(samples - j) * row[j - 1]"),
            ("/ (scale - row[k])", "/ scale"),
            ("mean = 1 +", "mean ="),
        ],
    ),
    (
        chain_exact,
        mean_by_balls,
        [
            ("unit * (samples - j + 1)", "unit * (samples - j)"),
            ("moves += stays * stay[k - 1]", "moves += stays * stay[k]"),
            ("_ball(p * (1 - p) * number)", "_ball(p * number)"),
        ],
    ),
    (
        transition,
        mean_by_rows,
        [
            ("(samples - last) * odds / (last + 1)", "(samples - last) * odds / (last + 2)"),
            ("row[y] /= total + missed", "row[y] /= 1.0"),
            ("goal[j] += law[x] * row[j]", "goal[j] = law[x] * row[j]"),
        ],
    ),
    (
        transition_limits,
        mean_by_elimination,
        [
            ("row[j] += factor * below[j]", "row[j] -= factor * below[j]"),
            ("out[x] += factor * out[k]", "out[x] += 0.0"),
            ("total[k] /= moved[k]", "total[k] /= 1.0"),
        ],
    ),
]

CHANGES = [
    pytest.param(module, route, old, new, id=f"{route.__name__}: {new}")
    for module, route, changes in ROUTES
    for old, new in changes
]


@pytest.mark.parametrize(("module", "route"), [(module, route) for module, route, _ in ROUTES])
def test_unchanged_sources_agree(module: ModuleType, route: Callable[[Names], float]) -> None:
    names = changed(module, "from __future__ import annotations", "")
    assert route(names) == pytest.approx(enumerated_mean(), rel=1e-12)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("module", "route", "old", "new"), CHANGES)
def test_a_change_shows(
    module: ModuleType, route: Callable[[Names], float], old: str, new: str
) -> None:
    try:
        value = route(changed(module, old, new))
    except (AssertionError, ArithmeticError, LookupError, ValueError):
        return
    assert value != pytest.approx(enumerated_mean(), rel=1e-6)
