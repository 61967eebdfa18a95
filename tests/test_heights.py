"""Eigenvalues on a logarithmic scale: the kernel of covariances as the twin, mpmath, long runs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import mpmath
import numpy as np
import pytest

from numerics import campaign, gaussian, heights
from numerics.start import Start
from numerics.streams import derive_key
from proofs.case import Case
from proofs.gaussian import exponents, long_runs
from proofs.ledger import Run
from proofs.verdict import Outcome

KEY = derive_key("test", "heights")
SHAPES = [(1, 2), (2, 3), (4, 9), (7, 60), (20, 21)]


@pytest.mark.parametrize("estimator", ["unbiased", "mle"])
@pytest.mark.parametrize(("d", "samples"), SHAPES)
def test_kernel_equals_the_one_that_keeps_covariances(
    d: int, samples: int, estimator: gaussian.Estimator
) -> None:
    start = Start.named("normal", np.zeros(d))
    run = heights.simulate(d, samples, (1, 2, 6), KEY, 3, 6, estimator)
    twin = gaussian.simulate_multivariate(start, samples, (1, 2, 6), KEY, 3, 6, estimator)
    # One fit is conditioned well enough for the pivots of its covariance.
    root = np.linalg.cholesky(twin.covariance[:, 0])
    pivots = 2 * np.log(np.diagonal(root, axis1=1, axis2=2))
    np.testing.assert_allclose(run.log_heights[:, 0], pivots, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(run.log_heights.sum(axis=2), twin.log_determinant, atol=1e-9)
    last = np.ldexp(run.columns, run.powers[:, :, np.newaxis])
    product = last.swapaxes(1, 2) @ last
    scale = np.abs(twin.covariance[:, 2]).max(axis=(1, 2), keepdims=True)
    np.testing.assert_allclose(product / scale, twin.covariance[:, 2] / scale, atol=1e-12)


@pytest.mark.parametrize(("d", "samples", "n"), [(2, 4, 300), (4, 7, 900), (6, 40, 4000)])
def test_eigenvalues_are_those_of_a_long_decimal_expansion(d: int, samples: int, n: int) -> None:
    run = heights.simulate(d, samples, (n,), KEY, 0, 1)
    found, error = heights.eigenvalues(run.columns[0], run.powers[0])
    with mpmath.workdps(60 + int((found[0] - found[-1]) / 2)):
        root = mpmath.matrix(d, d)
        for j, i in np.ndindex(d, d):
            power = mpmath.mpf(2) ** int(run.powers[0, j])
            root[int(i), int(j)] = mpmath.mpf(run.columns[0, j, i]) * power
        values = sorted(mpmath.eigsy(root * root.T, eigvals_only=True), reverse=True)
        wanted = np.array([float(mpmath.log(value)) for value in values])
    np.testing.assert_allclose(found, wanted, rtol=0, atol=error + 1e-11)


def test_columns_that_are_close_are_refused() -> None:
    run = heights.simulate(5, 40, (2,), KEY, 0, 1)
    with pytest.raises(ArithmeticError, match="columns are too close"):
        heights.eigenvalues(run.columns[0], run.powers[0])


def test_nothing_underflows_in_fifty_dimensions() -> None:
    run = heights.simulate(50, 60, (2000, 4000), KEY, 0, 1)
    found, error = heights.eigenvalues(run.columns[0], run.powers[0])
    assert error < 1e-6
    assert found[-1] < -7000  # a covariance in double precision ends at e^-708
    assert (np.exp(found / 2) == 0).sum() > 20
    assert np.isfinite(run.log_heights).all()
    largest = np.abs(run.columns[0]).max(axis=1)
    assert (largest > 2.0**-100).all()
    assert (largest < 2.0**100).all()
    # Pivots and eigenvalues keep together; the determinant is the product of either.
    np.testing.assert_allclose(found, run.log_heights[0, 1], atol=60)
    assert found.sum() == pytest.approx(run.log_heights[0, 1].sum(), abs=1e-7)
    start = Start.named("normal", np.zeros(50))
    twin = gaussian.simulate_multivariate(start, 60, (2000,), KEY, 0, 1)
    assert twin.log_determinant[0, 0] == pytest.approx(run.log_heights[0, 0].sum(), abs=1e-7)


def test_a_run_does_not_depend_on_its_records_or_its_block() -> None:
    one = heights.simulate(6, 9, (400,), KEY, 0, 4)
    many = heights.simulate(6, 9, (1, 7, 400), KEY, 0, 4)
    np.testing.assert_array_equal(one.log_heights[:, -1], many.log_heights[:, -1])
    np.testing.assert_array_equal(one.columns, many.columns)
    work = partial(heights.simulate, 6, 9, (400,), KEY)
    parts = campaign.gather(campaign.run(work, 4, block=1, workers=3))
    assert campaign.digest(parts) == campaign.digest(one)


@pytest.mark.parametrize(
    ("dimensions", "samples", "message"),
    [(0, 5, "dimensions = 0"), (5, 5, "dimensions = 5 lies outside 1"), (1, 1, "samples = 1")],
)
def test_arguments_outside_are_named(dimensions: int, samples: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        heights.simulate(dimensions, samples, (1,), KEY, 0, 1)


# --- the evidence ---------------------------------------------------------------------------------


def long_case(monkeypatch: pytest.MonkeyPatch) -> Case:
    """The longest runs alone, three dimensions, a tenth as long."""
    monkeypatch.setattr(long_runs, "LONG", 20_000)
    long_runs._remembered.cache_clear()
    case = exponents.LYAPUNOV_SPECTRUM_CASE
    witnesses = [one for one in case.witnesses if one.observe is long_runs.measure_spectrum]
    settings = tuple(exponents.isotropic(3, 8, i=i) for i in (1, 2, 3))
    return replace(case, witnesses=(replace(witnesses[0], settings=settings, margin=0.2),))


def test_the_whole_spectrum_is_seen_and_wrong_ones_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    finding = Run().judge(long_case(monkeypatch))
    assert finding.outcomes() == {Outcome.CONSISTENT}
    assert len(finding.checks) == 3
    # among them the freedom M - 1 in every place, one too many, and the order reversed
    wrong = {"all alike", "one freedom too many", "smallest first", "over its own freedom"}
    assert not wrong & set(finding.survivors)


def test_one_point_too_many_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    case = long_case(monkeypatch)
    sound = heights.simulate

    def broken(dimensions: int, samples: int, *others: object) -> heights.HeightsRun:
        return sound(dimensions, samples + 1, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(heights, "simulate", broken)
    assert Outcome.REFUTED in Run().judge(case).outcomes()
    long_runs._remembered.cache_clear()


def test_eigenvalues_that_leave_their_pivots_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    case = long_case(monkeypatch)
    sound = heights.eigenvalues
    monkeypatch.setattr(heights, "eigenvalues", lambda *run: (0.5 * sound(*run)[0], sound(*run)[1]))
    assert Outcome.CONSISTENT not in Run().judge(case).outcomes()
    long_runs._remembered.cache_clear()


def test_the_settings_hold_every_place_of_fifty_dimensions() -> None:
    seen = [
        setting.integer("i")
        for witness in exponents.LYAPUNOV_SPECTRUM_CASE.witnesses
        if witness.observe is long_runs.measure_spectrum
        for setting in witness.settings
        if setting.integer("d") == 50
    ]
    assert sorted(seen) == list(range(1, 51))
    assert long_runs.LONG == 10**5
