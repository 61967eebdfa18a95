"""Figures of language models: the laws drawn in them, what captions say, and penalised texts."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from numerics import ngram, ngram_generations, ngram_law, ngram_text
from numerics.measured_ngram import EDGES
from numerics.ngram_generations import Recipe, fitted
from numerics.ngram_repetition import continued, texts
from numerics.plain_ngram import PlainModel
from numerics.plain_ngram_repetition import continued as plainly
from numerics.plain_ngram_repetition import held_back
from proofs.figures.drawing import Effort
from proofs.figures.measured import language, perplexity, perplexity_histograms
from proofs.figures.measured.language import (
    BEAMS,
    DRAWS,
    KEPT,
    RECORD,
    SHARP,
    SHARP_3,
    SINGLE,
    TIMES,
    Chain,
    Seen,
)

#: Chances of a false alarm below 1e-6 for each comparison.
SIGMAS = 5.0
TEXT = np.random.default_rng(5).integers(0, 4, (12, 9))
#: More kinds of words than a sequence holds.
WIDE = np.random.default_rng(6).integers(0, 9, (40, 4))
EFFORT = Effort(key="tests", workers=2)


def seen_of(drawn: Mapping[str, Any], chains: list[Chain], **sizes: Any) -> dict[Chain, Seen]:
    """What chains of these ways of drawing show, at small sizes."""
    parameters = {"sequences": 300, "runs": 1, "record": RECORD, "drawn": drawn, **sizes}
    return dict(language.measured(parameters, EFFORT, chains))


# -------------------------------------------------------------------------- laws


@pytest.fixture(scope="module")
def single() -> dict[Chain, Seen]:
    """Words drawn one by one, with nothing real kept and with a tenth."""
    return seen_of({"single": SINGLE}, language.both(["single"]), runs=12)


def test_words_are_lost_with_the_exact_chance(single: dict[Chain, Seen]) -> None:
    text = language.real_text(300).train
    times = np.bincount(text.ravel())
    shares = single[Chain("single")].lost.mean(axis=0)
    wrong = {"n + 1": False, "one generation for ever": False, "as printed": False}
    for place, n in enumerate(RECORD):
        for column, k in enumerate(TIMES):
            law = perplexity.lost_by(k, text.size, n)
            error = np.sqrt(law * (1 - law) / (12 * (times == k).sum()))
            far = SIGMAS * error + 1e-3  # chances near 0 are not normal
            assert abs(shares[place, column] - law) < far, (n, k)
            rivals = {
                "n + 1": perplexity.lost_by(k, text.size, n + 1),
                "one generation for ever": (1 - k / text.size) ** text.size,
                "as printed": 1 - k / text.size,
            }
            for name, rival in rivals.items():
                wrong[name] |= abs(shares[place, column] - rival) > far
    assert all(wrong.values()), wrong


def test_words_drawn_singly_keep_their_mean_perplexity(single: dict[Chain, Seen]) -> None:
    parameters = {"sequences": 300, "drawn": {"single": SINGLE}}
    text = language.real_text(300).train
    law = np.log(perplexity_histograms.mean_perplexity(parameters))
    kinds = len(np.unique(text))
    for chain, seen in single.items():
        nats = np.log(seen.generated)
        mean, error = nats.mean(axis=0), nats.std(axis=0, ddof=1) / np.sqrt(len(nats))
        # Twelve runs: Student's t with 11 degrees of freedom passes 11 with the chance 3e-7.
        assert (np.abs(mean - law) < 11 * error).all(), chain
        # As if it fell like the entropy of the fitted words.
        if not chain.keep:
            fallen = law - (kinds - 1) / (2 * text.size) * np.array(RECORD)
            assert (np.abs(mean - fallen) > 11 * error).any()


# ---------------------------------------------------------------- what captions say


def test_the_way_of_drawing_decides_where_perplexities_go() -> None:
    drawn = {"draws": DRAWS, "beams": BEAMS, "sharp": SHARP}
    found = seen_of(drawn, language.both(list(drawn)), sequences=1000)
    for keep in KEPT:
        medians = {way: found[Chain(way, keep)].quantiles[0, :, 0] for way in drawn}
        tails = {way: found[Chain(way, keep)].quantiles[0, :, 1] for way in drawn}
        assert (np.diff(medians["draws"]) > 0).all()
        assert (np.diff(tails["draws"]) > 0).all()
        assert (np.diff(medians["sharp"]) < 0).all()
        assert tails["beams"].max() < medians["sharp"].min()
    grown = [
        found[Chain("sharp", keep)].quantiles[0, -1, 1]
        / found[Chain("sharp", keep)].quantiles[0, 0, 1]
        for keep in KEPT
    ]
    assert grown[0] > 3 > 1.5 > grown[1]
    for way in drawn:
        none, some = (found[Chain(way, keep)].real[0] for keep in KEPT)
        assert (np.diff(none) > 0).all()
        assert none[-1] > some[-1]


def test_a_penalty_makes_text_less_likely_and_it_still_drifts() -> None:
    chains = [Chain("sharp", penalty=each) for each in (2.0, 1.0)]
    with_it, without = seen_of({"sharp": SHARP_3}, chains, sequences=1000).values()
    assert (with_it.quantiles[..., 0] > 1.3 * without.quantiles[..., 0]).all()
    assert (np.diff(with_it.quantiles[0, :3, 0]) < 0).all()


def test_a_search_that_draws_nothing_is_run_once() -> None:
    found = seen_of({"beams": BEAMS}, language.both(["beams"]), sequences=40, runs=2)
    assert [len(seen.real) for seen in found.values()] == [1, 2]


def test_histograms_hold_every_sequence() -> None:
    parameters = {"sequences": 40, "runs": 2, "record": [1, 2], "drawn": {"draws": DRAWS}}
    chain = Chain("draws", 0.1)
    ((_, seen),) = language.measured(parameters, EFFORT, [chain])
    found = language.series(parameters, chain, seen)
    assert [sum(row) for row in found["counts"]] == [4, 72, 72]
    assert len(found["counts"][0]) == EDGES.size + 1
    assert [len(run) for run in found["real"]] == [3, 3]


# ------------------------------------------------------------------ penalised texts


@pytest.mark.parametrize("smoothing", ["kneser-ney", "add-k"])
@pytest.mark.parametrize(("penalty", "temperature"), [(2.0, 1.0), (1.5, 0.7), (1.0, 0.5)])
def test_penalised_texts_are_those_of_the_plain_twin(
    smoothing: str, penalty: float, temperature: float
) -> None:
    recipe = Recipe(2, "add-k" if smoothing == "add-k" else "kneser-ney", 0.25)
    model = fitted(ngram.count(WIDE, 10, 2), recipe)
    added = Fraction(1, 4) if smoothing == "add-k" else Fraction(0)
    exact = PlainModel(WIDE.tolist(), 10, 2, smoothing, added)
    rows = np.array([3, 0])
    made = continued(model, WIDE[rows], 7, 11, rows, penalty, temperature)
    for row, sequence in zip(rows, made, strict=True):
        prompt = WIDE[row].tolist()
        assert sequence.tolist() == plainly(exact, prompt, 7, 11, int(row), penalty, temperature)


@pytest.mark.parametrize(("penalty", "sharpness"), [(2, 1), (3, 1), (2, 2)])
def test_words_are_drawn_from_the_penalised_law(penalty: int, sharpness: int) -> None:
    model = fitted(ngram.count(TEXT, 5, 2), Recipe(2))
    exact = PlainModel(TEXT.tolist(), 5, 2)
    runs, prompt = 40_000, [0, 1, 0, 1]
    prompts = np.tile(prompt, (runs, 1))
    made = continued(model, prompts, 1, 9, np.arange(runs), penalty, 1 / sharpness)
    shares = np.bincount(made.ravel(), minlength=5) / runs
    plain = exact.law(prompt)

    def away(law: list[Fraction]) -> float:
        chances = np.array([float(chance) for chance in law])
        return float((np.abs(shares - chances) / np.sqrt(chances * (1 - chances) / runs)).max())

    assert away(held_back(plain, prompt, penalty, sharpness)) < SIGMAS
    for seen, power in (((), penalty), (range(5), penalty), (prompt, penalty + 1)):
        assert away(held_back(plain, seen, power, sharpness)) > SIGMAS, (seen, power)


@pytest.mark.parametrize("recipe", [Recipe(3, keep=0.2, beams=3), Recipe(2, temperature=0.6)])
def test_texts_without_a_penalty_are_those_of_the_generations(recipe: Recipe) -> None:
    train, test = TEXT[2:], TEXT[:2]
    run = ngram_generations.simulate(train, test, 4, recipe, (1, 2, 3), 8, 0, 2)
    original = fitted(ngram.count(train, 4, recipe.order), recipe)
    for replicate in range(2):
        for place, made in enumerate(texts(train, 4, recipe, 3, 8, replicate)):
            nats = ngram_law.surprise(original, made.sequences[made.rows])
            np.testing.assert_array_equal(nats, run.generated[replicate, place])
            real = ngram_law.surprise(made.model, test).mean()
            assert real == run.real[replicate, place]


def test_a_penalty_of_one_changes_nothing() -> None:
    model, rows = fitted(ngram.count(TEXT, 4, 3), Recipe(3)), np.array([1, 5, 9])
    for temperature in (1.0, 0.6):
        np.testing.assert_array_equal(
            continued(model, TEXT[rows], 20, 3, rows, 1.0, temperature),
            ngram_text.generate(model, TEXT[rows], 20, 3, rows, temperature),
        )


def test_refusals() -> None:
    model, rows = fitted(ngram.count(TEXT, 4, 2), Recipe(2)), np.arange(2)
    with pytest.raises(ValueError, match=r"penalty = 0\.5 lies outside penalty >= 1"):
        continued(model, TEXT[rows], 3, 1, rows, 0.5)
    with pytest.raises(ValueError, match=r"temperature = 2 lies outside 0 < temperature <= 1"):
        continued(model, TEXT[rows], 3, 1, rows, 2.0, 2)
    with pytest.raises(ValueError, match=r"penalty = 2\.0 with 3 beams: only draws have one"):
        next(texts(TEXT, 4, Recipe(2, beams=3), 1, 1, 0, 2.0))
