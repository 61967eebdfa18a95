"""The three errors told apart: the kernel and its twin, each error alone, the claims beside them.

Chance has fixed keys; means lie within 4.5 standard errors, wrong once in 150,000 honest cases.
"""

import csv
import json
import math
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from numerics import plain_three_errors as plain
from numerics import three_errors
from numerics.gaussian_mixture import Mixture
from numerics.gaussian_mixture import fit as fit_by_em
from numerics.measured_three_errors import ERRORS, ROWS, Row
from numerics.streams import derive_key
from numerics.three_errors import Approximation, RealLaw, simulate
from proofs import simulation
from proofs.commands.simulate import app
from proofs.inputs import read_sample
from proofs.plans.errors import Asked, Expected, _value, plan_errors, read_column
from proofs.plans.shown_errors import Shown, shown_generations
from proofs.simulation import Plan, Result
from theory.errors import DomainError

KEY = derive_key("test", "three errors")
PAIR = RealLaw(np.array([-2.0, 2.0]), 1.0)
SAMPLE = RealLaw(read_sample("old-faithful", "waiting").rows[:, 0])
SIZES: dict[Approximation, float] = {"none": 0, "smoothing": 0.1, "noise": 0.2, "stopped": 4}
APART = 4.5


def done(plan: Plan, threads: int | None = None) -> Result:
    result = simulation.simulate(plan, threads)
    assert result is not None
    return result


# ------------------------------------------------------------------ the kernel


@pytest.mark.parametrize("approximation", SIZES)
@pytest.mark.parametrize("components", [1, 2])
@pytest.mark.parametrize("samples", [None, 40])
@pytest.mark.parametrize("name", ["pair", "sample"])
def test_the_kernel_equals_its_twin(
    name: str, samples: int | None, components: int, approximation: Approximation
) -> None:
    real = {"pair": PAIR, "sample": SAMPLE}[name]
    rest = approximation, float(SIZES[approximation])
    run = simulate(real, samples, components, (1, 2, 3), KEY, 5, 6, *rest)
    laws, floored, unconverged = plain.simulate(real, samples, components, 3, KEY, 5, *rest)
    for g, (weight, mean, variance) in enumerate(laws):
        centre = weight @ mean
        total = weight @ (variance + (mean - centre) ** 2)
        assert run.drift[0, g] == pytest.approx(centre**2, rel=1e-8, abs=1e-13)
        assert run.variance[0, g] == pytest.approx(total, rel=1e-8)
    assert run.distance[0, 2] == pytest.approx(plain.distance(laws[2], real, 2000), rel=2e-5)
    assert (run.floored_fits[0, 2], run.unconverged_fits[0, 2]) == (floored, unconverged)


def test_em_is_that_of_the_other_kernel() -> None:
    points = np.random.default_rng(derive_key("em")).normal(size=300) * 0.4
    points[:120] += 2.0
    masses = np.full(300, 1 / 300)
    weight, mean, variance = np.empty(2), np.empty(2), np.empty(2)
    three_errors._begin(points, masses, weight, mean, variance)
    start = Mixture(weight, mean[:, None], variance[:, None, None])
    held, converged = three_errors._fit(points, masses, weight, mean, variance, True, 1000)
    other = fit_by_em(points, start, floor=0.0, tolerance=1e-15, iterations=10_000).mixture
    assert (held, converged) == (False, True)
    np.testing.assert_allclose(weight, other.weights, rtol=1e-5)
    np.testing.assert_allclose(mean, other.means[:, 0], rtol=1e-5)
    np.testing.assert_allclose(variance, other.covariances[:, 0, 0], rtol=1e-5)


def test_replicates_do_not_depend_on_their_neighbours() -> None:
    whole = simulate(PAIR, 30, 2, (2, 5), KEY, 0, 6, "noise", 0.1)
    part = simulate(PAIR, 30, 2, (5,), KEY, 4, 6, "noise", 0.1)
    np.testing.assert_array_equal(whole.distance[4:, 1:], part.distance)


# --------------------------------------------------------- each error, by itself


@pytest.mark.parametrize("separation", [1, 4, 12])
def test_without_errors_the_distance_is_zero_for_ever(separation: int) -> None:
    real = RealLaw(np.array([-separation / 2, separation / 2]), 1.0)
    run = simulate(real, None, 2, (1, 10, 200), KEY, 0, 1)
    # What EM leaves where it stops: nearly 0, and slow where the parts overlap.
    assert (run.distance < (1e-6 if separation == 1 else 1e-10)).all()
    assert run.distance[0, 0] < simulate(real, None, 1, (1,), KEY, 0, 1).distance[0, 0] / 100


@pytest.mark.parametrize("separation", ["1/2", "2", "4", "12"])
def test_expressivity_is_paid_once(separation: str) -> None:
    half = Fraction(separation) / 2
    exact = _value("F01", "w2", {"a": half, "s": Fraction(1)}) / float(1 + half**2)
    real = RealLaw(np.array([-float(half), float(half)]), 1.0)
    run = simulate(real, None, 1, (1, 2, 50), KEY, 0, 1)
    np.testing.assert_allclose(run.distance[0], exact, rtol=1e-9, atol=1e-13)


