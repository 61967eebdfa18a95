"""`collapse simulate`: one digest for every split, exact sums, files, interrupts, refusals."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from numerics import campaign, discrete, gaussian, streams
from numerics.start import Start
from numerics.summary import exact_sum
from proofs import simulation
from proofs.inputs import read_counts, read_sample
from proofs.simulated import csv_text, json_record, lines
from proofs.simulation import Plan, Result, log_spaced, plan_discrete, plan_gaussian, recorded
from theory.errors import DomainError

Run = Callable[..., tuple[int, str, str]]


def done(plan: Plan, threads: int | None = None) -> Result:
    result = simulation.simulate(plan, threads)
    assert result is not None
    return result


def plans() -> list[Plan]:
    return [
        plan_discrete(30, 40, 3000, "k", 7),
        plan_discrete(500, 3, 1500, "k", read_counts("pride-and-prejudice")),
        plan_gaussian(10, 30, 3000, "k", 1),
        plan_gaussian(10, 12, 2500, "k", read_sample("old-faithful"), "mle"),
    ]


# -------------------------------------------------------------------- figures


@pytest.mark.parametrize("which", range(4))
def test_the_digest_does_not_depend_on_the_threads(which: int) -> None:
    plan = plans()[which]
    first, second, fourth = (done(plan, threads) for threads in (1, 2, 4))
    assert first.digest == second.digest == fourth.digest
    np.testing.assert_array_equal(first.mean, fourth.mean)
    np.testing.assert_array_equal(first.error, fourth.error)
    np.testing.assert_array_equal(first.share, fourth.share)


def test_the_digest_depends_on_what_was_asked() -> None:
    base = done(plan_discrete(30, 5, 100, "k", 7)).digest
    for other in (
        plan_discrete(31, 5, 100, "k", 7),
        plan_discrete(30, 6, 100, "k", 7),
        plan_discrete(30, 5, 101, "k", 7),
        plan_discrete(30, 5, 100, "l", 7),
        plan_discrete(30, 5, 100, "k", 8),
    ):
        assert done(other).digest != base


def test_discrete_means_are_those_of_the_kernel() -> None:
    plan = plan_discrete(50, 20, 2100, "k", 4)
    key = streams.derive_key("simulate", "discrete", "k")
    run = discrete.simulate(np.full(4, 0.25), 50, plan.record, key, 0, 2100)
    result = done(plan)
    diversity = 1 - run.pairs / 2500
    np.testing.assert_allclose(result.mean[1:, 0], diversity.mean(axis=0), rtol=1e-13)
    np.testing.assert_array_equal(result.mean[1:, 1], run.survivors.mean(axis=0))
    np.testing.assert_array_equal(result.mean[1:, 2], (run.survivors == 1).mean(axis=0))
    deviation = diversity.std(axis=0, ddof=1) / np.sqrt(2100)
    np.testing.assert_allclose(result.error[1:, 0], deviation, rtol=1e-6)
    assert result.mean[0].tolist() == [0.75, 4.0, 0.0]


def test_sums_of_large_integers_are_exact() -> None:
    column = np.array([[10**18, 1], [10**18 - 1, 2**62]])
    assert exact_sum(column).tolist() == [2 * 10**18 - 1, 2**62 + 1]
    assert exact_sum(np.full((9, 1), 2**62)).tolist() == [9 * 2**62]
    assert exact_sum(np.full((9, 1), 2**62 // 9)).tolist() == [9 * (2**62 // 9)]


@pytest.mark.parametrize("estimator", ["unbiased", "mle"])
def test_gaussian_means_are_those_of_the_kernel(estimator: gaussian.Estimator) -> None:
    plan = plan_gaussian(10, 5, 2100, "k", 1, estimator)
    key = streams.derive_key("simulate", "gaussian", "k")
    run = gaussian.simulate(Start.named("normal"), 10, plan.record, key, 0, 2100, estimator)
    result = done(plan)
    wanted = (run.mean**2, run.variance, np.sqrt(run.variance), run.log_variance)
    for column, values in enumerate(wanted):
        np.testing.assert_allclose(result.mean[1:, column], values.mean(axis=0), rtol=1e-12)
        error = values.std(axis=0, ddof=1) / np.sqrt(2100)
        np.testing.assert_allclose(result.error[1:, column], error, rtol=1e-6)


def test_a_sample_is_standardised() -> None:
    plan = plan_gaussian(10, 3, 200, "k", read_sample("old-faithful"))
    assert any("standardised" in note for note in plan.notes)
    assert plan.start[1] == 2.0
    one = done(plan_gaussian(10, 3, 200, "k", read_sample("old-faithful", "waiting")))
    assert one.plan.columns[-1] == "log_variance"
    assert one.mean[0].tolist() == pytest.approx([0, 1, 1, 0], abs=1e-12)


def test_what_a_plain_mean_cannot_tell_is_marked() -> None:
    result = done(plan_gaussian(10, 300, 500, "k", 1))
    assert result.crowded(len(result.generations) - 1)
    assert not result.crowded(1)
    text = lines(result)
    assert any(line.startswith("300 *") for line in text)
    assert any("a plain mean seldom" in line for line in text)
    assert not any("*" in line for line in lines(done(plan_discrete(10, 300, 500, "k", 3))))


def test_a_variance_of_zero_is_no_number_in_files() -> None:
    result = done(plan_gaussian(1, 2, 10, "k", 1, "mle"))
    assert result.mean[1, 3] == -np.inf
    json.dumps(json_record(result), allow_nan=False)
    assert "nan" not in csv_text(result)
    assert not any("nan" in line for line in lines(result))


def test_a_variance_that_no_float_holds_is_not_shown_as_zero() -> None:
    for d in (1, 2):
        result = done(plan_gaussian(4, 5000, 3, "k", d))
        assert result.mean[-1, 1] == 0
        assert -np.inf < result.mean[-1, 3] < -800
        row = next(line for line in lines(result) if line.startswith("5000 "))
        assert row.count("< 1e-307") == 2  # trace and deviation
        assert "inf" not in row
    tied = lines(done(plan_gaussian(1, 2, 10, "k", 1, "mle")))
    assert not any("1e-307" in line for line in tied)


def test_no_generation_and_one_run() -> None:
    result = done(plan_discrete(10, 0, 5, "k", 3))
    assert result.generations == (0,)
    assert not result.partial
    assert done(plan_discrete(10, 1, 1, "k", 3)).replicates == 1


def test_generations_recorded() -> None:
    assert recorded(200) == tuple(range(1, 201))
    many = recorded(10**6)
    assert many[0] == 1
    assert many[-1] == 10**6
    assert set(log_spaced(10**6, simulation.PRINTED)) <= set(many)
    assert len(many) <= simulation.RECORDED + simulation.PRINTED
    assert log_spaced(0, 5) == ()
    assert log_spaced(1, 5) == (1,)


def test_memory_does_not_grow_with_the_replicates() -> None:
    assert plan_discrete(100, 1000, 10**12, "k", 5).block <= campaign.BLOCK
    assert plan_gaussian(10, 200, 10**12, "k", 100).block == 1


def test_a_histogram_counts_every_run(tmp_path: Path, collapse: Run) -> None:
    target = tmp_path / "a.json"
    collapse("simulate", "discrete", "--generations", "30", "--replicates", "2000",
             "--histogram", "survivors:1.5:4.5:3", f"--json={target}")  # fmt: skip
    found = json.loads(target.read_text())["histogram"]
    key = streams.derive_key("simulate", "discrete", "collapse")
    run = discrete.simulate(np.full(10, 0.1), 100, (30,), key, 0, 2000)
    seen = run.survivors[:, 0]
    assert found["edges"] == [1.5, 2.5, 3.5, 4.5]
    assert found["below"] == (seen == 1).sum()
    assert found["counts"] == [(seen == k).sum() for k in (2, 3, 4)]
    assert found["above"] == (seen > 4).sum()


# ------------------------------------------------------------------ interrupts


def test_an_interrupt_keeps_the_finished_blocks() -> None:
    plan = plan_discrete(30, 40, 5000, "k", 7)

    def stop(replicates: int, total: int) -> None:
        if replicates > 2 * plan.block:
            raise KeyboardInterrupt

    result = simulation.simulate(plan, 2, stop)
    assert result is not None
    assert result.replicates == 2 * plan.block
    assert result.partial
    whole = done(plan_discrete(30, 40, 2 * plan.block, "k", 7))
    assert result.digest == whole.digest
    np.testing.assert_array_equal(result.mean, whole.mean)
    assert any("PARTIAL: 2,048 of 5,000" in line for line in lines(result))


def test_an_interrupt_before_the_first_block() -> None:
    def stop(replicates: int, total: int) -> None:
        raise KeyboardInterrupt

    assert simulation.simulate(plan_discrete(30, 40, 5000, "k", 7), 2, stop) is None


# ----------------------------------------------------------------------- files


def test_csv_and_json(tmp_path: Path, collapse: Run) -> None:
    table, record = tmp_path / "a.csv", tmp_path / "a.json"
    sizes = ["--samples", "20", "--generations", "30", "--replicates", "50", "--key", "k"]
    files = ["--csv", str(table), "--json", str(record)]
    code, out, err = collapse("simulate", "discrete", "--categories", "4", *sizes, *files)
    assert (code, err) == (0, "")
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert [int(row["generation"]) for row in rows] == list(range(31))
    assert {row["state"] for row in rows} == {"complete"}
    values: dict[str, Any] = json.loads(record.read_text())
    assert values["replicates"] == 50
    assert values["digest"] in out
    for row, entry in zip(rows, values["rows"], strict=True):
        for column in ("diversity", "survivors", "absorbed"):
            assert float(row[f"mean_{column}"]) == entry[column]["mean"]
    result = done(plan_discrete(20, 30, 50, "k", 4))
    assert values["digest"] == result.digest
    assert csv_text(result) == table.read_text()


def test_the_digest_line_for_every_number_of_threads(collapse: Run) -> None:
    options = ("gaussian", "--dimensions", "2", "--generations", "5", "--replicates", "3000")
    found = [collapse("simulate", *options, "--threads", threads) for threads in ("1", "2", "4")]
    assert {code for code, _, _ in found} == {0}
    assert len({out for _, out, _ in found}) == 1
    assert found[0][1].splitlines()[-1].startswith("digest ")


SHORT = ("simulate", "discrete", "--generations", "3", "--replicates", "10")


def test_json_on_standard_output_is_alone_there(collapse: Run) -> None:
    _, out, err = collapse(*SHORT, "--json", "-")
    assert json.loads(out)["model"] == "discrete"
    assert "digest" in err


def test_a_pipe_can_be_named() -> None:
    command = [sys.executable, "-m", "proofs", *SHORT, "--csv", "/dev/stdout"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, "")
    assert "generation,mean_diversity," in found.stdout


def test_a_record_holds_a_schedule_in_full(tmp_path: Path, collapse: Run) -> None:
    target = tmp_path / "a.json"
    _, out, _ = collapse("simulate", "discrete", "--samples", "2*i", "--generations", "9",
                         "--replicates", "1", "--json", str(target))  # fmt: skip
    assert json.loads(target.read_text())["schedule"] == [2 * i for i in range(1, 10)]
    assert out.splitlines()[1] == "1 replicate"


def test_a_reader_that_goes_away_gets_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "proofs", "list"]
    found = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (found.returncode, found.stderr) == (3, b"")


def test_no_command_gets_the_help_alone() -> None:
    command = [sys.executable, "-m", "proofs"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 2
    assert "simulate" in found.stdout + found.stderr
    assert "collapse:" not in found.stdout + found.stderr


# -------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("gausian",), "No such command 'gausian'. Did you mean 'gaussian'?"),
        (("gaussian", "--categories", "3"), "No such option: --categories"),
        (("discrete", "--estimator", "mle"), "No such option: --estimator"),
    ],
)
def test_a_model_has_its_own_options(
    arguments: tuple[str, ...], message: str, collapse: Run
) -> None:
    code, _, err = collapse("simulate", *arguments)
    assert (code, message in err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("discrete", "--replicates", "0"), "replicates = 0 lies outside 1 .."),
        (("discrete", "--generations", "-1"), "generations = -1 lies outside 0 .."),
        (("discrete", "--samples", "0"), "samples = 0 lies outside 1 .."),
        (("discrete", "--categories", "1"), "categories = 1 lies outside 2 .."),
        (("gaussian", "--samples", "1"), "samples = 1 lies outside 2 .."),
        (("gaussian", "--dimensions", "0"), "dimensions = 0 lies outside 1 .."),
        (("gaussian", "--estimator", "best"), "estimator = best is not unbiased or mle"),
        (("gaussian", "--threads", "0"), "threads = 0 lies outside threads >= 1"),
        (("gaussian", "--workers", "0"), "--workers 0 lies outside workers >= 1"),
        (("gaussian", "--workers", "2", "--threads", "2"), "--threads 2 excludes --workers 2"),
        (("gaussian", "--workers", "2", "--dask", "x"), "--workers 2 excludes --dask x"),
        (("gaussian", "--resume", "--checkpoint", "none"), "--resume: there is no file none"),
        (("gaussian", "--checkpoint", "nowhere/at/all"), "there is no folder nowhere/at"),
        (("gaussian", "--histogram", "trace:0:1:5"), "is written with --json, which is not given"),
        (("gaussian", "--histogram", "trace:0:1"), "trace:0:1 is not COLUMN:LOW:HIGH:BINS"),
        (("gaussian", "--histogram", "trace:1:0:5"), "LOW and HIGH lie outside LOW < HIGH"),
        (("gaussian", "--histogram", "trace:0:1:0"), "BINS lies outside 1 .. 1000000"),
        (("gaussian", "--histogram", "survivors:0:1:5", "--json", "-"), "no column survivors"),
        (("gaussian", "--columns", "x"), "--columns x needs --data"),
        (("gaussian", "--dimensions", "2", "--data", "iris"), "excludes --data"),
        (("discrete", "--categories", "2", "--counts", "x"), "excludes --counts"),
        (("discrete", "--csv", "-", "--json", "-"), "both ask for standard output"),
        (("discrete", "--csv", "nowhere/at/all.csv"), "there is no folder nowhere/at"),
    ],
)
def test_refused(arguments: tuple[str, ...], message: str) -> None:
    from proofs.commands.simulate import app

    with pytest.raises(DomainError, match=message.replace("..", r"\.\.")):
        app(list(arguments), standalone_mode=False)
