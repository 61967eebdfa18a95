"""`collapse simulate ngram`: any prose, what the paper reports, one digest, clear refusals."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from numerics import ngram, ngram_generations, streams
from numerics.measured_ngram import EDGES, RefittingText, columns_of, counted
from numerics.ngram_generations import Recipe
from proofs import simulation
from proofs.__main__ import main
from proofs.inputs import words
from proofs.plans.ngram import Cut, plan_ngram, read_text
from proofs.simulated import json_record, lines
from proofs.simulation import Plan, Result
from theory.errors import DomainError

NOVEL = "pride-and-prejudice"


def done(plan: Plan, threads: int | None = None) -> Result:
    result = simulation.simulate(plan, threads)
    assert result is not None
    return result


def collapse(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["collapse", "simulate", "ngram", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    code = ended.value.code
    assert isinstance(code, int)
    return code


@pytest.fixture(scope="module")
def novel() -> Cut:
    return read_text(NOVEL, 3)


@pytest.fixture(scope="module")
def prose(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A text of 2,000 words, compressed, with letters that are not ASCII."""
    rng = np.random.default_rng(6)
    kinds = [f"w{chr(945 + k)}{chr(945 + j)}" for k in range(20) for j in range(5)]
    text = "  ".join(kinds[int(min(99, rng.zipf(1.5)) - 1)] for _ in range(2000))
    path = tmp_path_factory.mktemp("texts") / "prose.txt.gz"
    path.write_bytes(gzip.compress(("\ufeff" + text).encode()))
    return str(path)


# ------------------------------------------------------------------------- texts


def test_a_text_is_cut_into_sequences(novel: Cut, prose: str) -> None:
    assert (novel.train.shape, novel.test.shape) == ((1718, 64), (190, 64))
    assert novel.vocabulary == 6346
    cut = read_text(prose, 3, length=20)
    found = words(gzip.decompress(Path(prose).read_bytes()).decode("utf-8-sig"))
    tokens = np.array([sorted(set(found)).index(word) for word in found]).reshape(100, 20)
    np.testing.assert_array_equal(cut.test, tokens[9::10])
    np.testing.assert_array_equal(cut.train, np.delete(tokens, np.s_[9::10], axis=0))
    letters = read_text(prose, 5, "characters")
    assert letters.vocabulary == len(set("".join(found)) | {" "})


# ----------------------------------------------------------------------- figures


def columns(text: Cut, recipe: Recipe, generations: int) -> dict[str, Any]:
    result = done(plan_ngram(text, recipe, generations, 1, "k"), 1)
    return dict(zip(result.plan.columns, result.mean.T, strict=True))


def test_tails_first_and_text_ever_likelier(novel: Cut) -> None:
    alone, kept = (columns(novel, Recipe(3, keep=keep, beams=5), 4) for keep in (0.0, 0.1))
    for found in (alone, kept):
        # Rare words before common ones, long m-grams before short ones.
        assert (found["lost_once"][1:] > found["lost_often"][1:]).all()
        assert (found["lost_1"][1:] < found["lost_2"][1:]).all()
        assert (found["lost_2"][1:] < found["lost_3"][1:]).all()
        # Generated text is far likelier under model 0 than real text.
        assert (found["generated_tail"][1:] < found["generated_median"][0] / 10).all()
    assert (np.diff(alone["lost_1"]) > 0).all()
    assert (np.diff(alone["real_perplexity"]) > 0).all()
    # Far milder with a tenth kept: less than a tenth of the rise.
    rises = [found["real_perplexity"][4] - found["real_perplexity"][0] for found in (alone, kept)]
    assert 0 < rises[1] < rises[0] / 10


def test_perplexities_shift_left_and_grow_a_right_tail(novel: Cut) -> None:
    recipe = Recipe(2, "add-k", 1e-4, temperature=0.8)
    alone, kept = (columns(novel, recipe._replace(keep=keep), 10) for keep in (0.0, 0.1))
    for found in (alone, kept):
        assert found["generated_median"][10] < found["generated_median"][1] * 0.6
    assert alone["generated_tail"][10] > alone["generated_tail"][1] * 3
    assert kept["generated_tail"][10] < kept["generated_tail"][1]


def test_plain_draws_neither_gain_nor_lose_probability(novel: Cut) -> None:
    # Words drawn from a unigram law without smoothing: the mean of log p_0 stays what it was.
    plan = plan_ngram(novel, Recipe(1, unsmoothed=True), 5, 1, "k")
    result = done(plan)
    counts = ngram.count(novel.train, novel.vocabulary, 1)
    shares = counts.occurrences[1:] / novel.train.size
    generated = np.log(result.mean[1:, 1])
    entropy = -(shares * np.log(shares)).sum()
    np.testing.assert_allclose(generated, entropy, atol=0.05)
    assert (result.mean[1:, plan.columns.index("lost_1")] > 0.1).all()