def test_statistical_alone_in_the_right_gaussian_family_is_b11() -> None:
    normal = RealLaw(np.array([0.0, 0.0]), 1.0)
    run = simulate(normal, 20, 1, (1, 4, 12), KEY, 0, 10_000)
    for g, n in enumerate((1, 4, 12)):
        exact = _value("B11", "risk", {"M": Fraction(20), "n": Fraction(n), "sigma": Fraction(1)})
        error = run.distance[:, g].std() / 100
        assert abs(run.distance[:, g].mean() - exact) < APART * error < 0.2 * exact


@pytest.mark.parametrize("kind", ["smoothing", "noise"])
def test_approximation_alone(kind: Approximation) -> None:
    run = simulate(PAIR, None, 2, (1, 4, 25), KEY, 0, 1 if kind == "smoothing" else 300, kind, 0.2)
    gained = 0.04 * np.array([1, 4, 25])
    if kind == "smoothing":
        np.testing.assert_allclose(run.variance[0], 1 + gained, rtol=1e-9)
        assert (run.distance > (np.sqrt(1 + gained) - 1) ** 2).all()  # what the widths alone need
    else:
        np.testing.assert_allclose(run.distance, run.drift, atol=1e-10)
        error = run.drift.std(axis=0) / math.sqrt(300)
        assert (abs(run.drift.mean(axis=0) - gained) < APART * error).all()


def test_em_stopped_earlier_is_farther_off() -> None:
    off = [
        simulate(PAIR, None, 2, (5,), KEY, 0, 1, "stopped", k).distance[0, 0] for k in (1, 5, 25)
    ]
    assert off[0] > 10 * off[1] > 100 * off[2]


# ------------------------------------------------------- the claims, row by row


def asked_for() -> dict[str, Asked]:
    sample = read_column("old-faithful", "waiting")
    return {
        "smoothing": Asked(50, "smoothing", Fraction(1, 5)),
        "noise": Asked(50, "noise", Fraction(1, 5), Fraction(3)),
        "normal": Asked(50, "stopped", Fraction(3), Fraction(0)),
        "stopped": Asked(50, "stopped", Fraction(3)),
        "sample": Asked(50, "smoothing", Fraction(1, 5), sample=sample),
    }


ASKED = asked_for()


@cache
def result_of(name: str) -> Result:
    return done(plan_errors(ASKED[name], 12, 200, "k"))


def beside(asked: Asked, result: Result, theory: Expected) -> dict[str, tuple[float, float, float]]:
    """Exact values, means and what they may differ by, of the columns that have them."""
    found = {}
    for kind in ("distance", "variance"):
        for row in ROWS:
            column = ERRORS.index(f"{kind}_{row.name}")
            for n in shown_generations(result.plan.record):
                exact, _ = theory.of(kind, row, n)
                if exact is not None:
                    # EM of two stops some way off where they overlap.
                    by = APART * float(result.error[n, column]) + (
                        1e-9 if row.expressivity else 1e-5
                    )
                    found[f"{kind}_{row.name}_{n}"] = (exact, float(result.mean[n, column]), by)
    return found


@pytest.mark.parametrize("name", ASKED)
def test_the_claims_hold_row_by_row(name: str) -> None:
    asked, result = ASKED[name], result_of(name)
    found = beside(asked, result, Expected(asked))
    assert len(found) >= 3 * 8
    for column, (exact, mean, by) in found.items():
        assert abs(mean - exact) <= by, column


class Wrong(Expected):
    """Laws that look right: the printed slope, a lost cross term, the other divisor."""

    def _refitted(self, n: int) -> float:
        return 1.5 * n / self.asked.samples + 2 * (1 - self.kappa[0])

    def _grown(self, n: int, smooth: Fraction) -> float:
        return float((1 + n * smooth) ** 2) if smooth else 1.0

    def _missed(self, row: Row, n: int) -> float:
        return float(self._size(row, "noise") ** 2)


@pytest.mark.parametrize(("name", "least"), [("smoothing", 4), ("noise", 3), ("sample", 3)])
def test_wrong_laws_are_refuted(name: str, least: int) -> None:
    asked, result = ASKED[name], result_of(name)
    found = beside(asked, result, Wrong(asked))
    assert sum(abs(mean - exact) > by for exact, mean, by in found.values()) >= least


def test_a_broken_fit_is_seen() -> None:
    # Divisor M in place of M - 1, and parts 5 % too far apart.
    run = simulate(PAIR, 20, 1, (1,), KEY, 0, 4000)
    error = APART * run.variance.std() / math.sqrt(4000)
    assert abs(run.variance.mean() - 1) < error < abs(0.95 * run.variance.mean() - 1)
    far = simulate(RealLaw(np.array([-2.1, 2.1]), 1.0), None, 1, (1,), KEY, 0, 1)
    exact = _value("F01", "w2", {"a": Fraction(2), "s": Fraction(1)}) / 5
    assert abs(far.distance[0, 0] - exact) > 0.05 * exact


