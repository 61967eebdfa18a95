"""Checks on a user's input: what runs, what is skipped by name, what they would catch."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

from proofs.case import Case
from proofs.comparison import law_ends
from proofs.inputs import read_counts, read_sample
from proofs.ledger import Finding, Run
from proofs.real import REASONS, InputCases, cases_on_input, read_cases
from proofs.real_counts import lost, measure_number
from proofs.real_data import Refitted
from proofs.real_grid import PIECES, Budget
from proofs.screen import per_quantity
from proofs.verdict import Outcome
from theory import symbols as s
from theory.claims import CLAIMS, find
from theory.errors import DomainError

CODES = frozenset(claim.code for claim in CLAIMS)
COUNTED = {"A01", "A02", "A05", "A09", "A10", "A11", "A14", "A15", "A16", "A17", "B39"}
SAMPLED = {"B28", "B28b", "B39", "B43", "B44"}


def put(folder: Path, name: str, content: str) -> str:
    path = folder / name
    path.write_text(content)
    return str(path)


@pytest.fixture
def two(tmp_path: Path) -> str:
    return put(tmp_path, "two.csv", "a,60\nb,40\n")


@pytest.fixture
def line(tmp_path: Path) -> str:
    values = np.random.default_rng(1).exponential(size=(40, 2)).round(3)
    rows = "\n".join(",".join(map(str, row)) for row in values)
    return put(tmp_path, "line.csv", f"x,y\n{rows}\n")


def examined(cases: Sequence[Case], key: str = "k", quick: bool = True) -> list[Finding]:
    return list(Run(key=key, quick=quick, effort=0.2).examine(cases))


# ----------------------------------------------------------------- what is run


def test_every_claim_is_checked_or_skipped_by_name(two: str, line: str) -> None:
    for counts, data, wanted in (
        (two, None, COUNTED), (None, line, SAMPLED), (two, line, COUNTED | SAMPLED)
    ):  # fmt: skip
        cases = read_cases(counts, data, None, CODES)
        assert {case.claim.code for case in cases} == wanted
        told = "\n".join(cases.skipped)
        assert all(claim.id in told for claim in CLAIMS if claim.code not in wanted)
        for case in cases:
            checked = {quantity.name for quantity in case.claim.quantities}
            for quantity in find(case.claim.code).quantities:
                name = f"{case.claim.code} {quantity.name}"
                assert (quantity.name in checked) != (name in told), name


def test_density_claims_are_skipped_because_of_ties(line: str) -> None:
    (told,) = (text for text in read_cases(None, line, None, CODES).skipped if "B03" in text)
    assert "ties make a zero variance possible" in told
    assert all(code in told for code in ("B01", "B02", "B04", "B11"))


def test_what_cannot_be_checked_at_all_is_an_error(line: str) -> None:
    with pytest.raises(DomainError, match=r"B03 gaussian\.deviation-decay: stated for a normal"):
        read_cases(None, line, None, {"B03"})
    with pytest.raises(DomainError, match=r"A02 .*: about categories; no --counts given"):
        read_cases(None, line, None, {"A02"})


def test_what_was_read_is_told(two: str, line: str) -> None:
    notes = "\n".join(read_cases(two, line, "y", CODES).notes)
    for part in ("100 samples of 2 categories", "H0 = 0.48", "40 rows of 'y'", "standardised"):
        assert part in notes


def test_checks_without_power_are_left_out_by_name(tmp_path: Path) -> None:
    rare = put(tmp_path, "rare.csv", "a,9990\nb,10\n")
    flat = put(tmp_path, "flat.csv", "".join(f"w{i},3\n" for i in range(100)))
    outlier = put(tmp_path, "outlier.csv", "x\n" + "0\n" * 9999 + "1\n")
    told = "\n".join(read_cases(rare, outlier, None, CODES).skipped)
    assert "A09: the diversity H0 = 0.002 leaves too few runs open" in told
    assert "B43: rare outliers carry the variance" in told
    told = "\n".join(read_cases(flat, None, None, CODES).skipped)
    assert "A05 absorption: the most frequent category has the share 0.01" in told
    assert all(name.split()[0] in CODES for name in REASONS)


def test_sizes_at_which_a_text_tells_something() -> None:
    novel = read_counts("pride-and-prejudice")
    cases = {case.claim.code: case for case in read_cases("pride-and-prejudice", None, None, CODES)}
    sizes = {
        code: {witness.settings[0].integer("M") for witness in case.witnesses if code != "B39"}
        for code, case in cases.items()
    }
    assert sizes["A16"] == {novel.total}
    assert novel.total in sizes["A02"]
    assert 1000 in sizes["A05"] & sizes["A09"] & sizes["A17"]


# ------------------------------------------------------------------------ laws


def test_laws_at_the_length_of_a_text() -> None:
    novel = read_counts("pride-and-prejudice")
    (case,) = read_cases("pride-and-prejudice", None, None, {"A16"})
    shares = np.array(novel.counts) / novel.total
    wanted = {"lost": (1 - 1 / novel.total) ** novel.total}
    wanted["expected-lost"] = float(((1 - shares) ** novel.total).sum())
    for witness in case.witnesses:
        (point,) = witness.settings[0].points()
        law, values = case.claim.law_at(case.claim.quantity(witness.quantity), point)
        low, high = law_ends(law, values, rational=False)
        assert low < high
        assert float(low) == pytest.approx(wanted[witness.quantity], rel=1e-9)


def test_laws_are_those_of_the_claims(two: str, line: str) -> None:
    for case in read_cases(two, line, None, CODES):
        for quantity in case.claim.quantities:
            assert quantity in find(case.claim.code).quantities


# -------------------------------------------------------------------- verdicts


@pytest.mark.parametrize("key", ["a", "b", "c", "d", "e"])
def test_true_laws_are_not_refuted(two: str, line: str, key: str) -> None:
    for finding in examined(read_cases(two, line, None, CODES), key):
        assert Outcome.REFUTED not in finding.outcomes(), finding.claim.code
        assert finding.derived


WRONG = [
    ("A02", "diversity", s.H0),
    ("A01", "mean", 1 / s.K),
    ("A05", "absorption", s.p[s.i] ** 2 / sp.Sum(s.p[s.j] ** 2, (s.j, 1, s.K))),
    ("A16", "lost", (1 - s.q) ** (s.M - 1)),
    ("A16", "expected-lost", s.K * (1 - 1 / s.K) ** (s.M + 2)),
    ("A17", "lost", 1 - s.q),
    ("B39", "replace", sp.Integer(1)),
    ("B43", "general", sp.sqrt(s.trace) * s.c4(s.M) ** s.n),
    ("B44", "drift", 2 * s.trace * s.n / s.sizes[0]),
]


@pytest.mark.parametrize(("code", "quantity", "law"), WRONG)
def test_wrong_laws_are_refuted(
    two: str, line: str, code: str, quantity: str, law: sp.Expr
) -> None:
    (case,) = read_cases(two, line, None, {code})
    quantities = tuple(
        replace(one, law=law) if one.name == quantity else one for one in case.claim.quantities
    )
    wrong = replace(case, claim=replace(case.claim, quantities=quantities))
    quick = code != "B43"  # that one is told apart by the last setting only
    (finding,) = Run(key="k", quick=quick).examine([wrong])
    outcomes = {check.verdict.outcome for check in finding.checks if check.quantity == quantity}
    assert Outcome.REFUTED in outcomes
    assert not finding.derived  # no step arrives at the wrong law either


def test_units_do_not_matter(tmp_path: Path, line: str) -> None:
    sample = read_sample(line)
    rows = "\n".join(f"{x * 1024},{y / 64}" for x, y in sample.rows)
    other = put(tmp_path, "other.csv", f"x,y\n{rows}\n")
    np.testing.assert_allclose(read_sample(other).standardised(), sample.standardised())


# ------------------------------------------------------------------ experiments


def bench(key: str = "k", effort: float = 1.0) -> Run:
    return Run(key=key, effort=effort)


def test_a_budget_sets_the_replicates_and_the_streams(two: str) -> None:
    (case,) = read_cases(two, None, None, {"A02"})
    setting = case.witnesses[0].settings[0]
    first, second = Budget(bench(), 500, "x"), Budget(bench(), 500, "y")
    assert first.replicates(10**9) == 500
    assert Budget(bench(effort=3.0), 500, "x").replicates(1) == 1500
    assert first.stream_key("e", setting) != second.stream_key("e", setting)
    assert first.stream_key("e", setting) == Budget(bench(), 7, "x").stream_key("e", setting)
    seen = case.witnesses[0].observe(setting, bench(effort=0.5))
    assert (
        len({observation.replicates for observation in seen if hasattr(observation, "replicates")})
        == 1
    )


def test_a_small_campaign_is_cut_for_the_threads() -> None:
    from typing import NamedTuple

    class Row(NamedTuple):
        values: np.ndarray

    sizes: list[int] = []

    def work(first: int, last: int) -> Row:
        sizes.append(last - first)
        return Row(np.arange(first, last))

    rows = Budget(bench(), 500, "x").campaign(work, 500)
    assert rows.values.tolist() == list(range(500))
    assert len(sizes) == -(-500 // -(-500 // PIECES))


def test_the_number_of_lost_categories_and_a_lost_one() -> None:
    from proofs.case import setting

    law = ("1/2", "1/4", "1/8", "1/8")
    where = setting(p=law, M=6)
    budget = Budget(bench(), 40_000, "x")
    (number,) = measure_number(where, budget)
    (third,) = lost(2)(where, budget)
    shares = np.array([0.5, 0.25, 0.125, 0.125])
    for seen, wanted in ((number, ((1 - shares) ** 6).sum()), (third, 0.875**6)):
        low, high = seen.ends(1e-6)
        assert low <= wanted <= high
        assert high - low < 0.1 * wanted


def test_refits_are_those_of_the_sample(line: str) -> None:
    from numerics.start import Start
    from proofs.case import setting
    from proofs.spread import moments_of

    rows = read_sample(line).standardised()
    given = Refitted(Start.sample(rows), moments_of(rows))
    where = setting((1,), M=3)
    drift, factor = (
        given.measure_drift(where, Budget(bench(), 50_000, "x")),
        given.measure_factor(where, Budget(bench(), 50_000, "x")),
    )
    for (seen,), wanted in ((drift, 2 / 3), (factor, 2 / 3)):
        low, high = seen.ends(1e-6)
        assert low <= wanted <= high


# ---------------------------------------------------------------- command line


def test_lines_per_quantity(two: str) -> None:
    (finding,) = examined(read_cases(two, None, None, {"A10"}))
    text = "\n".join(per_quantity(finding))
    assert "upper at M = 10, H0 = 12/25, n = 1, 30: consistent within 5 %, slack" in text
    assert "rate at M = 10" in text
    assert "sees" in text


def test_the_command_on_the_shipped_inputs(
    tmp_path: Path, collapse: Callable[..., tuple[int, str, str]]
) -> None:
    record = tmp_path / "record.json"
    inputs = ("--counts", "pride-and-prejudice", "--data", "old-faithful")
    code, out, err = collapse("verify", "--quick", f"--json={record}", *inputs)
    assert (code, err) == (0, ""), out
    for part in ("122,141 words of 6,346 kinds", "272 rows", "standardised", "skipped B01"):
        assert part in out
    checks = [
        check for claim in json.loads(record.read_text())["claims"] for check in claim["checks"]
    ]
    assert {check["outcome"] for check in checks} == {"consistent"}
    assert all(check["limit"] < 1 for check in checks)


def test_cases_on_input_are_a_list_of_cases(two: str) -> None:
    cases = cases_on_input(two, None, None, {"A02"})
    assert isinstance(cases, InputCases)
    assert isinstance(cases, list)
    assert not cases[0].mutants
