"""Refitted regressions: kernels against their twins, exact means, what the laws have in common."""

from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from numerics import regression, regression_mixture
from numerics.campaign import digest, gather
from numerics.inverse_moments import (
    EigenvaluePair,
    inverse_trace,
    of_even,
    ratio,
    share_pair,
)
from numerics.linear_noise import expand
from numerics.plain_regression import mixture_by_words, regression_by_words
from numerics.regression import RegressionRun, simulate
from numerics.streams import derive_key
from proofs import simulation
from proofs.cases import case_of
from proofs.ledger import Run
from proofs.plans.regression import plan_regression
from proofs.screen import faults
from theory.claim import value_exact
from theory.claims import find
from theory.domain import Point
from theory.errors import DomainError

KEY = derive_key("test", "regression")
TRUTH = np.array([1.0, -0.5, 0.25])
MODELS = [
    model
    for model in product(
        (2, 3, 8), (("ols", 0.0), ("min-norm", 0.0), ("ridge", 1.5)),
        ("replace", "accumulate"), ("fresh", "same"),
    )
    if model[0] >= 3 or model[1][0] != "ols"
]  # fmt: skip


def value(code: str, name: str = "", /, **point: int | str | Fraction) -> Fraction:
    claim = find(code)
    exact: Point = {name: Fraction(number) for name, number in point.items()}
    found = value_exact(claim, claim.quantity(name or None), exact)
    return Fraction(int(found.p), int(found.q))  # type: ignore[attr-defined]


# ---------------------------------------------------------------------- kernels


@pytest.mark.parametrize(
    ("rows", "estimator", "keep", "inputs"),
    MODELS,
    ids=[f"{rows} rows, {by[0]}, {keep}, {inputs}" for rows, by, keep, inputs in MODELS],
)
def test_kernel_equals_its_twin(
    rows: int, estimator: tuple[Any, float], keep: Any, inputs: Any
) -> None:
    common = (TRUTH, rows, (1, 2, 4), KEY, 3, 8, 0.7)
    ours = simulate(*common, *estimator, keep, inputs)
    theirs = regression_by_words(*common, estimator[1], keep, inputs)
    scale = np.abs(theirs.weights).max()
    np.testing.assert_allclose(ours.weights, theirs.weights, rtol=1e-9, atol=1e-9 * scale)


def test_kernel_equals_its_twin_on_a_schedule_and_on_a_design() -> None:
    sizes, noise = (3, 9, 4, 5), (0.1, 2.0, 0.0, 1.0)
    common = (TRUTH, sizes, (2, 4), KEY, 0, 5, noise)
    np.testing.assert_allclose(
        simulate(*common).weights, regression_by_words(*common).weights, rtol=1e-8
    )
    design = np.array([[1, 1, 0], [1, -1, 0], [0, 0, 2], [1, 0, 1.0]])
    for keep in ("replace", "accumulate"):
        ours = simulate(TRUTH, 4, (3,), KEY, 0, 5, keep=keep, design=design)
        theirs = regression_by_words(TRUTH, 4, (3,), KEY, 0, 5, keep=keep, design=design)
        np.testing.assert_allclose(ours.weights, theirs.weights, rtol=1e-10)


def test_mixture_kernel_equals_its_twin() -> None:
    for real, synthetic in ((7, 5), (0, 4), (6, 0), (1, 3)):
        ours = regression_mixture.simulate(TRUTH, real, synthetic, 0.5, KEY, 2, 9)
        for one, other in zip(
            ours, mixture_by_words(TRUTH, real, synthetic, 0.5, KEY, 2, 9), strict=True
        ):
            np.testing.assert_allclose(one, other, rtol=1e-8, atol=1e-10)


def test_a_replicate_does_not_depend_on_its_block() -> None:
    def some(first: int, last: int) -> RegressionRun:
        return simulate(TRUTH, 2, (1, 5), KEY, first, last, 1.0, "min-norm", 0.0, "accumulate")

    assert digest(some(0, 9)) == digest(gather([some(0, 4), some(4, 5), some(5, 9)]))