def test_risk_is_that_of_the_claim() -> None:
    asked = Asked(50, "smoothing", Fraction(0), Fraction(3))
    place = {"M": Fraction(50), "n": Fraction(9), "a": Fraction(3, 2), "s": Fraction(1)}
    whole = _value("F02", "risk", place) / (1 + 1.5**2)
    assert Expected(asked)._refitted(9) == pytest.approx(whole, rel=1e-13)


def test_both_families_miss_a_sample() -> None:
    result = result_of("sample")
    two, one = (
        result.mean[1:, ERRORS.index(f"distance_{row}")] for row in ("none", "expressivity")
    )
    assert (two > 0).all()
    assert (two < one / 5).all()
    assert np.ptp(two) < 1e-6  # paid once


# ------------------------------------------------------------------ the command


def test_the_digest_does_not_depend_on_the_threads() -> None:
    asked, result = ASKED["noise"], result_of("noise")
    small = Plan(**{**plan_errors(asked, 12, 60, "k").__dict__, "block": 8})
    assert len({done(small, threads).digest for threads in (1, 2)}) == 1
    assert result.plan.start[ERRORS.index("variance_statistical")] == 1.0


def test_table_files_and_exact_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, record = tmp_path / "a.csv", tmp_path / "a.json"
    sizes = ["--samples", "30", "--generations", "6", "--replicates", "20", "--threads", "1"]
    app(["errors", *sizes, "--csv", str(table), "--json", str(record)], standalone_mode=False)
    shown = capsys.readouterr().out
    assert all(f"\n{row.name.replace('_', ' + ')}  " in shown for row in ROWS)
    assert "F02" in shown
    assert "nan" not in shown
    rows = list(csv.DictReader(table.read_text().splitlines()))
    values: dict[str, Any] = json.loads(record.read_text())
    assert [row["generation"] for row in rows] == [str(n) for n in range(7)]
    for row, entry in zip(rows[1:], values["rows"][1:], strict=True):
        for name in ERRORS[:-2]:
            exact = entry[name]["exact"]
            assert row[f"exact_{name}"] == ("" if exact is None else repr(exact))
    assert values["rows"][6]["distance_expressivity"]["exact"] == pytest.approx(0.0530564740)


def test_no_generation_and_many_samples() -> None:
    asked = Asked(30, "smoothing", Fraction(1, 10))
    assert "nan" not in "\n".join(Shown(asked).lines(done(plan_errors(asked, 0, 5, "k"))))
    many = Asked(100_000, "smoothing", Fraction(0))
    assert Expected(many).of("distance", Row(True, True, False), 3) == (None, "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--samples", "1"), "samples = 1 lies outside 2 .."),
        (("--samples", "1000001"), "samples = 1000001 lies outside 2 .. 1000000"),
        (("--generations", "-1"), "generations = -1 lies outside 0 .."),
        (("--replicates", "0"), "replicates = 0 lies outside 1 .."),
        (("--approximation", "best"), "approximation = best is none of smoothing, noise, stopped"),
        (("--bandwidth", "wide"), "--bandwidth wide is not a number"),
        (("--bandwidth", "-1"), "bandwidth = -1 lies outside 0 .. 10"),
        (("--bandwidth", ""), "--bandwidth '' is not a number"),
        (("--noise", "0.1"), "--noise 0.1 excludes --approximation smoothing"),
        (("--approximation", "stopped", "--iterations", "1.5"), "lies outside 1 .. 1000, integers"),
        (("--approximation", "noise", "--noise", "nan"), "--noise nan is not a number"),
        (("--separation", "-1"), "separation = -1 lies outside 0 .. 20"),
        (("--separation", "3", "--data", "iris"), "--separation 3 excludes --data"),
        (("--column", "x"), "--column x needs --data"),
        (("--data", "old-faithful", "--column", "size"), "no column 'size'"),
        (("--data", "old-faithful", "--column", "waiting,eruptions"), "more than one column"),
        (("--histogram", "trace:0:1:5", "--json", "-"), "no column trace"),
    ],
)
def test_refused(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(DomainError, match=message.replace("..", r"\.\.")):
        app(["errors", *arguments], standalone_mode=False)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"components": 3}, "components = 3 lies outside 1..2"),
        ({"samples": 1}, "1"),
        ({"approximation": "other"}, "'other' is none of"),
        ({"size": -1.0}, "size = -1.0 lies outside"),
        ({"approximation": "stopped", "size": 0.0}, "iterations = 0 is no integer"),
    ],
)
def test_the_kernel_refuses(change: dict[str, Any], message: str) -> None:
    usual: dict[str, Any] = {"samples": 10, "components": 1, "record": (1,)}
    with pytest.raises(ValueError, match=message):
        simulate(PAIR, key=1, first=0, last=1, **(usual | change))
    with pytest.raises(ValueError, match="all rows are the same"):
        RealLaw(np.array([1.0, 1.0]))
