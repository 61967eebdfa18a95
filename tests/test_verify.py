"""`collapse verify` as a user meets it: lines, exit codes, the record."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]
VERIFY = [sys.executable, "-m", "proofs", "verify"]


def test_one_claim_brings_its_foundations_and_is_settled(tmp_path: Path, collapse: Run) -> None:
    target = tmp_path / "record.json"
    code, out, err = collapse("verify", "A02", "--quick", "--mutants", "--json", str(target))
    assert code == 0, out + err
    assert "discrete.diversity-decay" in out
    assert "weakest detection limit" in out
    assert "false-alarm budget of 1e-06" in out
    record = json.loads(target.read_text())
    claims = {claim["code"]: claim for claim in record["claims"]}
    assert set(claims) == {"B39", "A02"}
    assert claims["A02"]["status"] == "settled"
    assert not claims["B39"]["asked"]
    assert claims["A02"]["checks"]
    assert all(routes for claim in claims.values() for routes in claim["mutants"].values())
    shares = [check["share"] for claim in claims.values() for check in claim["checks"]]
    assert sum(shares) == pytest.approx(1e-6)
    assert record["provenance"]["key"] == "collapse"


def test_record_on_standard_output_is_json_alone() -> None:
    words = ["A01", "--quick", "--json", "-"]
    done = subprocess.run([*VERIFY, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert json.loads(done.stdout)["claims"]


def test_too_little_effort_is_undecided_and_says_what_would_decide(collapse: Run) -> None:
    code, out, _ = collapse("verify", "A01", "--quick", "--effort", "0.001")
    assert code == 3, out
    assert "replicates would decide" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["A99"], "unknown claim 'A99'; nearest: A"),
        (["A02", "--false-alarm", "0"], "--false-alarm 0 lies outside 0 < share < 1"),
        (["A02", "--effort", "-1"], "--effort -1 lies outside"),
        (["A02", "--columns", "x"], "--columns x needs --data"),
        (["A02", "--threads", "0"], "--threads 0 lies outside threads >= 1"),
    ],
)
def test_bad_options(words: list[str], message: str, collapse: Run) -> None:
    code, out, err = collapse("verify", *words)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_interrupt_keeps_what_is_finished(tmp_path: Path) -> None:
    target = tmp_path / "record.json"
    words = ["--json", str(target)]
    with subprocess.Popen(
        [*VERIFY, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        # A shell starts background jobs deaf to Ctrl-C, and tests may be one.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if line.startswith("B01"):
                break
        time.sleep(0.5)
        running.send_signal(signal.SIGINT)
        rest, errors = running.communicate(timeout=120)
    assert running.returncode == 3, rest + errors
    assert "interrupted: " in rest
    assert "Traceback" not in errors
    assert json.loads(target.read_text())["claims"][0]["code"] == "B01"


def test_a_statement_that_fails_as_expected_is_green(tmp_path: Path, collapse: Run) -> None:
    target = tmp_path / "record.json"
    code, out, err = collapse("verify", "A17x", "--json", str(target))
    assert code == 0, out + err
    assert "refuted, as expected; see A17" in out
    example = "counterexample: lost at q = 1/2, M = 2, n = 1: printed 0.5, true 0.25"
    assert example in out
    assert "outcomes: 1 refuted as expected" in out
    (claim,) = json.loads(target.read_text())["claims"]
    assert (claim["status"], claim["replaced_by"]) == ("refuted", "A17")
    assert claim["counterexample"]["point"] == {"q": "1/2", "M": "2", "n": "1"}


def test_an_order_is_measured_and_confirmed(tmp_path: Path, collapse: Run) -> None:
    target = tmp_path / "record.json"
    code, out, err = collapse("verify", "A10b", "--quick", "--json", str(target))
    assert code == 0, out + err
    assert "confirmed to order and range" in out
    assert "of the one claimed" in out
    claims = {claim["code"]: claim for claim in json.loads(target.read_text())["claims"]}
    (rungs,) = (check["rungs"] for check in claims["A10b"]["checks"] if check["rungs"])
    assert rungs == ["80", "160"]
