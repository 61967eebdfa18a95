"""What it costs that a sample is no normal law: figures, verdicts, and wrong laws refuted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from numerics import moments, transport_space
from numerics.first_deviation import expected_deviation
from numerics.transport_line import distance
from proofs import real_shape, real_space
from proofs.case import Case
from proofs.inputs import read_sample
from proofs.ledger import Finding, Run, status
from proofs.real import read_cases
from proofs.real_shape import Column, coupling
from proofs.screen import per_quantity
from proofs.verdict import Outcome
from theory import symbols as s
from theory.gaussian import one_normal, other_starts

LEVELS = (np.arange(200_000) + 0.5) / 200_000
fractions = st.fractions(-4, 4, max_denominator=6)
samples = st.lists(fractions, min_size=2, max_size=9).filter(lambda points: len(set(points)) > 1)


def judged(cases: Sequence[Case]) -> dict[str, Finding]:
    run = Run(key="k", quick=True)
    return {finding.claim.code: finding for finding in run.examine(cases)}


# ------------------------------------------------------------------ their figures


@settings(max_examples=10)
@given(samples, fractions, st.fractions(0, 4, max_denominator=6))
def test_the_certified_distance_is_that_of_the_quantiles(
    points: list[Fraction], mean: Fraction, deviation: Fraction
) -> None:
    real = np.sort(np.array(points, float))[(LEVELS * len(points)).astype(int)]
    seen = np.mean((float(mean) + float(deviation) * ndtri(LEVELS) - real) ** 2)
    ball = distance(points, mean, deviation)
    assert float(ball.rad()) < 1e-20
    assert float(ball.mid()) == pytest.approx(seen, rel=1e-3, abs=1e-3)


def test_the_certified_distance_refuses() -> None:
    for points, deviation, bits in (((), 1, 96), ((1,), -1, 96), ((1,), 1, 8)):
        with pytest.raises(ValueError, match="lies outside"):
            distance([Fraction(x) for x in points], Fraction(0), Fraction(deviation), bits)


@settings(max_examples=10)
@given(samples, st.integers(2, 4))
def test_the_mean_first_deviation_is_that_of_all_samples(points: list[Fraction], M: int) -> None:
    values = np.array(points, float)
    ball = moments.expected_root_from_sample([[x] for x in points], M)
    assert expected_deviation(values, M) * values.std() == pytest.approx(float(ball.mid()), 1e-6)


@pytest.mark.parametrize(("name", "columns"), [("old-faithful", "waiting"), ("iris", None)])
def test_figures_of_the_shipped_columns(name: str, columns: str | None) -> None:
    for values in read_sample(name, columns).standardised().T:
        apart = np.abs(values[:, np.newaxis] - values).mean()
        assert expected_deviation(values, 2) == pytest.approx(apart / math.sqrt(2), abs=1e-7)
        assert float(coupling(values)) == pytest.approx(Column("", values).product, abs=1e-6)


def test_the_distance_in_space_lies_between_both_bounds() -> None:
    """Two coins: the axes are independent, so their errors are all there is."""
    rows = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
    true = 2 * float(distance([Fraction(-1), Fraction(1)], Fraction(0), Fraction(1)).mid())
    least = [transport_space.assigned(rows, 50, 1, r) for r in range(40)]
    above = transport_space.highest(float(np.mean(least)), len(least), rows, 50, 1e-6)
    g = transport_space.potential(rows, transport_space.normal_points(rows, 500, 2, 0))
    drawn = transport_space.normal_points(rows, 40_000, 3, 0)
    below = float(transport_space.reduced_cost(rows, g, drawn).mean())
    assert 0.95 * true < below < 1.02 * true < 1.02 * above < 1.6 * true


def test_points_in_space_belong_to_their_replicate() -> None:
    rows = read_sample("iris").standardised()
    one, other = (transport_space.normal_points(rows, 6, 1, r) for r in (3, 4))
    np.testing.assert_array_equal(one, transport_space.normal_points(rows, 6, 1, 3))
    assert (one != other).all()
    wide = transport_space.normal_points(rows, 20_000, 1, 0)
    np.testing.assert_allclose(wide.T @ wide / 20_000, rows.T @ rows / 150, atol=0.05)


# ---------------------------------------------------------------------- verdicts


def test_verdicts_on_iris() -> None:
    columns = "Sepal.Length,Petal.Width"
    cases = read_cases(None, "iris", columns, {"B28", "B28b", "B44"})
    findings = judged(cases)
    lines = "\n".join(line for finding in findings.values() for line in per_quantity(finding))
    assert {status(finding.claim, findings) for finding in findings.values()} == {"consistent"}
    for part in (
        "w2 at kap = 0.98783: consistent",
        "floor at M = 20, kap = 0.949753, n = 1, 5: consistent within 0.1 %, slack 1x, nearest",
        "variance at M = 20, kurt = -0.573568, n = 1, 3, 10: consistent",
        "drift at M = 20, d = 2, trace = 2, n = 1, 10, 100: consistent within 1e-07 %",
        "column 'Petal.Width'",
    ):
        assert part in lines


def test_what_is_left_out_is_told() -> None:
    told = "\n".join(read_cases(None, "iris", None, {"B28b"}).skipped)
    assert "B28b axes: from the normal law fitted to all columns W2^2 is about" in told
    told = "\n".join(read_cases(None, "iris", "Petal.Width", {"B28b"}).skipped)
    assert "B28b axes: one column is one axis" in told


@pytest.mark.parametrize(
    ("module", "limit", "told"),
    [
        (real_shape, "MOST_COLUMNS", "from column 'Sepal.Width' on"),
        (real_shape, "MOST_VALUES", "22 distinct values, more than 1"),
        (real_shape, "MOST_SHORT_RUNS", "rare outliers"),
        (real_shape, "MOST_RUNS", "drowns in the drift"),
        (real_space, "MOST_ROWS", "more than 1 rows"),
    ],
)
def test_limits_are_told(
    monkeypatch: pytest.MonkeyPatch, module: object, limit: str, told: str
) -> None:
    monkeypatch.setattr(module, limit, 1)
    sample = read_sample("iris")
    part = real_space if module is real_space else real_shape
    assert told in "\n".join(part.experiments(sample)[1])


def test_columns_that_depend_on_each_other() -> None:
    sample = read_sample("iris", "Petal.Width,Petal.Length")
    twice = replace(sample, rows=sample.rows[:, [0, 0]])
    assert real_space.experiments(twice) == ([], ["B28b axes: some columns depend on others"])


WRONG = [
    ("B28", "variance", other_starts.VARIANCE.subs(other_starts.KURT, 0)),
    ("B28", "variance", other_starts.VARIANCE.subs(other_starts.KURT, other_starts.KURT + 3)),
    ("B28", "risk", other_starts.RISK.subs(other_starts.KAP, 1)),
    ("B28", "risk", other_starts.RISK.subs(other_starts.S1, other_starts.S1 / 2)),
    ("B28b", "w2", one_normal.FLOOR),
    ("B28b", "w2", one_normal.DISTANCE / 2),
    ("B28b", "floor", one_normal.DISTANCE),
    ("B28b", "risk", one_normal.DRIFT + s.n * one_normal.DISTANCE),
    ("B28b", "axes", 2 * one_normal.AXES),
    ("B44", "drift", s.trace * s.n / (s.sizes[0] - 1)),
    ("B44", "risk", 2 * s.trace * s.n / s.sizes[0]),
    ("B44", "ceiling", s.trace),
]


def outcomes(code: str, quantity: str, law: sp.Expr | None = None) -> set[Outcome]:
    """Return what Old Faithful says of one quantity, of a wrong law if one is given."""
    columns = None if quantity == "axes" else "eruptions"
    (case,) = read_cases(None, "old-faithful", columns, {code})
    kept = tuple(
        replace(one, law=one.law if law is None else law)
        for one in case.claim.quantities
        if one.name == quantity
    )
    witnesses = tuple(one for one in case.witnesses if one.quantity == quantity)
    wrong = replace(case, claim=replace(case.claim, quantities=kept), witnesses=witnesses)
    return Run(key="k", quick=True).judge(wrong).outcomes()


@pytest.mark.parametrize(("code", "quantity", "law"), WRONG)
def test_wrong_laws_are_refuted_on_old_faithful(code: str, quantity: str, law: sp.Expr) -> None:
    assert Outcome.REFUTED in outcomes(code, quantity, law)


@pytest.mark.parametrize(("code", "quantity"), [("B28b", "w2"), ("B28b", "floor"), ("B28", "risk")])
def test_a_wrong_kap_is_refuted(monkeypatch: pytest.MonkeyPatch, code: str, quantity: str) -> None:
    assert outcomes(code, quantity) == {Outcome.CONSISTENT}
    right = real_shape.coupling
    monkeypatch.setattr(real_shape, "coupling", lambda values: right(values) * Fraction(19, 20))
    assert Outcome.REFUTED in outcomes(code, quantity)