@pytest.mark.parametrize(
    ("message", "arguments"),
    [
        ("samples = 2 lie below dimensions = 3", {"samples": 2}),
        ("samples = 0 lies outside 1", {"samples": 0}),
        ("estimator = 'lasso' is none of", {"estimator": "lasso"}),
        ("inputs = 'old' is none of", {"inputs": "old"}),
        ("keep = 'some' is none of", {"keep": "some"}),
        ("penalty = 0.0: estimator = 'ridge' needs one above 0", {"estimator": "ridge"}),
        ("penalty = 1.0: estimator = 'ols' needs one 0", {"penalty": 1.0}),
        ("penalty = nan lies outside penalty >= 0", {"penalty": float("nan")}),
        ("noise = -1.0 lies outside noise >= 0", {"noise": -1.0}),
        ("noise has shape", {"noise": (1.0, 1.0)}),
        ("the same number of samples", {"samples": (5, 6, 7), "inputs": "same"}),
        ("design has shape", {"design": np.ones((4, 3))}),
        ("has rank 1", {"design": np.ones((5, 3))}),
        ("no vector of finite weights", {"truth": [np.inf]}),
        ("lies above 10000000", {"samples": 10**7}),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_the_kernel_refuses(message: str, arguments: dict[str, Any]) -> None:
    usual = {"truth": TRUTH, "samples": 5, "record": (3,), "key": KEY, "first": 0, "last": 1}
    with pytest.raises(ValueError, match=message):
        simulate(**{**usual, **arguments})


def test_the_mixture_kernel_refuses() -> None:
    for shift, real, synthetic, noise in (
        (TRUTH, 1, 1, 1.0), (TRUTH, -1, 9, 1.0), (TRUTH, 4, 4, -1.0), ([np.nan], 4, 4, 1.0),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"lie outside|lies outside|no vector"):
            regression_mixture.simulate(shift, real, synthetic, noise, KEY, 0, 1)


# ------------------------------------------------------------------ exact means


@given(st.integers(1, 12), st.integers(0, 12))
def test_shares_of_a_sum_add_up(k: int, rest: int) -> None:
    assert ratio([(k, 1), (rest, 0)], 1) + ratio([(rest, 1), (k, 0)], 1) == 1
    pair = ratio([(k, 1), (rest, 1)], 2)
    assert ratio([(k, 2), (rest, 0)], 2) + 2 * pair + ratio([(rest, 2), (k, 0)], 2) == 1


@given(st.integers(2, 20))
def test_eigenvalues_add_up_to_the_squared_entries(rows: int) -> None:
    pair = EigenvaluePair(rows)
    assert pair.mean(1, 0) == 2 * rows
    # the determinant, (r/2)^2 (1 - t^2): rows (rows - 1), by Gram and Schmidt
    assert pair.mean(2, 1) / 4 == rows * (rows - 1)


@given(st.integers(1, 5), st.integers(1, 5))
def test_real_and_synthetic_shares_add_up(a: int, b: int) -> None:
    synthetic, real = 2 * a + 1, 2 * b + 1
    trace = share_pair(synthetic, real, 1, 0) + share_pair(synthetic, real, 0, 1)
    other = share_pair(real, synthetic, 1, 0) + share_pair(real, synthetic, 0, 1)
    assert trace + other == 2


@given(st.integers(1, 4), st.integers(0, 6))
def test_the_mean_of_an_inverse_exceeds_the_inverse_of_the_mean(half: int, more: int) -> None:
    """Jensen; and in two dimensions both ways to integrate the density agree."""
    d, rows = 2 * half, 2 * half + 3 + 2 * more
    assert of_even(rows, d) == inverse_trace(rows, d) > Fraction(d, rows)


@pytest.mark.parametrize(("rows", "d"), [(2, 1), (3, 2), (5, 4), (8, 4), (9, 3), (3, 0)])
def test_infinite_means_and_other_sizes_are_refused(rows: int, d: int) -> None:
    with pytest.raises(ValueError, match=r"finite mean|lies outside"):
        inverse_trace(rows, d)


@pytest.mark.parametrize(
    ("samples", "asked", "generation"),
    [
        (3, {}, 1),
        (4, {}, 1),
        (5, {}, None),
        (4, {"noise": 0.0}, None),
        (4, {"estimator": "ridge", "ridge": 0.5}, None),
        (2, {"estimator": "min-norm"}, 1),
        (1, {"estimator": "min-norm"}, None),
        (1, {"estimator": "min-norm", "workflow": "accumulate"}, 2),
        (1, {"estimator": "min-norm", "workflow": "accumulate", "inputs": "same"}, None),
        ((9, 3, 9), {}, 2),
        ((9, 3, 9), {"workflow": "accumulate"}, None),
    ],
)
def test_an_infinite_mean_is_named(
    samples: int | tuple[int, ...], asked: dict[str, Any], generation: int | None
) -> None:
    """In 3 dimensions. By the integral of the density: it has a mean from a difference of 2 on."""
    plan = plan_regression(samples, 3, 2, "k", 3, **asked)
    notes = [note for note in plan.notes if note.startswith("infinite mean")]
    wanted = [] if generation is None else [f"from generation {generation} on"]
    assert len(notes) == len(wanted)
    assert all(word in note for word, note in zip(wanted, notes, strict=True))


def test_noise_followed_exactly_agrees_with_the_kernel() -> None:
    """Without noise both give the mean weights; a singular design is refused."""
    design = [[1, 2], [0, 1], [3, -1]]
    found = expand(design, 3, Fraction(1, 2))
    run = simulate([1.0, 2.0], 3, (1, 3), KEY, 0, 1, 0.0, "ridge", 0.5, design=design)
    for g, n in enumerate((1, 3)):
        exact = [float(row[0] + 2 * row[1]) for row in found.truth[n - 1]]
        np.testing.assert_allclose(run.weights[0, g], exact, rtol=1e-12)
    with pytest.raises(ValueError, match="singular"):
        expand([[1, 1], [1, 1]], 1)


# --------------------------------------------------------------------- the laws

ROWS = st.integers(1, 20)
GENERATIONS = st.integers(0, 8)


@given(st.integers(1, 5), ROWS, GENERATIONS)
def test_the_workflows_are_ordered(d: int, more: int, n: int) -> None:
    """Fresh inputs beat the same ones, which beat the newest alone; alike in round 1."""
    point: dict[str, Any] = {"T": d + 1 + more, "d": d}
    fresh, same, newest = (value(code, **point, n=n) for code in ("C03", "C02", "C01"))
    assert (fresh < same < newest) if n > 1 else (fresh == same == newest)
    assert same == newest * value("C08", n=n) / n if n else same == 0


@given(st.integers(1, 5), ROWS, GENERATIONS)
def test_a_final_fit_like_the_others_is_one_more_round(d: int, more: int, n: int) -> None:
    rows = d + 1 + more
    assert value("C04", d=d, T=rows, T_0=rows, n=n) == value("C01", d=d, T=rows, n=n + 1)


@given(st.integers(1, 5), ROWS, st.integers(0, 9))
def test_no_synthetic_rows_is_one_fit_and_no_real_ones_a_shifted_one(
    d: int, more: int, delta: int
) -> None:
    rows = d + 1 + more
    one = value("C01", T=rows, d=d, n=1)
    assert value("C07", n1=rows, n2=0, d=d, delta2=delta) == one
    assert value("C07", n1=0, n2=rows, d=d, delta2=delta) == one + delta


@given(st.integers(1, 5), st.integers(0, 8), st.integers(0, 8))
def test_shares_of_the_two_kinds_of_rows_are_complements(d: int, more: int, fewer: int) -> None:
    """B and I - B: E tr (I - B)^2 = d - 2 E tr B + E tr B^2, E tr B = d n2/n."""
    n1, n2 = d + 2 + more, fewer
    ours, theirs = (
        value("C07", "trace-of-square", n1=a, n2=b, d=d) for a, b in ((n1, n2), (n2, n1))
    )
    assert theirs == d - 2 * Fraction(d * n2, n1 + n2) + ours


@given(st.integers(3, 9), st.integers(1, 6), GENERATIONS, st.integers(0, 5))
def test_what_min_norm_forgets_never_comes_back(d: int, rows: int, n: int, signal: int) -> None:
    if rows > d - 2:
        return
    point: dict[str, Any] = {"d": d, "T": rows, "w2": signal}
    now, then = (value("C05", **point, n=k) for k in (n, n + 1))
    assert now < then < value("C05", "limit", **point)
    if n == 0:
        assert now == 0


@given(st.integers(1, 5), st.integers(0, 9), st.integers(1, 6))
def test_a_small_penalty_is_none(d: int, more: int, n: int) -> None:
    rows = d + more
    near = value("C06", d=d, T=rows, lam=Fraction(1, 10**9), n=n)
    assert abs(near - Fraction(n * d, rows)) < Fraction(1, 10**6)


def test_the_smallest_counterexample_to_the_printed_formula() -> None:
    """Three rows on a line, two rounds: 1 + 1/4 is printed, 1 + 1/8 is true."""
    assert value("C03x", T=3, d=1, n=2) == Fraction(5, 4)
    assert value("C03", T=3, d=1, n=2) == Fraction(9, 8)
    assert ratio([(3, 0)], 1) + ratio([(3, 1), (3, 0)], 2) == Fraction(9, 8)


# -------------------------------------------------------------------- sabotages


@pytest.mark.parametrize("code", ["C01", "C03", "C05", "C06", "C07", "C08"])
def test_a_law_a_little_off_turns_red(code: str) -> None:
    case = case_of(find(code))
    first = case.claim.quantities[0]
    wrong = replace(first, law=first.law * sp.Rational(1001, 1000))
    claim = replace(case.claim, quantities=(wrong, *case.claim.quantities[1:]))
    few = tuple(one for one in case.witnesses if not one.samples)
    assert faults(Run(quick=True).judge(replace(case, claim=claim, witnesses=few)))


def test_a_kernel_with_too_much_noise_turns_red(monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of(find("C02"))
    run = Run(quick=True, workers=1)
    assert not faults(run.judge(case))

    def louder(*arguments: Any, **options: Any) -> RegressionRun:
        return simulate(*arguments, **{**options, "noise": 1.1 * options["noise"]})

    monkeypatch.setattr(regression, "simulate", louder)
    assert faults(run.judge(case))


# ------------------------------------------------------------- collapse simulate


def test_a_simulation_does_not_depend_on_the_threads_and_meets_the_law() -> None:
    plan = plan_regression(12, 4, 4000, "k", 3, workflow="augment", noise=0.5)
    one, two = (simulation.simulate(plan, threads) for threads in (1, 2))
    assert one is not None
    assert two is not None
    assert one.digest == two.digest
    np.testing.assert_array_equal(one.mean, two.mean)
    law = [float(value("C03", T=12, d=3, n=n, sigma="1/2")) for n in range(5)]
    # five standard errors: a false alarm below one in a million
    assert (np.abs(one.mean[1:, 0] - law[1:]) < 5 * one.error[1:, 0]).all()
    assert one.mean[0].tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("message", "options"),
    [
        ("--ridge LAM", {"estimator": "ridge"}),
        ("excludes estimator ols", {"ridge": 1.0}),
        ("ridge > 0", {"estimator": "ridge", "ridge": -1.0}),
        ("inputs = old is none of fresh, same", {"inputs": "old"}),
        ("workflow = subsample is none of", {"workflow": "subsample"}),
        ("noise = -1 lies outside noise >= 0", {"noise": -1.0}),
        ("signal = inf lies outside signal >= 0", {"signal": float("inf")}),
        ("dimensions = 0 lies outside 1 .. 1000", {"dimensions": 0}),
        ("min-norm takes the shortest", {"dimensions": 11}),
    ],
)
def test_what_cannot_be_simulated_is_refused(message: str, options: dict[str, Any]) -> None:
    with pytest.raises(DomainError, match=message):
        plan_regression(10, 5, 10, "k", **options)
