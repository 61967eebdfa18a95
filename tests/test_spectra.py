"""The covariance as a matrix: claims that meet in special cases, and classical references."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import mpmath
import numpy as np
import pytest
import sympy as sp
from flint import arb, fmpq
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.special import multigammaln

from proofs.case import Case
from proofs.cases import case_of
from proofs.gaussian import exponents, refitting, spectra
from proofs.ledger import Run
from proofs.verdict import Outcome
from theory import symbols as s
from theory.claim import Claim, value_ball, value_exact
from theory.claims import find
from theory.domain import Value
from theory.errors import DomainError

MANY = st.integers(2, 60)
FEW = st.integers(1, 8)
GENERATIONS = st.integers(0, 30)
ESTIMATORS = st.sampled_from(["unbiased", "mle"])
Argument = int | Fraction | str | tuple[int, ...]


def point(words: dict[str, Argument]) -> dict[str, Value]:
    return {
        name: value
        if isinstance(value, str)
        else tuple(map(Fraction, value))
        if isinstance(value, tuple)
        else Fraction(value)
        for name, value in words.items()
    }


def ball(name: str, **words: Argument) -> arb:
    code, _, quantity = name.partition(":")
    claim = find(code)
    return value_ball(claim, claim.quantity(quantity or None), point(words), 192)


def number(name: str, **words: Argument) -> fmpq:
    code, _, quantity = name.partition(":")
    claim = find(code)
    found = value_exact(claim, claim.quantity(quantity or None), point(words))
    assert isinstance(found, fmpq)
    return found


# ------------------------------------------------------------------- the determinant


@given(MANY, GENERATIONS, ESTIMATORS)
def test_in_one_dimension_the_determinant_is_the_variance(M: int, n: int, estimator: str) -> None:
    for name, other in (("mean-log", "mean-log"), ("variance-log", "variance-log")):
        found = ball(f"B22:{name}", d=1, M=M, n=n, estimator=estimator)
        assert found.overlaps(ball(f"B04:{other}", M=M, n=n, estimator=estimator))


@given(FEW, st.integers(1, 20), st.fractions(-2, 4, max_denominator=6))
def test_moments_of_the_determinant_are_multivariate_gammas(d: int, more: int, t: Fraction) -> None:
    freedom = d + more - 1
    assume(2 * t > d - 1 - freedom)
    found = ball("B22:moment", d=d, M=freedom + 1, n=1, t=t)
    known = multigammaln(freedom / 2 + float(t), d) - multigammaln(freedom / 2, d)
    known += d * float(t) * math.log(2 / freedom)
    assert float(found.log()) == pytest.approx(known, rel=1e-9, abs=1e-9)


@given(FEW, st.integers(1, 40), ESTIMATORS)
def test_exponents_add_up_to_the_determinant(d: int, more: int, estimator: str) -> None:
    M = d + more
    each = [ball("B23", M=M, d=d, i=i, estimator=estimator) for i in range(1, d + 1)]
    assert sum(each, arb(0)).overlaps(ball("B22:mean-log", M=M, d=d, n=1, estimator=estimator))
    assert all(later < earlier < 0 for earlier, later in pairwise(each))
    if d > 1:
        assert (each[0] - each[-1]).overlaps(ball("B24", M=M, d=d))


@given(st.integers(2, 30), st.integers(1, 20))
def test_with_just_enough_points_the_pseudo_determinant_is_the_determinant(M: int, n: int) -> None:
    for name in ("mean-log", "variance-log"):
        found = ball(f"B25:{name}", M=M, d=M - 1, n=n)
        assert found.overlaps(ball(f"B22:{name}", M=M, d=M - 1, n=n))


@given(st.integers(2, 12), st.integers(0, 20))
def test_more_dimensions_leave_a_larger_first_fit(M: int, more: int) -> None:
    d = M - 1 + more
    assert ball("B25:mean-log", M=M, d=d, n=3) < ball("B25:mean-log", M=M, d=d + 1, n=3)
    growth = ball("B25:mean-log", M=M, d=d, n=3) - ball("B25:mean-log", M=M, d=d, n=2)
    assert growth.overlaps(ball("B22:mean-log", M=M, d=M - 1, n=1))


# ---------------------------------------------------------------- symmetric functions


@given(MANY, FEW, st.integers(0, 6), ESTIMATORS)
def test_a_column_is_an_elementary_function(M: int, k: int, n: int, estimator: str) -> None:
    mean = number("B20", M=M, k=k, n=n, estimator=estimator)
    assert mean == number("B21", kappa=(1,) * k, M=M, n=n, estimator=estimator)
    assert mean == number("B20:determinant", M=M, d=k, n=n, estimator=estimator)
    if k < M:
        assert mean == number("B22:moment", M=M, d=k, n=n, t=1, estimator=estimator)
    assert mean <= 1
    assert (mean == 0) == (k >= M and n > 0)


@given(MANY, st.integers(0, 6), ESTIMATORS, st.integers(1, 9), st.integers(0, 9))
def test_degree_two_is_the_second_trace_moments(
    M: int, n: int, estimator: str, a0: int, more: int
) -> None:
    words: dict[str, Argument] = {"M": M, "n": n, "estimator": estimator}
    b0 = a0 + more
    for name, kappa, c0 in (("growing", (2,), 2 * a0 + b0), ("shrinking", (1, 1), b0 - a0)):
        found = number(f"B19:{name}", a0=a0, b0=b0, **words)
        assert found == number("B21", kappa=kappa, c0=c0, **words)
    square = number("B19:square", a0=a0, b0=b0, **words)
    trace_square = number("B19:trace-square", a0=a0, b0=b0, **words)
    assert 2 * square + trace_square == number("B19:growing", a0=a0, b0=b0, **words)
    assert trace_square >= square


@given(MANY, st.integers(1, 9), st.integers(0, 5))
def test_a_row_is_a_moment_on_a_line(M: int, k: int, n: int) -> None:
    assert number("B21", kappa=(k,), M=M, n=n) == number("B01:moment", M=M, n=n, t=k)


@given(st.integers(2, 40))
def test_degree_three_has_the_printed_factors(M: int) -> None:
    v = fmpq(M - 1)
    factors = {
        (3,): (1 + 2 / v) * (1 + 4 / v),
        (2, 1): (1 + 2 / v) * (1 - 1 / v),
        (1, 1, 1): (1 - 1 / v) * (1 - 2 / v),
    }
    for kappa, factor in factors.items():
        assert number("B21", kappa=kappa, M=M, n=1) == factor


# ----------------------------------------------------------------- risk and divergence


@given(MANY, GENERATIONS)
def test_divergence_on_a_line(M: int, n: int) -> None:
    walk = (arb(fmpq(1, M)) - ball("B04:rate", M=M)) * n / 2
    assert ball("B27", M=M, d=1, n=n).overlaps(walk)


@given(st.integers(1, 6), st.integers(1, 20), st.integers(0, 20), st.integers(1, 9))
def test_risk_bounds_are_ordered_and_meet_on_a_line(d: int, more: int, n: int, v: int) -> None:
    M, words = d + more, {"trace": d * v, "det": v**d}
    lower, upper = (ball(f"B26:{name}", M=M, d=d, n=n, **words) for name in ("lower", "upper"))
    if d == 1 or n == 0:
        assert lower.overlaps(upper)
    else:
        assert lower < upper
    assert ball("B44:risk", M=M, d=d, n=n, trace=d * v) <= lower or n == 0
    assert not upper > ball("B44:ceiling", M=M, d=d, n=n, trace=d * v)


@given(st.integers(3, 500), st.fractions(Fraction(1, 9), 9, max_denominator=9))
def test_the_risk_in_the_plane_lies_between_the_bounds(M: int, sigma: Fraction) -> None:
    plane = ball("B26:plane", M=M, sigma=sigma)
    trace, det = 2 * sigma**2, sigma**4
    assert ball("B26:lower", M=M, d=2, n=1, trace=trace) < plane
    assert plane < ball("B26:upper", M=M, d=2, n=1, trace=trace, det=det)


@pytest.mark.parametrize("M", [2, 3, 10, 400])
def test_the_risk_in_the_plane_by_another_hypergeometric_function(M: int) -> None:
    with mpmath.workdps(40):
        v = mpmath.mpf(M - 1)
        root = mpmath.sqrt(2 / v) * mpmath.gammaprod([v + 0.5], [v])
        known = mpmath.mpf(2) / M + 4 - 2 * root * mpmath.hyp2f1(-0.5, v - 1, v, -1)
        assert float(ball("B26:plane", M=M)) == pytest.approx(float(known), rel=1e-14)


@given(st.integers(2, 30), GENERATIONS, st.integers(1, 6))
def test_divisor_m_on_a_line_is_the_conservation_law(M: int, n: int, sigma: int) -> None:
    drift = number("B42:drift", M=M, n=n, trace=sigma**2)
    assert drift == number("B10:drift", M=M, n=n, sigma=sigma, estimator="mle")
    total = drift + number("B42:covariance", M=M, n=n, trace=sigma**2)
    assert total == number("B42", M=M, n=n, trace=sigma**2) == sigma**2


@given(MANY, GENERATIONS, ESTIMATORS)
def test_the_trace_of_the_root_is_bounded_by_the_deviation(M: int, n: int, estimator: str) -> None:
    bound = ball("B35", M=M, n=n, estimator=estimator)
    assert bound.overlaps(ball("B03", M=M, n=n, estimator=estimator))


# ------------------------------------------------------------------------------ errors


@pytest.mark.parametrize(
    ("name", "words", "message"),
    [
        ("B22", {"d": 3, "M": 3, "n": 1}, "d < M"),
        ("B22:moment", {"d": 2, "M": 3, "n": 1, "t": -1}, "d = 2, M = 3, n = 1, t = -1"),
        ("B19", {"M": 3, "n": 1, "a0": 3, "b0": 1}, "a0 <= b0"),
        ("B21", {"M": 3, "n": 1, "kappa": (1, 2)}, "kappa = 1,2 lies outside kappa = k_1,k_2"),
        ("B23", {"M": 9, "d": 2, "i": 3}, "i <= d"),
        ("B24", {"M": 9, "d": 1}, "d = 1 lies outside d >= 2"),
        ("B25:mean-log", {"M": 9, "d": 7, "n": 1}, "M - 1 <= d"),
        ("B25:rank", {"M": 9, "r": 7, "n": 0}, "n = 0 lies outside n >= 1"),
        ("B26:upper", {"M": 9, "d": 2, "n": 1, "trace": 2, "det": 2}, "det = 2 lies outside"),
        ("B42", {"M": 0, "n": 1}, "M = 0 lies outside every M_i >= 1"),
    ],
)
def test_outside_the_domain(name: str, words: dict[str, Argument], message: str) -> None:
    with pytest.raises(DomainError, match=message.replace("(", r"\(")):
        ball(name, **words)


# --------------------------------------------------------------------------- sabotage


def refuted(claim: Claim, quantity: str, wrong: sp.Expr) -> bool:
    """Return whether the exact witnesses of the quick grid refute a wrong law."""
    case = case_of(claim)
    parts = tuple(
        replace(one, law=wrong, mle=None) if one.name == quantity else one
        for one in claim.quantities
    )
    exact = tuple(
        witness
        for witness in case.witnesses
        if not witness.samples and witness.quantity == quantity
    )
    settings_ = tuple(
        replace(w, settings=tuple(x for x in w.settings if "estimator" not in x.fixed), quick=1)
        for w in exact
    )
    finding = Run(quick=True).judge(Case(replace(claim, quantities=parts), settings_))
    return Outcome.REFUTED in finding.outcomes()


@pytest.mark.parametrize("code", ["B19", "B20", "B21", "B22", "B25", "B27", "B42"])
def test_a_law_off_by_a_thousandth_is_refuted(code: str) -> None:
    claim = find(code)
    quantity = claim.quantities[0]
    if quantity.bounds:
        return
    assert refuted(claim, quantity.name, quantity.law * sp.Rational(1001, 1000))
    assert not refuted(claim, quantity.name, quantity.law)


def test_a_kernel_with_the_wrong_divisor_turns_exponents_red(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        spectra,
        "estimator",
        lambda one: "mle" if refitting.estimator(one) == "unbiased" else "unbiased",
    )
    finding = Run(quick=True, effort=0.3).judge(exponents.LYAPUNOV_SPECTRUM_CASE)
    assert Outcome.REFUTED in finding.outcomes()


def test_an_eigenvalue_lost_in_rounding_is_reported() -> None:
    lost = spectra.diagonal((), [1, Fraction(1, 10**14), Fraction(1, 10**28)], M=9, d=3, i=2)
    with pytest.raises(ArithmeticError, match="lost in the rounding"):
        exponents.measure_exponent(lost, Run(effort=0.01))


@settings(max_examples=20)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=3))
def test_a_setting_keeps_its_eigenvalues(values: list[int]) -> None:
    assert spectra.variances(spectra.diagonal((1,), values, M=5)) == tuple(map(Fraction, values))
    assert np.prod([float(v) for v in values]) > 0
    assert s.det.is_positive