def test_columns_are_those_of_the_generations(prose: str) -> None:
    cut, recipe = read_text(prose, 2), Recipe(2, keep=0.1)
    plan = plan_ngram(cut, recipe, 2, 3, "k")
    result = done(plan)
    key = streams.derive_key("simulate", "ngram", "k")
    run = ngram_generations.simulate(
        cut.train, cut.test, cut.vocabulary, recipe, plan.record, key, 0, 3
    )
    perplexities = np.exp(run.generated)
    real = ngram.types(ngram.count(cut.train, cut.vocabulary, 2))
    times = np.unique(cut.train, return_counts=True)[1]
    wanted = {
        "real_perplexity": np.exp(run.real),
        "generated_perplexity": np.exp(run.generated.mean(axis=2)),
        "generated_median": np.median(perplexities, axis=2),
        "generated_tail": np.quantile(perplexities, 0.99, axis=2),
        "lost_once": 1 - run.rare[:, :, 0] / (times == 1).sum(),
        "lost_often": 1 - run.rare[:, :, 1] / (times >= 10).sum(),
        "lost_1": 1 - run.surviving[:, :, 0] / real[0],
        "lost_2": 1 - run.surviving[:, :, 1] / real[1],
        "types_1": run.types[:, :, 0],
        "types_2": run.types[:, :, 1],
    }
    assert plan.columns == tuple(wanted)
    for column, values in enumerate(wanted.values()):
        np.testing.assert_allclose(result.mean[1:, column], values.mean(axis=0), rtol=1e-12)
    assert result.mean[0].tolist()[4:] == [0, 0, 0, 0, *real]


def test_the_digest_does_not_depend_on_the_threads(prose: str) -> None:
    plan = plan_ngram(read_text(prose, 2), Recipe(2, keep=0.1), 3, 5, "k")
    first, third = done(plan, 1), done(plan, 3)
    assert first.digest == third.digest
    np.testing.assert_array_equal(first.mean, third.mean)
    np.testing.assert_array_equal(first.histogram, third.histogram)


def test_an_interrupt_keeps_the_finished_replicates(prose: str) -> None:
    plan = plan_ngram(read_text(prose, 2), Recipe(2, keep=0.1), 3, 5, "k")

    def stop(replicates: int, total: int) -> None:
        if replicates > 2:
            raise KeyboardInterrupt

    result = simulation.simulate(plan, 1, stop)
    assert result is not None
    assert result.partial
    assert any("PARTIAL: 2 of 5 replicates" in line for line in lines(result))
    two = done(plan_ngram(read_text(prose, 2), Recipe(2, keep=0.1), 3, 2, "k"))
    assert result.digest == two.digest


def test_histograms(prose: str) -> None:
    cut = read_text(prose, 2)
    plan = plan_ngram(cut, Recipe(2, keep=0.1), 3, 4, "k")
    assert isinstance(plan.work, RefittingText)
    record = json_record(done(plan))
    json.dumps(record, allow_nan=False)
    found = record["perplexity_histograms"]
    assert found["edges"] == EDGES.tolist()
    assert [row["generation"] for row in found["rows"]] == [0, 1, 2, 3]
    totals = [row["below"] + sum(row["counts"]) + row["above"] for row in found["rows"]]
    kept = int(np.floor(0.1 * len(cut.train) + 0.5))
    assert totals == [len(cut.test), *[4 * (len(cut.train) - kept)] * 3]
    assert counted(np.array([0.5, 1.0, 99.9, 1e5, np.inf])).nonzero()[0].tolist() == [0, 1, 40, 101]
    assert columns_of(2)[-2:] == ("types_1", "types_2")


# ---------------------------------------------------------------------- commands


def test_the_command(
    prose: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "out.json"
    sizes = ["--text", prose, "--order", "3", "--keep", "1/10", "--generations", "2"]
    assert collapse(monkeypatch, *sizes, "--replicates", "2", "--json", str(target)) == 0
    shown = capsys.readouterr().out
    record = json.loads(target.read_text())
    assert record["digest"] in shown
    assert "3 real sequences, drawn anew, and 25 generated ones" in shown
    assert record["rows"][0]["lost_1"]["mean"] == 0
    assert record["rows"][2]["real_perplexity"]["mean"] > 1


BAD: dict[str, tuple[bytes, str, str]] = {
    "binary": (b"\x89PNG\r\n\x1a\n\x00\x00", "", "byte 0x89 at offset 0 is not UTF-8"),
    "zero": (b"word \0 word", "", "a zero byte at offset 5"),
    "empty": (b"", "", "empty"),
    "no-words": (b"1 2 3", "", "0 words, fewer than the order 3"),
    "shorter-than-the-order": (b"one two", "", "2 words, fewer than the order 3"),
    "short": (b"one two " * 300, "", "600 words; 640 or more are needed"),
    "one-kind": (b"one " * 700, "", "one kind of token"),
    "order": (b"", "--order 6", "order = 6 lies outside 1 .. 5"),
    "length": (b"", "--length 2", "length = 2 lies outside 3 .."),
    "smoothing": (b"", "--smoothing x", "smoothing = x is none of kneser-ney, add-k"),
    "add": (b"", "--add 1", "--add 1 needs --smoothing add-k"),
    "added": (b"one two " * 400, "--smoothing add-k --add 0", "added = 0.0 lies outside"),
    "keep": (b"one two " * 400, "--keep 1", "keep = 1.0 lies outside 0 <= keep < 1"),
    "kept": (b"", "--keep some", "--keep some is not a number"),
    "beams": (b"", "--beams 0", "beams = 0 lies outside 1 .. 100"),
    "both": (b"", "--beams 5 --temperature 0.5", "--temperature 0.5 excludes --beams"),
    "temperature": (b"one two " * 400, "--temperature 0", "temperature = 0 lies outside"),
    "generations": (b"one two " * 400, "--generations -1", "generations = -1 lies outside"),
    "histogram": (b"", "--histogram a:0:1:2 --json x", "No such option: --histogram"),
}


@pytest.mark.parametrize("case", BAD)
def test_refused_in_one_line(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    content, options, message = BAD[case]
    path = tmp_path / "text.txt"
    path.write_bytes(content)
    assert collapse(monkeypatch, "--text", str(path), *options.split()) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("collapse: ")
    assert message in line


def test_unknown_units() -> None:
    with pytest.raises(DomainError, match="units = bytes is none of words, characters"):
        read_text(NOVEL, 3, "bytes")
